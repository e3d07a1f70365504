"""Which language a text is in, and whether a translation is in the one it should be.

Only the languages of the project are candidates: the question is "was this left untranslated?", not "what is this?".
A wrong alarm costs an editor's trust, so that short or doubtful texts get no answer at all.

Clear cases are settled by function words and letters of the candidate languages, in microseconds. The rest goes to
langdetect (Shuyo 2010: naive Bayes over character 1- to 3-grams), which draws random n-grams: here with its own
factory, only the candidates' profiles and a fixed seed, so that the same text always gets the same answer.
"""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from langdetect.detector_factory import PROFILES_DIRECTORY, DetectorFactory
from langdetect.lang_detect_exception import LangDetectException

from reviews.values import SegmentScore, gettext_noop

from .base import Languages, SourceSignal, require_same_length

TOO_SHORT = "too short to tell"
UNDETERMINED = "language undetermined"
SAME_LANGUAGE = "source and target language are the same"
NO_PROFILE = "no language profile"

MIN_WORDS = 3
#: langdetect's own certainty, below which its answer does not count: all of its seven draws must agree.
MIN_PROBABILITY = 0.9
#: Words that mark a language settle the matter without langdetect if there are so many of them, and so many times
#: as many as of any other language: a quotation or a name in the text does not decide.
CLEAR_MARKS = 2
CLEAR_LEAD = 3
SEED = 0

#: Frequent words that the other languages listed do not have. Others (in, an, so, was, war, die …) say nothing.
_FUNCTION_WORDS_TEXT = {
    "de": """
        aber als auch auf aus bei beim bis dass das dem den der des diese diesem dieser dieses durch ein eine einem
        einen einer eines er es für gegen habe haben hat hatte ich ihr ihre im ist jetzt kann kein keine können mehr
        mit muss nach nicht noch nun nur oder ohne schon sehr sei sein seine seit sich sie sind soll sollte sowie über
        um und uns unter vom von vor waren wegen weil wenn werden wie wieder wir wird wurde wurden würde zu zum zur
        zwischen
    """,
    "en": """
        about after against and any are as at because been before between but by can could does during for from had
        has have he his how if into is it its more my not of on only or our should since some than that the their them
        then there these they this through to were what when which who why with would you your
    """,
}
FUNCTION_WORDS = {language: frozenset(text.split()) for language, text in _FUNCTION_WORDS_TEXT.items()}
#: Letters that among these languages only the one uses, names aside.
LETTERS = {"de": frozenset("äöüß")}

_WORD = re.compile(r"[^\W\d_]+")


class UnknownLanguageError(ValueError):
    """A language that cannot be told from others here; the message names it."""


class Language(SourceSignal):
    """Does the hypothesis read as the target language (1) or as the source language (0)?

    None where `identify` does not tell: fewer than three words, or no clear answer. A third language is not looked
    for: it counts as the nearer of the two.
    """

    id = "language"
    name = gettext_noop("Language")
    description = gettext_noop("Whether the translation reads as the target language.")
    unit = gettext_noop("1 = target language, 0 = source language")
    higher_is_better = True

    def signature(self, languages: Languages) -> str:
        return (
            f"source:{primary(languages.source)}|target:{primary(languages.target)}|words:{MIN_WORDS}"
            f"|probability:{MIN_PROBABILITY}|seed:{SEED}|rules:1|langdetect:{importlib.metadata.version('langdetect')}"
        )

    def scores(self, hypotheses: Sequence[str], sources: Sequence[str], languages: Languages) -> list[SegmentScore]:
        require_same_length(hypotheses, sources, "sources")
        return [_score(hypothesis, languages) for hypothesis in hypotheses]


def _score(hypothesis: str, languages: Languages) -> SegmentScore:
    if primary(languages.source) == primary(languages.target):
        return SegmentScore(None, reason=SAME_LANGUAGE)
    try:
        found = identify(hypothesis, languages)
    except UnknownLanguageError:
        return SegmentScore(None, reason=NO_PROFILE)
    if found is None:
        return SegmentScore(None, reason=TOO_SHORT if len(words_of(hypothesis)) < MIN_WORDS else UNDETERMINED)
    return SegmentScore(1.0 if found == primary(languages.target) else 0.0)


def identify(text: str, languages: Iterable[str]) -> str | None:
    """Which of these languages (BCP 47 codes, at least two) `text` is in, as a code without region; None if unclear.

    Raises UnknownLanguageError for a language without a profile, ValueError for fewer than two different languages.
    """
    candidates = _candidates(tuple(languages))
    words = words_of(text)
    if len(words) < MIN_WORDS:
        return None
    return _clear_case(words, candidates) or _by_letters(words, candidates)


def primary(language: str) -> str:
    """The language of a BCP 47 code without region or script: "de" for "de-AT"."""
    return language.replace("_", "-").partition("-")[0].lower()


def words_of(text: str) -> list[str]:
    """The words of a text that are language: no numbers, links, addresses, handles or tags."""
    return [word for piece in text.split() if not _is_address(piece) for word in _WORD.findall(piece)]


def _is_address(piece: str) -> bool:
    return "://" in piece or "@" in piece or piece.startswith(("www.", "#"))


@lru_cache(maxsize=32)
def _candidates(languages: tuple[str, ...]) -> tuple[str, ...]:
    candidates = tuple(sorted({primary(language) for language in languages}))
    if len(candidates) < 2:
        raise ValueError(f"identifying a language takes two different ones to choose from, got {languages}")
    for language in candidates:
        if not language.isalpha() or not _profile(language).is_file():
            raise UnknownLanguageError(f"langdetect has no profile for the language {language!r}")
    return candidates


def _clear_case(words: Sequence[str], candidates: Sequence[str]) -> str | None:
    """The candidate with enough marks and few against it; None unless the marks of all candidates are known."""
    if any(language not in FUNCTION_WORDS for language in candidates):
        return None
    folded = [word.lower() for word in words]
    marks = {language: sum(_is_mark(word, language) for word in folded) for language in candidates}
    second, first = sorted(candidates, key=marks.__getitem__)[-2:]
    return first if marks[first] >= max(CLEAR_MARKS, CLEAR_LEAD * marks[second]) else None


def _is_mark(word: str, language: str) -> bool:
    return word in FUNCTION_WORDS[language] or not LETTERS.get(language, frozenset()).isdisjoint(word)


def _by_letters(words: Sequence[str], candidates: tuple[str, ...]) -> str | None:
    """langdetect's answer, if it is sure.

    It is not asked about acronyms, which are noise to it, nor about a row of capitalised words only: names look like
    the language of whoever bears them.
    """
    read = [word for word in words if not word.isupper()]
    if len(read) < MIN_WORDS or not any(word.islower() for word in read):
        return None
    detector = _factory(candidates).create()
    detector.append(" ".join(read))
    try:
        best = detector.get_probabilities()
    except LangDetectException:  # not a letter of any candidate's alphabet
        return None
    return str(best[0].lang) if best and best[0].prob >= MIN_PROBABILITY else None


@lru_cache(maxsize=32)
def _factory(candidates: tuple[str, ...]) -> DetectorFactory:
    """A private factory: langdetect's own is shared, unseeded and knows 55 languages."""
    factory = DetectorFactory()
    factory.set_seed(SEED)
    factory.load_json_profile([_profile(language).read_text(encoding="utf-8") for language in candidates])
    return factory


def _profile(language: str) -> Path:
    return Path(PROFILES_DIRECTORY, language)
