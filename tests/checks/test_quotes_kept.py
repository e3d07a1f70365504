from __future__ import annotations

import pytest

from reviews.checks.quotes_kept import QuotesKept
from tests.checks.texts import human_pairs, only_finding, pair, share_with_findings

CHECK = QuotesKept()


@pytest.mark.parametrize(
    ("source", "target", "severity", "in_source", "in_target"),
    [
        (
            "„Wir zahlen kein Lösegeld“, sagte sie.",
            "We are paying no ransom, she said.",
            "major",
            ("„Wir zahlen kein Lösegeld“",),
            (),
        ),
        ("Der „Grauwolf“ droht.", "The grey wolf makes threats.", "minor", ("„Grauwolf“",), ()),
        ("Der „Grauwolf“ droht.", "The „Grauwolf“ makes threats.", "minor", (), ("„Grauwolf“",)),
    ],
)
def test_it_finds_and_marks(source, target, severity, in_source, in_target):
    assert only_finding(CHECK, source, target) == (severity, in_source, in_target)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("„Wir zahlen“, sagte sie.", "“We are paying,” she said."),
        ("»Wir zahlen«, sagte sie.", '"We are paying," she said.'),
        ("Er las „Die Zeit“ und ‚Der Spiegel‘.", "He read ‘Die Zeit’ and “Der Spiegel”."),
        ("„Das geht. Wir wissen es.", "“That works. We know."),
        ("Peters Haus", "Peter’s house"),
    ],
)
def test_it_stays_quiet(source, target):
    assert CHECK.run(pair(source, target)) == []


@pytest.mark.parametrize(("folder", "reference"), [("wmt21-de-en", "A"), ("wmt21-de-en", "B"), ("wmt22-de-en", "B")])
def test_human_translations_seldom_give_an_alarm(folder, reference):
    assert share_with_findings(CHECK, human_pairs(folder, reference)) <= 0.02
