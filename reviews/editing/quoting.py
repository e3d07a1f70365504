"""Noting where quoted words come from: their language, whose English stands there, and where they can be read."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext as _

from reviews.models import Person, Placement, QuoteProvenance, Wording
from reviews.models.audit import append_event

from .lanes import require_main
from .locking import lock_segment
from .permissions import EDIT, require

#: The shape of a language tag (BCP 47): a language, then script, region and variants.
_TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*", re.ASCII)
LONGEST_TAG, LONGEST_LINK, LONGEST_NOTE = 35, 2000, 1000


class QuoteError(ValueError):
    """What cannot be noted of a quotation; the message says why and what to do."""


@transaction.atomic
def note_provenance(
    *,
    segment_id: int,
    person: Person,
    base: int,
    language: str = "",
    wording: str = "",
    link: str = "",
    note: str = "",
    via: str = "web",
) -> QuoteProvenance:
    """Note of the quotation in a segment where its words come from; what was noted before stays in the history.

    `language` is that in which they were said or written (BCP 47); empty, with nothing else but a `note`, it withdraws
    what stands. `base` is the number of the note the person had before them (0: none). The same said again is not
    noted twice.

    Raises NotAllowedError (LaneError for a second reviewer), and QuoteError for what is wrong in it, a segment that
    left the article, or another note that came in meanwhile; then nothing was written.
    """
    document, segment = lock_segment(segment_id)
    require(document.project, person, EDIT, _("edit texts"))
    require_main(document, person, [segment.pk])
    columns = _columns(language, wording, link, note, document.project.target_lang)
    placement = (
        Placement.objects.filter(source_revision_id=document.current_source_id, segment=segment)
        .select_related("source")
        .first()
    )
    if placement is None:
        raise QuoteError(_("The German of this segment was taken out of the article; its text is kept in the history."))
    latest = QuoteProvenance.objects.filter(segment=segment).order_by("-number").first()
    columns["source_hash"] = placement.source.content_hash
    if latest is not None and all(getattr(latest, name) == value for name, value in columns.items()):
        return latest
    if base != (latest.number if latest is not None else 0):
        raise QuoteError(_("Somebody noted something else of this quotation meanwhile. Read it, then note yours."))
    noted = QuoteProvenance.objects.create(
        document=document, segment=segment, number=base + 1, person=person, **columns
    )
    append_event(
        document,
        action="quote.noted" if noted.language else "quote.withdrawn",
        person=person,
        data={"segment": segment.pk, "provenance": noted.pk, "number": noted.number, **columns},
        via=via,
    )
    return noted


def _columns(language: str, wording: str, link: str, note: str, target_lang: str) -> dict[str, str]:
    """What is noted, as the table keeps it."""
    language, link, note = canonical_tag(language.strip()), link.strip(), note.strip()
    if not language:
        if wording or link:
            raise QuoteError(_("Say in which language the words were said or written."))
        return {"language": "", "wording": "", "link": "", "note": note[:LONGEST_NOTE]}
    if wording not in Wording.values:
        raise QuoteError(_("Say whose English stands here: ours, the original wording, or a published translation."))
    if wording == Wording.ORIGINAL and not same_language(language, target_lang):
        raise QuoteError(_("The original wording is in another language, so what stands here is a translation of it."))
    if len(note) > LONGEST_NOTE:
        raise QuoteError(_("Keep the note under 1,000 characters."))
    return {"language": language, "wording": wording, "link": _checked_link(link), "note": note}


def canonical_tag(tag: str) -> str:
    """A language tag as it is usually written: `de`, `pt-BR`, `zh-Hant`. Raises QuoteError for what is none."""
    if not tag:
        return ""
    if len(tag) > LONGEST_TAG or not _TAG.fullmatch(tag):
        raise QuoteError(_("This is no language tag. Choose a language, or type its tag, such as fr or pt-BR."))
    first, *rest = tag.split("-")
    by_length = {2: str.upper, 4: str.title}
    return "-".join([first.lower(), *(by_length.get(len(part), str.lower)(part) for part in rest)])


def same_language(first: str, second: str) -> bool:
    """Whether two tags name one language, whatever the region."""
    return first.lower().split("-")[0] == second.lower().split("-")[0]


def _checked_link(link: str) -> str:
    if not link:
        return ""
    try:
        parts = urlsplit(link)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", link)
    except ValueError:
        fits = False
    if not fits or len(link) > LONGEST_LINK:
        raise QuoteError(_("The link has to be a web address that begins with https:// or http://."))
    return link
