"""Segments of a project as JSON Lines."""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandParser

from reviews.management.base import UsageError, WorkbenchCommand, project_named
from reviews.models import Document
from reviews.reports.segments import segment_rows


class Command(WorkbenchCommand):
    help = "Every segment with source, target, state, risk, machine translations, scores and references (JSON Lines)."
    example = "segments --project desk --document nx-100417 --json"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--project", required=True, metavar="SLUG")
        parser.add_argument("--document", nargs="+", metavar="ID", help="Only these documents.")

    def run(self, **options: Any) -> int:
        for document in documents_named(options["project"], options["document"]):
            for row in segment_rows(document):
                if options["json"]:
                    self.emit(row)
                else:
                    reasons = " · ".join(row["risk"]["reasons"])
                    self.stdout.write(
                        f"{row['document']}\t{row['position']}\t{row['state']}\t{row['target']}\t{reasons}"
                    )
        return 0


def documents_named(slug: str, ids: list[str] | None) -> Iterator[Document]:
    """The project's documents, or those named; a UsageError names ids it does not have."""
    documents = Document.objects.filter(project=project_named(slug)).order_by("pk")
    if ids:
        documents = documents.filter(external_id__in=ids)
        missing = sorted(set(ids) - set(documents.values_list("external_id", flat=True)))
        if missing:
            raise UsageError(f"The project {slug} has no document {', '.join(map(repr, missing))}.")
    return documents.iterator(chunk_size=100)
