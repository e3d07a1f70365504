"""What counts as a word when people search, and which words of a text a search means: pure rules on plain text.

The database holds the words of a text as `indexed_words` writes them and only proposes segments; whether one is shown,
and what is marked in it, `Search.spans` says of the text itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext as _

from reviews.values import Span

#: Letters and digits; an underscore parts words as a hyphen does.
_WORD = re.compile(r"[^\W_]+")
_SPOKEN = re.compile(r"[\"„“”«»]([^\"„“”«»]*)[\"„“”«»]?|([^\s\"„“”«»]+)")

#: So much of a word, and of a text, is looked at: full-text indexes take no more.
LONGEST_WORD = 60
MOST_WORDS = 10_000

#: Words shorter than this are meant as they stand: "KI" is no beginning of "Kind".
SHORTEST_BEGINNING = 3

#: A search of more words than this is a text that was pasted by mistake.
MOST_SEARCHED = 32


class SearchError(ValueError):
    """A search that cannot be carried out; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class _Word:
    """A word as it is compared, and where it stands in the text (code points)."""

    folded: str
    start: int
    end: int


def _words(text: str) -> Iterator[_Word]:
    for match in _WORD.finditer(text):
        folded = "".join(filter(str.isalnum, match[0].casefold()))[:LONGEST_WORD]
        if folded:
            yield _Word(folded, match.start(), match.end())


def indexed_words(text: str) -> str:
    """The words of a text as they are compared, with a space between: what the database looks for words in."""
    return " ".join(word.folded for word in islice(_words(text), MOST_WORDS))


@dataclass(frozen=True, slots=True)
class Term:
    """Words that follow one another; of the last one the beginning is enough if `open`."""

    words: tuple[str, ...]
    open: bool

    def spans(self, words: Sequence[_Word]) -> Iterator[Span]:
        """Where it stands among the words of a text."""
        *before, last = self.words
        for start in range(len(words) - len(before)):
            end = words[start + len(before)]
            if not (end.folded.startswith(last) if self.open else end.folded == last):
                continue
            if all(words[start + i].folded == word for i, word in enumerate(before)):
                yield words[start].start, end.end


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody looks for: a text fits that has every one of the terms."""

    terms: tuple[Term, ...]

    def spans(self, text: str) -> list[Span]:
        """What to mark in the text, in order and without overlaps; nothing where it does not fit."""
        words = list(islice(_words(text), MOST_WORDS))
        found: list[Span] = []
        for term in self.terms:
            here = list(term.spans(words))
            if not here:
                return []
            found += here
        return _joined(found)


def read_search(typed: str) -> Search:
    """The search as it was typed: words, of which the beginning is enough, and exact words in quotation marks.

    Anything but letters and digits only parts words: nothing typed is an operator. Raises SearchError.
    """
    terms = []
    for match in _SPOKEN.finditer(unicodedata.normalize("NFC", typed)):
        quoted = match[1] is not None
        words = tuple(word.folded for word in _words(match[1] if quoted else match[2]))
        if words:
            terms.append(Term(words, open=not quoted and len(words[-1]) >= SHORTEST_BEGINNING))
    if not terms:
        raise SearchError(_("Type at least one letter or digit to search for."))
    if sum(len(term.words) for term in terms) > MOST_SEARCHED:
        raise SearchError(
            _("These are too many words to search for. Take at most %(most)s of them.") % {"most": MOST_SEARCHED}
        )
    return Search(tuple(dict.fromkeys(terms)))


def _joined(spans: Iterable[Span]) -> list[Span]:
    found: list[Span] = []
    for start, end in sorted(set(spans)):
        if found and start < found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found
