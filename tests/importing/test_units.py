"""Units of pages: how aligned texts stand beside the sentences of their source."""

import pytest

from reviews.importing import units
from reviews.importing.formats.base import Notice
from reviews.importing.formats.registry import BY_NAME
from reviews.importing.units import language_named, read_units
from reviews.values import AlignedText, CodedText
from tests.importing.formats.reading import options

PAGE = "<article><p>Eins. Zwei. Drei.</p></article>"

#: What an aligner gives for the page of each engine: two sentences merged, one dropped, one without a source.
ALIGNED = {
    "One and two.": [AlignedText(0, 2, CodedText("One and two.")), AlignedText(2, 1, CodedText(""))],
    "One.": [
        AlignedText(0, 1, CodedText("One.")),
        AlignedText(None, 1, CodedText("An ad."), block=4, reason="unaligned"),
        AlignedText(1, 1, CodedText("Two.")),
        AlignedText(2, 1, CodedText("Three.")),
    ],
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An article of three sentences with two engines and a reference, aligned as in ALIGNED."""
    for name, text in (("engine-a", "One and two."), ("engine-b", "One."), ("reference", "One.")):
        (tmp_path / f"{name}.en.html").write_text(f"<article><p>{text}</p></article>")
    (tmp_path / "source.de.html").write_text(PAGE)
    monkeypatch.setattr(units, "align_article", lambda segments, blocks, *_: ALIGNED[blocks[0].content.text])
    return tmp_path


def test_a_merged_text_stands_once_a_dropped_one_is_empty_and_the_other_engine_is_a_note(folder):
    items = list(read_units(BY_NAME["html"], folder, options()))
    assert [item.message for item in items if isinstance(item, Notice)] == ["block 4 has no source: 'An ad.'."] * 2
    got = [item for item in items if not isinstance(item, Notice)]
    assert [(unit.unit, unit.source, unit.target, unit.target_lang) for unit in got] == [
        ("0.0", "Eins.", "One and two.", "en"),
        ("0.1", "Zwei.", None, None),
        ("0.2", "Drei.", "", "en"),
    ]
    assert [unit.notes for unit in got] == [
        ("engine-b: One.", "reference: One.", "engine-a covers 2 sentences"),
        ("engine-b: Two.", "reference: Two.", "engine-a stands with a sentence before"),
        ("engine-b: Three.", "reference: Three."),
    ]


def test_the_engine_that_is_named_gives_the_target(folder):
    items = list(read_units(BY_NAME["html"], folder, options(system="engine-b")))
    got = [item for item in items if not isinstance(item, Notice)]
    assert [unit.target for unit in got] == ["One.", "Two.", "Three."]
    assert got[0].notes == ("engine-a: One and two.", "reference: One.", "engine-a covers 2 sentences")


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("source.de", "de"),
        ("corpus.google.fr", "fr"),
        ("engine-a.en.html", "en"),
        ("source.v2.DE.html", "de"),
        ("rows.csv", None),
        ("de", None),
        ("rows.de-en.csv", None),
    ],
)
def test_a_file_names_its_language(tmp_path, name, language):
    assert language_named(tmp_path / name) == language
