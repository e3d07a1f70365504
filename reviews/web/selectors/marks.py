"""The engines' texts of a passage with the viewer's own marks, and with everybody's for whoever compares engines.

While somebody marks they see nobody's marks but their own: other people's would lead them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from reviews.editing.marking import SEVERITIES, Judgement, Markable, judgements_of, markable_texts
from reviews.importing.scorefiles.base import Mark
from reviews.metrics.mqm import CATEGORIES
from reviews.models import Document, Protocol, Rating, Segment, System
from reviews.models.states import run_around
from reviews.reports.human_scores import mean_by_text, ratings_in_force
from reviews.web.access import Viewer

from .naming import EngineNames

#: The errors' names for people, by what the campaigns call them.
CATEGORY_LABELS: Mapping[str, Promise] = {
    "accuracy/mistranslation": _("Mistranslation"),
    "accuracy/omission": _("Omission"),
    "accuracy/addition": _("Addition"),
    "accuracy/untranslated text": _("Untranslated"),
    "accuracy/creative reinterpretation": _("Free, but right"),
    "accuracy/gender mismatch": _("Wrong gender"),
    "fluency/grammar": _("Grammar"),
    "fluency/spelling": _("Spelling"),
    "fluency/punctuation": _("Punctuation"),
    "fluency/register": _("Register"),
    "fluency/inconsistency": _("Inconsistency"),
    "fluency/character encoding": _("Garbled characters"),
    "terminology/inappropriate for context": _("Wrong term"),
    "terminology/inconsistent use": _("Inconsistent term"),
    "style/awkward": _("Awkward"),
    "style/bad sentence structure": _("Bad sentence structure"),
    "locale convention/currency format": _("Currency"),
    "locale convention/date format": _("Date"),
    "locale convention/time format": _("Time"),
    "locale convention/measurement format": _("Measure"),
    "locale convention/name format": _("Name format"),
    "audience appropriateness": _("Unfit for the readers"),
    "non-translation!": _("No translation at all"),
    "source issue": _("Error of the original"),
    "other": _("Other"),
}
GROUP_LABELS: Mapping[str, Promise] = {
    "accuracy": _("Accuracy"),
    "fluency": _("Fluency"),
    "terminology": _("Terminology"),
    "style": _("Style"),
    "locale convention": _("Local convention"),
    "": _("Other"),
}
SEVERITY_LABELS: Mapping[str, Promise] = {
    "neutral": _("neutral"),
    "minor": _("minor"),
    "major": _("major"),
    "critical": _("critical"),
    "undecided": _("undecided"),
}
#: What the numbers of ESA mean (Kocmi et al. 2024).
ANCHORS: Sequence[tuple[int, Promise]] = (
    (0, _("no meaning preserved")),
    (33, _("some meaning preserved")),
    (66, _("most meaning preserved, few grammar mistakes")),
    (100, _("perfect")),
)
#: Gravest first, for what stands out where marks overlap.
_GRAVEST = ("critical", "major", "minor", "neutral", "undecided")


@dataclass(frozen=True, slots=True)
class MarkShown:
    """A mark in words; `ordinal` is its place among the marks of its rating."""

    ordinal: int
    in_source: bool
    words: str
    category: str | Promise
    severity: str
    severity_label: str | Promise
    comment: str


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A text of an engine with its source, both with their marks; `id` is what forms know it by."""

    id: int | None
    name: str
    html: SafeString
    source_html: SafeString
    marks: Sequence[MarkShown]
    base: int = 0
    value: int | float | None = None
    complete: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to be chosen by a key."""

    value: str
    label: str | Promise
    key: str


@dataclass(frozen=True, slots=True)
class Marking:
    """All that a page of marks shows of one passage."""

    protocol: Protocol
    texts: Sequence[MarkedText]
    groups: Sequence[tuple[str | Promise, Sequence[Choice]]]
    severities: Sequence[Choice]
    anchors: Sequence[tuple[int, str | Promise]]

    @property
    def asks_number(self) -> bool:
        return self.protocol == Protocol.ESA


def own_marking(segment: Segment, viewer: Viewer) -> Marking:
    """The passage for somebody who marks: their own marks, nobody else's."""
    document = segment.document
    texts = markable_texts(document, run_around(segment))
    judged = judgements_of(viewer.person, document.project, [text.hypothesis.pk for text in texts])
    names = EngineNames(document)
    shown = [_own_text(name, names, text, judged[text.hypothesis.pk]) for name, text in _named(document, names, texts)]
    protocol = Protocol(document.project.marking)
    return Marking(
        protocol=protocol,
        texts=shown,
        groups=_groups() if protocol == Protocol.MQM else (),
        severities=[
            Choice(value, SEVERITY_LABELS[value], str(place)) for place, value in enumerate(SEVERITIES[protocol], 1)
        ],
        anchors=ANCHORS if protocol == Protocol.ESA else (),
    )


def everybodys_marks(segment: Segment) -> list[MarkedText]:
    """What all who judged the passage marked here, in the order of the text: whose a mark is does not show."""
    document = segment.document
    texts = markable_texts(document, run_around(segment))
    ratings = Rating.objects.filter(
        campaign__project=document.project,
        campaign__own=True,
        campaign__protocol=document.project.marking,
        hypothesis__in=[text.hypothesis.pk for text in texts],
    )
    rated = ratings_in_force(ratings)
    means = mean_by_text(rated)
    names = EngineNames(document)
    found = []
    for name, text in _named(document, names, texts):
        marks = [mark for each in rated if each.rating.hypothesis_id == text.hypothesis.pk for mark in each.marks]
        in_order = sorted(marks, key=lambda mark: (mark.side, mark.span or (0, 0), mark.category, mark.severity))
        found.append(
            MarkedText(
                id=names.id_of(text.hypothesis.pk),
                name=name,
                html=marked_html(text.hypothesis.text, _of_side(in_order, "target")),
                source_html=marked_html(text.source.text, _of_side(in_order, "source")),
                marks=_shown(in_order, text),
                value=means.get(text.hypothesis.pk),
                complete=text.hypothesis.pk in means,
            )
        )
    return found


def _named(document: Document, names: EngineNames, texts: Sequence[Markable]) -> list[tuple[str, Markable]]:
    """The texts with their engines' names, in the order in which the article names the engines."""
    systems = System.objects.in_bulk({text.hypothesis.system_id for text in texts})
    return [
        (names.of(system), text)
        for system in names.in_order(systems.values())
        for text in texts
        if text.hypothesis.system_id == system.pk
    ]


def _own_text(name: str, names: EngineNames, text: Markable, now: Judgement) -> MarkedText:
    return MarkedText(
        id=names.id_of(text.hypothesis.pk),
        name=name,
        html=marked_html(text.hypothesis.text, _of_side(now.marks, "target")),
        source_html=marked_html(text.source.text, _of_side(now.marks, "source")),
        marks=_shown(now.marks, text),
        base=now.base,
        value=None if now.value is None else int(now.value),
        complete=now.complete,
    )


def _groups() -> list[tuple[str | Promise, list[Choice]]]:
    """The categories under what they are about; those that stand alone come last."""
    groups: dict[str, list[Choice]] = {}
    for category in CATEGORIES:
        name = category.group if "/" in category.id else ""
        groups.setdefault(name, []).append(Choice(category.id, CATEGORY_LABELS[category.id], category.key))
    return [(GROUP_LABELS[name], choices) for name, choices in groups.items()]


def _of_side(marks: Iterable[Mark], side: str) -> list[Mark]:
    return [mark for mark in marks if mark.side == side and mark.span is not None]


def _shown(marks: Iterable[Mark], text: Markable) -> list[MarkShown]:
    found = []
    for ordinal, mark in enumerate(marks):
        of_side = text.source.text if mark.side == "source" else text.hypothesis.text
        start, end = mark.span or (0, 0)
        found.append(
            MarkShown(
                ordinal=ordinal,
                in_source=mark.side == "source",
                words=of_side[start:end],
                category=CATEGORY_LABELS.get(mark.category, mark.category),
                severity=mark.severity,
                severity_label=SEVERITY_LABELS[mark.severity],
                comment=mark.comment,
            )
        )
    return found


def marked_html(text: str, marks: Sequence[Mark]) -> SafeString:
    """A plain text with its marks underlined; its characters stay exactly those of the text.

    An empty mark, where something is missing, is an element without characters.
    """
    spans = [(mark.span, mark.severity) for mark in marks if mark.span is not None]
    edges = sorted({0, len(text), *(edge for span, _ in spans for edge in span)})
    out: list[str] = []
    for start, end in zip(edges, [*edges[1:], None], strict=True):
        for (first, last), severity in spans:
            if first == last == start:
                out.append(format_html('<mark class="gap {}"></mark>', severity))
        piece = text[start:end] if end is not None else ""
        over = [severity for (first, last), severity in spans if end is not None and first <= start and end <= last]
        if piece and over:
            out.append(format_html('<mark class="{}">{}</mark>', min(over, key=_GRAVEST.index), piece))
        elif piece:
            out.append(format_html("{}", piece))
    return mark_safe("".join(out))  # noqa: S308  (every part is escaped)
