"""Dividing a text that serves several sentences, and joining again what was one.

Both write revisions and nothing else: which text serves which sentence follows from them, as does every state. So a
decision on the text as a whole counts for none of its parts, nor one on a part for the whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reviews.models import (
    DivisionDraft,
    Document,
    Draft,
    Hypothesis,
    Lane,
    Origin,
    Person,
    Placement,
    ReviewPass,
    Revision,
    Segment,
)
from reviews.models.audit import append_event
from reviews.models.lanes import second_reviews
from reviews.models.lineage import divided_from
from reviews.models.states import refresh
from reviews.models.work import LIVE_WORK_STATES
from reviews.values import CodedText, join_texts, to_marked

from .deciding import DecisionError
from .lanes import Desk, desk_of, main_desk
from .locking import lock_segment
from .permissions import EDIT, require
from .saving import Stale, add_revision, keep_refused, refuse_if_unreachable
from .texts import TextError, known_codes, parse_typed, run_sources, share_kept, sources_hash

DIVIDE_LATER = gettext_lazy("A second review of this text is not settled yet. It can be divided afterwards.")
JOIN_LATER = gettext_lazy("A second review of this text is not settled yet. It can be joined afterwards.")


@dataclass(frozen=True, slots=True)
class Moved:
    """The texts are in the record, in article order. `created` is False where the same request wrote them before."""

    revisions: tuple[Revision, ...]
    created: bool = True


@dataclass(frozen=True, slots=True)
class Part:
    """The sentences one of the new texts serves, and that text."""

    placements: Sequence[Placement]
    content: CodedText

    @property
    def segment(self) -> Segment:
        return self.placements[0].segment


# --- dividing -----------------------------------------------------------------------------------------


@transaction.atomic
def divide(
    *,
    segment_id: int,
    person: Person,
    texts: Mapping[int, str],
    base: int,
    source_hash: str,
    save_key: str | None = None,
    via: str = "web",
) -> Moved | Stale:
    """Divide the text of the run that starts at a segment: `texts` has a typed text for each of its segments, in order.

    An empty one says that the sentence stays with the one before. `base` is the number of the revision the person had
    before them (0: none yet), `source_hash` that of the sources. Where another text was saved meanwhile nothing is
    written over: what was typed is kept as refused texts beside it, and Stale comes back. The same request again
    (`save_key`) changes nothing.

    Raises NotAllowedError (LaneError for a second reviewer), TextError, values.MarkError, and DecisionError where the
    sources changed or a second review is under way; then nothing was written.
    """
    document, segment = lock_segment(segment_id)
    require(document.project, person, EDIT, _("edit texts"))
    if repeated := _written_before(document, person, save_key):
        return Moved(repeated, created=False)
    refuse_if_unreachable(segment)
    placements = run_sources(segment)
    desk = desk_of(segment, person, Lane.MAIN, placements)
    if base != desk.base:
        return _refuse(document, person, texts, base, desk, via)
    if source_hash != sources_hash(placements) or list(texts) != [p.segment_id for p in placements]:
        raise DecisionError(_("The German changed meanwhile. Read it, then divide the text again."))
    _require_no_second_review(document, list(texts), DIVIDE_LATER)
    parts = _parts(segment, placements, desk, texts)
    started_from = desk.revision.started_from if desk.revision is not None else segment.chosen
    revisions = tuple(
        add_revision(
            document,
            part.segment,
            part.placements,
            desk=desk if part.segment.pk == segment.pk else main_desk(part.segment),
            person=person,
            content=part.content,
            origin=Origin.DIVIDED,
            started_from=started_from,
            derived_from=[] if part.segment.pk == segment.pk else _words_of(segment.pk, desk.revision, part.content),
            save_key=save_key,
        )
        for part in parts
    )
    DivisionDraft.objects.filter(segment=segment, person=person).delete()
    made_of = desk.revision or segment.chosen
    _tell(document, person, revisions, [made_of], action="revision.divided", via=via)
    refresh(document, list(texts))
    return Moved(revisions)


def _written_before(document: Document, person: Person, save_key: str | None) -> tuple[Revision, ...]:
    """What the same request wrote when it came the first time."""
    if not save_key:
        return ()
    rows = Revision.objects.filter(document=document, author=person, save_key=save_key)
    return tuple(rows.order_by("pk"))


def _parts(segment: Segment, placements: list[Placement], desk: Desk, texts: Mapping[int, str]) -> list[Part]:
    known = known_codes(segment, placements, desk.revision)
    contents = [parse_typed(texts[placement.segment_id], known) for placement in placements]
    if not contents[0].text:
        raise TextError(_("The first sentence has no text. Move some of the next one's up, or type one."))
    parts: list[Part] = []
    for placement, content in zip(placements, contents, strict=True):
        if content.text:
            parts.append(Part([placement], content))
        else:
            parts[-1] = Part([*parts[-1].placements, placement], parts[-1].content)
    if len(parts) < 2:
        raise TextError(_("The text is not divided yet: move a part of it to a later sentence, or leave it as it is."))
    return parts


def _tell(
    document: Document,
    person: Person,
    revisions: Sequence[Revision],
    made_of: Sequence[Revision | Hypothesis | None],
    *,
    action: str,
    via: str,
) -> None:
    """One event for all the texts of the act, with what they were made of."""
    append_event(
        document,
        action=action,
        person=person,
        data={
            "lane": Lane.MAIN.value,
            "segments": [revision.segment_id for revision in revisions],
            "made_of": [row.content_hash for row in made_of if row is not None],
            "texts": [
                {
                    "segment": revision.segment_id,
                    "revision": revision.pk,
                    "number": revision.number,
                    "covers": revision.covers,
                    "source_hash": revision.source_hash,
                    "target_hash": revision.content_hash,
                }
                for revision in revisions
            ],
        },
        via=via,
        rows=[*revisions, *(row for row in made_of if row is not None)],
    )


def _refuse(document: Document, person: Person, texts: Mapping[int, str], base: int, desk: Desk, via: str) -> Stale:
    """Keep texts that came too late: each beside the text that serves its sentence now."""
    latest = desk.revision
    if latest is None:
        raise TextError(
            _("This text was started from a version that does not exist. Reload the article and divide again.")
        )
    if not any(typed.strip() for typed in texts.values()):
        raise TextError(_("There is no text here. Type one for the first sentence, or leave the text as it is."))
    late: dict[int, list[str]] = {}
    leaders = dict(Segment.objects.filter(document=document, pk__in=texts).values_list("pk", "covered_by"))
    for pk, typed in texts.items():
        if typed.strip():
            late.setdefault(leaders.get(pk) or (pk if pk in leaders else latest.segment_id), []).append(typed.strip())
    written = Segment.objects.filter(pk__in=late, latest_revision__isnull=False)
    numbers = dict(written.values_list("pk", "latest_revision__number"))
    kept: list[Draft] = []
    for leader, pieces in late.items():
        place = leader if leader in numbers else latest.segment_id
        began = base if place == latest.segment_id else 0
        standing = numbers.get(place, latest.number)
        kept.append(keep_refused(document, place, person, " ".join(pieces), began, standing, Lane.MAIN, via))
    return Stale(latest, kept[0])


def _require_no_second_review(document: Document, segment_ids: Sequence[int], refusal: Promise) -> None:
    """A second review is of the text as one: it is settled before that becomes two, or two become one."""
    under_way = ReviewPass.objects.filter(
        segment_id__in=segment_ids, lane=Lane.BLIND, closed_at=None, item__state__in=LIVE_WORK_STATES
    )
    unsettled = any(
        review.standing in ("waiting", "differing") for review in second_reviews(document, segment_ids).values()
    )
    if unsettled or under_way.exists():
        raise DecisionError(refusal)


# --- joining ------------------------------------------------------------------------------------------


@transaction.atomic
def join(
    *,
    segment_id: int,
    person: Person,
    base: int,
    base_before: int,
    save_key: str | None = None,
    via: str = "web",
) -> Moved:
    """Make one text again of the one that starts at a segment and the one before it, which it was divided from.

    `base` and `base_before` are the numbers of the two revisions the person had before them. The joined text is both in
    order. The segment keeps its texts in the history under an empty one that covers nothing. What others were typing
    there is kept as a refused text of the joined one. The same request again (`save_key`) changes nothing.

    Raises NotAllowedError (LaneError for a second reviewer), TextError, and DecisionError where the texts moved on,
    were never one, or a second review is under way; then nothing was written.
    """
    document, segment = lock_segment(segment_id)
    require(document.project, person, EDIT, _("edit texts"))
    if repeated := _written_before(document, person, save_key):
        return Moved(repeated, created=False)
    refuse_if_unreachable(segment)
    before = text_before(segment)
    if before is None or not were_one(before.pk, segment.pk):
        raise DecisionError(_("These two texts were never one, so they are not joined."))
    runs = run_sources(before), run_sources(segment)
    placements = [*runs[0], *runs[1]]
    ids = [placement.segment_id for placement in placements]
    desk = desk_of(before, person, Lane.MAIN, placements)
    later = main_desk(segment)
    if (desk.base, later.base) != (base_before, base):
        raise DecisionError(_("Somebody saved another text meanwhile. Read it, then join the texts."))
    _require_no_second_review(document, ids, JOIN_LATER)
    # Both were written by dividing, at the latest.
    assert desk.revision is not None
    assert later.revision is not None
    content = join_texts([desk.revision.content, later.revision.content])
    if not content.text:
        raise TextError(_("Neither of the two has a text."))
    joined = add_revision(
        document,
        before,
        placements,
        desk=desk,
        person=person,
        content=content,
        origin=Origin.JOINED,
        started_from=desk.revision.started_from,
        derived_from=_words_of(segment.pk, later.revision, content),
        save_key=save_key,
    )
    given_up = add_revision(
        document,
        segment,
        runs[1],
        desk=later,
        person=person,
        content=CodedText(""),
        origin=Origin.JOINED,
        started_from=later.revision.started_from,
        save_key=save_key,
        covers=0,
    )
    _keep_typing(document, joined, later.revision, via)
    _tell(document, person, [joined, given_up], [desk.revision, later.revision], action="revision.joined", via=via)
    refresh(document, ids)
    return Moved((joined, given_up))


def were_one(first: int, second: int) -> bool:
    """Whether the second of two segments got its text by dividing the run of the first, or both of one run."""
    origins = divided_from([first, second])
    return second in origins and origins[second] in (first, origins.get(first))


def text_before(segment: Segment) -> Segment | None:
    """The segment that starts the text before this one in the article; None for the first."""
    placed = Placement.objects.filter(source_revision_id=segment.document.current_source_id)
    rank = placed.filter(segment=segment).values_list("rank", flat=True).first()
    earlier = placed.filter(rank__lt=rank, segment__covered_by=None).order_by("-rank").first() if rank else None
    if earlier is None:
        return None
    rows = Segment.objects.select_related("latest_revision", "latest_decision", "chosen__system")
    before = rows.get(pk=earlier.segment_id)
    before.document = segment.document
    return before


def _words_of(segment: int, revision: Revision | None, content: CodedText) -> list[dict[str, object]]:
    """Where words of another segment come from, as `derived_from` says it."""
    if revision is None:
        return [{"segment": segment}]
    return [{"segment": segment, "revision": revision.pk, "kept": share_kept(revision.text, content.text)}]


def _keep_typing(document: Document, joined: Revision, given_up: Revision, via: str) -> None:
    """What people were typing or had refused in a text that is no more stands beside the joined one."""
    saved = to_marked(given_up.content)
    drafts = Draft.objects.filter(segment_id=given_up.segment_id, lane=Lane.MAIN).select_related("person")
    for draft in drafts.order_by("pk"):
        if draft.text.strip() != saved:
            keep_refused(document, joined.segment_id, draft.person, draft.text, 0, joined.number, Lane.MAIN, via)
        draft.delete()
