"""Which segments want a look first, and why: risk = damage if wrong × doubt.

A pure function of named features, whose weights are data (`weights.toml`). The score only *orders* work and may make
it more thorough. It never says that a segment is good, and nothing is skipped because of it.
"""

from __future__ import annotations

import math
import re
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from reviews.checks.registry import UnknownCheckError, get_check
from reviews.metrics.consensus import MIN_ENGINES
from reviews.values import SEVERITIES, Risk, Severity

from .risk_engines import WORD, EngineFeatures
from .risk_weights import WEIGHTS, EngineWeights, Scale, Weights

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
#: What is different about a text, beside that it differs.
_DIFFERENCES: Final[Mapping[str, str]] = {
    "consensus": "",
    "content": "lacks some of their words",
    "length": "shorter",
    "sentences": "other number of sentences",
    "numbers": "other numbers",
    "neighbours": "as do the texts beside it",
}
_CONTENTS: Final[Mapping[str, str]] = {
    "quotation": "has a quotation",
    "numbers": "has numbers",
    "negation": "has a negation",
    "allegation": "speaks of an allegation",
    "law": "names law or authority",
}
#: Readers from which on the reach of an article adds to the damage, and powers of ten until it adds no more.
_FEW_READERS, _MOST_POWERS = 1_000, 3


@dataclass(frozen=True, slots=True)
class OpenFinding:
    """A finding nobody dismissed: the id of its check, its severity and its MQM path."""

    check: str
    severity: Severity
    category: str


@dataclass(frozen=True, slots=True)
class Content:
    """What a source text speaks of, as far as an error in it would do more damage."""

    quotation: bool = False
    numbers: bool = False
    negation: bool = False
    allegation: bool = False
    law: bool = False


@dataclass(frozen=True, slots=True)
class Estimate:
    """A quality estimate of a metric that ran elsewhere: the share of the project's texts, 0 to 1, that are better."""

    metric: str
    better: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """All that the risk of a text depends on. None means that something is not known; it then says nothing.

    `length` is the logarithm of characters per character of source, less what is usual in the project, times the root
    of the source's characters; `language` 1 for the target's language and 0 for the source's; `alignment` the aligner's
    confidence; `reach` how many readers the article is expected to have.
    """

    kind: str
    content: Content = field(default_factory=Content)
    reach: int | None = None
    findings: tuple[OpenFinding, ...] = ()
    engines: EngineFeatures | None = None
    length: float | None = None
    language: float | None = None
    alignment: float | None = None
    estimates: tuple[Estimate, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    points: float
    reason: str = ""


def segment_risk(features: Features, weights: Weights = WEIGHTS) -> Risk:
    """The risk of one text, with reasons in words: first what is in doubt, then what an error would cost.

    The weightiest of both come first. `ranked` says whether there are enough engines to claim that a text with a higher
    score is the worse one; without them findings and damage give an order to read in.
    """
    doubts = [
        *_finding_parts(features.findings, weights),
        *_engine_parts(features.engines, weights),
        _length_part(features, weights),
        _language_part(features.language, weights),
        _alignment_part(features.alignment, weights),
        *_estimate_parts(features.estimates, weights),
    ]
    damages = _damage_parts(features, weights)
    doubt = weights.doubt.base + _total(doubts)
    damage = 1.0 + _total(damages)
    return Risk(damage * doubt, _reasons(doubts, damages), ranked=_is_ranked(features))


def engine_difference(engines: EngineFeatures, weights: EngineWeights = WEIGHTS.engines) -> float:
    """How much a text differs from the other engines, from 0 to 1: the weighted mean of its frozen shares."""
    return _sum_of(_differences(engines, weights))


def _sum_of(differences: Mapping[str, tuple[float, float]]) -> float:
    return math.fsum(part for _, part in differences.values())


def _differences(engines: EngineFeatures, weights: EngineWeights) -> dict[str, tuple[float, float]]:
    """For each feature the share of texts that have less of it, and its part of the difference."""
    scales: dict[str, Scale] = {name: getattr(weights, name) for name in _DIFFERENCES}
    shares = {name: scale.share(getattr(engines, name)) for name, scale in scales.items()}
    total = math.fsum(scale.weight for scale in scales.values())
    return {name: (shares[name], scale.weight * shares[name] / total) for name, scale in scales.items()}


def content_of(source: str, language: str, weights: Weights = WEIGHTS) -> Content:
    """What a source text speaks of; `language` is a BCP 47 code. Words are known for the languages of the weights."""
    words = weights.words.get(language.partition("-")[0].lower())
    return Content(
        quotation=_QUOTE_MARK.search(source) is not None,
        numbers=any(char.isdigit() for char in source),
        negation=words is not None and words.negation.search(source) is not None,
        allegation=words is not None and words.allegation.search(source) is not None,
        law=words is not None and words.law.search(source) is not None,
    )


def odd_length(source: str, ratio: float | None, usual_log_ratio: float) -> float | None:
    """The feature `length` of a text with so many characters per character of source.

    None for an empty one, which has no length to compare; the check for it says so.
    """
    if not ratio or ratio < 0:
        return None
    return (math.log(ratio) - usual_log_ratio) * math.sqrt(len(source.strip()))


def usual_log_ratio(length_ratios: Sequence[float]) -> float:
    """The median logarithm of the length ratios that are above zero; 0 (as long as the source) without any."""
    logs = [math.log(ratio) for ratio in length_ratios if ratio > 0]
    return statistics.median(logs) if logs else 0.0


def per_word(score: float, text: str) -> float:
    """The risk for each word to read: for a desk that has so much time, and not for so many segments."""
    return score / max(1, len(WORD.findall(text)))


def rank(risks: Sequence[Risk]) -> list[int]:
    """The rank of each segment among its neighbours in the list: 1 is the riskiest, ties go by position."""
    order = sorted(range(len(risks)), key=lambda place: (-risks[place].score, place))
    ranks = [0] * len(risks)
    for position, place in enumerate(order, 1):
        ranks[place] = position
    return ranks


def _is_ranked(features: Features) -> bool:
    return features.engines is not None and features.engines.others + 1 >= MIN_ENGINES


def _total(parts: Sequence[_Part]) -> float:
    return math.fsum(part.points for part in parts)


def _reasons(*groups: Sequence[_Part]) -> tuple[str, ...]:
    telling = [
        part.reason
        for parts in groups
        for part in sorted(parts, key=lambda part: -part.points)
        if part.reason and part.points > 0
    ]
    return tuple(dict.fromkeys(telling))


# --- doubt --------------------------------------------------------------------------------------------


def _finding_parts(findings: Sequence[OpenFinding], weights: Weights) -> list[_Part]:
    seen: Counter[Severity] = Counter()
    parts = []
    for finding in sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity)):
        points: float = getattr(weights.doubt, finding.severity) / 2 ** seen[finding.severity]
        seen[finding.severity] += 1
        parts.append(_Part(points, _finding_reason(finding)))
    return parts


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


def _engine_parts(engines: EngineFeatures | None, weights: Weights) -> list[_Part]:
    if engines is None:
        return []
    differences = _differences(engines, weights.engines)
    notable = [name for name, (share, _) in differences.items() if share >= weights.notable.engines]
    points = weights.doubt.engines * _sum_of(differences)
    return [_Part(points, _difference(notable, engines) if notable else "")]


def _difference(notable: Sequence[str], engines: EngineFeatures) -> str:
    """Different is not wrong: the engine that stands alone may be the one that is right."""
    others, their = ("the other engine", "its") if engines.others == 1 else ("the other engines", "their")
    if list(notable) == ["neighbours"]:
        return f"the texts beside it differ from {others}"
    words = dict(_DIFFERENCES)
    if engines.longer:
        words["length"] = "longer"
    details = ", ".join(words[name] for name in notable if words[name]).replace("their", their)
    return f"differs from {others} ({details})" if details else f"differs from {others}"


def _length_part(features: Features, weights: Weights) -> _Part:
    """Against the source, only where too few engines say more about the length."""
    if features.length is None or _is_ranked(features):
        return _Part(0.0)
    oddness = abs(features.length)
    reason = "unusually long" if features.length > 0 else "unusually short"
    points = weights.doubt.length * min(1.0, oddness / weights.odd_length) ** 2
    return _Part(points, reason if oddness >= weights.notable.length else "")


def _language_part(language: float | None, weights: Weights) -> _Part:
    wrong = 0.0 if language is None else 1.0 - language
    return _Part(
        weights.doubt.language * wrong, "not in the target language" if wrong >= weights.notable.language else ""
    )


def _alignment_part(confidence: float | None, weights: Weights) -> _Part:
    unsure = 0.0 if confidence is None else 1.0 - confidence
    return _Part(weights.doubt.alignment * unsure, "unsure alignment" if unsure >= weights.notable.alignment else "")


def _estimate_parts(estimates: Sequence[Estimate], weights: Weights) -> list[_Part]:
    """All estimates together have the points of one: more metrics make no text worse."""
    return [
        _Part(
            weights.doubt.quality * estimate.better / len(estimates),
            f"scored low by {estimate.metric}" if estimate.better >= weights.notable.quality else "",
        )
        for estimate in estimates
    ]


# --- damage -------------------------------------------------------------------------------------------


def _damage_parts(features: Features, weights: Weights) -> list[_Part]:
    damage = weights.damage
    held = [
        _Part(getattr(damage, name), reason) for name, reason in _CONTENTS.items() if getattr(features.content, name)
    ]
    kind = _Part(damage.kinds.get(features.kind, 0.0), features.kind.replace("_", " "))
    powers = math.log10(max(1.0, (features.reach or 0) / _FEW_READERS))
    reach = _Part(damage.reach * min(_MOST_POWERS, powers), "many readers")
    return [kind, *held, reach]
