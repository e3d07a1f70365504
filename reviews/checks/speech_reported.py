"""Reported speech that the translation states as fact."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reviews.values import FindingValue, SegmentText, Severity, Span, gettext_noop

from .base import NAME_KINDS, Check, Example
from .phrases.attribution import is_attributed, outside_quotations
from .phrases.lexicon import word_list
from .phrases.places import counterpart
from .phrases.vocabulary import words_of

#: Forms of the present subjunctive that are no indicative of the same person: what others say (Duden 4, §§ 756–761).
_SUBJUNCTIVES = word_list(
    """
    sei seien habe werde könne müsse solle wolle dürfe möge wisse gebe gehe komme bleibe stehe liege lasse drohe
    führe finde brauche handele handle bestehe gelte halte nehme mache sehe zeige bedeute erwarte rechne hoffe
    glaube arbeite helfe biete fehle gehöre erlaube ermögliche stelle setze bringe laufe treffe werfe trete
    verliere verfüge profitiere plane prüfe leide sorge fordere begrüße unterstütze lehne schaffe verstoße
    entspreche sterbe lebe wachse steige sinke falle ziehe beginne reiche diene liefere kenne verstehe spreche
    nutze koste erhalte betreffe scheine versuche verhindere enthalte gefährde zahle spare verkaufe kaufe baue
    produziere investiere übernehme betreibe erfülle verletze riskiere funktioniere existiere resultiere stamme
    dauere ändere verzichte belaste benötige befinde bekomme verdiene verlange vertraue wirke zwinge beruhe
    bezahle biege breche denke ergebe erreiche fahre fange fließe genieße gewinne greife hänge heiße höre klinge
    lerne lese löse melde merke rate rufe schließe schreibe sitze suche teile trage verbessere verbiete vergesse
    verlasse warte wechsele wende wiege wohne
    """
)
#: "Die heiße Phase" has an adjective, none of the verbs.
_ARTICLE = re.compile(r"\b(?:d(?:ie|er|as|en|em)|(?:ein|kein|sein|ihr|unser)(?:e[nrms]?)?|diese[nrms]?|jede[nrms]?) \Z")
_NOUN = re.compile(r" [A-ZÄÖÜ]")
_KONJUNKTIV = re.compile(rf"\b(?:{'|'.join(sorted(_SUBJUNCTIVES))})\b")
#: Where one of these forms reports nothing: conditions, comparisons, wishes, the author speaking of himself.
_NO_REPORT = re.compile(
    r"\bes sei denn\b|\bsei es\b|\bals (?:\w+ )?(?:ob|wenn|sei|seien|habe|werde|könne|müsse|gebe|gehe)\b|\b[Ii]ch\b|"
    r"\b[Mm]an nehme\b|\bwie dem auch sei\b|\bGott sei Dank\b|\bmöge\b|\bdamit (?:\w+ )?(?:sei|habe|werde)\b|"
    r"\bsei (?:\w+ ){0,4}(?:genannt|erwähnt|angemerkt|hingewiesen|gesagt|gedankt)\b"
)
#: "soll … haben": hearsay; "will … gesehen haben": somebody's own word.
_HEARSAY = re.compile(r"\b(?:soll(?:en)?|will|wollen)\b")
_PERFECT = re.compile(r"\b(?P<participle>\w{1,40}) (?:haben|sein)\b")
_PARTICIPLE = re.compile(
    r"ge\w{2,}(?:t|en)|\w+iert|(?:be|ent|er|ver|zer|miss)\w{2,}(?:t|en)|\w+ge\w{2,}(?:t|en)|worden|gewesen"
)
#: What a text leans with on the one before, which then may say who speaks: German words, the English past of the past.
_LEANING = re.compile(
    r"\b(?:[Aa]uch|[Aa]ußerdem|[Zz]udem|[Dd]aneben|[Dd]arüber hinaus|[Dd]ort|[Dd]abei|[Dd]afür|[Dd]agegen|[Dd]aher|"
    r"[Dd]amit|[Dd]anach|[Dd]ann|[Dd]aran|[Dd]araus|[Dd]azu|[Dd]eshalb|[Dd]eswegen|[Dd]och|[Jj]edoch|[Aa]ber|[Hh]iervon|"
    r"[Hh]ierfür|[Hh]ierzu|[Hh]ierbei|[Nn]un|[Aa]llerdings|[Ss]o|[Vv]ielmehr|[Uu]mso|[Zz]umindest|[Pp]arallel|"
    r"[Ww]eiter\w*|[Dd]ies(?:e[mnrs]?)?|[Ss]olche?[mnrs]?|[Dd]erzeit|[Bb]islang|[Aa]ktuell)\b|\b(?:Er|Sie) \w+e\b"
)
_PAST_OF_THE_PAST = re.compile(r"\bhad (?:\w+ ){0,2}(?:\w+ed|\w+en|been|gone|come|become|left|put|made|told|lost)\b")
_CLAUSE = re.compile(r"[^.!?;:]+")
#: A text with none of these words, case folded, reports nothing by its verbs.
_REPORTING = frozenset(word.casefold() for word in (*_SUBJUNCTIVES, "soll", "sollen", "will", "wollen"))
_QUIET_KINDS = NAME_KINDS | {"quote"}
#: How many sentences back a source may have been named when each since then is reported speech too.
_FURTHEST_BACK = 4
_LONGEST_SPAN = 40

_ATTRIBUTED, _UNATTRIBUTED = "attributed before", "not attributed before"


class SpeechReported(Check):
    """German marks what others say by the verb alone, English has to say who says so.

    A text in the present subjunctive, or one with hearsay "soll … haben", needs an attribution or a hedge in the
    translation. Is there one only in the sentences before, the finding is minor; is there none at all, major. Where
    nothing is known of the sentence before, the finding is minor, and a text that leans on that sentence is not judged.
    """

    id = "speech.reported"
    version = 2
    name = gettext_noop("Reported speech")
    description = gettext_noop("The source reports what somebody says, the translation states it as fact.")
    category = "accuracy/mistranslation"
    severity = "major"
    direction = ("de", "en")
    reads = frozenset({"neighbours"})
    examples = (
        Example("Das Konto sei nicht geschützt gewesen.", "The account was not protected.", fires=True),
        Example("Er soll Daten verkauft haben.", "He sold data.", fires=True),
        Example("Das Konto sei nicht geschützt gewesen.", "The account was not protected, she said.", fires=False),
        Example("Auch sei das Konto nicht geschützt.", "The account is not protected either.", fires=False),
        Example(
            "Auch sei das Konto nicht geschützt.",
            "The account is not protected either.",
            fires=True,
            context=(_UNATTRIBUTED,),
        ),
        Example("Das sei „ein Fehler“.", "It is “a mistake.”", fires=False),
        Example("Er soll Daten verkauft haben.", "He is alleged to have sold data.", fires=False),
        Example("Die Frist endet bald, es sei denn, er zahlt.", "The deadline ends soon unless he pays.", fires=False),
        Example("„Ich habe Zeit“, heißt es im Brief.", "“I have time,” the letter goes.", fires=False),
    )

    def context(self, article: Sequence[SegmentText], index: int) -> tuple[str, ...]:
        """Whether the sentences before say who speaks, or quote; nothing where this one does or reports nothing."""
        if index == 0 or _report(article[index]) is None or is_attributed(article[index].target.text):
            return ()
        for before in reversed(article[max(index - _FURTHEST_BACK, 0) : index]):
            if is_attributed(before.target.text) or _holds_quotation(before.target.text):
                return (_ATTRIBUTED,)
            if _report(before) is None:
                break
        return (_UNATTRIBUTED,)

    def run(self, text: SegmentText) -> list[FindingValue]:
        span = _report(text)
        target = text.target.text
        if span is None or not target.strip() or is_attributed(target):
            return []
        if not text.context and _leans(text, span):
            return []
        severity: Severity = "major" if text.context == (_UNATTRIBUTED,) else "minor"
        verb = text.source.text[slice(*span)]
        where = (
            "only the sentences before say who says so"
            if text.context == (_ATTRIBUTED,)
            else "nobody says so in English"
        )
        return [
            FindingValue(
                severity=severity,
                category="accuracy/mistranslation",
                message=f"“{verb}” in the source marks reported speech; {where}.",
                source_spans=(span,),
                target_spans=tuple(_clause(text.source.text, span, target)),
            )
        ]


def _holds_quotation(text: str) -> bool:
    return outside_quotations(text) != text


def _leans(text: SegmentText, span: Span) -> bool:
    """Whether a subjunctive goes on with what the sentence before began, which nobody knows here."""
    if _HEARSAY.fullmatch(text.source.text, *span):
        return False
    source = outside_quotations(text.source.text)
    # Whose words stand in the quotation marks was said before.
    quoted = source != text.source.text and _holds_quotation(text.target.text)
    return quoted or bool(_LEANING.search(source) or _PAST_OF_THE_PAST.search(text.target.text))


def _report(text: SegmentText) -> Span | None:
    """Where the source marks that it reports what others say, quotations aside."""
    if text.kind in _QUIET_KINDS or words_of(text.source.text).isdisjoint(_REPORTING):
        return None
    source = outside_quotations(text.source.text)
    if _NO_REPORT.search(source):
        return None
    match = next((match for match in _KONJUNKTIV.finditer(source) if not _is_adjective(match)), None)
    return match.span() if match else _hearsay(source)


def _is_adjective(match: re.Match[str]) -> bool:
    text = match.string
    return bool(_NOUN.match(text, match.end()) and _ARTICLE.search(text, max(match.start() - 12, 0), match.start()))


def _hearsay(source: str) -> Span | None:
    """The first "soll" or "will" with "… haben" or "… sein" behind it, up to the next mark."""
    for clause in _CLAUSE.finditer(source):
        verb = _HEARSAY.search(source, *clause.span())
        if verb and any(
            _PARTICIPLE.fullmatch(match["participle"]) for match in _PERFECT.finditer(source, verb.end(), clause.end())
        ):
            return verb.span()
    return None


def _clause(source: str, span: Span, target: str) -> list[Span]:
    """Subject and verb of the English clause that states it as fact."""
    verb = counterpart(source, span, target)
    if verb is None:
        return [(0, min(len(target), _LONGEST_SPAN))]
    begins = max((target.rfind(mark, 0, verb[0]) + 1 for mark in ',;:–—“”".'), default=0)
    begins += len(target[begins:]) - len(target[begins:].lstrip())
    return [(begins if verb[1] - begins <= _LONGEST_SPAN else verb[0], verb[1])]
