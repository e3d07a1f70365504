"""Errors found after publication: writing them down, and saying what became of them.

A report is of one frozen text. Whether an engine wrote it, and whether a check had seen the error, is frozen with the
report: `docs/corrections.md` says how both are told.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from django.db import transaction
from django.utils.translation import gettext as _

from reviews.editing.locking import lock_document
from reviews.editing.permissions import EDIT, PUBLISH, require
from reviews.metrics.mqm import CATEGORIES
from reviews.models import (
    AnswerKind,
    Document,
    Finding,
    Person,
    Project,
    Publication,
    ReaderReport,
    ReaderReportAnswer,
    ReportKind,
)
from reviews.models.audit import append_event
from reviews.models.dismissals import StandingDismissals
from reviews.values import SEVERITIES

from .frozen_texts import FrozenText, engines_of, frozen_texts, text_of

LONGEST_NOTE = 2000
LONGEST_REASON = 1000
LONGEST_KEY = 64

#: What had become of a finding when the text went out.
Fate = Literal["open", "dismissed", "waived"]

Span = tuple[int, int]


class ReportError(Exception):
    """The report or the answer cannot be taken as it is; the message says why and what to do."""


class ReportMovedError(ReportError):
    """Somebody answered the report meanwhile; nothing was written."""


@dataclass(frozen=True, slots=True)
class ReportValue:
    """What somebody says of a published text. `words` stand in it once, or are empty for the whole text."""

    kind: str
    category: str
    severity: str
    words: str = ""
    note: str = ""


@transaction.atomic
def add_report(
    *, publication_id: int, segment_id: int, person: Person, value: ReportValue, save_key: str, via: str = "web"
) -> ReaderReport:
    """Write an error down that stands in the published text of a segment.

    The same key of the same person gives the report that is there: a request that is sent twice writes one. Raises
    Publication.DoesNotExist, NotAllowedError, ReportError; then nothing was written.
    """
    publication = Publication.objects.get(pk=publication_id)
    document = lock_document(publication.document_id)
    require(document.project, person, EDIT, _("report errors"))
    if not save_key or len(save_key) > LONGEST_KEY:
        raise ReportError(_("The form is incomplete. Open it again."))
    there = ReaderReport.objects.filter(publication=publication, person=person, save_key=save_key).first()
    if there is not None:
        return there
    text = text_of(frozen_texts(publication), segment_id)
    if text is None:
        raise ReportError(_("This text is not part of the publication."))
    _refuse_wrong(value)
    span = _span_of(value.words.strip(), text)
    report = ReaderReport.objects.create(
        project=document.project,
        publication=publication,
        segment_id=text.segment,
        kind=value.kind,
        category=value.category,
        severity=value.severity,
        start=span[0] if span else None,
        end=span[1] if span else None,
        note=value.note.strip(),
        source_hash=text.pair.source_hash,
        target_hash=text.pair.target_hash,
        engines=engines_of(text),
        seen=_seen(document, publication, text, span),
        person=person,
        save_key=save_key,
    )
    data = {
        "report": report.pk,
        "publication": publication.pk,
        "number": publication.number,
        "segment": text.segment,
        "kind": report.kind,
        "category": report.category,
        "severity": report.severity,
        "span": list(span) if span else None,
        "note": report.note,
        "target_hash": report.target_hash,
        "engines": report.engines,
        "seen": report.seen,
    }
    append_event(document, action="report.added", person=person, data=data, via=via)
    return report


@transaction.atomic
def answer_report(
    *,
    report_id: int,
    person: Person,
    kind: str,
    base: int,
    correction: int | None = None,
    reason: str = "",
    via: str = "web",
) -> ReaderReportAnswer:
    """Say what became of a report: corrected in the publication with that number, no error and why, or open again.

    `base` is the number of the answer the person saw (0: none). The same answer given again changes nothing. A
    publication corrects only what it says differently. Raises ReaderReport.DoesNotExist, NotAllowedError, ReportError,
    ReportMovedError.
    """
    report = ReaderReport.objects.select_related("publication").get(pk=report_id)
    document = lock_document(report.publication.document_id)
    require(document.project, person, PUBLISH, _("answer reports"))
    reason = reason.strip()
    last = report.answers.order_by("-number").first()
    corrected = _correction(report, correction) if kind == AnswerKind.CORRECTED else None
    if last is not None and _says(last) == (person.pk, kind, corrected.pk if corrected else None, reason):
        return last
    if (last.number if last is not None else 0) != base:
        raise ReportMovedError(_("Somebody answered this report meanwhile. What they said is shown now."))
    _refuse_answer(kind, last, reason)
    answer = ReaderReportAnswer.objects.create(
        report=report, number=base + 1, kind=kind, correction=corrected, reason=reason, person=person
    )
    data = {
        "report": report.pk,
        "answer": answer.number,
        "kind": kind,
        "correction": corrected.number if corrected else None,
        "content_hash": corrected.content_hash if corrected else None,
        "reason": reason,
    }
    append_event(document, action="report.answered", person=person, data=data, via=via)
    return answer


def correcting_numbers(report: ReaderReport) -> list[int]:
    """Later publications of the article in which the text is another, by number: those that may have corrected it."""
    later = Publication.objects.filter(document=report.publication.document_id, number__gt=report.publication.number)
    return [row.number for row in later.order_by("number") if _differs(report, row)]


# --- what the record says of the text ----------------------------------------------------------------------


def _seen(document: Document, publication: Publication, text: FrozenText, span: Span | None) -> list[dict[str, str]]:
    """The checks that had found something there before the publication, each with what had become of it.

    "There" are the words reported, or the whole text; a finding that marks nothing of the target is of all of it. One
    that somebody dismissed for all articles after the publication was open then.
    """
    rows = Finding.objects.filter(
        project=document.project_id,
        source_hash=text.pair.source_hash,
        target_hash=text.pair.target_hash,
        created_at__lte=publication.created_at,
    )
    found = [row for row in rows if _touches(row.target_spans, span)]
    if not found:
        return []
    project: Project = document.project
    standing = StandingDismissals.read(project, [text.pair.source_hash], document)
    waived = {entry["check"] for entry in json.loads(publication.body)["waived"] if entry["segment"] in text.segments}
    fates: dict[str, set[Fate]] = {}
    for row in found:
        held = standing.of(row, text.pair, document.pk)
        dismissed = any(dismissal.created_at <= publication.created_at for dismissal in held)
        fate: Fate = "dismissed" if dismissed else "waived" if row.check_name in waived else "open"
        fates.setdefault(row.check_name, set()).add(fate)
    return [{"check": check, "fate": _heaviest(fates[check])} for check in sorted(fates)]


def _heaviest(fates: Iterable[Fate]) -> Fate:
    """Of several findings of a check the one people did most about."""
    order: tuple[Fate, ...] = ("open", "dismissed", "waived")
    return max(fates, key=order.index)


def _touches(marks: Iterable[Iterable[int]], span: Span | None) -> bool:
    """Whether any mark shares a place with the words reported; one between two words touches both."""
    spans = [tuple(mark) for mark in marks]
    if span is None or not spans:
        return True
    return any(
        (start < span[1] and span[0] < end) or (start == end and span[0] <= start <= span[1]) for start, end in spans
    )


def _span_of(words: str, text: FrozenText) -> Span | None:
    if not words:
        return None
    places = [start for start in range(len(text.target)) if text.target.startswith(words, start)]
    if not places:
        raise ReportError(_("These words do not stand in the published text. Copy them from it."))
    if len(places) > 1:
        raise ReportError(_("These words stand there more than once. Copy a few words around them, too."))
    return places[0], places[0] + len(words)


# --- what is refused ---------------------------------------------------------------------------------------


def _refuse_wrong(value: ReportValue) -> None:
    if value.kind not in ReportKind.values:
        raise ReportError(_("Say whether a reader complained or you found it."))
    if value.category not in {category.id for category in CATEGORIES}:
        raise ReportError(_("Say what kind of error it is."))
    if value.severity not in SEVERITIES:
        raise ReportError(_("Say how grave it is: %(severities)s.") % {"severities": ", ".join(SEVERITIES)})
    if len(value.note.strip()) > LONGEST_NOTE:
        raise ReportError(_("Keep the note under %(longest)s characters.") % {"longest": f"{LONGEST_NOTE:,}"})


def _refuse_answer(kind: str, last: ReaderReportAnswer | None, reason: str) -> None:
    if kind not in AnswerKind.values:
        raise ReportError(_("Say what became of it."))
    if kind == AnswerKind.REOPENED and (last is None or last.kind == AnswerKind.REOPENED):
        raise ReportError(_("The report is open already."))
    if kind != AnswerKind.CORRECTED and not reason:
        raise ReportError(_("Say why."))
    if len(reason) > LONGEST_REASON:
        raise ReportError(_("Keep the reason under %(longest)s characters.") % {"longest": f"{LONGEST_REASON:,}"})


def _correction(report: ReaderReport, number: int | None) -> Publication:
    if number is None:
        raise ReportError(_("Choose the publication that corrects it. Publish the corrected article first."))
    rows = Publication.objects.filter(document=report.publication.document_id, number=number)
    publication = rows.filter(number__gt=report.publication.number).first()
    if publication is None:
        raise ReportError(_("Only a later publication of the article can correct it."))
    if not _differs(report, publication):
        raise ReportError(_("In publication %(number)d the text is still the same.") % {"number": number})
    return publication


def _differs(report: ReaderReport, publication: Publication) -> bool:
    """Whether the text is another, or gone."""
    text = text_of(frozen_texts(publication), report.segment_id)
    return text is None or text.pair.target_hash != report.target_hash


def _says(answer: ReaderReportAnswer) -> tuple[Any, ...]:
    return answer.person_id, answer.kind, answer.correction_id, answer.reason
