"""How well metrics follow people."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from reviews.management.base import UsageError, WorkbenchCommand, project_named
from reviews.reports.human_scores import Correlation, campaigns_of, correlations


class Command(WorkbenchCommand):
    help = (
        "Correlate every metric, ours or a score file's, with every campaign of human scores, by segment and by "
        "engine. Other campaigns stand beside the metrics: people agree with people only so far."
    )
    example = "correlations --project wmt --campaign ESA-1 --json"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--project", required=True, metavar="SLUG")
        parser.add_argument("--campaign", action="append", metavar="NAME", help="Only this one (repeatable).")
        parser.add_argument("--metrics", metavar="NAMES", help="Only these, separated by commas.")

    def run(self, **options: Any) -> int:
        project = project_named(options["project"])
        campaigns = campaigns_of(project)
        if not campaigns:
            raise UsageError(f"{project.slug} has no human scores: import some with `import_scores`.")
        known = [entry["campaign"] for entry in campaigns]
        for name in options["campaign"] or ():
            if name not in known:
                raise UsageError(f"{project.slug} has no campaign {name!r}. Campaigns: {', '.join(known)}.")
        metrics = [name.strip() for name in options["metrics"].split(",")] if options["metrics"] else None
        found = correlations(project, options["campaign"], metrics)
        if options["json"]:
            self.emit(
                {
                    "project": project.slug,
                    "campaigns": campaigns,
                    "correlations": [entry.to_json() for entry in found],
                }
            )
        else:
            for line in _table(found):
                self.stdout.write(line)
        if not found:
            self.say("No metric has scores of the texts that these people judged.")
        return 0


_HEAD = ("n", "Pearson", "tau-b", "acc", "AUC", "engines", "Pearson", "acc")


def _table(found: list[Correlation]) -> list[str]:
    lines = []
    width = max([len(_label(entry)) for entry in found] + [6])
    for campaign in dict.fromkeys(entry.campaign for entry in found):
        lines += [campaign, f"  {'':{width}}" + "".join(f"{title:>9}" for title in _HEAD)]
        for entry in found:
            if entry.campaign == campaign:
                lines.append(f"  {_label(entry):{width}}" + "".join(f"{cell:>9}" for cell in _cells(entry)))
    return lines


def _label(entry: Correlation) -> str:
    return f"{entry.metric}, {entry.against}"


def _cells(entry: Correlation) -> list[str]:
    segment, system = entry.segment, entry.system
    values = [segment.pearson, segment.kendall_tau_b, segment.accuracy, segment.worst_auc]
    return [str(segment.n), *map(_rounded, values), str(system.n), _rounded(system.pearson), _rounded(system.accuracy)]


def _rounded(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
