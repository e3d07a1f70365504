"""`.seg.rating` files: errors with offsets, line by line."""

import io
import json

import pytest

from reviews.importing.formats.base import ReadError
from reviews.importing.scorefiles.base import Mark
from reviews.importing.scorefiles.places import Place, read_places
from reviews.importing.scorefiles.spans import read_judgements, write_judgements
from tests.shared import shared_path

PLACES = (Place("d1", "1"),)


def read(tmp_path, rating):
    path = tmp_path / "x.seg.rating"
    path.write_text(f"a\t{rating}\n", encoding="utf-8")
    return list(read_judgements(path, PLACES))


def error(**fields):
    whole = {"start": 0, "end": 2, "category": "style", "severity": "minor", "score": 1, "is_source_error": False}
    return json.dumps({"errors": [{**whole, **fields}]})


def test_the_published_ratings_are_read_with_all_their_marks():
    places = read_places(shared_path("data/wmt23-en-de/docs.txt"))
    ratings = list(read_judgements(shared_path("data/wmt23-en-de/human/mqm.merged.seg.rating"), places))
    assert len(ratings) == 5980
    assert sum(len(rating.marks) for rating in ratings) == 19_569


def test_an_error_is_a_mark(tmp_path):
    (rating,) = read(tmp_path, error(is_source_error=True))
    assert rating.marks == (Mark("source", (0, 2), "style", "minor"),)
    assert (rating.document, rating.segment, rating.value) == ("d1", "1", None)


def test_no_error_is_a_rating_and_none_is_not(tmp_path):
    assert [rating.marks for rating in read(tmp_path, '{"errors": []}')] == [()]
    assert read(tmp_path, "None") == []


@pytest.mark.parametrize(
    ("rating", "problem"),
    [
        ("{", ":1: is no JSON"),
        ("[]", ":1: holds [] instead of an object"),
        ('{"errors": 5}', ":1: has no list of errors"),
        ('{"errors": [5]}', ":1: lists 5 as an error"),
        ('{"errors": [], "errors": []}', ":1: has the key 'errors' twice"),
        ('{"errors": ' + "[" * 200_000, ":1: is nested too deeply"),
        (error(start=3), ":1: has the span [3, 2]. Write whole numbers from 0, start first."),
        (error(start=-1), ":1: has the span [-1, 2]"),
        (error(start=True), ":1: has the span [True, 2]"),
        (error(end=None), ":1: has the span [0, None]"),
        (error(severity="bad"), ":1: has the severity 'bad', which has no weight here"),
        (error(severity=None), ":1: has None for the severity of an error"),
        (error(category="c" * 200), ":1: has a category of 200 characters"),
        (error(category="a\x00"), ":1: holds a NUL character (U+0000, at character 2) in a category."),
        ('{"errors": [{"start": ' + "9" * 5000 + "}]}", ":1: is no JSON"),
        ('{"errors": [{"start": NaN}]}', ":1: holds NaN, which is no JSON"),
    ],
)
def test_it_refuses_the_file_with_the_line(tmp_path, rating, problem):
    with pytest.raises(ReadError) as refusal:
        read(tmp_path, rating)
    assert problem in str(refusal.value)


def test_a_line_without_a_tab_is_refused(tmp_path):
    path = tmp_path / "x.seg.rating"
    path.write_text("a None\n")
    with pytest.raises(ReadError, match=":1: has no tab between system and rating"):
        list(read_judgements(path, PLACES))


def test_what_is_written_reads_back_the_same(tmp_path):
    marks = (Mark("target", (1, 1), "omission", "major"), Mark("source", None, "other", "minor"))
    stream = io.BytesIO()
    write_judgements(stream, [("a", [(marks[0], 5), (marks[1], 1)])])
    (rating,) = read(tmp_path, stream.getvalue().decode().split("\t")[1].strip())
    assert rating.marks == marks
    write_judgements(stream, [("b", None)])
    assert stream.getvalue().endswith(b"b\tNone\n")
