"""Dismissing findings, and taking that back: acts of people, bound to the texts they had before them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from reviews.checks.runner import PlacedPair, Reported, reported, target_pair_of, target_pairs
from reviews.models import Dismissal, DismissalUndo, Document, Person, Project, Scope
from reviews.models.audit import append_event
from reviews.models.dismissals import key_of, marked_words
from reviews.routing.service import reassess
from reviews.values import in_batches

from .deciding import Refusal
from .locking import lock_document, lock_segment
from .permissions import EDIT, PUBLISH, require


class DismissError(Exception):
    """The finding cannot be dismissed, or brought back, now; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Found:
    """A finding where it stands: the segment its text starts at, and the pair it was found in."""

    segment: int
    placed: PlacedPair
    entry: Reported

    def key(self, scope: Scope, document: Document) -> str:
        """What a dismissal of it in that scope holds for."""
        return key_of(scope, self.entry.finding, self.words, document.pk)

    @property
    def words(self) -> list[list[str]]:
        return marked_words(self.entry.finding, self.placed.pair)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an act came to: the dismissals that hold or were taken back, and the rows that look different now."""

    dismissals: tuple[Dismissal, ...]
    segments: tuple[int, ...]
    refusals: tuple[Refusal, ...] = ()


@transaction.atomic
def dismiss(
    *,
    segment_id: int,
    finding_id: int,
    person: Person,
    scope: Scope = Scope.SEGMENT,
    reason: str = "",
    via: str = "web",
) -> Outcome:
    """Say that a finding in a segment's text is no matter, here or wherever the same words are marked.

    What is dismissed already stays as it is, so that two people may do it at once. Raises NotAllowedError, or
    DismissError when the finding is not of the texts as they are now, or blocks publishing and the person may not
    publish or gives no reason.
    """
    document, segment = lock_segment(segment_id)
    require(document.project, person, EDIT, _("dismiss findings"))
    pair = target_pair_of(segment)
    leader = segment.covered_by_id or segment.pk
    found = next(
        (f for f in _found(document, {leader: pair} if pair else {}) if f.entry.finding.pk == finding_id), None
    )
    if found is None:
        raise DismissError(_("The texts or their checks changed meanwhile. Look at what the checks say of them now."))
    _require_leave(found, person, document.project, scope, reason.strip())
    return _write(document, [found], person, scope, reason.strip(), via)


@transaction.atomic
def dismiss_many(
    *, document_id: int, seen: Collection[int], person: Person, reason: str = "", via: str = "web"
) -> Outcome:
    """Dismiss those of the findings in `seen`, by their ids, that are open in the document's texts as they are now.

    Each is dismissed for its text only. What the person may not dismiss is left open, and named with the reason.
    Raises NotAllowedError.
    """
    document = lock_document(document_id)
    require(document.project, person, EDIT, _("dismiss findings"))
    chosen: list[Found] = []
    refusals: list[Refusal] = []
    for found in _found(document, target_pairs(document)):
        if found.entry.open and found.entry.finding.pk in seen:
            try:
                _require_leave(found, person, document.project, Scope.SEGMENT, reason.strip())
            except DismissError as error:
                refusals.append(Refusal(found.segment, str(error)))
            else:
                chosen.append(found)
    outcome = _write(document, chosen, person, Scope.SEGMENT, reason.strip(), via)
    return Outcome(outcome.dismissals, outcome.segments, tuple(refusals))


@transaction.atomic
def undo_dismissal(*, dismissal_id: int, person: Person, reason: str = "", via: str = "web") -> Outcome:
    """Take a dismissal back, and any other of exactly the same; what it silenced is open again.

    One that was taken back already stays so. Raises NotAllowedError.
    """
    row = Dismissal.objects.get(pk=dismissal_id)
    document = lock_document(row.document_id)
    _lock_dismissals(document.project)
    require(document.project, person, EDIT, _("bring findings back"))
    standing = list(Dismissal.objects.filter(project=document.project, key=row.key, undo=None))
    if not standing:
        return Outcome((), (row.segment_id,))
    DismissalUndo.objects.bulk_create(
        DismissalUndo(dismissal=each, person=person, reason=reason.strip(), created_at=timezone.now())
        for each in standing
    )
    touched = _touched(document, [row.segment_id], Scope(row.scope), {row.key})
    append_event(
        document,
        action="finding.reopened",
        person=person,
        data={"segments": touched, "dismissals": [each.pk for each in standing], "reason": reason.strip()},
        via=via,
    )
    reassess(document.pk, touched)
    return Outcome(tuple(standing), tuple(touched))


def _lock_dismissals(project: Project) -> None:
    """Held until the transaction ends: dismissals of a project are numbered one after the other.

    Taken after the document's lock. It does not stop rows that merely name the project from being written.
    """
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)


def _found(document: Document, pairs: Mapping[int, PlacedPair]) -> Iterable[Found]:
    entries = reported(document, pairs.values())
    for segment, pair in pairs.items():
        for entry in entries.get(pair.key, ()):
            yield Found(segment, pair, entry)


def _require_leave(found: Found, person: Person, project: Project, scope: Scope, reason: str) -> None:
    if scope != Scope.SEGMENT and not any(found.words):
        raise DismissError(_("This finding is about the text as a whole. It can be dismissed for this text only."))
    if found.entry.effect == "publishing":
        if not project.roles_of(person) & PUBLISH:
            raise DismissError(
                _(
                    "This finding keeps the article from being published. Change the text, or have a desk head "
                    "dismiss it."
                )
            )
        if not reason:
            raise DismissError(_("This finding keeps the article from being published. Say why it is no error."))


def _write(document: Document, chosen: Sequence[Found], person: Person, scope: Scope, reason: str, via: str) -> Outcome:
    """The one way a dismissal comes to be. The caller holds the document's lock and checked the rules."""
    by_key = {found.key(scope, document): found for found in chosen}
    _lock_dismissals(document.project)
    before = _earlier(document.project, by_key)
    rows: list[Dismissal] = []
    new: list[Dismissal] = []
    for key, found in by_key.items():
        earlier = before.get(key, [])
        blocks = found.entry.effect == "publishing"
        standing = next((row for row in earlier if not hasattr(row, "undo") and (row.lets_publish or not blocks)), None)
        if standing is None:
            standing = _row(document, found, key, len(earlier) + 1, scope, person, reason)
            new.append(standing)
        rows.append(standing)
    for row in new:
        row.save(force_insert=True)
    touched = _touched(document, [found.segment for found in chosen], scope, set(by_key))
    if new:
        append_event(
            document,
            action="finding.dismissed",
            person=person,
            data={"segments": touched, "dismissals": [_event_line(row) for row in new], "reason": reason},
            via=via,
        )
        reassess(document.pk, touched)
    return Outcome(tuple(rows), tuple(touched))


def _earlier(project: Project, keys: Iterable[str]) -> dict[str, list[Dismissal]]:
    """All dismissals there ever were of these keys, with what took them back."""
    found: dict[str, list[Dismissal]] = {}
    for part in in_batches(keys):
        for row in Dismissal.objects.filter(project=project, key__in=part).select_related("undo").order_by("number"):
            found.setdefault(row.key, []).append(row)
    return found


def _row(
    document: Document, found: Found, key: str, number: int, scope: Scope, person: Person, reason: str
) -> Dismissal:
    finding = found.entry.finding
    return Dismissal(
        project=document.project,
        document=document,
        segment_id=found.segment,
        scope=scope,
        key=key,
        number=number,
        check_name=finding.check_name,
        check_version=finding.check_version,
        source_hash=finding.source_hash,
        target_hash=finding.target_hash,
        context_hash=finding.context_hash,
        severity=finding.severity,
        message=finding.message,
        source_spans=finding.source_spans,
        target_spans=finding.target_spans,
        words=found.words,
        person=person,
        reason=reason,
        lets_publish=found.entry.effect == "publishing",
    )


def _event_line(row: Dismissal) -> dict[str, object]:
    return {
        "dismissal": row.pk,
        "segment": row.segment_id,
        "scope": row.scope,
        "check": row.check_name,
        "finding": row.message,
        "severity": row.severity,
        "source_hash": row.source_hash,
        "target_hash": row.target_hash,
        "context_hash": row.context_hash,
        "lets_publish": row.lets_publish,
    }


def _touched(document: Document, segments: Sequence[int], scope: Scope, keys: set[str]) -> list[int]:
    """The rows of the document whose findings look different after a dismissal or its undoing."""
    touched = set(segments)
    if scope != Scope.SEGMENT:
        touched |= {f.segment for f in _found(document, target_pairs(document)) if f.key(scope, document) in keys}
    return sorted(touched)
