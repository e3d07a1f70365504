"""Runs the checks on the texts that hold now and keeps what they found: the one place where checks meet tables.

A finding is kept by what was read, not by where it stood: the pair of texts, and what the check read of the article
around it. Equal texts are checked once, however often they occur, and a repeated or simultaneous run writes the same
rows. What today's checks have not seen counts as unchecked, never as clean.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from django.db import transaction
from django.db.models import Max, Min

from reviews.models import (
    CheckedPair,
    Dismissal,
    Document,
    Finding,
    Hypothesis,
    Placement,
    Project,
    Reference,
    Revision,
    Segment,
)
from reviews.models.dismissals import StandingDismissals
from reviews.models.in_force import (
    Stretch,
    TextPair,
    Texts,
    cut,
    pair_of,
    placements_of,
    target_runs,
    texts_in,
    unaligned_beside,
    unaligned_of,
    widened,
)
from reviews.models.states import run_around
from reviews.values import SEGMENT_KINDS, FindingValue, SegmentText, canonical_json, in_batches, sha256_hex

from .article import contexts_of, run_checks
from .policy import Effect, parse_policy
from .registry import CHECKS, checks_digest

#: Pairs asked for in one query and written in one transaction.
PAIRS_AT_ONCE = 250

LONGEST_MESSAGE = 500

#: How many segments to read beyond either end of a stretch, so that checks see as much of the article as they may.
MARGIN = 100

#: The hashes of a run of sources, of a text for it, and of all that checks read beside these.
PairKey = tuple[str, str, str]


@dataclass(frozen=True)
class PlacedPair:
    """A text beside its sources, with what each check (by id) reads of the article around it."""

    pair: TextPair
    contexts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def key(self) -> PairKey:
        return (*self.pair.key, self.context_hash())

    def context_hash(self, check: str | None = None) -> str:
        """The hash of what one check reads beside the two texts, or of what all of them do.

        Every check may read what kind of block the texts stand in.
        """
        contexts = self.contexts if check is None else {c: v for c, v in self.contexts.items() if c == check}
        if not contexts:
            return _hash_of_kind(self.pair.kind)
        around = {c: list(v) for c, v in contexts.items()}
        return sha256_hex(canonical_json({"kind": self.pair.kind, "contexts": around}))


@lru_cache(maxsize=len(SEGMENT_KINDS))
def _hash_of_kind(kind: str) -> str:
    """The context hash of nearly every pair."""
    return sha256_hex(canonical_json({"kind": kind}))


@dataclass(frozen=True, slots=True)
class PlacedPairs:
    """The texts that hold in a stretch as pairs: by hypothesis, by reference, and what would be published.

    The last go by the segment they start at: the same hypothesis has other neighbours among its engine's texts than
    among the editors'.
    """

    hypotheses: Mapping[int, PlacedPair]
    references: Mapping[int, PlacedPair]
    targets: Mapping[int, PlacedPair]

    def all(self) -> Iterator[PlacedPair]:
        for pairs in (self.hypotheses, self.references, self.targets):
            yield from pairs.values()


@dataclass(frozen=True, slots=True)
class Checked:
    """What a run of the checks came to: pairs it was asked about, pairs that were new, findings of those."""

    pairs: int
    new: int
    findings: int

    def __add__(self, other: Checked) -> Checked:
        return Checked(self.pairs + other.pairs, self.new + other.new, self.findings + other.findings)

    def counts(self) -> dict[str, int]:
        return {"pairs": self.pairs, "new": self.new, "findings": self.findings}


NOTHING = Checked(0, 0, 0)


# --- pairs with what stands around them ---------------------------------------------------------------


def pairs_in(texts: Texts) -> PlacedPairs:
    """Every text that holds in a stretch, as checks see it.

    No query for an entire article, at most eight for a stretch of a longer one.
    """
    wide = widened(texts.document, texts.stretch, MARGIN)
    around = texts if wide == texts.stretch else texts_in(texts.document, wide)
    inside = {placement.segment_id for placement in texts.placements}
    position = {segment: i for i, segment in enumerate(around.order)}
    project = texts.document.project

    def version(
        rows: Mapping[int, Hypothesis] | Mapping[int, Reference], extra: Mapping[int, tuple[str, ...]]
    ) -> dict[int, PlacedPair]:
        in_order = sorted(rows.items(), key=lambda entry: position[entry[0]])
        runs = [(row, around.sources(position[segment], row.covers)) for segment, row in in_order]
        places = {row.pk: i for i, (row, run) in enumerate(runs) if run[0].segment_id in inside}
        placed = placed_pairs(project, [pair_of(run, row, extra.get(row.pk, ())) for row, run in runs], places.values())
        return dict(zip(places, placed, strict=True))

    hypotheses: dict[int, PlacedPair] = {}
    unaligned = texts.unaligned if texts.unaligned is not None else unaligned_of(texts.document.pk)
    for of_system in around.hypotheses.values():
        hypotheses.update(version(of_system, unaligned_beside(unaligned, of_system.values())))
    references: dict[int, PlacedPair] = {}
    for of_name in around.references.values():
        references.update(version(of_name, {}))
    added = {placement.segment_id for placement in texts.added}
    targets = _target_pairs(project, (*around.placements, *texts.added), unaligned, inside | added)
    return PlacedPairs(hypotheses, references, targets)


def target_pairs(document: Document) -> dict[int, PlacedPair]:
    """What would be published of a document as checks see it, by the segment it starts at. Two queries."""
    placements = list(placements_of(document))
    return target_pairs_among(document.project, placements, {placement.segment_id for placement in placements})


def target_pairs_among(
    project: Project, placements: Sequence[Placement], wanted: Collection[int]
) -> dict[int, PlacedPair]:
    """The same of consecutive placements with their segments' targets, for those that start at the segments `wanted`.

    The others stand around them: MARGIN on either side is what checks read.
    """
    machine = any(placement.segment.chosen_id is not None for placement in placements)
    unaligned = unaligned_of(placements[0].segment.document_id) if machine else {}
    return _target_pairs(project, placements, unaligned, wanted)


def _target_pairs(
    project: Project,
    placements: Sequence[Placement],
    unaligned: Mapping[int, Sequence[Hypothesis]],
    wanted: Collection[int],
) -> dict[int, PlacedPair]:
    runs = list(target_runs(placement for placement in placements if not placement.added))
    chosen = {p.segment.chosen_id: p.segment.chosen for p in placements if p.segment.chosen is not None}
    extra = unaligned_beside(unaligned, chosen.values())

    def of(target: Hypothesis | Revision) -> tuple[str, ...]:
        return extra.get(target.pk, ()) if isinstance(target, Hypothesis) else ()

    places = {run[0].segment_id: i for i, (_, run) in enumerate(runs) if run[0].segment_id in wanted}
    placed = placed_pairs(project, [pair_of(run, target, of(target)) for target, run in runs], places.values())
    found = dict(zip(places, placed, strict=True))
    # What editors added is no part of what checks read around a translation, nor is anything read around it.
    for target, run in target_runs(placement for placement in placements if placement.added):
        if run[0].segment_id in wanted:
            found[run[0].segment_id] = PlacedPair(pair_of(run, target))
    return found


def target_pair_of(segment: Segment) -> PlacedPair | None:
    """What would be published for a segment, or the run it belongs to; None where there is no text.

    What it costs does not grow with the article.
    """
    document = segment.document
    run = placements_of(document).filter(segment_id__in=run_around(segment))
    ends = run.aggregate(first=Min("rank"), last=Max("rank"))
    if ends["first"] is None:
        return None
    wide = widened(document, Stretch(ends["first"], ends["last"]), MARGIN)
    around = list(placements_of(document).filter(rank__range=(wide.first, wide.last)))
    leader = segment.covered_by_id or segment.pk
    return target_pairs_among(document.project, around, {leader}).get(leader)


def placed_pairs(project: Project, version: Sequence[TextPair], places: Iterable[int]) -> list[PlacedPair]:
    """The pairs at these places of one version of an article, which is in order, with what checks read around them."""
    article = [_segment_text(project, pair) for pair in version]
    return [PlacedPair(version[i], contexts_of(article, i)) for i in places]


def _segment_text(project: Project, pair: TextPair) -> SegmentText:
    return SegmentText(
        source=pair.source,
        target=pair.target,
        source_lang=project.source_lang,
        target_lang=project.target_lang,
        kind=pair.kind,
        confidence=pair.confidence,
        unaligned=pair.unaligned,
    )


# --- running ------------------------------------------------------------------------------------------


def check_document(document_id: int) -> Checked:
    """Check every hypothesis and reference of a document that holds, and what would be published now."""
    document = Document.objects.select_related("project").get(pk=document_id)
    total = NOTHING
    for stretch in cut(document):
        total += check_texts(texts_in(document, stretch))
    return total


def check_texts(texts: Texts) -> Checked:
    """Check every text that holds in a stretch."""
    return check_pairs(texts.document.project, pairs_in(texts).all())


def check_targets(document_id: int) -> Checked:
    """Check what would be published of a document now: its latest human texts, else the chosen hypotheses."""
    document = Document.objects.select_related("project").get(pk=document_id)
    return check_pairs(document.project, target_pairs(document).values())


def check_pairs(project: Project, pairs: Iterable[PlacedPair]) -> Checked:
    """Run today's checks on the pairs that they have not seen, and keep what they find.

    The checks run outside of transactions; findings and the note that the pairs are checked are written together.
    Safe to run several times and at once.
    """
    total = NOTHING
    distinct = {pair.key: pair for pair in pairs}
    for part in in_batches(distinct.values(), PAIRS_AT_ONCE):
        seen = _seen(project, [pair.key for pair in part])
        new = [pair for pair in part if pair.key not in seen]
        findings = [row for pair in new for row in _findings(project, pair)]
        _write(project, new, findings)
        total += Checked(len(part), len(new), len(findings))
    return total


# --- reading ------------------------------------------------------------------------------------------


def findings_for(project: Project, pairs: Iterable[PlacedPair]) -> dict[PairKey, list[Finding]]:
    """What today's checks found in these pairs, by their keys.

    A pair they have not seen has no entry; a clean one has an empty list. Findings stand in the order of the
    checks, then of the text. Two queries, two more per 250 pairs.
    """
    order = {(check.id, check.version): i for i, check in enumerate(CHECKS)}
    found: dict[PairKey, list[Finding]] = {}
    for part in in_batches({pair.key: pair for pair in pairs}.values(), PAIRS_AT_ONCE):
        keys = [pair.key for pair in part]
        seen = _seen(project, keys)
        by_texts: dict[tuple[str, str], list[Finding]] = {}
        for row in Finding.objects.filter(project=project, **_hashes(keys)).order_by("ordinal", "id"):
            if (row.check_name, row.check_version) in order:
                by_texts.setdefault((row.source_hash, row.target_hash), []).append(row)
        for pair in part:
            if pair.key in seen:
                rows = by_texts.get(pair.pair.key, ())
                found[pair.key] = [row for row in rows if row.context_hash == pair.context_hash(row.check_name)]
    for rows_of_pair in found.values():
        rows_of_pair.sort(key=lambda row: (order[row.check_name, row.check_version], row.ordinal))
    return found


@dataclass(frozen=True, slots=True)
class Reported:
    """A finding as the project takes it: what it does, and the dismissal that silences it, if one does."""

    finding: Finding
    effect: Effect
    dismissal: Dismissal | None

    @property
    def open(self) -> bool:
        return self.dismissal is None


def reported(document: Document, pairs: Collection[PlacedPair]) -> dict[PairKey, list[Reported]]:
    """`findings_for` with the project's policy and people's dismissals applied; muted checks are left out.

    Every screen, gate and report reads findings here. What blocks publishing is silenced only by a dismissal made
    for that (`Dismissal.lets_publish`). One query more per 500 texts with findings.
    """
    texts = {pair.key: pair.pair for pair in pairs}
    policy = parse_policy(document.project.check_policy)
    found = findings_for(document.project, pairs)
    sources = {texts[key].source_hash for key, rows in found.items() if rows}
    dismissals = StandingDismissals.read(document.project, sources, document)

    def of(finding: Finding, pair: TextPair) -> Reported:
        effect = policy.effect(finding.check_name, finding.severity)
        holding = dismissals.of(finding, pair, document.pk)
        return Reported(finding, effect, next((d for d in holding if d.lets_publish or effect != "publishing"), None))

    return {
        key: [entry for row in rows if (entry := of(row, texts[key])).effect != "off"] for key, rows in found.items()
    }


def _digest() -> str:
    return sha256_hex(checks_digest())


def _seen(project: Project, keys: Sequence[PairKey]) -> set[PairKey]:
    """Those of these pairs that today's checks have seen."""
    rows = CheckedPair.objects.filter(project=project, checks=_digest(), **_hashes(keys))
    return set(rows.values_list("source_hash", "target_hash", "context_hash")) & set(keys)


def checked_texts(project: Project, keys: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of these pairs of hashes, of sources and text, that today's checks have seen in whatever context."""
    wanted = set(keys)
    seen: set[tuple[str, str]] = set()
    for part in in_batches(sorted(wanted), PAIRS_AT_ONCE):
        rows = CheckedPair.objects.filter(
            project=project,
            checks=_digest(),
            source_hash__in={s for s, _ in part},
            target_hash__in={t for _, t in part},
        )
        seen.update(rows.values_list("source_hash", "target_hash"))
    return seen & wanted


def _hashes(keys: Sequence[PairKey]) -> Mapping[str, Sequence[str]]:
    """A filter that holds for at least these pairs, in whatever context."""
    return {"source_hash__in": sorted({s for s, _, _ in keys}), "target_hash__in": sorted({t for _, t, _ in keys})}


def _findings(project: Project, pair: PlacedPair) -> Iterator[Finding]:
    for result in run_checks(_segment_text(project, pair.pair), pair.contexts):
        for ordinal, value in enumerate(result.findings):
            yield _row(project, pair, result.check.id, result.check.version, ordinal, value)


def _row(project: Project, pair: PlacedPair, name: str, version: int, ordinal: int, value: FindingValue) -> Finding:
    return Finding(
        project=project,
        check_name=name,
        check_version=version,
        source_hash=pair.pair.source_hash,
        target_hash=pair.pair.target_hash,
        context_hash=pair.context_hash(name),
        ordinal=ordinal,
        severity=value.severity,
        category=value.category,
        message=_shortened(value.message),
        source_spans=[list(span) for span in value.source_spans],
        target_spans=[list(span) for span in value.target_spans],
        suggestion=value.suggestion,
    )


def _shortened(message: str) -> str:
    """A message that quotes a long text must not keep the finding from being kept."""
    return message if len(message) <= LONGEST_MESSAGE else message[: LONGEST_MESSAGE - 1] + "…"


def _write(project: Project, pairs: Sequence[PlacedPair], findings: Sequence[Finding]) -> None:
    if not pairs:
        return
    digest = _digest()
    with transaction.atomic():
        Finding.objects.bulk_create(findings, ignore_conflicts=True)
        CheckedPair.objects.bulk_create(
            (
                CheckedPair(
                    project=project,
                    source_hash=pair.pair.source_hash,
                    target_hash=pair.pair.target_hash,
                    context_hash=pair.key[2],
                    checks=digest,
                )
                for pair in pairs
            ),
            ignore_conflicts=True,
        )
