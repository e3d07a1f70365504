"""What the simulation would say if a text were lost, a word invented or work held twice."""

from datetime import timedelta

import pytest
from django.utils import timezone

from reviews.editing.saving import Saved, Stale, save_revision
from reviews.models import Draft
from tests.factories import make_document, segments_of

from . import leases, verification
from .ledger import KEPT, SAVED, AskedDecision, AskedText, Ledger

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def segment(cast, project):
    return segments_of(make_document(project))[0]


@pytest.fixture
def ledgers(segment, cast):
    """Anna saved a text and was told so; Ben came too late and was told that his is kept."""
    anna = Ledger("anna", texts=[AskedText("save", segment.pk, 0, "a", "Rain.", status=SAVED, told=1)])
    ben = Ledger("ben", texts=[AskedText("save", segment.pk, 0, "b", "Wind.", status=KEPT, told=1)])
    saved = save_revision(segment_id=segment.pk, person=cast["anna"], typed="Rain.", base=0, save_key="a")
    late = save_revision(segment_id=segment.pk, person=cast["ben"], typed="Wind.", base=0, save_key="b")
    assert isinstance(saved, Saved)
    assert isinstance(late, Stale)
    return [anna, ben]


def problems(ledgers):
    record = verification.Record()
    found = [each for ledger in ledgers for each in verification.texts(record, ledger)]
    found += [each for ledger in ledgers for each in verification.decisions(record, ledger)]
    found += [each for ledger in ledgers for each in verification.typing(record, ledger)]
    return found + verification.nothing_invented(record, ledgers)


def test_nothing_is_wrong_with_a_day_that_went_well(ledgers):
    assert problems(ledgers) == []


def test_a_refused_text_that_is_gone_is_missed_unless_its_owner_dropped_it(ledgers, segment):
    Draft.objects.all().delete()
    assert problems(ledgers) == [f"ben: 1 refused texts of segment {segment.pk} are nowhere"]
    ledgers[1].discarded[segment.pk] += 1
    assert problems(ledgers) == []


def test_a_saved_text_that_is_not_in_the_history_is_missed(ledgers, segment):
    ledgers[0].texts.append(AskedText("save", segment.pk, 1, "c", "Snow.", status=SAVED, told=2))
    assert [each for each in problems(ledgers) if "the history has no such text" in each]


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"text": "Rain all day."}, "the history has 'Rain.', not 'Rain all day.'"),
        ({"base": 1}, "number 1 does not follow 1"),
        ({"told": 0}, "told number 0, but it is 1"),
        ({"status": 422}, "not taken, but in the history"),
        ({"status": KEPT}, "refused, but in the history"),
    ],
)
def test_a_text_that_is_not_as_its_author_was_told_is_noticed(ledgers, told, words):
    for name, value in told.items():
        setattr(ledgers[0].texts[0], name, value)
    assert [each for each in problems(ledgers) if words in each]


def test_a_text_nobody_sent_is_noticed(ledgers):
    assert "nobody sent it" in problems(ledgers[1:])[0]


def test_a_decision_that_was_told_and_is_not_there_is_missed(ledgers, segment):
    ledgers[0].decisions.append(AskedDecision("approve", segment.pk, 1, status=SAVED))
    ledgers[1].approved_in_one[segment.document_id] = 3
    assert len(problems(ledgers)) == 2


def test_typing_that_is_gone_is_missed(ledgers, segment):
    ledgers[0].typing[segment.pk] = "Half a sen"
    assert "typed 'Half a sen'" in problems(ledgers)[0]


def change(old=None, new=None, *, state="leased", item=1, until=-1.0):
    """Item 1 of document 7 going from one token to another; `until` is when the old lease would end, in seconds."""
    then = NOW + timedelta(seconds=until) if old else None
    return leases.Change(NOW, item, 7, "edit", "leased" if old else "open", state, 1, 2, old, new, then)


@pytest.mark.parametrize(
    ("noted", "words"),
    [
        ([change(None, "a"), change("a", state="open"), change(None, "b"), change("b", state="done")], None),
        ([change(None, "a"), change("a", "b")], "straight to"),
        ([change(None, "a"), change("a", state="open", until=60)], "before the lease ran out"),
        ([change(None, "a"), change(None, "b", item=2)], "leased beside"),
        ([change(None, "a"), change("c", state="open")], "somebody else had it"),
    ],
)
def test_work_that_is_held_twice_or_taken_away_is_noticed(noted, words):
    found = leases.problems(noted, {1: set()})
    assert found == [] if words is None else words in found[0]


def test_work_that_was_given_back_is_nobodys_loss():
    assert leases.problems([change(None, "a"), change("a", state="open", until=60)], {1: {1}}) == []
