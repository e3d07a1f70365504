"""The unit behind a number: the same number with another unit is another amount."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reviews.values import FindingValue, SegmentText, Span, gettext_noop

from .base import Check, Example
from .quantities import READERS, Quantity, Reading
from .quantities.matching import meanings
from .quantities.units import find_conversion


@dataclass(frozen=True, slots=True)
class _Unit:
    """One unit of a kind of amount, with its German and English spellings as patterns."""

    name: str
    kind: str
    german: str
    english: str


#: Of two that begin alike the longer one stands first.
_UNITS = (
    _Unit("cubic metres", "volume", r"Kubikmetern?|m³|cbm", r"cubic[ -]met(?:er|re)s?|m³|cu\.? m"),
    _Unit("cubic feet", "volume", r"Kubikfuß", r"cubic[ -](?:feet|foot)|cu\.? ft"),
    _Unit("litres", "volume", r"Litern?|l", r"lit(?:er|re)s?|l"),
    _Unit("gallons", "volume", r"Gallonen?", r"gallons?"),
    _Unit("hectolitres", "volume", r"Hektolitern?|hl", r"hectolit(?:er|re)s?|hl"),
    _Unit("square metres", "area", r"Quadratmetern?|m²|qm", r"square[ -]met(?:er|re)s?|m²|sq\.? ?m"),
    _Unit("square kilometres", "area", r"Quadratkilometern?|km²|qkm", r"square[ -]kilomet(?:er|re)s?|km²|sq\.? ?km"),
    _Unit("square feet", "area", r"Quadratfuß", r"square[ -](?:feet|foot)|sq\.? ?ft"),
    _Unit("square miles", "area", r"Quadratmeilen?", r"square[ -]miles?"),
    _Unit("hectares", "area", r"Hektar|ha", r"hectares?|ha"),
    _Unit("acres", "area", r"Acres?|Morgen", r"acres?"),
    _Unit(
        "km/h",
        "speed",
        r"km/h|Stundenkilometern?|Kilometern? pro Stunde",
        r"km/h|kph|kmh|kilomet(?:er|re)s? (?:per|an) hour",
    ),
    _Unit("mph", "speed", r"Meilen pro Stunde|mph", r"mph|miles (?:per|an) hour"),
    _Unit("kilometres", "length", r"Kilometern?|km", r"kilomet(?:er|re)s?|km"),
    _Unit("metres", "length", r"Metern?|m", r"met(?:er|re)s?|m"),
    _Unit("centimetres", "length", r"Zentimetern?|cm", r"centimet(?:er|re)s?|cm"),
    _Unit("millimetres", "length", r"Millimetern?|mm", r"millimet(?:er|re)s?|mm"),
    _Unit("nanometres", "length", r"Nanometern?|nm", r"nanomet(?:er|re)s?|nm"),
    _Unit("miles", "length", r"Meilen?", r"miles?|mi"),
    _Unit("feet", "length", r"Fuß", r"feet|foot|ft"),
    _Unit("inches", "length", r"Zoll", r"inch(?:es)?"),
    _Unit("kilograms", "mass", r"Kilogramm|Kilos?|kg", r"kilograms?|kilos?|kg|kilogrammes?"),
    _Unit("grams", "mass", r"Gramm|g", r"grams?|g|grammes?"),
    _Unit("tonnes", "mass", r"Tonnen?|t", r"tonnes?|(?:metric )?tons?|t"),
    _Unit("pounds", "mass", r"Pfund", r"pounds?|lbs?"),
    _Unit("kilowatt-hours", "power", r"Kilowattstunden?|kWh", r"kilowatt[ -]?hours?|kWh"),
    _Unit("megawatt-hours", "power", r"Megawattstunden?|MWh", r"megawatt[ -]?hours?|MWh"),
    _Unit("gigawatt-hours", "power", r"Gigawattstunden?|GWh", r"gigawatt[ -]?hours?|GWh"),
    _Unit("terawatt-hours", "power", r"Terawattstunden?|TWh", r"terawatt[ -]?hours?|TWh"),
    _Unit("watts", "power", r"Watt|W", r"watts?|W"),
    _Unit("kilowatts", "power", r"Kilowatt|kW", r"kilowatts?|kW"),
    _Unit("megawatts", "power", r"Megawatt|MW", r"megawatts?|MW"),
    _Unit("gigawatts", "power", r"Gigawatt|GW", r"gigawatts?|GW"),
    _Unit("degrees Celsius", "temperature", r"Grad Celsius|°C", r"degrees? (?:Celsius|centigrade)|°C"),
    _Unit("degrees Fahrenheit", "temperature", r"Grad Fahrenheit|°F", r"degrees? Fahrenheit|°F"),
    _Unit("kilobytes", "data", r"Kilobytes?|KB|kB", r"kilobytes?|KB|kB"),
    _Unit("megabytes", "data", r"Megabytes?|MB", r"megabytes?|MB"),
    _Unit("gigabytes", "data", r"Gigabytes?|GB", r"gigabytes?|GB"),
    _Unit("terabytes", "data", r"Terabytes?|TB", r"terabytes?|TB"),
    _Unit("petabytes", "data", r"Petabytes?|PB", r"petabytes?|PB"),
    _Unit("megabits", "data", r"Megabits?|MBit(?:/s)?|Mbit(?:/s)?", r"megabits?|Mbit/s|Mbps|Mbit|Mb/s"),
    _Unit("gigabits", "data", r"Gigabits?|GBit(?:/s)?|Gbit(?:/s)?", r"gigabits?|Gbit/s|Gbps|Gbit|Gb/s"),
    _Unit("hertz", "frequency", r"Hertz|Hz", r"hertz|Hz"),
    _Unit("kilohertz", "frequency", r"Kilohertz|kHz", r"kilohertz|kHz"),
    _Unit("megahertz", "frequency", r"Megahertz|MHz", r"megahertz|MHz"),
    _Unit("gigahertz", "frequency", r"Gigahertz|GHz", r"gigahertz|GHz"),
    _Unit("percentage points", "share", r"Prozentpunkten?", r"(?:percentage|per cent) points?|points?"),
    _Unit("percent", "share", r"Prozent|%", r"per ?cent|%"),
    _Unit("per mille", "share", r"Promille|‰", r"per mille|‰|per thousand"),
    _Unit("euros", "money", r"Euro|€|EUR", r"euros?|€|EUR"),
    _Unit("cents", "money", r"Cent|ct", r"cents?|ct"),
    _Unit("dollars", "money", r"(?:US-)?Dollar|\$|USD", r"(?:US |U\.S\. )?dollars?|\$|USD"),
    _Unit("pounds sterling", "money", r"(?:britische )?Pfund|£|GBP", r"(?:British )?pounds?(?: sterling)?|£|GBP|quid"),
    _Unit("francs", "money", r"(?:Schweizer )?Franken|CHF", r"(?:Swiss )?francs?|CHF"),
    _Unit("yen", "money", r"Yen|¥", r"yen|¥"),
    _Unit("seconds", "time", r"Sekunden?|s", r"seconds?|s|secs?"),
    _Unit("minutes", "time", r"Minuten?|min", r"minutes?|mins?"),
    _Unit("hours", "time", r"Stunden?|h", r"hours?|h|hrs?"),
    _Unit("days", "time", r"Tagen?", r"days?"),
    _Unit("weeks", "time", r"Wochen?", r"weeks?"),
    _Unit("months", "time", r"Monaten?", r"months?"),
    _Unit("years", "time", r"Jahren?", r"years?"),
)
_BY_NAME = {unit.name: unit for unit in _UNITS}
#: What may stand between a number and its unit.
_BETWEEN = r"[\s-]{0,2}(?:(?:of|an|full|ganze[nr]?|weitere[nr]?|more)\s)?"
_FORWARD = {
    "de": re.compile(
        _BETWEEN + r"(?:" + "|".join(f"(?P<u{i}>{u.german})" for i, u in enumerate(_UNITS)) + r")(?![\w²³])"
    ),
    "en": re.compile(
        _BETWEEN + r"(?:" + "|".join(f"(?P<u{i}>{u.english})" for i, u in enumerate(_UNITS)) + r")(?![\w²³])"
    ),
}
_SIGNS = {"€": "euros", "$": "dollars", "£": "pounds sterling", "¥": "yen"}
_SIGN_BEFORE = re.compile(r"(?P<sign>[€$£¥])\s?\Z")


@dataclass(frozen=True, slots=True)
class _Amount:
    number: Quantity
    unit: _Unit
    span: Span


class NumbersUnits(Check):
    """Pairs equal numbers and compares their units; a converted amount has another number and is left alone."""

    id = "numbers.units"
    version = 3
    name = gettext_noop("Units")
    description = gettext_noop("A number kept its value and got another unit: MW for GWh, cubic feet for cubic metres.")
    category = "locale-conventions/measurement-format"
    severity = "critical"
    direction = ("de", "en")
    examples = (
        Example("1,8 Millionen Kubikmeter Wasser", "1.8 million cubic feet of water", fires=True),
        Example("Das Werk liefert 40 GWh.", "The plant supplies 40 GW.", fires=True),
        Example("Ein Plus von 3 Prozentpunkten", "An increase of 3 percent", fires=True),
        Example("Die Strafe beträgt 500 Euro.", "The fine is $500.", fires=True),
        Example("1,8 Millionen Kubikmeter", "1.8 million cubic meters", fires=False),
        Example("100 Kilometer entfernt", "60 miles away", fires=False),
        Example("Ein Plus von 3 Prozent", "A 3% increase", fires=False),
        Example("500 Euro in 3 Tagen", "€500 in 3 days", fires=False),
    )

    def run(self, text: SegmentText) -> list[FindingValue]:
        source, target = text.source.text, text.target.text
        if text.kind == "slug" or not target.strip() or source == target:
            return []
        amounts = list(_amounts(source, "de"))
        return [*_swapped(amounts, list(_amounts(target, "en")))] if amounts else []


def _amounts(text: str, lang: str) -> Iterator[_Amount]:
    for quantity in READERS[lang](text):
        match = _FORWARD[lang].match(text, quantity.end)
        sign = _SIGN_BEFORE.search(text, max(quantity.start - 2, 0), quantity.start)
        # A currency sign may be read as part of the number.
        mark = next((mark for mark in quantity.text if mark in _SIGNS), sign["sign"] if sign else "")
        if match and match.lastgroup:
            yield _Amount(quantity, _UNITS[int(match.lastgroup[1:])], (quantity.start, match.end()))
        elif mark:
            start = sign.start() if sign else quantity.start
            yield _Amount(quantity, _BY_NAME[_SIGNS[mark]], (start, quantity.end))


def _swapped(source: list[_Amount], target: list[_Amount]) -> Iterator[FindingValue]:
    said = _by_reading((amount, meanings(amount.number)) for amount in source)
    given = _by_reading((amount, _readings(amount.number)) for amount in target)
    for amount in source:
        rivals = [
            other
            for reading in meanings(amount.number)
            for other in given[reading].values()
            if other.unit.kind == amount.unit.kind
        ]
        if not rivals or any(other.unit == amount.unit or _is_converted(amount, other) for other in rivals):
            continue
        other = min(rivals, key=lambda rival: rival.span)
        # "Pfund" is money or mass; a number that another amount of the source has with that unit is no swap.
        if any(other.unit.name in said[reading] for reading in other.number.readings):
            continue
        yield FindingValue(
            severity="critical",
            category="locale-conventions/measurement-format",
            message=f"{_title(amount.unit.name)} in the source, {other.unit.name} in the translation.",
            source_spans=(amount.span,),
            target_spans=(other.span,),
        )


def _is_converted(amount: _Amount, other: _Amount) -> bool:
    """ "Anderthalb Jahre" may be 18, and are so as months."""
    return find_conversion(amount.number, (other.number,)) is not None


def _by_reading(amounts: Iterable[tuple[_Amount, Iterable[Reading]]]) -> defaultdict[Reading, dict[str, _Amount]]:
    """The first amount of each unit, by its name, for all that its number may mean."""
    first: defaultdict[Reading, dict[str, _Amount]] = defaultdict(dict)
    for amount, readings in amounts:
        for reading in readings:
            first[reading].setdefault(amount.unit.name, amount)
    return first


def _readings(quantity: Quantity) -> tuple[Reading, ...]:
    """What a number of the translation may mean, German notation left in it included."""
    return (*quantity.readings, quantity.foreign) if quantity.foreign else quantity.readings


def _title(name: str) -> str:
    return name[:1].upper() + name[1:]
