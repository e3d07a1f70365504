"""Groups of checks by name, as findings are headed: "Numbers" for `numbers.value`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

GROUPS = {
    "alignment": _("Alignment"),
    "codes": _("Codes"),
    "glossary": _("Glossary"),
    "length": _("Length"),
    "names": _("Names"),
    "negation": _("Negation"),
    "numbers": _("Numbers"),
    "quotes": _("Quotes"),
    "repetition": _("Repetition"),
    "speech": _("Speech"),
    "typography": _("Typography"),
    "untranslated": _("Untranslated"),
}


def group_of(check_id: str) -> str:
    """The group of a check, for people; one that no check is in any more is named by its id."""
    group = check_id.split(".")[0]
    return str(GROUPS.get(group) or group.capitalize())
