"""A dismissal holds for what was found, in the scope it was made for, until somebody takes it back."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reviews.checks.policy import Policy, PolicyError, parse_policy
from reviews.checks.registry import get_check
from reviews.checks.runner import check_document, check_targets, reported, target_pairs
from reviews.editing.deciding import DecisionError
from reviews.editing.dismissing import DismissError, dismiss, dismiss_many, undo_dismissal
from reviews.editing.permissions import NotAllowedError
from reviews.editing.policies import set_policy
from reviews.importing.service import PreparedDocument, import_document
from reviews.metrics.runner import score_document
from reviews.models import AuditEvent, Dismissal, DismissalUndo, Document, Finding, Project, Scope, Segment
from reviews.models.audit import verify_stream
from reviews.publishing.gate import gate
from reviews.publishing.service import publish
from reviews.routing import service
from reviews.routing.service import assess
from reviews.values import AlignedText, CodedText, DocumentMeta, PlacedSource
from tests.factories import make_document, segments_of
from tests.publishing import desk
from tests.threads import at_once

pytestmark = pytest.mark.django_db

#: Two false friends in the first text, one of them in the second as well, and a critical number in the third.
SOURCES = ["Das Handy ist eventuell kaputt.", "Sein Handy war neu.", "Es kamen 7 Hunde."]
ENGLISH = ["The handy is eventually broken.", "His handy was new.", "9 dogs came."]


@pytest.fixture
def document(project):
    made = make_document(project, SOURCES, {"engine-a": ENGLISH})
    check_targets(made.pk)
    return made


def entries(document):
    """What the checks say of each text, in article order, after they ran on what holds now."""
    check_targets(document.pk)
    document = Document.objects.select_related("project").get(pk=document.pk)
    pairs = target_pairs(document)
    found = reported(document, pairs.values())
    return [found[pairs[segment.pk].key] for segment in segments_of(document) if segment.pk in pairs]


def open_words(document):
    """Per text the German words of its open findings."""
    document = Document.objects.select_related("project").get(pk=document.pk)
    pairs = target_pairs(document)
    texts = [pairs[segment.pk].pair.source.text for segment in segments_of(document)]
    return [
        sorted(text[slice(*entry.finding.source_spans[0])] for entry in of_text if entry.open)
        for text, of_text in zip(texts, entries(document), strict=True)
    ]


def finding(document, place, word):
    text = SOURCES[place]
    for entry in entries(document)[place]:
        if text[slice(*entry.finding.source_spans[0])] == word:
            return entry.finding
    raise AssertionError(f"nothing is found at {word!r}")


def silence(document, place, word, person, **options):
    segment = segments_of(document)[place]
    outcome = dismiss(segment_id=segment.pk, finding_id=finding(document, place, word).pk, person=person, **options)
    return outcome.dismissals[0]


def import_again(project, sources, english):
    prepared = PreparedDocument(
        external_id="nx-1",
        meta=DocumentMeta(),
        segments=tuple(PlacedSource(CodedText(text), "body", i, 0) for i, text in enumerate(sources)),
        hypotheses={"engine-a": tuple(AlignedText(i, 1, CodedText(text)) for i, text in enumerate(english))},
        reader="html",
        raw="\n".join(sources).encode(),
        raw_name="source.html",
    )
    document = import_document(project, prepared, None).document
    assert document is not None
    return document


# --- scopes ------------------------------------------------------------------------------------------


def test_it_silences_that_finding_and_no_other(document, cast):
    silence(document, 0, "eventuell", cast["anna"])
    assert open_words(document) == [["Handy"], ["Handy"], ["7"]]


def test_it_says_who_why_and_what(document, cast):
    row = silence(document, 0, "eventuell", cast["anna"], reason=" The pun is meant. ")
    assert (row.person, row.reason, row.scope) == (cast["anna"], "The pun is meant.", "segment")
    assert row.words == [["eventuell"], ["eventually"]]
    event = AuditEvent.objects.get(action="finding.dismissed")
    assert json.loads(event.body)["data"]["reason"] == "The pun is meant."
    assert json.loads(event.body)["data"]["dismissals"][0]["dismissal"] == row.pk
    assert verify_stream(f"document:{document.pk}") == []


@pytest.mark.parametrize(("scope", "elsewhere"), [(Scope.DOCUMENT, ["Handy"]), (Scope.PROJECT, [])])
def test_the_same_words_are_silenced_as_far_as_the_scope_reaches(project, cast, scope, elsewhere):
    sources = ["Sein Handy war neu.", "Ihr Handy war alt."]
    english = ["His handy was new.", "Her handy was old."]
    here, there = (make_document(project, sources, {"engine-a": english}) for _ in range(2))
    entry = entries(here)[0][0]
    outcome = dismiss(segment_id=segments_of(here)[0].pk, finding_id=entry.finding.pk, person=cast["anna"], scope=scope)
    assert open_words(here) == [[], []]
    assert open_words(there) == [elsewhere, elsewhere]
    assert outcome.segments == tuple(segment.pk for segment in segments_of(here))


def test_what_marks_no_words_is_dismissed_for_its_text_only(project, cast):
    document = make_document(project, ["Es regnete in Kiel und in Lübeck."], {"engine-a": [""]})
    (entry,) = entries(document)[0]
    assert entry.finding.check_name == "length.empty_target"
    Finding.objects.filter(pk=entry.finding.pk).update(source_spans=[], target_spans=[])
    with pytest.raises(DismissError, match="for this text only"):
        dismiss(
            segment_id=segments_of(document)[0].pk,
            finding_id=entry.finding.pk,
            person=cast["dora"],
            scope=Scope.PROJECT,
            reason="Left out.",
        )


def test_many_are_dismissed_at_once_if_they_were_seen(document, cast):
    seen = {finding(document, 0, "Handy").pk, finding(document, 1, "Handy").pk, finding(document, 2, "7").pk, 10**9}
    outcome = dismiss_many(document_id=document.pk, seen=seen, person=cast["anna"], reason="House style.")
    assert open_words(document) == [["eventuell"], [], ["7"]]
    assert len(outcome.dismissals) == 2
    assert [(r.segment, "desk head" in r.reason) for r in outcome.refusals] == [(segments_of(document)[2].pk, True)]
    assert AuditEvent.objects.filter(action="finding.dismissed").count() == 1


# --- how long it holds ---------------------------------------------------------------------------------


def test_it_survives_a_changed_text_that_comes_back(document, cast):
    segment = segments_of(document)[0]
    silence(document, 0, "eventuell", cast["anna"])
    desk.save(segment, cast["anna"], "A handy is eventually broken.")
    assert open_words(document)[0] == ["Handy", "eventuell"], "another text, another finding"
    desk.save(segment, cast["anna"], ENGLISH[0])
    assert open_words(document)[0] == ["Handy"]


def test_it_survives_an_import_that_changes_another_sentence_and_the_order(project, cast):
    document = import_again(project, SOURCES[:2], ENGLISH[:2])
    silence(document, 0, "eventuell", cast["anna"])
    same = import_again(project, SOURCES[:2], ENGLISH[:2])
    assert open_words(same)[0] == ["Handy"]
    import_again(
        project, ["Ganz neu.", "Sein Auto war neu.", SOURCES[0]], ["Brand new.", "His car was new.", ENGLISH[0]]
    )
    assert open_words(document) == [[], [], ["Handy"]]


def test_a_changed_source_brings_it_back(project, cast):
    document = import_again(project, SOURCES[:2], ENGLISH[:2])
    silence(document, 0, "eventuell", cast["anna"])
    import_again(project, ["Das Handy ist eventuell schon kaputt.", SOURCES[1]], ENGLISH[:2])
    assert [e.open for e in entries(document)[0]] == [True, True]


def test_it_survives_a_new_version_of_the_check_that_marks_a_little_more(document, cast, monkeypatch):
    silence(document, 0, "eventuell", cast["anna"])
    check = type(get_check("glossary.false_friends"))
    original = check.run

    def wider(self, text):
        return [
            type(value)(
                value.severity,
                value.category,
                value.message,
                tuple((start, end + 1) for start, end in value.source_spans),
                tuple((start, end + 1) for start, end in value.target_spans),
            )
            for value in original(self, text)
        ]

    monkeypatch.setattr(check, "version", check.version + 1)
    monkeypatch.setattr(check, "run", wider)
    assert open_words(document)[0] == ["Handy "]
    assert {row.check_version for row in Finding.objects.filter(check_name=check.id)} == {
        check.version - 1,
        check.version,
    }


def test_another_context_brings_it_back(project, cast):
    texts = ["Der Minister sei krank gewesen."], {"engine-a": ["The minister was ill."]}
    plain = make_document(project, *texts)
    (entry,) = entries(plain)[0]
    assert entry.finding.check_name == "speech.reported"
    dismiss(segment_id=segments_of(plain)[0].pk, finding_id=entry.finding.pk, person=cast["dora"], reason="Known.")
    assert [e.open for e in entries(plain)[0]] == [False]
    caption = make_document(project, *texts, kinds=["caption"])
    assert [e.open for e in entries(caption)[0]] == [True]


def test_a_taken_back_one_is_open_again_and_both_stay_on_record(document, cast):
    row = silence(document, 0, "eventuell", cast["anna"], reason="Meant.")
    undo_dismissal(dismissal_id=row.pk, person=cast["ben"], reason="Not meant.")
    assert open_words(document)[0] == ["Handy", "eventuell"]
    again = silence(document, 0, "eventuell", cast["ben"])
    assert (again.number, again.key) == (2, row.key)
    undo = DismissalUndo.objects.get()
    assert (undo.dismissal, undo.person, undo.reason) == (row, cast["ben"], "Not meant.")
    assert [e.action for e in AuditEvent.objects.filter(action__startswith="finding").order_by("number")] == [
        "finding.dismissed",
        "finding.reopened",
        "finding.dismissed",
    ]
    assert undo_dismissal(dismissal_id=row.pk, person=cast["anna"]).dismissals == (again,)
    assert undo_dismissal(dismissal_id=row.pk, person=cast["anna"]).dismissals == ()


# --- who may -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["rolf", "carla"])
def test_only_editors_and_up_dismiss_and_bring_back(document, cast, name):
    row = silence(document, 0, "Handy", cast["anna"])
    with pytest.raises(NotAllowedError, match="dismiss findings"):
        silence(document, 0, "eventuell", cast[name])
    with pytest.raises(NotAllowedError):
        dismiss_many(document_id=document.pk, seen={1}, person=cast[name])
    with pytest.raises(NotAllowedError, match="bring findings back"):
        undo_dismissal(dismissal_id=row.pk, person=cast[name])


def test_what_blocks_publishing_is_a_desk_heads_to_dismiss_with_a_reason(document, cast):
    with pytest.raises(DismissError, match="desk head"):
        silence(document, 2, "7", cast["ben"], reason="Two puppies.")
    with pytest.raises(DismissError, match="Say why"):
        silence(document, 2, "7", cast["dora"])
    row = silence(document, 2, "7", cast["dora"], reason="Two puppies.")
    assert row.lets_publish
    assert open_words(document)[2] == []


def test_a_finding_of_another_text_cannot_be_dismissed_here(document, cast):
    with pytest.raises(DismissError, match="changed meanwhile"):
        dismiss(
            segment_id=segments_of(document)[1].pk, finding_id=finding(document, 0, "Handy").pk, person=cast["anna"]
        )


def test_a_finding_of_a_text_that_moved_on_is_not_dismissed(document, cast):
    before = finding(document, 1, "Handy")
    desk.save(segments_of(document)[1], cast["ben"], "His phone was new.")
    with pytest.raises(DismissError, match="changed meanwhile"):
        dismiss(segment_id=segments_of(document)[1].pk, finding_id=before.pk, person=cast["anna"])
    assert not Dismissal.objects.exists()


# --- the gate, approval and risk ------------------------------------------------------------------------


def test_a_desk_heads_dismissal_opens_the_gate_and_stands_in_the_record(document, cast):
    desk.work_through(document, editor=cast["anna"], approver=cast["ben"])
    assert [item.code for item in gate(document)] == ["critical_finding"]
    row = silence(document, 2, "7", cast["dora"], reason="Two puppies.")
    document.refresh_from_db()
    assert gate(document) == []
    body = json.loads(publish(document_id=document.pk, person=cast["dora"]).body)
    (kept,) = body["dismissed"]
    assert (kept["dismissal"], kept["reason"], kept["by"]) == (row.pk, "Two puppies.", str(cast["dora"].public_id))
    assert body["waived"] == []


def test_an_editors_dismissal_does_not_open_the_gate_once_the_check_blocks_publishing(document, cast):
    desk.work_through(document, editor=cast["anna"], approver=cast["ben"])
    silence(document, 1, "Handy", cast["anna"], reason="A pun.")
    policy = Policy(checks={"glossary.false_friends": "publishing", "numbers.value": "inform"})
    set_policy(project_id=document.project_id, person=cast["dora"], policy=policy, seen=Policy())
    document = Document.objects.select_related("project").get(pk=document.pk)
    assert [(item.code, item.position) for item in gate(document)] == [
        ("blocking_finding", 1),
        ("blocking_finding", 1),
        ("blocking_finding", 2),
    ]


def test_what_blocks_approval_is_answered_first(document, cast):
    policy = Policy(checks={"glossary.false_friends": "approval"})
    set_policy(project_id=document.project_id, person=cast["dora"], policy=policy, seen=Policy())
    segment = segments_of(document)[1]
    desk.save(segment, cast["anna"], "Its handy was new.")
    with pytest.raises(DecisionError, match="checks have not run"):
        desk.approve(segment, cast["ben"])
    check_targets(document.pk)
    with pytest.raises(DecisionError, match=r"does not mean “handy”.* dismiss the finding"):
        desk.approve(segment, cast["ben"])
    silence(document, 1, "Handy", cast["anna"], reason="A pun.")
    assert desk.approve(segment, cast["ben"]).kind == "approved"


def test_a_muted_check_says_nothing_anywhere(document, cast):
    desk.work_through(document, editor=cast["anna"], approver=cast["ben"])
    set_policy(
        project_id=document.project_id,
        person=cast["dora"],
        policy=Policy(checks={"numbers.value": "off"}),
        seen=Policy(),
    )
    assert open_words(document) == [["Handy", "eventuell"], ["Handy"], []]
    assert gate(Document.objects.select_related("project").get(pk=document.pk)) == []


def test_a_dismissed_finding_is_no_risk(document, cast):
    assess(document.pk)
    before = segments_of(document)[2]
    assert "number changed" in before.risk_reasons
    silence(document, 2, "7", cast["dora"], reason="Two puppies.")
    assess(document.pk)
    after = segments_of(document)[2]
    assert "number changed" not in after.risk_reasons
    assert after.risk_score < before.risk_score


def test_reading_them_takes_one_query_however_many_there_are(document, cast):
    def queries():
        now = Document.objects.select_related("project").get(pk=document.pk)
        pairs = target_pairs(now)
        with CaptureQueriesContext(connection) as captured:
            reported(now, pairs.values())
        return len(captured)

    none = queries()
    for place, word in ((0, "Handy"), (0, "eventuell"), (1, "Handy")):
        silence(document, place, word, cast["anna"], scope=Scope.PROJECT)
    assert queries() == none == 3


# --- the policy ------------------------------------------------------------------------------------------


def test_a_policy_is_a_desk_heads_to_set_and_stands_in_the_record(project, cast):
    policy = Policy(checks={"numbers.value": "inform"})
    with pytest.raises(NotAllowedError):
        set_policy(project_id=project.pk, person=cast["ben"], policy=policy, seen=Policy())
    assert set_policy(project_id=project.pk, person=cast["dora"], policy=policy, seen=Policy())
    assert not set_policy(project_id=project.pk, person=cast["dora"], policy=policy, seen=policy)
    data = json.loads(AuditEvent.objects.get(stream=f"project:{project.pk}").body)["data"]
    assert data == {"before": {}, "after": {"checks": {"numbers.value": "inform"}}}
    assert parse_policy(Project.objects.get().check_policy) == policy


def test_a_policy_is_not_set_over_another_or_for_a_check_there_is_not(project, cast):
    first = Policy(checks={"numbers.value": "inform"})
    set_policy(project_id=project.pk, person=cast["dora"], policy=first, seen=Policy())
    with pytest.raises(PolicyError, match="Somebody else"):
        set_policy(project_id=project.pk, person=cast["dora"], policy=Policy(), seen=Policy())
    with pytest.raises(PolicyError, match=r"no check numbers\.gone"):
        set_policy(
            project_id=project.pk, person=cast["dora"], policy=Policy(checks={"numbers.gone": "off"}), seen=first
        )


# --- at once -----------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("scope", list(Scope))
def test_of_six_dismissals_of_one_finding_one_is_written_and_all_are_content(document, cast, scope):
    segment, found = segments_of(document)[0], finding(document, 0, "eventuell")
    people = [cast["anna"], cast["ben"], cast["dora"]]
    outcomes = at_once(
        lambda i: dismiss(segment_id=segment.pk, finding_id=found.pk, person=people[i % 3], scope=scope), 6
    )
    assert {outcome.dismissals[0].pk for outcome in outcomes} == {Dismissal.objects.get().pk}
    assert AuditEvent.objects.filter(action="finding.dismissed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_words_dismissed_for_the_project_from_two_articles_at_once_are_one_row(project, cast):
    made = [make_document(project, SOURCES[1:2], {"engine-a": ENGLISH[1:2]}) for _ in range(2)]
    found = [entries(document)[0][0].finding.pk for document in made]
    segments = [segments_of(document)[0].pk for document in made]
    at_once(
        lambda i: dismiss(
            segment_id=segments[i % 2], finding_id=found[i % 2], person=cast["anna"], scope=Scope.PROJECT
        ),
        6,
    )
    assert Dismissal.objects.get().number == 1


@pytest.mark.django_db(transaction=True)
def test_a_dismissal_and_a_save_at_once_never_silence_the_unseen_text(document, cast):
    segment, found = segments_of(document)[1], finding(document, 1, "Handy")

    def act(number):
        if number:
            desk.save(segment, cast["ben"], "Their handy was new.")
            return None
        try:
            return dismiss(segment_id=segment.pk, finding_id=found.pk, person=cast["anna"])
        except DismissError:
            return None

    at_once(act, 2)
    assert open_words(document)[1] == ["Handy"]
    assert {row.target_hash for row in Dismissal.objects.all()} <= {found.target_hash}


@pytest.mark.django_db(transaction=True)
def test_undone_by_two_at_once_it_is_undone_once(document, cast):
    row = silence(document, 0, "eventuell", cast["anna"])
    at_once(lambda i: undo_dismissal(dismissal_id=row.pk, person=cast["anna" if i % 2 else "ben"]), 4)
    assert DismissalUndo.objects.count() == 1
    assert verify_stream(f"document:{document.pk}") == []


# --- risk --------------------------------------------------------------------------------------------


def weights(document):
    """What is kept of each text's risk, in article order."""
    return [
        (segment.risk_score, segment.risk_rank, segment.risk_reasons, segment.risk_ranked, segment.open_findings)
        for segment in segments_of(document)
    ]


@pytest.fixture
def weighed(project):
    """An article of two engines, weighed; its first two texts have a false friend in common."""
    made = make_document(project, SOURCES, {"engine-a": ENGLISH, "engine-b": ["One.", "Two.", "Three dogs."]})
    score_document(made.pk)
    check_document(made.pk)
    assess(made.pk)
    return made


@pytest.mark.parametrize("scope", [Scope.SEGMENT, Scope.DOCUMENT])
def test_risk_follows_a_dismissal_and_its_undoing_at_once(weighed, cast, scope):
    before = weights(weighed)
    row = silence(weighed, 1, "Handy", cast["anna"], scope=scope)
    after = weights(weighed)
    assert ("glossary" in after[0][4], "glossary" in after[1][4]) == (True, False)
    assert after[1][0] < before[1][0]
    assert (after[0] == before[0]) is (scope == Scope.SEGMENT)
    assess(weighed.pk)
    assert weights(weighed) == after
    undo_dismissal(dismissal_id=row.pk, person=cast["anna"])
    assert weights(weighed) == before


def test_risk_follows_when_findings_are_dismissed_together(weighed, cast):
    seen = {entry.finding.pk for of_text in entries(weighed) for entry in of_text}
    dismiss_many(document_id=weighed.pk, seen=seen, person=cast["anna"])
    after = weights(weighed)
    assert [names for *_, names in after[:2]] == [[], []]
    assess(weighed.pk)
    assert weights(weighed) == after


def test_an_article_that_was_not_weighed_yet_is_left_to_the_run_that_will(document, cast):
    silence(document, 1, "Handy", cast["anna"])
    assert {place for _, place, *_ in weights(document)} == {None}


def test_a_dismissal_while_an_article_is_weighed_is_not_lost(weighed, cast, monkeypatch):
    weigh = service._weighed

    def meanwhile(document, leaders=None):
        found = weigh(document, leaders)
        if leaders is None and not Dismissal.objects.exists():
            silence(weighed, 1, "Handy", cast["anna"])
        return found

    Segment.objects.filter(document=weighed).update(risk_score=0.0)
    monkeypatch.setattr(service, "_weighed", meanwhile)
    assess(weighed.pk)
    assert "glossary" not in weights(weighed)[1][4]
    monkeypatch.undo()
    after = weights(weighed)
    assess(weighed.pk)
    assert weights(weighed) == after


def test_what_a_dismissal_costs_does_not_grow_with_the_article(project, cast):
    def queries(length):
        sources = [f"Das Handy ist neu, zum {length}. Mal.", *(f"Hier steht Satz {n}." for n in range(length))]
        english = [f"The handy is new for the {length}th time.", *(f"Here stands sentence {n}." for n in range(length))]
        made = make_document(project, sources, {"engine-a": english})
        score_document(made.pk)
        check_document(made.pk)
        assess(made.pk)
        (found,) = entries(made)[0]
        with CaptureQueriesContext(connection) as seen:
            dismiss(segment_id=segments_of(made)[0].pk, finding_id=found.finding.pk, person=cast["anna"])
        return len(seen)

    assert queries(40) == queries(4)
