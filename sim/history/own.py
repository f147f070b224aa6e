"""A project's own count of incidents: what it supports by itself, and what it would take to see a change."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

from sim import rates
from sim.errors import InputError
from sim.history.small_counts import LEVEL, POWER, events_needed, exact_share, power_to_tell
from sim.outcome import CLASSES
from sim.runs.totals import PROJECT
from sim.words import number_of

MOST_INCIDENTS, LEAST_YEARS, MOST_YEARS = 10_000, 1 / 12, 100.0
CLASS_NAMES = {
    "convoy": "against convoys a year",
    "site": "against sites a year",
    "outing": "on outings a year",
    "private": "private nationals a year, apart",
}
SHARES = {"en_route": "share en route", "fatal": "share fatal"}
FALLS = (0.3, 0.5)  # true shares by which a policy may lower the rate


class Counts(NamedTuple):
    """What is known of a project's incidents where each is on record.

    Attributes
    ----------
    convoy, site, outing, private : int
        Incidents by class; those against private nationals are no incidents of the project.
    fatal, deaths : int
        Project incidents in which foreign nationals died, and how many did.
    targets : int
        Different names of what project incidents hit.
    """

    convoy: int
    site: int
    outing: int
    private: int
    fatal: int
    deaths: int
    targets: int

    @property
    def en_route(self) -> int:
        """Project incidents en route: those against convoys."""
        return self.convoy


class Own(NamedTuple):
    """So many incidents against a project in so many years.

    Attributes
    ----------
    incidents : int
        Against convoys, sites and outings.
    years : float
        Observed.
    counts : Counts or None
        What the incidents were; None where only their number is known.
    assumed : bool
        Whether the years are only those from the first incident to the last.
    """

    incidents: int
    years: float
    counts: Counts | None = None
    assumed: bool = False

    @property
    def rate(self) -> rates.Interval:
        """Incidents a year, with Garwood's interval."""
        return rates.count_rate([self.incidents], self.years)

    def as_dict(self) -> dict[str, Any]:
        """All of it by name; what isn't known is left out."""
        known = {} if self.counts is None else {**self.counts._asdict(), "en_route": self.counts.en_route}
        return {"incidents": self.incidents, "years": self.years, "assumed": self.assumed, **known}


@dataclass(frozen=True)
class OwnFigure:
    """A figure of a project's record: so many a year, or so many of its incidents.

    Attributes
    ----------
    key, name : str
        For machines (`project`, a class, `en_route`, `fatal`), and for readers.
    count : int
    of : float
        Years of a rate, incidents of a share.
    interval : Interval
        Exact: Garwood's of a rate, Clopper and Pearson's of a share.
    """

    key: str
    name: str
    count: int
    of: float
    interval: rates.Interval

    @property
    def is_share(self) -> bool:
        """Whether it is a share of the incidents, and no rate."""
        return self.key in SHARES


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


def own_figures(record: Own) -> list[OwnFigure]:
    """Incidents a year, and where each is on record those by class, the share en route and the share fatal."""
    found = [OwnFigure("project", "incidents a year", record.incidents, record.years, record.rate)]
    if record.counts is None:
        return found
    found += [_class_rate(record, name, getattr(record.counts, name)) for name in CLASSES]
    if record.incidents:
        found += own_shares(record.counts, record.incidents)
    return found


def _class_rate(record: Own, name: str, count: int) -> OwnFigure:
    return OwnFigure(name, CLASS_NAMES[name], count, record.years, rates.count_rate([count], record.years))


def own_shares(counts: Counts, incidents: int) -> list[OwnFigure]:
    """Shares of the project's incidents, one or more: en route, and fatal to foreign nationals."""
    hits = {"en_route": counts.en_route, "fatal": counts.fatal}
    return [OwnFigure(key, SHARES[key], n, incidents, exact_share(n, incidents)) for key, n in hits.items()]


def own_table(record: Own) -> list[dict[str, Any]]:
    """One line per figure, with its ends and their method."""
    rate = record.rate
    quiet = tuple(math.exp(-value) for value in (rate.estimate, rate.high, rate.low))
    lines = [_figure_line(record, figure) for figure in own_figures(record)]
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


def _figure_line(record: Own, figure: OwnFigure) -> dict[str, Any]:
    """A figure's line: with the count, where there is more than one figure."""
    of = f" of {record.incidents:,}" if figure.is_share else ""
    counted = "" if record.counts is None else f" ({figure.count:,}{of})"
    interval = figure.interval
    return _line(figure.name + counted, (interval.estimate, interval.low, interval.high), interval.method)


def _line(figure: str, values: tuple[float, ...], method: str) -> dict[str, Any]:
    estimate, low, high = values
    return {"figure": figure, "estimate": estimate, "low": low, "high": high, "method": method}


def own_headline(record: Own) -> str:
    """What the count is, in one to four sentences."""
    return " ".join(filter(None, (_rate_said(record), _counts_said(record), _assumption(record))))


def _rate_said(record: Own) -> str:
    rate, period = record.rate, number_of(round(record.years, 2), "year")
    if record.incidents == 0:
        return (
            f"No incident in {period} is compatible with up to {rate.high:.2g} a year (95 %): few years prove little."
        )
    return (
        f"{number_of(record.incidents, 'incident')} in {period}: {rate.estimate:.2g} a year, and anything from "
        f"{rate.low:.2g} to {rate.high:.2g} a year is compatible with that (95 %), a range of "
        f"{rate.high / rate.low:.0f} to 1."
    )


def _counts_said(record: Own) -> str:
    """What the incidents were, and those that aren't the project's."""
    counts = record.counts
    if counts is None:
        return ""
    said = []
    if record.incidents:
        hit = ", ".join(f"{CLASS_NAMES[name].removesuffix(' a year')} {getattr(counts, name):,}" for name in PROJECT)
        named = f"; {number_of(counts.targets, 'target')} named" if counts.targets else ""
        said.append(f"By class: {hit}{named}; {counts.fatal:,} fatal, with {number_of(counts.deaths, 'death')}.")
    if counts.private:
        said.append(f"Not counted among these: {number_of(counts.private, 'incident')} against private nationals.")
    return " ".join(said)


def _assumption(record: Own) -> str:
    if not record.assumed:
        return ""
    return (
        "The period is assumed, as the calendar years from the first incident to the last: quiet years around them are "
        "left out, so the rate is biased upward; --since and --until give the months observed."
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
