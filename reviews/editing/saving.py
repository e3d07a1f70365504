"""Saving a human text: one revision a save, never over somebody else's."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from reviews.models import (
    DecisionKind,
    Document,
    Draft,
    DraftKind,
    Hypothesis,
    Lane,
    Origin,
    Person,
    Placement,
    Revision,
    Segment,
    SegmentState,
)
from reviews.models.audit import append_event
from reviews.models.document import EDITED_STATES
from reviews.routing.work import waiting_for_skill_of
from reviews.values import CodedText, to_marked

from .deciding import DecisionError, record_decision
from .lanes import Desk, desk_of, finish
from .locking import lock_segment
from .parts import derived_from_parts, parts_named
from .permissions import EDIT, require
from .tabs import UNNAMED, Tab, end_typing
from .texts import TextError, known_codes, parse_typed, run_sources, share_kept, sources_hash


@dataclass(frozen=True, slots=True)
class Saved:
    """The text is in the record. `created` is False when it was there already (a repeated or unchanged save)."""

    revision: Revision
    created: bool


@dataclass(frozen=True, slots=True)
class Stale:
    """Somebody saved meanwhile: nothing was overwritten, the refused text is kept as a draft beside `latest`."""

    latest: Revision
    refused: Draft


@transaction.atomic
def save_revision(
    *,
    segment_id: int,
    person: Person,
    typed: str,
    base: int,
    origin: str | None = None,
    started_from_id: int | None = None,
    parts: Collection[int] = (),
    save_key: str | None = None,
    reviewed: bool = False,
    lane: Lane = Lane.MAIN,
    tab: Tab | None = UNNAMED,
    via: str = "web",
) -> Saved | Stale:
    """Save a typed text (codes as marks) as the segment's next revision in a lane.

    `base` is the number of the revision the person had before them (0: none yet). When it is no longer the
    latest, nothing is written over: the text is kept as a refused draft and Stale comes back. The same request
    again (`save_key`) gives the same revision again; a text equal to the latest one makes no new revision.
    `started_from_id` is the engine's text it started from, `parts` are ids of those of which a part was put in.
    With `reviewed` the person also says that the segment is done; said again of a text that is reviewed or
    approved already, it adds nothing, so that a repeated request never takes an approval away. Only of a reviewed
    text that waits for a specialist, the word of one counts beside the editor's. Only the typing of the `tab` ends with
    it, of none where the text does not come from a field: what is kept of another text the person is typing stays.

    Raises NotAllowedError (LaneError for somebody who is kept out of the lane), TextError and values.MarkError; then
    nothing was written.
    """
    document, segment = lock_segment(segment_id)
    require(document.project, person, EDIT, _("edit texts"))
    refuse_if_unreachable(segment)
    repeated = saved_before(segment, person, save_key)
    if repeated is not None:
        return Saved(repeated, created=False)
    placements = run_sources(segment)
    desk = desk_of(segment, person, lane, placements)
    content = parse_typed(typed, known_codes(segment, placements, desk.revision))
    if not content.text:
        raise TextError(_("The text is empty. To leave this segment out of the article, omit it and say why."))

    latest = desk.revision
    if latest is not None and latest.content == content:
        saved = Saved(latest, created=False)
    elif base != desk.base:
        end_typing(segment, person, lane, tab=tab, text=typed)
        return _refuse(document, segment, person, typed, base, desk, via)
    else:
        started_from = _started_from(segment, desk, started_from_id)
        goes_on = () if started_from_id is not None else parts_named(desk.revision)
        revision = write_revision(
            document,
            segment,
            placements,
            desk=desk,
            person=person,
            content=content,
            origin=origin,
            started_from=started_from,
            derived_from=derived_from_parts(segment, {*parts, *goes_on}, content, started_from),
            save_key=save_key,
            via=via,
        )
        saved = Saved(revision, created=True)
    end_typing(segment, person, lane, tab=tab, text=typed)
    decided = reviewed and (saved.created or desk.state not in EDITED_STATES or _is_asked_for(segment, person, desk))
    if decided:
        record_decision(
            document,
            segment,
            saved.revision,
            placements,
            person=person,
            kind=DecisionKind.REVIEWED,
            via=via,
        )
    finish(document, placements, desk, decided=decided, via=via)
    return saved


@transaction.atomic
def accept(
    *,
    segment_id: int,
    person: Person,
    base: int,
    seen_hash: str | None = None,
    save_key: str | None = None,
    lane: Lane = Lane.MAIN,
    via: str = "web",
) -> Saved | Stale:
    """Say that the text as it stands is right: the machine's text becomes a revision, then a reviewed decision.

    Only the text the person had before them is accepted: revision number `base`, and where `seen_hash` is given
    the text with that content hash. Raises DecisionError when another text stands there now, and whatever
    `save_revision` raises.
    """
    document, segment = lock_segment(segment_id)
    require(document.project, person, EDIT, _("edit texts"))
    repeated = saved_before(segment, person, save_key)
    if repeated is not None:
        return Saved(repeated, created=False)
    desk = desk_of(segment, person, lane, run_sources(segment))
    target = desk.revision or segment.chosen
    if target is None:
        raise TextError(_("There is no text to accept yet. Type one and save it."))
    if base != desk.base or seen_hash not in (None, target.content_hash):
        raise DecisionError(_("Another text came in meanwhile. Read it, then accept it."))
    return save_revision(
        segment_id=segment_id,
        person=person,
        typed=to_marked(target.content),
        base=base,
        origin=Origin.ACCEPTED,
        save_key=save_key,
        reviewed=True,
        lane=lane,
        tab=None,
        via=via,
    )


def _is_asked_for(segment: Segment, person: Person, desk: Desk) -> bool:
    """Whether a text that somebody else reviewed waits for the word of this person, who has the skill for it."""
    waits = desk.lane == Lane.MAIN and desk.state == SegmentState.REVIEWED
    return waits and segment.pk in waiting_for_skill_of(segment.document, [segment], person)


def saved_before(segment: Segment, person: Person, save_key: str | None) -> Revision | None:
    """What the same request wrote when it came the first time."""
    if not save_key:
        return None
    return Revision.objects.filter(segment=segment, author=person, save_key=save_key).first()


def refuse_if_unreachable(segment: Segment) -> None:
    """Raise TextError for a segment that left the article or whose text is written elsewhere."""
    if segment.covered_by_id is not None:
        raise TextError(
            _("This segment is translated together with the one before it. Edit the text there: it serves both.")
        )
    if not Placement.objects.filter(source_revision_id=segment.document.current_source_id, segment=segment).exists():
        raise TextError(_("The German of this segment was taken out of the article; its text is kept in the history."))


def write_revision(
    document: Document,
    segment: Segment,
    placements: list[Placement],
    *,
    desk: Desk,
    person: Person,
    content: CodedText,
    origin: str | None,
    started_from: Hypothesis | None,
    derived_from: Sequence[Mapping[str, object]] = (),
    save_key: str | None = None,
    via: str = "web",
) -> Revision:
    """Write the next revision of a run in a lane and its audit event. The caller holds the lock and finishes.

    `derived_from` names what it was made from beside the hypothesis.
    """
    unchanged = started_from is not None and desk.revision is None and started_from.content == content
    revision = add_revision(
        document,
        segment,
        placements,
        desk=desk,
        person=person,
        content=content,
        origin=Origin.ACCEPTED if unchanged else origin if origin and origin != Origin.ACCEPTED else Origin.TYPED,
        started_from=started_from,
        derived_from=derived_from,
        save_key=save_key,
    )
    append_event(
        document,
        action="revision.saved",
        person=person,
        data={
            "lane": desk.lane.value,
            "segment": segment.pk,
            "revision": revision.pk,
            "number": revision.number,
            "origin": revision.origin,
            "source_hash": revision.source_hash,
            "target_hash": revision.content_hash,
        },
        via=via,
        rows=written(revision, placements),
    )
    return revision


def written(revision: Revision, placements: Sequence[Placement]) -> list[Model]:
    """The rows an event about a new revision vouches for: itself, the sources it renders, what it started from."""
    start = [revision.started_from] if revision.started_from is not None else []
    return [revision, *start, *(placement.source for placement in placements)]


def add_revision(
    document: Document,
    segment: Segment,
    placements: Sequence[Placement],
    *,
    desk: Desk,
    person: Person,
    content: CodedText,
    origin: str,
    started_from: Hypothesis | None,
    derived_from: Sequence[Mapping[str, object]] = (),
    save_key: str | None = None,
    covers: int | None = None,
) -> Revision:
    """Write the next revision of a run in a lane, of all of it unless `covers` says less. The event is the caller's."""
    revision = Revision.objects.create(
        document=document,
        segment=segment,
        lane=desk.lane,
        number=desk.last_number + 1,
        covers=len(placements) if covers is None else covers,
        author=person,
        origin=origin,
        started_from=started_from,
        derived_from=[*_derived_from(started_from, content), *derived_from],
        source_hash=sources_hash(placements),
        save_key=save_key,
        text=content.text,
        codes=content.codes_json(),
        content_hash=content.content_hash,
    )
    Segment.objects.filter(pk__in=[p.segment_id for p in placements], opened_at=None).update(opened_at=timezone.now())
    if desk.lane == Lane.MAIN:
        segment.latest_revision = revision
    return revision


def _started_from(segment: Segment, desk: Desk, hypothesis_id: int | None) -> Hypothesis | None:
    """The hypothesis a text started from: the one named, else what the text before it started from."""
    if hypothesis_id is not None:
        return Hypothesis.objects.select_related("system").filter(pk=hypothesis_id, segment=segment).first()
    return desk.revision.started_from if desk.revision is not None else segment.chosen


def _derived_from(started_from: Hypothesis | None, content: CodedText) -> list[dict[str, object]]:
    if started_from is None:
        return []
    return [{"system": started_from.system.label, "kept": share_kept(started_from.text, content.text)}]


def _refuse(
    document: Document,
    segment: Segment,
    person: Person,
    typed: str,
    base: int,
    desk: Desk,
    via: str,
) -> Stale:
    """Keep a text that came too late, and tell the record so."""
    latest = desk.revision
    if latest is None:
        raise TextError(
            _("This text was started from a version that does not exist. Reload the article and save again.")
        )
    return Stale(latest, keep_refused(document, segment.pk, person, typed, base, latest.number, desk.lane, via))


def keep_refused(
    document: Document, segment_id: int, person: Person, typed: str, base: int, latest: int, lane: Lane, via: str
) -> Draft:
    """Keep a text that started from revision `base` and came after `latest`; the same again is kept once."""
    draft, created = Draft.objects.get_or_create(
        segment_id=segment_id, person=person, lane=lane, kind=DraftKind.REFUSED, base=base, text=typed
    )
    if created:
        data = {"lane": lane.value, "segment": segment_id, "base": base, "latest": latest}
        append_event(document, action="revision.refused", person=person, data=data, via=via)
    return draft
