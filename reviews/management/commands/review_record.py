"""The evidence of one publication: shown, written to a file, verified."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from reviews.management.base import REJECTED, UsageError, WorkbenchCommand, document_named
from reviews.models import Publication
from reviews.publishing.record import review_record
from reviews.publishing.record_pdf import pdf_of
from reviews.publishing.verifying import verify_in_place
from reviews.values import canonical_json


class Command(WorkbenchCommand):
    help = (
        "The review record of a publication: who reviewed and approved which text, with the chain that proves it. "
        "--verify holds all of it against the hashes and the file of chain heads, and names what does not fit."
    )
    example = "review_record --project desk --document nx-100417 --verify"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--project", required=True, metavar="SLUG")
        parser.add_argument("--document", required=True, metavar="ID", help="The document's id in the project.")
        parser.add_argument("--number", type=int, metavar="N", help="Which publication (default: the latest).")
        parser.add_argument("--verify", action="store_true", help="Exit 1 and name the place if anything was changed.")
        parser.add_argument(
            "-o", "--output", metavar="PATH", help="Write the record (JSON) there, for bin/verify_record."
        )
        parser.add_argument("--pdf", metavar="PATH", help="Write the record there as a PDF.")

    def run(self, **options: Any) -> int:
        document = document_named(options["project"], options["document"])
        publications = Publication.objects.filter(document=document).select_related("document__project")
        if options["number"] is not None:
            publications = publications.filter(number=options["number"])
        publication = publications.order_by("number").last()
        if publication is None:
            raise UsageError(f"{document.external_id} has no such publication: publish it first.")
        record = review_record(publication)
        if options["output"]:
            self._write(options["output"], canonical_json(record).encode("utf-8", "surrogatepass"))
        if options["pdf"]:
            self._write(options["pdf"], pdf_of(record, verify_in_place(record)))
        if not options["verify"]:
            if options["json"]:
                self.emit(record)
            self.say(f"Publication {publication.number} of {document.external_id}: {len(record['events'])} events.")
            return 0
        verdict = verify_in_place(record)
        if options["json"]:
            found = {"document": document.external_id, "number": publication.number, "events": len(record["events"])}
            self.emit(found | {"problems": verdict.problems, "notes": verdict.notes})
        for line in verdict.problems:
            self.say(f"WRONG  {line}")
        for line in verdict.notes:
            self.say(f"note   {line}")
        self.say(
            f"Publication {publication.number} of {document.external_id}: {len(record['events'])} events, "
            f"{len(verdict.problems)} problems."
        )
        return REJECTED if verdict.problems else 0

    def _write(self, path: str, content: bytes) -> None:
        try:
            Path(path).write_bytes(content)
        except OSError as error:
            raise UsageError(f"{path} cannot be written: {error.strerror or error}.") from None
