"""MQM rows: every error keeps its weight, and its place where the file gives one."""

import io
from collections import Counter

import pytest

from reviews.importing.formats.base import Notice, ReadError
from reviews.importing.scorefiles.base import Judgement, Mark, Passed
from reviews.importing.scorefiles.mqm import WrittenRating, read_judgements, write_judgements
from tests.shared import shared_path

HEADER = "system\tdoc\tdoc_id\tseg_id\trater\tsource\ttarget\tcategory\tseverity\tcomment"


def read(tmp_path, *rows, header=HEADER):
    path = tmp_path / "x.tsv"
    path.write_bytes("\n".join([header, *rows, ""]).encode())
    return list(read_judgements(path))


def row(target="Ein Satz.", category="Fluency/Grammar", severity="Minor", source="A sentence.", rater="r1", comment=""):
    return "\t".join(["a", "d", "1", "7", rater, source, target, category, severity, comment])


def test_the_ted_file_is_read_whole():
    items = list(read_judgements(shared_path("data/mqm-spans/mqm_ted_ende.tsv")))
    notices = [item for item in items if isinstance(item, Notice)]
    judgements = [item for item in items if isinstance(item, Judgement)]
    assert [(notice.line, notice.message[:29]) for notice in notices] == [(6444, "has no single whole <v>…</v>;")]
    assert len(judgements) == 7406
    marks = [mark for judgement in judgements for mark in judgement.marks]
    assert Counter(mark.severity for mark in marks) == {"minor": 2164, "major": 1867}
    assert Counter(mark.side for mark in marks) == {"target": 4017, "source": 14}
    assert sum(mark.span is None for mark in marks) == 1
    assert any('"' in (judgement.target or "") for judgement in judgements)


def test_control_rows_of_a_campaign_are_counted_and_no_ratings():
    items = list(read_judgements(shared_path("data/mqm-spans/sxs_mqm_generalMT2023_ende.news-subset.tsv")))
    assert items[-1] == Passed("control rows of the campaign", 13)
    assert all(mark.severity in ("minor", "major") for item in items[:-1] for mark in item.marks)


def test_a_single_quotation_mark_is_a_character(tmp_path):
    (judgement,) = read(tmp_path, row('Er sagte "nein.', "No-error", "No-error"))
    assert (judgement.target, judgement.marks, judgement.value) == ('Er sagte "nein.', (), None)


@pytest.mark.parametrize(
    ("target", "span", "text"),
    [
        ("Ein <v>Satz</v>.", (4, 8), "Ein Satz."),
        ("🎈 <v>x</v>", (2, 3), "🎈 x"),
        ("Ein <v></v>Satz", (4, 4), "Ein Satz"),
        # the texts we keep have no soft hyphens and composed letters
        ("Zu\u00adcker u\u0308ber <v>Ma\u0308rz</v>", (12, 16), "Zucker über März"),
    ],
)
def test_a_span_is_in_code_points_of_the_text_as_we_keep_it(tmp_path, target, span, text):
    (judgement,) = read(tmp_path, row(target))
    assert (judgement.marks[0].span, judgement.target) == (span, text)


def test_a_mark_in_the_source_is_on_the_source(tmp_path):
    (judgement,) = read(tmp_path, row(source="<v>A</v> sentence.", category="Source issue", severity="Major"))
    assert judgement.marks == (Mark("source", (0, 1), "Source issue", "major"),)


@pytest.mark.parametrize("target", ["Ein <v>Satz.", "Ein Satz</v>.", "<v>Ein</v> <v>Satz</v>.", "u<v>\u0308</v>ber"])
def test_an_error_without_one_whole_span_keeps_its_weight(tmp_path, target):
    *notices, judgement = read(tmp_path, row(target))
    assert (judgement.marks[0].span, judgement.marks[0].severity) == (None, "minor")
    assert "<v>" not in judgement.target
    assert len(notices) == ("<v>" in target)


def test_the_rows_of_one_rater_are_one_rating_wherever_they_stand(tmp_path):
    first, second = read(tmp_path, row("<v>Ein</v> Satz."), row(rater="r2"), row("Ein <v>Satz</v>.", severity="Major"))
    assert (first.annotator, [mark.severity for mark in first.marks]) == ("r1", ["minor", "major"])
    assert (second.annotator, len(second.marks)) == ("r2", 1)


@pytest.mark.parametrize(
    ("rows", "header", "problem"),
    [
        (["a\tb"], HEADER, ":2: has 2 tab-separated cells where the header has 10."),
        ([], HEADER, ": has no rated translation under its header."),
        ([], "system\tdoc", ":1: has no column doc_id. An MQM file names system, doc, doc_id, rater,"),
        (
            [row(severity="Terrible")],
            HEADER,
            ":2: has the severity 'Terrible', which has no weight here. Known: neutral,",
        ),
        ([row(), row("Ein anderer.")], HEADER, ":3: shows another text than line 2 for the same system, segment and"),
        ([row(category="c" * 121)], HEADER, ":2: has a category of 121 characters; at most 120 are kept."),
        ([row(comment="c" * 1001)], HEADER, ":2: has a comment of 1,001 characters; at most 1,000 are kept."),
        ([row(rater="")], HEADER, ":2: names no rater."),
    ],
)
def test_it_refuses_the_file_with_the_line(tmp_path, rows, header, problem):
    with pytest.raises(ReadError) as refusal:
        read(tmp_path, *rows, header=header)
    assert problem in str(refusal.value)


def test_an_empty_file_is_refused(tmp_path):
    path = tmp_path / "x.tsv"
    path.write_bytes(b"")
    with pytest.raises(ReadError, match=r"is empty\. Its first line names the columns"):
        list(read_judgements(path))


def test_many_errors_of_one_rating_take_no_time_that_matters(tmp_path):
    (judgement,) = read(tmp_path, *[row("<v>Ein</v> Satz.")] * 50_000)
    assert len(judgement.marks) == 50_000


def written(*marks, target="Ein Satz."):
    return WrittenRating("a", "d", "1", 7, "r1", "A sentence.", target, marks)


def test_what_is_written_reads_back_the_same(tmp_path):
    marks = (Mark("target", (0, 3), "Style", "minor", "odd"), Mark("source", (2, 10), "Source issue", "major"))
    unplaced = Mark("target", None, "Omission", "neutral")
    stream = io.BytesIO()
    write_judgements(stream, [written(*marks, unplaced), WrittenRating("b", "d", "1", 7, "r1", "S", "Z", ())])
    lines = stream.getvalue().decode().split("\n")
    assert lines[0] == HEADER
    assert lines[1] == row("<v>Ein</v> Satz.", "Style", "Minor", comment="odd")
    assert lines[4] == "b\td\t1\t7\tr1\tS\tZ\tNo-error\tNo-error\t"
    first, second = read(tmp_path, *lines[1:-1])
    assert (first.marks, second.marks) == ((*marks, unplaced), ())


def test_a_text_with_a_tab_cannot_be_written():
    with pytest.raises(ValueError, match=r"d, segment 1: 'Ein\\tSatz' holds a tab or a line end"):
        write_judgements(io.BytesIO(), [written(target="Ein\tSatz")])
