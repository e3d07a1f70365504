"""Errors are marked in what engines wrote: each change is a rating of its own, and counts once it is a judgement."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reviews.editing.marking import (
    MOST_MARKS,
    MarkingError,
    MarksMovedError,
    judgements_of,
    mark,
    markable_texts,
    rate,
    unmark,
)
from reviews.editing.permissions import NotAllowedError
from reviews.importing.scorefiles import mqm
from reviews.importing.scorefiles.base import Judgement, Mark
from reviews.metrics.service import Origin, ScoreFileError, take_ratings
from reviews.models import AuditEvent, Campaign, ErrorAnnotation, Hypothesis, Project, Protocol, Rating
from reviews.models.audit import verify_stream
from reviews.reports.human_scores import campaigns_of, mean_by_text, ratings_by_text, ratings_in_force
from reviews.reports.score_files import write_campaign
from reviews.values import normalise
from tests.factories import make_document, segments_of
from tests.threads import at_once

pytestmark = pytest.mark.django_db

#: A family of four is 7 code points and 11 units of UTF-16, a flag 2 and 4.
EMOJI = normalise("The \N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL}\u200d\N{BOY} cafe\u0301 \U0001f1e9\U0001f1ea opend.")


@pytest.fixture
def document(project):
    return make_document(
        project,
        ["Das Café öffnete.", "Es regnet.", "Es schneit."],
        {"engine-a": [EMOJI, "It rains.", "It snows."], "engine-b": ["It opened.", ("It rains and snows.", 2), ""]},
        external_id="nx-1",
    )


@pytest.fixture
def text(document):
    return Hypothesis.objects.get(document=document, text=EMOJI)


def spelling(start, end, **columns):
    return Mark(
        **({"side": "target", "span": (start, end), "category": "fluency/spelling", "severity": "minor"} | columns)
    )


def words(text, word):
    start = text.text.index(word)
    return start, start + len(word)


def as_esa(document):
    Project.objects.update(marking=Protocol.ESA)
    document.project.refresh_from_db()


def scores():
    return mean_by_text(ratings_in_force(Rating.objects.all()))


def marks_now(person, text):
    project = Project.objects.get(pk=text.document.project_id)
    return judgements_of(person, project, [text.pk])[text.pk]


def test_a_mark_is_kept_with_its_place_in_code_points(cast, text):
    rating = mark(hypothesis_id=text.pk, person=cast["anna"], error=spelling(*words(text, "opend")), base=0)
    row = ErrorAnnotation.objects.get()
    assert text.text[row.start : row.end] == "opend"
    assert (rating.number, rating.annotator, rating.complete) == (1, str(cast["anna"].public_id), False)


@pytest.mark.parametrize("name", ["anna", "ben", "dora", "rolf"])
def test_everybody_who_reads_the_texts_may_mark_them(cast, text, name):
    mark(hypothesis_id=text.pk, person=cast[name], error=spelling(0, 3), base=0)
    assert len(marks_now(cast[name], text).marks) == 1


def test_nobody_from_outside_marks_anything(cast, text):
    with pytest.raises(NotAllowedError):
        mark(hypothesis_id=text.pk, person=cast["carla"], error=spelling(0, 3), base=0)
    assert not Rating.objects.exists()


def test_every_change_is_a_rating_that_holds_all_marks(cast, text):
    anna = cast["anna"]
    mark(hypothesis_id=text.pk, person=anna, error=spelling(0, 3), base=0)
    mark(hypothesis_id=text.pk, person=anna, error=spelling(4, 11), base=1)
    unmark(hypothesis_id=text.pk, person=anna, ordinal=0, base=2)
    spans = {rating.number: [m.start for m in rating.marks.order_by("ordinal")] for rating in Rating.objects.all()}
    assert spans == {1: [0], 2: [0, 4], 3: [4]}
    assert [m.span for m in marks_now(anna, text).marks] == [(4, 11)]


def test_a_stale_tab_is_told_and_changes_nothing(cast, text):
    anna = cast["anna"]
    mark(hypothesis_id=text.pk, person=anna, error=spelling(0, 3), base=0)
    for act in (
        lambda: mark(hypothesis_id=text.pk, person=anna, error=spelling(4, 11), base=0),
        lambda: unmark(hypothesis_id=text.pk, person=anna, ordinal=0, base=0),
        lambda: rate(hypothesis_id=text.pk, person=anna, value=None, base=0),
    ):
        with pytest.raises(MarksMovedError, match="in another tab"):
            act()
    assert Rating.objects.count() == 1


def test_the_same_request_again_changes_nothing(cast, text):
    anna = cast["anna"]
    for _ in range(2):
        mark(hypothesis_id=text.pk, person=anna, error=spelling(0, 3, comment="a  note\n"), base=0)
    for _ in range(2):
        rate(hypothesis_id=text.pk, person=anna, value=None, base=1)
    assert list(Rating.objects.values_list("number", "complete")) == [(1, False), (2, True)]
    assert ErrorAnnotation.objects.filter(comment="a note").count() == 2


@pytest.mark.parametrize(
    ("error", "why"),
    [
        ({"span": (0, 10_000)}, "outside the text"),
        ({"span": (5, 4)}, "outside the text"),
        ({"span": (-1, 4)}, "outside the text"),
        ({"span": None}, "outside the text"),
        ({"span": (4, 4)}, "Only an omission"),
        ({"span": (0, 0), "side": "source", "category": "accuracy/omission"}, "Only an omission"),
        ({"side": "source"}, "In the original"),
        ({"category": "style"}, "what kind"),
        ({"category": ""}, "what kind"),
        ({"severity": "grave"}, "how grave"),
        ({"category": "non-translation!"}, "major error"),
        ({"comment": "x" * 1001}, "under 1,000"),
    ],
)
def test_what_cannot_be_a_mark_is_refused_in_words(cast, text, error, why):
    with pytest.raises(MarkingError, match=why):
        mark(hypothesis_id=text.pk, person=cast["anna"], error=spelling(0, 3, **error), base=0)
    assert not Rating.objects.exists()


def test_an_omission_stands_between_words_or_in_the_original(cast, text):
    anna = cast["anna"]
    gap = spelling(len(text.text), len(text.text), category="accuracy/omission")
    mark(hypothesis_id=text.pk, person=anna, error=gap, base=0)
    left_out = spelling(4, 8, side="source", category="accuracy/omission", severity="major")
    mark(hypothesis_id=text.pk, person=anna, error=left_out, base=1)
    assert marks_now(anna, text).marks == (gap, left_out)


def test_an_engine_that_left_the_passage_out_can_be_marked_for_it(cast, project):
    document = make_document(project, ["Es regnet."], {"engine-a": [""]})
    text = Hypothesis.objects.get(document=document)
    mark(hypothesis_id=text.pk, person=cast["anna"], error=spelling(0, 0, category="accuracy/omission"), base=0)
    assert Rating.objects.count() == 1


def test_a_text_over_several_passages_is_judged_against_all_of_them(cast, document):
    segment = segments_of(document)[1]
    of_row = markable_texts(document, [segment.pk])
    assert {each.hypothesis.text: each.source.text for each in of_row} == {
        "It rains.": "Es regnet.",
        "It rains and snows.": "Es regnet. Es schneit.",
    }


def test_a_text_of_an_earlier_wording_is_no_longer_marked(cast, document, text):
    Hypothesis.objects.create(
        document=document,
        segment=text.segment,
        system=text.system,
        number=2,
        ordinal=0,
        text="The café opened.",
        codes=[],
        content_hash="0" * 64,
        source_hash=text.source_hash,
    )
    with pytest.raises(MarkingError, match="no translation of today"):
        mark(hypothesis_id=text.pk, person=cast["anna"], error=spelling(0, 3), base=0)


def test_a_text_takes_so_many_marks(cast, text):
    anna = cast["anna"]
    for number in range(MOST_MARKS):
        mark(hypothesis_id=text.pk, person=anna, error=spelling(0, 3, comment=str(number)), base=number)
    with pytest.raises(MarkingError, match=f"at most {MOST_MARKS}"):
        mark(hypothesis_id=text.pk, person=anna, error=spelling(0, 3), base=MOST_MARKS)


# --- what counts --------------------------------------------------------------------------------------------


def test_marks_count_by_their_weights_once_they_are_said_to_be_all(cast, text):
    anna = cast["anna"]
    mark(hypothesis_id=text.pk, person=anna, error=spelling(0, 3), base=0)
    mark(hypothesis_id=text.pk, person=anna, error=spelling(4, 11, severity="major"), base=1)
    assert scores() == {}
    rate(hypothesis_id=text.pk, person=anna, value=None, base=2)
    assert scores() == {text.pk: -6.0}
    unmark(hypothesis_id=text.pk, person=anna, ordinal=1, base=3)
    assert scores() == {text.pk: -1.0}


def test_the_last_mark_taken_back_is_no_praise(cast, text):
    anna = cast["anna"]
    mark(hypothesis_id=text.pk, person=anna, error=spelling(0, 3), base=0)
    rate(hypothesis_id=text.pk, person=anna, value=None, base=1)
    unmark(hypothesis_id=text.pk, person=anna, ordinal=0, base=2)
    assert scores() == {}
    assert [entry["texts"] for entry in campaigns_of(text.document.project)] == [0]
    rate(hypothesis_id=text.pk, person=anna, value=None, base=3)
    assert scores() == {text.pk: 0.0}


def test_under_esa_the_number_counts_and_the_marks_are_kept(cast, document, text):
    as_esa(document)
    anna = cast["anna"]
    mark(hypothesis_id=text.pk, person=anna, error=spelling(0, 3, category=""), base=0)
    assert scores() == {}
    rate(hypothesis_id=text.pk, person=anna, value=66, base=1)
    assert scores() == {text.pk: 66.0}
    unmark(hypothesis_id=text.pk, person=anna, ordinal=0, base=2)
    assert scores() == {text.pk: 66.0}


@pytest.mark.parametrize("value", [None, -1, 101])
def test_esa_asks_for_a_number_from_0_to_100(cast, document, text, value):
    as_esa(document)
    with pytest.raises(MarkingError, match="from 0 to 100"):
        rate(hypothesis_id=text.pk, person=cast["anna"], value=value, base=0)


@pytest.mark.parametrize("columns", [{"category": "fluency/spelling"}, {"category": "", "severity": "critical"}])
def test_esa_has_no_categories_and_two_severities(cast, document, text, columns):
    as_esa(document)
    with pytest.raises(MarkingError):
        mark(hypothesis_id=text.pk, person=cast["anna"], error=spelling(0, 3, **columns), base=0)


def test_a_project_has_a_campaign_of_its_own_for_each_protocol(cast, document, text):
    take_ratings(
        document.project,
        [Judgement(1, "engine-a", "nx-1", "1", "r1", 80.0)],
        campaign="marked here (mqm)",
        protocol=Protocol.ESA,
        origin=Origin("file", "0" * 64),
        dry_run=False,
    )
    rate(hypothesis_id=text.pk, person=cast["anna"], value=None, base=0)
    as_esa(document)
    rate(hypothesis_id=text.pk, person=cast["anna"], value=50, base=0)
    own = {row.name: row.protocol for row in Campaign.objects.filter(own=True)}
    assert own == {"marked here (mqm)+": "mqm", "marked here (esa)": "esa"}


def test_files_are_not_mixed_with_what_is_marked_here(cast, document, text):
    rate(hypothesis_id=text.pk, person=cast["anna"], value=None, base=0)
    judged = ratings_by_text(document)[text.pk]["marked here (mqm)"]
    assert (judged["value"], judged["annotators"]) == (0.0, 1)
    with pytest.raises(ScoreFileError, match="Name another"):
        take_ratings(
            document.project,
            [Judgement(1, "engine-a", "nx-1", "1", "r1", None)],
            campaign="marked here (mqm)",
            protocol=Protocol.MQM,
            origin=Origin("file", "0" * 64),
            dry_run=False,
        )


def test_what_is_marked_here_goes_out_and_in_again_as_any_campaign(cast, document, text, tmp_path):
    for base, error in enumerate(
        [
            spelling(*words(text, "opend"), severity="major", comment="opened"),
            spelling(4, 8, side="source", category="accuracy/omission"),
        ]
    ):
        mark(hypothesis_id=text.pk, person=cast["anna"], error=error, base=base)
    rate(hypothesis_id=text.pk, person=cast["anna"], value=None, base=2)
    path = tmp_path / "ratings.tsv"
    with path.open("wb") as stream:
        assert write_campaign(stream, Campaign.objects.get(), "mqm", None) == 1
    judged = [each for each in mqm.read_judgements(path) if isinstance(each, Judgement)]
    origin = Origin("ratings.tsv", "0" * 64)
    back = take_ratings(document.project, judged, campaign="back", protocol=Protocol.MQM, origin=origin, dry_run=False)
    assert (back.matched, back.unmatched) == (1, {})
    both = [each.marks for each in ratings_in_force(Rating.objects.filter(hypothesis=text))]
    assert both[0] == both[1]
    assert scores() == {text.pk: -6.0}


# --- the record ---------------------------------------------------------------------------------------------


def test_each_act_is_an_event_without_words(cast, document, text):
    anna = cast["anna"]
    mark(hypothesis_id=text.pk, person=anna, error=spelling(0, 3, comment="Anna’s note"), base=0)
    rate(hypothesis_id=text.pk, person=anna, value=None, base=1)
    unmark(hypothesis_id=text.pk, person=anna, ordinal=0, base=2)
    events = AuditEvent.objects.filter(stream=f"document:{document.pk}", action__startswith="marking.")
    assert list(events.order_by("number").values_list("action", flat=True)) == [
        "marking.marked",
        "marking.rated",
        "marking.unmarked",
    ]
    bodies = [json.loads(event.body) for event in events]
    assert {body["person"]["id"] for body in bodies} == {str(anna.public_id)}
    assert "note" not in json.dumps(bodies)
    assert verify_stream(f"document:{document.pk}") == []


def test_an_act_asks_the_database_as_often_in_a_long_article_as_in_a_short_one(cast, project):
    counts = []
    for size in (3, 200):
        document = make_document(project, [f"Satz {n}." for n in range(size)])
        text = Hypothesis.objects.get(document=document, segment=segments_of(document)[1])
        rate(hypothesis_id=text.pk, person=cast["anna"], value=None, base=0)  # the campaign is there from now on
        with CaptureQueriesContext(connection) as captured:
            mark(hypothesis_id=text.pk, person=cast["anna"], error=spelling(0, 3), base=1)
        counts.append(len(captured))
    assert counts[0] == counts[1]


# --- at once ------------------------------------------------------------------------------------------------

TABS = 6


@pytest.mark.django_db(transaction=True)
def test_of_six_tabs_one_marks_and_five_are_told(cast, project):
    document = make_document(Project.objects.get(), ["Es regnet."], {"engine-a": ["It rains here."]})
    text = Hypothesis.objects.get(document=document)

    def act(number: int) -> str:
        try:
            mark(hypothesis_id=text.pk, person=cast["anna"], error=spelling(number, number + 1), base=0)
        except MarksMovedError:
            return "told"
        return "marked"

    assert sorted(at_once(act, TABS)) == ["marked", *["told"] * (TABS - 1)]
    assert Rating.objects.get().marks.count() == 1


@pytest.mark.django_db(transaction=True)
def test_people_who_mark_at_once_do_not_meet(cast, project):
    documents = [make_document(Project.objects.get()) for _ in range(3)]
    texts = [Hypothesis.objects.filter(document=document).first() for document in documents]
    people = [cast["anna"], cast["ben"]]
    at_once(lambda i: mark(hypothesis_id=texts[i % 3].pk, person=people[i % 2], error=spelling(0, 3), base=0), TABS)
    assert Campaign.objects.filter(own=True).count() == 1
    assert Rating.objects.count() == TABS
    for document in documents:
        assert verify_stream(f"document:{document.pk}") == []
