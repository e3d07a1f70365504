"""Which sentences of an article its translation renders, without importing either."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from django.core.management.base import CommandParser
from django.utils import timezone

from reviews.importing.aligning import aligned_sentences, sentence_beads
from reviews.importing.formats.base import Format, Notice, ReadError, ReadOptions
from reviews.importing.formats.registry import BY_NAME
from reviews.management.base import USAGE, UsageError, WorkbenchCommand
from reviews.management.reading import SOURCE_LANG, TARGET_LANG, add_language_arguments, language_of, place
from reviews.values import ImportedArticle, ImportedBlock, ImportedRow, PlacedSource, Rejected

#: Formats of which a file is one article in one language. Their names tell them.
_TAKEN = BY_NAME["html"], BY_NAME["parallel"]
_WANTED = "two pages of HTML (.html), or two texts (.txt, or a language as in .de)"

Side = Literal["source", "target"]


class Command(WorkbenchCommand):
    help = (
        "Align a translation to its source as an import does. JSON Lines on stdout: first each sentence with its id, "
        "its block and its place there, both from 0; then the beads, each with the ids of the sentences that belong "
        "together (none on one side where a sentence has no counterpart) and how sure that is. Disclosure blocks are "
        "left out. Of a text each line that is not blank is a block. Exit code 2 if a file cannot be read. No "
        "database is used."
    )
    example = """align_articles article/source.de.html article/engine-a.en.html
  bin/manage align_articles chronik.txt chronique.txt --target-lang fr"""

    # Django's own checks look at models and addresses, which nothing here uses.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("source", type=Path, metavar="SOURCE", help="A page of HTML, or a text in UTF-8.")
        parser.add_argument("target", type=Path, metavar="TARGET", help="Its translation, of the same format.")
        add_language_arguments(parser)

    def run(self, **options: Any) -> int:
        reading = ReadOptions(
            source_lang=language_of(options["source"], options["source_lang"], SOURCE_LANG),
            target_lang=language_of(options["target"], options["target_lang"], TARGET_LANG),
            zone=timezone.get_default_timezone(),
        )
        try:
            file_format = _common_format(options["source"], options["target"])
            source = self._blocks(file_format, options["source"], replace(reading, role="source"))
            target = self._blocks(file_format, options["target"], replace(reading, role="hypothesis"))
        except ReadError as error:
            self.say(str(error))
            return USAGE
        ours = aligned_sentences(source, reading.source_lang)
        theirs = aligned_sentences(target, reading.target_lang)
        self._emit_sentences("source", ours)
        self._emit_sentences("target", theirs)
        for bead in sentence_beads(ours, theirs, reading.source_lang, reading.target_lang):
            self.emit(
                {
                    "source": [_id("source", sentence) for sentence in ours[bead.source : bead.source_end]],
                    "target": [_id("target", sentence) for sentence in theirs[bead.target : bead.target_end]],
                    "confidence": round(bead.confidence, 4),
                }
            )
        return 0

    def _blocks(self, file_format: Format, path: Path, options: ReadOptions) -> list[ImportedBlock]:
        """The blocks of one article. Raises ReadError when any of it cannot be read."""
        blocks: list[ImportedBlock] = []
        for item in file_format.read(path, options):
            if isinstance(item, Rejected):
                raise ReadError(item.file, item.line, item.reason)
            if isinstance(item, Notice):
                self.say(f"{place(item)}: {item.message}")
            elif isinstance(item, ImportedArticle):
                blocks.extend(item.blocks)
            elif isinstance(item, ImportedRow):
                blocks.append(ImportedBlock(item.kind, item.source))
        return blocks

    def _emit_sentences(self, side: Side, sentences: Sequence[PlacedSource]) -> None:
        for sentence in sentences:
            self.emit(
                {
                    "id": _id(side, sentence),
                    "side": side,
                    "block": sentence.block,
                    "sentence": sentence.sentence,
                    "kind": sentence.kind,
                    "text": sentence.content.text,
                }
            )


def _id(side: Side, sentence: PlacedSource) -> str:
    """One id names one sentence of the whole output: both articles have a first sentence of a first block."""
    return f"{side}:p{sentence.block}.s{sentence.sentence}"


def _common_format(source: Path, target: Path) -> Format:
    """The format of both files. Raises UsageError for files of two formats or of one that is not taken."""
    ours, theirs = _format_of(source), _format_of(target)
    if ours is not theirs:
        raise UsageError(f"{source} and {target} are not of one format: give {_WANTED}.")
    return ours


def _format_of(path: Path) -> Format:
    found = next((known for known in _TAKEN if known.sniff(path, b"")), None)
    if found is None or path.is_dir():
        raise UsageError(f"{path} is {'a folder' if path.is_dir() else 'of another format'}: give {_WANTED}.")
    return found
