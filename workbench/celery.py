"""The Celery application; its tasks live in reviews/tasks.py, its settings in workbench/settings.py."""

import os

from celery import Celery
from celery.signals import worker_init

from reviews.checks.phrases.lexicon import preload

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workbench.settings")

app = Celery("workbench")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def read_word_lists(**_: object) -> None:
    """Before the worker forks: else the first check of each process takes seconds, and its memory is its own."""
    preload("de", "en")
