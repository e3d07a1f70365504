"""What a file of any import format holds, without importing it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from reviews.importing.formats.base import Notice, ReadError, ReadOptions
from reviews.importing.formats.registry import BY_NAME, sniff
from reviews.importing.units import read_units
from reviews.management.base import REJECTED, USAGE, UsageError, WorkbenchCommand
from reviews.management.reading import (
    SOURCE_LANG,
    TARGET_LANG,
    add_columns_argument,
    add_language_arguments,
    add_sheet_argument,
    language_of,
    place,
)
from reviews.values import Rejected

#: Options that mean something to some formats only.
_ONLY_FOR = {"target": ("parallel",), "columns": ("csv", "xlsx"), "sheet": ("xlsx",)}


class Command(WorkbenchCommand):
    help = (
        "Read a file as an import would and print its units as JSON Lines. What cannot be read is named with file and "
        "line on stderr: exit code 1 if units were refused, 2 if the file was. No database is used."
    )
    example = """read_file rows.csv
  bin/manage read_file table.csv --columns source=Quelle,target=Ziel
  bin/manage read_file source.de --target engine.en"""

    # Django's own checks look at models and addresses, which nothing here uses.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, metavar="FILE", help="A file, or an article's folder of HTML.")
        parser.add_argument("--format", default="auto", choices=["auto", *BY_NAME])
        add_language_arguments(parser)
        parser.add_argument("--target", type=Path, metavar="FILE", help="The translation of a parallel text.")
        add_columns_argument(parser)
        add_sheet_argument(parser)

    def run(self, **options: Any) -> int:
        path: Path = options["file"]
        try:
            file_format = BY_NAME[options["format"]] if options["format"] in BY_NAME else sniff(path)
            for name, wanted in _ONLY_FOR.items():
                if options[name] and file_format.name not in wanted:
                    titles = " and ".join(BY_NAME[format_name].title for format_name in wanted)
                    raise UsageError(f"--{name} is for {titles}, but {path} is {file_format.title}.")
            code = 0
            for item in read_units(file_format, path, _read_options(options)):
                if isinstance(item, Notice):
                    self.say(f"{place(item)}: {item.message}")
                elif isinstance(item, Rejected):
                    self.say(f"{place(item)}: {item.reason}")
                    code = REJECTED
                else:
                    self.emit(item.to_json())
        except ReadError as error:
            self.say(str(error))
            return USAGE
        return code


def _read_options(options: dict[str, Any]) -> ReadOptions:
    translation: Path | None = options["target"]
    return ReadOptions(
        source_lang=language_of(options["file"], options["source_lang"], SOURCE_LANG),
        target_lang=language_of(translation, options["target_lang"], TARGET_LANG),
        zone=timezone.get_default_timezone(),
        system_files={translation.name: translation} if translation else {},
        columns=options["columns"],
        sheet=options["sheet"],
        languages_guessed=options["source_lang"] is None and options["target_lang"] is None,
    )
