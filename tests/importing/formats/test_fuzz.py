"""Broken and hostile files: a reader gives items or refuses the file, whatever the bytes are."""

import io
import random
import zipfile
from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from reviews.importing.formats.base import Notice, ReadError
from reviews.importing.formats.registry import BY_NAME
from reviews.importing.formats.text import illegal_character
from reviews.values import ImportedArticle, ImportedRow, Rejected, from_marked, to_marked

from .reading import SAMPLES, options

SEEDS = {
    "jsonl": [SAMPLES / "rows.jsonl", SAMPLES / "rows-broken.jsonl"],
    "csv": [SAMPLES / "rows.csv", SAMPLES / "rows.tsv", SAMPLES / "rows-broken.csv"],
    "parallel": [SAMPLES / "parallel" / "source.de", SAMPLES / "parallel" / "docs.tsv"],
    "html": [SAMPLES / "article" / "source.de.html", SAMPLES / "article-broken" / "source.de.html"],
    "tmx": [SAMPLES / "memories" / "regions.tmx", SAMPLES / "memories" / "version-11.tmx"],
    "xliff": [SAMPLES / "translations" / name for name in ("desk.xlf", "desk-2.xlf", "trados.sdlxliff")],
    "po": [SAMPLES / "messages.po", SAMPLES / "messages-broken.po"],
    "xlsx": [SAMPLES / "rows.xlsx"],
}

#: Bytes that mean something to one of the formats, and bytes no text holds.
PIECES = [
    *(b"\0", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xfe\xff", b"\r", b"\n", b"\r\n", b"\x85", b"\x0c"),
    *(
        b'"',
        b'""',
        b",",
        b";",
        b"\t",
        b"{",
        b"}",
        b"[",
        b"]",
        b"\\u0000",
        b"\\ud800",
        b"null",
        b"NaN",
        b"1e999",
        b"source",
    ),
    *(
        b"<",
        b">",
        b"<p>",
        b"</p>",
        b"<wbr>",
        b"<br>",
        b"<article>",
        b"<!--",
        b"<![CDATA[",
        b"&#0;",
        b"&#7;",
        b"&#xD800;",
    ),
    *(
        b"<script>",
        b"<a href='",
        b"<img alt=x>",
        b"<meta charset=utf-16>",
        b"<?xml",
        b"<div>" * 300,
        b"doc_id",
        b"\xcc\x88",
    ),
    *(
        b"</seg>",
        b"<seg/>",
        b"<ept i='1'/>",
        b"<bpt i='1'>",
        b"<source>",
        b"<target/>",
        b"<mrk mtype='seg' mid='a'>",
        b"<sm id='m' translate='no'/>",
        b"</trans-unit>",
        b"<segment/>",
        b" xml:space='preserve'",
        b" xml:lang='fr'",
        b" translate='no'",
        b" id=''",
        b" xmlns='x'",
        b"<!DOCTYPE x [<!ENTITY e 'e'>]>",
        b"&e;",
        b"&#x301;",
        b"\xc2\xad",
    ),
    *(b"#~ ", b"#, fuzzy\n", b'msgid "', b'msgstr "', b'msgstr[99] ""\n', b"\\q", b"charset=utf-7", b"\\377"),
    *(b"<f>A1</f>", b' t="e"', b' t="s"', b"<v>9</v>", b' r="ZZZ9"', b"_x0000_"),
]


def mutated(chance: random.Random, content: bytes) -> bytes:
    """The content with pieces removed, repeated, overwritten or put in."""
    for _ in range(chance.randint(1, 8)):
        start = chance.randint(0, len(content))
        end = min(len(content), start + chance.choice([0, 0, 1, 2, 10, 200]))
        piece = chance.choice(
            [b"", chance.choice(PIECES), chance.randbytes(chance.randint(1, 4)), content[start:end] * 2]
        )
        content = content[:start] + piece + content[end:]
    return content


#: What elements and attributes are given by mutations that leave XML well-formed.
VALUES = [
    "",
    " ",
    "\n ",
    "no",
    "yes",
    "1",
    "a",
    "x" * 300,
    "fr",
    "e\u0301",
    "\u00ad",
    "⟦1⟧",
    "\U0001f6a2",
    "preserve",
    "seg",
]


def mutated_tree(chance: random.Random, content: bytes) -> bytes:
    """XML with elements moved, doubled, renamed, emptied or given other attributes; it stays XML."""
    root = etree.fromstring(content)
    for _ in range(chance.randint(1, 4)):
        elements = [element for element in root.iter(etree.Element) if element is not root]
        if not elements:
            break
        one, other = chance.choice(elements), chance.choice(elements)
        change = chance.choice(["drop", "double", "move", "rename", "text", "attribute"])
        if change == "drop":
            one.getparent().remove(one)
        elif change == "double":
            one.addnext(deepcopy(one))
        elif change == "move" and one not in other.iterancestors() and one is not other:
            other.append(one)
        elif change == "rename":
            one.tag = other.tag
        elif change == "text":
            one.text = chance.choice(VALUES)
        elif change == "attribute":
            one.set(chance.choice(other.keys() or ["id"]), chance.choice(VALUES))
    return etree.tostring(root)


def mutated_xml(chance: random.Random, content: bytes) -> bytes:
    return mutated_tree(chance, content) if chance.random() < 0.5 else mutated(chance, content)


def mutated_workbook(chance: random.Random, content: bytes) -> bytes:
    """A workbook with one of its parts mutated, or now and then its archive."""
    if chance.random() < 0.2:
        return mutated(chance, content)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        names = old.namelist()
        chosen = chance.choice(names)
        for name in names:
            part = old.read(name)
            new.writestr(name, mutated(chance, part) if name == chosen else part)
    return out.getvalue()


CHANGES = {"xlsx": mutated_workbook, "tmx": mutated_xml, "xliff": mutated_xml}


def check_reading(name: str, path: Path, **given) -> bool:
    """Read a file to its end; what comes out can be kept, what does not says where and why. Whether texts came out."""
    try:
        items = list(BY_NAME[name].read(path, options(**given)))
    except ReadError as error:
        items = [error.rejected()]
    for item in items:
        check_item(item)
    return any(isinstance(item, ImportedRow | ImportedArticle) for item in items)


def check_item(item) -> None:
    assert isinstance(item, ImportedRow | ImportedArticle | Rejected | Notice)
    if isinstance(item, ImportedRow):
        coded = [item.source, *item.hypotheses.values(), *item.references.values()]
        assert not any(map(illegal_character, [item.document, item.id, *(text.text for text in coded)]))
        # An editor gets the text with marks for its codes and gives it back so.
        assert all(from_marked(to_marked(text), text.codes) == text for text in coded)
        assert item.line >= 1
        assert item.source.text.strip()
    elif isinstance(item, ImportedArticle):
        assert item.blocks
        assert not any(illegal_character(block.content.text) for block in item.blocks)
    elif isinstance(item, Rejected):
        assert item.file
        assert item.reason


def read_mutations(tmp_path, name, count, seed=0):
    chance = random.Random(seed)
    seeds = [path.read_bytes() for path in SEEDS[name]]
    path = tmp_path / "x.de"
    change = CHANGES.get(name, mutated)
    read = 0
    for _ in range(count):
        path.write_bytes(change(chance, chance.choice(seeds)))
        given = {"role": "source"} if name == "html" else {"languages_guessed": chance.random() < 0.5}
        if name == "parallel":
            given = {"system_files": {"mt": SEEDS[name][0]}, "docs": chance.choice([None, SEEDS[name][1]])}
            if chance.random() < 0.3:
                given = {"docs": path}
        read += check_reading(name, path, **given)
    # Where nothing comes out any more, nothing is tried.
    assert read > count / 20


@pytest.mark.parametrize("name", SEEDS)
def test_mutated_files_give_items_or_a_refusal(tmp_path, name):
    read_mutations(tmp_path, name, 1_000)


@pytest.mark.long
@pytest.mark.parametrize("name", SEEDS)
def test_many_mutated_files_give_items_or_a_refusal(tmp_path, name):
    read_mutations(tmp_path, name, 20_000, seed=1)


@pytest.mark.parametrize("name", SEEDS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=300))
def test_random_bytes_give_items_or_a_refusal(tmp_path, name, content):
    path = tmp_path / "x.de"
    path.write_bytes(content)
    check_reading(name, path, **({"role": "source"} if name == "html" else {}))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=200))
def test_any_text_in_a_paragraph_comes_out_or_is_refused(tmp_path, text):
    path = tmp_path / "x.html"
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").encode("utf-8", "surrogatepass")
    path.write_bytes(b"<article><p>" + escaped + b"</p></article>")
    check_reading("html", path, role="source")
