"""Articles that were decided on faster than they can be read are named, and others are not."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviews.models import Decision, Document, Person, Project, Revision, triggers
from reviews.publishing import pace
from reviews.publishing.gate import gate, waivable_checks
from reviews.publishing.pace import FEWEST_TEXTS, WORDS_PER_SECOND, Act
from reviews.publishing.service import GateClosedError, publish
from tests.factories import make_cast, make_document

from . import desk

MORNING = datetime(2026, 12, 1, 6, 0, tzinfo=UTC)

#: Eleven words each with its number: 2.2 seconds to read both at least.
GERMAN = "Das Amt in Kiel ist heute wie gestern leider zu."
ENGLISH = "The office in Kiel is closed today as it was."


def article(project: Project, cast: dict[str, Person], texts: int = 8) -> Document:
    made = make_document(
        project,
        [f"{GERMAN[:-1]} {i}." for i in range(texts)],
        {"engine-a": [f"{ENGLISH[:-1]} {i}." for i in range(texts)]},
    )
    return desk.work_through(made, editor=cast["anna"], approver=cast["ben"])


@pytest.fixture
def cast(project: Project) -> dict[str, Person]:
    return make_cast(project)


def at(seconds: float) -> datetime:
    return MORNING + timedelta(seconds=seconds)


def took(document: Document, *, each: float, approved_after: float) -> None:
    """As if every text had taken so many seconds to review, and all were approved at once so long after the last."""
    revisions = list(Revision.objects.filter(document=document).order_by("pk"))
    triggers.lift(connection)
    for number, revision in enumerate(revisions):
        Revision.objects.filter(pk=revision.pk).update(created_at=at(number * each))
        Decision.objects.filter(revision=revision, kind="reviewed").update(created_at=at(number * each))
    end = at((len(revisions) - 1) * each + approved_after)
    Decision.objects.filter(document=document, kind="approved").update(created_at=end)


def named(document: Document) -> list[str]:
    return [item.code for item in gate(document)]


@pytest.mark.parametrize(
    ("each", "approved_after", "expected"),
    [
        (60, 600, []),
        (2.5, 60, []),
        (1, 600, ["quick_review"]),
        (60, 1, []),
        (0.5, 1, ["quick_review", "quick_approval"]),
        (3, 0, []),
    ],
)
@pytest.mark.django_db
def test_what_is_quicker_than_reading_is_named(
    project: Project,
    cast: dict[str, Person],
    each: float,
    approved_after: float,
    expected: list[str],
) -> None:
    document = article(project, cast)
    took(document, each=each, approved_after=approved_after)
    assert named(document) == expected


@pytest.mark.django_db
def test_it_is_said_in_words_without_a_name_and_can_be_waived_with_a_reason(
    project: Project, cast: dict[str, Person]
) -> None:
    document = article(project, cast)
    took(document, each=0.5, approved_after=1)
    review, approval = gate(document)
    assert review.reason == ("7 texts were marked as reviewed in 3 s; reading them takes 16 s at least.")
    assert approval.reason == ("8 texts were approved 4 s after they were written; reading them takes 18 s at least.")
    assert waivable_checks([review, approval]) == ["review.pace"]
    with pytest.raises(GateClosedError):
        publish(document_id=document.pk, person=cast["dora"])
    released = publish(
        document_id=document.pk, person=cast["dora"], waivers={"review.pace": "Both read it on paper before."}
    )
    waived = json.loads(released.body)["waived"]
    assert [item["reason"] for item in waived] == ["Both read it on paper before."] * 2
    # What is frozen says that it was waived and why, and not how quick anybody was.
    assert {item["finding"] for item in waived} == {"Texts were decided on in less time than reading them takes."}


@pytest.mark.django_db
def test_nothing_is_said_before_everything_is_approved(project: Project, cast: dict[str, Person]) -> None:
    document = article(project, cast)
    took(document, each=0, approved_after=0)
    desk.save(desk.leaders(document)[0], cast["anna"], "Another text.", reviewed=False)
    assert named(document) == ["in_review"]


@pytest.mark.django_db
def test_a_few_texts_are_no_pattern(project: Project, cast: dict[str, Person]) -> None:
    document = article(project, cast, texts=FEWEST_TEXTS - 1)
    took(document, each=0, approved_after=0)
    assert named(document) == []


ACTS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(1, 80)).map(
        lambda drawn: Act(1, at(max(drawn[0], drawn[1])), at(drawn[0]), drawn[2])
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ACTS)
def test_the_moment_with_the_most_texts_is_found(acts: list[Act]) -> None:
    """Against trying every moment."""
    counts = []
    for first in acts:
        later = [act for act in acts if act.ready >= first.ready]
        needed = sum(act.words for act in later) / WORDS_PER_SECOND
        if len(later) >= FEWEST_TEXTS and (max(act.at for act in later) - first.ready).total_seconds() < needed:
            counts.append(len(later))
    found = pace._too_soon(acts)
    assert (found.texts if found else 0) == max(counts, default=0)
