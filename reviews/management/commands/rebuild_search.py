"""List the words of all texts anew for search."""

from typing import Any

from django.core.management.base import CommandParser

from reviews import pipeline
from reviews.management.base import WorkbenchCommand, project_named
from reviews.models import Document


class Command(WorkbenchCommand):
    help = "List the words of all texts for search, and mend what was listed wrongly; says how many texts that were."
    example = "rebuild_search --project desk"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--project", metavar="SLUG", help="Only this project (default: all).")

    def run(self, **options: Any) -> int:
        documents = Document.objects.filter(current_source__isnull=False).order_by("-pk")
        if options["project"]:
            documents = documents.filter(project=project_named(options["project"]))
        done = written = 0
        for document_id in documents.values_list("pk", flat=True).iterator(chunk_size=1000):
            done += 1
            written += pipeline.list_words(document_id)
        if options["json"]:
            self.emit({"documents": done, "texts": written})
        self.say(f"{done} articles are searchable; {written} texts were not listed as they stand.")
        return 0
