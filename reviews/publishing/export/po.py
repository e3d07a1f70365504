"""gettext PO: a catalogue of an article's texts and their translations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from reviews.models import SegmentState
from reviews.values import sha256_hex

from .article import Article, IntoOneFile, Output
from .units import Unit, check_texts, units_of

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"})

#: A translation in one of these states is one; any other is `fuzzy`, which programs do not use.
_DONE = (SegmentState.REVIEWED, SegmentState.APPROVED)


class Po(IntoOneFile):
    """A message a segment: its id is the context (`msgctxt`), its kind a comment, its document the reference. Codes are
    left out.

    A catalogue cannot have one message twice: the second segment of one id and one text, in another article, has its
    document in front of its id.
    """

    name = "po"
    suffix = "po"

    def start(self) -> Output:
        return _Catalogue()


class _Catalogue:
    def __init__(self) -> None:
        self._written: set[str] = set()

    def begin(self, article: Article) -> bytes:
        fields = {
            "Project-Id-Version": "translation-review-workbench",
            "MIME-Version": "1.0",
            "Content-Type": "text/plain; charset=UTF-8",
            "Content-Transfer-Encoding": "8bit",
            "Language": article.target_lang.replace("-", "_"),
            "X-Source-Language": article.source_lang.replace("-", "_"),
        }
        header = "".join(f"{name}: {value}\n" for name, value in fields.items())
        return f"{_string('msgid', '')}{_string('msgstr', header)}".encode()

    def write(self, article: Article) -> bytes:
        check_texts(article)
        messages = ("".join(self._message(unit, article.document)) for unit in units_of(article))
        return "".join(f"\n{message}" for message in messages).encode()

    def end(self) -> Iterable[bytes]:
        return ()

    def _message(self, unit: Unit, document: str) -> Iterator[str]:
        context = unit.id
        if self._key(context, unit) in self._written:
            context = f"{document}:{unit.id}"
        self._written.add(self._key(context, unit))
        yield from (f"#. {note}\n" for note in unit.notes)
        yield f"#: {_named(document)}\n"
        if unit.target is not None and unit.target.text and unit.state not in _DONE:
            yield "#, fuzzy\n"
        yield _string("msgctxt", context)
        yield _string("msgid", unit.source.text)
        yield _string("msgstr", unit.target.text if unit.target is not None else "")

    def _key(self, context: str, unit: Unit) -> str:
        return sha256_hex(f"{context}\0{unit.source.text}")


def _named(document: str) -> str:
    """A document as gettext names files: one with blanks between the marks that keep it together."""
    return document if document.split() == [document] else f"\u2068{document}\u2069"


def _string(keyword: str, text: str) -> str:
    """A keyword with its string; one of several lines stands under it, each line of the text by itself."""
    lines = re.findall(r"[^\n]*\n|[^\n]+", text)
    if len(lines) != 1:
        lines.insert(0, "")
    return f"{keyword} " + "".join(f'"{line.translate(_ESCAPES)}"\n' for line in lines)
