"""Random pairs of hypothesis and reference for comparison with sacrebleu, and its limits made small."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from sacrebleu.metrics import lib_ter

from reviews.metrics.ter.limits import Limits

Pair = tuple[list[str], list[str]]


def random_pairs(rng: random.Random, number: int, longest: int) -> Iterator[Pair]:
    """Half of them unrelated, half a reference with blocks moved and words changed; few or many distinct words."""
    for _ in range(number):
        vocabulary = rng.choice([2, 3, 5, 10, 40])
        reference = random_words(rng, rng.randint(0, longest), vocabulary)
        if rng.random() < 0.5:
            yield random_words(rng, rng.randint(0, longest), vocabulary), reference
        else:
            yield edited(rng, reference, vocabulary), reference


def random_words(rng: random.Random, number: int, vocabulary: int) -> list[str]:
    return [f"w{rng.randrange(vocabulary)}" for _ in range(number)]


def edited(rng: random.Random, words: list[str], vocabulary: int) -> list[str]:
    """A copy with a few blocks moved and a few words replaced, lost or added."""
    words = list(words)
    for _ in range(rng.randint(0, 4)):
        start = rng.randint(0, len(words))
        block = words[start : start + rng.randint(1, 12)]
        del words[start : start + len(block)]
        target = rng.randint(0, len(words))
        words[target:target] = block
    for _ in range(rng.randint(0, 4)):
        position = rng.randint(0, len(words))
        words[position : position + rng.randint(0, 2)] = random_words(rng, rng.randint(0, 2), vocabulary + 1)
    return words


def random_limits(rng: random.Random) -> Limits:
    """Small ones, so that short lines meet the edges of the band and the end of the search."""
    return Limits(
        shift_words=rng.randint(1, 10),
        shift_distance=rng.randint(0, 50),
        beam=rng.randint(1, 6),
        candidates=rng.choice([5, 20, 100, 1000]),
    )


def limit_sacrebleu(patch: pytest.MonkeyPatch, limits: Limits) -> None:
    patch.setattr(lib_ter, "_MAX_SHIFT_SIZE", limits.shift_words)
    patch.setattr(lib_ter, "_MAX_SHIFT_DIST", limits.shift_distance)
    patch.setattr(lib_ter, "_BEAM_WIDTH", limits.beam)
    patch.setattr(lib_ter, "_MAX_SHIFT_CANDIDATES", limits.candidates)
