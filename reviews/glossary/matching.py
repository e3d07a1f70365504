"""Which terms of a glossary a text has, and whether its translation has what they ask for. Knows no table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from reviews.values import Span

from .words import in_capitals, key, tokens


@dataclass(frozen=True, slots=True)
class Entry:
    """A term as texts are searched for it; `forms` are those of each of its words, as `term_forms` gives them."""

    id: int
    source: str
    target: str
    avoid: bool
    note: str
    forms: Sequence[Sequence[str]]

    def is_said_by(self, words: Sequence[str]) -> bool:
        """Whether words whose keys fit are forms of the term's: in small letters, or as they are written."""
        return all(word in forms or word.casefold() in forms for word, forms in zip(words, self.forms, strict=True))


@dataclass(frozen=True, slots=True)
class Hit:
    """Words of a text that are a term, with where they stand in code points, and every entry about them."""

    span: Span
    entries: tuple[Entry, ...]


@dataclass(slots=True)
class _Node:
    """Where terms lead whose words have these keys so far."""

    further: dict[str, _Node] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)


class Glossary:
    """Terms by the keys of their words, one after the other: what a text costs does not grow with their number."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._root = _Node()
        for entry in entries:
            node = self._root
            for forms in entry.forms:
                node = node.further.setdefault(key(forms[0]), _Node())
            node.entries.append(entry)

    def hits(self, text: str) -> list[Hit]:
        """The terms a text has, in its order; of several that begin at one word the longest, and none in another."""
        words, spans = [], []
        for word, span in tokens(text):
            words.append(word)
            spans.append(span)
        hits: list[Hit] = []
        at = 0
        while at < len(words):
            entries, end = self._longest(words, at)
            if entries:
                hits.append(Hit((spans[at][0], spans[end - 1][1]), entries))
            at = end
        return hits

    def _longest(self, words: Sequence[str], start: int) -> tuple[tuple[Entry, ...], int]:
        """The entries about the longest term from a word on and where it ends; none, and the next word."""
        found: tuple[Entry, ...] = ()
        end = start + 1
        node = self._root.further.get(key(words[start]))
        at = start + 1
        while node is not None:
            said = tuple(entry for entry in node.entries if entry.is_said_by(words[start:at]))
            if said:
                found, end = said, at
            node = node.further.get(key(words[at])) if at < len(words) else None
            at += 1
        return found, end


def first_keys(texts: Iterable[str]) -> set[str]:
    """The keys by which terms are looked up that some text may have."""
    return {key(word) for text in texts for word, _ in tokens(text)}


# --- the other side ---------------------------------------------------------------------------------------

_SYNTAX = re.compile(r"[\^$\\.*+?()\[\]{}|/]")
_ADDED = re.compile(r"\s*\([^()]*\)\Z")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a translation is searched for: a pattern that Python and JavaScript read alike, without word borders.

    `exact` patterns are all capitals and heed case.
    """

    pattern: str
    exact: bool


@lru_cache(4096)
def wanted(target: str) -> Wanted:
    """How the target of a term is found: in any number of blanks, in its plain plural.

    What stands in brackets at its end is written once, where the term is introduced, and need not be there.
    """
    words = (_ADDED.sub("", target) or target).split()
    last = words[-1]
    escaped = [_SYNTAX.sub(r"\\\g<0>", word) for word in words]
    if last[-1].isalpha():
        escaped[-1] = escaped[-1][:-1] + "(?:y|ys|ies)" if last.endswith("y") else escaped[-1] + "(?:e?s)?"
    return Wanted(r"\s+".join(escaped), exact=all(in_capitals(word) for word in words))


@lru_cache(4096)
def _searched(target: str) -> re.Pattern[str]:
    found = wanted(target)
    return re.compile(rf"(?<!\w)(?:{found.pattern})(?!\w)", 0 if found.exact else re.IGNORECASE)


def has_target(text: str, target: str) -> bool:
    """Whether a translation has the target of a term, word for word; case matters for abbreviations only."""
    return _searched(target).search(text) is not None
