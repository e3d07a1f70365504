"""Many queues in one statement: each finds what it would find alone, and writing them costs little more than one."""

import pytest
from django.db.models import QuerySet

from reviews.editing.eligibility import places_of
from reviews.editing.queues import filled, first_items, given_queues, lengths, open_queues
from reviews.editing.saving import accept
from reviews.models import Skill, Step, WorkItem
from tests.factories import make_cast, make_document, make_project, segments_of


@pytest.fixture
def ben(db):
    """He approves in three projects that ask differently for a second person, and knows law in all of them."""
    for number, columns in enumerate(
        ({"four_eyes": True}, {"four_eyes": False}, {"four_eyes": False, "four_eyes_kinds": ["headline"]})
    ):
        project = make_project(f"desk-{number}", **columns)
        cast = make_cast(project)
        Skill.objects.create(project=project, person=cast["ben"], name="law")
        for skill in ("", "law", "medicine"):
            for author in ("anna", "ben"):
                document = make_document(project, ["Titel", "Satz."], kinds=["headline", "body"])
                accept(segment_id=segments_of(document)[author == "ben"].pk, person=cast[author], base=0)
                WorkItem.objects.create(project=project, document=document, step=Step.APPROVE, skill=skill)
                WorkItem.objects.create(
                    project=project, document=document, step=Step.EDIT, skill=skill, assignee=cast["ben"]
                )
    return cast["ben"]


def all_queues(person):
    places = places_of(person)
    return [
        queue for step in Step for queue in (*open_queues(person, places, step), *given_queues(person, places, step))
    ]


def test_each_queue_finds_what_it_would_find_alone(ben):
    queues = all_queues(ben)
    alone = [list(queue.rows.values_list("pk", flat=True)[:5]) for queue in queues]
    assert first_items(queues, 5) == [pk for found in alone for pk in found]
    assert lengths(queues, 5) == [len(found) for found in alone]
    assert filled(queues) == [queue for queue in queues if queue.everything.exists()]
    # Ben wrote in every second text to approve; where every text takes a second person, those are not for him.
    assert sorted(len(found) for found in alone if found) == [1, 1, 2, 2, 2, 2, 5, 5, 5]


def test_queues_alike_are_written_once(ben, monkeypatch):
    queues = all_queues(ben)
    written = []
    ask = QuerySet.values_list
    monkeypatch.setattr(
        QuerySet, "values_list", lambda self, *names, **o: written.append(self) or ask(self, *names, **o)
    )
    first_items(queues, 5)
    assert len(written) == len({queue.shape for queue in queues}) < len(queues)
