"""How a translation differs from those of the other engines, as the features of the risk model.

No reference and no language is needed; with engines of mixed quality the worst texts differ most. A text that differs
is not therefore wrong: of two, nothing says which is the odd one, so only three engines and more rank texts.
"""

from __future__ import annotations

import math
import re
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WORD = re.compile(r"\w+(?:[-'’.]\w+)*")
_SENTENCE_END = re.compile(r"""[.!?…]+(?=\s|$|["'”“’»«)\]])""")
_NUMBER = re.compile(r"\d+(?:[.,\u00a0\u202f ]\d{3})*(?:[.,:]\d+)?")
_NO_DIGITS = re.compile(r"\D")
#: Longer words are taken for content words, by their first letters: a stem that needs no word list.
_SHORT_WORD = 3
_STEM = 5


@dataclass(frozen=True, slots=True)
class EngineFeatures:
    """Differences of one text from the others; all are 0 or more, 0 where there is none.

    `consensus` is 100 minus the mean chrF against each of the others, `neighbours` its mean over the same engine's
    texts before and after. `content` is the share of the others' content words it lacks. `length`, `sentences` and
    `numbers` measure against the median of the `others`, which are so many; `longer` says on which side of it the
    length lies.
    """

    others: int

    consensus: float
    content: float
    length: float
    sentences: float
    numbers: float
    neighbours: float
    longer: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """What of a text is compared: stems of its content words, characters without white space, sentences, numbers."""

    stems: frozenset[str]
    length: int
    sentences: int
    numbers: Mapping[str, int]


class Profiles(dict[str, Profile]):
    """The profiles of texts, each made once: every text of a run is compared with all others of it."""

    def __missing__(self, text: str) -> Profile:
        made = self[text] = profile(text)
        return made


def profile(text: str) -> Profile:
    words = WORD.findall(text.lower())
    return Profile(
        stems=frozenset([word[:_STEM] for word in words if len(word) > _SHORT_WORD and not word.isdigit()]),
        length=len("".join(text.split())),
        sentences=len(_SENTENCE_END.findall(text)),
        numbers=Counter(_NO_DIGITS.sub("", number) for number in _NUMBER.findall(text)),
    )


def engine_features(
    own: Profile, others: Sequence[Profile], *, consensus: float, neighbours: float | None
) -> EngineFeatures:
    """A text among the other engines' texts for the same run of segments.

    `consensus` and `neighbours` are mean chrF from 0 to 100, as the metric gives it; a text without neighbours (None)
    has its own instead. Raises ValueError without other texts.
    """
    if not others:
        raise ValueError("a text has no engines to differ from; give the other engines' texts")
    usual_length = max(1.0, statistics.median(other.length for other in others))
    log_length = math.log(max(1, own.length) / usual_length)
    usual_sentences = statistics.median(other.sentences for other in others)
    return EngineFeatures(
        others=len(others),
        consensus=100.0 - consensus,
        content=1.0 - statistics.median(_recall(own, other) for other in others),
        length=abs(log_length) * math.sqrt(usual_length),
        sentences=abs(math.log((1 + own.sentences) / (1 + usual_sentences))),
        numbers=_odd_numbers(own, others),
        neighbours=100.0 - (consensus if neighbours is None else neighbours),
        longer=log_length > 0,
    )


def _recall(own: Profile, other: Profile) -> float:
    return len(own.stems & other.stems) / len(other.stems) if other.stems else 1.0


def _odd_numbers(own: Profile, others: Sequence[Profile]) -> float:
    """How many numbers stand here more or less often than in the median of the others."""
    known = set(own.numbers).union(*(other.numbers for other in others))
    return math.fsum(
        abs(own.numbers.get(number, 0) - statistics.median(other.numbers.get(number, 0) for other in others))
        for number in known
    )


def neighbouring(values: Sequence[float]) -> list[float | None]:
    """For each value the mean of those directly before and after it; None for a single one."""
    return [
        statistics.fmean(near) if (near := [*values[max(0, i - 1) : i], *values[i + 1 : i + 2]]) else None
        for i in range(len(values))
    ]
