"""What the checks found, for people and for scripts."""

from typing import Any

from django.core.management.base import CommandParser

from reviews.management.base import WorkbenchCommand, add_document_arguments, documents_named
from reviews.reports.findings import document_findings


class Command(WorkbenchCommand):
    help = (
        "Findings of the automatic checks on every engine's texts and on the latest human texts, with spans, severity "
        "and state (JSON Lines with --json)."
    )
    example = "findings --project desk --document nx-100417 --json"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        add_document_arguments(parser)
        parser.add_argument("--references", action="store_true", help="What the checks say about the human references.")

    def run(self, **options: Any) -> int:
        count = unchecked = 0
        for document in documents_named(options["project"], options["document"]):
            findings = document_findings(document, references=options["references"])
            count += len(findings.rows)
            unchecked += findings.unchecked
            for row in findings.rows:
                if options["json"]:
                    self.emit(row)
                else:
                    self.stdout.write(_line(row))
        if unchecked:
            self.say(f"{unchecked} texts were not checked yet: run `bin/manage score --project {options['project']}`.")
        self.say(f"{count} findings.")
        return 0


def _line(row: dict[str, Any]) -> str:
    whose = row.get("system") or row.get("reference") or f"text {row.get('revision')}"
    columns = row["document"], row["segment"], row["severity"], row["check"], row["state"], whose, row["message"]
    return "\t".join(str(column) for column in columns)
