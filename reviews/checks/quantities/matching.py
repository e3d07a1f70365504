"""Which numbers of a source its translation repeats, changes, drops or adds."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from .shares import without_rounded_shares
from .units import find_conversion
from .values import Code, Date, Decade, Number, Quantity, Reading, Strength, Time

_ORDER = {Strength.FIRM: 0, Strength.LOOSE: 1, Strength.VAGUE: 2, Strength.FAINT: 3}
#: How many of the other side's open numbers one is compared with; keeps tables of numbers linear.
_WINDOW = 8
_NOTHING_ALIKE = 99


@dataclass(frozen=True, slots=True)
class Comparison:
    """What does not agree; pairs are (source, target).

    `notation` pairs agree if the target is read by the notation of the source language.
    """

    changed: tuple[tuple[Quantity, Quantity], ...] = ()
    missing: tuple[Quantity, ...] = ()
    added: tuple[Quantity, ...] = ()
    notation: tuple[tuple[Quantity, Quantity], ...] = ()


def compare(source: Sequence[Quantity], target: Sequence[Quantity]) -> Comparison:
    """Matches by shared readings first, then by ever looser likeness; what is left is a difference.

    A number said twice in one text and once in the other is no difference.
    """
    if not source and not target:
        return Comparison()
    # Words such as "Viertelfinale" answer only what no proper number of the source does.
    proper = [quantity for quantity in source if quantity.strength is not Strength.FAINT]
    answers = [quantity for quantity in source if quantity.strength is Strength.FAINT]
    open_source, open_target = _without_shared_readings(proper, target)
    if not open_source and not open_target:
        return Comparison()
    open_source, open_target = without_rounded_shares(open_source, open_target)
    notation, open_source, open_target = _by_foreign_notation(open_source, open_target)
    open_source, open_target = _without_taken_apart(open_source, open_target)
    open_target, open_source = _without_taken_apart(open_target, open_source)
    open_source, open_target = _without_bare_hours(open_source, open_target)
    open_target = _without_shared_readings(answers, open_target)[1]
    open_source, open_target = _without_conversions(open_source, target), _without_conversions(open_target, source)
    said_in_source = {reading for quantity in source for reading in meanings(quantity)}
    said_in_target = {reading for quantity in target for reading in quantity.readings}
    source_repeats = {q.span for q in open_source if said_in_target.intersection(meanings(q))}
    target_repeats = {q.span for q in open_target if said_in_source.intersection(q.readings)}
    changed = _pairs(open_source, open_target)
    changed_source = {pair[0].span for pair in changed}
    changed_target = {pair[1].span for pair in changed}
    return Comparison(
        changed=tuple(changed),
        missing=_left_over(open_source, source_repeats | changed_source),
        added=_left_over(open_target, target_repeats | changed_target),
        notation=tuple(notation),
    )


def meanings(quantity: Quantity) -> tuple[Reading, ...]:
    """All a source number may mean. One that is none in its own notation is read by the other ("3.6 Millionen").

    A version stays one: 3.10 is not 3.1, though 2.0 may be 2.
    """
    foreign = quantity.foreign
    if foreign is None or any(isinstance(reading, Number) for reading in quantity.readings):
        return quantity.readings
    if quantity.readings and foreign.value.denominator != 1:
        return quantity.readings
    return (*quantity.readings, foreign)


def _left_over(quantities: Iterable[Quantity], spoken_for: set[tuple[int, int]]) -> tuple[Quantity, ...]:
    return tuple(q for q in quantities if q.strength is Strength.FIRM and q.span not in spoken_for)


def _without_shared_readings(
    source: Sequence[Quantity], target: Sequence[Quantity]
) -> tuple[list[Quantity], list[Quantity]]:
    """Each number answers one of the other side; the surest ones choose first."""
    by_reading: defaultdict[Reading, deque[int]] = defaultdict(deque)
    for place in sorted(range(len(target)), key=lambda place: (_ORDER[target[place].strength], place)):
        for reading in target[place].readings:
            by_reading[reading].append(place)
    taken: set[int] = set()
    left: list[int] = []
    for place in sorted(range(len(source)), key=lambda place: (_ORDER[source[place].strength], place)):
        answer = _first_free(meanings(source[place]), by_reading, taken)
        if answer is None:
            left.append(place)
        else:
            taken.add(answer)
    return [source[place] for place in sorted(left)], [q for place, q in enumerate(target) if place not in taken]


def _first_free(
    readings: Iterable[Reading], by_reading: defaultdict[Reading, deque[int]], taken: set[int]
) -> int | None:
    for reading in readings:
        queue = by_reading.get(reading)
        while queue:
            place = queue.popleft()
            if place not in taken:
                return place
    return None


def _by_foreign_notation(
    source: list[Quantity], target: list[Quantity]
) -> tuple[list[tuple[Quantity, Quantity]], list[Quantity], list[Quantity]]:
    """Numbers that are right only by the notation of the source language: "1.450" left in an English text.

    The digits must be the same: "25,000" for 25 is a wrong number, not a wrong mark.
    """
    waiting: defaultdict[tuple[Reading, str], deque[Quantity]] = defaultdict(deque)
    for quantity in source:
        for reading in meanings(quantity):
            waiting[reading, _digits(quantity)].append(quantity)
    found: list[tuple[Quantity, Quantity]] = []
    used: set[tuple[int, int]] = set()
    left: list[Quantity] = []
    for quantity in target:
        queue = waiting.get((quantity.foreign, _digits(quantity))) if quantity.foreign is not None else None
        while queue and queue[0].span in used:
            queue.popleft()
        if queue:
            used.add(queue[0].span)
            found.append((queue.popleft(), quantity))
        else:
            left.append(quantity)
    return found, [quantity for quantity in source if quantity.span not in used], left


def _without_taken_apart(whole: list[Quantity], pieces: list[Quantity]) -> tuple[list[Quantity], list[Quantity]]:
    """A date, time or code the other side writes as its numbers: "22:15" → "22-15", "3. und 4. Mai" → "May 3 and 4"."""
    free: defaultdict[Fraction, list[int]] = defaultdict(list)
    for place in range(len(pieces) - 1, -1, -1):
        for reading in pieces[place].readings:
            if isinstance(reading, Number):
                free[reading.value].append(place)
    used: set[int] = set()
    left: list[Quantity] = []
    for quantity in whole:
        answers = _answers_to_parts(quantity.parts, free, used)
        if answers:
            used |= answers
        else:
            left.append(quantity)
    return left, [piece for place, piece in enumerate(pieces) if place not in used]


def _answers_to_parts(parts: Sequence[Fraction], free: Mapping[Fraction, list[int]], used: set[int]) -> set[int]:
    """The places of free numbers that answer all the parts, one each; none if a part has no answer."""
    answers: set[int] = set()
    for part in parts:
        places = free.get(part, [])
        while places and places[-1] in used:
            places.pop()
        answer = next((place for place in reversed(places) if place not in used and place not in answers), None)
        if answer is None:
            return set()
        answers.add(answer)
    return answers


#: A figure with one of these behind it is a length of time, never a time of day.
_HOUR_UNITS = frozenset({"stunde", "stunden", "std", "h", "hour", "hours", "hrs"})


def _without_bare_hours(source: list[Quantity], target: list[Quantity]) -> tuple[list[Quantity], list[Quantity]]:
    """ "von 8 bis 12 Uhr" → "from 8 a.m. to noon": a bare figure may be a full hour of either half of the day."""
    used_source: set[tuple[int, int]] = set()
    used_target: set[tuple[int, int]] = set()
    hours = [(q, _full_hours(q)) for q in target[:_WINDOW]]
    for quantity in source[:_WINDOW]:
        own = _full_hours(quantity)
        for other, theirs in hours:
            if other.span not in used_target and own and theirs and own[1] != theirs[1] and own[0] & theirs[0]:
                used_source.add(quantity.span)
                used_target.add(other.span)
                break
    return [q for q in source if q.span not in used_source], [q for q in target if q.span not in used_target]


def _full_hours(quantity: Quantity) -> tuple[set[int], bool] | None:
    """The hours (on a 12-hour clock) a number may mean, and whether it says so itself."""
    times = {
        reading.minutes // 60 % 12
        for reading in quantity.readings
        if isinstance(reading, Time) and not reading.minutes % 60
    }
    if times:
        return times, True
    if quantity.unit in _HOUR_UNITS:
        return None
    bare = {
        int(reading.value) % 12
        for reading in quantity.readings
        if isinstance(reading, Number) and reading.value.denominator == 1 and 0 <= reading.value <= 24
    }
    return (bare, False) if bare else None


def _without_conversions(quantities: list[Quantity], others: Sequence[Quantity]) -> list[Quantity]:
    """Other than those the other side gives in another unit; it may well give both: "200 miles (320 km)"."""
    if len(quantities) > _WINDOW:
        return quantities
    return [quantity for quantity in quantities if find_conversion(quantity, others) is None]


def _pairs(source: list[Quantity], target: list[Quantity]) -> list[tuple[Quantity, Quantity]]:
    """Which open source number each open target number stands in for, the likeliest pairs first."""
    candidates: list[tuple[int, float, int, int]] = []
    for place, quantity in enumerate(source):
        middle = place * len(target) // max(len(source), 1)
        for other in range(max(0, middle - _WINDOW), min(len(target), middle + _WINDOW + 1)):
            if _may_stand_for(quantity, target[other]):
                distance = abs(place / len(source) - other / len(target))
                candidates.append((_unlikeness(quantity, target[other]), distance, place, other))
    pairs: dict[int, int] = {}
    used: set[int] = set()
    for _, _, place, other in sorted(candidates):
        if place not in pairs and other not in used:
            pairs[place] = other
            used.add(other)
    return [(source[place], target[other]) for place, other in sorted(pairs.items())]


def _may_stand_for(source: Quantity, target: Quantity) -> bool:
    strengths = {source.strength, target.strength}
    if Strength.FAINT in strengths or (Strength.VAGUE in strengths and len(strengths) > 1):
        return False
    return _family(source) == _family(target)


def _family(quantity: Quantity) -> str:
    """Numbers, times and decades stand for each other; dates and lettered codes only for their like."""
    match quantity.readings[0] if quantity.readings else quantity.foreign:
        case Date():
            return "date"
        case Code(text) if not quantity.foreign and any(char.isalpha() for char in text):
            return "code"
        case Number() | Time() | Decade() | Code() | None:
            return "number"


def _unlikeness(source: Quantity, target: Quantity) -> int:
    """How many digits differ: none for a lost scale or a swapped date, a large number where nothing is alike."""
    left, right = _digits(source), _digits(target)
    if not left or len(left) != len(right):
        return _NOTHING_ALIKE
    different = sum(a != b for a, b in zip(left, right, strict=True))
    return different if different < len(left) else _NOTHING_ALIKE


def _digits(quantity: Quantity) -> str:
    return "".join(char for char in quantity.text if char.isdigit())
