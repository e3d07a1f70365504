"""A translation that stops too early."""

from __future__ import annotations

import math
import re

from reviews.values import FindingValue, SegmentText

from .base import Check, Example
from .phrases.lexicon import word_list

#: English characters per German character, and its spread: ln(ratio) · √(German characters) of human translations of
#: WMT21 and WMT22 news has this mean and all but one in a thousand lie within the bound.
_USUAL_RATIO = 0.976
_FAR_TOO_SHORT = -4.0
_TOO_SHORT = -1.6
_ENDS = re.compile(r"[.!?…:;)\]»“”\"'’*]\s*\Z")
_LAST_WORD = re.compile(r"([\w’'-]+)\W*\Z")
#: Words no English sentence ends with, in news.
_GOES_ON = word_list(
    """
    a an the of and or but nor with without from for by at into onto upon than as if because although while whereas
    whose which that who my your his her its our their this these those is are was were has have had be been being do
    does did can could will would shall should may might must not very more most such every each between among during
    through against about under over per via to when where
    """
)
#: Kinds that need no full stop.
_UNMARKED_KINDS = frozenset(
    {"kicker", "headline", "heading", "alt", "table_cell", "credit", "byline", "slug", "seo_title"}
)


class LengthTruncated(Check):
    """Goes by the length for the language pair, by the closing mark that is gone, and by the last word.

    A text much too short, or one that stops at "the" or "of" without the closing mark of its source, is major; one that
    is rather short and lacks the mark too. A closing mark that is gone alone is typography, and minor.
    """

    id = "length.truncated"
    version = 1
    name = "Cut off"
    description = "The translation stops in the middle, or is much shorter than its source."
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
        lost_mark = text.kind not in _UNMARKED_KINDS and bool(_ENDS.search(source)) and not _ENDS.search(target)
        last = _LAST_WORD.search(target)
        goes_on = last is not None and last[1].lower() in _GOES_ON and not _ENDS.search(target)
        if length <= _FAR_TOO_SHORT:
            return [_finding(text, "The translation is much shorter than its source.")]
        if goes_on and (lost_mark or length <= _TOO_SHORT):
            return [_finding(text, f"The translation stops at “{last[1] if last else ''}”.")]
        if lost_mark and length <= _TOO_SHORT:
            return [_finding(text, "The translation stops without a full stop and is short for its source.")]
        return []


def shortness(source: str, target: str) -> float:
    """By how much a translation is shorter (negative) or longer than usual, in a measure that allows for its length.

    The logarithm of the ratio of characters to the usual ratio, times the root of the characters of the source.
    """
    return math.log(len(target) / len(source) / _USUAL_RATIO) * math.sqrt(len(source)) if source and target else 0.0


def _finding(text: SegmentText, message: str) -> FindingValue:
    target = text.target.text.rstrip()
    start = max(target.rfind(" ") + 1, 0)
    return FindingValue(
        severity="major", category="accuracy/omission", message=message, target_spans=((start, len(target)),)
    )
