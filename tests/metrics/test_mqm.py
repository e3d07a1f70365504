"""MQM scores from marks equal the published ones."""

from collections import defaultdict

import pytest

from reviews.importing.scorefiles import mqm, segscore, spans
from reviews.importing.scorefiles.base import Judgement, Mark
from reviews.importing.scorefiles.places import read_places
from reviews.metrics.mqm import WEIGHTS, UnknownSeverityError, rating_score, segment_score, weight
from tests.shared import shared_path


def test_the_published_averages_of_the_ted_talks_come_out():
    """All 6,877 that name the same systems in both files; published with six decimals."""
    path = shared_path("data/mqm-spans/mqm_ted_ende.tsv")
    numbers = {}
    for line in path.read_text(encoding="utf-8").split("\n")[1:-1]:
        system, document, segment, number, *_ = line.split("\t")
        numbers[system, document, segment] = number
    ratings = defaultdict(list)
    for item in mqm.read_judgements(path):
        if isinstance(item, Judgement):
            ratings[item.system, numbers[item.system, item.document, item.segment]].append(item.marks)
    rows = shared_path("data/mqm-spans/mqm_ted_ende.avg_seg_scores.tsv").read_text(encoding="utf-8").split("\n")[1:-1]
    published = {(system, number): score for system, score, number in map(str.split, rows) if score != "None"}
    both = published.keys() & ratings.keys()
    assert len(both) == 6877
    assert {system for system, _ in published.keys() - ratings.keys()} == {"ref-A"}
    assert all(float(published[key]) == pytest.approx(segment_score(ratings[key]), abs=1e-9) for key in both)


def test_the_published_scores_of_wmt23_come_out_to_the_last_digit():
    places = read_places(shared_path("data/wmt23-en-de/docs.txt"))
    human = "data/wmt23-en-de/human"
    published = {
        (one.system, one.document, one.segment): one.value
        for one in segscore.read_judgements(shared_path(f"{human}/mqm.seg.score"), places)
    }
    ours = {
        (one.system, one.document, one.segment): rating_score(one.marks)
        for one in spans.read_judgements(shared_path(f"{human}/mqm.merged.seg.rating"), places)
    }
    assert len(ours) == 5980
    assert ours == published


@pytest.mark.parametrize(
    ("category", "severity", "expected"),
    [
        ("Accuracy/Mistranslation", "Major", 5),
        ("Accuracy/Mistranslation", "minor", 1),
        ("Fluency/Punctuation", "Minor", 0.1),
        ("fluency/punctuation", "major", 5),
        ("Fluency/Punctuation/Comma", "minor", 0.1),
        ("Fluency/Punctuations", "minor", 1),
        ("Linguistic conventions/Punctuation", "minor", 0.1),
        ("Non-translation!", "major", 25),
        ("Source issue", "major", 0),
        ("Accuracy/Creative Reinterpretation", "minor", 0),
        ("Terminology", "critical", 25),
        ("Style/Awkward", "neutral", 0),
        ("", "undecided", 0),
        ("", "major", 5),
    ],
)
def test_the_first_weight_that_fits_holds(category, severity, expected):
    assert weight(category, severity) == expected


def test_an_unknown_severity_has_no_weight():
    with pytest.raises(UnknownSeverityError, match="no weight for the severity 'terrible'"):
        weight("Style", "terrible")


def test_every_weight_says_where_it_comes_from():
    assert all(entry.source for entry in WEIGHTS)


def test_no_mark_is_the_best_score_and_nobody_s_rating_is_none():
    assert rating_score(()) == 0
    assert segment_score([(), [Mark("target", None, "Style", "major")]]) == -2.5
    with pytest.raises(ValueError, match="that is no score, and not 0"):
        segment_score([])
