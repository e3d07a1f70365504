"""Translations meet their source: the shared articles, every type of bead, and paragraphs moved about at random."""

import json
import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.importing.aligning import UNALIGNED, align_article
from reviews.importing.segmenting import segment_source
from reviews.values import SEGMENT_KINDS, CodedText, ImportedBlock, InlineCode, to_marked
from tests.importing.formats.reading import articles, read
from tests.shared import shared_path

ARTICLES = ["chipfabrik-foerderung", "handy-sicherheitsluecke", "open-source-verwaltung", "ransomware-kommunen"]


def article(name):
    """(source, {name of a translation: it})"""
    source, *others = articles(read("html", shared_path(f"articles/{name}")))
    return source, {other.name: other for other in others}


def aligned(name, system):
    source, translations = article(name)
    return align_article(segment_source(source.blocks, "de"), translations[system].blocks, "de", "en")


def gold(name, system):
    """The English of each German sentence, None for a dropped one, tags stripped."""
    rows = json.loads(shared_path(f"articles/{name}/gold_alignment.json").read_text(encoding="utf-8"))
    texts = [row["de" if system == "source" else system.replace("-", "_")] for row in rows]
    return [text if text is None else without_tags(text) for text in texts]


def without_tags(text):
    while "<" in text:
        text = text[: text.index("<")] + text[text.index(">") + 1 :]
    return text


# --- the shared articles -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ARTICLES)
def test_the_segments_of_the_articles_are_the_sentences_of_the_gold(name):
    source, _ = article(name)
    assert [s.content.text for s in segment_source(source.blocks, "de")] == gold(name, "source")


@pytest.mark.parametrize("name", ARTICLES)
@pytest.mark.parametrize("system", ["engine-a", "engine-b", "reference"])
def test_every_sentence_of_the_articles_pairs_as_the_gold_says(name, system):
    expected = [(i, 1, text or "") for i, text in enumerate(gold(name, system))]
    assert [(text.segment, text.covers, text.content.text) for text in aligned(name, system)] == expected


@pytest.mark.parametrize(
    ("name", "blocks", "system", "covers"),
    [
        ("chipfabrik-foerderung", 12, "engine-a", [1] * 20),
        ("chipfabrik-foerderung", 12, "engine-b", [1] * 20),
        ("chipfabrik-foerderung", 12, "reference", [1] * 20),
        ("handy-sicherheitsluecke", 12, "engine-a", [1] * 22),
        ("handy-sicherheitsluecke", 12, "engine-b", [1] * 22),
        ("handy-sicherheitsluecke", 12, "reference", [1] * 22),
    ],
)
def test_two_articles_give_the_rows_worked_out_for_them(name, blocks, system, covers):
    source, _ = article(name)
    assert len(source.blocks) == blocks
    texts = aligned(name, system)
    assert [text.covers for text in texts] == covers
    assert None not in [text.segment for text in texts]


def test_the_sentence_an_engine_dropped_is_an_empty_text_and_its_neighbours_stay_in_place():
    texts = aligned("handy-sicherheitsluecke", "engine-b")
    assert [(text.segment, text.confidence) for text in texts if not text.content.text] == [(17, None)]
    assert texts[16].content.text.startswith("This recommends also the Federal Office")
    assert texts[18].content.text.startswith("It is not the first time")


def test_the_right_beads_of_the_articles_are_sure_ones():
    confidences = [
        text.confidence
        for name in ARTICLES
        for system in ("engine-a", "engine-b", "reference")
        for text in aligned(name, system)
        if text.content.text
    ]
    assert len(confidences) == 3 * 90 - 1
    assert min(confidences) > 0.3
    assert sum(confidence > 0.9 for confidence in confidences) >= 0.9 * len(confidences)


def test_a_paragraph_that_an_engine_cut_in_two_gives_its_sentences_one_by_one():
    texts = aligned("handy-sicherheitsluecke", "engine-b")
    second = [
        text for text in texts if text.content.text.startswith(("The mistake was", "According to him", "The gap"))
    ]
    assert [(text.segment, text.covers, text.block) for text in second] == [(8, 1, 6), (9, 1, 6), (10, 1, 7)]


def test_a_disclosure_is_neither_aligned_nor_reported():
    for name in ARTICLES:
        assert not [text for text in aligned(name, "reference") if "originally published" in text.content.text]


def test_the_link_of_a_translation_has_the_id_it_has_in_the_source():
    source, _ = article("ransomware-kommunen")
    segments = segment_source(source.blocks, "de")
    with_link = next(i for i, segment in enumerate(segments) if any(c.kind == "link" for c in segment.content.codes))
    text = next(t for t in aligned("ransomware-kommunen", "engine-a") if t.segment == with_link)
    assert "⟦1⟧General Data Protection Regulation (GDPR)⟦/1⟧" in to_marked(text.content)


# --- beads -------------------------------------------------------------------------------------

P1 = "Der Rat hat am 3. März 45 Bäume bestellt. Sie kosten 12.000 Euro."
E1 = "The council ordered 45 trees on March 3. They cost 12,000 euros."
P2 = "Gepflanzt wird im Herbst an der Kornstraße. Darum bat der Verein Grünzug seit Jahren."
E2 = "They will be planted in autumn on Kornstraße. The Grünzug association has asked for that for years."
P3 = "Kritik kommt von Ida Brook. Sie hält 45 Bäume für zu wenig."
E3 = "Ida Brook is critical. She thinks 45 trees are too few."


def blocks(*texts, kind="body"):
    return [b if isinstance(b, ImportedBlock) else ImportedBlock(kind, CodedText(b)) for b in texts]


def block(kind, text):
    return ImportedBlock(kind, CodedText(text))


def align(source, target):
    """(segment, covers, text, block) of each aligned text."""
    texts = align_article(segment_source(blocks(*source), "de"), blocks(*target), "de", "en")
    return [(text.segment, text.covers, text.content.text, text.block) for text in texts]


def test_paragraphs_that_match_pair_sentence_by_sentence():
    assert align([P1, P2], [E1, E2]) == [
        (0, 1, "The council ordered 45 trees on March 3.", 0),
        (1, 1, "They cost 12,000 euros.", 0),
        (2, 1, "They will be planted in autumn on Kornstraße.", 1),
        (3, 1, "The Grünzug association has asked for that for years.", 1),
    ]


def test_two_paragraphs_made_one_leave_no_trace():
    assert [row[:3] for row in align([P1, P2, P3], [f"{E1} {E2}", E3])] == [
        row[:3] for row in align([P1, P2, P3], [E1, E2, E3])
    ]


def test_a_paragraph_made_two_leaves_no_trace_but_its_block():
    first, second = E2.split(". ", 1)
    got = align([P1, P2, P3], [E1, f"{first}.", second, E3])
    assert [row[:3] for row in got] == [row[:3] for row in align([P1, P2, P3], [E1, E2, E3])]
    assert [row[3] for row in got] == [0, 0, 1, 2, 3, 3]


def test_a_dropped_paragraph_is_an_empty_text_for_each_of_its_sentences():
    got = align([P1, P2, P3], [E1, E3])
    assert [(row[0], row[1], row[2]) for row in got if not row[2]] == [(2, 1, ""), (3, 1, "")]
    assert [row[0] for row in got] == [0, 1, 2, 3, 4, 5]


def test_a_paragraph_without_a_source_is_kept_and_called_unaligned():
    texts = align_article(
        segment_source(blocks(P1, P2), "de"), blocks(E1, "Subscribe to our daily newsletter.", E2), "de", "en"
    )
    (extra,) = [text for text in texts if text.segment is None]
    assert (extra.content.text, extra.block, extra.reason, extra.confidence) == (
        "Subscribe to our daily newsletter.",
        1,
        UNALIGNED,
        None,
    )
    assert [text.segment for text in texts] == [0, 1, None, 2, 3]


def test_a_paragraph_of_fewer_sentences_is_one_text_for_all_of_them():
    joined = "They will be planted in autumn on Kornstraße, as the Grünzug association has asked for years."
    assert align([P1, P2], [E1, joined])[2:] == [(2, 2, joined, 1)]


def test_two_sentences_made_one_cover_both_and_leave_the_others_alone():
    joined = "They cost 12,000 euros and will be planted in autumn on Kornstraße."
    assert [row[:3] for row in align([P1, P2, P3], [E1.split(" They")[0], f"{joined} {E2.split('. ')[1]}", E3])] == [
        (0, 1, "The council ordered 45 trees on March 3."),
        (1, 2, joined),
        (3, 1, "The Grünzug association has asked for that for years."),
        (4, 1, "Ida Brook is critical."),
        (5, 1, "She thinks 45 trees are too few."),
    ]


def test_one_sentence_made_two_is_one_text():
    cut = "The council met on March 3. It ordered 45 trees. They cost 12,000 euros."
    assert align([P1, P2], [cut, E2])[:2] == [
        (0, 1, "The council met on March 3. It ordered 45 trees.", 0),
        (1, 1, "They cost 12,000 euros.", 0),
    ]


def test_two_sentences_cut_elsewhere_are_one_text_for_both():
    source = (
        "Der Rat hat am 3. März 45 Bäume bestellt, sie kosten 12.000 Euro. Gepflanzt wird im Herbst in der Kornstraße."
    )
    target = (
        "The council ordered 45 trees on March 3. They cost 12,000 euros and will be planted on Kornstraße in autumn."
    )
    assert align([source, P3], [target, E3])[0] == (0, 2, target, 0)


def test_a_dropped_sentence_is_an_empty_text():
    assert align([P1, P2, P3], [E1, E2.split(". ")[1], E3])[2:4] == [
        (2, 1, "", 0),
        (3, 1, "The Grünzug association has asked for that for years.", 1),
    ]


def test_a_sentence_without_a_source_is_unaligned_where_it_stands_and_moves_nobody():
    torn = f"{E2} Subscribe to our newsletter."
    got = align([P1, P2, P3], [E1, torn, E3])
    assert got[4] == (None, 1, "Subscribe to our newsletter.", 1)
    assert [row for row in got if row[0] is not None] == align([P1, P2, P3], [E1, E2, E3])


def test_sentences_without_a_source_are_one_text_a_block():
    got = align([P1, P2], [E1, "Subscribe to our newsletter. It is free of charge.", "Share it with Bob.", E2])
    assert [row for row in got if row[0] is None] == [
        (None, 1, "Subscribe to our newsletter. It is free of charge.", 1),
        (None, 1, "Share it with Bob.", 2),
    ]


def test_some_kinds_meet_their_own_kind_only():
    source = [block("headline", "Neue Bäume"), block("alt", "Ein Baum"), P1]
    target = [block("headline", "New trees"), block("caption", "A tree"), E1]
    got = align(source, target)
    assert (0, 1, "New trees", 0) in got
    assert (1, 1, "", 0) in got
    assert (None, 1, "A tree", 1) in got


def test_an_alt_text_only_the_translation_has_is_unaligned():
    got = align([block("caption", "Ein Baum."), P1], [block("alt", "Tree"), block("caption", "A tree."), E1])
    assert got[:2] == [(None, 1, "Tree", 0), (0, 1, "A tree.", 1)]


def test_running_text_may_change_its_kind():
    assert align([block("quote", P1), P2], [E1, block("list_item", E2)])[::2] == [
        (0, 1, "The council ordered 45 trees on March 3.", 0),
        (2, 1, "They will be planted in autumn on Kornstraße.", 1),
    ]


@pytest.mark.parametrize("kind", ["kicker", "headline", "caption"])
def test_kinds_that_are_one_segment_are_one_text(kind):
    assert align([block(kind, "Eins. Zwei.")], [block(kind, "One. Two. Three.")]) == [(0, 1, "One. Two. Three.", 0)]


def test_an_empty_side_is_all_gaps():
    assert align([P1], []) == [(0, 1, "", 0), (1, 1, "", 0)]
    assert align([], [E1]) == [(None, 1, E1, 0)]
    assert align([], []) == []
    assert align([P1], [block("disclosure", "Translated by machine.")]) == [(0, 1, "", 0), (1, 1, "", 0)]


def test_codes_of_a_text_for_several_sentences_match_those_of_all_of_them():
    def linked(text, start, end, code_id, href):
        raw = f'<a href="{href}">'
        codes = (
            InlineCode(code_id, "link", "open", start, raw),
            InlineCode(code_id, "link", "close", end, "</a>"),
        )
        return ImportedBlock("body", CodedText(text, codes))

    source = linked("Der Rat tagt. Er tagt hier.", 22, 26, "1", "/b")
    target = linked("The council meets here today", 18, 22, "7", "/b")
    (text,) = align_article(segment_source([source], "de"), [target], "de", "en")
    assert (text.covers, to_marked(text.content)) == (2, "The council meets ⟦1⟧here⟦/1⟧ today")


def test_a_link_over_two_sentences_of_one_text_stays_one_link():
    codes = (InlineCode("1", "link", "open", 0, "<a>"), InlineCode("1", "link", "close", 28, "</a>"))
    target = ImportedBlock("body", CodedText("It has come here. It is now. The trees are fine.", codes))
    source = "Jetzt ist er hierher gekommen, und er ist nun da. Den Bäumen geht es gut."
    texts = align_article(segment_source(blocks(source), "de"), [target], "de", "en")
    assert [to_marked(text.content) for text in texts] == [
        "⟦1⟧It has come here. It is now.⟦/1⟧",
        "The trees are fine.",
    ]


def test_a_pair_that_shares_nothing_is_less_sure_than_one_that_shares_its_numbers_and_names():
    def confidence(english):
        texts = align_article(segment_source(blocks(P1, P2), "de"), blocks(E1, english), "de", "en")
        return next(text.confidence for text in texts if text.segment == 2)

    shares, shares_little = confidence(E2), confidence("Nobody has ever said a word of it. And so it goes on and on.")
    assert shares > 0.95
    assert shares_little is None or 1 - shares_little > 5 * (1 - shares)


def test_crossed_numbers_are_no_sure_pair():
    texts = align_article(
        segment_source(blocks("Haus 45.", "Haus 46."), "de"), blocks("Home 46.", "Home 45."), "de", "en"
    )
    assert all(text.confidence is None or text.confidence < 0.5 for text in texts)


# --- paragraphs moved about --------------------------------------------------------------------


def documents(domain):
    """Lists of (German line, English line of reference A), one per document."""
    data = shared_path("data/wmt22-de-en")
    german, english, docs = (
        (data / name).read_text(encoding="utf-8").split("\n") for name in ("source.de", "ref.A.en", "docs.tsv")
    )
    found = {}
    for de, en, row in zip(german, english, docs[1:], strict=False):
        if row:
            _, document, its_domain, *_ = row.split("\t")
            if its_domain == domain:
                found.setdefault(document, []).append((de, en))
    return list(found.values())


def disturbed(lines, chance, rate, strangers):
    """German paragraphs, English paragraphs, and which belong together: joined, split, dropped, inserted at a rate."""
    paragraphs = []
    while lines:
        count = chance.randint(1, 3)
        paragraphs.append(lines[:count])
        lines = lines[count:]
    german = [" ".join(de for de, _ in paragraph) for paragraph in paragraphs]
    english, beads, i = [], [], 0

    def add(sources, *texts):
        beads.append((sources, " ".join(texts)))
        english.extend(texts)

    while i < len(paragraphs):
        texts = [en for _, en in paragraphs[i]]
        what = chance.random()
        if what < rate:
            beads.append(([i], ""))
        elif what < 2 * rate and i + 1 < len(paragraphs):
            add([i, i + 1], " ".join([*texts, *(en for _, en in paragraphs[i + 1])]))
            i += 1
        elif what < 3 * rate and len(texts) > 1:
            add([i], texts[0], " ".join(texts[1:]))
        else:
            if what < 4 * rate:
                add([], chance.choice(strangers))
            add([i], " ".join(texts))
        i += 1
    return german, english, beads


def share_right(rate, seed, domain="news"):
    """The share of beads whose English comes out at the German it belongs to, over all documents of a domain."""
    chance = random.Random(seed)
    strangers = [en for lines in documents("ecommerce") for _, en in lines]
    right = total = 0
    for lines in documents(domain):
        german, english, beads = disturbed(lines, chance, rate, strangers)
        segments = segment_source(blocks(*german), "de")
        texts = align_article(segments, blocks(*english), "de", "en")
        for sources, expected in beads:
            got = [t for t in texts if (segments[t.segment].block in sources if t.segment is not None else not sources)]
            if sources:
                right += "".join("".join(t.content.text for t in got).split()) == "".join(expected.split())
            else:
                right += expected in [t.content.text for t in got]
            total += 1
    return right / total


def test_undisturbed_human_translations_pair_without_a_fault():
    assert share_right(0.0, seed=1) == 1.0


def test_joined_split_dropped_and_inserted_paragraphs_are_found():
    assert share_right(0.05, seed=5) >= 0.98
    assert share_right(0.10, seed=6) >= 0.98


# --- any article -------------------------------------------------------------------------------

BLOCKS = st.lists(
    st.builds(
        lambda kind, words: block(kind, " ".join(words)),
        st.sampled_from(["headline", "body", "quote", "alt", "caption", "disclosure", SEGMENT_KINDS[-1]]),
        st.lists(st.sampled_from(["Haus.", "Baum", "45", "Wer?", "Kornstraße", "ist", "Ida", "12.000"]), min_size=1),
    ),
    max_size=8,
)


@settings(max_examples=200, deadline=None)
@given(source=BLOCKS, target=BLOCKS)
def test_every_segment_is_covered_once_and_no_word_of_the_translation_is_lost(source, target):
    segments = segment_source(source, "de")
    texts = align_article(segments, target, "de", "en")
    covered = [i for text in texts if text.segment is not None for i in range(text.segment, text.segment + text.covers)]
    assert covered == list(range(len(segments)))
    words = [word for b in target if b.kind != "disclosure" for word in b.content.text.split()]
    assert [word for text in texts for word in text.content.text.split()] == words
    assert all(text.confidence is None or 0 <= text.confidence <= 1 for text in texts)
    assert all((text.segment is None) == (text.reason == UNALIGNED) for text in texts)


@pytest.mark.long
def test_five_thousand_paragraphs_align_in_seconds_with_a_hundred_missing():
    german = [f"Im Jahr {1000 + i} zahlte die Stadt {i * 7} Euro. Das war Haus Nummer {i}." for i in range(5000)]
    english = [f"In {1000 + i} the city paid {i * 7} euros. That was house number {i}." for i in range(5000)]
    del english[2000:2100]
    segments = segment_source(blocks(*german), "de")
    start = time.process_time()
    texts = align_article(segments, blocks(*english), "de", "en")
    assert time.process_time() - start < 60
    assert [text.segment for text in texts if not text.content.text] == list(range(4000, 4200))
    assert all(str(text.segment // 2 * 7) in text.content.text for text in texts[:4000:2])
