"""What a file holds, on the command line: the shared index and our own look-alikes, and every format there is."""

import io
import json
import re
import subprocess

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from reviews.importing.formats.registry import BY_NAME
from tests.bin.conftest import BIN, environment
from tests.importing.formats.reading import SAMPLES
from tests.shared import shared_path

KEYS = ["unit", "source", "target", "source_lang", "target_lang", "kind", "state", "notes"]
TABLES = SAMPLES / "tables"


def read_file(path, **options):
    """(exit code, units, messages without the folder) of one run."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    try:
        call_command("read_file", str(path), stdout=out, stderr=err, **options)
    except SystemExit as stopped:
        code = stopped.code
    units = [json.loads(line) for line in out.getvalue().splitlines()]
    assert all(list(unit) == KEYS for unit in units)
    return code, units, err.getvalue().replace(f"{path.parent}/", "").splitlines()


def triples(units):
    return [(unit["unit"], unit["source"], unit["target"]) for unit in units]


def asks(name):
    """What is said of a table whose columns are not told."""
    return (2, [], [f"{name}:1: has no column for the source."])


#: Of the index: file, --columns, exit code, units, beginnings of the messages.
INDEX = [
    ("csv-csvkit-bad.csv", "", *asks("csv-csvkit-bad.csv")),
    (
        "csv-csvkit-bad.csv",
        "source=column_b,target=column_c",
        1,
        [("4", "mixed types.... uh oh", "17")],
        [
            "csv-csvkit-bad.csv:1: columns that are not known and not read: 'column_a'.",
            "csv-csvkit-bad.csv:2: has 4 cells where there are 3 columns.",
            "csv-csvkit-bad.csv:3: has 2 cells where there are 3 columns.",
        ],
    ),
    ("csv-csvkit-header_newline.csv", "", *asks("csv-csvkit-header_newline.csv")),
    (
        "csv-csvkit-header_newline.csv",
        "source=b,target=c",
        0,
        [("8", "e", "f")],
        ["csv-csvkit-header_newline.csv:1: columns that are not known and not read: 'start \\t\\n\\x0b\\x0c\\r end'."],
    ),
    ("csv-csvkit-latin1.csv", "", *asks("csv-csvkit-latin1.csv")),
    (
        "csv-csvkit-latin1.csv",
        "id=a,source=b,target=c",
        0,
        [("1", "2", "3"), ("4", "5", "©")],
        ["csv-csvkit-latin1.csv: is read as Windows-1252, since it is not UTF-8 (byte 0xA9 in line 3, byte 17"],
    ),
    ("csv-csvkit-locale.csv", "", *asks("csv-csvkit-locale.csv")),
    ("csv-csvkit-locale.csv", "id=a,source=b,target=c", 0, [("1,7", "200.000.000", "")], []),
    ("csv-csvkit-mac_newlines.csv", "", *asks("csv-csvkit-mac_newlines.csv")),
    (
        "csv-csvkit-mac_newlines.csv",
        "source=a,target=b,id=c",
        0,
        [("3", "1", "2"), ("6", "Once upon\ra time", "5")],
        [],
    ),
    ("csv-csvkit-null_byte.csv", "", *asks("csv-csvkit-null_byte.csv")),
    (
        "csv-csvkit-null_byte.csv",
        "source=a,target=b,id=c",
        1,
        [],
        ["csv-csvkit-null_byte.csv:2: holds a NUL character (U+0000, at character 1) in source, which no text may"],
    ),
    ("csv-csvkit-utf16_big.csv", "", *asks("csv-csvkit-utf16_big.csv")),
    (
        "csv-csvkit-utf16_big.csv",
        "id=a,source=b,target=c",
        0,
        [("1", "2", "3"), ("4", "5", "ʤ")],
        ["csv-csvkit-utf16_big.csv: is read as UTF-16 BE, told by its byte order mark."],
    ),
    ("csv-csvkit-utf16_little.csv", "", *asks("csv-csvkit-utf16_little.csv")),
    (
        "csv-csvkit-utf16_little.csv",
        "id=a,source=b,target=c",
        0,
        [("1", "2", "3"), ("4", "5", "ʤ")],
        ["csv-csvkit-utf16_little.csv: is read as UTF-16 LE, told by its byte order mark."],
    ),
    ("csv-csvkit-utf8_bom.csv", "", *asks("csv-csvkit-utf8_bom.csv")),
    ("csv-csvkit-utf8_bom.csv", "id=foo,source=bar,target=baz", 0, [("1", "2", "3"), ("4", "5", "ʤ")], []),
    (
        "table-csvtesting01.csv",
        "",
        0,
        [("2", "Source text 1", "Target text 1"), ("3", "Source text 2", "Target text 2")],
        ["table-csvtesting01.csv:1: columns that are not known and not read: 'Data'."],
    ),
    ("table-escaped4.csv", "", *asks("table-escaped4.csv")),
    (
        "table-escaped4.csv",
        "id=ID_field,source=post_filed,target=title_field",
        0,
        [
            ("15", "page", "square Manufacturing"),
            ("18", "nav_menu_item", "square Development"),
            ("19", "nav_menu_item", ""),
            ("20", "nav_menu_item", ""),
            ("2044", "page", "Test Page"),
        ],
        ["table-escaped4.csv:1: columns that are not known and not read: 'excerpt_field', 'content_field'."],
    ),
    ("table-test2cols.csv", "", *asks("table-test2cols.csv")),
]

#: The same of our own files.
OWN = [
    (
        "uneven.csv",
        "id=Nr,source=Quelle,target=Ziel",
        1,
        [("2", "Die Brücke ist auf", "The bridge is open")],
        [
            "uneven.csv:2: has 4 cells where there are 3 columns.",
            "uneven.csv:3: has 2 cells where there are 3 columns.",
        ],
    ),
    (
        "header-breaks.csv",
        "source=Quelle,target=Ziel",
        0,
        [("4", "Die Schleuse klemmt.", "The lock is stuck.")],
        ["header-breaks.csv:1: columns that are not known and not read: 'Nr\\t\\n\\x0b\\x0c\\r und Datum'."],
    ),
    (
        "windows-1252.csv",
        "",
        0,
        [
            ("1", "„Spaß“, sagte er – für 3,50 €, bar, sofort.", "“Fun,” he said, for €3.50, cash, at once."),
            ("2", "Größe, Höhe, Länge", "Size, height, length"),
        ],
        ["windows-1252.csv: is read as Windows-1252, since it is not UTF-8 (byte 0x84 in line 2, byte 22 of"],
    ),
    ("decimal-commas.csv", "source=Betrag,id=Menge,target=Notiz", 0, [("2,5", "1.200.000,00", "")], []),
    (
        "carriage-returns.csv",
        "id=Nr,source=Quelle,target=Ziel",
        0,
        [("1", "Ein Satz.", "A sentence."), ("2", "Zwei\rZeilen.", "Two lines.")],
        [],
    ),
    (
        "nul.csv",
        "",
        1,
        [("2", "Gut.", "Good.")],
        ["nul.csv:3: holds a NUL character (U+0000, at character 1) in source"],
    ),
    (
        "utf-16-be.csv",
        "",
        0,
        [("2", "Äpfel", "apples"), ("3", "ʒ", "ezh")],
        ["utf-16-be.csv: is read as UTF-16 BE, told by its byte order mark."],
    ),
    (
        "utf-16-le.csv",
        "",
        0,
        [("2", "Äpfel", "apples"), ("3", "ʒ", "ezh")],
        ["utf-16-le.csv: is read as UTF-16 LE, told by its byte order mark."],
    ),
    ("utf-8-bom.csv", "", 0, [("2", "Äpfel", "apples"), ("3", "ʒ", "ezh")], []),
    (
        "some-quoted.csv",
        "",
        0,
        [("2", "Der Zug kommt.", "The train is coming."), ("3", "Der Bus kommt.", "The bus is coming.")],
        ["some-quoted.csv:1: columns that are not known and not read: 'Note'."],
    ),
    (
        "two-columns.csv",
        "-,source",
        1,
        [
            ("1", "Hafen", None),
            ("2", 'sagte "ja" und ging\n', None),
            ("4", 'sagte "ja", und ging', None),
            ("7", 'Hafen "Nord", Kai', None),
        ],
        [
            "two-columns.csv:5: is no comma-separated row: ',' expected after '\"'.",
            "two-columns.csv:6: has 3 cells where there are 2 columns.",
        ],
    ),
    (
        "duplicate-ids.csv",
        "",
        1,
        [("a", "Eins.", "One."), ("b", "Zwei.", "Two.")],
        [
            "duplicate-ids.csv:4: repeats the id 'a' of line 2 with a different source.",
            "duplicate-ids.csv:5: repeats the id 'b' of line 3 with the same source.",
        ],
    ),
    (
        "like-formulas.csv",
        "",
        0,
        [
            ("1", "-5 Grad", "-5 degrees"),
            ("2", "=SUMME", "=SUM"),
            ("3", "+++ Eil +++", "+++ Breaking +++"),
            ("4", "@desk", "@desk"),
            ("5", "'s Hertogenbosch", "'s-Hertogenbosch"),
            ("6", "\tTab vorn", "\tTab first"),
        ],
        [],
    ),
    ("bars.csv", "", 0, [("2", "Ja, ja; nein, nein", "Yes, yes; no, no")], []),
    ("open-quote.csv", "", 2, [], ["open-quote.csv:3: holds a quotation mark that opens a cell and is never closed"]),
    (
        "mixed-encodings.csv",
        "",
        2,
        [],
        ["mixed-encodings.csv:3: is UTF-8 in part, but not here: byte 0xE4 in line 3, byte 29 of the file."],
    ),
]


def check(path, columns, code, units, messages):
    got_code, got_units, got_messages = read_file(path, columns=columns)
    assert (got_code, triples(got_units)) == (code, units)
    assert [got[: len(said)] for got, said in zip(got_messages, messages, strict=True)] == messages


@pytest.mark.parametrize(("name", "columns", "code", "units", "messages"), INDEX)
def test_every_table_of_the_index_is_read_or_asked_about(name, columns, code, units, messages):
    check(shared_path(f"files/{name}"), columns, code, units, messages)


@pytest.mark.parametrize(("name", "columns", "code", "units", "messages"), OWN)
def test_our_look_alikes_are_read_or_refused(name, columns, code, units, messages):
    check(TABLES / name, columns, code, units, messages)


def test_every_table_is_in_one_of_these_lists():
    index = shared_path("files/INDEX.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| ((?:csv|table)-\S+) \|", index, re.MULTILINE)) == {row[0] for row in INDEX}
    assert {path.name for path in TABLES.iterdir()} == {row[0] for row in OWN} | {"long-cell.csv"}


def test_stray_quotation_marks_and_uneven_rows_are_refused_by_line_and_21_rows_kept():
    code, units, messages = read_file(shared_path("files/table-test2cols.csv"), columns="-,source")
    assert (code, len(units)) == (1, 21)
    assert triples(units)[:3] == [
        ("1", "text", None),
        ("2", 'works "text" and "text" text\n', None),
        ("4", 'works "text", and "text" text', None),
    ]
    assert [message.split(":")[1] for message in messages] == ["17", "20", "22", "23", "24", "25"]


def test_ids_that_repeat_are_refused_with_both_lines():
    code, units, messages = read_file(shared_path("files/table-test2cols.csv"), columns="id,source")
    assert code == 1
    assert [unit["unit"] for unit in units] == ["814", "815", "816", "817", "818", "819", "999", "111", "222", "333"]
    repeated = [message for message in messages if "repeats the id" in message]
    assert len(repeated) == 21 - len(units)
    assert repeated[0].startswith("table-test2cols.csv:4: repeats the id '815' of line 2 with a different source.")


def test_a_cell_of_many_lines_is_one_unit():
    path = shared_path("files/table-escaped4.csv")
    code, units, messages = read_file(path, columns="id=ID_field,source=content_field,target=title_field")
    assert (code, [unit["unit"] for unit in units]) == (1, ["15", "18", "19", "20"])
    assert units[0]["source"].startswith('<strong><a name="square_production"></a></strong>\n\nsquare production')
    assert units[1]["source"] == "This is the design and development page"
    assert [message[:43] for message in messages[1:]] == ["table-escaped4.csv:45: has no source text. "]
    own = read_file(TABLES / "long-cell.csv")[1]
    assert [(unit["unit"], unit["kind"], unit["source"].count("\n")) for unit in own] == [
        ("7", "body", 16),
        ("8", "body", 0),
        ("2044", "headline", 0),
    ]
    assert own[0]["notes"] == ["section: Lokales"]


# --- plain text --------------------------------------------------------------------------------


def test_a_parallel_text_gives_its_pairs():
    german, google = shared_path("files/plain-eval1957.clean.de"), shared_path("files/plain-eval1957.google.fr")
    code, units, messages = read_file(german, target=google)
    assert (code, len(units), messages) == (0, 468, [])
    assert triples(units)[0] == ("1", "himalaya-chronik 1956 ", "Chronique Himalaya 1956")
    assert {(unit["source_lang"], unit["target_lang"]) for unit in units} == {("de", "fr")}


def test_texts_of_unequal_length_are_refused_with_both_counts():
    german, french = shared_path("files/plain-eval1957.clean.de"), shared_path("files/plain-eval1957.clean.fr")
    assert read_file(german, target=french) == (
        2,
        [],
        [
            "plain-eval1957.clean.fr: has 554 lines, but plain-eval1957.clean.de has 468. Line k of both has to be "
            "the same segment; nothing was read."
        ],
    )
    broken = SAMPLES / "parallel-broken"
    code, units, messages = read_file(broken / "source.de", target=broken / "engine-a.en")
    assert (code, units, messages[0][:43]) == (2, [], "engine-a.en: has 1 lines, but source.de has")


@pytest.mark.parametrize(
    ("name", "count", "language"),
    # One of the 468 lines of the machine's text is blank: beside its source a dropped sentence, by itself nothing.
    [("clean.de", 468, "de"), ("clean.fr", 554, "fr"), ("google.fr", 467, "fr")],
)
def test_a_plain_text_by_itself_is_a_sentence_a_line(name, count, language):
    code, units, _ = read_file(shared_path(f"files/plain-eval1957.{name}"))
    assert (code, len(units)) == (0, count)
    assert {(unit["target"], unit["source_lang"], unit["target_lang"]) for unit in units} == {(None, language, None)}


def test_a_blank_at_the_end_of_a_line_is_kept():
    assert triples(read_file(SAMPLES / "plain" / "trailing-blank.de")[1]) == [
        ("1", "chronik des hafens ", None),
        ("2", "noch ein satz ", None),
    ]


def test_only_line_feeds_end_a_line():
    case = shared_path("cases/plain-unicode-line-separators")
    code, units, _ = read_file(case / "input.de", target=case / "input.en")
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    assert (code, len(units)) == (0, expected["pairs"])
    for wanted in expected["check"]:
        assert triples(units)[wanted["line"] - 1] == (str(wanted["line"]), wanted["source"], wanted["target"])
    own = read_file(SAMPLES / "plain" / "separators.de", target=SAMPLES / "plain" / "separators.en")[1]
    assert triples(own)[2:] == [("3", "Dritte\x85Zei le.", "Third line."), ("4", "Vierte.", "Fourth.")]


# --- shared cases ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["csv-bom-header", "csv-german-excel-cp1252"])
def test_the_pairs_of_the_csv_cases_come_out(name):
    case = shared_path(f"cases/{name}")
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    code, units, _ = read_file(case / "input.csv")
    assert (code, len(units)) == (0, expected["units"])
    assert triples(units) == [(pair["id"], pair["source"], pair["target"]) for pair in expected["pairs"]]


def test_the_repeated_ids_of_the_case_are_told_with_both_lines():
    case = shared_path("cases/csv-duplicate-ids")
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    code, units, messages = read_file(case / "input.csv")
    assert (code, [unit["unit"] for unit in units]) == (1, ["d1", "d2"])
    for finding, message in zip(expected["findings"], messages, strict=True):
        first, second = finding["lines"]
        assert message.startswith(f"input.csv:{second}: repeats the id '{finding['id']}' of line {first}")
        assert ("a different source" in message) == ("different source" in finding["reason"])


@pytest.mark.parametrize("suffix", ["jsonl", "csv"])
def test_texts_that_look_like_formulas_are_kept_as_they_are(tmp_path, suffix):
    case = shared_path("cases/csv-formula-export-roundtrip")
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))["after_reimport"]
    path = case / "input.jsonl"
    if suffix == "csv":
        path = tmp_path / "input.csv"
        rows = ["id,source,target", *(",".join(f'"{row[key]}"' for key in row) for row in expected)]
        path.write_text("\n".join(rows), encoding="utf-8")
    code, units, _ = read_file(path)
    assert code == 0
    assert triples(units) == [(row["id"], row["source"], row["target"]) for row in expected]


def test_a_time_without_a_zone_is_read_in_the_newsrooms_and_that_is_said(settings):
    case = shared_path("cases/tz-naive-timestamps")
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    assert expected["site_time_zone"] == settings.TIME_ZONE
    code, units, messages = read_file(case / "input.jsonl")
    assert code == 0
    assert messages == ["input.jsonl:1: published has times without a zone; they are read as Europe/Berlin."]
    assert units[0]["notes"] == [f"published: {expected['export_shows']}"]


# --- every format ------------------------------------------------------------------------------


EVERY_FORMAT = [
    ("rows.csv", "csv", ("1", 'Er sagte: "Nein; niemals."', 'He said: "No, never."')),
    ("rows.jsonl", "jsonl", ("1", "Der Hafen bekommt neue Kräne", "The port gets new cranes")),
    ("parallel/source.de", "parallel", ("1", "Der Deich hält.", None)),
    ("article", "html", None),
    ("article/source.de.html", "html", None),
    ("translations/desk-2.xlf", "xliff", ("u1:s1", "Der Kran steht.", "The crane stands.")),
    ("rows.xlsx", "xlsx", ("1", "Der Kran steht.", "The crane stands.")),
    ("messages.po", "po", ("12", 'Der Kran\nsteht "still".', 'The crane\nstands "still".')),
    ("memories/regions.tmx", "tmx", ("kran-1", "Der Kran stand still.", "The crane stood still.")),
]


@pytest.mark.parametrize(("path", "name", "first"), EVERY_FORMAT)
def test_every_format_is_told_by_itself_and_by_name(path, name, first):
    code, units, _ = read_file(SAMPLES / path)
    assert code == 0
    assert units == read_file(SAMPLES / path, format=name)[1]
    assert first in (None, triples(units)[0])


def test_no_format_is_forgotten():
    assert {name for _, name, _ in EVERY_FORMAT} == set(BY_NAME)


def test_of_several_translations_the_named_or_the_first_is_the_target_and_the_rest_are_notes():
    (unit, *_) = read_file(SAMPLES / "rows.csv")[1]
    assert unit["target"] == 'He said: "No, never."'
    assert unit["notes"] == ["document: markt", "engine-a: He said: no.", "section: Lokales"]
    (unit, *_) = read_file(SAMPLES / "rows.jsonl")[1]
    assert unit["target"] == "The port gets new cranes"
    assert unit["notes"][:3] == [
        "document: hafen-1",
        "engine-b: The harbour gets new cranes",
        "reference: New cranes for the port",
    ]


def test_a_state_is_what_the_file_says(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"source": "Ja.", "target": "Yes.", "state": "final"}\n{"source": "Nein."}\n')
    assert [unit["state"] for unit in read_file(path)[1]] == ["final", None]


def test_languages_are_named_on_the_command_line_or_by_the_file(tmp_path):
    path = tmp_path / "tabelle.csv"
    path.write_text("fr,it\nOui.,Sì.\n")
    assert read_file(path)[0] == 2
    code, units, _ = read_file(path, source_lang="fr", target_lang="it")
    assert (code, triples(units)) == (0, [("2", "Oui.", "Sì.")])
    assert (units[0]["source_lang"], units[0]["target_lang"]) == ("fr", "it")


def test_a_page_gives_its_sentences_and_a_folder_its_aligned_pairs():
    folder = shared_path("articles/handy-sicherheitsluecke")
    code, units, _ = read_file(folder / "source.de.html")
    assert (code, len(units)) == (0, 22)
    assert {(unit["target"], unit["target_lang"]) for unit in units} == {(None, None)}
    assert units[0]["unit"] == "0.0"
    code, pairs, messages = read_file(folder)
    assert (code, messages[0][:47]) == (0, "handy-sicherheitsluecke: files that are no page")
    assert [unit["source"] for unit in pairs] == [unit["source"] for unit in units]
    first = pairs[0]
    assert first["target"] in (folder / "engine-a.en.html").read_text(encoding="utf-8")
    assert [note.partition(": ")[0] for note in first["notes"]] == ["engine-b", "reference"]
    assert (first["source_lang"], first["target_lang"]) == ("de", "en")


def test_translations_without_their_source_are_refused(tmp_path):
    (tmp_path / "engine-a.en.html").write_text("<article><p>The port is closed.</p></article>")
    code, units, messages = read_file(tmp_path)
    assert (code, units) == (2, [])
    assert messages[-1].endswith("has no source.de.html to read its translations beside.")


# --- refusals of the command line --------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("missing.csv", "missing.csv: cannot be read: No such file or directory."),
        ("report.pdf", "report.pdf: is in no format that can be told by itself. Name the format with --format: html"),
        ("empty.csv", "empty.csv: is empty. The first row has to name the columns."),
        ("header.csv", "header.csv: has no row under its header."),
        ("blank.jsonl", "blank.jsonl: is empty. JSON Lines has one object a line."),
        ("blank.txt", "blank.txt: is empty. Parallel text has one segment a line."),
    ],
)
def test_a_file_that_holds_nothing_to_read_is_refused(tmp_path, name, reason):
    for given, content in (("report.pdf", "%PDF-"), ("empty.csv", ""), ("header.csv", "source,target\n,\n , \n")):
        (tmp_path / given).write_text(content)
    for given in ("blank.jsonl", "blank.txt"):
        (tmp_path / given).write_text("\n \n\n")
    code, units, messages = read_file(tmp_path / name)
    assert (code, units) == (2, [])
    assert messages[0].startswith(reason)


@pytest.mark.parametrize(
    ("name", "option", "words"),
    [
        ("rows.csv", {"target": SAMPLES / "rows.csv"}, "--target is for Parallel text, but"),
        ("rows.jsonl", {"columns": "source"}, r"--columns is for CSV or TSV and Excel workbook \(XLSX\), but"),
    ],
)
def test_options_of_another_format_are_wrong_usage(name, option, words):
    with pytest.raises(CommandError, match=words) as error:
        read_file(SAMPLES / name, **option)
    assert error.value.returncode == 2


@pytest.mark.django_db
def test_no_query_is_made(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert read_file(SAMPLES / "rows.csv")[0] == 0
        assert read_file(SAMPLES / "article")[0] == 0


def test_bin_manage_reads_a_file_without_a_database(tmp_path):
    variables = {
        "WORKBENCH_DATA": str(tmp_path / "data"),
        "DATABASE_URL": f"sqlite:///{tmp_path}/nowhere/db.sqlite3",
        "SECRET_KEY": "x" * 40,
    }
    command = [BIN / "manage", "read_file", TABLES / "uneven.csv", "--columns", "source=Quelle"]
    done = subprocess.run(command, env=environment(**variables), capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert json.loads(done.stdout)["source"] == "Die Brücke ist auf"
    assert "uneven.csv:2: has 4 cells" in done.stderr
    assert not (tmp_path / "nowhere").exists()
