"""Appraise CSV: ESA scores with their spans, for the segments the file really tells."""

import csv
import io
import json

import pytest

from reviews.importing.formats.base import ReadError
from reviews.importing.scorefiles.appraise import COLUMNS, WrittenItem, read_judgements, write_judgements
from reviews.importing.scorefiles.base import Judgement, Mark, Passed
from reviews.importing.scorefiles.places import Place, read_places
from reviews.importing.scorefiles.segscore import read_judgements as read_scores
from tests.shared import shared_path

CAMPAIGN = "data/wmt23-en-de/human/esa-campaign"


def row(item=1, score="87", document="d#a", spans="[]", kind="TGT", ended="2.0", annotator="r1", whole="False"):
    spans = '"' + spans.replace('"', '""') + '"'
    return f"{annotator},wmt23.a,{item},{kind},eng,deu,{score},{document},{whole},{spans},1.0,{ended}"


def read(tmp_path, *rows, header=True):
    path = tmp_path / "x.csv"
    path.write_text("\n".join([*([",".join(COLUMNS)] if header else []), *rows, ""]), encoding="utf-8")
    return list(read_judgements(path))


def test_every_published_view_of_a_whole_document_has_the_published_scores():
    """1,849 of 2,691: the others are of documents that were shown in part. ESA-1 has one annotator a text."""
    places = read_places(shared_path("data/wmt23-en-de/docs.txt"))
    sizes = {document: sum(place.document == document for place in places) for document in {p.document for p in places}}
    published = {
        (one.system, Place(one.document, one.segment)): one.value
        for one in read_scores(shared_path(f"{CAMPAIGN}/ESA-1.seg.score"), places)
    }
    items = list(read_judgements(shared_path(f"{CAMPAIGN}/ESA-1.appraise.csv")))
    judgements = [item for item in items if isinstance(item, Judgement)]
    whole = [one for one in judgements if one.of == sizes[one.document]]
    assert (len(judgements), len(whole), len(published)) == (2691, 1849, 2691)
    assert all(published[one.system, Place(one.document, one.segment)] == one.value for one in whole)
    assert [item for item in items if isinstance(item, Passed)] == [
        Passed("answers that were given again later", 13),
        Passed("control items ('BAD')", 398),
        Passed("items of no document, such as a tutorial's", 212),
    ]


@pytest.mark.parametrize("name", ["ESA-1", "ESA-2a", "MQM-1"])
def test_no_span_of_a_translation_is_lost(name):
    path = shared_path(f"{CAMPAIGN}/{name}.appraise.csv")
    with path.open(encoding="utf-8", newline="") as stream:
        answers = {}
        for cells in sorted(csv.DictReader(stream), key=lambda cells: float(cells["end_ts"])):
            if cells["type"] == "TGT" and cells["doc_system"].count("#") == 1:
                answers[cells["annotator"], cells["doc_system"], cells["item_id"]] = cells["error_spans_json"]
    marks = [mark for one in read_judgements(path) if isinstance(one, Judgement) for mark in one.marks]
    assert len(marks) == sum(len(json.loads(spans)) for spans in answers.values())


def test_items_are_the_segments_of_their_document_in_order(tmp_path):
    first, second, other = read(tmp_path, row(9, "50"), row(8, "40"), row(3, document="e#a"))
    assert [(one.document, one.segment, one.of, one.value) for one in (first, second, other)] == [
        ("d", "1", 2, 40.0),
        ("d", "2", 2, 50.0),
        ("e", "1", 1, 87.0),
    ]
    assert {one.system for one in (first, second, other)} == {"a"}


def test_the_last_answer_counts(tmp_path):
    judgement, passed = read(tmp_path, row(score="10", ended="5"), row(score="20", ended="4"))
    assert (judgement.value, passed) == (10.0, Passed("answers that were given again later", 1))


def test_the_header_may_be_missing_as_appraise_leaves_it_out(tmp_path):
    assert read(tmp_path, row(), header=False) == [
        Judgement(1, "a", "d", "1", "r1", 87.0, of=1),
    ]


def test_offsets_name_the_last_character_and_missing_words_have_no_place(tmp_path):
    spans = (
        '[{"start_i": 3, "end_i": 3, "severity": "major", "error_type": ["Accuracy", "Addition"]},'
        '{"start_i": "missing", "end_i": "missing", "severity": "undecided"}]'
    )
    (judgement,) = read(tmp_path, row(spans=spans))
    assert judgement.marks == (
        Mark("target", (3, 4), "Accuracy/Addition", "major"),
        Mark("target", None, "", "undecided"),
    )


@pytest.mark.parametrize(
    ("cells", "passed"),
    [
        ({"kind": "BAD"}, "control items ('BAD')"),
        ({"whole": "True"}, "scores of whole documents"),
        ({"document": "ende-tutorial1"}, "items of no document, such as a tutorial's"),
        ({"document": "d#a#bad2"}, "items of no document, such as a tutorial's"),
    ],
)
def test_what_is_no_translation_of_a_segment_is_passed_over_and_counted(tmp_path, cells, passed):
    assert read(tmp_path, row(**cells)) == [Passed(passed, 1)]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("a,b", ":2: has 2 cells; Appraise exports 12: annotator, system,"),
        (row(score="101"), ":2: has the score '101'; these go from 0 to 100."),
        (row(score="high"), ":2: has 'high' where a number belongs"),
        (row(item="x"), ":2: has 'x' where a number belongs"),
        (row(ended="later"), ":2: has 'later' where a number belongs"),
        (row(spans="["), ":2: has error spans that cannot be read: it is no JSON"),
        (row(spans="5"), ":2: has 5 for its error spans. Write a list."),
        (row(spans="[5]"), ":2: lists 5 as an error span"),
        (row(spans='[{"start_i": 2, "end_i": 1, "severity": "minor"}]'), ":2: has the span [2, 1]"),
        (row(spans='[{"start_i": "missing", "end_i": 1, "severity": "minor"}]'), ":2: has the span ['missing', 1]"),
        (row(spans='[{"start_i": 0, "end_i": 1}]'), ":2: has the severity 'None'"),
        (
            row(spans='[{"start_i": 0, "end_i": 1, "severity": "minor", "error_type": "x"}]'),
            ":2: has the error type 'x'",
        ),
        (row(annotator=""), ":2: names no annotator."),
        (row(document="\x00#a"), ":2: holds a NUL character (U+0000, at character 1) in doc_system."),
        ('"open', ":2: holds a quotation mark that opens a cell and is never closed"),
    ],
)
def test_it_refuses_the_file_with_the_line(tmp_path, line, problem):
    with pytest.raises(ReadError) as refusal:
        read(tmp_path, line)
    assert problem in str(refusal.value)


def test_an_empty_file_is_refused(tmp_path):
    with pytest.raises(ReadError, match=r"has no row\. Appraise exports one a judgement"):
        read(tmp_path)


def test_what_is_written_reads_back_the_same(tmp_path):
    marks = (Mark("target", (0, 3), "", "minor"), Mark("target", None, "Style/Awkward", "major"))
    stream = io.BytesIO()
    items = [WrittenItem("r1", "a", 1, "d", 87.0, marks), WrittenItem("r1", "a", 2, "d", 12.5, ())]
    write_judgements(stream, items, ("en", "de"))
    header, *rows = stream.getvalue().decode().splitlines()
    assert header == ",".join(COLUMNS)
    assert rows[1] == "r1,a,2,TGT,en,de,12.5,d#a,False,[],,"
    first, second = read(tmp_path, *rows)
    assert (first.value, first.marks, second.value, second.of) == (87.0, marks, 12.5, 2)
