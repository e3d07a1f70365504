"""Wiring: settings, URLs, Celery and the web entry points."""

from workbench.celery import app as celery_app

__all__ = ["celery_app"]
