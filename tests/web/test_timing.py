from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from reviews.web.timing import due, span

#: Tuesday, 24 November 2026, 6:00 in Berlin.
NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("left", "words", "urgency"),
    [
        (timedelta(minutes=42), "due in 42 min", "soon"),
        (timedelta(minutes=95), "due in 1 h 35 min", "soon"),
        (timedelta(hours=12), "due today 18:00", "later"),
        (timedelta(hours=24), "due tomorrow 06:00", "later"),
        (timedelta(days=7), "due Tue 1 Dec 06:00", "later"),
        (timedelta(minutes=-12), "overdue by 12 min", "overdue"),
        (timedelta(days=-4), "overdue by 4 d", "overdue"),
    ],
)
def test_deadlines_read_as_an_editor_would_say_them(left, words, urgency):
    with timezone.override("Europe/Berlin"):
        found = due(NOW + left, NOW)
    assert (found.words, found.urgency) == (words, urgency)


def test_no_deadline_has_no_words():
    assert due(None, NOW) is None


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=20), "less than a minute"),
        (timedelta(minutes=59), "59 min"),
        (timedelta(hours=3), "3 h"),
        (timedelta(hours=3, minutes=10), "3 h 10 min"),
        (timedelta(days=2, hours=5), "2 d"),
    ],
)
def test_lengths_of_time(length, words):
    assert span(length) == words
