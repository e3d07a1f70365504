"""Words that are kept are English whoever caused them; only what a page says is in the language of its reader."""

from __future__ import annotations

from contextlib import AbstractContextManager

from django.utils import translation


def as_kept() -> AbstractContextManager[None]:
    """Inside, texts are as they stand in the code: for reasons in words that go into tables, events and files."""
    return translation.override(None)
