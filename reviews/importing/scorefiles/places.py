"""Which segment line k of a test set is: the docs file of a parallel text, as the bulk import takes it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from reviews.importing.formats.parallel import document_lines


@dataclass(frozen=True, slots=True)
class Place:
    """A segment by its document and its number there from 1."""

    document: str
    segment: str


def read_places(docs: Path) -> tuple[Place, ...]:
    """A place for each line. Raises ReadError as the import of parallel text does."""
    counted: Counter[str] = Counter()
    places = []
    for document in document_lines(docs):
        counted[document] += 1
        places.append(Place(document, str(counted[document])))
    return tuple(places)
