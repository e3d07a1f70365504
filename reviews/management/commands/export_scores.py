"""Human ratings and segment scores as files for other tools."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import CommandParser

from reviews.importing.formats.base import ReadError
from reviews.importing.scorefiles.places import Place, read_places
from reviews.management.base import UsageError, WorkbenchCommand, project_named
from reviews.models import Campaign, Project
from reviews.publishing.export.files import whole_file
from reviews.reports.score_files import CAMPAIGN_FORMATS, ExportError, write_campaign, write_metric

STDOUT = "-"


class Command(WorkbenchCommand):
    help = (
        "Write a campaign's ratings, or a metric's segment scores, as a file: .seg.score, .seg.rating (spans), MQM "
        "rows or Appraise CSV (esa)."
    )
    example = "export_scores --project wmt --campaign ESA-1 --format segscore --docs docs.tsv -o ESA-1.seg.score"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--project", required=True, metavar="SLUG")
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--campaign", metavar="NAME", help="These people's ratings.")
        what.add_argument("--metric", metavar="NAME", help="This metric's scores, ours or a score file's (segscore).")
        parser.add_argument("--reference", metavar="NAME|A+B", help="What the metric compared with, if with several.")
        parser.add_argument("--format", default="segscore", choices=CAMPAIGN_FORMATS)
        parser.add_argument("--docs", type=Path, metavar="FILE", help="The order of lines: the document of each.")
        parser.add_argument("-o", "--output", required=True, metavar="PATH", help="A file; - is stdout.")

    def run(self, **options: Any) -> int:
        project, output = project_named(options["project"]), options["output"]
        if options["json"] and output == STDOUT:
            raise UsageError("--json and -o - would both write to stdout: give -o a path.")
        if options["metric"] and options["format"] != "segscore":
            raise UsageError(f"A metric has no marks: --format {options['format']} is for a --campaign.")
        try:
            places = read_places(options["docs"]) if options["docs"] else None
            written = self._write(project, places, output, options)
        except (ReadError, ExportError) as error:
            raise UsageError(str(error)) from None
        except OSError as error:
            raise UsageError(f"{output} cannot be written: {error.strerror or error}.") from None
        if options["json"]:
            self.emit({"project": project.slug, "format": options["format"], "written": written, "file": output})
        self.say(f"{written} written.")
        return 0

    def _write(self, project: Project, places: tuple[Place, ...] | None, output: str, options: dict[str, Any]) -> int:
        if output == STDOUT:
            stream = io.BytesIO()
            written = _write_to(stream, project, places, options)
            self.stdout.write(stream.getvalue().decode(), ending="")
            return written
        with whole_file(Path(output)) as file:
            return _write_to(file, project, places, options)


def _write_to(stream: BinaryIO, project: Project, places: tuple[Place, ...] | None, options: dict[str, Any]) -> int:
    if options["metric"]:
        return write_metric(stream, project, options["metric"], options["reference"], places)
    campaign = Campaign.objects.filter(project=project, name=options["campaign"]).first()
    if campaign is None:
        names = Campaign.objects.filter(project=project).order_by("name").values_list("name", flat=True)
        known = ", ".join(names) or "none yet"
        raise ExportError(f"{project.slug} has no campaign {options['campaign']!r}. Campaigns: {known}.")
    return write_campaign(stream, campaign, options["format"], places)
