"""Where in a translation the counterpart of a passage most likely stands, without a dictionary.

German and English order their clauses much alike but not their verbs, so all that is known of a missing word is
about where it belongs. A finding points at the finite verb nearest to there: that is the word the editor reads first.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Sequence

from reviews.values import Span

_AUXILIARIES = (
    "am|is|are|was|were|be|been|being|has|have|had|do|does|did|can|could|will|would|shall|should|may|might|must|wants?|"
    "wanted|needs?|needed|let|lets"
)
#: A finite verb one can tell by sight, and the word after it.
_FINITE = re.compile(rf"\b(?:{_AUXILIARIES})\b(?:\s+[\w’'-]+)?", re.IGNORECASE)
#: Verbs and plural nouns alike: where no auxiliary is near, a word of this shape is the best guess.
_VERB_SHAPE = re.compile(r"\b[a-z]{2,}(?:ed|es|s)\b(?:\s+[\w’'-]+)?")
#: A guess further off than this share of the text points at the wrong clause.
_NEAR = 0.35


def counterpart(source: str, span: Span, target: str) -> Span | None:
    """The verb of the translation nearest to where the passage at `span` of the source belongs, or None."""
    if not target or not source:
        return None
    wanted = (span[0] + span[1]) / 2 / len(source)
    for pattern in (_FINITE, _VERB_SHAPE):
        places = [(abs(match.start() / len(target) - wanted), match.span()) for match in pattern.finditer(target)]
        if places and min(places)[0] <= _NEAR:
            return min(places)[1]
    return None


def distance(share: float, others: Sequence[float]) -> float:
    """How far a place, as a share of its text, is from the nearest of others, in their order; 1 without any."""
    after = bisect(others, share)
    return min((abs(other - share) for other in others[max(after - 1, 0) : after + 1]), default=1.0)
