"""Which text goes out: approved, frozen, or the working state that says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from reviews.importing.raw import raw_path
from reviews.models import CheckedPair, Document, Person, Project, Publication
from reviews.publishing import pace
from reviews.publishing.export.article import Article, ExportError, Piece
from reviews.publishing.handover import HandedOver, NotReadyError, State, hand_over
from reviews.publishing.service import publish
from tests.factories import make_cast, make_document, segments_of

from . import desk
from .newsroom import import_article

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _data_folder(settings: Settings, tmp_path: Path) -> None:
    settings.WORKBENCH_DATA = tmp_path


@pytest.fixture
def cast(project: Project) -> dict[str, Person]:
    return make_cast(project)


@pytest.fixture
def document(project: Project, cast: dict[str, Person]) -> Document:
    """An article whose gate is open."""
    made = make_document(
        project,
        ("Eins.", "Zwei.", "Drei."),
        {"engine-a": ("One.", ("Two and three.", 2), ""), "engine-b": ("Uno.", "Dos.", "Tres.")},
        {"A": ("First.", "Second.", "Third.")},
        section="Security",
        published_at=datetime(2026, 4, 5, 9, 5, tzinfo=UTC),
    )
    return desk.work_through(made, editor=cast["anna"], approver=cast["ben"])


def handed(document: Document, state: State = "approved", *, with_page: bool = False) -> HandedOver:
    return hand_over(Document.objects.get(pk=document.pk), state=state, with_page=with_page)


def targets(article: Article) -> list[str | None]:
    return [piece.target.text if piece.target else None for piece in article.pieces]


def texts(piece: Piece) -> tuple[dict[str, str], dict[str, str]]:
    return (
        {name: content.text for name, content in piece.hypotheses.items()},
        {name: content.text for name, content in piece.references.items()},
    )


def test_an_approved_article_goes_out_with_its_disclosure(document: Document) -> None:
    outcome = handed(document)
    article = outcome.article
    assert outcome.publication is None
    assert article.reviewed
    assert article.closing_line.startswith("This article was originally published in German.")
    assert targets(article) == ["One.", "Two and three.", None]
    assert [piece.covered_by for piece in article.pieces] == [None, None, "2"]
    assert {piece.state for piece in article.pieces} == {"approved"}
    assert (article.meta.section, article.meta.published) == ("Security", datetime(2026, 4, 5, 9, 5, tzinfo=UTC))


def test_the_other_translations_go_with_it(document: Document) -> None:
    first, second, third = handed(document).article.pieces
    assert texts(first) == ({"engine-a": "One.", "engine-b": "Uno."}, {"A": "First."})
    assert texts(second) == ({"engine-a": "Two and three.", "engine-b": "Dos."}, {"A": "Second."})
    assert texts(third) == ({"engine-b": "Tres."}, {"A": "Third."})


def test_an_article_with_something_missing_does_not_go_out_as_approved(
    document: Document, cast: dict[str, Person]
) -> None:
    desk.save(segments_of(document)[0], cast["anna"], "First of all.")
    with pytest.raises(NotReadyError, match="It is not approved as it stands") as caught:
        handed(document)
    assert [(item.code, item.position) for item in caught.value.missing] == [("reviewed", 1)]


def test_as_a_working_copy_it_goes_out_with_the_texts_of_now_and_says_so(
    document: Document, cast: dict[str, Person]
) -> None:
    desk.save(segments_of(document)[0], cast["anna"], "First of all.")
    article = handed(document, "any").article
    assert targets(article) == ["First of all.", "Two and three.", None]
    assert not article.reviewed
    assert article.closing_line == "Working copy, not reviewed for publication: 2 of 3 segments are approved."
    assert [piece.state for piece in article.pieces] == ["reviewed", "approved", "approved"]


def test_a_working_copy_of_an_untouched_article_has_the_chosen_machine_s_texts(project: Project) -> None:
    document = make_document(project, ("Eins.", "Zwei."), {"engine-a": ("One.",), "engine-b": ("Uno.", "Dos.")})
    assert targets(handed(document, "any").article) == ["One.", None]


def test_a_published_article_hands_over_the_frozen_text(document: Document, cast: dict[str, Person]) -> None:
    before = handed(document).article
    publication = publish(document_id=document.pk, person=cast["dora"])
    outcome = handed(document)
    assert outcome.publication == publication.number == 1
    assert outcome.article.first_published == outcome.article.published is not None
    assert replace(outcome.article, first_published=None, published=None) == before


def test_what_the_checks_learn_later_does_not_take_back_a_publication(
    document: Document, cast: dict[str, Person]
) -> None:
    CheckedPair.objects.update(checks="0" * 64)
    with pytest.raises(NotReadyError):
        handed(document)
    CheckedPair.objects.all().delete()
    desk.work_through(document, editor=cast["anna"], approver=cast["ben"])
    publish(document_id=document.pk, person=cast["dora"])
    CheckedPair.objects.all().delete()
    assert handed(document).publication == 1


def test_the_disclosure_of_a_publication_is_the_one_it_was_released_with(
    document: Document, cast: dict[str, Person], project: Project
) -> None:
    publish(document_id=document.pk, person=cast["dora"])
    project.disclosure = "Changed later."
    project.save()
    assert handed(document).article.closing_line.startswith("This article was originally published in German.")


def test_a_change_after_publishing_holds_the_article_back_until_it_is_approved(
    document: Document, cast: dict[str, Person]
) -> None:
    publish(document_id=document.pk, person=cast["dora"])
    desk.save(segments_of(document)[0], cast["anna"], "First of all.")
    with pytest.raises(NotReadyError, match="It changed after it was published as number 1"):
        handed(document)
    desk.work_through(document, editor=cast["anna"], approver=cast["ben"])
    outcome = handed(document)
    assert (targets(outcome.article)[0], outcome.publication) == ("First of all.", None)


def test_a_publication_that_does_not_match_its_hash_goes_nowhere(document: Document, cast: dict[str, Person]) -> None:
    publication = publish(document_id=document.pk, person=cast["dora"])
    loaded = Document.objects.select_related("latest_publication").get(pk=document.pk)
    assert loaded.latest_publication == publication
    loaded.latest_publication.body = publication.body.replace("One.", "Won.")
    with pytest.raises(ExportError, match="Publication number 1 does not match its hash"):
        hand_over(loaded, state="approved", with_page=False)


def test_segments_without_an_id_are_called_by_their_place_and_no_id_stands_twice(
    document: Document, cast: dict[str, Person]
) -> None:
    first, second, third = segments_of(document)
    for segment, external_id in ((first, ""), (second, "1"), (third, "")):
        segment.external_id = external_id
        segment.save(update_fields=["external_id"])
    ids = [piece.id for piece in handed(document).article.pieces]
    assert ids == [f"segment-{first.pk}", "1", "3"]
    assert [piece.covered_by for piece in handed(document).article.pieces] == [None, None, "1"]
    publish(document_id=document.pk, person=cast["dora"])
    assert [piece.id for piece in handed(document).article.pieces] == ids


def test_the_page_comes_along_where_there_is_one_and_it_is_asked_for(project: Project, document: Document) -> None:
    assert handed(document, "any", with_page=True).article.page is None
    imported = import_article(project, "open-source-verwaltung", "engine-a.en.html")
    assert handed(imported, "any").article.page is None
    page = handed(imported, "any", with_page=True).article.page
    assert page is not None
    assert page.startswith(b"<!DOCTYPE html>")


def test_a_page_that_is_gone_is_named_with_the_remedy(project: Project) -> None:
    imported = import_article(project, "open-source-verwaltung", "engine-a.en.html")
    assert imported.current_source is not None
    raw_path(imported.current_source.raw_hash).unlink()
    with pytest.raises(ExportError, match=r"is missing in .* import the source again"):
        handed(imported, "any", with_page=True)


@pytest.mark.parametrize("state", ["approved", "any"])
def test_an_article_without_a_source_does_not_go_out(project: Project, state: State) -> None:
    empty = Document.objects.create(project=project, external_id="empty")
    with pytest.raises(ExportError):
        handed(empty, state)


def test_it_asks_the_database_as_often_for_a_long_article_as_for_a_short_one(
    project: Project, cast: dict[str, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: dict[int, list[int]] = {}
    for length in (2, 12):
        lines = [f"Line {i}." for i in range(length)]
        made = make_document(
            project, [f"Satz {i}." for i in range(length)], {"engine-a": lines, "engine-b": lines}, {"A": lines}
        )
        monkeypatch.setattr(pace, "FEWEST_TEXTS", length + 1)
        desk.work_through(made, editor=cast["anna"], approver=cast["ben"])
        for published in (False, True):
            if published:
                publish(document_id=made.pk, person=cast["dora"])
            with CaptureQueriesContext(connection) as queries:
                assert len(handed(made).article.pieces) == length
            counted.setdefault(int(published), []).append(len(queries))
    assert Publication.objects.count() == 2
    for short, long in counted.values():
        assert short == long
