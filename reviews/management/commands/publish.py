"""Publish one article for a desk head."""

from typing import Any

from django.core.management.base import CommandParser

from reviews.editing.permissions import NotAllowedError
from reviews.management.base import REJECTED, UsageError, WorkbenchCommand, document_named, person_named
from reviews.models.publication import NoteKind
from reviews.publishing.service import GateClosedError, Note, PublishError, publish


class Command(WorkbenchCommand):
    help = (
        "Run the publish gate on one article and freeze its publication. The user must be a desk head of the "
        "project; nothing is approved on the way."
    )
    example = "publish --project desk --document nx-100417 --user dora"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--project", required=True, metavar="SLUG")
        parser.add_argument("--document", required=True, metavar="ID", help="The document's id in the project.")
        parser.add_argument("--user", required=True, metavar="NAME", help="Log-in name of the desk head.")
        parser.add_argument(
            "--waive",
            action="append",
            default=[],
            metavar="CHECK",
            help="Let findings of this check that block publishing pass, or this rule of the gate (quotes.provenance, "
            "review.pace), for the --reason given (repeatable).",
        )
        parser.add_argument("--reason", default="", metavar="TEXT", help="Why the article may go out all the same.")

        told = parser.add_mutually_exclusive_group()
        told.add_argument("--correction", metavar="TEXT", help="What readers are told was wrong and is corrected.")
        told.add_argument("--update", metavar="TEXT", help="What readers are told is new.")

    def run(self, **options: Any) -> int:
        document = document_named(options["project"], options["document"])
        person = person_named(options["user"])
        if options["waive"] and not options["reason"].strip():
            raise UsageError("--waive needs --reason: say why the article may go out all the same.")
        try:
            publication = publish(
                document_id=document.pk,
                person=person,
                waivers=dict.fromkeys(options["waive"], options["reason"]),
                note=next((Note(kind, options[kind]) for kind in NoteKind.values if options[kind]), None),
                via="command line",
            )
        except (NotAllowedError, PublishError) as error:
            missing = error.missing if isinstance(error, GateClosedError) else ()
            if options["json"]:
                listed = [item.to_json() for item in missing]
                self.emit({"document": document.external_id, "reason": str(error), "missing": listed})
            self.say(str(error))
            for item in missing:
                self.say(f"  {item}")
            return REJECTED
        if options["json"]:
            self.emit(
                {
                    "document": document.external_id,
                    "number": publication.number,
                    "content_hash": publication.content_hash,
                    "disclosure": publication.disclosure,
                    "published": publication.created_at.isoformat(),
                }
            )
        self.say(f"Published {document.external_id} as number {publication.number} ({publication.content_hash}).")
        return 0
