"""CSV and TSV: encodings, delimiters, quoting, columns, and what each broken row is told."""

import json

import pytest

from reviews.importing.formats.base import ReadError
from reviews.importing.formats.encoding import find_encoding
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
    return [(record.line, record.cells) for record in read_records(find_encoding(path, str(path)), delimiter)]


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
            "has no column for the source. Its columns are 'a', 'b', 'c'. If this row names the columns, call one ",
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
    assert told[4].startswith("has 5 cells where there are 4 columns.")
    assert told[5].startswith("has 3 cells where there are 4 columns.")
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
    assert "holds a quotation mark that opens a cell and is never closed" in str(refused_with.value)


@pytest.mark.parametrize(
    ("row", "line"),
    [
        ('"Zwei\nZeilen","offen', 4),
        ('a,b,"c""d\r\ne\rf",,"offen\n', 5),
        ('"offen\n"",""\n', 3),
        (',"offen', 3),
    ],
)
def test_the_line_in_which_an_open_cell_begins_is_named_not_that_of_its_row(tmp_path, row, line):
    assert refused(tmp_path, f"source,target\nGut.,Good.\n{row}")[0] == line
    assert refused(tmp_path, f"source\ttarget\nGut.\tGood.\n{row}".replace(",", "\t"))[0] == line


def test_a_row_that_ends_lines_later_in_a_stray_quotation_mark_says_so(tmp_path):
    items = read_text(tmp_path, 'source,target\n"Offen,Open.\nJa.,"Yes."\nNein.,No.\n')
    ((line, _, reason),) = rejected(items)
    assert (line, reason.partition(" A cell")[0]) == (
        2,
        "is no comma-separated row: ',' expected after '\"' (seen in line 3).",
    )
    assert pairs(items) == [("Nein.", "No.")]


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


def test_a_row_of_many_cells_that_has_no_end_refuses_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr("reviews.importing.formats.table.LONGEST_LINE", 1000)
    line, reason = refused(tmp_path, "source,target\n" + '"a\nb",' * 500)
    assert line > 2
    assert "never closed" in reason


def test_a_table_without_rows_is_no_success(tmp_path):
    assert refused(tmp_path, "source,target\n ,\n,\n")[1].startswith("has no row under its header.")


def test_a_state_in_a_file_is_kept_in_its_words(tmp_path):
    items = read_text(tmp_path, "source,target,state\nJa.,Yes.,approved\nNein.,No.,\n")
    assert [row.state for row in rows(items)] == ["approved", None]
    assert notices(items) == []


# --- delimiters and columns --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        # A column of its own, with every delimiter in the text: what fits all rows is that there is none.
        ("source\nGröße, Gewicht\nStraße; Ort, Tor\nMüll\n", ["Größe, Gewicht", "Straße; Ort, Tor", "Müll"]),
        ("source\nGröße\tA, B\nStraße\t1; 2\n", ["Größe\tA, B", "Straße\t1; 2"]),
    ],
)
def test_of_two_delimiters_the_one_that_gives_every_row_as_many_cells_wins(tmp_path, content, expected):
    assert [row.source.text for row in rows(read_text(tmp_path, content))] == expected


@pytest.mark.parametrize(
    "content",
    [
        # More of another character than of the delimiter, without a header that could tell.
        "Ja, ja, ja, ja|Yes, yes, yes, yes\nEins, zwei|One, two, three\n",
        "Ja, ja, ja, ja;Yes, yes, yes, yes\nEins, zwei;One, two, three\n",
        "Ja; ja; ja; ja,Yes; yes; yes; yes\nEins; zwei,One; two; three\n",
        "Ja; ja; ja, ja\tYes; yes; yes, yes\nEins, zwei\tOne; two; three\n",
    ],
)
def test_without_a_header_the_delimiter_is_the_one_that_gives_the_columns_named(tmp_path, content):
    got = pairs(read_text(tmp_path, content, columns="source,target"))
    assert [source[:2] for source, _ in got] == ["Ja", "Ei"]
    assert [target[:3] for _, target in got] == ["Yes", "One"]


def test_columns_in_order_say_that_there_is_no_header(tmp_path):
    items = read_text(tmp_path, "1;Ja.;x;Yes.;Yeah.\n2;Nein.;x;No.\n", columns="id,de,-,mt:a,reference")
    (row,) = rows(items)
    assert (row.line, row.id, row.source.text) == (1, "1", "Ja.")
    assert (row.hypotheses["a"].text, row.references["reference"].text) == ("Yes.", "Yeah.")
    assert [(line, reason[:40]) for line, _, reason in rejected(items)] == [
        (2, "has 4 cells where there are 5 columns. G")
    ]
    assert notices(items) == []


def test_columns_by_header_rename_it_and_leave_the_rest_as_it_is(tmp_path):
    content = "id;Quelle;Ziel;Notiz\n1;Ja.;Yes.;x\n"
    items = read_text(tmp_path, content, columns="source=quelle, target = Ziel")
    assert [(row.line, row.id) for row in rows(items)] == [(2, "1")]
    assert pairs(items) == [("Ja.", "Yes.")]
    assert notices(items) == [(1, "columns that are not known and not read: 'Notiz'.")]


def test_a_header_with_a_comma_stands_in_quotation_marks(tmp_path):
    items = read_text(tmp_path, '"Text, deutsch";Ziel=X\nJa.;Yes.\n', columns='"source=Text, deutsch",target=Ziel=X')
    assert pairs(items) == [("Ja.", "Yes.")]


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ("source,satz", "--columns names 'satz', which is no column. Columns: source, target, reference, document, "),
        ("source=a,-=b", "--columns names '-', which is no column."),
        ("source=a,target", "--columns source=a,target: write only names, or NAME=HEADER for each."),
        ('"source', "--columns '\"source' cannot be understood: write names separated by commas"),
        ("source,source", "has two columns for 'source': 'source' and 'source'. Keep one of them."),
        ("target,-", "has no column for the source: 'target', ''. Name one source."),
        ("source", "has 2 cells where --columns names 1, and no row has as many. Name each."),
        ("source=c", "has no column for the source. Its columns are 'a', 'b\\tx;y|z'."),
    ],
)
def test_columns_that_cannot_be_used_are_refused(tmp_path, columns, reason):
    assert refused(tmp_path, "a,b\tx;y|z\nc,d\tx;y|z\n", columns=columns)[1].startswith(reason)


def test_a_header_of_ours_is_never_taken_for_a_row(tmp_path):
    line, reason = refused(tmp_path, "source,target\nJa.,Yes.\n", columns="source,target")
    assert (line, reason[:27]) == (1, "names its columns itself. L")


def test_the_question_what_the_columns_are_shows_what_is_needed_to_answer_it(tmp_path):
    line, reason = refused(tmp_path, "a;b;c\n1;2;3\n4;5;6\n7;8\n")
    assert line == 1
    assert "--columns source=HEADER,target=HEADER." in reason
    assert "--columns source,target,-. " in reason
    assert reason.endswith(" Line 2 has 3 cells: '1', '2', '3'. Line 4 has 2 cells: '7', '8'.")


def test_the_question_stays_short_for_a_table_of_a_thousand_columns(tmp_path):
    reason = refused(tmp_path, "x," * 1000 + "x\n")[1]
    assert "'x' and 991 more." in reason
    assert len(reason) < 600


# --- files from the wild: tests/importing/formats/test_index.py has them all --------------------


def test_a_spreadsheet_export_with_capital_names_is_read():
    items = read("csv", shared_path("files/table-csvtesting01.csv"))
    assert pairs(items) == [("Source text 1", "Target text 1"), ("Source text 2", "Target text 2")]
    assert notices(items) == [(1, "columns that are not known and not read: 'Data'.")]
