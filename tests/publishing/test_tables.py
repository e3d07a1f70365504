"""Articles as tables and as plain text: there and back, and safe to open."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.importing.formats.base import ReadOptions
from reviews.importing.formats.table import Table
from reviews.publishing.export.article import Article, Piece, Writer
from reviews.publishing.export.registry import BY_NAME, FOR_SPREADSHEETS
from reviews.values import CodedText, DocumentMeta, ImportedRow
from tests.shared import shared_path

CSV, EXCEL, TEXT = BY_NAME["csv"], FOR_SPREADSHEETS["csv"], BY_NAME["text"]

#: What a table keeps: the reader strips nothing, but takes no empty source and no character XML does not know.
CELLS = st.text(st.sampled_from("'=+-@\t;,|\"\n aäß–"), min_size=1, max_size=12).filter(str.strip)


def article(*pieces: dict[str, Any], systems: tuple[str, ...] = ()) -> Article:
    made = tuple(
        Piece(
            segment=number,
            id=piece["id"],
            kind=piece.get("kind", "body"),
            block=number,
            source=CodedText(piece["source"]),
            target=CodedText(piece["target"]),
            state="approved",
            hypotheses={name: CodedText(text) for name, text in piece.get("hypotheses", {}).items()},
            added=piece.get("added", False),
        )
        for number, piece in enumerate(pieces)
    )
    return Article("nx-1", DocumentMeta(section="Security"), "de", "en", True, "Reviewed.", made, systems)


def written(writer: Writer, *articles: Article) -> bytes:
    return writer.begin(articles[0]) + b"".join(map(writer.write, articles))


def rows_of(content: bytes, folder: Path) -> list[ImportedRow]:
    path = folder / "exported.csv"
    path.write_bytes(content)
    items = list(Table().read(path, ReadOptions("de", "en", ZoneInfo("Europe/Berlin"), system="desk")))
    assert all(isinstance(item, ImportedRow) for item in items), items
    return [item for item in items if isinstance(item, ImportedRow)]


@pytest.mark.parametrize("writer", [CSV, EXCEL], ids=["plain", "for spreadsheets"])
def test_the_texts_of_the_case_come_back_as_they_were(tmp_path: Path, writer: Writer) -> None:
    case = shared_path("cases/csv-formula-export-roundtrip")
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))["after_reimport"]
    content = written(writer, article(*expected))
    got = [
        {"id": row.id, "source": row.source.text, "target": row.hypotheses["desk"].text}
        for row in rows_of(content, tmp_path)
    ]
    assert got == expected


def test_no_cell_of_the_case_opens_as_a_formula(tmp_path: Path) -> None:
    case = shared_path("cases/csv-formula-export-roundtrip")
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))["after_reimport"]
    content = written(EXCEL, article(*expected))
    assert content.startswith(b"\xef\xbb\xbf")
    cells = [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert "'s Gravenhage" in cells


@pytest.mark.parametrize("writer", [CSV, EXCEL], ids=["plain", "for spreadsheets"])
@given(texts=st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=4))
def test_whatever_stands_in_the_texts_comes_back(
    tmp_path_factory: pytest.TempPathFactory, writer: Writer, texts: list[tuple[str, str, str]]
) -> None:
    pieces = [
        {"id": str(number), "source": source, "target": target, "hypotheses": {"engine-a": machine}}
        for number, (source, target, machine) in enumerate(texts)
    ]
    rows = rows_of(written(writer, article(*pieces, systems=("engine-a",))), tmp_path_factory.mktemp("tables"))
    got = [(row.source.text, row.hypotheses["desk"].text, row.hypotheses["engine-a"].text) for row in rows]
    assert got == texts


def test_one_header_serves_every_article_and_every_engine_has_its_column(tmp_path: Path) -> None:
    first = article(
        {"id": "1", "source": "Eins.", "target": "One.", "hypotheses": {"engine-b": "1."}},
        systems=("engine-a", "engine-b"),
    )
    content = written(CSV, first, first)
    lines = content.decode().splitlines()
    assert lines[0].split(",") == [
        *("document", "id", "kind", "source", "target", "reference", "state", "covered_by"),
        *("mt:engine-a", "mt:engine-b", "section", "url", "published", "deadline"),
    ]
    assert lines[1:] == ["nx-1,1,body,Eins.,One.,,approved,,,1.,Security,,,"] * 2


def test_a_sentence_without_a_source_is_no_row_and_stands_in_the_text(tmp_path: Path) -> None:
    made = article(
        {"id": "h", "kind": "headline", "source": "Kopf", "target": "Head"},
        {"id": "s", "kind": "slug", "source": "kopf", "target": "head-slug"},
        {"id": "1", "source": "Eins.", "target": "One."},
        {"id": "2", "source": "", "target": "Kiel is a port.", "added": True},
    )
    assert [row.id for row in rows_of(written(CSV, made), tmp_path)] == ["h", "s", "1"]
    assert written(TEXT, made).decode() == "Head\n\nOne.\n\nKiel is a port.\n\nReviewed.\n"
