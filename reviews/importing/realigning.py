"""Aligning stored translations again, after the rules of alignment have changed; no human text is touched."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Max

from reviews.models import Document, Hypothesis, Reference
from reviews.models.layout import current_runs
from reviews.models.states import placed_sources
from reviews.values import AlignedText, DocumentMeta, PlacedSource

from .formats.folder import HtmlArticles
from .importer import stored_segments
from .recovering import LeftAloneError, realigned
from .report import Outcome
from .service import PreparedDocument, import_document

StoredRow = TypeVar("StoredRow", Hypothesis, Reference)


@dataclass(frozen=True, slots=True)
class Realigned:
    """What became of the translations of one document: texts by outcome, and why some were left alone.

    By engine in `hypotheses` and `hypotheses_left`, by name in the two of the references.
    """

    document: str
    outcome: Outcome
    hypotheses: Mapping[str, Counter[str]]
    references: Mapping[str, Counter[str]]
    hypotheses_left: Mapping[str, str]
    references_left: Mapping[str, str]

    def to_json(self) -> dict[str, Any]:
        return {
            "document": self.document,
            "outcome": self.outcome,
            "hypotheses": _shown(self.hypotheses, self.hypotheses_left),
            "references": _shown(self.references, self.references_left),
        }


def _shown(counted: Mapping[str, Counter[str]], left: Mapping[str, str]) -> dict[str, Any]:
    return {**counted, **{name: {"left": reason} for name, reason in left.items()}}


def _counted(texts: Mapping[str, Counter[str]]) -> dict[str, Counter[str]]:
    """Where one text becomes two, an import counts one changed and one new; here both came out otherwise."""
    return {
        name: Counter(changed=counts["changed"] + counts["new"], same=counts["same"]) for name, counts in texts.items()
    }


@dataclass(frozen=True, slots=True)
class _State:
    """By what to see whether anything came in: the source and the newest rows of a document."""

    source: int | None
    hypothesis: int | None
    reference: int | None


@dataclass(frozen=True, slots=True)
class _Prepared:
    document: PreparedDocument
    hypotheses_left: Mapping[str, str]
    references_left: Mapping[str, str]
    state: _State


def realign_document(
    document: Document, *, dry_run: bool = False, then: Callable[[Document], object] | None = None
) -> Realigned:
    """Align a document's translations to its source again; those that come out otherwise are new runs of their engines.

    Written through the door of the import, in one transaction: texts that stay as they are keep their rows, what an
    editor has opened keeps the text it started from. A second time nothing is written. `then` is called in the
    transaction of a document that changed, to queue what follows. With `dry_run` all is counted and rolled back.
    """
    prepared = _prepare(document)
    with transaction.atomic():
        # The reckoning was done without the lock: what an import wrote meanwhile has it done once more.
        locked = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
        if _state(locked) != prepared.state:
            prepared = _prepare(locked)
        result = import_document(
            document.project,
            prepared.document,
            None,
            dry_run=dry_run,
            then=then,
            action="document.realigned",
        )
    return Realigned(
        document.external_id,
        result.outcome,
        _counted(result.hypotheses),
        _counted(result.references),
        prepared.hypotheses_left,
        prepared.references_left,
    )


def _state(document: Document) -> _State:
    newest = [
        model._default_manager.filter(document=document).aggregate(newest=Max("pk"))["newest"]
        for model in (Hypothesis, Reference)
    ]
    return _State(document.current_source_id, *newest)


def _prepare(document: Document) -> _Prepared:
    state = _state(document)
    segments, aligned_to = stored_segments(document.project, document.external_id)
    source = _Source(document, segments)
    hypotheses: defaultdict[str, list[Hypothesis]] = defaultdict(list)
    for row in Hypothesis.objects.filter(document=document).select_related("system"):
        hypotheses[row.system.label].append(row)
    references: defaultdict[str, list[Reference]] = defaultdict(list)
    for reference in Reference.objects.filter(document=document):
        references[reference.name].append(reference)
    ours, ours_left = source.align(hypotheses)
    theirs, theirs_left = source.align(references)
    prepared = PreparedDocument(
        document.external_id, DocumentMeta(), None, hypotheses=ours, references=theirs, aligned_to=aligned_to
    )
    return _Prepared(prepared, ours_left, theirs_left, state)


class _Source:
    """The current source of a document, for aligning its translations to."""

    def __init__(self, document: Document, segments: Sequence[PlacedSource]) -> None:
        self.segments = segments
        self.languages = document.project.source_lang, document.project.target_lang
        placements = placed_sources(document)
        self.order = [placement.segment_id for placement in placements]
        self.hashes = [placement.source.content_hash for placement in placements]
        reader = document.current_source.reader if document.current_source else ""
        self.came_in_rows = reader != HtmlArticles.name

    def align(
        self, translations: Mapping[str, Sequence[StoredRow]]
    ) -> tuple[dict[str, Sequence[AlignedText]], dict[str, str]]:
        """The translations by name as they are aligned now, and why those were left alone that are not among them."""
        aligned: dict[str, Sequence[AlignedText]] = {}
        left: dict[str, str] = {}
        for name, rows in sorted(translations.items()):
            try:
                if self.came_in_rows:
                    raise LeftAloneError("the rows of its file say what belongs together")
                aligned[name] = realigned(self.segments, list(self._texts(rows)), *self.languages)
            except LeftAloneError as error:
                left[name] = str(error)
        return aligned, left

    def _texts(self, rows: Sequence[StoredRow]) -> Iterator[AlignedText]:
        """The texts that hold, in the order of the translation: those without a source where they stood among them."""
        position = {segment: i for i, segment in enumerate(self.order)}
        in_force = current_runs(rows, self.order, self.hashes)
        last = max((row.number for row in rows), default=0)
        extra = deque(sorted((row for row in rows if row.segment_id is None and row.number == last), key=_place))
        for segment, row in sorted(in_force.items(), key=lambda held: position[held[0]]):
            while row.text and extra and _place(extra[0]) < _place(row):
                yield _text(extra.popleft(), None)
            yield _text(row, position[segment])
        yield from (_text(row, None) for row in extra)


def _place(row: Hypothesis | Reference) -> tuple[int, int]:
    return row.block, row.ordinal


def _text(row: Hypothesis | Reference, segment: int | None) -> AlignedText:
    return AlignedText(segment, row.covers, row.content, row.confidence, row.block, row.reason)
