"""Have documents scored and checked again."""

from typing import Any

from django.core.management.base import CommandParser

from reviews import pipeline
from reviews.management.base import REJECTED, WorkbenchCommand, add_document_arguments, documents_named
from reviews.management.waiting import add_waiting_arguments, do_runs_inline, wait_for_runs


class Command(WorkbenchCommand):
    help = (
        "Score and check a project's documents. What is up to date stays as it is. Without --wait or --inline the "
        "work is queued for the workers."
    )
    example = "score --project desk --wait"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        add_document_arguments(parser)
        add_waiting_arguments(parser)

    def run(self, **options: Any) -> int:
        inline = options["inline"]
        documents = list(documents_named(options["project"], options["document"]))
        runs = [pipeline.rescore(document, publish=not inline).pk for document in documents]
        if not inline and not options["wait"]:
            self.say(f"{len(runs)} documents queued.")
            if options["json"]:
                self.emit({"documents": len(runs)})
            return 0
        summary = do_runs_inline(runs, self.say) if inline else wait_for_runs(runs, self.say)
        if options["json"]:
            self.emit({"documents": len(runs), "scores": summary.scores, "problems": list(summary.problems)})
        for problem in summary.problems:
            self.say(problem)
        self.say(f"{summary.scores['done']} scores stand, {sum(summary.scores['null'].values())} places have none.")
        return 0 if summary.complete else REJECTED
