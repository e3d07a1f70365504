"""The shared case of a task that the broker hands out again while the first delivery is still at work."""

import json

import pytest

from reviews import pipeline
from reviews.importing import uploads
from reviews.models import AuditEvent, Document, Hypothesis, ImportBatch, Segment
from tests.factories import make_cast, make_project
from tests.shared import shared_path

pytestmark = pytest.mark.django_db


def test_a_second_delivery_does_nothing_while_the_first_works_and_after_it(monkeypatch):
    case = json.loads(shared_path("cases/task-delivered-twice/input.json").read_text())
    expected = json.loads(shared_path("cases/task-delivered-twice/expected.json").read_text())
    project = make_project()
    dora = make_cast(project)["dora"]
    folder = uploads.new_folder()
    folder.begin("rows.jsonl")
    for number in range(case["rows"]):
        row = {"document": f"nx-{number}", "source": f"Satz {number}.", "hypotheses": {"engine-a": f"Line {number}."}}
        folder.write(json.dumps(row).encode() + b"\n")
    folder.end()
    batch = uploads.receive(project=project, person=dora, folder=folder, options={})
    pipeline.work_on_upload(batch.pk)
    assert uploads.confirm(batch_id=batch.pk, person=dora)

    seen = []
    after_import = pipeline.after_import

    def delivered_again(document, batch=None, **options):
        before = (Document.objects.count(), ImportBatch.objects.get(pk=batch.pk).generation)
        pipeline.work_on_upload(batch.pk)
        assert (Document.objects.count(), ImportBatch.objects.get(pk=batch.pk).generation) == before
        seen.append(before[0])
        return after_import(document, batch, **options)

    monkeypatch.setattr(pipeline, "after_import", delivered_again)
    for _ in case["deliveries"]:
        pipeline.work_on_upload(batch.pk)

    batch.refresh_from_db()
    assert seen == list(range(1, case["rows"] + 1))
    assert ImportBatch.objects.filter(state=ImportBatch.State.DONE).count() == expected["jobs_done"]
    assert batch.counts["documents"]["new"] == case["rows"]
    assert Segment.objects.count() == Hypothesis.objects.count() == expected["segments_created"]
    assert AuditEvent.objects.filter(action="document.imported").count() == case["rows"]
