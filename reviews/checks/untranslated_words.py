"""Single German words left in an English text."""

from __future__ import annotations

import itertools
import re

from reviews.values import FindingValue, SegmentText, gettext_noop

from .base import NAME_KINDS, Check, Example, primary_language
from .phrases.attribution import outside_quotations
from .phrases.lexicon import is_known, is_only_of, small_words_only_of
from .phrases.vocabulary import letters_of
from .quantities.numerals import LINK

_WORD = re.compile(r"[^\W\d_]{4,}")
#: In the translation only words that stand alone: no part of a compound or of an address.
_ALONE = re.compile(rf"(?P<link>{LINK})|(?P<word>(?<![\w.-])[^\W\d_]{{4,}}(?![\w-]|\.\w))")
_SHORTEST_HALF = 4
#: Small words that are parts of names: "Bündnis für Arbeit", "Schloss ob der Tauber".
_IN_NAMES = frozenset({"unter", "ober", "über", "beim", "oder"})


class UntranslatedWords(Check):
    """Looks for words of the source that English does not have, written small as no German name is.

    A German noun with a capital may be a name and stays quiet. So do words between quotation marks, which a text may
    be about. Longer stretches are the business of `untranslated.text`.
    """

    id = "untranslated.words"
    version = 2
    name = gettext_noop("German words left")
    description = gettext_noop("A single word of the source that the target language does not have was left as it is.")
    category = "accuracy/untranslated"
    severity = "minor"
    languages = frozenset({"de", "en"})
    examples = (
        Example("Lücke in Handys wird ausgenutzt", "Hole in handys is being exploited", fires=True),
        Example("Der Streit eskalierte zusehends.", "The dispute zusehends escalated.", fires=True),
        Example("Das Backup der Software fehlt.", "The backup of the software is missing.", fires=False),
        Example("Der Bundestag tagt.", "The Bundestag is meeting.", fires=False),
        Example("Er gewann den Grand Prix.", "He won the grand prix.", fires=False),
        Example("Das Wort „schadenfreude“ fiel.", "The word “schadenfreude” was used.", fires=False),
    )

    def run(self, text: SegmentText) -> list[FindingValue]:
        source, target = text.source.text, text.target.text
        languages = primary_language(text.source_lang), primary_language(text.target_lang)
        if text.kind in NAME_KINDS or languages[0] == languages[1] or source == target:
            return []
        strange = small_words_only_of(*languages).among(letters_of(target))
        if not strange or strange.isdisjoint(map(str.lower, letters_of(source))):
            return []
        said = {match[0].lower(): match.span() for match in _WORD.finditer(source)}
        pairs = _pairs(source) & _pairs(target)
        return [
            FindingValue(
                severity="minor",
                category="accuracy/untranslated",
                message=f"“{match[0]}” is no English word.",
                source_spans=(said[match[0]],),
                target_spans=(match.span(),),
            )
            for match in _ALONE.finditer(outside_quotations(target))
            if match["word"] in said
            and match[0] not in _IN_NAMES
            and is_only_of(match[0], *languages)
            and not _is_borrowed(match[0], pairs, languages[1])
        ]


def _pairs(text: str) -> set[tuple[str, str]]:
    """The words of a text, in small letters, each with the one behind it."""
    words = [match[0].lower() for match in _WORD.finditer(text)]
    return set(itertools.pairwise(words))


def _is_borrowed(word: str, pairs: set[tuple[str, str]], language: str) -> bool:
    """Whether both languages have a word from elsewhere: one beside a word of the target language in both texts ("grand
    prix"), or two words of it in one ("rockstar").
    """
    beside = {one for pair in pairs if word in pair for one in pair if one != word}
    halves = ((word[:at], word[at:]) for at in range(_SHORTEST_HALF, len(word) - _SHORTEST_HALF + 1))
    return any(is_known(one, language) for one in beside) or any(
        all(is_known(half, language) for half in both) for both in halves
    )
