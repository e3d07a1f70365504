"""The batch: what is scored, what is not and why, and that nothing is counted twice."""

import pytest

from reviews.metrics.base import EMPTY_REFERENCE, NO_REFERENCE, Batch
from reviews.metrics.registry import REFERENCE_METRICS


def test_it_scores_each_segment_in_its_place():
    batch = Batch(["a house", "a", "", "b", "c c"], [("a house",), (), ("d",), ("",), ("c c",)])
    for metric in REFERENCE_METRICS:
        scores = metric.scores(batch)
        assert [score.reason for score in scores] == ["", NO_REFERENCE, "", EMPTY_REFERENCE, ""]
        assert [score.value is None for score in scores] == [False, True, False, True, False]
        assert scores[0].value == pytest.approx(100 if metric.higher_is_better else 0)
        assert scores[2].value == (0 if metric.higher_is_better else 100)


def test_a_segment_without_a_score_has_no_statistics():
    for metric in REFERENCE_METRICS:
        scores = metric.scores(Batch(["a", "b"], [(), ("b",)]))
        assert scores[0].statistics == ()
        assert len(scores[1].statistics) == metric.width
        assert all(type(number) is int for number in scores[1].statistics)


@pytest.mark.parametrize("blank", ["", " ", "\n\t", "\u00a0"])
def test_a_blank_reference_is_an_empty_one(blank):
    assert Batch(["a"], [(blank,)]).reasons == (EMPTY_REFERENCE,)


def test_a_set_with_one_empty_reference_is_not_scored_as_if_it_were_smaller():
    batch = Batch(["a", "a"], [("a", ""), ("a", "b")])
    assert batch.reasons == (EMPTY_REFERENCE, "")
    assert batch.n_references == 2


def test_it_refuses_lists_of_different_length():
    with pytest.raises(ValueError, match="2 hypotheses but 1 sets of references: give one for each hypothesis"):
        Batch(["a", "b"], [("a",)])


def test_it_refuses_segments_with_different_numbers_of_references():
    with pytest.raises(ValueError, match="segment 2 has 1 references where others have 2: score one set at a time"):
        Batch(["a", "b", "c"], [("a", "b"), (), ("c",)])


def test_it_refuses_a_bare_text_for_a_tuple_of_references():
    with pytest.raises(TypeError, match="the references of segment 1 are a bare text"):
        Batch(["a", "b"], [("a",), "b"])


def test_nothing_to_score_is_no_error():
    for references in ([], [(), ()]):
        batch = Batch([""] * len(references), references)
        assert batch.n_references == 0
        for metric in REFERENCE_METRICS:
            assert [score.reason for score in metric.scores(batch)] == [NO_REFERENCE] * len(references)


@pytest.mark.parametrize("metric", REFERENCE_METRICS, ids=lambda metric: metric.id)
def test_a_batch_of_empty_references_alone_is_no_error(metric):
    scores = metric.scores(Batch(["a", "b"], [("",), (" ",)]))
    assert [score.reason for score in scores] == [EMPTY_REFERENCE] * 2


def test_what_two_metrics_count_alike_is_counted_once():
    counted: list[Batch] = []

    def count(batch: Batch) -> list[str]:
        counted.append(batch)
        return [hypothesis for hypothesis, _ in batch.pairs]

    batch = Batch(["h1", "h2", "h3"], [("a",), (), ("a",)])
    assert batch.once(count) == batch.once(count) == ["h1", "h3"]
    assert counted == [batch]


def test_every_metric_refuses_sums_of_the_wrong_width():
    for metric in REFERENCE_METRICS:
        with pytest.raises(ValueError, match=f"has {metric.width} statistics, got {metric.width + 1}: sum its own"):
            metric.corpus([1] * (metric.width + 1), 1)


def test_every_metric_refuses_a_signature_without_references():
    for metric in REFERENCE_METRICS:
        with pytest.raises(ValueError, match="at least one reference, got 0"):
            metric.signature(0)
