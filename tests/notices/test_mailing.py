"""Notices by e-mail: one e-mail for what is due, to whom it still concerns, once, and after failures too."""

from __future__ import annotations

import logging
import smtplib
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db.models import F
from django.utils import timezone

from reviews import pipeline
from reviews.models import MailChoice, Membership, Notice, NoticeChoice, NoticeKind
from reviews.notices import mailing, service
from reviews.notices.mailing import GIVE_UP, TRY_AGAIN
from reviews.notices.times import BATCH
from tests.factories import make_document
from tests.threads import at_once

from .desk import at, send_back, wants, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(project):
    return make_document(project, ["Eins.", "Zwei.", "Drei."], title="Bahn hält\nBcc: all@example.org")


@pytest.fixture
def anna(cast):
    return wants(cast["anna"], MailChoice.AT_ONCE)


def tell_anna(document, person, number=1):
    """As many notices, each of an act of its own."""
    for each in range(number):
        service.tell(
            document, NoticeKind.SENT_BACK, [service.Telling(person.pk, f"decision:{each}", f"Sent back {each}.")]
        )


def later(by: timedelta = BATCH) -> None:
    """Let so much time pass, for what the notices say of it."""
    Notice.objects.update(created_at=F("created_at") - by)
    Notice.objects.filter(mail_at__isnull=False).update(mail_at=F("mail_at") - by)


def sweep() -> int:
    """What a sweep sends; the number of e-mails that went out."""
    before = len(mail.outbox)
    pipeline.sweep(inline=True)
    return len(mail.outbox) - before


def test_acts_within_a_minute_are_one_e_mail_and_it_is_sent_once(document, cast, anna, settings):
    settings.SITE_URL = "https://review.example.org"
    for place in (0, 1):
        write(at(document, place), anna)
        send_back(cast["ben"], at(document, place))
    assert sweep() == 0
    later(BATCH / 2)
    write(at(document, 2), anna)
    send_back(cast["ben"], at(document, 2))
    assert sweep() == 0
    later(BATCH / 2)
    assert sweep() == 1
    (letter,) = mail.outbox
    assert letter.to == ["anna@example.org"]
    assert letter.subject == "3 notices: Bahn hält Bcc: all@example.org and more"
    notices = list(Notice.objects.order_by("pk"))
    assert [part for part in letter.body.splitlines() if part.startswith("https://")] == [
        f"https://review.example.org/notices/{notice.pk}/" for notice in notices
    ]
    assert letter.message()["Message-ID"].endswith("@review.example.org>")
    assert all(notice.mailed_at is not None and notice.mail_at is None for notice in notices)
    later(timedelta(days=1))
    assert sweep() == 0


def test_who_wants_none_gets_none_and_who_has_no_address_neither(document, cast):
    wants(cast["anna"], MailChoice.NONE)
    for name in ("anna", "ben"):
        tell_anna(document, cast[name])
    later()
    assert sweep() == 0
    assert Notice.objects.filter(mail_at=None, mailed_at=None).count() == 2


def test_without_a_choice_notices_are_mailed_at_once(document, anna):
    NoticeChoice.objects.all().delete()
    tell_anna(document, anna)
    later()
    assert sweep() == 1


def test_a_digest_collects_a_day_and_leaves_out_what_was_read(document, anna, monkeypatch):
    wants(anna, MailChoice.DIGEST)
    now = datetime(2026, 10, 24, 12, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)
    tell_anna(document, anna, 3)
    # Seven o'clock on the day the clocks go back is 19 hours later by the clock and 18 in summer time.
    assert {notice.mail_at for notice in Notice.objects.all()} == {datetime(2026, 10, 25, 6, tzinfo=UTC)}
    service.mark_read(Notice.objects.filter(key="decision:0"))
    now = datetime(2026, 10, 25, 5, 58, tzinfo=UTC)
    assert mailing.due_people() == []
    now = datetime(2026, 10, 25, 6, tzinfo=UTC)
    assert sweep() == 1
    assert "Sent back 0" not in mail.outbox[0].body
    assert mail.outbox[0].subject.startswith("2 notices")


@pytest.mark.parametrize("gone", ["read", "left the project", "left the house", "no address", "wants none now"])
def test_what_does_not_concern_the_person_any_more_is_not_mailed(document, anna, gone):
    tell_anna(document, anna)
    if gone == "read":
        Notice.objects.update(read_at=timezone.now())
    elif gone == "left the project":
        Membership.objects.filter(person=anna).delete()
    elif gone == "wants none now":
        service.choose(anna, dict.fromkeys(NoticeKind, MailChoice.NONE))
    else:
        anna.is_active, anna.email = gone != "left the house", "" if gone == "no address" else anna.email
        anna.save()
    later()
    assert sweep() == 0
    assert Notice.objects.get().mail_at is None
    assert mailing.due_people() == []


class Refusing:
    """A mail server that does not take e-mails until it is told to."""

    def __init__(self, monkeypatch, error):
        self.error = error
        self.asked = 0
        self.send = mailing.EmailMessage.send
        monkeypatch.setattr(mailing.EmailMessage, "send", self)

    def __get__(self, message, owner):
        return lambda: self(message)

    def __call__(self, message):
        self.asked += 1
        if self.error is not None:
            raise self.error
        return self.send(message)


@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPRecipientsRefused({"anna@example.org": (550, b"unknown")}),
        smtplib.SMTPAuthenticationError(535, b"swordfish"),
        ConnectionRefusedError(111, "refused"),
        TimeoutError("timed out"),
        ValueError("Invalid address"),
    ],
)
def test_an_e_mail_that_fails_is_tried_again_and_gets_through_in_the_end(document, anna, monkeypatch, caplog, error):
    server = Refusing(monkeypatch, error)
    tell_anna(document, anna, 2)
    later()
    with caplog.at_level(logging.WARNING):
        assert sweep() == sweep() == 0
    assert server.asked == 1
    assert Notice.objects.filter(mailed_at=None, mail_at__isnull=False).count() == 2
    (record,) = caplog.records
    assert "anna" not in record.getMessage()
    assert "swordfish" not in record.getMessage()
    server.error = None
    later(TRY_AGAIN)
    assert sweep() == 1
    assert Notice.objects.exclude(mailed_at=None).count() == 2


def test_after_days_nobody_is_asked_any_more(document, anna, monkeypatch):
    server = Refusing(monkeypatch, ConnectionRefusedError())
    tell_anna(document, anna)
    later()
    sweep()
    later(GIVE_UP)
    assert sweep() == 0
    assert server.asked == 1
    assert mailing.due_people() == []


def test_one_bad_address_does_not_keep_others_waiting(document, cast, anna):
    wants(cast["ben"], MailChoice.AT_ONCE, email="ben@example.org\nBcc: all@example.org")
    for person in (cast["ben"], anna):
        tell_anna(document, person)
    later()
    assert sweep() == 1
    assert mail.outbox[0].to == ["anna@example.org"]


@pytest.mark.django_db(transaction=True)
def test_of_several_workers_one_sends(document, anna):
    tell_anna(document, anna, 3)
    later()
    assert sorted(at_once(lambda _: mailing.send(anna.pk), 5)) == [0, 0, 0, 0, 3]
    assert len(mail.outbox) == 1
