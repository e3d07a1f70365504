"""What the glossary says stands under a text's source, follows the saved text, and is each project's own."""

from __future__ import annotations

import pytest
from django.urls import reverse

from reviews.editing.saving import save_revision
from reviews.editing.terms import add_term, retire_term
from reviews.glossary.terms import TermValue
from tests.factories import make_document, make_project, segments_of

from .conftest import browser_of, linked, script_of


@pytest.fixture
def add(project, cast):
    def add(source, target, use="preferred", note=""):
        value = TermValue(source, target, use, note)
        return add_term(project_id=project.pk, person=cast["dora"], value=value)

    return add


@pytest.fixture
def article(project):
    return make_document(
        project,
        [linked("Die Bundesnetzagentur klagt vor dem Landgericht.", 4, 21), "Es regnet in den Bundesländern."],
        {"engine-a": ["The Federal Grid Agency sues.", "It rains."]},
    )


def row_of(article, person, place=0):
    segment = segments_of(article)[place]
    return script_of(person).get(reverse("reviews:segment", args=[segment.pk])).content.decode()


def test_terms_are_ticked_against_the_text_as_it_is_saved(article, cast, add):
    add("Bundesnetzagentur", "Federal Network Agency")
    add("Bundesnetzagentur", "Federal Grid Agency", "avoid", "old name")
    page = browser_of(cast["anna"]).get(reverse("reviews:document", args=[article.pk])).content.decode()
    for shown in (page, row_of(article, cast["anna"])):
        assert 'data-term="Federal Network Agency" data-pattern="Federal\\s+Network\\s+Agenc(?:y|ys|ies)">' in shown
        assert 'Agenc(?:y|ys|ies)" data-there data-avoid>not “Federal Grid Agency”' in shown
    first = segments_of(article)[0]
    save_revision(segment_id=first.pk, person=cast["anna"], typed="Federal Network Agencies sue.", base=0)
    saved = row_of(article, cast["anna"])
    assert 'Network\\s+Agenc(?:y|ys|ies)" data-there>' in saved
    assert 'Grid\\s+Agenc(?:y|ys|ies)" data-avoid>' in saved


def test_whoever_edits_nothing_has_no_buttons(article, cast, add):
    add("Bundesland", "federal state")
    assert "data-put-term" in row_of(article, cast["anna"], 1)
    shown = row_of(article, cast["rolf"], 1)
    assert "federal state" in shown
    assert "data-put-term" not in shown


def test_only_terms_in_force_of_the_own_project_show(project, article, cast, add):
    other = make_project("other")
    other.memberships.create(person=cast["dora"], role="desk_head")
    add_term(project_id=other.pk, person=cast["dora"], value=TermValue("Landgericht", "of another desk"))
    retired = add("Landgericht", "retired long ago")
    retire_term(project_id=project.pk, term_id=retired.pk, person=cast["dora"])
    assert 'class="terms"' not in row_of(article, cast["anna"])


def test_what_a_term_holds_is_text(article, cast, add):
    add("Landgericht", '"><script>alert(1)</script>', "preferred", "<b>note</b>")
    shown = row_of(article, cast["anna"])
    assert "&lt;script&gt;alert(1)" in shown
    assert "<script>" not in shown
    assert "<b>" not in shown


def test_terms_do_not_block_or_find_anything(article, cast, add):
    add("Bundesnetzagentur", "Federal Grid Agency", "avoid")
    with_term = row_of(article, cast["anna"])
    assert 'class="findings"' not in with_term
    assert "Accept and next" in with_term
