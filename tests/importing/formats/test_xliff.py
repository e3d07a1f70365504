"""XLIFF 1 and 2 and SDLXLIFF: segments with their codes, states and places; what is no work is counted."""

import json

import pytest

from reviews.values import to_marked
from tests.shared import shared_path

from .reading import SAMPLES, notices, pairs, read, refusal, rejected, rows

DESK = SAMPLES / "translations" / "desk.xlf"
DESK_2 = SAMPLES / "translations" / "desk-2.xlf"
TRADOS = SAMPLES / "translations" / "trados.sdlxliff"

XLIFF_1 = """<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">
<file original="x" source-language="de" target-language="en"><body>
{}
</body></file></xliff>"""

XLIFF_2 = """<xliff version="2.0" xmlns="urn:oasis:names:tc:xliff:document:2.0" srcLang="de" trgLang="en"><file id="f">
{}
</file></xliff>"""


def written(tmp_path, content, shell=XLIFF_1):
    path = tmp_path / "x.xlf"
    path.write_text(shell.format(content), encoding="utf-8")
    return path


def seen(path, **given):
    """Document, id, place, marked source and marked translation of each row."""
    return [
        (row.document, row.id, row.locator, to_marked(row.source), *map(to_marked, row.hypotheses.values()))
        for row in rows(read("xliff", path, **given))
    ]


# --- version 1 ---------------------------------------------------------------------------------


def test_segments_of_version_1_with_codes_and_places():
    assert seen(DESK) == [
        (
            "desk:page-1.html",
            "1",
            "file/0/unit/1",
            "Der ⟦b1⟧Kran⟦/b1⟧ steht⟦br/⟧ still.",
            "The ⟦b1⟧crane⟦/b1⟧ stands⟦br/⟧ still.",
        ),
        ("desk:page-1.html", "2:a", "file/0/unit/2/segment/0", "Eins.", "One."),
        ("desk:page-1.html", "2:b", "file/0/unit/2/segment/1", "Zwei.", "Two."),
        ("desk:page-1.html", "2:c", "file/0/unit/2/segment/2", "Drei."),
        ("desk:page-1.html", "1#2", "file/0/unit/4", "Noch ⟦1⟧einmal⟦/1⟧ ⟦t⟧Kran⟦/t⟧.⟦own1/⟧"),
        ("desk:page-2.html", "1", "file/1/unit/0", "Seite <zwei> & Ende", "Page two"),
    ]


def test_codes_keep_the_markup_of_the_file():
    first, *_, last, _ = rows(read("xliff", DESK))
    assert [code.raw for code in first.source.codes] == ['<x:g id="b1" ctype="bold">', "</x:g>", '<x:x id="br"/>']
    assert [code.kind for code in first.source.codes] == ["bold", "bold", "x"]
    assert [code.raw for code in last.source.codes] == [
        '<x:bpt id="1">{</x:bpt>',
        '<x:ept id="1">}</x:ept>',
        '<x:mrk mtype="term" mid="t">',
        "</x:mrk>",
        "<d:own>x</d:own>",
    ]


def test_codes_are_called_what_an_editor_knows_them_by(tmp_path):
    codes = '<ph id="1">{name}</ph><x id="2" ctype="x-run" equiv-text="&lt;tab/&gt;"/><x id="3"/><g id="4">y</g>'
    (row,) = rows(read("xliff", written(tmp_path, f'<trans-unit id="1"><source>{codes}</source></trans-unit>')))
    assert [code.kind for code in row.source.codes] == ["{name}", "<tab/>", "x", "g", "g"]


def test_states_and_notes_are_the_words_of_the_file():
    first, second, *_ = rows(read("xliff", DESK))
    assert first.state == "needs-review-translation"
    assert first.notes == ("Check the name", "approved in the file", "state-qualifier: leveraged-mt")
    assert (second.state, second.languages) == ("final", ("de-DE", "en"))


def test_a_file_in_another_language_is_refused_and_the_others_are_read():
    ((line, document, reason),) = rejected(read("xliff", DESK))
    assert (line, document) == (29, "desk:page-3.html")
    assert reason.startswith("has the source language 'fr' where 'de' is wanted.")
    assert rejected(read("xliff", DESK, languages_guessed=True)) == []
    alone = shared_path("files/xliff12-multiple-file-tag.xlf")
    assert len(rejected(read("xliff", alone))) == 2


def test_a_single_file_in_another_language_is_refused_whole():
    line, reason = refusal("xliff", shared_path("files/xliff12-alttrans.xlf"))
    assert line == 3
    assert reason.startswith("has the source language 'en' where 'de' is wanted.")
    assert refusal("xliff", DESK_2, target_lang="fr")[1].startswith("has the target language 'en-GB' where 'fr'")


def test_what_is_passed_over_is_counted_and_what_is_odd_is_said():
    assert notices(read("xliff", DESK)) == [
        (23, "repeats the id '1': both units are kept, this one is called '1#2' here."),
        (7, "not read, since they are marked not to be translated: 1 unit."),
        (22, "not read, since their source holds codes or white space alone: 1 unit."),
        (23, "read as not finished, since the standard has no state 'checked': 1 unit."),
        (27, "read as 'DE_AT', as the file says, though the source itself says 'fr': 1 unit."),
    ]


def test_a_language_a_file_does_not_name_is_the_projects_and_that_is_said(tmp_path):
    path = written(tmp_path, '<trans-unit id="1"><source>Ja.</source><target>Yes.</target></trans-unit>')
    path.write_text(path.read_text().replace(' target-language="en"', ""))
    assert pairs(read("xliff", path)) == [("Ja.", "Yes.")]
    assert notices(read("xliff", path)) == [(2, "names no target language; it is read as 'en'.")]
    assert notices(read("xliff", path, languages_guessed=True)) == [
        (2, "names no target language. Say it with --target-lang.")
    ]


def test_a_translation_that_is_not_divided_makes_its_unit_one_segment(tmp_path):
    marked = '<seg-source><mrk mtype="seg" mid="0">Eins.</mrk> <mrk mtype="seg" mid="1">Zwei.</mrk></seg-source>'
    unit = f'<trans-unit id="1"><source>Eins. Zwei.</source>{marked}<target>One. Two.</target></trans-unit>'
    assert seen(written(tmp_path, unit)) == [("x", "1", "file/0/unit/0", "Eins. Zwei.", "One. Two.")]


def test_text_beside_marked_segments_is_said(tmp_path):
    marked = '<seg-source>Vorn <mrk mtype="seg" mid="0">Eins.</mrk></seg-source>'
    path = written(tmp_path, f'<trans-unit id="1"><source>Vorn Eins.</source>{marked}</trans-unit>')
    assert notices(read("xliff", path)) == [
        (3, "read without the text that stands beside their marked segments and stays as it is: 1 unit.")
    ]


@pytest.mark.parametrize(
    ("unit", "reason"),
    [
        ("<target>x</target>", "has no <source>"),
        (
            '<source>x</source><seg-source><mrk mtype="seg" mid="0">x</mrk></seg-source>'
            '<target><mrk mtype="seg" mid="0">x</mrk><mrk mtype="seg" mid="9">y</mrk></target>',
            "has a translated segment '9' that its source does not have",
        ),
        (
            '<source>x</source><target><mrk mtype="seg" mid="0">x</mrk><mrk mtype="seg" mid="0">y</mrk></target>',
            "has two segments with one mid",
        ),
    ],
)
def test_units_that_cannot_be_told_apart_are_refused(tmp_path, unit, reason):
    path = written(tmp_path, f'<trans-unit id="1">{unit}</trans-unit>')
    ((line, document, said),) = rejected(read("xliff", path))
    assert (line, document) == (3, "x")
    assert said.startswith(reason)


# --- version 2 ---------------------------------------------------------------------------------


def test_segments_of_version_2_with_codes_and_places():
    assert seen(DESK_2) == [
        (
            "desk-2",
            "u1:s1",
            "file/0/unit/0/segment/0",
            "Der ⟦1⟧Kran⟦/1⟧⟦2/⟧ steht⟦m1/⟧.",
            "The ⟦1⟧crane⟦/1⟧⟦2/⟧ stands.",
        ),
        ("desk-2", "u1:2", "file/0/unit/0/segment/1", "⟦9/⟧Und⟦m1/⟧ fällt."),
        ("desk-2", "u2:1", "file/0/unit/1/segment/0", "Nie ⟦m⟧doch⟦/m⟧ nie"),
        ("desk-2", "u3", "file/0/unit/2/segment/0", "Zwei\nZeilen", "Two lines"),
    ]


def test_states_notes_and_rules_for_codes_of_version_2():
    first, second, *_ = rows(read("xliff", DESK_2))
    assert (first.state, second.state) == ("reviewed", "initial")
    assert first.notes == ("Mind the name", "really?", "subState: desk:ok", "place in the translation: 3")
    start, end, single, _ = first.source.codes
    assert (start.can_delete, start.can_reorder, end.id) == (False, True, "1")
    assert (single.can_delete, single.can_reorder) == (True, False)


def test_what_version_2_does_not_have_is_counted():
    assert notices(read("xliff", DESK_2)) == [
        (15, "not read, since their source holds codes or white space alone: 1 unit."),
        (19, "not read, since they are marked not to be translated: 1 unit."),
        (20, "read as not finished, since the standard has no state 'odd': 1 unit."),
        (20, "read as 'en-GB', as the file says, though the target itself says 'fr': 1 unit."),
    ]


def test_a_segment_without_source_refuses_its_unit(tmp_path):
    path = written(tmp_path, '<unit id="1"><segment><target>x</target></segment></unit>', XLIFF_2)
    assert [reason for *_, reason in rejected(read("xliff", path))] == [
        "has a <segment> without <source>. Give it one, or leave it out."
    ]


# --- SDLXLIFF ----------------------------------------------------------------------------------


def test_segments_of_sdlxliff_have_the_states_beside_them():
    assert seen(TRADOS) == [
        (
            "trados",
            "b7:1",
            "file/0/unit/1/segment/0",
            "Der ⟦pt1⟧Kran⟦/pt1⟧ steht.",
            "The ⟦pt1⟧crane⟦/pt1⟧ stands.",
        ),
        ("trados", "b7:2", "file/0/unit/1/segment/1", "Er fällt nicht.", "⟦mrk1⟧It does not fall.⟦/mrk1⟧"),
        ("trados", "b7:3", "file/0/unit/1/segment/2", "Noch nicht."),
    ]
    assert [(row.state, row.notes) for row in rows(read("xliff", TRADOS))] == [
        ("ApprovedSignOff", ("locked in the file", "origin: interactive")),
        ("Draft", ("origin: mt",)),
        (None, ()),
    ]


# --- whole files -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        ("<html/>", None, "is no XLIFF: its first element is <html>."),
        ('<xliff version="3.0"/>', None, "is XLIFF 3.0; 1.1, 1.2, 2.0 and 2.1 are read."),
        ("<xliff/>", None, "is XLIFF of no version; 1.1, 1.2, 2.0 and 2.1 are read."),
        ('<xliff version="1.2"><file/></xliff>', None, "holds no unit to translate."),
        (
            '<xliff version="1.2"><trans-unit id="1"><source>x</source></trans-unit></xliff>',
            1,
            "has a unit outside of <file>, so of no language. Put it into one.",
        ),
    ],
)
def test_what_is_no_xliff_with_units_is_refused(tmp_path, content, line, reason):
    assert refusal("xliff", written(tmp_path, "", shell=content)) == (line, reason)


def test_units_of_a_foreign_namespace_alone_are_no_units(tmp_path):
    unit = '<y:trans-unit xmlns:y="y" id="1"><source>x</source></y:trans-unit>'
    path = written(tmp_path, unit)
    assert refusal("xliff", path) == (None, "holds units in another namespace than its first element's alone.")


def test_files_of_one_name_are_documents_of_their_own(tmp_path):
    unit = '<body><trans-unit id="1"><source>x</source></trans-unit></body>'
    file = f'<file original="{{}}" source-language="de" target-language="en">{unit}</file>'
    names = ["/home/anna/a.html", "b/a.html", "a.html", "", "x" * 300]
    content = "".join(file.format(name) for name in names)
    got = rows(read("xliff", written(tmp_path, "", shell=f'<xliff version="1.2">{content}</xliff>')))
    assert [row.document for row in got] == ["x:a.html", "x:b/a.html", "x:a.html#2", "x:4", f"x:{'x' * 100}"]


# --- shared cases ------------------------------------------------------------------------------


def expected(case):
    return json.loads(shared_path(f"cases/{case}/expected.json").read_text(encoding="utf-8"))


def case_rows(case):
    return rows(read("xliff", shared_path(f"cases/{case}/input.xlf")))


def test_the_case_of_inline_codes():
    (row,) = case_rows("xliff12-inline-tags-edit")
    wanted = expected("xliff12-inline-tags-edit")["inline_ids_source"]
    assert list(dict.fromkeys(code.id for code in row.source.codes)) == wanted
    assert to_marked(row.hypotheses["imported"]) == "⟦p1/⟧ of ⟦p2/⟧ seats went to the ⟦b⟧opposition⟦/b⟧."


def test_the_case_of_one_id_in_two_files():
    got = case_rows("xliff12-same-id-in-two-files")
    assert [
        {
            "file": row.document.partition(":")[2],
            "id": row.id,
            "source": row.source.text,
            "target": row.hypotheses["imported"].text,
        }
        for row in got
    ] == expected("xliff12-same-id-in-two-files")["pairs"]


def test_the_case_of_states_and_notes():
    got = case_rows("xliff12-states-notes-roundtrip")
    wanted = expected("xliff12-states-notes-roundtrip")
    untouched = wanted["untouched_export"]
    assert len(got) == wanted["units"]
    assert {row.id: row.state for row in got} == untouched["states"]
    assert sum(f"Bitte prüfen {row.id}" in row.notes for row in got) == untouched["notes"]
    assert got[-1].notes == ("approved in the file", "state-qualifier: exact-match")


def test_the_case_of_segments_and_ignorables():
    got = case_rows("xliff2-segments-and-ignorable")
    assert [
        {
            "id": row.id.partition(":")[2],
            "source": row.source.text,
            "target": row.hypotheses["imported"].text if row.hypotheses else None,
            "state": row.state,
        }
        for row in got
    ] == expected("xliff2-segments-and-ignorable")["segments"]
