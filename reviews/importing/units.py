"""What a file of any format holds, unit by unit: a source with one translation, for whoever looks into a file.

An import writes whole documents; here a good unit is given and a bad one refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from reviews.values import AlignedText, DocumentMeta, ImportedArticle, ImportedRow, PlacedSource, Rejected

from .aligning import align_article
from .formats.base import Format, Notice, ReadError, ReadOptions
from .formats.languages import KNOWN_CODES
from .formats.text import shown
from .segmenting import segment_source


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of a file. None is what the file does not say; `notes` is what it says besides.

    `unit` is the id the file gives, else the line, in a page `block.sentence` from 0. `state` is the file's word.
    """

    unit: str
    source: str
    target: str | None
    source_lang: str | None
    target_lang: str | None
    kind: str
    state: str | None = None
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def language_named(path: Path) -> str | None:
    """The language a file name says it is in, as `source.de` and `engine-a.en.html` do."""
    return next((code for suffix in reversed(path.suffixes) if (code := suffix[1:].lower()) in KNOWN_CODES), None)


def read_units(file_format: Format, path: Path, options: ReadOptions) -> Iterator[Unit | Rejected | Notice]:
    """The units of a file or folder in its order, what is refused and what is to be said.

    Of several translations `target` is that of `options.system`, else the first; the others are notes. A folder's
    translations are aligned to its source. Raises ReadError when the whole file is refused.
    """
    if not path.is_dir():
        # A single page does not say what it is; what it is here for is its text.
        options = replace(options, role="source") if file_format.name == "html" else options
    articles: list[ImportedArticle] = []
    for item in file_format.read(path, options):
        if isinstance(item, ImportedRow):
            yield _of_row(item, path.stem, options)
        elif isinstance(item, ImportedArticle):
            articles.append(item)
        else:
            yield item
    yield from _of_articles(articles, path, options)


def _of_row(row: ImportedRow, stem: str, options: ReadOptions) -> Unit:
    target, others = _one_of({name: text.text for name, text in row.hypotheses.items()}, options.system)
    references = [f"{_reference(name)}: {text.text}" for name, text in row.references.items()]
    document = [f"document: {row.document}"] if row.document != stem else []
    source_lang, target_lang = row.languages or (
        options.source_lang,
        None if target is None else options.target_lang,
    )
    return Unit(
        unit=row.id or str(row.line),
        source=row.source.text,
        target=target,
        source_lang=source_lang,
        target_lang=target_lang,
        kind=row.kind,
        state=row.state,
        notes=(*document, *row.notes, *others, *references, *_said_of_article(row.meta)),
    )


def _one_of(texts: Mapping[str, str], preferred: str) -> tuple[str | None, list[str]]:
    """The text to show as the target, and a note for each other one."""
    name = preferred if preferred in texts else next(iter(texts), None)
    return texts[name] if name is not None else None, [f"{n}: {text}" for n, text in texts.items() if n != name]


def _reference(name: str) -> str:
    return name if name == "reference" else f"reference {name}"


def _said_of_article(meta: DocumentMeta) -> list[str]:
    times = {"published": meta.published, "deadline": meta.deadline}
    said = {"section": meta.section, "url": meta.url} | {name: t.isoformat() for name, t in times.items() if t}
    return [f"{name}: {value}" for name, value in said.items() if value]


# --- pages -------------------------------------------------------------------------------------

#: What a translation says where each segment begins; a segment that stands with an earlier one is not among them.
_Texts = Mapping[int, AlignedText]


def _of_articles(articles: Sequence[ImportedArticle], path: Path, options: ReadOptions) -> Iterator[Unit | Notice]:
    if not articles:
        return
    source, *translations = articles
    if source.role != "source":
        raise ReadError(str(path), None, f"has no source.{options.source_lang}.html to read its translations beside.")
    segments = segment_source(source.blocks, source.language)
    texts: dict[str, _Texts] = {}
    for article in translations:
        aligned = align_article(segments, article.blocks, source.language, article.language)
        label = _reference(article.name) if article.role == "reference" else article.name
        texts[label] = {text.segment: text for text in aligned if text.segment is not None}
        for text in aligned:
            if text.segment is None:
                yield Notice(article.path, None, f"block {text.block} has no source: {shown(text.content.text)}.")
    systems = [article.name for article in translations if article.role == "hypothesis"]
    first = options.system if options.system in systems else next(iter(systems), None)
    for number, segment in enumerate(segments):
        yield _of_segment(number, segment, texts, first, options)


def _of_segment(
    number: int, segment: PlacedSource, texts: Mapping[str, _Texts], first: str | None, options: ReadOptions
) -> Unit:
    """One sentence of a page with the translation called `first`, and what the others say of it."""
    beginning = {label: given[number] for label, given in texts.items() if number in given}
    target = beginning[first].content.text if first in beginning else None
    others = [f"{label}: {text.content.text}" for label, text in beginning.items() if label != first]
    covering = [f"{label} covers {text.covers} sentences" for label, text in beginning.items() if text.covers > 1]
    covered = [f"{label} stands with a sentence before" for label in texts if label not in beginning]
    return Unit(
        unit=f"{segment.block}.{segment.sentence}",
        source=segment.content.text,
        target=target,
        source_lang=options.source_lang,
        target_lang=None if target is None else options.target_lang,
        kind=segment.kind,
        notes=(*others, *covering, *covered),
    )
