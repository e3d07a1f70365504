"""A language that no one speaks: each text of the catalogue between marks, so that what has none went round it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import trans_real

#: Of the private use area: no text of an article holds them.
OPENING, CLOSING = "\ue000", "\ue001"
CONTEXT = "\x04"

MARKED = re.compile(f"{OPENING}[^{OPENING}{CLOSING}]*{CLOSING}")
#: What stands between the words of a text: values, and elements of the page.
BETWEEN = re.compile(r"(%\(\w+\)[sd]|%%|%[sd]|\{\w*\}|<[^>]*>)")


class MarkedTranslation(trans_real.DjangoTranslation):
    """Django's English, with marks around each text asked for."""

    def gettext(self, message: str) -> str:
        return marked(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return marked(msgid1 if n == 1 else msgid2)


def marked(message: str) -> str:
    """The text with marks around its words, but not around the values in it: they have their own, or are data."""
    # With a context, Django takes an answer that has one for a missing translation.
    pieces = BETWEEN.split(message.rpartition(CONTEXT)[2])
    return "".join(
        piece if place % 2 or not piece else f"{OPENING}{piece}{CLOSING}" for place, piece in enumerate(pieces)
    )


def unmarked(text: str) -> str:
    """What of a page's text went round the catalogue."""
    while (shorter := MARKED.sub(" ", text)) != text:  # names of months stand in marked forms of dates
        text = shorter
    return text


@contextmanager
def marks_around_texts() -> Iterator[None]:
    """All texts have marks around them."""
    language = trans_real.get_language()
    trans_real._active.value = MarkedTranslation("en-gb")
    try:
        yield
    finally:
        trans_real.activate(language)
