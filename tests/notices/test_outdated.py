"""A published article whose original changes is outdated at once, and its desk heads are told."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from reviews.models import Document, Membership, Notice, NoticeKind, Person, Project, Role
from reviews.models.states import is_outdated
from reviews.publishing.service import publish
from tests.factories import make_cast, make_document, make_person
from tests.publishing.desk import work_through

from .desk import change_source

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(project: Project) -> dict[str, Person]:
    return make_cast(project)


@pytest.fixture
def published(project: Project, cast: dict[str, Person]) -> Document:
    made = make_document(project, ["Guten Morgen.", "Es regnet in Kiel."], {"engine-a": ["Hello.", "Rain in Kiel."]})
    work_through(made, editor=cast["anna"], approver=cast["ben"])
    publish(document_id=made.pk, person=cast["dora"])
    return Document.objects.get(pk=made.pk)


def told(kind: NoticeKind = NoticeKind.OUTDATED) -> list[tuple[str, str]]:
    return list(Notice.objects.filter(kind=kind).order_by("person__username").values_list("person__username", "text"))


def test_a_changed_original_marks_the_publication_in_the_transaction_of_the_import(
    published: Document, project: Project, cast: dict[str, Person]
) -> None:
    other = make_person("dirk")
    Membership.objects.create(project=project, person=other, role=Role.DESK_HEAD)
    assert not is_outdated(published)
    change_source(published, cast["dora"], {1: "Es regnet in Bonn."})
    changed = Document.objects.get(pk=published.pk)
    assert is_outdated(changed)
    assert changed.outdated
    assert told() == [("dirk", "The original changed after the article was published as number 1.")]
    change_source(changed, cast["dora"], {1: "Es regnet in Bonn."})
    assert len(told()) == 1


def test_an_original_that_comes_in_unchanged_alarms_nobody(published: Document, cast: dict[str, Person]) -> None:
    change_source(published, None, {})
    assert not is_outdated(Document.objects.get(pk=published.pk))
    assert told() == []


def test_an_edited_text_is_a_change_and_no_outdated_publication(published: Document, cast: dict[str, Person]) -> None:
    Document.objects.filter(pk=published.pk).update(state="reviewed")
    assert not is_outdated(Document.objects.get(pk=published.pk))


def test_an_article_that_is_not_out_is_not_outdated(project: Project, cast: dict[str, Person]) -> None:
    made = make_document(project, ["Guten Morgen."], {"engine-a": ["Hello."]})
    change_source(made, None, {0: "Guten Abend."})
    assert not is_outdated(Document.objects.get(pk=made.pk))
    assert told() == []


def test_the_panel_says_so(published: Document, cast: dict[str, Person], client: Any) -> None:
    change_source(published, None, {1: "Es regnet in Bonn."})
    client.force_login(cast["dora"])
    page = client.get(reverse("reviews:document", args=[published.pk])).content.decode()
    assert "Outdated: the original changed since." in page
