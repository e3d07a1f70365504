"""Where a project takes the engines' names away, no page that people work on gives one back."""

from __future__ import annotations

import re

import pytest
from django.core.management.color import no_style
from django.db import connection
from django.urls import reverse

from reviews.editing.saving import save_revision
from reviews.models import AuditEvent, Hypothesis, Project, Revision, Step, System, WorkItem
from reviews.routing.service import assess
from reviews.web.selectors.naming import EngineNames
from reviews.web.veiled import unveiled, veiled
from tests.editing.lanes import ask_twice, work_on
from tests.factories import make_document, make_person, make_project, segments_of

from .conftest import browser_of, script_of
from .pages import page_of, row_of, text_of

ENGINES = ("Aurelia", "Borealis", "Cassini")
EVERYBODY = ("anna", "ben", "dora", "rolf")


@pytest.fixture
def project(project):
    project.blind_engines = True
    project.save()
    return project


def number_texts_from(number):
    """Give the texts of engines ids that nothing else on a page has."""
    text = Hypothesis.objects.filter(document=make_document(make_project("elsewhere"), ["Eins."])).get()
    text.pk, text.number = number, 2
    text.save(force_insert=True)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Hypothesis]):
            cursor.execute(statement)


@pytest.fixture
def document(project, cast):
    number_texts_from(7_000_000)
    texts = {name: [f"Text {i} of {i + n}." for i in range(3)] for n, name in enumerate(ENGINES)}
    made = make_document(project, ["Eins.", "Zwei.", "Drei."], texts)
    System.objects.filter(name="Aurelia").update(version="2026-10")
    return made


def shown_engines(page, segment):
    """Per engine of a row its name and its text."""
    row = row_of(page, segment)
    names = [text_of(name).split(" shown")[0] for name in row.xpath(".//div[contains(@class, 'engine')]/dt")]
    texts = row.xpath(".//@data-adopt/../@data-marked")
    return dict(zip(names, texts, strict=True))


def page(client, document, segment):
    return client.get(reverse("reviews:document", args=[document.pk]), {"edit": segment.pk})


def gives_away(source):
    """Names of engines and ids of their texts, wherever in the source of a page."""
    named = [name for name in ENGINES if name.casefold() in source.casefold()]
    ids = {str(pk) for pk in Hypothesis.objects.filter(document__project__slug="desk").values_list("pk", flat=True)}
    return [*named, *sorted(ids & set(re.findall(r"\d+", source)))]


def adopt(document, segment, person, name="Borealis"):
    """Save the text of an engine under the number the page gives it."""
    text = Hypothesis.objects.get(system__name=name, segment=segment)
    return script_of(person).post(
        reverse("reviews:segment-save", args=[segment.pk]),
        {"typed": text.text, "base": 0, "save_key": "k", "started_from": veiled(text.pk), "origin": "adopted"},
    )


@pytest.mark.parametrize("name", EVERYBODY)
def test_the_article_names_no_engine_anywhere_in_its_source(document, cast, name):
    first, second, _ = segments_of(document)
    adopt(document, first, cast["anna"])
    save_revision(segment_id=second.pk, person=cast["ben"], typed="By Ben.", base=0, reviewed=True)
    client = browser_of(cast[name])
    for segment in segments_of(document):
        source = page(client, document, segment).content.decode()
        assert "Engine A" in source
        assert gives_away(source) == []


def test_with_names_the_same_page_gives_everything_away(document, cast):
    """Without this the test above could pass because it looks for the wrong things."""
    Project.objects.update(blind_engines=False)
    found = gives_away(page(browser_of(cast["anna"]), document, segments_of(document)[0]).content.decode())
    assert set(ENGINES) < set(found)
    assert len(found) >= 2 * len(ENGINES)


@pytest.mark.parametrize("name", ["segment", "segment-history", "segment-marks"])
def test_what_a_row_fetches_names_none_either(document, cast, name):
    segment = segments_of(document)[0]
    adopt(document, segment, cast["anna"])
    for who in ("anna", "ben"):
        answer = script_of(cast[who]).get(reverse(f"reviews:{name}", args=[segment.pk]))
        assert answer.status_code == 200
        assert "Engine " in answer.content.decode()
        assert gives_away(answer.content.decode()) == []


def test_a_second_review_names_none(project, document, cast):
    ask_twice(project)
    item = work_on(document, Step.BLIND)
    client = browser_of(cast["anna"])
    client.post(reverse("reviews:second-review-take", args=[item.pk]))
    source = client.get(reverse("reviews:second-review", args=[item.pk])).content.decode()
    assert "data-started-from" in source
    assert gives_away(source) == []


def test_a_rule_about_an_engine_is_not_named_beside_its_texts(project, document, cast):
    rules = [
        {"name": "Of Aurelia", "when": {"systems": ["Aurelia"]}, "then": {"depth": "thorough"}},
        {"name": "Careful", "when": {"systems": ["Borealis"]}, "then": {"depth": "thorough"}},
    ]
    Project.objects.update(routing_policy={"rules": rules})
    assess(document.pk)
    assert gives_away(page(browser_of(cast["anna"]), document, segments_of(document)[0]).content.decode()) == []


def test_nor_in_the_list_of_work(project, document, cast):
    item = work_on(document, Step.SPECIALIST)
    WorkItem.objects.filter(pk=item.pk).update(reason="asks for law: 1 text (Of Aurelia) · a number in it")
    source = browser_of(cast["anna"]).get(reverse("reviews:my-work")).content.decode()
    assert "asks for law: 1 text · a number in it" in source
    assert gives_away(source) == []


@pytest.mark.parametrize("name", ["imports", "routing"])
def test_pages_that_name_engines_are_for_those_who_compare_them(project, cast, name):
    answers = {who: browser_of(cast[who]).get(reverse(f"reviews:{name}", args=[project.slug])) for who in EVERYBODY}
    assert {who: answer.status_code for who, answer in answers.items()} == {
        "anna": 403,
        "ben": 403,
        "dora": 200,
        "rolf": 200,
    }


def test_letters_are_the_same_on_every_visit_and_for_everybody(document, cast):
    segment = segments_of(document)[1]
    seen = [shown_engines(page_of(page(browser_of(cast[who]), document, segment)), segment) for who in ("anna", "ben")]
    row = page_of(script_of(cast["anna"]).get(reverse("reviews:segment", args=[segment.pk])))
    assert list(seen[0]) == ["Engine A", "Engine B", "Engine C"]
    assert seen[0] == seen[1] == shown_engines(row, segment)


def test_letters_mean_another_engine_in_another_article(project, cast):
    """Of 24 articles the first of three engines has each letter in some; always the same one in one of 3 ** 23 runs."""
    found = set()
    for _ in range(24):
        names = EngineNames(make_document(project, ["Eins."], {name: ["One."] for name in ENGINES}))
        found.add(names.of(System.objects.get(name="Aurelia")))
    assert found == {"Engine A", "Engine B", "Engine C"}


def test_the_key_takes_the_text_that_stands_beside_it(document, cast):
    segment = segments_of(document)[0]
    row = row_of(page_of(page(browser_of(cast["anna"]), document, segment)), segment)
    links = row.xpath(".//*[@data-adopt]")
    texts = shown_engines(page_of(page(browser_of(cast["anna"]), document, segment)), segment)
    for number, (link, text) in enumerate(zip(links, texts.values(), strict=True), 1):
        assert link.get("aria-keyshortcuts") == f"Alt+{number}"
        assert Hypothesis.objects.get(pk=unveiled(int(link.get("data-adopt")))).text == text
        without_script = page_of(browser_of(cast["anna"]).get(link.get("href").split("#")[0]))
        [field] = row_of(without_script, segment).xpath(".//textarea")
        assert field.text.strip() == text


def test_what_is_adopted_is_known_by_its_engine_all_the_same(document, cast):
    segment = segments_of(document)[0]
    assert adopt(document, segment, cast["anna"]).status_code == 200
    assert Revision.objects.get().started_from.system.name == "Borealis"


def test_a_page_from_before_still_does_what_it_says(document, cast):
    segment = segments_of(document)[0]
    text = Hypothesis.objects.get(system__name="Borealis", segment=segment)
    script_of(cast["anna"]).post(
        reverse("reviews:segment-save", args=[segment.pk]),
        {"typed": text.text, "base": 0, "save_key": "k", "started_from": text.pk, "origin": "adopted"},
    )
    assert Revision.objects.get().started_from == text


def test_the_comparison_of_engines_names_them(project, document, cast):
    for name in ("dora", "rolf"):
        address = reverse("reviews:engines", args=[project.slug])
        assert browser_of(cast[name]).get(address).status_code == 200
    assert browser_of(cast["anna"]).get(address).status_code == 403


def test_an_id_under_its_veil_is_found_again_and_no_other():
    ids = [1, 2, 3, 2**31, 2**62 - 1]
    numbers = [veiled(pk) for pk in ids]
    assert [unveiled(number) for number in numbers] == ids
    assert all(2**62 <= number < 2**63 for number in numbers)
    assert [unveiled(pk) for pk in ids] == ids


def test_who_took_the_names_away_stands_in_the_record(project, cast):
    Project.objects.update(blind_engines=False)
    root = make_person("root", is_superuser=True, is_staff=True)
    client = browser_of(root)
    address = reverse("admin:reviews_project_change", args=[project.pk])
    data = {
        "name": project.name,
        "four_eyes": "on",
        "deadline_lead": 120,
        "blind_engines": "on",
        "marking": "esa",
        "memberships-TOTAL_FORMS": 0,
        "memberships-INITIAL_FORMS": 0,
    }
    assert client.post(address, data).status_code == 302
    event = AuditEvent.objects.get(action="project.engines")
    assert '"after":{"blind":true,"marking":"esa"}' in event.body
    assert str(root.public_id) in event.body
