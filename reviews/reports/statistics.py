"""Are two engines different, or did we look at lucky articles? Resampling of sums of statistics, in numpy.

Everything here works on **units**: articles by default, single texts on request. A unit is the sum of the sufficient
statistics of its texts, so that any set of units has its exact corpus score and no text is scored again. Texts of one
article are not independent (one wording, one topic), so resampling single texts makes intervals too narrow; it is
there to be compared with other tools.

- Intervals: bootstrap (Koehn 2004), the 2.5 % on either side of the sorted scores cut off.
- p of a difference: approximate randomization (Riezler and Maxwell 2005): were the two engines' names exchanged at
  random, unit by unit, how often would the difference be at least as large?
- p by bootstrap as `sacrebleu --paired-bs` defines it, for comparison. It asks only how often the resampled
  difference exceeds twice the observed one, in one direction: about half of a two-sided p.

With the same seed the draws are sacrebleu's (numpy's default generator, one row of draws a sample), so that on single
texts the numbers are sacrebleu's too, but for its arithmetic: it keeps resampled sums in 32-bit floats and scores
them there, which moves a score by some 1e-6; here sums are integers and scores 64-bit floats.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
#: The corpus score of each row of sums.
ScoreRows = Callable[[Integers], Floats]

SAMPLES = 1_000
#: The interval needs at least one sample outside on either side.
MINIMUM_SAMPLES = 40
MAXIMUM_SAMPLES = 100_000
#: sacrebleu's.
SEED = 12345
MAXIMUM_SEED = 2**32 - 1

#: Differences are shown when they would come about by chance less often than this.
SIGNIFICANCE = 0.05

#: Cells of one block of the table "how often is which unit in which sample": 16 MB.
BLOCK_CELLS = 2_000_000


@dataclass(frozen=True, slots=True)
class Interval:
    """Where 95 % of the resampled values lie, both ends included, and their mean.

    sacrebleu prints the same as mean ± half the width.
    """

    mean: float
    low: float
    high: float

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Difference:
    """A system's score minus the baseline's on the same units."""

    value: float
    interval: Interval
    p_bootstrap: float
    p_randomization: float


@dataclass(frozen=True, slots=True)
class Resampled:
    """Systems in the order they were given: an interval each, and a difference each but for the baseline's None."""

    intervals: Sequence[Interval]
    differences: Sequence[Difference | None]


def resample(
    units: Integers, score: ScoreRows, *, baseline: int, samples: int = SAMPLES, seed: int = SEED
) -> Resampled:
    """Intervals and paired differences of systems that translated the same units.

    `units` holds statistics by system, unit and column. Every system is scored on the same resamples. The
    randomization takes as many trials as there are samples. Raises ValueError without a unit or with too few samples.
    """
    systems, number, width = units.shape
    if not number:
        raise ValueError("nothing to resample: there is no unit")
    if samples < MINIMUM_SAMPLES:
        raise ValueError(f"{samples} samples cannot show 95 % of anything: take at least {MINIMUM_SAMPLES}")
    observed = score(units.sum(axis=1))
    sums = bootstrap_sums(units, samples, seed)
    scores = score(sums.reshape(-1, width)).reshape(systems, samples)
    others = [system for system in range(systems) if system != baseline]
    shuffled = _shuffled_differences(units[baseline], units[others], score, samples, seed)
    differences: list[Difference | None] = [None] * systems
    for system, by_chance in zip(others, shuffled, strict=True):
        value = float(observed[system] - observed[baseline])
        resampled = scores[system] - scores[baseline]
        differences[system] = Difference(
            value=value,
            interval=interval(resampled),
            p_bootstrap=_share_at_least(np.abs(resampled) - np.abs(resampled).mean(), abs(value)),
            p_randomization=_share_at_least(np.abs(by_chance), abs(value)),
        )
    return Resampled([interval(row) for row in scores], differences)


def interval(values: Floats) -> Interval:
    """The middle 95 % of resampled values: sorted, a fortieth cut off at either end."""
    ordered = np.sort(values)
    outside = len(ordered) // 40
    return Interval(float(ordered.mean()), float(ordered[outside]), float(ordered[len(ordered) - outside - 1]))


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values of several comparisons, made larger so that one chance find among all stays as rare as 5 % says.

    Holm's step-down method (1979): the smallest times their number, the next times one less, and so on.
    """
    adjusted = [0.0] * len(p_values)
    least = 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        least = max(least, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = least
    return adjusted


# --- drawing ---------------------------------------------------------------------------------------------


def bootstrap_sums(units: Integers, samples: int, seed: int) -> Integers:
    """Sums of as many units as there are, drawn with replacement: by system, sample and column."""
    systems, number, width = units.shape
    columns = _as_floats(units)
    sums = [counts @ columns for counts in _draws(number, samples, seed)]
    return np.concatenate(sums).astype(np.int64).reshape(samples, systems, width).swapaxes(0, 1)


def _draws(units: int, samples: int, seed: int) -> Iterator[Floats]:
    """How often each unit was drawn, by sample and unit, some samples at a time.

    The draws do not depend on where the blocks are cut.
    """
    generator = np.random.default_rng(seed)
    rows = max(1, BLOCK_CELLS // units)
    for start in range(0, samples, rows):
        block = min(rows, samples - start)
        drawn = generator.choice(units, size=(block, units), replace=True)
        drawn += np.arange(block)[:, None] * units
        yield np.bincount(drawn.ravel(), minlength=block * units).reshape(block, units).astype(np.float64)


def _shuffled_differences(
    baseline: Integers, others: Integers, score: ScoreRows, trials: int, seed: int
) -> Iterator[Floats]:
    """For each other system its difference to the baseline in every trial of exchanged names."""
    number, width = baseline.shape
    # Exchanging a unit moves its difference from one side to the other.
    exchanged = _as_floats(others - baseline)
    generator = np.random.default_rng(seed)
    coins = generator.integers(2, size=(trials, number), dtype=bool)
    rows = max(1, BLOCK_CELLS // number)
    moved = [~coins[start : start + rows] @ exchanged for start in range(0, trials, rows)]
    moved_sums = np.concatenate(moved).astype(np.int64).reshape(trials, len(others), width)
    for place, other in enumerate(others):
        one_side = baseline.sum(axis=0) + moved_sums[:, place]
        other_side = other.sum(axis=0) - moved_sums[:, place]
        yield score(one_side) - score(other_side)


def _as_floats(units: Integers) -> Floats:
    """By unit, then system and column, for one multiplication: sums below 2^53 stay exact."""
    return units.swapaxes(0, 1).reshape(units.shape[1], -1).astype(np.float64)


def _share_at_least(by_chance: Floats, observed: float) -> float:
    """(1 + how many reach the observed value) / (1 + all): never 0, and 1 for two equal systems.

    sacrebleu counts only what exceeds it, which would call two equal systems different.
    """
    return (1 + int(np.count_nonzero(by_chance >= observed))) / (1 + len(by_chance))
