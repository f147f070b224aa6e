"""Summaries as tables: one row per design point, or one line per figure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sim import rates
from sim.analysis.summary import DEVIATION_ODDS
from sim.outcome import COLUMNS
from sim.runs.totals import METRICS

if TYPE_CHECKING:
    from sim.sweep.result import SweepResult

Rows = list[dict[str, Any]]

BELOW_ZERO = (
    "An expected rate is below 0 here: it is the count less what chance added. Its mean is right; more replicates "
    "bring it above 0."
)


def below_zero(estimates: Iterable[float]) -> str:
    """Why an expected rate is below 0, in a sentence; empty where none of them is."""
    return BELOW_ZERO if any(estimate < 0 for estimate in estimates) else ""


def sweep_table(result: SweepResult, confidence: float = 0.95) -> Rows:
    """One row per design point: its levels, USD a site-year, rates and differences to its reference, with intervals.

    Columns of a rate: `NAME` (expected counts), `NAME_low`, `NAME_high`, and `NAME_counted` (sampled counts); of the
    paired difference to the reference `NAME_difference`, its two ends, and `NAME_crn_factor`.
    """
    tally, found = result.tally, []
    for number, point in enumerate(result.points):
        row: dict[str, Any] = {} if point.draw is None else {"draw": point.draw}
        row |= {axis: point.levels.get(axis) for axis in result.file.axes}
        row["replicates"] = int(tally.own.count[number])
        if result.file.precision is not None:
            row["precise"] = "yes" if result.looks.precise[number] else "no"
        row["usd_per_site_year"] = tally.own.interval(number, "usd_per_site_year").estimate
        for metric in METRICS:
            row |= _ends(metric, tally.own.interval(number, metric, confidence))
            row[f"{metric}_counted"] = tally.own.interval(number, f"{metric}_counted").estimate
            row |= _ends(f"{metric}_difference", tally.gap.interval(number, metric, confidence))
            row[f"{metric}_crn_factor"] = tally.crn_factor(number, metric)
        found.append(row)
    return found


def _ends(name: str, interval: rates.Interval) -> dict[str, float]:
    return {name: interval.estimate, f"{name}_low": interval.low, f"{name}_high": interval.high}


def for_reading(result: SweepResult, table: Rows) -> Rows:
    """The rates, each with its ends in one cell, and the difference that was asked for; all else is in the CSV."""
    asked = (
        result.file.precision.metric if result.file.precision else next(iter(METRICS)) if result.file.reference else ""
    )
    return with_intervals(
        [{key: row[key] for key in row if "_difference" not in key or key.startswith(f"{asked}_d")} for row in table]
    )


_BESIDE = ("_low", "_high", "_counted", "_crn_factor")


def with_intervals(table: Rows) -> Rows:
    """For reading: each rate and its ends in one cell, "2.10 [1.95, 2.25]", and no counted column beside it."""
    return [{key: _joined(row, key) for key in row if not key.endswith(_BESIDE)} for row in table]


def _joined(row: dict[str, Any], key: str) -> Any:
    if f"{key}_low" not in row:
        return row[key]
    low, high = row[f"{key}_low"], row[f"{key}_high"]
    if row[key] != row[key]:
        return ""
    return f"{row[key]:.2f} [{low:.2f}, {high:.2f}]" if low == low else f"{row[key]:.2f} [one replicate: no interval]"


def run_table(summary: dict[str, Any]) -> Rows:
    """The summary of one policy, flat: one line per figure with its interval where it has one."""
    columns = ("figure", "estimate", "low", "high")
    return [dict(zip(columns, line, strict=True)) for line in _flat("", summary)]


def _flat(path: str, tree: dict[str, Any]) -> list[tuple]:
    lines: list[tuple] = []
    for key, value in tree.items():
        name = f"{path}.{key}" if path else key
        if isinstance(value, dict) and "low" in value:
            lines.append((name, value["estimate"], value["low"], value["high"]))
            if "expected" in value:
                lines.append((f"{name}.expected", value["expected"], value["expected_low"], value["expected_high"]))
        elif isinstance(value, dict):
            lines += _flat(name, value)
        else:
            lines.append((name, value, None, None))
    return lines


_OF_CONVOYS = "with_deviation_of_convoy_incidents"
# Classes as the closing sentence names them, in its order.
_CHANNELS = {"private": "private nationals", "outing": "outings", "site": "sites", "convoy": "convoys"}


def what_is_left(summary: dict[str, Any]) -> str:
    """The floor that a policy leaves, and from which channels, in a sentence."""
    left = summary["rates"]["incidents_per_year"]["expected"]
    if left <= 0:
        return "What is left: no incident is expected."
    return f"What is left: {left:.2f} incidents a year, of these {whence(summary)}"


def whence(summary: dict[str, Any]) -> str:
    """From which channels incidents come, and what served them, in a sentence without its beginning."""
    channels = summary["channels"]
    parts = ", ".join(f"{words} {_percent(channels[name])}" for name, words in _CHANNELS.items())
    flags = ("with_insider", "past_checkpoint", "with_deviation")
    insider, missed, deviation = (_percent(channels[flag]) for flag in flags)
    return (
        f"{parts}; an insider served {insider}, a checkpoint had missed {missed}, protocol deviations on {deviation}."
        f"{_deviations(summary)}"
    )


def _deviations(summary: dict[str, Any]) -> str:
    """How much likelier a deviation is on a convoy that is attacked than on any movement, in a further sentence."""
    odds, shares = summary["funnel"]["odds_ratios"][DEVIATION_ODDS], summary["funnel"]["shares"]
    if math.isnan(odds["estimate"]):
        return ""
    hit, usual = shares[_OF_CONVOYS]["estimate"], summary["protocol"]["with_deviation_of_trips"]
    return (
        f" Of convoy incidents {100 * hit:.0f} % had a deviation, of all movements {100 * usual:.0f} %: "
        f"an odds ratio of {odds['estimate']:.1f} ({odds['low']:.1f} to {odds['high']:.1f})."
    )


def _percent(channel: dict[str, Any]) -> str:
    """A share in whole per cent; an expected count a little below 0 is 0, no share is no figure."""
    share = channel["share_of_incidents"]
    return "?" if math.isnan(share) else f"{max(0.0, 100 * share):.0f} %"


def columns_table(differing: dict[str, Any]) -> Rows:
    """`differing`'s lines for reading."""
    keys = {"a": "A a year", "b": "B a year", "difference": "difference", "low": "low", "high": "high"}
    return [
        {"group": line["group"], "column": line["name"], **{shown: line[key] for key, shown in keys.items()}}
        for line in differing["lines"]
    ]


def expected_in(lines: Rows) -> list[float]:
    """Both policies' figures of `differing`'s lines, or the one of `column_table`'s, where they are expected counts."""
    names = [line["column"] if "column" in line else line["figure"] for line in lines]
    wanted = [line for name, line in zip(names, lines, strict=True) if COLUMNS[name].how == "expected"]
    return [line[side] for line in wanted for side in ("a", "b", "estimate") if side in line]


def how_many_alike(differing: dict[str, Any]) -> str:
    """The closing line of `columns_table`."""
    alike, compared, level = differing["alike"], differing["compared"], differing["confidence"]
    return f"{alike} of {compared} further columns do not differ: their {100 * level:g} % intervals hold 0."


def compare_table(differences: dict[str, Any]) -> Rows:
    """`paired`'s figures: one line per metric and a way of counting."""
    lines = []
    for metric, entry in differences.items():
        for way in ("expected", "counted"):
            lines.append({"metric": metric, "by": way, **entry[way]})
    return lines
