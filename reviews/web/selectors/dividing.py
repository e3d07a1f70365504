"""A division as the screen shows it: its fields, and the two texts that are to be joined."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.safestring import SafeString

from reviews.editing.dividing import text_before, were_one
from reviews.editing.portions import propose
from reviews.editing.texts import run_sources, sources_hash
from reviews.models import DivisionDraft, Placement, Segment
from reviews.values import to_marked
from reviews.web.access import Viewer
from reviews.web.rendering import to_html

from .article import Mark, marks_of


@dataclass(frozen=True, slots=True)
class Piece:
    """One source sentence of a run and the text it is to have."""

    segment: int
    number: int
    source_html: SafeString
    text: str


@dataclass(frozen=True, slots=True)
class Division:
    """The fields for dividing a text. `restored_at` says that they hold the viewer's own unsaved ones, kept then."""

    segment: int
    number: str
    pieces: Sequence[Piece]
    marks: Sequence[Mark]
    base: int
    source_hash: str
    sequence: int = 0
    restored_at: datetime | None = None
    #: What the viewer had typed for sentences that are not in the text any more.
    left_over: Sequence[str] = ()
    save_key: str = field(default_factory=lambda: uuid.uuid4().hex)


def division_of(segment: Segment, viewer: Viewer, typed: Mapping[int, str] | None = None) -> Division | None:
    """The fields for dividing the text that starts at a segment: what is `typed`, else the viewer's draft, else a
    proposal. None where it serves one sentence, or does not start there.
    """
    placements = run_sources(segment)
    if len(placements) < 2 or segment.covered_by_id is not None:
        return None
    target = segment.target()
    draft = DivisionDraft.objects.filter(segment=segment, person=viewer.person).first() if typed is None else None
    kept = {int(pk): str(text) for pk, text in draft.texts} if draft is not None else dict(typed or {})
    sources = [placement.source.content for placement in placements]
    if not kept and target is not None:
        proposed = propose(target.content, sources, segment.document.project.target_lang)
        kept = {p.segment_id: to_marked(text) for p, text in zip(placements, proposed, strict=True)}
    first = _position(placements[0])
    known = [
        code for content in (*sources, *([target.content] if target is not None else [])) for code in content.codes
    ]
    return Division(
        segment=segment.pk,
        number=f"{first}–{first + len(placements) - 1}",
        pieces=[
            Piece(p.segment_id, first + i, to_html(p.source.content), kept.pop(p.segment_id, ""))
            for i, p in enumerate(placements)
        ],
        marks=marks_of(known),
        base=draft.base if draft is not None else segment.latest_revision.number if segment.latest_revision else 0,
        source_hash=sources_hash(placements),
        sequence=draft.sequence if draft is not None else 0,
        restored_at=draft.updated_at if draft is not None else None,
        left_over=[text for text in kept.values() if text.strip()],
    )


def _position(placement: Placement) -> int:
    """The place of a segment in its article, from 1."""
    earlier = Placement.objects.filter(source_revision_id=placement.source_revision_id, rank__lt=placement.rank)
    return earlier.count() + 1


@dataclass(frozen=True, slots=True)
class Joining:
    """Two texts that were one, as somebody reads them before they are joined."""

    before: Segment
    segment: Segment
    text_before: str
    text: str
    base_before: int
    base: int
    save_key: str = field(default_factory=lambda: uuid.uuid4().hex)


def joining_of(segment: Segment) -> Joining | None:
    """The text that starts at a segment with the one it was divided from; None where there is none before it."""
    before = text_before(segment) if segment.covered_by_id is None else None
    if before is None or not were_one(before.pk, segment.pk):
        return None
    texts = [row.latest_revision for row in (before, segment)]
    if texts[0] is None or texts[1] is None:
        return None
    return Joining(before, segment, texts[0].text, texts[1].text, texts[0].number, texts[1].number)
