"""Verifying a publication's record in the workbench: by the offline script, and against the file of chain heads."""

from __future__ import annotations

from typing import Any

from .heads import head_lines
from .offline.verify_record import Verdict, verify, verify_heads


def verify_in_place(record: dict[str, Any]) -> Verdict:
    """Problems and notes of a record as the database gives it now.

    A row that somebody broke so that it cannot be read any more is a problem like any other.
    """
    try:
        verdict = verify(record)
        heads = verify_heads(head_lines(), record)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        return Verdict(problems=[f"{record['document']['stream']}: the history cannot be read: {error!r}"])
    return Verdict(verdict.problems + heads.problems, verdict.notes + heads.notes)
