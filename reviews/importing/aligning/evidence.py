"""What lengths and anchors say for and against a pair of texts, as differences of log-likelihoods."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from .anchors import EXPECTED, Anchors, Side, Sort, merged

Floats = npt.NDArray[np.float64]

#: Squared deviation of the length in characters per character (Gale and Church, section 3.2).
_VARIANCE = 6.8

#: The largest cost of a difference in length: however unlikely, words may have been left out.
_LONGEST_DIFFERENCE = 12.0

#: How much of what anchors say counts: they are not independent of each other, as the sums below take them to be.
_WEIGHT = 0.8

#: How often an anchor stands in any text of the language, by its first character where not as words do, and how many
#: texts' worth of trust that has beside the frequency in the article itself.
_FREQUENCY = 0.003
_FREQUENCIES = {"=": 0.03, "!": 0.06}
_TRUST = 40.0
_MOST_FREQUENT = 0.5

#: Anchors that stand so often within a band are added up as arrays, the others, which most are, as lists.
_MANY = 10

#: How many anchors' worth of trust the general expectation has beside the share found in the article.
_EXPECTATION_TRUST = 20.0


@dataclass(frozen=True, slots=True)
class Unit:
    """What alignment goes by in one block or sentence.

    `block` is its block in the article, `part` the bead of blocks it belongs to, None where that is not known.
    """

    kind: str
    length: int
    anchors: Anchors
    block: int
    part: int | None = None


def length_costs(deviations: Floats) -> Floats:
    """-log of the probability of a length at least so many standard deviations off, on either side."""
    steps = np.minimum((100 * deviations).astype(np.intp), _BY_DEVIATION.size - 1)
    costs: Floats = _BY_DEVIATION[steps]
    return costs


_BY_DEVIATION: Floats = np.array(
    [min(-math.log(math.erfc(step / 100 / math.sqrt(2))), _LONGEST_DIFFERENCE) for step in range(801)]
)


class Evidence:
    """The evidence of one article, for its units (sentences, or blocks) alone and in twos."""

    def __init__(self, source: Sequence[Unit], target: Sequence[Unit]) -> None:
        source_length = sum(unit.length for unit in source)
        target_length = sum(unit.length for unit in target)
        #: Characters of translation per character of source; bounded, since much of an article may be missing.
        self.ratio = min(max(target_length / source_length, 0.8), 1.25) if source_length and target_length else 1.0
        frequencies = _Frequencies(source, target)
        expected_of_source = _expected("source", source, target)
        expected_of_target = _expected("target", target, source)
        self.target = {size: _Target(runs(target, size), expected_of_target, frequencies) for size in (1, 2)}
        known = self.target[1].places.keys()
        self.source = {size: _Source(runs(source, size), expected_of_source, known) for size in (1, 2)}

    def lengths(self, source_length: int, target_lengths: Floats) -> Floats:
        """The cost of the lengths of pairs (Gale and Church's delta)."""
        mean = (source_length + target_lengths / self.ratio) / 2
        off = np.abs(target_lengths - source_length * self.ratio) / np.sqrt(_VARIANCE * np.maximum(mean, 1.0))
        return length_costs(off)

    def anchors(self, source_size: int, i: int, target_size: int, first: int, end: int) -> Floats:
        """What anchors say for source units [i, i + source_size) beside target units [j, j + target_size).

        One number for each j of [first, end), which may reach over either edge of the article.
        """
        said: Floats = np.zeros(end - first)
        ours, theirs = self.source[source_size], self.target[target_size]
        low, high = max(first, 0), min(end, theirs.size)
        if low < high:
            said[low - first : high - first] = theirs.beside(ours.shared[i], low, high) - ours.unmatched[i]
        return said


def runs(units: Sequence[Unit], size: int) -> list[Anchors]:
    """The anchors of every `size` consecutive units (one or two)."""
    if size == 1:
        return [unit.anchors for unit in units]
    return [merged((one.anchors, other.anchors)) for one, other in pairwise(units)]


class _Frequencies:
    """How likely an anchor is to stand in a text that has nothing to do with the other one."""

    def __init__(self, source: Sequence[Unit], target: Sequence[Unit]) -> None:
        self.counts = Counter(anchor for unit in (*source, *target) for anchor in unit.anchors)
        self.units = len(source) + len(target)

    def of(self, anchor: str) -> float:
        general = _FREQUENCIES.get(anchor[0], _FREQUENCY)
        share = (self.counts[anchor] + _TRUST * general) / (self.units + _TRUST)
        return min(share, _MOST_FREQUENT)


def _expected(side: Side, units: Sequence[Unit], others: Sequence[Unit]) -> dict[Sort, float]:
    """The expectation for each sort of anchor, less where few of them stand anywhere in the other article.

    So languages that share no names and articles of which half is missing are not taken for strangers.
    """
    known = {anchor for unit in others for anchor in unit.anchors}
    there: Counter[Sort] = Counter()
    found: Counter[Sort] = Counter()
    for unit in units:
        for anchor, sort in unit.anchors.items():
            there[sort] += 1
            found[sort] += anchor in known
    return {
        sort: min(share, (found[sort] + _EXPECTATION_TRUST * share) / (there[sort] + _EXPECTATION_TRUST))
        for sort, share in EXPECTED[side].items()
    }


def _surprise(share: float) -> float:
    """What an anchor without a counterpart costs; half, as the anchors of either side speak of the same thing."""
    return -_WEIGHT / 2 * math.log(1 - share)


class _Source:
    """Per run of source units: its anchors with the log-odds of their counterparts, and the cost without any."""

    def __init__(self, texts: Sequence[Anchors], expected: Mapping[Sort, float], known: Container[str]) -> None:
        odds = {sort: _log_odds(share) for sort, share in expected.items()}
        surprise = {sort: _surprise(share) for sort, share in expected.items()}
        self.shared = [[(anchor, odds[sort]) for anchor, sort in text.items() if anchor in known] for text in texts]
        self.unmatched = [sum(surprise[sort] for sort in text.values()) for text in texts]


class _Target:
    """The runs of target units by anchor: where each stands, in order, and what it says there."""

    def __init__(self, texts: Sequence[Anchors], expected: Mapping[Sort, float], frequencies: _Frequencies) -> None:
        self.size = len(texts)
        odds = {sort: _log_odds(share) for sort, share in expected.items()}
        surprise = {sort: _surprise(share) for sort, share in expected.items()}
        self.unmatched: Floats = np.array([sum(surprise[sort] for sort in text.values()) for text in texts])
        self.places: defaultdict[str, list[int]] = defaultdict(list)
        values: defaultdict[str, list[float]] = defaultdict(list)
        for j, text in enumerate(texts):
            for anchor, sort in text.items():
                self.places[anchor].append(j)
                values[anchor].append(odds[sort] - _WEIGHT * math.log(frequencies.of(anchor)))
        self.values = {anchor: np.array(found) for anchor, found in values.items()}
        self.arrays = {anchor: np.array(found, dtype=np.intp) for anchor, found in self.places.items()}

    def beside(self, anchors: Sequence[tuple[str, float]], first: int, end: int) -> Floats:
        """What the anchors of a source run say for each target run of [first, end)."""
        found: Floats = -self.unmatched[first:end]
        places: list[int] = []
        said: list[float] = []
        for anchor, value in anchors:
            at = self.places[anchor]
            low, high = bisect_left(at, first), bisect_left(at, end)
            if high - low > _MANY:
                found[self.arrays[anchor][low:high] - first] += np.maximum(self.values[anchor][low:high] + value, 0.0)
            elif high > low:
                places += at[low:high]
                said += [max(float(said_there) + value, 0.0) for said_there in self.values[anchor][low:high]]
        if places:
            found += np.bincount(np.array(places) - first, said, minlength=end - first)
        return found


def _log_odds(share: float) -> float:
    return _WEIGHT / 2 * math.log(share / (1 - share))
