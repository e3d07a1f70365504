"""Segments are proposed by their words on either database; what is listed follows every save."""

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from reviews import pipeline
from reviews.editing.deciding import Seen
from reviews.editing.leaving_out import leave_out
from reviews.editing.saving import save_revision
from reviews.models import DecisionKind, Document, Project, SearchText
from reviews.models import search as index
from reviews.models.search_words import read_search
from reviews.models.states import refresh
from reviews.values import run_hash
from tests.factories import make_document, make_project, segments_of

HOSTILE = [
    "'; DROP TABLE reviews_segment; --",
    '" OR 1=1 "',
    "a* NEAR(b c) AND NOT source:d ^e -f",
    "it's <-> ! & | (x):*",
    "\x00nul\x00",
    "%_x\\ \\' ''",
    "p1 scope",
    "1e5 0x1f 3.14 -7 www.example.org a@b.de /usr/bin <b>x</b>",
    "ﬀ ŉ ß İ Ǆ \U0001d400 漢字 עברית",
    "x" * 10_000,
]


@pytest.fixture
def document(project):
    """Listed as an import leaves it: a headline, a text, and two sentences of which the machine made one."""
    document = make_document(
        project,
        ["Neue Lücke", "Ein Update für 1.450 Geräte.", "Es regnet.", "Es schneit."],
        {"engine-a": ["New gap", "An update for 1,450 devices.", ("It rains and snows.", 2), ""]},
    )
    pipeline.list_words(document.pk)
    return document


def found(project, typed, side="both", *, before=None, at_most=100):
    return index.proposed(project, read_search(typed), side, before=before, at_most=at_most)


def test_words_are_found_on_the_side_that_is_asked(project, document):
    headline, update, rain, _snow = (segment.pk for segment in segments_of(document))
    assert found(project, "lücke", "source") == [headline]
    assert found(project, "lücke", "target") == []
    assert found(project, "UPDATE", "both") == [update]
    assert found(project, "updat geräte") == [update]
    assert found(project, "update devices geräte") == []
    assert found(project, '"it rains and"', "target") == [rain]
    assert found(project, '"rains it"') == []


def test_the_newest_come_first_page_by_page(project):
    ids = []
    for _ in range(3):
        document = make_document(project, ["Satz eins.", "Satz zwei."])
        pipeline.list_words(document.pk)
        ids += [segment.pk for segment in segments_of(document)]
    first = found(project, "satz", at_most=4)
    assert first == sorted(ids, reverse=True)[:4]
    assert found(project, "satz", before=first[-1], at_most=4) == sorted(ids)[:2][::-1]


def test_many_matches_are_walked_in_the_same_order(project, document, monkeypatch):
    """PostgreSQL sorts few matches and walks many: what comes of it must not differ."""
    sorted_ids = found(project, "es")
    monkeypatch.setattr(index, "MANY", 0)
    assert found(project, "es") == sorted_ids == sorted(sorted_ids, reverse=True)
    assert len(sorted_ids) == 2


def test_another_project_is_not_searched(project, document):
    other = make_project("other")
    pipeline.list_words(make_document(other, ["Neue Lücke"]).pk)
    assert len(found(project, "lücke")) == len(found(other, "lücke")) == 1


def test_a_save_is_found_at_once_and_the_text_before_it_no_more(project, cast, document):
    _, update, rain, snow = segments_of(document)
    save_revision(segment_id=update.pk, person=cast["anna"], typed="A patch for 1,450 devices.", base=0)
    assert (found(project, "patch"), found(project, "devices")) == ([update.pk], [update.pk])
    assert found(project, "update", "target") == []
    assert found(project, "snows") == [rain.pk]
    seen = Seen(0, run_hash([each.sources.get().content_hash for each in (rain, snow)]))
    leave_out(segment_id=rain.pk, person=cast["anna"], kind=DecisionKind.OMITTED, seen=seen, reason="Only local.")
    assert found(project, "snows") == []


def test_a_save_that_is_taken_back_is_not_found(project, cast, document):
    segment = segments_of(document)[0]
    with transaction.atomic():
        save_revision(segment_id=segment.pk, person=cast["anna"], typed="A hole.", base=0)
        assert found(project, "hole") == [segment.pk]
        transaction.set_rollback(True)
    assert found(project, "hole") == []


def test_a_segment_that_left_the_article_is_not_found(project, document):
    headline = segments_of(document)[0]
    document.current_source.placements.filter(segment=headline).delete()
    with transaction.atomic():
        refresh(document)
    assert found(project, "lücke") == []


@pytest.mark.parametrize("typed", HOSTILE)
def test_what_is_typed_is_never_an_operator_and_finds_itself(project, typed):
    text = "".join(c for c in typed if c != "\x00")
    document = make_document(project, [text or "x", "Nothing like it"])
    pipeline.list_words(document.pk)
    own = segments_of(document)[0].pk
    assert found(project, typed) == [own]
    assert found(project, f'"{typed}"'.replace("'", " ")) == [own]
    assert SearchText.objects.count() == 2


def test_a_rebuild_mends_what_is_wrong_and_says_how_much_that_was(project, document, capsys):
    headline = segments_of(document)[0]
    SearchText.objects.filter(pk=headline.pk).update(source="falsch")
    SearchText.objects.filter(target__startswith="it").delete()
    assert found(project, "falsch") == [headline.pk]
    call_command("rebuild_search", "--project", project.slug, "--json")
    assert '"texts": 2' in capsys.readouterr().out
    assert found(project, "lücke") == [headline.pk]
    assert found(project, "falsch") == []
    call_command("rebuild_search", "--json")
    assert '"texts": 0' in capsys.readouterr().out


def test_articles_from_before_there_was_a_search_are_taken_up_by_a_sweep(project):
    document = make_document(project, ["Alter Satz."])
    assert list(index.unsearchable(project)) == [document]
    pipeline.sweep()
    assert found(project, "alter") == [segments_of(document)[0].pk]
    assert not index.unsearchable(project).exists()


def test_the_index_is_made_again_where_it_is_lost(project, document):
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TABLE reviews_searchwords")
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE reviews_searchtext DROP COLUMN source_words")
    index.install(connection)
    assert found(project, "lücke") == [segments_of(document)[0].pk]


def test_an_import_is_found_once_it_is_scored(project):
    document = Document.objects.get(pk=make_document(project, ["Frischer Satz."]).pk)
    with transaction.atomic():
        run = pipeline.after_import(document, publish=False)
    assert index.unsearchable(project).count() == 1
    pipeline.work_through(run.pk)
    assert found(Project.objects.get(), "frisch") == [segments_of(document)[0].pk]
    assert not index.unsearchable(project).exists()
