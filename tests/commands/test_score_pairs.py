"""Pairs into scores on the command line."""

import io
import json
import sys

import pytest
import sacrebleu
from django.core.management import call_command
from django.core.management.base import CommandError

from reviews.metrics.registry import REFERENCE_METRICS
from tests.shared import shared_path

HYPOTHESIS, REFERENCE = "the cat is on the mat", "the cat sat on the mat"


@pytest.fixture
def score_pairs(monkeypatch, capsys):
    """The answers to some records; the exit code and what was said stay on the function."""

    def run(*records, **options):
        given = "".join(json.dumps(record) + "\n" for record in records)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given.encode())))
        out, err = io.StringIO(), io.StringIO()
        run.code = 0
        try:
            call_command("score_pairs", stdout=out, stderr=err, **options)
        except SystemExit as end:
            run.code = end.code
        run.said = err.getvalue()
        return [json.loads(line) for line in out.getvalue().splitlines()]

    return run


def test_a_pair_has_sacrebleus_scores_statistics_and_signatures(score_pairs):
    [answer] = score_pairs({"id": 7, "hypothesis": HYPOTHESIS, "reference": REFERENCE}, metrics="bleu,chrf++,ter")
    bleu, chrf = sacrebleu.BLEU(), sacrebleu.CHRF(word_order=2)
    assert answer == {
        "id": 7,
        "scores": {
            "bleu": sacrebleu.sentence_bleu(HYPOTHESIS, [REFERENCE]).score,
            "chrf++": sacrebleu.sentence_chrf(HYPOTHESIS, [REFERENCE], word_order=2).score,
            "ter": sacrebleu.sentence_ter(HYPOTHESIS, [REFERENCE]).score,
        },
        "statistics": {
            "bleu": bleu._extract_corpus_statistics([HYPOTHESIS], [[REFERENCE]])[0],
            "chrf++": chrf._extract_corpus_statistics([HYPOTHESIS], [[REFERENCE]])[0],
            "ter": [1, 6],
        },
        "signatures": {
            "bleu": "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0",
            "chrf++": "nrefs:1|case:mixed|eff:yes|nc:6|nw:2|space:no|version:2.6.0",
            "ter": "nrefs:1|case:lc|tok:tercom|norm:no|punct:yes|asian:no|version:2.6.0",
        },
    }


def test_all_metrics_are_given_in_their_order_unless_some_are_named(score_pairs):
    [answer] = score_pairs({"hypothesis": HYPOTHESIS, "reference": REFERENCE})
    assert list(answer["scores"]) == [metric.id for metric in REFERENCE_METRICS]
    assert {name: len(row) for name, row in answer["statistics"].items()} == {m.id: m.width for m in REFERENCE_METRICS}
    [named] = score_pairs({"hypothesis": HYPOTHESIS, "reference": REFERENCE}, metrics="ter,bleu,ter")
    assert list(named["scores"]) == ["ter", "bleu"]


def test_a_list_holds_several_references(score_pairs):
    others = [REFERENCE, "a cat is on a mat"]
    [answer] = score_pairs({"hypothesis": HYPOTHESIS, "reference": others}, metrics="bleu,ter")
    assert answer["scores"]["bleu"] == sacrebleu.sentence_bleu(HYPOTHESIS, others).score
    assert answer["scores"]["ter"] == sacrebleu.sentence_ter(HYPOTHESIS, others).score
    assert answer["statistics"]["ter"][1] == 12
    assert answer["signatures"]["bleu"].startswith("nrefs:2|")


def test_the_same_letters_written_otherwise_are_the_same(score_pairs):
    """Composed or not, with soft hyphens or without."""
    [answer] = score_pairs({"hypothesis": "Mu\u0308n\u00adchen ist groß", "reference": "München ist groß"})
    assert answer["scores"] == pytest.approx({"bleu": 100, "chrf": 100, "chrf++": 100, "ter": 0, "edit_rate": 0})


@pytest.mark.parametrize(
    ("hypothesis", "reference", "reason"),
    [("a", "", "empty reference"), ("", "  ", "empty reference"), ("a", [], "no reference")],
)
def test_what_cannot_be_scored_is_null_and_says_why(score_pairs, hypothesis, reference, reason):
    [answer] = score_pairs({"hypothesis": hypothesis, "reference": reference}, metrics="bleu,ter")
    assert answer["scores"] == answer["statistics"] == {"bleu": None, "ter": None}
    assert answer["reasons"] == {"bleu": reason, "ter": reason}
    assert score_pairs.code == 0


def test_the_shared_case_of_empty_sides_comes_out_right(score_pairs):
    case = shared_path("cases/metric-empty-sides")
    records = [json.loads(line) for line in (case / "input.jsonl").read_text(encoding="utf-8").splitlines()]
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))["sentence"]
    answers = {answer["id"]: answer["scores"] for answer in score_pairs(*records, metrics="bleu,chrf,ter")}
    assert answers["1"] == answers["4"] == expected["1"]
    assert answers["2"] == answers["3"] == {"bleu": None, "chrf": None, "ter": None}
    assert answers["5"] == pytest.approx(expected["5"])


def test_the_shared_long_line_is_left_out_of_ter_alone(score_pairs):
    text = shared_path("cases/metric-ter-long-line/input.jsonl").read_text(encoding="utf-8")
    [answer] = score_pairs(json.loads(text))
    assert answer["reasons"] == {"ter": "too long for TER (more than 1,000 words)"}
    assert [name for name, value in answer["scores"].items() if value is None] == ["ter"]


def test_lines_that_hold_no_pair_are_refused_and_the_others_scored(score_pairs):
    answers = score_pairs(
        {"id": 1, "reference": "a"},
        {"id": 2, "hypothesis": "a"},
        {"id": 3, "hypothesis": "a", "reference": ["a", 5]},
        {"id": 4, "hypothesis": "a", "reference": 5},
        {"id": 5, "hypothesis": "a", "reference": "a"},
    )
    assert [answer["id"] for answer in answers] == [5]
    assert score_pairs.code == 1
    assert score_pairs.said.splitlines() == [
        'stdin:1: has no hypothesis. Give it as text: {"hypothesis": "…"}.',
        'stdin:2: has no reference. Give it as text: {"reference": "…"}.',
        "stdin:3: has 5 in its list of references. Write text in quotation marks.",
        "stdin:4: has 5 for reference. Write text in quotation marks.",
    ]


@pytest.mark.parametrize("metrics", ["blue", "", "bleu,", "language", "consensus"])
def test_a_metric_that_scores_no_pairs_is_wrong_usage(score_pairs, metrics):
    with pytest.raises(CommandError, match=r"choose from bleu, chrf, chrf\+\+, ter, edit_rate\.") as refusal:
        score_pairs({"hypothesis": "a", "reference": "a"}, metrics=metrics)
    assert refusal.value.returncode == 2
