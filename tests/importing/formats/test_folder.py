"""Article folders and single pages."""

import os
from datetime import UTC, datetime

import pytest

from reviews.importing.formats.base import ReadError
from tests.shared import shared_path

from .reading import BERLIN, SAMPLES, articles, notices, read, refusal, rejected

SOURCE = '<html><head><meta name="article:id" content="a-1"></head><body><article><p>Ja.</p></article></body></html>'
TARGET = "<html><body><article><p>Yes.</p></article></body></html>"


def folder(tmp_path, **files):
    """A folder of files named `source.de.html` for `source_de`."""
    path = tmp_path / "artikel"
    path.mkdir()
    for name, content in files.items():
        target = path / f"{name.replace('__', '-').replace('_', '.')}.html"
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def claiming(**ids):
    meta = "".join(f'<meta name="{name.replace("_", ":", 1)}" content="{value}">' for name, value in ids.items())
    return TARGET.replace("<html>", f"<html><head>{meta}</head>")


def test_the_sample_folder_is_read_whole():
    items = read("html", SAMPLES / "article")
    source, engine = articles(items)
    assert (source.role, source.name, source.language, source.document) == ("source", "source", "de", "kran-7")
    assert (engine.role, engine.name, engine.language, engine.document) == ("hypothesis", "engine-a", "en", "kran-7")
    assert " ".join(block.kind for block in source.blocks) == (
        "kicker headline teaser byline alt caption credit body heading body list_item list_item quote table_cell "
        "table_cell update related_link seo_title"
    )
    assert source.raw == (SAMPLES / "article" / "source.de.html").read_bytes()
    meta = source.meta
    assert (meta.title, meta.section, meta.author, meta.url) == (
        "Kran stürzt um, Hafen bleibt gesperrt",
        "Lokales",
        "Ida Brook",
        "https://example.org/kran-7.html",
    )
    assert meta.published == datetime(2026, 5, 4, 5, 15, tzinfo=UTC)


def test_the_broken_sample_is_refused():
    with pytest.raises(ReadError) as refused:
        read("html", SAMPLES / "article-broken")
    assert refused.value.file == str(SAMPLES / "article-broken" / "source.de.html")
    assert refused.value.reason.startswith("has no text in its article.")


def test_the_shared_articles_have_the_expected_blocks():
    expected = {"chipfabrik-foerderung": 12, "handy-sicherheitsluecke": 12, "open-source-verwaltung": 11}
    for name, count in expected.items():
        source, *others = articles(read("html", shared_path(f"articles/{name}")))
        assert len(source.blocks) == count
        assert [(other.role, other.name) for other in others] == [
            ("hypothesis", "engine-a"),
            ("hypothesis", "engine-b"),
            ("reference", "reference"),
        ]
        assert not [b for article in (source, *others) for b in article.blocks if b.kind in ("seo_title", "other")]


def test_other_files_are_named_once_and_left_alone():
    items = read("html", shared_path("articles/ransomware-kommunen"))
    assert notices(items) == [
        (
            None,
            "files that are no page of the article and not read: 'gold_alignment.json', 'planted_errors.json', "
            "'source.v2.de.html'.",
        )
    ]


def test_a_second_reference_or_another_language_is_not_taken_for_a_system(tmp_path):
    path = folder(
        tmp_path, source_de=SOURCE, reference__b_en=TARGET, Reference2_en=TARGET, engine_fr=TARGET, source_fr=SOURCE
    )
    items = read("html", path)
    assert [article.name for article in articles(items)] == ["source"]
    assert "'Reference2.en.html', 'engine.fr.html', 'reference-b.en.html', 'source.fr.html'" in notices(items)[0][1]


def test_capitals_make_no_engine_of_a_reference_and_no_second_source(tmp_path):
    path = folder(tmp_path, source_de=SOURCE, Source_DE=TARGET, Reference_en=TARGET, sourceforge_en=TARGET)
    items = read("html", path)
    assert {(article.role, article.name) for article in articles(items)} == {
        ("source", "source"),
        ("reference", "reference"),
        ("hypothesis", "sourceforge"),
    }
    assert [reason for _, _, reason in rejected(items)] == [
        "is a second source called 'source' beside Source.DE.html. Keep one of them."
    ]


def test_a_file_name_in_capitals_counts_for_its_language(tmp_path):
    assert len(articles(read("html", folder(tmp_path, source_DE=SOURCE, mt_EN=TARGET)))) == 2


def test_without_an_id_the_document_is_called_as_its_folder(tmp_path):
    assert {a.document for a in articles(read("html", folder(tmp_path, source_de=TARGET, mt_en=TARGET)))} == {"artikel"}


def test_a_translation_may_name_its_source_or_nothing_or_both(tmp_path):
    path = folder(
        tmp_path,
        source_de=SOURCE,
        a_en=TARGET,
        b_en=claiming(article_id="a-1"),
        c_en=claiming(**{"x-translation-of": "a-1", "article_id": "a-1-en"}),
    )
    assert [article.document for article in articles(read("html", path))] == ["a-1"] * 4


@pytest.mark.parametrize("claim", [{"article_id": "b-2"}, {"x-translation-of": "b-2", "article_id": "a-1"}])
def test_a_translation_of_another_article_is_rejected_and_with_it_the_document(tmp_path, claim):
    items = read("html", folder(tmp_path, source_de=SOURCE, mt_en=claiming(**claim)))
    ((line, document, reason),) = rejected(items)
    assert (line, document) == (None, "a-1")
    assert reason.startswith("says it belongs to the article 'b-2', but ")


def test_a_translation_that_cannot_be_read_is_rejected_with_the_document(tmp_path):
    items = read("html", folder(tmp_path, source_de=SOURCE, mt_en=b"<p>a\n\0</p>"))
    assert [(line, document) for line, document, _ in rejected(items)] == [(2, "a-1")]
    assert [article.name for article in articles(items)] == ["source"]


def test_translations_alone_belong_to_the_article_they_name(tmp_path):
    items = read("html", folder(tmp_path, mt_en=claiming(**{"x-translation-of": "a-1"}), other_en=TARGET))
    assert [(article.name, article.document) for article in articles(items)] == [("mt", "a-1"), ("other", "artikel")]


def test_a_link_out_of_the_folder_is_rejected(tmp_path):
    path = folder(tmp_path, source_de=SOURCE)
    (tmp_path / "secret.html").write_text(TARGET)
    (path / "mt.en.html").symlink_to(tmp_path / "secret.html")
    items = read("html", path)
    assert [(document, reason) for _, document, reason in rejected(items)] == [
        ("a-1", "is a link out of the folder. Put the page itself here.")
    ]


def test_a_link_within_the_folder_is_read_and_one_to_itself_rejected(tmp_path):
    path = folder(tmp_path, source_de=SOURCE, mt_en=TARGET)
    (path / "again.en.html").symlink_to(path / "mt.en.html")
    (path / "loop.en.html").symlink_to(path / "loop.en.html")
    items = read("html", path)
    assert [article.name for article in articles(items)] == ["source", "again", "mt"]
    assert len(rejected(items)) == 1


def test_a_source_that_links_out_of_the_folder_refuses_it(tmp_path):
    path = folder(tmp_path, mt_en=TARGET)
    (tmp_path / "secret.html").write_text(SOURCE)
    (path / "source.de.html").symlink_to(tmp_path / "secret.html")
    assert refusal("html", path)[1] == "is a link out of the folder. Put the page itself here."


def test_what_is_no_file_is_rejected_without_waiting_for_it(tmp_path):
    path = folder(tmp_path, source_de=SOURCE)
    os.mkfifo(path / "mt.en.html")
    assert rejected(read("html", path))[0][2] == "is no file. Put the page itself here."


def test_a_system_name_too_long_is_rejected(tmp_path):
    path = folder(tmp_path, source_de=SOURCE, **{f"{'x' * 101}_en": TARGET})
    assert rejected(read("html", path))[0][2].startswith("names the system 'xxx")


def test_a_folder_without_pages_says_what_it_looked_for(tmp_path):
    path = tmp_path / "leer"
    path.mkdir()
    (path / "notes.txt").write_text("x")
    assert refusal("html", path) == (
        None,
        "has no source.de.html and no translation such as engine.en.html. Its files: 'notes.txt'.",
    )


def test_a_folder_of_article_folders_says_to_give_those():
    assert refusal("html", shared_path("articles"))[1] == (
        "holds article folders, but is none. Give the folders themselves, such as articles/*/."
    )


# --- metadata ----------------------------------------------------------------------------------


def with_meta(tmp_path, name, content):
    return folder(tmp_path, source_de=SOURCE.replace("<head>", f'<head><meta name="{name}" content="{content}">'))


def test_a_time_without_a_zone_is_read_in_the_projects_and_said(tmp_path):
    items = read("html", with_meta(tmp_path, "article:published_time", "2026-07-01T09:00"))
    assert articles(items)[0].meta.published == datetime(2026, 7, 1, 9, tzinfo=BERLIN)
    assert notices(items) == [
        (None, "article:published_time has times without a zone; they are read as Europe/Berlin.")
    ]


def test_a_time_that_cannot_be_read_is_left_out_and_said(tmp_path):
    items = read("html", with_meta(tmp_path, "article:published_time", "gestern"))
    assert articles(items)[0].meta.published is None
    assert notices(items)[0][1].startswith("has 'gestern' for article:published_time, which is no time in ISO 8601.")


@pytest.mark.parametrize(("name", "value"), [("article:id", "x" * 201), ("article:id", "a&#10;b&#7;")])
def test_an_id_that_cannot_be_kept_refuses_the_page(tmp_path, name, value):
    assert "document id" in refusal("html", with_meta(tmp_path, name, value))[1]


def test_a_control_character_in_the_head_refuses_the_page(tmp_path):
    line, reason = refusal("html", with_meta(tmp_path, "author", "A&#7;"))
    assert (line, reason[:44]) == (None, "holds a character (U+0007, at character 2) i")


# --- single pages ------------------------------------------------------------------------------


def test_a_single_page_is_read_in_the_role_it_is_given():
    path = shared_path("articles/ransomware-kommunen/source.v2.de.html")
    (source,) = articles(read("html", path, role="source"))
    assert (source.document, source.role, source.language) == ("nx-100417", "source", "de")
    path = shared_path("articles/ransomware-kommunen/engine-a.en.html")
    (engine,) = articles(read("html", path, role="hypothesis", system="engine-a@2"))
    assert (engine.document, engine.name, engine.language) == ("nx-100417", "engine-a@2", "en")
    (reference,) = articles(read("html", path, role="reference", reference="B"))
    assert (reference.role, reference.name) == ("reference", "B")


def test_a_single_page_without_a_role_is_refused(tmp_path):
    path = folder(tmp_path, source_de=SOURCE) / "source.de.html"
    assert refusal("html", path)[1].startswith("is a single page. Say whether it is a source")


@pytest.mark.parametrize(
    ("name", "head", "document"),
    [
        (
            "seite.html",
            "<meta name='article:id' content='a-1'><link rel=canonical href='https://x.example/b-2'>",
            "a-1",
        ),
        ("seite.html", "<link rel=canonical href='https://x.example/2026/kran-kippt-4711/'>", "kran-kippt-4711"),
        ("seite.html", "<link rel=canonical href='https://x.example/a/Kran-4711.html?wt=1#top'>", "Kran-4711"),
        ("seite.html", "<link rel=canonical href='https://x.example/a/fl%C3%BCsse/index.html'>", "flüsse"),
        ("seite.html", "<meta property='og:url' content='https://x.example/b-2'>", "b-2"),
        ("seite.html", "<link rel=canonical href='https://x.example/'>", "seite"),
        ("seite.html", "<link rel=canonical href='https://[x'>", "seite"),
        ("seite.html", f"<link rel=canonical href='https://x.example/{'x' * 201}'>", "seite"),
        ("seite.2.html", "", "seite.2"),
        ("mt.en.html", "", "artikel"),
        ("mt.en.html", "<meta name=x-translation-of content=a-1><link rel=canonical href='//x.example/en-9'>", "a-1"),
    ],
)
def test_a_single_page_belongs_to_its_id_its_address_or_its_name(tmp_path, name, head, document):
    path = folder(tmp_path) / name
    path.write_text(f"<html><head>{head}</head><body><p>Ja.</p></body></html>")
    assert articles(read("html", path, role="hypothesis"))[0].document == document


def test_the_address_of_a_page_in_a_folder_is_no_id(tmp_path):
    page = TARGET.replace("<html>", "<html><head><link rel=canonical href='https://x.example/b-2'></head>")
    assert [article.document for article in articles(read("html", folder(tmp_path, source_de=page)))] == ["artikel"]


@pytest.mark.parametrize(
    ("root", "role", "said"),
    [
        ("<html lang=en>", "source", "says that it is in 'en' (lang of its <html>), but is read as de. "),
        ("<html lang=en-GB>", "source", "says that it is in 'en-GB' (lang of its <html>), but is read as de. "),
        ("<html xml:lang=fr>", "source", "says that it is in 'fr' (lang of its <html>), but is read as de. "),
        ("<html lang=de-DE>", "hypothesis", "says that it is in 'de-DE' (lang of its <html>), but is read as en. "),
        ("<html lang=de>", "reference", "says that it is in 'de' (lang of its <html>), but is read as en. "),
        ("<html lang=de-AT>", "source", None),
        ("<html lang=DE_de>", "source", None),
        ("<html lang=en-US>", "reference", None),
        ("<html lang=' '>", "source", None),
        ("<html>", "source", None),
    ],
)
def test_a_page_that_calls_itself_another_language_is_read_and_that_is_said(tmp_path, root, role, said):
    path = folder(tmp_path) / "seite.html"
    path.write_text(f"{root}<body><p>Ja.</p></body></html>")
    items = read("html", path, role=role)
    assert len(articles(items)) == 1
    messages = [message for _, message in notices(items)]
    assert messages == ([] if said is None else [f"{said}Make sure that it is the right file."])


def test_two_pages_of_a_folder_that_changed_places_are_both_named(tmp_path):
    german, english = (TARGET.replace("<html>", f"<html lang={lang}>") for lang in ("de", "en"))
    items = read("html", folder(tmp_path, source_de=english, mt_en=german))
    assert [message.partition(" (")[0] for _, message in notices(items)] == [
        "says that it is in 'en'",
        "says that it is in 'de'",
    ]
