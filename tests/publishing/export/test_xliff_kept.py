"""XLIFF there and back: of the file that was imported nothing changes but what the desk changed."""

from __future__ import annotations

import difflib
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from reviews.importing.formats.base import ReadError
from reviews.publishing.export.article import Article, ExportError
from reviews.publishing.export.xliff.states import SDL, XLIFF_1, XLIFF_2, Words
from reviews.values import CodedText, ImportedRow, from_marked
from tests.importing.formats.reading import SAMPLES
from tests.shared import shared_path

from .imported import articles_of, rows_of, translation, untouched, written_back
from .xliff_rules import broken_rules

CASES = ("xliff12-inline-tags-edit", "xliff12-same-id-in-two-files", "xliff12-states-notes-roundtrip")
FILES = [
    *sorted(SAMPLES.joinpath("translations").iterdir()),
    *sorted(path for path in shared_path("files").iterdir() if "xliff" in path.name),
    *(shared_path(f"cases/{case}/input.xlf") for case in (*CASES, "xliff2-segments-and-ignorable")),
]

#: What the index says is to be refused.
REFUSED = {"xliff11-weblate-truncated.xliff", "xliff12-invalid-char-ref.xlf"}
READ = [path for path in FILES if path.name not in REFUSED]
TRANSLATED = [path for path in READ if any(map(translation, rows_of(path)))]

#: States that say somebody reviewed the text.
CLAIMS = XLIFF_1.claims | XLIFF_2.claims | SDL.claims


def named(path: Path) -> str:
    return path.parent.name if path.name == "input.xlf" else path.name


def words(content: bytes, encoding: str = "utf-8") -> list[str]:
    return re.findall(r"[\w-]+|\s+|.", content.decode(encoding), re.DOTALL)


def changes(before: bytes, after: bytes, encoding: str = "utf-8") -> list[tuple[str, str]]:
    """What a diff by words shows: what was there, what is there now."""
    old, new = words(before, encoding), words(after, encoding)
    codes = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [("".join(old[a:b]), "".join(new[c:d])) for tag, a, b, c, d in codes if tag != "equal"]


def newly_broken(before: bytes, after: bytes) -> set[str]:
    """Rules of the specification that the file keeps as it came in, and breaks as it goes out.

    Without those about attributes beyond the ones we write, which a file of others has in plenty; and of a file that
    lxml does not take as it came in, nothing can be said.
    """

    def broken(content: bytes) -> set[str]:
        rules = (rule for rule in broken_rules(content) if not rule.endswith("lacks []"))
        return {re.sub(r"'.*'", "…", rule) for rule in rules}

    try:
        return broken(after) - broken(before)
    except etree.XMLSyntaxError:
        return set()


def test_every_file_of_the_index_is_read_or_to_be_refused() -> None:
    for path in FILES:
        if path not in READ:
            with pytest.raises(ReadError):
                rows_of(path)
    assert len(TRANSLATED) >= 25


@pytest.mark.parametrize("path", READ, ids=named)
def test_a_file_that_nobody_worked_on_comes_back_to_the_byte(path: Path) -> None:
    assert written_back(path) == path.read_bytes()


@pytest.mark.parametrize("path", TRANSLATED, ids=named)
def test_one_word_changed_is_one_word_in_the_diff(path: Path) -> None:
    """The longest word of a translation, of one whose state stays true after that if the file has such."""
    choices = [row for row in rows_of(path) if translation(row) is not None and re.search(r"\w", translation(row).text)]
    chosen = max(choices, key=lambda row: row.state not in CLAIMS)
    text = translation(chosen).text
    word = max(re.findall(r"[\w-]+", text), key=len)
    other = "X" * len(word)

    def desk(row: ImportedRow) -> tuple[CodedText | None, str]:
        if row.locator != chosen.locator:
            return untouched(row)
        return replace(translation(row), text=text.replace(word, other, 1)), "in_review"

    written = written_back(path, *articles_of(path, desk))
    expected = {(word, other)}
    if chosen.state in CLAIMS:
        expected |= {(chosen.state, "needs-review-translation")}
    if "approved in the file" in chosen.notes:
        expected |= {("yes", "no")}
    encoding = "windows-1252" if b"windows-1252" in path.read_bytes()[:100] else "utf-8"
    assert (word, other) in changes(path.read_bytes(), written, encoding)
    assert set(changes(path.read_bytes(), written, encoding)) <= expected
    assert newly_broken(path.read_bytes(), written) == set()


@pytest.mark.parametrize("path", READ, ids=named)
def test_new_texts_everywhere_are_read_again_as_they_were_written(path: Path, tmp_path: Path) -> None:
    """Each translation becomes its source, codes and all, approved: files without any get them all."""
    articles = articles_of(path, lambda row: (row.source, "approved"))
    again = tmp_path / path.name
    again.write_bytes(written_back(path, *articles))
    assert newly_broken(path.read_bytes(), again.read_bytes()) == set()
    got = [(row.locator, row.source, marked(translation(row))) for row in rows_of(again)]
    assert got == [(piece.locator, piece.source, marked(piece.target)) for a in articles for piece in a.pieces]
    assert {row.state for row in rows_of(again)} <= {None, *XLIFF_1.approveds, *XLIFF_2.approveds, *SDL.approveds}


def marked(content: CodedText | None) -> object:
    """A text with the markup of its codes; what they are called depends on the text around them."""
    return content and (content.text, [(code.pos, code.raw) for code in content.codes])


# --- cases -------------------------------------------------------------------------------------


def test_case_codes_keep_their_order_when_a_word_changes() -> None:
    case = shared_path("cases/xliff12-inline-tags-edit")
    old, new = json.loads((case / "edit.json").read_text())["replace_word"]

    def desk(row: ImportedRow) -> tuple[CodedText | None, str]:
        target = translation(row)
        at = target.text.index(old)
        codes = tuple(replace(code, pos=code.pos + (len(new) - len(old)) * (code.pos > at)) for code in target.codes)
        return CodedText(target.text.replace(old, new), codes), "in_review"

    written = written_back(case / "input.xlf", *articles_of(case / "input.xlf", desk)).decode()
    expected = json.loads((case / "expected.json").read_text())["after_edit_export_target_xml"]
    assert f'<target state="translated">{expected}</target>' in written


def test_case_a_unit_of_one_file_is_not_that_of_another() -> None:
    path = shared_path("cases/xliff12-same-id-in-two-files/input.xlf")
    first, second = articles_of(path, lambda row: (CodedText(f"{row.document}!"), "in_review"))
    assert written_back(path, second).decode() == path.read_text().replace("On page two.", "input:seite2.html!")
    both = path.read_text().replace("On page one.", "input:seite1.html!").replace("On page two.", "input:seite2.html!")
    assert written_back(path, first, second).decode() == both
    assert written_back(path, second, first).decode() == both


def test_case_states_and_notes_stay_until_somebody_decides() -> None:
    path = shared_path("cases/xliff12-states-notes-roundtrip/input.xlf")
    assert written_back(path) == path.read_bytes()
    written = written_back(path, *articles_of(path, lambda row: (translation(row), "approved"))).decode()
    assert re.findall(r'<target state="([\w-]+)"', written) == ["signed-off"] * 9 + ["final"] * 2
    assert written.count('approved="yes"') == 11
    assert written.count("<note") == 10
    assert 'state-qualifier="exact-match"' in written


def test_case_ignorables_stay_and_a_first_translation_gets_its_place() -> None:
    path = shared_path("cases/xliff2-segments-and-ignorable/input.xlf")

    def desk(row: ImportedRow) -> tuple[CodedText | None, str]:
        return (translation(row), "new") if translation(row) else (CodedText("Nobody was told."), "reviewed")

    written = written_back(path, *articles_of(path, desk)).decode()
    assert written == path.read_text().replace(
        '<segment id="s2"><source>Niemand wurde informiert.</source>',
        '<segment id="s2" state="reviewed"><source>Niemand wurde informiert.</source><target>Nobody was told.</target>',
    )


# --- states ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("vocabulary", "said", "state", "changed", "instead"),
    [
        (XLIFF_1, "final", "new", False, None),
        (XLIFF_1, "final", "in_review", True, "needs-review-translation"),
        (XLIFF_1, "final", "reviewed", True, "translated"),
        (XLIFF_1, "final", "sent_back", False, "needs-review-translation"),
        (XLIFF_1, "needs-adaptation", "sent_back", False, None),
        (XLIFF_1, "needs-adaptation", "reviewed", False, "translated"),
        (XLIFF_1, "translated", "in_review", True, None),
        (XLIFF_1, None, "in_review", True, None),
        (XLIFF_1, None, "approved", False, "signed-off"),
        (XLIFF_1, "final", "approved", True, None),
        (XLIFF_2, "reviewed", "in_review", True, "translated"),
        (XLIFF_2, "reviewed", "approved", False, "final"),
        (XLIFF_2, "final", "source_changed", False, "translated"),
        (SDL, "ApprovedSignOff", "in_review", True, "Draft"),
        (SDL, "ApprovedSignOff", "approved", True, None),
        (SDL, None, "sent_back", False, "RejectedTranslation"),
    ],
)
def test_a_state_is_written_where_a_decision_changed_it(
    vocabulary: Words, said: str | None, state: str, changed: bool, instead: str | None
) -> None:
    assert vocabulary.instead(said, state, changed=changed) == instead


@pytest.mark.parametrize("state", ["new", "in_review", "sent_back", "source_changed", "reviewed"])
@pytest.mark.parametrize("path", TRANSLATED, ids=named)
def test_a_changed_text_that_is_not_approved_never_leaves_as_approved(path: Path, state: str, tmp_path: Path) -> None:
    articles = articles_of(path, lambda row: (CodedText("Something else."), state))
    again = tmp_path / path.name
    again.write_bytes(written_back(path, *articles))
    for row in rows_of(again):
        assert row.state not in (*XLIFF_1.claims, *SDL.claims, "final", *(["reviewed"] if state != "reviewed" else []))
        assert "approved in the file" not in row.notes


# --- texts and segments that are not one to one ------------------------------------------------


def divided(path: Path, *parts: tuple[str, str, str | None]) -> Article:
    """The one unit of a file as several segments: id, source and translation of each."""
    (article,) = articles_of(path)
    whole = article.pieces[0]
    pieces = (
        replace(whole, id=one, source=CodedText(de), target=None if en is None else CodedText(en))
        for one, de, en in parts
    )
    return replace(article, pieces=tuple(pieces))


@pytest.mark.parametrize(
    ("second", "target"),
    [("Two.", "One.  Two."), ("Zwo.", "One. Zwo."), (None, "One.  Two."), ("", "One.")],
)
def test_sentences_of_a_unit_are_one_text_of_it_again(tmp_path: Path, second: str | None, target: str) -> None:
    """White space between them is the file's; where one has no text yet the unit stays as it was."""
    path = tmp_path / "x.xlf"
    path.write_text(SHELL.format("<source>Eins.  Zwei.</source><target>One.  Two.</target>"))
    article = divided(path, ("1.1", "Eins.", "One."), ("1.2", "Zwei.", second))
    assert written_back(path, article).decode() == path.read_text().replace("One.  Two.", target)


def test_what_an_editor_added_and_what_stands_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "x.xlf"
    units = (
        '<source>Eins.</source><target>One.</target></trans-unit><trans-unit id="2"><source>Zwei.</source><target>Two.'
    )
    path.write_text(SHELL.format(units + "</target>"))
    (article,) = articles_of(path)
    first, second = article.pieces
    added = replace(first, id="3", source=CodedText(""), target=CodedText("Added."), added=True)
    pieces = (replace(first, target=CodedText("One, two.")), added, replace(second, target=None, covered_by="1"))
    assert re.findall("<target>(.*?)</target>", written_back(path, replace(article, pieces=pieces)).decode()) == [
        "One, two. Added.",
        "",
    ]


# --- what is refused ---------------------------------------------------------------------------


#: A file of one unit.
SHELL = (
    '<xliff version="1.2"><file original="x" source-language="de" target-language="en"><body><trans-unit id="1">'
    "{}</trans-unit></body></file></xliff>"
)

DESK = SAMPLES / "translations" / "desk.xlf"


def refusal(typed: CodedText) -> str:
    articles = articles_of(DESK, lambda row: (typed, "in_review") if row.id == "1" else untouched(row))
    with pytest.raises(ExportError) as caught:
        written_back(DESK, articles[0])
    return str(caught.value)


def test_a_text_that_cannot_stand_in_the_file_is_refused_with_its_segment() -> None:
    source = rows_of(DESK)[0].source
    assert refusal(CodedText("bell\a")) == (
        "The translation of segment 1 holds a character (U+0007, at character 5), which XML cannot hold. Take it out."
    )
    strange = replace(source.codes[0], raw="<script>", id="9", pos=1)
    assert "segment 1 holds the code ⟦9⟧, which the file does not have there" in refusal(CodedText("x", (strange,)))
    assert "does not end the code ⟦b1⟧" in refusal(CodedText("long", source.codes[:1]))


def test_codes_that_overlap_are_refused_where_they_are_elements(tmp_path: Path) -> None:
    path = tmp_path / "x.xlf"
    path.write_text(SHELL.format('<source><g id="1">a</g> <g id="2">b</g></source>'))
    typed = from_marked("⟦1⟧a⟦2⟧b⟦/1⟧c⟦/2⟧", rows_of(path)[0].source.codes)
    with pytest.raises(ExportError, match="ends the code ⟦1⟧ where another one is still open"):
        written_back(path, *articles_of(path, lambda row: (typed, "in_review")))


def test_a_file_that_holds_other_texts_is_not_written_into(tmp_path: Path) -> None:
    other = tmp_path / "desk.xlf"
    other.write_bytes(DESK.read_bytes().replace(b"Eins.", b"Null."))
    with pytest.raises(ExportError, match=r"desk.xlf does not hold the text of segment 2:a where it was read"):
        written_back(other, articles_of(DESK)[0])


# --- how files are written ---------------------------------------------------------------------

UNIT = """<?xml version="1.0" encoding="{encoding}"?>\r
<xliff version="1.2">\r
<file original="x" source-language="de" target-language="en"><body>\r
  <trans-unit id='1'>\r
    <source>Grün</source>\r
    <target state='translated' >\r
      Green &amp; &#x201C;<!-- note -->old&#8221;\r
      news<![CDATA[ <b>]]></target>\r
  </trans-unit></body></file></xliff>\r
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1252", "iso-8859-1", "utf-16"])
def test_bytes_of_any_encoding_stay_and_what_it_does_not_have_is_a_reference(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "x.xlf"
    content = UNIT.format(encoding=encoding.removesuffix("-sig"))
    path.write_bytes(content.encode(encoding))
    assert translation(rows_of(path)[0]).text == "Green & “old” news <b>"
    typed = CodedText("Green & “öld\U0001f44c” news <b>")
    written = written_back(path, *articles_of(path, lambda row: (typed, "in_review")))
    new = "öld\U0001f44c" if encoding.startswith("utf") else "öld&#128076;"
    assert written == content.replace("old&", f"{new}&").encode(encoding)


def test_a_target_is_added_beside_its_source_as_the_file_is_written(tmp_path: Path) -> None:
    path = tmp_path / "x.xlf"
    content = (
        '<x:xliff version="1.2" xmlns:x="urn:oasis:names:tc:xliff:document:1.2">\n'
        '<x:file original="x" source-language="de"><x:body>\n'
        '  <x:trans-unit id="1">\n    <x:source>Grün</x:source>\n    <x:note>n</x:note></x:trans-unit>\n'
        "</x:body></x:file></x:xliff>"
    )
    path.write_text(content)
    written = written_back(path, *articles_of(path, lambda row: (CodedText("Green <\n>"), "in_review"))).decode()
    assert written == content.replace(
        "</x:source>", '</x:source>\n    <x:target xml:space="preserve">Green &lt;\n&gt;</x:target>'
    ).replace('source-language="de"', 'source-language="de" target-language="en"')


def test_a_mark_is_added_where_its_segment_stands_in_the_source(tmp_path: Path) -> None:
    path = tmp_path / "x.xlf"
    marks = (
        '<mrk mtype="seg" mid="a">Eins.</mrk>  <mrk mtype="seg" mid="b">Zwei.</mrk> '
        '<mrk mtype="seg" mid="c">Drei.</mrk>'
    )
    for there in "abc":
        target = f'<target><mrk mtype="seg" mid="{there}">[{there}]</mrk></target>'
        source = f"<source>Eins. Zwei. Drei.</source><seg-source>{marks}</seg-source>"
        path.write_text(SHELL.format(source + target))
        written = written_back(path, *articles_of(path, lambda row: (CodedText(f"[{row.id[-1]}]"), "new"))).decode()
        assert re.search(r"<target>.*</target>", written)[0] == (
            '<target><mrk mtype="seg" mid="a">[a]</mrk>  <mrk mtype="seg" mid="b">[b]</mrk> '
            '<mrk mtype="seg" mid="c">[c]</mrk></target>'
        )
