"""Every CSV and TSV of the shared index, cell by cell as it says; and our own look-alikes of each.

What a command makes of the same files is in tests/commands/test_read_file.py.
"""

import re

import pytest

from reviews.importing.formats.encoding import find_encoding
from reviews.importing.formats.table import read_records
from tests.shared import shared_path

from .reading import SAMPLES

BREAKS = "\t\n\x0b\x0c\r"

ABC = ("a", "b", "c")

#: File, codec, and every record as (line, cells).
SHARED = [
    (
        "csv-csvkit-bad.csv",
        "utf-8",
        [
            (1, ("column_a", "column_b", "column_c")),
            (2, ("1", "27", "", "I'm too long!")),
            (3, ("", "I'm too short!")),
            (4, ("0", "mixed types.... uh oh", "17")),
        ],
    ),
    (
        "csv-csvkit-header_newline.csv",
        "utf-8",
        [(1, (f"{BREAKS} start {BREAKS} end {BREAKS}", "b", "c")), (8, ("d", "e", "f"))],
    ),
    ("csv-csvkit-latin1.csv", "cp1252", [(1, ABC), (2, ("1", "2", "3")), (3, ("4", "5", "©"))]),
    ("csv-csvkit-locale.csv", "utf-8", [(1, ABC), (2, ("1,7", "200.000.000", ""))]),
    (
        "csv-csvkit-mac_newlines.csv",
        "utf-8",
        [(1, ABC), (2, ("1", "2", "3")), (3, ("Once upon\ra time", "5", "6"))],
    ),
    ("csv-csvkit-null_byte.csv", "utf-8", [(1, ABC), (2, ("\0", "2", "3"))]),
    ("csv-csvkit-utf16_big.csv", "utf-16-be", [(1, ABC), (2, ("1", "2", "3")), (3, ("4", "5", "ʤ"))]),
    ("csv-csvkit-utf16_little.csv", "utf-16-le", [(1, ABC), (2, ("1", "2", "3")), (3, ("4", "5", "ʤ"))]),
    ("csv-csvkit-utf8_bom.csv", "utf-8", [(1, ("foo", "bar", "baz")), (2, ("1", "2", "3")), (3, ("4", "5", "ʤ"))]),
    (
        "table-csvtesting01.csv",
        "utf-8",
        [
            (1, ("Source", "Target", "Data")),
            (2, ("Source text 1", "Target text 1", "third column data1")),
            (3, ("Source text 2", "Target text 2", "third column data2")),
        ],
    ),
]

OWN = [
    (
        "uneven.csv",
        "utf-8",
        [
            (1, ("Nr", "Quelle", "Ziel")),
            (2, ("1", "Der Kai ist zu", "The quay is closed", "und zu lang")),
            (3, ("", "zu kurz")),
            (4, ("2", "Die Brücke ist auf", "The bridge is open")),
        ],
    ),
    (
        "header-breaks.csv",
        "utf-8",
        [(1, (f"Nr{BREAKS} und Datum", "Quelle", "Ziel")), (4, ("1", "Die Schleuse klemmt.", "The lock is stuck."))],
    ),
    (
        "windows-1252.csv",
        "cp1252",
        [
            (1, ("id;source;target",)),
            (
                2,
                (
                    '1;"„Spaß“',
                    " sagte er – für 3",
                    "50 €",
                    " bar",
                    ' sofort.";"“Fun',
                    "” he said",
                    " for €3.50",
                    " cash",
                    ' at once."',
                ),
            ),
            (3, ("2;Größe", " Höhe", " Länge;Size", " height", " length")),
        ],
    ),
    ("decimal-commas.csv", "utf-8", [(1, ("Menge", "Betrag", "Notiz")), (2, ("2,5", "1.200.000,00", ""))]),
    (
        "carriage-returns.csv",
        "utf-8",
        [
            (1, ("Nr", "Quelle", "Ziel")),
            (2, ("1", "Ein Satz.", "A sentence.")),
            (3, ("2", "Zwei\rZeilen.", "Two lines.")),
        ],
    ),
    ("nul.csv", "utf-8", [(1, ("source", "target")), (2, ("Gut.", "Good.")), (3, ("\0", "Nothing."))]),
    ("utf-16-be.csv", "utf-16-be", [(1, ("source", "target")), (2, ("Äpfel", "apples")), (3, ("ʒ", "ezh"))]),
    ("utf-16-le.csv", "utf-16-le", [(1, ("source\ttarget",)), (2, ("Äpfel\tapples",)), (3, ("ʒ\tezh",))]),
    ("utf-8-bom.csv", "utf-8", [(1, ("source", "target")), (2, ("Äpfel", "apples")), (3, ("ʒ", "ezh"))]),
    (
        "some-quoted.csv",
        "utf-8",
        [
            (1, ("Source", "Target", "Note")),
            (2, ("Der Zug kommt.", "The train is coming.", "on time")),
            (3, ("Der Bus kommt.", "The bus is coming.", "late")),
        ],
    ),
]


def records(path):
    """Codec and records with commas between the cells."""
    text = find_encoding(path, path.name)
    return text.codec, [(record.line, record.cells or record.problem) for record in read_records(text, ",")]


@pytest.mark.parametrize(("name", "codec", "expected"), SHARED)
def test_shared_tables_are_read_cell_by_cell(name, codec, expected):
    assert records(shared_path(f"files/{name}")) == (codec, expected)


@pytest.mark.parametrize(("name", "codec", "expected"), OWN)
def test_our_look_alikes_are_read_cell_by_cell(name, codec, expected):
    assert records(SAMPLES / "tables" / name) == (codec, expected)


def test_a_cell_of_forty_lines_is_one_cell():
    _, got = records(shared_path("files/table-escaped4.csv"))
    assert [len(cells) for _, cells in got] == [5] * 6
    assert [cells[0] for _, cells in got[1:]] == ["15", "18", "19", "20", "2044"]
    assert got[2][1][4] == "This is the design and development page"
    long = got[1][1][4]
    assert long.count("\n") > 30
    assert long.startswith('<strong><a name="square_production"></a></strong>\n\nsquare production')
    assert "–" in long
    assert got[5][1][3:] == ("", "")


def test_our_cell_of_many_lines_is_one_cell():
    _, got = records(SAMPLES / "tables" / "long-cell.csv")
    assert [len(cells) for _, cells in got] == [5] * 4
    assert [cells[0] for _, cells in got] == ["id", "7", "8", "2044"]
    assert got[1][1][2].count("\n") == 16
    assert '\t<li>Kai 12, "Halle 12"</li>\n</ul>\n' in got[1][1][2]


def test_stray_quotation_marks_cost_their_own_rows_and_no_others():
    _, got = records(shared_path("files/table-test2cols.csv"))
    assert len(got) == 27
    assert [cells for _, cells in got].count(("815", 'works "text" and "text" text\n')) == 1
    assert got[1] == (2, ("815", 'works "text" and "text" text\n'))
    wrong = {line: cells for line, cells in got if len(cells) != 2}
    assert list(wrong) == [17, 20, 22, 23, 24, 25]
    assert wrong[22].startswith("is no comma-separated row: ',' expected after '\"'.")
    assert [len(wrong[line]) for line in (17, 20, 23, 24, 25)] == [3, 3, 4, 4, 5]


def test_our_stray_quotation_marks_cost_their_own_rows_and_no_others():
    _, got = records(SAMPLES / "tables" / "two-columns.csv")
    assert [line for line, _ in got] == [1, 2, 4, 5, 6, 7]
    assert got[1] == (2, ("32", 'sagte "ja" und ging\n'))
    assert got[3][1].startswith("is no comma-separated row: ")
    assert got[4] == (6, ("34", ' Kai ""3', ' Halle"" vier'))
    assert got[5] == (7, ("35", 'Hafen "Nord", Kai'))


def test_every_table_of_the_index_is_here():
    index = shared_path("files/INDEX.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| ((?:csv|table)-\S+) \|", index, re.MULTILINE))
    assert listed == {name for name, _, _ in SHARED} | {"table-escaped4.csv", "table-test2cols.csv"}
