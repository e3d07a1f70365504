"""The way from the German a text was made for to the German of now, beside the English."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reviews.editing.deciding import Seen, decide
from reviews.editing.drafts import save_draft
from reviews.editing.saving import accept, save_revision
from reviews.importing.service import PreparedDocument, import_document
from reviews.models import DecisionKind, Document, Visit
from reviews.values import AlignedText, CodedText, DocumentMeta, PlacedSource
from tests.factories import segments_of

from .conftest import browser_of, linked, script_of
from .pages import page_of, part, row_of, text_of

OLD = ["Die Firma zahlt 15 Euro.", "Es regnet.", "Es schneit."]
ENGLISH = ["The company pays 15 euros.", "It rains.", "It snows."]


@pytest.fixture
def import_german(project):
    """Import sources, with one engine's texts if given; a text (text, covers) stands for several sources."""

    def write(sources, english=None) -> Document:
        texts, at = [], 0
        for value in english or ():
            text, covers = value if isinstance(value, tuple) else (value, 1)
            texts.append(AlignedText(at, covers, CodedText(text), 0.9))
            at += covers
        contents = [source if isinstance(source, CodedText) else CodedText(source) for source in sources]
        prepared = PreparedDocument(
            external_id="nx-1",
            meta=DocumentMeta(title="Preise"),
            segments=tuple(PlacedSource(content, "body", i, 0, str(i)) for i, content in enumerate(contents)),
            hypotheses={"engine-a": tuple(texts)} if english else {},
        )
        import_document(project, prepared, None)
        return Document.objects.get()

    return write


def row_at(document, person, place, client=None):
    response = browser_of(person).get(reverse("reviews:document", args=[document.pk]))
    return row_of(page_of(response), segments_of(document)[place])


def change_in(row):
    """(what it says, what was removed, what was added), or None where the row shows no change."""
    found = part(row, "source").xpath(".//div[@class='source-change']")
    if not found:
        return None
    words = text_of(found[0].xpath("./p[@class='since']")[0])
    return words, [text_of(e) for e in found[0].xpath(".//del")], [text_of(e) for e in found[0].xpath(".//ins")]


def test_a_text_shows_what_changed_since_it_was_written(import_german, cast):
    document = import_german(OLD, ENGLISH)
    segment = segments_of(document)[0]
    save_revision(segment_id=segment.pk, person=cast["anna"], typed="They pay 15 euros.", base=0)
    assert change_in(row_at(document, cast["anna"], 0)) is None
    document = import_german(["Die Firma zahlt 18 Euro.", *OLD[1:]])
    assert change_in(row_at(document, cast["anna"], 0)) == (
        "German changed since the English was written:",
        ["15"],
        ["18"],
    )
    assert change_in(row_at(document, cast["anna"], 1)) is None


def test_a_text_that_was_accepted_for_the_new_german_shows_no_change(import_german, cast):
    document = import_german(OLD, ENGLISH)
    segment = segments_of(document)[0]
    accept(segment_id=segment.pk, person=cast["anna"], base=0)
    document = import_german(["Die Firma zahlt heute 15 Euro.", *OLD[1:]])
    assert change_in(row_at(document, cast["ben"], 0)) == (
        "German changed since the English was reviewed:",
        [],
        ["heute"],
    )
    accept(segment_id=segment.pk, person=cast["anna"], base=1)
    assert change_in(row_at(document, cast["ben"], 0)) is None


def test_a_text_that_was_sent_back_still_shows_what_changed_since_it_was_written(import_german, cast):
    document = import_german(OLD, ENGLISH)
    save_revision(segment_id=segments_of(document)[0].pk, person=cast["anna"], typed="They pay.", base=0)
    document = import_german(["Die Firma zahlt 18 Euro.", *OLD[1:]])
    accept(segment_id=segments_of(document)[0].pk, person=cast["anna"], base=1)
    segment = segments_of(document)[0]
    assert change_in(row_at(document, cast["anna"], 0)) is None
    seen = Seen(segment.latest_revision_id, segment.sources.latest("id").content_hash)
    decide(segment_id=segment.pk, person=cast["ben"], kind=DecisionKind.SENT_BACK, seen=seen, reason="The price moved.")
    assert change_in(row_at(document, cast["anna"], 0)) == (
        "German changed since the English was written:",
        ["15"],
        ["18"],
    )


def test_a_machine_text_shows_what_changed_since_it_was_translated(import_german, cast):
    import_german(OLD, ENGLISH)
    document = import_german([OLD[0], "Es regnet stark.", OLD[2]])
    assert change_in(row_at(document, cast["rolf"], 1)) == (
        "German changed since the English was translated:",
        [],
        ["stark"],
    )


def test_it_goes_back_to_the_wording_the_text_was_made_for_however_often_it_changed(import_german, cast):
    document = import_german(OLD, ENGLISH)
    save_revision(segment_id=segments_of(document)[0].pk, person=cast["anna"], typed="They pay.", base=0)
    import_german(["Die Firma zahlt 16 Euro.", *OLD[1:]])
    document = import_german(["Die Firma zahlt 17 Euro.", *OLD[1:]])
    assert change_in(row_at(document, cast["anna"], 0))[1:] == (["15"], ["17"])


def test_a_text_for_two_sentences_is_compared_with_both(import_german, cast):
    document = import_german(OLD, [ENGLISH[0], ("It rains and snows.", 2)])
    accept(segment_id=segments_of(document)[1].pk, person=cast["anna"], base=0)
    document = import_german([OLD[0], "Es regnet nicht.", OLD[2]])
    assert change_in(row_at(document, cast["anna"], 1)) == (
        "German changed since the English was reviewed:",
        [],
        ["nicht"],
    )


def test_a_shared_text_beside_a_human_one_is_not_taken_for_outdated(import_german, cast):
    document = import_german(OLD, ENGLISH)
    save_revision(segment_id=segments_of(document)[2].pk, person=cast["anna"], typed="Snow.", base=0)
    document = import_german(OLD, [ENGLISH[0], ("It rains and snows.", 2)])
    assert segments_of(document)[1].chosen.covers == 2
    assert change_in(row_at(document, cast["anna"], 1)) is None
    assert change_in(row_at(document, cast["anna"], 2)) is None
    # Somebody opened it, so it stays what they start from.
    save_draft(segment_id=segments_of(document)[1].pk, person=cast["ben"], typed="It", base=0, sequence=1)
    document = import_german([OLD[0], "Es regnet heute.", OLD[2]])
    assert change_in(row_at(document, cast["anna"], 1))[1:] == ([], ["heute"])


def test_a_change_of_links_only_is_said_in_words(import_german, cast):
    document = import_german([linked(OLD[0], 0, 9), *OLD[1:]], ENGLISH)
    accept(segment_id=segments_of(document)[0].pk, person=cast["anna"], base=0)
    document = import_german([linked(OLD[0], 0, 9, '<a href="https://example.org/new">'), *OLD[1:]])
    assert change_in(row_at(document, cast["anna"], 0)) == (
        "Only links or formatting of the German changed since the English was reviewed.",
        [],
        [],
    )


def test_a_single_row_shows_the_same_change(import_german, cast):
    document = import_german(OLD, ENGLISH)
    accept(segment_id=segments_of(document)[0].pk, person=cast["anna"], base=0)
    document = import_german(["Die Firma zahlt 18 Euro.", *OLD[1:]])
    segment = segments_of(document)[0]
    answer = script_of(cast["anna"]).get(reverse("reviews:segment", args=[segment.pk]))
    assert change_in(row_of(page_of(answer), segment))[1:] == (["15"], ["18"])


def test_a_tag_in_the_german_stays_text(import_german, cast):
    document = import_german(OLD, ENGLISH)
    accept(segment_id=segments_of(document)[0].pk, person=cast["anna"], base=0)
    document = import_german(["Die Firma zahlt <b>18</b> Euro.", *OLD[1:]])
    row = row_at(document, cast["anna"], 0)
    assert not part(row, "source").xpath(".//div[@class='source-change']//b")
    assert "<b>18</b>" in text_of(part(row, "source").xpath(".//div[@class='source-change']")[0])


def test_many_changes_ask_the_database_as_often_as_few(import_german, project, cast):
    counts = []
    for size in (3, 60):
        sources = [f"Satz {number} hat {number} Wörter." for number in range(size)]
        english = [f"Sentence {number} has {number} words." for number in range(size)]
        document = import_german(sources, english)
        for segment in segments_of(document)[::2]:
            if segment.latest_revision_id is None:
                save_revision(segment_id=segment.pk, person=cast["anna"], typed="Mine.", base=0)
        document = import_german([source.replace("Wörter", "Worte") for source in sources])
        Visit.objects.all().delete()  # both times Ben comes for the first time
        with CaptureQueriesContext(connection) as captured:
            response = browser_of(cast["ben"]).get(reverse("reviews:document", args=[document.pk]))
        changes = page_of(response).xpath("//div[@class='source-change']")
        assert len(changes) == size
        counts.append(len(captured))
    assert counts[0] == counts[1]
