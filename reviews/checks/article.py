"""Running the checks on a text of an article: pure, for the runner, commands and benchmarks alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from reviews.values import FindingValue, SegmentText

from .base import Check
from .registry import CHECKS


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check says of one text: its findings in the order of the text, and the context they rest on."""

    check: Check
    context: tuple[str, ...]
    findings: tuple[FindingValue, ...]


def check_text(article: Sequence[SegmentText], index: int, checks: Sequence[Check] = CHECKS) -> Iterator[CheckResult]:
    """What every check that knows the languages says of the text at `index`; the article stands around it in order.

    An article is one version of it throughout: all texts of one engine, of one reference, or of the editors.
    """
    text = article[index]
    for check in checks:
        if check.knows(text):
            context = check.context(article, index)
            yield CheckResult(check, context, tuple(check.run(replace(text, context=context))))
