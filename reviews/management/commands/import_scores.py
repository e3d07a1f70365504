"""Human ratings and scores of foreign metrics, from their files."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from reviews.importing.formats.base import Notice, ReadError
from reviews.importing.scorefiles.base import LONGEST_NAME, Judgement, Passed
from reviews.importing.scorefiles.places import Place, read_places
from reviews.importing.scorefiles.registry import BY_NAME, ScoreFormat, sniff
from reviews.management.base import REJECTED, USAGE, UsageError, WorkbenchCommand, project_named
from reviews.metrics.external import MetricNameError
from reviews.metrics.registry import new_external
from reviews.metrics.service import Origin, Outcome, ScoreFileError, take_ratings, take_scores
from reviews.models import Project, Protocol, ReferenceSet


class Command(WorkbenchCommand):
    help = (
        "Import scores of translations: what people said (MQM, ESA, DA) or what a metric that ran elsewhere gave. A "
        "file is taken whole or not at all, the same file again changes nothing, and rows without a partner in the "
        "project are counted by reason."
    )
    example = "import_scores CometKiwi-src.seg.score --project wmt --docs docs.tsv --metric CometKiwi --json"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--project", required=True, metavar="SLUG")
        parser.add_argument("--format", default="auto", choices=["auto", *BY_NAME])
        parser.add_argument(
            "--docs", type=Path, metavar="FILE", help="The document of each line, for .seg.score and .seg.rating."
        )
        parser.add_argument("--metric", metavar="NAME[@VERSION]", help="The scores are this metric's.")
        parser.add_argument(
            "--reference", metavar="NAME|A+B", help="What the metric compared with; without it, it saw the source only."
        )
        parser.add_argument("--lower-is-better", action="store_true", help="The metric counts what is wrong.")
        parser.add_argument(
            "--campaign", metavar="NAME", help="The people's campaign (default: the file's first word)."
        )
        parser.add_argument("--protocol", choices=Protocol.values, help="How the people were asked.")
        parser.add_argument("--annotator", metavar="NAME", help="Whose ratings these are, for files that name nobody.")
        parser.add_argument("--dry-run", action="store_true", help="Match and count everything, write nothing.")

    def run(self, **options: Any) -> int:
        project = project_named(options["project"])
        passed: list[Passed] = []
        try:
            score_format = _format(options)
            judgements = self._judgements(score_format, options, passed)
            if options["metric"]:
                outcome, what = self._take_metric(project, score_format, judgements, options)
            else:
                outcome, what = self._take_people(project, score_format, judgements, options)
        except ReadError as error:
            raise UsageError(f"{error} Nothing was written.") from None
        except (ScoreFileError, MetricNameError) as error:
            raise UsageError(f"{error} Nothing was written.") from None
        if options["json"]:
            self.emit(
                {
                    "project": project.slug,
                    "format": score_format.name,
                    **what,
                    **outcome.to_json(),
                    "passed": {entry.reason: entry.rows for entry in passed},
                    "dry_run": options["dry_run"],
                }
            )
        self._sum_up(outcome, passed, options)
        if not outcome.unmatched:
            return 0
        return REJECTED if outcome.matched else USAGE

    def _judgements(self, score_format: ScoreFormat, options: dict[str, Any], passed: list[Passed]) -> list[Judgement]:
        """All of the file, read before anything is written."""
        found = []
        for item in score_format.read(options["file"], _places(score_format, options), str(options["file"])):
            if isinstance(item, Judgement):
                found.append(item)
            elif isinstance(item, Notice):
                self.say(f"{item.file}:{item.line}: {item.message}")
            else:
                passed.append(item)
        return found

    def _take_metric(
        self, project: Project, score_format: ScoreFormat, judgements: list[Judgement], options: dict[str, Any]
    ) -> tuple[Outcome, dict[str, Any]]:
        if score_format.protocol is not None:
            raise UsageError(f"A file in the format {score_format.name} holds people's ratings: leave out --metric.")
        if options["campaign"] or options["protocol"] or options["annotator"]:
            raise UsageError(
                "--campaign, --protocol and --annotator are for people's ratings: leave them or --metric out."
            )
        reference = _reference_set(project, options["reference"]) if options["reference"] else None
        metric = new_external(
            options["metric"],
            higher_is_better=not options["lower_is_better"],
            against="reference" if reference else "source",
        )
        outcome = take_scores(
            project,
            judgements,
            metric=metric,
            reference=reference,
            origin=_origin(options["file"]),
            dry_run=options["dry_run"],
        )
        return outcome, {"metric": metric.id, "signature": metric.signature}

    def _take_people(
        self, project: Project, score_format: ScoreFormat, judgements: list[Judgement], options: dict[str, Any]
    ) -> tuple[Outcome, dict[str, Any]]:
        for option in ("reference", "lower_is_better"):
            if options[option]:
                raise UsageError(f"--{option.replace('_', '-')} says something of a metric: name it with --metric.")
        protocol = options["protocol"] or score_format.protocol
        if protocol is None:
            known = ", ".join(Protocol.values)
            raise UsageError(
                f"{options['file']} does not say whose scores it holds: give --metric NAME, or --protocol ({known})."
            )
        campaign = options["campaign"] or options["file"].name.split(".")[0]
        annotator = options["annotator"] or ""
        for option, text in (("campaign", campaign), ("annotator", annotator or "unnamed")):
            if not text.strip() or not text.isprintable() or len(text) > LONGEST_NAME:
                raise UsageError(f"--{option} needs a name of at most {LONGEST_NAME} letters, digits and signs.")
        if annotator and not score_format.by_line:
            raise UsageError(f"A file in the format {score_format.name} names its annotators: leave out --annotator.")
        judgements = [replace(judgement, annotator=judgement.annotator or annotator) for judgement in judgements]
        if protocol == Protocol.MQM and score_format.name == "esa":
            # The form has a field for a number, which nobody fills in where errors alone are asked for.
            judgements = [replace(judgement, value=None) for judgement in judgements]
        outcome = take_ratings(
            project,
            judgements,
            campaign=campaign,
            protocol=Protocol(protocol),
            origin=_origin(options["file"]),
            dry_run=options["dry_run"],
        )
        return outcome, {"campaign": campaign, "protocol": str(protocol)}

    def _sum_up(self, outcome: Outcome, passed: Sequence[Passed], options: dict[str, Any]) -> None:
        for entry in passed:
            self.say(f"{entry.rows} passed over: {entry.reason}")
        for reason, rows in sorted(outcome.unmatched.items()):
            self.say(f"{rows} without a partner: {reason}")
        for example in outcome.examples[:3]:
            place = f"{example['document']} {example['segment']} of {example['system']}"
            self.say(f"  such as {options['file']}:{example['line']}: {place}: {example['reason']}")
        counts = ", ".join(f"{outcome.counts[name]} {name}" for name in ("new", "changed", "same"))
        self.say(f"Scores: {counts}.{' Nothing was written (dry run).' if options['dry_run'] else ''}")


def _format(options: dict[str, Any]) -> ScoreFormat:
    return sniff(options["file"]) if options["format"] == "auto" else BY_NAME[options["format"]]


def _places(score_format: ScoreFormat, options: dict[str, Any]) -> Sequence[Place]:
    if not score_format.by_line:
        if options["docs"]:
            raise UsageError(f"A file in the format {score_format.name} names its segments: leave out --docs.")
        return ()
    if options["docs"] is None:
        raise UsageError(
            f"A file in the format {score_format.name} names no segments: give --docs FILE, the document of each line "
            "as for bulk_import."
        )
    return read_places(options["docs"])


def _reference_set(project: Project, label: str) -> ReferenceSet:
    sets = {entry.label: entry for entry in ReferenceSet.objects.filter(project=project)}
    # A+B and B+A are the same set; a name may hold a plus sign of its own.
    found = sets.get(label) or sets.get("+".join(sorted(label.split("+"))))
    if found is None:
        known = ", ".join(sorted(sets)) or "none that anything was scored against yet"
        raise UsageError(f"{project.slug} has no reference {label!r}. References: {known}.")
    return found


def _origin(path: Path) -> Origin:
    with path.open("rb") as stream:
        return Origin(path.name, hashlib.file_digest(stream, "sha256").hexdigest())
