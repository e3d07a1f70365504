"""What a check is, and what it may say.

A check is a small pure class: it reads one `SegmentText`, touches nothing else and returns what it found. The
registry lists all of them; screens, docs and the runner read names and descriptions from there.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Literal

from reviews.values import CodedText, FindingValue, InlineCode, SegmentText, Severity, from_marked

#: Blocks of names and addresses, which are copied or shortened rather than translated.
NAME_KINDS = frozenset({"byline", "credit", "slug"})

#: What a check may read beside the pair itself; a finding's context hash covers exactly this.
Context = Literal["neighbours", "document", "glossary", "project", "alignment"]


@dataclass(frozen=True, slots=True)
class Example:
    """One pair for the docs, which a test runs: the check fires on it, or stays quiet.

    `context` is what the check reads around it.
    """

    source: str
    target: str
    fires: bool
    context: tuple[str, ...] = ()

    def text(self, source_lang: str = "de", target_lang: str = "en") -> SegmentText:
        """The pair as a check gets it; codes are written as in a text field: `⟦1⟧link⟦/1⟧`."""
        texts = _marked(self.source), _marked(self.target)
        return SegmentText(*texts, source_lang, target_lang, context=self.context)


def _marked(text: str) -> CodedText:
    known = [
        InlineCode(match[2], "link", "close" if match[1] else "open", 0, f"<{match[1]}a>")
        for match in _MARK.finditer(text)
    ]
    return from_marked(text, known)


_MARK = re.compile(r"⟦(/?)(\w+)⟧")


class Check(ABC):
    """One rule about a source text and its translation.

    `category` (a path of the MQM typology, themqm.org) and `severity` are the defaults; a finding may carry a
    more fitting one. Raising `version` makes every pair unchecked again, so raise it whenever `run` may answer
    differently.
    """

    id: ClassVar[str]
    version: ClassVar[int]
    name: ClassVar[str]
    description: ClassVar[str]
    category: ClassVar[str]
    severity: ClassVar[Severity]
    #: Primary language subtags the check knows; None means any language.
    languages: ClassVar[frozenset[str] | None] = None
    #: Source and target language of a check that knows one direction only; None means either way.
    direction: ClassVar[tuple[str, str] | None] = None
    reads: ClassVar[frozenset[Context]] = frozenset()
    #: Whether it can judge English that no source stands behind: a sentence that an editor added.
    needs_source: ClassVar[bool] = True
    examples: ClassVar[tuple[Example, ...]]

    @abstractmethod
    def run(self, text: SegmentText) -> list[FindingValue]:
        """The findings of one pair, in the order of the text; empty when all is well or in doubt."""

    def context(self, article: Sequence[SegmentText], index: int) -> tuple[str, ...]:
        """What of the rest of the article `run` reads to judge the text at `index`, as `text.context`.

        () where the pair is enough. Keep it to what the answer really hangs on: a finding and its dismissal hold as
        long as the pair and this stay as they are. A check that returns anything here declares it in `reads`.
        """
        return ()

    @classmethod
    def knows(cls, text: SegmentText) -> bool:
        """Whether the check can judge this language pair; if not it must not be run."""
        pair = primary_language(text.source_lang), primary_language(text.target_lang)
        if cls.direction is not None:
            return pair == cls.direction
        return cls.languages is None or cls.languages.issuperset(pair)


@lru_cache(maxsize=256)
def primary_language(tag: str) -> str:
    """The primary subtag of a BCP 47 language tag: `de` of `de-AT`."""
    return tag.replace("_", "-").split("-", 1)[0].lower()
