"""Remove what is kept for a time only, or say what that would be."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from reviews.management.base import WorkbenchCommand
from reviews.retention import RULES, due, retain


class Command(WorkbenchCommand):
    help = "Remove what is kept for a time only: old typing, notices, uploads and files. Runs by itself once a day."
    example = "retention --dry-run"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help="Say what is due and remove nothing.")

    def run(self, **options: Any) -> int:
        dry = options["dry_run"]
        found = due(timezone.now()) if dry else retain(timezone.now())
        if options["json"]:
            limits = {rule.key: rule.limit.days for rule in RULES}
            self.emit({"dry_run": dry, "removed" if not dry else "due": found, "days": limits})
        for rule in RULES:
            number = found[rule.key]
            self.say(f"{rule.key}: {number} {'due' if dry else 'removed'} ({rule.words}; after {rule.limit.days} days)")
        return 0
