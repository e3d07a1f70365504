"""Engines of whose texts only parts went into a human one: each is named in it, as the engine it started from is."""

from __future__ import annotations

from collections.abc import Collection

from reviews.models import Hypothesis, Revision, Segment
from reviews.values import CodedText

from .texts import share_kept

#: No text is put together from more engines' texts than this.
MOST_PARTS = 20


def parts_named(revision: Revision | None) -> list[int]:
    """The engines' texts, by id, of which parts stand in a saved text."""
    return [entry["part"] for entry in revision.derived_from if "part" in entry] if revision is not None else []


def derived_from_parts(
    segment: Segment, ids: Collection[int], content: CodedText, started_from: Hypothesis | None
) -> list[dict[str, object]]:
    """Entries of `derived_from` for the engines' texts with these ids; ids of other articles' texts count for nothing.

    `kept` is what it is everywhere: the share of the text's tokens that stand, in this order, in the engine's. So an
    engine of which one word was taken has every word it shares with the text counted; one that shares none is left
    out.
    """
    if not ids:
        return []
    rows = Hypothesis.objects.filter(pk__in=ids, document=segment.document_id).select_related("system").order_by("pk")
    entries = [
        {"system": row.system.label, "kept": share_kept(row.text, content.text), "part": row.pk}
        for row in rows
        if started_from is None or row.system_id != started_from.system_id
    ]
    return [entry for entry in entries if entry["kept"]]
