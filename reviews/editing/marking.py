"""Marking errors in engines' texts, and saying that a text is judged: acts of people, each a rating of its own.

A rating is never changed: every act writes the next one, which holds all marks that hold then. `base` is the number of
the rating the person had before them (0: none yet). Where another tab of theirs wrote meanwhile the act is refused, so
that nobody judges marks they do not see.

A text counts in the figures once the person says that it is judged: by a number from 0 to 100 under ESA, by saying
that these are all errors under MQM. Until then its marks are kept and counted nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from reviews.importing.scorefiles.base import LONGEST_COMMENT, Mark
from reviews.metrics.mqm import CATEGORIES
from reviews.metrics.service import as_mark, judgement_hash, mark_rows
from reviews.models import Campaign, Document, ErrorAnnotation, Hypothesis, Person, Placement, Project, Protocol, Rating
from reviews.models.audit import append_event
from reviews.models.in_force import Stretch, texts_in, widened
from reviews.values import CodedText, join_texts

from .locking import lock_document
from .permissions import MARK, require

#: What an error may be called by how grave it is.
SEVERITIES: dict[str, tuple[str, ...]] = {
    Protocol.MQM: ("neutral", "minor", "major", "critical"),
    Protocol.ESA: ("minor", "major"),
}
OMISSION, SOURCE_ISSUE, NON_TRANSLATION = "accuracy/omission", "source issue", "non-translation!"

MOST_MARKS = 50
BEST = 100

#: As far around a passage as the engines' texts that serve it are looked for, in segments.
_WINDOW = 40


class MarkingError(Exception):
    """The marks cannot be taken as they are; the message says why and what to do."""


class MarksMovedError(MarkingError):
    """The person changed the marks of the text elsewhere meanwhile; nothing was written."""


@dataclass(frozen=True, slots=True)
class Markable:
    """A text of an engine that translates today's wording, with the source it translates."""

    hypothesis: Hypothesis
    source: CodedText


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one person says of a text now; `rating` is None before the first word."""

    rating: Rating | None
    marks: tuple[Mark, ...]

    @property
    def base(self) -> int:
        return self.rating.number if self.rating is not None else 0

    @property
    def value(self) -> float | None:
        return self.rating.value if self.rating is not None else None

    @property
    def complete(self) -> bool:
        return self.rating is not None and self.rating.complete


# --- what may be marked, and what is marked ----------------------------------------------------------------


def markable_texts(document: Document, segments: Sequence[int]) -> list[Markable]:
    """The engines' texts that start at these neighbouring segments of the article, as they hold today.

    A text of a wording that changed since is none of them: it would be judged for what it never translated. The same
    number of queries whatever the article's length.
    """
    placed = Placement.objects.filter(source_revision_id=document.current_source_id, segment__in=segments)
    ranks = sorted(placed.values_list("rank", flat=True))
    if not ranks:
        return []
    texts = texts_in(document, widened(document, Stretch(ranks[0], ranks[-1]), _WINDOW))
    place = {segment: i for i, segment in enumerate(texts.order)}
    found = []
    for of_system in texts.hypotheses.values():
        for segment in segments:
            if segment in place and (row := of_system.get(segment)) is not None:
                sources = texts.sources(place[segment], row.covers)
                found.append(Markable(row, join_texts([placement.source.content for placement in sources])))
    return found


def judgements_of(person: Person, project: Project, hypotheses: Sequence[int]) -> dict[int, Judgement]:
    """What the person says of these texts under the project's protocol now, by text; two queries."""
    rows = Rating.objects.filter(
        campaign__project=project,
        campaign__own=True,
        campaign__protocol=project.marking,
        annotator=str(person.public_id),
        hypothesis__in=hypotheses,
    )
    latest = {row.hypothesis_id: row for row in rows.order_by("number")}
    marks: dict[int, list[Mark]] = {}
    for row in ErrorAnnotation.objects.filter(rating__in=[row.pk for row in latest.values()]).order_by("ordinal"):
        marks.setdefault(row.rating_id, []).append(as_mark(row))
    judged = {pk: Judgement(row, tuple(marks.get(row.pk, ()))) for pk, row in latest.items()}
    return {pk: judged.get(pk, Judgement(None, ())) for pk in hypotheses}


# --- acts ------------------------------------------------------------------------------------------------


@transaction.atomic
def mark(*, hypothesis_id: int, person: Person, error: Mark, base: int, via: str = "web") -> Rating:
    """Mark an error; one that is marked already stays, so that a repeated request changes nothing.

    Spans are code points of the plain text of their side. Raises NotAllowedError, MarkingError, MarksMovedError.
    """
    text, now = _open(hypothesis_id, person)
    error = Mark(error.side, error.span, error.category, error.severity, " ".join(error.comment.split()))
    if now.rating is not None and error in now.marks:
        return now.rating
    _refuse_moved(now, base)
    _refuse_wrong(error, text, Protocol(_project_of(text).marking))
    if len(now.marks) == MOST_MARKS:
        raise MarkingError(
            _("A text takes at most %(most)s marks. One over the whole of it says as much.") % {"most": MOST_MARKS}
        )
    return _write(text, person, now, (*now.marks, error), now.value, complete=now.complete, act="marked", via=via)


@transaction.atomic
def unmark(*, hypothesis_id: int, person: Person, ordinal: int, base: int, via: str = "web") -> Rating:
    """Take a mark back, by its place among those of the rating `base`.

    Of the last one nothing is left that counts, unless there is a number: that there is no error at all is for the
    person to say. Raises NotAllowedError, MarkingError, MarksMovedError.
    """
    text, now = _open(hypothesis_id, person)
    _refuse_moved(now, base)
    if not 0 <= ordinal < len(now.marks):
        raise MarkingError(_("There is no such mark. Look at the marks as they are now."))
    left = (*now.marks[:ordinal], *now.marks[ordinal + 1 :])
    complete = now.complete and (bool(left) or now.value is not None)
    return _write(text, person, now, left, now.value, complete=complete, act="unmarked", via=via)


@transaction.atomic
def rate(*, hypothesis_id: int, person: Person, value: int | None, base: int, via: str = "web") -> Rating:
    """Say that the text is judged: under ESA by a number from 0 to 100, under MQM that its marks are all (None).

    Said again it changes nothing. Raises NotAllowedError, MarkingError, MarksMovedError.
    """
    text, now = _open(hypothesis_id, person)
    protocol = Protocol(_project_of(text).marking)
    if protocol == Protocol.ESA and (value is None or not 0 <= value <= BEST):
        raise MarkingError(_("Give a whole number from 0 to %(best)s.") % {"best": BEST})
    if protocol == Protocol.MQM and value is not None:
        raise MarkingError(_("This project asks for marks only: their weights are the number."))
    if now.rating is not None and now.complete and now.value == value:
        return now.rating
    _refuse_moved(now, base)
    return _write(text, person, now, now.marks, value, complete=True, act="rated", via=via)


def own_campaign(project: Project) -> Campaign:
    """The campaign of what people mark in the project itself under its protocol; made when first asked for."""
    protocol = Protocol(project.marking)
    known = Campaign.objects.filter(project=project, own=True, protocol=protocol).first()
    if known is not None:
        return known
    name = f"marked here ({protocol.value})"
    while Campaign.objects.filter(project=project, name=name, own=False).exists():
        name += "+"
    return Campaign.objects.get_or_create(project=project, own=True, protocol=protocol, defaults={"name": name})[0]


def _open(hypothesis_id: int, person: Person) -> tuple[Markable, Judgement]:
    """The text under its article's lock, and what the person says of it now."""
    found = Hypothesis.objects.filter(pk=hypothesis_id).values_list("document_id", "segment_id").first()
    if found is None or found[1] is None:
        raise MarkingError(_("There is no such text in the article."))
    document = lock_document(found[0])
    require(document.project, person, MARK, _("mark errors"))
    texts = {text.hypothesis.pk: text for text in markable_texts(document, [found[1]])}
    if hypothesis_id not in texts:
        raise MarkingError(
            _("This text is no translation of today’s wording: the article or the engine’s text changed.")
        )
    text = texts[hypothesis_id]
    text.hypothesis.document = document
    return text, judgements_of(person, document.project, [hypothesis_id])[hypothesis_id]


def _project_of(text: Markable) -> Project:
    return text.hypothesis.document.project


def _refuse_moved(now: Judgement, base: int) -> None:
    if now.base != base:
        raise MarksMovedError(_("You changed the marks of this text in another tab. They are shown as they are now."))


def _refuse_wrong(error: Mark, text: Markable, protocol: Protocol) -> None:
    if error.severity not in SEVERITIES[protocol]:
        raise MarkingError(_("Say how grave it is: %(severities)s.") % {"severities": ", ".join(SEVERITIES[protocol])})
    if protocol == Protocol.ESA and error.category:
        raise MarkingError(_("This project marks errors without a category."))
    if protocol == Protocol.MQM:
        _refuse_wrong_category(error)
    length = len(text.source.text if error.side == "source" else text.hypothesis.text)
    if error.span is None or not 0 <= error.span[0] <= error.span[1] <= length:
        raise MarkingError(_("The mark lies outside the text. Select the words again."))
    missing = error.category == OMISSION or protocol == Protocol.ESA
    if error.span[0] == error.span[1] and not (missing and error.side == "target"):
        raise MarkingError(_("Only an omission is marked between words. Select the words that are wrong."))
    if len(error.comment) > LONGEST_COMMENT:
        raise MarkingError(_("Keep the note under %(longest)s characters.") % {"longest": f"{LONGEST_COMMENT:,}"})


def _refuse_wrong_category(error: Mark) -> None:
    if error.category not in {category.id for category in CATEGORIES}:
        raise MarkingError(_("Say what kind of error it is."))
    if error.side == "source" and error.category not in (OMISSION, SOURCE_ISSUE):
        raise MarkingError(
            _("In the original mark what the translation leaves out, or an error of the original itself.")
        )
    if error.category == NON_TRANSLATION and error.severity != "major":
        raise MarkingError(_("A text that translates nothing is a major error."))


def _write(
    text: Markable,
    person: Person,
    now: Judgement,
    marks: Sequence[Mark],
    value: float | None,
    *,
    complete: bool,
    act: str,
    via: str,
) -> Rating:
    document = text.hypothesis.document
    rating = Rating.objects.create(
        campaign=own_campaign(document.project),
        hypothesis=text.hypothesis,
        annotator=str(person.public_id),
        number=now.base + 1,
        value=None if value is None else float(value),
        complete=complete,
        content_hash=judgement_hash(value, marks),
    )
    ErrorAnnotation.objects.bulk_create(mark_rows(rating, marks))
    data = {
        "hypothesis": text.hypothesis.pk,
        "target_hash": text.hypothesis.content_hash,
        "campaign": rating.campaign_id,
        "number": rating.number,
        "content_hash": rating.content_hash,
        "complete": complete,
    }
    append_event(document, action=f"marking.{act}", person=person, data=data, via=via)
    return rating
