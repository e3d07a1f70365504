"""Which segments of the source each piece of a translation renders.

`anchors` says what of a text survives translation, `evidence` what that and the lengths say of a pair of texts,
`beads` finds the cheapest sequence of beads and how sure each is, `sentences` does so for the blocks of an article and
then for its sentences, and `texts` makes the rows of an import of them.
"""

from .beads import LOW_CONFIDENCE, Bead
from .sentences import sentence_beads
from .texts import UNALIGNED, align_article, aligned_sentences

__all__ = ["LOW_CONFIDENCE", "UNALIGNED", "Bead", "align_article", "aligned_sentences", "sentence_beads"]
