"""Uploads with real worker processes over a real broker, killed while they import."""

from __future__ import annotations

import json
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from reviews import pipeline
from reviews.importing import uploads
from reviews.models import AuditEvent, Document, Hypothesis, ImportBatch, Segment
from tests.factories import make_cast, make_project
from tests.workers import running_broker, running_worker, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

DOCUMENTS = 150
State = ImportBatch.State


def upload_rows(project, person) -> ImportBatch:
    folder = uploads.new_folder()
    folder.begin("rows.jsonl")
    for number in range(DOCUMENTS):
        for sentence in range(4):
            row = {
                "document": f"nx-{number}",
                "source": f"Satz {sentence} von Artikel {number}.",
                "hypotheses": {"engine-a": f"Sentence {sentence} of article {number}."},
            }
            folder.write(json.dumps(row).encode() + b"\n")
    folder.end()
    batch = uploads.receive(project=project, person=person, folder=folder, options={})
    pipeline.after_upload(batch)
    return batch


def state_of(batch: ImportBatch) -> str:
    return ImportBatch.objects.values_list("state", flat=True).get(pk=batch.pk)


class Swept:
    """Whether everything of an import is scored. What a killed process had taken from the broker and not noted down
    yet is nobody's: the sweep finds it, here every ten seconds and a minute after it was last heard of."""

    def __init__(self, batch: ImportBatch) -> None:
        self.batch = batch
        self.next = time.monotonic() + 10

    def __call__(self) -> bool:
        if time.monotonic() > self.next:
            pipeline.sweep(left_behind=timedelta(minutes=1))
            self.next = time.monotonic() + 10
        return "scores" in ImportBatch.objects.get(pk=self.batch.pk).counts


@pytest.mark.services
def test_a_worker_killed_while_it_imports_loses_and_doubles_nothing():
    project = make_project()
    dora = make_cast(project)["dora"]
    with running_broker() as broker:
        batch = upload_rows(project, dora)
        with running_worker(broker, visibility_timeout=2) as worker:
            wait_until(lambda: state_of(batch) == State.CHECKED)
            assert not Document.objects.exists()
            assert uploads.confirm(batch_id=batch.pk, person=dora)
            pipeline.after_upload(batch)
            wait_until(lambda: Document.objects.count() > DOCUMENTS / 10)
            worker.kill()
        assert 0 < Document.objects.count() < DOCUMENTS
        assert state_of(batch) == State.RUNNING
        # Two minutes later, for whoever looks at the clock of the row.
        ImportBatch.objects.filter(pk=batch.pk).update(touched_at=timezone.now() - uploads.ALIVE - timedelta(seconds=1))
        assert pipeline.sweep().uploads == 1
        with running_worker(broker, visibility_timeout=2):
            wait_until(lambda: state_of(batch) == State.DONE)
            wait_until(Swept(batch))
    batch.refresh_from_db()
    assert batch.counts["documents"] == {"new": DOCUMENTS, "changed": 0, "same": 0, "rejected": 0}
    assert batch.counts["hypotheses"] == {"new": 4 * DOCUMENTS, "changed": 0, "same": 0, "rejected": 0}
    assert batch.attempts == 2
    assert Segment.objects.count() == Hypothesis.objects.count() == 4 * DOCUMENTS
    assert AuditEvent.objects.filter(action="document.imported").count() == DOCUMENTS
