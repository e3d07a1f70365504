"""What My work is narrowed down to, and what it says is new to somebody."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from reviews.editing import passes
from reviews.editing.saving import save_revision
from reviews.editing.visits import SITTING, note_visit
from reviews.models import Document, Hypothesis, Step, Visit, WorkItem
from reviews.models.audit import append_event
from reviews.web.selectors.news import news_of, since_there
from tests.editing.lanes import ask_twice, work_on
from tests.factories import add_hypothesis, make_cast, make_document, make_project, segments_of

from .conftest import browser_of, review
from .pages import page_of, text_of
from .test_my_work import documents, section, shown, titles, work


@pytest.fixture
def articles(project, cast):
    """Three articles to edit: one late, one for tonight, one of the sports section without a deadline."""
    now = timezone.now()
    found = {
        "late": make_document(project, external_id="late", section="News", deadline_at=now - timedelta(hours=1)),
        "soon": make_document(project, external_id="soon", section="News", deadline_at=now + timedelta(hours=30)),
        "open": make_document(project, external_id="open", section="Sport"),
    }
    for name, document in found.items():
        work(document, sort_key=name)
    return found


def queue_titles(person, query=""):
    return titles(section(shown(person, query), "queue-edit"))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["late", "open", "soon"]),
        ("?section=Sport", ["open"]),
        ("?due=overdue", ["late"]),
        ("?due=day", ["late"]),
        ("?due=week", ["late", "soon"]),
        ("?due=none", ["open"]),
        ("?due=never", ["late", "open", "soon"]),
        ("?project=desk", ["late", "open", "soon"]),
        ("?project=nowhere", ["late", "open", "soon"]),
    ],
)
def test_work_and_articles_are_narrowed_down_alike(articles, cast, query, expected):
    assert queue_titles(cast["anna"], query) == expected
    assert sorted(documents(shown(cast["anna"], query))) == sorted(expected)


def test_a_project_of_several_can_be_chosen(articles, cast):
    other = make_project("other")
    make_cast(other)
    work(make_document(other, external_id="elsewhere"))
    assert queue_titles(cast["anna"], "?project=other") == ["elsewhere"]
    assert documents(shown(cast["anna"], "?project=other")) == ["elsewhere"]


def test_steps_and_whose_choose_between_lists(articles, cast):
    page = shown(cast["ben"], "?step=approve")
    assert not page.xpath("//section[@aria-labelledby='queue-edit']")
    assert page.xpath("//section[@aria-labelledby='queue-approve']")
    assert not shown(cast["ben"], "?whose=mine").xpath("//section[@class='queue']")
    assert not shown(cast["ben"], "?whose=open").xpath("//section[@aria-labelledby='held-title']")


def test_what_changed_can_be_asked_for(articles, cast):
    Document.objects.filter(pk=articles["late"].pk).update(segments_source_changed=1, segments_new=1)
    add_hypothesis(articles["soon"], "engine-a", 0, "Anew.", number=2)
    assert Hypothesis.objects.filter(number=2).count() == 1
    assert queue_titles(cast["anna"], "?changed=source") == ["late"]
    assert queue_titles(cast["anna"], "?changed=engine") == ["soon"]
    note_visit(articles["open"], cast["anna"], 0)
    review(articles["open"], cast["ben"])
    assert queue_titles(cast["anna"], "?changed=news") == ["open"]
    assert queue_titles(cast["dora"], "?changed=news") == []


def test_the_filter_stays_in_the_address_and_offers_no_act_on_more_than_it_shows(articles, cast):
    for number in range(27):
        make_document(articles["late"].project, ["Satz."], external_id=f"n{number:02}", section="News")
    page = shown(cast["anna"], "?section=News&q=n")
    [following] = page.xpath("//nav[@class='pages']/a/@href")
    assert following == "?section=News&q=n&page=2#articles"
    assert "Take next" not in text_of(page)
    assert not page.xpath("//a[contains(@href, 'all=1')]")
    [chosen] = page.xpath("//select[@name='section']/option[@selected]")
    assert text_of(chosen) == "News"


# --- what is new ----------------------------------------------------------------------------------------


def words(person, document):
    news = news_of(person, [Document.objects.get(pk=document.pk)]).get(document.pk)
    return news.words if news else ""


def now_at(document):
    return Document.objects.values_list("audit_number", flat=True).get(pk=document.pk)


def test_what_others_did_is_told_and_what_one_did_oneself_is_not(document, segments, cast):
    note_visit(document, cast["anna"], now_at(document))
    review(document, cast["ben"])
    save_revision(segment_id=segments[0].pk, person=cast["dora"], typed="A gap.", base=1, reviewed=True)
    assert words(cast["anna"], document) == "4 texts saved, 4 reviewed"
    work(document)
    assert "New to you: 4 texts saved, 4 reviewed" in text_of(section(shown(cast["anna"]), "queue-edit"))
    save_revision(segment_id=segments[1].pk, person=cast["anna"], typed="Mine.", base=1)
    assert words(cast["anna"], document) == "4 texts saved, 4 reviewed"
    assert words(cast["ben"], document) == ""
    note_visit(document, cast["anna"], now_at(document))
    assert words(cast["anna"], document) == ""


def test_a_new_original_and_new_engine_texts_are_told_apart(document, cast):
    note_visit(document, cast["anna"], now_at(document))
    for hypotheses, sources in (({"new": 4}, {"same": 4}), ({"same": 4}, {"same": 3, "changed": 1})):
        with transaction.atomic():
            data = {"outcome": "changed", "segments": sources, "hypotheses": hypotheses}
            append_event(document, action="document.imported", person=None, data=data)
    assert words(cast["anna"], document) == "the original came in anew, new text from an MT engine"


def test_nothing_is_told_of_a_lane_beside_nor_of_an_article_somebody_is_kept_apart_from(project, document, cast):
    ask_twice(project)
    item = work_on(document, Step.BLIND, segments_of(document))
    for name in ("anna", "ben"):
        note_visit(document, cast[name], now_at(document))
    passes.take(item_id=item.pk, person=cast["anna"])
    segment = segments_of(document)[0]
    save_revision(segment_id=segment.pk, person=cast["anna"], typed="Apart.", base=0, lane="blind")
    assert words(cast["ben"], document) == ""
    save_revision(segment_id=segment.pk, person=cast["ben"], typed="First.", base=0)
    assert words(cast["anna"], document) == ""


def test_a_long_absence_is_summed_up(document, cast, monkeypatch):
    monkeypatch.setattr("reviews.web.selectors.news.MOST", 2)
    note_visit(document, cast["anna"], now_at(document))
    review(document, cast["ben"])
    assert words(cast["anna"], document).startswith("much changed")


def test_what_is_new_in_an_open_article_stays_marked_for_a_sitting(document, segments, cast):
    note_visit(document, cast["anna"], now_at(document))
    Visit.objects.update(at=timezone.now() - SITTING - timedelta(minutes=1))
    save_revision(segment_id=segments[0].pk, person=cast["ben"], typed="A gap.", base=0)
    document.refresh_from_db()
    for _ in range(2):
        seen = note_visit(document, cast["anna"], now_at(document))
        assert since_there(document, cast["anna"], seen).segments == {segments[0].pk}
    assert words(cast["anna"], document) == ""
    Visit.objects.update(at=timezone.now() - SITTING - timedelta(minutes=1))
    seen = note_visit(document, cast["anna"], now_at(document))
    assert since_there(document, cast["anna"], seen) is None


def test_an_article_says_what_is_new_and_marks_its_rows(document, segments, cast):
    def opened(client):
        return page_of(client.get(reverse("reviews:document", args=[document.pk])))

    anna = browser_of(cast["anna"])
    assert opened(anna).xpath("//div[@class='since-there']") == []
    Visit.objects.update(at=timezone.now() - SITTING - timedelta(minutes=1))
    save_revision(segment_id=segments[1].pk, person=cast["ben"], typed="A patch.", base=0)
    page = opened(anna)
    assert "1 text saved" in text_of(page.xpath("//div[@class='since-there']")[0])
    [mark] = page.xpath("//span[@class='since-mark']")
    [row] = mark.xpath("ancestor::article")
    assert row.get("id") == f"s-{segments[1].pk}"
    assert opened(browser_of(cast["dora"])).xpath("//span[@class='since-mark']") == []


def test_an_open_page_says_how_far_it_shows_the_article(document, segments, cast):
    client = browser_of(cast["anna"])
    client.get(reverse("reviews:document", args=[document.pk]))
    save_revision(segment_id=segments[1].pk, person=cast["ben"], typed="A patch.", base=0)
    presence = reverse("reviews:document-presence", args=[document.pk])
    client.post(presence, {"seen": now_at(document)})
    assert words(cast["anna"], document) == ""
    client.post(presence, {"seen": 10**9})
    assert Visit.objects.get().seen_number == now_at(document)


def test_an_older_page_that_is_still_open_changes_nothing(document, cast):
    note_visit(document, cast["anna"], 7)
    note_visit(document, cast["anna"], 5)
    assert Visit.objects.get().seen_number == 7


def test_my_work_of_nobody_is_a_page_too(cast):
    assert browser_of(cast["carla"]).get(reverse("reviews:my-work"), {"due": "day"}).status_code == 200
    assert not WorkItem.objects.exists()
