"""An upload from its files to its report: checked by a worker, confirmed by a person, imported by a worker.

Both the check and the import read the files as `bulk_import` does, the check as a dry run. A worker that takes an
upload raises its `generation`; whatever it writes later counts only while that still stands, so an upload may be
taken by two workers at once, or taken up again after a worker was killed: documents that are in are found in.
"""

from __future__ import annotations

import json
import secrets
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from reviews.models import AuditEvent, Document, ImportBatch, Person, Project
from reviews.models.audit import append_event
from reviews.values import ImportedArticle, Rejected

from .formats.base import Format, Item, Notice, ReadError, ReadOptions
from .formats.registry import BY_NAME, sniff
from .importer import AfterDocument, Importer, Tally
from .report import DocumentReport
from .upload_files import NO_FOLDER, Unit, UploadedFile, UploadFolder, rebuild, upload_folder

State = ImportBatch.State

#: States in which a worker may begin, with the one it works in.
TAKEN = {State.UPLOADED: State.CHECKING, State.CONFIRMED: State.RUNNING}
#: The way back, when a worker is gone.
GIVEN_BACK = {working: waiting for waiting, working in TAKEN.items()}
#: Until the import is confirmed it can be called off.
CANCELLABLE = (State.UPLOADED, State.CHECKING, State.CHECKED)
FINISHED = (State.DONE, State.FAILED, State.CANCELLED)

#: A worker shows this often that it is at it …
_BEAT_SECONDS = 1.0
#: … and after so long without a sign another one may go on. A single long article shows none while it is aligned.
ALIVE = timedelta(minutes=2)
#: So often the check or the import of an upload is begun before it counts as failed.
MAX_STARTS = 3
#: What nobody confirms within so long is called off, and its files go.
UNCONFIRMED = timedelta(days=7)

#: So much of what was said is kept with the batch; the rest is counted.
REJECTED_KEPT = 10_000
DOCUMENTS_KEPT = 200
NOTICES_KEPT = 100

NOTHING_TAKEN = "Nothing in these files could be taken. Each reason is listed below."

#: What the upload form calls the options that messages name as the command line does.
_FORM_FIELDS = {
    "--format": "“Format”",
    "--role": "“What are these files?”",
    "--system": "“Engine or reference”",
    "--reference": "“Engine or reference”",
    "--columns": "“Columns”",
    "--sheet": "“Sheet”",
}


class NoLongerWantedError(Exception):
    """Another worker has taken the upload over, or somebody called it off."""


# --- coming in -------------------------------------------------------------------------------------------


def _root() -> Path:
    return Path(settings.WORKBENCH_DATA) / "uploads"


def new_folder() -> UploadFolder:
    """A place for the files of an upload that is coming in; `receive` keeps it."""
    return upload_folder(_root(), secrets.token_hex(16))


def receive(*, project: Project, person: Person, folder: UploadFolder, options: Mapping[str, str]) -> ImportBatch:
    """A batch for files that are all there, to be checked next. `options`: format, role, system, reference, columns,
    sheet."""
    return ImportBatch.objects.create(
        project=project,
        person=person,
        via=ImportBatch.Via.UPLOAD,
        state=State.UPLOADED,
        options={name: value for name, value in options.items() if value},
        folder=folder.path.name,
        files=[file.to_json() for file in folder.files],
        touched_at=timezone.now(),
    )


@transaction.atomic
def confirm(*, batch_id: int, person: Person) -> bool:
    """Have a checked upload imported. True for the one call that did it: a second click changes nothing."""
    rows = ImportBatch.objects.filter(pk=batch_id, state=State.CHECKED)
    if not rows.update(state=State.CONFIRMED, attempts=0, error="", progress={}, touched_at=timezone.now()):
        return False
    _record(batch_id, "import.confirmed", person)
    return True


def cancel(*, batch_id: int, person: Person) -> bool:
    """Call an upload off before its import is confirmed; its files go. True for the one call that did it."""
    with transaction.atomic():
        rows = ImportBatch.objects.filter(pk=batch_id, state__in=CANCELLABLE, via=ImportBatch.Via.UPLOAD)
        if not rows.update(state=State.CANCELLED, error="", finished_at=timezone.now()):
            return False
        _record(batch_id, "import.cancelled", person)
    _folder_of(ImportBatch.objects.get(pk=batch_id)).remove()
    return True


def _record(batch_id: int, action: str, person: Person) -> None:
    batch = ImportBatch.objects.select_related("project").get(pk=batch_id)
    append_event(batch.project, action=action, person=person, data={"batch": batch.pk})


def _folder_of(batch: ImportBatch) -> UploadFolder:
    return upload_folder(_root(), batch.folder)


# --- a worker takes it -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Claim:
    """One worker's go at one upload."""

    batch_id: int
    generation: int
    state: State

    @property
    def checks(self) -> bool:
        return self.state == State.CHECKING

    def rows(self) -> QuerySet[ImportBatch]:
        """The batch, as long as this worker is the one who has it."""
        return ImportBatch.objects.filter(pk=self.batch_id, generation=self.generation, state=self.state)

    def locked(self) -> ImportBatch:
        """The batch under its row lock. Raises NoLongerWantedError."""
        row = self.rows().select_for_update(of=("self",)).select_related("project").first()
        if row is None:
            raise NoLongerWantedError
        return row


@transaction.atomic
def claim(batch_id: int) -> Claim | None:
    """Take an upload that waits for a worker, or whose worker gave no sign for long; None when there is nothing to do.

    One that was begun too often fails instead, so that what kills its worker does not go on forever.
    """
    rows = ImportBatch.objects.select_for_update(of=("self",))
    batch = rows.filter(pk=batch_id, via=ImportBatch.Via.UPLOAD).first()
    if batch is None:
        return None
    if batch.state in GIVEN_BACK and (batch.touched_at is None or batch.touched_at < timezone.now() - ALIVE):
        batch.state = GIVEN_BACK[State(batch.state)]
    if batch.state not in TAKEN:
        return None
    batch.generation += 1
    batch.touched_at = timezone.now()
    if batch.attempts >= MAX_STARTS:
        batch.state, batch.finished_at = State.FAILED, timezone.now()
        batch.error = batch.error or f"It was begun {batch.attempts} times and never finished."
        batch.save(update_fields=["state", "error", "generation", "touched_at", "finished_at"])
        return None
    batch.attempts += 1
    batch.state, batch.error = TAKEN[State(batch.state)], ""
    batch.save(update_fields=["state", "error", "attempts", "generation", "touched_at"])
    return Claim(batch.pk, batch.generation, State(batch.state))


def work(held: Claim, *, after_document: AfterDocument) -> None:
    """Check or import an upload. Raises NoLongerWantedError, and what went wrong otherwise."""
    batch = held.rows().select_related("project").first()
    if batch is None:
        raise NoLongerWantedError
    began = timezone.now()
    signs = _Signs(held, batch)
    importer = Importer(
        batch.project, batch, after_document=after_document, say=lambda line: signs.show(), dry_run=held.checks
    )
    signs.tally = importer.tally
    folder = _folder_of(batch)
    with _rebuilt(batch, folder) as units:
        for number, unit in enumerate(units, start=1):
            signs.file, signs.files = number, len(units)
            _take(importer, unit, batch, signs)
    if held.checks:
        finished = _checked(held, importer.tally)
    else:
        finished = _imported(held, importer.tally, began)
    if finished:
        folder.remove()


def give_up(held: Claim, error: Exception, *, again: bool) -> None:
    """Write down what went wrong: the upload waits for another try, or has failed.

    Raises NoLongerWantedError when it is no longer this worker's to say.
    """
    words = f"{type(error).__name__}: {error}"[:2000]
    with transaction.atomic():
        batch = held.locked()
        batch.error = words
        batch.touched_at = timezone.now()
        if again and batch.attempts < MAX_STARTS:
            batch.state = GIVEN_BACK[held.state]
        else:
            batch.state, batch.finished_at = State.FAILED, timezone.now()
        batch.save(update_fields=["state", "error", "touched_at", "finished_at"])
    if batch.state == State.FAILED:
        _folder_of(batch).remove()


class _Signs:
    """Shows how far a worker is, and notices when the upload is no longer its own."""

    def __init__(self, held: Claim, batch: ImportBatch) -> None:
        self.held = held
        self.tally = Tally()
        self.file = self.files = 0
        self._expected = None if held.checks else sum(batch.report["check"]["documents"].values())
        self._last = 0.0

    def show(self) -> None:
        """Raises NoLongerWantedError."""
        if time.monotonic() - self._last < _BEAT_SECONDS:
            return
        self._last = time.monotonic()
        progress = {
            "file": self.file,
            "files": self.files,
            "documents": sum(self.tally.documents.values()),
            "of": self._expected,
        }
        if not self.held.rows().update(touched_at=timezone.now(), progress=progress):
            raise NoLongerWantedError


@contextmanager
def _rebuilt(batch: ImportBatch, folder: UploadFolder) -> Iterator[list[Unit]]:
    """The uploaded files under their names again, for as long as they are read."""
    files = [UploadedFile.from_json(value) for value in batch.files]
    # The folder of an article says itself which page is the original: the English ones must not become another.
    articles = batch.options.get("role") in (None, "source")
    with tempfile.TemporaryDirectory(dir=folder.path, ignore_cleanup_errors=True) as place:
        yield rebuild(files, folder.path, Path(place), articles=articles)


def _take(importer: Importer, unit: Unit, batch: ImportBatch, signs: _Signs) -> None:
    try:
        chosen = batch.options.get("format")
        file_format = BY_NAME[chosen] if chosen else sniff(unit.path, unit.shown)
    except ReadError as error:
        importer.refuse(replace(error.rejected(), reason=_in_form_words(error.reason)))
        return
    importer.take_file(_AsUploaded(file_format, unit, signs.show), unit.path, _read_options(batch), name=unit.shown)


def _read_options(batch: ImportBatch) -> ReadOptions:
    """What the readers need to know, from the project and the form."""
    asked = batch.options
    options = ReadOptions(
        source_lang=batch.project.source_lang,
        target_lang=batch.project.target_lang,
        zone=timezone.get_default_timezone(),
        role=asked.get("role"),
    )
    named = ("system", "reference", "columns", "sheet")
    return replace(options, **{name: asked[name] for name in named if name in asked})


class _AsUploaded:
    """A reader whose messages name files and options as the uploader knows them, and that shows signs of life."""

    def __init__(self, reader: Format, unit: Unit, show: Callable[[], None]) -> None:
        self.name, self.title, self.suffixes = reader.name, reader.title, reader.suffixes
        self.sniff = reader.sniff
        self._reader = reader
        self._unit = unit
        self._show = show

    def read(self, path: Path, options: ReadOptions, *, name: str | None = None) -> Iterator[Item]:
        try:
            for item in self._reader.read(path, options, name=name):
                self._show()
                yield self._translated(item)
        except ReadError as error:
            raise ReadError(self._unit.name_of(error.file), error.line, _in_form_words(error.reason)) from error

    def _translated(self, item: Item) -> Item:
        if isinstance(item, Rejected):
            document = None if item.document == NO_FOLDER else item.document
            return Rejected(self._unit.name_of(item.file), item.line, _in_form_words(item.reason), document)
        if isinstance(item, Notice):
            return Notice(self._unit.name_of(item.file), item.line, _in_form_words(item.message))
        if isinstance(item, ImportedArticle) and self._unit.nameless and item.document == NO_FOLDER:
            return Rejected(
                self._unit.name_of(item.path),
                None,
                'does not say which article it is. Upload it with its folder, or give it a <meta name="article:id">.',
            )
        return item


def _in_form_words(reason: str) -> str:
    for option, field in _FORM_FIELDS.items():
        reason = reason.replace(option, field)
    return reason


# --- what came of it -------------------------------------------------------------------------------------


def _checked(held: Claim, tally: Tally) -> bool:
    """Keep what the check found; True when there is nothing to confirm and the upload is finished."""
    with transaction.atomic():
        batch = held.locked()
        batch.report = {"check": _report(tally)}
        batch.progress = {}
        batch.rejected = _kept(tally.rejected)
        if tally.documents["new"] + tally.documents["changed"]:
            batch.state = State.CHECKED
        else:
            _finish(batch, tally)
        batch.touched_at = timezone.now()
        batch.save()
    return batch.state != State.CHECKED


def _imported(held: Claim, tally: Tally, began: datetime) -> bool:
    """Keep what the import did, together with what earlier tries of it had done."""
    with transaction.atomic():
        batch = held.locked()
        if batch.attempts > 1:
            _add_earlier_tries(batch, tally, began)
        batch.report = {**batch.report, "import": _report(tally)}
        batch.progress = {}
        _finish(batch, tally)
        batch.touched_at = timezone.now()
        batch.save()
    return True


def _finish(batch: ImportBatch, tally: Tally) -> None:
    batch.counts = {**batch.counts, **tally.counts()}
    batch.rejected = _kept(tally.rejected)
    batch.unaligned = tally.unaligned[:REJECTED_KEPT]
    batch.state = State.DONE if tally.took_something() else State.FAILED
    batch.error = "" if tally.took_something() else NOTHING_TAKEN
    batch.finished_at = timezone.now()


def _kept(rejected: Sequence[Rejected]) -> list[dict[str, Any]]:
    return [row.to_json() for row in rejected[:REJECTED_KEPT]]


def _report(tally: Tally) -> dict[str, Any]:
    """What was said of a check or an import, bounded. Refused documents come last: their rows are kept anyway."""
    documents = sorted(tally.reports, key=lambda report: report.outcome == "rejected")
    return {
        **tally.counts(),
        "listed": [report.to_json() for report in documents[:DOCUMENTS_KEPT]],
        "left_out": tally.reports_left_out + max(0, len(documents) - DOCUMENTS_KEPT),
        "refused": len(tally.rejected),
        "notices": [_in_form_words(notice) for notice in tally.notices[:NOTICES_KEPT]],
        "unaligned": len(tally.unaligned),
    }


def _add_earlier_tries(batch: ImportBatch, tally: Tally, began: datetime) -> None:
    """Count what an earlier try of this import wrote as what it was, not as found the same by this one.

    The audit trail knows it: every document that was written has an event with the batch's number, in the same
    transaction.
    """
    earlier: dict[str, dict[str, Any]] = {}
    again: set[str] = set()
    mark = f'"batch":{batch.pk},'
    events = AuditEvent.objects.filter(
        action="document.imported", created_at__gte=batch.created_at, body__contains=mark
    )
    for stream, body, at in events.order_by("pk").values_list("stream", "body", "created_at"):
        if at < began:
            earlier[stream] = json.loads(body)["data"]
        else:
            again.add(stream)
    ids = {int(stream.partition(":")[2]): stream for stream in earlier if stream not in again}
    names = dict(Document.objects.filter(pk__in=ids).values_list("pk", "external_id"))
    done = {names[pk]: earlier[stream] for pk, stream in ids.items()}
    for data in done.values():
        tally.documents["same"] -= 1
        tally.documents[data["outcome"]] += 1
        for what in ("segments", "hypotheses", "references"):
            written = Counter(data[what])
            counts: Counter[str] = getattr(tally, what)
            counts["same"] -= sum(written[name] for name in ("new", "changed", "same"))
            counts.update(written)
    tally.reports = [_of_earlier_try(report, done.get(report.document or "")) for report in tally.reports]


def _of_earlier_try(report: DocumentReport, written: Mapping[str, Any] | None) -> DocumentReport:
    if written is None:
        return report
    return replace(report, outcome=written["outcome"], segments=written["segments"])


# --- what was left behind --------------------------------------------------------------------------------


def take_up(*, left_behind: timedelta, not_queued: str) -> list[int]:
    """Uploads that no worker is at: each is given to the one sweep that moves its time on.

    Those wait whose message did not go out (their error is `not_queued`) or that nothing happened to for long.
    """
    now = timezone.now()
    waiting = Q(state__in=list(TAKEN)) & (Q(touched_at__lt=now - left_behind) | Q(error=not_queued))
    stopped = Q(state__in=list(GIVEN_BACK), touched_at__lt=now - ALIVE)
    taken = []
    for batch in ImportBatch.objects.filter(waiting | stopped, via=ImportBatch.Via.UPLOAD).order_by("touched_at"):
        same = ImportBatch.objects.filter(pk=batch.pk, state=batch.state, touched_at=batch.touched_at)
        state = GIVEN_BACK.get(State(batch.state), batch.state)
        if same.update(state=state, touched_at=now):
            taken.append(batch.pk)
    return taken


def tidy_up() -> None:
    """Call off what nobody confirmed, and remove the files of uploads that are over or never became one."""
    now = timezone.now()
    unconfirmed(now).update(
        state=State.CANCELLED, finished_at=now, error=f"Nobody confirmed it within {UNCONFIRMED.days} days."
    )
    for folder in leftovers(now):
        shutil.rmtree(folder, ignore_errors=True)


def unconfirmed(now: datetime) -> QuerySet[ImportBatch]:
    """Uploads that were checked so long ago that nobody will confirm them."""
    return ImportBatch.objects.filter(via=ImportBatch.Via.UPLOAD, state=State.CHECKED, touched_at__lt=now - UNCONFIRMED)


def leftovers(now: datetime) -> list[Path]:
    """Folders with the files of uploads that are over, or that never became one."""
    if not _root().is_dir():
        return []
    folders = {entry.name: entry for entry in _root().iterdir() if entry.is_dir()}
    live = set(
        ImportBatch.objects.filter(folder__in=folders).exclude(state__in=FINISHED).values_list("folder", flat=True)
    )
    known = set(ImportBatch.objects.filter(folder__in=folders).values_list("folder", flat=True))
    day_ago = (now - timedelta(days=1)).timestamp()
    return [
        entry
        for name, entry in folders.items()
        if name not in live and (name in known or _changed_at(entry) <= day_ago)
    ]


def _changed_at(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except FileNotFoundError:  # another sweep was quicker
        return 0.0
