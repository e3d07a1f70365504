"""Which segments want a look first, and why: the first risk model.

A weighted sum of the signals there are, whose weights are judgement, not a fit: the routing issue replaces them with
what the measurements and the desk's own edits say. The score only *orders* work. It never says that a segment is
good, and nothing is skipped because of it.
"""

from __future__ import annotations

import math
import re
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz.distance import Levenshtein

from reviews.checks.registry import UnknownCheckError, get_check
from reviews.values import SEVERITIES, Risk, Severity

#: The points of each signal, all in one place.
WEIGHTS: Final[Mapping[str, float]] = {
    # Open findings. One critical finding outweighs all other signals together, so that no mixture of doubts hides a
    # changed number. Each further finding of a severity counts half of the one before it.
    "finding.critical": 30.0,
    "finding.major": 6.0,
    "finding.minor": 1.0,
    # The text reads as the source language. Language identification errs on names and short texts, hence below a
    # critical finding; where text was left, a check says so as well.
    "language": 4.0,
    # Length far from what is usual is the best single sign of text left out or added (AUC .76 for the worst tenth
    # with engines of mixed quality, about .5 with strong ones).
    "length": 3.0,
    # Two engines that word a sentence quite differently: AUC .66 for the worst tenth with only two engines, so
    # below the length, and spread over the whole range instead of firing.
    "disagreement": 2.5,
    # Damage if wrong: what most people read, and words put into somebody's mouth.
    "kind": 1.5,
    "quotation": 0.5,
    # Numbers break silently, but the number check looks at each of them already.
    "numbers": 0.4,
}

#: How much of the weight for the kind of a segment each kind gets; kinds not listed get none.
KINDS: Final[Mapping[str, float]] = {
    # Seen on every front page, feed and search result.
    "headline": 1.0,
    "seo_title": 0.8,
    "teaser": 0.7,
    # A misquoted person is the error a newsroom must correct in public.
    "quote": 0.9,
    "meta_description": 0.5,
    "kicker": 0.4,
    "heading": 0.4,
    "caption": 0.3,
}

#: abs(log ratio - median) * sqrt(characters) from which the length is surely odd: fires on 0.3 % of human
#: translations and 85 % of those cut to 60 %.
ODD_LENGTH: Final = 4.0
#: From here on the length is worth a word to the editor.
NOTABLE_LENGTH: Final = 2.0
#: Token edit rate between two engines that is worth a word.
NOTABLE_DISAGREEMENT: Final = 0.5

_TOKEN = re.compile(r"\w+(?:[-'’.]\w+)*")
_QUOTE_MARK = re.compile('["“”„«»‹›]')
#: What a finding of these groups is about, and what befell it, by MQM category.
_SUBJECTS: Final[Mapping[str, str]] = {"numbers": "number"}
_FATES: Final[Mapping[str, str]] = {
    "accuracy/mistranslation": "changed",
    "accuracy/omission": "missing",
    "accuracy/addition": "added",
    "locale-conventions/number-format": "in German notation",
    "locale-conventions/date-format": "in German notation",
}


@dataclass(frozen=True, slots=True)
class OpenFinding:
    """A finding nobody dismissed: the id of its check, its severity and its MQM path."""

    check: str
    severity: Severity
    category: str


@dataclass(frozen=True, slots=True)
class _Signal:
    points: float
    reason: str = ""


def segment_risk(
    *,
    kind: str,
    source: str,
    target: str,
    findings: Sequence[OpenFinding] = (),
    length_ratio: float | None = None,
    usual_log_ratio: float = 0.0,
    language: float | None = None,
    other_targets: Sequence[str] = (),
) -> Risk:
    """The risk of one segment, with reasons in words, the weightiest first.

    `length_ratio` is characters of target per character of source, `usual_log_ratio` the median logarithm of the
    project (`usual_log_ratio()`), `language` 1 for the target's language and 0 for the source's, `other_targets` the
    other engines' texts for the same segment. None means that a signal is not known; it then says nothing.
    """
    signals = [
        *_finding_signals(findings),
        _language_signal(language),
        _length_signal(source, length_ratio, usual_log_ratio),
        _disagreement_signal(target, other_targets),
        _Signal(WEIGHTS["kind"] * KINDS.get(kind, 0.0), kind.replace("_", " ")),
        _Signal(WEIGHTS["quotation"] if _QUOTE_MARK.search(source) else 0.0, "has a quotation"),
        _Signal(WEIGHTS["numbers"] if any(char.isdigit() for char in source) else 0.0, "has numbers"),
    ]
    telling = sorted((signal for signal in signals if signal.points > 0), key=lambda signal: -signal.points)
    reasons = dict.fromkeys(signal.reason for signal in telling if signal.reason)
    return Risk(math.fsum(signal.points for signal in telling), tuple(reasons))


def rank(risks: Sequence[Risk]) -> list[int]:
    """The rank of each segment among its neighbours in the list: 1 is the riskiest, ties go by position."""
    order = sorted(range(len(risks)), key=lambda place: (-risks[place].score, place))
    ranks = [0] * len(risks)
    for position, place in enumerate(order, 1):
        ranks[place] = position
    return ranks


def usual_log_ratio(length_ratios: Sequence[float]) -> float:
    """The median logarithm of the length ratios that are above zero; 0 (as long as the source) without any."""
    logs = [math.log(ratio) for ratio in length_ratios if ratio > 0]
    return statistics.median(logs) if logs else 0.0


def disagreement(target: str, others: Sequence[str]) -> float | None:
    """How differently other engines word it, from 0 to 1; None when there is no other text.

    The mean token edit rate: edits between the lower-cased words, divided by the length of the longer text.
    """
    own = _tokens(target)
    rates = [Levenshtein.normalized_distance(own, _tokens(other)) for other in others]
    return statistics.fmean(rates) if rates else None


def _finding_signals(findings: Sequence[OpenFinding]) -> list[_Signal]:
    seen: Counter[Severity] = Counter()
    signals = []
    for finding in sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity)):
        points = WEIGHTS[f"finding.{finding.severity}"] / 2 ** seen[finding.severity]
        seen[finding.severity] += 1
        signals.append(_Signal(points, _finding_reason(finding)))
    return signals


def _finding_reason(finding: OpenFinding) -> str:
    subject = _SUBJECTS.get(finding.check.partition(".")[0])
    fate = _FATES.get(finding.category)
    if subject and fate:
        return f"{subject} {fate}"
    try:
        return get_check(finding.check).name.lower()
    except UnknownCheckError:
        # A finding of a check that has since been removed still counts until the pair is checked again.
        return finding.check


def _language_signal(language: float | None) -> _Signal:
    wrong = 0.0 if language is None else 1.0 - language
    return _Signal(WEIGHTS["language"] * wrong, "not in the target language")


def _length_signal(source: str, length_ratio: float | None, usual: float) -> _Signal:
    """An empty translation has no length to compare; the check for it says so."""
    if not length_ratio or length_ratio < 0:
        return _Signal(0.0)
    difference = math.log(length_ratio) - usual
    oddness = abs(difference) * math.sqrt(len(source.strip()))
    reason = "unusually long" if difference > 0 else "unusually short"
    return _Signal(WEIGHTS["length"] * min(1.0, oddness / ODD_LENGTH), reason if oddness >= NOTABLE_LENGTH else "")


def _disagreement_signal(target: str, others: Sequence[str]) -> _Signal:
    rate = disagreement(target, others)
    if rate is None:
        return _Signal(0.0)
    return _Signal(WEIGHTS["disagreement"] * rate, "engines disagree" if rate >= NOTABLE_DISAGREEMENT else "")


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text.lower())
