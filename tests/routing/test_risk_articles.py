"""The demo articles with their planted errors: where each error stands in the order an editor reads in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.core.management import call_command
from django.db import transaction

from reviews.checks.runner import check_document
from reviews.models import Document, Finding, Hypothesis, Segment
from reviews.models.states import refresh
from reviews.routing.service import assess
from tests.factories import segments_of
from tests.shared import shared_path

pytestmark = pytest.mark.django_db

ARTICLES = ("chipfabrik-foerderung", "handy-sicherheitsluecke", "open-source-verwaltung", "ransomware-kommunen")


@dataclass(frozen=True)
class Place:
    """Where a planted error stands among the texts of its article, and whether an open finding marks its text."""

    error: str
    severity: str
    rank: int
    of: int
    marked: bool

    def within(self, share: float) -> bool:
        return self.rank <= share * self.of


@pytest.fixture
def places() -> dict[str, list[Place]]:
    """By engine, once with that engine's texts as those an editor starts from."""
    folders = [str(shared_path(f"articles/{name}")) for name in ARTICLES]
    call_command("bulk_import", *folders, project="demo", create_project="de-en", inline=True, verbosity=0)
    return {
        engine: [place for name in ARTICLES for place in _places(name, engine)] for engine in ("engine-a", "engine-b")
    }


def _places(article: str, engine: str) -> Iterator[Place]:
    planted = json.loads(shared_path(f"articles/{article}/planted_errors.json").read_text("utf-8"))
    document = Document.objects.get(external_id=planted["article_id"])
    start_from(document, engine)
    rows = segments_of(document)
    assert not any(row.risk_ranked for row in rows)
    wording = {placement.segment_id: placement.source.text for placement in document.current_source.placements.all()}
    marked = set(Finding.objects.filter(project=document.project).values_list("source_hash", "target_hash"))
    for error in planted["errors"]:
        if error["engine"] == engine:
            row = next(row for row in rows if error["source_sentence"] in wording[row.pk])
            leader = row.covered_by or row
            text = (leader.chosen.source_hash, leader.chosen.content_hash)
            yield Place(error["id"], error["severity"], row.risk_rank, len(rows), text in marked)


def start_from(document: Document, engine: str) -> None:
    Segment.objects.filter(document=document).update(chosen=None)
    for row in Hypothesis.objects.filter(document=document, system__name=engine, segment__isnull=False):
        Segment.objects.filter(pk=row.segment_id).update(chosen=row)
    with transaction.atomic():
        refresh(document)
    check_document(document.pk)
    assess(document.pk)


def test_planted_errors_stand_where_an_editor_looks_first(places):
    """With two engines there is no ranking, but an order: findings, differences, length and damage."""
    critical = {engine: _with_severity(found, "critical") for engine, found in places.items()}
    assert {engine: len(found) for engine, found in critical.items()} == {"engine-a": 1, "engine-b": 12}
    assert [place for found in critical.values() for place in found if not place.within(1 / 3)] == []
    major = [place for found in places.values() for place in _with_severity(found, "major")]
    missed = [place for place in major if not (place.marked or place.within(1 / 2))]
    assert len(major) == 57
    assert len(missed) <= 0.2 * len(major), missed


def _with_severity(found: list[Place], severity: str) -> list[Place]:
    return [place for place in found if place.severity == severity]
