"""The page's panels as ECharts options: what happened so far, one line style per policy, the present as a line.

Curves of the first policy are whole lines, those of the second dashed. Nothing beyond the latest moment seen is handed
over.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from sim.clock import DAYS_A_YEAR, TICKS_A_DAY
from sim.outcome import FOILED
from sim.view.colours import COLOURS
from sim.view.page.watch import Lane, Watch

INK = "#888888"  # reads on light and on dark
REPORTED = ", as reported"
QUARTER = 13  # samples
DASHES = ("solid", "dashed")
MILLION = 1e6
YEAR = DAYS_A_YEAR * TICKS_A_DAY
BLACK = "#000000"
COLOUR = [INK if colour == BLACK else colour for colour in COLOURS]
ORANGE, SKY, GREEN, VERMILION, BLUE, PURPLE, GREY = COLOUR

Option = dict[str, Any]


def charts(watch: Watch) -> dict[str, Option]:
    """All panels by their title."""
    which = " (A whole, B dashed)" if len(watch.lanes) == 2 else ""
    weeks = QUARTER * watch.lanes[0].course.every // (7 * TICKS_A_DAY)
    return {
        f"Incidents and foiled plots since the start{which}": _lines(watch, ["count"], _events),
        f"Protocol items followed, by jurisdiction; thin: as reported{which}": _lines(watch, ["%"], _adherence),
        f"Grievance of residents, by jurisdiction{which}": _lines(watch, ["0 to 1"], _grievance),
        f"Movements with an escort, of the last {weeks} weeks'{which}": _lines(watch, ["%"], _escorted),
        f"Ledgers, since the start; projects left, state and partner right{which}": _lines(
            watch, ["million USD", "million USD"], _ledgers
        ),
        "The funnel so far": _funnel(watch),
    }


class Curve(NamedTuple):
    """One line of a panel."""

    name: str
    colour: str
    times: np.ndarray  # ticks
    values: np.ndarray  # NaN where there is none
    width: float = 2.0
    axis: int = 0  # 0: at the left, 1: at the right


def _lines(watch: Watch, units: Sequence[str], curves: Callable[[Lane], Sequence[Curve]]) -> Option:
    """Curves over the years of the run, to the latest moment seen."""
    series = []
    for number, lane in enumerate(watch.lanes):
        for curve in curves(lane):
            known = np.isfinite(curve.values) & (curve.times <= watch.seen)
            points = np.column_stack([curve.times / YEAR, curve.values])[known].round(4).tolist()
            series.append(_series(curve, points, DASHES[number]))
    series[0]["markLine"] = _present(watch)
    return _frame(series, units, _end_of_axis(watch))


def _series(curve: Curve, points: list[list[float]], dash: str) -> Option:
    return {
        "type": "line",
        "name": curve.name,
        "data": points,
        "showSymbol": False,
        "yAxisIndex": curve.axis,
        "lineStyle": {"color": curve.colour, "width": curve.width, "type": dash},
        "itemStyle": {"color": curve.colour},
    }


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


def _frame(series: list[Option], units: Sequence[str], end: float) -> Option:
    faint = {"lineStyle": {"color": INK, "opacity": 0.25}}
    x_axis = {"type": "value", "min": 0, "max": end, "name": "years", "nameLocation": "middle", "nameGap": 20}
    y_axes = [
        {"type": "value", "name": unit, "minInterval": 1 if unit == "count" else 0, "axisLabel": {"color": INK}}
        | {"splitLine": faint if k == 0 else {"show": False}, "max": 100 if unit == "%" else None}
        for k, unit in enumerate(units)
    ]
    shown = list(dict.fromkeys(one["name"] for one in series if not one["name"].endswith(REPORTED)))
    return {
        "animation": False,
        "textStyle": {"color": INK},
        "grid": {"left": 48, "right": 48 if len(units) == 2 else 16, "top": 50, "bottom": 34},
        "legend": {"top": 0, "data": shown, "textStyle": {"color": INK}, "itemHeight": 8, "icon": "rect"},
        "tooltip": {"trigger": "axis"},
        "xAxis": x_axis | {"splitLine": {"show": False}, "axisLabel": {"color": INK}},
        "yAxis": y_axes,
        "series": series,
    }


def _events(lane: Lane) -> list[Curve]:
    return [
        _counted(lane, "incidents", VERMILION, "incidents", "incident"),
        _counted(lane, "foiled plots", GREEN, "foiled", "foiled"),
    ]


def _counted(lane: Lane, name: str, colour: str, total: str, stage: str) -> Curve:
    """A staircase of events at their moments; where the log was too short for the run, the samples' sums."""
    course = lane.course
    if course.totals["events_lost"][-1] > 0:
        return Curve(name, colour, course.times, course.totals[total].astype(float))
    ticks = np.array([event["time"] for event in course.events if event["stage"].startswith(stage)], np.int64)
    times = np.sort(np.concatenate([course.times, ticks, ticks + 1]))
    return Curve(name, colour, times, np.searchsorted(ticks, times, side="left").astype(float))


def _adherence(lane: Lane) -> list[Curve]:
    course = lane.course
    found = [Curve(name, c, course.times, 100 * course.adherence[:, j]) for j, name, c in _places(lane)]
    thin = [Curve(name + REPORTED, c, course.times, 100 * course.stated[:, j], 0.8) for j, name, c in _places(lane)]
    return found + thin


def _grievance(lane: Lane) -> list[Curve]:
    return [Curve(name, c, lane.course.times, lane.course.grievance[:, j]) for j, name, c in _places(lane)]


def _places(lane: Lane) -> list[tuple[int, str, str]]:
    colours = (BLUE, ORANGE, GREEN, PURPLE)
    return [(j, name, colours[j % len(colours)]) for j, name in enumerate(lane.course.jurisdictions)]


def _escorted(lane: Lane) -> list[Curve]:
    """Share of movements with an escort over the 13 samples, of a week or more, before each one."""
    trips, escorted = (np.append(np.zeros(QUARTER), lane.course.totals[name]) for name in ("trips", "trips_escorted"))
    with np.errstate(invalid="ignore", divide="ignore"):
        share = 100 * (escorted[QUARTER:] - escorted[:-QUARTER]) / (trips[QUARTER:] - trips[:-QUARTER])
    return [Curve("with an escort", BLUE, lane.course.times, share)]


def _ledgers(lane: Lane) -> list[Curve]:
    def curve(name: str, colour: str, column: str, **style: Any) -> Curve:
        return Curve(name, colour, lane.course.times, lane.course.totals[column] / MILLION, **style)

    return [
        curve("projects: spent", BLUE, "project_spent"),
        curve("projects: budget", SKY, "project_budget", width=1.0),
        curve("state: spent", ORANGE, "state_spent", axis=1),
        curve("partner: spent", GREEN, "partner_spent", axis=1),
    ]


def _funnel(watch: Watch) -> Option:
    """Bars from opportunities to incidents, of the present."""
    stages = ["opportunities", "plots", *(f"foiled_{how}" for how in FOILED), "gave_up", "incidents", "fatal"]
    series = []
    for number, lane in enumerate(watch.lanes):
        counts = [lane.so_far(stage) for stage in stages]
        label = {"show": True, "position": "right", "color": INK}
        bar = {"type": "bar", "name": "AB"[number], "data": counts, "label": label}
        series.append(bar | {"itemStyle": {"color": (BLUE, ORANGE)[number]}})
    option = _frame(series, [""], 1.0)
    words = [stage.replace("_", ": ", 1) if stage.startswith("foiled") else stage.replace("_", " ") for stage in stages]
    option["xAxis"] = {"type": "value", "minInterval": 1, "axisLabel": {"color": INK}, "splitLine": {"show": False}}
    option["yAxis"] = {"type": "category", "data": words, "inverse": True, "axisLabel": {"color": INK, "interval": 0}}
    option["legend"]["show"] = len(watch.lanes) == 2
    option["grid"] |= {"left": 116, "top": 24}
    return option
