"""A whole import: files in, documents written one by one, everything refused named with its place.

Rows are read twice. The first pass checks every row and learns which documents have to be refused, the second
writes the others; so a bad row never leaves half a document behind, and memory does not grow with the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from django.db import transaction

from reviews.models import Document, ImportBatch, Project
from reviews.models.states import placed_sources
from reviews.values import (
    AlignedText,
    DocumentMeta,
    ImportedArticle,
    ImportedRow,
    PlacedSource,
    Rejected,
)

from .aligning import align_article
from .formats.base import Format, Notice, ReadError, ReadOptions
from .raw import store_raw_file
from .report import (
    DocumentReport,
    alignment_report,
    length_outliers,
    preview,
)
from .segmenting import segment_source
from .service import (
    DocumentResult,
    ImportRefusedError,
    PreparedDocument,
    SourceMovedError,
    SystemCache,
    finish_batch,
    import_document,
)
from .splitting import Languages, SplitError, segment_rows, texts_of

#: Called in the transaction of each document that was written, to queue what follows.
AfterDocument = Callable[[Document, ImportBatch], object]
Say = Callable[[str], None]

#: Of so many documents an import keeps the reports; the others are counted. Memory must not grow with the import.
REPORTS_KEPT = 500

#: A report names so many rejected rows of its document.
REJECTED_REPORTED = 20

#: A counter line every so many documents.
PROGRESS_EVERY = 50


@dataclass(slots=True)
class Tally:
    """What an import did, counted, with everything refused and everything without a source.

    `reports` are those of the first REPORTS_KEPT documents, `reports_left_out` says how many more there were.
    """

    documents: Counter[str] = field(default_factory=Counter)
    segments: Counter[str] = field(default_factory=Counter)
    hypotheses: Counter[str] = field(default_factory=Counter)
    references: Counter[str] = field(default_factory=Counter)
    unaligned: list[dict[str, Any]] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    reports: list[DocumentReport] = field(default_factory=list)
    reports_left_out: int = 0

    def report(self, report: DocumentReport) -> None:
        if len(self.reports) < REPORTS_KEPT:
            self.reports.append(report)
        else:
            self.reports_left_out += 1

    def add(self, prepared: PreparedDocument, result: DocumentResult) -> None:
        self.documents[result.outcome] += 1
        self.segments += result.segments
        for counts in result.hypotheses.values():
            self.hypotheses += counts
        for counts in result.references.values():
            self.references += counts
        for system, rows in prepared.hypotheses.items():
            self.unaligned += [
                {
                    "document": prepared.external_id,
                    "system": system,
                    "block": row.block,
                    "text": row.content.text,
                    "reason": row.reason,
                }
                for row in rows
                if row.segment is None
            ]

    def took_something(self) -> bool:
        return any(self.documents[outcome] for outcome in ("new", "changed", "same"))

    def counts(self) -> dict[str, dict[str, int]]:
        """The four counts of documents, segments, hypotheses and references."""
        names = ("new", "changed", "same", "rejected")
        return {
            what: {name: getattr(self, what)[name] for name in names}
            for what in ("documents", "segments", "hypotheses", "references")
        }


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document to be written, and the sources its translations were aligned to."""

    document: PreparedDocument
    sources: Sequence[PlacedSource]


class Importer:
    """One import into one project: give it files, then `finish` it.

    With `split` a row of several sentences becomes as many segments.
    """

    def __init__(
        self,
        project: Project,
        batch: ImportBatch | None,
        *,
        after_document: AfterDocument,
        say: Say,
        dry_run: bool = False,
        split: bool = False,
    ) -> None:
        self.project = project
        self.batch = batch
        self.after_document = after_document
        self.say = say
        self.dry_run = dry_run
        self.split = Languages(project.source_lang, project.target_lang) if split else None
        self.tally = Tally()
        self._systems: SystemCache = {}
        self._noticed: set[str] = set()

    def _take(self, prepare: Callable[[], Prepared], document: str, file: str) -> None:
        """Prepare and write one document; one that cannot be written is refused and named.

        If its source moved meanwhile it is prepared once more, with nobody else at it.
        """
        try:
            try:
                prepared = prepare()
                result = self._import(prepared.document)
            except SourceMovedError:
                with transaction.atomic():
                    Document.objects.select_for_update().filter(project=self.project, external_id=document).first()
                    prepared = prepare()
                    result = self._import(prepared.document)
        except ImportRefusedError as error:
            self.refuse(Rejected(file, error.line, str(error), document))
            return
        self._taken(prepared, result, file)

    def _import(self, prepared: PreparedDocument) -> DocumentResult:
        if self.project.pk is None:
            return _as_new(prepared)
        batch = self.batch
        written = False
        try:
            result = import_document(
                self.project,
                prepared,
                batch,
                dry_run=self.dry_run,
                systems=self._systems,
                then=(lambda document: self.after_document(document, batch)) if batch is not None else None,
            )
            written = not self.dry_run
        finally:
            if not written:
                # A system that was made for this document went with it.
                self._systems.clear()
        return result

    def _taken(self, prepared: Prepared, result: DocumentResult, file: str) -> None:
        self.tally.add(prepared.document, result)
        self._report(document_report(prepared.document, result, file, prepared.sources))
        done = sum(self.tally.documents.values())
        if done % PROGRESS_EVERY == 0:
            self.say(f"{done} documents …")

    def _report(self, report: DocumentReport) -> None:
        self.tally.report(report)
        if self.dry_run:
            for line in report.lines():
                self.say(line)

    def reject(self, rejected: Rejected) -> None:
        """Name something that is not taken."""
        self.tally.rejected.append(rejected)
        place = f"{rejected.file}:{rejected.line}" if rejected.line else rejected.file
        self.say(f"{place}: {rejected.reason}")

    def refuse(self, document: Rejected) -> None:
        """Name a whole document that is not taken."""
        self.reject(document)
        self.tally.documents["rejected"] += 1
        self._report(DocumentReport(document.document, document.file, "", "rejected", rejected=(document,)))

    def notice(self, notice: Notice) -> None:
        """Say once what a reader noticed."""
        place = f"{notice.file}:{notice.line}" if notice.line else notice.file
        text = f"{place}: {notice.message}"
        if text not in self._noticed:
            self._noticed.add(text)
            self.tally.notices.append(text)
            self.say(text)

    def take_file(self, file_format: Format, path: Path, options: ReadOptions, *, name: str | None = None) -> None:
        """Import what a file or a folder holds; a file that cannot be read at all is refused and named."""
        try:
            survey = self._survey(file_format, path, options, name)
            self.tally.documents["rejected"] += len(survey.refused)
            self.tally.segments["rejected"] += survey.refused_rows()
            for report in survey.reports():
                self._report(report)
            if survey.articles:
                self._take_articles(survey, file_format)
            else:
                self._take_rows(survey, file_format, path, options, name)
        except ReadError as error:
            self.refuse(error.rejected())

    def _survey(self, file_format: Format, path: Path, options: ReadOptions, name: str | None) -> _Survey:
        survey = _Survey(name or str(path))
        for item in file_format.read(path, options, name=name):
            if isinstance(item, Notice):
                self.notice(item)
            elif isinstance(item, Rejected):
                self.reject(item)
                survey.bad_row(item)
            elif isinstance(item, ImportedArticle):
                survey.articles.append(item)
            elif problem := survey.row(item):
                self.reject(problem)
        return survey

    def _take_rows(
        self, survey: _Survey, file_format: Format, path: Path, options: ReadOptions, name: str | None
    ) -> None:
        raw_hash = "" if self.dry_run else store_raw_file(path)
        items = file_format.read(path, options, name=name)
        good = (item for item in items if isinstance(item, ImportedRow) and item.document not in survey.refused)
        for document, group in groupby(good, key=lambda row: row.document):
            rows = list(group)
            prepare = partial(
                self._prepare_rows, document, rows, reader=file_format.name, raw_hash=raw_hash, raw_name=path.name
            )
            self._take(prepare, document, survey.file)

    def _prepare_rows(self, document: str, rows: Sequence[ImportedRow], **origin: str) -> Prepared:
        prepared = prepare_rows(document, rows, split=self.split, **origin)
        return Prepared(prepared, prepared.segments or ())

    def _take_articles(self, survey: _Survey, file_format: Format) -> None:
        by_document: dict[str, list[ImportedArticle]] = {}
        for article in survey.articles:
            by_document.setdefault(article.document, []).append(article)
        for document, articles in by_document.items():
            if document not in survey.refused:
                self._take(partial(self._prepare_article, document, articles, file_format), document, survey.file)

    def _prepare_article(self, document: str, articles: Sequence[ImportedArticle], file_format: Format) -> Prepared:
        """One article: its source, or translations of the source that is there already."""
        source = next((article for article in articles if article.role == "source"), None)
        aligned_to = None
        if source is not None:
            segments = segment_source(source.blocks, self.project.source_lang)
        else:
            segments, aligned_to = stored_segments(self.project, document)
        aligned = {
            (article.role, article.name): align_article(
                segments, article.blocks, self.project.source_lang, self.project.target_lang
            )
            for article in articles
            if article.role != "source"
        }
        prepared = PreparedDocument(
            external_id=document,
            meta=source.meta if source is not None else DocumentMeta(),
            segments=tuple(segments) if source is not None else None,
            hypotheses={name: texts for (role, name), texts in aligned.items() if role == "hypothesis"},
            references={name: texts for (role, name), texts in aligned.items() if role == "reference"},
            aligned_to=aligned_to,
            reader=file_format.name,
            raw=source.raw if source is not None else None,
            raw_name=Path(source.path).name if source is not None else "",
        )
        return Prepared(prepared, segments)

    def finish(self, error: str = "") -> None:
        if self.batch is not None:
            finish_batch(
                self.batch,
                counts=dict(self.tally.counts()),
                rejected=[rejected.to_json() for rejected in self.tally.rejected],
                unaligned=self.tally.unaligned,
                error=error,
            )


class _Survey:
    """What the first pass over a file learns: which documents are refused, and how many rows each has."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.refused: set[str] = set()
        self.articles: list[ImportedArticle] = []
        self.rows: Counter[str] = Counter()
        self._rejected: dict[str | None, list[Rejected]] = {}
        self._began: dict[str, int] = {}
        self._current: str | None = None

    def row(self, row: ImportedRow) -> Rejected | None:
        """Note a good row; a Rejected when its document stands apart in the file."""
        self.rows[row.document] += 1
        if row.document == self._current:
            return None
        self._current = row.document
        began = self._began.setdefault(row.document, row.line)
        if began == row.line:
            return None
        self.refused.add(row.document)
        apart = Rejected(
            self.file,
            row.line,
            f"rows of document {row.document!r} stand apart (they began in line {began}). Sort the file by document.",
            row.document,
        )
        self._keep(apart)
        return apart

    def bad_row(self, row: Rejected) -> None:
        self._keep(row)
        if row.document is not None:
            self.rows[row.document] += 1
            self.refused.add(row.document)

    def _keep(self, row: Rejected) -> None:
        kept = self._rejected.setdefault(row.document, [])
        if len(kept) < REJECTED_REPORTED:
            kept.append(row)

    def reports(self) -> Iterator[DocumentReport]:
        """One of each refused document, and one of the rows that belong to none."""
        for document, rows in self._rejected.items():
            yield DocumentReport(document, self.file, "", "rejected", rejected=tuple(rows))

    def refused_rows(self) -> int:
        return sum(self.rows[document] for document in self.refused)


def stored_segments(project: Project, external_id: str) -> tuple[list[PlacedSource], int | None]:
    """The segments of the source that is in the database, for translations that come later, and the revision's id.

    Empty and None if there is none.
    """
    document = Document.objects.filter(project=project, external_id=external_id).first()
    if document is None or document.current_source_id is None:
        return [], None
    segments = [
        PlacedSource(p.source.content, p.kind, p.block, p.sentence, p.segment.external_id, p.locator)
        for p in placed_sources(document)
    ]
    return segments, document.current_source_id


def _as_new(prepared: PreparedDocument) -> DocumentResult:
    """What a dry run into a project that is not made yet would write: everything."""
    return DocumentResult(
        document=None,
        outcome="new",
        segments=Counter(new=len(prepared.segments or ())),
        hypotheses=_placed(prepared.hypotheses),
        references=_placed(prepared.references),
    )


def _placed(texts: Mapping[str, Sequence[AlignedText]]) -> dict[str, Counter[str]]:
    return {name: Counter(new=sum(row.segment is not None for row in rows)) for name, rows in texts.items()}


def document_report(
    prepared: PreparedDocument, result: DocumentResult, file: str, sources: Sequence[PlacedSource]
) -> DocumentReport:
    """The report of a document that was taken; `sources` are those its translations were aligned to."""
    # An engine and a reference of one name would share a line: the engine's stands.
    translations = {**prepared.references, **prepared.hypotheses}
    translations = {name: translations[name] for name in dict.fromkeys([*prepared.hypotheses, *prepared.references])}
    headline = next((piece.content.text for piece in sources if piece.kind == "headline"), "")
    return DocumentReport(
        document=prepared.external_id,
        file=file,
        title=prepared.meta.title or headline,
        outcome=result.outcome,
        segments=result.segments,
        hypotheses=result.hypotheses,
        references=result.references,
        alignment={name: alignment_report(texts) for name, texts in translations.items()},
        length_outliers=length_outliers(sources, translations),
        pairs=preview(sources, translations),
    )


def prepare_rows(
    document: str,
    rows: Sequence[ImportedRow],
    *,
    reader: str,
    raw_hash: str,
    raw_name: str,
    split: Languages | None = None,
) -> PreparedDocument:
    """One document from its rows: a segment a row, nothing split or aligned again unless `split` asks for it.

    Raises ImportRefusedError for rows that cannot be split.
    """
    try:
        segmented = segment_rows(rows, split)
    except SplitError as error:
        raise ImportRefusedError(error.reason, error.line) from error
    systems = dict.fromkeys(name for row in rows for name in row.hypotheses)
    references = dict.fromkeys(name for row in rows for name in row.references)
    return PreparedDocument(
        external_id=document,
        meta=rows[0].meta,
        segments=tuple(segment for entry in segmented for segment in entry.segments),
        hypotheses={
            name: tuple(texts_of(segmented, (row.hypotheses.get(name) for row in rows), split)) for name in systems
        },
        references={
            name: tuple(texts_of(segmented, (row.references.get(name) for row in rows), split)) for name in references
        },
        reader=reader,
        raw_hash=raw_hash,
        raw_name=raw_name,
    )
