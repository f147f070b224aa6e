"""The page's panels as ECharts options: what happened so far, one line style a policy, the present as a line.

Curves of one policy are whole lines, those of the other one dashed. Nothing beyond the latest moment seen is handed
over.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from sim.agenda import DAYS_A_YEAR, TICKS_A_DAY
from sim.outcome import FOILED
from sim.view.colours import COLOURS
from sim.view.watch import Lane, Watch

INK = "#888888"  # reads on light and on dark
DASHES = ("solid", "dashed")
MILLION = 1e6
YEAR = DAYS_A_YEAR * TICKS_A_DAY
BLACK = "#000000"
COLOUR = [INK if colour == BLACK else colour for colour in COLOURS]
ORANGE, SKY, GREEN, VERMILION, BLUE, PURPLE, GREY = COLOUR

Option = dict[str, Any]


def charts(watch: Watch) -> dict[str, Option]:
    """All panels by their title."""
    return {
        "Incidents and foiled plots since the start": _lines(watch, "count", _events),
        "Protocol items followed, by jurisdiction: whole line actual, thin as reported": _adherence(watch),
        "Grievance of residents, by jurisdiction": _lines(watch, "0 to 1", _grievance),
        "Movements with an escort, of the last quarter's": _lines(watch, "%", _escorted),
        "Ledgers: spent since the start": _lines(watch, "million USD", _ledgers),
        "The funnel so far": _funnel(watch),
    }


Curve = tuple[str, str, np.ndarray, float]  # name, colour, values a sample, width


def _lines(watch: Watch, unit: str, curves: Callable[[Lane], Sequence[Curve]], **axis: Any) -> Option:
    """Curves over the years of the run, to the latest moment seen."""
    series = []
    for number, lane in enumerate(watch.lanes):
        count = lane.course.seen(watch.seen)
        years = lane.course.times[:count] / YEAR
        for name, colour, values, width in curves(lane):
            points = np.column_stack([years, values[:count]]).round(4).tolist()
            style = {"color": colour, "width": width, "type": DASHES[number]}
            series.append(_series(_named(watch, number, name), points, style))
    if series:
        series[0]["markLine"] = _present(watch)
    return _frame(series, unit, _end_of_axis(watch), **axis)


def _series(name: str, points: list[list[float]], style: Option) -> Option:
    return {
        "type": "line",
        "name": name,
        "data": points,
        "showSymbol": False,
        "lineStyle": style,
        "itemStyle": {"color": style["color"]},
    }


def _named(watch: Watch, number: int, name: str) -> str:
    return f"{name}, {'AB'[number]}" if len(watch.lanes) == 2 else name


def _present(watch: Watch) -> Option:
    line = {"color": INK, "type": "dotted", "width": 1}
    at = [{"xAxis": round(watch.tick / YEAR, 4)}]
    return {
        "silent": True,
        "symbol": "none",
        "animation": False,
        "label": {"show": False},
        "lineStyle": line,
        "data": at,
    }


def _end_of_axis(watch: Watch) -> float:
    """The horizon, or less while only a small part of it has been seen."""
    seen, most = watch.seen / YEAR, watch.horizon / YEAR
    return min(most, next((end for end in (0.25, 0.5, 1, 2, 4, 8, 16) if end >= 1.1 * seen), most))


def _frame(series: list[Option], unit: str, end: float, **y_axis: Any) -> Option:
    grid = {"left": 48, "right": 14, "top": 46, "bottom": 34}
    faint = {"lineStyle": {"color": INK, "opacity": 0.25}}
    x_axis = {"type": "value", "min": 0, "max": end, "name": "years", "nameLocation": "middle", "nameGap": 20}
    return {
        "animation": False,
        "textStyle": {"color": INK},
        "grid": grid,
        "legend": {"top": 0, "type": "scroll", "textStyle": {"color": INK}, "itemHeight": 8},
        "tooltip": {"trigger": "axis"},
        "xAxis": x_axis | {"splitLine": {"show": False}, "axisLabel": {"color": INK}},
        "yAxis": {"type": "value", "name": unit, "splitLine": faint, "axisLabel": {"color": INK}} | y_axis,
        "series": series,
    }


def _events(lane: Lane) -> list[Curve]:
    totals = lane.course.totals
    return [("incidents", VERMILION, totals["incidents"], 2.0), ("foiled plots", GREEN, totals["foiled"], 2.0)]


def _adherence(watch: Watch) -> Option:
    def curves(lane: Lane) -> list[Curve]:
        course = lane.course
        found = [(name, c, 100 * course.adherence[:, j], 2.0) for j, name, c in _places(lane)]
        return found + [(f"{name}, reported", c, 100 * course.stated[:, j], 0.8) for j, name, c in _places(lane)]

    return _lines(watch, "%", curves, max=100)


def _grievance(lane: Lane) -> list[Curve]:
    return [(name, colour, lane.course.grievance[:, j], 2.0) for j, name, colour in _places(lane)]


def _places(lane: Lane) -> list[tuple[int, str, str]]:
    colours = (BLUE, ORANGE, GREEN, PURPLE)
    return [(j, name, colours[j % len(colours)]) for j, name in enumerate(lane.course.jurisdictions)]


def _escorted(lane: Lane) -> list[Curve]:
    """Share of movements with an escort over the 13 samples, of a week or more, before each one."""
    trips, escorted = (np.append(np.zeros(13), lane.course.totals[name]) for name in ("trips", "trips_escorted"))
    with np.errstate(invalid="ignore", divide="ignore"):
        share = 100 * (escorted[13:] - escorted[:-13]) / (trips[13:] - trips[:-13])
    return [("with an escort", BLUE, np.where(np.isfinite(share), share, 0.0), 2.0)]


def _ledgers(lane: Lane) -> list[Curve]:
    totals = lane.course.totals
    return [
        ("projects", BLUE, totals["project_spent"] / MILLION, 2.0),
        ("projects' budget", BLUE, totals["project_budget"] / MILLION, 0.8),
        ("state", ORANGE, totals["state_spent"] / MILLION, 2.0),
        ("partner", GREEN, totals["partner_spent"] / MILLION, 2.0),
    ]


def _funnel(watch: Watch) -> Option:
    """Bars from opportunities to incidents, of the present."""
    stages = ["opportunities", "plots", *(f"foiled_{how}" for how in FOILED), "gave_up", "incidents", "fatal"]
    series = []
    for number, lane in enumerate(watch.lanes):
        counts = [lane.model.total(stage) for stage in stages]
        style = {"color": (BLUE, ORANGE)[number]}
        name = _named(watch, number, "so far")
        label = {"show": True, "position": "right", "color": INK}
        series.append({"type": "bar", "name": name, "data": counts, "itemStyle": style, "label": label})
    option = _frame(series, "", 1.0)
    words = [stage.replace("_", ": ", 1) if stage.startswith("foiled") else stage.replace("_", " ") for stage in stages]
    category = {"type": "category", "data": words, "inverse": True, "axisLabel": {"color": INK, "interval": 0}}
    value = {"type": "value", "minInterval": 1, "axisLabel": {"color": INK}, "splitLine": {"show": False}}
    legend = option["legend"] | {"show": len(watch.lanes) == 2}
    return option | {
        "xAxis": value,
        "yAxis": category,
        "legend": legend,
        "grid": {**option["grid"], "left": 116, "top": 24},
    }
