"""A text of several sentences in portions, one for each source sentence: a proposal to begin dividing with. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from reviews.importing.segmenting import sentence_starts
from reviews.values import CodedText

#: Before a word: where a text may be cut at all.
_WORD = re.compile(r"(?<=\s)\S")
#: What a cut costs beside its distance from the ideal place, in shares of the whole text: sentences first.
_WITHIN_CLAUSE = 0.5
_AFTER_MARK = 0.15
_MARKS = tuple(",;:–—")


def propose(text: CodedText, sources: Sequence[CodedText], lang: str) -> list[CodedText]:
    """The text in as many portions as there are sources, cut so that each is about as long as its source.

    With a sentence (of the language `lang`) for each source it is cut between them; else there where that is near
    enough, or after a clause, or between words. Portions at the end are empty where there are fewer words than sources.
    """
    cuts = [0, *_cuts(text, sources, lang), len(text.text)]
    return [text.slice(start, end).strip() for start, end in pairwise(cuts)]


def _cuts(text: CodedText, sources: Sequence[CodedText], lang: str) -> list[int]:
    starts = sentence_starts(text.text, lang)
    if len(starts) == len(sources):
        return starts[1:]
    sentences = set(starts)
    size = len(text.text)
    total = sum(len(source.text) for source in sources) or 1
    places = [match.start() for match in _WORD.finditer(text.text)]
    chosen: list[int] = []
    covered = 0
    for source in sources[:-1]:
        covered += len(source.text)
        ideal = covered / total
        left = [place for place in places if not chosen or place > chosen[-1]]
        if not left or (chosen and chosen[-1] == size):
            chosen.append(size)
            continue
        chosen.append(min(left, key=lambda place: (_cost(text.text, place, place in sentences, ideal), place)))
    return chosen


def _cost(text: str, place: int, starts_sentence: bool, ideal: float) -> float:
    distance = abs(place / len(text) - ideal)
    if starts_sentence:
        return distance
    after_mark = text[:place].rstrip().endswith(_MARKS)
    return distance + (_AFTER_MARK if after_mark else _WITHIN_CLAUSE)
