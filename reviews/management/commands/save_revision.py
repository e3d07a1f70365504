"""Save a segment's text through the same door as the screen."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction

from reviews import pipeline
from reviews.editing.permissions import NotAllowedError
from reviews.editing.saving import Stale, save_revision
from reviews.editing.texts import TextError
from reviews.management.base import REJECTED, UsageError, WorkbenchCommand, document_named, person_named
from reviews.models import Segment
from reviews.values import MarkError


class Command(WorkbenchCommand):
    help = "Save one segment's text as a person, with the stale-save rule of the screen."
    example = "save_revision --project desk --document nx-100417 --segment 12 --user anna --base 0 --text - < text.txt"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--project", required=True, metavar="SLUG")
        parser.add_argument("--document", required=True, metavar="ID", help="The document's id in the project.")
        parser.add_argument("--segment", required=True, type=int, metavar="ID", help="As `segments` prints it.")
        parser.add_argument("--user", required=True, metavar="NAME", help="Log-in name of the author.")
        parser.add_argument(
            "--base", required=True, type=int, metavar="N", help="Number of the text it replaces; 0: none."
        )
        parser.add_argument(
            "--text", required=True, metavar="PATH", help="File with the text (codes as marks); - is stdin."
        )

    def run(self, **options: Any) -> int:
        document = document_named(options["project"], options["document"])
        segment = Segment.objects.filter(pk=options["segment"], document=document).first()
        if segment is None:
            raise UsageError(f"Document {options['document']!r} has no segment {options['segment']}.")
        person = person_named(options["user"])
        typed = _read(options["text"])
        try:
            with transaction.atomic():
                outcome = save_revision(
                    segment_id=segment.pk,
                    person=person,
                    typed=typed,
                    base=options["base"],
                    tab=None,
                    via="command line",
                )
                pipeline.after_revision(segment.document_id)
        except (NotAllowedError, TextError, MarkError) as error:
            self.say(str(error))
            return REJECTED
        if isinstance(outcome, Stale):
            if options["json"]:
                self.emit({"saved": False, "latest": outcome.latest.number, "latest_text": outcome.latest.text})
            self.say(
                f"Not saved: number {outcome.latest.number} was saved meanwhile. The text is kept for "
                f"{person.shown_name} beside it; nothing was overwritten."
            )
            return REJECTED
        if options["json"]:
            self.emit({"saved": True, "number": outcome.revision.number, "created": outcome.created})
        self.say(f"Saved as number {outcome.revision.number}.")
        return 0


def _read(path: str) -> str:
    try:
        return sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 (byte {error.start + 1}): save it as UTF-8.") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None
