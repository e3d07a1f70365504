from __future__ import annotations

import pytest

from reviews.checks.article import check_text
from reviews.checks.speech_reported import SpeechReported
from tests.checks.texts import human_pairs, pair, share_with_findings, spans

CHECK = SpeechReported()
SEI = ("Das Konto sei nicht geschützt gewesen.", "The account was not protected.")


def severities(*texts: tuple[str, str]) -> list[str]:
    """What the check says of the last of these sentences of an article."""
    article = [pair(*text) for text in texts]
    (result,) = check_text(article, len(article) - 1, (CHECK,))
    return [finding.severity for finding in result.findings]


def test_it_marks_the_verb_and_the_clause_that_states_a_fact():
    (finding,) = CHECK.run(pair(*SEI))
    assert spans(SEI[0], finding.source_spans) == ("sei",)
    assert spans(SEI[1], finding.target_spans) == ("The account was not",)


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ([], ["minor"]),  # nothing is known of what stands before
        ([("Die Chefin äußerte sich.", "The head said so.")], ["minor"]),
        ([("Die Chefin kam.", "The head came.")], ["major"]),
        ([("Die Chefin äußerte sich.", "The head said so."), SEI], ["minor"]),
        ([("Die Chefin äußerte sich.", "The head said so."), ("Es regnet.", "It is raining.")], ["major"]),
    ],
)
def test_how_grave_it_is_hangs_on_the_sentences_before(before, expected):
    assert severities(*before, SEI) == expected


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (SEI[0], "The account was not protected, she said."),
        (SEI[0], "Allegedly, the account was not protected."),
        ("Er soll Daten verkauft haben.", "He is said to have sold data."),
        ("Er soll morgen kommen.", "He is to come tomorrow."),
        ("Die Frist endet, es sei denn, er zahlt.", "The deadline ends unless he pays."),
        ("Er tut, als sei er krank.", "He acts sick."),
        ("Das habe ich gesehen.", "I saw that."),
        ("„Es gebe Regen“, steht da.", "“There is rain,” it reads."),
        ("Das ist schade.", "That is a pity."),
    ],
)
def test_it_stays_quiet(source, target):
    assert CHECK.run(pair(source, target)) == []


def test_hearsay_is_found_as_well():
    (finding,) = CHECK.run(pair("Er soll Daten verkauft haben.", "He sold data."))
    assert finding.message == "“soll” in the source marks reported speech; nobody says so in English."


@pytest.mark.parametrize("folder", ["wmt21-de-en", "wmt22-de-en"])
def test_human_translations_leave_out_who_says_so_in_few_texts(folder):
    assert share_with_findings(CHECK, human_pairs(folder, "A")) <= 0.05
