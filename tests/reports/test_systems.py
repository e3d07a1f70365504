"""Corpus scores of engines: sums of statistics, exactly sacrebleu's numbers, on the texts the engines share."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sacrebleu
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reviews.metrics.registry import REFERENCE_METRICS
from reviews.metrics.runner import score_document
from reviews.models import Document, Score, TaskRun
from reviews.reports.comparison import ComparisonError, NoReferenceError, Slice, compare, reference_labels
from reviews.reports.systems import choose_reference
from tests.factories import add_hypothesis, add_reference, make_document, make_project
from tests.wmt import ONLINE_B_AGAINST_A, SYSTEMS, import_wmt22, lines

pytestmark = pytest.mark.django_db

SOURCES = ["Guten Morgen.", "Es regnet in Kiel.", "Morgen scheint die Sonne wieder."]
A = ["Good morning.", "It is raining in Kiel.", "Tomorrow the sun shines again."]
B = ["Good day.", "It rains in Kiel today.", "The sun is shining tomorrow again."]
REFERENCE = ["Good morning to you.", "It rains in Kiel.", "The sun will shine again tomorrow."]


def make_scored(project, *args, **columns):
    document = make_document(project, *args, **columns)
    score_document(document.pk)
    return document


def score_all(project):
    for pk in Document.objects.filter(project=project).values_list("pk", flat=True):
        score_document(pk)


def corpus_scores(project, reference=None, *, metrics=None, **part):
    """Scores alone, of a part of the project."""
    return compare(project, reference, metrics=metrics, part=Slice(**part), samples=0)


def figures(comparison):
    return {
        name: {metric: score.score for metric, score in scores.items()} for name, scores in comparison.systems.items()
    }


#: The metrics whose numbers sacrebleu gives too.
OF_SACREBLEU = tuple(ONLINE_B_AGAINST_A)


@pytest.mark.services
def test_online_b_of_wmt22_has_sacrebleus_numbers_to_the_last_digit():
    project = import_wmt22("--inline")
    comparison = corpus_scores(project, metrics=OF_SACREBLEU)
    assert figures(comparison) == {"Online-B": ONLINE_B_AGAINST_A}
    assert (comparison.reference, comparison.segments, comparison.documents) == ("A", 1984, 271)
    assert comparison.signatures["ter"] == "nrefs:1|case:lc|tok:tercom|norm:no|punct:yes|asian:no|version:2.6.0"
    assert comparison.systems["Online-B"]["bleu"].left_out == {}

    talk = corpus_scores(project, section="conversation", metrics=OF_SACREBLEU)
    rows = [row.split("\t") for row in lines("docs.tsv")[1:]]
    numbers = [int(line) - 1 for line, _, domain, *_ in rows if domain == "conversation"]
    texts, references = lines("systems/Online-B.en"), lines("ref.A.en")
    chosen = [texts[n] for n in numbers], [[references[n] for n in numbers]]
    assert talk.segments == len(numbers) == 462
    assert figures(talk)["Online-B"] == {
        "bleu": sacrebleu.corpus_bleu(*chosen).score,
        "chrf": sacrebleu.corpus_chrf(*chosen).score,
        "chrf++": sacrebleu.corpus_chrf(*chosen, word_order=2).score,
        "ter": sacrebleu.corpus_ter(*chosen).score,
    }


@pytest.mark.long
def test_all_nine_systems_of_wmt22_have_sacrebleus_numbers_with_one_reference_the_other_and_both():
    project = import_wmt22("--inline", systems=SYSTEMS, references=("A", "B"))
    expected = json.loads(Path(__file__).with_name("expected").joinpath("wmt22.json").read_text())
    assert expected["sacrebleu"] == sacrebleu.__version__
    assert reference_labels(project) == list(expected["scores"]) == ["A", "B", "A+B"]
    for label, scores in expected["scores"].items():
        comparison = corpus_scores(project, label, metrics=OF_SACREBLEU)
        assert comparison.segments == 1984
        assert figures(comparison) == scores
    assert figures(corpus_scores(project, "A", metrics=OF_SACREBLEU))["Online-B"] == ONLINE_B_AGAINST_A
    assert figures(corpus_scores(project, "B+A")) == figures(corpus_scores(project, "A+B"))


def test_the_only_reference_is_taken_without_being_named(project):
    make_scored(project, SOURCES, {"engine-a": A}, {"A": REFERENCE})
    assert corpus_scores(project).reference == "A"


def test_one_of_several_references_must_be_named(project):
    make_scored(project, SOURCES, {"engine-a": A}, {"A": REFERENCE, "B": B})
    with pytest.raises(NoReferenceError, match=r"several references. Name one with --reference: A, B, A\+B"):
        corpus_scores(project)
    assert corpus_scores(project, "B+A").reference == "A+B"


def test_a_reference_name_may_hold_a_plus_sign(project):
    make_scored(project, SOURCES, {"engine-a": A}, {"desk+agency": REFERENCE})
    assert choose_reference(project, "desk+agency").names == ("desk+agency",)


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("C", "no reference 'C'. References: A"),
        ("post-edit", r"against approved texts yet: approve some, or name a reference \(A\)"),
    ],
)
def test_a_reference_that_is_not_there_is_said_in_words(project, label, words):
    make_scored(project, SOURCES, {"engine-a": A}, {"A": REFERENCE})
    with pytest.raises(NoReferenceError, match=words):
        corpus_scores(project, label)


def test_a_project_without_references_says_how_to_get_one(project):
    make_scored(project, SOURCES, {"engine-a": A})
    with pytest.raises(NoReferenceError, match="desk has no reference to compare with: import one"):
        corpus_scores(project)


def test_references_that_were_not_scored_yet_are_not_called_missing(project):
    make_document(project, SOURCES, {"engine-a": A}, {"A": REFERENCE})
    with pytest.raises(NoReferenceError, match="score --project desk --wait"):
        corpus_scores(project)


def test_an_unknown_metric_is_refused_with_the_names_there_are(project):
    make_scored(project, SOURCES, {"engine-a": A}, {"A": REFERENCE})
    with pytest.raises(ComparisonError, match="'comet': choose from bleu, chrf"):
        corpus_scores(project, metrics=["comet"])


def test_only_the_metrics_asked_for_are_reported(project):
    make_scored(project, SOURCES, {"engine-a": A}, {"A": REFERENCE})
    comparison = corpus_scores(project, metrics=["ter", "bleu"])
    assert list(comparison.signatures) == list(comparison.systems["engine-a"]) == ["ter", "bleu"]


def test_engines_are_compared_on_what_all_of_them_translated(project):
    make_scored(project, SOURCES, {"engine-a": A, "engine-b": B}, {"A": REFERENCE})
    make_scored(project, SOURCES[:1], {"engine-a": A[:1]}, {"A": REFERENCE[:1]})
    comparison = corpus_scores(project)
    assert (comparison.segments, comparison.documents) == (3, 1)
    assert figures(comparison)["engine-a"]["bleu"] == sacrebleu.corpus_bleu(A, [REFERENCE]).score
    score = comparison.systems["engine-a"]["bleu"]
    assert (score.n, score.of, score.left_out) == (3, 4, {"not translated by every engine compared": 1})
    assert comparison.systems["engine-b"]["bleu"].left_out == {}


def test_runs_of_different_length_are_not_compared(project):
    """Engine b renders the first two sentences as one text, so the third is all the engines share."""
    make_scored(project, SOURCES, {"engine-a": A, "engine-b": [("Hello, it rains.", 2), "", B[2]]}, {"A": REFERENCE})
    comparison = corpus_scores(project)
    assert comparison.segments == 1
    assert figures(comparison)["engine-a"]["ter"] == sacrebleu.corpus_ter(A[2:], [REFERENCE[2:]]).score
    assert figures(comparison)["engine-b"]["ter"] == sacrebleu.corpus_ter(B[2:], [REFERENCE[2:]]).score
    assert comparison.systems["engine-a"]["ter"].left_out == {"not translated by every engine compared": 2}
    assert comparison.systems["engine-b"]["ter"].left_out == {"not translated by every engine compared": 1}


def test_an_engine_without_any_scored_text_does_not_narrow_the_others(project):
    make_scored(project, SOURCES, {"engine-a": A}, {"A": REFERENCE})
    make_scored(project, SOURCES, {"engine-b": B})
    comparison = corpus_scores(project)
    assert comparison.systems["engine-a"]["bleu"].n == 3
    none = comparison.systems["engine-b"]["bleu"]
    assert (none.score, none.n, none.left_out) == (None, 0, {"no reference": 3})


def test_every_text_that_is_left_out_is_counted_with_its_reason(project):
    document = make_document(project, SOURCES, {"engine-a": A})
    add_reference(document, "A", 0, "Good morning, it rains.", covers=2)
    add_hypothesis(document, "engine-a", None, "Subscribe to our newsletter.")
    make_document(project, SOURCES, {"engine-a": A}, {"A": [REFERENCE[0], "", REFERENCE[2]]})
    make_document(project, SOURCES, {"engine-a": A})
    score_all(project)
    score = corpus_scores(project).systems["engine-a"]["bleu"]
    assert score.n == 3
    assert score.left_out == {"empty reference": 1, "no reference": 4, "scored with previous": 1, "unaligned": 1}
    assert score.of == 10 == Score.objects.filter(config__metric="length_ratio").count()


def test_texts_that_lack_scores_against_a_set_are_called_not_scored_yet(project):
    make_scored(project, SOURCES, {"engine-a": A}, {"A": REFERENCE, "B": B})
    Score.objects.filter(target__reference_set__label="A+B", hypothesis__text=A[0]).delete()
    assert corpus_scores(project, "A+B").systems["engine-a"]["bleu"].left_out == {"not scored yet": 1}


def test_a_part_of_the_project_is_taken_by_section_and_day(project):
    at = datetime(2026, 10, 1, 12, tzinfo=UTC)
    make_scored(project, SOURCES, {"engine-a": A}, {"A": REFERENCE}, section="Security", published_at=at)
    make_scored(project, SOURCES[:2], {"engine-a": B[:2]}, {"A": REFERENCE[:2]}, section="Politics")
    assert corpus_scores(project).segments == 5
    assert corpus_scores(project, section="Security").segments == 3
    assert corpus_scores(project, since=date(2026, 10, 1)).segments == 5
    assert corpus_scores(project, since=date(2026, 10, 2)).segments == 2
    politics = figures(corpus_scores(project, section="Politics"))["engine-a"]
    assert politics["chrf++"] == sacrebleu.corpus_chrf(B[:2], [REFERENCE[:2]], word_order=2).score


def test_a_part_without_texts_has_no_figures(project):
    make_scored(project, SOURCES, {"engine-a": A}, {"A": REFERENCE})
    comparison = corpus_scores(project, section="Weather")
    assert (comparison.segments, comparison.documents, comparison.systems) == (0, 0, {})


def test_articles_whose_scoring_is_not_finished_are_counted(project):
    document = make_scored(project, SOURCES, {"engine-a": A}, {"A": REFERENCE})
    run = TaskRun.objects.create(project=project, document=document, kind=TaskRun.Kind.SCORE)
    assert corpus_scores(project).unfinished == 1
    run.state = TaskRun.State.DONE
    run.save()
    assert corpus_scores(project).unfinished == 0


def test_other_projects_do_not_count(project):
    make_scored(project, SOURCES, {"engine-a": A}, {"A": REFERENCE})
    make_scored(make_project("other"), SOURCES, {"engine-a": B}, {"A": REFERENCE})
    assert figures(corpus_scores(project))["engine-a"]["bleu"] == sacrebleu.corpus_bleu(A, [REFERENCE]).score


def test_the_number_of_queries_does_not_grow_with_the_project(project):
    counts = []
    for size in (1, 8):
        for _ in range(size):
            make_scored(project, SOURCES, {f"engine-{n}": A for n in range(size)}, {"A": REFERENCE})
        with CaptureQueriesContext(connection) as queries:
            corpus_scores(project)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 11 + len(REFERENCE_METRICS)
