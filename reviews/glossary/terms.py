"""What a term may be, whoever writes it down: a form, a table or a command."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from reviews.values import normalise

from .words import normalised, words_of

UseOfTerm = Literal["preferred", "avoid"]

LONGEST = 200
LONGEST_NOTE = 500
MOST_WORDS = 20
#: As many characters as the words of a term may have, folded and with blanks between them.
LONGEST_WORDS = 400

#: What nobody sees or types: control characters, halves of characters, marks that turn the direction of writing.
_UNTYPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


class TermError(ValueError):
    """A term that cannot be kept; the message names what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class TermValue:
    """A term as a desk writes it, in one line each and without needless blanks."""

    source: str
    target: str
    use: UseOfTerm = "preferred"
    note: str = ""

    @property
    def words(self) -> Sequence[str]:
        """The words of the source as they are written."""
        return words_of(self.source)

    @property
    def compared(self) -> str:
        """The source as terms are compared: two with the same words are about the same term."""
        return " ".join(map(normalised, self.words))


def term_value(source: str, target: str, use: UseOfTerm = "preferred", note: str = "") -> TermValue:
    """The term as it is kept. Raises TermError for one that cannot be."""
    value = TermValue(
        _line(source, "term", LONGEST), _line(target, "translation", LONGEST), use, _line(note, "note", LONGEST_NOTE)
    )
    for text, name in ((value.source, "term"), (value.target, "translation")):
        if not any(sign.isalnum() for sign in text):
            said = f"“{text}” has no letter or number" if text else "is missing"
            raise TermError(f"The {name} {said}. Write it out.")
    if len(value.words) > MOST_WORDS or len(value.compared) > LONGEST_WORDS:
        raise TermError(
            f"The term “{value.source[:40]}…” has more than {MOST_WORDS} words. Write the words that matter."
        )
    return value


def _line(text: str, name: str, longest: int) -> str:
    line = " ".join(normalise(text).split())
    untyped = next((sign for sign in line if unicodedata.category(sign) in _UNTYPED), None)
    if untyped is not None:
        raise TermError(
            f"The {name} “{_shown(line)}” holds the invisible character U+{ord(untyped):04X}. Type it anew."
        )
    if "⟦" in line or "⟧" in line:
        raise TermError(f"The {name} “{_shown(line)}” holds ⟦ or ⟧, which stand for links in a text. Leave them out.")
    if len(line) > longest:
        raise TermError(f"The {name} “{line[:40]}…” has {len(line)} characters; it may have {longest}. Shorten it.")
    return line


def _shown(line: str) -> str:
    """The beginning of a line with what is invisible in it left out."""
    return "".join(sign for sign in line[:40] if unicodedata.category(sign) not in _UNTYPED)
