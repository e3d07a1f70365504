"""What people silenced: findings that are false alarms, or that the desk does not want to hear of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reviews.values import canonical_json, in_batches, sha256_hex

from .document import Document, Segment
from .findings import Finding
from .in_force import TextPair
from .project import Project

#: Findings of two versions of a check are one if they share this part of all characters that either marks.
SHARED_MARKS = 0.5


class Scope(models.TextChoices):
    SEGMENT = "segment", _("for this text")
    DOCUMENT = "document", _("for these words in the article")
    PROJECT = "project", _("for these words in the project")


class Dismissal(models.Model):
    """One person's word that a finding is no matter, and how far that reaches. Append-only, never pruned.

    It holds for what was found, wherever it stands and whatever version of the check finds it again. In a segment
    that is the check and its marks in this pair of texts in this context; in an article or a project the check and
    the words it marked. `key` is the hash of exactly that: `number` counts the dismissals of one key, of which the
    last may stand and those before it were taken back.

    The columns from `check_name` to `words` keep the finding as the person saw it, for the history.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, related_name="dismissals")
    scope = models.CharField(max_length=20, choices=Scope.choices)
    key = models.CharField(max_length=64)
    number = models.PositiveIntegerField()
    check_name = models.CharField(max_length=60)
    check_version = models.PositiveIntegerField()
    source_hash = models.CharField(max_length=64)
    target_hash = models.CharField(max_length=64)
    context_hash = models.CharField(max_length=64, blank=True)
    severity = models.CharField(max_length=10)
    message = models.CharField(max_length=500)
    source_spans = models.JSONField(default=list)
    target_spans = models.JSONField(default=list)
    words = models.JSONField(default=list, help_text="What was marked in the source, and in the target.")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=1000, blank=True)
    lets_publish = models.BooleanField(
        default=False,
        help_text="Whether it counts at the publish gate: said by somebody who may publish, with a reason.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="dismissal_numbered_once", fields=["project", "key", "number"]),
            models.CheckConstraint(name="dismissal_number_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(name="dismissal_scope_known", condition=Q(scope__in=Scope.values)),
            models.CheckConstraint(
                name="dismissal_past_the_gate_says_why", condition=Q(lets_publish=False) | ~Q(reason="")
            ),
        ]
        indexes = [
            models.Index(name="dismissal_pair", fields=["project", "source_hash", "target_hash"]),
            models.Index(name="dismissal_project_wide", fields=["project"], condition=Q(scope="project")),
        ]


class DismissalUndo(models.Model):
    """A dismissal taken back: what it silenced is open again. Append-only."""

    dismissal = models.OneToOneField(Dismissal, on_delete=models.PROTECT, related_name="undo")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=1000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)


# --- what was found ---------------------------------------------------------------------------------


def marked_words(finding: Finding, pair: TextPair) -> list[list[str]]:
    """The wording a finding marks in the source, and in the target, of the pair it was found in."""
    return [
        [pair.source.text[start:end] for start, end in finding.source_spans],
        [pair.target.text[start:end] for start, end in finding.target_spans],
    ]


def key_of(scope: Scope, finding: Finding, words: Sequence[Sequence[str]], document_id: int) -> str:
    """The hash of what a dismissal of this finding in that scope holds for."""
    what: list[object] = [scope.value, finding.check_name]
    if scope == Scope.SEGMENT:
        what += [finding.source_hash, finding.target_hash, finding.context_hash]
        what += [finding.source_spans, finding.target_spans]
    else:
        what += [[list(side) for side in words]]
    if scope == Scope.DOCUMENT:
        what.append(document_id)
    return sha256_hex(canonical_json(what))


class StandingDismissals:
    """Dismissals that were not taken back, ready to be asked which of them hold for a finding."""

    def __init__(self, rows: Iterable[Dismissal]) -> None:
        self._by_key: dict[str, list[Dismissal]] = {}
        self._by_texts: dict[tuple[str, str], list[Dismissal]] = {}
        for row in rows:
            if row.scope == Scope.SEGMENT:
                self._by_texts.setdefault((row.source_hash, row.target_hash), []).append(row)
            else:
                self._by_key.setdefault(row.key, []).append(row)

    @classmethod
    def read(cls, project: Project, sources: Iterable[str], document: Document | None = None) -> StandingDismissals:
        """Those for texts with these source hashes, and those of the project's article or, without one, all articles.

        One query per 500 hashes, none without.
        """
        in_article = Q(scope=Scope.DOCUMENT) if document is None else Q(scope=Scope.DOCUMENT, document=document)
        rows: list[Dismissal] = []
        for number, part in enumerate(in_batches(sorted(set(sources)))):
            wanted = Q(scope=Scope.SEGMENT, source_hash__in=part)
            if number == 0:
                wanted |= Q(scope=Scope.PROJECT) | in_article
            standing = Dismissal.objects.filter(wanted, project=project, undo=None)
            rows += standing.select_related("person").order_by("-pk")
        return cls(rows)

    def of(self, finding: Finding, pair: TextPair, document_id: int) -> list[Dismissal]:
        """Those that hold for the finding; of its text only first, then wider ones; of each the later ones first."""
        holding = [row for row in self._by_texts.get(pair.key, ()) if _is_of(row, finding)]
        if self._by_key:
            words = marked_words(finding, pair)
            for scope in (Scope.DOCUMENT, Scope.PROJECT):
                holding += self._by_key.get(key_of(scope, finding, words, document_id), ())
        return holding


def _is_of(row: Dismissal, finding: Finding) -> bool:
    """Whether a dismissal of the same pair of texts was of this finding.

    Another version of the check may mark the same thing a little tighter or wider.
    """
    if (row.check_name, row.context_hash) != (finding.check_name, finding.context_hash):
        return False
    if row.check_version == finding.check_version:
        return (row.source_spans, row.target_spans) == (finding.source_spans, finding.target_spans)
    one, other = _characters(row), _characters(finding)
    return len(one & other) >= SHARED_MARKS * len(one | other)


def _characters(row: Dismissal | Finding) -> set[tuple[str, int]]:
    sides = (("source", row.source_spans), ("target", row.target_spans))
    return {(side, i) for side, spans in sides for start, end in spans for i in range(start, end)}
