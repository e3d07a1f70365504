"""Imports and background runs: one row each, so that nobody needs the logs to see what happened."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.utils.translation import gettext_lazy as _

from .document import Document
from .project import Project

#: Defaults the database itself fills in, so that a release from before these columns can still write rows.
_EMPTY_LIST = Value([], models.JSONField())
_EMPTY_OBJECT = Value({}, models.JSONField())


class ImportBatch(models.Model):
    """One import: what was asked for, what came in, what was refused and why.

    An upload is checked by a worker first (uploaded → checking → checked), then somebody confirms or cancels it
    (→ confirmed → running → done). A command begins at running. Whoever works on an upload holds its
    `generation`: with the next one, what an older worker still wants to write no longer counts.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Waiting to be checked")
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Waiting for confirmation")
        CONFIRMED = "confirmed", _("Waiting to be imported")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    class Via(models.TextChoices):
        COMMAND = "command", _("command line")
        UPLOAD = "upload", _("upload page")

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="batches")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    via = models.CharField(max_length=20, choices=Via.choices, default=Via.COMMAND, db_default=Via.COMMAND)
    state = models.CharField(max_length=20, choices=State.choices, default=State.RUNNING)
    options = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    rejected = models.JSONField(default=list)
    unaligned = models.JSONField(default=list)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    folder = models.CharField(max_length=64, blank=True, db_default="", help_text="Where an upload's files lie.")
    files = models.JSONField(default=list, db_default=_EMPTY_LIST, help_text="Per uploaded file name, hash and size.")
    report = models.JSONField(default=dict, db_default=_EMPTY_OBJECT, help_text="What check and import said, bounded.")
    progress = models.JSONField(default=dict, db_default=_EMPTY_OBJECT, help_text="How far the worker is.")
    generation = models.PositiveIntegerField(default=0, db_default=0)
    attempts = models.PositiveIntegerField(default=0, db_default=0)
    touched_at = models.DateTimeField(null=True, blank=True, help_text="When a worker last showed that it is at it.")

    class Meta:
        indexes = [
            models.Index(
                name="import_batch_unfinished",
                fields=["touched_at"],
                condition=Q(state__in=["uploaded", "checking", "checked", "confirmed", "running"]),
            ),
        ]


class TaskRun(models.Model):
    """One background run over one document.

    `todo` lists the chunks that are not done yet; whoever takes the last one off goes on to the next step, so a
    chunk delivered twice counts once. New work for a document with an unfinished run starts the run afresh with
    the next `generation`; chunks of an older generation no longer count.
    Checks of saved texts (CHECK), scores against approved ones (POST_EDIT) and the work that follows from a changed
    policy (ROUTE) keep one row per document for good: every save, decision or change of the policy needs one.
    """

    class Kind(models.TextChoices):
        SCORE = "score", _("Scores and checks")
        CHECK = "check", _("Checks of revisions")
        POST_EDIT = "post_edit", _("Scores against approved texts")
        ROUTE = "route", _("Work by a changed policy")

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    kind = models.CharField(max_length=20, choices=Kind.choices)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+", db_index=False)
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="task_runs")
    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, null=True, blank=True, related_name="task_runs")
    state = models.CharField(max_length=20, choices=State.choices, default=State.RUNNING)
    generation = models.PositiveIntegerField(default=1)
    chunks = models.JSONField(default=list, help_text="Per chunk what it covers.")
    todo = models.JSONField(default=list, help_text="Numbers of the chunks that are not done.")
    counts = models.JSONField(default=dict, help_text="Per chunk number what came out.")
    error = models.TextField(blank=True)
    attempts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="task_run_running_once", fields=["document", "kind"], condition=Q(state="running")
            ),
        ]
        indexes = [
            models.Index(name="task_run_running", fields=["updated_at"], condition=Q(state="running")),
            models.Index(name="task_run_failed", fields=["project", "updated_at"], condition=Q(state="failed")),
        ]


class Heartbeat(models.Model):
    """When something that has to happen all the time happened last; a row for each such thing."""

    #: A sweep came to its end.
    SWEEP = "sweep"

    name = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()
