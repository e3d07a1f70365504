"""`realign`: what is said, what is queued, and how it ends."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command

from reviews.importing.service import PreparedDocument, import_document
from reviews.models import Document, Project, Score, TaskRun
from reviews.values import DocumentMeta
from tests.factories import make_project
from tests.importing.test_recovering import ENGLISH, SEGMENTS, as_it_came, joined

pytestmark = pytest.mark.django_db

RIGHT = as_it_came(*ENGLISH)
WORSE = joined(RIGHT, 0)


@pytest.fixture
def project() -> Project:
    """A page that was aligned worse than today, one that was not, and rows."""
    project = make_project()
    for name, texts, reader in (("a", WORSE, "html"), ("b", RIGHT, "html"), ("c", WORSE, "jsonl")):
        prepared = PreparedDocument(
            name, DocumentMeta(), tuple(SEGMENTS), {"engine-a": texts}, {"A": RIGHT}, reader=reader
        )
        import_document(project, prepared, None)
    return project


def realign(*arguments: str) -> int:
    try:
        call_command("realign", "--project", "desk", *arguments)
    except SystemExit as end:
        return int(end.code or 0)
    return 0


LEFT = {"left": "the rows of its file say what belongs together"}
SAME = {"changed": 0, "same": 6}


@pytest.mark.usefixtures("project")
def test_it_says_of_each_document_what_changed_and_why_some_were_left(capsys: pytest.CaptureFixture[str]) -> None:
    assert realign("--json") == 0
    said = capsys.readouterr()
    assert [json.loads(line) for line in said.out.splitlines()] == [
        {
            "document": "a",
            "outcome": "changed",
            "hypotheses": {"engine-a": {"changed": 2, "same": 4}},
            "references": {"A": SAME},
        },
        {"document": "b", "outcome": "same", "hypotheses": {"engine-a": SAME}, "references": {"A": SAME}},
        {"document": "c", "outcome": "same", "hypotheses": {"engine-a": LEFT}, "references": {"A": LEFT}},
    ]
    assert said.err == "Documents: 1 changed, 2 same.\n"


@pytest.mark.usefixtures("project")
def test_people_read_it_in_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert realign("--dry-run", "--document", "a", "c") == 0
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "a: changed",
        "  engine-a: 2 changed, 4 same",
        "  reference A: 0 changed, 6 same",
        "c: same",
        "  engine-a: left alone, the rows of its file say what belongs together",
        "  reference A: left alone, the rows of its file say what belongs together",
    ]
    assert said.err == "Documents: 1 changed, 1 same. Nothing was written (dry run).\n"
    assert not TaskRun.objects.exists()


@pytest.mark.usefixtures("project")
def test_what_changed_is_scored_and_checked_again_and_nothing_else() -> None:
    assert realign() == 0
    run = TaskRun.objects.get()
    assert (run.document.external_id, run.kind, run.state) == ("a", TaskRun.Kind.SCORE, TaskRun.State.RUNNING)
    assert realign() == 0
    assert TaskRun.objects.get().generation == run.generation


@pytest.mark.usefixtures("project")
def test_it_may_do_that_work_itself() -> None:
    assert realign("--inline") == 0
    assert TaskRun.objects.get().state == TaskRun.State.DONE
    assert Score.objects.filter(hypothesis__document=Document.objects.get(external_id="a")).exists()


@pytest.mark.usefixtures("project")
def test_an_unknown_document_or_project_is_wrong_usage() -> None:
    with pytest.raises(CommandError, match="has no document 'x'") as error:
        realign("--document", "a", "x")
    assert error.value.returncode == 2
    with pytest.raises(CommandError, match="There is no project"):
        call_command("realign", "--project", "nowhere")
