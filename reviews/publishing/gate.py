"""The publish gate: what is missing before an article may go out as reviewed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reviews.checks.runner import Reported, reported, target_pairs
from reviews.editing.deciding import UNTRANSLATED
from reviews.models import Decision, DecisionKind, Document, Finding, Lane, SegmentState
from reviews.models.document import EDITED_STATES
from reviews.models.lanes import RunText, second_reviews_of
from reviews.models.quotes import standing_provenance

from .languages import language_name
from .pace import Quick, quick_approval, quick_review
from .reviewed import reviewed_of
from .slugs import slug_run
from .standing import StandingRun, standing

#: As much of a text as a message quotes.
SHORT = 80

#: Rules of the gate that a desk head may waive with a reason, as a check's findings: they are named like checks.
QUOTES = "quotes.provenance"
PACE = "review.pace"
GATE_RULES = (QUOTES, PACE)

#: The kind of segment that is a quotation of its own.
QUOTE_KIND = "quote"


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that keeps an article from being published, in words for a desk head.

    `segment` and `position` (from 1) are None for what concerns the whole document. `check` names the check behind
    a finding, or the rule of the gate (GATE_RULES), that can be waived with a reason; everything else has to be done.
    `on_record` is what a publication says that was waived, where that is less than what the desk head reads.
    """

    code: str
    reason: str
    segment: int | None = None
    position: int | None = None
    text: str = ""
    check: str = ""
    on_record: str = ""

    def __str__(self) -> str:
        return f"segment {self.position}: {self.reason}: {self.text}" if self.position else self.reason

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "reason": self.reason,
            "segment": self.segment,
            "position": self.position,
            "text": self.text,
            "check": self.check,
        }


@dataclass(frozen=True, slots=True)
class Passed:
    """A finding that would close the gate, had a desk head not dismissed it."""

    segment: int
    entry: Reported


@dataclass(frozen=True, slots=True)
class GateReport:
    """What is missing, in article order, and which findings were let through by dismissals."""

    missing: tuple[Missing, ...]
    passed: tuple[Passed, ...] = ()


def gate(document: Document) -> list[Missing]:
    """What is missing before the document may be published, in article order; empty when the gate is open.

    Every placed segment must be approved on the texts as they are now, second reviews that were asked for must be
    settled, the checks must have run on what would be published, and what they found of the kinds that block
    publishing must be dismissed by a desk head. Where the words of a quotation come from must be noted, and the
    address stays what it was when the article first came out. Where texts were decided on faster than they can be
    read, that is named. Nothing is read from the cached states. The number of queries does not grow with the article
    (but for one more of some per 250 segments).
    """
    return list(gate_of(document, standing(document)).missing)


def gate_of(document: Document, runs: Sequence[StandingRun]) -> GateReport:
    """The gate on runs that were read already."""
    if document.current_source_id is None:
        return GateReport((Missing("no_source", _("The article has no source text. Import its page first.")),))
    if not runs:
        return GateReport((Missing("no_segments", _("The article's source holds no text to translate.")),))
    unclean = list(_not_clean(document, runs))
    missing = [
        *_not_approved(document, runs),
        *_not_settled(document, runs),
        *(item for item in unclean if isinstance(item, Missing)),
        *_not_noted(document, runs),
        *_moved_away(document, runs),
        *_too_quick(document, runs),
    ]
    return GateReport(
        tuple(sorted(missing, key=lambda item: item.position or 0)),
        tuple(item for item in unclean if isinstance(item, Passed)),
    )


def waivable_checks(missing: Sequence[Missing]) -> list[str]:
    """The checks to waive so that the gate opens; none where something else is missing too."""
    return sorted({item.check for item in missing}) if all(item.check for item in missing) else []


def _not_approved(document: Document, runs: Sequence[StandingRun]) -> Iterator[Missing]:
    language = language_name(document.project.source_lang)
    reasons = {
        SegmentState.NEW: _("nobody has worked on it yet"),
        SegmentState.IN_REVIEW: _("it is saved, but not marked as reviewed"),
        SegmentState.REVIEWED: _("it is reviewed, but not approved"),
        SegmentState.SENT_BACK: _("it was sent back to the editor"),
        SegmentState.SOURCE_CHANGED: _("the %(language)s changed after the text was written") % {"language": language},
    }
    for run in runs:
        if run.state != SegmentState.APPROVED:
            yield _missing(run, run.state.value, reasons[run.state])


def _not_settled(document: Document, runs: Sequence[StandingRun]) -> Iterator[Missing]:
    """Approved texts whose second review is still to be made, or to be settled with the first."""
    texts = {
        run.leader.segment_id: RunText(
            tuple(placement.segment_id for placement in run.placements),
            run.source_hash,
            run.revision,
            run.state in EDITED_STATES,
        )
        for run in runs
    }
    reviews = second_reviews_of(document, list(texts.values()))
    for run in runs:
        review = reviews.get(run.leader.segment_id)
        if run.state == SegmentState.APPROVED and review is not None and not review.settled:
            yield _missing(run, "second_review", _("its second review is not settled yet"))


def _not_clean(document: Document, runs: Sequence[StandingRun]) -> Iterator[Missing | Passed]:
    """Findings that block publishing, open or dismissed, and approved texts that were not checked.

    A passage that was left out has no text to check: leaving it out is a decision of its own, with its reason. So
    is leaving a passage in the source language, which answers the checks for untranslated text.
    """
    pairs = target_pairs(document)
    found = reported(document, pairs.values())
    copied = _copied_revisions(document)
    for run in runs:
        if run.target is None or not run.target.text:
            continue
        entries = found.get(pairs[run.leader.segment_id].key)
        if entries is None:
            if run.state == SegmentState.APPROVED:
                yield _missing(run, "unchecked", _("checks have not run yet"))
            continue
        is_copied = run.revision is not None and run.revision.pk in copied
        for entry in entries:
            finding = entry.finding
            if entry.effect != "publishing" or (is_copied and finding.check_name.startswith(UNTRANSLATED)):
                continue
            if entry.open:
                code = "critical_finding" if finding.severity == "critical" else "blocking_finding"
                yield _missing(run, code, in_words(finding), check=finding.check_name)
            else:
                yield Passed(run.leader.segment_id, entry)


def _not_noted(document: Document, runs: Sequence[StandingRun]) -> Iterator[Missing]:
    """Quotations of which nobody noted where their words come from, or only of another wording."""
    quotes = [
        (run, placement)
        for run in runs
        if run.target is not None and run.target.text
        for placement in run.placements
        if placement.kind == QUOTE_KIND
    ]
    noted = standing_provenance([placement.segment_id for _, placement in quotes]) if quotes else {}
    language = language_name(document.project.source_lang)
    for run, placement in quotes:
        provenance = noted.get(placement.segment_id)
        if provenance is None:
            yield _missing(run, "quote", _("nobody noted where the quoted words come from"), check=QUOTES)
        elif provenance.source_hash != placement.source.content_hash:
            reason = _("the %(language)s changed after it was noted where the quoted words come from")
            yield _missing(run, "quote", reason % {"language": language}, check=QUOTES)


def _moved_away(document: Document, runs: Sequence[StandingRun]) -> Iterator[Missing]:
    """An address that is another than the one readers have had since the first publication."""
    run = slug_run(runs)
    if document.slug and run is not None and run.target is not None and run.target.text.strip() != document.slug:
        reason = _("the article is out under the address “%(slug)s”, which stays: put it back")
        yield _missing(run, "slug", reason % {"slug": document.slug})


def _too_quick(document: Document, runs: Sequence[StandingRun]) -> Iterator[Missing]:
    """An article that is approved, in less time than reading it takes."""
    if any(run.state != SegmentState.APPROVED for run in runs):
        return
    reviewed = reviewed_of(document, runs)
    on_record = _("Texts were decided on in less time than reading them takes.")
    if quick := quick_review(runs, reviewed):
        reason = ngettext(
            "%(number)d text was marked as reviewed in %(seconds)d s; reading it takes %(needed)d s at least.",
            "%(number)d texts were marked as reviewed in %(seconds)d s; reading them takes %(needed)d s at least.",
            quick.texts,
        )
        yield Missing("quick_review", _pace(reason, quick), check=PACE, on_record=on_record)
    if quick := quick_approval(runs, reviewed):
        reason = ngettext(
            "%(number)d text was approved %(seconds)d s after it was written; reading it takes %(needed)d s at least.",
            "%(number)d texts were approved %(seconds)d s after they were written; reading them takes %(needed)d s at "
            "least.",
            quick.texts,
        )
        yield Missing("quick_approval", _pace(reason, quick), check=PACE, on_record=on_record)


def _pace(reason: str, quick: Quick) -> str:
    return reason % {"number": quick.texts, "seconds": quick.seconds, "needed": quick.needed}


def in_words(finding: Finding) -> str:
    """A finding as the list of what is missing and the record name it."""
    return f"{finding.message} ({finding.check_name})"


def _copied_revisions(document: Document) -> set[int]:
    """Revisions that somebody decided to leave in the source language."""
    rows = Decision.objects.filter(document=document, lane=Lane.MAIN, kind=DecisionKind.COPIED)
    return set(rows.values_list("revision_id", flat=True))


def _missing(run: StandingRun, code: str, reason: str, check: str = "") -> Missing:
    text = (run.target.text if run.target is not None else "") or run.source_text
    short = text if len(text) <= SHORT else text[: SHORT - 1].rstrip() + "…"
    return Missing(code, reason, run.leader.segment_id, run.position, short, check)
