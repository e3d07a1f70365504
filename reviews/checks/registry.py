"""All checks, in the order screens and docs show them."""

from __future__ import annotations

from .alignment_confidence import AlignmentConfidence
from .alignment_unaligned import AlignmentUnaligned
from .base import Check
from .codes_inline import CodesInline
from .glossary_false_friends import GlossaryFalseFriends
from .length_empty_target import LengthEmptyTarget
from .length_truncated import LengthTruncated
from .names_copied import NamesCopied
from .negation_modal import NegationModal
from .negation_polarity import NegationPolarity
from .numbers_limits import NumbersLimits
from .numbers_units import NumbersUnits
from .numbers_value import NumbersValue
from .quotes_kept import QuotesKept
from .quotes_pull import QuotesPull
from .repetition_loop import RepetitionLoop
from .speech_reported import SpeechReported
from .speech_source import SpeechSource
from .typography_marks import TypographyMarks
from .untranslated_text import UntranslatedText
from .untranslated_words import UntranslatedWords

#: A new check is one more line here.
CHECKS: tuple[Check, ...] = (
    NumbersValue(),
    NumbersUnits(),
    NumbersLimits(),
    NegationPolarity(),
    NegationModal(),
    SpeechReported(),
    SpeechSource(),
    QuotesKept(),
    QuotesPull(),
    NamesCopied(),
    UntranslatedText(),
    UntranslatedWords(),
    LengthEmptyTarget(),
    LengthTruncated(),
    RepetitionLoop(),
    CodesInline(),
    TypographyMarks(),
    GlossaryFalseFriends(),
    AlignmentConfidence(),
    AlignmentUnaligned(),
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
