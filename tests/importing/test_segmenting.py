"""Sentences of German and English newspaper text, with their codes."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.segmentation import agreement, joined, ours, paragraphs_of, wmt21_documents, wmt22_documents
from reviews.importing.segmenting import segment_source, sentence_starts, split
from reviews.importing.segmenting.words import kinds, words
from reviews.values import SEGMENT_KINDS, UNDIVIDED_KINDS, CodedText, ImportedBlock, InlineCode, to_marked
from tests.shared import shared_path

DATA = Path(__file__).parent / "data"


def sentences(text, lang="de", kind="body"):
    return [piece.text for piece in split(CodedText(text), lang, kind)]


def test_the_german_gold_paragraphs_come_out_right():
    gold = paragraphs_of(shared_path("cases/german_segmentation.jsonl"))
    assert wrong(gold, "de") == []


@pytest.mark.parametrize("lang", ["de", "en"])
def test_our_own_paragraphs_come_out_right(lang):
    assert wrong(paragraphs_of(DATA / f"sentences.{lang}.jsonl"), lang) == []


def wrong(paragraphs, lang):
    return [sentences(each.text, lang) for each in paragraphs if sentences(each.text, lang) != list(each.sentences)]


@pytest.mark.parametrize(
    ("name", "lang", "documents"),
    [("source.de", "de", wmt21_documents), ("source.de", "de", wmt22_documents), ("ref.A.en", "en", wmt22_documents)],
)
def test_the_lines_of_real_news_come_back(name, lang, documents):
    """Some lines hold two sentences and some texts are no prose, so that 1 is not to be had."""
    assert agreement(joined(documents(name)), ours, lang).f1 > 0.995


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Der 3. Senat tagt. Er tagte am 3. Danach war Ruhe.",
            ["Der 3. Senat tagt.", "Er tagte am 3.", "Danach war Ruhe."],
        ),
        ("Im Jahr 2024. Siltara baute.", ["Im Jahr 2024.", "Siltara baute."]),
        ("1. Die Stadt zahlt.", ["1. Die Stadt zahlt."]),
        ("Am 24. Dez. 2025 war Ruhe. Dann nicht.", ["Am 24. Dez. 2025 war Ruhe.", "Dann nicht."]),
        ("Er kam 300 v. Chr. Geburt an. Gut.", ["Er kam 300 v. Chr. Geburt an.", "Gut."]),
        ("Er fuhr zum Hbf. Nord. Gut.", ["Er fuhr zum Hbf. Nord.", "Gut."]),
        ("Er fuhr zum Hbf. Dort war Ruhe.", ["Er fuhr zum Hbf.", "Dort war Ruhe."]),
        ("„Hallo. Wie geht es?“, fragte er.", ["„Hallo.", "Wie geht es?“, fragte er."]),
        ("Sie sagte: „Nein. Nie.“", ["Sie sagte: „Nein.", "Nie.“"]),
        ("Die Sendung „Wer da? Das Quiz“ lief.", ["Die Sendung „Wer da? Das Quiz“ lief."]),
        ("„Freiheit kostet.“ – Ida Brook", ["„Freiheit kostet.“ – Ida Brook"]),
        ("„Freiheit kostet.“ – Das sagte Ida Brook.", ["„Freiheit kostet.“", "– Das sagte Ida Brook."]),
        ("Er kam z.\u00a0B.\u00a0am Abend. Gut.", ["Er kam z.\u00a0B.\u00a0am Abend.", "Gut."]),
        ("A\u00a0. B ging.", ["A\u00a0. B ging."]),
        ("Vor dem 1. Weltkrieg. Danach nicht.", ["Vor dem 1. Weltkrieg.", "Danach nicht."]),
        ("Sie hält an Gleis 3. Reisende warten.", ["Sie hält an Gleis 3.", "Reisende warten."]),
        ("Kiels 2. Tor fiel. Gut.", ["Kiels 2. Tor fiel.", "Gut."]),
        ("Eine Verbrennung 2. Grades. Gut.", ["Eine Verbrennung 2. Grades.", "Gut."]),
        ("Er fährt nach Frankfurt a. d. Oder. Gut.", ["Er fährt nach Frankfurt a. d. Oder.", "Gut."]),
        ("Hier sprach der Minister a. D. Oder nicht?", ["Hier sprach der Minister a. D.", "Oder nicht?"]),
        ("Obst, Tee o. ä. Waren sind da. Gut.", ["Obst, Tee o. ä. Waren sind da.", "Gut."]),
        ("Obst, Tee o. Ä. Waren sind da.", ["Obst, Tee o. Ä.", "Waren sind da."]),
        ("Auf diese Art. Nach Art. 5 nicht.", ["Auf diese Art.", "Nach Art. 5 nicht."]),
        (
            "Das schaff ich nicht... Geht es? So ein Sch… Tag.",
            ["Das schaff ich nicht...", "Geht es?", "So ein Sch… Tag."],
        ),
        ("Der Sieg – der dritte! – Kieler Fans feierten.", ["Der Sieg – der dritte! – Kieler Fans feierten."]),
        ("Auf Yahoo! Finance. Bei Yahoo! Dort.", ["Auf Yahoo! Finance.", "Bei Yahoo!", "Dort."]),
        ("Die Aktion „Rettet das Moor!“ Kieler Schüler lief.", ["Die Aktion „Rettet das Moor!“ Kieler Schüler lief."]),
        (
            "Es war zu stark.Das sagt sie auf bild.TV und Bild.Digital.",
            ["Es war zu stark.", "Das sagt sie auf bild.TV und Bild.Digital."],
        ),
        ("(Wir fragten nach. Er schwieg.) Gut.", ["(Wir fragten nach.", "Er schwieg.)", "Gut."]),
        ("Schön! 😀 Es ging. eBay half. #Kiel auch.", ["Schön! 😀", "Es ging.", "eBay half.", "#Kiel auch."]),
        ("a) Pass\nb) Foto", ["a) Pass", "b) Foto"]),
        ("Kurz\nLang", ["Kurz", "Lang"]),
        ("Ein Satz mit\nUmbruch. Gut.", ["Ein Satz mit", "Umbruch.", "Gut."]),
        ("Ein Satz\nmit Umbruch. Gut.", ["Ein Satz\nmit Umbruch.", "Gut."]),
        ("Eins.\r\n\r\nZwei.", ["Eins.", "Zwei."]),
        ("  Eins. Zwei.  ", ["Eins.", "Zwei."]),
        ("", []),
        (" \n ", []),
    ],
)
def test_german_newspaper_text(text, expected):
    assert sentences(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He moved to No. 5. Then Mr. A. B. Smith left.", ["He moved to No. 5.", "Then Mr. A. B. Smith left."]),
        ("Sen. Jones met on Jan. 5 in the U.S. Senate.", ["Sen. Jones met on Jan. 5 in the U.S. Senate."]),
        ("He said: “We lost. We know that.” Then he left.", ["He said: “We lost.", "We know that.”", "Then he left."]),
        ("“We lost. We know,” he said. Bye.", ["“We lost.", "We know,” he said.", "Bye."]),
        ("“It costs.” – Ida Brook", ["“It costs.” – Ida Brook"]),
        ("Up 3.5 percent. More later.", ["Up 3.5 percent.", "More later."]),
        ("He came in 3. Then he left.", ["He came in 3.", "Then he left."]),
        ("“Why?” Smith asked. “Why?” The mayor fled.", ["“Why?” Smith asked.", "“Why?”", "The mayor fled."]),
        (
            "Polls open at 8 a.m. Monday. They close at 5 p.m. Lunch is free.",
            ["Polls open at 8 a.m. Monday.", "They close at 5 p.m.", "Lunch is free."],
        ),
        ("It's... I don't know. I … I do.", ["It's...", "I don't know.", "I … I do."]),
        ("The answer is no. Fans cried at No. 10.", ["The answer is no.", "Fans cried at No. 10."]),
    ],
)
def test_english_newspaper_text(text, expected):
    assert sentences(text, "en") == expected
    assert sentences(text, "en-GB") == expected


def test_other_languages_are_divided_by_the_library():
    assert sentences("Il est là. Elle part.", "fr") == ["Il est là.", "Elle part."]


@pytest.mark.parametrize("kind", SEGMENT_KINDS)
def test_some_kinds_are_one_segment_whatever_they_hold(kind):
    expected = ["Eins. Zwei."] if kind in UNDIVIDED_KINDS else ["Eins.", "Zwei."]
    assert sentences(" Eins. Zwei. ", kind=kind) == expected


# --- codes -------------------------------------------------------------------------------------


def link(start, end, code_id="1"):
    return (InlineCode(code_id, "link", "open", start, "<a>"), InlineCode(code_id, "link", "close", end, "</a>"))


def marked(content):
    return [to_marked(piece) for piece in split(content, "de")]


def test_offsets_count_code_points_beside_umlauts_and_emoji():
    text = "Äh 😀 ja. Öl brennt."
    assert marked(CodedText(text, link(3, 4))) == ["Äh ⟦1⟧😀⟦/1⟧ ja.", "Öl brennt."]
    assert marked(CodedText(text, link(9, 11))) == ["Äh 😀 ja.", "⟦1⟧Öl⟦/1⟧ brennt."]
    assert sentence_starts(text, "de") == [0, 9]


def test_a_link_over_two_sentences_is_closed_and_opened_again():
    assert marked(CodedText("Eins ist. Zwei ist.", link(5, 14))) == ["Eins ⟦1⟧ist.⟦/1⟧", "⟦1⟧Zwei⟦/1⟧ ist."]


def test_a_link_round_one_sentence_stays_with_it():
    assert marked(CodedText("Eins. Zwei. Drei.", link(6, 11))) == ["Eins.", "⟦1⟧Zwei.⟦/1⟧", "Drei."]


def test_a_line_break_element_divides_and_is_kept():
    def br(pos):
        return (InlineCode("1", "br", "single", pos, "<br>"),)

    assert marked(CodedText("Ohne Punkt Neue Zeile", br(10))) == ["Ohne Punkt⟦1/⟧", "Neue Zeile"]
    assert marked(CodedText("Ohne Punkt weiter so", br(10))) == ["Ohne Punkt⟦1/⟧ weiter so"]


def test_a_block_of_codes_alone_keeps_them():
    (piece,) = split(CodedText("", (InlineCode("1", "br", "single", 0, "<br>"),)), "de")
    assert len(piece.codes) == 1


# --- any text ----------------------------------------------------------------------------------

ALPHABET = st.one_of(
    st.sampled_from(
        ["A", "b", "z. B. ", "Dr. ", "usw. ", "3. ", "Nr. 5", ". ", "! ", "? ", "… ", "„", "“", "»", "«", '"']
    ),
    st.sampled_from(
        ["(", ")", ".)", " ", "\n", "\r\n", "\u00a0", "\u202f", "\t", "–", "😀", "ä", "12 b. ", "\u2028", "\x85"]
    ),
    st.characters(exclude_categories=("Cs",)),
)
TEXTS = st.lists(ALPHABET, max_size=40).map("".join)


def squeezed(text):
    return re.sub(r"\s", "", text)


@settings(max_examples=300, deadline=None)
@given(text=TEXTS, lang=st.sampled_from(["de", "en", "fr", "xx"]))
def test_the_sentences_of_any_text_give_it_back(text, lang):
    pieces = sentences(text, lang)
    assert squeezed("".join(pieces)) == squeezed(text)
    assert all(piece == piece.strip() and piece for piece in pieces)


@settings(max_examples=200, deadline=None)
@given(text=TEXTS, data=st.data())
def test_no_code_is_lost_whatever_the_text(text, data):
    places = st.integers(0, len(text))
    codes = []
    for number in range(data.draw(st.integers(0, 4))):
        start, end = sorted(data.draw(st.tuples(places, places)))
        kind = data.draw(st.sampled_from(["link", "br"]))
        if kind == "br" or start == end:
            codes.append(InlineCode(str(number), kind, "single", start, "<br>"))
        else:
            codes += link(start, end, str(number))
    content = CodedText(text, tuple(sorted(codes, key=lambda code: code.pos)))
    pieces = split(content, "de")
    assert {code.id for piece in pieces for code in piece.codes} == {code.id for code in codes}
    for piece in pieces:
        opened = [code.id for code in piece.codes if code.part == "open"]
        assert sorted(opened) == sorted(code.id for code in piece.codes if code.part == "close")


def test_a_text_longer_than_the_librarys_window_is_divided_like_a_short_one(monkeypatch):
    text = "Il est là. « Non ! » cria-t-elle. Puis ce fut le silence. " * 20
    whole = sentences(text, "fr")
    monkeypatch.setattr("reviews.importing.segmenting.library._WINDOW", 200)
    assert sentences(text, "fr") == whole
    assert len(whole) >= 40


#: Texts that make a rule look far, again and again, if it looks without bounds.
HOSTILE = {
    "dots": "." * 100_000,
    "dots and blanks": ". " * 50_000,
    "marks closed": "." + "”" * 100_000,
    "a word": "a" * 100_000 + ". B",
    "blanks": "a." + " " * 100_000 + "B",
    "line breaks": "\n" * 100_000,
    "unclosed German quotations": "„x. " * 50_000,
    "unclosed English quotations": "“x. " * 50_000,
    "straight quotations": ' "x. ' * 50_000,
    "unclosed brackets": "(x. " * 50_000,
    "nested brackets": "(" * 50_000 + "a. B " * 100 + ")" * 50_000,
    "abbreviations": "z. B. " * 30_000,
    "initials": "A. " * 50_000,
    "initials without blanks": "A." * 50_000 + "A. B",
    "abbreviations without blanks": "x-med.Das" * 20_000,
    "numbers": "3. " * 50_000,
    "dashes": "a – b! – C – d" * 20_000,
    "opening marks": ("! " + "„" * 50) * 2_000,
    "hyphens": ("a. " + "a-" * 3_000) * 30,
}


@pytest.mark.parametrize("lang", ["de", "en", "fr"])
@pytest.mark.parametrize("name", HOSTILE)
def test_a_long_hostile_text_takes_no_square_of_time(name, lang):
    """Two seconds at most on a busy machine; the square of 100,000 characters takes minutes."""
    text = HOSTILE[name]
    started = time.process_time()
    sentence_starts(text, lang)
    assert time.process_time() - started < 5


def test_a_word_has_one_kind():
    with pytest.raises(ValueError, match=r"Nr: seldom and never\. Keep one kind\."):
        kinds(never=words("Dr Nr"), seldom=words("Mio Nr"))


# --- articles ----------------------------------------------------------------------------------


def test_segments_know_their_block_and_their_place_in_it():
    blocks = [
        ImportedBlock("headline", CodedText("Eins. Zwei."), "/h1"),
        ImportedBlock("body", CodedText("Drei. Vier."), "/p"),
    ]
    got = [(s.content.text, s.kind, s.block, s.sentence, s.locator) for s in segment_source(blocks, "de")]
    assert got == [
        ("Eins. Zwei.", "headline", 0, 0, "/h1"),
        ("Drei.", "body", 1, 0, "/p"),
        ("Vier.", "body", 1, 1, "/p"),
    ]
