"""What a reader passes over, counted, to be said once at the end of a file."""

from __future__ import annotations

from collections.abc import Iterator

from .base import Notice
from .text import shown

#: What every reader of translation files says in the same words.
CODES_ALONE = "not read, since their source holds codes or white space alone"
SUBFLOWS = "texts within codes are notes and cannot be edited here"


#: A file may give millions of states, languages and repeated ids; so many different ones are said, the rest counted.
_MOST_REMARKS = 100
_MOST_REPEATED = 20


class Remarks:
    """Counts of units by what is to be said of them, each with the line of the first."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._counts: dict[str, int] = {}
        self._first: dict[str, int] = {}

    def count(self, line: int, message: str) -> None:
        """One more unit of which this is to be said, in words a number can follow."""
        if message not in self._counts and len(self._counts) >= _MOST_REMARKS:
            message = "read or not read in further ways that would be said, but are too many"
        self._counts[message] = self._counts.get(message, 0) + 1
        self._first.setdefault(message, line)

    def notices(self) -> Iterator[Notice]:
        for message, count in self._counts.items():
            units = "1 unit" if count == 1 else f"{count:,} units, this the first"
            yield Notice(self.file, self._first[message], f"{message}: {units}.")


class UniqueIds:
    """Ids of a document that a file may give twice: a repeated one gets a number, and that is said.

    Of ids only the hashes are kept, since a file may have millions.
    """

    def __init__(self, remarks: Remarks) -> None:
        self._remarks = remarks
        self._seen: set[int] = set()
        self._repeated: dict[str, int] = {}

    def take(self, line: int, wanted: str) -> tuple[str, list[Notice]]:
        """An id that no other unit has, and what is to be said about it at once."""
        given, number = wanted, self._repeated.get(wanted, 1)
        while hash(given) in self._seen:
            number += 1
            given = f"{wanted}#{number}"
        self._seen.add(hash(given))
        if given == wanted:
            return given, []
        self._repeated[wanted] = number
        if len(self._repeated) > _MOST_REPEATED or number > _MOST_REPEATED:
            self._remarks.count(line, "kept under another id, since an earlier one has theirs")
            return given, []
        message = f"repeats the id {shown(wanted)}: both units are kept, this one is called {shown(given)} here."
        return given, [Notice(self._remarks.file, line, message)]
