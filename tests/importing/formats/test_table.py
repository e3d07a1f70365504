"""CSV and TSV: encodings, delimiters, quoting, columns, and what each broken row is told."""

import json

import pytest

from reviews.importing.formats.base import ReadError
from reviews.importing.formats.table import read_records
from tests.shared import shared_path

from .reading import SAMPLES, notices, pairs, read, refusal, rejected, rows


def write(tmp_path, content, name="table.csv"):
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read_text(tmp_path, content, name="table.csv", **given):
    return read("csv", write(tmp_path, content, name), **given)


def refused(tmp_path, content, name="table.csv", **given):
    return refusal("csv", write(tmp_path, content, name), **given)


def records(path, delimiter=","):
    return [(record.line, record.cells) for record in read_records(path, str(path), delimiter)]


# --- columns -----------------------------------------------------------------------------------


def test_the_sample_is_read_whole():
    items = read("csv", SAMPLES / "rows.csv")
    assert [(row.line, row.document, row.id, row.source.text) for row in rows(items)] == [
        (2, "markt", "1", 'Er sagte: "Nein; niemals."'),
        (3, "markt", "2", "Zwei\r\nZeilen"),
        (6, "markt", "3", "Müll & Söhne"),
    ]
    assert [row.hypotheses["imported"].text for row in rows(items)] == [
        'He said: "No, never."',
        "Two lines",
        "Müll & Söhne",
    ]
    assert [row.hypotheses["engine-a"].text for row in rows(items)] == ["He said: no.", "Two lines", ""]
    assert {row.meta.section for row in rows(items)} == {"Lokales"}
    assert notices(items) == rejected(items) == []


def test_tab_separated_rows_take_the_files_stem_and_name_unknown_columns_once():
    items = read("csv", SAMPLES / "rows.tsv")
    assert [(row.document, row.source.text) for row in rows(items)] == [
        ("rows", "Die Post streikt."),
        ("rows", "Die Bahn, sie fährt."),
    ]
    assert notices(items) == [(1, "columns that are not known and not read: 'Notiz'.")]


@pytest.mark.parametrize(
    "header",
    ["source,target", "Source,TARGET", " source , target ", "de,en", "DE,EN", "Deutsch,Englisch", "German,English"],
)
def test_source_and_target_have_these_names(tmp_path, header):
    assert pairs(read_text(tmp_path, f"{header}\nJa.,Yes.\n")) == [("Ja.", "Yes.")]


def test_regional_languages_go_by_their_language_too(tmp_path):
    items = read_text(tmp_path, "deutsch,en-GB\nJa.,Yes.\n", source_lang="de-AT", target_lang="en-GB")
    assert pairs(items) == [("Ja.", "Yes.")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_the_one_under_which_the_header_names_a_source(tmp_path, delimiter):
    content = f'id{delimiter}source{delimiter}target\n1{delimiter}"a,b;c\td"{delimiter}x\n'
    assert pairs(read_text(tmp_path, content)) == [("a,b;c\td", "x")]


def test_the_target_may_be_a_reference(tmp_path):
    (row,) = rows(read_text(tmp_path, "source,target\nJa.,Yes.\n", role="reference", reference="A"))
    assert (row.hypotheses, row.references["A"].text) == ({}, "Yes.")


def test_a_reference_column_is_called_reference(tmp_path):
    (row,) = rows(read_text(tmp_path, "source,reference,mt:Engine A\nJa.,Yes.,Yeah.\n"))
    assert (row.references["reference"].text, row.hypotheses["Engine A"].text) == ("Yes.", "Yeah.")


def test_a_byte_order_mark_is_no_part_of_the_first_column():
    case = shared_path("cases/csv-bom-header")
    expected = json.loads((case / "expected.json").read_text())
    got = rows(read("csv", case / "input.csv"))
    assert [
        {"id": row.id, "source": row.source.text, "target": row.hypotheses["imported"].text} for row in got
    ] == expected["pairs"]


def test_ids_that_repeat_are_rejected_with_both_lines():
    items = read("csv", shared_path("cases/csv-duplicate-ids/input.csv"))
    remedy = "Give every row of a document an id of its own."
    assert rejected(items) == [
        (4, "input", f"repeats the id 'd1' of line 2 with a different source. {remedy}"),
        (5, "input", f"repeats the id 'd2' of line 3 with the same source. {remedy}"),
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (
            "a;b;c\n1;2;3\n",
            "has no column for the source. Its columns are 'a', 'b', 'c'. Name one of them source, de, ",
        ),
        ("", "is empty. The first row has to name the columns."),
        ("\n , \n", "is empty. The first row has to name the columns."),
        ("source,de\n1,2\n", "has two columns for 'source': 'source' and 'de'. Keep one of them."),
        ("source,target,Englisch\n", "has two columns for 'target': 'target' and 'Englisch'. Keep one of them."),
        ("source,mt:a,MT:a\n", "has two columns for 'a': 'mt:a' and 'MT:a'. Keep one of them."),
        ("source,mt:\n", "has the column 'mt:', which names the system ''. Write a name, or name@version."),
        ('"source"x,target\n', "has no readable header row. A cell that begins with a quotation mark"),
    ],
)
def test_a_header_that_cannot_be_used_refuses_the_file(tmp_path, content, reason):
    assert refused(tmp_path, content)[1].startswith(reason)


def test_the_line_of_an_unusable_header_is_named(tmp_path):
    assert refused(tmp_path, "\n\na,b\n")[0] == 3


# --- rows --------------------------------------------------------------------------------------


def test_the_broken_sample_is_told_row_by_row():
    items = read("csv", SAMPLES / "rows-broken.csv")
    assert [row.document for row in rows(items)] == ["gut", "schlecht", "gut-2"]
    told = {line: reason for line, document, reason in rejected(items) if document == "schlecht"}
    assert set(told) == {4, 5, 6, 7}
    assert told[4].startswith("has 5 cells where the header has 4.")
    assert told[5].startswith("has 3 cells where the header has 4.")
    assert told[6].startswith("is no comma-separated row: ',' expected after '\"'.")
    assert told[7].startswith("holds a NUL character (U+0000, at character 5) in source")
    assert {document for _, document, _ in rejected(items)} == {"schlecht"}


def test_a_row_of_unknown_document_is_rejected_for_both_its_neighbours(tmp_path):
    items = read_text(tmp_path, "document,source\na,Eins\nzwei\nb,Drei\n")
    assert [(line, document) for line, document, _ in rejected(items)] == [(3, "a"), (3, "b")]


def test_without_a_document_column_every_broken_row_is_of_the_files_document(tmp_path):
    items = read_text(tmp_path, "source,target\nzwei\n", name="nx-1.csv")
    assert [(line, document) for line, document, _ in rejected(items)] == [(2, "nx-1")]


def test_rows_are_numbered_by_the_physical_line_they_start_in(tmp_path):
    items = read_text(tmp_path, 'source,target\n"Zwei\nZeilen\n",x\n\nEins,y\n"a\r\nb",z\n')
    assert [(row.line, row.source.text) for row in rows(items)] == [(2, "Zwei\nZeilen\n"), (6, "Eins"), (7, "a\r\nb")]


def test_rows_of_empty_cells_are_passed_over(tmp_path):
    items = read_text(tmp_path, "source;target\nJa.;Yes.\n;\n ; \n\n")
    assert (pairs(items), rejected(items)) == ([("Ja.", "Yes.")], [])


def test_a_row_without_source_is_rejected(tmp_path):
    items = read_text(tmp_path, "source,target\n,Yes.\n")
    assert rejected(items)[0][0] == 2
    assert rejected(items)[0][2].startswith("has no source text.")


@pytest.mark.parametrize("tail", ["", "\nJa.,Yes.\nNein.,No.\n"])
def test_a_quotation_mark_that_is_never_closed_refuses_the_file_before_any_row(tmp_path, tail):
    path = write(tmp_path, f'source,target\nGut.,Good.\n"Offen,Open.{tail}')
    with pytest.raises(ReadError) as refused_with:
        read("csv", path)
    assert refused_with.value.line == 3
    assert "holds a quotation mark that opens a cell in the row of line 3 and is never closed" in str(
        refused_with.value
    )


def test_a_cell_too_large_refuses_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr("reviews.importing.formats.table.LONGEST_LINE", 1000)
    line, reason = refused(tmp_path, 'source,target\n"' + "Zeile\n" * 500 + '",x\n')
    assert line == 2
    assert "never closed" in reason


def test_a_line_too_long_refuses_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr("reviews.importing.formats.table.LONGEST_LINE", 1000)
    assert refused(tmp_path, "source,target\n" + "x" * 2000) == (
        2,
        "is a line of more than 1,000 characters. Is this a table?",
    )


# --- encodings ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"source,target\nGr\xfc\xdfe,x\n", 2),
        (b"source,target\r\na,b\r\nGr\xfc\xdfe,x\r\n", 3),
        (b"source,target\ra,b\rc,d\rGr\xfc\xdfe,x\r", 4),
        (b"\xfcsource\n", 1),
        (b"source\nabgeschnitten\n\xe2\x82", 3),
    ],
)
def test_bytes_that_are_not_utf_8_refuse_the_file_with_their_line(tmp_path, content, line):
    got, reason = refused(tmp_path, content)
    assert got == line
    assert reason.startswith("is not UTF-8: byte 0x")
    assert reason.endswith("in this line. Save the file as UTF-8 and import it again.")


@pytest.mark.parametrize("size", range(1, 12))
def test_the_line_of_a_bad_byte_is_right_wherever_the_file_is_read_in_pieces(tmp_path, monkeypatch, size):
    monkeypatch.setattr("reviews.importing.formats.text._CHUNK", size)
    assert refused(tmp_path, "source\r\nä€😀\r\n\r\nü\rx\n".encode() + b"\xff\n")[0] == 6


def test_german_excel_in_windows_1252_is_refused_not_misread():
    line, reason = refusal("csv", shared_path("cases/csv-german-excel-cp1252/input.csv"))
    assert (line, reason[:24]) == (2, "is not UTF-8: byte 0x84 ")


# --- files from the wild -----------------------------------------------------------------------


def test_rows_with_too_many_and_too_few_cells_are_each_named():
    path = shared_path("files/csv-csvkit-bad.csv")
    assert [len(cells) for _, cells in records(path)] == [3, 4, 2, 3]
    items = read("csv", path, source_lang="column_b")
    assert [(line, reason[:11]) for line, _, reason in rejected(items)] == [(2, "has 4 cells"), (3, "has 2 cells")]
    assert [row.source.text for row in rows(items)] == ["mixed types.... uh oh"]


def test_line_breaks_of_every_kind_in_a_header_cell_are_one_header():
    (_, header), (line, cells) = records(shared_path("files/csv-csvkit-header_newline.csv"))
    assert (header[1:], cells) == (("b", "c"), ("d", "e", "f"))
    assert line > 1
    items = read("csv", shared_path("files/csv-csvkit-header_newline.csv"), source_lang="b")
    assert [row.source.text for row in rows(items)] == ["e"]


def test_bare_carriage_returns_end_rows_and_stand_in_cells():
    assert records(shared_path("files/csv-csvkit-mac_newlines.csv")) == [
        (1, ("a", "b", "c")),
        (2, ("1", "2", "3")),
        (3, ("Once upon\ra time", "5", "6")),
    ]


def test_quoted_decimal_commas_are_cells():
    assert records(shared_path("files/csv-csvkit-locale.csv"))[1] == (2, ("1,7", "200.000.000", ""))


def test_a_utf_8_byte_order_mark_is_no_part_of_the_header():
    got = records(shared_path("files/csv-csvkit-utf8_bom.csv"))
    assert [cells for _, cells in got] == [("foo", "bar", "baz"), ("1", "2", "3"), ("4", "5", "ʤ")]


def test_a_nul_byte_is_named_with_its_row():
    items = read("csv", shared_path("files/csv-csvkit-null_byte.csv"), source_lang="a")
    assert [(line, reason[:43]) for line, _, reason in rejected(items)] == [
        (2, "holds a NUL character (U+0000, at character")
    ]
    assert rows(items) == []


@pytest.mark.parametrize(
    ("name", "line", "reason"),
    [
        ("csv-csvkit-latin1.csv", 3, "is not UTF-8: byte 0xA9 in this line."),
        ("csv-csvkit-utf16_big.csv", 1, "is UTF-16, not UTF-8."),
        ("csv-csvkit-utf16_little.csv", 1, "is UTF-16, not UTF-8."),
        ("csv-csvkit-null_byte.csv", 1, "has no column for the source. Its columns are 'a', 'b', 'c'."),
    ],
)
def test_other_encodings_and_tables_without_a_source_are_refused(name, line, reason):
    got, said = refusal("csv", shared_path(f"files/{name}"))
    assert (got, said[: len(reason)]) == (line, reason)


def test_a_spreadsheet_export_with_capital_names_is_read():
    items = read("csv", shared_path("files/table-csvtesting01.csv"))
    assert pairs(items) == [("Source text 1", "Target text 1"), ("Source text 2", "Target text 2")]
    assert notices(items) == [(1, "columns that are not known and not read: 'Data'.")]
