"""Celery tasks: ids in, one call of the pipeline, nothing out. What came of it stands on the TaskRun or ImportBatch."""

from __future__ import annotations

from celery import shared_task

from reviews import pipeline
from reviews.pipeline import PASSING_ERRORS

#: What may have passed by the next try is tried again after a pause; everything else is not.
RETRIES = pipeline.MAX_STARTS - 1


@shared_task(name="reviews.score_chunk", autoretry_for=PASSING_ERRORS, max_retries=RETRIES, retry_backoff=1)
def score_chunk(run_id: int, generation: int, chunk: int) -> None:
    pipeline.run_chunk(run_id, generation, chunk)


@shared_task(name="reviews.check_chunk", autoretry_for=PASSING_ERRORS, max_retries=RETRIES, retry_backoff=1)
def check_chunk(run_id: int, generation: int, chunk: int) -> None:
    pipeline.run_chunk(run_id, generation, chunk)


@shared_task(name="reviews.post_edit_chunk", autoretry_for=PASSING_ERRORS, max_retries=RETRIES, retry_backoff=1)
def post_edit_chunk(run_id: int, generation: int, chunk: int) -> None:
    pipeline.run_chunk(run_id, generation, chunk)


@shared_task(name="reviews.route_chunk", autoretry_for=PASSING_ERRORS, max_retries=RETRIES, retry_backoff=1)
def route_chunk(run_id: int, generation: int, chunk: int) -> None:
    pipeline.run_chunk(run_id, generation, chunk)


@shared_task(name="reviews.route_project", autoretry_for=PASSING_ERRORS, max_retries=RETRIES, retry_backoff=1)
def route_project(project_id: int) -> None:
    pipeline.route_project(project_id)


@shared_task(name="reviews.work_on_upload", autoretry_for=PASSING_ERRORS, max_retries=RETRIES, retry_backoff=1)
def work_on_upload(batch_id: int) -> None:
    pipeline.work_on_upload(batch_id)


@shared_task(name="reviews.bulk_job", autoretry_for=PASSING_ERRORS, max_retries=RETRIES, retry_backoff=1)
def bulk_job(job_id: int) -> None:
    pipeline.work_on_job(job_id)


@shared_task(name="reviews.send_notices")
def send_notices(person_id: int) -> None:
    pipeline.send_notices(person_id)


@shared_task(name="reviews.sweep")
def sweep() -> None:
    pipeline.sweep()


@shared_task(name="reviews.retain")
def retain() -> None:
    pipeline.retain()


@shared_task(name="reviews.count_effort")
def count_effort() -> None:
    pipeline.count_effort()


@shared_task(name="reviews.note_heads")
def note_heads() -> None:
    pipeline.note_heads()
