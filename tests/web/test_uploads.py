"""The upload page: who may, what comes in, what the check says, how it is confirmed, and the report that stays."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from reviews import (
    pipeline,
    tasks,  # noqa: F401  (registers what runs here eagerly)
)
from reviews.importing import upload_files, uploads
from reviews.models import AuditEvent, Document, Hypothesis, ImportBatch, System, TaskRun
from tests.threads import at_once

from .conftest import browser_of, script_of
from .pages import buttons, page_of, text_of

State = ImportBatch.State

ROWS = "".join(
    json.dumps({"document": document, "source": source, "hypotheses": {"engine-a": target}}) + "\n"
    for document, source, target in [
        ("nx-1", "Es regnet in Kiel.", "It rains in Kiel."),
        ("nx-1", "Morgen scheint die Sonne.", "The sun will shine tomorrow."),
        ("nx-2", "Der Zug hält heute nicht.", "The train does not stop today."),
    ]
)
BAD_ROW = '{"document": "nx-3", "source": 7}\n'

SOURCE_PAGE = (
    '<html lang="de"><head><title>Neue Lücke</title>{meta}</head>'
    "<body><article><h1>Neue Lücke</h1><p>Es regnet in Kiel. Es schneit in Bremen.</p></article></body></html>"
)
ENGLISH_PAGE = (
    '<html lang="en"><head><title>New gap</title>{meta}</head>'
    "<body><article><h1>New gap</h1><p>It rains in Kiel. It snows in Bremen.</p></article></body></html>"
)
ARTICLE_ID = '<meta name="article:id" content="nx-7">'


def multipart(files: list[tuple[str, str | bytes]], **fields: str) -> tuple[bytes, str]:
    """A form as a browser sends it, folders in the names: Django's own test client would cut them off."""
    boundary = "----upload-test"
    body = b""
    for name, value in ({"what": "auto", "name": "", "format": "auto"} | fields).items():
        body += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
    for name, content in files:
        content = content.encode() if isinstance(content, str) else content
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
        body += head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + content + b"\r\n"
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


@pytest.fixture(autouse=True)
def data_folder(settings, tmp_path):
    settings.WORKBENCH_DATA = tmp_path


@pytest.fixture
def dora(cast):
    return browser_of(cast["dora"])


@pytest.fixture
def send(project, dora, django_capture_on_commit_callbacks):
    """Send files as Dora and let the workers do what follows; the batch, or the refusal's answer."""

    def upload(*files: tuple[str, str | bytes], client: Client | None = None, **fields: str):
        body, content_type = multipart(list(files), **fields)
        with django_capture_on_commit_callbacks(execute=True):
            address = reverse("reviews:import-upload", args=[project.slug])
            response = (client or dora).post(address, body, content_type=content_type)
        if response.status_code != 302:
            return response
        return ImportBatch.objects.latest("pk")

    return upload


@pytest.fixture
def confirm(dora, django_capture_on_commit_callbacks):
    def click(batch: ImportBatch) -> ImportBatch:
        with django_capture_on_commit_callbacks(execute=True):
            response = dora.post(reverse("reviews:import-confirm", args=[batch.pk]))
        assert response.status_code == 302
        batch.refresh_from_db()
        return batch

    return click


def shown(client: Client, batch: ImportBatch):
    response = client.get(reverse("reviews:import", args=[batch.pk]))
    assert response.status_code == 200
    return page_of(response)


def kept_files() -> list[Path]:
    return [path for path in (Path(settings.WORKBENCH_DATA) / "uploads").rglob("*") if path.is_file()]


def problem_of(response) -> str:
    assert response.status_code == 422
    [problem] = page_of(response).xpath("//p[@id='upload-problem']")
    return text_of(problem)


# --- the way through -----------------------------------------------------------------------------------


def test_an_upload_is_checked_and_nothing_is_written_before_it_is_confirmed(send, dora):
    batch = send(("rows.jsonl", ROWS))
    assert (batch.state, batch.via, batch.person.username) == (State.CHECKED, "upload", "dora")
    assert not Document.objects.exists()
    assert not System.objects.exists()
    page = shown(dora, batch)
    assert "Everything can be imported: 2 new articles." in text_of(page)
    assert buttons(page)[-2:] == ["Import 2 new articles", "Cancel"]
    assert "Es regnet in Kiel." in text_of(page)
    assert "It rains in Kiel." in text_of(page)


def test_a_confirmed_upload_is_imported_scored_and_reported(send, confirm, dora):
    batch = confirm(send(("rows.jsonl", ROWS)))
    assert batch.state == State.DONE
    assert list(Document.objects.order_by("pk").values_list("external_id", flat=True)) == ["nx-1", "nx-2"]
    assert Hypothesis.objects.filter(batch=batch).count() == 3
    assert batch.counts["documents"] == {"new": 2, "changed": 0, "same": 0, "rejected": 0}
    assert not TaskRun.objects.filter(batch=batch).exclude(state=TaskRun.State.DONE).exists()
    page = text_of(shown(dora, batch))
    assert "Imported." in page
    assert "Scored and checked: 2 of 2 articles" in page
    assert kept_files() == []


def test_the_files_are_kept_until_the_import_and_no_longer(send, confirm):
    batch = send(("rows.jsonl", ROWS), ("again.jsonl", ROWS.replace("nx-", "ny-")))
    folder = Path(settings.WORKBENCH_DATA) / "uploads" / batch.folder
    assert sorted(path.name for path in folder.iterdir()) == sorted(file["hash"] for file in batch.files)
    confirm(batch)
    assert not folder.exists()


def test_the_same_upload_again_has_nothing_new(send, confirm, dora):
    confirm(send(("rows.jsonl", ROWS)))
    again = send(("rows.jsonl", ROWS))
    assert again.state == State.DONE
    page = shown(dora, again)
    assert "Nothing new." in text_of(page)
    assert "Import" not in [button.split()[0] for button in buttons(page)]
    assert Document.objects.count() == 2


def test_a_bad_row_keeps_its_article_out_and_says_where_and_why(send, confirm, dora):
    batch = send(("rows.jsonl", ROWS + BAD_ROW))
    page = text_of(shown(dora, batch))
    assert "rows.jsonl:4" in page
    assert "Some of it can be imported: 2 new articles." in page
    batch = confirm(batch)
    assert batch.counts["documents"] == {"new": 2, "changed": 0, "same": 0, "rejected": 1}
    assert [(row["file"], row["line"], row["document"]) for row in batch.rejected] == [("rows.jsonl", 4, "nx-3")]


def test_an_upload_nothing_of_which_can_be_taken_has_failed(send, dora):
    batch = send(("notes.xyz", "anything"))
    assert batch.state == State.FAILED
    page = shown(dora, batch)
    assert "Nothing in these files could be taken." in text_of(page)
    assert "“Format”" in text_of(page)
    assert "--format" not in text_of(page)
    assert kept_files() == []


def test_an_article_folder_comes_in_as_one_article(send, confirm):
    batch = confirm(
        send(
            ("desk/luecke/source.de.html", SOURCE_PAGE.format(meta="")),
            ("desk/luecke/engine-a.en.html", ENGLISH_PAGE.format(meta="")),
            ("desk/luecke/photo.jpg", b"\xff\xd8"),
        )
    )
    [document] = Document.objects.all()
    assert document.external_id == "luecke"
    assert Hypothesis.objects.filter(document=document).count() == 3
    [report] = batch.report["import"]["listed"]
    assert report["file"] == "desk/luecke"
    assert any("photo.jpg" in notice for notice in batch.report["import"]["notices"])


def test_loose_pages_of_one_article_belong_together(send, confirm):
    confirm(
        send(
            ("source.de.html", SOURCE_PAGE.format(meta=ARTICLE_ID)),
            ("engine-a.en.html", ENGLISH_PAGE.format(meta=ARTICLE_ID)),
            ("rows.jsonl", ROWS),
        )
    )
    assert set(Document.objects.values_list("external_id", flat=True)) == {"nx-7", "nx-1", "nx-2"}


def test_a_page_without_its_folder_has_to_name_its_article(send):
    batch = send(("source.de.html", SOURCE_PAGE.format(meta="")))
    assert batch.state == State.FAILED
    [refused] = batch.rejected
    assert (refused["file"], refused["document"]) == ("source.de.html", None)
    assert "Upload it with its folder" in refused["reason"]


def test_translations_of_a_named_engine_join_the_article_that_is_there(send, confirm):
    confirm(send(("luecke/source.de.html", SOURCE_PAGE.format(meta=ARTICLE_ID))))
    page = ENGLISH_PAGE.format(meta=ARTICLE_ID)
    batch = confirm(send(("whatever.html", page), what="hypothesis", name="engine-b@2"))
    assert batch.options == {"role": "hypothesis", "system": "engine-b@2"}
    assert System.objects.get().label == "engine-b@2"
    assert Hypothesis.objects.filter(batch=batch).count() == 3


def test_a_single_original_is_a_new_state_of_its_article(send, confirm):
    confirm(send(("luecke/source.de.html", SOURCE_PAGE.format(meta=ARTICLE_ID))))
    page = SOURCE_PAGE.format(meta=ARTICLE_ID).replace("in Kiel", "in Lübeck")
    batch = confirm(send(("neu.html", page), what="source"))
    assert batch.counts["documents"]["changed"] == 1
    assert batch.report["import"]["listed"][0]["segments"]["changed"] == 1


def test_in_a_folder_of_originals_the_english_pages_stay_translations(send, confirm):
    files = [
        ("luecke/source.de.html", SOURCE_PAGE.format(meta=ARTICLE_ID)),
        ("luecke/engine-a.en.html", ENGLISH_PAGE.format(meta=ARTICLE_ID)),
    ]
    batch = confirm(send(*files, what="source"))
    assert batch.counts["documents"]["new"] == 1
    assert Hypothesis.objects.filter(batch=batch).count() == 3


def test_a_table_without_a_header_says_how_to_name_its_columns_and_is_read_with_them(send, confirm, dora):
    table = "Es regnet in Kiel.,It rains in Kiel.\nEs schneit.,It snows.\n"
    batch = send(("tabelle.csv", table))
    assert batch.state == State.FAILED
    page = text_of(shown(dora, batch))
    assert "“Columns”" in page
    assert "--columns" not in page
    batch = confirm(send(("tabelle.csv", table), columns="source,target"))
    assert batch.counts["hypotheses"]["new"] == 2
    assert "columns source,target" in text_of(shown(dora, batch))


def test_another_sheet_of_a_workbook_is_named_and_read(send, confirm, dora):
    book = openpyxl.Workbook()
    book.active.append(["source", "target"])
    book.active.append(["Es regnet.", "It rains."])
    book.create_sheet("Blatt 2 ").append(["source", "target"])
    book["Blatt 2 "].append(["Es schneit.", "It snows."])
    content = io.BytesIO()
    book.save(content)
    page = text_of(shown(dora, send(("mappe.xlsx", content.getvalue()))))
    assert "sheets that are not read: 'Blatt 2 '. Name one with “Sheet”." in page
    batch = confirm(send(("mappe.xlsx", content.getvalue()), sheet="Blatt 2 "))
    assert Hypothesis.objects.get(batch=batch).text == "It snows."


def test_what_was_imported_between_check_and_confirmation_is_found_and_said(send, confirm):
    first, second = send(("rows.jsonl", ROWS)), send(("rows.jsonl", ROWS))
    confirm(first)
    second = confirm(second)
    assert second.state == State.DONE
    assert second.counts["documents"] == {"new": 0, "changed": 0, "same": 2, "rejected": 0}
    assert Document.objects.count() == 2


# --- what is sent --------------------------------------------------------------------------------------


def test_an_upload_without_a_file_is_told_so(send):
    assert problem_of(send()) == "Choose at least one file."


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"what": "hypothesis"}, "Name the engine these translations are from."),
        ({"what": "reference"}, "Name the reference, such as the translator's letter."),
        ({"what": "reference", "name": "A+B"}, "without +"),
        ({"what": "hypothesis", "name": "engine\u202e"}, "Write a name, or name@version."),
        ({"what": "everything"}, "Select a valid choice"),
        ({"format": "docx"}, "Select a valid choice"),
    ],
)
def test_a_form_that_makes_no_sense_is_refused_and_its_files_go(send, fields, words):
    assert words in problem_of(send(("rows.jsonl", ROWS), **fields))
    assert kept_files() == []
    assert not ImportBatch.objects.exists()


@pytest.mark.parametrize(
    ("limit", "value", "words"),
    [
        ("MAX_FILES", 2, "More than 2 files in one upload."),
        ("MAX_FILE_BYTES", 2048, "b.txt is larger than 2 kB."),
        ("MAX_UPLOAD_BYTES", 4096, "Together the files are larger than 4 kB."),
    ],
)
def test_an_upload_past_a_limit_is_refused_while_it_arrives(send, monkeypatch, limit, value, words):
    monkeypatch.setattr(upload_files, limit, value)
    files = [("a.txt", b"a" * 1000), ("b.txt", b"b" * 3000), ("c.txt", b"c" * 1000)]
    assert words in problem_of(send(*files))
    assert kept_files() == []
    assert not ImportBatch.objects.exists()


def test_two_different_files_of_one_name_are_refused_and_the_same_twice_is_once(send):
    assert "Two different files are called rows.jsonl." in problem_of(send(("rows.jsonl", ROWS), ("rows.jsonl", "{}")))
    assert len(send(("rows.jsonl", ROWS), ("rows.jsonl", ROWS)).files) == 1


def test_a_script_is_told_where_to_go_or_what_is_wrong(project, cast, django_capture_on_commit_callbacks):
    client = script_of(cast["dora"])
    address = reverse("reviews:import-upload", args=[project.slug])
    body, content_type = multipart([("rows.jsonl", ROWS)])
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(address, body, content_type=content_type)
    assert (response.status_code, response["Location"]) == (201, f"/imports/{ImportBatch.objects.get().pk}/")
    body, content_type = multipart([])
    response = client.post(address, body, content_type=content_type)
    assert (response.status_code, response.content.decode()) == (422, "Choose at least one file.")


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("../../../../etc/passwd.jsonl", "etc/passwd.jsonl"),
        ("/etc/passwd.jsonl", "etc/passwd.jsonl"),
        ("C:\\\\desk\\\\rows.jsonl", "C:/desk/rows.jsonl"),
        ("a/./b/../rows.jsonl", "a/b/rows.jsonl"),
        ("<script>alert(1)</script>.jsonl", "<script>alert(1)</script>.jsonl"),
        ("Zürich \u202egnp.jsonl", "Zürich _gnp.jsonl"),
        ("tab\tand\x07bell.jsonl", "tab_and_bell.jsonl"),
    ],
)
def test_hostile_names_are_cleaned_and_shown_escaped(send, dora, sent, name):
    batch = send((sent, ROWS))
    assert batch.state == State.CHECKED
    assert batch.files[0]["name"] == name
    html = dora.get(reverse("reviews:import", args=[batch.pk])).content.decode()
    assert "<script>alert" not in html
    assert {path.name for path in kept_files()} == {batch.files[0]["hash"]}


def test_two_names_of_300_characters_stay_two_and_keep_their_ending(send):
    batch = send(("ä" * 300 + "1.jsonl", ROWS), ("ä" * 300 + "2.jsonl", ROWS.replace("nx-", "ny-")))
    first, second = (file["name"] for file in batch.files)
    assert first != second
    assert all(len(name.encode()) <= 200 and name.endswith(".jsonl") for name in (first, second))
    assert batch.report["check"]["documents"]["new"] == 4


# --- calling it off, twice, at once, and after a crash -------------------------------------------------


def test_a_checked_upload_can_be_called_off(send, dora, cast):
    batch = send(("rows.jsonl", ROWS))
    response = dora.post(reverse("reviews:import-cancel", args=[batch.pk]), follow=True)
    assert "Cancelled. Nothing was imported." in text_of(page_of(response))
    batch.refresh_from_db()
    assert batch.state == State.CANCELLED
    assert kept_files() == []
    assert not uploads.confirm(batch_id=batch.pk, person=cast["dora"])
    assert not Document.objects.exists()
    assert [event.action for event in AuditEvent.objects.all()] == ["import.cancelled"]


def test_a_confirmed_upload_cannot_be_called_off(send, confirm, dora):
    batch = confirm(send(("rows.jsonl", ROWS)))
    response = dora.post(reverse("reviews:import-cancel", args=[batch.pk]), follow=True)
    assert "It is too late to cancel" in text_of(page_of(response))
    batch.refresh_from_db()
    assert batch.state == State.DONE


def test_a_second_click_imports_nothing_more(send, confirm):
    batch = confirm(confirm(send(("rows.jsonl", ROWS))))
    assert batch.generation == 2  # one check, one import
    assert [event.action for event in AuditEvent.objects.filter(stream__startswith="project")] == ["import.confirmed"]


def make_waiting(project, person, *files: tuple[str, str], state=State.CONFIRMED) -> ImportBatch:
    """An upload whose files lie there, waiting for a worker; a confirmed one has been checked."""
    folder = uploads.new_folder()
    for name, content in files or (("rows.jsonl", ROWS),):
        folder.begin(name)
        folder.write(content.encode())
        folder.end()
    batch = uploads.receive(project=project, person=person, folder=folder, options={})
    if state == State.CONFIRMED:
        pipeline.work_on_upload(batch.pk)
        assert uploads.confirm(batch_id=batch.pk, person=person)
    batch.refresh_from_db()
    return batch


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_confirm_once(project, cast):
    batch = make_waiting(project, cast["dora"], state=State.UPLOADED)
    pipeline.work_on_upload(batch.pk)
    clicks = at_once(lambda number: uploads.confirm(batch_id=batch.pk, person=cast["dora"]), 4)
    assert sorted(clicks) == [False, False, False, True]


@pytest.mark.django_db(transaction=True)
def test_of_several_workers_one_takes_an_upload(project, cast):
    batch = make_waiting(project, cast["dora"])
    claims = at_once(lambda number: uploads.claim(batch.pk), 4)
    assert [claim.state for claim in claims if claim] == [State.RUNNING]


def die_after(documents: int):
    """What follows a document, until the worker is gone."""
    done = []

    def follow(document: Document, batch: ImportBatch) -> None:
        if len(done) == documents:
            raise KeyboardInterrupt
        done.append(pipeline.after_import(document, batch, publish=False))

    return follow


def test_an_import_goes_on_where_a_killed_worker_stopped(project, cast):
    batch = make_waiting(project, cast["dora"])
    held = uploads.claim(batch.pk)
    with pytest.raises(KeyboardInterrupt):
        uploads.work(held, after_document=die_after(1))
    assert list(Document.objects.values_list("external_id", flat=True)) == ["nx-1"]
    assert uploads.claim(batch.pk) is None, "its worker may still be at it"
    gone = timezone.now() - uploads.ALIVE - timedelta(seconds=1)
    ImportBatch.objects.filter(pk=batch.pk).update(touched_at=gone)
    assert pipeline.sweep(inline=True).uploads == 1
    batch.refresh_from_db()
    assert batch.state == State.DONE
    assert batch.counts["documents"] == {"new": 2, "changed": 0, "same": 0, "rejected": 0}
    assert batch.counts["segments"]["new"] == 3
    assert batch.counts["hypotheses"] == {"new": 3, "changed": 0, "same": 0, "rejected": 0}
    assert [report["outcome"] for report in batch.report["import"]["listed"]] == ["new", "new"]
    assert Hypothesis.objects.count() == 3
    assert kept_files() == []


def test_a_worker_that_was_taken_for_dead_writes_nothing_more_of_the_report(project, cast):
    batch = make_waiting(project, cast["dora"])
    slow = uploads.claim(batch.pk)
    ImportBatch.objects.filter(pk=batch.pk).update(touched_at=timezone.now() - timedelta(hours=1))
    quick = uploads.claim(batch.pk)
    assert quick.generation == slow.generation + 1
    with pytest.raises(uploads.NoLongerWantedError):
        uploads.work(slow, after_document=pipeline.after_import)
    uploads.work(quick, after_document=pipeline.after_import)
    batch.refresh_from_db()
    assert batch.state == State.DONE


def test_an_upload_that_keeps_killing_its_worker_fails_in_the_end(project, cast):
    batch = make_waiting(project, cast["dora"])
    for _ in range(uploads.MAX_STARTS):
        assert uploads.claim(batch.pk)
        ImportBatch.objects.filter(pk=batch.pk).update(touched_at=timezone.now() - timedelta(hours=1))
    assert uploads.claim(batch.pk) is None
    batch.refresh_from_db()
    assert batch.state == State.FAILED
    assert batch.error == "It was begun 3 times and never finished."


def test_an_error_that_may_pass_is_tried_again_and_another_one_is_told(project, cast, monkeypatch, dora):
    batch = make_waiting(project, cast["dora"])
    [passing] = [error for error in pipeline.PASSING_ERRORS if error.__name__ == "OperationalError"]

    def fail(error):
        def read(*args, **kwargs):
            raise error

        return read

    with monkeypatch.context() as patched:
        patched.setattr(uploads, "rebuild", fail(passing("database is locked")))
        with pytest.raises(passing):
            pipeline.work_on_upload(batch.pk)
    batch.refresh_from_db()
    assert batch.state == State.CONFIRMED
    with monkeypatch.context() as patched:
        patched.setattr(uploads, "rebuild", fail(ValueError("a reader broke")))
        with pytest.raises(ValueError, match="a reader broke"):
            pipeline.work_on_upload(batch.pk)
    batch.refresh_from_db()
    assert batch.state == State.FAILED
    assert "a reader broke" in text_of(shown(dora, batch))


def test_an_upload_whose_message_was_lost_is_taken_up_by_the_next_sweep(project, cast):
    batch = make_waiting(project, cast["dora"], state=State.UPLOADED)
    assert pipeline.sweep(inline=True).uploads == 0
    ImportBatch.objects.filter(pk=batch.pk).update(error=pipeline.NOT_QUEUED)
    assert pipeline.sweep(inline=True).uploads == 1
    batch.refresh_from_db()
    assert (batch.state, batch.error) == (State.CHECKED, "")


def test_a_worker_stops_reading_what_was_called_off(project, cast, monkeypatch):
    batch = make_waiting(project, cast["dora"], state=State.UPLOADED)
    monkeypatch.setattr(uploads, "_BEAT_SECONDS", 0.0)
    rebuild = uploads.rebuild

    def call_off(*args, **kwargs):
        units = rebuild(*args, **kwargs)
        assert uploads.cancel(batch_id=batch.pk, person=cast["dora"])
        return units

    monkeypatch.setattr(uploads, "rebuild", call_off)
    pipeline.work_on_upload(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.error) == (State.CANCELLED, "")


def test_what_nobody_confirms_is_called_off_and_left_over_files_go(project, cast):
    forgotten = make_waiting(project, cast["dora"], state=State.UPLOADED)
    pipeline.work_on_upload(forgotten.pk)
    fresh = make_waiting(project, cast["dora"], state=State.UPLOADED)
    coming_in = uploads.new_folder()
    coming_in.begin("half.jsonl")
    long_ago = timezone.now() - uploads.UNCONFIRMED - timedelta(hours=1)
    ImportBatch.objects.filter(pk=forgotten.pk).update(touched_at=long_ago)
    uploads.tidy_up()
    forgotten.refresh_from_db()
    assert (forgotten.state, forgotten.error) == (State.CANCELLED, "Nobody confirmed it within 7 days.")
    kept = {path.name for path in (Path(settings.WORKBENCH_DATA) / "uploads").iterdir()}
    assert kept == {fresh.folder, coming_in.path.name}


# --- the page and what it gives away -------------------------------------------------------------------


def test_the_open_page_asks_how_far_it_is_and_loads_anew_when_that_changes(project, cast):
    batch = make_waiting(project, cast["dora"], state=State.UPLOADED)
    ImportBatch.objects.filter(pk=batch.pk).update(
        state=State.RUNNING, progress={"file": 1, "files": 2, "documents": 3, "of": 12}
    )
    client = script_of(cast["anna"])
    address = reverse("reviews:import", args=[batch.pk])
    answer = client.get(address, {"seen": "running"})
    assert "Importing: 3 of 12 articles" in text_of(page_of(answer))
    assert "HX-Refresh" not in answer
    assert client.get(address, {"seen": "confirmed"})["HX-Refresh"] == "true"


def test_editors_read_reports_and_are_offered_nothing_else(send, cast, project):
    batch = send(("rows.jsonl", ROWS))
    anna = browser_of(cast["anna"])
    page = shown(anna, batch)
    assert buttons(page) == ["Log out"]
    assert "A desk head has to confirm it." in text_of(page)
    assert "By Dora on the upload page" in text_of(page)
    listed = page_of(anna.get(reverse("reviews:imports", args=[project.slug])))
    assert not listed.xpath("//form[@id='upload']")
    assert "Waiting for confirmation" in text_of(listed)


def test_researchers_see_no_names(send, cast):
    batch = send(("rows.jsonl", ROWS))
    rolf = browser_of(cast["rolf"])
    assert "Dora" not in text_of(shown(rolf, batch))
    assert rolf.get(reverse("reviews:import-report", args=[batch.pk])).json()["person"] is None


def test_imports_by_command_stand_in_the_same_list(project, cast):
    ImportBatch.objects.create(
        project=project,
        state=State.DONE,
        options={"paths": ["in/a.csv", "in/b.csv", "in/c.csv"]},
        counts={"documents": {"new": 4, "changed": 0, "same": 1, "rejected": 0}},
    )
    page = page_of(browser_of(cast["dora"]).get(reverse("reviews:imports", args=[project.slug])))
    [row] = page.xpath("//table//tbody/tr")
    cells = [text_of(cell) for cell in row.xpath("./th|./td")]
    assert cells[0].endswith("a.csv, b.csv and 1 more")
    assert cells[1:4] == ["Done", "4 new, 1 unchanged", "command line"]


def test_the_report_can_be_kept_as_json(send, confirm, dora):
    batch = confirm(send(("rows.jsonl", ROWS + BAD_ROW)))
    response = dora.get(reverse("reviews:import-report", args=[batch.pk]))
    assert response["Content-Disposition"] == f'attachment; filename="import-{batch.pk}.json"'
    report = response.json()
    assert (report["batch"], report["state"], report["person"]) == (batch.pk, "done", "Dora")
    assert report["files"] == batch.files
    assert report["documents"]["new"] == 2
    assert report["rejected"][0]["line"] == 4
    assert report["scores"]["done"] > 0


def test_the_refused_rows_open_in_a_spreadsheet_and_are_no_formulas(project, dora):
    rejected = [
        {"file": "=cmd()", "line": 3, "document": "-nx", "reason": 'has "quotes", ümläuts'},
        {"file": "rows.csv", "line": None, "document": None, "reason": "@sum"},
    ]
    batch = ImportBatch.objects.create(project=project, state=State.DONE, rejected=rejected)
    content = dora.get(reverse("reviews:import-refused", args=[batch.pk])).content
    assert content.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(content.decode("utf-8-sig")))) == [
        ["file", "line", "document", "reason"],
        ["'=cmd()", "3", "'-nx", 'has "quotes", ümläuts'],
        ["rows.csv", "", "", "'@sum"],
    ]


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_the_pages_ask_as_often_for_many_as_for_few(send, confirm, project, dora):
    lists, pages = [], []
    for size in (2, 30):
        rows = [ROWS.replace("nx-", f"n{size}-{number}-") for number in range(size)]
        files = [(f"rows{number}.jsonl", text) for number, text in enumerate(rows)]
        batch = confirm(send(*files))
        assert batch.counts["documents"]["new"] == 2 * size
        lists.append(queries(dora, reverse("reviews:imports", args=[project.slug])))
        pages.append(queries(dora, reverse("reviews:import", args=[batch.pk])))
    assert lists[0] == lists[1] <= 9
    assert pages[0] == pages[1] <= 9


def test_long_reports_are_cut_and_say_so(send, monkeypatch, dora):
    monkeypatch.setattr(uploads, "REJECTED_KEPT", 3)
    monkeypatch.setattr(uploads, "DOCUMENTS_KEPT", 2)
    bad = "".join(BAD_ROW.replace("nx-3", f"bad-{number}") for number in range(5))
    batch = send(("rows.jsonl", ROWS + bad))
    report = batch.report["check"]
    assert (len(batch.rejected), report["refused"]) == (3, 5)
    assert (len(report["listed"]), report["left_out"]) == (2, 5)
    assert [document["document"] for document in report["listed"]] == ["nx-1", "nx-2"]
    assert "These are the first 3 of 5." in text_of(shown(dora, batch))


def test_a_page_lists_some_articles_and_counts_the_others(send, monkeypatch, dora):
    monkeypatch.setattr(uploads, "DOCUMENTS_KEPT", 2)
    batch = send(("rows.jsonl", ROWS), ("more.jsonl", ROWS.replace("nx-", "ny-")))
    page = shown(dora, batch)
    assert len(page.xpath("//li[contains(@class, 'report ')]")) == 2
    assert "and 2 more articles, counted above." in text_of(page)
