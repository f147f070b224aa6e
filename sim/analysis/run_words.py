"""One policy's answer in words: a headline, its main figures with two ranges each, what was run, what isn't known.

The one range is what the simulation leaves open (95 %), the other what the assumptions leave open: a band over draws of
what nobody knows, where there is one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from sim import rates
from sim.analysis.tables import Rows, whence
from sim.scenario.schema import Run
from sim.words import number_of

Bands = Mapping[str, rates.Interval]  # by column of the outcome, such as project_incidents

# Figures by column: words, and where a summary has them.
_RATES = {
    "incidents": ("all incidents", ("rates", "incidents_per_year")),
    "project_incidents": ("project incidents", ("rates", "project_incidents_per_year")),
    "incidents_convoy": ("  on convoys", ("channels", "convoy", "per_year")),
    "incidents_site": ("  at sites", ("channels", "site", "per_year")),
    "incidents_outing": ("  on outings outside the protocol", ("channels", "outing", "per_year")),
    "incidents_private": ("incidents with private nationals", ("channels", "private", "per_year")),
    "deaths_foreign": ("foreign nationals killed", ("deaths", "deaths_foreign_per_year")),
    "deaths_foreign_project": ("  in project incidents", ("deaths", "deaths_foreign_project_per_year")),
    "at_least_5": ("incidents that kill 5 or more", ("deaths", "incidents_with_5_or_more_deaths_per_year")),
}
# What explains them: words, where it stands, how many of its unit the figure shows as one.
_FURTHER = (
    ("plots foiled, % of all ended", ("funnel", "shares", "foiled_of_plots_ended"), 0.01),
    ("protocol items followed, %", ("protocol", "adherence_actual"), 0.01),
    ("would-be insiders in post", ("people", "insiders_in_post"), 1.0),
    ("projects' spending, m USD", ("costs", "project_spent_usd_per_year"), 1e6),
    ("state's spending, m USD", ("costs", "state_spent_usd_per_year"), 1e6),
)
STARTS = {"today": "the warm-up's insiders", "steady": "a steady stock of insiders"}


def answer_table(found: Mapping[str, Any], bands: Bands) -> Rows:
    """The main figures, a line each: the estimate, the simulation's interval, the assumptions' band.

    Parameters
    ----------
    found : dict
        As `summarise` gives it.
    bands : mapping
        Column of the outcome -> what the assumptions leave open; a figure without one has nan.
    """
    lines = [_line(name, words, _ends(_at(found, path)), bands) for name, (words, path) in _RATES.items()]
    for words, path, unit in _FURTHER:
        value = _at(found, path)
        ends = _ends(value) if isinstance(value, dict) else (value, math.nan, math.nan)
        lines.append(_line("", words, tuple(end / unit for end in ends), bands))
    return lines


def _at(tree: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        tree = tree[key]
    return tree


def _ends(entry: Mapping[str, float]) -> tuple[float, ...]:
    """An estimate and its ends: the expected count's where there is one."""
    names = ("expected", "expected_low", "expected_high") if "expected" in entry else ("estimate", "low", "high")
    return tuple(entry[name] for name in names)


def _line(name: str, words: str, ends: tuple[float, ...], bands: Bands) -> dict[str, Any]:
    band = bands.get(name)
    left_open = (math.nan,) * 3 if band is None else (band.low, band.estimate, band.high)
    named = dict(zip(("estimate", "low", "high"), ends, strict=True))
    return {
        "figure": words,
        **named,
        **dict(zip(("assumed_low", "assumed_middle", "assumed_high"), left_open, strict=True)),
    }


def run_words(name: str, run: Run, found: Mapping[str, Any], bands: Bands, about: str) -> dict[str, str]:
    """Headline, notes and closing of a policy's answer.

    Parameters
    ----------
    name : str
        Of the scenario.
    run : Run
        Of it: how long, and from what start.
    found, bands
        As for `answer_table`.
    about : str
        What the bands are, or why there are none, in sentences.
    """
    closing = (
        "What this doesn't know: whether the model is right, and what its draws don't hold; the corridor is a "
        "stand-in, and the past it was held to is short. More --reps narrow the simulation's range and not the "
        "assumptions'. Trust differences between policies (`sitesec compare`) before any rate."
    )
    return {
        "headline": _headline(name, found, bands),
        "two_ranges": about,
        "run": _how_run(run),
        "closing": closing,
    }


def _headline(name: str, found: Mapping[str, Any], bands: Bands) -> str:
    every, project, killed = (
        two_ranges(_ends(_at(found, _RATES[column][1])), bands.get(column))
        for column in ("incidents", "project_incidents", "deaths_foreign")
    )
    came = f" They come from: {whence(dict(found))}" if found["rates"]["incidents_per_year"]["expected"] > 0 else ""
    return (
        f"{name} has {every[0]} incidents a year{every[1]}, {project[0]} of them project incidents{project[1]}, and "
        f"{killed[0]} foreign nationals killed a year{killed[1]}.{came}"
    )


def two_ranges(ends: tuple[float, ...], band: rates.Interval | None) -> tuple[str, str]:
    """A figure, and in brackets what the simulation and the assumptions leave open of it."""
    estimate, low, high = ends
    ranges = [] if math.isnan(low) else [f"{low:.2f} to {high:.2f} by simulation"]
    ranges += [] if band is None else [f"{band.low:.2f} to {band.high:.2f} by assumptions"]
    return f"{estimate:.2f}", f" ({'; '.join(ranges)})" if ranges else ""


def _how_run(run: Run) -> str:
    """Why another command may have another figure for the same policy."""
    return (
        f"A year: the mean over {years_of(run.horizon)} after a warm-up of {years_of(run.warmup)}, from "
        f"{STARTS[run.start]}. A sweep or scenario with another horizon or start (run.horizon, run.start) has another "
        "figure for the same policy, and other replicates move it within the simulation's range."
    )


def years_of(count: float) -> str:
    """A number of years in words."""
    return number_of(count, "year")
