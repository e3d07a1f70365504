"""Writes docs/checks.md from the registry: `python -m reviews.checks.docs > docs/checks.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from .base import Check, Example
from .registry import CHECKS

_HEAD = """\
# Automatic checks

Generated from the registry with `python -m reviews.checks.docs > docs/checks.md`; a test fails when it is out of date.

A check reads one source text and its translation and says what may be wrong, with the places marked in both. It
never changes a text and never approves one. Severity and category follow MQM; the ones below are the defaults, and a
single finding may carry others where that is more fitting.
"""


def checks_page() -> str:
    """The text of docs/checks.md."""
    return "\n".join([_HEAD, *(line for check in CHECKS for line in _section(check))])


def _section(check: Check) -> Iterator[str]:
    languages = " to ".join(check.direction or ()) or ", ".join(sorted(check.languages or ())) or "any"
    reads = ", ".join(sorted(check.reads)) or "the pair alone"
    yield f"## {check.name} (`{check.id}`, version {check.version})\n"
    yield f"{check.description}\n"
    yield f"Category `{check.category}`, severity {check.severity}; languages: {languages}; reads: {reads}.\n"
    yield "| German | English | finding |"
    yield "|---|---|---|"
    yield from (_row(example) for example in check.examples)
    yield ""


def _row(example: Example) -> str:
    around = "".join(f" (reads {_cell(text)})" for text in example.context)
    return f"| {_cell(example.source)} | {_cell(example.target)}{around} | {'yes' if example.fires else 'no'} |"


def _cell(text: str) -> str:
    return f"`{text}`".replace("|", "\\|") if text.strip() else "(empty)"


if __name__ == "__main__":
    sys.stdout.write(checks_page())
