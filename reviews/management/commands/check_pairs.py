"""Pairs of source and translation into findings."""

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser

from reviews.checks.article import CheckResult, check_text
from reviews.checks.base import primary_language
from reviews.importing.formats.rows import RowError
from reviews.importing.formats.text import shown
from reviews.management.base import UsageError
from reviews.management.commands.split_sentences import language_code
from reviews.management.filters import Converter, FilterCommand, text_in
from reviews.values import SEGMENT_KINDS, CodedText, SegmentText, normalise


class Command(FilterCommand):
    help = (
        "What the automatic checks say of each pair: severity, category, a message in words and the places in both "
        "texts, as code points of the text in NFC without soft hyphens. `previous_source` and `previous_target` are "
        "the sentence before, for checks that ask who speaks. docs/checks.md names the checks."
    )
    example = """check_pairs --source-lang de --target-lang en pairs.jsonl
  echo '{"id": 7, "source": "Es gibt keine Spur.", "target": "There is a lead."}' \\
    | bin/manage check_pairs --source-lang de --target-lang en"""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        for side in ("source", "target"):
            parser.add_argument(
                f"--{side}-lang", required=True, type=language_code, help="Language code such as de or en-GB."
            )

    def converter(self, **options: Any) -> Converter:
        source_lang, target_lang = options["source_lang"], options["target_lang"]
        if primary_language(source_lang) == primary_language(target_lang):
            raise UsageError(f"--source-lang and --target-lang are both {source_lang}: name two languages.")
        return lambda record: {"findings": _findings(_article(record, source_lang, target_lang))}


def _article(record: Mapping[str, Any], source_lang: str, target_lang: str) -> list[SegmentText]:
    """The pair, with the sentence before it if the line tells of one."""

    def pair(source: str, target: str, kind: str = "body") -> SegmentText:
        return SegmentText(CodedText(normalise(source)), CodedText(normalise(target)), source_lang, target_lang, kind)

    text = pair(text_in(record, "source"), text_in(record, "target"), _kind(record))
    previous = text_in(record, "previous_source", ""), text_in(record, "previous_target", "")
    return [pair(*previous), text] if any(previous) else [text]


def _kind(record: Mapping[str, Any]) -> str:
    kind = text_in(record, "kind", "body")
    if kind not in SEGMENT_KINDS:
        raise RowError(f"has {shown(kind)} for kind. Write one of {', '.join(SEGMENT_KINDS)}.")
    return kind


def _findings(article: list[SegmentText]) -> list[dict[str, Any]]:
    """The findings of the last text, in the order of the checks, then of the text."""
    return [row for result in check_text(article, len(article) - 1) for row in _rows(result)]


def _rows(result: CheckResult) -> list[dict[str, Any]]:
    return [
        {
            "check": result.check.id,
            "severity": finding.severity,
            "category": finding.category,
            "message": finding.message,
            "side": "hypothesis",
            "source_spans": [list(span) for span in finding.source_spans],
            "target_spans": [list(span) for span in finding.target_spans],
            **({} if finding.suggestion is None else {"suggestion": finding.suggestion}),
        }
        for finding in result.findings
    ]
