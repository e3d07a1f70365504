"""The metrics' runner: one row per hypothesis, target and metric, and none of it done twice."""

from __future__ import annotations

import random

import pytest
import sacrebleu
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reviews.editing.deciding import Seen, decide
from reviews.editing.saving import save_revision
from reviews.metrics import chrf, runner
from reviews.metrics.chrf import ChrFPlusPlus
from reviews.metrics.registry import METRICS, REFERENCE_METRICS, SOURCE_SIGNALS
from reviews.metrics.runner import score_document, score_post_edits
from reviews.models import (
    DecisionKind,
    MetricConfig,
    Placement,
    ReferenceSet,
    Score,
    ScoreTarget,
    SegmentSource,
    SourceRevision,
    TargetKind,
)
from reviews.models.document import content_columns
from reviews.models.in_force import cut, texts_in
from reviews.models.scores import STATISTICS_COLUMNS
from reviews.values import CodedText
from tests.factories import add_hypothesis, add_reference, make_document, segments_of

pytestmark = pytest.mark.django_db

SOURCES = ["Guten Morgen.", "Es regnet in Kiel.", "Morgen scheint die Sonne wieder."]
ENGINE = ["Good morning.", "It is raining in Kiel.", "Tomorrow the sun shines again."]
REFERENCE = ["Good morning.", "It rains in Kiel.", "The sun will shine again tomorrow."]


def bleu(reference: str, system: str = "engine-a") -> list[tuple[str, float | None, str]]:
    """(text, value, reason) of a system's hypotheses against one reference set."""
    rows = Score.objects.filter(
        hypothesis__system__name=system, target__reference_set__label=reference, config__metric="bleu"
    ).order_by("hypothesis_id")
    return [(row.hypothesis.text, row.value, row.reason) for row in rows.select_related("hypothesis")]


def everything() -> list[tuple[object, ...]]:
    """Every score, without ids and times of its own."""
    columns = ["hypothesis", "target", "config", "value", "reason", "hypothesis_hash", "target_hash"]
    return list(Score.objects.order_by(*columns[:3]).values_list(*columns, *STATISTICS_COLUMNS))


def test_every_hypothesis_has_one_row_per_target_and_metric(project):
    document = make_document(project, SOURCES, {"engine-a": ENGINE, "engine-b": ENGINE}, {"A": REFERENCE})
    score_document(document.pk)
    against_source = Score.objects.filter(target__kind=TargetKind.SOURCE)
    against_reference = Score.objects.filter(target__reference_set__label="A")
    assert against_source.count() == 6 * len(SOURCE_SIGNALS)
    assert against_reference.count() == 6 * len(REFERENCE_METRICS)
    assert Score.objects.filter(target__kind=TargetKind.CONSENSUS).count() == 6
    assert Score.objects.count() == 6 * len(METRICS)


def test_a_segment_has_the_value_and_the_signature_sacrebleu_gives_it(project):
    document = make_document(project, SOURCES, {"engine-a": ENGINE}, {"A": REFERENCE})
    score_document(document.pk)
    wanted = [sacrebleu.sentence_bleu(h, [r]).score for h, r in zip(ENGINE, REFERENCE, strict=True)]
    assert [value for _, value, _ in bleu("A")] == wanted
    metric = sacrebleu.metrics.BLEU()
    metric.corpus_score(ENGINE, [REFERENCE])
    assert MetricConfig.objects.get(metric="bleu").signature == str(metric.get_signature())


def test_chrf_is_read_off_the_statistics_of_chrf_plus_plus(project, monkeypatch):
    counted = []
    count = chrf._count
    monkeypatch.setattr(chrf, "_count", lambda batch: counted.append(batch) or count(batch))
    document = make_document(project, SOURCES, {"engine-a": ENGINE}, {"A": REFERENCE})
    score_document(document.pk)
    assert len(counted) == 1
    rows = {row.config.metric: row for row in Score.objects.filter(hypothesis__text=ENGINE[1]).select_related("config")}
    statistics = [getattr(rows["chrf++"], column) for column in STATISTICS_COLUMNS]
    assert [getattr(rows["chrf"], column) for column in STATISTICS_COLUMNS] == statistics[:18] + [None] * 6
    assert None not in statistics[: ChrFPlusPlus().width]


def test_a_reference_over_two_segments_is_compared_with_both_texts_at_once(project):
    document = make_document(project, SOURCES, {"engine-a": ENGINE})
    add_reference(document, "A", 0, "Good morning, it rains in Kiel.", covers=2)
    add_reference(document, "A", 2, REFERENCE[2])
    score_document(document.pk)
    joined = sacrebleu.sentence_bleu("Good morning. It is raining in Kiel.", ["Good morning, it rains in Kiel."]).score
    last = sacrebleu.sentence_bleu(ENGINE[2], [REFERENCE[2]]).score
    assert bleu("A") == [
        (ENGINE[0], joined, ""),
        (ENGINE[1], None, "scored with previous"),
        (ENGINE[2], last, ""),
    ]


def test_a_hypothesis_over_three_segments_is_compared_with_three_references(project):
    document = make_document(project, SOURCES, {"engine-a": [("All in one.", 3), "", ""]}, {"A": REFERENCE})
    score_document(document.pk)
    assert bleu("A") == [("All in one.", sacrebleu.sentence_bleu("All in one.", [" ".join(REFERENCE)]).score, "")]


def test_texts_that_reach_over_one_another_make_one_run(project):
    """The engine takes 1+2 together, the reference 2+3: only all three are covered by both."""
    document = make_document(project, SOURCES, {"engine-a": [("One and two.", 2), "", "Three."]})
    add_reference(document, "A", 0, "First.")
    add_reference(document, "A", 1, "Second and third.", covers=2)
    score_document(document.pk)
    value = sacrebleu.sentence_bleu("One and two. Three.", ["First. Second and third."]).score
    assert bleu("A") == [("One and two.", value, ""), ("Three.", None, "scored with previous")]


def test_several_references_are_used_alone_and_all_together(project):
    others = ["Morning.", "Kiel has rain.", "Tomorrow will be sunny again."]
    document = make_document(project, SOURCES, {"engine-a": ENGINE}, {"B": others, "A": REFERENCE})
    score_document(document.pk)
    assert sorted(ReferenceSet.objects.values_list("label", flat=True)) == ["A", "A+B", "B"]
    assert ReferenceSet.objects.get(label="A+B").names == ["A", "B"]
    wanted = [sacrebleu.sentence_bleu(h, [a, b]).score for h, a, b in zip(ENGINE, REFERENCE, others, strict=True)]
    assert [value for _, value, _ in bleu("A+B")] == wanted
    signatures = MetricConfig.objects.filter(metric="bleu").values_list("signature", flat=True)
    assert sorted(signature.split("|")[0] for signature in signatures) == ["nrefs:1", "nrefs:2"]


def test_a_set_of_references_needs_each_of_them_for_the_run(project):
    document = make_document(project, SOURCES, {"engine-a": ENGINE}, {"A": REFERENCE})
    add_reference(document, "B", 1, "Kiel has rain.")
    score_document(document.pk)
    assert [reason for _, _, reason in bleu("A")] == ["", "", ""]
    assert [reason for _, _, reason in bleu("B")] == ["no reference", "", "no reference"]
    assert [reason for _, _, reason in bleu("A+B")] == ["no reference", "", "no reference"]


def test_what_was_imported_before_a_document_does_not_change_its_scores(project):
    make_document(project, SOURCES[:1], {"engine-a": ENGINE[:1]}, {"A": REFERENCE[:1], "B": ["Morning."]})
    without = make_document(project, SOURCES, {"engine-a": ENGINE}, {"A": REFERENCE})
    score_document(without.pk)
    labels = Score.objects.values_list("target__reference_set__label", flat=True)
    assert set(labels) == {None, "A"}


def test_an_empty_translation_is_scored_as_the_worst(project):
    document = make_document(project, SOURCES, {"engine-a": [ENGINE[0], "", ENGINE[2]]}, {"A": REFERENCE})
    score_document(document.pk)
    rows = Score.objects.filter(hypothesis__text="", target__kind=TargetKind.REFERENCE).select_related("config")
    assert {row.config.metric: row.value for row in rows} == {
        "bleu": 0.0,
        "chrf": 0.0,
        "chrf++": 0.0,
        "ter": 100.0,
        "edit_rate": 100.0,
    }


def test_an_empty_reference_is_said_and_not_scored(project):
    document = make_document(project, SOURCES, {"engine-a": ENGINE}, {"A": [REFERENCE[0], " ", REFERENCE[2]]})
    score_document(document.pk)
    assert [reason for _, _, reason in bleu("A")] == ["", "empty reference", ""]


def test_a_text_without_a_source_says_so_for_every_target(project):
    document = make_document(project, SOURCES, {"engine-a": ENGINE}, {"A": REFERENCE})
    stray = add_hypothesis(document, "engine-a", None, "Subscribe to our newsletter.")
    score_document(document.pk)
    rows = Score.objects.filter(hypothesis=stray)
    assert set(rows.values_list("reason", flat=True)) == {"unaligned"}
    assert rows.count() == len(METRICS)


def test_a_new_run_of_an_engine_takes_the_place_of_the_old_one(project):
    document = make_document(project, SOURCES, {"engine-a": ENGINE}, {"A": REFERENCE})
    add_hypothesis(document, "engine-a", None, "Subscribe to our newsletter.")
    score_document(document.pk)
    for place, text in enumerate(REFERENCE):
        add_hypothesis(document, "engine-a", place, text, number=2)
    score_document(document.pk)
    assert set(Score.objects.values_list("hypothesis__number", flat=True)) == {2}
    assert [value for _, value, _ in bleu("A")] == [pytest.approx(100.0)] * 3


def test_a_new_run_over_part_of_the_article_leaves_the_rest(project):
    document = make_document(project, SOURCES, {"engine-a": ENGINE}, {"A": REFERENCE})
    stray = add_hypothesis(document, "engine-a", None, "Subscribe to our newsletter.")
    score_document(document.pk)
    add_hypothesis(document, "engine-a", 1, REFERENCE[1], number=2)
    score_document(document.pk)
    assert [text for text, _, _ in bleu("A")] == [ENGINE[0], ENGINE[2], stray.text, REFERENCE[1]]


def test_a_changed_reference_replaces_just_the_scores_against_it(project):
    document = make_document(project, SOURCES, {"engine-a": ENGINE}, {"A": REFERENCE})
    score_document(document.pk)
    before = dict(Score.objects.values_list("pk", "updated_at"))
    add_reference(document, "A", 1, ENGINE[1], number=2)
    changes = score_document(document.pk)
    assert len(changes.rows) == len(REFERENCE_METRICS)
    assert [round(value) for _, value, _ in bleu("A")] == [100, 100, round(bleu("A")[2][1])]
    after = dict(Score.objects.values_list("pk", "updated_at"))
    assert before.keys() == after.keys()
    assert sum(before[pk] != after[pk] for pk in before) == len(REFERENCE_METRICS)


def test_what_translates_an_older_wording_has_no_score_until_the_engine_is_run_again(project):
    document = make_document(project, SOURCES, {"engine-a": ENGINE}, {"A": REFERENCE})
    score_document(document.pk)
    before = everything()
    revision = SourceRevision.objects.create(document=document, number=2, content_hash="1" * 64, reader="test")
    for placement in Placement.objects.filter(source_revision=document.current_source):
        placement.pk, placement.source_revision = None, revision
        if placement.block == 1:
            wording = CodedText("Es regnet in Kiel und in Lübeck.")
            placement.source = SegmentSource.objects.create(segment=placement.segment, **content_columns(wording))
        placement.save()
    first = document.current_source
    document.current_source = revision
    document.save()
    changes = score_document(document.pk)
    assert changes.rows == []
    assert [text for text, _, _ in bleu("A")] == [ENGINE[0], ENGINE[2]]
    assert len(everything()) == len(before) - len(METRICS)

    add_hypothesis(document, "engine-a", 1, "It is raining in Kiel and in Lübeck.", number=2)
    score_document(document.pk)
    # The reference is one of the old wording: nothing to compare the new text with.
    assert bleu("A")[-1] == ("It is raining in Kiel and in Lübeck.", None, "no reference")
    assert Score.objects.filter(hypothesis__number=2, target__kind=TargetKind.SOURCE, value__isnull=False).count() == 2

    document.current_source = first
    document.save()
    score_document(document.pk)
    assert everything() == before


def test_a_second_run_computes_and_writes_nothing(project, monkeypatch):
    document = make_document(project, SOURCES, {"engine-a": [("One and two.", 2), "", ENGINE[2]]}, {"A": REFERENCE})
    add_hypothesis(document, "engine-a", None, "Subscribe to our newsletter.")
    first = score_document(document.pk)
    before = list(Score.objects.order_by("pk").values())
    monkeypatch.setattr(runner, "Batch", None)
    second = score_document(document.pk)
    assert (second.rows, second.obsolete) == ([], [])
    assert second.counts() == first.counts()
    assert list(Score.objects.order_by("pk").values()) == before


def test_counts_tell_rows_with_a_value_from_those_without(project):
    document = make_document(project, SOURCES, {"engine-a": ENGINE}, {"A": REFERENCE})
    add_hypothesis(document, "engine-a", None, "Subscribe to our newsletter.")
    counts = score_document(document.pk).counts()
    assert counts["null"]["unaligned"] == len(METRICS)
    assert counts["done"] == Score.objects.filter(value__isnull=False).count()
    assert sum(counts["null"].values()) == Score.objects.filter(value__isnull=True).count()


def test_scores_under_earlier_settings_go(project):
    document = make_document(project, SOURCES, {"engine-a": ENGINE}, {"A": REFERENCE})
    score_document(document.pk)
    old = MetricConfig.objects.create(metric="bleu", signature="nrefs:1|version:1.0")
    Score.objects.filter(config__metric="bleu").update(config=old)
    score_document(document.pk)
    assert not Score.objects.filter(config=old).exists()
    assert len(bleu("A")) == len(ENGINE)


def test_scores_from_elsewhere_stay(project):
    document = make_document(project, SOURCES, {"engine-a": ENGINE}, {"A": REFERENCE})
    score_document(document.pk)
    foreign = MetricConfig.objects.create(metric="comet", signature="wmt22-comet-da")
    own = Score.objects.filter(config__metric="bleu").first()
    texts = {"hypothesis_hash": own.hypothesis_hash, "target_hash": own.target_hash}
    kept = [
        Score.objects.create(hypothesis=own.hypothesis, target=target, config=config, value=1.0, **texts)
        for target, config in (
            (own.target, foreign),
            (ScoreTarget.objects.create(project=project, kind=TargetKind.POST_EDIT), own.config),
        )
    ]
    score_document(document.pk)
    assert Score.objects.filter(pk__in=[score.pk for score in kept]).count() == 2


def test_a_guard_that_says_no_keeps_everything_as_it_is(project):
    document = make_document(project, SOURCES, {"engine-a": ENGINE}, {"A": REFERENCE})
    changes = runner.compute(texts_in(document, cut(document)[0]))
    assert changes.rows
    assert runner.write(changes, guard=lambda: False) is False
    assert not Score.objects.exists()
    assert runner.write(changes) is True
    assert Score.objects.count() == len(changes.rows)


# --- the other engines ---------------------------------------------------------------------------------

ENGINES = {
    "engine-a": ENGINE,
    "engine-b": REFERENCE,
    "engine-c": ["Morning!", "In Kiel it rains.", "Tomorrow the sun shines."],
}


def consensus() -> list[tuple[str, float | None, str]]:
    """(text, value, reason) of every hypothesis against the other engines."""
    rows = Score.objects.filter(target__kind=TargetKind.CONSENSUS).order_by("hypothesis_id")
    return [(row.hypothesis.text, row.value, row.reason) for row in rows.select_related("hypothesis")]


def mean_chrf(text: str, *others: str) -> float:
    return pytest.approx(sum(sacrebleu.sentence_chrf(text, [other]).score for other in others) / len(others))


def test_three_engines_are_each_scored_against_the_other_two(project):
    document = make_document(project, SOURCES, ENGINES)
    score_document(document.pk)
    expected = [
        (text, mean_chrf(text, *(other[place] for system, other in ENGINES.items() if system != name)), "")
        for name, texts in ENGINES.items()
        for place, text in enumerate(texts)
    ]
    assert consensus() == expected
    statistics = Score.objects.filter(target__kind=TargetKind.CONSENSUS).values_list(*STATISTICS_COLUMNS)
    assert set(statistics) == {(None,) * len(STATISTICS_COLUMNS)}


def test_two_engines_have_no_consensus(project):
    document = make_document(project, SOURCES, {"engine-a": ENGINE, "engine-b": REFERENCE})
    score_document(document.pk)
    assert {(value, reason) for _, value, reason in consensus()} == {(None, "needs three engines")}


def test_engines_are_compared_on_the_run_that_serves_all_of_them(project):
    """engine-a takes the first two sentences together, engine-c the last two, and engine-d has only the first."""
    texts = {
        "engine-a": [("One and two.", 2), "", "Three."],
        "engine-b": ["One.", "Two.", "Three."],
        "engine-c": ["One.", ("Two and three.", 2), ""],
        "engine-d": ["One.", "Two."],
    }
    document = make_document(project, SOURCES, texts)
    score_document(document.pk)
    a, b, c = "One and two. Three.", "One. Two. Three.", "One. Two and three."
    together, partial = "scored with previous", "covers only part of the run"
    assert consensus() == [
        ("One and two.", mean_chrf(a, b, c), ""),
        ("Three.", None, together),
        ("One.", mean_chrf(b, a, c), ""),
        ("Two.", None, together),
        ("Three.", None, together),
        ("One.", mean_chrf(c, a, b), ""),
        ("Two and three.", None, together),
        ("One.", None, partial),
        ("Two.", None, partial),
    ]


def test_where_an_engine_is_missing_the_others_are_still_compared(project):
    document = make_document(project, SOURCES, ENGINES | {"engine-d": ENGINE[:1]})
    score_document(document.pk)
    rows = {(text, reason): value for text, value, reason in consensus()}
    assert rows["In Kiel it rains.", ""] == mean_chrf("In Kiel it rains.", ENGINE[1], REFERENCE[1])
    assert rows["Morning!", ""] == mean_chrf("Morning!", ENGINE[0], ENGINE[0], ENGINE[0])


def test_a_new_text_of_one_engine_changes_the_consensus_of_its_segment_alone(project):
    document = make_document(project, SOURCES, ENGINES)
    score_document(document.pk)
    add_hypothesis(document, "engine-c", 1, "It rains in Kiel.", number=2)
    changes = score_document(document.pk)
    written = [(row.hypothesis.text, row.value) for row in changes.rows if row.target.kind == TargetKind.CONSENSUS]
    assert written == [
        (ENGINE[1], mean_chrf(ENGINE[1], REFERENCE[1], REFERENCE[1])),
        (REFERENCE[1], mean_chrf(REFERENCE[1], ENGINE[1], REFERENCE[1])),
        (REFERENCE[1], mean_chrf(REFERENCE[1], ENGINE[1], REFERENCE[1])),
    ]


# --- what was approved ---------------------------------------------------------------------------------


def post_edit(metric: str = "ter") -> list[tuple[str, float | None, str]]:
    """(text, value, reason) of the hypotheses scored against what was approved."""
    rows = Score.objects.filter(target__kind=TargetKind.POST_EDIT, config__metric=metric).order_by("hypothesis_id")
    return [(row.hypothesis.text, row.value, row.reason) for row in rows.select_related("hypothesis")]


def ter(hypothesis: str, reference: str) -> float:
    return sacrebleu.sentence_ter(hypothesis, [reference]).score


def save(segment, person, text):
    segment.refresh_from_db()
    number = segment.latest_revision.number if segment.latest_revision else 0
    return save_revision(segment_id=segment.pk, person=person, typed=text, base=number, reviewed=True).revision


def decide_on(segment, person, kind, reason=""):
    segment.refresh_from_db()
    revision = segment.latest_revision
    decide(segment_id=segment.pk, person=person, kind=kind, seen=Seen(revision.pk, revision.source_hash), reason=reason)


@pytest.fixture
def approve(cast):
    """Anna's text for a segment, approved by Ben."""

    def approved(segment, text):
        save(segment, cast["anna"], text)
        decide_on(segment, cast["ben"], DecisionKind.APPROVED)

    return approved


def test_every_engine_is_scored_against_the_approved_text_and_only_there(project, cast, approve):
    document = make_document(project, SOURCES, {"engine-a": ENGINE, "engine-b": REFERENCE}, {"A": REFERENCE})
    first, second, _ = segments_of(document)
    save(first, cast["anna"], "Good morning!")
    approve(second, "Rain is falling in Kiel.")
    changes = score_post_edits(document.pk)
    assert len(changes.rows) == 2 * len(REFERENCE_METRICS)
    assert post_edit() == [(text, ter(text, "Rain is falling in Kiel."), "") for text in (ENGINE[1], REFERENCE[1])]


def test_scoring_post_edits_again_changes_nothing(project, approve, monkeypatch):
    document = make_document(project, SOURCES, {"engine-a": ENGINE})
    approve(segments_of(document)[0], "Good morning!")
    first = score_post_edits(document.pk)
    before = list(Score.objects.order_by("pk").values())
    monkeypatch.setattr(runner, "Batch", None)
    again = score_post_edits(document.pk)
    assert (again.rows, again.obsolete) == ([], [])
    assert again.counts() == first.counts()
    assert list(Score.objects.order_by("pk").values()) == before


def test_one_more_approval_scores_one_more_segment(project, approve):
    document = make_document(project, SOURCES, {"engine-a": ENGINE})
    first, second, _ = segments_of(document)
    approve(first, "Good morning!")
    score_post_edits(document.pk)
    approve(second, "Rain in Kiel.")
    changes = score_post_edits(document.pk)
    assert {row.hypothesis.text for row in changes.rows} == {ENGINE[1]}
    assert [text for text, _, _ in post_edit()] == ENGINE[:2]


def test_scores_against_a_text_that_is_approved_no_longer_go(project, cast, approve):
    document = make_document(project, SOURCES, {"engine-a": ENGINE})
    first, second, _ = segments_of(document)
    approve(first, "Good morning!")
    approve(second, "Rain in Kiel.")
    score_post_edits(document.pk)
    decide_on(first, cast["ben"], DecisionKind.REOPENED, "Wrong greeting.")
    save(second, cast["anna"], "Rain over Kiel.")
    score_post_edits(document.pk)
    assert post_edit() == []


def test_another_approved_text_replaces_the_scores(project, approve):
    document = make_document(project, SOURCES, {"engine-a": ENGINE})
    [segment, *_] = segments_of(document)
    approve(segment, "Good morning!")
    score_post_edits(document.pk)
    approve(segment, "Hello and good morning.")
    score_post_edits(document.pk)
    assert post_edit() == [(ENGINE[0], ter(ENGINE[0], "Hello and good morning."), "")]


def test_an_approved_text_over_two_segments_is_compared_with_both(project, approve):
    texts = {"engine-a": [("Good morning, it rains.", 2), "", ENGINE[2]], "engine-b": REFERENCE}
    document = make_document(project, SOURCES, texts)
    approve(segments_of(document)[0], "Good morning, it is raining.")
    score_post_edits(document.pk)
    both = " ".join(REFERENCE[:2])
    assert post_edit() == [
        ("Good morning, it rains.", ter("Good morning, it rains.", "Good morning, it is raining."), ""),
        (REFERENCE[0], ter(both, "Good morning, it is raining."), ""),
        (REFERENCE[1], None, "scored with previous"),
    ]


def test_scoring_a_document_leaves_the_scores_of_post_edits(project, approve):
    document = make_document(project, SOURCES, {"engine-a": ENGINE}, {"A": REFERENCE})
    approve(segments_of(document)[0], "Good morning!")
    score_post_edits(document.pk)
    before = everything()
    score_document(document.pk)
    assert set(before) < set(everything())
    score_post_edits(document.pk)
    assert len(bleu("A")) == len(ENGINE)


def test_a_guard_that_says_no_leaves_post_edits_unscored(project, approve):
    document = make_document(project, SOURCES, {"engine-a": ENGINE})
    approve(segments_of(document)[0], "Good morning!")
    assert score_post_edits(document.pk, guard=lambda: False).counts() == {"done": 0, "null": {}}
    assert post_edit() == []


@pytest.mark.parametrize("seed", range(6))
def test_stretches_of_any_size_give_the_scores_of_the_whole_article(project, seed):
    """Random layouts of hypotheses and references, scored whole and in stretches as small as they can be cut."""
    draw = random.Random(seed)
    size = 20
    document = make_document(project, [f"Satz {i}." for i in range(size)], {})
    words = ["the", "sun", "rains", "in", "kiel", "again", "good", "morning", "tomorrow"]
    for number in (1, 2):
        for name in ("engine-a", "engine-b", "A", "B"):
            place = draw.randrange(3)
            while place < size:
                covers = min(draw.choice([1] * 12 + [2, 3]), size - place)
                text = " ".join(draw.choices(words, k=draw.randrange(6)))
                if draw.random() < (0.9 if number == 1 else 0.3):
                    add = add_hypothesis if name.startswith("engine") else add_reference
                    add(document, name, place, text, covers=covers, number=number)
                place += covers
        add_hypothesis(document, "engine-a", None, "Stray.", number=number)
    whole = score_document(document.pk).counts()
    expected = everything()
    assert sum(value is not None for *_, value in [row[:4] for row in expected]) > 20
    Score.objects.all().delete()
    stretches = cut(document, size=1)
    assert len(stretches) > 2
    counts = []
    for stretch in stretches:
        changes = runner.compute(texts_in(document, stretch))
        runner.write(changes)
        counts.append(changes.done)
    assert everything() == expected
    assert sum(counts) == whole["done"]


def test_an_article_costs_the_same_number_of_queries_whatever_its_length(project):
    counts = []
    for size in (2, 40):
        document = make_document(
            project, SOURCES[:1] * size, {"engine-a": ENGINE[:1] * size}, {"A": REFERENCE[:1] * size}
        )
        score_document(document.pk)
        with CaptureQueriesContext(connection) as queries:
            score_document(document.pk)
        counts.append(len(queries))
    assert counts[0] == counts[1]
