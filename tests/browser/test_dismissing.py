"""False alarms are silenced with one key, and brought back with another."""

import pytest
from playwright.sync_api import expect

from reviews.checks import runner
from reviews.models import Dismissal, DismissalUndo
from tests.factories import make_document, segments_of

from .conftest import wait_for

pytestmark = pytest.mark.browser


@pytest.fixture
def flawed(project):
    made = make_document(
        project,
        ["Das Handy ist eventuell kaputt.", "Es kamen 7 Hunde."],
        {"engine-a": ["The handy is eventually broken.", "9 dogs came."]},
    )
    runner.check_targets(made.pk)
    return made


def test_a_finding_is_dismissed_by_key_and_brought_back(desk_of, flawed):
    segment = segments_of(flawed)[0]
    anna = desk_of("anna")
    anna.open(flawed).edit(segment)
    findings = anna.page.locator(f"#s-{segment.pk} .findings > li")
    expect(findings).to_have_count(2)
    anna.press("Home")
    anna.type("Well, ")
    anna.press("Alt+x")
    expect(findings).to_have_count(1)
    expect(anna.page.locator("#live")).to_contain_text("finding dismissed")
    expect(anna.field(segment)).to_be_focused()
    expect(anna.field(segment)).to_have_value("Well, The handy is eventually broken.")
    anna.press("Alt+x")
    expect(findings).to_have_count(0)
    expect(anna.page.locator(f"#s-{segment.pk} .dismissed summary")).to_have_text("2 findings dismissed")
    anna.press("Alt+Shift+x")
    expect(findings).to_have_count(1)
    assert (Dismissal.objects.count(), DismissalUndo.objects.count()) == (2, 1)


def test_what_blocks_publishing_asks_a_desk_head_for_the_reason_first(desk_of, flawed):
    segment = segments_of(flawed)[1]
    anna, dora = desk_of("anna"), desk_of("dora")
    anna.open(flawed).edit(segment)
    anna.press("Alt+x")
    expect(anna.page.locator("#live")).to_contain_text("Only a desk head can dismiss this finding.")
    dora.open(flawed).edit(segment)
    dora.press("Alt+x")
    reason = dora.page.locator(f"#s-{segment.pk} [name=reason]").first
    expect(reason).to_be_focused()
    dora.page.keyboard.type("Two of them are puppies.")
    dora.press("Enter")
    wait_for(lambda: Dismissal.objects.filter(lets_publish=True, reason="Two of them are puppies.").exists())
    expect(dora.page.locator(f"#s-{segment.pk} .findings > li")).to_have_count(0)


def test_the_keys_stand_in_the_help(desk_of, flawed):
    anna = desk_of("anna")
    anna.open(flawed)
    anna.press("F1")
    expect(anna.page.locator("#help")).to_contain_text("Dismiss the first finding of this text")
