"""Two policies in words: how much the one has fewer, with two ranges, and what isn't known."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from sim import rates
from sim.analysis.run_words import Bands
from sim.analysis.tables import Rows
from sim.runs.totals import METRICS

MAIN = "project_incidents_per_year"
_WORDS = {
    MAIN: "project incidents",
    "incidents_per_year": "all incidents",
    "deaths_foreign_per_year": "foreign nationals killed",
}


def pair_table(found: Mapping[str, Any], bands: Bands) -> Rows:
    """A line a metric, that of the projects first: both rates, the difference b - a, and its two ranges.

    Parameters
    ----------
    found : dict
        As `paired` gives it.
    bands : mapping
        Column of the outcome -> what the assumptions leave open of the difference.
    """
    return [
        {"figure": words, **_difference(found[metric]), **_band(bands.get(METRICS[metric].column))}
        for metric, words in _WORDS.items()
    ]


def _difference(entry: Mapping[str, Any]) -> dict[str, float]:
    return {name: entry["expected"][name] for name in ("a", "b", "difference", "low", "high")}


def _band(band: rates.Interval | None) -> dict[str, float]:
    ends = (math.nan,) * 3 if band is None else (band.low, band.estimate, band.high)
    return dict(zip(("assumed_low", "assumed_middle", "assumed_high"), ends, strict=True))


def pair_words(table: Rows, a: str, b: str, about: str) -> dict[str, str]:
    """Headline, what the ranges are, and closing.

    Parameters
    ----------
    table : list of dict
        As `pair_table` gives it.
    a, b : str
        Names of the two.
    about : str
        What the assumptions' band is, or why there is none, in sentences.
    """
    closing = (
        "What this doesn't know: whether the model is right. Both policies meet the same world and the same random "
        "numbers, so chance hardly touches the difference: the simulation's range narrows with --reps. The "
        "assumptions' range doesn't, and may hold 0 where the simulation's doesn't."
    )
    return {"headline": _headline(table, a, b), "two_ranges": about, "closing": closing}


def _headline(table: Rows, a: str, b: str) -> str:
    main, every, killed = table
    if main["difference"] == 0:
        return f"{b} has as many project incidents a year as {a}, {main['a']:.2f}."
    return (
        f"{b} has {_size(main)} project incidents a year than {a}{_ranges(main)}: {main['b']:.2f} in place of "
        f"{main['a']:.2f}{_sure(main)}. Of all incidents it has {_size(every)}{_ranges(every)}, of foreign nationals "
        f"killed {_size(killed)}{_ranges(killed)}."
    )


def _size(line: Mapping[str, Any]) -> str:
    return f"{abs(line['difference']):.2f} {'fewer' if line['difference'] < 0 else 'more'}"


def _ranges(line: Mapping[str, Any]) -> str:
    """Both ranges in brackets, in the words of the difference: so many fewer."""
    sign = -1.0 if line["difference"] < 0 else 1.0
    ends = {way: sorted((sign * line[low], sign * line[high])) for way, low, high in _ENDS if line[low] == line[low]}
    return f" ({'; '.join(f'{low:.2f} to {high:.2f} by {way}' for way, (low, high) in ends.items())})" if ends else ""


_ENDS = (("simulation", "low", "high"), ("assumptions", "assumed_low", "assumed_high"))


def _sure(line: Mapping[str, Any]) -> str:
    """Whether chance alone could make the difference."""
    return ", which chance alone could make" if line["low"] <= 0 <= line["high"] else ""
