"""Where quoted words come from: noted with its history, shown, frozen with the publication."""

import json

import pytest
from django.db import IntegrityError

from reviews.checks.runner import check_targets
from reviews.editing.deciding import Seen, approve_all
from reviews.editing.permissions import NotAllowedError
from reviews.editing.quoting import QuoteError, canonical_tag, note_provenance
from reviews.models import AuditEvent, QuoteProvenance, Wording
from reviews.models.quotes import standing_provenance
from reviews.publishing.service import publish
from reviews.reports.segments import segment_rows
from tests.editing.lanes import now, write
from tests.factories import make_document, segments_of
from tests.threads import at_once

pytestmark = pytest.mark.django_db

FRENCH = {"language": "fr", "wording": Wording.TRANSLATED, "link": "https://example.org/x"}


@pytest.fixture
def document(project):
    return make_document(project, ["„Wir zahlen kein Lösegeld“, sagte sie."], {"engine-a": ["“No ransom,” she said."]})


@pytest.fixture
def segment(document):
    return segments_of(document)[0]


def note(segment, person, base=0, **columns):
    return note_provenance(segment_id=segment.pk, person=person, base=base, **(FRENCH | columns))


def test_it_is_noted_with_who_and_when_and_one_event(segment, cast):
    noted = note(segment, cast["anna"], language="pt-br", note="Interview of May")
    assert (noted.number, noted.language, noted.wording) == (1, "pt-BR", "translated")
    event = AuditEvent.objects.get()
    data = json.loads(event.body)["data"]
    assert (event.action, data["language"], data["link"]) == ("quote.noted", "pt-BR", "https://example.org/x")


def test_the_last_note_stands_and_the_earlier_ones_stay(segment, cast):
    note(segment, cast["anna"])
    note(segment, cast["ben"], base=1, language="en", wording=Wording.ORIGINAL)
    assert standing_provenance([segment.pk])[segment.pk].language == "en"
    assert QuoteProvenance.objects.count() == 2
    note_provenance(segment_id=segment.pk, person=cast["ben"], base=2, note="No quotation.")
    assert standing_provenance([segment.pk]) == {}
    assert list(AuditEvent.objects.order_by("number").values_list("action", flat=True))[-1] == "quote.withdrawn"


def test_the_same_said_again_is_not_noted_twice(segment, cast):
    assert note(segment, cast["anna"]) == note(segment, cast["anna"])


def test_a_note_on_top_of_one_not_seen_is_refused(segment, cast):
    note(segment, cast["anna"])
    with pytest.raises(QuoteError, match="meanwhile"):
        note(segment, cast["ben"], language="es")


@pytest.mark.parametrize(
    "wrong",
    [
        {"language": "french!"},
        {"language": "f" * 36},
        {"language": ""},
        {"wording": ""},
        {"wording": Wording.ORIGINAL},
        {"link": "javascript:alert(1)"},
        {"link": "https://"},
        {"link": "https://[bad"},
        {"note": "x" * 1001},
    ],
)
def test_what_is_wrong_is_said_and_not_noted(segment, cast, wrong):
    with pytest.raises(QuoteError):
        note(segment, cast["anna"], **wrong)
    assert not QuoteProvenance.objects.exists()


@pytest.mark.parametrize("name", ["rolf", "carla"])
def test_only_who_edits_notes_it(segment, cast, name):
    with pytest.raises(NotAllowedError):
        note(segment, cast[name])


def test_tags_are_written_as_usual():
    assert [canonical_tag(tag) for tag in ("DE", "zh-hant-tw", "de-1996")] == ["de", "zh-Hant-TW", "de-1996"]


def test_it_is_frozen_with_the_publication_and_in_the_list_of_segments(document, segment, cast):
    write(segment, cast["anna"], "“We pay no ransom,” she said.")
    note(segment, cast["anna"])
    check_targets(document.pk)
    latest = now(segment).latest_revision
    approve_all(document_id=document.pk, person=cast["ben"], seen={segment.pk: Seen(latest.pk, latest.source_hash)})
    published = publish(document_id=document.pk, person=cast["dora"])
    frozen = json.loads(published.body)["segments"][0]["provenance"]
    assert (frozen["language"], frozen["by"]) == ("fr", str(cast["anna"].public_id))
    assert next(segment_rows(document))["provenance"] == frozen


def test_no_row_says_whose_words_without_a_language(segment, cast):
    with pytest.raises(IntegrityError):
        QuoteProvenance.objects.create(
            document=segment.document,
            segment=segment,
            number=1,
            wording="original",
            source_hash="0" * 64,
            person=cast["anna"],
        )


@pytest.mark.django_db(transaction=True)
def test_of_two_notes_at_once_one_is_refused(segment, cast):
    people = [cast["anna"], cast["ben"]]

    def work(number):
        try:
            return note(segment, people[number], language=["fr", "es"][number])
        except QuoteError:
            return None

    assert sum(outcome is None for outcome in at_once(work, 2)) == 1
    assert QuoteProvenance.objects.count() == 1
