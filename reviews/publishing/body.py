"""What a publication freezes: texts, hashes, and who reviewed and approved them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from reviews.models import (
    Decision,
    Document,
    Hypothesis,
    Membership,
    Person,
    QuoteProvenance,
    Revision,
    SourceRevision,
)
from reviews.models.document import CodedTextModel
from reviews.models.quotes import provenance_json, standing_provenance

from .reviewed import Reviewed, reviewed_of
from .standing import StandingRun

#: The layout of the body; a reader of old publications goes by it. `publication/1` had no `notes` and no `first`.
FORMAT = "publication/2"


def publication_body(
    document: Document,
    source: SourceRevision,
    runs: Sequence[StandingRun],
    *,
    number: int,
    person: Person,
    disclosure: str,
    at: datetime,
    notes: Sequence[Mapping[str, Any]] = (),
    first: datetime,
    waived: Sequence[Mapping[str, Any]] = (),
    dismissed: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """The frozen record of a document whose gate is open, ready for canonical JSON.

    People appear by public id, salted hash of the name and roles at this time, never by name. Times are those of
    the article; the ids of revisions and decisions lead to the rest of the record. `notes` are what readers were and
    are told of changes, `first` is when they first had the article.
    """
    reviewed = reviewed_of(document, runs)
    revisions = [run.revision for run in runs if run.revision is not None]
    people = [person, *(revision.author for revision in revisions)]
    for pair in reviewed.values():
        people += [decision.person for decision in (pair.review, pair.approval) if decision is not None]
    if len(reviewed) < len(runs):
        raise ValueError("a text is not approved: the gate should have said so")
    segments: list[dict[str, Any]] = []
    quotes = standing_provenance([placement.segment_id for run in runs for placement in run.placements])
    for run in runs:
        segments += _run_json(run, reviewed[run.leader.segment_id], quotes)
    return {
        "format": FORMAT,
        "project": document.project.slug,
        "document": document.external_id,
        "title": document.title,
        "url": document.url,
        "source_lang": document.project.source_lang,
        "target_lang": document.project.target_lang,
        "number": number,
        "source_revision": _source_json(source),
        "disclosure": disclosure,
        "notes": list(notes),
        "published": {"at": at.isoformat(), "by": str(person.public_id), "first": first.isoformat()},
        "times": _times(source, revisions, [pair.approval for pair in reviewed.values()]),
        "people": _people_json(document, people),
        "waived": list(waived),
        "dismissed": list(dismissed),
        "segments": segments,
    }


def _source_json(source: SourceRevision) -> dict[str, Any]:
    return {
        "number": source.number,
        "hash": source.content_hash,
        "reader": source.reader,
        "raw_hash": source.raw_hash,
        "raw_name": source.raw_name,
    }


def _times(source: SourceRevision, revisions: Sequence[Revision], approvals: Sequence[Decision]) -> dict[str, str]:
    return {
        "imported": source.created_at.isoformat(),
        "first_saved": min(revision.created_at for revision in revisions).isoformat(),
        "last_saved": max(revision.created_at for revision in revisions).isoformat(),
        "last_approved": max(approval.created_at for approval in approvals).isoformat(),
    }


def _people_json(document: Document, people: Iterable[Person]) -> dict[str, Any]:
    by_id = {person.pk: person for person in people}
    roles: dict[int, list[str]] = {}
    members = Membership.objects.filter(project=document.project, person_id__in=by_id).order_by("role")
    for person_id, role in members.values_list("person_id", "role"):
        roles.setdefault(person_id, []).append(role)
    return {
        str(person.public_id): {"name_hash": person.name_hash(), "roles": roles.get(pk, [])}
        for pk, person in by_id.items()
    }


def _run_json(run: StandingRun, reviewed: Reviewed, quotes: Mapping[int, QuoteProvenance]) -> list[dict[str, Any]]:
    """One object per segment of the run; the text stands with the first, what is noted of a quotation with its own."""
    if run.revision is None:
        raise ValueError(f"segment {run.leader.segment_id} has no human text: the gate should have said so")
    rows = []
    for offset, placement in enumerate(run.placements):
        rows.append(
            {
                "segment": placement.segment_id,
                "id": placement.segment.external_id,
                "position": run.position + offset,
                "kind": placement.kind,
                "block": placement.block,
                "sentence": placement.sentence,
                "locator": placement.locator,
                "source": _text_json(placement.source),
                "target": None if offset else _target_json(run, run.revision, reviewed),
                "covered_by": run.leader.segment_id if offset else None,
            }
        )
        if placement.added:
            rows[-1]["added"] = True
        if (noted := quotes.get(placement.segment_id)) is not None:
            rows[-1]["provenance"] = provenance_json(noted)
    return rows


def _target_json(run: StandingRun, revision: Revision, reviewed: Reviewed) -> dict[str, Any]:
    review, approval = reviewed.review, reviewed.approval
    return {
        **_text_json(revision),
        "covers": len(run.placements),
        "source_hash": run.source_hash,
        "revision": revision.pk,
        "number": revision.number,
        "origin": revision.origin,
        "author": str(revision.author.public_id),
        "started_from": _hypothesis_json(revision.started_from) if revision.started_from else None,
        "derived_from": revision.derived_from,
        "reviewed": _decision_json(review) if review else None,
        "approved": _decision_json(approval),
    }


def _hypothesis_json(hypothesis: Hypothesis) -> dict[str, Any]:
    return {"system": hypothesis.system.label, "hypothesis": hypothesis.pk, "hash": hypothesis.content_hash}


def _decision_json(decision: Decision) -> dict[str, Any]:
    return {
        "decision": decision.pk,
        "kind": decision.kind,
        "by": str(decision.person.public_id),
        "reason": decision.reason,
        "four_eyes": decision.four_eyes,
    }


def _text_json(text: CodedTextModel) -> Mapping[str, Any]:
    return {"text": text.text, "codes": text.codes, "hash": text.content_hash}
