"""Human scores of a project beside its metrics, in figures and in files."""

import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reviews.importing.scorefiles import appraise, mqm, segscore, spans
from reviews.importing.scorefiles.base import Judgement, Mark
from reviews.importing.scorefiles.places import Place
from reviews.metrics.external import ExternalMetric
from reviews.metrics.registry import reference_metric
from reviews.metrics.runner import score_document
from reviews.metrics.service import Origin, take_ratings, take_scores
from reviews.models import Campaign, Document, Protocol, Rating, ReferenceSet, Score, ScoreTarget
from reviews.reports.comparison import Slice, compare
from reviews.reports.correlation import pearson
from reviews.reports.external import AGGREGATE
from reviews.reports.human_scores import campaigns_of, correlations, mean_by_text, ratings_in_force
from reviews.reports.score_files import ExportError, write_campaign, write_metric
from reviews.reports.segments import segment_rows
from tests.factories import make_document, make_project

pytestmark = pytest.mark.django_db

ORIGIN = Origin("file", "0" * 64)
ENGINES = ("engine-a", "engine-b", "engine-c")
SIZE = 12


def judgement(segment, system="engine-a", value=None, annotator="", marks=(), document="d1"):
    return Judgement(1, system, document, str(segment), annotator, value, tuple(marks))


def rate(project, judgements, campaign="esa", protocol=Protocol.ESA):
    return take_ratings(project, judgements, campaign=campaign, protocol=protocol, origin=ORIGIN, dry_run=False)


def score(project, judgements, name="kiwi", *, higher=True, reference=None):
    metric = ExternalMetric(name, higher, "reference" if reference else "source")
    return take_scores(project, judgements, metric=metric, reference=reference, origin=ORIGIN, dry_run=False)


@pytest.fixture
def project():
    """Three engines, each worse than the one before, and each worse from segment to segment."""
    project = make_project()
    reference = [f"word{n} one two three four five six seven" for n in range(SIZE)]
    texts = {
        engine: [" ".join(text.split()[: 8 - place - n % 3]) for n, text in enumerate(reference)]
        for place, engine in enumerate(ENGINES)
    }
    document = make_document(
        project, [f"Satz {n}." for n in range(SIZE)], texts, {"A": reference}, external_id="d1", section="News"
    )
    score_document(document.pk)
    rate(
        project,
        [
            judgement(n, engine, 90.0 - 20 * place - n, annotator)
            for n in range(1, SIZE + 1)
            for place, engine in enumerate(ENGINES)
            for annotator in ("r1", "r2")
        ],
    )
    return project


def by_metric(project, **options):
    return {(entry.metric, entry.against): entry for entry in correlations(project, **options)}


def test_the_mean_over_the_annotators_counts_and_of_each_the_last_answer(project):
    rate(project, [judgement(1, value=0.0, annotator="r2")])
    values = mean_by_text(ratings_in_force(Rating.objects.all()))
    first = Score.objects.filter(hypothesis__system__name="engine-a").order_by("hypothesis_id").first()
    assert values[first.hypothesis_id] == (89.0 + 0.0) / 2


def test_marks_alone_come_to_a_number_by_their_weights(project):
    marks = [Mark("target", (0, 2), "Style", "minor"), Mark("target", None, "Accuracy", "major")]
    rate(project, [judgement(1, marks=marks), judgement(2)], "mqm", Protocol.MQM)
    rated = ratings_in_force(Rating.objects.filter(campaign__name="mqm"))
    assert sorted(mean_by_text(rated).values()) == [-6.0, 0.0]


def test_our_metrics_and_foreign_ones_are_correlated_with_people(project):
    values = {(n, engine): float(n + 3 * p) for n in range(1, SIZE + 1) for p, engine in enumerate(ENGINES)}
    score(project, [judgement(n, engine, value) for (n, engine), value in values.items()], "wrong", higher=False)
    found = by_metric(project)
    ours = {"bleu", "chrf", "chrf++", "ter", "edit_rate", "language", "consensus"}
    assert {metric for metric, _ in found} == {*ours, "wrong"}
    wrong = found["wrong", "source text"]
    assert (wrong.better, wrong.segment.n, wrong.segment.groups, wrong.segment.pairs) == ("lower", 36, 12, 36)
    human = [90.0 - 20 * p - n for n in range(1, SIZE + 1) for p in range(3)]
    assert wrong.segment.pearson == pytest.approx(
        pearson(human, [-float(n + 3 * p) for n in range(1, SIZE + 1) for p in range(3)])
    )
    assert (wrong.segment.accuracy, wrong.system.accuracy, wrong.system.n, wrong.system.segments) == (1, 1, 3, 12)
    assert wrong.system.pearson == pytest.approx(1)
    assert found["ter", "A"].system.kendall_tau_b == 1


def test_an_engine_s_figure_under_our_metrics_is_the_corpus_score(project):
    chrf = reference_metric("chrf")
    corpora = []
    for engine in ENGINES:
        rows = Score.objects.filter(config__metric="chrf", hypothesis__system__name=engine)
        sums = [sum(column) for column in zip(*rows.values_list(*(f"s{i}" for i in range(1, 19))), strict=True)]
        corpora.append(chrf.corpus(sums, 1))
    human = [90.0 - 20 * place - 6.5 for place in range(3)]
    assert by_metric(project)["chrf", "A"].system.pearson == pytest.approx(pearson(human, corpora))


def test_scores_against_post_edits_are_left_out_as_they_favour_the_engine_that_was_edited(project):
    post_edit = ScoreTarget.objects.create(project=project, kind="post_edit")
    for row in Score.objects.filter(config__metric="chrf"):
        row.pk, row.target = None, post_edit
        row.save()
    assert {against for metric, against in by_metric(project) if metric == "chrf"} == {"A"}


def test_engines_are_compared_on_the_segments_all_of_them_have(project):
    every = [(n, engine) for n in range(1, SIZE + 1) for engine in ENGINES]
    score(project, [judgement(n, engine, float(n)) for n, engine in every if (n, engine) != (1, "engine-c")])
    kiwi = by_metric(project)["kiwi", "source text"]
    assert (kiwi.segment.n, kiwi.system.segments, kiwi.system.n) == (35, 11, 3)


def test_people_stand_beside_the_metrics(project):
    rate(project, [judgement(n, engine, 50.0) for n in range(1, 11) for engine in ENGINES[:2]], "again")
    again = by_metric(project, campaigns=["esa"])["human:again", "people"]
    assert (again.segment.n, again.segment.pearson) == (20, None)
    assert (again.system.n, again.system.pearson, again.system.reason) == (2, None, "fewer than 3 engines")


def test_too_few_texts_have_a_reason_and_no_figure(project):
    score(project, [judgement(n, value=1.0) for n in range(1, 6)], "few")
    few = by_metric(project)["few", "source text"].to_json()
    assert few["segment"]["reason"] == "fewer than 10 texts"
    assert (few["segment"]["n"], few["segment"]["pearson"]) == (5, None)


def test_the_number_of_queries_depends_on_neither_texts_nor_metrics(project):
    counts = []
    for name in ("one", "two"):
        with CaptureQueriesContext(connection) as queries:
            correlations(project)
        counts.append(len(queries))
        score(project, [judgement(n, engine, 1.0) for n in range(1, SIZE + 1) for engine in ENGINES], name)
    assert counts[0] == counts[1]


def test_other_projects_are_no_part_of_it(project):
    other = make_project("other")
    make_document(other, ["Ja."], {"engine-a": ["Yes."]}, external_id="d1")
    rate(other, [judgement(1, value=3.0)], "theirs")
    assert campaigns_of(project) == [{"campaign": "esa", "protocol": "esa", "texts": 36, "systems": list(ENGINES)}]
    assert correlations(other) == []


# --- beside our scores -------------------------------------------------------------------------------


def test_segments_show_ratings_and_foreign_scores_with_their_orientation(project):
    score(project, [judgement(1, value=0.0)], "metricx", higher=False)
    rate(project, [judgement(1, value=40.0, annotator="r1", marks=[Mark("target", (0, 4), "", "major")])])
    first, second, *_ = (row["hypotheses"]["engine-a"] for row in segment_rows(Document.objects.get()))
    assert first["scores"]["metricx"] == {"value": 0.0, "better": "lower", "against": "source"}
    assert "metricx" not in second["scores"]
    assert isinstance(first["scores"]["bleu"], float)
    assert first["ratings"]["esa"] == {
        "protocol": "esa",
        "value": (40.0 + 89.0) / 2,
        "annotators": 2,
        "marks": [{"side": "target", "span": (0, 4), "category": "", "severity": "major"}],
    }


def test_a_comparison_gets_means_over_the_segments_all_engines_have(project):
    score(project, [judgement(n, engine, n + p * 100.0) for p, engine in enumerate(ENGINES) for n in (1, 2)], "both")
    score(project, [judgement(n, value=1.0) for n in (1, 2)], "only-a")
    score(project, [judgement(3, value=9.0)], "both")
    reference = ReferenceSet.objects.get(project=project)
    score(project, [judgement(1, engine, 5.0) for engine in ENGINES], "comet", reference=reference)
    both, comet = compare(project, samples=0).external
    assert both.metric == ExternalMetric("both", True, "source")
    assert both.to_json()["systems"] == {
        engine: {"score": 1.5 + 100 * place, "n": 2, "left_out": int(place == 0), "aggregate": AGGREGATE}
        for place, engine in enumerate(ENGINES)
    }
    assert comet.metric == ExternalMetric("comet", True, "reference")
    (alone, *others) = compare(project, systems=ENGINES[:1], samples=0).external
    assert [one.metric.id for one in (alone, *others)] == ["both", "comet", "only-a"]
    assert compare(project, part=Slice(kind="headline"), samples=0).external == []


# --- files -------------------------------------------------------------------------------------------


def written(project, format_name, campaign="esa", places=None, tmp_path=None):
    stream = io.BytesIO()
    count = write_campaign(stream, Campaign.objects.get(project=project, name=campaign), format_name, places)
    path = tmp_path / "written"
    path.write_bytes(stream.getvalue())
    return count, path


PLACES = tuple(Place("d1", str(n)) for n in range(1, SIZE + 1))


def test_segment_scores_go_out_engine_by_engine_with_none_for_what_is_missing(project, tmp_path):
    rate(project, [judgement(2, value=66.5)], "one")
    count, path = written(project, "segscore", "one", tmp_path=tmp_path)
    assert (count, path.read_text().split("\n")[:3]) == (1, ["engine-a\tNone", "engine-a\t66.5", "engine-a\tNone"])
    backwards = PLACES[::-1]
    _, path = written(project, "segscore", "one", backwards, tmp_path)
    assert path.read_text().split("\n")[SIZE - 2] == "engine-a\t66.5"


@pytest.mark.parametrize("format_name", ["mqm", "esa"])
def test_what_goes_out_comes_back_the_same(project, tmp_path, format_name):
    mark = Mark("target", (0, 4), "Style/Awkward", "minor")
    rate(project, [judgement(1, value=10.0, annotator="r1", marks=[mark])])
    count, path = written(project, format_name, tmp_path=tmp_path)
    read = {"mqm": mqm, "esa": appraise}[format_name].read_judgements(path)
    judgements = [item for item in read if isinstance(item, Judgement)]
    assert (count, len(judgements)) == (72, 72)
    if format_name == "mqm":
        judgements = [one for one in judgements if one.marks]
        assert [one.marks for one in judgements] == [(mark,)]
    else:
        assert rate(project, judgements).counts == {"same": 72}


def test_marks_go_out_line_by_line_and_come_back(project, tmp_path):
    mark = Mark("source", (0, 4), "Source issue", "major")
    rate(project, [judgement(n, marks=[mark]) for n in (1, 3)], "mqm", Protocol.MQM)
    count, path = written(project, "spans", "mqm", PLACES, tmp_path)
    assert count == 2
    assert '"score": 0' in path.read_text()
    assert rate(project, list(spans.read_judgements(path, PLACES)), "mqm", Protocol.MQM).counts == {"same": 2}


def test_a_metric_s_scores_go_out_and_come_back(project, tmp_path):
    values = [0.1 + 0.2, -25.2, 1e-9]
    score(project, [judgement(n, value=value) for n, value in enumerate(values, 1)])
    path = tmp_path / "kiwi.seg.score"
    with path.open("wb") as stream:
        assert write_metric(stream, project, "kiwi", None, PLACES) == 3
    assert [one.value for one in segscore.read_judgements(path, PLACES)] == values
    with path.open("wb") as stream:
        assert write_metric(stream, project, "chrf", "A", None) == 36


@pytest.mark.parametrize(
    ("format_name", "campaign", "places", "problem"),
    [
        ("spans", "esa", PLACES, "several people rated the same: write mqm."),
        ("esa", "marks", None, "this campaign has marks only: write mqm."),
        ("segscore", "esa", (Place("d1", "13"),), "desk has no segment 13 in the document 'd1'."),
        ("segscore", "esa", (Place("d9", "1"),), "desk has no segment 1 in the document 'd9'."),
    ],
)
def test_what_a_file_cannot_hold_is_refused(project, tmp_path, format_name, campaign, places, problem):
    rate(project, [judgement(1)], "marks", Protocol.MQM)
    with pytest.raises(ExportError) as refusal:
        written(project, format_name, campaign, places, tmp_path)
    assert problem in str(refusal.value)


def test_a_metric_nobody_has_or_with_two_references_is_refused(project):
    with pytest.raises(ExportError, match="desk has no scores of 'comet'"):
        write_metric(io.BytesIO(), project, "comet", None, None)
    document = make_document(project, ["Ja."], {"engine-a": ["Yes."]}, {"B": ["Yes."]}, external_id="d2")
    score_document(document.pk)
    with pytest.raises(ExportError, match="several references: name one with --reference"):
        write_metric(io.BytesIO(), project, "bleu", None, None)
