"""A demo article is refused for each thing that is missing, in words for a desk head, and goes out once it is there."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from django.test import override_settings

from reviews.checks.runner import check_targets
from reviews.editing.quoting import note_provenance
from reviews.models import CheckedPair, DecisionKind, Document, Person, Project, Segment, Step
from reviews.publishing import pace
from reviews.publishing.offline import verify_record as offline
from reviews.publishing.record import review_record
from reviews.publishing.service import GateClosedError, publish
from reviews.publishing.verifying import verify_in_place
from reviews.values import canonical_json
from tests.editing.lanes import ask_twice, end_work, work_on
from tests.factories import make_cast

from . import desk
from .newsroom import import_article

pytestmark = pytest.mark.django_db

ARTICLE = "ransomware-kommunen"


class Room:
    """The demo article, approved as it stands, and the people of its desk."""

    def __init__(self, project: Project) -> None:
        self.cast = make_cast(project)
        self.document = import_article(project, ARTICLE, "engine-a.en.html", "engine-b.en.html")
        self.waivers = dict(desk.AT_ONCE)
        self.work_through()

    def work_through(self) -> None:
        desk.work_through(self.document, editor=self.cast["anna"], approver=self.cast["ben"])

    @property
    def third(self) -> Segment:
        return desk.leaders(self.document)[2]

    @property
    def quote(self) -> Segment:
        return next(s for s in desk.leaders(self.document) if s.placements.filter(kind="quote").exists())

    def save(self, text: str, *, reviewed: bool = True) -> None:
        desk.save(self.third, self.cast["anna"], text, reviewed=reviewed)


def nobody_reviewed(room: Room) -> None:
    room.save("A text nobody looked at again.", reviewed=False)


def nobody_approved(room: Room) -> None:
    room.save("A text that waits for the second pair of eyes.")


def sent_back(room: Room) -> None:
    room.save("A text to be sent back.")
    desk.take(room.third, room.cast["ben"], DecisionKind.SENT_BACK, "Check the figure.")


def another_text(room: Room) -> None:
    room.save("A better text.")
    room.work_through()


def source_changed(room: Room) -> None:
    import_article(room.document.project, ARTICLE, source="source.v2.de.html")
    room.document.refresh_from_db()


#: What the new state of the page says otherwise, in English.
FOLLOWED = {"1.3 million": "1.1 million", "April 5, 2:20 p.m.": "April 6, 9:10 a.m."}


def source_followed(room: Room) -> None:
    for segment in desk.leaders(room.document):
        if segment.state not in ("approved", "reviewed"):
            latest = segment.latest_revision
            text = latest.text if latest is not None else segment.chosen.text if segment.chosen else "As it is now."
            for before, after in FOLLOWED.items():
                text = text.replace(before, after)
            desk.save(segment, room.cast["anna"], text)
    room.work_through()


def second_review(room: Room) -> None:
    ask_twice(room.document.project)
    work_on(room.document, Step.BLIND, [room.third])


def second_review_given_up(room: Room) -> None:
    Project.objects.update(routing_policy={})
    end_work(room.document.work_items.get(step=Step.BLIND))
    room.document = Document.objects.get(pk=room.document.pk)


def unchecked(room: Room) -> None:
    CheckedPair.objects.all().delete()


def checked(room: Room) -> None:
    check_targets(room.document.pk)


def headline(room: Room) -> Segment:
    """“Ransomware legt IT-Dienstleister von 43 Kommunen lahm”."""
    return next(s for s in desk.leaders(room.document) if s.placements.filter(kind="headline").exists())


def wrong_number(room: Room) -> None:
    desk.save(headline(room), room.cast["anna"], "Ransomware paralyses IT service provider of 430 municipalities")
    room.work_through()


def number_mended(room: Room) -> None:
    desk.save(headline(room), room.cast["anna"], "Ransomware paralyses IT service provider of 43 municipalities")
    room.work_through()


def quote_of_unknown_origin(room: Room) -> None:
    del room.waivers["quotes.provenance"]


def quote_noted(room: Room) -> None:
    note_provenance(segment_id=room.quote.pk, person=room.cast["anna"], base=0, language="de", wording="translated")


def too_quick(room: Room) -> None:
    del room.waivers["review.pace"]


def pace_answered_for(room: Room) -> None:
    room.waivers["review.pace"] = "Both read it on paper."


class Piece(NamedTuple):
    """What is taken away, how a desk head is told, and how it is put right."""

    missing: Callable[[Room], None]
    code: str
    words: str
    put_right: Callable[[Room], None]


PIECES = {
    "review": Piece(nobody_reviewed, "in_review", "it is saved, but not marked as reviewed", another_text),
    "approval": Piece(nobody_approved, "reviewed", "it is reviewed, but not approved", Room.work_through),
    "sent back": Piece(sent_back, "sent_back", "it was sent back to the editor", another_text),
    "source": Piece(source_changed, "source_changed", "the German changed after the text was written", source_followed),
    "second review": Piece(
        second_review, "second_review", "its second review is not settled yet", second_review_given_up
    ),
    "checks": Piece(unchecked, "unchecked", "checks have not run yet", checked),
    "finding": Piece(wrong_number, "critical_finding", "430", number_mended),
    "quote": Piece(quote_of_unknown_origin, "quote", "nobody noted where the quoted words come from", quote_noted),
    "pace": Piece(too_quick, "quick_review", "texts were marked as reviewed in", pace_answered_for),
}


@pytest.mark.parametrize("piece", PIECES.values(), ids=PIECES)
def test_it_is_refused_for_what_is_missing_and_goes_out_when_it_is_there(
    piece: Piece,
    project: Project,
    django_capture_on_commit_callbacks: Any,
    tmp_path: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # However slow the machine is, nobody reads at this pace.
    monkeypatch.setattr(pace, "WORDS_PER_SECOND", 0.001)
    room = Room(project)
    dora: Person = room.cast["dora"]
    piece.missing(room)
    with pytest.raises(GateClosedError) as refused:
        publish(document_id=room.document.pk, person=dora, waivers=room.waivers)
    told = {item.code: item for item in refused.value.missing}
    assert piece.words in told[piece.code].reason
    assert str(refused.value).startswith("The article cannot be published yet: ")
    piece.put_right(room)
    with (
        override_settings(CHAIN_HEADS_FILE=str(tmp_path / "heads.jsonl")),
        django_capture_on_commit_callbacks(execute=True),
    ):
        publication = publish(document_id=room.document.pk, person=dora, waivers=room.waivers)
    with override_settings(CHAIN_HEADS_FILE=str(tmp_path / "heads.jsonl")):
        record = json.loads(canonical_json(review_record(publication)))
        assert verify_in_place(record).problems == []
    assert offline.verify(record).problems == []
