"""The benchmark of scoring runs, compares and ends with an error where values differ."""

import pytest

from benchmarks import scoring
from tests.shared import shared_path


def test_it_compares_every_metric_and_gives_the_ratios(capsys):
    assert shared_path("data/wmt22-de-en") == scoring.WMT22
    assert scoring.main(["--segments", "20", "--systems", "2", "--passes", "2"]) == 0
    title, _, *rows, memory = capsys.readouterr().out.splitlines()
    assert title == "40 segments of 2 systems, batches of 500"
    assert [row.split()[0] for row in rows] == ["bleu", "chrf++", "ter", "edit_rate", "language", "total"]
    assert all(row.split()[-1] == "40" for row in rows[:4])
    assert float(rows[-1].split()[-1]) > 1
    assert memory.startswith("memory: ")


def test_a_difference_ends_with_an_error(capsys, monkeypatch):
    monkeypatch.setitem(scoring.NAIVE, "ter", lambda segment: 7.0)
    assert scoring.main(["--segments", "5", "--systems", "1", "--passes", "1"]) == 1
    assert "ter" in capsys.readouterr().out


def test_wrong_arguments_are_refused(capsys):
    with pytest.raises(SystemExit) as refusal:
        scoring.main(["--segments", "none"])
    assert refusal.value.code == 2
    assert "'none' is not a whole number above 0" in capsys.readouterr().err
