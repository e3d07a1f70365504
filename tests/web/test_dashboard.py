"""A project at a glance."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

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


def rows(page, name):
    return table(page, f"{name}-title")


def test_articles_and_texts_are_counted_by_state(project, cast):
    review(make_document(project), cast["anna"])
    make_document(project)
    make_document(make_project("other"))
    page = shown(project, cast["dora"])
    assert rows(page, "articles") == [
        ["New", "1"],
        ["In review", "0"],
        ["Reviewed", "1"],
        ["Approved", "0"],
        ["Published", "0"],
    ]
    assert ["Reviewed", "2"] in rows(page, "texts")
    [link] = page.xpath("//section[@aria-labelledby='articles-title']//tr[th='Reviewed']//a/@href")
    listed = page_of(browser_of(cast["dora"]).get(link))
    assert len(listed.xpath("//table[@class='documents']/tbody/tr")) == 1


def test_waiting_work_is_counted_by_step_with_the_oldest(project, cast):
    old, new, taken = (make_document(project, external_id=name) for name in ("old", "new", "taken"))
    for document in (old, new, taken):
        item = WorkItem.objects.create(project=project, document=document, step=Step.EDIT)
    claim(item_id=item.pk, person=cast["anna"])
    WorkItem.objects.filter(document=old).update(created_at=timezone.now() - timedelta(hours=5))
    [edit, approve] = rows(shown(project, cast["dora"]), "steps")
    assert edit == ["Edit", "2", "1", "0", "old", "5 h"]
    assert approve == ["Approve", "0", "0", "0", "–", "–"]


def test_the_nearest_deadlines_of_unfinished_articles_are_listed(project, cast):
    now = timezone.now()
    make_document(project, external_id="later", deadline_at=now + timedelta(days=9))
    make_document(project, external_id="late", deadline_at=now - timedelta(minutes=10, seconds=5))
    make_document(project, external_id="never")
    done = make_document(project, external_id="done", deadline_at=now)
    Document.objects.filter(pk=done.pk).update(state="approved")
    found = rows(shown(project, cast["dora"]), "due")
    assert [row[0] for row in found] == ["late", "later"]
    assert found[0][-1] == "overdue by 10 min"


def test_what_burns_stands_first_and_leads_to_the_articles(project, cast):
    now = timezone.now()
    late, wrong, out = (make_document(project, external_id=name, section="Sport") for name in ("late", "wrong", "out"))
    Document.objects.filter(pk=late.pk).update(deadline_at=now - timedelta(hours=1))
    Document.objects.filter(pk=wrong.pk).update(critical_texts=2)
    Document.objects.filter(pk=out.pk).update(outdated=True)
    page = shown(project, cast["dora"])
    alarms = page.xpath("//ul[@class='alarms']/li")
    assert [(text_of(alarm), alarm.get("class")) for alarm in alarms] == [
        ("1 article is overdue", "burns"),
        ("2 texts have an open critical finding", "burns"),
        ("1 published article is outdated: its original changed", "burns"),
        ("0 articles are due within 24 hours", ""),
    ]
    for alarm, name in zip(alarms, ("late", "wrong", "out"), strict=False):
        listed = page_of(browser_of(cast["dora"]).get(alarm.xpath("./a/@href")[0]))
        assert [text_of(row) for row in listed.xpath("//table[@class='documents']/tbody/tr/th/a")] == [name]
    words = text_of(page_of(browser_of(cast["dora"]).get(alarms[2].xpath("./a/@href")[0])))
    assert "outdated: the original changed" in words


def test_a_section_is_told_from_all_and_from_none(project, cast):
    make_document(project, external_id="a", section="Sport")
    make_document(project, external_id="b", section="=Sport")
    make_document(project, external_id="c")
    for query, names in (
        ("", ["no section", "=Sport", "Sport"]),
        ("?section=%3DSport", ["Sport"]),
        ("?section=%3D%3DSport", ["=Sport"]),
        ("?section=%3D", ["no section"]),
    ):
        page = shown(project, cast["dora"], query)
        assert [row[0] for row in rows(page, "sections")] == names
        assert rows(page, "articles")[0] == ["New", str(len(names))]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?section=%3DNowhere", "There is no “=Nowhere” here: choose one of the list."),
        ("?since=gestern", "“gestern” is no day: write it as 2026-11-24."),
        ("?since=2026-02-02&until=2026-02-01", "The first day is after the last one."),
    ],
)
def test_a_question_with_a_mistake_is_told_so_on_the_page_and_in_place_of_a_file(project, cast, query, words):
    client = browser_of(cast["dora"])
    response = client.get(reverse("reviews:dashboard", args=[project.slug]) + query)
    assert response.status_code == 422
    assert words in text_of(page_of(response))
    response = client.get(reverse("reviews:dashboard-csv", args=[project.slug, "lag"]) + query)
    assert response.status_code == 422
    assert words in response.content.decode()


def test_every_panel_has_its_file_and_no_formula_in_it(project, cast):
    now = timezone.now()
    make_document(project, external_id="a", title="=1+1", section="@Sport", deadline_at=now)
    client = browser_of(cast["dora"])
    page = shown(project, cast["dora"])
    files = page.xpath("//section[contains(@class, 'panel')]//a[@class='file']/@href")
    assert len(files) == len(page.xpath("//section[contains(@class, 'panel')][.//table]"))
    texts = {}
    for address in files:
        response = client.get(address)
        assert response.status_code == 200
        texts[address.split("/")[-1]] = response.content.decode()
    assert "'=1+1" in texts["due.csv"]
    assert "'@Sport" in texts["sections.csv"]
    assert texts["articles.csv"].splitlines()[:2] == ["state,articles", "New,1"]
    assert client.get(reverse("reviews:dashboard-csv", args=[project.slug, "nonsense"])).status_code == 404


def test_times_to_publication_are_drawn_week_by_week_with_all_of_them_below(project, cast):
    for days, hours in ((1, 2), (2, 3), (9, 10)):
        document = make_document(project)
        Document.objects.filter(pk=document.pk).update(
            first_published_at=timezone.now() - timedelta(days=days), lag_seconds=hours * 3600
        )
    page = shown(project, cast["dora"])
    [section] = page.xpath("//section[@aria-labelledby='lag-title']")
    assert [text_of(cell) for cell in section.xpath(".//tfoot//th|.//tfoot//td")] == ["All", "3", "3 h", "10 h"]
    assert len(section.xpath(".//*[local-name()='path'][@class='course']")) == 2
    later = timezone.localdate() - timedelta(days=3)
    [section] = shown(project, cast["dora"], f"?since={later}").xpath("//section[@aria-labelledby='lag-title']")
    assert sum(int(text_of(row.xpath("./td")[0])) for row in section.xpath(".//tbody/tr")) == 2


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
