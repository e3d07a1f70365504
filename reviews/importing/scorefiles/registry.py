"""The score files that can be read, in the order in which they are asked whether a file is theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from reviews.importing.formats.base import Notice, ReadError
from reviews.importing.formats.text import opened

from . import appraise, mqm, segscore, spans
from .base import Judgement, Passed
from .places import Place

Reader = Callable[[Path, Sequence[Place], str], Iterator[Judgement | Notice | Passed]]


@dataclass(frozen=True, slots=True)
class ScoreFormat:
    """A format of score files. `by_line` are those that name no segments: they need a docs file.

    `protocol` is how such files were judged where nothing else is said; None where it may be a metric as well.
    """

    name: str
    title: str
    by_line: bool
    protocol: str | None
    is_like: Callable[[str, str], bool]
    read: Reader


def _is_mqm(name: str, first: str) -> bool:
    return {"rater", "category", "severity"} <= set(first.split("\t"))


def _is_appraise(name: str, first: str) -> bool:
    return first.startswith("annotator,") or first.count(f",{appraise.TRANSLATION},") == 1


FORMATS: tuple[ScoreFormat, ...] = (
    ScoreFormat("mqm", "MQM rows with <v> spans", False, "mqm", _is_mqm, lambda p, _, f: mqm.read_judgements(p, f)),
    ScoreFormat("esa", "Appraise CSV", False, "esa", _is_appraise, lambda p, _, f: appraise.read_judgements(p, f)),
    ScoreFormat("spans", ".seg.rating", True, "mqm", lambda n, _: n.endswith(".seg.rating"), spans.read_judgements),
    ScoreFormat("segscore", ".seg.score", True, None, lambda n, _: n.endswith(".seg.score"), segscore.read_judgements),
)

BY_NAME = {format_.name: format_ for format_ in FORMATS}

_HEAD = 65_536


def sniff(path: Path) -> ScoreFormat:
    """The format of a file by its name and first line. Raises ReadError naming the known ones."""
    file = str(path)
    with opened(path, file) as stream:
        head = stream.read(_HEAD).removeprefix(b"\xef\xbb\xbf")
    first = head.decode("utf-8", "replace").split("\n", 1)[0].removesuffix("\r")
    for format_ in FORMATS:
        if format_.is_like(path.name, first):
            return format_
    known = ", ".join(f"{format_.name} ({format_.title})" for format_ in FORMATS)
    raise ReadError(file, None, f"is no score file that can be told by itself. Name its format with --format: {known}.")
