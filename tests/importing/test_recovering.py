"""Translations put together again from their stored texts: unchanged when nothing is to be mended."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reviews.importing.aligning import align_article
from reviews.importing.recovering import LeftAloneError, realigned
from reviews.importing.segmenting import segment_source
from reviews.values import AlignedText, CodedText, ImportedBlock, InlineCode, PlacedSource, join_texts
from tests.importing.formats.reading import articles, read
from tests.shared import shared_path

GERMAN = (
    "Der Rat hat am 3. März 45 Bäume bestellt. Sie kosten 12.000 Euro.",
    "Gepflanzt wird im Herbst an der Kornstraße. Darum bat der Verein Grünzug seit Jahren.",
    "Kritik kommt von Ida Brook. Sie hält 45 Bäume für zu wenig.",
)
ENGLISH = (
    "The council ordered 45 trees on March 3. They cost 12,000 euros.",
    "They will be planted in autumn on Kornstraße. The Grünzug association has asked for that for years.",
    "Ida Brook is critical. She thinks 45 trees are too few.",
)
SEGMENTS = segment_source([ImportedBlock("body", CodedText(text)) for text in GERMAN], "de")


def as_it_came(*english: str | ImportedBlock) -> list[AlignedText]:
    blocks = [
        block if isinstance(block, ImportedBlock) else ImportedBlock("body", CodedText(block)) for block in english
    ]
    return align_article(SEGMENTS, blocks, "de", "en")


def joined(texts: list[AlignedText], first: int) -> list[AlignedText]:
    """The texts as a worse aligner would have cut them: two neighbours as one."""
    one, other = texts[first : first + 2]
    both = replace(one, covers=2, content=join_texts([one.content, other.content]), confidence=0.4)
    return [*texts[:first], both, *texts[first + 2 :]]


def rows(texts: list[AlignedText]) -> list[AlignedText]:
    """The texts but for how sure each is: a block of which the kind is not known changes that a little."""
    return [replace(text, confidence=None) for text in texts]


def again(segments: list[PlacedSource], texts: list[AlignedText]) -> list[AlignedText]:
    return realigned(segments, texts, "de", "en")


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("chipfabrik-foerderung", "source.de.html"),
        ("handy-sicherheitsluecke", "source.de.html"),
        ("open-source-verwaltung", "source.de.html"),
        ("ransomware-kommunen", "source.de.html"),
        # The English is of an older German: it has texts without a source.
        ("ransomware-kommunen", "source.v2.de.html"),
    ],
)
def test_the_articles_come_out_as_they_were(name: str, source: str) -> None:
    folder = shared_path(f"articles/{name}")
    (german,) = articles(read("html", folder / source, role="source"))
    segments = segment_source(german.blocks, "de")
    for translation in articles(read("html", folder))[1:]:
        texts = align_article(segments, translation.blocks, "de", "en")
        assert rows(again(segments, texts)) == rows(texts)


@pytest.mark.parametrize(
    "english",
    [
        ENGLISH,
        (" ".join(ENGLISH),),
        (ENGLISH[0], "Subscribe to our newsletter.", *ENGLISH[1:]),
        ("Subscribe to our newsletter.", *ENGLISH),
        (f"{ENGLISH[0]} Subscribe to our newsletter.", *ENGLISH[1:]),
        (ENGLISH[0], ENGLISH[2]),
        (),
    ],
)
def test_what_is_aligned_as_it_would_be_today_stays(english: tuple[str, ...]) -> None:
    texts = as_it_came(*english)
    assert rows(again(SEGMENTS, texts)) == rows(texts)


@pytest.mark.parametrize("first", range(5))
def test_what_was_aligned_worse_is_mended_and_then_stays(first: int) -> None:
    right = as_it_came(*ENGLISH)
    mended = again(SEGMENTS, joined(right, first))
    # Where two blocks met in one text, nothing tells any more where the second began.
    assert [(text.segment, text.covers, text.content) for text in mended] == [
        (text.segment, text.covers, text.content) for text in right
    ]
    assert again(SEGMENTS, mended) == mended


def test_a_sentence_that_was_left_without_a_source_finds_it() -> None:
    right = as_it_came(*ENGLISH)
    lost = replace(right[3], segment=None, covers=1, confidence=None, reason="unaligned")
    worse = [*right[:3], lost, replace(right[3], content=CodedText(""), confidence=None, block=0), *right[4:]]
    assert [text.content.text for text in again(SEGMENTS, worse)] == [text.content.text for text in right]


def test_blocks_keep_their_numbers_where_one_between_them_is_a_disclosure() -> None:
    texts = as_it_came(ENGLISH[0], ImportedBlock("disclosure", CodedText("Translated by machine.")), *ENGLISH[1:])
    assert [text.block for text in again(SEGMENTS, texts)] == [0, 0, 2, 2, 3, 3]


def test_links_keep_their_ids_also_in_a_text_without_a_source() -> None:
    def linked(text: str, first: int, end: int) -> ImportedBlock:
        codes = (InlineCode("1", "link", "open", first, "<a>"), InlineCode("1", "link", "close", end, "</a>"))
        return ImportedBlock("body", CodedText(text, codes))

    texts = as_it_came(linked(f"{ENGLISH[0]} Subscribe to our newsletter.", 4, 90), *ENGLISH[1:])
    assert [text for text in texts if text.segment is None and text.content.codes]
    assert rows(again(SEGMENTS, texts)) == rows(texts)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda texts: [replace(texts[0], confidence=None), *texts[1:]], "its file says what belongs together"),
        (lambda texts: texts[1:], "it was made for another source: run the engine again"),
        (lambda texts: [replace(texts[0], block=2), *texts[1:]], "the source has been put into another order since"),
    ],
)
def test_some_translations_are_left_alone(change, reason: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(LeftAloneError, match=reason):
        again(SEGMENTS, change(as_it_came(*ENGLISH)))
