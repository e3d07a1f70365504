"""HTML pages: blocks, kinds, codes, white space, encodings, and pages that are refused."""

import json

import pytest

from reviews.importing.formats.base import ReadError
from reviews.importing.formats.html_page import code_elements, read_page
from reviews.values import to_marked
from tests.shared import shared_path


def page(body, head=""):
    return read_page(f"<html><head>{head}</head><body><article>{body}</article></body></html>".encode(), "page.html")


def blocks(body, head=""):
    """(kind, text with marks) of a page's blocks."""
    return [(block.kind, to_marked(block.content)) for block in page(body, head).blocks]


def codes(body):
    """(id, kind, part, raw) of the codes of the first block."""
    return [(code.id, code.kind, code.part, code.raw) for code in page(body).blocks[0].content.codes]


def refusal(raw):
    with pytest.raises(ReadError) as refused:
        read_page(raw, "page.html")
    return refused.value.line, refused.value.reason


@pytest.mark.parametrize(
    ("markup", "kind"),
    [
        ("<p>X</p>", "body"),
        ("<p class='kicker'>X</p>", "kicker"),
        ("<h1>X</h1>", "headline"),
        ("<h1 class='kicker big'>X</h1>", "kicker"),
        ("<p class='lead teaser'>X</p>", "teaser"),
        ("<div class='teaser'><p>X</p></div>", "teaser"),
        ("<h2>X</h2>", "heading"),
        ("<h4>X</h4>", "heading"),
        ("<ul><li>X</li></ul>", "list_item"),
        ("<ol><li><p>X</p></li></ol>", "list_item"),
        ("<blockquote>X</blockquote>", "quote"),
        ("<blockquote class='pullquote'><p>X</p></blockquote>", "quote"),
        ("<figure><figcaption>X</figcaption></figure>", "caption"),
        ("<table><caption>X</caption></table>", "caption"),
        ("<table><tr><td>X</td></tr></table>", "table_cell"),
        ("<table><tr><th><p>X</p></th></tr></table>", "table_cell"),
        ("<p class='related'><a href='#'>X</a></p>", "related_link"),
        ("<div class='related'><ul><li>X</li></ul></div>", "related_link"),
        ("<p class='disclosure'>X</p>", "disclosure"),
        ("<address class='byline'>X</address>", "byline"),
        ("<div>Von <span class='byline'>X</span></div>", "byline"),
        ("<small class='credit'>X</small>", "credit"),
        ("<div class='update'><p>X</p></div>", "update"),
        ("<div class='unknown'><section><p>X</p></section></div>", "body"),
        ("<div>X</div>", "body"),
        ("X", "body"),
        ("<pre>X</pre>", "other"),
        ("<x-box>X</x-box>", "body"),
        ("<p class='related-story'>X</p>", "body"),
    ],
)
def test_kinds_come_from_classes_then_elements_then_surroundings(markup, kind):
    assert kind in {found for found, text in blocks(markup) if "X" in text}


def test_a_headline_within_a_marked_box_is_still_a_headline():
    assert blocks("<header class='teaser'><h1>A</h1><p>B</p></header>") == [("headline", "A"), ("teaser", "B")]


def test_the_articles_own_class_says_nothing_about_its_paragraphs():
    raw = b"<article class='teaser'><p>A</p></article>"
    assert [block.kind for block in read_page(raw, "x").blocks] == ["body"]


def test_blocks_stand_in_page_order_with_an_alt_text_before_its_caption():
    body = "<figure><img alt='Bild'><figcaption>Dazu <span class='credit'>Foto: X</span></figcaption></figure><p>A</p>"
    assert blocks(body) == [("alt", "Bild"), ("caption", "Dazu"), ("credit", "Foto: X"), ("body", "A")]


def test_an_empty_alt_text_is_no_block_and_one_for_browsers_without_scripts_no_second_one():
    assert blocks("<img alt=''><img><img alt=' '><img alt='A'><noscript><img alt='A'></noscript><p>B</p>") == [
        ("alt", "A"),
        ("body", "B"),
    ]


def test_text_between_blocks_is_a_block_of_its_own_with_a_place_of_its_own():
    found = page("Vor<p>A</p>Mitte <b>fett</b><p>B</p>Nach").blocks
    assert [(block.locator, to_marked(block.content)) for block in found] == [
        ("/html/body/article#0", "Vor"),
        ("/html/body/article/p[1]", "A"),
        ("/html/body/article#1", "Mitte ⟦1⟧fett⟦/1⟧"),
        ("/html/body/article/p[2]", "B"),
        ("/html/body/article#2", "Nach"),
    ]
    assert [None if block.after is None else block.after.text for block in found[::2]] == [None, "A", "B"]


def test_every_locator_names_one_block():
    body = "".join(f"<p>{i}<img alt='{i}'></p><div>x<p>{i}</p>y</div>" for i in range(20))
    locators = [block.locator for block in page(body, "<title>T</title><meta name=description content=D>").blocks]
    assert len(set(locators)) == len(locators) == 102


def test_a_locator_is_a_path_in_the_tree():
    got = page("<p>A</p><p>B <img alt='C'></p>")
    paths = [block.locator for block in got.blocks]
    assert paths == ["/html/body/article/p[1]", "/html/body/article/p[2]/img/@alt", "/html/body/article/p[2]"]
    assert got.tree.xpath(paths[1]) == ["C"]
    assert got.tree.xpath(paths[2]) == [got.blocks[2].element]


@pytest.mark.parametrize("markup", ["script", "style", "nav", "template", "iframe", "noscript", "svg", "button"])
def test_what_is_no_text_is_dropped(markup):
    assert blocks(f"<{markup}>Weg</{markup}><p>Da<{markup}>weg</{markup}>bei</p>")[0][1].startswith("Da")
    assert "eg" not in json.dumps(blocks(f"<{markup}>Weg</{markup}><p>Da</p>"))


def test_comments_are_dropped_and_words_round_them_stay_one():
    assert blocks("<!-- a --><p>Da<!-- b -->bei</p><!-- c -->") == [("body", "Dabei")]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>\n  Ein\t\tSatz\n  <b> mit </b> Luft. \n</p>", "Ein Satz ⟦1⟧mit ⟦/1⟧Luft."),
        ("<p>Ein<b> Satz</b></p>", "Ein⟦1⟧ Satz⟦/1⟧"),
        ("<p><i> kursiv </i></p>", "⟦1⟧kursiv⟦/1⟧"),
        ("<p>5&nbsp;km und 5\u202fUhr</p>", "5\u00a0km und 5\u202fUhr"),
        ("<p>\u00a0Einzug\u2003</p>", "Einzug"),
        ("<p>Stra&shy;\u00adße &amp; &lt;b&gt; &uuml; &#x1F600;</p>", "Straße & <b> ü 😀"),
        ("<p>u\u0308ber</p>", "über"),
        ("<p>u<b>\u0308ber</b></p>", "ü⟦1⟧ber⟦/1⟧"),
        ("<p>Eins.<br>Zwei.<br/>  Drei.</p>", "Eins.⟦1/⟧ Zwei.⟦2/⟧ Drei."),
        ("<p><br>Eins. <br>Zwei.<br></p>", "⟦1/⟧Eins. ⟦2/⟧Zwei.⟦3/⟧"),
        ("<p>Donau<wbr>dampf<b>schiff</b>fahrt<wbr>skapitän</p>", "Donau⟦1/⟧dampf⟦2⟧schiff⟦/2⟧fahrt⟦3/⟧skapitän"),
        ("<p><b>a<wbr>b</b>c</p>", "⟦1⟧a⟦2/⟧b⟦/1⟧c"),
        ("<p>⟦1⟧</p>", "⟦⟦1⟧"),
        ("<pre>a\n  b</pre>", "a\n  b"),
    ],
)
def test_white_space_is_folded_as_a_browser_does(markup, text):
    assert blocks(markup)[0][1] == text


def test_inline_elements_become_codes_with_their_markup():
    markup = "<p>A <a class=x href='/a?b=1&amp;c=2' title='\"'>B <strong>C</strong></a> <code>D</code><br></p>"
    assert codes(markup) == [
        ("1", "link", "open", '<a class="x" href="/a?b=1&amp;c=2" title="&quot;">'),
        ("2", "strong", "open", "<strong>"),
        ("2", "strong", "close", "</strong>"),
        ("1", "link", "close", "</a>"),
        ("3", "code", "open", "<code>"),
        ("3", "code", "close", "</code>"),
        ("4", "br", "single", "<br>"),
    ]


@pytest.mark.parametrize(
    ("tag", "kind"), [("b", "strong"), ("i", "em"), ("sub", "sub"), ("sup", "sup"), ("span", "span"), ("abbr", "abbr")]
)
def test_other_inline_elements_have_a_kind_too(tag, kind):
    assert codes(f"<p><{tag}>x</{tag}></p>")[0] == ("1", kind, "open", f"<{tag}>")


def test_an_inline_element_without_text_is_one_code():
    assert codes("<p>A <a id=x><b></b></a> B</p>") == [("1", "link", "single", '<a id="x"><b></b></a>')]


def test_an_image_within_a_sentence_is_a_code_and_its_alt_text_a_block():
    found = page("<p>A <img src=x alt=Pfeil> B</p>").blocks
    assert [(block.kind, to_marked(block.content)) for block in found] == [("alt", "Pfeil"), ("body", "A ⟦1/⟧ B")]


def test_a_picture_with_sources_is_one_image():
    body = "<figure><picture><source srcset=x><source srcset=y><img alt=A></picture><figcaption>B</figcaption></figure>"
    assert blocks(body) == [("alt", "A"), ("caption", "B")]


def test_the_elements_of_codes_are_found_by_their_ids():
    block = page("<p>A <a href=x><b></b><i>B</i></a><script>c</script><br></p>").blocks[0]
    found = dict(code_elements(block))
    assert {code.id: found[code.id].tag for code in block.content.codes} == {"1": "a", "2": "b", "3": "i", "4": "br"}


def test_attributes_no_page_can_mean_are_left_out():
    assert codes('<p><a href=x "y=1 on<z=2>A</a></p>')[0][3] == '<a href="x">'


@pytest.mark.parametrize(
    ("raw", "texts"),
    [
        ("<body><main><p>A</p></main><p>B</p>", ["A"]),
        ("<body><p>A</p></body>", ["A"]),
        ("<body><main><article><p>A</p></article></main><article><p>B</p></article>", ["A"]),
        ("<p>A", ["A"]),
        ("A", ["A"]),
        ("<a href=x><p>A</p></a>", ["A"]),
    ],
)
def test_the_article_is_the_first_article_element_else_main_else_body(raw, texts):
    assert [block.content.text for block in read_page(raw.encode(), "x").blocks] == texts


@pytest.mark.parametrize(
    "hidden",
    [
        "hidden",
        "aria-hidden='true'",
        "style='color:red; display: none'",
        "class='x sr-only'",
        "style='visibility:hidden'",
    ],
)
def test_what_readers_do_not_see_is_no_text(hidden):
    assert blocks(f"<div {hidden}><p>Weg</p><img alt=Weg></div><p>Da<span {hidden}>weg</span>bei</p>") == [
        ("body", "Dabei")
    ]


def test_a_page_behind_an_open_dialog_is_seen():
    assert blocks("<div aria-hidden='true'><h1>Titel</h1><p>A</p></div>") == [("headline", "Titel"), ("body", "A")]


# --- head --------------------------------------------------------------------------------------

HEAD = "<title> Titel </title><meta name='Description' content='Vorspann\n hier'>"


def test_a_head_that_repeats_headline_and_teaser_is_no_block():
    assert blocks("<h1>Titel</h1><p class=teaser>Vorspann hier</p>", HEAD) == [
        ("headline", "Titel"),
        ("teaser", "Vorspann hier"),
    ]


def test_a_head_with_texts_of_its_own_comes_after_the_last_block():
    got = page("<h1>Anders</h1><p>A</p>", HEAD).blocks
    assert [(block.kind, block.content.text, block.locator) for block in got[2:]] == [
        ("seo_title", "Titel", "/html/head/title"),
        ("meta_description", "Vorspann hier", "/html/head/meta/@content"),
    ]


# --- encodings ---------------------------------------------------------------------------------

UMLAUTS = "<html><head><meta charset='{}'></head><body><p>{}</p></body></html>"


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("utf-8", "utf-8"),
        ("utf-8", "utf-8-sig"),
        ("iso-8859-1", "cp1252"),
        ("windows-1252", "cp1252"),
        ("ISO-8859-1", "utf-8"),
        ("ascii", "utf-8"),
        ("utf-8", "utf-16"),
        ("iso-8859-15", "iso-8859-15"),
    ],
)
def test_the_encoding_comes_from_the_mark_then_the_bytes_then_the_declaration(declared, encoding):
    text = "Größe – 5 €" if encoding != "iso-8859-15" else "Größe, 5 €"
    raw = UMLAUTS.format(declared, text).encode(encoding)
    assert read_page(raw, "x").blocks[0].content.text == text


@pytest.mark.parametrize("declared", ["", "<meta charset=utf-8>", "<meta charset=utf-16>", "<meta charset=latin1>"])
def test_a_page_in_no_utf_8_is_read_as_windows_1252_whatever_it_says_it_is(declared):
    raw = f"{declared}<p>Größe – 5\u00a0€ „jetzt“</p>".encode("cp1252")
    assert read_page(raw, "x").blocks[0].content.text == "Größe – 5\u00a0€ „jetzt“"


def test_a_declaration_of_another_encoding_of_europe_is_followed():
    raw = "<meta http-equiv=content-type content='text/html; charset=ISO-8859-2'><p>Łódź</p>".encode("iso-8859-2")
    assert read_page(raw, "x").blocks[0].content.text == "Łódź"


def test_a_declaration_behind_a_long_comment_is_found():
    raw = f"<!-- {'x' * 4000} --><meta charset=iso-8859-15><p>5 €</p>".encode("iso-8859-15")
    assert read_page(raw, "x").blocks[0].content.text == "5 €"


def test_an_encoding_that_is_not_read_is_named_with_the_line():
    line, reason = refusal(b"<meta charset=shift_jis>\n<p>Gr\xf6\xdfe</p>")
    assert line == 2
    assert reason == ("is not UTF-8 (byte 0xF6) and declares 'shift_jis', which is not read. Save the page as UTF-8.")


@pytest.mark.parametrize("declared", ["", "<meta charset=utf-8>", "<meta charset=latin1>"])
def test_utf_8_with_one_broken_byte_is_refused_and_not_read_as_another_encoding(declared):
    raw = f"{declared}<p>Größe und Maß</p>\n<p>".encode() + b"\xfc</p>"
    assert refusal(raw) == (2, "is UTF-8 with a broken byte (0xFC) in this line. Correct it and import again.")


def test_a_page_that_breaks_its_declared_encoding_is_refused():
    assert refusal(b"\xff\xfea\x00b")[1] == "is not utf-16, as which it has to be read (byte 0x62). Save it as UTF-8."
    assert refusal(b"<meta charset=cp1252>\n\x81")[0] == 2


# --- pages that are refused --------------------------------------------------------------------


@pytest.mark.parametrize("raw", [b"", b"  \n", b"<!-- nothing -->", b"<article><script>x</script></article>"])
def test_a_page_without_text_is_refused(raw):
    assert refusal(raw)[1].startswith(("has no text in its article.", "holds no HTML."))


def test_a_nul_character_is_refused_with_its_line():
    assert refusal(b"<p>A\n\0B</p>") == (
        2,
        "holds a NUL character, which no text may hold. Take it out and import again.",
    )


def test_a_control_character_written_as_a_reference_is_refused():
    line, reason = refusal(b"<body>\n<p>A&#7;B</p>")
    assert (line, reason[:40]) == (2, "holds a character (U+0007, at character ")


def test_a_control_character_after_a_break_hint_is_refused():
    assert refusal(b"<p>A<wbr>\x01B</p>")[1].startswith("holds a control character")


def test_a_page_nested_beyond_the_parsers_limit_is_refused_not_cut_short():
    line, reason = refusal(b"<div>" * 5000 + b"<p>A</p>" + b"</div>" * 5000 + b"<p>B</p>")
    assert line == 1
    assert reason.startswith("is beyond what is read of a page: Excessive depth")


def test_a_page_too_large_is_refused(monkeypatch):
    monkeypatch.setattr("reviews.importing.formats.html_page.LARGEST_PAGE", 100)
    assert refusal(b"<p>" + b"x" * 100)[1].startswith("is larger than 100 bytes.")


def test_a_place_too_deep_to_be_kept_is_refused():
    assert refusal(b"<blockquote>" * 60 + b"<p>A</p>")[1].startswith("nests its text too deeply.")


def test_no_file_is_read_for_an_external_entity(tmp_path):
    (tmp_path / "secret").write_text("geheim")
    raw = f'<!DOCTYPE html [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]><p>A &x; B</p>'.encode()
    assert all("geheim" not in block.content.text for block in read_page(raw, "x").blocks)


# --- pages from the wild -----------------------------------------------------------------------


def test_soft_hyphens_and_entities_are_what_they_mean():
    case = shared_path("cases/html-soft-hyphen-entities")
    expected = json.loads((case / "expected.json").read_text())
    got = read_page((case / "input.html").read_bytes(), "x").blocks
    headline = next(block.content.text for block in got if block.kind == "headline")
    assert headline == expected["title"]
    everything = "\n".join(block.content.text for block in got)
    assert not [part for part in expected["not_in_text"] if part in everything]


def test_a_page_that_declares_the_wrong_encoding_is_read():
    got = read_page(shared_path("files/html-header-charset.html").read_bytes(), "x").blocks
    assert [block.content.text for block in got] == ["This is first line.", "This is second line."]


def test_a_page_in_utf_16_is_read():
    got = read_page(shared_path("files/html-utf16le-bom.html").read_bytes(), "x").blocks
    assert [block.content.text for block in got] == ["UTF-16の文字列"]


def test_a_real_news_page_gives_its_paragraphs_without_the_menus():
    got = read_page(shared_path("files/html-netzpolitik-de.html").read_bytes(), "x").blocks
    texts = [block.content.text for block in got]
    assert sum(t.startswith("Die Schürze sitzt, der Ofen ist vorgeheizt, die Kinder tollen im Garten.") for t in texts)
    assert ("heading", "Konservative Revolte in den sozialen Medien") in [(b.kind, b.content.text) for b in got]
    assert not [text for text in texts if "Impressum" in text]
