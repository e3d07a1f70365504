"""Searching a project's texts: what is found is what stands there now, for those who may read it."""

import pytest
from django.urls import reverse

from reviews import pipeline
from reviews.editing import passes
from reviews.editing.saving import save_revision
from reviews.models import Membership, Role, SearchText, Step
from reviews.web.selectors import search as selectors
from tests.editing.lanes import ask_twice, work_on
from tests.factories import make_document, make_project, segments_of

from .conftest import browser_of
from .test_queries import queries


@pytest.fixture
def article(project):
    document = make_document(
        project,
        ["Neue Lücke", "Ein Update für 1.450 Geräte.", "Es regnet & stürmt.", "Es schneit."],
        {"engine-a": ["New gap", "An update for <b>1,450</b> devices.", ("It rains and snows.", 2), ""]},
        kinds=["headline", "body", "body", "body"],
        section="Security",
    )
    pipeline.list_words(document.pk)
    return document


def address(project, **asked):
    return reverse("reviews:search", args=[project.slug], query=asked)


def search(person, project, q, **asked):
    response = browser_of(person).get(address(project, q=q, **asked))
    assert response.status_code == 200
    return response.content.decode()


def hits(person, project, q, **asked):
    context = browser_of(person).get(address(project, q=q, **asked)).context
    return [hit.segment for article in context["results"].articles for hit in article.hits]


def test_a_hit_is_marked_in_its_text_and_leads_to_its_row(project, cast, article):
    update = segments_of(article)[1]
    page = search(cast["rolf"], project, "1,450")
    assert 'An update for &lt;b&gt;<mark class="found">1,450</mark>&lt;/b&gt; devices.' in page
    assert f"/documents/{article.pk}/?at={update.pk}#s-{update.pk}" in page


def test_a_text_for_several_sentences_leads_to_the_row_it_stands_in(project, cast, article):
    _, _, rain, snow = segments_of(article)
    page = search(cast["anna"], project, "schneit")
    assert f"#s-{rain.pk}" in page
    assert f"#s-{snow.pk}" not in page
    assert "It rains and snows." in page
    assert hits(cast["anna"], project, "rains") == [rain.pk]


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        ({}, 1),
        ({"side": "source"}, 1),
        ({"side": "target"}, 0),
        ({"side": "nonsense"}, 1),
        ({"state": "new"}, 1),
        ({"state": "approved"}, 0),
        ({"kind": "headline"}, 1),
        ({"kind": "body"}, 0),
        ({"section": "Security"}, 1),
        ({"section": "Sport"}, 0),
    ],
)
def test_filters_narrow_it_down(project, cast, article, asked, number):
    assert len(hits(cast["anna"], project, "lücke", **asked)) == number


def test_what_moved_on_is_not_shown_whatever_the_index_says(project, cast, article):
    SearchText.objects.filter(pk=segments_of(article)[0].pk).update(target="newer words")
    assert hits(cast["anna"], project, "newer") == []


def test_a_blind_second_reviewer_does_not_find_the_first_text(project, cast, article):
    ask_twice(project)
    update = segments_of(article)[1]
    item = work_on(article, Step.BLIND)
    save_revision(segment_id=update.pk, person=cast["dora"], typed="A patch for 1,450 devices.", base=0)
    assert hits(cast["anna"], project, "patch") == [update.pk]
    passes.take(item_id=item.pk, person=cast["anna"])
    assert hits(cast["anna"], project, "patch") == []
    assert hits(cast["anna"], project, "lücke") == []
    assert hits(cast["ben"], project, "patch") == [update.pk]


def test_pages_hold_every_hit_once(project, cast, monkeypatch):
    monkeypatch.setattr(selectors, "PAGE", 3)
    document = make_document(project, [f"Satz {number}." for number in range(8)])
    pipeline.list_words(document.pk)
    client, found, link = browser_of(cast["anna"]), [], address(project, q="satz")
    for _ in range(3):
        results = client.get(link).context["results"]
        found += [hit.segment for article in results.articles for hit in article.hits]
        link = address(project, q="satz", before=results.before or 1)
    assert sorted(found) == [segment.pk for segment in segments_of(document)]
    assert results.before is None


def test_a_filter_that_lets_hardly_anything_through_can_be_followed_further(project, cast, article, monkeypatch):
    monkeypatch.setattr(selectors, "PROPOSALS", (1,))
    first = browser_of(cast["anna"]).get(address(project, q="es", kind="headline")).context["results"]
    assert (first.number, first.looked_at) == (0, 1)
    assert "Look further" in search(cast["anna"], project, "es", kind="headline")
    last = browser_of(cast["anna"]).get(address(project, q="lücke", before=first.before)).context["results"]
    assert last.number == 1


@pytest.mark.parametrize(
    "typed", ["'\";--", '"', "\x00", "a\x00b", "* OR (", "%", "x" * 10_000, "wort " * 99, "<script>alert(1)</script>"]
)
def test_nothing_typed_breaks_the_page_or_stands_in_it_as_markup(project, cast, article, typed):
    page = search(cast["anna"], project, typed)
    assert "<script>alert" not in page


def test_what_cannot_be_searched_is_said(project, cast):
    assert "at least one letter or digit" in search(cast["anna"], project, "?!")
    assert "it may have 500" in search(cast["anna"], project, "x" * 501)


def test_only_members_search_and_only_their_own_project(project, cast, article):
    other = make_project("other")
    Membership.objects.create(project=other, person=cast["carla"], role=Role.EDITOR)
    assert browser_of(cast["carla"]).get(address(project, q="lücke")).status_code == 404
    assert hits(cast["carla"], other, "lücke") == []


def test_articles_that_are_not_listed_yet_are_told(project, cast):
    make_document(project)
    assert "1 article came in just now" in search(cast["anna"], project, "lücke")


def test_it_asks_as_often_for_40_hits_as_for_2(project, cast):
    counts = []
    for size in (2, 38):
        pipeline.list_words(make_document(project, [f"Satz {number}." for number in range(size)]).pk)
        counts.append(queries(browser_of(cast["anna"]), address(project, q="satz")))
    assert counts[0] == counts[1] <= 14
