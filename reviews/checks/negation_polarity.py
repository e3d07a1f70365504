"""A negation of the source that the translation lost, or one it added."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reviews.values import FindingValue, SegmentText, Span, gettext_noop

from .base import NAME_KINDS, Check, Example
from .phrases.lexicon import word_list
from .phrases.places import counterpart, distance
from .phrases.vocabulary import words_of

#: German that holds a negation and denies nothing, or in so many ways in English that nothing can be said.
_NO_DENIAL = (
    r"nicht (?:nur|bloß|allein|zuletzt|selten|umsonst|wenige\w*|zufällig|minder|lange)|es sei denn|oder nicht|"
    r"ob (?:\w+ ){0,6}nicht|"
    r"nichts anderes als|kein (?:Geringerer|Wunder)|keine? andere[rs]?|nie zuvor|ohne weiteres|wie (?:noch )?nie|"
    r"gar nicht so"
)
_GERMAN_WORDS = word_list(
    """
    nicht nichts kein keine keinem keinen keiner keines keins keinerlei nie niemals niemand niemandem
    niemanden niemandes nirgends nirgendwo ohne weder keinesfalls keineswegs mitnichten keinster keinsten nix
    """
)
_GERMAN = re.compile(rf"\b(?:{_NO_DENIAL}|(?P<word>{'|'.join(sorted(_GERMAN_WORDS))}))\b", re.IGNORECASE)
_ENGLISH = re.compile(
    r"\b(?:(?<!\bor )not|cannot|\w+n[’']t|no(?!\.\s?(?:[\d#]|(?-i:[a-z]))|\ssooner)|never|none|nobody|no-one|nothing|"
    r"nowhere|neither|nor|without)\b",
    re.IGNORECASE,
)
#: Without one of these words, case folded, English denies nothing outright; a "t" is what follows an apostrophe.
_ENGLISH_WORDS = word_list("not cannot t no never none nobody nothing nowhere neither nor without")
#: English that denies without a negation: inside a word, by halves, or by a verb of refusal.
_ENGLISH_HALF = re.compile(
    r"\b(?:(?:un(?!der|ti|i[^nm]|cle\b|cov)|non-?)\w{3,}|"
    r"(?:im(?:poss|prob|mater|perf|pat|plaus|mob)|in(?:ab|access|accur|act|adequ|adm|alien|appro|attent|audi|cap|"
    r"comp(?:ar|at|l)|conceiv|conclus|correct|curab|decis|def|different|direct|discrim|effect|effic|elig|evit|exper|"
    r"explic|feas|flex|hosp|host|just|numer|oper|secur|sensit|separ|signif|soluble|stab|suffic|tol|val|vari|visib|vinc|"
    r"volunt)|ir(?:rel|reg|resp|rev)|il(?:leg|log|lit)|"
    r"dis(?:agre|allow|appr|claim|cont|hon|like|miss|obe|qual|reg|sat|trust))\w*|\w+(?:less|free)|"
    r"hardly|barely|scarcely|rarely|seldom|(?<!a )(?:few|little)|fewer|less|least|lack\w*|fail\w*|refus\w*|reject\w*|"
    r"declin\w*|den(?:y|ied|ies|ial)\w*|avoid\w*|absen\w+|exclud\w*|exempt\w*|except\w*|prevent\w*|cancel\w*|forgo\w*|"
    r"waiv\w*|forbid\w*|forbad\w*|prohibit\w*|far from|out of (?:the )?question|instead of|rather than|anything but|"
    r"rul(?:e|es|ed|ing) (?:\w+ ){0,3}out|yet to|unless|free of|void of)\b",
    re.IGNORECASE,
)
#: German of the same sort: a half negation of the translation that renders one of these stands for nothing else.
_GERMAN_HALF = re.compile(
    r"\b(?:kaum|un(?!d\b|ter|s|iv|ion)\w{3,}|selten|wenig\w*|\w+(?:los|frei)(?:e[mnrs]?)?|fehl\w+|"
    r"ver(?:hinder|weiger|bot|biet|zicht)\w*|\w*lehn\w+|scheiter\w*|außer|statt|anstatt|illegal\w*|irre\w+|indirekt\w*|"
    r"inoffiziell\w*|schl(?:ie(?:ß|ss)|oss)\w*\b[^.;:!?]{1,60}\baus|ausgeschlossen\w*|aus(?:zu)?schließ\w*|missacht\w*|"
    r"verhehl\w*|vermeid\w*|vermied\w*)\b",
    re.IGNORECASE,
)
#: German that an English "not" may well render, though it is no negation.
_GERMAN_HINT = re.compile(
    r"\b(?:nein|nicht\w*|nur|erst|lediglich|zu\w* \w+,? um|anstelle|ausge\w+|noch|mehr|sondern|schwer\w*|"
    r"ver(?:pass|lier|lor|miss|säum|wehr|sag|mied|meid)\w*|\w*(?:leer|fern)\w{0,2}|\w*fehl\w*|\w*mangel\w*|miss\w+|"
    r"\w*stopp\w*|ab(?:ge)?sag\w*|\w*weig\w*|anti\w*|entf[aä]ll\w*|umsonst|vergeb\w+|hinter|doch|egal|als|bevor|bis|sonst|"
    r"aber|alles|dagegen|gegen|weg|raus|aus|neben|frei von|übers(?:eh|ieh|ah)\w*|verf(?:all|äll|iel)\w*|"
    r"\w{3,}sicher\w*|zweifel\w*|streit\w*|bestr[ei]\w+|lassen|ließ\w*)\b",
    re.IGNORECASE,
)
_NOT_ONLY = re.compile(r"\bnicht (?:nur|bloß|allein)\b", re.IGNORECASE)
_ADDS = re.compile(r"\s(?:only|just|merely|least)\b", re.IGNORECASE)
#: Two German denials that come to a plain statement, which English may make without any.
_DISSOLVED = re.compile(
    r"\bohne\b[^.;:!?]{1,80}\bnicht\b|\bschl(?:ie(?:ß|ss)|oss)\w*\b[^.;:!?]{1,60}\bnicht aus\b|"
    r"\bnicht (?:ausgeschlossen|aus(?:zu)?schließ\w*|fehl\w+|missacht\w*|verhehl\w*|verhinder\w*|vermeid\w*|"
    r"abgelehnt|abzulehnen|schlecht\w*|falsch\w*|un(?!d\b|ter|s\b|bedingt|gefähr)\w{4,})\b",
    re.IGNORECASE,
)
#: Denials with an opposite that English often prefers.
_OPPOSITES = tuple(
    (re.compile(rf"\b(?:{german})\b", re.IGNORECASE), re.compile(rf"\b(?:{english})\b", re.IGNORECASE))
    for german, english in (
        (
            r"nicht (?:\w+ )?(?:gut|leicht|einfach)",
            r"difficult\w*|hard|bad(?:ly)?|poor(?:ly)?|troubl\w*|struggl\w*|tough|tricky|worse",
        ),
        (r"nicht mehr", r"stop\w*|ceas\w*|former\w*|gone|quit\w*|escap\w*|discontinu\w*|abandon\w*"),
        (r"nicht (?:da|dabei|vor Ort|anwesend)", r"gone|away|absent|miss\w*|elsewhere"),
        (
            r"nicht auf (?:\w+ )?(?:Gegenliebe|Zustimmung|Verständnis|Begeisterung)",
            r"cool|cold|critic\w*|oppos\w*|object\w*|resist\w*|disapprov\w*",
        ),
    )
)
#: What stands between two negations that English makes one: "nie, nie", "kein Gel und keine Creme" → "no gel or cream".
_GATHERED = re.compile(r"[\s,!]*|.*\b(?:und|oder|noch)\s(?:auch\s)?", re.IGNORECASE | re.DOTALL)
_ONLY = re.compile(r"\b(?:only|just|merely|solely|exclusively)\b", re.IGNORECASE)
_NEIN = re.compile(r"\bnein\b", re.IGNORECASE)
_WORD_AFTER = re.compile(r"\s+\w+")
_LONGEST_PASSAGE = 40


class NegationPolarity(Check):
    """Counts what denies on both sides, and is quiet where the translation may have put it another way.

    A denial inside a word ("unlikely", "arbeitslos"), a half one ("kaum", "less") or a verb of refusal stands for a
    negation of the other side unless that side has one of these too. A lost negation where nothing else denies is
    critical, one of several major: English gathers them ("neither a towel nor gel"). Two that make a plain statement
    ("nicht ausgeschlossen") may become one ("possible"), not its opposite.
    """

    id = "negation.polarity"
    version = 2
    name = gettext_noop("Negation")
    description = gettext_noop("The source denies something and the translation does not, or the other way round.")
    category = "accuracy/mistranslation"
    severity = "critical"
    direction = ("de", "en")
    examples = (
        Example("Es gibt keine Hinweise auf eine Tat.", "There are indications of a crime.", fires=True),
        Example("Der Minister will nichts mehr ändern.", "The minister wants to change more.", fires=True),
        Example("Das gilt nicht nur für neue Verträge.", "This only applies to new contracts.", fires=True),
        Example("Das Konto ist gesperrt.", "The account is not blocked.", fires=True),
        Example("Das ist nicht sicher.", "That is uncertain.", fires=False),
        Example("Er kam nicht nur zu spät, er blieb auch.", "He came late and stayed on.", fires=False),
        Example("Der Antrag scheiterte.", "The motion did not pass.", fires=False),
        Example("Er schließt das nicht aus.", "He considers it possible.", fires=False),
        Example("Er schließt das nicht aus.", "He rules it out.", fires=True),
        Example("Er gewann nicht zuletzt dank ihr.", "He won thanks to her above all.", fires=False),
    )

    def run(self, text: SegmentText) -> list[FindingValue]:
        source, target = text.source.text, text.target.text
        if text.kind in NAME_KINDS or not target.strip() or source == target:
            return []
        return [*_lost(source, target)] or [*_only(source, target)] or [*_added(source, target)]


def _lost(source: str, target: str) -> Iterator[FindingValue]:
    said = _said_in_german(source, target)
    if not said:
        return
    strong = [match.span() for match in _ENGLISH.finditer(target) if not _answers_nein(source, match)]
    if len(said) <= len(strong):
        return
    half = _ENGLISH_HALF.findall(target)
    if strong:
        said = _gathered(said, source)
    elif not half:
        said = _without_dissolved(said, source, target)
    if len(said) <= len(strong) + max(len(half) - len(_GERMAN_HALF.findall(source)), 0):
        return
    span = _furthest(said, strong, source, target)
    place = counterpart(source, span, target)
    yield FindingValue(
        severity="major" if strong else "critical",
        category="accuracy/mistranslation",
        message=f"“{_passage(source, span)}” in the source: the translation does not deny it.",
        source_spans=(span,),
        target_spans=(place,) if place else (),
    )


def _said_in_german(source: str, target: str) -> list[Span]:
    """Negations of the source that the translation did not just copy, as within a title."""
    if words_of(source).isdisjoint(_GERMAN_WORDS):
        return []
    words = (match for match in _GERMAN.finditer(source) if match["word"])
    copied = set()
    if not words_of(target).isdisjoint(_GERMAN_WORDS):
        copied = {match[0].lower() for match in _GERMAN.finditer(target)}
    return [match.span("word") for match in words if match["word"].lower() not in copied]


def _gathered(said: Sequence[Span], source: str) -> list[Span]:
    """Without those that only go on with the one before."""
    return [span for i, span in enumerate(said) if i == 0 or not _GATHERED.fullmatch(source, said[i - 1][1], span[0])]


def _without_dissolved(said: Sequence[Span], source: str, target: str) -> list[Span]:
    """Without those that a second denial of the source cancels, or whose opposite the translation says."""
    places = [match.span() for match in _DISSOLVED.finditer(source)]
    for german, english in _OPPOSITES:
        if english.search(target):
            places += [match.span() for match in german.finditer(source)]
    return [span for span in said if not any(start <= span[0] and span[1] <= end for start, end in places)]


def _answers_nein(source: str, match: re.Match[str]) -> bool:
    is_answer = match[0].lower() == "no" and match.string[match.end() : match.end() + 1] in (",", ".", "!")
    return is_answer and _NEIN.search(source) is not None


def _furthest(said: Sequence[Span], strong: Sequence[Span], source: str, target: str) -> Span:
    """The negation of the source that has none of the translation near where it belongs."""
    places = [start / len(target) for start, _ in strong]
    return max(said, key=lambda span: distance(span[0] / len(source), places))


def _only(source: str, target: str) -> Iterator[FindingValue]:
    """“Nicht nur A, sondern auch B” became “only A”."""
    more = _NOT_ONLY.search(source) if "nicht" in words_of(source) else None
    only = _ONLY.search(target) if more else None
    if more and only and not _ENGLISH.search(target):
        yield FindingValue(
            severity="critical",
            category="accuracy/mistranslation",
            message=f"“{more[0]}” in the source, “{only[0]}” in the translation.",
            source_spans=(more.span(),),
            target_spans=(only.span(),),
        )


def _added(source: str, target: str) -> Iterator[FindingValue]:
    if words_of(target).isdisjoint(_ENGLISH_WORDS):
        return
    no = next((match for match in _ENGLISH.finditer(target) if not _ADDS.match(target, match.end())), None)
    if no and not any(pattern.search(source) for pattern in (_GERMAN, _GERMAN_HALF, _GERMAN_HINT)):
        yield FindingValue(
            severity="critical",
            category="accuracy/mistranslation",
            message=f"“{no[0]}” in the translation: the source denies nothing.",
            target_spans=(no.span(),),
        )


def _passage(source: str, span: Span) -> str:
    """The negation with the word after it."""
    after = _WORD_AFTER.match(source, span[1])
    return source[span[0] : after.end() if after else span[1]][:_LONGEST_PASSAGE]
