"""The HTML writer: the source page with its texts replaced, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reviews.importing.codes import match_codes
from reviews.importing.formats.html_page import read_page
from reviews.importing.segmenting import segment_source
from reviews.publishing.export.article import Article, ExportError, Piece
from reviews.publishing.export.html import HtmlPages
from reviews.publishing.export.markup import legal
from reviews.values import CodedText, DocumentMeta, ImportedBlock, InlineCode, from_marked, normalise, to_marked
from tests.shared import shared_path

ARTICLES = ("chipfabrik-foerderung", "handy-sicherheitsluecke", "open-source-verwaltung", "ransomware-kommunen")
_SPACE = re.compile(r"[ \t\n\r\f]+")
DISCLOSURE = (
    "This article was originally published in German. It was translated with technical assistance and editorially "
    "reviewed before publication."
)


def article_of(page: bytes | None, pieces: Sequence[Piece], **changes: Any) -> Article:
    made = Article(
        document="nx-1",
        meta=DocumentMeta(),
        source_lang="de",
        target_lang="en",
        reviewed=True,
        closing_line=DISCLOSURE,
        pieces=tuple(pieces),
        page=page,
    )
    return replace(made, **changes)


def pieces_of(page: bytes) -> list[Piece]:
    """The page's sentences as an import makes segments of them; each is its own translation."""
    blocks = [ImportedBlock(b.kind, b.content, b.locator) for b in read_page(page, "page").blocks]
    return [
        Piece(i, str(i + 1), s.kind, s.block, s.content, s.content, "approved", s.locator)
        for i, s in enumerate(segment_source(blocks, "de"))
    ]


#: What the head says to machines, which test_head.py is about.
_DESCRIBED = re.compile(r'<script type="application/ld\+json">.*?</script>\n?', re.DOTALL)
_ADDRESS = re.compile(
    r'<(?:link rel="canonical"|meta property="og:(?:url|locale)"|meta name="twitter:url")[^>]*>[ \t]*\n?'
)


def write(page: bytes | None, pieces: Sequence[Piece], **changes: Any) -> str:
    """The page without what its head says to machines."""
    return _DESCRIBED.sub("", HtmlPages().write(article_of(page, pieces, **changes)).decode())


def without_address(page: str) -> str:
    """A source page without what it says of its own address."""
    return _ADDRESS.sub("", page)


def translated(piece: Piece, marked: str) -> Piece:
    """The piece with a typed text, codes as marks."""
    return replace(piece, target=from_marked(marked, piece.source.codes))


def page_with(inside: str, head: str = "") -> bytes:
    return (
        f'<!DOCTYPE html>\n<html lang="de">\n<head>\n<meta charset="utf-8">\n{head}</head>\n<body>\n<article>\n'
        f"{inside}\n</article>\n</body>\n</html>\n"
    ).encode()


def inside_of(written: str) -> str:
    """The article of a written page, without the disclosure."""
    start, end = written.index("<article>\n") + len("<article>\n"), written.index('\n<p class="disclosure">')
    return written[start:end]


def rewritten(inside: str, *texts: str | None) -> str:
    """The inside of an article after its segments got these texts (codes as marks); None is one without text yet."""
    page = page_with(inside)
    pieces = pieces_of(page)
    assert len(pieces) == len(texts), [piece.source.text for piece in pieces]
    done = [
        replace(piece, target=None) if text is None else translated(piece, text)
        for piece, text in zip(pieces, texts, strict=True)
    ]
    return inside_of(write(page, done))


# --- the four articles ------------------------------------------------------------------------------


def source_of(name: str) -> bytes:
    return shared_path(f"articles/{name}/source.de.html").read_bytes()


def reference_of(name: str) -> bytes:
    return shared_path(f"articles/{name}/reference.en.html").read_bytes()


def human_translation(name: str) -> list[Piece]:
    """The article with the text of its human translation, block by block: they have the same blocks."""
    source = read_page(source_of(name), "source").blocks
    reference = [b for b in read_page(reference_of(name), "reference").blocks if b.kind != "disclosure"]
    assert [b.kind for b in source] == [b.kind for b in reference]
    return [
        Piece(i, str(i), s.kind, i, s.content, match_codes(s.content, r.content), "approved", s.locator)
        for i, (s, r) in enumerate(zip(source, reference, strict=True))
    ]


@pytest.mark.parametrize("name", ARTICLES)
def test_with_the_human_translation_the_page_is_the_one_its_translator_made(name: str) -> None:
    """The article, its disclosure line included, is byte for byte that of the hand-made English page."""
    ours = write(source_of(name), human_translation(name))
    theirs = reference_of(name).decode()
    between = ("<body>", "</html>")
    assert _cut(ours, *between) == _cut(theirs, *between)


@pytest.mark.parametrize("name", ARTICLES)
def test_language_title_and_description_follow_and_the_rest_of_the_head_stays(name: str) -> None:
    ours = write(source_of(name), human_translation(name)).splitlines()
    source = without_address(source_of(name).decode()).splitlines()
    reference = reference_of(name).decode().splitlines()
    assert [unescape(line) for line in ours[:6]] == [unescape(line) for line in reference[:6]]
    assert ours[1] == '<html lang="en">'
    end = ours.index("</head>")
    assert ours[6:end] == source[6 : source.index("</head>")]


@pytest.mark.parametrize("name", ARTICLES)
def test_sentence_by_sentence_the_same_texts_give_the_same_page(name: str) -> None:
    written = write(source_of(name), pieces_of(source_of(name)))
    source = without_address(source_of(name).decode())
    without = written.replace(f'<p class="disclosure">{DISCLOSURE}</p>\n', "")
    assert without == source.replace('<html lang="de">', '<html lang="en">')


@pytest.mark.parametrize("name", ARTICLES)
def test_what_is_read_from_the_written_page_is_what_was_approved(name: str) -> None:
    pieces = [translated(p, to_marked(p.source).replace(" ", " EN ")) for p in pieces_of(source_of(name))]
    written = read_page(write(source_of(name), pieces).encode(), "written").blocks
    assert written[-1].content.text == DISCLOSURE
    by_block: dict[int, list[str]] = {}
    for piece in pieces:
        assert piece.target is not None
        by_block.setdefault(piece.block, []).append(piece.target.text)
    assert [b.content.text for b in written[:-1]] == [" ".join(texts) for texts in by_block.values()]


def test_the_link_keeps_its_attributes() -> None:
    written = write(source_of("ransomware-kommunen"), human_translation("ransomware-kommunen"))
    assert '<a href="https://example.org/dsgvo">' in written
    assert written.count("<a ") == 1


def _cut(page: str, start: str, end: str) -> str:
    return page[page.index(start) : page.index(end)]


# --- a page of the wild -----------------------------------------------------------------------------


def test_of_a_real_page_every_element_and_attribute_stays_in_its_place() -> None:
    page = shared_path("files/html-netzpolitik-de.html").read_bytes()
    written = write(page, pieces_of(page)).encode()

    def elements(raw: bytes) -> list[tuple[str, list[tuple[str, str]]]]:
        root = read_page(raw, "page").tree.getroot()
        return [
            (str(e.tag), sorted((str(k), str(v)) for k, v in e.attrib.items()))
            for e in root.iter()
            if isinstance(e.tag, str) and e.get("class") != "disclosure"
        ]

    before, after = elements(without_address(page.decode()).encode()), elements(written)
    # `lang` of the page, and the charset's capital letters.
    assert before[0][1] != after[0][1]
    changed = [(b, a) for b, a in zip(before[1:], after[1:], strict=True) if b != a]
    assert changed == []


def test_of_a_real_page_comments_and_scripts_stay() -> None:
    page = shared_path("files/html-netzpolitik-de.html").read_bytes()
    written = write(page, pieces_of(page))
    before = page.decode()
    assert written.count("<!--") == before.count("<!--")
    assert written.count("<script") == before.count("<script")


# --- blocks and codes --------------------------------------------------------------------------------


def test_text_goes_between_the_white_space_of_the_page() -> None:
    assert rewritten("<p>\n  Guten Tag.\n</p>", "Hello.") == "<p>\n  Hello.\n</p>"


def test_typed_markup_is_text() -> None:
    assert rewritten("<p>Guten Tag.</p>", "<b>Hello</b> & <script>") == (
        "<p>&lt;b&gt;Hello&lt;/b&gt; &amp; &lt;script&gt;</p>"
    )


@given(
    typed=st.text(alphabet=st.one_of(st.characters(), st.sampled_from("<>&\"'/!- pscrita\u00ad\u0308")), max_size=60)
)
def test_whatever_is_typed_is_read_back_from_the_page_and_changes_none_of_its_elements(typed: str) -> None:
    shown = _SPACE.sub(" ", legal(typed))
    expected = normalise(shown).strip()
    assume(expected)
    page = page_with("<p>Guten Tag.</p>\n<p>Eins.</p>")
    first, second = pieces_of(page)
    written = read_page(write(page, [replace(first, target=CodedText(typed)), second]).encode(), "written")
    assert [block.content.text for block in written.blocks] == [expected, "Eins.", DISCLOSURE]
    assert [block.element.tag for block in written.blocks] == ["p", "p", "p"]


def test_links_and_emphasis_come_back_where_the_editor_put_them() -> None:
    inside = '<p>Siehe <a href="/a?x=1&amp;y=2" title="Mehr &quot;dazu&quot;" rel="nofollow"><b>hier</b></a>.</p>'
    assert rewritten(inside, "⟦1⟧⟦2⟧Here⟦/2⟧⟦/1⟧, see.") == (
        '<p><a href="/a?x=1&amp;y=2" title=\'Mehr "dazu"\' rel="nofollow"><b>Here</b></a>, see.</p>'
    )


def test_a_code_over_several_sentences_is_one_element_again() -> None:
    inside = "<p><strong>Das ist der erste Satz. Das ist der zweite <em>Satz. Und</em> der dritte.</strong></p>"
    assert rewritten(inside, "⟦1⟧One.⟦/1⟧", "⟦1⟧Two ⟦2⟧it is.⟦/2⟧⟦/1⟧", "⟦1⟧⟦2⟧And⟦/2⟧ three.⟦/1⟧") == (
        "<p><strong>One. Two <em>it is. And</em> three.</strong></p>"
    )


def test_two_links_with_one_address_stay_two() -> None:
    inside = '<p>Das ist <a href="/x">gut</a>. <a href="/x">Das</a> auch.</p>'
    assert rewritten(inside, "That is ⟦1⟧good⟦/1⟧.", "⟦2⟧That⟦/2⟧ too.") == (
        '<p>That is <a href="/x">good</a>. <a href="/x">That</a> too.</p>'
    )


def test_a_line_break_stays() -> None:
    assert rewritten("<p>Das ist gut,<br>das auch.</p>", "This is good,⟦1/⟧ that too.") == (
        "<p>This is good,<br> that too.</p>"
    )


def test_alt_and_caption_go_to_their_places() -> None:
    inside = (
        '<figure>\n<img src="/i.jpg" alt="Ein &quot;Haus&quot;" width="1">\n'
        "<figcaption>Bild: nx</figcaption>\n</figure>"
    )
    assert rewritten(inside, 'A "house" <b>', "Image: nx") == (
        '<figure>\n<img src="/i.jpg" alt=\'A "house" &lt;b&gt;\' width="1">\n'
        "<figcaption>Image: nx</figcaption>\n</figure>"
    )


def test_a_picture_in_a_paragraph_has_its_english_alt_text() -> None:
    inside = '<p>Das ist <img src="/i.jpg" alt="ein Haus" class="inline"> in Kiel.</p>'
    assert rewritten(inside, "a house", "This is ⟦1/⟧ in Kiel.") == (
        '<p>This is <img src="/i.jpg" alt="a house" class="inline"> in Kiel.</p>'
    )


def test_text_beside_blocks_is_found_again() -> None:
    inside = "<div>Davor <p>Mitte</p> danach <b>noch</b> etwas<ul><li>Punkt</li></ul></div>"
    assert rewritten(inside, "Before", "Middle", "after ⟦1⟧that⟦/1⟧ too", "Item") == (
        "<div>Before <p>Middle</p> after <b>that</b> too<ul><li>Item</li></ul></div>"
    )


def test_what_is_no_text_stays_beside_it() -> None:
    inside = (
        '<p><!-- ad --><svg id="icon"></svg>Text <a href="/x"><svg id="a"></svg>mit Link<svg id="b"></svg></a>'
        "<script>f()</script> Ende<!-- end --></p>"
    )
    assert rewritten(inside, "Text ⟦1⟧with link⟦/1⟧ end") == (
        '<p><!-- ad --><svg id="icon"></svg>Text <a href="/x"><svg id="a"></svg>with link<svg id="b"></svg></a> end'
        "<script>f()</script><!-- end --></p>"
    )


def test_a_machine_s_link_goes_out_without_its_script() -> None:
    page = page_with("<p>Guten Tag.</p>")
    (piece,) = pieces_of(page)
    codes = (
        InlineCode("9", "link", "open", 0, '<a href="javascript:x()" onclick="y()" title="t">'),
        InlineCode("9", "link", "close", 5, "</a>"),
    )
    assert inside_of(write(page, [replace(piece, target=CodedText("Hello.", codes))])) == (
        '<p><a title="t">Hello</a>.</p>'
    )


# --- what was left out, and what is not there yet ---------------------------------------------------


def test_a_sentence_that_was_left_out_disappears() -> None:
    assert rewritten("<p>Eins ist da. Zwei ist da. Drei ist da.</p>", "One.", "", "Three.") == "<p>One. Three.</p>"


def test_a_block_that_lost_its_text_is_removed() -> None:
    assert rewritten("<p>Eins.</p>\n<p>Zwei.</p>\n<p>Drei.</p>", "One.", "", "Three.") == "<p>One.</p>\n<p>Three.</p>"


def test_a_list_that_lost_its_items_is_removed() -> None:
    inside = "<p>Davor.</p>\n<ul>\n<li>Eins</li>\n<li>Zwei</li>\n</ul>\n<p>Danach.</p>"
    assert rewritten(inside, "Before.", "", "", "After.") == "<p>Before.</p>\n<p>After.</p>"
    assert rewritten(inside, "Before.", "", "Two", "After.") == (
        "<p>Before.</p>\n<ul>\n<li>Two</li>\n</ul>\n<p>After.</p>"
    )


def test_a_table_keeps_its_cells() -> None:
    inside = "<table><tr><td>Eins</td><td>Zwei</td></tr></table>"
    assert rewritten(inside, "", "Two") == "<table><tr><td></td><td>Two</td></tr></table>"


def test_a_picture_whose_description_was_left_out_has_an_empty_one() -> None:
    inside = '<p>Text.</p>\n<img src="/i.jpg" alt="Haus">'
    assert rewritten(inside, "Text.", "") == '<p>Text.</p>\n<img src="/i.jpg" alt="">'


def test_a_block_that_holds_more_than_its_text_stays() -> None:
    inside = '<p>Werbung: <iframe src="/ad"></iframe></p>\n<p>Text.</p>'
    assert rewritten(inside, "", "Text.") == '<p><iframe src="/ad"></iframe></p>\n<p>Text.</p>'


def test_the_picture_in_a_paragraph_that_was_left_out_stays() -> None:
    inside = '<p><img src="/i.jpg" alt="Haus"><br>Das <b>ist</b> es.</p>\n<p>Text.</p>'
    assert rewritten(inside, "House", "", "Text.") == '<p><img src="/i.jpg" alt="House"></p>\n<p>Text.</p>'


def test_a_text_for_two_blocks_stands_in_the_first_and_the_second_is_removed() -> None:
    page = page_with("<p>Eins.</p>\n<p>Zwei.</p>\n<p>Drei.</p>")
    one, two, three = pieces_of(page)
    one, three = translated(one, "One and two."), translated(three, "Three.")
    two = replace(two, target=None, covered_by="1")
    assert inside_of(write(page, [one, two, three])) == "<p>One and two.</p>\n<p>Three.</p>"


def test_text_without_a_translation_is_marked_as_what_it_is() -> None:
    assert rewritten("<p>Eins <b>ist</b> da. Zwei ist da.</p>", None, "Two.") == (
        '<p><span class="untranslated" lang="de">Eins <b>ist</b> da.</span> Two.</p>'
    )


def test_a_working_copy_says_so_and_claims_no_review() -> None:
    page = page_with("<p>Guten Tag.</p>")
    notice = "Working copy, not reviewed for publication: 0 of 1 segments are approved."
    written = write(page, pieces_of(page), reviewed=False, closing_line=notice)
    assert f'<p class="working-copy">{notice}</p>\n</article>' in written
    assert "reviewed before" not in written
    assert "disclosure" not in written


# --- head --------------------------------------------------------------------------------------------

HEAD = (
    "<title>{title}</title>\n"
    '<meta name="description" content="{description}">\n'
    '<meta property="og:title" content="Eine Schlagzeile">\n'
    '<meta property="og:description" content="Ein Teaser.">\n'
    '<meta name="twitter:title" content="Ganz anders">\n'
    '<meta name="keywords" content="Eine Schlagzeile">\n'
)
BODY = '<h1>Eine Schlagzeile</h1>\n<p class="teaser">Ein Teaser.</p>'


def head_of(written: str) -> list[str]:
    return written[written.index("<title>") : written.index("</head>")].splitlines()


def with_head(title: str, description: str, *texts: str) -> list[str]:
    page = page_with(BODY, HEAD.format(title=title, description=description))
    pieces = pieces_of(page)
    done = [translated(piece, text) for piece, text in zip(pieces, texts, strict=True)]
    return head_of(write(page, done))


def test_a_head_that_repeats_headline_and_teaser_repeats_the_english_ones() -> None:
    assert with_head("Eine Schlagzeile", " Ein\nTeaser. ", "A <headline>", 'A "teaser".') == [
        "<title>A &lt;headline&gt;</title>",
        '<meta name="description" content=\'A "teaser".\'>',
        '<meta property="og:title" content="A &lt;headline&gt;">',
        '<meta property="og:description" content=\'A "teaser".\'>',
        '<meta name="twitter:title" content="Ganz anders">',
        '<meta name="keywords" content="Eine Schlagzeile">',
    ]


def test_a_title_and_description_of_their_own_have_texts_of_their_own() -> None:
    head = with_head("Für Suchmaschinen", "Kurz gesagt.", "A headline", "A teaser.", "For search engines", "In short.")
    assert head[:3] == [
        "<title>For search engines</title>",
        '<meta name="description" content="In short.">',
        '<meta property="og:title" content="A headline">',
    ]


def test_a_title_that_was_left_out_becomes_the_headline() -> None:
    head = with_head("Für Suchmaschinen", "Kurz gesagt.", "A headline", "A teaser.", "", "")
    assert head[:2] == ["<title>A headline</title>", '<meta name="description" content="A teaser.">']


@pytest.mark.parametrize(
    ("declared", "written"),
    [
        ('<meta charset="iso-8859-1">', '<meta charset="utf-8">'),
        (
            '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">',
            '<meta http-equiv="Content-Type" content="text/html; charset=utf-8">',
        ),
    ],
)
def test_a_page_in_an_older_encoding_comes_out_as_utf_8_and_says_so(declared: str, written: str) -> None:
    page = f"<html><head>{declared}<title>Ü</title></head><body><p>Grüße</p></body></html>".encode("latin-1")
    pieces = pieces_of(page)
    page_written = HtmlPages().write(article_of(page, [translated(p, "Greetings – “hi”") for p in pieces]))
    assert written.encode() in page_written
    assert "Greetings – “hi”".encode() in page_written
    assert not page_written.startswith(b"<!DOCTYPE")


def test_a_page_that_declares_no_encoding_declares_the_one_it_is_written_in() -> None:
    page = "<!DOCTYPE html><html><head></head><body><p>Grüße</p></body></html>".encode()
    assert '<head><meta charset="utf-8"></head>' in write(page, pieces_of(page))


# --- pages that do not fit ---------------------------------------------------------------------------


def test_a_page_that_holds_another_text_is_not_written_into() -> None:
    pieces = pieces_of(page_with("<p>Guten Tag.</p>\n<p>Eins.</p>"))
    with pytest.raises(ExportError, match=r"does not hold the text of block 2 \(body\) where it was read"):
        write(page_with("<p>Guten Tag.</p>\n<p>Zwei.</p>"), pieces)


def test_a_page_without_the_place_is_not_written_into() -> None:
    pieces = pieces_of(page_with("<p>Guten Tag.</p>\n<p>Eins.</p>"))
    with pytest.raises(ExportError, match="Import the page again"):
        write(page_with("<p>Guten Tag.</p>"), pieces)


def test_a_page_that_cannot_be_read_any_more_is_a_clear_refusal() -> None:
    with pytest.raises(ExportError, match="has no text in its article"):
        write(b"<p></p>", pieces_of(page_with("<p>Guten Tag.</p>")))


# --- articles that did not come from a page ----------------------------------------------------------


def plain(*rows: tuple[str, str]) -> str:
    pieces = [
        Piece(i, str(i), kind, i, CodedText("Q"), CodedText(text), "approved") for i, (kind, text) in enumerate(rows)
    ]
    return write(None, pieces)


def test_markup_of_a_translation_file_goes_out_without_its_scripts() -> None:
    text = "Guten Tag."
    codes = (
        InlineCode("g1", "bold", "open", 0, '<g id="g1">'),
        InlineCode("g1", "bold", "close", 5, "</g>"),
        InlineCode("b1", "b", "single", 6, '<b onclick="x()">Tag</b>'),
        InlineCode("s1", "script", "single", 9, '<script xmlns="x">x()</script>'),
    )
    piece = Piece(0, "1", "body", 0, CodedText(text, codes), CodedText(text, codes), "approved", "file/0/unit/0")
    written = write(None, [piece])
    assert "<p>Guten <b></b>Tag.</p>" in written


def test_without_a_page_the_kinds_make_one() -> None:
    assert plain(
        ("kicker", "Digital"),
        ("headline", "A <headline>"),
        ("teaser", "In short."),
        ("body", "Text & more."),
        ("heading", "Part two"),
        ("list_item", "One"),
        ("list_item", "Two"),
        ("quote", "“Well.”"),
        ("caption", ""),
        ("related_link", "More"),
    ) == (
        "<!DOCTYPE html>\n"
        '<html lang="en">\n'
        "<head>\n"
        '<meta charset="utf-8">\n'
        "<title>A &lt;headline&gt;</title>\n"
        '<meta name="description" content="In short.">\n'
        "</head>\n"
        "<body>\n"
        "<article>\n"
        '<p class="kicker">Digital</p>\n'
        "<h1>A &lt;headline&gt;</h1>\n"
        '<p class="teaser">In short.</p>\n'
        "<p>Text &amp; more.</p>\n"
        "<h2>Part two</h2>\n"
        "<ul><li>One</li><li>Two</li></ul>\n"
        "<blockquote>“Well.”</blockquote>\n"
        '<p class="related_link">More</p>\n'
        f'<p class="disclosure">{DISCLOSURE}</p>\n'
        "</article>\n"
        "</body>\n"
        "</html>\n"
    )


def test_texts_for_the_head_go_into_the_head() -> None:
    written = plain(
        ("headline", "A headline"), ("seo_title", "For search"), ("meta_description", "Short."), ("slug", "a-slug")
    )
    assert "<title>For search</title>" in written
    assert '<meta name="description" content="Short.">\n<meta name="slug" content="a-slug">' in written
    assert written.count("a-slug") == 1


def test_a_page_without_a_headline_is_called_by_its_id() -> None:
    assert "<title>nx-1</title>" in plain(("body", "Text."))


def test_a_document_of_one_row_with_hostile_text_is_still_a_page() -> None:
    written = plain(("body", "</article></body><script>alert(1)</script>\x00\x0b"))
    assert "<p>&lt;/article&gt;&lt;/body&gt;&lt;script&gt;alert(1)&lt;/script&gt;\ufffd\ufffd</p>" in written
