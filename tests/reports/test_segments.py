"""`segments --json`: one article, segment by segment, for scripts."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reviews import pipeline
from reviews.editing.saving import save_revision
from reviews.reports.segments import segment_rows
from reviews.routing.service import assess
from tests.factories import make_cast, make_document, make_project, segments_of

pytestmark = pytest.mark.django_db

SOURCES = ["Es kamen 120 Gäste.", "Das Amt ist zu.", "Es regnet."]


def made(project, sources=SOURCES, engine_b=(("120 guests came. The office is shut.", 2), "", "")):
    document = make_document(
        project,
        sources,
        {"engine-a": ["210 guests came.", "The office is closed.", "It rains."], "engine-b": list(engine_b)},
        {"A": ["120 guests came.", "The office is closed.", "It is raining."]},
    )
    pipeline.work_through(pipeline.rescore(document, publish=False).pk)
    document.refresh_from_db()
    return document


def test_a_row_holds_what_stands_for_the_segment():
    project = make_project()
    document = made(project)
    first, second, third = segments_of(document)
    save_revision(segment_id=first.pk, person=make_cast(project)["anna"], typed="120 guests came.", base=0)
    rows = list(segment_rows(document))
    assert [(row["segment"], row["position"], row["source"]) for row in rows] == [
        (segment.pk, i, source)
        for i, (segment, source) in enumerate(zip((first, second, third), SOURCES, strict=True), 1)
    ]
    assert [row["target"] for row in rows] == ["120 guests came.", "The office is closed.", "It rains."]
    assert [row["state"] for row in rows] == ["in_review", "new", "new"]
    assert rows[0]["references"] == {"A": "120 guests came."}
    assert {row["risk"]["rank"] for row in rows} == {1, 2, 3}
    assert {row["risk"]["ranked"] for row in rows} == {False}
    assert [row["risk"]["per_word"] for row in rows] == [
        pytest.approx(row["risk"]["score"] / words) for row, words in zip(rows, (3, 4, 2), strict=True)
    ]


def test_a_text_that_covers_two_segments_stands_with_the_first():
    rows = list(segment_rows(made(make_project())))
    engine_b = [row["hypotheses"]["engine-b"] for row in rows]
    assert (engine_b[0]["text"], engine_b[0]["covers"]) == ("120 guests came. The office is shut.", 2)
    assert engine_b[1] == {"covered_by": rows[0]["segment"]}
    assert (engine_b[2]["text"], engine_b[2]["covers"]) == ("", 1)


def test_every_hypothesis_has_its_scores_and_its_own_risk():
    rows = list(segment_rows(made(make_project())))
    wrong, right = (rows[0]["hypotheses"][engine] for engine in ("engine-a", "engine-b"))
    assert set(wrong["scores"]) == {
        "bleu",
        "chrf",
        "chrf++",
        "ter",
        "edit_rate",
        "length_ratio",
        "language",
        "consensus",
    }
    assert wrong["risk"]["score"] > right["risk"]["score"]
    assert "number changed" in wrong["risk"]["reasons"]
    assert "number changed" not in right["risk"]["reasons"]
    assert wrong["risk"]["per_word"] == pytest.approx(wrong["risk"]["score"] / 3)
    assert wrong["risk"]["ranked"] is False


def test_a_text_that_is_served_by_an_earlier_one_has_no_words_of_its_own():
    project = make_project()
    document = make_document(
        project, SOURCES, {"engine-b": [("120 guests came. The office is shut.", 2), "", "It rains."]}
    )
    assess(document.pk)
    first, second, _ = segment_rows(document)
    assert first["risk"]["score"] == second["risk"]["score"]
    assert second["risk"]["per_word"] is None


def test_the_number_of_queries_does_not_grow_with_the_article():
    project = make_project()
    counts = []
    for times in (1, 12):
        document = make_document(project, SOURCES * times, {"engine-a": ["One.", "Two.", "Three."] * times})
        with CaptureQueriesContext(connection) as queries:
            assert len(list(segment_rows(document))) == 3 * times
        counts.append(len(queries))
    assert counts[0] == counts[1]
