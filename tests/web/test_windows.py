"""Long articles in windows, rows that are light, and the way to texts that a page has not loaded."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from benchmarks.desk_articles import write_article
from reviews.editing.drafts import save_draft
from reviews.editing.saving import accept
from reviews.models import Placement, Segment
from tests.factories import make_document, segments_of

from .conftest import browser_of, script_of
from .pages import page_of, part, row_of, text_of


@pytest.fixture
def book(project, cast):
    """330 texts: a headline and paragraphs of four. Ben reviewed the first three of every ten and began the fourth."""
    return write_article(project, "book", 330, cast["ben"])


@pytest.fixture
def texts(book):
    return segments_of(book)


def page(document, person, query=""):
    response = browser_of(person).get(reverse("reviews:document", args=[document.pk]) + query)
    assert response.status_code == 200
    return page_of(response)


def window(document, person, first, last):
    address = reverse("reviews:document-window", args=[document.pk])
    return script_of(person).get(address, {"first": first, "last": last})


def ids(element):
    return [int(row.get("data-id")) for row in element.xpath(".//article[@data-id]")]


def is_light(row):
    return "data-light" in row.attrib


def following(document, person, aim="open", after=None):
    query = {"aim": aim} | ({"after": after.pk} if after else {})
    found = script_of(person).get(reverse("reviews:document-next", args=[document.pk]), query).json()["found"]
    return found and found["segment"]


def _file(path):
    return Path(finders.find(path)).read_bytes()


def modules_of(path, seen=None):
    """A module and all that it imports."""
    seen = seen if seen is not None else set()
    if path not in seen:
        seen.add(path)
        for name in re.findall(rb'(?:from|import) "\./([\w.]+)"', _file(path)):
            modules_of(str(Path(path).with_name(name.decode())), seen)
    return seen


def _compressed(path):
    return len(gzip.compress(_file(path)))


def test_a_long_article_opens_with_its_first_window_and_gaps_for_the_others(book, texts, cast):
    opened = page(book, cast["anna"])
    assert ids(opened) == [segment.pk for segment in texts[:61]]
    assert [text_of(gap) for gap in opened.xpath("//div[@class='gap']")] == [
        "Texts 62 to 121",
        "Texts 122 to 181",
        "Texts 182 to 241",
        "Texts 242 to 301",
        "Texts 302 to 330",
    ]


def test_the_windows_hold_every_text_once_in_whole_paragraphs(book, texts, cast):
    opened = page(book, cast["anna"])
    found, blocks = ids(opened), []
    for gap in opened.xpath("//div[@class='gap']"):
        section = page_of(window(book, cast["anna"], gap.get("data-first"), gap.get("data-last")))
        assert len(ids(section)) == int(gap.get("data-texts"))
        found += ids(section)
        blocks += [len(ids(block)) for block in section.xpath(".//section[contains(@class, 'block')]")]
    assert found == [segment.pk for segment in texts]
    assert set(blocks[:-1]) == {4}


def test_a_gaps_link_opens_its_window_without_a_script(book, texts, cast):
    [_, _, _, second, _] = page(book, cast["anna"]).xpath("//div[@class='gap']/a/@href")
    opened = page(book, cast["anna"], second.split("#")[0])
    assert ids(opened) == [segment.pk for segment in [*texts[:61], *texts[241:301]]]
    assert not is_light(row_of(opened, texts[241]))


def test_rows_around_the_one_asked_for_are_whole_and_the_others_light(book, texts, cast):
    opened = page(book, cast["anna"], f"?edit={texts[150].pk}")
    here = texts[121:181]
    assert [s.pk for s in here if not is_light(row_of(opened, s))] == [s.pk for s in texts[147:154]]
    assert [area.get("id") for area in opened.xpath("//main//textarea")] == [f"field-{texts[150].pk}"]


@pytest.mark.parametrize("place", [7, 15])
def test_a_light_row_knows_what_the_whole_one_tells_keys_and_fields(book, texts, cast, place):
    light = row_of(page(book, cast["ben"]), texts[place])
    whole = row_of(
        page_of(script_of(cast["ben"]).get(reverse("reviews:segment", args=[texts[place].pk]))), texts[place]
    )
    assert is_light(light)
    assert not is_light(whole)
    assert {k: v for k, v in light.attrib.items() if k != "data-light"} == dict(whole.attrib)
    for name in ("side", "source", "reading"):
        assert text_of(part(light, name)) == text_of(part(whole, name))
    assert light.xpath(".//div[@class='engine']") == []
    assert len(whole.xpath(".//div[@class='engine']")) == 3


def test_a_light_row_can_be_approved_as_it_stands(book, texts, cast):
    light = row_of(page(book, cast["dora"]), texts[10])
    assert is_light(light)
    assert light.xpath(".//form[contains(@class, 'approve')]//input[@name='seen']/@value")


def test_unsaved_typing_comes_back_into_a_light_row(book, texts, cast):
    save_draft(segment_id=texts[120].pk, person=cast["anna"], typed="Begun", base=0, sequence=1)
    section = page_of(window(book, cast["anna"], texts[101].placements.get().rank, texts[200].placements.get().rank))
    row = row_of(section, texts[120])
    assert is_light(row)
    assert row.xpath(".//textarea")[0].text.strip() == "Begun"


def test_a_text_for_sentences_on_both_sides_of_a_cut_stands_in_the_window_it_starts_in(project, cast):
    size = 210
    sources = [f"Satz {i}." for i in range(size)]
    joined = [f"Sentence {i}." for i in range(size)]
    joined[59], joined[60] = ("Two sentences.", 2), ""
    document = make_document(project, sources, {"engine-a": joined})
    segments = segments_of(document)
    opened = page(document, cast["anna"])
    assert ids(opened)[-1] == segments[59].pk
    assert row_of(opened, segments[59]).get("data-number") == "60–61"
    [gap, *_] = opened.xpath("//div[@class='gap']")
    section = page_of(window(document, cast["anna"], gap.get("data-first"), gap.get("data-last")))
    assert ids(section)[0] == segments[61].pk
    assert row_of(section, segments[61]).get("data-number") == "62"


@pytest.mark.parametrize(
    "query", [{}, {"first": -1, "last": 5}, {"first": 5, "last": 1}, {"first": "x", "last": 2**70}]
)
def test_nonsense_asked_of_a_window_is_not_found(book, cast, query):
    address = reverse("reviews:document-window", args=[book.pk])
    assert script_of(cast["anna"]).get(address, query).status_code == 404


def test_the_next_open_text_is_found_beyond_what_is_loaded(book, texts, cast):
    assert following(book, cast["anna"]) == texts[3].pk
    assert following(book, cast["anna"], after=texts[109]) == texts[113].pk
    assert following(book, cast["anna"], after=texts[329]) == texts[3].pk
    assert following(book, cast["dora"], after=texts[109]) == texts[110].pk
    assert following(book, cast["ben"], after=texts[109]) == texts[113].pk, "what he reviewed, others have to approve"
    assert following(book, cast["rolf"]) is None


def test_the_next_risky_text_follows_the_order_of_risk_around_its_end(book, texts, cast):
    first = following(book, cast["anna"], "risky")
    assert first == texts[329].pk
    assert following(book, cast["anna"], "risky", texts[329]) == texts[328].pk
    assert following(book, cast["anna"], "risky", texts[3]) == texts[329].pk


def test_the_next_text_with_a_finding_is_found(book, texts, cast):
    Segment.objects.filter(pk__in=[texts[200].pk, texts[300].pk]).update(open_findings=["numbers"])
    assert following(book, cast["anna"], "finding") == texts[200].pk
    assert following(book, cast["anna"], "finding", texts[200]) == texts[300].pk
    assert following(book, cast["anna"], "finding", texts[300]) == texts[200].pk


def test_a_text_that_is_done_is_no_longer_the_next(book, texts, cast):
    accept(segment_id=texts[3].pk, person=cast["anna"], base=1)
    assert following(book, cast["anna"]) == texts[4].pk


def test_the_gate_of_a_long_article_says_how_much_is_left_and_where(book, texts, cast):
    gate = page(book, cast["dora"]).get_element_by_id("publish")
    assert "330 texts are not approved yet." in text_of(gate)
    assert gate.xpath(".//a/@href") == [
        reverse("reviews:document", args=[book.pk]) + f"?at={texts[0].pk}#s-{texts[0].pk}"
    ]


def test_the_gate_of_a_long_article_that_is_approved_is_asked_for_by_the_open_page(book, cast):
    book.segments_in_review = book.segments_new = book.segments_reviewed = 0
    book.segments_approved = 330
    book.save()
    gate = page(book, cast["dora"]).get_element_by_id("publish")
    assert gate.get("hx-trigger").startswith("load, ")
    [link] = gate.xpath(".//a/@href")
    asked = page(book, cast["dora"], "?gate=on").get_element_by_id("publish")
    assert link.endswith("?gate=on#publish")
    assert "still missing" in text_of(asked)


def test_the_page_of_an_article_of_500_is_small_and_so_is_its_script(project, cast):
    long = write_article(project, "long", 500, cast["ben"])
    response = browser_of(cast["dora"]).get(reverse("reviews:document", args=[long.pk]))
    script = sum(_compressed(path) for path in modules_of("reviews/js/article.js"))
    styles = sum(_compressed(f"reviews/css/{name}.css") for name in ("tokens", "base", "article", "windows"))
    assert script + _compressed("django_htmx/htmx-2.min.js") < 60_000
    assert len(gzip.compress(response.content)) + script + styles < 200_000
    assert Placement.objects.filter(source_revision=long.current_source).count() == 500
