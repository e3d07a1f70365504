"""Rates of edits."""

from __future__ import annotations


def per_hundred_words(edits: int, reference_words: float) -> float:
    """Edits per 100 reference words (a sum or a mean), in sacrebleu's order of operations.

    Against no words at all, any edit counts as 100, as sacrebleu has it.
    """
    if reference_words > 0:
        return 100 * (edits / reference_words)
    return 100.0 if edits else 0.0
