"""Text of the source language left where the translation should be."""

from __future__ import annotations

import re
from bisect import bisect
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from reviews.values import FindingValue, SegmentText, Span, gettext_noop

from .base import NAME_KINDS, Check, Example, primary_language
from .phrases.lexicon import is_only_of, small_words_only_of, word_list
from .phrases.vocabulary import TellingWords, letters_of
from .quantities.numerals import LINK

#: Words that hardly stand in a text of the other language, names and titles aside. Left out on purpose: words of
#: both languages ("die", "war", "was", "in", "an", "am", "will", "also"), and "von", a part of names.
_GERMAN_WORDS = word_list(
    """
    aber alle allem allen aller als auch auf aus außerdem bei beim bereits bis bisher dabei dadurch dafür daher damit
    dann darauf das dass davon dazu dem denn der deren deshalb dessen diese diesem diesen dieser dieses doch dort durch
    ein eine einem einen einer eines er es etwa euch für gegen geht gibt habe haben hatte hatten heute ich ihm ihn ihnen
    ihr ihre ihrem ihren ihrer im ins ist jede jedem jeden jeder jedes jedoch jetzt kann kein keine keinem keinen
    keiner kommt konnte konnten können könnte laut liegt machen mehr mit muss musste müssen nach nicht nichts noch nun
    nur ob oder ohne schon sehr sei seien sein seine seinem seinen seiner seit sich sie sind sondern soll sollen sollte
    sowie steht um und uns unser unter viele vom vor wegen weil weiter welche welcher wenn wer werde werden wie wieder
    wir wird wo worden wurde wurden während wäre würde würden zu zudem zum zur zwischen über
    """
)
_ENGLISH_WORDS = word_list(
    """
    a about after against all and are as at be because been before being between but by can could did do does during
    for from had has have he her him his how i if into is it its like more most my no not of on only or other our out
    over said she should since some such than that the their them then there these they this those through to under
    until up us we were what when where which while who with would you your
    """
)
_WORDS_OF = {"de": _GERMAN_WORDS, "en": _ENGLISH_WORDS}
#: In a text all in capitals a longer word is no acronym.
_LONGEST_ACRONYM = 4
#: Particles of names such as "von der Leyen", and what joins the names of parties, institutes and papers.
_IN_NAMES = frozenset({"von", "vom", "van"})
_JOINING = word_list("und für der des die das dem den im am in zu zur zum bei an auf")
_WORD = re.compile(r"[^\W\d_]+")
_WORD_OR_LINK = re.compile(rf"(?P<link>{LINK})|(?P<word>[^\W\d_]+)")
_QUOTE_MARKS = re.compile('["“”„«»‟]')

#: A stretch of this many different function words, none of the target language between them, is no name or title.
_ENOUGH_IN_A_STRETCH = 3
#: Nor are words copied in the order of the source, if so many of them are of the source language only and in small
#: letters, or at least one is and enough others with it.
_SMALL_IN_A_COPY = 2
_LONG_COPY = 4
_FOREIGN_IN_A_LONG_COPY = 3
#: A shorter text that stands in both languages may be a name: "Der Spiegel", "Die Grünen".
_SHORTEST_COPY = 3
#: Where the whole text has no word of the target language, this many are enough.
_ENOUGH_ALONE = 2
#: A longer passage between quotation marks is speech rather than the title of a song, a book or a broadcast.
_LONGEST_TITLE = 8


class UntranslatedText(Check):
    """Counts function words of the source language in the translation, stretch by stretch.

    A whole text left is critical, a stretch inside a translated one major. Short texts, names and titles say too
    little to judge and stay quiet.
    """

    id = "untranslated.text"
    version = 2
    name = gettext_noop("Untranslated text")
    description = gettext_noop(
        "The translation is the source text, or a long stretch of it is still in the source language."
    )
    category = "accuracy/untranslated"
    severity = "critical"
    languages = frozenset(_WORDS_OF)
    examples = (
        Example("Das Konto ist gesperrt.", "Das Konto ist gesperrt.", fires=True),
        Example(
            "Die Stadt prüft den Fall, weil die Daten nicht mehr sicher sind.",
            "The city is reviewing the case, weil die Daten nicht mehr sicher sind.",
            fires=True,
        ),
        Example("Linux", "Linux", fires=False),
        Example("Microsoft 365 Enterprise", "Microsoft 365 Enterprise", fires=False),
        Example(
            "Er sang „Für Frauen ist das kein Problem“ in Berlin.",
            "He sang “Für Frauen ist das kein Problem” in Berlin.",
            fires=False,
        ),
    )

    def run(self, text: SegmentText) -> list[FindingValue]:
        source_language, target_language = primary_language(text.source_lang), primary_language(text.target_lang)
        if text.kind in NAME_KINDS or source_language == target_language:
            return []
        is_copy = text.source.text.split() == text.target.text.split()
        if not is_copy and not _may_be_left(text.target.text, source_language, target_language):
            return []
        words = _words(text.target.text, source_language, target_language)
        if is_copy and _is_foreign_copy(words):
            return [_whole(text, "The translation is the source text.")]
        if _is_all_foreign(words):
            return [_whole(text, "The translation is still in the source language.")]
        return [
            FindingValue(
                severity="major",
                category=self.category,
                message=f"“{_shortened(text.target.text[start:end])}” is still in the source language.",
                source_spans=_same_passage(text.source.text, text.target.text[start:end]),
                target_spans=((start, end),),
            )
            for start, end in _stretches(text, words)
        ]


def _may_be_left(text: str, source_language: str, target_language: str) -> bool:
    """Whether a text has two function words of the source language, or one small word that only it has.

    Every stretch left in the source language has, as the functions below ask for more.
    """
    words = _function_words(source_language).among(letters_of(text))
    return (
        len({word.lower() for word in words} & _WORDS_OF[source_language]) > 1
        or any(map(str.islower, words))
        or bool(small_words_only_of(source_language, target_language).among(letters_of(text)))
    )


@lru_cache(maxsize=16)
def _function_words(language: str) -> TellingWords:
    return TellingWords(lambda word: word.lower() in _WORDS_OF[language])


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    start: int
    end: int
    foreign: bool
    own: bool
    in_title: bool
    strange: bool


def _words(text: str, source_language: str, target_language: str) -> list[_Word]:
    """The words of a text: `foreign` and `own` are function words, `strange` is any of the source language only."""
    foreign, own = _WORDS_OF[source_language], _WORDS_OF[target_language]
    shouted = text.isupper()
    matches = [match for match in _WORD_OR_LINK.finditer(text) if match.lastgroup == "word"]
    titles = _title_words(text, matches)
    words: list[_Word] = []
    for match in matches:
        # MIT, IST and ALS are acronyms, unless the whole text is in capitals.
        known = shouted or len(match.group()) == 1 or not match.group().isupper()
        lower = match.group().lower()
        # The A of "A 45" is a motorway, that of a first word an article.
        is_own = known and lower in own and not (match.group() == "A" and match.start())
        # "Von der Leyen" and "van der Bellen" are names.
        in_a_name = bool(words) and words[-1].text.lower() in ("von", "van")
        is_foreign = known and lower in foreign and not in_a_name
        is_name = lower in _IN_NAMES or (match.group().isupper() and not (shouted and len(lower) > _LONGEST_ACRONYM))
        is_strange = is_foreign or (not is_name and is_only_of(match.group(), source_language, target_language))
        words.append(_Word(match.group(), *match.span(), is_foreign, is_own, match.start() in titles, is_strange))
    return words


def _title_words(text: str, words: Sequence[re.Match[str]]) -> frozenset[int]:
    """Where the words of short passages between quotation marks start."""
    marks = [match.start() for match in _QUOTE_MARKS.finditer(text)]
    if not marks:
        return frozenset()
    passages = [(bisect(marks, word.start()), word.start()) for word in words]
    lengths = Counter(passage for passage, _ in passages)
    return frozenset(start for passage, start in passages if passage % 2 and lengths[passage] <= _LONGEST_TITLE)


def _is_foreign_copy(words: Sequence[_Word]) -> bool:
    """Whether a text that is the same on both sides is of the source language, and not simply the same in both."""
    # A German text may quote the English title of something.
    counted = [word for word in words if not word.in_title]
    if len(words) < _SHORTEST_COPY or any(word.own for word in counted):
        return False
    return any(_is_small(word) or word.foreign for word in counted) or sum(word.strange for word in counted) > 1


def _is_small(word: _Word) -> bool:
    return word.strange and word.text.islower()


def _is_all_foreign(words: Sequence[_Word]) -> bool:
    different = {word.text.lower() for word in words if word.foreign}
    return not any(word.own for word in words) and len(different) >= _ENOUGH_ALONE and len(words) > 3


def _whole(text: SegmentText, message: str) -> FindingValue:
    return FindingValue(
        severity=UntranslatedText.severity,
        category=UntranslatedText.category,
        message=message,
        source_spans=(_stripped_span(text.source.text),),
        target_spans=(_stripped_span(text.target.text),),
    )


def _stripped_span(text: str) -> Span:
    return len(text) - len(text.lstrip()), len(text.rstrip())


def _stretches(text: SegmentText, words: Sequence[_Word]) -> list[Span]:
    """The stretches without a word of the target language, titles aside, that are still in the source language."""
    source = [match.group() for match in _WORD.finditer(text.source.text)]
    copied, whole_source = set(source), _joined(source)
    found = []
    stretch: list[_Word] = []
    for word in (*(word for word in words if not word.in_title), None):
        if word is not None and not word.own:
            stretch.append(word)
            continue
        kept = _tight(stretch, copied)
        left = kept if _has_many_function_words(kept) else _left_copy(kept, whole_source)
        if left:
            found.append((left[0].start, left[-1].end))
        stretch = []
    return found


def _tight(stretch: Sequence[_Word], copied: set[str]) -> Sequence[_Word]:
    """Without the words at both ends that are neither function words nor copied from the source."""
    kept = [place for place, word in enumerate(stretch) if word.foreign or word.text in copied]
    return stretch[kept[0] : kept[-1] + 1] if kept else ()


def _has_many_function_words(stretch: Sequence[_Word]) -> bool:
    return len({word.text.lower() for word in stretch if word.foreign}) >= _ENOUGH_IN_A_STRETCH


def _left_copy(stretch: Sequence[_Word], source: str) -> Sequence[_Word]:
    """The first run of words in the very order of the source that can be no name or title; () if there is none."""
    start = 0
    while start < len(stretch):
        end = start + 1
        while end < len(stretch) and _joined([word.text for word in stretch[start : end + 1]]) in source:
            end += 1
        if _is_no_name(stretch[start:end]):
            return stretch[start:end]
        start = end
    return ()


def _is_no_name(run: Sequence[_Word]) -> bool:
    small = [word for word in run if _is_small(word)]
    telling = sum(word.text not in _JOINING for word in small)
    if len(small) >= _SMALL_IN_A_COPY and telling:
        return True
    return bool(telling) and len(run) >= _LONG_COPY and sum(w.strange for w in run) >= _FOREIGN_IN_A_LONG_COPY


def _joined(words: Sequence[str]) -> str:
    return f" {' '.join(words)} "


def _same_passage(source: str, passage: str) -> tuple[Span, ...]:
    start = source.find(passage)
    return () if start < 0 else ((start, start + len(passage)),)


def _shortened(passage: str) -> str:
    return passage if len(passage) <= 80 else passage[:79] + "…"
