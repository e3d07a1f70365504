"""Adding English that no text of the source stands behind: an explanation for readers elsewhere, a note."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext as _

from reviews.importing.service import RANK_STEP
from reviews.models import Document, Lane, Origin, Person, Placement, Revision, Segment, SegmentSource
from reviews.models.audit import append_event
from reviews.models.document import TAKES_MORE, content_columns
from reviews.models.states import admit, refresh
from reviews.values import CodedText

from .lanes import main_desk, require_main
from .locking import lock_segment
from .permissions import EDIT, require
from .saving import Saved, add_revision, refuse_if_unreachable, written
from .texts import TextError, parse_typed, run_sources

#: The wording of the source behind what was added.
NOTHING = CodedText("")


@transaction.atomic
def add_text(*, segment_id: int, person: Person, typed: str, save_key: str | None = None, via: str = "web") -> Saved:
    """Put an English text of its own behind the text of a segment, in the same block of the article.

    It is saved, not reviewed: from then on it is reviewed, approved, sent back and omitted like any other text.
    Two that are added behind the same text both stand, the later one first. The same request again (`save_key`) gives
    the same text again.

    Raises NotAllowedError (LaneError for a second reviewer of the text before), TextError for a segment that left the
    article or takes none, and for a text that cannot be saved; then nothing was written.
    """
    document, before = lock_segment(segment_id)
    require(document.project, person, EDIT, _("edit texts"))
    repeated = _added_before(document, person, save_key)
    if repeated is not None:
        return Saved(repeated, created=False)
    refuse_if_unreachable(before)
    run = run_sources(before)
    require_main(document, person, [placement.segment_id for placement in run])
    last = run[-1]
    if last.kind not in TAKES_MORE:
        raise TextError(
            _("Nothing can be added behind a %(kind)s. Write it there, or add it behind a sentence of the article.")
            % {"kind": last.get_kind_display()}
        )
    content = parse_typed(typed, ())
    if not content.text:
        raise TextError(_("The sentence is empty. Type it, then add it."))
    segment = Segment.objects.create(document=document, opened_at=timezone.now())
    placement = Placement.objects.create(
        source_revision_id=last.source_revision_id,
        segment=segment,
        source=SegmentSource.objects.create(segment=segment, **content_columns(NOTHING)),
        rank=_rank_behind(last),
        block=last.block,
        sentence=last.sentence,
        kind=last.kind,
        locator=last.locator,
        added=True,
    )
    revision = add_revision(
        document,
        segment,
        [placement],
        desk=main_desk(segment),
        person=person,
        content=content,
        origin=Origin.TYPED,
        started_from=None,
        save_key=save_key,
    )
    append_event(
        document,
        action="segment.added",
        person=person,
        data={
            "lane": Lane.MAIN.value,
            "segment": segment.pk,
            "behind": last.segment_id,
            "revision": revision.pk,
            "number": revision.number,
            "source_hash": revision.source_hash,
            "target_hash": revision.content_hash,
        },
        via=via,
        rows=written(revision, [placement]),
    )
    admit(document)
    refresh(document, [segment.pk])
    return Saved(revision, created=True)


def _added_before(document: Document, person: Person, save_key: str | None) -> Revision | None:
    """What the same request added when it came the first time."""
    if not save_key:
        return None
    rows = Revision.objects.filter(document=document, author=person, save_key=save_key, lane=Lane.MAIN, number=1)
    return rows.filter(segment__placements__added=True).first()


def _rank_behind(last: Placement) -> int:
    """Between a placement and the next one. Raises TextError where there is no room left."""
    following = Placement.objects.filter(source_revision=last.source_revision_id, rank__gt=last.rank)
    end = following.aggregate(first=Min("rank"))["first"] or last.rank + RANK_STEP
    rank = (last.rank + end) // 2
    if rank == last.rank:
        raise TextError(_("So many sentences were added here already that none fits in. Write on in one of them."))
    return int(rank)
