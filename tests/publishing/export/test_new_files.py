"""New files of translation tools: whatever is written is read again as the same segments, and keeps the rules."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.importing.formats.registry import BY_NAME as READERS
from reviews.publishing.export.article import Article, ExportError, Piece
from reviews.publishing.export.registry import BY_NAME
from reviews.values import CodedText, DocumentMeta, ImportedRow, InlineCode, normalise
from tests.importing.formats.reading import options
from tests.shared import shared_path

from . import tmx_rules, xliff_rules

#: The formats in which an article is written anew, each with the reader that takes it.
FORMATS = {"xliff": "xliff", "xliff2": "xliff", "tmx": "tmx", "po": "po", "xlsx": "xlsx"}
WITH_CODES = ("xliff", "xliff2", "tmx")

CHARACTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff")
TEXTS = st.text(st.one_of(CHARACTERS, st.sampled_from("\t\n\r&<>\"'=+-@\\%{}]")), min_size=1, max_size=30)
#: What readers give codes as ids.
IDS = st.lists(
    st.text(CHARACTERS.filter(lambda c: not c.isspace() and c not in "⟦⟧/"), min_size=1),
    min_size=2,
    max_size=2,
    unique=True,
).filter(lambda ids: "s" not in ids)
FILLED = TEXTS.map(normalise).filter(str.strip)


def piece(number: int, source: CodedText | str, target: CodedText | str | None, **given: Any) -> Piece:
    source, target = (CodedText(text) if isinstance(text, str) else text for text in (source, target))
    assert source is not None
    values = {"id": str(number), "kind": "body", "state": "approved", "block": number, **given}
    return Piece(segment=number, source=source, target=target, **values)


def article(*pieces: Piece, document: str = "nx-1") -> Article:
    return Article(document, DocumentMeta(), "de", "en-GB", True, "Reviewed & approved.", pieces, ("engine-a",))


def written(name: str, *articles: Article) -> bytes:
    output = BY_NAME[name].start()
    parts = [output.begin(articles[0]), *map(output.write, articles), *output.end()]
    return b"".join(parts)


def read_again(name: str, content: bytes, folder: Path) -> list[ImportedRow]:
    path = folder / f"nx-1.{BY_NAME[name].suffix}"
    path.write_bytes(content)
    items = list(READERS[FORMATS[name]].read(path, options()))
    assert all(isinstance(item, ImportedRow) for item in items), items
    return [item for item in items if isinstance(item, ImportedRow)]


def broken_rules(name: str, content: bytes) -> list[str]:
    return (tmx_rules if name == "tmx" else xliff_rules).broken_rules(content)


def coded(text: str, *codes: tuple[str, Any, int]) -> CodedText:
    """A text with codes of HTML, each by id, part and place."""
    raw = {"open": '<a href="x?a&b">', "close": "</a>", "single": "<br>"}
    return CodedText(text, tuple(InlineCode(i, "link", part, pos, raw[part]) for i, part, pos in codes))


@pytest.mark.parametrize("name", FORMATS)
@settings(deadline=None, max_examples=30)
@given(texts=st.lists(st.tuples(FILLED, FILLED), min_size=1, max_size=4))
def test_every_text_comes_back(
    tmp_path_factory: pytest.TempPathFactory, name: str, texts: list[tuple[str, str]]
) -> None:
    content = written(name, article(*(piece(i, *pair) for i, pair in enumerate(texts, 1))))
    rows = read_again(name, content, tmp_path_factory.mktemp("new"))
    assert [(row.source.text, row.hypotheses["imported"].text) for row in rows] == texts
    numbers = [str(i + 1) for i in range(len(texts))]
    assert [row.id or row.notes[0].removeprefix("context: ") for row in rows] == numbers
    if name in WITH_CODES:
        assert broken_rules(name, content) == []


@pytest.mark.parametrize("name", WITH_CODES)
@settings(deadline=None)
@given(
    places=st.lists(st.integers(0, 12), min_size=4, max_size=4).map(sorted),
    ids=IDS,
)
def test_codes_come_back_where_they_stood(
    tmp_path_factory: pytest.TempPathFactory, name: str, places: list[int], ids: list[str]
) -> None:
    """Also where they overlap, lost their other half, or have ids that the format does not allow."""
    a, b, c, d = places
    source = coded("Eins & zwei.", (ids[0], "open", a), (ids[1], "open", b), (ids[0], "close", c), (ids[1], "close", d))
    target = coded("One and two.", (ids[1], "open", a), ("s", "single", b), (ids[1], "close", c), (ids[0], "open", d))
    content = written(name, article(piece(1, source, target)))
    assert broken_rules(name, content) == []
    (row,) = read_again(name, content, tmp_path_factory.mktemp("new"))
    for before, after in ((source, row.source), (target, row.hypotheses["imported"])):
        assert after.text == before.text
        paired = {code.id for code in before.codes if code.part == "close"}
        parts = [(code.pos, code.part if code.id in paired else "single") for code in before.codes]
        assert [(code.pos, code.part) for code in after.codes] == parts


#: One article with all that can become of a segment.
EVERYTHING = article(
    piece(1, "Kopf", "Head", kind="headline", id="kopf 1"),
    piece(2, "Eins.", "One, two.", state="reviewed"),
    piece(3, "Zwei.", None, covered_by="2", state="reviewed"),
    piece(4, "", "Added.", added=True, state="reviewed"),
    piece(
        5,
        coded('Ein "Wort"\n', ("1", "open", 4), ("1", "close", 10), ("2", "single", 10)),
        coded("\tA <word>", ("2", "single", 0), ("1", "open", 3), ("1", "close", 9)),
        state="new",
    ),
    piece(6, "Vier.", "", state="approved"),
    piece(7, "Fünf.", None, state="new"),
)


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "xlsx"])
def test_a_file_says_what_was_decided_and_what_the_text_is(name: str) -> None:
    expected = Path(__file__).parent / "expected" / f"{name}.{BY_NAME[name].suffix}"
    assert written(name, EVERYTHING).decode() == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("side", ["source", "target"])
def test_a_character_that_xml_cannot_hold_is_refused_with_its_segment(name: str, side: str) -> None:
    texts = {"source": "Eins.", "target": "One.", side: "bell\x07"}
    output = BY_NAME[name].start()
    made = article(piece(1, "Eins.", "One."), piece(2, texts["source"], texts["target"], id="b"))
    output.begin(made)
    with pytest.raises(ExportError, match=r"Segment b holds a character \(U\+0007, at character 5\)"):
        output.write(made)
    assert written(name, article(piece(1, "Eins.", "One.")))


def test_a_memory_has_each_translation_with_all_that_it_translates() -> None:
    made = article(
        piece(1, "Eins.", "One, two."),
        piece(2, "Zwei.", None, covered_by="1"),
        piece(3, "", "Added.", added=True),
        piece(4, "Vier.", ""),
        piece(5, "Fünf.", None, covered_by="4"),
        piece(6, "Sechs.", None, state="new"),
    )
    content = written("tmx", made).decode()
    assert content.count("<tu ") == 1
    assert '<tuv xml:lang="de"><seg>Eins. Zwei.</seg></tuv><tuv xml:lang="en-GB"><seg>One, two.</seg></tuv>' in content


def test_a_catalogue_has_no_message_twice(tmp_path: Path) -> None:
    """The same text under the same id, in another article, would make it one that no program takes."""
    first = article(piece(1, "Nachrichten", "News"), piece(2, "Eins.", "One."))
    second = article(piece(1, "Nachrichten", "Newsroom"), piece(2, "Zwei.", "Two."), document="nx 2")
    content = written("po", first, second).decode()
    contexts = re.findall(r'msgctxt "(.*)"\nmsgid "(.*)"', content)
    assert contexts == [("1", "Nachrichten"), ("2", "Eins."), ("nx 2:1", "Nachrichten"), ("2", "Zwei.")]
    assert len(read_again("po", content.encode(), tmp_path)) == 4
    assert "#: nx-1\n" in content
    assert "#: \u2068nx 2\u2069\n" in content


def test_a_translation_nobody_reviewed_is_fuzzy_in_a_catalogue() -> None:
    states = ("new", "in_review", "sent_back", "source_changed", "reviewed", "approved")
    made = article(*(piece(i, f"Satz {i}.", f"Sentence {i}.", state=state) for i, state in enumerate(states, 1)))
    messages = written("po", made).decode().split("\n\n")[1:]
    assert ["#, fuzzy" in message for message in messages] == [True, True, True, True, False, False]


# --- workbooks ---------------------------------------------------------------------------------


def test_no_cell_of_the_case_is_a_formula_and_every_text_is_as_it_was(tmp_path: Path) -> None:
    expected = json.loads(shared_path("cases/csv-formula-export-roundtrip/expected.json").read_text("utf-8"))
    wanted = [(row["source"], row["target"]) for row in expected["after_reimport"]]
    content = written("xlsx", article(*(piece(i, *texts) for i, texts in enumerate(wanted, 1))))
    rows = read_again("xlsx", content, tmp_path)
    assert [(row.source.text, row.hypotheses["imported"].text) for row in rows] == wanted
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.value for cell in cells if cell.quotePrefix} == {
        text for pair in wanted for text in pair if text[0] in "=+-@\t"
    } | {"'-tuning'"}


@pytest.mark.parametrize("text", ["#REF!", "_x000D_", "a\rb", " blank ", "TRUE", "1.50", "x" * 32_767])
def test_texts_that_a_workbook_could_take_for_something_else_come_back(tmp_path: Path, text: str) -> None:
    (row,) = read_again("xlsx", written("xlsx", article(piece(1, text, text))), tmp_path)
    assert (row.source.text, row.hypotheses["imported"].text) == (text, text)


def test_a_text_no_cell_takes_is_refused_and_the_others_are_written(tmp_path: Path) -> None:
    output = BY_NAME["xlsx"].start()
    output.begin(article(piece(1, "Eins.", "One.")))
    with pytest.raises(ExportError, match="Segment b has 32,768 characters in target, and a cell takes 32,767"):
        output.write(article(piece(1, "Eins.", "One."), piece(2, "Zwei.", "\U0001f44c" * 16_384, id="b")))
    output.write(article(piece(1, "Drei.", "Three.")))
    (row,) = read_again("xlsx", b"".join(output.end()), tmp_path)
    assert row.source.text == "Drei."


def test_the_same_articles_are_the_same_workbook_at_any_time(monkeypatch: pytest.MonkeyPatch) -> None:
    once = written("xlsx", EVERYTHING)
    monkeypatch.setattr("time.localtime", lambda *_: (2031, 5, 6, 7, 8, 9, 1, 126, 0))
    assert written("xlsx", EVERYTHING) == once
    core = zipfile.ZipFile(io.BytesIO(once)).read("docProps/core.xml")
    assert b"dcterms:created" not in core
    assert b"dcterms:modified" not in core


@pytest.mark.parametrize("name", ["xliff", "xliff2"])
def test_several_articles_are_files_of_one(name: str, tmp_path: Path) -> None:
    first = article(piece(1, "Eins.", "One."))
    second = article(piece(1, "Zwei.", "Two."), document="nx-2")
    content = written(name, first, second)
    assert broken_rules(name, content) == []
    got = [(row.document, row.id, row.hypotheses["imported"].text) for row in read_again(name, content, tmp_path)]
    assert got == [("nx-1:nx-1", "1", "One."), ("nx-1:nx-2", "1", "Two.")]
