"""Pairs into findings on the command line."""

import io
import json
import sys

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.shared import shared_path

CLAIM = {"source": "Das Konto sei nicht geschützt gewesen.", "target": "The account was not protected."}


@pytest.fixture
def check_pairs(monkeypatch, capsys):
    """The answers to some lines; the exit code and what was said stay on the function."""

    def run(*records, source_lang="de", target_lang="en", **options):
        given = "".join(json.dumps(record) + "\n" for record in records)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given.encode())))
        out, err = io.StringIO(), io.StringIO()
        run.code = 0
        try:
            call_command(
                "check_pairs", stdout=out, stderr=err, source_lang=source_lang, target_lang=target_lang, **options
            )
        except SystemExit as end:
            run.code = end.code
        run.said = err.getvalue()
        return [json.loads(line) for line in out.getvalue().splitlines()]

    return run


def checks_of(answer):
    return [(finding["check"], finding["severity"]) for finding in answer["findings"]]


def test_a_finding_has_all_that_the_contract_names(check_pairs):
    [answer] = check_pairs({"id": 7, "source": "Rund 3,5 Milliarden Euro.", "target": "Some 3.5 million euros."})
    assert answer == {
        "id": 7,
        "findings": [
            {
                "check": "numbers.value",
                "severity": "critical",
                "category": "accuracy/mistranslation",
                "message": "“3,5 Milliarden” in the source, “3.5 million” in the translation.",
                "side": "hypothesis",
                "source_spans": [[5, 19]],
                "target_spans": [[5, 16]],
            }
        ],
    }


def test_a_suggestion_is_told_where_one_is_certain(check_pairs):
    [answer] = check_pairs({"source": "Die Stadt zahlt.", "target": "The the city pays."})
    assert [finding["suggestion"] for finding in answer["findings"]] == ["The"]


def test_a_clean_pair_has_no_findings_and_keeps_its_place(check_pairs):
    answers = check_pairs({"id": "a", "source": "Der Rat tagt.", "target": "The council meets."}, {"id": "b", **CLAIM})
    assert [answer["id"] for answer in answers] == ["a", "b"]
    assert answers[0]["findings"] == []


@pytest.mark.parametrize(
    ("previous", "severity"),
    [
        ({}, "minor"),  # nothing is known of what stands before
        ({"previous_source": "Die Chefin kam.", "previous_target": "The head came."}, "major"),
        ({"previous_source": "Die Chefin klagte.", "previous_target": "The head said so."}, "minor"),
        ({"previous_target": "The head came."}, "major"),
    ],
)
def test_the_sentence_before_says_who_speaks(check_pairs, previous, severity):
    [answer] = check_pairs({**CLAIM, **previous})
    assert checks_of(answer) == [("speech.reported", severity)]


def test_the_kind_of_block_counts(check_pairs):
    pair = {"source": "Die Stadt prüft den Fall.", "target": "City looks into the case"}
    body, headline = check_pairs(pair, {**pair, "kind": "headline"})
    assert checks_of(body) == [("typography.marks", "minor")]
    assert checks_of(headline) == []


def test_places_are_those_of_the_text_as_an_import_keeps_it(check_pairs):
    [answer] = check_pairs({"source": "Stra\u00adße: 5 Euro.", "target": "Street: 6 euros."})
    assert [finding["source_spans"] for finding in answer["findings"]] == [[[8, 9]]]


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"target": "x"}, 'stdin:1: has no source. Give it as text: {"source": "…"}.'),
        ({"source": "x"}, 'stdin:1: has no target. Give it as text: {"target": "…"}.'),
        ({"source": "x", "target": 3}, "stdin:1: has 3 for target. Write text in quotation marks."),
        ({"source": "x", "target": "y", "kind": "para"}, "stdin:1: has 'para' for kind. Write one of kicker, headline"),
        ({**CLAIM, "previous_source": []}, "stdin:1: has [] for previous_source. Write text in quotation marks."),
    ],
)
def test_a_bad_line_is_named_and_the_others_go_on(check_pairs, record, message):
    [answer] = check_pairs(record, {"source": "Der Rat tagt.", "target": "The council meets."})
    assert answer == {"findings": []}
    assert message in check_pairs.said
    assert check_pairs.code == 1


def test_two_equal_languages_are_refused(check_pairs):
    with pytest.raises(CommandError, match="both de: name two languages"):
        check_pairs(CLAIM, target_lang="de-AT")


def test_a_language_that_is_none_is_refused(check_pairs):
    with pytest.raises(CommandError, match="no language code"):
        call_command("check_pairs", "--source-lang", "Deutsch!", "--target-lang", "en")


@pytest.mark.parametrize("folder", ["num-milliarden-billion", "num-separators"])
def test_the_shared_number_cases_give_what_they_expect(check_pairs, folder):
    case = shared_path(f"cases/{folder}")
    rows = [json.loads(line) for line in (case / "input.jsonl").read_text("utf-8").splitlines()]
    expected = json.loads((case / "expected.json").read_text("utf-8"))["results"]
    answers = check_pairs(*rows)
    found = {answer["id"]: any(f["check"] == "numbers.value" for f in answer["findings"]) for answer in answers}
    assert found == {id_: result.startswith("finding") for id_, result in expected.items()}
