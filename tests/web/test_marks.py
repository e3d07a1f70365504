"""The panel in which errors of the engines' texts are marked: one's own marks only, told when another tab was first."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml.html import fromstring

from reviews.editing.marking import mark, rate
from reviews.importing.scorefiles.base import Mark
from reviews.metrics.mqm import CATEGORIES
from reviews.models import ErrorAnnotation, Hypothesis, Project, Protocol, Rating
from reviews.web.selectors.marks import CATEGORY_LABELS, GROUP_LABELS, marked_html
from tests.factories import make_document, segments_of

from .conftest import browser_of, script_of
from .pages import page_of, text_of

FAMILY = "\N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL}"


@pytest.fixture
def document(project):
    return make_document(
        project,
        ["Es regnet.", "Es schneit."],
        {"engine-a": [f"It {FAMILY} rains.", "It snows."], "engine-b": [("It rains and snows.", 2), ""]},
    )


@pytest.fixture
def segment(document):
    return segments_of(document)[0]


@pytest.fixture
def text(segment):
    return Hypothesis.objects.get(text=f"It {FAMILY} rains.")


def address(name, segment):
    return reverse(f"reviews:segment-{name}", args=[segment.pk])


def marks(of, **columns):
    place = {"side": "target", "start": 9, "end": 14, "category": "style/awkward", "severity": "major"}
    return {"text": of.pk, "base": 0} | place | columns


def panel_of(client, segment):
    return page_of(client.get(address("marks", segment)))


def marked_words(page):
    return [text_of(mark) for mark in page.xpath("//div[contains(@class, 'marked-text')]/mark")]


def test_a_mark_by_script_comes_back_in_the_panel(cast, segment, text):
    client = script_of(cast["anna"])
    answer = client.post(address("mark", segment), marks(text, comment="stiff"))
    assert answer.status_code == 200
    panel = page_of(answer)
    assert marked_words(panel) == ["rains"]
    [listed] = panel.xpath("//ol[@class='marks-made']/li")
    assert text_of(listed).startswith("rains Awkward, major: stiff")
    assert ErrorAnnotation.objects.get().start == 9


def test_the_characters_of_a_marked_text_are_those_of_the_text(text):
    html = marked_html(
        text.text + " <b>", [Mark("target", (3, 8), "other", "minor"), Mark("target", (0, 0), "", "major")]
    )
    element = fromstring(f"<div>{html}</div>")
    assert element.text_content() == text.text + " <b>"
    assert [mark.text_content() for mark in element.xpath("mark")] == ["", FAMILY]


def test_without_scripts_there_is_a_page(cast, segment, text):
    client = browser_of(cast["anna"])
    answer = client.post(address("mark", segment), marks(text))
    assert answer.status_code == 302
    assert marked_words(panel_of(client, segment)) == ["rains"]
    answer = client.post(address("unmark", segment), {"text": text.pk, "base": 1, "ordinal": 0})
    assert marked_words(page_of(client.get(answer["Location"]))) == []


def test_a_tab_that_comes_second_sees_what_the_first_did(cast, segment, text):
    client = script_of(cast["anna"])
    client.post(address("mark", segment), marks(text))
    answer = client.post(address("mark", segment), marks(text, start=0, end=2))
    assert answer.status_code == 409
    panel = page_of(answer)
    assert "in another tab" in text_of(panel.xpath("//p[@class='problem']")[0])
    assert marked_words(panel) == ["rains"]
    assert panel.xpath("//div[@data-base='1']")


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({"severity": ""}, "how grave"),
        ({"end": 99}, "outside the text"),
        ({"comment": "x" * 1001}, "at most 1000"),
        ({"text": 10**6}, "none of the passage"),
    ],
)
def test_what_is_refused_is_said_in_the_panel(cast, segment, text, columns, why):
    answer = script_of(cast["anna"]).post(address("mark", segment), marks(text, **columns))
    assert answer.status_code == 422
    assert why in text_of(page_of(answer).xpath("//p[@class='problem']")[0])
    assert not Rating.objects.exists()


def test_a_text_of_another_passage_is_refused(cast, document, segment):
    other = Hypothesis.objects.get(text="It snows.")
    assert script_of(cast["anna"]).post(address("rate", segment), {"text": other.pk, "base": 0}).status_code == 422


def test_nobody_sees_the_marks_of_others_while_marking(cast, segment, text):
    mark(hypothesis_id=text.pk, person=cast["ben"], error=Mark("target", (9, 14), "other", "minor", "Ben’s"), base=0)
    rate(hypothesis_id=text.pk, person=cast["ben"], value=None, base=1)
    for name in ("anna", "dora", "rolf"):
        page = panel_of(browser_of(cast[name]), segment)
        assert marked_words(page) == []
        assert "Ben" not in text_of(page.xpath("//main")[0])


def test_who_compares_engines_sees_everybodys_marks_without_names(cast, segment, text):
    for name, words in (("ben", "one"), ("anna", "two")):
        mark(hypothesis_id=text.pk, person=cast[name], error=Mark("target", (9, 14), "other", "minor", words), base=0)
    rate(hypothesis_id=text.pk, person=cast["ben"], value=None, base=1)
    page = page_of(browser_of(cast["rolf"]).get(address("marks-all", segment)))
    listed = [text_of(item) for item in page.xpath("//ol[@class='marks-made']/li")]
    assert listed == ["rains Other, minor: one"]  # what Anna has not finished is hers alone
    shown = page.xpath("//main")[0].text_content()
    assert "Ben" not in shown
    assert str(cast["ben"].public_id) not in shown


def test_esa_asks_for_a_number(cast, segment, text):
    Project.objects.update(marking=Protocol.ESA)
    client = script_of(cast["anna"])
    panel = panel_of(client, segment)
    assert not panel.xpath("//input[@name='category']")
    assert text_of(panel.xpath("//ul[contains(@class, 'anchors')]/li")[0]) == "0 no meaning preserved"
    refused = client.post(address("rate", segment), {"text": text.pk, "base": 0, "value": 101})
    assert "from 0 to 100" in text_of(page_of(refused).xpath("//p[@class='problem']")[0])
    assert client.post(address("rate", segment), {"text": text.pk, "base": 0, "value": 66}).status_code == 200
    assert "judged: 66 of 100" in text_of(panel_of(client, segment))


def test_every_category_has_words_and_a_key_of_its_own():
    assert CATEGORY_LABELS.keys() == {category.id for category in CATEGORIES}
    assert {category.group for category in CATEGORIES if "/" in category.id} <= GROUP_LABELS.keys()
    assert len({category.key for category in CATEGORIES}) == len(CATEGORIES)


def test_the_panel_asks_the_database_as_often_in_a_long_article_as_in_a_short_one(project, cast):
    counts = []
    client = script_of(cast["anna"])
    for size in (3, 100):
        long = make_document(project, [f"Satz {n}." for n in range(size)])
        text = Hypothesis.objects.filter(document=long).first()
        mark(hypothesis_id=text.pk, person=cast["anna"], error=Mark("target", (0, 3), "other", "minor"), base=0)
        with CaptureQueriesContext(connection) as captured:
            client.get(address("marks", segments_of(long)[0]))
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert counts[0] <= 18
