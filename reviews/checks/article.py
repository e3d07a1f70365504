"""Running the checks on a text of an article: pure, for the runner, commands and benchmarks alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from reviews.values import CodedText, FindingValue, SegmentText

from .base import Check
from .registry import CHECKS

#: How many texts of the article on either side a check may look at. It keeps the work for one text apart from the
#: length of the article; nearly all articles are shorter.
WINDOW = 50


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check says of one text: its findings in the order of the text."""

    check: Check
    findings: tuple[FindingValue, ...]


def check_text(article: Sequence[SegmentText], index: int, checks: Sequence[Check] = CHECKS) -> Iterator[CheckResult]:
    """What every check says of the text at `index`; the article stands around it in order.

    An article is one version of it throughout: all texts of one engine, of one reference, or of the editors.
    """
    return run_checks(article[index], contexts_of(article, index, checks), checks)


def run_checks(
    text: SegmentText, contexts: Mapping[str, tuple[str, ...]], checks: Sequence[Check] = CHECKS
) -> Iterator[CheckResult]:
    """What every check that knows the languages says of a text, given what it reads around it (`contexts_of`)."""
    bare = replace(text, context=()) if text.context else text
    has_source = bool(text.source.text or text.source.codes)
    for check in _knowing(tuple(checks), text.source_lang, text.target_lang):
        if check.needs_source and not has_source:
            continue
        context = contexts.get(check.id)
        yield CheckResult(check, tuple(check.run(replace(bare, context=context) if context else bare)))


def contexts_of(
    article: Sequence[SegmentText], index: int, checks: Sequence[Check] = CHECKS
) -> dict[str, tuple[str, ...]]:
    """What each check reads of the rest of the article for the text at `index`, by the check's id."""
    first = max(index - WINDOW, 0)
    around = article[first : index + WINDOW + 1]
    text = article[index]
    reading = _knowing(tuple(check for check in checks if check.reads), text.source_lang, text.target_lang)
    found = {check.id: check.context(around, index - first) for check in reading}
    return {check: context for check, context in found.items() if context}


@lru_cache(maxsize=64)
def _knowing(checks: tuple[Check, ...], source_lang: str, target_lang: str) -> tuple[Check, ...]:
    """Those of the checks that know the languages: asked once, as texts by the thousand share them."""
    text = SegmentText(CodedText(""), CodedText(""), source_lang, target_lang)
    return tuple(check for check in checks if check.knows(text))
