from __future__ import annotations

import time

import pytest

from reviews.checks.article import check_text, contexts_of
from reviews.checks.quotes_pull import QuotesPull
from tests.checks.texts import pair, spans

CHECK = QuotesPull()
PULL = "„Wir zahlen kein Lösegeld, und wir verhandeln auch nicht.“"
BODY = pair(
    "„Wir zahlen kein Lösegeld, und wir verhandeln auch nicht“, sagte die Landrätin.",
    "“We are not paying a ransom, and we are not negotiating either,” the district administrator said.",
)
OTHER = pair("Die Stadt prüft den Fall.", "The city is looking into it.")


def findings(pull: str, target: str, *body, kind: str = "quote"):
    article = [OTHER, *body, pair(pull, target, kind)]
    (result,) = check_text(article, len(article) - 1, (CHECK,))
    return result.findings


@pytest.mark.parametrize(
    ("target", "marked"),
    [
        ("“We pay no ransom money, and we also do not act.”", ("pay no", "money", "also do", "act")),
        ("“We are not paying a ransom, and we are not acting either.”", ("acting",)),
        ("“We are not paying a ransom, and we are negotiating either.”", ("negotiating",)),
        ("“We are paying a ransom, and we are not negotiating either.”", ("paying",)),
    ],
)
def test_another_wording_is_found_and_marked(target, marked):
    (finding,) = findings(PULL, target, BODY)
    assert finding.severity == "major"
    assert spans(target, finding.target_spans) == marked


def test_it_says_how_the_body_has_it():
    (finding,) = findings(PULL, "“We are not paying a ransom, and we are not acting either.”", BODY)
    assert finding.message == (
        "The body renders this passage otherwise: “we are not paying a ransom and we are not negotiating either”."
    )


@pytest.mark.parametrize(
    "target",
    [
        "“We are not paying a ransom, and we are not negotiating either.”",
        '"We are not paying a ransom and we are not negotiating, either"',
        "‘We’re not paying ransom, and we aren’t negotiating either’",
        "“We are not paying a ransom, and we are not negotiating either.” – Karin Holtz",
        "We are not paying the ransom; we are not negotiating either",
    ],
)
def test_the_same_wording_stays_quiet(target):
    assert findings(PULL, target, BODY) == ()


def test_a_quote_that_the_body_does_not_hold_stays_quiet():
    assert findings("„Souveränität gibt es nicht zum Nulltarif.“ – F. B.", "“No free sovereignty.”", BODY) == ()


@pytest.mark.parametrize(
    ("pull", "target", "kind"),
    [
        (PULL, "“We also do not act.”", "body"),  # said twice in the body
        (PULL, "", "quote"),  # an empty translation has a check of its own
        ("„Kein Lösegeld“", "“No money”", "quote"),  # too short to be a repetition for sure
    ],
)
def test_it_is_asked_of_pull_quotes_with_words_enough(pull, target, kind):
    assert findings(pull, target, BODY, kind=kind) == ()


def test_the_nearest_of_several_renderings_counts():
    other = pair(BODY.source.text, "“We pay no ransom money, and we do not negotiate,” she said.")
    assert findings(PULL, "“We pay no ransom money, and we don’t negotiate.”", BODY, other) == ()


def test_it_hangs_on_the_rendering_alone():
    """What an editor changes elsewhere in that sentence does not bring a dismissed finding back."""
    quote = pair(PULL, "“We are not paying a ransom, and we are not acting either.”", "quote")
    changed = pair(BODY.source.text, BODY.target.text.replace("the district administrator", "Ms Holtz"))
    before, after = (contexts_of([OTHER, body, quote], 2, (CHECK,)) for body in (BODY, changed))
    assert before == after == {"quotes.pull": ("we are not paying a ransom and we are not negotiating either",)}


def test_a_hostile_article_costs_bounded_time():
    long = pair("wir zahlen nicht mehr " * 5000, "we do not pay any more " * 4000)
    start = time.process_time()
    findings("„wir zahlen nicht mehr wir zahlen nicht mehr“", "pay we any do not more " * 4000, long, long)
    assert time.process_time() - start < 3
