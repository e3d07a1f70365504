"""A division that is being made, kept on the server within seconds as any typing is."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from reviews.models import DivisionDraft, Person, Segment
from reviews.values import to_marked

from .drafts import MAX_DRAFT_LENGTH, DraftError
from .permissions import EDIT, require


def save_division_draft(*, segment_id: int, person: Person, texts: Mapping[int, str], base: int, sequence: int) -> bool:
    """Keep the texts a person has in the fields so far, by segment in article order; True if they are now the draft.

    `sequence` grows with every request of one browser, so that one that was held up never replaces newer texts: then,
    and where the texts are saved already, nothing happens and False comes back. It takes no lock.

    Raises NotAllowedError, and DraftError for more than fits.
    """
    length = sum(len(text) for text in texts.values())
    if length > MAX_DRAFT_LENGTH:
        raise DraftError(
            _("The texts have %(number)s characters; a segment takes at most %(most)s.")
            % {"number": f"{length:,}", "most": f"{MAX_DRAFT_LENGTH:,}"}
        )
    segment = Segment.objects.select_related("document__project").get(pk=segment_id)
    require(segment.document.project, person, EDIT, _("edit texts"))
    if _saved_already(segment, texts):
        return False
    rows = DivisionDraft.objects.filter(segment=segment, person=person)
    row = DivisionDraft(segment=segment, person=person, texts=listed(texts), base=base, sequence=sequence)
    try:
        with transaction.atomic():
            if not rows.exists():
                row.save(force_insert=True)
                return True
    except IntegrityError:
        pass  # Another request of the same browser came first.
    with transaction.atomic():
        older = rows.select_for_update().filter(sequence__lt=sequence).first()
        if older is None:
            return False
        older.texts, older.base, older.sequence = row.texts, base, sequence
        older.save()
        return True


def listed(texts: Mapping[int, str]) -> list[list[object]]:
    """Texts by segment as the table keeps them, in order."""
    return [[segment, text.replace("\x00", "")] for segment, text in texts.items()]


def _saved_already(segment: Segment, texts: Mapping[int, str]) -> bool:
    """Whether each of the texts is what stands saved: a request that was held up until after the division."""
    parts = {pk: text.strip() for pk, text in texts.items() if text.strip()}
    standing = Segment.objects.filter(pk__in=parts, document=segment.document_id, covered_by=None)
    saved = {
        each.pk: to_marked(each.latest_revision.content)
        for each in standing.select_related("latest_revision")
        if each.latest_revision
    }
    return len(parts) > 1 and saved == parts


def discard_division_draft(*, segment_id: int, person: Person) -> None:
    """Drop one's own unsaved division."""
    DivisionDraft.objects.filter(segment_id=segment_id, person=person).delete()
