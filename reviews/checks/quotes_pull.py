"""Pull quotes: a passage of the body shown again must say in English what the body says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from reviews.values import FindingValue, SegmentText, Span, gettext_noop

from .base import Check, Example
from .phrases.lexicon import word_list

_TOKEN = re.compile(r"\w+(?:[’']\w+)?")
#: Who said it, behind the quotation: "… – Frauke Behrendsen".
_SPEAKER = re.compile(r"(?<=[“”\"«’'.!?…])\s+[–—-]\s.*\Z", re.DOTALL)
_IRREGULAR = {"can't": ["can", "not"], "cannot": ["can", "not"], "won't": ["will", "not"]}
#: A shorter passage comes back by chance, and a longer one is no pull quote.
_SHORTEST, _LONGEST = 4, 100
#: An editor may well smooth these over when a passage is shown again.
_TOLERATED = word_list(
    "a an the and that to of it is are was were be been am has have had do does did will would s re ve ll m d we you "
    "they he she i us them"
)
_NEGATIONS = word_list("not no never none nobody nothing")


class QuotesPull(Check):
    """Asks of every block of kind "quote" whether a text of the body says the same in German, and compares the English.

    Tolerated are case, punctuation, contractions ("don't", "do not"), and articles, auxiliaries and pronouns; every
    other word must be the body's, and so must a negation. Which of the two is right is not said.
    """

    id = "quotes.pull"
    version = 1
    name = gettext_noop("Pull quote")
    description = gettext_noop(
        "A pull quote repeats a passage of the body in German, and its English says something else."
    )
    category = "accuracy/mistranslation"
    severity = "major"
    direction = ("de", "en")
    reads = frozenset({"document"})
    examples = (
        Example(
            "„Wir verhandeln auch nicht.“",
            "“We also do not act.”",
            fires=True,
            context=("we are not negotiating either",),
        ),
        Example("„Das ist ein Fehler gewesen.“", "“That was an error.”", fires=True, context=("that was a mistake",)),
        Example(
            "„Wir verhandeln auch nicht.“",
            "“We aren’t negotiating either.”",
            fires=False,
            context=("we are not negotiating either",),
        ),
        Example("„Wir verhandeln auch nicht.“", "“We also do not act.”", fires=False),
    )

    def context(self, article: Sequence[SegmentText], index: int) -> tuple[str, ...]:
        """How the body renders the passage, in small letters without punctuation; nothing where it has no such one."""
        text = article[index]
        if text.kind != "quote" or not text.target.text.strip():
            return ()
        said = _words(text.source.text)
        if not _SHORTEST <= len(said) <= _LONGEST:
            return ()
        english = _words(text.target.text)
        renderings = [
            _rendering(english, _words(other.target.text))
            for other in article
            if other.kind != "quote" and other.target.text and _holds(_words(other.source.text), said)
        ]
        return (max(renderings)[1],) if renderings else ()

    def run(self, text: SegmentText) -> list[FindingValue]:
        if not text.context:
            return []
        spans = tuple(_different(text.target.text, text.context[0].split()))
        if not spans:
            return []
        return [
            FindingValue(
                severity=self.severity,
                category=self.category,
                message=f"The body renders this passage otherwise: “{text.context[0]}”.",
                target_spans=spans,
            )
        ]


def _words(text: str) -> list[str]:
    return [word for word, _ in _placed_words(text)]


def _placed_words(text: str) -> list[tuple[str, Span]]:
    """The words of a passage, without who said it, in small letters, contractions written out, and their places."""
    speaker = _SPEAKER.search(text)
    tokens = _TOKEN.finditer(text, 0, speaker.start() if speaker else len(text))
    return [(word, token.span()) for token in tokens for word in _written_out(token[0].lower().replace("’", "'"))]


def _written_out(token: str) -> list[str]:
    """
    >>> _written_out("don't"), _written_out("we're"), _written_out("can't")
    (['do', 'not'], ['we', 're'], ['can', 'not'])
    """
    if token in _IRREGULAR:
        return _IRREGULAR[token]
    return [token.removesuffix("n't"), "not"] if token.endswith("n't") else token.split("'")


def _holds(words: Sequence[str], passage: Sequence[str]) -> bool:
    return f" {' '.join(passage)} " in f" {' '.join(words)} "


def _rendering(pull: Sequence[str], body: Sequence[str]) -> tuple[float, str]:
    """How much of the pull quote stands in the body, and the stretch of the body from its first word to its last."""
    blocks = _matcher(pull, body).get_matching_blocks()[:-1]
    stretch = body[blocks[0].b : blocks[-1].b + blocks[-1].size] if blocks else body
    return sum(block.size for block in blocks) / max(len(pull), 1), " ".join(stretch)


def _different(target: str, body: Sequence[str]) -> Iterator[Span]:
    """The stretches of the pull quote with a word that the body has not, or where the body denies and it does not."""
    words = _placed_words(target)[: 2 * _LONGEST]
    matcher = _matcher([word for word, _ in words], body)
    for tag, start, end, body_start, body_end in matcher.get_opcodes():
        own = {word for word, _ in words[start:end]} - _TOLERATED
        if tag != "equal" and (own or _NEGATIONS.intersection(body[body_start:body_end])):
            last = min(max(end, start + 1), len(words)) - 1
            yield words[min(start, last)][1][0], words[last][1][1]


def _matcher(pull: Sequence[str], body: Sequence[str]) -> SequenceMatcher[str]:
    # So many words bound the time a hostile text takes.
    return SequenceMatcher(None, pull[: 2 * _LONGEST], body[: 4 * _LONGEST], autojunk=False)
