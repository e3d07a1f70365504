"""Commands that are filters: JSON Lines in, JSON Lines out, no database.

A filter is a subclass of FilterCommand with `help`, `example`, its own arguments and `converter`; a line for its name
stands in `bin/_manage.py`, so that `bin/manage` runs it without looking at the database:

    class Command(FilterCommand):
        help = "The length of each text."
        example = "text_lengths texts.jsonl"

        def converter(self, **options: Any) -> Converter:
            return lambda record: {"length": len(text_in(record, "text"))}
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO

from django.core.management.base import CommandParser

from reviews.importing.formats.jsonl import parse_object
from reviews.importing.formats.rows import RowError
from reviews.importing.formats.text import LONGEST_LINE, byte_lines, shown
from reviews.management.base import REJECTED, UsageError, WorkbenchCommand

#: From the object of one line to what goes out for it; raises RowError with what is wrong with the line.
Converter = Callable[[Mapping[str, Any]], Mapping[str, Any]]


class FilterCommand(WorkbenchCommand):
    """One JSON object out for each one in, in the same order, with its `id` if it has one; blank lines are passed over.

    A line that cannot be read or converted is one message `file:line: reason` on stderr; the others go on and the exit
    code is 1. One line is held in memory at a time, and its answer is written before the next one is read.
    """

    # Django's own checks look at models and addresses, which no filter uses.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "file", nargs="?", default="-", metavar="FILE", help="JSON Lines, one object a line; without it, stdin."
        )

    def converter(self, **options: Any) -> Converter:
        """What is done with each line. Raises UsageError for options that cannot be carried out."""
        raise NotImplementedError

    def run(self, **options: Any) -> int:
        convert = self.converter(**options)
        code = 0
        with _opened(options["file"]) as (name, stream):
            for number, line in byte_lines(stream):
                try:
                    self._answer(line, convert)
                except RowError as error:
                    self.say(f"{name}:{number}: {error}")
                    code = REJECTED
        return code

    def _answer(self, line: bytes | None, convert: Converter) -> None:
        if line is None:
            raise RowError(f"is longer than {LONGEST_LINE:,} bytes. Is this JSON Lines?")
        if not line.strip():
            return
        record = parse_object(line)
        if b"\\u" in line:
            _refuse_half_characters(record)
        echoed = {"id": record["id"]} if "id" in record else {}
        self.emit({**echoed, **convert(record)})
        self.stdout.flush()


def text_in(record: Mapping[str, Any], key: str, default: str | None = None) -> str:
    """The text under a key. One that is missing or null is the default; without a default it is a RowError."""
    value = record.get(key)
    if value is None:
        value = default
    if value is None:
        raise RowError(f'has no {key}. Give it as text: {{"{key}": "…"}}.')
    if not isinstance(value, str):
        raise RowError(f"has {shown(value)} for {key}. Write text in quotation marks.")
    return value


@contextmanager
def _opened(file: str) -> Iterator[tuple[str, BinaryIO]]:
    """The bytes of a file, or of stdin for `-`, and the name messages call it by."""
    if file == "-":
        yield "stdin", sys.stdin.buffer
        return
    try:
        stream = open(file, "rb")  # noqa: SIM115  (closed below; an error while writing must not look like one here)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"{file} cannot be read ({reason}): name a file of JSON Lines, or - for stdin.") from None
    with stream:
        yield file, stream


def _refuse_half_characters(record: Mapping[str, Any]) -> None:
    """JSON can escape half of a surrogate pair, which is no character: nothing could write it out again."""
    try:
        json.dumps(record, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        half = f"\\u{ord(error.object[error.start]):04x}"
        raise RowError(f"holds {half}, half of a surrogate pair. Escape both halves or write the character.") from None
