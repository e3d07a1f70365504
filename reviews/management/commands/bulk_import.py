"""The bulk import."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from reviews import pipeline
from reviews.importing.formats.base import ReadError, ReadOptions
from reviews.importing.formats.registry import BY_NAME, sniff
from reviews.importing.importer import Importer
from reviews.management.base import REJECTED, USAGE, UsageError, WorkbenchCommand, project_named
from reviews.management.reading import add_columns_argument, add_sheet_argument
from reviews.management.waiting import Summary, add_waiting_arguments, do_runs_inline, wait_for_runs
from reviews.models import ImportBatch, Project, TaskRun

STDIN = "-"


class Command(WorkbenchCommand):
    help = (
        "Import articles and translations: folders of HTML, JSON Lines, tables, parallel text, files of translation "
        "tools. The same content again changes nothing; what is refused is named with file and line, and the rest is "
        "taken."
    )
    example = "bulk_import articles/*/ --project desk --create-project de-en --wait --json"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("paths", nargs="+", metavar="PATH", help="Files or folders; - is standard input.")
        parser.add_argument("--project", required=True, metavar="SLUG")
        parser.add_argument(
            "--create-project", metavar="DE-EN", help="Make the project if it is missing, with these languages."
        )
        parser.add_argument("--format", default="auto", choices=["auto", *BY_NAME])
        parser.add_argument(
            "--system",
            action="append",
            default=[],
            metavar="NAME[@VERSION][=FILE]",
            help="Engine of the targets; with =FILE its lines of a parallel text (repeatable).",
        )
        parser.add_argument(
            "--reference",
            action="append",
            default=[],
            metavar="NAME[=FILE]",
            help="Name of the reference; with =FILE its lines of a parallel text (repeatable).",
        )
        parser.add_argument("--role", choices=["source", "hypothesis", "reference"], help="What the texts are.")
        parser.add_argument("--docs", type=Path, metavar="FILE", help="The document of each line of a parallel text.")
        add_columns_argument(parser)
        add_sheet_argument(parser)
        parser.add_argument(
            "--split", action="store_true", help="Make a segment of each sentence of a row (of each row otherwise)."
        )
        parser.add_argument("--dry-run", action="store_true", help="Count and check everything, write nothing.")
        add_waiting_arguments(parser)

    def run(self, **options: Any) -> int:
        project = self._project(options)
        read_options = _read_options(options, project)
        if project.pk is None and not options["dry_run"]:
            project.save()
        batch = None if options["dry_run"] else ImportBatch.objects.create(project=project, options=_asked(options))
        importer = Importer(
            project,
            batch,
            after_document=partial(pipeline.after_import, publish=not options["inline"]),
            say=self.say,
            dry_run=options["dry_run"],
            split=options["split"],
        )
        try:
            for path in options["paths"]:
                with _readable(path) as (file, name):
                    self._take(importer, file, name, options["format"], read_options)
        except BaseException as error:
            importer.finish(error=f"{type(error).__name__}: {error}")
            raise
        importer.finish()
        result: dict[str, Any] = {
            "batch": batch.pk if batch else None,
            **importer.tally.counts(),
            "unaligned": importer.tally.unaligned,
            "rejected": [rejected.to_json() for rejected in importer.tally.rejected],
            "scores": {"done": 0, "null": {}},
        }
        if options["dry_run"]:
            result["documents_report"] = [report.to_json() for report in importer.tally.reports]
            result["documents_left_out"] = importer.tally.reports_left_out
        problems: tuple[str, ...] = ()
        if batch is not None:
            summary = self._follow(batch, options)
            result["scores"], problems = summary.scores, summary.problems
        if options["json"]:
            self.emit(result)
        for problem in problems:
            self.say(problem)
        self._sum_up(importer, dry_run=options["dry_run"])
        if importer.tally.rejected and not importer.tally.took_something():
            return USAGE
        return REJECTED if importer.tally.rejected or problems else 0

    def _follow(self, batch: ImportBatch, options: dict[str, Any]) -> Summary:
        """Wait for the scores, or make them, if that was asked for."""
        runs = list(TaskRun.objects.filter(batch=batch).order_by("pk").values_list("pk", flat=True))
        if runs and options["inline"]:
            return do_runs_inline(runs, self.say)
        if runs and options["wait"]:
            return wait_for_runs(runs, self.say)
        return Summary(pipeline.scores_of(TaskRun.objects.filter(batch=batch)))

    def _take(self, importer: Importer, file: Path, name: str, chosen: str, options: ReadOptions) -> None:
        try:
            file_format = BY_NAME[chosen] if chosen in BY_NAME else sniff(file, name)
        except ReadError as error:
            importer.refuse(error.rejected())
            return
        importer.take_file(file_format, file, options, name=name)

    def _project(self, options: dict[str, Any]) -> Project:
        wanted = options["create_project"]
        if wanted is None:
            return project_named(options["project"])
        source, _, target = wanted.partition("-")
        if not source or not target or source == target:
            raise UsageError(f"--create-project {wanted}: write two languages such as de-en.")
        found = Project.objects.filter(slug=options["project"]).first()
        if found is not None:
            if (found.source_lang, found.target_lang) != (source, target):
                raise UsageError(
                    f"The project {found.slug} is {found.source_lang}-{found.target_lang}, not {wanted}: choose "
                    "another name for the new one."
                )
            return found
        return Project(slug=options["project"], name=options["project"], source_lang=source, target_lang=target)

    def _sum_up(self, importer: Importer, *, dry_run: bool) -> None:
        documents = importer.tally.documents
        parts = [f"{documents[name]} {name}" for name in ("new", "changed", "same", "rejected")]
        self.say(f"Documents: {', '.join(parts)}.{' Nothing was written (dry run).' if dry_run else ''}")


def _read_options(options: dict[str, Any], project: Project) -> ReadOptions:
    """What the readers need to know, from the command line. Raises UsageError."""
    systems, system_files = _named(options["system"], "--system")
    references, reference_files = _named(options["reference"], "--reference")
    named = {"system": systems, "reference": references}
    labels: dict[str, Any] = {what: names[0] for what, names in named.items() if names}
    return ReadOptions(
        source_lang=project.source_lang,
        target_lang=project.target_lang,
        zone=timezone.get_default_timezone(),
        role=options["role"],
        system_files=system_files,
        reference_files=reference_files,
        docs=options["docs"],
        columns=options["columns"],
        sheet=options["sheet"],
        **labels,
    )


def _named(values: list[str], option: str) -> tuple[list[str], dict[str, Path]]:
    """Plain names, and files by name. Raises UsageError for a name that stands twice or alone beside others."""
    names: list[str] = []
    files: dict[str, Path] = {}
    for value in values:
        name, has_file, file = value.partition("=")
        if not name.strip() or (has_file and not file):
            raise UsageError(f"{option} {value}: write NAME, or NAME=FILE for a parallel text.")
        if name in files or name in names:
            raise UsageError(f"{option} {name} stands twice: give each name once.")
        if has_file:
            files[name] = Path(file)
        else:
            names.append(name)
    if len(names) > 1:
        raise UsageError(f"{option} stands several times without a file ({', '.join(names)}): a file has one.")
    return names, files


def _asked(options: dict[str, Any]) -> dict[str, Any]:
    """The options of this import as its batch keeps them."""
    kept = ("paths", "format", "system", "reference", "role", "docs", "columns", "sheet", "split")
    return {name: str(value) if isinstance(value, Path) else value for name in kept if (value := options[name])}


@contextmanager
def _readable(path: str) -> Iterator[tuple[Path, str]]:
    """The file to read and what messages call it; standard input is kept in a temporary file, to be read twice."""
    if path != STDIN:
        yield Path(path), path
        return
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "stdin"
        with kept.open("wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
        yield kept, "stdin"
