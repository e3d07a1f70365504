"""What every command shares: an example in --help, --json on stdout, messages on stderr, exit codes 0, 1 and 2."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reviews.models import Document, Person, Project
from reviews.models.words import as_kept

#: Exit codes: something was rejected or failed a gate; the command line itself is wrong.
REJECTED, USAGE = 1, 2

#: JSON leaves these as they are, but many tools end a line at them: NEL, line and paragraph separator.
_LINE_SEPARATORS = {ord(character): f"\\u{ord(character):04x}" for character in "\x85\u2028\u2029"}


class UsageError(CommandError):
    """A command line that cannot be carried out; the message is one sentence with the remedy. Exit code 2."""

    def __init__(self, message: str) -> None:
        super().__init__(message, returncode=USAGE)


class WorkbenchCommand(BaseCommand):
    """A command of the workbench. Subclasses set `help` and `example`, and add their arguments.

    `run` does the work and returns the exit code.
    """

    example = ""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            prog_name,
            subcommand,
            epilog=f"example:\n  bin/manage {self.example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            **kwargs,
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="Machine-readable output on stdout.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with as_kept():  # scripts read what commands say
                code = self.run(**options)
            sys.stdout.flush()
        except BrokenPipeError:
            # Whoever read the output (`| head`) has enough; what is left in the buffer goes nowhere, quietly.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise SystemExit(REJECTED) from None
        if code:
            raise SystemExit(code)

    def run(self, **options: Any) -> int:
        raise NotImplementedError

    def say(self, message: str) -> None:
        """A line for people, on stderr."""
        self.stderr.write(message, self.style.NOTICE)

    def emit(self, value: Any) -> None:
        """One JSON text on stdout, with its line end; the only one that any reader of lines could see in it."""
        self.stdout.write(json.dumps(value, ensure_ascii=False).translate(_LINE_SEPARATORS))


def project_named(slug: str) -> Project:
    """The project, or a UsageError that lists those there are."""
    project = Project.objects.filter(slug=slug).first()
    if project is None:
        known = ", ".join(Project.objects.order_by("slug").values_list("slug", flat=True)[:20]) or "none yet"
        raise UsageError(f"There is no project {slug!r}. Projects: {known}.")
    return project


def person_named(username: str) -> Person:
    """The person with that log-in name, or a UsageError."""
    person = Person.objects.filter(username=username).first()
    if person is None:
        raise UsageError(f"Nobody logs in as {username!r}.")
    return person


def add_document_arguments(parser: CommandParser) -> None:
    """--project and --document, for `documents_named`."""
    parser.add_argument("--project", required=True, metavar="SLUG")
    parser.add_argument("--document", nargs="+", metavar="ID", help="Only these documents.")


def documents_named(slug: str, ids: list[str] | None) -> Iterator[Document]:
    """The project's documents, or those named; a UsageError names ids it does not have."""
    documents = Document.objects.filter(project=project_named(slug)).order_by("pk")
    if ids:
        documents = documents.filter(external_id__in=ids)
        missing = sorted(set(ids) - set(documents.values_list("external_id", flat=True)))
        if missing:
            raise UsageError(f"The project {slug} has no document {', '.join(map(repr, missing))}.")
    return documents.iterator(chunk_size=100)


def document_named(slug: str, external_id: str) -> Document:
    """The one document with that id in the project, or a UsageError."""
    return next(documents_named(slug, [external_id]))
