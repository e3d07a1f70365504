"""Saves, scoring and rebuilds at once: what is listed in the end is what stands there."""

import pytest

from reviews import pipeline
from reviews.editing.saving import save_revision
from reviews.editing.visits import note_visit
from reviews.models import SearchText, Visit
from tests.factories import make_document, segments_of
from tests.threads import at_once

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

ROUNDS = 8


def test_a_save_while_the_words_are_listed_is_never_lost_to_an_older_text(project, cast):
    document = make_document(project, ["Satz."], {"engine-a": ["Sentence."]})
    (segment,) = segments_of(document)

    def act(number):
        for base in range(ROUNDS):
            if number:
                pipeline.list_words(document.pk)
            else:
                save_revision(segment_id=segment.pk, person=cast["anna"], typed=f"Text {base}.", base=base)

    at_once(act, 3)
    assert SearchText.objects.get().target == f"text {ROUNDS - 1}"
    assert pipeline.list_words(document.pk) == 0


def test_two_tabs_that_open_an_article_at_once_are_one_visit(project, cast):
    document = make_document(project)
    at_once(lambda number: note_visit(document, cast["anna"], number), 4)
    assert Visit.objects.get().seen_number == 3
