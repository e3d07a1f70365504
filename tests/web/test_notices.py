"""Notices on the screen: the count in the head, the list, the way to the place, and what is wanted by e-mail."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reviews.editing.claims import claim
from reviews.models import MailChoice, Membership, Notice, NoticeChoice, NoticeKind, Project, Step, WorkItem
from reviews.web.selectors.notices import COUNTED, NOTICES_PER_PAGE
from tests.factories import make_document, segments_of

from .conftest import browser_of
from .pages import page_of, text_of

LIST = "/notices/"


def make_notice(document, person, number=1, kind=NoticeKind.SENT_BACK, **columns):
    return Notice.objects.create(
        person=person, document=document, kind=kind, key=f"decision:{number}", text=f"Text {number}.", **columns
    )


def head(person):
    """What the head of a page says of notices."""
    page = page_of(browser_of(person).get("/"))
    return text_of(page.xpath("//header//a[contains(@href, '/notices/')]")[0])


def is_read(notice):
    notice.refresh_from_db()
    return notice.read_at is not None


@pytest.mark.parametrize(
    ("number", "words"), [(0, "Notices"), (3, "Notices 3 unread"), (COUNTED + 1, "Notices 99+ unread")]
)
def test_every_page_says_how_many_are_unread(document, cast, number, words):
    for each in range(number):
        make_notice(document, cast["anna"], each)
    make_notice(document, cast["ben"])
    assert head(cast["anna"]) == words


def test_the_newest_come_first_and_older_ones_on_further_pages(document, cast):
    for each in range(NOTICES_PER_PAGE + 2):
        make_notice(document, cast["anna"], each)
    client = browser_of(cast["anna"])
    first, second = (page_of(client.get(LIST, {"page": number})) for number in (1, 2))
    lines = first.xpath("//ol[contains(@class, 'notices')]/li")
    assert len(lines) == NOTICES_PER_PAGE
    assert f"Text {NOTICES_PER_PAGE + 1}." in text_of(lines[0])
    assert text_of(lines[0]).startswith("Unread: Sent back")
    assert [f"Text {each}." in text_of(second) for each in (0, 1, 2)] == [True, True, False]


def test_to_open_a_notice_is_to_read_it_and_to_stand_at_its_text(document, cast):
    segment = segments_of(document)[1]
    notice = make_notice(document, cast["anna"], segment=segment, mail_at="2026-12-01T10:00:00Z")
    client = browser_of(cast["anna"])
    [link] = page_of(client.get(LIST)).xpath("//ol//a")
    assert client.get(link.get("href"), headers={"Sec-Purpose": "prefetch"}).status_code == 302
    assert not is_read(notice)
    response = client.get(link.get("href"))
    assert response.url == f"/documents/{document.pk}/#s-{segment.pk}"
    assert is_read(notice)
    assert notice.mail_at is None


def place_of(notice):
    return browser_of(notice.person).get(reverse("reviews:notice", args=[notice.pk])).url


@pytest.mark.parametrize(
    ("step", "place"),
    [
        (None, "/documents/{document}/"),
        (Step.EDIT, "/documents/{document}/next/"),
        (Step.APPROVE, "/documents/{document}/next/"),
        # On the article's page stands what they must not know; My work has it to take.
        (Step.BLIND, "/"),
        (Step.ADJUDICATE, "/"),
    ],
)
def test_a_notice_about_no_one_text_leads_to_the_work_or_to_the_article(document, cast, step, place):
    item = WorkItem.objects.create(project=document.project, document=document, step=step) if step else None
    notice = make_notice(document, cast["anna"], item=item)
    assert place_of(notice) == place.format(document=document.pk)


def test_a_second_review_that_was_taken_is_found_on_its_page(document, cast):
    item = WorkItem.objects.create(project=document.project, document=document, step=Step.BLIND)
    claim(item_id=item.pk, person=cast["anna"])
    notice = make_notice(document, cast["anna"], item=item)
    assert place_of(notice) == reverse("reviews:second-review", args=[item.pk])


def test_one_is_marked_as_read_and_the_list_stays_where_it_was(document, cast):
    notice, other = make_notice(document, cast["anna"], 1), make_notice(document, cast["anna"], 2)
    client = browser_of(cast["anna"])
    response = client.post(reverse("reviews:notice-read", args=[notice.pk]), {"page": 1})
    assert response.url == f"/notices/?page=1#notice-{notice.pk}"
    assert is_read(notice)
    assert not is_read(other)
    assert "Unread" not in text_of(page_of(client.get(LIST)).xpath(f"//li[@id='notice-{notice.pk}']")[0])


def test_all_are_marked_as_read_but_those_that_came_after_the_page(document, cast):
    notices = [make_notice(document, cast["anna"], each) for each in range(3)]
    bens = make_notice(document, cast["ben"])
    client = browser_of(cast["anna"])
    [newest] = page_of(client.get(LIST)).xpath("//input[@name='newest']/@value")
    late = make_notice(document, cast["anna"], 9)
    assert client.post(reverse("reviews:notices-read"), {"newest": newest}).url == LIST
    assert all(is_read(notice) for notice in notices)
    assert not is_read(late)
    assert not is_read(bens)


@pytest.mark.parametrize("gone", ["membership", "project"])
def test_notices_of_a_project_somebody_left_are_nowhere(document, cast, gone):
    notice = make_notice(document, cast["anna"])
    if gone == "membership":
        Membership.objects.filter(person=cast["anna"]).delete()
    else:
        Project.objects.update(archived_at="2026-11-01T00:00:00Z")
    assert head(cast["anna"]) == "Notices"
    client = browser_of(cast["anna"])
    assert str(document) not in client.get(LIST).content.decode()
    assert client.get(reverse("reviews:notice", args=[notice.pk])).status_code == 404
    assert client.post(reverse("reviews:notice-read", args=[notice.pk])).status_code == 404
    client.post(reverse("reviews:notices-read"), {"newest": notice.pk})
    assert not is_read(notice)


def test_a_hostile_title_is_text_and_turns_nothing_around(project, cast):
    title = "<script>alert(1)</script>\u202eKiel"
    make_notice(make_document(project, title=title), cast["anna"])
    content = browser_of(cast["anna"]).get(LIST).content.decode()
    assert "<bdi>&lt;script&gt;" in content
    assert "<script>alert" not in content


def test_what_is_wanted_by_e_mail_is_chosen_for_each_kind(cast):
    client = browser_of(cast["anna"])
    address = reverse("reviews:notice-choices")
    assert chosen(client, address) == dict.fromkeys(NoticeKind.values, "at_once")
    wanted = {"assigned": "at_once", "deadline": "none", "sent_back": "digest", "source_changed": "digest"}
    wanted |= {"outdated": "none"}
    response = client.post(reverse("reviews:notice-choices-save"), wanted, follow=True)
    assert "Saved." in response.content.decode()
    assert chosen(client, address) == wanted
    assert NoticeChoice.objects.filter(person=cast["anna"]).count() == len(NoticeKind)


def chosen(client, address):
    return {field.get("name"): field.get("value") for field in page_of(client.get(address)).xpath("//input[@checked]")}


@pytest.mark.parametrize("wrong", [{}, dict.fromkeys(NoticeKind.values, "by pigeon")])
def test_a_choice_there_is_not_changes_nothing(cast, wrong):
    client = browser_of(cast["anna"])
    response = client.post(reverse("reviews:notice-choices-save"), wrong, follow=True)
    assert "Saved" not in response.content.decode()
    assert page_of(response).xpath("//li[contains(@class, 'error')]")
    assert not NoticeChoice.objects.exists()


def test_whoever_has_no_address_is_told_that_nothing_is_mailed(cast):
    client = browser_of(cast["anna"])
    assert "has no e-mail address" in client.get(reverse("reviews:notice-choices")).content.decode()
    cast["anna"].email = "anna@example.org"
    cast["anna"].save()
    assert "E-mails go to anna@example.org" in client.get(reverse("reviews:notice-choices")).content.decode()


def test_the_list_asks_as_often_for_many_as_for_few(project, cast):
    client = browser_of(cast["anna"])
    asked = []
    for size in (2, 60):
        for each in range(size):
            document = make_document(project, ["Satz."])
            make_notice(document, cast["anna"], each * 100 + size, read_at=None if each % 2 else "2026-11-01T00:00:00Z")
        with CaptureQueriesContext(connection) as captured:
            assert client.get(LIST).status_code == 200
        asked.append(len(captured))
    assert asked[0] == asked[1] <= 9


def test_a_choice_of_no_e_mail_takes_back_what_was_to_be_mailed(document, cast):
    notice = make_notice(document, cast["anna"], mail_at="2026-12-01T10:00:00Z")
    wanted = dict.fromkeys(NoticeKind.values, MailChoice.NONE)
    browser_of(cast["anna"]).post(reverse("reviews:notice-choices-save"), wanted)
    notice.refresh_from_db()
    assert notice.mail_at is None
