"""A project's own count of incidents: what it supports by itself, and what it would take to see a change."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from sim import rates
from sim.errors import InputError
from sim.history.small_counts import LEVEL, POWER, events_needed, power_to_tell

MOST_INCIDENTS, LEAST_YEARS, MOST_YEARS = 10_000, 1 / 12, 100.0
FALLS = (0.3, 0.5)  # true shares by which a policy may lower the rate


class Own(NamedTuple):
    """So many incidents in so many years."""

    incidents: int
    years: float

    @property
    def rate(self) -> rates.Interval:
        """Incidents a year, with Garwood's interval."""
        return rates.count_rate([self.incidents], self.years)


def own(incidents: int, years: float) -> Own:
    """A project's count, checked.

    Raises
    ------
    InputError
        If no project has such a count.
    """
    if not 0 <= incidents <= MOST_INCIDENTS:
        raise InputError(f"--incidents: read {incidents}, allowed 0 to {MOST_INCIDENTS:,}")
    if not LEAST_YEARS <= years <= MOST_YEARS:
        raise InputError(f"--years: read {years:g}, allowed {LEAST_YEARS:.2g} (a month) to {MOST_YEARS:g}")
    return Own(incidents, years)


def own_table(record: Own) -> list[dict[str, Any]]:
    """One line per figure, with its ends and their method."""
    rate = record.rate
    quiet = tuple(math.exp(-value) for value in (rate.estimate, rate.high, rate.low))
    lines = [_line("incidents a year", (rate.estimate, rate.low, rate.high), "Garwood")]
    lines.append(_line("chance of a year without any", quiet, "Poisson, Garwood"))
    for fall in FALLS:
        needed = events_needed(fall)
        years = tuple(needed / value if value > 0 else math.inf for value in (rate.estimate, rate.high, rate.low))
        share = f"{100 * fall:.0f} %"
        lines.append(_line(f"years before, and as many after, to see {share} fewer", years, "conditional binomial"))
        seen = power_to_tell(record.incidents, fall) if record.incidents else math.nan
        name = f"chance to see {share} fewer in as many years more"
        lines.append(_line(name, (seen, math.nan, math.nan), "conditional binomial"))
    return lines


def _line(figure: str, values: tuple[float, ...], method: str) -> dict[str, Any]:
    estimate, low, high = values
    return {"figure": figure, "estimate": estimate, "low": low, "high": high, "method": method}


def own_headline(record: Own) -> str:
    """What the count is, in a sentence or two."""
    rate, count = record.rate, f"{record.incidents:,} {'incident' if record.incidents == 1 else 'incidents'}"
    period = f"{record.years:g} {'year' if record.years == 1 else 'years'}"
    if record.incidents == 0:
        return (
            f"No incident in {period} is compatible with up to {rate.high:.2g} a year (95 %): few years prove little."
        )
    return (
        f"{count} in {period}: {rate.estimate:.2g} a year, and anything from {rate.low:.2g} to {rate.high:.2g} a year "
        f"is compatible with that (95 %), a range of {rate.high / rate.low:.0f} to 1."
    )


def own_closing(record: Own) -> str:
    """What the count doesn't say."""
    rate = record.rate
    years = f"{events_needed(0.5) / (rate.estimate or rate.high):,.0f}"
    if record.incidents == 0:
        years = f"at least {years}"
    return (
        "What this doesn't know: why, or whether the rate will stay. A policy that halves it would need "
        f"{years} years before and as many after to show in such counts with power {POWER:g} (two-sided at {LEVEL:g}); "
        "a good year or a bad one says next to nothing about a policy. Incidents are taken as independent of each "
        "other and all of them as counted."
    )
