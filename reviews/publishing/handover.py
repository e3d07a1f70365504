"""Which text of a document goes out.

A document that is published exactly as it stands hands over the frozen text of that publication, whatever the
checks have learned to find since. Any other is read as it is now and must pass the gate. One that was published
and changed afterwards is refused until the change is approved too: what goes out is never older than what the
desk sees.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, TypeVar

from reviews.importing.raw import RawFileError, kept_raw, read_raw
from reviews.models import Document, Hypothesis, Publication, Reference, SegmentState, System
from reviews.models.layout import current_runs
from reviews.models.states import is_published_as_it_stands
from reviews.values import CodedText, DocumentMeta, sha256_hex

from .disclosure import DisclosureError, disclosure_line, engines_of, note_line
from .export.article import Article, ExportError, KeptFile, Piece, Told
from .gate import Missing, gate_of
from .standing import StandingRun, standing

#: `approved`: only what passed the gate. `any`: the targets as they are now, marked as a working copy.
State = Literal["approved", "any"]

#: Readers whose kept raw file is a page to write into.
PAGE_READERS = frozenset({"html"})
#: Readers whose kept raw file is a file of translations to write into.
FILE_READERS = frozenset({"xliff"})

Kept = TypeVar("Kept")
Aligned = TypeVar("Aligned", Hypothesis, Reference)


class NotReadyError(ExportError):
    """The document does not pass the gate; `missing` says what it lacks."""

    def __init__(self, missing: Sequence[Missing], published: Publication | None) -> None:
        self.missing = tuple(missing)
        super().__init__(
            f"It changed after it was published as number {published.number}, and the change is not approved."
            if published
            else "It is not approved as it stands."
        )


@dataclass(frozen=True, slots=True)
class HandedOver:
    """An article ready to be written, and the number of the publication whose frozen text it is."""

    article: Article
    publication: int | None


def hand_over(document: Document, *, state: State, with_page: bool, with_file: bool = False) -> HandedOver:
    """The document as values for a writer; `with_page` asks for its kept source page too, `with_file` for the kept
    file of translations it came from.

    Raises NotReadyError when only approved text may go out and something is missing, and ExportError when the
    document has no source, its publication was tampered with or what it came from is not kept any more.
    """
    released = document.latest_publication
    if state == "approved" and released is not None and is_published_as_it_stands(document):
        return HandedOver(
            _with_translations(document, _frozen(document, released, with_page, with_file)), released.number
        )
    runs = standing(document)
    missing = gate_of(document, runs).missing if state == "approved" else ()
    if missing:
        raise NotReadyError(missing, released)
    article = standing_article(document, runs, reviewed=state == "approved", with_page=with_page, with_file=with_file)
    return HandedOver(_with_translations(document, article), None)


def standing_article(
    document: Document, runs: Sequence[StandingRun], *, reviewed: bool, with_page: bool, with_file: bool = False
) -> Article:
    """The document with the texts that would be published now, without those of engines and references.

    `reviewed` says that it passed the gate. Raises ExportError where it has no source or its page is not kept any more.
    """
    source = document.current_source
    if source is None:
        raise ExportError("It has no source text. Import its page first.")
    return Article(
        document=document.external_id,
        meta=_meta(document),
        source_lang=document.project.source_lang,
        target_lang=document.project.target_lang,
        reviewed=reviewed,
        closing_line=_closing_line(document, runs) if reviewed else _notice(runs),
        pieces=tuple(_standing_pieces(runs)),
        page=_page(source.reader, source.raw_hash) if with_page else None,
        file=_file(source.reader, source.raw_hash, source.raw_name) if with_file else None,
    )


def _frozen(document: Document, publication: Publication, with_page: bool, with_file: bool) -> Article:
    """The article as its publication froze it."""
    if sha256_hex(publication.body) != publication.content_hash:
        raise ExportError(
            f"Publication number {publication.number} does not match its hash: it was changed in storage."
        )
    body = json.loads(publication.body)
    source, published = body["source_revision"], body["published"]
    return Article(
        document=document.external_id,
        meta=_meta(document),
        source_lang=body["source_lang"],
        target_lang=body["target_lang"],
        reviewed=True,
        closing_line=body["disclosure"],
        notes=tuple(_told(note, body["target_lang"]) for note in body.get("notes", ())),
        first_published=datetime.fromisoformat(published.get("first", published["at"])),
        published=datetime.fromisoformat(published["at"]),
        pieces=tuple(_frozen_pieces(body["segments"])),
        page=_page(source["reader"], source["raw_hash"]) if with_page else None,
        file=_file(source["reader"], source["raw_hash"], source["raw_name"]) if with_file else None,
    )


def _standing_pieces(runs: Sequence[StandingRun]) -> Iterator[Piece]:
    placements = [placement for run in runs for placement in run.placements]
    ids = _file_ids([(placement.segment_id, placement.segment.external_id) for placement in placements])
    for run in runs:
        for placement in run.placements:
            leads = placement is run.leader
            yield Piece(
                segment=placement.segment_id,
                id=ids[placement.segment_id],
                kind=placement.kind,
                block=placement.block,
                source=placement.source.content,
                target=run.target.content if run.target is not None and leads else None,
                state=run.state.value,
                locator=placement.locator,
                covered_by=None if leads else ids[run.leader.segment_id],
                added=placement.added,
            )


def _frozen_pieces(segments: Sequence[Mapping[str, Any]]) -> Iterator[Piece]:
    ids = _file_ids([(row["segment"], row["id"]) for row in segments])
    for row in segments:
        yield Piece(
            segment=row["segment"],
            id=ids[row["segment"]],
            kind=row["kind"],
            block=row["block"],
            source=_coded(row["source"]),
            target=_coded(row["target"]) if row["target"] else None,
            state=SegmentState.APPROVED.value,
            locator=row["locator"],
            covered_by=ids[row["covered_by"]] if row["covered_by"] else None,
            added=row.get("added", False),
        )


def _coded(text: Mapping[str, Any]) -> CodedText:
    return CodedText.from_json(text["text"], text["codes"])


def _file_ids(segments: Sequence[tuple[int, str]]) -> dict[int, str]:
    """The id the file gave each segment, for one that had none its place; no id stands for two segments."""
    taken = {external_id for _, external_id in segments}
    ids: dict[int, str] = {}
    for position, (segment, external_id) in enumerate(segments, 1):
        place = str(position) if str(position) not in taken else f"segment-{segment}"
        ids[segment] = external_id or place
    return ids


def _with_translations(document: Document, article: Article) -> Article:
    """The article with what the engines and the reference translators made of exactly these sources.

    They are read anew for a publication too: only its own text is frozen.
    """
    hypotheses = Hypothesis.objects.filter(document=document).select_related("system").order_by("system__position")
    by_system = _current_by_name(((row.system.label, row) for row in hypotheses), article.pieces)
    references = Reference.objects.filter(document=document).order_by("name")
    by_name = _current_by_name(((row.name, row) for row in references), article.pieces)
    pieces = tuple(
        replace(piece, hypotheses=by_system.get(piece.segment, {}), references=by_name.get(piece.segment, {}))
        for piece in article.pieces
    )
    systems = System.objects.filter(project=document.project_id).order_by("position")
    return replace(article, pieces=pieces, systems=tuple(system.label for system in systems))


def _current_by_name(rows: Iterable[tuple[str, Aligned]], pieces: Sequence[Piece]) -> dict[int, dict[str, CodedText]]:
    """Per segment the texts that start there, by name."""
    order = [piece.segment for piece in pieces if not piece.added]
    hashes = [piece.source.content_hash for piece in pieces if not piece.added]
    grouped: dict[str, list[Aligned]] = {}
    for name, row in rows:
        grouped.setdefault(name, []).append(row)
    found: dict[int, dict[str, CodedText]] = {}
    for name, group in grouped.items():
        for segment, row in current_runs(group, order, hashes).items():
            found.setdefault(segment, {})[name] = row.content
    return found


def _meta(document: Document) -> DocumentMeta:
    return DocumentMeta(
        title=document.title or None,
        section=document.section or None,
        url=document.url or None,
        author=document.author or None,
        published=document.published_at,
        deadline=document.deadline_at,
        reach=document.reach,
    )


def _told(note: Mapping[str, str], target_lang: str) -> Told:
    at = datetime.fromisoformat(note["at"])
    return Told(note["kind"], note_line(note["kind"], note["text"], at, target_lang))


def _closing_line(document: Document, runs: Sequence[StandingRun]) -> str:
    try:
        return disclosure_line(document.project, engines_of(runs))
    except DisclosureError as error:
        raise ExportError(str(error)) from error


def _notice(runs: Sequence[StandingRun]) -> str:
    total = sum(len(run.placements) for run in runs)
    approved = sum(len(run.placements) for run in runs if run.state == SegmentState.APPROVED)
    return f"Working copy, not reviewed for publication: {approved} of {total} segments are approved."


def _page(reader: str, raw_hash: str) -> bytes | None:
    return _kept(read_raw, raw_hash) if reader in PAGE_READERS else None


def _file(reader: str, raw_hash: str, name: str) -> KeptFile | None:
    return KeptFile(_kept(kept_raw, raw_hash), name) if reader in FILE_READERS else None


def _kept(read: Callable[[str], Kept], raw_hash: str) -> Kept:
    try:
        return read(raw_hash)
    except RawFileError as error:
        raise ExportError(str(error)) from error
