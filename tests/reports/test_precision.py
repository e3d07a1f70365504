"""What became of findings is counted from what editors did, per check and without names."""

from datetime import timedelta

import pytest
from django.utils import timezone

from reviews.checks.registry import get_check
from reviews.checks.runner import check_document, check_targets
from reviews.editing.dismissing import dismiss
from reviews.models import CheckedPair, Finding, Scope
from reviews.reports.precision import CheckFigures, check_figures, wilson_interval
from tests.factories import make_cast, make_document, make_project, segments_of
from tests.publishing import desk

FRIENDS = "glossary.false_friends"


def work(project, cast, *typed, source="Sein Handy war neu.", english="His handy was new.", dismissing=None):
    """One passage, approved after these texts; with a scope the finding of the machine's text is dismissed first."""
    document = make_document(project, [source], {"engine-a": [english]})
    (segment,) = segments_of(document)
    check_document(document.pk)
    if dismissing is not None:
        hashes = Finding.objects.filter(check_name=FRIENDS, target_hash=segment.chosen.content_hash)
        dismiss(segment_id=segment.pk, finding_id=hashes.get().pk, person=cast["anna"], scope=dismissing)
    for text in typed:
        desk.save(segment, cast["anna"], text)
        check_targets(document.pk)
    if not typed:
        desk.work_through(document, editor=cast["anna"], approver=cast["ben"])
    else:
        desk.approve(segment, cast["ben"])
    return document


def counts(project, check=FRIENDS):
    figures = next(f for f in check_figures(project, timezone.now()) if f.check.id == check)
    return figures.fixed, figures.dismissed, figures.ignored


def test_a_finding_whose_words_were_changed_is_fixed(project, cast):
    work(project, cast, "His phone was new.")
    assert counts(project) == (1, 0, 0)


def test_a_finding_the_editor_put_in_and_took_out_is_fixed(project, cast):
    work(project, cast, "His handy was new.", "His phone was new.", english="His phone was quite new.")
    assert counts(project) == (1, 0, 0)


def test_a_finding_in_the_approved_text_is_ignored(project, cast):
    work(project, cast, "Well, his handy was new.")
    work(project, cast)
    assert counts(project) == (0, 0, 2)


def test_a_dismissed_finding_is_dismissed_whatever_was_done_to_the_text(project, cast):
    work(project, cast, dismissing=Scope.SEGMENT)
    assert counts(project) == (0, 1, 0)


def test_one_dismissal_for_many_texts_counts_once(project, cast):
    work(project, cast, dismissing=Scope.PROJECT)
    work(project, cast, "Well, his handy was new.")
    work(project, cast, "So his handy was new.")
    assert counts(project) == (0, 1, 0)


def test_what_is_not_approved_is_not_counted(project, cast):
    document = make_document(project, ["Sein Handy war neu."], {"engine-a": ["His handy was new."]})
    check_document(document.pk)
    desk.save(segments_of(document)[0], cast["anna"], "His phone was new.")
    assert counts(project) == (0, 0, 0)


def test_what_was_approved_unchecked_is_not_counted_as_fixed(project, cast):
    document = work(project, cast, "His phone was new.")
    latest = segments_of(document)[0].latest_revision
    CheckedPair.objects.filter(target_hash=latest.content_hash).delete()
    assert counts(project) == (0, 0, 0)


def test_findings_of_other_versions_and_other_projects_do_not_count(project, cast, monkeypatch):
    work(project, cast, "His phone was new.")
    other = make_project("other")
    work(other, make_cast(other))
    assert counts(project) == (1, 0, 0)
    check = type(get_check(FRIENDS))
    monkeypatch.setattr(check, "version", check.version + 1)
    assert counts(project) == (0, 0, 0)


def test_recent_findings_are_those_of_thirty_days(project, cast):
    work(project, cast)

    def recent(now):
        return next(f.recent for f in check_figures(project, now) if f.check.id == FRIENDS)

    assert recent(timezone.now()) == 1
    assert recent(timezone.now() + timedelta(days=31)) == 0


#: From the formula by hand, as Brown, Cai and DasGupta (2001) give it; R: prop.test(x, n, correct = FALSE).
@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        (0, 20, 0.0, 0.161125158052819),
        (5, 20, 0.111861761546988, 0.468701087544109),
        (10, 20, 0.299298001396205, 0.700701998603795),
        (20, 20, 0.838874841947181, 1.0),
    ],
)
def test_the_interval_is_wilsons(hits, n, low, high):
    assert wilson_interval(hits, n) == pytest.approx((low, high), abs=1e-6)


@pytest.mark.parametrize(("hits", "n"), [(1, 0), (0, 0), (3, 2), (-1, 2)])
def test_an_interval_needs_cases(hits, n):
    with pytest.raises(ValueError, match="is no share"):
        wilson_interval(hits, n)


@pytest.mark.parametrize(
    ("fixed", "others", "proposed"),
    [(0, 19, False), (0, 20, True), (5, 15, True), (10, 10, False), (6, 14, False), (41, 59, False), (40, 60, True)],
)
def test_a_check_is_proposed_for_muting_when_enough_cases_surely_say_so(fixed, others, proposed):
    figures = CheckFigures(get_check(FRIENDS), 0, fixed=fixed, dismissed=others, ignored=0)
    assert figures.proposed is proposed
