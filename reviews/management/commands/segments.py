"""Segments of a project as JSON Lines."""

from typing import Any

from django.core.management.base import CommandParser

from reviews.management.base import WorkbenchCommand, add_document_arguments, documents_named
from reviews.reports.segments import segment_rows


class Command(WorkbenchCommand):
    help = "Every segment with source, target, state, risk, machine translations, scores and references (JSON Lines)."
    example = "segments --project desk --document nx-100417 --json"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        add_document_arguments(parser)

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
