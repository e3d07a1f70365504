"""The benchmark of human scores reproduces what was published, and ends with an error where it does not."""

from benchmarks import human_scores
from tests.shared import shared_path


def test_it_reproduces_the_published_scores_and_figures(capsys):
    assert shared_path("data") == human_scores.DATA
    assert human_scores.main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(" equal")[0] for line in lines[:4]] == [
        "MQM, TED talks: 6,877 of 6,877",
        "MQM, WMT23: 5,980 of 5,980",
        ".seg.score files, byte by byte: 15 of 15",
        "ESA forms of whole documents: 1,849 of 1,849",
    ]
    assert "chrF-refA                    0.814" in lines
    assert "CometKiwi-src                0.868" in lines


def test_scores_that_are_not_the_published_ones_are_counted(capsys, monkeypatch):
    monkeypatch.setattr(human_scores, "segment_score", lambda ratings: 7.0)
    assert not human_scores.ted()
    assert capsys.readouterr().out.startswith("MQM, TED talks: 0 of 6,877 equal")


def test_a_difference_ends_with_an_error(monkeypatch):
    parts = ("ted", "wmt23", "round_trips", "esa_forms", "worst_tenth", "against_mqm")
    for wrong in (None, *parts[:4]):
        for part in parts:
            monkeypatch.setattr(human_scores, part, lambda *places, part=part, wrong=wrong: part != wrong)
        assert human_scores.main([]) == (wrong is not None)
