"""What became of what the checks found: how often an editor changed the text, dismissed the finding, or went past it.

Counted per check over approved texts, with nobody's name. A check whose findings hardly ever lead to a change costs
trust in all others; it is proposed for muting, in words, and muted by a desk head or not at all.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from django.db.models import Count, F, Q

from reviews.checks.base import Check
from reviews.checks.registry import CHECKS
from reviews.checks.runner import checked_texts
from reviews.models import Finding, Lane, Placement, Project, Revision, Segment, SegmentState
from reviews.models.dismissals import StandingDismissals
from reviews.models.in_force import TextPair, pair_of
from reviews.models.states import with_covered
from reviews.values import in_batches

Fate = Literal["fixed", "dismissed", "ignored"]

#: So many of the texts approved last are looked at.
NEWEST: Final = 5000
#: Texts read at once.
AT_ONCE: Final = 500
#: How far back findings are counted for how busy a check is.
RECENT: Final = timedelta(days=30)
#: A check is proposed for muting when surely less than this share of its findings led to a change …
USEFUL: Final = 0.5
#: … "surely" being the upper end of a 95 % interval, of at least so many findings.
ENOUGH: Final = 20

#: The 97.5 % point of the normal distribution, for intervals of 95 %.
_Z: Final = 1.959963984540054

TextKey = tuple[str, str]
#: One finding in whatever text of a segment: its check, and its place in the source, or its words.
Identity = tuple[str, tuple[object, ...]]


def wilson_interval(hits: int, n: int) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson 1927; Brown, Cai and DasGupta 2001, section 3.1.1).

    Raises ValueError without cases, or with more hits than cases.
    """
    if not 0 <= hits <= n or n == 0:
        raise ValueError(f"{hits} of {n} is no share")
    share, z2 = hits / n, _Z * _Z
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)


@dataclass(frozen=True, slots=True)
class CheckFigures:
    """One check: findings of the last 30 days, and what became of those in the texts approved last."""

    check: Check
    recent: int
    fixed: int
    dismissed: int
    ignored: int

    @property
    def n(self) -> int:
        return self.fixed + self.dismissed + self.ignored

    @property
    def precision(self) -> float | None:
        """The share of findings after which the text was changed; None without any."""
        return self.fixed / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson_interval(self.fixed, self.n) if self.n else None

    @property
    def proposed(self) -> bool:
        """Whether enough cases say that its findings mostly do not help."""
        return self.n >= ENOUGH and wilson_interval(self.fixed, self.n)[1] < USEFUL


def check_figures(project: Project, now: datetime) -> list[CheckFigures]:
    """The figures of every check, in the order of the registry.

    Texts count only where today's checks have seen what was approved. The number of queries grows with the texts
    looked at, by a few per 500, up to 5,000 texts.
    """
    fates: dict[str, Counter[Fate]] = defaultdict(Counter)
    approved = Segment.objects.filter(document__project=project, state=SegmentState.APPROVED, covered_by=None)
    newest = approved.order_by("-latest_decision_id").select_related("latest_revision")[:NEWEST]
    for part in in_batches(newest, AT_ONCE):
        for check, fate in _fates(project, part):
            fates[check][fate] += 1
    recent = _recent(project, now - RECENT)
    return [
        CheckFigures(
            check,
            recent.get(check.id, 0),
            fixed=fates[check.id]["fixed"],
            dismissed=fates[check.id]["dismissed"],
            ignored=fates[check.id]["ignored"],
        )
        for check in CHECKS
    ]


def _recent(project: Project, since: datetime) -> dict[str, int]:
    rows = Finding.objects.filter(_todays_versions(), project=project, created_at__gte=since)
    return dict(rows.values_list("check_name").annotate(Count("id")).order_by())


def _todays_versions() -> Q:
    return Q(*(Q(check_name=check.id, check_version=check.version) for check in CHECKS), _connector=Q.OR)


@dataclass(frozen=True, slots=True)
class _History:
    """The texts an approved passage had for its present source: the approved one, and those before it."""

    segment: Segment
    approved: TextPair
    earlier: tuple[TextPair, ...]


def _fates(project: Project, segments: Sequence[Segment]) -> Iterator[tuple[str, Fate]]:
    """What became of each finding of these segments, by check."""
    histories = list(_histories(segments))
    pairs = [pair for history in histories for pair in (history.approved, *history.earlier)]
    keys = {pair.key for pair in pairs}
    findings = _findings(project, keys)
    checked = checked_texts(project, keys)
    dismissals = StandingDismissals.read(project, (pair.source_hash for pair in pairs))
    for history in histories:
        if history.approved.key not in checked:
            continue
        seen: dict[Identity, list[tuple[TextPair, Finding]]] = {}
        for pair in (history.approved, *history.earlier):
            for finding in findings.get(pair.key, ()):
                seen.setdefault(_identity(finding, pair), []).append((pair, finding))
        for (check, _), places in seen.items():
            fate = _fate(history, places, dismissals)
            if fate is not None:
                yield check, fate


def _fate(history: _History, places: Iterable[tuple[TextPair, Finding]], dismissals: StandingDismissals) -> Fate | None:
    """None for what was silenced from elsewhere: one dismissal for many texts is one judgement, not many."""
    document = history.segment.document_id
    holding = [row for pair, finding in places for row in dismissals.of(finding, pair, document)]
    if holding:
        return "dismissed" if any(row.segment_id == history.segment.pk for row in holding) else None
    return "ignored" if any(pair is history.approved for pair, _ in places) else "fixed"


def _identity(finding: Finding, pair: TextPair) -> Identity:
    """All texts of a history have the same source; in the target offsets differ, words do not."""
    if finding.source_spans:
        return finding.check_name, tuple(map(tuple, finding.source_spans))
    return finding.check_name, tuple(pair.target.text[start:end] for start, end in finding.target_spans)


def _findings(project: Project, keys: set[TextKey]) -> Mapping[TextKey, Sequence[Finding]]:
    """What the checks as they are now found in these pairs, in whatever context."""
    found: dict[TextKey, list[Finding]] = defaultdict(list)
    for part in in_batches(sorted(keys), AT_ONCE):
        rows = Finding.objects.filter(
            _todays_versions(),
            project=project,
            source_hash__in={s for s, _ in part},
            target_hash__in={t for _, t in part},
        )
        for row in rows:
            if (row.source_hash, row.target_hash) in keys:
                found[row.source_hash, row.target_hash].append(row)
    return found


def _histories(segments: Sequence[Segment]) -> Iterator[_History]:
    """The texts of each segment; without those that were left out of the article."""
    ids = [segment.pk for segment in segments]
    runs: dict[int, list[Placement]] = defaultdict(list)
    placements = Placement.objects.filter(
        segment__in=with_covered(ids), source_revision=F("segment__document__current_source")
    )
    for placement in placements.select_related("source", "segment").order_by("rank"):
        runs[placement.segment.covered_by_id or placement.segment_id].append(placement)
    revisions: dict[int, list[Revision]] = defaultdict(list)
    rows = Revision.objects.filter(segment__in=ids, lane=Lane.MAIN).select_related("started_from").order_by("number")
    for row in rows:
        revisions[row.segment_id].append(row)
    for segment in segments:
        run, latest = runs.get(segment.pk), segment.latest_revision
        if not run or latest is None or not latest.text:
            continue
        approved = pair_of(run, latest)
        started = [row.started_from for row in revisions[segment.pk][:1] if row.started_from is not None]
        written = [row for row in revisions[segment.pk] if row.source_hash == approved.source_hash]
        earlier = {pair.key: pair for row in (*started, *written) if (pair := pair_of(run, row)).key != approved.key}
        yield _History(segment, approved, tuple(earlier.values()))
