"""JSON Lines: what is read, and what each broken line is told."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.shared import shared_path

from .reading import SAMPLES, notices, read, refusal, rejected, rows


def write(tmp_path, *lines, name="doc.jsonl"):
    path = tmp_path / name
    path.write_bytes(b"".join(line if isinstance(line, bytes) else line.encode() + b"\n" for line in lines))
    return path


def record(**given):
    return json.dumps({"document": "d", "source": "Satz.", **given}, ensure_ascii=False)


def read_records(tmp_path, *records, **given):
    return read("jsonl", write(tmp_path, *records), **given)


def test_the_import_record_is_read_whole():
    first, second, third = rows(read("jsonl", SAMPLES / "rows.jsonl"))
    assert (first.line, first.document, first.id, first.kind) == (1, "hafen-1", "1", "headline")
    assert first.source.text == "Der Hafen bekommt neue Kräne"
    assert {name: text.text for name, text in first.hypotheses.items()} == {
        "engine-a": "The port gets new cranes",
        "engine-b": "The harbour gets new cranes",
    }
    assert {name: text.text for name, text in first.references.items()} == {"reference": "New cranes for the port"}
    assert (first.meta.section, first.meta.url) == ("Wirtschaft", "https://example.org/hafen-1")
    assert first.meta.deadline == datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert set(second.references) == {"A", "B"}
    assert (third.line, third.kind, third.hypotheses["imported"].text) == (
        4,
        "body",
        "The ferry “Möwe” leaves at 6 a.m.",
    )


def test_an_empty_translation_is_kept_and_null_is_none():
    row = rows(read("jsonl", SAMPLES / "rows.jsonl"))[1]
    assert row.hypotheses["engine-b"].text == ""


def test_null_gives_nothing(tmp_path):
    (row,) = rows(read_records(tmp_path, record(id=None, hypotheses={"a": None}, reference=None, kind=None)))
    assert (row.id, row.hypotheses, row.references, row.kind) == ("", {}, {}, "body")


def test_without_a_document_it_is_the_files_stem(tmp_path):
    path = write(tmp_path, '{"source": "Satz."}', name="nx-5.jsonl")
    assert rows(read("jsonl", path))[0].document == "nx-5"


def test_a_whole_number_serves_as_an_id(tmp_path):
    (row,) = rows(read_records(tmp_path, record(document=100, id=3)))
    assert (row.document, row.id) == ("100", "3")


def test_text_is_kept_in_nfc_without_soft_hyphens_and_otherwise_as_it_is(tmp_path):
    (row,) = rows(read_records(tmp_path, record(source="\t Stra\u00adßen\u00a0fu\u0308r 😀 ")))
    assert row.source.text == "\t Straßen\u00a0für 😀 "


def test_the_target_belongs_to_the_system_that_was_named(tmp_path):
    (row,) = rows(read_records(tmp_path, record(target="S."), system="engine-a"))
    assert row.hypotheses["engine-a"].text == "S."


def test_the_target_is_a_reference_in_that_role(tmp_path):
    (row,) = rows(read_records(tmp_path, record(target="S."), role="reference", reference="B"))
    assert (row.hypotheses, row.references["B"].text) == ({}, "S.")


def test_in_the_role_of_a_source_translations_are_left_out_and_that_is_said(tmp_path):
    items = read_records(tmp_path, record(target="S."), record(target="T."), role="source")
    assert [row.hypotheses for row in rows(items)] == [{}, {}]
    assert notices(items) == [(1, "translations are left out: the file was given with the role source.")]


def test_unknown_keys_are_named_once_and_our_own_exports_keys_never(tmp_path):
    items = read_records(tmp_path, record(colour=1), record(colour=2, state="approved", covered_by="1"))
    assert notices(items) == [(1, "the key 'colour' is not known and not read.")]
    assert [row.state for row in rows(items)] == [None, "approved"]


def test_blank_lines_a_byte_order_mark_and_windows_line_ends_are_no_trouble(tmp_path):
    path = write(tmp_path, b"\xef\xbb\xbf", record(), "", "   ", record().encode() + b"\r\n", record().encode())
    assert [row.line for row in rows(read("jsonl", path))] == [1, 4, 5]


def test_one_instant_in_three_spellings_is_one_instant_and_a_missing_zone_is_said():
    items = read("jsonl", shared_path("cases/tz-naive-timestamps/input.jsonl"))
    expected = json.loads(shared_path("cases/tz-naive-timestamps/expected.json").read_text())
    assert {row.id: row.meta.published.astimezone(UTC) for row in rows(items)} == {
        number: datetime.fromisoformat(time) for number, time in expected["utc"].items()
    }
    assert notices(items) == [(1, "published has times without a zone; they are read as Europe/Berlin.")]


def test_a_time_keeps_the_zone_it_names(tmp_path):
    (row,) = rows(read_records(tmp_path, record(deadline="2026-07-01T12:00:00-05:00")))
    assert row.meta.deadline.utcoffset() == timedelta(hours=-5)


def test_texts_that_look_like_formulas_come_in_unchanged():
    case = shared_path("cases/csv-formula-export-roundtrip")
    expected = json.loads((case / "expected.json").read_text())["after_reimport"]
    got = rows(read("jsonl", case / "input.jsonl"))
    assert [
        {"id": row.id, "source": row.source.text, "target": row.hypotheses["imported"].text} for row in got
    ] == expected


BROKEN = [
    ('{"source": "x"', "is no JSON: Expecting ',' delimiter at character 15. Give one object a line."),
    ('{"source": "x', "is no JSON: Unterminated string starting at character 12. Give one object a line."),
    ('{"source": "a\tb"}', "is no JSON: Invalid control character at character 14. Give one object a line."),
    ('["x"]', "holds ['x'] instead of an object. Give one object a line."),
    ("7", "holds 7 instead of an object. Give one object a line."),
    (record(source=None), "has no source text. Give every row its source, or leave the row out."),
    (record(source="  \u00a0"), "has no source text. Give every row its source, or leave the row out."),
    ('{"document": "d"}', "has no source text. Give every row its source, or leave the row out."),
    (record(source=["x"]), "has ['x'] for source. Write text in quotation marks."),
    (record(id=True), "has True for id. Write text in quotation marks."),
    (record(id=1.5), "has 1.5 for id. Write text in quotation marks."),
    (record(kind="absatz"), "has the unknown kind 'absatz'. Known kinds: kicker, headline, teaser,"),
    (record(document=" "), "has an empty document. Fill it in every row, or leave the field out."),
    (record(document="x" * 201), "has a document of 201 characters ("),
    (record(id="a\nb"), "has the id 'a\\nb'. Take out line breaks, tabs and invisible characters."),
    (record(hypotheses=["x"]), 'has [\'x\'] for hypotheses. Write an object: {"name": "text"}.'),
    (record(hypotheses={"a": 1}), "has 1 for 'a' in hypotheses. Write text in quotation marks."),
    (record(hypotheses={"": "x"}), "names the system ''. Write a name, or name@version."),
    (record(hypotheses={"a@": "x"}), "names the system 'a@'. Write a name, or name@version."),
    (record(hypotheses={"a" * 101: "x"}), "names the system 'aaa"),
    (record(references={"A+B": "x"}), "names the reference 'A+B'. Write a name of at most 100 characters without +."),
    (record(reference="x", references={"reference": "y"}), "gives 'reference' twice, by itself and in references."),
    (
        record(target="x", hypotheses={"imported": "y"}),
        "gives 'imported' twice, as the target and by its name, and they differ.",
    ),
    ('{"source": "a", "source": "b"}', "has the key 'source' twice. Keep one of them."),
    ('{"source": "a", "id": NaN}', "holds NaN, which is no JSON. Write null, or leave the key out."),
    (record(published="2.3.2026"), "has '2.3.2026' for published, which is no time in ISO 8601. Write it like "),
    (record(deadline="0001-01-01T00:00:00"), "has '0001-01-01T00:00:00' for deadline, which is no time in ISO 8601."),
    (record(source="a\u0000b"), "holds a NUL character (U+0000, at character 2) in source, which no text may hold."),
    (record(source="a\u0007b"), "holds a character (U+0007, at character 2) in source"),
    (record(source="a\uffffb"), "holds a character (U+FFFF, at character 2) in source"),
    ('{"source": "\\ud800"}', "holds half of a surrogate pair (U+D800, at character 1) in source"),
    (record(section="a\u0000"), "holds a NUL character (U+0000, at character 2) in section"),
    (record(hypotheses={"a": "\u0000"}), "holds a NUL character (U+0000, at character 1) in system 'a'"),
    (b'{"source": "Stra\xdfe"}\n', "is not UTF-8: byte 0xDF at byte 17 of the line. Save the file as UTF-8"),
    ('{"source": ' + "[" * 100_000 + "]" * 100_000 + "}", "is nested too deeply. Give one flat object a line."),
    ('{"source": ' + "9" * 5000 + "}", "is no JSON: Exceeds the limit (4300 digits) for integer string conversion"),
]


@pytest.mark.parametrize(("line", "reason"), BROKEN)
def test_a_broken_line_is_rejected_with_its_number_and_a_remedy(tmp_path, line, reason):
    items = read_records(tmp_path, record(id="before"), line, record(id="after"))
    assert [row.id for row in rows(items)] == ["before", "after"]
    lines = {number for number, _, _ in rejected(items)}
    assert lines == {2}
    assert rejected(items)[0][2].startswith(reason)


def test_a_character_beyond_the_basic_plane_written_as_two_escapes_is_one(tmp_path):
    (row,) = rows(read_records(tmp_path, '{"source": "\\ud83d\\ude00"}'))
    assert row.source.text == "😀"


def test_an_id_that_comes_twice_is_rejected_with_both_lines(tmp_path):
    items = read_records(tmp_path, record(id="a"), record(id="a"), record(id="a", source="Anders."))
    assert rejected(items) == [
        (2, "d", "repeats the id 'a' of line 1 with the same source. Give every row of a document an id of its own."),
        (
            3,
            "d",
            "repeats the id 'a' of line 1 with a different source. Give every row of a document an id of its own.",
        ),
    ]


def test_one_id_in_two_documents_is_no_repetition(tmp_path):
    assert len(rows(read_records(tmp_path, record(id="a"), record(id="a", document="e")))) == 2


def test_a_line_of_an_unknown_document_is_rejected_for_both_its_neighbours(tmp_path):
    items = read_records(tmp_path, record(document="a"), "{", record(document="b"), record(document="b"))
    assert [(line, document) for line, document, _ in rejected(items)] == [(2, "a"), (2, "b")]


def test_a_line_of_an_unknown_document_within_one_is_rejected_for_that_one(tmp_path):
    items = read_records(tmp_path, record(document="a"), "{", record(document="a"))
    assert [(line, document) for line, document, _ in rejected(items)] == [(2, "a")]


def test_broken_lines_before_the_first_row_belong_to_its_document(tmp_path):
    items = read_records(tmp_path, "{", "[", record(document="a"))
    assert [(line, document) for line, document, _ in rejected(items)] == [(1, "a"), (2, "a")]


def test_a_file_of_broken_lines_alone_names_no_document(tmp_path):
    assert [(line, document) for line, document, _ in rejected(read_records(tmp_path, "{"))] == [(1, None)]


def test_the_broken_sample_is_told_line_by_line():
    items = read("jsonl", SAMPLES / "rows-broken.jsonl")
    assert [row.document for row in rows(items)] == ["gut", "gut-2"]
    assert {line for line, document, _ in rejected(items) if document == "schlecht"} == set(range(2, 11))


def test_a_line_too_long_to_be_a_record_is_rejected_and_the_next_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr("reviews.importing.formats.text.LONGEST_LINE", 100)
    monkeypatch.setattr("reviews.importing.formats.jsonl.LONGEST_LINE", 100)
    items = read_records(tmp_path, record(source="x" * 500), record(id="next"))
    assert [row.id for row in rows(items)] == ["next"]
    assert rejected(items)[0][0::2] == (1, "is longer than 100 bytes. Is this JSON Lines?")


@pytest.mark.parametrize("content", [b"", b"\n \r\n", b"\xef\xbb\xbf\n"])
def test_a_file_without_a_record_is_no_success(tmp_path, content):
    assert refusal("jsonl", write(tmp_path, content)) == (None, "is empty. JSON Lines has one object a line.")


def test_a_missing_file_is_refused_by_name(tmp_path):
    line, reason = refusal("jsonl", tmp_path / "no.jsonl")
    assert (line, reason) == (None, "cannot be read: No such file or directory.")


def test_a_source_of_soft_hyphens_alone_is_none(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text('{"source": "\\u00ad "}\n', encoding="utf-8")
    assert rejected(read("jsonl", path))[0][2].startswith("has no source text")
