"""The preview of an article: its page with each text linked to its row, and what changed in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reviews.models import Decision, Document, Publication, SegmentState
from reviews.publishing.previewing import Previewed, preview
from reviews.publishing.standing import StandingRun, standing
from reviews.values import CodedText, InlineCode, in_batches, join_texts
from reviews.web.diffs import DiffPiece, word_diff
from reviews.web.inert import inert_html

from .wordings import SourceChange, source_changes

#: What stands in the head of a page, in the words of those who see it there.
HEAD_LABELS = {
    "seo_title": gettext_lazy("Search title"),
    "meta_description": gettext_lazy("Search description"),
    "slug": gettext_lazy("Address"),
}


@dataclass(frozen=True, slots=True)
class HeadText:
    """What search engines and links show."""

    label: str
    html: SafeString


@dataclass(frozen=True, slots=True)
class MovedSource:
    """A text whose original changed since it was made."""

    segment: int
    number: str
    change: SourceChange


@dataclass(frozen=True, slots=True)
class Preview:
    """The article as it stands. Numbers of texts are of segments."""

    html: SafeString
    head: Sequence[HeadText]
    has_headline: bool
    missing_page: str
    disclosure: str
    unapproved: int
    total: int
    changed: int
    moved: Sequence[MovedSource]


@dataclass(frozen=True, slots=True)
class _Place:
    """A text in the article, as its row is named."""

    run: StandingRun

    @property
    def number(self) -> str:
        last = self.run.position + len(self.run.placements) - 1
        return str(self.run.position) if last == self.run.position else f"{self.run.position}–{last}"


def previewed(document: Document, against: str = "") -> Preview:
    """The article, with the changes marked in it `against` the "machine" or the last "publication".

    Raises ExportError where it has no source.
    """
    runs = standing(document)
    places = {run.leader.segment_id: _Place(run) for run in runs}
    changed = dict(_changes(document, runs, against))
    page = preview(document, runs, {**dict(_notices(runs, places)), **changed})
    writer = _Writer(document, page, places)
    moved = _source_changes(document, runs)
    return Preview(
        html=writer.body(),
        head=[HeadText(str(HEAD_LABELS[places[pk].run.leader.kind]), writer.html(each)) for pk, each in page.head],
        has_headline=any(run.leader.kind == "headline" and run.target and run.target.text for run in runs),
        missing_page=page.missing_page,
        disclosure=page.closing_line,
        unapproved=sum(len(run.placements) for run in runs if run.state != SegmentState.APPROVED),
        total=sum(len(run.placements) for run in runs),
        changed=len(changed),
        moved=[MovedSource(pk, places[pk].number, change) for pk, change in moved.items()],
    )


def _source_changes(document: Document, runs: Sequence[StandingRun]) -> dict[int, SourceChange]:
    """As `source_changes` has it, of runs that were read without their caches; one query, one more per 500 of them."""
    decisions: dict[int, Decision] = {}
    for part in in_batches(run.decision for run in runs if run.decision is not None):
        decisions.update(Decision.objects.in_bulk(part))
    for run in runs:
        segment = run.leader.segment
        segment.latest_revision = run.revision
        segment.latest_decision = decisions.get(run.decision or 0)
    return source_changes(document, [run.placements for run in runs])


def _notices(runs: Iterable[StandingRun], places: Mapping[int, _Place]) -> Iterator[tuple[int, CodedText]]:
    """What stands where there is no text: readers will see nothing there, whoever previews has to."""
    for run in runs:
        segment = run.leader.segment_id
        if run.target is not None and run.target.text:
            continue
        if run.revision is None:
            yield segment, CodedText(_("[no text for passage %(number)s yet]") % {"number": places[segment].number})
        elif run.state != SegmentState.APPROVED:
            yield segment, CodedText(_("[passage %(number)s is omitted]") % {"number": places[segment].number})


class _Writer:
    """Writes the page with a way from each text to its row."""

    def __init__(self, document: Document, page: Previewed, places: Mapping[int, _Place]) -> None:
        self._article = reverse("reviews:document", args=[document.pk])
        self._page = page
        self._places = places
        self._written: set[int] = set()
        self._alts = [(" ".join(text.split()), element) for _segment, text, element in page.alts]

    def body(self) -> SafeString:
        return self.html(self._page.body)

    def html(self, element: Any) -> SafeString:
        return inert_html(element, self._around, self._picture)

    def _around(self, element: Any, content: SafeString) -> SafeString | None:
        if element.tag == "p" and element.get("class") == "alt":
            return format_html('<p class="picture"><span class="picture-is">{}</span> {}</p>', _("Picture:"), content)
        return self._piece(self._page.segment_of(element), content)

    def _piece(self, segment: int | None, content: SafeString) -> SafeString | None:
        """A text of the article: marked where it is not approved, and with a way to its row."""
        place = self._places.get(segment) if segment is not None else None
        if place is None:
            return None
        approved = place.run.state == SegmentState.APPROVED
        state = SafeString("") if approved else format_html(' title="{}"', _not_approved(place.run.state))
        name = "piece" if approved else "piece unapproved"
        if segment in self._written:
            # A text whose markup had to be cut in two; the way to its row stands behind the first part.
            return format_html('<span class="{}"{}>{}</span>', name, state, content)
        self._written.add(place.run.leader.segment_id)
        return format_html(
            '<span class="{}" id="s-{}"{}>{}</span>'
            '<a class="to-row" href="{}?at={}#s-{}"><span class="unseen">{} </span>{}</a>',
            name,
            segment,
            state,
            content,
            self._article,
            segment,
            segment,
            _("To text"),
            place.number,
        )

    def _picture(self, alt: str) -> SafeString:
        found = next((each for each in self._alts if each[0] == alt), None)
        if not alt:
            return format_html('<span class="picture">{}</span>', _("Picture without a description"))
        inner: str = alt
        if found is not None:
            self._alts.remove(found)
            inner = self.html(found[1])
        return format_html('<span class="picture"><span class="picture-is">{}</span> {}</span>', _("Picture:"), inner)


def _not_approved(state: SegmentState) -> str:
    return _("%(state)s, not approved") % {"state": state.label}


# --- what changed -----------------------------------------------------------------------------------------


def _changes(document: Document, runs: Iterable[StandingRun], against: str) -> Iterator[tuple[int, CodedText]]:
    """By leading segment the texts that differ, with what was taken out and put in marked."""
    published = _published(document.latest_publication) if against == "publication" else {}
    for run in runs:
        if not against or run.target is None:
            continue
        now = run.target.content
        before = _machine(run) if against == "machine" else _before(run, published)
        if before is not None and before.text != now.text:
            yield run.leader.segment_id, changed_text(before.text, now)


def _machine(run: StandingRun) -> CodedText | None:
    """What the machine wrote that the text was made from."""
    if run.revision is None:
        return None
    start = run.revision.started_from or run.leader.segment.chosen
    return start.content if start is not None else None


def _before(run: StandingRun, published: Mapping[int, CodedText]) -> CodedText:
    """What stood there in the publication: nothing where the passage is new."""
    return join_texts([published[p.segment_id] for p in run.placements if p.segment_id in published])


def _published(publication: Publication | None) -> dict[int, CodedText]:
    if publication is None:
        return {}
    return {
        row["segment"]: CodedText.from_json(row["target"]["text"], row["target"]["codes"])
        for row in json.loads(publication.body)["segments"]
        if row["target"]
    }


def changed_text(before: str, now: CodedText) -> CodedText:
    """The text of now with the way there from the one before: removed words in `<del>`, added ones in `<ins>`."""
    pieces = word_diff(before, now.text)
    text = "".join(piece.text for piece in pieces)
    starts, ends = _offsets(pieces)
    codes = [
        (ends[code.pos] if code.part == "close" else starts[code.pos], 1, _moved(code, starts, ends))
        for code in now.codes
    ]
    at = 0
    for number, piece in enumerate(pieces):
        if piece.kind != "same":
            tag = "ins" if piece.kind == "added" else "del"
            opening = InlineCode(f"change-{number}", tag, "open", at, f"<{tag}>")
            codes.append((at, 0 if piece.kind == "removed" else 2, opening))
            end = at + len(piece.text)
            codes.append((end, 0, InlineCode(opening.id, tag, "close", end, f"</{tag}>")))
        at += len(piece.text)
    return CodedText(text, tuple(code for _at, _order, code in sorted(codes, key=lambda each: each[:2])))


def _moved(code: InlineCode, starts: Sequence[int], ends: Sequence[int]) -> InlineCode:
    pos = ends[code.pos] if code.part == "close" else starts[code.pos]
    return InlineCode(code.id, code.kind, code.part, pos, code.raw, code.can_delete, code.can_reorder)


def _offsets(pieces: Sequence[DiffPiece]) -> tuple[list[int], list[int]]:
    """For each place in the text of now where the text after it starts, and where the one before it ends."""
    starts: list[int] = []
    ends: list[int] = [0]
    at = 0
    for piece in pieces:
        if piece.kind != "removed":
            starts += range(at, at + len(piece.text))
            ends += range(at + 1, at + len(piece.text) + 1)
        at += len(piece.text)
    return [*starts, at], ends
