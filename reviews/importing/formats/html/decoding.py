"""The bytes of a page as text, in the encoding a browser would read them in, but never with a letter lost."""

from __future__ import annotations

import codecs
import re

from ..base import ReadError
from ..text import shown

_META_CHARSET = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)

#: How far into a page its declaration is looked for, in bytes. The standard says 1,024; saved pages of real sites
#: have theirs behind a licence comment or a script.
_DECLARED_WITHIN = 8192

#: Labels that mean another encoding than they say, as browsers read them (WHATWG Encoding, "Names and labels"). A
#: page that was declared UTF-16 in bytes that hold a readable declaration is in no UTF-16 (HTML, "prescan").
_MEANT = {
    **dict.fromkeys(("iso-8859-1", "iso8859-1", "latin1", "latin-1", "l1", "ascii", "us-ascii"), "windows-1252"),
    **dict.fromkeys(("cp1252", "x-cp1252", "windows-1252"), "windows-1252"),
    **dict.fromkeys(("utf8", "utf-8", "utf-16", "utf-16le", "utf-16be", "unicode"), "utf-8"),
    **dict.fromkeys(("latin-9", "iso8859-15"), "iso-8859-15"),
}

#: Encodings a page may declare: what German and English pages are written in, and their neighbours in Europe.
_READ = {
    "utf-8": "utf-8",
    "windows-1252": "windows-1252",
    **{f"iso-8859-{part}": f"iso-8859-{part}" for part in ("2", "3", "4", "5", "7", "10", "13", "14", "15", "16")},
    **{f"windows-125{part}": f"cp125{part}" for part in "01347"},
    "iso-8859-9": "cp1254",
    "macintosh": "mac-roman",
}

#: Bytes Windows-1252 has no character for. Browsers make control characters of them, which no text may hold.
_UNDEFINED = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")


def decoded(raw: bytes, file: str) -> str:
    """The page's text.

    By its byte order mark; else as UTF-8 if it is that; else in the encoding it declares; else in Windows-1252.
    UTF-8 goes before the declaration: text in another encoding that happens to be UTF-8 does not occur, pages saved
    as UTF-8 that still declare their old encoding do.

    Raises ReadError for bytes that are no text in that encoding, rather than put U+FFFD in their place.
    """
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if raw.startswith(mark):
            return _strictly(raw, encoding, file)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        label = _declared(raw)
        encoding = _MEANT.get(label, label)
        if encoding not in ("", "utf-8", *_READ):
            said = f"is not UTF-8 (byte 0x{raw[error.start]:02X}) and declares {shown(label)}, which is not read"
            raise ReadError(file, _line(raw, error.start), f"{said}. Save the page as UTF-8.") from None
        if _mostly_utf8(raw):
            said = f"is UTF-8 with a broken byte (0x{raw[error.start]:02X}) in this line"
            raise ReadError(file, _line(raw, error.start), f"{said}. Correct it and import again.") from None
    # A page that says UTF-8 and is not was written in what German systems wrote before it.
    return _strictly(raw, "windows-1252" if encoding in ("", "utf-8") else _READ[encoding], file)


def _mostly_utf8(raw: bytes) -> bool:
    """Whether more letters beyond ASCII are UTF-8 than are not: read in any other encoding, those would be garbage."""
    marked = raw.decode("utf-8", "replace")
    broken = marked.count("\ufffd")
    return len(marked) - len(marked.encode("ascii", "ignore")) - broken > broken


def _declared(raw: bytes) -> str:
    found = _META_CHARSET.search(raw[:_DECLARED_WITHIN])
    return found[1].decode("ascii", "replace").lower() if found else ""


def _strictly(raw: bytes, encoding: str, file: str) -> str:
    try:
        if encoding == "windows-1252" and (undefined := _UNDEFINED.search(raw)):
            raise UnicodeDecodeError(encoding, raw, undefined.start(), undefined.end(), "no character")
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        reason = f"is not {encoding}, as which it has to be read (byte 0x{raw[error.start]:02X}). Save it as UTF-8."
        raise ReadError(file, _line(raw, error.start), reason) from None


def _line(raw: bytes, offset: int) -> int:
    return raw[:offset].count(b"\n") + 1
