"""The weights of the risk model, read strictly from `weights.toml`, where each stands with its reason."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, TypeVar

from reviews.values import SEGMENT_KINDS

FILE: Final = Path(__file__).with_name("weights.toml")


class WeightsError(ValueError):
    """A file of weights that cannot be used; the message names file, key and remedy."""


@dataclass(frozen=True, slots=True)
class DoubtWeights:
    """Points of each doubt; a finding goes by its severity."""

    base: float
    critical: float
    major: float
    minor: float
    engines: float
    length: float
    language: float
    alignment: float
    quality: float


@dataclass(frozen=True, slots=True)
class Notable:
    """From where on each doubt is worth a word."""

    engines: float
    quality: float
    length: float
    alignment: float
    language: float


@dataclass(frozen=True, slots=True)
class Scale:
    """A weight, and the frozen share of texts that have less of a value: a line through `points`."""

    weight: float
    points: tuple[tuple[float, float], ...]

    def share(self, value: float) -> float:
        """The share of texts, 0 to 1, that have less of it."""
        (before, low), *rest = self.points
        if value <= before:
            return low
        for at, share in rest:
            if value <= at:
                return low + (share - low) * (value - before) / (at - before)
            before, low = at, share
        return low


@dataclass(frozen=True, slots=True)
class EngineWeights:
    """The scale of each difference from the other engines, by the name of the feature."""

    consensus: Scale
    content: Scale
    length: Scale
    sentences: Scale
    numbers: Scale
    neighbours: Scale


@dataclass(frozen=True, slots=True)
class DamageWeights:
    """What each property of a text adds to its damage; `reach` is for each power of ten readers above a thousand."""

    quotation: float
    numbers: float
    negation: float
    allegation: float
    law: float
    reach: float
    kinds: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Words:
    """What in a source of one language speaks of a negation, an allegation, law or authority."""

    negation: re.Pattern[str]
    allegation: re.Pattern[str]
    law: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Weights:
    doubt: DoubtWeights
    notable: Notable
    odd_length: float
    engines: EngineWeights
    damage: DamageWeights
    words: Mapping[str, Words]


def read_weights(text: str, file: str) -> Weights:
    """Raises WeightsError for anything but exactly the keys there have to be, each with a value of its sort."""
    try:
        return _weights(_Table(tomllib.loads(text), ()))
    except tomllib.TOMLDecodeError as error:
        raise WeightsError(f"{file} is no TOML: {error}") from error
    except _WrongValueError as error:
        raise WeightsError(f"{file}: {error}") from error


class _WrongValueError(ValueError):
    pass


Section = TypeVar("Section")


@dataclass(frozen=True, slots=True)
class _Table:
    """One table of the file and where it stands."""

    values: Mapping[str, Any]
    path: tuple[str, ...]

    def name(self, key: str) -> str:
        return ".".join([*self.path, key])

    def has_only(self, keys: Iterable[str]) -> None:
        wanted = set(keys)
        for key in sorted(wanted - self.values.keys()):
            raise _WrongValueError(f"{self.name(key)} is missing; add it")
        for key in sorted(self.values.keys() - wanted):
            raise _WrongValueError(f"{self.name(key)} is not known; keys here are {', '.join(sorted(wanted))}")

    def table(self, key: str) -> _Table:
        found = self.values[key]
        if not isinstance(found, dict):
            raise _WrongValueError(f"{self.name(key)} is {found!r}; make it a table")
        return _Table(found, (*self.path, key))

    def number(self, key: str) -> float:
        return _number(self.values[key], self.name(key))

    def of(self, section: Callable[..., Section], read: Callable[[_Table, str], Any], keys: Iterable[str]) -> Section:
        """A section with exactly these keys, each read in the same way."""
        keys = list(keys)
        self.has_only(keys)
        return section(**{key: read(self, key) for key in keys})


def _weights(root: _Table) -> Weights:
    root.has_only(["doubt", "notable", "length", "engines", "damage", "words"])
    length = root.table("length")
    length.has_only(["odd"])
    words = root.table("words")
    weights = Weights(
        doubt=root.table("doubt").of(DoubtWeights, _Table.number, _names(DoubtWeights)),
        notable=root.table("notable").of(Notable, _Table.number, _names(Notable)),
        odd_length=length.number("odd"),
        engines=root.table("engines").of(EngineWeights, _scale, _names(EngineWeights)),
        damage=_damage(root.table("damage")),
        words={language: words.table(language).of(Words, _pattern, _names(Words)) for language in words.values},
    )
    if not weights.odd_length:
        raise _WrongValueError("length.odd is 0; give a length that is odd")
    if not any(getattr(weights.engines, name).weight for name in _names(EngineWeights)):
        raise _WrongValueError("all weights of engines are 0; give at least one")
    return weights


def _names(section: type[Any]) -> list[str]:
    return [field.name for field in fields(section)]


def _damage(table: _Table) -> DamageWeights:
    names = _names(DamageWeights)
    table.has_only(names)
    kinds = table.table("kinds")
    for kind in kinds.values:
        if kind not in SEGMENT_KINDS:
            raise _WrongValueError(f"{kinds.name(kind)} is no kind of segment; kinds are {', '.join(SEGMENT_KINDS)}")
    return DamageWeights(
        **{name: table.number(name) for name in names if name != "kinds"},
        kinds={kind: kinds.number(kind) for kind in kinds.values},
    )


def _scale(engines: _Table, key: str) -> Scale:
    table = engines.table(key)
    table.has_only(["weight", "points"])
    name, points = table.name("points"), table.values["points"]
    if not isinstance(points, list) or len(points) < 2:
        raise _WrongValueError(f"{name} is {points!r}; give at least two pairs [value, share]")
    for point in points:
        if not isinstance(point, list) or len(point) != 2:
            raise _WrongValueError(f"{name} holds {point!r}; give pairs [value, share]")
    pairs = tuple((_number(value, name), _number(share, name)) for value, share in points)
    for (before, low), (value, share) in pairwise(pairs):
        if not (before < value and low <= share <= 1):
            raise _WrongValueError(f"{name} goes from {[before, low]} to {[value, share]}; let both rise, shares to 1")
    return Scale(table.number("weight"), pairs)


def _pattern(table: _Table, key: str) -> re.Pattern[str]:
    words = table.values[key]
    if not isinstance(words, list) or not words or not all(isinstance(word, str) and word for word in words):
        raise _WrongValueError(f"{table.name(key)} is {words!r}; give a list of patterns of words")
    for word in words:
        try:
            re.compile(word)
        except re.error as error:
            raise _WrongValueError(f"{table.name(key)} holds {word!r}, which is no pattern: {error}") from error
    return re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE)


def _number(value: Any, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        raise _WrongValueError(f"{name} is {value!r}; give a number from 0 upwards")
    return float(value)


WEIGHTS: Final = read_weights(FILE.read_text(encoding="utf-8"), FILE.name)
