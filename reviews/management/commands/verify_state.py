"""Recompute every cache from the truth and compare; verify the audit chain."""

from typing import Any

from django.core.management.base import CommandParser

from reviews.management.base import REJECTED, WorkbenchCommand, project_named
from reviews.metrics.weekly import verify_weeks
from reviews.models import AuditEvent, Document, Project
from reviews.models.audit import verify_stream
from reviews.models.states import verify
from reviews.models.tally import verify_tallies


class Command(WorkbenchCommand):
    help = "Recompute caches from revisions, decisions and hashes, and verify the audit chain; exit 1 on a difference."
    example = "verify_state --project desk"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--project", metavar="SLUG", help="Only this project (default: all).")

    def run(self, **options: Any) -> int:
        documents = Document.objects.select_related("project").order_by("pk")
        streams = AuditEvent.objects.order_by("stream").values_list("stream", flat=True).distinct()
        if options["project"]:
            project = project_named(options["project"])
            documents = documents.filter(project=project)
            projects = [project]
            own = {f"project:{project.pk}", *(f"document:{pk}" for pk in documents.values_list("pk", flat=True))}
            wanted = [stream for stream in streams if stream in own]
        else:
            wanted = list(streams)
            projects = list(Project.objects.order_by("pk"))
        checked = 0
        problems: list[str] = []
        for document in documents.iterator(chunk_size=200):
            checked += 1
            problems += verify(document)
        for project in projects:
            problems += verify_tallies(project)
            problems += verify_weeks(project)
        for stream in wanted:
            problems += verify_stream(stream)
        if options["json"]:
            self.emit({"documents": checked, "streams": len(wanted), "problems": problems})
        for problem in problems:
            self.say(problem)
        self.say(f"{checked} documents and {len(wanted)} audit streams verified: {len(problems)} differences.")
        return REJECTED if problems else 0
