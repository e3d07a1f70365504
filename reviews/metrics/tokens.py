"""Words as BLEU's standard tokenizer gives them, each text tokenised once for all metrics that read words.

The tokenizer is sacrebleu's `13a`, which is NIST's mteval-v13a.pl: the same substitutions, written as calls. sacrebleu
writes them as templates, which Python fills in a hundred instructions at a time; that was most of BLEU's time.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import NamedTuple

from .base import Batch

#: sacrebleu's name of the tokenizer, as it stands in signatures.
TOKENIZER = "13a"

_ENTITIES = (("&quot;", '"'), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"))


def _apart(match: re.Match[str]) -> str:
    return f" {match[0]} "


def _after_first(match: re.Match[str]) -> str:
    pair = match[0]
    return f"{pair[0]} {pair[1]} "


def _around_first(match: re.Match[str]) -> str:
    pair = match[0]
    return f" {pair[0]} {pair[1]}"


#: In this order. sacrebleu's first also puts spaces around spaces, which changes nothing once a line is split.
_STEPS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"[\{-\~\[-\`\!-\&\(-\+\:-\@\/]"), _apart),
    (re.compile(r"[^0-9][\.,]", re.DOTALL), _after_first),
    (re.compile(r"[\.,][^0-9]", re.DOTALL), _around_first),
    (re.compile(r"[0-9]-"), _after_first),
)


def split_13a(text: str) -> list[str]:
    """The words of a text: punctuation apart, points and commas inside numbers kept, case kept."""
    line = text.rstrip().replace("<skipped>", "").replace("-\n", "").replace("\n", " ")
    if "&" in line:
        for entity, character in _ENTITIES:
            line = line.replace(entity, character)
    line = f" {line} "
    for pattern, change in _STEPS:
        line = pattern.sub(change, line)
    return line.split()


class Tokens(NamedTuple):
    """The words of `batch.pairs`: each hypothesis's, and for each place in the references those of that reference.

    `numbers` gives every word a number of its own.
    """

    hypotheses: Sequence[Sequence[str]]
    references: Sequence[Sequence[Sequence[str]]]
    numbers: Mapping[str, int]

    def numbered(self, words: Sequence[str]) -> list[int]:
        """Numbers for words: libraries compare those themselves, where of texts they compare hashes."""
        return list(map(self.numbers.__getitem__, words))


def tokens_of(batch: Batch) -> Tokens:
    """For `batch.once`."""
    known: dict[str, list[str]] = {}

    def tokens(text: str) -> list[str]:
        found = known.get(text)
        if found is None:
            found = known[text] = split_13a(text)
        return found

    return Tokens(
        [tokens(hypothesis) for hypothesis, _ in batch.pairs],
        [[tokens(references[place]) for _, references in batch.pairs] for place in range(batch.n_references)],
        defaultdict(count().__next__),
    )
