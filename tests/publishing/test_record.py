"""The review record: complete, verified in place and offline, and any change to the stored history is named."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings
from django.utils import timezone
from jsonschema import Draft202012Validator

from reviews.models import (
    AuditEvent,
    Decision,
    DecisionKind,
    Document,
    Hypothesis,
    Person,
    Project,
    Publication,
    Revision,
    SegmentSource,
    SourceRevision,
    triggers,
)
from reviews.publishing import heads
from reviews.publishing.offline import verify_record as offline
from reviews.publishing.record import SCHEMA, review_record
from reviews.publishing.service import publish
from reviews.publishing.verifying import verify_in_place
from reviews.values import CodedText, InlineCode, canonical_json
from tests.factories import make_cast, make_document, segments_of
from tests.threads import at_once

from . import desk

LINK = (InlineCode("1", "a", "open", 0, "<a>"), InlineCode("1", "a", "close", 5, "</a>"))
SOURCES = (CodedText("Guten Morgen.", LINK), "Das Amt ist zu.", "Es regnet in Kiel.", "Weiter so.")
ENGLISH = (CodedText("Good morning.", LINK), "The office is closed.", "It is raining in Kiel.", "Carry on.")


@pytest.fixture(autouse=True)
def heads_file(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "apart" / "chain-heads.jsonl"
    with override_settings(CHAIN_HEADS_FILE=str(path)):
        yield path


@pytest.fixture
def cast(project: Project) -> dict[str, Person]:
    return make_cast(project)


@pytest.fixture
def publication(project: Project, cast: dict[str, Person], django_capture_on_commit_callbacks: Any) -> Publication:
    """Four texts: two accepted, one edited, one omitted with a reason; approved by another person, and published."""
    document = make_document(project, SOURCES, {"engine-a": ENGLISH}, external_id="nx-1", url="https://example.org/1")
    segments = segments_of(document)
    desk.save(segments[1], cast["anna"], "The office is shut. 🙂")
    desk.leave_out(segments[3], cast["anna"], DecisionKind.OMITTED, "Only for local readers.")
    desk.work_through(document, editor=cast["anna"], approver=cast["ben"])
    with django_capture_on_commit_callbacks(execute=True):
        return publish(document_id=document.pk, person=cast["dora"])


def record_of(publication: Publication) -> dict[str, Any]:
    fresh = Publication.objects.select_related("document__project").get(pk=publication.pk)
    return json.loads(canonical_json(review_record(fresh)))  # type: ignore[no-any-return]


def offline_run(record: dict[str, Any], folder: Path, *arguments: str) -> tuple[int, str]:
    """The script as a stranger runs it: copied elsewhere, without site packages or our folders."""
    folder.mkdir(exist_ok=True)
    script = folder / "verify_record.py"
    shutil.copy(offline.__file__, script)
    (folder / "record.json").write_text(canonical_json(record), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(script), str(folder / "record.json"), *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_record_verifies_in_place_and_offline(publication: Publication, tmp_path: Path, heads_file: Path) -> None:
    record = record_of(publication)
    verdict = verify_in_place(record)
    assert verdict.problems == []
    code, told = offline_run(record, tmp_path / "elsewhere", "--heads", str(heads_file))
    assert code == 0, told
    assert "0 problems" in told


def test_every_row_of_the_history_is_vouched_for_column_by_column(publication: Publication) -> None:
    record = record_of(publication)
    assert {table: bool(rows) for table, rows in record["rows"].items()} == dict.fromkeys(record["rows"], True)
    assert verify_in_place(record).notes == []


#: Every stored column of the history with a change to it that no constraint refuses.
TAMPERED = [
    *[(SourceRevision, column) for column in ("number", "content_hash", "raw_hash", "raw_name", "reader")],
    *[(SegmentSource, column) for column in ("text", "codes", "content_hash")],
    *[(Hypothesis, c) for c in ("text", "codes", "content_hash", "covers", "source_hash", "reason", "block", "number")],
    *[(Revision, c) for c in ("text", "codes", "content_hash", "number", "covers", "author_id", "origin", "lane")],
    *[(Revision, c) for c in ("derived_from", "source_hash", "save_key", "created_at", "started_from_id")],
    *[(Decision, c) for c in ("kind", "person_id", "reason", "source_hash", "target_hash", "four_eyes", "lane")],
    *[(Decision, c) for c in ("created_at", "revision_id")],
    *[(Publication, c) for c in ("body", "content_hash", "state_hash", "disclosure", "published_by_id", "via")],
    *[(Publication, c) for c in ("created_at",)],
    *[(AuditEvent, c) for c in ("body", "hash", "previous", "number", "action", "created_at")],
]


def changed(row: Any, column: str) -> str:
    """One byte of the stored value otherwise, as SQL."""
    field = row._meta.get_field(column.removesuffix("_id")) if column.endswith("_id") else row._meta.get_field(column)
    value = getattr(row, column)
    if column.endswith("_id"):
        other = field.related_model.objects.exclude(pk=value).first()
        return str(other.pk)
    kind = field.get_internal_type()
    if kind == "JSONField":
        return "'[{\"part\": 1}]'" if value == [] else "'[]'"
    if kind == "BooleanField":
        return "FALSE" if value else "TRUE"
    if kind == "DateTimeField":
        return f"'{value.replace(microsecond=(value.microsecond + 1) % 1_000_000).isoformat(sep=' ')}'"
    if isinstance(value, int):
        return str(value + 1000)
    text = value or ""
    if column in ("lane", "kind", "origin"):
        return {"lane": "'sample'", "kind": "'copied'", "origin": "'memory'"}[column]
    middle = len(text) // 2
    new = text[:middle] + ("x" if text[middle : middle + 1] != "x" else "y") + text[middle + 1 :]
    return "'" + new.replace("'", "''") + "'"


def tamper(row: Any, column: str) -> None:
    """Change one column as somebody with the database would: past the triggers."""
    triggers.lift(connection)
    with connection.cursor() as cursor:
        table, key = row._meta.db_table, row.pk
        cursor.execute(f"UPDATE {table} SET {column} = {changed(row, column)} WHERE id = {key}".replace("%", "%%"))


@pytest.mark.parametrize(("model", "column"), TAMPERED, ids=[f"{m._meta.model_name}-{c}" for m, c in TAMPERED])
def test_one_changed_column_is_named_in_place_and_offline(
    publication: Publication, model: Any, column: str, heads_file: Path
) -> None:
    row = model.objects.order_by("pk").first()
    tamper(row, column)
    record = record_of(publication)
    problems = verify_in_place(record).problems
    assert problems
    place = {
        AuditEvent: f"event {row.number} of document:" if hasattr(row, "number") else "",
        Publication: "publication",
        SourceRevision: "source",
    }.get(model, f"{model._meta.model_name} {row.pk}")
    if model is SourceRevision:
        place = f"sourcerevision {row.pk}"
    assert any(place in problem for problem in problems), problems
    try:
        told = offline.verify(record).problems
    except (KeyError, TypeError, ValueError) as error:
        told = [str(error)]
    assert told


def delete(row: Any) -> None:
    """Take a row out, past triggers and foreign keys."""
    triggers.lift(connection)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {row._meta.db_table} WHERE id = {row.pk}")


def test_what_was_deleted_is_missed(publication: Publication) -> None:
    first = Decision.objects.earliest("pk")
    delete(first)
    problems = verify_in_place(record_of(publication)).problems
    assert any(f"decision {first.pk} is missing" in problem for problem in problems)


def test_the_end_of_a_chain_cannot_be_cut_off(publication: Publication) -> None:
    stream = f"document:{publication.document_id}"
    last = AuditEvent.objects.filter(stream=stream).latest("number")
    delete(last)
    Document.objects.update(audit_number=last.number - 1)
    problems = verify_in_place(record_of(publication)).problems
    assert any(f"event {last.number} of {stream} is not the one that line 1" in problem for problem in problems)


def test_a_chain_written_anew_from_end_to_end_does_not_fit_the_heads(publication: Publication) -> None:
    """Whoever rewrites every hash of the database fools the chain, and not the file that lies apart."""
    triggers.lift(connection)
    previous = offline.GENESIS
    for event in AuditEvent.objects.filter(stream=f"document:{publication.document_id}").order_by("number"):
        body = json.loads(event.body) | {"previous": previous, "via": "forged"}
        text = canonical_json(body)
        new = offline.sha256_hex(text)
        AuditEvent.objects.filter(pk=event.pk).update(body=text, previous=previous, hash=new)
        previous = new
    record = record_of(publication)
    assert offline.verify(record).problems == []
    assert any("line 1 of the heads" in problem for problem in verify_in_place(record).problems)


def test_a_removed_name_leaves_the_record_valid(
    publication: Publication, cast: dict[str, Person], tmp_path: Path, heads_file: Path
) -> None:
    Person.objects.filter(pk=cast["anna"].pk).update(first_name="", last_name="", username="gone-1", salt="")
    record = record_of(publication)
    public_id = str(cast["anna"].public_id)
    assert record["people"][public_id]["name"] is None
    assert "Anna" not in canonical_json(record)
    verdict = verify_in_place(record)
    assert verdict.problems == []
    assert any(f"person {public_id}: name removed" in note for note in verdict.notes)
    code, told = offline_run(record, tmp_path / "elsewhere", "--heads", str(heads_file))
    assert code == 0, told


#: The evidence to keep of a published article, each item with what the record of the fixture says of it.
ITEMS: dict[str, Any] = {
    "source": lambda items: items["source"]["document"] == "nx-1" and len(items["source"]["hash"]) == 64,
    "engines": lambda items: items["engines"][0]["engine"] == "engine-a" and items["engines"][0]["first"],
    "machine_texts": lambda items: len(items["machine_texts"]) == 4 and len(items["machine_texts"][0]["hash"]) == 64,
    "reviewers": lambda items: [sorted(each["roles"]) for each in items["reviewers"]] != [],
    "responsible": lambda items: len(items["responsible"]) == 36,
    "times": lambda items: set(items["times"]) >= {"first_saved", "last_saved", "last_approved"},
    "segments": lambda items: (
        items["segments"] == {"segments": 4, "texts": 4, "seen": 4, "accepted_unchanged": 2, "edited": 1, "omitted": 1}
    ),
    "checks": lambda items: items["checks"] == {"waived": [], "dismissed": []},
    "changes": lambda items: ["-", "closed"] in items["changes"][0]["diff"],
    "disclosure": lambda items: "originally published in German" in items["disclosure"],
    "published": lambda items: items["published"]["at"] and items["published"]["url"] == "https://example.org/1",
    "corrections": lambda items: items["corrections"] == [],
}


@pytest.mark.parametrize("item", ITEMS)
def test_the_record_holds(item: str, publication: Publication) -> None:
    items = record_of(publication)["items"]
    assert set(items) == set(ITEMS)
    assert ITEMS[item](items), items[item]


def test_a_changed_summary_is_found(publication: Publication, tmp_path: Path) -> None:
    record = record_of(publication)
    record["items"]["segments"]["seen"] += 1
    code, told = offline_run(record, tmp_path / "elsewhere")
    assert code == 1
    assert "items: the summary" in told


def test_a_file_that_is_no_record_is_wrong_usage(tmp_path: Path) -> None:
    assert offline_run({"format": "something else"}, tmp_path / "elsewhere")[0] == 2


# --- heads ----------------------------------------------------------------------------------------------------


def test_a_release_is_noted_once_and_the_daily_run_adds_what_moved(publication: Publication, heads_file: Path) -> None:
    event = AuditEvent.objects.get(action="publication.released")
    (line,) = heads_file.read_text().splitlines()
    assert json.loads(line)["hash"] == event.hash
    assert heads.note_changed_streams() == 0
    make_document(publication.document.project)
    desk.take(segments_of(publication.document)[0], Person.objects.get(username="dora"), DecisionKind.REOPENED, "Late.")
    assert heads.note_changed_streams() == 1
    assert heads.note_changed_streams() == 0
    assert verify_in_place(record_of(publication)).problems == []


def test_a_line_that_was_never_written_is_missed_and_then_made_up_for(
    publication: Publication, heads_file: Path
) -> None:
    heads_file.unlink()
    problems = verify_in_place(record_of(publication)).problems
    assert any("no line for the release" in problem for problem in problems)
    assert heads.note_changed_streams() == 1
    assert json.loads(heads_file.read_text())["why"] == "publication"


def test_a_release_of_before_is_told_apart_from_one_whose_line_was_taken_away(publication: Publication) -> None:
    """After an update there is no file yet, and what was published before has no row hashes in its events."""
    record = record_of(publication)
    verdict = offline.verify_heads([], record)
    assert [problem.split(" in ")[0] for problem in verdict.problems] == ["the heads have no line for the release"]
    event = record["events"][-1]
    event["body"] = canonical_json({key: value for key, value in json.loads(event["body"]).items() if key != "rows"})
    verdict = offline.verify_heads([], record)
    assert verdict.problems == []
    assert "is older than the noting of heads" in verdict.notes[0]


def test_half_a_line_of_a_crash_stays_and_the_next_line_follows_it(publication: Publication, heads_file: Path) -> None:
    with heads_file.open("ab") as file:
        file.write(b'{"at":"2026-12-01T07')
    assert verify_in_place(record_of(publication)).problems == []
    heads.note_release(AuditEvent.objects.latest("pk"))
    assert len(heads_file.read_text().splitlines()) == 3
    verdict = verify_in_place(record_of(publication))
    assert verdict.problems == []
    assert "line 2 of the heads was not finished" in verdict.notes


@pytest.mark.parametrize("where", range(1, 400, 23))
def test_an_edited_file_of_heads_is_found(where: int, publication: Publication, heads_file: Path) -> None:
    for event in AuditEvent.objects.order_by("-number")[:2]:
        heads.note_release(event)
    data = bytearray(heads_file.read_bytes())
    data[where] ^= 1
    heads_file.write_bytes(bytes(data))
    assert verify_in_place(record_of(publication)).problems


def test_lines_of_several_processes_follow_each_other(publication: Publication, heads_file: Path) -> None:
    event = AuditEvent.objects.latest("pk")
    at_once(lambda _: heads.note_release(event), 8)
    verdict = offline.Verdict()
    assert len(list(offline.read_heads(heads.head_lines(), verdict))) == 9
    assert (verdict.problems, verdict.notes) == ([], [])


# --- the schema -----------------------------------------------------------------------------------------------


def schema() -> Draft202012Validator:
    loaded = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(loaded)
    return Draft202012Validator(loaded)


def test_a_record_is_valid_by_its_schema(publication: Publication, cast: dict[str, Person]) -> None:
    assert list(schema().iter_errors(record_of(publication))) == []
    Person.objects.filter(pk=cast["anna"].pk).update(username="gone-1", salt="", name_removed_at=timezone.now())
    assert list(schema().iter_errors(record_of(publication))) == []


@pytest.mark.parametrize("part", ["events", "rows", "people", "items", "publication", "document", "format"])
def test_a_record_that_lacks_a_part_is_not_valid(publication: Publication, part: str) -> None:
    record = record_of(publication)
    del record[part]
    assert [error.message for error in schema().iter_errors(record)] == [f"'{part}' is a required property"]


@pytest.mark.parametrize("item", ITEMS)
def test_a_record_that_lacks_an_item_is_not_valid(publication: Publication, item: str) -> None:
    record = record_of(publication)
    del record["items"][item]
    assert not schema().is_valid(record)
