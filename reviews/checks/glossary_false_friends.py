"""Words that look alike in both languages and do not mean the same."""

from __future__ import annotations

import re
from dataclasses import dataclass

from reviews.values import FindingValue, SegmentText, gettext_noop

from .base import NAME_KINDS, Check, Example
from .phrases.vocabulary import TellingWords, words_of


@dataclass(frozen=True, slots=True)
class _FalseFriend:
    """A German word, the English look-alike it must not become, and what it means."""

    german: re.Pattern[str]
    english: re.Pattern[str]
    meaning: str
    #: What the English may begin with, as a pattern of one word.
    first_word: str


def _friend(german: str, english: str, meaning: str) -> _FalseFriend:
    return _FalseFriend(
        re.compile(rf"\b(?:{german})\b", re.IGNORECASE),
        re.compile(rf"\b(?:{english})\b", re.IGNORECASE),
        meaning,
        english.partition(" ")[0],
    )


#: Only pairs that are wrong wherever they meet in news; "Chef" (chef), "Kritik" (critic) and the like, as taught in
#: any German course. Forms are spelled out, since endings decide.
FALSE_FRIENDS = (
    _friend("eventuell\\w*", "eventual|eventually", "possibly, perhaps"),
    _friend("aktuell\\w*", "actual|actually", "current, currently"),
    _friend("sensibel|sensible[mnrs]?", "sensible|sensibly", "sensitive"),
    _friend("\\w*konzern(?:e[ns]?|s)?", "concerns?", "company, group"),
    _friend("\\w*handys?", "handys?|handies", "mobile phone"),
    _friend("\\w*chef(?:s|in|innen)?", "chefs?", "head, boss"),
    _friend("bekommen|bekam|bekamen|bekommt", "becomes?|became|becoming", "to get"),
    _friend("gymnasi(?:um|en|ums)", "gyms?", "grammar school"),
    _friend("\\w*fabrik(?:en)?", "fabrics?", "factory"),
    _friend("\\w*rente[n]?", "rents?", "pension"),
    _friend("\\w*provision(?:en)?", "provisions?", "commission"),
    _friend("pathetisch\\w*", "pathetic", "full of pathos, solemn"),
    _friend("sympathisch\\w*", "sympathetic", "likeable"),
    _friend("konsequent\\w*", "consequent|consequently", "consistent, resolute"),
    _friend("prägnant\\w*", "pregnant", "concise"),
    _friend("seriös\\w*", "serious", "reputable, reliable"),
    _friend("ordinär\\w*", "ordinary", "vulgar"),
    _friend("genial\\w*", "genial", "brilliant"),
    _friend("brav\\w*", "brave", "well-behaved"),
    _friend("irritier\\w+|irritation(?:en)?", "irritat\\w+", "to confuse, confusion"),
    _friend("warenhaus|warenhäuser\\w*", "warehouses?", "department store"),
    _friend("beamer[ns]?", "beamers?", "projector"),
    _friend("\\w*milliarde[n]?", "milliards?", "billion"),
    _friend("\\w*kaution(?:en)?", "caution", "bail, deposit"),
    _friend("\\w*prospekte?[ns]?", "prospects?", "brochure"),
    _friend("\\w*novelle[n]?", "novels?|novella", "amendment (of a law)"),
    _friend("\\w*referat(?:e|s)?", "referees?", "department, paper"),
    _friend("\\w*personalr(?:at|ats|äte)", "personal (?:advice|council)\\w*", "staff council"),
    _friend("personal(?:s)?", "personal", "staff"),
    _friend("\\w*stuhl", "stool", "chair"),
    _friend("\\w*mappe[n]?", "maps?", "folder"),
    _friend("spenden|spende", "spends?|spent|spending", "to donate, donation"),
    _friend("übersehen", "overs(?:ee|aw|een)\\w*", "to overlook"),
    _friend("kontrollier(?:en|t|te|ten)", "controll(?:ed|ing)", "to check, to inspect"),
    _friend("\\w*billion(?:en)?", "billions?", "trillion"),
)
_LOOK_ALIKE = re.compile("|".join(friend.first_word for friend in FALSE_FRIENDS))


#: Words of the translation, case folded, that may be a look-alike or begin one; hardly any is.
_LOOK_ALIKES = TellingWords(lambda word: _LOOK_ALIKE.fullmatch(word) is not None)
#: In a text of more characters the two words stand at about the same place, as shares of it.
_LONG = 250
_NEAR = 0.2


def _places(friend: _FalseFriend, source: str, target: str) -> tuple[re.Match[str], re.Match[str]] | None:
    """Where the two words stand, in a long text only where one may well render the other."""
    english = list(friend.english.finditer(target))
    german = friend.german.finditer(source) if english else ()
    far = 1.0 if len(source) <= _LONG else _NEAR
    for one in german:
        for other in english:
            if abs(one.start() / len(source) - other.start() / len(target)) <= far:
                return one, other
    return None


class GlossaryFalseFriends(Check):
    """Looks for a German word and its English look-alike in the same pair."""

    id = "glossary.false_friends"
    version = 2
    name = gettext_noop("False friends")
    description = gettext_noop("A German word became the English word that looks like it and means something else.")
    category = "accuracy/mistranslation"
    severity = "major"
    direction = ("de", "en")
    examples = (
        Example("Eventuell droht ein Bußgeld.", "Eventually a fine threatens.", fires=True),
        Example("Der Konzern schweigt.", "The concern is silent.", fires=True),
        Example("Sensible Daten fehlen.", "Sensible data is missing.", fires=True),
        Example("Eventuell droht ein Bußgeld.", "A fine is possible.", fires=False),
        Example("Der Konzern äußert Bedenken.", "The company raised doubts.", fires=False),
        Example("Der Stuhl ist leer.", "The chair is empty.", fires=False),
    )

    def run(self, text: SegmentText) -> list[FindingValue]:
        source, target = text.source.text, text.target.text
        if text.kind in NAME_KINDS or source == target or not _LOOK_ALIKES.among(words_of(target)):
            return []
        findings = []
        for friend in FALSE_FRIENDS:
            places = _places(friend, source, target)
            if places:
                german, english = places
                findings.append(
                    FindingValue(
                        severity="major",
                        category="accuracy/mistranslation",
                        message=f"“{german[0]}” does not mean “{english[0]}”, but: {friend.meaning}.",
                        source_spans=(german.span(),),
                        target_spans=(english.span(),),
                    )
                )
        return findings
