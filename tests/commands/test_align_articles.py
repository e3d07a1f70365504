"""Alignment on the command line: the shared articles against their gold, texts, and what cannot be aligned."""

import io
import json
import re
import subprocess
from itertools import groupby

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.bin.conftest import BIN, environment
from tests.importing.formats.reading import SAMPLES
from tests.shared import shared_path

ARTICLES = ["chipfabrik-foerderung", "handy-sicherheitsluecke", "open-source-verwaltung", "ransomware-kommunen"]
TRANSLATIONS = ["engine-a", "engine-b", "reference"]


def align_articles(source, target, **options):
    """(exit code, sentences by id, beads, messages) of one run."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    try:
        call_command("align_articles", str(source), str(target), stdout=out, stderr=err, **options)
    except SystemExit as stopped:
        code = stopped.code
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    sentences = {line["id"]: line for line in lines if "id" in line}
    beads = [line for line in lines if "id" not in line]
    assert lines == [*sentences.values(), *beads], "an id stands twice, or a sentence behind a bead"
    return code, sentences, beads, err.getvalue()


def article(name, translation):
    folder = shared_path(f"articles/{name}")
    return align_articles(folder / "source.de.html", folder / f"{translation}.en.html")


def gold(name):
    return json.loads(shared_path(f"articles/{name}/gold_alignment.json").read_text("utf-8"))


def texts(sentences, ids):
    return [sentences[id_]["text"] for id_ in ids]


def without_tags(text):
    return re.sub("<[^>]+>", "", text)


def by_gold_id(sentences):
    """The sentences of the source by what the gold calls them: `p3.s1` is the first sentence of the third paragraph."""
    found, paragraphs = {}, 0
    of_source = (sentence for sentence in sentences.values() if sentence["side"] == "source")
    for (_, kind), block in groupby(of_source, key=lambda sentence: (sentence["block"], sentence["kind"])):
        paragraphs += kind == "body"
        name = {"body": f"p{paragraphs}", "related_link": "link"}.get(kind, kind)
        found |= {f"{name}.s{sentence['sentence'] + 1}": sentence for sentence in block}
    return found


@pytest.mark.parametrize("name", ARTICLES)
@pytest.mark.parametrize("translation", TRANSLATIONS)
def test_every_bead_of_the_articles_is_that_of_the_gold(name, translation):
    code, sentences, beads, messages = article(name, translation)
    english = [row[translation.replace("-", "_")] for row in gold(name)]
    assert (code, messages) == (0, "")
    assert [(texts(sentences, bead["source"]), texts(sentences, bead["target"])) for bead in beads] == [
        ([without_tags(row["de"])], [] if text is None else [without_tags(text)])
        for row, text in zip(gold(name), english, strict=True)
    ]


@pytest.mark.parametrize("name", ARTICLES)
def test_the_ids_of_the_gold_are_found_by_block_and_place(name):
    _, sentences, beads, _ = article(name, "reference")
    ours = by_gold_id(sentences)
    assert [[ours[row["segment"]]["id"]] for row in gold(name)] == [bead["source"] for bead in beads]


def blocks_met(name, translation, *paragraphs):
    """Per sentence of these paragraphs of the source, as the gold counts them, the block its translation stands in."""
    _, sentences, beads, _ = article(name, translation)
    ids = [s["id"] for name, s in by_gold_id(sentences).items() if name.partition(".")[0] in paragraphs]
    targets = [bead["target"] for bead in beads if bead["source"][0] in ids]
    return [sentences[target]["block"] for (target,) in targets]


def test_paragraphs_an_engine_merged_or_cut_are_beads_of_single_sentences():
    assert len(set(blocks_met("chipfabrik-foerderung", "engine-b", "p3", "p4"))) == 1
    first, second, third = blocks_met("handy-sicherheitsluecke", "engine-b", "p2")
    assert (first, third) == (second, second + 1)


def test_a_dropped_sentence_is_a_bead_of_its_own():
    _, sentences, beads, _ = article("handy-sicherheitsluecke", "engine-b")
    (gap,) = [bead for bead in beads if not bead["target"]]
    assert gap["source"] == ["source:p9.s2"]
    assert sentences["source:p9.s2"]["text"] == without_tags(gold("handy-sicherheitsluecke")[17]["de"])


def test_a_disclosure_is_kept_out():
    page = shared_path("articles/ransomware-kommunen/reference.en.html").read_text("utf-8")
    assert "originally published" in page
    _, sentences, _, _ = article("ransomware-kommunen", "reference")
    assert not [s for s in sentences.values() if s["kind"] == "disclosure" or "originally published" in s["text"]]


def test_a_sentence_says_where_it_stands_and_a_bead_how_sure_it_is(tmp_path):
    code, sentences, beads, _ = text_pair(
        tmp_path, "Der Rat tagt am 3. Mai. Er tagt hier.\n", "The council meets on May 3.\n"
    )
    assert (code, list(sentences.values())) == (
        0,
        [
            {
                "id": "source:p0.s0",
                "side": "source",
                "block": 0,
                "sentence": 0,
                "kind": "body",
                "text": "Der Rat tagt am 3. Mai.",
            },
            {
                "id": "source:p0.s1",
                "side": "source",
                "block": 0,
                "sentence": 1,
                "kind": "body",
                "text": "Er tagt hier.",
            },
            {
                "id": "target:p0.s0",
                "side": "target",
                "block": 0,
                "sentence": 0,
                "kind": "body",
                "text": "The council meets on May 3.",
            },
        ],
    )
    assert [(bead["source"], bead["target"]) for bead in beads] == [
        (["source:p0.s0"], ["target:p0.s0"]),
        (["source:p0.s1"], []),
    ]
    assert all(0 < bead["confidence"] <= 1 for bead in beads)


# --- texts -------------------------------------------------------------------------------------


def text_pair(tmp_path, source, target, **options):
    paths = tmp_path / "source.txt", tmp_path / "target.txt"
    for path, content in zip(paths, (source, target), strict=True):
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return align_articles(*paths, **options)


def test_a_byte_order_mark_windows_line_ends_and_blank_lines_make_no_difference(tmp_path):
    source, target = "Haus 45.\n\nHaus 46.\n", "House 45.\nHouse 46.\n"
    plain = text_pair(tmp_path, source, target)
    assert [bead["target"] for bead in plain[2]] == [["target:p0.s0"], ["target:p1.s0"]]
    marked = b"\xef\xbb\xbf" + source.replace("\n", "\r\n").encode()
    assert text_pair(tmp_path, marked, target) == plain


def test_texts_in_other_languages_are_named_by_their_files_or_by_option(tmp_path):
    german, french = (shared_path(f"files/plain-eval1957.clean.{lang}") for lang in ("de", "fr"))
    code, sentences, beads, messages = align_articles(german, french)
    assert (code, messages) == (0, "")
    lines = {side: {s["block"] for s in sentences.values() if s["side"] == side} for side in ("source", "target")}
    assert {side: len(blocks) for side, blocks in lines.items()} == {"source": 468, "target": 554}
    for side in ("source", "target"):
        assert [id_ for bead in beads for id_ in bead[side]] == [i for i, s in sentences.items() if s["side"] == side]
    assert [bead for bead in beads if not bead["source"]]
    copies = tmp_path / "a.txt", tmp_path / "b.txt"
    for path, copy in zip((german, french), copies, strict=True):
        copy.write_bytes(path.read_bytes())
    assert align_articles(*copies, target_lang="fr")[1:3] == (sentences, beads)


# --- what cannot be aligned --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "target", "message"),
    [
        (b"", b"Yes.\n", "source.txt: is empty. "),
        (b"Ja.\n", b" \n\n", "target.txt: is empty. "),
        (b"Ja.\n", b"\xff\xfeY\x00", "target.txt:1: is not UTF-8: byte 0xFF at byte 1 of the line. "),
        (b"Ja.\nStra\xdfe.\n", b"Yes.\n", "source.txt:2: is not UTF-8: byte 0xDF at byte 5 of the line. "),
        (b"Ja.\n", b"Yes.\nN\x00o.\n", "target.txt:2: holds a NUL character (U+0000, at character 2)"),
    ],
)
def test_a_text_that_cannot_be_read_is_refused_with_its_place(tmp_path, source, target, message):
    code, sentences, beads, said = text_pair(tmp_path, source, target)
    assert (code, sentences, beads) == (2, {}, [])
    assert said.startswith(f"{tmp_path}/{message}")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "holds no HTML."),
        (b"<html><body><article></article></body></html>", "has no text in its article."),
        (b"<p>\0</p>", "holds a NUL character"),
    ],
)
def test_a_page_that_cannot_be_read_is_refused_and_nothing_comes_out(tmp_path, content, message):
    page = tmp_path / "engine.en.html"
    page.write_bytes(content)
    code, sentences, beads, said = align_articles(SAMPLES / "article" / "source.de.html", page)
    assert (code, sentences, beads) == (2, {}, [])
    assert message in said


def test_a_missing_file_is_named(tmp_path):
    code, sentences, _, said = align_articles(SAMPLES / "article" / "source.de.html", tmp_path / "engine.en.html")
    assert (code, sentences, said) == (
        2,
        {},
        f"{tmp_path}/engine.en.html: cannot be read: No such file or directory.\n",
    )


@pytest.mark.parametrize(
    ("source", "target", "words"),
    [
        ("article/source.de.html", "plain/separators.en", "are not of one format: give two pages of HTML"),
        ("plain/separators.de", "article/engine-a.en.html", "are not of one format: give two pages of HTML"),
        ("rows.csv", "plain/separators.en", r"rows\.csv is of another format: give two pages of HTML"),
        ("article", "article/engine-a.en.html", "article is a folder: give two pages of HTML"),
    ],
)
def test_files_of_unequal_or_other_formats_are_wrong_usage(source, target, words):
    with pytest.raises(CommandError, match=words) as error:
        align_articles(SAMPLES / source, SAMPLES / target)
    assert error.value.returncode == 2


def test_a_page_that_seems_to_be_in_the_wrong_place_is_pointed_out():
    folder = SAMPLES / "article"
    code, _, _, said = align_articles(folder / "engine-a.en.html", folder / "source.de.html", source_lang="de")
    assert code == 0
    assert f"{folder}/engine-a.en.html: says that it is in 'en' (lang of its <html>), but is read as de." in said


def test_bin_manage_aligns_without_a_database(tmp_path):
    variables = {
        "WORKBENCH_DATA": str(tmp_path / "data"),
        "DATABASE_URL": f"sqlite:///{tmp_path}/nowhere/db.sqlite3",
        "SECRET_KEY": "x" * 40,
    }
    pages = [SAMPLES / "article" / name for name in ("source.de.html", "engine-a.en.html")]
    command = [BIN / "manage", "align_articles", *pages]
    done = subprocess.run(command, env=environment(**variables), capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout.splitlines()[0])["id"] == "source:p0.s0"
    assert not (tmp_path / "nowhere").exists()
