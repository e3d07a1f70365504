"""Align stored translations again."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandParser

from reviews import pipeline
from reviews.importing.realigning import Realigned, realign_document
from reviews.management.base import REJECTED, WorkbenchCommand, add_document_arguments, documents_named
from reviews.management.waiting import add_waiting_arguments, do_runs_inline, wait_for_runs
from reviews.models import Document


class Command(WorkbenchCommand):
    help = (
        "Align a project's translations to their sources again, after the rules of alignment have changed. What comes "
        "out otherwise is stored as a new run of its engine; human texts, decisions and drafts stay as they are, and "
        "so does what an editor has opened. Rows of tables, JSON Lines and parallel texts are aligned by their files "
        "and left alone. With --json a line for each document. Documents that changed are scored and checked again."
    )
    example = "realign --project desk --dry-run --json"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        add_document_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help="Say what would change, write nothing.")
        add_waiting_arguments(parser)

    def run(self, **options: Any) -> int:
        inline, dry_run = options["inline"], options["dry_run"]
        runs: list[int] = []

        def queue(document: Document) -> None:
            runs.append(pipeline.after_import(document, publish=not inline).pk)

        outcomes: Counter[str] = Counter()
        for document in list(documents_named(options["project"], options["document"])):
            done = realign_document(document, dry_run=dry_run, then=queue)
            outcomes[done.outcome] += 1
            if options["json"]:
                self.emit(done.to_json())
            else:
                for line in _lines(done):
                    self.stdout.write(line)
        written = " Nothing was written (dry run)." if dry_run else ""
        self.say(f"Documents: {outcomes['changed']} changed, {outcomes['same']} same.{written}")
        return self._follow(runs, options)

    def _follow(self, runs: list[int], options: dict[str, Any]) -> int:
        """Wait for the scores of what changed, or make them, if that was asked for."""
        if not runs or not (options["inline"] or options["wait"]):
            return 0
        summary = do_runs_inline(runs, self.say) if options["inline"] else wait_for_runs(runs, self.say)
        for problem in summary.problems:
            self.say(problem)
        return 0 if summary.complete else REJECTED


def _lines(done: Realigned) -> Iterator[str]:
    yield f"{done.document}: {done.outcome}"
    for what, counted, left in (
        ("", done.hypotheses, done.hypotheses_left),
        ("reference ", done.references, done.references_left),
    ):
        for name, counts in counted.items():
            yield f"  {what}{name}: {counts['changed']} changed, {counts['same']} same"
        for name, reason in left.items():
            yield f"  {what}{name}: left alone, {reason}"
