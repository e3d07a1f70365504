"""What an e-mail says: plain text, hostile titles included."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

#: Articles named in one e-mail; the rest is counted.
MOST = 50
LONGEST_TITLE = 150

#: Unicode categories that could break a line or forge a header: read as a space.
_BREAKS = {"Cc", "Zl", "Zp"}
#: … and those that are not seen but act, such as a turn of the reading direction: left out.
_UNSEEN = {"Cf", "Cs", "Co", "Cn"}


@dataclass(frozen=True, slots=True)
class Line:
    """One notice in an e-mail."""

    heading: str
    title: str
    project: str
    text: str
    link: str


@dataclass(frozen=True, slots=True)
class Letter:
    subject: str
    body: str


def compose(lines: Sequence[Line], *, choices_link: str) -> Letter:
    """The e-mail for these notices, grouped by heading in the order given; there is at least one."""
    first = lines[0]
    if len(lines) == 1:
        subject = f"{first.heading}: {_shortened(first.title)}"
    else:
        subject = f"{len(lines)} notices: {_shortened(first.title)} and more"
    parts = []
    for heading, group in groupby(lines[:MOST], key=lambda line: line.heading):
        parts.append(f"{heading.upper()}\n")
        parts += [
            f"“{_shortened(line.title)}” ({plain(line.project)})\n{plain(line.text)}\n{line.link}\n" for line in group
        ]
    if len(lines) > MOST:
        parts.append(f"… and {len(lines) - MOST} more in the workbench.\n")
    parts.append(f"-- \nWhich e-mails you get, and when: {choices_link}\n")
    return Letter(subject, "\n".join(parts))


def plain(text: str) -> str:
    """The text on one line, without characters that act unseen."""
    seen = (char for char in text if unicodedata.category(char) not in _UNSEEN)
    return " ".join("".join(" " if unicodedata.category(char) in _BREAKS else char for char in seen).split())


def _shortened(title: str) -> str:
    title = plain(title) or "an article without a title"
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1]}…"
