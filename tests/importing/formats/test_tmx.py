"""TMX: the pairs of a translation memory, whatever order and regions its languages have."""

import json

import pytest

from reviews.values import to_marked
from tests.shared import shared_path

from .reading import SAMPLES, notices, pairs, read, refusal, rejected, rows

REGIONS = SAMPLES / "memories" / "regions.tmx"

TMX = """<?xml version="1.0"?>
<tmx version="1.4"><header srclang="de"/><body>{}</body></tmx>"""

UNIT = '<tu><tuv xml:lang="de"><seg>{}</seg></tuv><tuv xml:lang="en"><seg>{}</seg></tuv></tu>'


def written(tmp_path, body):
    path = tmp_path / "memory.tmx"
    path.write_text(TMX.format(body), encoding="utf-8")
    return path


def test_a_language_takes_its_regions_in_any_order_and_spelling():
    first, second, third = rows(read("tmx", REGIONS))
    assert (first.document, first.id, first.locator, first.languages) == (
        "regions",
        "kran-1",
        "tu/0",
        ("DE-at", "en_GB"),
    )
    assert (first.source.text, first.hypotheses["imported"].text) == ("Der Kran stand still.", "The crane stood still.")
    assert (second.source.text, third.source.text) == ("Der Hafen ist zu.", "Doppelt .")
    assert third.locator == "tu/3"


def test_codes_stand_beside_the_text_with_what_a_writer_puts_back():
    row = rows(read("tmx", REGIONS))[0]
    assert to_marked(row.source) == "Der ⟦4⟧Kran⟦/4⟧ stand still.⟦9/⟧"
    assert [code.raw for code in row.source.codes] == [
        '<bpt i="1" x="4">&lt;b&gt;</bpt>',
        '<ept i="1">&lt;/b&gt;</ept>',
        '<ph x="9">&lt;br/&gt;</ph>',
    ]
    assert to_marked(row.hypotheses["imported"]) == "The crane ⟦hi1⟧stood⟦/hi1⟧ still.⟦9/⟧"


def test_further_texts_of_a_language_are_kept_under_its_tag():
    row = rows(read("tmx", REGIONS))[1]
    assert {name: text.text for name, text in row.hypotheses.items()} == {
        "imported": "The harbor is closed.",
        "imported en-GB": "The harbour is closed.",
    }
    assert row.notes == ("de-CH: Der Hafen ist geschlossen.",)


def test_a_region_that_is_asked_for_comes_first():
    row = rows(read("tmx", REGIONS, source_lang="de-CH", target_lang="en-gb", role="reference"))[1]
    assert row.source.text == "Der Hafen ist geschlossen."
    assert {name: text.text for name, text in row.references.items()} == {
        "reference": "The harbour is closed.",
        "reference en-US": "The harbor is closed.",
    }


def test_what_is_not_read_is_counted_and_what_is_read_in_one_way_of_several_is_said():
    assert [message for line, message in notices(read("tmx", REGIONS)) if line == 23] == [
        "repeats the id 'kran-1': both units are kept, this one is called 'kran-1#2' here.",
        "read the other way round, from 'de', though written in 'en-GB': 1 unit.",
        "texts within codes are notes and cannot be edited here: 1 unit.",
    ]
    several = [message[:70] for line, message in notices(read("tmx", REGIONS)) if line == 13]
    assert several == [
        f"read in one way of several, since there are several texts in '{code}': the" for code in ("de", "en")
    ]
    said = dict(notices(read("tmx", REGIONS)))
    assert said[19] == "not read, since they have no text in 'de': 1 unit."
    assert said[27] == "not read, since they have no text in 'en': 1 unit."


def test_texts_within_codes_are_notes():
    row = rows(read("tmx", REGIONS))[2]
    assert row.id == "kran-1#2"
    assert row.notes == ("text within a code: Ein Kran", "text within a code: A crane")
    assert row.source.codes[0].raw == '<ph x="1">&lt;img alt="<sub>Ein Kran</sub>"/&gt;</ph>'


def test_languages_nobody_asked_for_give_way_to_those_of_the_file():
    path = SAMPLES / "memories" / "version-11.tmx"
    (row,) = rows(read("tmx", path, languages_guessed=True))
    assert (row.source.text, row.hypotheses["imported"].text, row.languages) == ("🚢 Size", "🚢 Stor", ("EN", "SV"))
    line, reason = refusal("tmx", path)
    assert line is None
    assert reason.startswith("has no text in 'de'. Its languages: 'EN', 'SV'.")


def test_soft_hyphens_go_and_marks_join_their_letters_across_a_code(tmp_path):
    path = written(tmp_path, UNIT.format("Do\u00adnau a<ph/>\u0308.", "Danube"))
    (row,) = rows(read("tmx", path))
    assert row.source.text == "Donau ä."
    assert row.source.codes[0].pos == 7


def test_a_source_file_needs_no_translation(tmp_path):
    path = written(tmp_path, '<tu><tuv xml:lang="de"><seg>Nur deutsch.</seg></tuv></tu>' + UNIT.format("Zwei.", "Two."))
    assert [row.source.text for row in rows(read("tmx", path, role="source"))] == ["Nur deutsch.", "Zwei."]
    assert pairs(read("tmx", path)) == [("Zwei.", "Two.")]


def test_an_id_no_table_takes_refuses_its_unit(tmp_path):
    path = written(tmp_path, UNIT.format("Eins.", "One.").replace("<tu>", f'<tu tuid="{"x" * 201}">'))
    ((line, document, reason),) = rejected(read("tmx", path))
    assert (line, document) == (2, "memory")
    assert reason.startswith("has a id of 201 characters")


def test_another_xml_file_is_refused(tmp_path):
    path = tmp_path / "x.tmx"
    path.write_text("<html/>")
    assert refusal("tmx", path) == (None, "is no TMX: its first element is <html>.")
    variants = '<tuv xml:lang="de"/><tuv xml:lang="en"/>'
    assert refusal("tmx", written(tmp_path, variants)) == (None, "holds no <tu>. Is this a translation memory?")


@pytest.mark.parametrize("case", ["tmx-language-regions", "tmx-text-after-inline-code"])
def test_the_shared_cases_are_read_as_expected(case):
    expected = json.loads(shared_path(f"cases/{case}/expected.json").read_text(encoding="utf-8"))
    items = read("tmx", shared_path(f"cases/{case}/input.tmx"))
    got = {row.id: row for row in rows(items)}
    wanted = expected.get("pairs") or expected["pairs_without_codes"]
    assert set(got) == {pair["tuid"] for pair in wanted}
    for pair in wanted:
        row = got[pair["tuid"]]
        assert row.source.text == pair["source"]
        texts = [text.text for text in row.hypotheses.values()]
        assert texts == pair.get("target_one_of", [pair.get("target")])
    for tuid, count in expected.get("codes_kept", {}).items():
        assert len(got[tuid].source.codes) == count
    assert len(expected.get("skipped", [])) == sum("not read" in message for _, message in notices(items))
