"""Parallel text: lines, documents, and files that do not belong together."""

import json

import pytest

from reviews.importing.formats.base import ReadError
from reviews.importing.formats.registry import BY_NAME
from tests.shared import shared_path

from .reading import SAMPLES, notices, options, read, refusal, rejected, rows


def write(tmp_path, **files):
    """Files named `source.de` for `source_de`, from text or bytes."""
    for name, content in files.items():
        path = tmp_path / name.replace("_", ".", 1)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return tmp_path / "source.de"


def sample(**given):
    folder = SAMPLES / "parallel"
    return read(
        "parallel",
        folder / "source.de",
        system_files={"engine-a": folder / "engine-a.en"},
        reference_files={"A": folder / "reference.en"},
        **given,
    )


def test_line_k_of_every_file_is_one_row():
    got = [(r.line, r.source.text, r.hypotheses["engine-a"].text, r.references["A"].text) for r in rows(sample())]
    assert got == [
        (1, "Der Deich hält.", "The dike holds.", "The dyke is holding."),
        (2, "Die Flut kommt um 4 Uhr.", "The tide comes at 4.", "High tide is at 4."),
        (3, "Der Turm ist zu.", "The tower is closed.", "The tower is shut."),
    ]


def test_without_a_docs_file_the_document_is_the_source_files_stem():
    assert {(row.document, row.id) for row in rows(sample())} == {("source", "1"), ("source", "2"), ("source", "3")}


def test_the_docs_file_gives_documents_sections_and_lines_within_a_document():
    got = [(r.document, r.id, r.meta.section) for r in rows(sample(docs=SAMPLES / "parallel" / "docs.tsv"))]
    assert got == [("flut", "1", "news"), ("flut", "2", "news"), ("turm", "1", "news")]


@pytest.mark.parametrize(
    ("docs", "expected"),
    [
        ("news\ta\nnews\ta\nblog\tb\n", [("a", "news"), ("a", "news"), ("b", "blog")]),
        ("a\na\nb\n", [("a", None), ("a", None), ("b", None)]),
        ("line\tdoc_id\n1\ta\n2\ta\n3\tb\n", [("a", None), ("a", None), ("b", None)]),
        ("domain\tx\tdoc_id\r\nnews\t1\ta\r\nnews\t2\ta\r\n\t3\tb", [("a", "news"), ("a", "news"), ("b", None)]),
    ],
)
def test_docs_files_come_with_a_header_or_without(tmp_path, docs, expected):
    source = write(tmp_path, source_de="1\n2\n3\n", docs_tsv=docs)
    got = [(row.document, row.meta.section) for row in rows(read("parallel", source, docs=tmp_path / "docs.tsv"))]
    assert got == expected


@pytest.mark.parametrize(
    ("docs", "line", "reason"),
    [
        ("a\nb\na\n", 3, "comes back to the document 'a', which ended in line 1. Put the lines of a document together"),
        ("a\nb\n", None, "has 2 lines, but "),
        ("x\ta\nb\ny\tc\n", 2, "has 1 tab-separated cells where the first row has 2."),
        ("1\t2\t3\n1\t2\t3\n1\t2\t3\n", 1, "has 3 tab-separated cells and names no doc_id: '1', '2', '3'."),
        ("a\n\na\n", 2, "has an empty document."),
        ("x\0\ta\nx\ta\nx\ta\n", 1, "holds a NUL character (U+0000, at character 2) in the domain."),
    ],
)
def test_a_docs_file_that_cannot_be_used_refuses_everything(tmp_path, docs, line, reason):
    source = write(tmp_path, source_de="1\n2\n3\n", docs_tsv=docs)
    with pytest.raises(ReadError) as refused:
        read("parallel", source, docs=tmp_path / "docs.tsv")
    assert refused.value.file == str(tmp_path / "docs.tsv")
    assert refused.value.line == line
    assert refused.value.reason.startswith(reason)


def test_only_line_feeds_end_a_line():
    case = shared_path("cases/plain-unicode-line-separators")
    items = read("parallel", case / "input.de", system_files={"mt": case / "input.en"})
    expected = json.loads((case / "expected.json").read_text())
    assert len(rows(items)) == expected["pairs"]
    fourth = rows(items)[3]
    assert {"line": fourth.line, "source": fourth.source.text, "target": fourth.hypotheses["mt"].text} == expected[
        "check"
    ][0]
    assert "\u2028" in rows(items)[1].source.text
    assert notices(items) == [(3, "holds form feeds or the like; they are read as blanks.")]


def test_files_of_unequal_length_are_refused_with_both_counts():
    broken = SAMPLES / "parallel-broken"
    line, reason = refusal("parallel", broken / "source.de", system_files={"engine-a": broken / "engine-a.en"})
    assert line is None
    assert reason.startswith(f"has 1 lines, but {broken / 'source.de'} has 2.")


def test_the_unaligned_yearbook_is_refused_and_its_line_by_line_translation_read():
    german = shared_path("files/plain-eval1957.clean.de")
    _, reason = refusal("parallel", german, system_files={"x": shared_path("files/plain-eval1957.clean.fr")})
    assert reason.startswith(f"has 554 lines, but {german} has 468.")
    items = read("parallel", german, system_files={"google": shared_path("files/plain-eval1957.google.fr")})
    assert len(rows(items)) == 468
    assert rows(items)[0].source.text == "himalaya-chronik 1956 "
    assert rows(items)[0].hypotheses["google"].text == "Chronique Himalaya 1956"


def test_the_wmt22_test_set_is_read_with_its_documents():
    data = shared_path("data/wmt22-de-en")
    items = read(
        "parallel",
        data / "source.de",
        system_files={"Online-B": data / "systems" / "Online-B.en"},
        reference_files={"A": data / "ref.A.en"},
        docs=data / "docs.tsv",
    )
    assert (len(rows(items)), len({row.document for row in rows(items)})) == (1984, 271)
    assert {row.meta.section for row in rows(items)} == {"news", "social", "ecommerce", "conversation"}
    expected = (data / "systems" / "Online-B.en").read_text(encoding="utf-8").split("\n")[:-1]
    assert [row.hypotheses["Online-B"].text for row in rows(items)] == expected
    assert rejected(items) == notices(items) == []


def test_a_bad_byte_is_refused_with_file_and_line_before_any_row(tmp_path):
    source = write(tmp_path, source_de="a\nb\n", mt_en=b"a\n\xfc\n")
    with pytest.raises(ReadError) as refused:
        BY_NAME["parallel"].read(source, options(system_files={"mt": tmp_path / "mt.en"}))
    assert str(refused.value).startswith(f"{tmp_path / 'mt.en'}:2: is not UTF-8: byte 0xFC at byte 1 of the line.")


def test_a_missing_final_line_feed_and_a_byte_order_mark_change_nothing(tmp_path):
    source = write(tmp_path, source_de=b"\xef\xbb\xbfa\r\nb", mt_en="x\ny\n")
    items = read("parallel", source, system_files={"mt": tmp_path / "mt.en"})
    assert [(row.source.text, row.hypotheses["mt"].text) for row in rows(items)] == [("a", "x"), ("b", "y")]


def test_lines_that_are_blank_everywhere_are_passed_over_but_counted(tmp_path):
    source = write(tmp_path, source_de="a\n\nb\n", mt_en="x\n \ny\n")
    items = read("parallel", source, system_files={"mt": tmp_path / "mt.en"})
    assert [(row.line, row.id) for row in rows(items)] == [(1, "1"), (3, "3")]


def test_an_empty_translation_is_a_dropped_sentence(tmp_path):
    source = write(tmp_path, source_de="a\nb\n", mt_en="x\n\n")
    assert rows(read("parallel", source, system_files={"mt": tmp_path / "mt.en"}))[1].hypotheses["mt"].text == ""


def test_a_translation_of_nothing_is_rejected(tmp_path):
    source = write(tmp_path, source_de="a\n\n", mt_en="x\ny\n")
    items = read("parallel", source, system_files={"mt": tmp_path / "mt.en"})
    assert [(line, document, reason[:46]) for line, document, reason in rejected(items)] == [
        (2, "source", "is empty, but a translation of it is not. Give")
    ]


def test_a_nul_character_is_rejected_in_the_file_that_holds_it(tmp_path):
    source = write(tmp_path, source_de="a\nb\n", mt_en="x\ny\0\n")
    items = read("parallel", source, system_files={"mt": tmp_path / "mt.en"})
    (bad,) = [item for item in items if item not in rows(items)]
    assert (bad.file, bad.line, bad.document) == (str(tmp_path / "mt.en"), 2, "source")
    assert bad.reason.startswith("holds a NUL character (U+0000, at character 2)")


@pytest.mark.parametrize("given", [{"system_files": {"a@": "mt.en"}}, {"reference_files": {"A+B": "mt.en"}}])
def test_names_that_cannot_be_used_are_refused(tmp_path, given):
    source = write(tmp_path, source_de="a\n", mt_en="x\n")
    files = {key: {name: tmp_path / path for name, path in value.items()} for key, value in given.items()}
    assert refusal("parallel", source, **files)[1].startswith("is given for a name that cannot be used: names the ")


@pytest.mark.parametrize("content", ["", "\n", " \n\u00a0\r\n"])
def test_a_source_without_text_is_refused(tmp_path, content):
    assert refusal("parallel", write(tmp_path, source_de=content))[1].startswith("is empty.")


def test_a_translation_of_blank_lines_alone_is_a_translation_that_dropped_everything(tmp_path):
    source = write(tmp_path, source_de="a\n", mt_en="\n")
    assert rows(read("parallel", source, system_files={"mt": tmp_path / "mt.en"}))[0].hypotheses["mt"].text == ""


def test_our_line_separators_and_trailing_blanks_stand_within_their_lines():
    folder = SAMPLES / "plain"
    items = read("parallel", folder / "separators.de", system_files={"mt": folder / "separators.en"})
    assert [(row.source.text, row.hypotheses["mt"].text) for row in rows(items)] == [
        ("Erste Zeile.", "First line."),
        ("Zweite\u2028Zeile.", "Second line."),
        ("Dritte\x85Zei le.", "Third line."),
        ("Vierte.", "Fourth."),
    ]
    got = rows(read("parallel", folder / "trailing-blank.de"))
    assert [row.source.text for row in got] == ["chronik des hafens ", "noch ein satz "]


def test_a_missing_translation_file_is_refused_by_name(tmp_path):
    source = write(tmp_path, source_de="a\n")
    assert refusal("parallel", source, system_files={"mt": tmp_path / "no.en"})[1].startswith("cannot be read: No such")
