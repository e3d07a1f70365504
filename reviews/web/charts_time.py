"""Values over time as SVG made on the server, as `charts` draws values beside each other.

A line and a sign of its own for each series, its name at its end: no colour has to be told from another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from .charts import CAP, Point, Scale, _fitting, _n, scale_over

#: In units of the drawing: the plot, with ticks on its left and names on its right.
WIDTH: Final = 640.0
HEIGHT: Final = 210.0
LEFT, RIGHT, TOP, BOTTOM = 64.0, 516.0, 12.0, 176.0
#: The least distance between two names.
LINE_HEIGHT: Final = 15.0
#: About how wide the label of a place is; where there are more than fit, some are left out.
LABEL_WIDTH: Final = 76.0

#: How the lines are dashed, and the signs at their points, in turn.
DASHES: Final = ("", "6 3", "2 3", "8 3 2 3", "1 4")
RADIUS: Final = 3.5


@dataclass(frozen=True, slots=True)
class Series:
    """One line: its points by place, None where there is no value."""

    name: str
    points: Sequence[Point | None]


def line_chart(
    places: Sequence[str],
    series: Sequence[Series],
    *,
    key: str,
    title: str,
    description: str,
    words: Callable[[float], str],
    from_zero: bool = False,
) -> SafeString:
    """A line for each series over the places, which stand at equal distances, with a whisker over each interval.

    `words` writes a value at the axis. `key` begins the ids of the chart's parts and must be its own on the page. Empty
    without a value.
    """
    edges = [edge for line in series for point in line.points if point is not None for edge in point.edges]
    if not edges:
        return SafeString("")
    scale = scale_over([0.0, *edges] if from_zero else edges)
    xs = _places(len(places))

    def y(value: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * (value - scale.low) / (scale.high - scale.low)

    return format_html(
        '<svg class="chart over-time" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{key}-title '
        '{key}-words" font-size="12"><title id="{key}-title">{title}</title><desc id="{key}-words">{description}</desc>'
        "{grid}{labels}{lines}{names}</svg>",
        width=_n(WIDTH),
        height=_n(HEIGHT),
        key=key,
        title=title,
        description=description,
        grid=_grid(scale, y, words),
        labels=_labels(places, xs),
        lines=format_html_join("", "{}", ((_series(line, i, xs, y),) for i, line in enumerate(series))),
        names=_names(series, y),
    )


def _places(number: int) -> list[float]:
    if number == 1:
        return [(LEFT + RIGHT) / 2]
    step = (RIGHT - LEFT - 24) / (number - 1)
    return [LEFT + 12 + step * i for i in range(number)]


def _grid(scale: Scale, y: Callable[[float], float], words: Callable[[float], str]) -> SafeString:
    return format_html_join(
        "",
        '<line class="grid" x1="{0}" y1="{2}" x2="{1}" y2="{2}"/>'
        '<text class="tick" x="{3}" y="{4}" text-anchor="end">{5}</text>',
        ((_n(LEFT), _n(RIGHT), _n(y(tick)), _n(LEFT - 6), _n(y(tick) + 4), words(tick)) for tick in scale.ticks()),
    )


def _labels(places: Sequence[str], xs: Sequence[float]) -> SafeString:
    """Every place that has room for its label, the last one always."""
    fit = max(1, int((RIGHT - LEFT) // LABEL_WIDTH))
    step = -(-len(places) // fit)
    shown = [i for i in range(len(places)) if (len(places) - 1 - i) % step == 0]
    return format_html_join(
        "",
        '<text class="tick" x="{}" y="{}" text-anchor="middle">{}</text>',
        ((_n(xs[i]), _n(BOTTOM + 18), places[i]) for i in shown),
    )


def _series(line: Series, number: int, xs: Sequence[float], y: Callable[[float], float]) -> SafeString:
    there = [(xs[i], point) for i, point in enumerate(line.points) if point is not None]
    path = "".join(f"{'L' if i else 'M'}{_n(x)} {_n(y(point.value))}" for i, (x, point) in enumerate(there))
    return format_html(
        '<g class="series s{}"><path class="course" d="{}" fill="none" stroke-dasharray="{}"/>{}</g>',
        number % len(DASHES),
        path,
        DASHES[number % len(DASHES)] or "none",
        format_html_join("", "{}", ((_point(point, x, y, number),) for x, point in there)),
    )


def _point(point: Point, x: float, y: Callable[[float], float], number: int) -> SafeString:
    whisker = SafeString("")
    if point.low is not None and point.high is not None:
        whisker = format_html(
            '<path class="whisker" d="M{left} {low}H{right}M{x} {low}V{high}M{left} {high}H{right}" fill="none"/>',
            left=_n(x - CAP),
            right=_n(x + CAP),
            x=_n(x),
            low=_n(y(point.low)),
            high=_n(y(point.high)),
        )
    mark = "filled" if number % 2 == 0 else "hollow"
    return format_html(
        '<g><title>{}</title>{}<circle class="mark {}" cx="{}" cy="{}" r="{}"/></g>',
        point.words,
        whisker,
        mark,
        _n(x),
        _n(y(point.value)),
        _n(RADIUS),
    )


def _names(series: Sequence[Series], y: Callable[[float], float]) -> SafeString:
    """At the height of each line's last value, pushed apart where they would overlap."""
    ends = []
    for line in series:
        last = next((point for point in reversed(line.points) if point is not None), None)
        if last is not None:
            ends.append((y(last.value), line.name))
    ends.sort()
    placed: list[tuple[float, str]] = []
    for height, name in ends:
        placed.append((max(height, placed[-1][0] + LINE_HEIGHT) if placed else height, name))
    over = max(0.0, placed[-1][0] - (HEIGHT - 8)) if placed else 0.0
    return format_html_join(
        "",
        '<text class="name" x="{}" y="{}"><title>{}</title>{}</text>',
        ((_n(RIGHT + 10), _n(height - over + 4), name, _fitting(name)) for height, name in placed),
    )
