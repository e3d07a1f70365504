"""Who says so: the words by which German and English name the source of what they report, or keep their distance."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviews.values import Span

from .vocabulary import words_of

#: Verbs and phrases of saying and thinking: somebody stands for the statement.
_SAYING = (
    r"sa(?:y|ys|id|ying)|tell(?:s|ing)?|told|speak(?:s|ing)?|spoke|talk(?:s|ed|ing)?|according to|"
    r"in accordance with|"
    r"(?<!\ba )(?<!\bthe )report(?:s|ed|edly|ing)?|claim(?:s|ed|ing)?|alleg\w*|announc\w*|explain\w*|"
    r"stat(?:ed|ing|ements?)|(?<!the )states that|argu\w*|warn\w*|add(?:s|ed|ing)|stress(?:es|ed|ing)|"
    r"emphasi[sz]\w*|insist\w*|not(?:es|ed|ing)|point(?:s|ed|ing)? (?:out|to)|believ\w*|think(?:s|ing)?|thought|"
    r"expect\w*|hop(?:es?|ed|ing)|fear\w*|"
    r"promis\w*|pledg\w*|den(?:y|ies|ied)|demand\w*|call(?:s|ed|ing) (?:for|it|this|the)|critici[sz]\w*|complain\w*|"
    r"suspect\w*|presum\w*|assum\w*|ask(?:s|ed|ing)?|question\w*|describ\w*|accus\w*|opin\w*|views?|comment\w*|"
    r"declar\w*|confirm\w*|remark\w*|mention\w*|quot\w*|wr(?:ote|ites?|itten|iting)|remind\w*|justif\w*|(?:re)?assur\w*|admit\w*|"
    r"conced\w*|acknowledg\w*|grant(?:s|ed)|recall\w*|learn(?:s|ed|t)|hear(?:s|d)|recommend\w*|suggest\w*|propos\w*|"
    r"predict\w*|forecast\w*|estimat\w*|inform\w*|indicat(?:es?|ed|ing)|reveal\w*|disclos\w*|maintain(?:s|ed)|contend\w*|"
    r"assert\w*|reply|replie[sd]|respon(?:d|ds|ded|se)|answer\w*|conclud\w*|determin\w*|decid\w*|rul(?:ed|ing)|"
    r"find(?:s|ings)?|found|show(?:s|ed|n)?|request\w*|plead\w*|appeal\w*|urg(?:es?|ed|ing)|reiterat\w*|underlin\w*|"
    r"express\w*|outlin\w*|summari[sz]\w*|convinc\w*|impl(?:y|ies|ied)|attribut\w*|credit\w*|citing|cit(?:es|ed)|"
    r"by (?:his|her|its|their) own account|from (?:the|his|her) (?:point of view|perspective)|"
    r"in (?:the|his|her|their|its) (?:words|eyes|opinion|view)|it (?:seems|appears)|"
    r"(?:under|by|per) (?:the )?(?:\w+ )?(?:rules|law|contract|agreement|regulations|constitution)"
)
#: Words that keep a distance without naming anybody.
_HEDGES = (
    r"apparent\w*|supposed\w*|purported\w*|ostensibl\w*|evident\w*|obvious\w*|probabl\w*|possibl\w*|perhaps|likely|"
    r"seem\w*|appear(?:s|ed)?|would|could|might|may|should|whether"
)
_ATTRIBUTION = re.compile(rf"\b(?:{_SAYING}|{_HEDGES})\b", re.IGNORECASE)
_SOURCE = re.compile(rf"\b(?:{_SAYING})\b", re.IGNORECASE)

#: German that names the source of a statement: "laut Betreiber", "Okonjo zufolge", "nach Angaben der Polizei".
GERMAN_SOURCE = re.compile(
    r"(?<!zu )(?<!so )(?<!zu)\b[Ll]aut (?:[\w.-]+ ){0,3}?[A-ZÄÖÜ„\"][\w.-]*|"
    r"\b(?:[A-ZÄÖÜ][\w.-]+|dem|ihm|ihr|ihnen|diesem|dieser) zufolge\b|\bzufolge\b|"
    r"\b[Nn]ach (?:\w+ ){0,2}(?:Angaben|Einschätzung|Auskunft|Ansicht|Meinung|Auffassung|Aussagen?|Darstellung|"
    r"Informationen|Erkenntnissen|Schätzung(?:en)?|Überzeugung|Bericht(?:en)?|Medienberichten|Worten)\b|"
    r"\b[Aa]us Sicht (?:de[rs]|von|eine[rs])\b|\bangeblich\w*"
)

#: Every one of these passages has one of these words, or "angeblich".
_SOURCE_WORDS = frozenset(
    word.casefold()
    for word in (
        *("laut", "zufolge", "Angaben", "Einschätzung", "Auskunft", "Ansicht", "Meinung", "Auffassung", "Aussage"),
        *("Aussagen", "Darstellung", "Informationen", "Erkenntnissen", "Schätzung", "Schätzungen", "Überzeugung"),
        *("Bericht", "Berichten", "Medienberichten", "Worten", "Sicht"),
    )
)
_QUOTED = re.compile(r"„[^“”]*[“”]|“[^”]*”|»[^«]*«|«[^»]*»|\"[^\"]*\"|‚[^‘’]*[‘’]")


def outside_quotations(text: str) -> str:
    """The text with everything in quotation marks blanked out, offsets kept."""
    return _QUOTED.sub(lambda match: " " * len(match[0]), text)


def is_attributed(english: str) -> bool:
    """Whether an English text says, outside of quotations, that somebody says so, or hedges."""
    return _ATTRIBUTION.search(outside_quotations(english)) is not None


def names_a_source(english: str) -> bool:
    """Whether an English text says, outside of quotations, who says so; a hedge is not enough."""
    return _SOURCE.search(outside_quotations(english)) is not None


def named_sources(german: str) -> Iterator[Span]:
    """Where a German text names the source of what it says, quotations aside."""
    if words_of(german).isdisjoint(_SOURCE_WORDS) and "angeblich" not in german:
        return
    for match in GERMAN_SOURCE.finditer(outside_quotations(german)):
        yield match.span()
