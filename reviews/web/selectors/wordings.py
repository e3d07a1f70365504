"""How the source of a row moved on since its translation was made or accepted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import F

from reviews.importing.service import RANK_STEP
from reviews.models import DecisionKind, Document, Placement, Segment
from reviews.values import CodedText, in_batches, join_texts, run_hash
from reviews.web.diffs import DiffPiece, word_diff

#: Decisions that take a text over for the wording they were made on. The others ask for another text.
TAKES_OVER = (DecisionKind.REVIEWED, DecisionKind.APPROVED, DecisionKind.OMITTED, DecisionKind.COPIED)


@dataclass(frozen=True, slots=True)
class SourceChange:
    """The way from the wording the translation was made for to the one of now, word by word.

    `since` says what was done with the translation then. Without pieces only inline codes differ.
    """

    since: str
    pieces: tuple[DiffPiece, ...]


@dataclass(frozen=True, slots=True)
class _Bond:
    """The sources a text was made for, or accepted for: their hash, and how many consecutive segments they are."""

    source_hash: str
    covers: int
    since: str


def source_changes(document: Document, runs: Sequence[Sequence[Placement]]) -> dict[int, SourceChange]:
    """By leading segment: the rows whose source is not the one their translation was made for.

    One query, and none where every translation is up to date.
    """
    stale: dict[int, tuple[Sequence[Placement], _Bond]] = {}
    for run in runs:
        bond = _bond(run[0].segment)
        if bond is not None and bond.source_hash != run_hash([placement.source.content_hash for placement in run]):
            stale[run[0].segment_id] = run, bond
    changes = {}
    wordings = _wordings(document, {leader: bond for leader, (_, bond) in stale.items()})
    for leader, (run, bond) in stale.items():
        change = _change(run, bond, wordings[leader]) if leader in wordings else None
        if change is not None:
            changes[leader] = change
    return changes


def _bond(segment: Segment) -> _Bond | None:
    revision, decision = segment.latest_revision, segment.latest_decision
    if revision is None:
        text = segment.chosen
        return _Bond(text.source_hash, text.covers, "translated") if text is not None else None
    if decision is not None and decision.revision_id == revision.pk and decision.kind in TAKES_OVER:
        return _Bond(decision.source_hash, revision.covers, str(decision.get_kind_display()))
    return _Bond(revision.source_hash, revision.covers, "written")


def _change(run: Sequence[Placement], bond: _Bond, before: Mapping[int, CodedText]) -> SourceChange | None:
    """None where the row's own part of what the text was made for is as it was."""
    if len(run) < bond.covers:
        # A machine's text for several segments, of which later ones have human texts of their own by now.
        here = {placement.segment_id for placement in run}
        before = {segment: content for segment, content in before.items() if segment in here}
    now = [placement.source.content for placement in run]
    old = list(before.values())
    if [content.content_hash for content in old] == [content.content_hash for content in now]:
        return None
    old_text, new_text = join_texts(old).text, join_texts(now).text
    return SourceChange(bond.since, () if old_text == new_text else tuple(word_diff(old_text, new_text)))


def _wordings(document: Document, bonds: Mapping[int, _Bond]) -> dict[int, dict[int, CodedText]]:
    """By leading segment the wordings its text was made for, by segment in their order then."""
    found: dict[int, dict[int, CodedText]] = {}
    for leader, revision in _former(document, bonds):
        bond = bonds[leader]
        run = revision[: bond.covers]
        if leader not in found and run_hash([content.content_hash for _, content in run]) == bond.source_hash:
            found[leader] = dict(run)
    return found


def _former(document: Document, bonds: Mapping[int, _Bond]) -> Iterator[tuple[int, list[tuple[int, CodedText]]]]:
    """(leader, the segments from it on with their wordings) in each source the document had, the newest first."""
    longest = max((bond.covers for bond in bonds.values()), default=0)
    for leaders in in_batches(bonds):
        rows = (
            Placement.objects.sourced()
            .filter(
                source_revision__document=document,
                source_revision__placements__segment__in=leaders,
                rank__gte=F("source_revision__placements__rank"),
                # Ranks are at most RANK_STEP apart.
                rank__lt=F("source_revision__placements__rank") + longest * RANK_STEP,
            )
            .order_by("-source_revision_id", "source_revision__placements__rank", "rank")
            .values_list(
                "source_revision__placements__segment_id",
                "source_revision_id",
                "segment_id",
                "source__text",
                "source__codes",
            )
        )
        for (leader, _), group in groupby(rows, key=lambda row: row[:2]):
            yield leader, [(segment, CodedText.from_json(text, codes)) for _, _, segment, text, codes in group]
