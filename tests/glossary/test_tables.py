"""Tables of terms are taken whole or refused line by line, and come back as they were."""

from __future__ import annotations

import pytest

from reviews.glossary.tables import MOST_BYTES, MOST_ROWS, read_table, write_table
from reviews.glossary.terms import TermValue

LANGUAGES = (("German", "Deutsch", "de"), ("English", "Englisch", "en"))
BNA = TermValue("Bundesnetzagentur", "Federal Network Agency")


def read(text: str | bytes):
    return read_table(text.encode() if isinstance(text, str) else text, "terms.csv", LANGUAGES)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Bundesnetzagentur\tFederal Network Agency\n", [BNA]),
        ("Bundesnetzagentur;Federal Network Agency", [BNA]),
        ("Bundesnetzagentur,Federal Network Agency\r\n\r\n", [BNA]),
        ("Deutsch;Englisch\nBundesnetzagentur;Federal Network Agency", [BNA]),
        ("target,source\nFederal Network Agency,Bundesnetzagentur", [BNA]),
        ('"Karlsruhe, BGH";"Federal Court; Justice"', [TermValue("Karlsruhe, BGH", "Federal Court; Justice")]),
        ("Rat\tcouncil\tdo not use", [TermValue("Rat", "council", "avoid")]),
        ("Rat\tcouncil\tonly in Berlin", [TermValue("Rat", "council", "preferred", "only in Berlin")]),
        ("Rat\tcouncil\t\tin Berlin", [TermValue("Rat", "council", "preferred", "in Berlin")]),
        (
            "Quelle\tZiel\tHinweis\tVerwendung\nRat\tcouncil\tx\tNicht verwenden",
            [TermValue("Rat", "council", "avoid", "x")],
        ),
        ("  Großer \u00a0 Rat ,  great\u00ad council ", [TermValue("Großer Rat", "great council")]),
        ("Behörde;authority".encode("cp1252"), [TermValue("Behörde", "authority")]),
        ("\ufeffBehörde;authority".encode("utf-16-le"), [TermValue("Behörde", "authority")]),
    ],
)
def test_a_table_is_read(text, terms) -> None:
    table = read(text)
    assert not table.problems
    assert list(table.terms) == terms


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("Rat\tcouncil\nOrt\t", 2, "The translation is missing. Write it out."),
        ("Rat\tcouncil\n…\tdots", 2, "The term “…” has no letter or number. Write it out."),
        ("Rat\tcouncil\tmaybe\tnote", 1, "“maybe” is no use. Write “preferred” or “do not use”, or leave it empty."),
        ("Rat\tcouncil\nder Rat \t x\nRAT\tc\nRat \tcouncil", 4, "“Rat” with “council” stands in line 1 already."),
        ("Rat\tcoun\u202ecil", 1, "The translation “council” holds the invisible character U+202E. Type it anew."),
        ("Rat\tcoun\x00cil", 1, "U+0000"),
        ("Rat\t⟦1⟧council", 1, "which stand for links in a text"),
        (f"{'R' * 201}\tcouncil", 1, "has 201 characters; it may have 200. Shorten it."),
        (f"{'a ' * 21}\tcouncil", 1, "more than 20 words"),
        ("Rat\ta\tuse\tnote\tmore", 1, "belongs to no column"),
        ('Rat\tcouncil\n"Ort\tplace', 2, "quotation mark"),
        ("", None, "has no terms"),
        ("source,target\n", None, "has no terms"),
        ("a\tb\n" * (MOST_ROWS + 2), None, "more than 5,000 rows"),
        (b"x" * (MOST_BYTES + 1), None, "Split it."),
        (b"\xff\xfe\x00\x00R", 1, "UTF-32"),
    ],
)
def test_a_table_with_a_flaw_is_refused_whole(text, line, reason) -> None:
    table = read(text)
    assert not table.terms
    assert line in [problem.line for problem in table.problems]
    assert reason in " ".join(problem.reason for problem in table.problems)


def test_every_flaw_is_named() -> None:
    assert [problem.line for problem in read("Rat\t\nOrt\tplace\n\t\n\tx").problems] == [1, 4]


def test_an_unusual_encoding_is_said() -> None:
    assert "Windows-1252" in read("Behörde;authority".encode("cp1252")).remark


def test_what_is_written_reads_back() -> None:
    terms = [
        BNA,
        TermValue("=SUM(A1)", "'-x", "avoid", "@home, “quoted” and 'so'"),
        TermValue("'+49", "''=1", "preferred", "-"),
        TermValue('"Die Zeit"', "Die Zeit; weekly"),
    ]
    written = write_table(terms)
    assert list(read(written).terms) == terms
    assert not any(cell.startswith(("=", "+", "-", "@")) for line in written.splitlines() for cell in line.split(","))
