"""Which texts of a page are its article, as the extraction library sees it."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable

import trafilatura

from reviews.values import normalise

#: How many words in a row have to be the same: three turn up in menus too.
_RUN = 4

#: The share of a text's runs of words that have to be the article's; the rest are cut or joined differently.
_SHARE = 0.6

_WORD = re.compile(r"\w+")

# What it finds wrong with a page is for the developers of extraction; whether it found an article is its result.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


class ArticleText:
    """The text of an article as words, to be asked whether another text is part of it.

    The library gives cleaned copies of paragraphs, without the places they came from, and a text that stands twice
    only once. So texts of the page are recognised by their words. Time and memory grow with the number of words.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._short: set[tuple[str, ...]] = set()
        self._runs: set[int] = set()
        for text in texts:
            words = _words(text)
            if len(words) < _RUN:
                self._short.add(tuple(words))
            else:
                self._runs.update(_runs(words))

    def holds(self, text: str) -> bool:
        words = _words(text)
        if len(words) < _RUN:
            return bool(words) and tuple(words) in self._short
        runs = list(_runs(words))
        return sum(run in self._runs for run in runs) >= _SHARE * len(runs)


def _words(text: str) -> list[str]:
    return _WORD.findall(normalise(text).casefold())


def _runs(words: list[str]) -> Iterable[int]:
    return (hash(tuple(words[start : start + _RUN])) for start in range(len(words) - _RUN + 1))


def article_text(page: str) -> ArticleText:
    """What trafilatura takes for the article of a page; nothing, where it finds none."""
    document = trafilatura.bare_extraction(page, include_comments=False, include_tables=True, deduplicate=False)
    body = getattr(document, "body", None)
    if body is None:
        return ArticleText(())
    # Text beside the elements of a paragraph belongs to it; lists and the like hold theirs in their items.
    return ArticleText("".join(element.itertext()) for element in body.iter("p", "head", "item", "quote", "cell"))
