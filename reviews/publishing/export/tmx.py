"""TMX 1.4: what the desk translated, for memories of other tools."""

from __future__ import annotations

from collections.abc import Iterable

from reviews.values import CodedText, InlineCode

from .article import Article, Stateless
from .units import Unit, check_texts, element, paired, pairs_of, text_element, with_codes


class Tmx(Stateless):
    """A unit a translation, with the ids, kinds and states of its segments; one file for all articles.

    A translation of several segments has them all as its source. What has no translation, and what an editor added,
    is no unit.
    """

    name = "tmx"
    suffix = "tmx"

    def begin(self, article: Article) -> bytes:
        header = element(
            "header",
            "",
            {
                "creationtool": "translation-review-workbench",
                "creationtoolversion": "1",
                "segtype": "sentence",
                "o-tmf": "translation-review-workbench",
                "adminlang": "en",
                "srclang": article.source_lang,
                "datatype": "plaintext",
            },
        )
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4">\n{header}\n<body>\n'.encode()

    def write(self, article: Article) -> bytes:
        check_texts(article)
        return "".join(_unit(unit, article) for unit in pairs_of(article)).encode()

    def end(self) -> Iterable[bytes]:
        return (b"</body>\n</tmx>\n",)


def _unit(unit: Unit, article: Article) -> str:
    assert unit.target is not None
    props = {"x-document": article.document, "x-state": unit.state}
    parts = [text_element("note", note) for note in unit.notes]
    parts += [text_element("prop", value, {"type": name}) for name, value in props.items()]
    parts += [_variant(article.source_lang, unit.source), _variant(article.target_lang, unit.target)]
    return element("tu", "".join(parts), {"tuid": unit.id}) + "\n"


def _variant(language: str, content: CodedText) -> str:
    return element("tuv", element("seg", _content(content)), {"xml:lang": language})


def _content(content: CodedText) -> str:
    """Text with its codes: `x` is what they are called on both sides, `i` what the halves of one share."""
    pairs = {code_id: str(number) for number, code_id in enumerate(sorted(paired(content)), 1)}

    def written(code: InlineCode) -> str:
        if code.id not in pairs:
            return text_element("ph", code.raw, {"x": code.id, "type": code.kind})
        if code.part == "open":
            return text_element("bpt", code.raw, {"i": pairs[code.id], "x": code.id, "type": code.kind})
        return text_element("ept", code.raw, {"i": pairs[code.id]})

    return with_codes(content, written)
