"""The address of an article, which stays what it was when readers first had it."""

from __future__ import annotations

from collections.abc import Sequence

from reviews.models import Document

from .standing import StandingRun

SLUG_KIND = "slug"


def slug_run(runs: Sequence[StandingRun]) -> StandingRun | None:
    """The text that is the article's address, where it has one."""
    return next((run for run in runs if run.leader.kind == SLUG_KIND), None)


def slug_of(runs: Sequence[StandingRun]) -> str:
    """The address to freeze; empty where the article has none, or one that is too long to be one."""
    run = slug_run(runs)
    text = run.revision.text.strip() if run is not None and run.revision is not None else ""
    longest = Document._meta.get_field("slug").max_length or 0
    return text if len(text) <= longest else ""
