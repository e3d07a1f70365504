"""What happens next: the only place that starts background runs and queues their work.

A run (TaskRun) is a row first and messages second. The row is written in the transaction of what it follows from;
the messages go out once that is committed. When they are lost (no broker, a worker killed) nothing else is: the
row says what is left to do, and `sweep` has it done.

A worker computes a chunk outside of transactions and writes it in short ones, each of which makes sure that the
chunk is still wanted. So a chunk may be delivered twice, to two workers at once, or after newer work began.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import kombu.exceptions
import kombu.pools
from celery import current_app
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q
from django.utils import timezone

from reviews import retention
from reviews.broker import NO_WAITING
from reviews.checks import runner as checks
from reviews.editing import assignments, jobs
from reviews.editing.claims import return_expired
from reviews.editing.drafts import drop_forgotten
from reviews.editing.locking import lock_document
from reviews.importing import uploads
from reviews.metrics import runner as metrics
from reviews.metrics import weekly
from reviews.models import (
    BulkJob,
    Decision,
    DecisionKind,
    Dismissal,
    Document,
    Heartbeat,
    ImportBatch,
    Person,
    Project,
    Scope,
    Tally,
    TaskRun,
)
from reviews.models.audit import append_event
from reviews.models.in_force import Stretch, Texts, cut, texts_in
from reviews.models.quality import mark_week
from reviews.models.search import rebuild, write_words
from reviews.models.tally import fold
from reviews.notices import mailing
from reviews.notices import service as notices
from reviews.publishing.heads import note_changed_streams
from reviews.reports import effort_months
from reviews.routing import service as routing
from reviews.routing import work

logger = logging.getLogger(__name__)

Kind, State = TaskRun.Kind, TaskRun.State

#: Errors that may be gone the next time; everything else is for somebody to look at.
PASSING_ERRORS: tuple[type[Exception], ...] = (OperationalError, InterfaceError)

#: How often a chunk is begun before its run counts as failed; so a chunk that kills its worker does not go on forever.
MAX_STARTS = 3

#: How long nothing must have happened to a run before a sweep takes it for left behind.
LEFT_BEHIND = timedelta(minutes=10)

#: How many runs one sweep queues again.
SWEEP_LIMIT = 500

#: Stands on a run whose messages did not go out; the next sweep queues it.
NOT_QUEUED = "not queued yet: the broker takes no tasks"


# --- what calls what ----------------------------------------------------------------------------------


def after_import(document: Document, batch: ImportBatch | None = None, *, publish: bool = True) -> TaskRun:
    """Have the document scored, checked and routed, and tell whom a new source concerns; called in the transaction
    of the import.

    Without `publish` the run is only written: for a command that then works through it itself.
    """
    by = batch.person_id if batch else None
    notices.tell_source_changed(document, by=by)
    notices.tell_outdated(document, by=by)
    Document.objects.filter(pk=document.pk).update(searchable=False)
    run = _begin(document, Kind.SCORE, [stretch.to_json() for stretch in cut(document)], batch)
    if publish:
        _queue(run)
    return run


def after_scored(document_id: int) -> None:
    """Every hypothesis has its scores and findings, every segment its risk: who has to look, and when?

    A new source may have ended approvals, and a new engine has texts to hold against those that stand.
    """
    document = lock_document(document_id)
    mark_week(document)
    Document.objects.filter(pk=document_id).update(searchable=True)
    _score_post_edits(document)
    _hand_on(document)


def after_revision(document_id: int) -> None:
    """A human text was saved; called in the same transaction where possible."""
    with transaction.atomic():
        document = lock_document(document_id)
        _queue(_begin(document, Kind.CHECK, [{}], None))
        _score_post_edits(document)
        _hand_on(document)


def after_decision(document_id: int) -> None:
    """Something was decided, or a lease was given back: what is there to do now?"""
    with transaction.atomic():
        document = lock_document(document_id)
        _score_post_edits(document)
        _hand_on(document)


def after_dismissal(document: Document, dismissals: Sequence[Dismissal]) -> None:
    """Findings of a document were dismissed, or came back, and its risk with them; called in the transaction of that.

    The same findings may stand in other articles: their risk and work follow in the background.
    """
    _hand_on(document)
    reaching = [row.pk for row in dismissals if row.scope != Scope.DOCUMENT]
    if reaching:
        _queue(_begin_route(document, {"like": reaching}))


def after_routing_policy(project_id: int) -> None:
    """A project's routing policy was changed: its articles are routed anew in the background."""
    _after_commit(_send_project, project_id)


def after_check_policy(project_id: int) -> None:
    """What findings do in a project was changed: its articles are weighed and routed anew in the background."""
    _after_commit(_send_project, project_id)


def route_document(document_id: int) -> None:
    """Route one article by its project's policy, here and now."""
    with transaction.atomic():
        _hand_on(lock_document(document_id))


def after_assignment(document: Document) -> None:
    """Work in the document was given to somebody; called in the transaction of that."""
    notices.tell_assigned(document)


def after_people(person: Person | None = None) -> None:
    """Somebody (anybody, for None) may not be able any more to do what they were given: it goes to the next."""
    for document_id in assignments.out_of_step(person=person):
        route_document(document_id)


def _hand_on(document: Document) -> None:
    """Have the work that is to do now and tell whom it concerns; under the document's lock."""
    work.sync_work(document.pk)
    assignments.follow(document.pk)
    notices.tell_assigned(document)
    notices.tell_sent_back(document)


def _score_post_edits(document: Document) -> None:
    """Have the engines' texts scored against what is approved, once anything ever was; under the document's lock."""
    if Decision.objects.filter(document=document, kind=DecisionKind.APPROVED).exists():
        _queue(_begin(document, Kind.POST_EDIT, [{}], None))


def rescore(document: Document, *, publish: bool = True) -> TaskRun:
    """Score and check a document again; what is up to date stays untouched."""
    with transaction.atomic():
        return after_import(lock_document(document.pk), publish=publish)


def retry(run_id: int, person: Person, via: str = "web") -> bool:
    """Have a run that failed done anew, from its start and on what is there now; False where it has not failed.

    Whoever asks twice, or second, finds it under way. It stands in the article's record who asked.
    """
    with transaction.atomic():
        run = TaskRun.objects.filter(pk=run_id).first()
        if run is None:
            return False
        document = lock_document(run.document_id)
        failed = TaskRun.objects.select_for_update(of=("self",)).filter(pk=run_id, state=State.FAILED).first()
        if failed is None:
            return False
        kind = Kind(failed.kind)
        chunks = [stretch.to_json() for stretch in cut(document)] if kind == Kind.SCORE else failed.chunks
        _queue(_begin(document, kind, chunks, failed.batch))
        append_event(
            document, action="run.retried", person=person, data={"run": failed.pk, "kind": kind.value}, via=via
        )
        return True


def after_upload(batch: ImportBatch) -> None:
    """Files came in, or their import was confirmed: a worker goes on; called in the transaction of that."""
    _after_commit(_send_upload, batch.pk)


# --- a run ------------------------------------------------------------------------------------------------


def _begin(document: Document, kind: TaskRun.Kind, chunks: list[dict[str, Any]], batch: ImportBatch | None) -> TaskRun:
    """A run with these chunks to do, under the document's lock.

    One that is unfinished (or failed) starts afresh as the next generation, so that no chunk of it writes what was
    read before. Only scoring has a row for every run: the others follow from every save or decision.
    """
    runs = TaskRun.objects.filter(document=document, kind=kind).order_by("-id")
    if kind == Kind.SCORE:
        runs = runs.exclude(state=State.DONE)
    run = runs.select_for_update().first() or TaskRun(document=document, project_id=document.project_id, kind=kind)
    run.generation = run.generation + 1 if run.pk else 1
    run.batch = batch or run.batch
    run.state = State.RUNNING
    run.chunks = chunks
    run.todo = list(range(len(chunks)))
    run.counts = {}
    run.error = ""
    run.attempts = 0
    run.save()
    return run


def _locked(run_id: int, generation: int, *, with_document: bool = False) -> TaskRun | None:
    """The run under its row lock, unless it is gone, finished or started afresh meanwhile.

    Whoever needs the document's lock too takes it first, as every save and import does.
    """
    if with_document:
        Document.objects.select_for_update(of=("self",)).filter(task_runs=run_id).first()
    run = TaskRun.objects.select_for_update(of=("self",)).filter(pk=run_id, generation=generation).first()
    return None if run is None or run.state == State.DONE else run


def run_chunk(run_id: int, generation: int, chunk: int) -> None:
    """Do one chunk of a run, and the next step if it was the last one.

    Returns quietly when there is nothing to do: done already, started afresh, gone. Raises what went wrong after
    writing it down; one of PASSING_ERRORS is worth another try.
    """
    run = start_chunk(run_id, generation, chunk)
    if run is None:
        return
    try:
        course = _COURSES[Kind(run.kind)]
        counts = course.work(run, chunk)
        if counts is not None and not leave_to_others(run_id, generation, chunk, counts):
            course.prepare(run.document_id)
            finish_chunk(run_id, generation, chunk, counts)
    except Exception as error:
        fail_chunk(run_id, generation, chunk, error)
        raise


def start_chunk(run_id: int, generation: int, chunk: int) -> TaskRun | None:
    """The run, if this chunk of it is still to be done. A chunk that was begun too often fails the run instead."""
    with transaction.atomic():
        run = _locked(run_id, generation)
        if run is None or chunk not in run.todo:
            return None
        started = run.counts.get(str(chunk), {}).get("started", 0)
        if started >= MAX_STARTS:
            run.state = State.FAILED
            run.error = run.error or f"chunk {chunk} was begun {started} times and never finished"
            run.save(update_fields=["state", "error", "updated_at"])
            return None
        run.counts[str(chunk)] = {"started": started + 1}
        run.error = "" if run.error == NOT_QUEUED else run.error
        run.save(update_fields=["counts", "error", "updated_at"])
        return run


def leave_to_others(run_id: int, generation: int, chunk: int, counts: dict[str, Any]) -> bool:
    """Take a chunk off the list unless it is the last one there; False if it is."""
    with transaction.atomic():
        run = _locked(run_id, generation)
        if run is not None and run.todo == [chunk]:
            return False
        if run is not None and chunk in run.todo:
            _take_off(run, chunk, counts)
        return True


def finish_chunk(run_id: int, generation: int, chunk: int, counts: dict[str, Any]) -> bool:
    """Take a chunk off the list; with the last one the next step is taken and the run is done, all or nothing.

    True for the one caller that took the last chunk. A worker that dies before that leaves the chunk on the list,
    to be delivered again.
    """
    with transaction.atomic():
        run = _locked(run_id, generation, with_document=True)
        if run is None or chunk not in run.todo:
            return False
        _take_off(run, chunk, counts)
        if run.todo:
            return False
        _COURSES[Kind(run.kind)].then(run.document_id)
        if run.batch_id is not None:
            _count_batch(run.batch_id)
        return True


def _take_off(run: TaskRun, chunk: int, counts: dict[str, Any]) -> None:
    run.todo.remove(chunk)
    run.counts[str(chunk)] = counts
    if not run.todo:
        run.state, run.error = State.DONE, ""
    run.save(update_fields=["todo", "counts", "state", "error", "updated_at"])


def fail_chunk(run_id: int, generation: int, chunk: int, error: Exception) -> None:
    """Write down what went wrong; the run fails unless the error may pass and another try is left."""
    with transaction.atomic():
        run = _locked(run_id, generation)
        if run is None:
            return
        run.attempts += 1
        run.error = f"chunk {chunk}: {type(error).__name__}: {error}"
        started = run.counts.get(str(chunk), {}).get("started", 0)
        if not isinstance(error, PASSING_ERRORS) or started >= MAX_STARTS:
            run.state = State.FAILED
        run.save(update_fields=["attempts", "error", "state", "updated_at"])


def _count_batch(batch_id: int) -> None:
    """Tell a batch what its runs came to, in the transaction that ends the last of them."""
    batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
    runs = TaskRun.objects.filter(batch=batch)
    if not runs.exclude(state=State.DONE).exists():
        batch.counts["scores"] = scores_of(runs)
        batch.save(update_fields=["counts"])


def scores_of(runs: Iterable[TaskRun]) -> dict[str, Any]:
    """How many scores these runs came to: with a value, and without one by reason."""
    done = 0
    null: Counter[str] = Counter()
    for run in runs:
        for counts in run.counts.values():
            scores = counts.get("scores", {})
            done += scores.get("done", 0)
            null.update(scores.get("null", {}))
    return {"done": done, "null": dict(null)}


# --- the work of a chunk ----------------------------------------------------------------------------------


def _score(run: TaskRun, chunk: int) -> dict[str, Any] | None:
    """Scores and findings of a stretch; None when the chunk is no longer wanted."""
    document = Document.objects.select_related("project").get(pk=run.document_id)
    texts = texts_in(document, Stretch.from_json(run.chunks[chunk]))
    changes = metrics.compute(texts)
    if not metrics.write(changes, guard=lambda: _locked(run.pk, run.generation) is not None):
        return None
    checked = checks.check_texts(texts).counts()
    _list_words(texts)
    return {"scores": changes.counts(), "checks": checked}


def _list_words(texts: Texts) -> None:
    """Have the texts of a stretch found by search, as they are by now: saves write theirs meanwhile."""
    with transaction.atomic():
        write_words(lock_document(texts.document.pk), texts.order)


def _check(run: TaskRun, chunk: int) -> dict[str, Any] | None:
    """Findings of what would be published now; where they are others than before, other rules may ask for work."""
    checked = checks.check_targets(run.document_id).counts()
    if routing.renew_findings(run.document_id):
        route_document(run.document_id)
    return {"checks": checked}


def _post_edit(run: TaskRun, chunk: int) -> dict[str, Any] | None:
    """Scores of the document's hypotheses against what is approved of it."""
    changes = metrics.score_post_edits(run.document_id, guard=lambda: _locked(run.pk, run.generation) is not None)
    return {"scores": changes.counts()}


def _route(run: TaskRun, chunk: int) -> dict[str, Any] | None:
    """Beforehand, the risk where findings were dismissed elsewhere, and a run for each article they stand in, too."""
    asked = run.chunks[chunk]
    if asked.get("weigh"):
        routing.assess(run.document_id)
    others = routing.documents_like(asked.get("like", ()))
    for document_id in others:
        _queue_route(document_id, {"weigh": True})
    return {"others": len(others)}


def _begin_route(document: Document, asked: Mapping[str, Any]) -> TaskRun:
    """A run of the ROUTE kind that does this and what an unfinished one still has to do, under the document's lock.

    `weigh` asks for the risk of the document, `like` names dismissals whose findings may stand in other documents.
    """
    unfinished = TaskRun.objects.filter(document=document, kind=Kind.ROUTE).exclude(state=State.DONE).first()
    before = unfinished.chunks[0] if unfinished is not None else {}
    like = {*before.get("like", ()), *asked.get("like", ())}
    weigh = bool(before.get("weigh") or asked.get("weigh"))
    chunk = ({"weigh": True} if weigh else {}) | ({"like": sorted(like)} if like else {})
    return _begin(document, Kind.ROUTE, [chunk], None)


def after_post_edits(document_id: int) -> None:
    """The engines' texts were scored against what is approved: what is counted by week is counted anew."""
    mark_week(lock_document(document_id))


def _nothing(document_id: int) -> None:
    pass


#: With the scores of an import; before what nobody waits for.
_ROUTE_PRIORITY = 6


@dataclass(frozen=True, slots=True)
class _Course:
    """What a kind of run does: its task, the work of a chunk, and what comes after the last one.

    `then` is the next step for the document; `prepare` has ready what that needs and takes long, outside of the
    transaction. Of two tasks in the queue the one with the lower `priority` (0 to 9) is taken first.
    """

    task: str
    priority: int
    work: Callable[[TaskRun, int], dict[str, Any] | None]
    prepare: Callable[[int], None] = _nothing
    then: Callable[[int], None] = _nothing


_COURSES: dict[TaskRun.Kind, _Course] = {
    Kind.SCORE: _Course("reviews.score_chunk", 6, _score, prepare=routing.assess, then=after_scored),
    # An editor waits for this one: not behind the thousands of an import.
    Kind.CHECK: _Course("reviews.check_chunk", 0, _check),
    # Nobody waits for it: reports read it.
    Kind.POST_EDIT: _Course("reviews.post_edit_chunk", 7, _post_edit, then=after_post_edits),
    Kind.ROUTE: _Course("reviews.route_chunk", _ROUTE_PRIORITY, _route, then=route_document),
}


# --- search -----------------------------------------------------------------------------------------------


def list_words(document_id: int) -> int:
    """Have the texts of one article found by search, whatever was listed of it before; how many were not listed so."""
    with transaction.atomic():
        return rebuild(lock_document(document_id))


def _sweep_words() -> None:
    """List the words of articles that no run of theirs will: those from before there was a search."""
    scoring = TaskRun.objects.filter(kind=Kind.SCORE, state=State.RUNNING).values("document")
    waiting = Document.objects.filter(searchable=False, current_source__isnull=False).exclude(pk__in=scoring)
    for document_id in waiting.order_by("-pk").values_list("pk", flat=True)[:SWEEP_LIMIT]:
        list_words(document_id)


# --- uploads ----------------------------------------------------------------------------------------------

#: Somebody waits before the page: before the scores of an import, after the checks of a saved text.
_UPLOAD_PRIORITY = 3


def work_on_upload(batch_id: int) -> None:
    """Check an upload, or import it once that is confirmed.

    Returns quietly when there is nothing to do: at work elsewhere, called off, done. Raises what went wrong after
    writing it down; one of PASSING_ERRORS is worth another try.
    """
    held = uploads.claim(batch_id)
    if held is None:
        return
    try:
        uploads.work(held, after_document=after_import)
    except uploads.NoLongerWantedError:
        return
    except Exception as error:
        try:
            uploads.give_up(held, error, again=isinstance(error, PASSING_ERRORS))
        except uploads.NoLongerWantedError:
            # Called off or taken over while it was read: what the files' going broke is nobody's trouble.
            return
        raise


def _send_upload(batch_id: int) -> None:
    """Queue what is next for an upload; where that fails, the row says so."""
    waiting = ImportBatch.objects.filter(pk=batch_id, state__in=list(uploads.TAKEN))
    if not waiting.exists():
        return
    if _broker.send("reviews.work_on_upload", [(batch_id,)], priority=_UPLOAD_PRIORITY):
        waiting.filter(error=NOT_QUEUED).update(error="")
    else:
        waiting.update(error=NOT_QUEUED)


# --- a changed policy -------------------------------------------------------------------------------------


def _send_project(project_id: int) -> None:
    """Queue what is next for a changed policy; where that fails, the project says since when, and a sweep does it."""
    _broker.send("reviews.route_project", [(project_id,)], priority=_ROUTE_PRIORITY)


def route_project(project_id: int, each: Callable[[int], None] | None = None) -> None:
    """Have every article of a project that is not approved yet routed by its policy, each in a run of its own.

    Where what findings do has changed, every article that is not published is weighed before. With `each` the routing
    is done with an article's id instead of queueing it. Whoever is interrupted begins again: to route an article twice
    changes nothing. A policy may change once more meanwhile; then the project keeps saying so.
    """
    project = Project.objects.filter(pk=project_id, archived_at=None).first()
    if project is None:
        return
    weigh = project.checks_changed_at is not None
    for document_id in work.unpublished(project) if weigh else work.unapproved(project):
        if each is None:
            _queue_route(document_id, {"weigh": True} if weigh else {})
            continue
        if weigh:
            routing.assess(document_id)
        each(document_id)
    for column in ("routing_changed_at", "checks_changed_at"):
        Project.objects.filter(pk=project_id, **{column: getattr(project, column)}).update(**{column: None})


def _queue_route(document_id: int, asked: Mapping[str, Any] | None = None) -> None:
    with transaction.atomic():
        _queue(_begin_route(lock_document(document_id), asked or {}))


def _sweep_policies(left_behind: timedelta, *, inline: bool) -> None:
    """Take up changed policies whose articles were not all routed."""
    before = timezone.now() - left_behind
    changed = Q(routing_changed_at__lt=before) | Q(checks_changed_at__lt=before)
    waiting = Project.objects.filter(changed, archived_at=None)
    for project_id in waiting.values_list("pk", flat=True):
        if inline:
            route_project(project_id, route_document)
        else:
            _send_project(project_id)


# --- notices ----------------------------------------------------------------------------------------------

#: After what editors wait for, before what nobody does.
_MAIL_PRIORITY = 5


def send_notices(person_id: int) -> None:
    """Mail one person what is due to them; what does not go out is due again later."""
    mailing.send(person_id)


def _sweep_notices(*, inline: bool) -> int:
    """Tell of deadlines, forget what is old, and have everybody mailed who is due something; how many people."""
    notices.tell_deadlines()
    notices.forget_old()
    people = mailing.due_people()
    if inline:
        for person_id in people:
            send_notices(person_id)
    elif people:
        _broker.send("reviews.send_notices", [(person_id,) for person_id in people], priority=_MAIL_PRIORITY)
    return len(people)


# --- acts on many articles --------------------------------------------------------------------------------

#: Somebody waits before the report.
_JOB_PRIORITY = 3


def after_job(job: BulkJob) -> None:
    """A job was asked for: a worker does it; called in the transaction of that."""
    _after_commit(_send_job, job.pk)


def work_on_job(job_id: int) -> None:
    """Do the next articles of a job, and queue it again while some are left."""
    if jobs.work(job_id, after=after_decision):
        _send_job(job_id)


def _send_job(job_id: int) -> None:
    """Queue a job that runs; where that fails, the row says so."""
    running = BulkJob.objects.filter(pk=job_id, state=BulkJob.State.RUNNING)
    if not running.exists():
        return
    sent = _broker.send("reviews.bulk_job", [(job_id,)], priority=_JOB_PRIORITY)
    before, after = (NOT_QUEUED, "") if sent else ("", NOT_QUEUED)
    running.filter(error=before).update(error=after)


def _sweep_jobs(left_behind: timedelta, *, inline: bool) -> int:
    """Take up jobs nothing has happened to for a while; how many."""
    quiet = Q(updated_at__lt=timezone.now() - left_behind) | Q(error=NOT_QUEUED)
    running = BulkJob.objects.filter(quiet, state=BulkJob.State.RUNNING).order_by("updated_at")[:SWEEP_LIMIT]
    taken = list(running.values_list("pk", flat=True))
    for job_id in taken:
        if not inline:
            _send_job(job_id)
            continue
        try:
            while jobs.work(job_id, after=after_decision):
                pass
        except PASSING_ERRORS:
            logger.exception("Job %s is left for the next sweep", job_id)
    return len(taken)


# --- the queue --------------------------------------------------------------------------------------------

#: Once more at once: a connection of the pool may be older than the broker.
_RETRY = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}
_BROKER_RESTS = 30.0


class _Broker:
    """Sends messages as long as the broker takes them; shared by the threads of a process."""

    def __init__(self) -> None:
        self._rests_until = 0.0

    def rest(self, seconds: float) -> None:
        """Ask nothing of the broker for so long."""
        self._rests_until = time.monotonic() + seconds

    def send(self, name: str, calls: Sequence[tuple[int, ...]], *, priority: int) -> bool:
        """Queue a task for each of the arguments; False, with a line in the log, when the broker takes none."""
        if time.monotonic() < self._rests_until:
            return False
        connection = current_app.connection_for_write(connect_timeout=1, transport_options=NO_WAITING)
        refusals: tuple[type[BaseException], ...] = (
            kombu.exceptions.KombuError,
            OSError,
            *connection.connection_errors,
            *connection.channel_errors,
        )
        try:
            with kombu.pools.producers[connection].acquire(block=True, timeout=2) as producer:
                for args in calls:
                    # By signature, not send_task: that would ignore CELERY_TASK_ALWAYS_EAGER.
                    current_app.signature(name, args=args).apply_async(
                        producer=producer, retry=True, retry_policy=_RETRY, priority=priority
                    )
        except refusals as error:
            self.rest(_BROKER_RESTS)
            logger.warning("The broker takes no tasks (%s): what is to do stays listed and is queued later.", error)
            return False
        return True


_broker = _Broker()


def _queue(run: TaskRun) -> None:
    _after_commit(_send, run.pk, run.generation)


def _after_commit(send: Callable[..., None], *args: int) -> None:
    """Send once all is committed. Robust: what is committed is not reported as failed because of a message."""
    # A function of its own: Django logs a failure by the function's name, and a partial has none to log.
    transaction.on_commit(lambda: send(*args), robust=True)


def _send(run_id: int, generation: int) -> None:
    """Queue what is left of a run; where that fails, the row says so."""
    run = TaskRun.objects.filter(pk=run_id, generation=generation, state=State.RUNNING).first()
    if run is None:
        return
    course = _COURSES[Kind(run.kind)]
    sent = _broker.send(course.task, [(run.pk, generation, chunk) for chunk in run.todo], priority=course.priority)
    before, after = ("", NOT_QUEUED) if not sent else (NOT_QUEUED, "")
    if run.error == before:
        TaskRun.objects.filter(pk=run_id, generation=generation, error=before).update(error=after)


# --- what was left behind ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep found: runs and uploads it took up again, leases that had run out, people something is mailed to."""

    runs: int
    leases: int
    uploads: int = 0
    mailed: int = 0


def retain() -> None:
    """Remove what is kept for a time only."""
    retention.retain(timezone.now())


def count_effort() -> int:
    """Count how much of the engines' texts was changed in months that are over; how many months."""
    return effort_months.count_months(timezone.now())


def note_heads() -> int:
    """Note the heads of audit chains that moved on, outside of the database; how many."""
    return note_changed_streams()


def sweep(*, left_behind: timedelta = LEFT_BEHIND, inline: bool = False) -> Swept:
    """Take up runs and uploads nothing has happened to for a while; give back work whose lease or assignment ran out.

    It also lists the words of articles that search does not know yet, tells of deadlines that come near and has
    notices mailed that are due. Typing that nobody touched for a month goes.

    Needs no broker: without one they stay listed, and with `inline` they are worked through here. Any number of
    sweeps may run at once.
    """
    leases = return_expired()
    for document_id in work.out_of_step():
        route_document(document_id)
    after_people()
    _sweep_policies(left_behind, inline=inline)
    _sweep_words()
    quiet = Q(updated_at__lt=timezone.now() - left_behind) | Q(error=NOT_QUEUED)
    taken = 0
    for run in TaskRun.objects.filter(quiet, state=State.RUNNING).order_by("updated_at")[:SWEEP_LIMIT]:
        # Of several sweeps the one that moves the time on takes the run.
        if not TaskRun.objects.filter(pk=run.pk, generation=run.generation, updated_at=run.updated_at).update(
            updated_at=timezone.now()
        ):
            continue
        taken += 1
        if inline:
            work_through(run.pk)
        else:
            _send(run.pk, run.generation)
    swept_uploads = _sweep_uploads(left_behind, inline=inline)
    _sweep_jobs(left_behind, inline=inline)
    _fold_tallies()
    weekly.recount_marked(timezone.now())
    drop_forgotten(timezone.now())
    Heartbeat.objects.update_or_create(name=Heartbeat.SWEEP, defaults={"at": timezone.now()})
    return Swept(taken, leases, swept_uploads, _sweep_notices(inline=inline))


def _fold_tallies() -> None:
    """Keep short what the desk head's page adds up."""
    for project_id in Tally.objects.order_by().values_list("project_id", flat=True).distinct():
        while fold(project_id):
            pass


def _sweep_uploads(left_behind: timedelta, *, inline: bool) -> int:
    uploads.tidy_up()
    taken = uploads.take_up(left_behind=left_behind, not_queued=NOT_QUEUED)
    for batch_id in taken:
        if not inline:
            _send_upload(batch_id)
            continue
        try:
            work_on_upload(batch_id)
        except Exception:
            logger.exception("Upload %s failed", batch_id)
    return len(taken)


def work_through(run_id: int) -> None:
    """Do what is left of a run in this process, and what follows from it in the background.

    What fails is written down on the run and leaves the rest.
    """
    run = TaskRun.objects.filter(pk=run_id).first()
    if run is None:
        return
    _work_through(run)
    if run.kind == Kind.SCORE:
        for following in TaskRun.objects.filter(document=run.document_id, kind=Kind.POST_EDIT, state=State.RUNNING):
            _work_through(following)


def _work_through(run: TaskRun) -> None:
    for chunk in list(run.todo):
        for pause in (0.2, 1.0, None):
            try:
                run_chunk(run.pk, run.generation, chunk)
            except PASSING_ERRORS:
                if pause is not None:
                    time.sleep(pause)
                    continue
                logger.exception("Chunk %s of run %s failed", chunk, run.pk)
            except Exception:
                logger.exception("Chunk %s of run %s failed", chunk, run.pk)
            break
