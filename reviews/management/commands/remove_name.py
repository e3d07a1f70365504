"""Take away the name of somebody who left."""

from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction

from reviews.editing.departures import Departure, DepartureError, remove_name
from reviews.editing.permissions import NotAllowedError
from reviews.management.base import UsageError, WorkbenchCommand, person_named


class Command(WorkbenchCommand):
    help = (
        "Take name, e-mail, log-in and rights from somebody who left, for good. What they did stays on record, under a "
        "number that leads to nobody; audit chains and review records stay valid and say that the name was removed. "
        "Work they had goes back to everybody."
    )
    example = "remove_name mara --by root --dry-run"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("user", metavar="USER", help="Log-in name of whoever left.")
        parser.add_argument("--by", required=True, metavar="NAME", help="Log-in name of the superuser who does it.")
        parser.add_argument("--dry-run", action="store_true", help="Say what would end and go, and change nothing.")

    def run(self, **options: Any) -> int:
        person, by = person_named(options["user"]), person_named(options["by"])
        try:
            with transaction.atomic():
                departure = remove_name(person_id=person.pk, by=by)
                transaction.set_rollback(options["dry_run"])
        except (NotAllowedError, DepartureError) as error:
            raise UsageError(str(error)) from None
        if options["json"]:
            self.emit(asdict(departure) | {"dry_run": options["dry_run"]})
        self.say(_in_words(departure, dry_run=options["dry_run"]))
        return 0


def _in_words(departure: Departure, *, dry_run: bool) -> str:
    if not departure.removed:
        return f"The name of {departure.person} was removed before."
    would = "would be removed" if dry_run else "is removed"
    return (
        f"The name {would}; on record the person is {departure.person}. Roles ended: {departure.memberships}. "
        f"Work given back: {departure.work}. Notices deleted: {departure.notices}."
    )
