"""How a project's engines compare, in exact corpus scores."""

from datetime import date
from typing import Any

from django.core.management.base import CommandParser

from reviews.management.base import UsageError, WorkbenchCommand, project_named
from reviews.metrics.registry import REFERENCE_METRICS, UnknownMetricError
from reviews.reports.systems import Comparison, NoReferenceError, corpus_scores

METRICS = [metric.id for metric in REFERENCE_METRICS]


class Command(WorkbenchCommand):
    help = "Compare the engines of a project by corpus scores, on the texts all of them translated."
    example = "compare_systems --project wmt22 --reference A --json"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--project", required=True, metavar="SLUG")
        parser.add_argument(
            "--reference", metavar="NAME|A+B", help="What to compare with; may be left out where there is only one."
        )
        parser.add_argument("--metrics", metavar=",".join(METRICS), help="Only these, separated by commas.")
        parser.add_argument("--section", metavar="S", help="Only documents of this section.")
        parser.add_argument(
            "--since", metavar="YYYY-MM-DD", help="Only documents published (else imported) since that day."
        )

    def run(self, **options: Any) -> int:
        try:
            comparison = corpus_scores(
                project_named(options["project"]),
                options["reference"],
                metrics=[name.strip() for name in options["metrics"].split(",")] if options["metrics"] else None,
                section=options["section"],
                since=_day(options["since"]) if options["since"] else None,
            )
        except (NoReferenceError, UnknownMetricError) as error:
            raise UsageError(str(error)) from None
        if options["json"]:
            self.emit(comparison.to_json())
        else:
            for line in _table(comparison):
                self.stdout.write(line)
        if comparison.unfinished:
            self.say(f"{comparison.unfinished} documents are not scored to the end: these figures may still change.")
        return 0


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise UsageError(f"--since is {value!r}, which is no day: write it as 2026-11-24.") from None


def _table(comparison: Comparison) -> list[str]:
    metrics = list(comparison.signatures)
    width = max([len(name) for name in comparison.systems] + [6])
    lines = [
        f"{comparison.project}, reference {comparison.reference}: {comparison.segments} segments, "
        f"{comparison.documents} documents",
        f"{'engine':{width}}" + "".join(f"{metric:>10}" for metric in metrics) + f"{'n':>10}",
    ]
    for name, scores in comparison.systems.items():
        values = [scores[metric].score for metric in metrics]
        cells = "".join(f"{'–':>10}" if value is None else f"{value:>10.2f}" for value in values)
        texts = scores[metrics[0]]
        lines.append(f"{name:{width}}{cells}{f'{texts.n}/{texts.of}':>10}")
        lines += [f"  left out: {n} {reason}" for reason, n in texts.left_out.items()]
    return lines + [f"{metric}: {signature}" for metric, signature in comparison.signatures.items()]
