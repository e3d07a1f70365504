"""Who gets a piece of work: a choice from plain facts, with the reason in words.

The facts are what people declared (skills, sections, time), what they were given, and what the work asks for. Nothing
measured of a person comes in: there is no field for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reviews.values import sha256_hex


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of work. `key` is the same for as long as it lives; `skill` and `section` may be ""."""

    key: str
    step: str
    skill: str = ""
    section: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody whose roles cover the step.

    `key` never changes. `has_a_hand` says that the person did something in the article that makes the step somebody
    else's; `had_it` that this work was theirs before. `open_load` is how many pieces they were given that are not
    done, and `most_open` how many they take on.
    """

    key: str
    skills: frozenset[str] = frozenset()
    sections: frozenset[str] = frozenset()
    away: bool = False
    has_a_hand: bool = False
    had_it: bool = False
    open_load: int = 0
    most_open: int = 5


@dataclass(frozen=True, slots=True)
class Choice:
    """Whose the work becomes (a candidate's key; None for nobody's in particular), and why."""

    person: str | None
    reason: str


def choose(work: Work, candidates: Iterable[Candidate]) -> Choice:
    """The candidate who gets the work; with nobody to give it to, everybody may take it.

    Whoever can do it and has room is asked: first those who take on its section, then whoever has the smallest part of
    what they take on already. Between equals a hash of the work and the person decides, so that no name and nobody who
    came early gets more.
    """
    able = []
    refusals: list[str] = []
    for candidate in candidates:
        refusal = _refusal(work, candidate)
        if refusal:
            refusals.append(refusal)
        else:
            able.append(candidate)
    if not able:
        return Choice(None, _nobody(refusals))
    chosen = min(able, key=lambda each: _precedence(work, each))
    return Choice(chosen.key, _reason(work, chosen))


def _refusal(work: Work, candidate: Candidate) -> str:
    """Why somebody cannot be given the work, as what is said of all of them together; "" if they can."""
    if work.skill and work.skill not in candidate.skills:
        return f"knows no {work.skill}"
    if candidate.has_a_hand:
        return "worked on the article already"
    if candidate.had_it:
        return "had it before"
    if candidate.away:
        return "is away"
    if candidate.open_load >= candidate.most_open:
        return "has as much as they take on"
    return ""


def _precedence(work: Work, candidate: Candidate) -> tuple[bool, float, str]:
    return (
        work.section not in candidate.sections,
        candidate.open_load / candidate.most_open,
        sha256_hex(f"{work.key}:{candidate.key}"),
    )


def _reason(work: Work, chosen: Candidate) -> str:
    parts = []
    if work.skill:
        parts.append(f"knows {work.skill}")
    if work.section and work.section in chosen.sections:
        parts.append(f"takes on {work.section}")
    parts.append(f"had {chosen.open_load} of {chosen.most_open} pieces")
    return "by rule: " + ", ".join(parts)


def _nobody(refusals: list[str]) -> str:
    if not refusals:
        return "nobody has the role for it"
    counted = {refusal: refusals.count(refusal) for refusal in dict.fromkeys(refusals)}
    return "; ".join(f"{number} × {refusal}" for refusal, number in counted.items())
