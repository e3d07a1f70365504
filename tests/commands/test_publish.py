"""The command publish: by a desk head, through the gate, with exit codes and JSON."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from reviews.models import AuditEvent, CheckedPair, Document, Person, Project, Publication
from tests.factories import make_cast, make_document, make_project, segments_of
from tests.publishing import desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return make_project("desk")


@pytest.fixture
def cast(project: Project) -> dict[str, Person]:
    return make_cast(project)


@pytest.fixture
def document(project: Project, cast: dict[str, Person]) -> Document:
    """An article whose gate is open."""
    made = make_document(project, external_id="nx-100417")
    return desk.work_through(made, editor=cast["anna"], approver=cast["ben"])


def run(*arguments: str, **changes: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of the command on nx-100417 by Dora."""
    named = {"project": "desk", "document": "nx-100417", "user": "dora"} | changes
    options = [part for name, value in named.items() for part in (f"--{name}", value)]
    out, err = io.StringIO(), io.StringIO()
    code = 0
    try:
        call_command("publish", *options, *arguments, stdout=out, stderr=err, no_color=True)
    except SystemExit as exit_:
        code = int(exit_.code or 0)
    except CommandError as error:
        return error.returncode, out.getvalue(), str(error)
    return code, out.getvalue(), err.getvalue()


def test_it_publishes(document: Document) -> None:
    code, out, err = run()
    publication = Publication.objects.get()
    assert (code, out) == (0, "")
    assert f"Published nx-100417 as number 1 ({publication.content_hash})." in err
    assert (publication.published_by.username, publication.via) == ("dora", "command line")
    event = AuditEvent.objects.get(action="publication.released")
    assert json.loads(event.body)["via"] == "command line"


def test_a_waiver_takes_a_reason(document: Document) -> None:
    code, _, err = run("--waive", "numbers.value")
    assert code == 2
    assert "--waive needs --reason" in err
    assert run("--waive", "numbers.value", "--reason", "Checked with the agency.")[0] == 0


def test_json_gives_number_and_hash(document: Document) -> None:
    code, out, _ = run("--json")
    publication = Publication.objects.get()
    assert code == 0
    assert json.loads(out) == {
        "document": "nx-100417",
        "number": 1,
        "content_hash": publication.content_hash,
        "disclosure": publication.disclosure,
        "published": publication.created_at.isoformat(),
    }


def test_what_is_missing_is_listed_with_its_place(document: Document) -> None:
    CheckedPair.objects.all().delete()
    code, out, err = run()
    assert (code, out) == (1, "")
    assert "2 things are missing" in err
    assert "segment 1: checks have not run yet: Translation 1." in err
    assert "segment 2: checks have not run yet: Translation 2." in err
    assert not Publication.objects.exists()


def test_json_lists_what_is_missing_too(document: Document, cast: dict[str, Person]) -> None:
    segment = segments_of(document)[1]
    desk.save(segment, cast["anna"], "Rain in Kiel.")
    code, out, _ = run("--json")
    expected: dict[str, Any] = {
        "code": "reviewed",
        "reason": "it is reviewed, but not approved",
        "segment": segment.pk,
        "position": 2,
        "text": "Rain in Kiel.",
        "check": "",
    }
    result = json.loads(out)
    assert code == 1
    assert (result["document"], result["missing"]) == ("nx-100417", [expected])


def test_the_same_again_is_refused_with_the_number_it_has(document: Document) -> None:
    assert run()[0] == 0
    code, _, err = run()
    assert code == 1
    assert "already published as number 1" in err


def test_it_never_approves(document: Document, cast: dict[str, Person]) -> None:
    desk.save(segments_of(document)[0], cast["anna"], "Morning.")
    assert run()[0] == 1
    assert segments_of(document)[0].state == "reviewed"


def test_somebody_else_than_a_desk_head_is_refused(document: Document) -> None:
    code, _, err = run(user="anna")
    assert code == 1
    assert "that takes the role desk head" in err
    assert not Publication.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"project": "nowhere"}, "There is no project 'nowhere'. Projects: desk."),
        ({"document": "nx-0"}, "The project desk has no document 'nx-0'."),
        ({"document": "../../etc/passwd"}, "The project desk has no document '../../etc/passwd'."),
        ({"user": "nobody"}, "Nobody logs in as 'nobody'."),
    ],
)
def test_what_does_not_exist_is_a_wrong_command_line(
    document: Document, changes: dict[str, str], sentence: str
) -> None:
    assert run(**changes) == (2, "", sentence)
    assert not Publication.objects.exists()


def test_the_number_in_the_tables_is_no_id(document: Document) -> None:
    assert run(document=str(document.pk))[0] == 2


def test_help_shows_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        call_command("publish", "--help")
    assert exit_.value.code == 0
    assert "bin/manage publish --project desk --document nx-100417 --user dora" in capsys.readouterr().out
