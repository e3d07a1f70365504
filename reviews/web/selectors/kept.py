"""What somebody typed and did not save: what comes back into the field, and texts kept beside the saved one."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from reviews.models import Draft, DraftKind, Lane, Revision, Segment
from reviews.values import in_batches, to_marked
from reviews.web.access import Viewer
from reviews.web.diffs import DiffPiece, ThreeWay, three_way


@dataclass(frozen=True, slots=True)
class Field:
    """An open text field: what stands in it and what a save of it starts from.

    `restored_at` says that this is the viewer's own unsaved text, kept by the server at that time for the page `tab`;
    `sequence` says which state of it.
    """

    text: str
    base: int
    started_from: int | None = None
    origin: str = ""
    sequence: int = 0
    tab: str = ""
    restored_at: datetime | None = None
    save_key: str = field(default_factory=lambda: uuid.uuid4().hex)


@dataclass(frozen=True, slots=True)
class KeptText:
    """A text beside the saved one: a save that came too late (`refused`), or typing of another page of the viewer's.

    `ways` holds it against the saved text and the one that both began with.
    """

    draft: int
    sequence: int
    author: str
    mine: bool
    refused: bool
    at: datetime
    text: str
    ways: ThreeWay

    @property
    def theirs(self) -> list[DiffPiece]:
        """What the saved text made of the one both began with."""
        return self.ways.pieces("theirs")

    @property
    def own(self) -> list[DiffPiece]:
        """What the kept text made of it."""
        return self.ways.pieces("mine")

    @property
    def merged(self) -> list[DiffPiece]:
        """The changes of both, where they can be taken together and that says something new."""
        return self.ways.pieces("merged") if self.ways.merged else []


class ShownRow(Protocol):
    """What is asked of a row to hold texts against the one it shows."""

    @property
    def segment(self) -> Segment: ...
    @property
    def base(self) -> int: ...
    @property
    def marked(self) -> str: ...


@dataclass(slots=True)
class Unsaved:
    """The drafts that concern a viewer, by segment, the last one kept coming last."""

    viewer: Viewer
    drafts: dict[int, list[Draft]] = field(default_factory=dict)
    bases: dict[tuple[int, int], str] = field(default_factory=dict)

    def field_of(self, row: ShownRow) -> Field | None:
        """The field with the viewer's unsaved text; None where there is none that differs from the saved one."""
        draft = self._in_field(row)
        if draft is None or draft.text.strip() == row.marked:
            return None
        return Field(draft.text, draft.base, sequence=draft.sequence, tab=draft.tab, restored_at=draft.updated_at)

    def kept_of(self, row: ShownRow) -> list[KeptText]:
        """Everything else that is kept and differs from the saved text; what was refused is shown even so."""
        in_field = self._in_field(row)
        return [
            self._kept(draft, row)
            for draft in self.drafts.get(row.segment.pk, ())
            if draft is not in_field and (draft.kind == DraftKind.REFUSED or draft.text.strip() != row.marked)
        ]

    def _in_field(self, row: ShownRow) -> Draft | None:
        """What the viewer's page has in its field, or takes up when it opens: the newest that differs."""
        typing = [draft for draft in self.drafts.get(row.segment.pk, ()) if draft.kind == DraftKind.TYPING]
        own = [draft for draft in typing if self.viewer.tab and draft.tab == self.viewer.tab]
        differing = own or [draft for draft in typing if draft.text.strip() != row.marked]
        return differing[-1] if differing else None

    def _kept(self, draft: Draft, row: ShownRow) -> KeptText:
        return KeptText(
            draft=draft.pk,
            sequence=draft.sequence,
            author=self.viewer.name_of(draft.person),
            mine=draft.person_id == self.viewer.person.pk,
            refused=draft.kind == DraftKind.REFUSED,
            at=draft.updated_at,
            text=draft.text,
            ways=three_way(self._base_of(draft, row), row.marked, draft.text),
        )

    def _base_of(self, draft: Draft, row: ShownRow) -> str:
        if draft.base == row.base:
            return row.marked
        chosen = row.segment.chosen
        return self.bases.get((draft.segment_id, draft.base), to_marked(chosen.content) if chosen is not None else "")


def unsaved(viewer: Viewer, segments: Iterable[Segment | int], lane: Lane = Lane.MAIN) -> Unsaved:
    """What is kept on these segments in a lane: the viewer's own, and in the main lane everybody's refused texts.

    Only for people who edit.
    """
    found = Unsaved(viewer)
    if not viewer.may_edit:
        return found
    for part in in_batches(segments):
        rows = Draft.objects.filter(segment__in=part, lane=lane).select_related("person")
        own = rows.filter(person=viewer.person)
        concerned = own if lane == Lane.BLIND else own | rows.filter(kind=DraftKind.REFUSED)
        for draft in concerned.order_by("updated_at", "pk"):
            found.drafts.setdefault(draft.segment_id, []).append(draft)
    found.bases = _bases([draft for drafts in found.drafts.values() for draft in drafts], lane)
    return found


def text_with_both(draft: Draft) -> tuple[int, str]:
    """A kept text together with what was saved in its lane since, and the number of the revision that was.

    The text is empty where the two cannot be taken together.
    """
    rows = Revision.objects.filter(segment=draft.segment_id, lane=draft.lane).order_by("-number")
    latest = rows.first()
    if latest is None:
        return 0, ""
    chosen = draft.segment.chosen
    base = _bases([draft], Lane(draft.lane)).get((draft.segment_id, draft.base))
    if base is None:
        base = to_marked(chosen.content) if chosen is not None else ""
    return latest.number, three_way(base, to_marked(latest.content), draft.text).merged


def _bases(drafts: Sequence[Draft], lane: Lane) -> dict[tuple[int, int], str]:
    """The texts that drafts began with, by segment and number; what began with the machine's text has none."""
    begun = {(draft.segment_id, draft.base) for draft in drafts if draft.base}
    found: dict[tuple[int, int], str] = {}
    for part in in_batches(sorted(begun)):
        rows = Revision.objects.filter(
            lane=lane, segment__in={segment for segment, _ in part}, number__in={number for _, number in part}
        )
        found |= {(row.segment_id, row.number): to_marked(row.content) for row in rows}
    return found
