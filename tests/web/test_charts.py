"""Charts say in SVG what the numbers say: in the right places, for every reader, without any inline style."""

from __future__ import annotations

import math

import pytest
from lxml import etree

from reviews.web.charts import PLOT_LEFT, PLOT_RIGHT, Point, scale_over, whisker_chart


def point(name="engine-a", value=30.0, low=28.0, high=32.0, mark="filled"):
    return Point(name, value, low, high, mark, f"{name}: {value}")


def drawn(*points, **options):
    options = {"key": "chart", "title": "BLEU", "description": "By engine."} | options
    return etree.fromstring(str(whisker_chart(points, **options)))


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([28.3, 34.9], ["28", "30", "32", "34"]),
        ([24.2, 34.8], ["25", "30", "35"]),
        ([0, 100], ["0", "50", "100"]),
        ([-1.2, 0.4], ["−1.0", "−0.5", "0.0"]),
        ([0.011, 0.012], ["0.0110", "0.0115", "0.0120"]),
        ([1_000_000, 9_000_000], ["2000000", "4000000", "6000000", "8000000"]),
        ([5.0], ["4.8", "4.9", "5.0", "5.1", "5.2"]),
        ([0.0, 0.0], ["−0.04", "−0.02", "0.00", "0.02", "0.04"]),
    ],
)
def test_a_scale_holds_its_values_and_has_round_ticks(values, ticks):
    scale = scale_over(values)
    assert [scale.words(tick) for tick in scale.ticks()] == ticks
    places = [scale.x(value) for value in values]
    assert places == sorted(places)
    assert all(PLOT_LEFT < place < PLOT_RIGHT for place in places)
    assert all(PLOT_LEFT <= scale.x(tick) <= PLOT_RIGHT for tick in scale.ticks())


@pytest.mark.parametrize("values", [[], [math.nan], [1.0, math.inf]])
def test_a_scale_needs_finite_values(values):
    with pytest.raises(ValueError, match="finite"):
        scale_over(values)


def test_a_mark_stands_between_the_ends_of_its_whisker_in_proportion():
    svg = drawn(point(value=30, low=29, high=33), point("engine-b", 31, 30, 34))
    [path, _] = svg.iter("path")
    low, high = (float(part.split("V")[0].split(" ")[0]) for part in path.get("d").split("M")[1::2])
    [circle, _] = svg.iter("circle")
    assert (float(circle.get("cx")) - low) / (high - low) == pytest.approx(1 / 4, abs=1e-3)


def test_a_value_without_an_interval_has_no_whisker():
    svg = drawn(point(low=None, high=None))
    assert not list(svg.iter("path"))
    assert len(list(svg.iter("circle"))) == 1


def test_a_mark_outside_its_interval_is_still_inside_the_plot():
    svg = drawn(point(value=50, low=28, high=32))
    [circle] = svg.iter("circle")
    assert PLOT_LEFT <= float(circle.get("cx")) <= PLOT_RIGHT


def test_the_kinds_of_marks_differ_in_shape_and_not_in_colour_alone():
    svg = drawn(point(mark="filled"), point(mark="hollow"), point(mark="diamond"))
    assert [circle.get("class") for circle in svg.iter("circle")] == ["mark filled", "mark hollow"]
    assert len(list(svg.iter("polygon"))) == 1


def test_the_level_to_compare_with_is_in_sight_even_outside_all_values():
    svg = drawn(point(), line=60.0)
    [level] = [line for line in svg.iter("line") if line.get("class") == "level"]
    assert PLOT_LEFT <= float(level.get("x1")) <= PLOT_RIGHT


def test_a_screen_reader_hears_a_title_and_a_description():
    svg = drawn(point())
    assert svg.get("role") == "img"
    named = [svg.xpath(f".//*[@id='{name}']")[0].text for name in svg.get("aria-labelledby").split()]
    assert named == ["BLEU", "By engine."]


def test_names_are_shown_as_text_whatever_they_hold():
    hostile = '<script>alert("x")</script>'
    svg = drawn(point(name=hostile), title=hostile)
    assert svg.find("title").text == hostile
    assert not list(svg.iter("script"))
    [tooltip] = [g.find("title").text for g in svg.iter("g")]
    assert tooltip.startswith(hostile)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("JDExploreAcademy", "JDExploreAcademy"),
        ("x" * 18, "x" * 18),
        ("x" * 40, "x" * 16 + "…"),
        ("W" * 40, "W" * 12 + "…"),
        ("译" * 40, "译" * 8 + "…"),
        ("", ""),
    ],
)
def test_a_long_name_is_cut_where_it_would_run_into_the_plot(name, shown):
    [label] = [text for text in drawn(point(name=name)).iter("text") if text.get("class") == "name"]
    assert (label.text or "") == shown


def test_no_inline_style_is_needed():
    svg = drawn(point(), point(mark="hollow"), point(mark="diamond"), line=29.0)
    assert not [element for element in svg.iter() if element.get("style")]


def test_a_chart_of_nothing_is_nothing():
    assert whisker_chart([], key="chart", title="BLEU", description="") == ""
