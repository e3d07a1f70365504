"""A segment's texts as the editor's field shows and returns them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from rapidfuzz.distance import Indel

from reviews.importing.formats.text import illegal_character
from reviews.models import Hypothesis, Placement, Revision, Segment
from reviews.models.states import run_around
from reviews.values import CodedText, InlineCode, from_marked, join_texts, normalise, run_hash

_LINE_ENDS = re.compile(r"[ \t]*(?:\r\n|\r|\n|\t)[ \t]*")
_TOKEN = re.compile(r"\w+|[^\w\s]")


class TextError(ValueError):
    """A text that cannot be saved as it is; the message says why and what to do."""


def run_sources(segment: Segment) -> list[Placement]:
    """The placements, in order, of the segments that share a target with this one."""
    return list(
        Placement.objects.filter(
            source_revision_id=segment.document.current_source_id, segment_id__in=run_around(segment)
        )
        .select_related("source", "segment")
        .order_by("rank")
    )


def sources_hash(placements: Sequence[Placement]) -> str:
    return run_hash([placement.source.content_hash for placement in placements])


def sources_content(placements: Sequence[Placement]) -> CodedText:
    return join_texts([placement.source.content for placement in placements])


def known_codes(segment: Segment, placements: Sequence[Placement], latest: Revision | None) -> list[InlineCode]:
    """Codes the editor may place: those of the source, of the engines' texts and of the `latest` one of the lane."""
    contents: list[CodedText] = [h.content for h in Hypothesis.objects.filter(segment=segment).order_by("id")]
    if latest is not None:
        contents.append(latest.content)
    contents.append(sources_content(placements))
    # from_marked takes the last code of an id, so the source's come last.
    return [code for content in contents for code in content.codes]


def parse_typed(typed: str, known: Iterable[InlineCode]) -> CodedText:
    """A typed text as it is saved: one line, NFC, marks turned into codes.

    Raises TextError for what no database or file could hold, and values.MarkError for marks that do not fit.
    """
    found = illegal_character(typed)
    if found:
        raise TextError(
            _("The text holds %(found)s, which no text may hold. Remove it and save again.") % {"found": found}
        )
    return from_marked(normalise(_LINE_ENDS.sub(" ", typed)), known).strip()


def share_kept(hypothesis: str, text: str) -> float:
    """Share of the text's tokens that come from the hypothesis, 0 to 1 (longest common subsequence of tokens)."""
    start, end = _TOKEN.findall(hypothesis), _TOKEN.findall(text)
    if not end:
        return 0.0
    distance = Indel.distance(start, end)
    return round((len(start) + len(end) - distance) / 2 / len(end), 4)
