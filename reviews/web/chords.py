"""Keys pressed at once, as people write them and as `aria-keyshortcuts` does: `Control+Enter`, `Alt+Shift+X`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

#: Signs of a numbered action: its chord ends in the first, the others follow.
NUMBERS = "123456789"

#: What stands on keys that are no letters or digits, and on those that are held.
_NAMED = {
    "Enter": "↵",
    "Escape": "Esc",
    "ArrowUp": "↑",
    "ArrowDown": "↓",
    "ArrowLeft": "←",
    "ArrowRight": "→",
    "Home": "Home",
    "End": "End",
    "PageUp": "PgUp",
    "PageDown": "PgDn",
}
_HELD = {"Control": "Ctrl", "Alt": "Alt", "Shift": "⇧"}
_SPELLINGS = {
    **{name.lower(): name for name in (*_NAMED, *_HELD)},
    **{cap.lower(): name for name, cap in (*_NAMED.items(), *_HELD.items())},
    "strg": "Control",
    "cmd": "Control",
    "⌘": "Control",
    "option": "Alt",
    "⌥": "Alt",
    "umschalt": "Shift",
    "return": "Enter",
    "up": "ArrowUp",
    "down": "ArrowDown",
    "left": "ArrowLeft",
    "right": "ArrowRight",
}
_KEY = re.compile(r"[A-Z0-9]|F[1-9]|F1[0-2]", re.ASCII)

_LETTERS_OF_THE_FIELD = "ACVXYZ"
_LETTERS_OF_THE_BROWSER = "FLNPQRTW"
#: Keys of browsers and systems that a page never hears of, or that people need for other things.
_TAKEN_KEYS = frozenset({"F3", "F5", "F6", "F7", "F10", "F11", "F12"})
_TAKEN_WITH_ALT = frozenset({"F4", "ArrowLeft", "ArrowRight", "Home"})


class ChordError(ValueError):
    """Keys that cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Chord:
    """One key and what is held with it. Control also stands for a Mac's command key, Alt for its option key."""

    key: str
    control: bool = False
    alt: bool = False
    shift: bool = False

    @classmethod
    def parse(cls, text: str) -> Chord:
        """Read a chord in whatever usual spelling: "ctrl + shift + x", "Alt ↓". Raises ChordError."""
        names = [_SPELLINGS.get(part.lower(), part.upper()) for part in re.split(r"[\s+]+", text) if part]
        keys = [name for name in names if name not in _HELD]
        if len(keys) != 1 or len(set(names)) != len(names) or not (keys[0] in _NAMED or _KEY.fullmatch(keys[0])):
            raise ChordError(_("These are no keys. Write them such as Alt+K or Control+Enter."))
        return cls(keys[0], "Control" in names, "Alt" in names, "Shift" in names)

    @property
    def parts(self) -> list[str]:
        """The keys in their order, by name."""
        held = zip(_HELD, (self.control, self.alt, self.shift), strict=True)
        return [*(name for name, down in held if down), self.key]

    @property
    def caps(self) -> list[str]:
        """What stands on them."""
        return [_HELD.get(part) or _NAMED.get(part, part) for part in self.parts]

    def __str__(self) -> str:
        return "+".join(self.parts)

    def numbered(self) -> Iterator[tuple[int, Chord]]:
        """The chords of a numbered action whose first is this one."""
        for number in NUMBERS:
            yield int(number), replace(self, key=number)


def check_free(chord: Chord, *, numbered: bool = False) -> None:
    """Raise ChordError for keys that type something, or that mean something else in a browser or a text field."""
    if not (chord.control or chord.alt or (chord.key.startswith("F") and len(chord.key) > 1)):
        raise ChordError(_("Without Ctrl or Alt these keys write or move in a text. Add one of the two."))
    if chord.control and chord.alt:
        raise ChordError(_("Ctrl and Alt together are the AltGr key, which writes signs such as @ and €."))
    if numbered and chord.key != NUMBERS[0]:
        raise ChordError(_("This one counts: choose keys that end in 1, such as Alt+1. The other numbers follow."))
    if _moves_in_text(chord) or _belongs_to_browser(chord):
        raise ChordError(_("The browser or the text field has another use for these keys."))


def _moves_in_text(chord: Chord) -> bool:
    """Copying, undoing, and the ways of the cursor."""
    far = chord.key in ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End")
    return chord.control and (chord.key in _LETTERS_OF_THE_FIELD or far)


def _belongs_to_browser(chord: Chord) -> bool:
    if chord.control:
        by_number = chord.key.isdigit()
        turning = chord.key in ("PageUp", "PageDown", "F4")
        return chord.key in _LETTERS_OF_THE_BROWSER or by_number or turning or chord.key in _TAKEN_KEYS
    with_alt = chord.alt and not chord.shift and chord.key in _TAKEN_WITH_ALT
    return with_alt or chord.key in _TAKEN_KEYS or chord.key == "Escape"
