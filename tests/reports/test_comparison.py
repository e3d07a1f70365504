"""What a comparison says: intervals, differences and verdicts, by article, with reasons in place of figures."""

from __future__ import annotations

import csv
import io
import random
from datetime import date

import numpy as np
import pytest
import sacrebleu.significance
from django.db import connection
from django.test.utils import CaptureQueriesContext
from sacrebleu.metrics import BLEU, CHRF

from reviews.editing.deciding import Seen, decide
from reviews.editing.saving import save_revision
from reviews.metrics.base import Batch
from reviews.metrics.registry import REFERENCE_METRICS, reference_metric
from reviews.metrics.runner import score_document, score_post_edits
from reviews.models import DecisionKind, Document, TaskRun
from reviews.reports.comparison import (
    CSV_COLUMNS,
    MINIMUM_UNITS,
    ComparisonError,
    Origins,
    Slice,
    compare,
    csv_text,
    reference_choices,
    segments_that_differ,
)
from reviews.reports.formulas import corpus_scores_of
from reviews.reports.statistics import holm, resample
from tests.factories import make_cast, make_document, segments_of
from tests.wmt import lines

pytestmark = pytest.mark.django_db

SOURCES = ["Guten Morgen an alle.", "Es regnet heute in Kiel."]
REFERENCE = ["Good morning to all of you.", "It is raining in Kiel today."]
GOOD = ["Good morning to all of you.", "It rains in Kiel today."]
BAD = ["Morning.", "Rain falls today on the city of Kiel."]
LEAST = MINIMUM_UNITS["document"]


def scored(project, engines, *, articles=1, sources=SOURCES, reference=REFERENCE, **columns):
    made = [make_document(project, sources, engines, {"A": reference}, **columns) for _ in range(articles)]
    for document in made:
        score_document(document.pk)
    return made


def wmt22(project, systems, documents):
    """The first articles of WMT 2022 with these systems, scored; the numbers of their lines."""
    names = [row.split("\t")[1] for row in lines("docs.tsv")[1:]]
    chosen = list(dict.fromkeys(names))[:documents]
    source, reference = lines("source.de"), lines("ref.A.en")
    texts = {name: lines(f"systems/{name}.en") for name in systems}
    numbers = [[i for i, name in enumerate(names) if name == document] for document in chosen]
    for name, rows in zip(chosen, numbers, strict=True):
        document = make_document(
            project,
            [source[i] for i in rows],
            {system: [text[i] for i in rows] for system, text in texts.items()},
            {"A": [reference[i] for i in rows]},
            external_id=name,
        )
        score_document(document.pk)
    return numbers


# --- figures -------------------------------------------------------------------------------------------

SYSTEMS = ("LT22", "Online-B", "PROMT")


def test_articles_are_resampled_by_default_and_texts_on_request(project):
    numbers = wmt22(project, SYSTEMS, LEAST)
    metrics = {"bleu": BLEU, "chrf++": lambda **options: CHRF(word_order=2, **options)}
    comparison = compare(project, metrics=list(metrics), baseline="Online-B", samples=100, seed=3)
    assert (comparison.by, comparison.documents, comparison.baseline) == ("document", LEAST, "Online-B")
    for name in metrics:
        metric = reference_metric(name)
        expected = resample(
            np.array([article_sums(metric, system, numbers) for system in SYSTEMS]),
            corpus_scores_of(metric, 1),
            baseline=1,
            samples=100,
            seed=3,
        )
        for system, interval in zip(SYSTEMS, expected.intervals, strict=True):
            score = comparison.systems[system][name]
            assert (score.low, score.high, score.no_interval) == (interval.low, interval.high, "")
            assert score.low < score.score < score.high
        found = {row.system: row for row in comparison.paired if row.metric == name}
        others = [expected.differences[place] for place in (0, 2)]
        assert list(found) == ["LT22", "PROMT"]
        for row, difference in zip(found.values(), others, strict=True):
            assert row.difference == pytest.approx(difference.value, abs=1e-12)
            assert (row.low, row.high) == (difference.interval.low, difference.interval.high)
            assert (row.p_bootstrap, row.p_randomization) == (difference.p_bootstrap, difference.p_randomization)
        assert [row.p_adjusted for row in found.values()] == holm([row.p_randomization for row in others])

    flat = [i for rows in numbers for i in rows]
    references = [[lines("ref.A.en")[i] for i in flat]]
    order = ["Online-B", "LT22", "PROMT"]
    theirs = sacrebleu.significance.PairedTest(
        [(system, [lines(f"systems/{system}.en")[i] for i in flat]) for system in order],
        {name: metric(references=references) for name, metric in metrics.items()},
        None,
        test_type="bs",
        n_samples=100,
    )()[1]
    by_text = compare(project, metrics=list(metrics), baseline="Online-B", by="segment", samples=100)
    for name, column in (("bleu", "BLEU"), ("chrf++", "chrF2++")):
        assert len(flat) >= MINIMUM_UNITS["segment"]
        rows = {row.system: row for row in by_text.paired if row.metric == name}
        for system, result in zip(order, theirs[column], strict=True):
            score = by_text.systems[system][name]
            # sacrebleu reckons resampled scores in 32 bits.
            assert score.high - score.low == pytest.approx(2 * result.ci, abs=1e-4)
            assert system not in rows or rows[system].p_bootstrap == pytest.approx(result.p_value)


def article_sums(metric, system, numbers):
    references = lines("ref.A.en")
    texts = lines(f"systems/{system}.en")
    batches = [Batch([texts[i] for i in rows], [(references[i],) for i in rows]) for rows in numbers]
    return [np.sum([score.statistics for score in metric.scores(batch)], axis=0) for batch in batches]


def test_an_engine_that_is_clearly_better_is_called_so_under_every_metric(project):
    scored(project, {"good": GOOD, "bad": BAD}, articles=LEAST)
    for row in compare(project, samples=200).paired:
        assert (row.system, row.baseline, row.verdict, row.reason) == ("bad", "good", "worse", "")
        assert row.p_randomization == row.p_adjusted < 0.05
    for row in compare(project, baseline="bad", samples=200).paired:
        assert row.verdict == "better"
        higher = reference_metric(row.metric).higher_is_better
        assert row.low <= row.difference <= row.high
        assert (row.difference > 0) == (row.low > 0) == higher
        assert (row.wins, row.ties, row.losses) == (2 * LEAST, 0, 0)


def test_engines_with_the_same_texts_have_no_winner(project):
    scored(project, {"engine-a": GOOD, "engine-b": GOOD}, articles=LEAST)
    for row in compare(project, samples=100).paired:
        assert (row.verdict, row.difference, row.p_randomization) == ("no difference shown", 0, 1)
        assert (row.wins, row.ties, row.losses) == (0, 2 * LEAST, 0)


def test_below_the_stated_number_of_articles_there_is_a_reason_instead_of_a_figure(project):
    scored(project, {"good": GOOD, "bad": BAD}, articles=LEAST - 1)
    comparison = compare(project, metrics=["bleu"])
    reason = f"too few articles: {LEAST - 1} of at least {LEAST}"
    score = comparison.systems["good"]["bleu"]
    assert score.score is not None
    assert (score.low, score.high, score.no_interval) == (None, None, reason)
    [row] = comparison.paired
    assert (row.verdict, row.reason, row.units) == ("too few articles", reason, LEAST - 1)
    assert (row.low, row.high, row.p_bootstrap, row.p_randomization, row.p_adjusted) == (None,) * 5
    assert row.difference == comparison.systems["bad"]["bleu"].score - score.score
    assert (row.wins, row.ties, row.losses) == (0, 0, 2 * (LEAST - 1))

    scored(project, {"good": GOOD, "bad": BAD})
    comparison = compare(project, metrics=["bleu"], samples=100)
    assert comparison.systems["good"]["bleu"].no_interval == ""
    assert comparison.paired[0].verdict == "worse"
    by_text = compare(project, metrics=["bleu"], by="segment").paired[0]
    assert by_text.reason == f"too few segments: {2 * LEAST} of at least {MINIMUM_UNITS['segment']}"
    assert by_text.verdict == "too few segments"


def test_texts_are_won_tied_and_lost_one_by_one_whatever_the_sum_says(project):
    scored(project, {"engine-a": [GOOD[0], BAD[1]], "engine-b": [BAD[0], GOOD[1]], "engine-c": [GOOD[0], GOOD[1]]})
    found = {row.system: row for row in compare(project, metrics=["ter"]).paired}
    assert [(found[name].wins, found[name].ties, found[name].losses) for name in ("engine-b", "engine-c")] == [
        (1, 0, 1),
        (1, 1, 0),
    ]


def test_the_same_seed_gives_the_same_comparison_and_no_samples_only_scores(project):
    for number in range(LEAST):
        scored(project, {"good": [GOOD[0], "It rains. " * number], "bad": BAD})
    once, again = (compare(project, metrics=["chrf"], samples=100, seed=5) for _ in range(2))
    assert once == again
    assert compare(project, metrics=["chrf"], samples=100, seed=6).systems != once.systems
    plain = compare(project, metrics=["chrf"], samples=0)
    assert list(plain.paired) == []
    score = plain.systems["good"]["chrf"]
    assert (score.score, score.low, score.no_interval) == (
        once.systems["good"]["chrf"].score,
        None,
        "not resampled",
    )


# --- which engines -------------------------------------------------------------------------------------


def test_only_the_engines_named_narrow_what_is_compared(project):
    scored(project, {"engine-a": GOOD, "engine-b": BAD})
    scored(project, {"engine-a": GOOD, "engine-c": BAD})
    assert compare(project, metrics=["bleu"]).segments == 0
    found = compare(project, metrics=["bleu"], systems=["engine-c", "engine-a"])
    assert (found.segments, found.baseline, list(found.systems)) == (2, "engine-a", ["engine-a", "engine-c"])
    assert found.systems["engine-a"]["bleu"].left_out == {"not translated by every engine compared": 2}


def test_where_nothing_is_shared_nothing_is_compared(project):
    scored(project, {"engine-a": GOOD})
    scored(project, {"engine-b": GOOD})
    comparison = compare(project, metrics=["bleu"])
    assert list(comparison.paired) == []
    score = comparison.systems["engine-b"]["bleu"]
    assert (score.score, score.no_interval, score.n, score.of) == (None, "nothing scored", 0, 2)


def test_texts_without_a_score_say_why_also_of_an_engine_that_has_none(project):
    document = make_document(project, SOURCES, {"engine-a": GOOD, "engine-b": [BAD[0]]}, {"A": ["", REFERENCE[1]]})
    score_document(document.pk)
    found = compare(project, metrics=["bleu"]).systems
    assert found["engine-a"]["bleu"].left_out == {"empty reference": 1}
    assert (found["engine-a"]["bleu"].n, found["engine-b"]["bleu"].n) == (1, 0)
    assert found["engine-b"]["bleu"].left_out == {"empty reference": 1}
    for system in ("engine-a", "engine-b"):
        [score] = (
            compare(project, metrics=["bleu"], systems=[system], part=Slice(length="short")).systems[system].values()
        )
        assert score.left_out == {"empty reference": 1}


@pytest.mark.parametrize(
    ("options", "field", "words"),
    [
        ({"reference": "B"}, "reference", "no reference 'B'"),
        ({"metrics": ["comet"]}, "metrics", "unknown metric 'comet': choose from bleu"),
        ({"metrics": ["consensus"]}, "metrics", "unknown metric 'consensus'"),
        ({"systems": ["engine-x"]}, "systems", "no engine 'engine-x'. Engines: engine-a, engine-b"),
        ({"baseline": "engine-x"}, "baseline", "no engine 'engine-x'"),
        ({"baseline": "engine-b"}, "baseline", "engine-b has no scored text in this part"),
        ({"by": "word"}, "by", "by 'word' is unknown: choose from document, segment"),
        ({"samples": 39}, "samples", "39 samples are no number to work with: take 40 to 100000, or 0"),
        ({"samples": -1}, "samples", "-1 samples"),
        ({"samples": 1_000_000}, "samples", "1000000 samples"),
        ({"seed": -1}, "seed", "-1 is no seed"),
        ({"part": Slice(documents=frozenset(["nx-none"]))}, "documents", "desk has no document 'nx-none'"),
    ],
)
def test_what_cannot_be_compared_is_refused_by_the_argument_at_fault(project, options, field, words):
    scored(project, {"engine-a": GOOD})
    make_document(project, SOURCES, {"engine-b": BAD}, {"A": REFERENCE})
    with pytest.raises(ComparisonError) as caught:
        compare(project, **options)
    assert caught.value.field == field
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"kind": "poem"}, "kind", "no kind 'poem': choose from kicker, headline"),
        ({"length": "huge"}, "length", "no length 'huge': choose from short, medium, long"),
        ({"since": date(1, 1, 1)}, "since", "0001-01-01 is out of the question: give a day from 1900 to 2999"),
        ({"until": date(9999, 12, 31)}, "until", "9999-12-31 is out of the question"),
        ({"since": date(2026, 2, 2), "until": date(2026, 2, 1)}, "until", "2026-02-01 is before 2026-02-02"),
        ({"documents": frozenset()}, "documents", "No document was named"),
    ],
)
def test_a_part_that_cannot_be_is_refused(values, field, words):
    with pytest.raises(ComparisonError) as caught:
        Slice(**values)
    assert caught.value.field == field
    assert words in str(caught.value)


# --- against what was approved -------------------------------------------------------------------------


def approve(document, place, text, people):
    segment = segments_of(document)[place]
    save_revision(segment_id=segment.pk, person=people["anna"], typed=text, base=0, reviewed=True)
    segment.refresh_from_db()
    seen = Seen(segment.latest_revision.pk, segment.latest_revision.source_hash)
    decide(segment_id=segment.pk, person=people["ben"], kind=DecisionKind.APPROVED, seen=seen)


def test_approved_texts_are_a_reference_that_says_whom_it_favours(project):
    people = make_cast(project)
    [document, other] = scored(project, {"engine-a": GOOD, "engine-b": BAD}, articles=2)
    assert reference_choices(project) == ["A"]
    approve(document, 0, GOOD[0], people)
    approve(other, 1, "It is pouring.", people)
    for one in (document, other):
        score_post_edits(one.pk)
    assert reference_choices(project) == ["A", "post-edit"]
    assert compare(project, samples=0).reference == "A"

    comparison = compare(project, "post-edit", metrics=["ter"])
    assert (comparison.reference, comparison.segments, comparison.post_edits) == ("post-edit", 2, 2)
    assert comparison.systems["engine-a"]["ter"].left_out == {"not approved": 2}
    # "It is pouring." keeps "It" and the full stop of "It rains in Kiel today."
    assert comparison.derived_from == {"engine-a": Origins(texts=2, kept=0.75)}
    value = comparison.to_json()
    assert value["derived_from"] == {"engine-a": {"texts": 2, "kept": 0.75, "compared": True}}
    only = compare(project, "post-edit", metrics=["ter"], systems=["engine-b"])
    assert only.to_json()["derived_from"]["engine-a"]["compared"] is False
    assert compare(project, "post-edit", part=Slice(documents=frozenset([other.external_id]))).post_edits == 1


def test_scores_against_approved_texts_that_are_not_finished_are_counted(project):
    people = make_cast(project)
    [document] = scored(project, {"engine-a": GOOD})
    approve(document, 0, GOOD[0], people)
    score_post_edits(document.pk)
    TaskRun.objects.create(project=project, document=document, kind=TaskRun.Kind.POST_EDIT)
    assert compare(project, "post-edit", samples=0).unfinished == 1
    assert compare(project, "A", samples=0).unfinished == 0


# --- as others take it ---------------------------------------------------------------------------------


def test_json_is_what_the_command_promises(project):
    scored(project, {"engine-a": GOOD, "engine-b": BAD}, section="Weather")
    value = compare(project, metrics=["bleu"], part=Slice(section="Weather", since=date(2026, 1, 2))).to_json()
    scores = {name: score["bleu"]["score"] for name, score in value["systems"].items()}
    reason = f"too few articles: 1 of at least {LEAST}"
    rest = {"low": None, "high": None, "no_interval": reason, "n": 2, "left_out": {}}
    assert value == {
        "project": "desk",
        "reference": "A",
        "part": {
            "section": "Weather",
            "kind": None,
            "length": None,
            "since": "2026-01-02",
            "until": None,
            "documents": None,
        },
        "by": "document",
        "samples": 1000,
        "seed": 12345,
        "minimum": LEAST,
        "baseline": "engine-a",
        "segments": 2,
        "documents": 1,
        "unfinished": 0,
        "signatures": {"bleu": "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0"},
        "systems": {
            "engine-a": {"bleu": {"score": scores["engine-a"], **rest}},
            "engine-b": {"bleu": {"score": scores["engine-b"], **rest}},
        },
        "paired": [
            {
                "system": "engine-b",
                "baseline": "engine-a",
                "metric": "bleu",
                "difference": scores["engine-b"] - scores["engine-a"],
                "low": None,
                "high": None,
                "p_bootstrap": None,
                "p_randomization": None,
                "p_adjusted": None,
                "verdict": "too few articles",
                "reason": reason,
                "units": 1,
                "wins": 0,
                "ties": 0,
                "losses": 2,
            }
        ],
        "post_edits": 0,
        "derived_from": {},
        "external": [],
    }


def test_a_csv_row_says_what_it_was_measured_with_and_on(project):
    scored(project, {"good": GOOD, "bad": BAD}, articles=LEAST)
    documents = frozenset(Document.objects.values_list("external_id", flat=True))
    comparison = compare(project, metrics=["bleu", "ter"], part=Slice(kind="body", documents=documents), samples=100)
    rows = list(csv.DictReader(io.StringIO(csv_text(comparison))))
    assert [(row["system"], row["metric"]) for row in rows] == [
        (name, metric) for name in ("good", "bad") for metric in ("bleu", "ter")
    ]
    row = rows[2]
    [paired, _] = comparison.paired
    assert float(row["score"]) == comparison.systems["bad"]["bleu"].score
    assert float(row["difference_low"]) == paired.low
    assert (row["verdict"], row["baseline"], row["kind"]) == ("worse", "good", "body")
    assert row["signature"] == comparison.signatures["bleu"]
    assert row["documents"].split() == sorted(documents)
    assert rows[0]["verdict"] == rows[0]["difference"] == ""
    assert tuple(row) == CSV_COLUMNS


def test_a_comparison_without_engines_is_a_table_with_a_header_only(project):
    scored(project, {"engine-a": GOOD})
    assert csv_text(compare(project, part=Slice(section="Sport"))) == ",".join(CSV_COLUMNS) + "\n"


# --- single texts --------------------------------------------------------------------------------------


def test_the_texts_that_differ_most_come_first(project):
    middle = ["Good morning to you.", "It is raining in Kiel today."]
    [document] = scored(project, {"engine-a": GOOD, "engine-b": [BAD[0], middle[1]]}, external_id="nx-weather")
    found = segments_that_differ(project, metric="chrf", system="engine-b", baseline="engine-a")
    assert [row.better for row in found] == [False, True]
    first, second = found
    segments = [segment.pk for segment in segments_of(document)]
    assert (first.document, first.external_id, first.segment, first.covers) == (
        document.pk,
        "nx-weather",
        segments[0],
        1,
    )
    assert (first.kind, first.source) == ("body", SOURCES[0])
    assert (first.system_text, first.baseline_text) == (BAD[0], GOOD[0])
    assert first.system_value == sacrebleu.sentence_chrf(BAD[0], [REFERENCE[0]]).score
    assert first.difference == first.system_value - first.baseline_value < 0
    assert abs(first.difference) > second.difference > 0
    ask = {"metric": "chrf", "system": "engine-b", "baseline": "engine-a"}
    assert segments_that_differ(project, **ask, limit=1) == [first]
    assert segments_that_differ(project, **ask, direction="better") == [second]
    assert segments_that_differ(project, **ask, direction="worse") == [first]
    # For TER the lower value is the better one.
    [ter] = segments_that_differ(project, **(ask | {"metric": "ter"}), direction="better")
    assert (ter.segment, ter.difference < 0, ter.better) == (segments[1], True, True)


def test_equal_texts_and_texts_of_one_engine_alone_are_not_listed(project):
    scored(project, {"engine-a": GOOD, "engine-b": GOOD})
    scored(project, {"engine-a": BAD})
    assert segments_that_differ(project, metric="ter", system="engine-b", baseline="engine-a") == []


def test_a_run_of_several_segments_is_listed_with_all_of_its_texts(project):
    document = make_document(
        project,
        [*SOURCES, "Ende."],
        {"engine-a": [(" ".join(GOOD), 2), "", "End."], "engine-b": [(" ".join(BAD), 2), "", "End."]},
        {"A": [*REFERENCE, "The end."]},
    )
    score_document(document.pk)
    [row] = segments_that_differ(project, metric="ter", system="engine-b", baseline="engine-a")
    assert (row.covers, row.source) == (2, " ".join(SOURCES))
    assert (row.system_text, row.baseline_text) == (" ".join(BAD), " ".join(GOOD))


def test_texts_that_only_a_longer_reference_holds_together_are_joined(project):
    people = make_cast(project)
    document = make_document(
        project, SOURCES, {"engine-a": [(" ".join(GOOD), 2), ""], "engine-b": BAD, "engine-c": GOOD}
    )
    approve(document, 0, " ".join(REFERENCE), people)
    score_post_edits(document.pk)
    [row] = segments_that_differ(project, "post-edit", metric="ter", system="engine-b", baseline="engine-c")
    assert (row.covers, row.source) == (2, " ".join(SOURCES))
    assert (row.system_text, row.baseline_text) == (" ".join(BAD), " ".join(GOOD))


def test_a_part_narrows_the_list(project):
    scored(project, {"engine-a": GOOD, "engine-b": BAD}, kinds=["headline", "body"])
    ask = {"metric": "ter", "system": "engine-b", "baseline": "engine-a"}
    [row] = segments_that_differ(project, **ask, part=Slice(kind="headline"))
    assert (row.kind, row.source) == ("headline", SOURCES[0])


@pytest.mark.parametrize(
    ("options", "field", "words"),
    [
        ({"metric": "length_ratio"}, "metrics", "unknown metric 'length_ratio'"),
        ({"system": "engine-x"}, "system", "no engine 'engine-x'"),
        ({"baseline": "engine-b"}, "baseline", "engine-b does not differ from itself"),
        ({"limit": 0}, "limit", "0 texts cannot be listed: take 1 to 200"),
        ({"direction": "up"}, "direction", "no direction 'up': take both, better or worse"),
    ],
)
def test_a_list_that_cannot_be_made_is_refused(project, options, field, words):
    scored(project, {"engine-a": GOOD, "engine-b": BAD})
    ask = {"metric": "ter", "system": "engine-b", "baseline": "engine-a"} | options
    with pytest.raises(ComparisonError) as caught:
        segments_that_differ(project, **ask)
    assert caught.value.field == field
    assert words in str(caught.value)


def test_the_number_of_queries_does_not_grow(project):
    counts = []
    for size in (1, 6):
        scored(project, {f"engine-{n}": random.Random(n).sample(GOOD, 2) for n in range(3)}, articles=size)
        with CaptureQueriesContext(connection) as queries:
            compare(project)
            segments_that_differ(project, metric="ter", system="engine-0", baseline="engine-1")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 22 + len(REFERENCE_METRICS)
