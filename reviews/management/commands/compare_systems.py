"""How a project's engines compare: exact corpus scores, intervals, and what is sure about their differences."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from reviews.management.base import UsageError, WorkbenchCommand, project_named
from reviews.metrics.registry import REFERENCE_METRICS
from reviews.reports.comparison import (
    LENGTHS,
    UNITS,
    Comparison,
    ComparisonError,
    PairedDifference,
    Slice,
    compare,
    csv_text,
)
from reviews.reports.external import AGGREGATE
from reviews.reports.statistics import SAMPLES, SEED
from reviews.values import SEGMENT_KINDS

METRICS = [metric.id for metric in REFERENCE_METRICS]


class Command(WorkbenchCommand):
    help = (
        "Compare the engines of a project by corpus scores with 95 % intervals, on the texts all of them translated, "
        "and each with a baseline. docs/comparison.md says how to read it."
    )
    example = "compare_systems --project wmt22 --reference A --section news --baseline Online-B --json"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--project", required=True, metavar="SLUG")
        parser.add_argument(
            "--reference",
            metavar="NAME|A+B|post-edit",
            help="What to compare with; may be left out where there is one reference. "
            "post-edit: what was approved, which favours the engine it was made from.",
        )
        parser.add_argument("--metrics", metavar=",".join(METRICS), help="Only these, separated by commas.")
        parser.add_argument("--system", nargs="+", metavar="NAME", help="Only these engines.")
        parser.add_argument(
            "--baseline", metavar="SYSTEM", help="Hold the others against this engine (default: the project's first)."
        )
        part = parser.add_argument_group("part of the project")
        part.add_argument("--section", metavar="S", help="Only documents of this section.")
        part.add_argument("--document", nargs="+", metavar="ID", help="Only these documents.")
        part.add_argument(
            "--since", metavar="YYYY-MM-DD", help="Only documents published (else imported) on that day or later."
        )
        part.add_argument(
            "--until", metavar="YYYY-MM-DD", help="Only documents published (else imported) on that day or earlier."
        )
        part.add_argument("--kind", metavar="KIND", help=f"Only segments of this kind: {', '.join(SEGMENT_KINDS)}.")
        part.add_argument(
            "--length",
            metavar="|".join(LENGTHS),
            help=f"Only segments with so many words in the source: {', '.join(_lengths())}.",
        )
        sampling = parser.add_argument_group("resampling")
        sampling.add_argument(
            "--by",
            default="document",
            metavar="|".join(UNITS),
            help="What is drawn: whole articles (default), or single segments as sacrebleu does, which makes intervals "
            "too narrow.",
        )
        sampling.add_argument("--samples", type=int, default=SAMPLES, metavar="N", help=f"Default {SAMPLES}; 0: none.")
        sampling.add_argument("--seed", type=int, default=SEED, metavar="N", help=f"Default {SEED}, as sacrebleu.")
        parser.add_argument("--csv", metavar="PATH", help="Write one row an engine and metric there; - is stdout.")

    def run(self, **options: Any) -> int:
        if options["json"] and options["csv"] == "-":
            raise UsageError("--json and --csv - both want stdout: name a file for --csv.")
        project = project_named(options["project"])
        try:
            comparison = compare(
                project,
                options["reference"],
                metrics=[name.strip() for name in options["metrics"].split(",")] if options["metrics"] else None,
                systems=options["system"],
                baseline=options["baseline"],
                part=Slice(
                    section=options["section"],
                    kind=options["kind"],
                    length=options["length"],
                    since=_day("--since", options["since"]),
                    until=_day("--until", options["until"]),
                    documents=frozenset(options["document"]) if options["document"] else None,
                ),
                by=options["by"],
                samples=options["samples"],
                seed=options["seed"],
            )
        except ComparisonError as error:
            raise UsageError(str(error)) from None
        if options["csv"] and options["csv"] != "-":
            _write(options["csv"], csv_text(comparison))
        if options["json"]:
            self.emit(comparison.to_json())
        elif options["csv"] == "-":
            self.stdout.write(csv_text(comparison), ending="")
        else:
            for line in _table(comparison):
                self.stdout.write(line)
        if comparison.unfinished:
            self.say(f"{comparison.unfinished} documents are not scored to the end: these figures may still change.")
        return 0


def _day(option: str, value: str | None) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise UsageError(f"{option} is {value!r}, which is no day: write it as 2026-11-24.") from None


def _lengths() -> Iterator[str]:
    for name, (least, most) in LENGTHS.items():
        yield f"{name} {f'{least} to {most}' if most else f'{least} and more'}"


def _write(path: str, text: str) -> None:
    try:
        Path(path).write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}. Name another file with --csv.") from None


# --- for people ------------------------------------------------------------------------------------------


def _table(comparison: Comparison) -> Iterator[str]:
    width = max([len(name) for name in comparison.systems] + [6])
    yield (
        f"{comparison.project}, reference {comparison.reference}: {comparison.segments} segments, "
        f"{comparison.documents} documents"
    )
    yield from _origins(comparison)
    paired = {(difference.system, difference.metric): difference for difference in comparison.paired}
    for metric, signature in comparison.signatures.items():
        yield ""
        yield f"{metric} ({signature})"
        yield f"{'engine':{width}}{'score':>9}{'95 % interval':>18}{'n':>14}  {_against(comparison)}".rstrip()
        reasons: dict[str, None] = {}
        for name, scores in comparison.systems.items():
            found = scores[metric]
            interval = "–" if found.low is None or found.high is None else f"{found.low:.2f} to {found.high:.2f}"
            value = "–" if found.score is None else f"{found.score:.2f}"
            words = _difference(paired.get((name, metric)))
            yield f"{name:{width}}{value:>9}{interval:>18}{f'{found.n}/{found.of}':>14}  {words}".rstrip()
            yield from (f"  left out: {n} {reason}" for reason, n in found.left_out.items())
            reasons |= {found.no_interval: None} if found.no_interval and found.score is not None else {}
        yield from (f"no interval: {reason}" for reason in reasons)
    yield from _external(comparison)


def _external(comparison: Comparison) -> Iterator[str]:
    """Metrics of score files, below our own and said to be means."""
    for one in comparison.external:
        yield ""
        better = "higher is better" if one.metric.higher_is_better else "lower is better"
        yield f"{one.metric.id}, from a score file: {AGGREGATE}, {better} ({one.metric.signature})"
        width = max(len(name) for name in one.means)
        for name, mean in one.means.items():
            others = f"; {mean.left_out} more that not every engine has" if mean.left_out else ""
            yield f"{name:{width}}{mean.mean:>12.4f}  on {mean.n} texts{others}"


def _against(comparison: Comparison) -> str:
    return f"against {comparison.baseline}" if comparison.paired else ""


def _difference(found: PairedDifference | None) -> str:
    if found is None:
        return ""
    counted = f"better on {found.wins}, worse on {found.losses}, equal on {found.ties}"
    if found.low is None or found.high is None:
        return f"{found.difference:+.2f}: {found.reason}; {counted}"
    interval = f"{found.low:+.2f} to {found.high:+.2f}"
    return f"{found.difference:+.2f} ({interval}), p {found.p_adjusted:.3f}: {found.verdict}; {counted}"


def _origins(comparison: Comparison) -> Iterator[str]:
    for name, origins in comparison.derived_from.items():
        yield (
            f"{origins.texts} of {comparison.post_edits} post-edits were made from {name} and keep "
            f"{100 * origins.kept:.0f} % of their words from it"
            + (": the comparison favours it" if comparison.is_compared(name) else "")
        )
