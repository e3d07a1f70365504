"""What a day came to, in figures."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from statistics import quantiles

from reviews.models import AuditEvent, Decision, Draft, DraftKind, Revision

from . import leases
from .day import Day
from .ledger import KEPT, SAVED

#: Kinds of requests whose times are of interest, in this order; all others are counted together.
NAMED = ("take next", "open article", "save", "accept", "draft", "approve", "approve all", "sign of life")


def figures(day: Day, noted: list[leases.Change]) -> str:
    """Some lines for people to read."""
    timings = day.clockwork.timings
    did = sum((ledger.did for ledger in day.ledgers), Counter())
    told = Counter(asked.status for ledger in day.ledgers for asked in ledger.texts)
    lines = [
        f"{day.size.people} people, {day.size.segments} segments, {day.seconds:.0f} s, {len(timings)} requests "
        f"({len(timings) / day.seconds:.1f} a second)",
        f"texts sent {sum(told.values())}: saved {told[SAVED]}, refused and kept {told[KEPT]}, "
        f"not taken {sum(n for status, n in told.items() if status not in (SAVED, KEPT, None))}, "
        f"never answered {told[None]}",
        f"connections cut by people {day.clockwork.cut}, by killed processes {day.clockwork.unreachable}; "
        f"processes killed {day.kills}; leases {sum(change.new_token is not None for change in noted)}, "
        f"expired {leases.expired(noted)}",
        f"revisions {Revision.objects.count()}, decisions {Decision.objects.count()}, events "
        f"{AuditEvent.objects.count()}, refused texts still kept "
        f"{Draft.objects.filter(kind=DraftKind.REFUSED).count()}",
        "did: " + ", ".join(f"{what} {number}" for what, number in sorted(did.items())),
    ]
    by_name = defaultdict(list)
    for timing in timings:
        by_name[timing.name].append(timing.seconds)
    return "\n".join(lines + [_line(name, by_name[name]) for name in NAMED if len(by_name[name]) > 1])


def _line(name: str, seconds: Sequence[float]) -> str:
    cuts = quantiles(seconds, n=100, method="inclusive")
    p50, p95, p99 = (f"{cuts[place] * 1000:.0f}" for place in (49, 94, 98))
    return f"{name}: {len(seconds)}, ms p50 {p50}, p95 {p95}, p99 {p99}, longest {max(seconds) * 1000:.0f}"
