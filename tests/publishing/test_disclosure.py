"""The line under the article says what is known of it, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from reviews.models import Document, Person, Project
from reviews.publishing.disclosure import DisclosureError, check_template, disclosure_line, engines_of, note_line
from reviews.publishing.service import PublishError, publish
from reviews.publishing.standing import standing
from tests.factories import make_cast, make_document, make_person, segments_of

from . import desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(project: Project) -> dict[str, Person]:
    return make_cast(project)


def line(engines: list[str], *, template: str = "", source: str = "de", target: str = "en") -> str:
    project = Project(source_lang=source, target_lang=target, disclosure=template)
    return disclosure_line(project, engines)


def test_the_standard_line_tells_of_assistance_only_where_there_was_some() -> None:
    assert line(["engine-a"]) == (
        "This article was originally published in German. It was translated with technical assistance and editorially "
        "reviewed before publication."
    )
    assert line([]) == (
        "This article was originally published in German. It was translated and editorially reviewed before "
        "publication."
    )


def test_it_is_in_the_language_of_the_article() -> None:
    assert line(["engine-a"], source="en", target="de-AT") == (
        "Dieser Artikel ist zuerst auf Englisch erschienen. Er wurde mit technischer Unterstützung übersetzt und vor "
        "der Veröffentlichung redaktionell geprüft."
    )
    assert line(["engine-a"], target="fr").startswith("This article was originally published in German.")


def test_a_line_of_the_project_s_own_is_filled_in() -> None:
    template = "From the {source_language}{assistance}. Engines: {engines}."
    assert line(["engine-a", "engine-b@2"], template=template) == (
        "From the German with technical assistance. Engines: engine-a, engine-b@2."
    )


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("By {author}.", "{author} is not known. Write one of: {source_language}, {target_language}, {engines}"),
        ("{engines.__class__}", "is not known"),
        ("{engines!r}", "is not known"),
        ("{source_language:>99999999}", "is not known"),
        ("{0}", "is not known"),
        ("{", "The braces do not match"),
    ],
)
def test_what_cannot_be_filled_in_is_refused_in_words(template: str, words: str) -> None:
    with pytest.raises(DisclosureError) as refused:
        check_template(template)
    assert words in str(refused.value)


def test_the_line_is_frozen_with_the_article(project: Project, cast: dict[str, Person]) -> None:
    Project.objects.filter(pk=project.pk).update(disclosure="Translated from {source_language} by {engines}.")
    made = desk.work_through(
        make_document(project, ["Guten Morgen."], {"engine-a": ["Hello."]}), editor=cast["anna"], approver=cast["ben"]
    )
    assert publish(document_id=made.pk, person=cast["dora"]).disclosure == "Translated from German by engine-a."


def test_a_broken_line_holds_the_article_back_and_says_why(project: Project, cast: dict[str, Person]) -> None:
    Project.objects.filter(pk=project.pk).update(disclosure="By {author}.")
    made = desk.work_through(
        make_document(project, ["Guten Morgen."], {"engine-a": ["Hello."]}), editor=cast["anna"], approver=cast["ben"]
    )
    with pytest.raises(PublishError, match=r"\{author\} is not known"):
        publish(document_id=made.pk, person=cast["dora"])


def engines(document: Document) -> list[str]:
    return engines_of(standing(Document.objects.get(pk=document.pk)))


def test_the_engines_are_those_people_began_with(project: Project, cast: dict[str, Person]) -> None:
    made = make_document(project, ["Eins.", "Zwei."], {"engine-a": ["One.", "Two."], "engine-b": ["1.", "2."]})
    assert engines(made) == ["engine-a"]
    desk.work_through(made, editor=cast["anna"], approver=cast["ben"])
    assert engines(made) == ["engine-a"]


def test_an_article_that_people_wrote_was_not_assisted(project: Project, cast: dict[str, Person]) -> None:
    made = make_document(project, ["Eins."], {})
    desk.save(segments_of(made)[0], cast["anna"], "One.")
    assert engines(made) == []
    desk.approve(segments_of(made)[0], cast["ben"])
    desk.work_through(made, editor=cast["anna"], approver=cast["ben"])
    assert "technical assistance" not in publish(document_id=made.pk, person=cast["dora"]).disclosure


def test_a_note_to_readers_begins_with_what_it_is_and_the_day() -> None:
    at = datetime(2026, 12, 1, 23, 30, tzinfo=UTC)
    assert note_line("correction", "43, not 34.", at, "en") == "Correction, 2 December 2026: 43, not 34."
    assert note_line("update", "Mehr.", at, "de") == "Aktualisierung, 2. Dezember 2026: Mehr."


def test_the_admin_refuses_a_line_that_cannot_be_filled_in(project: Project, client: Client) -> None:
    client.force_login(make_person("root", is_superuser=True, is_staff=True))
    address = reverse("admin:reviews_project_change", args=[project.pk])
    data = {
        "name": project.name,
        "memberships-TOTAL_FORMS": 0,
        "memberships-INITIAL_FORMS": 0,
        "deadline_lead": 120,
        "marking": project.marking,
    }
    refused = client.post(address, data | {"disclosure": "By {author}."})
    assert "{author} is not known. Write one of:" in refused.content.decode()
    assert client.post(address, data | {"disclosure": "From {source_language}."}).status_code == 302
    assert Project.objects.get().disclosure == "From {source_language}."
