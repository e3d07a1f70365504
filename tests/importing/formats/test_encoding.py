"""In which encoding a table is: told by its bytes, never by replacing any."""

import codecs
import json

import pytest

from reviews.importing.formats import encoding
from reviews.importing.formats.base import ReadError
from reviews.importing.formats.encoding import find_encoding
from tests.shared import shared_path

from .reading import notices, pairs, read

TABLE = "source;target\nGröße „ja“;Size “yes”\n"
REMEDY = "Save the file as UTF-8 and import it again."


def found(tmp_path, content):
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    return find_encoding(path, "table.csv")


def refused(tmp_path, content):
    with pytest.raises(ReadError) as error:
        found(tmp_path, content)
    return error.value.line, error.value.reason


@pytest.mark.parametrize(
    ("codec", "mark", "named"),
    [
        ("utf-8", b"", None),
        ("utf-8", codecs.BOM_UTF8, None),
        ("utf-16-le", codecs.BOM_UTF16_LE, "is read as UTF-16 LE, told by its byte order mark."),
        ("utf-16-be", codecs.BOM_UTF16_BE, "is read as UTF-16 BE, told by its byte order mark."),
        ("utf-16-le", b"", "is read as UTF-16 LE, told by the NUL bytes between its letters."),
        ("utf-16-be", b"", "is read as UTF-16 BE, told by the NUL bytes between its letters."),
        (
            "cp1252",
            b"",
            "is read as Windows-1252, since it is not UTF-8 (byte 0xF6 in line 2, byte 17 of the file). See that "
            "'Größe' is right.",
        ),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_same_text_comes_out_of_every_encoding_and_the_encoding_is_said(tmp_path, codec, mark, named, end):
    path = tmp_path / "table.csv"
    path.write_bytes(mark + TABLE.replace("\n", end).encode(codec))
    items = read("csv", path)
    assert pairs(items) == [("Größe „ja“", "Size “yes”")]
    # With two characters at the end of a line the byte stands one later.
    expected = named.replace("byte 17", "byte 18") if named and end == "\r\n" else named
    assert notices(items) == ([(None, expected)] if expected else [])


def test_characters_beyond_the_basic_plane_come_out_of_utf_16(tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes("source,target\n𝒜😀,x\n".encode("utf-16"))
    assert pairs(read("csv", path)) == [("𝒜😀", "x")]


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (codecs.BOM_UTF8 + b"a\n\xfc", 2, "begins as UTF-8, but is not: byte 0xFC in line 2, byte 6 of the file."),
        (codecs.BOM_UTF16_LE + b"a\0\n\0b", 2, "begins as UTF-16 LE, but is not: byte 0x62 in line 2, byte 7 of"),
        (codecs.BOM_UTF16_BE + b"\0a\0\n\xd8\0\0b", 2, "begins as UTF-16 BE, but is not: byte 0xD8 in line 2, byte 7"),
        (b"a\0,\0\n\0x\xdc", 2, "begins as UTF-16 LE, but is not: byte 0x78 in line 2, byte 7 of the file."),
        (codecs.BOM_UTF32_LE + "a".encode("utf-32-le"), 1, "is UTF-32."),
        (codecs.BOM_UTF32_BE + "a".encode("utf-32-be"), 1, "is UTF-32."),
        (
            b"\xfc\n\n\x81",
            1,
            "is neither UTF-8 (byte 0xFC in line 1, byte 1 of the file) nor Windows-1252 (byte 0x81 in",
        ),
        ("ü\nß\n".encode() + b"\xfc", 3, "is UTF-8 in part, but not here: byte 0xFC in line 3, byte 7 of the file."),
        (b"\xfc\n" + "ü\n".encode(), 1, "is UTF-8 in part, but not here: byte 0xFC in line 1, byte 1 of the file."),
        (b"\xfc\n" + "ą\n".encode(), 1, "is UTF-8 in part, but not here: byte 0xFC in line 1, byte 1 of the file."),
        (b"\xfc\n" + "😀".encode(), 1, "is UTF-8 in part, but not here: byte 0xFC in line 1, byte 1 of the file."),
        ("a\n€".encode()[:-1], 2, "is UTF-8 in part, but not here: byte 0xE2 in line 2, byte 3 of the file."),
        ("a\n😀".encode()[:-1], 2, "is UTF-8 in part, but not here: byte 0xF0 in line 2, byte 3 of the file."),
    ],
)
def test_bytes_that_fit_no_encoding_refuse_the_file_with_line_and_byte(tmp_path, content, line, reason):
    got, said = refused(tmp_path, content)
    assert (got, said[: len(reason)]) == (line, reason)
    assert said.endswith(REMEDY)


@pytest.mark.parametrize(
    "text", ["„Spaß“", "„Café“ –", "MENÜ“", "„Hä…“", "à\u00a0", "Straße", "ß", "Größe–ß…", "naïve…”"]
)
def test_german_that_looks_like_utf_8_in_places_is_windows_1252(tmp_path, text):
    content = f"„ä“\n{text}".encode("cp1252")
    file = found(tmp_path, content)
    with file.opened() as stream:
        assert stream.read() == f"„ä“\n{text}"
    assert file.codec == "cp1252"


@pytest.mark.parametrize("size", range(1, 12))
def test_the_place_of_a_bad_byte_is_right_wherever_the_file_is_read_in_pieces(tmp_path, monkeypatch, size):
    monkeypatch.setattr(encoding, "_CHUNK", size)
    good = "source\r\nä€😀\r\n\r\nü\rx\n".encode()
    assert refused(tmp_path, good + b"\xff\n") == (
        6,
        f"is UTF-8 in part, but not here: byte 0xFF in line 6, byte {len(good) + 1} of the file. {REMEDY}",
    )


@pytest.mark.parametrize("size", range(1, 8))
@pytest.mark.parametrize("character", ["ü", "€", "😀"])
def test_a_character_in_utf_8_is_seen_across_pieces(tmp_path, monkeypatch, size, character):
    monkeypatch.setattr(encoding, "_CHUNK", size)
    assert refused(tmp_path, b"\xfc\nxyz" + character.encode() + b"abc")[1].startswith("is UTF-8 in part")


@pytest.mark.parametrize("size", range(1, 8))
def test_german_quotations_are_windows_1252_across_pieces(tmp_path, monkeypatch, size):
    monkeypatch.setattr(encoding, "_CHUNK", size)
    assert found(tmp_path, "a „Spaß“ „Hä…“ ü".encode("cp1252")).codec == "cp1252"


def test_a_byte_far_down_decides_as_one_at_the_beginning_does(tmp_path):
    ascii_lines = b"source,target\n" + b"Satz,Sentence\n" * 200_000
    assert found(tmp_path, ascii_lines + b"Gr\xfc\xdfe,x\n").codec == "cp1252"
    line, reason = refused(tmp_path, "ü,x\n".encode() + ascii_lines + b"Gr\xfc\xdfe,x\n")
    assert line == 200_003
    assert "byte 0xFC in line 200003, byte 2,800,022 of the file." in reason


def test_a_nul_in_a_cell_makes_no_utf_16(tmp_path):
    assert found(tmp_path, b"a,b,c\n\0,2,3\n").codec == "utf-8"


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path):
    file = found(tmp_path, b"source\n")
    file.path.write_bytes(b"source\n\xff\n")
    with pytest.raises(ReadError, match=r"table\.csv: was changed while it was read"), file.opened() as stream:
        stream.read()


def test_german_excel_in_windows_1252_is_read_as_the_case_expects():
    case = shared_path("cases/csv-german-excel-cp1252")
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    assert find_encoding(case / "input.csv", "input.csv").codec == expected["encoding"]
    items = read("csv", case / "input.csv")
    assert pairs(items) == [(pair["source"], pair["target"]) for pair in expected["pairs"]]
    assert not any(bad in text for text in map(str, pairs(items)) for bad in expected["must_not_contain"])
