"""Notices mailed by real workers to a real mail server: once, and once more at most when a worker is killed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F

from reviews import pipeline
from reviews.models import MailChoice, Notice, NoticeKind
from reviews.notices import service
from reviews.notices.mailing import TRY_AGAIN
from tests.factories import make_document
from tests.mail_server import running_mail_server
from tests.notices.desk import wants
from tests.workers import running_broker, running_worker, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]


def tell(project, people) -> None:
    document = make_document(project, title="Bahn hält wieder – größer")
    for person in people:
        wants(person, MailChoice.AT_ONCE)
        service.tell(document, NoticeKind.SENT_BACK, [service.Telling(person.pk, "decision:1", "Sent back.")])


def later(by: timedelta) -> None:
    Notice.objects.filter(mail_at__isnull=False).update(mail_at=F("mail_at") - by)


def all_mailed() -> bool:
    return not Notice.objects.filter(mailed_at=None).exists()


def test_two_workers_mail_everybody_once_however_often_they_are_asked(project, cast):
    people = [cast[name] for name in ("anna", "ben", "dora")]
    tell(project, people)
    later(timedelta(minutes=1))
    with running_mail_server() as server, running_broker() as broker:
        for _ in range(3):
            assert pipeline.sweep().mailed == 3
        with running_worker(broker, **mailing_to(server)), running_worker(broker, **mailing_to(server)):
            wait_until(all_mailed)
        assert sorted(letter["To"] for letter in server.letters) == sorted(person.email for person in people)
        assert {letter["Subject"] for letter in server.letters} == {"Sent back: Bahn hält wieder – größer"}
        assert "“Bahn hält wieder – größer” (Desk)" in server.letters[0].get_content()
        assert pipeline.sweep().mailed == 0


def test_a_worker_killed_before_it_knows_that_an_e_mail_went_out_sends_it_once_more_under_the_same_id(project, cast):
    tell(project, [cast["anna"]])
    later(timedelta(minutes=1))
    with running_mail_server() as server, running_broker() as broker:
        server.may_answer.clear()
        pipeline.sweep()
        with running_worker(broker, visibility_timeout=2, **mailing_to(server)) as worker:
            wait_until(lambda: server.letters)
            worker.kill()
        server.may_answer.set()
        assert not all_mailed()
        assert pipeline.sweep().mailed == 0, "it is claimed until the time for another try"
        later(TRY_AGAIN)
        pipeline.sweep()
        with running_worker(broker, visibility_timeout=2, **mailing_to(server)):
            wait_until(all_mailed)
        assert len(server.letters) == 2
        assert len({letter["Message-ID"] for letter in server.letters}) == 1
        assert pipeline.sweep().mailed == 0


def mailing_to(server) -> dict[str, str]:
    return {"EMAIL_URL": server.url, "EMAIL_FROM": "desk@example.org", "SITE_URL": "https://review.example.org"}
