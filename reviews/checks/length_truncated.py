"""A translation that stops too early."""

from __future__ import annotations

import math
import re

from reviews.values import FindingValue, SegmentText, gettext_noop

from .base import Check, Example
from .phrases.endings import UNMARKED_KINDS, is_closed, last_word
from .phrases.lexicon import word_list

#: English characters per German character: the median of the human translations of WMT21 and WMT22 news. By
#: `shortness`, four in a thousand of them are below the first bound and one in ten below the second.
_USUAL_RATIO = 0.976
_OF_A_TRANSLATOR = 0.002
_FAR_TOO_SHORT = -4.0
_TOO_SHORT = -1.6
_WORDS = re.compile(r"[\w’'-]*\w[\w’'-]*")
#: Words no English sentence ends with, in news.
_GOES_ON = word_list(
    """
    a an the of and or but nor with without from for by at into onto upon than as if because although while whereas
    whose which who my your his her its our their is are was were has have had be been being do
    does did can could will would shall should may might must not very more most such every each between among during
    through against about under over per via to when where
    """
)


class LengthTruncated(Check):
    """Goes by the length for the language pair, by the closing mark that is gone, and by the last word.

    A text much too short, or one that stops at "the" or "of" without the closing mark of its source, is major; one that
    is rather short and lacks the mark too. A closing mark that is gone alone is typography, and minor.
    """

    id = "length.truncated"
    version = 2
    name = gettext_noop("Cut off")
    description = gettext_noop("The translation stops in the middle, or is much shorter than its source.")
    category = "accuracy/omission"
    severity = "major"
    direction = ("de", "en")
    examples = (
        Example("Die Stadt prüft den Fall seit Mitte Mai.", "The city has been looking into the", fires=True),
        Example(
            "Nach Angaben der Polizei wurden bei dem Unfall auf der Autobahn am Montag zwei Menschen verletzt.",
            "Two people hurt.",
            fires=True,
        ),
        Example("Die Stadt prüft den Fall.", "The city is looking into it.", fires=False),
        Example("Stadt prüft den Fall", "City looks into case", fires=False),
        Example("Sie fragte, wo er war.", "She asked where he was.", fires=False),
    )

    def run(self, text: SegmentText) -> list[FindingValue]:
        source, target = text.source.text.strip(), text.target.text.strip()
        if not source or not target or source == target or text.kind == "slug":
            return []
        length = shortness(source, target)
        is_open = not is_closed(target)
        lost_mark = is_open and is_closed(source) and text.kind not in UNMARKED_KINDS
        if length <= _FAR_TOO_SHORT:
            return [_finding(text, "The translation is much shorter than its source.")]
        if lost_mark or (is_open and length <= _TOO_SHORT):
            last = _last(target)
            if last.lower() in _GOES_ON:
                return [_finding(text, f"The translation stops at “{last}”.")]
        if lost_mark and length <= _TOO_SHORT:
            return [_finding(text, "The translation stops without a full stop and is short for its source.")]
        return []


def _last(target: str) -> str:
    """The last word, without the marks behind it."""
    return next(reversed(_WORDS.findall(target)), "")


def shortness(source: str, target: str) -> float:
    """By how much a translation is shorter (negative) or longer than usual, in a measure that allows for its length.

    The logarithm of the ratio of characters to the usual ratio, over how much that varies: with the root of the length
    of the source, and with the translator, however long it is. Neither text is empty.
    """
    return math.log(len(target) / len(source) / _USUAL_RATIO) / math.sqrt(1 / len(source) + _OF_A_TRANSLATOR)


def _finding(text: SegmentText, message: str) -> FindingValue:
    return FindingValue(
        severity="major",
        category="accuracy/omission",
        message=message,
        target_spans=(last_word(text.target.text),),
    )
