"""All checks, in the order screens and docs show them."""

from __future__ import annotations

from .base import Check
from .length_empty_target import LengthEmptyTarget
from .numbers_value import NumbersValue
from .untranslated_text import UntranslatedText

#: A new check is one more line here.
CHECKS: tuple[Check, ...] = (
    NumbersValue(),
    UntranslatedText(),
    LengthEmptyTarget(),
)


class UnknownCheckError(LookupError):
    """A check id that is not in the registry; the message lists the ids that are."""


def get_check(check_id: str) -> Check:
    """The check with this id. Raises UnknownCheckError."""
    for check in CHECKS:
        if check.id == check_id:
            return check
    known = ", ".join(check.id for check in CHECKS)
    raise UnknownCheckError(f"There is no check {check_id!r}. Known checks: {known}.")


def checks_digest() -> str:
    """Which checks in which versions exist now, as "id@version,…" in the order of the ids.

    A pair whose stored digest differs was not checked by today's checks and counts as unchecked.
    """
    return ",".join(sorted(f"{check.id}@{check.version}" for check in CHECKS))
