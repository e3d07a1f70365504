"""Where quoted words come from, as a row says it and as its form asks for it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from reviews.editing.quoting import same_language
from reviews.models import Placement, QuoteProvenance, Segment, Wording
from reviews.models.quotes import standing_provenance
from reviews.publishing.languages import name_on_page
from reviews.web.access import Viewer
from reviews.web.rendering import safe_address

#: A quoted passage of at least three words: shorter ones are names and titles.
_QUOTED = re.compile(r"[„“»\"][^„“”»«\"]*\s[^„“”»«\"]*\s[^„“”»«\"]*[“”«\"]")

#: Languages offered first; any other can be typed.
OFFERED = ("de", "en", "fr", "es", "it", "nl", "pl", "pt", "ru", "uk", "tr", "ar", "zh-Hans", "ja", "fa", "he")


@dataclass(frozen=True, slots=True)
class QuoteShown:
    """What a row says of its quotation; `noted` is None where nothing is."""

    noted: QuoteProvenance | None
    by: str = ""
    #: What is wrong with the text by what is noted: words said in its own language were translated back.
    warning: str = ""
    #: Whether the source changed since it was noted.
    of_earlier_wording: bool = False

    @property
    def words(self) -> str:
        assert self.noted is not None
        name = name_on_page(self.noted.language)
        if self.noted.wording == Wording.ORIGINAL:
            return _("original %(language)s wording") % {"language": name}
        if self.noted.wording == Wording.PUBLISHED:
            return _("a published translation from %(language)s") % {"language": name}
        return _("translated from %(language)s by us") % {"language": name}

    @property
    def link(self) -> str:
        return safe_address(self.noted.link) if self.noted is not None else ""


def quotes_of(viewer: Viewer, runs: Sequence[Sequence[Placement]], target_lang: str) -> Mapping[int, QuoteShown]:
    """By leading segment what is noted of the quotation in a text, for texts that have one; one query per 500."""
    noted = standing_provenance([placement.segment_id for run in runs for placement in run])
    shown = {}
    for run in runs:
        placement = next((each for each in run if each.segment_id in noted), run[0])
        row = noted.get(placement.segment_id)
        if row is not None:
            shown[run[0].segment_id] = _shown(viewer, row, placement, target_lang)
        elif any(each.kind == "quote" or _QUOTED.search(each.source.text) for each in run):
            shown[run[0].segment_id] = QuoteShown(None)
    return shown


def _shown(viewer: Viewer, row: QuoteProvenance, placement: Placement, target_lang: str) -> QuoteShown:
    back = same_language(row.language, target_lang) and row.wording != Wording.ORIGINAL
    warning = _("These words were said in %(language)s: use the original wording, not a translation of a translation.")
    return QuoteShown(
        noted=row,
        by=viewer.name_of(row.person),
        warning=warning % {"language": name_on_page(row.language)} if back else "",
        of_earlier_wording=row.source_hash != placement.source.content_hash,
    )


@dataclass(frozen=True, slots=True)
class Earlier:
    """One note in the history of a quotation."""

    row: QuoteProvenance
    shown: QuoteShown
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class QuoteAsked:
    """The form for the quotation of a segment: what stands now, with what was noted before."""

    segment: int
    base: int
    language: str
    wording: str
    link: str
    note: str
    languages: Sequence[tuple[str, str]]
    wordings: Sequence[tuple[str, str]]
    history: Sequence[Earlier]


def quote_asked(segment: Segment, viewer: Viewer) -> QuoteAsked:
    rows = list(QuoteProvenance.objects.filter(segment=segment).select_related("person").order_by("-number"))
    latest = rows[0] if rows else None
    project = segment.document.project
    return QuoteAsked(
        segment=segment.pk,
        base=latest.number if latest else 0,
        language=(latest.language if latest else "") or project.source_lang,
        wording=(latest.wording if latest else "") or Wording.TRANSLATED,
        link=latest.link if latest else "",
        note=latest.note if latest else "",
        languages=[(tag, name_on_page(tag)) for tag in OFFERED],
        wordings=[(value, str(label)) for value, label in Wording.choices],
        history=[Earlier(row, QuoteShown(row), viewer.name_of(row.person), row.created_at) for row in rows],
    )
