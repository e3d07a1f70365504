"""`route`: what a project's policy decides, for people and for scripts."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from reviews.models import Project, WorkItem
from tests.factories import make_document, segments_of

pytestmark = pytest.mark.django_db

RULE = {"name": "Titles", "when": {"kinds": ["headline"]}, "then": {"specialist": "law"}}


@pytest.fixture
def document(project):
    made = make_document(
        project,
        kinds=["headline", "body"],
        external_id="nx-7",
        section="Politics",
        deadline_at=datetime(2026, 12, 1, 9, tzinfo=UTC),
    )
    Project.objects.update(routing_policy={"rules": [RULE]}, routing_changed_at=timezone.now())
    return made


def route(*arguments):
    """What it prints, what it says, and its exit code."""
    out, err = StringIO(), StringIO()
    code = 0
    try:
        call_command("route", "--project", "desk", *arguments, stdout=out, stderr=err, no_color=True)
    except SystemExit as end:
        code = end.code
    return out.getvalue(), err.getvalue(), code


def test_each_decision_is_printed_with_its_reason_and_applied(document):
    out, err, code = route("--json")
    headline, body = segments_of(document)
    assert json.loads(out) == {
        "document": "nx-7",
        "steps": [
            step("edit", "open", "to be read against the original"),
            step("specialist", "open", "for somebody who knows law: 1 text (Titles)", "law", [headline.pk]),
            step("approve", "waiting", "to be approved by somebody who did not write it"),
        ],
        "texts": [
            text(headline.pk, "Titles", "headline", "law"),
            text(body.pk, "Everything else", "no other rule is about it"),
        ],
    }
    assert (err, code) == ("1 article routed.\n", 0)
    assert set(WorkItem.objects.values_list("step", flat=True)) == {"edit", "specialist", "approve"}
    assert Project.objects.get().routing_changed_at is None
    assert headline.route["rule"] == "Titles"


def step(name, state, reason, skill="", segments=()):
    return {
        "step": name,
        "state": state,
        "skill": skill,
        "section": "Politics",
        "due": "2026-12-01T09:00:00+00:00",
        "segments": list(segments),
        "reason": reason,
    }


def text(segment, rule, reason, specialist=""):
    return {
        "segment": segment,
        "rule": rule,
        "depth": "full post-edit",
        "specialist": specialist,
        "second_review": False,
        "reason": reason,
    }


def test_a_dry_run_prints_the_same_and_writes_nothing(document):
    out, err, code = route("--dry-run")
    lines = [line.split("\t") for line in out.splitlines()]
    assert [line[1] for line in lines[:3]] == ["edit", "specialist", "approve"]
    assert lines[1][2:] == [
        "open",
        "law, Politics",
        "2026-12-01T09:00+00:00",
        "for somebody who knows law: 1 text (Titles)",
    ]
    assert lines[3][2] == "full post-edit: Titles (headline)"
    assert (err, code) == ("1 article looked at.\n", 0)
    assert not WorkItem.objects.exists()
    assert Project.objects.get().routing_changed_at is not None
    assert segments_of(document)[0].route == {}


def test_a_policy_that_cannot_be_read_is_named_and_nothing_is_routed(document):
    Project.objects.update(routing_policy={"rules": [{"name": "x", "when": {"kinds": ["titel"]}}]})
    out, err, code = route()
    assert (out, code) == ("", 1)
    assert "nothing was routed. Rule 1, kinds: 'titel' is none of kicker, headline" in err
    assert not WorkItem.objects.exists()


def test_a_project_that_is_not_there_is_a_wrong_command_line(project):
    with pytest.raises(CommandError, match="There is no project 'other'") as caught:
        call_command("route", "--project", "other")
    assert caught.value.returncode == 2
