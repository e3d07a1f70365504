"""`findings`: one JSON object a line on stdout, nothing else there."""

import json

import pytest
from django.core.management import CommandError, call_command

from reviews.checks.runner import check_document
from tests.factories import add_reference, make_document, make_project

pytestmark = pytest.mark.django_db

SOURCES = ["Es kamen 120 Gäste."]


@pytest.fixture
def document():
    document = make_document(make_project(), SOURCES, {"engine-a": ["There were 210 guests."]}, external_id="nx-100417")
    add_reference(document, "A", 0, "There were 130 guests.")
    check_document(document.pk)
    return document


def rows(capsys, *arguments):
    call_command("findings", "--project", "desk", *arguments, "--json")
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_it_prints_a_finding_a_line(document, capsys):
    (row,) = rows(capsys)
    assert (row["document"], row["side"], row["system"], row["state"]) == (
        "nx-100417",
        "hypothesis",
        "engine-a",
        "open",
    )
    assert row["severity"] in ("critical", "major", "minor")


def test_it_shows_references_when_asked(document, capsys):
    assert [row["side"] for row in rows(capsys, "--references")] == ["hypothesis", "reference"]


def test_it_takes_single_documents(document, capsys):
    other = make_document(document.project, SOURCES, {"engine-a": ["There were 3 guests."]})
    check_document(other.pk)
    assert {row["document"] for row in rows(capsys)} == {"nx-100417", other.external_id}
    assert {row["document"] for row in rows(capsys, "--document", "nx-100417")} == {"nx-100417"}


def test_an_unknown_document_is_refused_with_exit_code_2(document):
    with pytest.raises(CommandError, match="no document 'nx-1'") as caught:
        call_command("findings", "--project", "desk", "--document", "nx-1")
    assert caught.value.returncode == 2


def test_it_prints_a_line_for_people_too(document, capsys):
    call_command("findings", "--project", "desk")
    captured = capsys.readouterr()
    assert "\tnumbers.value\topen\tengine-a\t" in captured.out
    assert "1 findings." in captured.err


def test_it_says_what_was_not_checked(document, capsys):
    make_document(document.project, SOURCES, {"engine-a": ["There were 4 guests."]})
    call_command("findings", "--project", "desk", "--json")
    assert "1 texts were not checked yet: run `bin/manage score --project desk`." in capsys.readouterr().err
