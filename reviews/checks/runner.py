"""Runs the checks on the texts that hold now and keeps what they found: the one place where checks meet tables.

A finding is kept by what was read, not by where it stood: equal texts are checked once, however often they occur,
and a repeated or simultaneous run writes the same rows. A pair of texts that today's checks have not seen counts as
unchecked, never as clean.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from reviews.models import CheckedPair, Document, Finding, Project
from reviews.models.in_force import TextPair, Texts, cut, pair_of, placements_of, target_runs, texts_in
from reviews.values import FindingValue, SegmentText, canonical_json, in_batches, sha256_hex

from .registry import CHECKS, checks_digest

#: Pairs asked for in one query and written in one transaction.
PAIRS_AT_ONCE = 250

LONGEST_MESSAGE = 500

#: The hashes of a run of sources and of a text for it.
PairKey = tuple[str, str]


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


def check_document(document_id: int) -> Checked:
    """Check every hypothesis and reference of a document that holds, and what would be published now."""
    document = Document.objects.select_related("project").get(pk=document_id)
    total = NOTHING
    for stretch in cut(document):
        total += check_pairs(document.project, pairs_of(texts_in(document, stretch)))
    return total


def check_targets(document_id: int) -> Checked:
    """Check what would be published of a document now: its latest human texts, else the chosen hypotheses."""
    document = Document.objects.select_related("project").get(pk=document_id)
    runs = target_runs(placements_of(document))
    return check_pairs(document.project, (pair_of(placements, target) for target, placements in runs))


def pairs_of(texts: Texts) -> Iterator[TextPair]:
    """Every text that holds in a stretch, beside its sources."""
    position = {segment: i for i, segment in enumerate(texts.order)}
    for rows in (*texts.hypotheses.values(), *texts.references.values()):
        for segment, row in rows.items():
            yield pair_of(texts.sources(position[segment], row.covers), row)
    for target, placements in target_runs(texts.placements):
        yield pair_of(placements, target)


def check_pairs(project: Project, pairs: Iterable[TextPair]) -> Checked:
    """Run today's checks on the pairs that they have not seen, and keep what they find.

    The checks run outside of transactions; findings and the note that the pairs are checked are written together.
    Safe to run several times and at once.
    """
    total = NOTHING
    distinct = {(pair.key, _context(pair.kind)): pair for pair in pairs}
    for part in in_batches(distinct.values(), PAIRS_AT_ONCE):
        seen = _seen(project, [pair.key for pair in part])
        new = [pair for pair in part if (*pair.key, _context(pair.kind)) not in seen]
        findings = [row for pair in new for row in _findings(project, pair)]
        _write(project, new, findings)
        total += Checked(len(part), len(new), len(findings))
    return total


def findings_for(project: Project, pairs: Collection[PairKey]) -> dict[PairKey, list[Finding]]:
    """What today's checks found in these pairs of (source hash, target hash).

    A pair they have not seen has no entry; a clean one has an empty list. Findings stand in the order of the
    checks, then of the text. Two queries, two more per 250 pairs.
    """
    order = {(check.id, check.version): i for i, check in enumerate(CHECKS)}
    found: dict[PairKey, list[Finding]] = {}
    for part in in_batches(sorted(set(pairs)), PAIRS_AT_ONCE):
        wanted = set(part)
        found.update({(source, target): [] for source, target, _ in _seen(project, part) if (source, target) in wanted})
        for row in Finding.objects.filter(project=project, **_hashes(part)).order_by("ordinal", "id"):
            known = found.get((row.source_hash, row.target_hash))
            if known is None or (row.check_name, row.check_version) not in order:
                continue
            if not any(_same(row, other) for other in known):
                known.append(row)
    for rows in found.values():
        rows.sort(key=lambda row: (order[row.check_name, row.check_version], row.ordinal))
    return found


def _same(one: Finding, other: Finding) -> bool:
    """The same text in two kinds of block gives the same finding twice."""
    return all(
        getattr(one, column) == getattr(other, column)
        for column in ("check_name", "severity", "message", "source_spans", "target_spans")
    )


def _context(kind: str) -> str:
    """Beside the two texts every check may read what kind of block they stand in."""
    return sha256_hex(canonical_json({"kind": kind}))


def _digest() -> str:
    return sha256_hex(checks_digest())


def _seen(project: Project, keys: Sequence[PairKey]) -> set[tuple[str, str, str]]:
    """(source hash, target hash, context hash) of what today's checks have seen of these pairs."""
    rows = CheckedPair.objects.filter(project=project, checks=_digest(), **_hashes(keys))
    return set(rows.values_list("source_hash", "target_hash", "context_hash"))


def _hashes(keys: Sequence[PairKey]) -> Mapping[str, Sequence[str]]:
    """A filter that holds for at least these pairs."""
    return {"source_hash__in": sorted({s for s, _ in keys}), "target_hash__in": sorted({t for _, t in keys})}


def _findings(project: Project, pair: TextPair) -> Iterator[Finding]:
    text = SegmentText(
        source=pair.source,
        target=pair.target,
        source_lang=project.source_lang,
        target_lang=project.target_lang,
        kind=pair.kind,
    )
    for check in CHECKS:
        if not check.knows(text):
            continue
        for ordinal, value in enumerate(check.run(text)):
            yield _row(project, pair, check.id, check.version, ordinal, value)


def _row(project: Project, pair: TextPair, name: str, version: int, ordinal: int, value: FindingValue) -> Finding:
    return Finding(
        project=project,
        check_name=name,
        check_version=version,
        source_hash=pair.source_hash,
        target_hash=pair.target_hash,
        context_hash=_context(pair.kind),
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


def _write(project: Project, pairs: Sequence[TextPair], findings: Sequence[Finding]) -> None:
    if not pairs:
        return
    with transaction.atomic():
        Finding.objects.bulk_create(findings, ignore_conflicts=True)
        CheckedPair.objects.bulk_create(
            (
                CheckedPair(
                    project=project,
                    source_hash=pair.source_hash,
                    target_hash=pair.target_hash,
                    context_hash=_context(pair.kind),
                    checks=_digest(),
                )
                for pair in pairs
            ),
            ignore_conflicts=True,
        )
