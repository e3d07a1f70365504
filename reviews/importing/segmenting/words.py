"""What the rules have to know of a language's words to tell a sentence end from another full stop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Literal

#: What a full stop after an abbreviation can be, before a word that could begin a sentence:
#: - never: no end; a name, noun or number always follows ("Dr.", "z. B.", "vgl.");
#: - number: no end before a number, an ordinary word otherwise ("Art. 5", but "auf diese Art. Sie …");
#: - seldom: an end before one of the language's starters only ("Mio.", "Inc.", "a. D.");
#: - final: an end before any of them ("usw.", "etc.").
Kind = Literal["never", "number", "seldom", "final"]


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def with_capitals(text: str) -> frozenset[str]:
    """The words as they are and as they stand at the beginning of a sentence."""
    plain = words(text)
    return plain | {word[0].upper() + word[1:] for word in plain}


@dataclass(frozen=True, slots=True)
class Language:
    """The words of one language.

    `starters`, in lower case, begin sentences and, with a capital, little else: articles, pronouns, adverbs,
    prepositions, conjunctions. `abbreviations` are written as in texts, without their full stop. `dotted` ones have
    several full stops, without blanks and without the last full stop: in lower case ("z.b"), but with their capitals
    where those make a difference ("a.D", außer Dienst, beside "a.d", an der). `carriers`, in lower
    case, carry a letter that is no initial or a number that is no ordinal ("Plan B", "Gleis 3").
    """

    starters: frozenset[str]
    abbreviations: Mapping[str, Kind]
    dotted: Mapping[str, Kind]
    carriers: tuple[str, ...]
    #: What is counted with ordinals, months first of all: a number before one is an ordinal whatever stands before it.
    counted: frozenset[str]
    #: Whether a number with a full stop is an ordinal ("der 3. Senat").
    has_ordinals: bool
    #: Whether nouns have capitals, so that a capital alone says little.
    has_noun_capitals: bool
    #: Names written with a mark at their end, in lower case, without it ("Yahoo!").
    marked_names: frozenset[str] = frozenset()
    #: Verbs that name the speaker after a quotation ("“Why?” Smith asked.").
    speaking: frozenset[str] = frozenset()
    #: What may follow a time without beginning a sentence ("7 p.m. Tuesday").
    after_times: frozenset[str] = frozenset()
    #: Last parts of longer abbreviated words ("Bahnhofstr.").
    suffixes: tuple[str, ...] = ()
    #: Every beginning of a dotted abbreviation that is not the whole of one ("i.v" of "i.v.m").
    beginnings: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "beginnings", frozenset(_beginnings(self.dotted)))


def kinds(**by_kind: frozenset[str]) -> dict[str, Kind]:
    """Word → kind, from the words of each kind. Raises ValueError for a word with two kinds."""
    found: dict[str, Kind] = {}
    for kind, group in by_kind.items():
        if twice := group & found.keys():
            raise ValueError(f"{', '.join(sorted(twice))}: {kind} and {found[min(twice)]}. Keep one kind.")
        found |= dict.fromkeys(group, kind)  # type: ignore[arg-type]
    return found


def _beginnings(dotted: Mapping[str, Kind]) -> Iterator[str]:
    for word in dotted:
        yield from list(accumulate(word.split("."), "{}.{}".format))[:-1]
