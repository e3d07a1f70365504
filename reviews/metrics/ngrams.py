"""N-grams that two texts share, for many pairs of texts at once.

BLEU and chrF count, for each order n, how many n-grams of the hypothesis also stand in the reference, each as often as
it does there. Making a string of every n-gram costs most of their time. Here a unit (a character, a word) is a small
number, an n-gram is one integer of n such numbers side by side, and of a block of pairs all n-grams of one order are
sorted at once: equal ones then stand together, and how many of them come from which side is a difference of positions.

Nothing is hashed or rounded: different n-grams are different integers. Where they would not fit into 64 bits any more
(long alphabets), the shorter n-grams are numbered anew first, in order of their value, which keeps them different.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.uint64]

#: Units that are sorted at once: as many as fit into the processor's cache, so that memory does not grow with a batch.
BLOCK = 100_000
WORD_SIZE = 64


class Units(NamedTuple):
    """Many texts end to end: the number of each unit, and how many units each text has."""

    numbers: npt.NDArray[np.uint32]
    lengths: Integers

    def part(self, first: int, last: int, start: int, end: int) -> Units:
        """The texts [first, last), whose units are [start, end)."""
        return Units(self.numbers[start:end], self.lengths[first:last])


def characters(texts: Sequence[str]) -> Units:
    """Texts as their code points."""
    encoded = "".join(texts).encode("utf-32-le", "surrogatepass")
    return Units(np.frombuffer(encoded, dtype="<u4"), np.fromiter(map(len, texts), np.int64, len(texts)))


def words(texts: Sequence[Sequence[str]], numbers: Mapping[str, int]) -> Units:
    """Texts as the numbers of their words."""
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    found = map(numbers.__getitem__, chain.from_iterable(texts))
    return Units(np.fromiter(found, np.uint32, int(lengths.sum())), lengths)


def totals(lengths: Integers, orders: int) -> Integers:
    """How many n-grams of each order texts of these lengths have: a row a text, a column an order."""
    possible: Integers = np.maximum(lengths[:, None] - np.arange(orders), 0)
    return possible


def matches(hypotheses: Units, references: Sequence[Units], orders: int) -> Integers:
    """How many n-grams of each hypothesis its references have: a row a text, a column an order.

    Of several references the one that has an n-gram most often counts for that n-gram. All sides hold as many texts.
    """
    sides = (hypotheses, *references)
    found = np.zeros((len(hypotheses.lengths), orders), np.int64)
    for first, last, parts in _blocks(sides):
        found[first:last] = _matches(parts, orders)
    return found


def _blocks(sides: Sequence[Units]) -> Iterator[tuple[int, int, list[Units]]]:
    """Consecutive texts of about BLOCK units on all sides, at least one."""
    ends = [np.concatenate(([0], np.cumsum(side.lengths))) for side in sides]
    together = np.sum(ends, axis=0)
    first, n_texts = 0, len(together) - 1
    while first < n_texts:
        last = max(first + 1, int(np.searchsorted(together, together[first] + BLOCK, side="right")) - 1)
        parts = [side.part(first, last, end[first], end[last]) for side, end in zip(sides, ends, strict=True)]
        yield first, last, parts
        first = last


def _matches(sides: Sequence[Units], orders: int) -> Integers:
    """`matches` of one block; the hypotheses are the first side."""
    lengths = np.concatenate([side.lengths for side in sides])
    units, unit_bits = _renumbered(np.concatenate([side.numbers for side in sides]).astype(np.uint64))
    n_texts, n_units = len(sides[0].lengths), len(units)
    left_in_text = np.repeat(np.cumsum(lengths), lengths) - np.arange(n_units)
    text = np.repeat(np.tile(np.arange(n_texts, dtype=np.uint64), len(sides)), lengths)
    side = np.repeat(np.arange(len(sides), dtype=np.uint64), [len(part.numbers) for part in sides])
    side_bits = _bits_for(len(sides))
    own_bits = _bits_for(n_texts) + side_bits
    found = np.zeros((n_texts, orders), np.int64)
    grams, gram_bits = units, unit_bits
    for order in range(orders):
        if order:
            if own_bits + gram_bits + unit_bits > WORD_SIZE:
                grams, gram_bits = _renumbered(grams)
            grams = grams[:-1] << np.uint64(unit_bits) | units[order:]
            gram_bits += unit_bits
        inside = np.flatnonzero(left_in_text[: len(grams)] > order)
        if not len(inside):
            break
        keys = text[inside] << np.uint64(gram_bits) | grams[inside]
        found[:, order] = _shared(keys << np.uint64(side_bits) | side[inside], gram_bits, side_bits, n_texts)
    return found


def _shared(keys: Numbers, gram_bits: int, side_bits: int, n_texts: int) -> Integers:
    """For each text the sum over its n-grams of the lower of the two counts.

    A key is text, n-gram and side, the most significant first. So runs of equal keys that belong to one n-gram stand
    one after another, the hypothesis's first.
    """
    keys.sort()
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    counts = np.diff(np.append(starts, len(keys)))
    runs = keys[starts]
    grams, sides = runs >> np.uint64(side_bits), runs & np.uint64((1 << side_bits) - 1)
    common = np.zeros(len(runs), np.int64)
    for on in range(1, int(sides.max()) + 1):
        of_hypothesis = np.flatnonzero((grams[on:] == grams[:-on]) & (sides[:-on] == 0))
        lower = np.minimum(counts[of_hypothesis], counts[of_hypothesis + on])
        common[of_hypothesis] = np.maximum(common[of_hypothesis], lower)
    owner = (grams >> np.uint64(gram_bits)).astype(np.int64)
    return np.bincount(owner, weights=common, minlength=n_texts).astype(np.int64)


def _renumbered(numbers: Numbers) -> tuple[Numbers, int]:
    """The same numbers with nothing left out between them, in the same order, and how many bits that takes."""
    highest = int(numbers.max()) if len(numbers) else 0
    if highest > 4 * BLOCK:
        distinct, renumbered = np.unique(numbers, return_inverse=True)
        return renumbered.astype(np.uint64), _bits_for(len(distinct))
    there = np.zeros(highest + 1, dtype=bool)
    there[numbers] = True
    places = np.cumsum(there, dtype=np.uint64) - np.uint64(1)
    return places[numbers], _bits_for(int(there.sum()))


def _bits_for(number: int) -> int:
    """Bits that hold as many different values."""
    return max(number - 1, 0).bit_length()
