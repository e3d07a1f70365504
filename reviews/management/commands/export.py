"""Hand articles over as files."""

import itertools
from collections.abc import Iterable, Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import Any, cast

from django.core.management.base import CommandParser

from reviews.management.base import (
    REJECTED,
    UsageError,
    WorkbenchCommand,
    add_document_arguments,
    documents_named,
)
from reviews.models import Document
from reviews.publishing.export.article import Writer
from reviews.publishing.export.registry import BY_NAME, FOR_SPREADSHEETS
from reviews.publishing.exporting import Exported, Refused, export_to_file, export_to_folder, export_to_stream
from reviews.publishing.handover import State

STDOUT = "-"


class Command(WorkbenchCommand):
    help = (
        "Write articles to files: html puts each text back into the page it came from, jsonl writes the import "
        "record's fields, csv and xlsx the same as a table, text the article as it is read. xliff and xliff2 put "
        "translations back into the file of a translation tool that an article came from, or else write a new one; tmx "
        "writes a translation memory, po a catalogue. Articles that are not approved as they stand are refused and "
        "named; the others are written."
    )
    example = "export --project desk --document nx-100417 --format html -o english/"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        add_document_arguments(parser)
        parser.add_argument("--format", required=True, choices=list(BY_NAME))
        parser.add_argument(
            "--excel",
            action="store_true",
            help="With csv: no cell is taken for a formula by a spreadsheet; an import takes the shields off again.",
        )
        parser.add_argument(
            "--state",
            choices=["approved", "any"],
            default="approved",
            help="any: the texts as they are now, marked as a working copy (default: approved).",
        )
        parser.add_argument(
            "-o",
            "--output",
            required=True,
            metavar="PATH",
            help="A file, for html and text a folder, for xliff either (a new one ends in /); - is stdout.",
        )

    def run(self, **options: Any) -> int:
        writer, output = BY_NAME[options["format"]], options["output"]
        if options["excel"]:
            if writer.name not in FOR_SPREADSHEETS:
                raise UsageError(f"--excel is for {', '.join(FOR_SPREADSHEETS)}, not for {writer.name}.")
            writer = FOR_SPREADSHEETS[writer.name]
        if options["json"] and output == STDOUT:
            raise UsageError("--json and -o - would both write to stdout: give -o a path.")
        documents = documents_named(options["project"], options["document"])
        try:
            return self._report(self._outcomes(documents, writer, output, options["state"]), as_json=options["json"])
        except OSError as error:
            raise UsageError(f"{output} cannot be written: {error.strerror or error}.") from None

    def _outcomes(
        self, documents: Iterable[Document], writer: Writer, output: str, state: State
    ) -> Iterator[Exported | Refused]:
        if output == STDOUT:
            if writer.per_document:
                documents = [_only_one(documents, writer)]
            return export_to_stream(documents, writer=writer, state=state, write=self._write)
        path = Path(output)
        if writer.per_document:
            if path.exists() and not path.is_dir():
                raise UsageError(f"{output} is a file, and {writer.name} writes a folder of pages: name a folder.")
            path.mkdir(parents=True, exist_ok=True)
            return export_to_folder(documents, writer=writer, state=state, folder=path)
        if writer.needs_file and (path.is_dir() or output.endswith("/")):
            path.mkdir(parents=True, exist_ok=True)
            return export_to_folder(documents, writer=writer, state=state, folder=path)
        if path.is_dir():
            raise UsageError(f"{output} is a folder, and {writer.name} is one file: name the file in it.")
        return export_to_file(documents, writer=writer, state=state, path=path)

    def _write(self, content: bytes) -> None:
        """Bytes as they are: a file that is kept to the byte may be in any encoding."""
        cast(TextIOWrapper, self.stdout).buffer.write(content)

    def _report(self, outcomes: Iterable[Exported | Refused], *, as_json: bool) -> int:
        exported: list[Exported] = []
        refused: list[Refused] = []
        for outcome in outcomes:
            if isinstance(outcome, Exported):
                exported.append(outcome)
                continue
            refused.append(outcome)
            self.say(f"{outcome.document} is not exported. {outcome.reason}")
            for item in outcome.missing:
                self.say(f"  {item}")
        if as_json:
            self.emit(
                {
                    "exported": [outcome.to_json() for outcome in exported],
                    "refused": [outcome.to_json() for outcome in refused],
                }
            )
        self.say(f"{len(exported)} exported, {len(refused)} refused.")
        return REJECTED if refused else 0


def _only_one(documents: Iterable[Document], writer: Writer) -> Document:
    """The one document that fits on stdout in a format with a file for each."""
    found = list(itertools.islice(documents, 2))
    if len(found) != 1:
        raise UsageError(f"{writer.name} is one file a document: name one --document, or a folder with -o.")
    return found[0]
