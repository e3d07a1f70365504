"""Deciding that a passage has no English of its own: omitted from the article, or copied as it stands.

Both are a text and a decision on it: an empty one, or the source itself. So an omission is approved, sent back,
reopened and published like any other text, and history shows what stood there before.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from reviews.models import DecisionKind, Hypothesis, Lane, Person, Segment, SegmentState
from reviews.values import CodedText

from .deciding import RULES, DecisionError, Seen, record_decision, require_seen
from .lanes import Desk, desk_of, finish
from .locking import lock_segment
from .permissions import require
from .saving import Saved, refuse_if_unreachable, saved_before, write_revision
from .texts import run_sources, sources_content, sources_hash


@transaction.atomic
def leave_out(
    *,
    segment_id: int,
    person: Person,
    kind: DecisionKind,
    seen: Seen,
    reason: str = "",
    save_key: str | None = None,
    lane: Lane = Lane.MAIN,
    via: str = "web",
) -> Saved:
    """Omit a segment (on its whole run, where one text serves several) or copy its source, and say that it is done.

    The same request again (`save_key`) changes nothing. What the person was typing there stays their draft.

    Raises NotAllowedError, TextError for a segment that cannot be reached, and DecisionError when the texts moved
    on, the state does not allow it or an omission says no reason; then nothing was written.
    """
    document, segment = lock_segment(segment_id)
    require(document.project, person, RULES[kind].roles, _("mark texts as %(kind)s") % {"kind": kind.label})
    refuse_if_unreachable(segment)
    repeated = saved_before(segment, person, save_key)
    if repeated is not None:
        return Saved(repeated, created=False)
    placements = run_sources(segment)
    desk = desk_of(segment, person, lane, placements)
    require_seen(desk.revision, sources_hash(placements), seen)
    # From a text nobody touched it is one step: the revision below opens it.
    if desk.state not in RULES[kind].from_states | {SegmentState.NEW}:
        state = desk.state.label.lower()
        raise DecisionError(
            _("The text is %(state)s: it cannot be %(kind)s from there. Reopen it first.")
            % {"state": state, "kind": kind.label}
        )
    reason = reason.strip()
    if kind == DecisionKind.OMITTED and not reason:
        raise DecisionError(_("Say in a few words why the text is omitted."))

    content = CodedText("") if kind == DecisionKind.OMITTED else sources_content(placements)
    if not content.text and kind == DecisionKind.COPIED:
        raise DecisionError(_("There is nothing to copy: the source is empty."))
    latest = desk.revision
    if latest is not None and latest.content == content:
        saved = Saved(latest, created=False)
    else:
        revision = write_revision(
            document,
            segment,
            placements,
            desk=desk,
            person=person,
            content=content,
            origin=None,
            started_from=_before(segment, desk) if kind == DecisionKind.OMITTED else None,
            save_key=save_key,
            via=via,
        )
        saved = Saved(revision, created=True)
    record_decision(
        document,
        segment,
        saved.revision,
        placements,
        person=person,
        kind=kind,
        reason=reason,
        via=via,
    )
    finish(document, placements, desk, decided=True, via=via)
    return saved


def _before(segment: Segment, desk: Desk) -> Hypothesis | None:
    """What the omitted text had started from: a text put back later goes on from there."""
    return desk.revision.started_from if desk.revision is not None else segment.chosen
