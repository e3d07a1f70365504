"""Imports of a project and what became of each: states, counts, what was refused, how far the workers are."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from reviews.importing.upload_files import UploadedFile, megabytes
from reviews.importing.uploads import CANCELLABLE
from reviews.models import ImportBatch, Project, TaskRun
from reviews.pipeline import scores_of
from reviews.values import shielded
from reviews.web.access import Viewer

from .article import Languages
from .dashboard import import_table

State, Via = ImportBatch.State, ImportBatch.Via

IMPORTS_PER_PAGE = 25
#: So much a page lists; the rest is counted, and in the files to download.
REFUSED_SHOWN = 50
FILES_SHOWN = 30
DOCUMENTS_SHOWN = 50

OUTCOME_LABELS = {
    "new": gettext_lazy("new"),
    "changed": gettext_lazy("changed"),
    "same": gettext_lazy("unchanged"),
    "rejected": gettext_lazy("refused"),
}
#: What became of the texts of an article, as OUTCOME_LABELS says it of articles.
TEXT_LABELS = {
    "new": gettext_lazy("new"),
    "changed": gettext_lazy("changed"),
    "moved": gettext_lazy("moved"),
    "removed": gettext_lazy("removed"),
    "same": gettext_lazy("unchanged"),
}
TAKEN = ("changed", "new", "same")

#: What the counts of an import are of, where they are not of its check alone.
COUNTS_TITLES = {
    State.CHECKED: gettext_lazy("What would be imported"),
    State.CONFIRMED: gettext_lazy("What is being imported"),
    State.RUNNING: gettext_lazy("What is being imported"),
    State.DONE: gettext_lazy("What came in"),
}

#: What files were said to hold.
ROLE_LABELS = {
    "source": gettext_lazy("originals"),
    "hypothesis": gettext_lazy("translations"),
    "reference": gettext_lazy("reference"),
}


@dataclass(frozen=True, slots=True)
class ImportLine:
    """An import in the list of its project."""

    batch: ImportBatch
    who: str
    what: str
    documents: str


@dataclass(frozen=True, slots=True)
class ImportsPage:
    page: Page[ImportBatch]
    lines: Sequence[ImportLine]


def imports(project: Project, viewer: Viewer, page: int) -> ImportsPage:
    """Imports of the project by upload and by command, the newest first."""
    rows = ImportBatch.objects.filter(project=project).select_related("person")
    rows = rows.defer("rejected", "unaligned", "report").order_by("-pk")
    found = Paginator(rows, IMPORTS_PER_PAGE).get_page(page)
    return ImportsPage(found, [_line(batch, viewer) for batch in found.object_list])


def _line(batch: ImportBatch, viewer: Viewer) -> ImportLine:
    return ImportLine(batch, who_began(batch, viewer), what_came(batch), counted(batch.counts.get("documents", {})))


def who_began(batch: ImportBatch, viewer: Viewer) -> str:
    return viewer.name_of(batch.person) if batch.person is not None else str(batch.get_via_display())


def what_came(batch: ImportBatch) -> str:
    """The files in a few words."""
    paths = [PurePosixPath(path) for path in batch.options.get("paths", [])]
    names = [str(file["name"]) for file in batch.files] or [path.name or str(path) for path in paths]
    if not names:
        return _("no files named")
    shown = ", ".join(names[:2])
    if len(names) <= 2:
        return shown
    return _("%(names)s and %(number)d more") % {"names": shown, "number": len(names) - 2}


def counted(counts: Mapping[str, int]) -> str:
    """Outcomes that occur, in words: "2 new, 1 refused"."""
    return ", ".join(f"{counts[name]} {word}" for name, word in OUTCOME_LABELS.items() if counts.get(name))


def _to_write(documents: Mapping[str, int]) -> str:
    """What an import would write: "2 new articles", "1 changed and 3 new articles"."""
    changed, new = documents.get("changed", 0), documents.get("new", 0)
    numbers = {"changed": changed, "new": new}
    if changed and new:
        words = ngettext(
            "%(changed)d changed and %(new)d new article", "%(changed)d changed and %(new)d new articles", new
        )
    elif changed:
        words = ngettext("%(changed)d changed article", "%(changed)d changed articles", changed)
    elif new:
        words = ngettext("%(new)d new article", "%(new)d new articles", new)
    else:
        return ""
    return words % numbers


# --- one import ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is: words, and a part of a whole where that is known."""

    words: str
    done: int | None = None
    of: int | None = None
    moving: bool = True


@dataclass(frozen=True, slots=True)
class DocumentShown:
    """What was, or would be, done to one document."""

    document: str
    file: str
    title: str
    outcome: str
    label: str
    segments: str
    translations: Sequence[TranslationShown]
    pairs: Sequence[Mapping[str, Any]]
    odd: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class TranslationShown:
    """How one translation of a document met its source."""

    name: str
    texts: str
    confidence: int | None
    low: bool
    notes: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that was not taken: where and why."""

    place: str
    document: str
    reason: str


#: Below this mean certainty an alignment is pointed out.
DOUBTFUL = 0.75


def import_context(batch: ImportBatch, viewer: Viewer) -> dict[str, Any]:
    """Everything the page of one import shows. The number of queries does not grow with the import."""
    said = batch.report.get("import") or batch.report.get("check") or {}
    columns, counts = import_table(batch.counts or said)
    # What is refused has a list of its own; what is written comes before what is there already.
    listed = [report for name in TAKEN for report in said.get("listed", []) if report["outcome"] == name]
    return {
        "batch": batch,
        "project": batch.project,
        "languages": Languages.of(batch.project),
        "viewer": viewer,
        "who": who_began(batch, viewer),
        "files": [UploadedFile.from_json(file) for file in batch.files[:FILES_SHOWN]],
        "more_files": max(0, len(batch.files) - FILES_SHOWN),
        "paths": batch.options.get("paths", []),
        "size": megabytes(sum(int(file["size"]) for file in batch.files)),
        "asked": asked_for(batch.options),
        "columns": columns,
        "counts": counts,
        "counts_title": COUNTS_TITLES.get(State(batch.state), _("What the check found")),
        "to_write": _to_write(said.get("documents", {})),
        "nothing_new": batch.state == State.DONE and not _wrote(batch),
        "documents": [_document(report) for report in listed[:DOCUMENTS_SHOWN]],
        "more_documents": sum(said.get("documents", {}).get(name, 0) for name in TAKEN) - len(listed[:DOCUMENTS_SHOWN]),
        "refused": [refused_row(row) for row in batch.rejected[:REFUSED_SHOWN]],
        "refused_total": max(said.get("refused", 0), len(batch.rejected)),
        "notices": said.get("notices", []),
        "unaligned": len(batch.unaligned) or said.get("unaligned", 0),
        "may_confirm": viewer.may_import and batch.state == State.CHECKED,
        "may_cancel": viewer.may_import and batch.via == Via.UPLOAD and batch.state in CANCELLABLE,
        "progress": progress_of(batch),
    }


def _wrote(batch: ImportBatch) -> bool:
    documents = batch.counts.get("documents", {})
    return bool(documents.get("new") or documents.get("changed"))


def asked_for(options: Mapping[str, Any]) -> str:
    """What was said about the files, in words."""
    words = []
    if role := options.get("role"):
        words.append(str(ROLE_LABELS[role]))
    for option in ("system", "reference"):
        if value := options.get(option):
            words.append(", ".join(value) if isinstance(value, list) else str(value))
    if (chosen := options.get("format")) and chosen != "auto":
        words.append(_("format %(name)s") % {"name": chosen})
    if columns := options.get("columns"):
        words.append(_("columns %(names)s") % {"names": columns})
    return " · ".join(words)


def progress_of(batch: ImportBatch) -> Progress | None:
    """How far the workers are; None where nothing is going on. At most one query."""
    if batch.state in (State.UPLOADED, State.CONFIRMED):
        return Progress(_("Waiting for a worker …"))
    if batch.state == State.CHECKING:
        return _reading(_("Checking"), batch)
    if batch.state == State.RUNNING:
        return _reading(_("Importing"), batch)
    return _scoring(batch) if batch.state == State.DONE else None


def _reading(verb: str, batch: ImportBatch) -> Progress:
    now = batch.progress
    if not now:
        return Progress(f"{verb} …")
    if now["of"]:
        done = min(now["documents"], now["of"])
        return Progress(f"{verb}: {_done_of(done, now['of'])}", done, now["of"])
    words = ngettext(
        "%(verb)s: file %(file)d of %(files)d, %(number)d article so far",
        "%(verb)s: file %(file)d of %(files)d, %(number)d articles so far",
        now["documents"],
    ) % {"verb": verb, "file": now["file"], "files": now["files"], "number": now["documents"]}
    return Progress(words, now["file"] - 1, now["files"])


def _scoring(batch: ImportBatch) -> Progress | None:
    found = dict(TaskRun.objects.filter(batch=batch).values_list("state").annotate(Count("id")).order_by())
    total = sum(found.values())
    if not total:
        return None
    done, failed = found.get(TaskRun.State.DONE, 0), found.get(TaskRun.State.FAILED, 0)
    words = _("Scored and checked: %(share)s") % {"share": _done_of(done, total)}
    if failed:
        words = _("%(words)s, %(number)d failed") % {"words": words, "number": failed}
    return Progress(words, done, total, moving=done + failed < total)


def _done_of(done: int, total: int) -> str:
    words = ngettext("%(done)d of %(total)d article", "%(done)d of %(total)d articles", total)
    return words % {"done": done, "total": total}


def _document(report: Mapping[str, Any]) -> DocumentShown:
    return DocumentShown(
        document=report["document"] or "",
        file=report["file"],
        title=report["title"],
        outcome=report["outcome"],
        label=str(OUTCOME_LABELS[report["outcome"]]),
        segments=_segments(report["segments"]),
        translations=[
            _translation(name, alignment, report["hypotheses"].get(name) or report["references"].get(name) or {})
            for name, alignment in report["alignment"].items()
        ],
        pairs=report["pairs"],
        odd=report["length_outliers"],
    )


def _segments(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{counts[name]} {word}" for name, word in TEXT_LABELS.items() if counts.get(name))


def _translation(name: str, alignment: Mapping[str, Any], counts: Mapping[str, int]) -> TranslationShown:
    confidence = alignment["confidence"]
    notes = [
        f"{number} {words}"
        for number, words in (
            (alignment["dropped"], _("left out by it")),
            (alignment["joined"], _("joined from several sentences")),
            (alignment["unaligned"], _("without an original")),
            (alignment["low"], _("uncertain")),
        )
        if number
    ]
    return TranslationShown(
        name=name,
        texts=counted(counts),
        confidence=None if confidence is None else round(100 * confidence),
        low=confidence is not None and confidence < DOUBTFUL,
        notes=", ".join(notes),
    )


def refused_row(row: Mapping[str, Any]) -> Refused:
    place = f"{row['file']}:{row['line']}" if row["line"] else row["file"]
    return Refused(place, row["document"] or "", row["reason"])


# --- to keep ---------------------------------------------------------------------------------------------


def report_json(batch: ImportBatch, viewer: Viewer) -> dict[str, Any]:
    """The whole report of an import, for a script or an archive."""
    person = batch.person
    return {
        "batch": batch.pk,
        "project": batch.project.slug,
        "state": batch.state,
        "via": batch.via,
        "person": person.shown_name if person is not None and viewer.sees_names else None,
        "created_at": batch.created_at.isoformat(),
        "finished_at": batch.finished_at.isoformat() if batch.finished_at else None,
        "options": batch.options,
        "files": batch.files,
        **batch.counts,
        "scores": scores_of(TaskRun.objects.filter(batch=batch)),
        "unaligned": batch.unaligned,
        "rejected": batch.rejected,
        "error": batch.error,
        "report": batch.report,
    }


class _Line:
    """What csv.writer writes to: gives the line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def refused_csv(rejected: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """What was refused, a row each, for a spreadsheet: it opens as UTF-8 and holds no formulas."""
    writer = csv.writer(_Line())
    yield "\ufeff" + writer.writerow(["file", "line", "document", "reason"])
    for row in rejected:
        yield writer.writerow([_cell(row[name]) for name in ("file", "line", "document", "reason")])


def _cell(value: Any) -> str:
    return "" if value is None else shielded(str(value))
