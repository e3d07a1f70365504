"""Rows as segments, whole and split."""

import pytest

from reviews.importing.splitting import Languages, SplitError, segment_rows, texts_of
from reviews.values import CodedText, DocumentMeta, ImportedRow

DE_EN = Languages("de", "en")
THREE = "Die Behörde prüft den Fall. Am 3. Mai fällt die Entscheidung. Bis dahin gilt das alte Recht."
THREE_EN = "The authority is examining the case. A decision is due on 3 May. Until then the old law applies."


def row(source, line=1, row_id="", kind="body"):
    return ImportedRow(line, "d", row_id, kind, CodedText(source), {}, {}, DocumentMeta())


def segments(rows, languages=DE_EN):
    return [segment for entry in segment_rows(rows, languages) for segment in entry.segments]


def aligned(rows, texts, languages=DE_EN):
    coded = [None if text is None else CodedText(text) for text in texts]
    found = texts_of(segment_rows(rows, languages), coded, languages)
    return [(text.segment, text.covers, text.content.text, text.block) for text in found]


def test_a_row_is_one_segment_unless_splitting_is_asked_for():
    rows = [row(THREE, 1, "7"), row("Zwei. Drei.", 2)]
    whole = segments(rows, None)
    assert [(s.content.text, s.external_id, s.block, s.sentence) for s in whole] == [
        (THREE, "7", 0, 0),
        ("Zwei. Drei.", "", 1, 0),
    ]
    assert aligned(rows, [THREE_EN, None], None) == [(0, 1, THREE_EN, 0)]


def test_a_row_of_three_sentences_is_three_segments_of_one_block():
    found = segments([row("Guten Morgen.", 1, "6"), row(THREE, 2, "7"), row(THREE, 3)])
    assert [(s.external_id, s.block, s.sentence) for s in found] == [
        ("6", 0, 0),
        *(("7.1", 1, 0), ("7.2", 1, 1), ("7.3", 1, 2)),
        *(("", 2, 0), ("", 2, 1), ("", 2, 2)),
    ]
    assert [s.content.text for s in found[1:4]] == [
        "Die Behörde prüft den Fall.",
        "Am 3. Mai fällt die Entscheidung.",
        "Bis dahin gilt das alte Recht.",
    ]


def test_the_translation_of_a_row_is_aligned_within_the_row():
    rows = [row("Guten Morgen.", 1), row(THREE, 2), row("Ende.", 3)]
    sentences = ["The authority is examining the case.", "A decision is due on 3 May."]
    assert aligned(rows, ["Good morning. Good morning!", THREE_EN, None]) == [
        (0, 1, "Good morning. Good morning!", 0),
        (1, 1, sentences[0], 1),
        (2, 1, sentences[1], 1),
        (3, 1, "Until then the old law applies.", 1),
    ]


def test_a_dropped_sentence_has_an_empty_text_and_an_empty_translation_as_many():
    dropped = "The authority is examining the case. Until then the old law applies."
    texts = aligned([row(THREE)], [dropped])
    assert [(segment, covers) for segment, covers, _, _ in texts] == [(0, 1), (1, 1), (2, 1)]
    assert [text for _, _, text, _ in texts] == [
        "The authority is examining the case.",
        "",
        "Until then the old law applies.",
    ]
    assert [text for _, _, text, _ in aligned([row(THREE)], [""])] == ["", "", ""]


@pytest.mark.parametrize("kind", ["headline", "caption", "disclosure"])
def test_a_kind_that_is_one_piece_stays_one(kind):
    assert len(segments([row(THREE, kind=kind)])) == 1
    assert aligned([row(THREE, kind=kind)], [THREE_EN]) == [(0, 1, THREE_EN, 0)]


def test_an_id_that_another_row_has_already_is_named():
    with pytest.raises(SplitError, match=r"a sentence of it has the id '7\.2', which another row has") as refused:
        segments([row(THREE, 1, "7"), row("Zwei.", 2, "7.2")])
    assert refused.value.line == 1


def test_an_id_that_leaves_no_room_is_named():
    with pytest.raises(SplitError, match="leaves no room") as refused:
        segments([row(THREE, 4, "x" * 199)])
    assert refused.value.line == 4
