"""Metrics that ran elsewhere and came in as a score file: COMET, MetricX, CometKiwi and the like.

All that is known of one is its name, which end of it is good and what it looked at. Its signature says just that and
is read back from it, so that a stored number cannot lose its orientation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Against = Literal["reference", "source"]

_SIGNATURE = re.compile(r"external\|against:(reference|source)\|better:(higher|lower)\|rules:1")
#: No colon, which tells a reference's name in front of it from this one.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+@-]{0,39}")


class MetricNameError(ValueError):
    """A name that no metric of a score file can have; the message says why."""


@dataclass(frozen=True, slots=True)
class ExternalMetric:
    """One metric of a score file. Only single segments have scores; a larger part of a project has their mean."""

    id: str
    higher_is_better: bool
    against: Against

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.id):
            raise MetricNameError(
                f"{self.id!r} is no name for a metric: write at most 40 letters, digits and _ . + - such as CometKiwi, "
                "with @ before a version."
            )

    @property
    def signature(self) -> str:
        """What is known of how the numbers were made; scores with different signatures never meet."""
        return f"external|against:{self.against}|better:{'higher' if self.higher_is_better else 'lower'}|rules:1"


def external_metric(metric_id: str, signature: str) -> ExternalMetric | None:
    """The metric of a score file that has this signature, None where it is one of ours."""
    found = _SIGNATURE.fullmatch(signature)
    if found is None:
        return None
    against: Against = "reference" if found[1] == "reference" else "source"
    return ExternalMetric(metric_id, found[2] == "higher", against)
