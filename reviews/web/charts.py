"""Charts as SVG made on the server: they print, need no script and take their colours from the page's style sheet.

Only presentation attributes are used, never `style`. The numbers of a chart always stand in a table beside it too.
"""

from __future__ import annotations

import math
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

#: In units of the drawing, which a phone shows one to one: names on the left, numbers on the right.
WIDTH = 360.0
PLOT_LEFT, PLOT_RIGHT = 122.0, 312.0
ROW, TOP, AXIS = 26.0, 8.0, 26.0
RADIUS = 4.5
CAP = 4.0
#: Room for a name, in the same units; a longer one is cut, and stands whole in the tooltip and in the table.
NAME_WIDTH = 116.0
#: About how wide letters are: CJK and the like, capitals, all others.
WIDEST, WIDE, USUAL = 12.0, 8.2, 6.4
MOST_TICKS = 6
#: Room on either side of the values, as a share of their span.
MARGIN = 0.05

Mark = Literal["filled", "hollow", "diamond"]


@dataclass(frozen=True, slots=True)
class Point:
    """One value of a chart with its interval, where there is one; `words` is what a tooltip says."""

    name: str
    value: float
    low: float | None
    high: float | None
    mark: Mark
    words: str

    @property
    def edges(self) -> tuple[float, float]:
        return (
            self.value if self.low is None else min(self.low, self.value),
            self.value if self.high is None else max(self.high, self.value),
        )


@dataclass(frozen=True, slots=True)
class Scale:
    """From values to places between the left and the right end of the plot; ticks stand at multiples of `step`."""

    low: float
    high: float
    step: float

    def x(self, value: float) -> float:
        return PLOT_LEFT + (PLOT_RIGHT - PLOT_LEFT) * (value - self.low) / (self.high - self.low)

    def ticks(self) -> list[float]:
        return [self.step * i for i in range(math.ceil(self.low / self.step), math.floor(self.high / self.step) + 1)]

    def words(self, value: float) -> str:
        """The tick's number with as many decimals as tell it from its neighbours."""
        return _minus(f"{value:.{max(0, -math.floor(math.log10(self.step) + 1e-9))}f}")


def scale_over(values: Sequence[float]) -> Scale:
    """A bit wider than the values, with two to six round ticks. Raises ValueError without a finite value."""
    if not values or not all(math.isfinite(value) for value in values):
        raise ValueError("a scale needs finite values")
    least, most = min(values), max(values)
    margin = (most - least) * MARGIN or max(abs(most), 1.0) * MARGIN
    low, high = least - margin, most + margin
    return Scale(low, high, _round_step((high - low) / (MOST_TICKS - 1)))


def _round_step(least: float) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that is not below `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least * (1 - 1e-9))


def whisker_chart(
    points: Sequence[Point], *, key: str, title: str, description: str, decimals: int = 1, line: float | None = None
) -> SafeString:
    """A row for each point: its name, a mark at its value, a whisker over its interval, its number.

    `line` is a value to compare with, drawn through all rows. `key` begins the ids of the chart's parts and must be
    its own on the page. Empty without points.
    """
    if not points:
        return SafeString("")
    edges = [edge for point in points for edge in point.edges]
    scale = scale_over(edges if line is None else [*edges, line])
    bottom = TOP + ROW * len(points)
    return format_html(
        '<svg class="chart" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{key}-title {key}-words" '
        'font-size="12"><title id="{key}-title">{title}</title><desc id="{key}-words">{description}</desc>'
        "{grid}{line}{rows}</svg>",
        width=_n(WIDTH),
        height=_n(bottom + AXIS),
        key=key,
        title=title,
        description=description,
        grid=_grid(scale, bottom),
        line=_line(scale.x(line), bottom) if line is not None else "",
        rows=format_html_join(
            "", "{}", ((_row(point, scale, TOP + ROW * (i + 0.5), decimals),) for i, point in enumerate(points))
        ),
    )


def _grid(scale: Scale, bottom: float) -> SafeString:
    return format_html_join(
        "",
        '<line class="grid" x1="{0}" y1="{1}" x2="{0}" y2="{2}"/>'
        '<text class="tick" x="{0}" y="{3}" text-anchor="middle">{4}</text>',
        ((_n(scale.x(tick)), _n(TOP), _n(bottom), _n(bottom + 16), scale.words(tick)) for tick in scale.ticks()),
    )


def _line(x: float, bottom: float) -> SafeString:
    return format_html(
        '<line class="level" x1="{0}" y1="{1}" x2="{0}" y2="{2}" stroke-dasharray="3 3"/>', _n(x), _n(TOP), _n(bottom)
    )


def _row(point: Point, scale: Scale, y: float, decimals: int) -> SafeString:
    return format_html(
        '<g><title>{words}</title><text class="name" x="0" y="{base}">{name}</text>{whisker}{mark}'
        '<text class="value" x="{right}" y="{base}" text-anchor="end">{number}</text></g>',
        words=point.words,
        name=_fitting(point.name),
        base=_n(y + 4),
        whisker=_whisker(point, scale, y),
        mark=_mark(point.mark, scale.x(point.value), y),
        right=_n(WIDTH),
        number=_minus(f"{point.value:.{decimals}f}"),
    )


def _fitting(name: str) -> str:
    """The name, or its beginning where it would run into the plot."""
    ends = list(accumulate(WIDEST if ord(c) >= 0x2E80 else WIDE if c.isupper() else USUAL for c in name))
    if not ends or ends[-1] <= NAME_WIDTH:
        return name
    return f"{name[: bisect(ends, NAME_WIDTH - WIDEST)]}…"


def _whisker(point: Point, scale: Scale, y: float) -> SafeString:
    if point.low is None or point.high is None:
        return SafeString("")
    low, high = _n(scale.x(point.low)), _n(scale.x(point.high))
    return format_html(
        '<path class="whisker" d="M{low} {top}V{bottom}M{low} {y}H{high}M{high} {top}V{bottom}" fill="none"/>',
        low=low,
        high=high,
        y=_n(y),
        top=_n(y - CAP),
        bottom=_n(y + CAP),
    )


def _mark(mark: Mark, x: float, y: float) -> SafeString:
    if mark == "diamond":
        r = RADIUS + 1.5
        corners = f"{_n(x)},{_n(y - r)} {_n(x + r)},{_n(y)} {_n(x)},{_n(y + r)} {_n(x - r)},{_n(y)}"
        return format_html('<polygon class="mark" points="{}"/>', corners)
    return format_html('<circle class="mark {}" cx="{}" cy="{}" r="{}"/>', mark, _n(x), _n(y), _n(RADIUS))


def _n(value: float) -> str:
    """A number of the drawing, in as few letters as are exact enough to see."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _minus(number: str) -> str:
    return number.replace("-", "−")
