"""The benchmark runs, compares and says what is wrong."""

import pytest

from benchmarks import ter
from tests.shared import shared_path


@pytest.fixture
def texts(tmp_path):
    def write(hypotheses: bytes, references: bytes) -> list[str]:
        tmp_path.joinpath("hypotheses").write_bytes(hypotheses)
        tmp_path.joinpath("references").write_bytes(references)
        return ["--hypotheses", str(tmp_path / "hypotheses"), "--references", str(tmp_path / "references")]

    return write


def test_it_compares_both_sides_and_gives_the_ratio(capsys):
    assert shared_path("data/wmt22-de-en/ref.A.en") == ter.WMT22 / "ref.A.en"
    assert ter.main(["--segments", "40"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["40", "seconds", "sacrebleu", "ours", "statistics"]
    assert float(lines[3].split()[-1]) > 1
    assert lines[4] == "statistics equal: 40 of 40; without a score: 0"


def test_pairs_without_a_score_are_left_out(capsys, texts):
    assert ter.main(texts(b"a b\n\nc\n" + b"x " * 1001, b"b a\nd\n\ny")) == 0
    assert "statistics equal: 2 of 2; without a score: 2" in capsys.readouterr().out


def test_a_difference_ends_with_an_error(capsys, monkeypatch, texts):
    monkeypatch.setattr(ter, "by_sacrebleu", lambda hypotheses, references: [(7, 7)] * len(hypotheses))
    assert ter.main(texts(b"a\nb\n", b"a\nc\n")) == 1
    assert "statistics equal: 0 of 2" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("hypotheses", "references", "message"),
    [
        (b"a\nb\n", b"a\n", "has 2 lines"),
        (b"\xff\n", b"a\n", "can't decode byte 0xff"),
        (b"a\n", b"\n", "no pair of lines has a score"),
    ],
)
def test_files_that_cannot_be_compared_are_refused(capsys, texts, hypotheses, references, message):
    assert ter.main(texts(hypotheses, references)) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--segments", "0"], "'0' is not a whole number above 0"),
        (["--hypotheses", "x"], "give --hypotheses and --references together"),
    ],
)
def test_wrong_arguments_are_refused(capsys, arguments, message):
    with pytest.raises(SystemExit) as refusal:
        ter.main(arguments)
    assert refusal.value.code == 2
    assert message in capsys.readouterr().err


def test_the_full_run_compares_every_set_and_times_its_slowest_pair(capsys, monkeypatch):
    sets = [("WMT22 X", ["a b", "c"], ["b a", "c"]), ("300 words shuffled", ["b a c"], ["a b c"])]
    monkeypatch.setattr(ter, "full_sets", lambda: iter(sets))
    assert ter.main(["--full"]) == 0
    _, first, second, total = capsys.readouterr().out.splitlines()
    assert first.split()[:3] == ["WMT22", "X", "2"]
    assert first.split()[6] == "2"
    assert second.split()[:4] == ["300", "words", "shuffled", "1"]
    assert total.startswith("WMT22, nine systems together:")
    monkeypatch.setattr(ter, "by_sacrebleu", lambda hypotheses, references: [(7, 7)] * len(hypotheses))
    assert ter.main(["--full"]) == 1


def test_the_full_sets_are_nine_systems_post_edits_paragraphs_and_a_shuffled_pair():
    names = [(name, len(hypotheses), len(references)) for name, hypotheses, references in ter.full_sets()]
    assert [size for _, *size in names] == [[1984, 1984]] * 9 + [[1000, 1000], [549, 549], [1, 1]]
