"""How texts end: with the mark that closes a sentence, or without."""

from __future__ import annotations

from reviews.values import Span

#: Kinds that need no closing mark.
UNMARKED_KINDS = frozenset(
    {"kicker", "headline", "heading", "alt", "table_cell", "credit", "byline", "slug", "seo_title"}
)
_CLOSING = tuple(".!?…:;)]»“”\"'’*")


def is_closed(text: str) -> bool:
    """Whether a text ends with a punctuation mark, a quotation mark or a bracket."""
    return text.rstrip().endswith(_CLOSING)


def last_word(text: str) -> Span:
    """Where the last word of a text stands, with what is attached to it."""
    end = len(text.rstrip())
    return text.rfind(" ", 0, end) + 1, end
