"""When notices are mailed: at once with those of the same minute, or once on every day of the calendar."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from reviews.models import MailChoice
from reviews.notices.times import BATCH, mail_time, next_digest

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(autouse=True)
def _in_berlin(settings):
    settings.TIME_ZONE = "Europe/Berlin"
    settings.NOTICES_DIGEST_AT = time(2, 30)


def test_each_choice_has_its_time():
    now = datetime(2026, 12, 1, 12, tzinfo=UTC)
    assert mail_time(MailChoice.AT_ONCE, now) == now + BATCH
    assert mail_time(MailChoice.DIGEST, now) == datetime(2026, 12, 2, 1, 30, tzinfo=UTC)
    assert mail_time(MailChoice.NONE, now) is None


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        # An ordinary day: before, at and after the time.
        ("2026-06-10T00:29:59+00:00", "2026-06-10T00:30:00+00:00"),
        ("2026-06-10T00:30:00+00:00", "2026-06-11T00:30:00+00:00"),
        # 29 March 2026 has no 02:30: it is 03:30 then. The day after has one again, 23 hours later.
        ("2026-03-28T01:30:00+00:00", "2026-03-29T01:30:00+00:00"),
        ("2026-03-29T01:30:00+00:00", "2026-03-30T00:30:00+00:00"),
        # 25 October 2026 has 02:30 twice: the first one counts, also between the two.
        ("2026-10-24T00:30:00+00:00", "2026-10-25T00:30:00+00:00"),
        ("2026-10-25T00:30:00+00:00", "2026-10-26T01:30:00+00:00"),
        ("2026-10-25T01:10:00+00:00", "2026-10-26T01:30:00+00:00"),
    ],
)
def test_a_digest_goes_out_at_the_installations_time(now, expected):
    assert next_digest(datetime.fromisoformat(now)) == datetime.fromisoformat(expected)


@pytest.mark.parametrize("at", [time(0, 0), time(2, 30), time(3, 0), time(7, 0), time(23, 59)])
def test_every_day_of_a_year_has_one_digest(settings, at):
    settings.NOTICES_DIGEST_AT = at
    moment = datetime(2026, 1, 1, 12, tzinfo=UTC)
    days = []
    for _ in range(365):
        moment = next_digest(moment)
        days.append(timezone.localtime(moment, BERLIN).date())
    assert days == [days[0] + timedelta(days=number) for number in range(365)]
