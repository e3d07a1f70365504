"""What became of one text of an article: every saved text and every decision of the main lane, the newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from reviews.editing.parts import parts_named
from reviews.models import Decision, Hypothesis, Lane, Revision, Segment
from reviews.values import to_marked
from reviews.web.access import Viewer
from reviews.web.diffs import DiffPiece, word_diff

from .naming import EngineNames

#: So many saved texts are shown at once.
PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class DecisionShown:
    """Who decided what on a saved text."""

    words: str
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class TextShown:
    """A text that stood there once: a saved one with its number, or what the engine gave (number 0).

    `diff` is the way to it from the one before. `started_from` and `parts` are engines' texts by the numbers forms
    know them by: whoever takes the text up again takes them up with it.
    """

    number: int
    origin: str
    by: str
    at: datetime | None
    engine: str
    marked: str
    diff: Sequence[DiffPiece]
    decisions: Sequence[DecisionShown] = ()
    started_from: int | None = None
    parts: Sequence[int] = ()

    @property
    def parts_joined(self) -> str:
        return ",".join(map(str, self.parts))


@dataclass(frozen=True, slots=True)
class History:
    """A stretch of it. `before` asks for the one before; None where it begins."""

    texts: Sequence[TextShown]
    before: int | None

    @property
    def latest(self) -> int:
        return self.texts[0].number if self.texts else 0


def history(segment: Segment, viewer: Viewer, before: int | None = None) -> History:
    """The texts of the run this segment leads, from the one before number `before` back. Four queries at most."""
    rows = Revision.objects.filter(segment=segment, lane=Lane.MAIN).select_related("author", "started_from__system")
    if before is not None:
        rows = rows.filter(number__lt=before)
    found = list(rows.order_by("-number")[: PER_PAGE + 1])
    revisions, more = found[:PER_PAGE], len(found) > PER_PAGE
    names = EngineNames(segment.document)
    first = None if more else _given(segment, found)
    texts_before = [to_marked(row.content) for row in found[1:]]
    if not more and found:
        texts_before.append(to_marked(first.content) if first is not None else "")
    decided = _decisions(revisions, viewer, names)
    shown = [
        _saved(row, viewer, names, earlier, decided.get(row.pk, []))
        for row, earlier in zip(revisions, texts_before, strict=True)
    ]
    if first is not None:
        shown.append(_machine(first, names))
    return History(shown, revisions[-1].number if more else None)


def saved_text(segment: Segment, viewer: Viewer, number: int) -> TextShown | None:
    """One saved text of the main lane by its number."""
    found = history(segment, viewer, before=number + 1).texts
    return found[0] if found and found[0].number == number else None


def _given(segment: Segment, revisions: Sequence[Revision]) -> Hypothesis | None:
    """What the first person had before them: the text theirs started from, else what is shown while nobody wrote."""
    return revisions[-1].started_from if revisions else segment.chosen


def _decisions(revisions: Sequence[Revision], viewer: Viewer, names: EngineNames) -> dict[int, list[DecisionShown]]:
    """By saved text, the last decision first."""
    rows = Decision.objects.filter(revision__in=revisions, lane=Lane.MAIN).select_related("person").order_by("-pk")
    found: dict[int, list[DecisionShown]] = {}
    for row in rows:
        reason = row.reason if names.may_say(row.reason) else ""
        shown = DecisionShown(row.get_kind_display(), viewer.name_of(row.person), row.created_at, reason)
        found.setdefault(row.revision_id, []).append(shown)
    return found


def _saved(
    row: Revision, viewer: Viewer, names: EngineNames, earlier: str, decisions: Sequence[DecisionShown]
) -> TextShown:
    marked = to_marked(row.content)
    started_from = row.started_from
    return TextShown(
        number=row.number,
        origin=row.get_origin_display(),
        by=viewer.name_of(row.author),
        at=row.created_at,
        engine=names.of(started_from.system) if started_from is not None else "",
        marked=marked,
        diff=word_diff(earlier, marked),
        decisions=decisions,
        started_from=names.id_of(started_from.pk) if started_from is not None else None,
        parts=[part for pk in parts_named(row) if (part := names.id_of(pk)) is not None],
    )


def _machine(row: Hypothesis, names: EngineNames) -> TextShown:
    marked = to_marked(row.content)
    return TextShown(
        number=0,
        origin="",
        by="",
        at=None,
        engine=names.of(row.system),
        marked=marked,
        diff=[DiffPiece("same", marked)],
        started_from=names.id_of(row.pk),
    )
