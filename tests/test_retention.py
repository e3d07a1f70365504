"""What is kept for a time goes after it, and nothing else, whoever is at work beside it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from reviews import pipeline
from reviews.editing import drafts
from reviews.editing.saving import save_revision
from reviews.importing import raw, uploads
from reviews.models import (
    AuditEvent,
    Draft,
    DraftKind,
    ImportBatch,
    Notice,
    NoticeKind,
    Person,
    Project,
    SourceRevision,
)
from reviews.notices import service as notices
from reviews.retention import RAW_AFTER, due, retain
from tests.factories import make_document, segments_of
from tests.threads import at_once

pytestmark = pytest.mark.django_db

LONG_AGO = timezone.now() - timedelta(days=400)
NOTHING = {"drafts": 0, "notices": 0, "uploads": 0, "raw": 0}


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "WORKBENCH_DATA", tmp_path)


def aged(raw_hash: str) -> Path:
    path = raw.raw_path(raw_hash)
    os.utime(path, (LONG_AGO.timestamp(), LONG_AGO.timestamp()))
    return path


@pytest.fixture
def old(project: Project, cast: dict[str, Person]) -> dict[str, Path]:
    """One thing of each sort that is due, beside one that is not."""
    document = make_document(project, ["Eins.", "Zwei."])
    first, second = segments_of(document)
    for segment, at in ((first, LONG_AGO), (second, timezone.now())):
        drafts.save_draft(segment_id=segment.pk, person=cast["anna"], typed="Half a", base=0, sequence=1)
        Draft.objects.filter(segment=segment).update(updated_at=at)
    save_revision(segment_id=first.pk, person=cast["ben"], typed="One.", base=0)
    save_revision(segment_id=first.pk, person=cast["dora"], typed="Refused.", base=0)
    Draft.objects.filter(kind=DraftKind.REFUSED).update(updated_at=LONG_AGO)
    for number, (read, at) in enumerate(((LONG_AGO, LONG_AGO), (None, LONG_AGO), (timezone.now(), timezone.now()))):
        notice = Notice.objects.create(
            person=cast["anna"], document=document, kind=NoticeKind.ASSIGNED, key=f"k{number}", text="Work."
        )
        Notice.objects.filter(pk=notice.pk).update(read_at=read, created_at=at)
    for at in (LONG_AGO, timezone.now()):
        ImportBatch.objects.create(project=project, via="upload", state="checked", touched_at=at)
    files = {name: aged(raw.store_raw(name.encode())) for name in ("left", "named", "young")}
    SourceRevision.objects.create(
        document=document, number=9, content_hash="x", reader="html", raw_hash=files["named"].name
    )
    os.utime(files["young"])
    return files


def test_a_dry_run_says_what_a_run_removes_and_a_second_one_finds_nothing(
    old: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    events = AuditEvent.objects.count()
    call_command("retention", "--dry-run", "--json")
    said = json.loads(capsys.readouterr().out)
    assert said["due"] == {"drafts": 1, "notices": 1, "uploads": 1, "raw": 1}
    assert said["days"] == {"drafts": 30, "notices": 90, "uploads": 7, "raw": 7}
    assert all(path.exists() for path in old.values())
    assert Draft.objects.count() == 3
    call_command("retention", "--json")
    assert json.loads(capsys.readouterr().out)["removed"] == said["due"]
    assert due(timezone.now()) == NOTHING == retain(timezone.now())
    assert sorted(Draft.objects.values_list("kind", "text")) == [("refused", "Refused."), ("typing", "Half a")]
    assert Notice.objects.count() == 2
    assert sorted(ImportBatch.objects.values_list("state", flat=True)) == ["cancelled", "checked"]
    assert {name for name, path in old.items() if path.exists()} == {"named", "young"}
    assert AuditEvent.objects.count() == events


def test_the_daily_task_does_it(old: dict[str, Path]) -> None:
    pipeline.retain()
    assert due(timezone.now()) == NOTHING


@pytest.mark.django_db(transaction=True)
def test_several_runs_at_once_are_one(old: dict[str, Path]) -> None:
    removed = at_once(lambda _: retain(timezone.now()), 3)
    assert sum(each["raw"] for each in removed) == 1
    assert not list((Path(settings.WORKBENCH_DATA) / "raw").glob("??/.*"))
    assert due(timezone.now()) == NOTHING


@pytest.mark.parametrize("when", ["before it is put aside", "after it is put aside"])
def test_a_file_that_an_import_comes_for_meanwhile_is_there_for_it(
    old: dict[str, Path], monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    rename = os.rename

    def with_an_import(source: Path, target: Path) -> None:
        steps: list[Callable[[], object]] = [lambda: rename(source, target), lambda: raw.store_raw(b"left")]
        for step in steps if when.startswith("after") else reversed(steps):
            step()

    monkeypatch.setattr(os, "rename", with_an_import)
    retain(timezone.now())
    assert raw.read_raw(old["left"].name) == b"left"
    assert not list((Path(settings.WORKBENCH_DATA) / "raw").glob("??/.*"))


def test_a_file_kept_again_is_as_young_as_a_new_one() -> None:
    path = aged(raw.store_raw(b"again"))
    raw.store_raw(b"again")
    assert datetime.fromtimestamp(path.stat().st_mtime, tz=timezone.get_current_timezone()) > LONG_AGO + RAW_AFTER


def test_limits_are_those_that_hold_all_the_time() -> None:
    assert (drafts.FORGOTTEN_AFTER.days, notices.KEPT.days, uploads.UNCONFIRMED.days) == (30, 90, 7)
