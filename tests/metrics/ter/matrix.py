"""sacrebleu's edit matrix and its way back through it, in our terms."""

from __future__ import annotations

import random

from sacrebleu.metrics import lib_ter

from reviews.metrics.ter.alignment import Alignment
from tests.metrics.ter.pairs import Pair, random_pairs


def sacrebleu_matrix(hypothesis: list[str], reference: list[str]) -> tuple[list[list[int]], str]:
    """Distances of all rows, and the operations of the path from the start."""
    distance = lib_ter.BeamEditDistance(reference)
    _, rows, trace = distance._edit_distance(hypothesis, 0, [distance._initial_row])
    return [[value for value, _ in row] for row in [distance._initial_row, *rows]], trace


def alignment_of(trace: str, n_r: int) -> Alignment:
    """sacrebleu's alignment and error lists of a path for `n_r` reference words."""
    align, reference_errors, hypothesis_errors = lib_ter.trace_to_alignment(lib_ter._flip_trace(trace))
    return Alignment(
        rows=[0, *(align[j] + 1 for j in range(n_r))],
        hypothesis_errors=[i for i, wrong in enumerate(hypothesis_errors) if wrong],
        reference_errors=sum(wrong << j for j, wrong in enumerate(reference_errors)),
    )


def distance_of(trace: str) -> int:
    return len(trace) - trace.count(" ")


def non_empty(rng: random.Random, number: int) -> list[Pair]:
    return [pair for pair in random_pairs(rng, number, longest=30) if all(pair)]
