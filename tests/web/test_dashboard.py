"""A project at a glance."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from reviews import pipeline
from reviews.editing.claims import claim
from reviews.models import Document, ImportBatch, Step, TaskRun, WorkItem
from tests.factories import make_document, make_project

from .conftest import browser_of, review
from .pages import page_of, text_of


def shown(project, person, query=""):
    response = browser_of(person).get(reverse("reviews:dashboard", args=[project.slug]) + query)
    assert response.status_code == 200
    return page_of(response)


def table(page, name):
    [section] = page.xpath(f"//section[@aria-labelledby='{name}']")
    return [[text_of(cell) for cell in row.xpath("./th|./td")] for row in section.xpath(".//tbody/tr")]


def test_articles_and_texts_are_counted_by_state(project, cast):
    review(make_document(project), cast["anna"])
    make_document(project)
    make_document(make_project("other"))
    page = shown(project, cast["dora"])
    assert table(page, "documents-title") == [
        ["New", "1"],
        ["In review", "0"],
        ["Reviewed", "1"],
        ["Approved", "0"],
        ["Published", "0"],
    ]
    assert ["Reviewed", "2"] in table(page, "segments-title")
    [picture] = page.xpath("//section[@aria-labelledby='documents-title']//svg[@role='img']")
    assert picture.get("aria-label") == "Articles by state: New 1, Reviewed 1"
    assert [float(rect.get("width")) for rect in picture.xpath("./rect")] == [50.0, 50.0]


def test_waiting_work_is_counted_by_step_with_the_oldest(project, cast):
    old, new, taken = (make_document(project, external_id=name) for name in ("old", "new", "taken"))
    for document in (old, new, taken):
        item = WorkItem.objects.create(project=project, document=document, step=Step.EDIT)
    claim(item_id=item.pk, person=cast["anna"])
    WorkItem.objects.filter(document=old).update(created_at=timezone.now() - timedelta(hours=5))
    [edit, approve] = table(shown(project, cast["dora"]), "backlog-title")
    assert edit == ["Edit", "2", "1", "0", "old, for 5 h"]
    assert approve == ["Approve", "0", "0", "0", "none"]


def test_the_nearest_deadlines_of_unfinished_articles_are_listed(project, cast):
    now = timezone.now()
    make_document(project, external_id="later", deadline_at=now + timedelta(days=9))
    make_document(project, external_id="late", deadline_at=now - timedelta(minutes=10, seconds=5))
    make_document(project, external_id="never")
    done = make_document(project, external_id="done", deadline_at=now)
    Document.objects.filter(pk=done.pk).update(state="approved")
    rows = table(shown(project, cast["dora"]), "due-title")
    assert [row[0] for row in rows] == ["late", "later"]
    assert rows[0][2] == "overdue by 10 min"


@pytest.fixture
def scored(project):
    document = make_document(
        project,
        ["Der Hund bellt laut.", "Die Katze schläft heute lange."],
        {
            "engine-a": ["The dog barks loudly.", "The cat sleeps long today."],
            "engine-b": ["Dog loud.", "The cat is asleep."],
        },
        references={"A": ["The dog barks loudly.", "The cat is sleeping long today."]},
    )
    run = pipeline.after_import(document, publish=False)
    pipeline.work_through(run.pk)
    return document


def test_engines_are_compared_with_exact_values_beside_the_rounded_ones(project, cast, scored):
    page = shown(project, cast["dora"])
    rows = table(page, "engines-title")
    assert [row[0] for row in rows] == ["engine-a", "engine-b"]
    assert rows[0][-1] == "2 of 2"
    cells = page.xpath("//section[@aria-labelledby='engines-title']//td/data")
    for cell in cells:
        assert cell.text == f"{float(cell.get('value')):.1f}"
    assert any(len(cell.get("value")) > 10 for cell in cells)
    words = text_of(page.xpath("//section[@aria-labelledby='engines-title']")[0])
    assert "against the reference “A”, on the 2 texts all engines share, in 1 article." in words
    assert "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:" in words
    assert "TERlower is better" in words


def test_a_project_without_references_says_what_to_do(project, cast, document):
    words = text_of(shown(project, cast["dora"]).xpath("//section[@aria-labelledby='engines-title']")[0])
    assert "has no reference to compare with" in words


def test_another_reference_can_be_chosen_and_nonsense_changes_nothing(project, cast, scored):
    for query in ("?reference=A", "?reference=nonsense"):
        assert "against the reference “A”," in text_of(shown(project, cast["dora"], query))


def test_failed_work_and_the_last_import_are_told(project, cast, document):
    TaskRun.objects.create(
        project=project, document=document, kind="score", state="failed", error="chunk 0: ValueError: <b>broken</b>"
    )
    ImportBatch.objects.create(
        project=project,
        state="done",
        counts={"documents": {"new": 3, "changed": 0, "same": 1, "rejected": 1}, "scores": {"done": 9}},
        rejected=[{"file": "bad.csv", "line": 7, "document": None, "reason": "no source"}],
    )
    page = shown(project, cast["dora"])
    [row] = table(page, "runs-title")
    assert row[1] == "Scores and checks"
    assert row[3] == "chunk 0: ValueError: <b>broken</b>"
    assert table(page, "import-title") == [["Documents", "3", "0", "1", "1"]]
    assert "bad.csv:7 no source" in text_of(page)


def test_an_empty_project_is_calm_about_it(project, cast):
    words = text_of(shown(project, cast["dora"]))
    assert "Nothing failed." in words
    assert "Nothing has been imported yet." in words


def test_researchers_see_the_figures_and_no_name(project, cast, document):
    item = WorkItem.objects.create(project=project, document=document, step=Step.EDIT)
    claim(item_id=item.pk, person=cast["anna"])
    review(document, cast["anna"])
    words = text_of(shown(project, cast["rolf"]).xpath("//main")[0])
    for name in ("Anna", "Ben", "Dora"):
        assert name not in words
