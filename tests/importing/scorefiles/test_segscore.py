"""`.seg.score` files: the published ones come back byte by byte, and no line is ever shifted."""

import io

import pytest

from reviews.importing.formats.base import ReadError
from reviews.importing.scorefiles.places import Place, read_places
from reviews.importing.scorefiles.segscore import as_text, read_judgements, read_values, write_values
from tests.shared import shared_path

WMT23 = "data/wmt23-en-de"
PUBLISHED = sorted(shared_path(WMT23).rglob("*.seg.score"))
PLACES = (Place("d1", "1"), Place("d1", "2"))


def written(tmp_path, content):
    path = tmp_path / "x.seg.score"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_there_are_fifteen_published_files():
    assert len(PUBLISHED) == 15


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.name)
def test_a_published_file_comes_back_byte_by_byte(path):
    stream = io.BytesIO()
    write_values(stream, ((value.system, value.text) for value in read_values(path)))
    assert stream.getvalue() == path.read_bytes()


def test_lines_have_the_places_of_the_docs_file():
    places = read_places(shared_path(f"{WMT23}/docs.txt"))
    assert len(places) == 557
    assert places[:2] == (Place("aj-english.33941", "1"), Place("aj-english.33941", "2"))
    scores = list(read_judgements(shared_path(f"{WMT23}/human/esa-campaign/ESA-1.seg.score"), places))
    assert len(scores) == 2691
    assert all(score.annotator == "" and not score.marks for score in scores)


def test_a_line_without_a_score_is_none_and_not_zero(tmp_path):
    path = written(tmp_path, "a\tNone\na\t0\n")
    assert [value.value for value in read_values(path)] == [None, 0.0]
    assert [(one.segment, one.value) for one in read_judgements(path, PLACES)] == [("2", 0.0)]


@pytest.mark.parametrize("value", [-25.200000000000003, 0.1, 67.5, 1e-300, -0.0])
def test_a_number_is_written_so_that_it_reads_back_the_same(value, tmp_path):
    (read,) = read_values(written(tmp_path, f"a\t{as_text(value)}\n"))
    assert read.value == value


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("a\t1\n", ":1: ends the system 'a' after 1 lines, but the docs file has 2."),
        ("a\t1\na\t2\na\t3\n", ":3: is line 3 of 'a', but the docs file has 2 lines."),
        ("a\t1\nb\t1\nb\t1\n", ":1: ends the system 'a' after 1 lines"),
        ("a\t1\na\t1\nb\t1\nb\t1\na\t1\n", ":5: comes back to the system 'a'. Keep it together."),
        ("", ": is empty. It has one line a system and segment."),
        ("a\t1\na\tnan\n", ":2: has 'nan' where a number belongs"),
        ("a\t1\na\tinf\n", ":2: has 'inf' where a number belongs"),
        ("a\t1e999\n", ":1: has '1e999' where a number belongs"),
        ("a\t1_0\n", ":1: has '1_0' where a number belongs"),
        ("a\t١\n", ":1: has '١' where a number belongs"),
        ("a\t\n", ":1: has '' where a number belongs"),
        ("a 1\n", ":1: has 1 tab-separated cells instead of system and score: 'a 1'."),
        ("a\t1\t2\n", ":1: has 3 tab-separated cells"),
        ("\t1\n", ":1: names no system. Fill it in every row."),
        (f"{'s' * 101}\t1\n", ":1: has 101 characters for the system; at most 100 are kept."),
        (b"a\t1\n\xff\t1\n", ":2: is not UTF-8: byte 0xFF at byte 1 of the line."),
        ("a\t1\na\x00\t1\n", ":2: holds a NUL character (U+0000, at character 2). Take it out"),
    ],
)
def test_it_refuses_the_file_with_the_line(tmp_path, content, problem):
    path = written(tmp_path, content)
    with pytest.raises(ReadError) as refusal:
        list(read_judgements(path, PLACES))
    assert f"{path}{problem}" in str(refusal.value)


def test_a_docs_file_that_comes_back_to_a_document_is_refused(tmp_path):
    docs = tmp_path / "docs.txt"
    docs.write_text("a\nb\na\n")
    with pytest.raises(ReadError, match=r":3: comes back to the document 'a'"):
        read_places(docs)
