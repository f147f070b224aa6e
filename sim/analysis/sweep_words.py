"""A sweep in words: its reference, its best, what each axis changes by itself, why it may say otherwise than a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

import numpy as np

from sim.analysis.pair_words import MAIN
from sim.analysis.policies import level_in_words, policy
from sim.analysis.run_words import STARTS, years_of
from sim.analysis.tables import Rows
from sim.sweep.result import SweepResult

DRAWN_ENDS = (0.05, 0.95)


def reference_of(result: SweepResult) -> int | None:
    """Number of the point that others are compared with; None where there is no single one, as under draws."""
    found = {int(number) for number in result.tally.references}
    return found.pop() if len(found) == 1 and -1 not in found else None


def effects(result: SweepResult, table: Rows) -> Rows:
    """What each axis changes by itself: points that differ from the reference in its level alone, a line a level.

    Parameters
    ----------
    table : list of dict
        As `sweep_table` gives it.

    Returns
    -------
    list of dict
        `axis`, `level`; `difference` to the reference in project incidents a year, paired, with `low` and `high`;
        `others`, the mean of that difference over all levels of the other axes, nan where none are crossed with it.
    """
    number = reference_of(result)
    if number is None:
        return []
    home = result.points[number].levels
    found = []
    for point, row in zip(result.points, table, strict=True):
        changed = {axis: level for axis, level in point.levels.items() if home.get(axis) != level}
        if len(changed) == 1:
            ((axis, level),) = changed.items()
            ends = {name: row[f"{MAIN}_difference{end}"] for name, end in (("low", "_low"), ("high", "_high"))}
            line = {"axis": axis, "level": level, "difference": row[f"{MAIN}_difference"], **ends}
            found.append(line | {"others": _over_others(result, table, axis, level, home)})
    return sorted(found, key=lambda line: list(result.file.axes).index(line["axis"]))


def _over_others(result: SweepResult, table: Rows, axis: str, level: Any, home: Mapping[str, Any]) -> float:
    """Mean difference of a level to the reference's on its axis, over pairs of points alike in all else."""
    if axis not in home:
        return float("nan")
    rates = {tuple(p.levels.items()): row[MAIN] for p, row in zip(result.points, table, strict=True)}
    pairs = [
        row[MAIN] - rates[other]
        for p, row in zip(result.points, table, strict=True)
        if p.levels.get(axis) == level and (other := tuple({**p.levels, axis: home[axis]}.items())) in rates
    ]
    return float(np.mean(pairs)) if len(pairs) > 1 else float("nan")


def over_draws(result: SweepResult, table: Rows) -> Rows:
    """A sweep with draws, a line a policy: means over its draws of rates and difference, and 90 % of them."""
    rows: dict[str, Rows] = {}
    for point, row in zip(result.points, table, strict=True):
        if point.draw is not None:
            rows.setdefault(policy(result.file, point.levels), []).append(row)
    return [
        {"policy": name, "draws": len(mine)}
        | {"all": _spread(mine, "incidents_per_year")[1]}
        | dict(zip(("low", "project", "high"), _spread(mine, MAIN), strict=True))
        | dict(zip(("fewer_low", "difference", "fewer_high"), _spread(mine, f"{MAIN}_difference"), strict=True))
        for name, mine in rows.items()
    ]


def _spread(rows: Rows, name: str) -> tuple[float, float, float]:
    """5 %, mean and 95 % of a figure over rows; nan where some have none."""
    values = np.array([row[name] for row in rows])
    low, high = np.quantile(values, DRAWN_ENDS)
    return float(low), float(values.mean()), float(high)


def sweep_words(result: SweepResult, table: Rows, about: str) -> dict[str, Any]:
    """Headline, in lines, notes and closing of a sweep.

    Parameters
    ----------
    table : list of dict
        As `sweep_table` gives it.
    about : str
        How far the assumptions may reach, in sentences, for a sweep without draws.
    """
    drawn = over_draws(result, table)
    lines = map(_drawn, drawn) if drawn else [*_points(result, table), *_axes(result, effects(result, table))]
    ranges = (
        "Ranges are 90 % of the draws: what the assumptions leave open, and in it what few replicates of a draw do."
        if drawn
        else "Ranges in brackets are what the simulation leaves open (95 %, one by one: of many some are off by more)."
    )
    closing = f"What this doesn't know: whether the model is right, and whether its corridor is like a place. {ranges}"
    return {"headline": list(lines), "run": _how_run(result), "two_ranges": "" if drawn else about, "closing": closing}


def _points(result: SweepResult, table: Rows) -> Iterator[str]:
    """The reference, and the point with the fewest project incidents."""
    names = [policy(result.file, point.levels) for point in result.points]
    number = reference_of(result)
    if number is not None:
        row = table[number]
        yield (
            f"The reference ({names[number]}) has {_with_ends(row, MAIN)} project incidents a year, and "
            f"{_with_ends(row, 'incidents_per_year')} of all kinds."
        )
    rates = [row[MAIN] for row in table]
    if len(table) > 1 and not all(np.isnan(rates)):
        best = int(np.nanargmin(rates))
        less = "" if number in (None, best) else f", {_fewer(table[best])}"
        yield f"The fewest project incidents has {names[best]}: {_with_ends(table[best], MAIN)}{less}."


def _axes(result: SweepResult, lines: Rows) -> Iterator[str]:
    """Of each axis its levels with the lowest and the highest difference."""
    number = reference_of(result)
    home = {} if number is None else result.points[number].levels
    for axis, members in groupby(lines, key=lambda line: line["axis"]):
        ordered = sorted(members, key=lambda line: line["difference"])
        told = ordered if len(ordered) < 2 else [ordered[0], ordered[-1]]
        begin = f" from {level_in_words(home[axis])}" if axis in home else ""
        words = result.file.axes[axis].label
        yield f"{words[:1].upper()}{words[1:]}{begin}: {'; '.join(map(_effect, told))}."


def _effect(line: Mapping[str, Any]) -> str:
    low, high = sorted(_signed(line[end], line["difference"]) for end in ("low", "high"))
    ranges = [] if np.isnan(line["low"]) else [f"{low:.2f} to {high:.2f}"]
    ranges += [] if np.isnan(line["others"]) else [f"{_changed(line['others'])} in the mean over the other axes"]
    said = f" ({'; '.join(ranges)})" if ranges else ""
    return f"to {level_in_words(line['level'])}, {_changed(line['difference'])}{said}"


def _changed(difference: float) -> str:
    return f"{abs(difference):.2f} {'fewer' if difference < 0 else 'more'}"


def _signed(end: float, difference: float) -> float:
    """An end of the difference's interval, as it stands behind "fewer" or "more"."""
    return -end if difference < 0 else end


def _drawn(line: Mapping[str, Any]) -> str:
    """Of a policy what the draws leave open."""
    less = (
        ""
        if not line["difference"]
        else (f"; to the reference {line['difference']:+z.2f} ({line['fewer_low']:.2f} to {line['fewer_high']:.2f})")
    )
    return (
        f"{line['policy']}: {line['project']:.2f} project incidents a year in the mean of {line['draws']} draws "
        f"({line['low']:.2f} to {line['high']:.2f}){'' if np.isnan(line['difference']) else less}."
    )


def _how_run(result: SweepResult) -> str:
    """Why a run of the same policy may have another figure."""
    run = result.points[0].scenario.run
    return (
        f"Each rate is a mean over {years_of(run.horizon)}, from {STARTS[run.start]}, with seed {result.file.seed}"
        f"{_set(result)}. `sitesec run` of the same policy has years and start as its own file says, and so another "
        "figure."
    )


def _set(result: SweepResult) -> str:
    """What the sweep sets for all of its points, the run's own settings aside."""
    keys = [f"{key} {value}" for key, value in result.file.set.items() if not key.startswith("run.")]
    return f", and {', '.join(keys)} for all points" if keys else ""


def _fewer(row: Mapping[str, Any]) -> str:
    """By how much a point has fewer than the reference."""
    gap, low, high = (-row[f"{MAIN}_difference{end}"] for end in ("", "_high", "_low"))
    return f"{gap:z.2f} fewer" if np.isnan(low) else f"{gap:z.2f} fewer ({low:z.2f} to {high:z.2f})"


def _with_ends(row: Mapping[str, Any], name: str) -> str:
    value, low, high = (row[f"{name}{end}"] for end in ("", "_low", "_high"))
    return f"{value:.2f}" if np.isnan(low) else f"{value:.2f} ({low:.2f} to {high:.2f})"
