"""One act on many articles: asked for at once, done one article at a time, through the doors of single acts.

What is left stands in the job's `todo`, what came of the rest in its `report`. An article is taken off the one and put
on the other in the transaction of the act itself, under the job's row lock: delivered twice, to two workers at once or
after a worker was killed, no act happens twice and none is forgotten.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.utils.translation import gettext as _

from reviews.models import AuditEvent, BulkJob, DecisionKind, Document, Lane, Person, Project, Role, Step, WorkItem
from reviews.models.audit import append_event, stream_of
from reviews.models.lanes import open_passes, run_texts
from reviews.models.words import as_kept
from reviews.models.work import LIVE_WORK_STATES

from .assignments import AssignmentError, assign, unassign
from .deciding import RULES, DecisionError, Seen, decide_all
from .locking import lock_document
from .permissions import LEAD, NotAllowedError, require

logger = logging.getLogger(__name__)

Act = BulkJob.Act

#: So many articles one job takes on: what a desk chooses in one go, and a person can still answer for.
MAX_DOCUMENTS = 500
#: An article that was begun so often and never finished is left: it may be what kills the worker.
MAX_STARTS = 3
#: After so many articles a worker hands the job back to the queue, so that other work gets its turn.
AT_A_TIME = 25

VIA = "bulk job"

#: The acts that are decisions on texts.
DECISIONS: Mapping[str, DecisionKind] = {
    Act.APPROVE: DecisionKind.APPROVED,
    Act.SEND_BACK: DecisionKind.SENT_BACK,
    Act.REOPEN: DecisionKind.REOPENED,
}
#: Who may ask for an act. Each article asks again, of its own door.
ROLES: Mapping[str, frozenset[Role]] = {
    **{act: RULES[kind].roles for act, kind in DECISIONS.items()},
    Act.ASSIGN: LEAD,
    Act.UNASSIGN: LEAD,
}
#: Acts that say nothing without a reason.
NEEDS_REASON = (Act.SEND_BACK, Act.REOPEN, Act.ASSIGN, Act.UNASSIGN)

#: Events of an article that leave its texts and decisions as the person saw them.
_BESIDE = ("work.", "second_review.", "marking.", "quote.")

Refusals = (NotAllowedError, DecisionError, AssignmentError)


class JobError(Exception):
    """The job cannot be started or changed; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Line:
    """What came of one article: how many texts (or pieces of work) it was done to, and of which not, by reason."""

    document: int
    done: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)
    failed: str = ""

    def to_json(self) -> dict[str, Any]:
        return {"document": self.document, "done": self.done, "refused": dict(self.refused), "failed": self.failed}


@transaction.atomic
def start_job(
    *,
    project_id: int,
    person: Person,
    act: str,
    seen: Mapping[int, int],
    reason: str = "",
    to: Person | None = None,
    step: str = Step.EDIT,
) -> BulkJob:
    """Ask for one act on many articles of a project; the pipeline has it done.

    `seen` gives by article the number of its last event that the person knew of: an article that moved on since is
    left as it is. `to` and `step` say to whom which work is given.

    Raises NotAllowedError without the role, and JobError for what makes no job.
    """
    project = Project.objects.get(pk=project_id)
    require(
        project, person, ROLES[act], _("do this to many articles at once (%(act)s)") % {"act": Act(act).label.lower()}
    )
    reason = reason.strip()
    if not seen:
        raise JobError(_("Choose at least one article."))
    if len(seen) > MAX_DOCUMENTS:
        raise JobError(
            _("These are %(number)s articles; one job takes at most %(most)s. Choose fewer.")
            % {"number": f"{len(seen):,}", "most": f"{MAX_DOCUMENTS:,}"}
        )
    if act in NEEDS_REASON and not reason:
        raise JobError(_("Say in a few words why."))
    if act == Act.ASSIGN and to is None:
        raise JobError(_("Choose to whom the work is given."))
    known = set(Document.objects.filter(project=project, pk__in=list(seen)).values_list("pk", flat=True))
    if known != set(seen):
        raise JobError(_("Some of these articles are not in this project. Reload the page and choose again."))
    job = BulkJob.objects.create(
        project=project,
        person=person,
        act=act,
        options={"reason": reason, "to": to.pk if to is not None else None, "step": str(step)},
        todo=[{"document": document, "seen": number, "started": 0} for document, number in seen.items()],
        total=len(seen),
    )
    data = {"job": job.pk, "act": str(act), "documents": sorted(seen), "reason": reason}
    append_event(project, action="bulk.started", person=person, data=data)
    return job


@transaction.atomic
def cancel_job(*, job_id: int, person: Person) -> bool:
    """Stop a job before the next article; what is done stays. False when it had ended.

    Raises NotAllowedError for anybody but whoever asked for it and desk heads.
    """
    job = BulkJob.objects.select_for_update(of=("self",)).select_related("project").get(pk=job_id)
    if job.person_id != person.pk:
        require(job.project, person, LEAD, _("stop somebody else's job"))
    if job.state != BulkJob.State.RUNNING:
        return False
    job.state = BulkJob.State.CANCELLED
    job.save(update_fields=["state", "updated_at"])
    append_event(job.project, action="bulk.cancelled", person=person, data={"job": job.pk, "left": len(job.todo)})
    return True


def work(job_id: int, after: Callable[[int], None]) -> bool:
    """Do the next articles of a job; True when some are left. `after` is told of each article that changed."""
    for _place in range(AT_A_TIME):
        entry = _begin(job_id)
        if entry is None:
            return False
        try:
            with as_kept():  # its report names refusals in words
                _do_next(job_id, entry, after)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            logger.exception("Article %s of job %s failed", entry["document"], job_id)
            _put_down(
                job_id,
                entry,
                Line(entry["document"], failed=f"It could not be done ({type(error).__name__})."),
            )
    return BulkJob.objects.filter(pk=job_id, state=BulkJob.State.RUNNING).exists()


def _locked(job_id: int) -> BulkJob | None:
    """The job under its row lock, while it runs."""
    rows = BulkJob.objects.select_for_update(of=("self",)).select_related("project", "person")
    return rows.filter(pk=job_id, state=BulkJob.State.RUNNING).first()


@transaction.atomic
def _begin(job_id: int) -> dict[str, Any] | None:
    """The next article, counted as begun; None when nothing is left or the job was stopped."""
    job = _locked(job_id)
    while job is not None and job.todo:
        entry: dict[str, Any] = job.todo[0]
        if entry["started"] < MAX_STARTS:
            entry["started"] += 1
            job.error = ""
            job.save(update_fields=["todo", "error", "updated_at"])
            return entry
        _take_off(
            job,
            Line(entry["document"], failed=f"It was begun {MAX_STARTS} times and never finished."),
        )
    return None


@transaction.atomic
def _do_next(job_id: int, entry: Mapping[str, Any], after: Callable[[int], None]) -> None:
    job = _locked(job_id)
    if job is None or not job.todo or job.todo[0]["document"] != entry["document"]:
        return
    line = _act_on(job, entry["document"], entry["seen"])
    if line.done:
        after(line.document)
    _take_off(job, line)


@transaction.atomic
def _put_down(job_id: int, entry: Mapping[str, Any], line: Line) -> None:
    job = _locked(job_id)
    if job is not None and job.todo and job.todo[0]["document"] == entry["document"]:
        _take_off(job, line)


def _take_off(job: BulkJob, line: Line) -> None:
    job.todo = job.todo[1:]
    job.report = [*job.report, line.to_json()]
    if not job.todo:
        job.state = BulkJob.State.DONE
    job.save(update_fields=["todo", "report", "state", "updated_at"])


def _act_on(job: BulkJob, document_id: int, seen: int) -> Line:
    """Do the act to one article, in the person's name; a refusal is told, never worked around."""
    document = lock_document(document_id)
    try:
        with transaction.atomic():
            if open_passes(job.person).filter(segment__document=document).exists():
                raise NotAllowedError(_("You are at work on this article apart from the others."))
            if job.act in DECISIONS:
                return _decide(job, document, DECISIONS[job.act], seen)
            return _hand_out(job, document)
    except Refusals as error:
        return Line(document_id, refused={str(error): 1})


def _decide(job: BulkJob, document: Document, kind: DecisionKind, seen: int) -> Line:
    if _moved(document, seen):
        raise DecisionError(_("The article changed after you chose it. Open it and look."))
    states = RULES[kind].from_states
    segments = dict(document.segments.values_list("pk", "state"))
    texts = {
        text.leader: Seen(text.revision.pk, text.source_hash)
        for text in run_texts(document)
        if text.revision is not None and segments[text.leader] in states
    }
    if not texts:
        raise DecisionError(_("No text of it can be marked as %(kind)s as it stands.") % {"kind": kind.label})
    decisions, refusals = decide_all(
        document_id=document.pk, person=job.person, kind=kind, seen=texts, reason=job.options["reason"], via=VIA
    )
    return Line(document.pk, len(decisions), Counter(refusal.reason for refusal in refusals))


def _moved(document: Document, seen: int) -> bool:
    """Whether a text or a decision of the main lane came in after the event with this number."""
    events = AuditEvent.objects.filter(stream=stream_of(document), number__gt=seen)
    return any(
        not action.startswith(_BESIDE) and json.loads(body)["data"].get("lane", Lane.MAIN) == Lane.MAIN
        for action, body in events.values_list("action", "body")
    )


def _hand_out(job: BulkJob, document: Document) -> Line:
    """Give the work of a step to a person, or take it back from whoever has it."""
    items: Sequence[WorkItem] = list(
        WorkItem.objects.filter(document=document, step=job.options["step"], state__in=LIVE_WORK_STATES).order_by("pk")
    )
    if not items:
        raise AssignmentError(
            _("There is no work of the step “%(step)s” in it.") % {"step": Step(job.options["step"]).label}
        )
    done = 0
    for item in items:
        if job.act == Act.ASSIGN:
            to = Person.objects.get(pk=job.options["to"])
            assign(item_id=item.pk, person=to, by=job.person, reason=job.options["reason"], via=VIA)
            done += 1
        else:
            done += unassign(item_id=item.pk, by=job.person, reason=job.options["reason"], via=VIA)
    if not done:
        raise AssignmentError(_("It was given to nobody."))
    return Line(document.pk, done)
