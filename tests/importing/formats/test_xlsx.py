"""XLSX: a sheet as a table, its formulas left alone, the archive within limits."""

import io
import re
import zipfile
from datetime import datetime

import openpyxl
import pytest

from reviews.importing.formats import xlsx

from .reading import SAMPLES, notices, pairs, read, refusal, rejected, rows

BOOK = SAMPLES / "rows.xlsx"


def workbook(tmp_path, *sheets, change=lambda book: None):
    """A file with sheets of rows."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, cells in enumerate(sheets, 1):
        sheet = book.create_sheet(f"Blatt {number}")
        for row in cells:
            sheet.append(row)
    change(book)
    path = tmp_path / "x.xlsx"
    book.save(path)
    return path


def repacked(path, change, **entries):
    """The file with one change to the text of its parts, and parts added."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in {**parts, **entries}.items():
            new.writestr(name, change(name, content))
    path.write_bytes(out.getvalue())
    return path


def test_our_sample_is_read_as_the_table_beside_it():
    assert [(row.line, row.document, row.id, row.source.text, row.kind) for row in rows(read("xlsx", BOOK))] == [
        (2, "kran", "1", "Der Kran steht.", "headline"),
        (4, "kran", "2", "=SUMME klingt nach Tabelle", "body"),
    ]
    first, second = rows(read("xlsx", BOOK))
    assert {name: text.text for name, text in first.hypotheses.items()} == {
        "imported": "The crane stands.",
        "engine-a": "The crane is standing.",
    }
    assert second.hypotheses["engine-a"].text == ""
    assert first.meta.published.isoformat() == "2026-11-24T09:30:00+01:00"
    assert notices(read("xlsx", BOOK)) == [
        (None, "sheets that are not read: 'Alt', 'versteckt'. Name one with --sheet."),
        (1, "columns that are not known and not read: 'Laune'."),
        (2, "published has times without a zone; they are read as Europe/Berlin."),
    ]


def test_a_sheet_can_be_named():
    assert pairs(read("xlsx", BOOK, sheet="Alt")) == [("Alt.", "Old.")]
    assert refusal("xlsx", BOOK, sheet="Neu")[1] == "has no sheet 'Neu'. Its sheets: 'Texte', 'Alt', 'versteckt'."


def test_formulas_and_errors_are_named_by_cell_and_never_calculated(tmp_path):
    path = workbook(tmp_path, [["source", "target", "note"], ["Eins.", '=A2&"!"', "=1+1"], ["Zwei.", "Two.", "=1+1"]])
    assert rejected(read("xlsx", path)) == [
        (
            2,
            "x",
            "holds the formula '=A2&\"!\"' in cell B2. Formulas are not calculated here: put in the text it gives "
            "(paste special, values).",
        )
    ]
    assert pairs(read("xlsx", path)) == [("Zwei.", "Two.")]

    def error(book):
        book["Blatt 1"]["A2"].value = "#REF!"
        book["Blatt 1"]["A2"].data_type = "e"

    path = workbook(tmp_path, [["source"], ["x"], ["Gut."]], change=error)
    assert [reason[:37] for *_, reason in rejected(read("xlsx", path))] == ["holds the error '#REF!' in cell A2. F"]


def test_values_become_text_as_they_are_written(tmp_path):
    time = datetime(2026, 11, 24, 9, 30)
    path = workbook(tmp_path, [["id", "source", "target"], [7, 1.5, True], [8.0, time, "a_x000D_b"]])
    assert [(row.id, row.source.text, row.hypotheses["imported"].text) for row in rows(read("xlsx", path))] == [
        ("7", "1.5", "TRUE"),
        ("8", "2026-11-24T09:30:00", "a\rb"),
    ]


def test_columns_can_be_said_and_uneven_rows_are_told(tmp_path):
    path = workbook(tmp_path, [["Nr", "Quelle"], ["1", "Eins."], ["2"], ["3", "Drei.", "zu viel"]])
    assert refusal("xlsx", path)[0] == 1
    items = read("xlsx", path, columns="id=Nr,source=Quelle")
    assert [row.source.text for row in rows(items)] == ["Eins."]
    assert [(line, reason[:38]) for line, _, reason in rejected(items)] == [
        (3, "has no source text. Give every row its"),
        (4, "has 3 cells where there are 2 columns."),
    ]
    assert len(rows(read("xlsx", path, columns="id,source"))) == 2


@pytest.mark.parametrize(
    ("sheet", "reason"),
    [([], "is empty"), ([["source"]], "has no row under its header"), ([["a", "b"]], "has no column for the source")],
)
def test_a_sheet_without_a_table_is_refused(tmp_path, sheet, reason):
    assert refusal("xlsx", workbook(tmp_path, sheet))[1].startswith(reason)


def test_a_workbook_is_read_whatever_its_file_is_called(tmp_path):
    path = tmp_path / "stdin"
    path.write_bytes(BOOK.read_bytes())
    assert pairs(read("xlsx", path)) == pairs(read("xlsx", BOOK))


def test_what_is_no_workbook_is_refused(tmp_path):
    path = tmp_path / "x.xlsx"
    for content in (b"", b"PK\x03\x04", b"source;target\n", BOOK.read_bytes()[:-300]):
        path.write_bytes(content)
        assert refusal("xlsx", path)[1].startswith("is no workbook")


def test_entities_in_any_part_refuse_the_workbook(tmp_path):
    path = workbook(tmp_path, [["source"], ["Eins."]])

    def bombed(name, content):
        declared = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><worksheet'
        return content.replace(b"<worksheet", declared) if name.endswith("sheet1.xml") else content

    repacked(path, bombed)
    assert refusal("xlsx", path)[1].startswith("has a part 'xl/worksheets/sheet1.xml' that declares the entity 'e'")


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    path = workbook(tmp_path, [["source"], ["Eins."]])
    repacked(path, lambda _, content: content, **{"xl/media/a.bin": b"\0" * (xlsx.MOST_EXPANSION * 60_000)})
    assert re.match(r"unpacks to \d+ times its size", refusal("xlsx", path)[1])
    monkeypatch.setattr(xlsx, "MOST_BYTES", 1_000_000)
    assert refusal("xlsx", path)[1].startswith("unpacks to 12,0")


def test_a_sheet_of_endless_rows_and_columns_is_refused(tmp_path):
    path = workbook(tmp_path, [["source"], ["Eins."]])

    def far(name, content):
        return content.replace(b'r="A2"', b'r="ZZZ2"')

    repacked(path, far)
    assert refusal("xlsx", path)[1].startswith("goes beyond row")


def test_a_row_of_a_number_no_sheet_has_is_refused(tmp_path):
    path = workbook(tmp_path, [["source"], ["Eins."]])
    repacked(path, lambda _, content: content.replace(b'<row r="2"', b'<row r="99999999999"').replace(b'r="A2"', b""))
    assert refusal("xlsx", path)[1].startswith("goes beyond row")
