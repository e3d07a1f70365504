"""The checks' runner: every pair of texts once, and what was not checked is never called clean."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from reviews.checks import registry, runner
from reviews.checks.runner import (
    PlacedPair,
    check_document,
    check_pairs,
    check_targets,
    findings_for,
    pairs_in,
    target_pairs,
)
from reviews.editing.saving import save_revision
from reviews.models import CheckedPair, Finding
from reviews.models.in_force import TextPair, cut, placements_of, target_runs, texts_in
from reviews.values import CodedText, FindingValue
from tests.factories import add_hypothesis, add_reference, make_cast, make_document, make_project, segments_of
from tests.threads import at_once

pytestmark = pytest.mark.django_db

SOURCES = ["Es kamen 120 Gäste.", "Der Zug hält in Kiel.", "Es bleibt bei 3 Grad."]
CLEAN = ["There were 120 guests.", "The train stops in Kiel.", "It stays at 3 degrees."]
WRONG = ["There were 210 guests.", "Der Zug hält in Kiel.", ""]


def keys(document):
    texts = texts_in(document, cut(document)[0])
    return {placed.pair.target.text: placed for placed in pairs_in(texts).all()}


def found(project, placed):
    return [finding.check_name for finding in findings_for(project, [placed])[placed.key]]


def pair(source="Es kamen 120 Gäste.", target="There were 210 guests.", kind="body"):
    texts = CodedText(source), CodedText(target)
    return PlacedPair(TextPair(*texts, *(text.content_hash for text in texts), kind))


def test_every_engines_texts_are_checked_and_the_findings_kept(project):
    document = make_document(project, SOURCES, {"engine-a": CLEAN, "engine-b": WRONG})
    checked = check_document(document.pk)
    assert (checked.pairs, checked.new, checked.findings) == (6, 6, 3)
    by_text = keys(document)
    assert [found(project, by_text[text]) for text in CLEAN] == [[], [], []]
    assert [found(project, by_text[text]) for text in WRONG] == [
        ["numbers.value"],
        ["untranslated.text"],
        ["length.empty_target"],
    ]
    finding = findings_for(project, [by_text[WRONG[0]]])[by_text[WRONG[0]].key][0]
    assert WRONG[0][slice(*finding.target_spans[0])] == "210"
    assert SOURCES[0][slice(*finding.source_spans[0])] == "120"


def test_references_and_human_texts_are_checked_too(project):
    document = make_document(project, SOURCES, {"engine-a": CLEAN})
    add_reference(document, "A", 0, "There were 130 guests.")
    segment = segments_of(document)[0]
    save_revision(segment_id=segment.pk, person=make_cast(project)["anna"], typed="There were 140 guests.", base=0)
    check_document(document.pk)
    by_text = keys(document)
    assert found(project, by_text["There were 130 guests."]) == ["numbers.value"]
    assert found(project, by_text["There were 140 guests."]) == ["numbers.value"]


def test_a_run_is_checked_against_all_its_sources(project):
    document = make_document(
        project, SOURCES, {"engine-a": [("There were 120 guests. The train stops.", 2), "", CLEAN[2]]}
    )
    check_document(document.pk)
    assert found(project, keys(document)["There were 120 guests. The train stops."]) == []
    alone = pair(SOURCES[0], "There were 120 guests. The train stops.")
    assert alone.key not in findings_for(project, [alone])


def test_a_machine_text_that_lost_a_segment_to_an_editor_is_checked_on_what_it_still_serves(project):
    """The engine rendered two sentences as one; an editor gives the second a text of its own."""
    document = make_document(project, SOURCES, {"engine-a": [("There were 120 guests, 3 left.", 2), "", CLEAN[2]]})
    check_document(document.pk)
    second = segments_of(document)[1]
    type(second).objects.filter(pk=second.pk).update(covered_by=None)
    target, run = next(iter(target_runs(placements_of(document))))
    placed = target_pairs(document)[run[0].segment_id]
    assert (len(run), placed.pair.target) == (1, target.content)
    assert findings_for(project, [placed]) == {}
    check_targets(document.pk)
    assert found(project, placed) == ["numbers.value"]


def test_only_what_would_be_published_is_checked_after_a_save(project):
    document = make_document(project, SOURCES, {"engine-a": CLEAN, "engine-b": WRONG})
    save_revision(
        segment_id=segments_of(document)[0].pk, person=make_cast(project)["anna"], typed="140 guests.", base=0
    )
    assert check_targets(document.pk).counts() == {"pairs": 3, "new": 3, "findings": 1}
    by_text = keys(document)
    assert found(project, by_text["140 guests."]) == ["numbers.value"]
    assert by_text[WRONG[1]].key not in findings_for(project, by_text.values())


def test_a_pair_nobody_checked_is_not_called_clean(project):
    document = make_document(project, SOURCES, {"engine-a": CLEAN})
    before = keys(document)[CLEAN[0]]
    assert findings_for(project, [before]) == {}
    check_document(document.pk)
    assert findings_for(project, [before]) == {before.key: []}


def test_a_second_run_checks_and_writes_nothing(project, monkeypatch):
    document = make_document(project, SOURCES, {"engine-a": WRONG})
    check_document(document.pk)
    before = list(Finding.objects.values()), list(CheckedPair.objects.values())
    monkeypatch.setattr(type(registry.CHECKS[0]), "run", lambda self, text: pytest.fail("checked again"))
    assert check_document(document.pk).new == 0
    assert (list(Finding.objects.values()), list(CheckedPair.objects.values())) == before


def test_equal_texts_are_checked_once_wherever_they_stand(project):
    for _ in range(2):
        make_document(project, [SOURCES[0]] * 3, {"engine-a": [WRONG[0]] * 3})
    pairs = [pair() for _ in range(4)]
    assert check_pairs(project, pairs).counts() == {"pairs": 1, "new": 1, "findings": 1}
    assert check_pairs(project, pairs).new == 0


def test_a_new_version_of_a_check_makes_everything_unchecked(project, monkeypatch):
    check_pairs(project, [pair()])
    placed = pair()
    check = type(registry.get_check("numbers.value"))
    monkeypatch.setattr(check, "version", check.version + 1)
    assert findings_for(project, [placed]) == {}
    check_pairs(project, [placed])
    assert [finding.check_version for finding in findings_for(project, [placed])[placed.key]] == [check.version]
    assert Finding.objects.count() == 2


def test_the_kind_of_a_block_is_part_of_what_was_read(project):
    """A slug may say its number as it likes; the same text as a headline may not."""
    slug = pair(kind="slug")
    check_pairs(project, [slug])
    assert found(project, slug) == []
    headline = pair(kind="headline")
    assert check_pairs(project, [headline]).counts() == {"pairs": 1, "new": 1, "findings": 1}
    assert (found(project, slug), found(project, headline)) == ([], ["numbers.value"])


def test_what_a_check_reads_of_the_article_is_part_of_what_was_read(project):
    """Who speaks stands in the sentence before; an edit there asks the question anew, one elsewhere does not."""
    sources = ["Die Chefin sprach zur Presse.", "Das Konto sei sicher.", "Der Rat tagt."]
    document = make_document(
        project, sources, {"engine-a": ["The head spoke.", "The account is safe.", "The council meets."]}
    )
    anna = make_cast(project)["anna"]
    first, second, third = segments_of(document)

    def severity():
        check_targets(document.pk)
        placed = target_pairs(document)[second.pk]
        return [finding.severity for finding in findings_for(project, [placed])[placed.key]], placed.key

    said, key = severity()
    assert said == ["minor"]
    save_revision(segment_id=third.pk, person=anna, typed="The council sits.", base=0)
    assert severity() == (said, key)
    save_revision(segment_id=first.pk, person=anna, typed="The head met reporters.", base=0)
    unattributed, new_key = severity()
    assert (unattributed, new_key != key) == (["major"], True)


def test_a_long_article_is_read_alike_by_stretches_and_as_a_whole(project):
    sources = ["Der Chef sprach.", *["Das Konto sei sicher."] * 9]
    document = make_document(project, sources, {"engine-a": ["The boss said so.", *["It is safe."] * 9]})
    for stretch in cut(document, 3):
        check_pairs(project, pairs_in(texts_in(document, stretch)).all())
    assert findings_for(project, target_pairs(document).values()).keys() == {
        placed.key for placed in target_pairs(document).values()
    }


def test_an_entire_article_and_its_stretches_hold_the_same_texts(project):
    """A second run of an engine, what it wrote without a source, a human text and a reference are all told alike."""
    document = make_document(project, SOURCES * 3, {"engine-a": CLEAN * 3, "engine-b": WRONG * 3})
    for number, text in ((1, "Old advertisement."), (2, "New advertisement.")):
        add_hypothesis(document, "engine-a", None, text, number=number)
    add_hypothesis(document, "engine-a", 0, "There were 120 visitors.", number=2)
    add_reference(document, "A", 4, "It stops in Kiel.")
    segment = segments_of(document)[7]
    save_revision(segment_id=segment.pk, person=make_cast(project)["anna"], typed="It halts in Kiel.", base=0)
    document.refresh_from_db()
    (entire,) = cut(document)
    in_one = pairs_in(texts_in(document, entire))
    by_stretches = [pairs_in(texts_in(document, stretch)) for stretch in cut(document, 4)]
    assert len(by_stretches) > 1
    for kind in ("hypotheses", "references", "targets"):
        assert getattr(in_one, kind) == {k: v for pairs in by_stretches for k, v in getattr(pairs, kind).items()}
    assert {text for placed in in_one.hypotheses.values() for text in placed.pair.unaligned} == {"New advertisement."}
    everything = texts_in(document, entire).all_hypotheses
    assert sorted(everything) == sorted(
        pk for stretch in cut(document, 4) for pk in texts_in(document, stretch).all_hypotheses
    )


@pytest.mark.parametrize("written", [False, True])
def test_an_article_is_read_and_checked_with_few_queries(project, written):
    document = make_document(project, SOURCES * 10, {"engine-a": CLEAN * 10, "engine-b": WRONG * 10})
    if written:
        anna = make_cast(project)["anna"]
        for segment in segments_of(document)[:5]:
            save_revision(segment_id=segment.pk, person=anna, typed="It is so.", base=0)
    with CaptureQueriesContext(connection) as queries:
        check_document(document.pk)
    statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    # The document, its placements, translations and references (and human texts), what was checked, and two inserts.
    assert len(statements) == 7 + written


def test_a_check_that_does_not_know_the_languages_is_not_run():
    project = make_project("pl", source_lang="pl", target_lang="cs")
    check_pairs(project, [pair()])
    assert found(project, pair()) == []


def test_a_message_that_quotes_a_long_text_is_shortened_and_kept(project, monkeypatch):
    check = type(registry.get_check("length.empty_target"))
    long = [FindingValue("major", "accuracy/omission", "x" * 700)]
    monkeypatch.setattr(check, "run", lambda self, text: long)
    check_pairs(project, [pair(target="There were 120 guests.")])
    assert Finding.objects.get().message == "x" * 499 + "…"


def test_projects_do_not_see_each_others_findings(project):
    check_pairs(make_project("other"), [pair()])
    assert findings_for(project, [pair()]) == {}


def test_a_run_that_breaks_off_leaves_no_half_checked_pair(project, monkeypatch):
    monkeypatch.setattr(runner, "CheckedPair", None)
    with pytest.raises(AttributeError):
        check_pairs(project, [pair()])
    assert not Finding.objects.exists()


def test_the_database_refuses_a_finding_written_twice(project):
    check_pairs(project, [pair()])
    row = Finding.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_several_workers_may_check_the_same_texts_at_once():
    project = make_project()
    pairs = [pair(target=f"There were {n} guests.") for n in range(200, 260)]
    at_once(lambda _: check_pairs(project, pairs), 4)
    assert (CheckedPair.objects.count(), Finding.objects.count()) == (60, 60)


def test_findings_cost_two_queries_whatever_the_article(project):
    for size in (1, 30):
        texts = [f"There were {n} guests." for n in range(size)]
        document = make_document(project, SOURCES[:1] * size, {"engine-a": texts})
        check_document(document.pk)
        wanted = list(keys(document).values())
        with CaptureQueriesContext(connection) as queries:
            assert len(findings_for(project, wanted)) == size
        assert len(queries) == 2


def test_superseded_texts_are_not_checked_again(project):
    document = make_document(project, SOURCES, {"engine-a": CLEAN})
    add_hypothesis(document, "engine-a", 0, "There were 120 visitors.", number=2)
    checked = check_document(document.pk)
    assert checked.pairs == 4  # three that hold, and the old one, which is still chosen as the start
