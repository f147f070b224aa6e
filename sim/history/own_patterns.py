"""A project's own record against a scenario: whether the scenario's replicates would yield such counts.

Each figure of the record stands beside the scenario's, with the chance under the scenario of a count at least as far
out over as many years: two-sided, twice the smaller tail. The law of a count is negative binomial, that of a share
beta-binomial: means are the replicates', and so is what their counts vary beyond Poisson and binomial ones (by
moments), taken as of a rate that differs between replicates and stays within one. In the baseline it does: variance
over mean of convoy incidents is 1.02, 1.05, 1.14, 1.45 over 1, 2, 4, 8 years, and would not grow if incidents only
came in clusters. So the record may be shorter or longer than the scenario's horizon.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim import rates
from sim.analysis.tables import Rows, with_intervals
from sim.errors import listed
from sim.history.own import Own, OwnFigure, own_figures
from sim.history.small_counts import LEVEL, count_p, share_p
from sim.runs.totals import Columns, replicates
from sim.scenario.schema import Scenario
from sim.words import number_of

AGREES, FEW, MANY, OPEN = "agrees", "too few", "too many", "can't tell"
FACTOR = 2.0  # a record that fits this many times as many, and so many times fewer, can't tell
_SHARED = {"en_route": "incidents_convoy", "fatal": "fatal_project"}
_NAMES = {
    "project": "incidents a year",
    "convoy": "convoys a year",
    "site": "sites a year",
    "outing": "outings a year",
    "en_route": "share en route",
    "fatal": "share fatal",
}
Chance = Callable[[float], float]  # of a record so far out, from the scenario's figure


@dataclass(frozen=True)
class Held:
    """A figure of the record against a scenario.

    Attributes
    ----------
    record : OwnFigure
    scenario : Interval
        The same over replicates, with a t interval: what more replicates would narrow.
    chance : float
        Of a record at least as far out, two-sided, under the scenario; nan where it has no such figure.
    verdict : str
        On the scenario: agrees, too few, too many, or can't tell.
    """

    record: OwnFigure
    scenario: rates.Interval
    chance: float
    verdict: str

    @property
    def name(self) -> str:
        """For readers."""
        return _NAMES[self.record.key]


def own_patterns(record: Own, rows: np.ndarray) -> list[Held]:
    """Every figure that a project's record has, but for private nationals, against a scenario's replicates.

    Parameters
    ----------
    record : Own
    rows : ndarray of outcome rows
        Of the scenario alone, as `simulate` gives them; with any horizon.

    Returns
    -------
    list of Held
        The first one is of all project incidents.
    """
    table = replicates(rows)
    return [_held(figure, table) for figure in own_figures(record) if figure.key in _NAMES]


def _held(figure: OwnFigure, table: Columns) -> Held:
    scenario, chance = (_share if figure.is_share else _rate)(figure, table)
    odds = _times_odds if figure.is_share else _times
    found = chance(scenario.estimate) if math.isfinite(scenario.estimate) else math.nan
    return Held(figure, scenario, found, _verdict(figure.interval.estimate, scenario, chance, odds))


def _rate(figure: OwnFigure, table: Columns) -> tuple[rates.Interval, Chance]:
    """The scenario's rate, and the chance of the record's count under such rates."""
    name = "project_incidents" if figure.key == "project" else f"incidents_{figure.key}"
    counts, years = table[name], table["years"]
    spread = relative_spread(counts)

    def chance(rate: float) -> float:
        return count_p(figure.count, max(0.0, rate) * figure.of, spread)

    return rates.mean_rate(table[f"expected_{name}"], years), chance


def relative_spread(counts: np.ndarray) -> float:
    """Variance of the replicates' rates over its squared mean, beyond what Poisson counts vary; by moments.

    Parameters
    ----------
    counts : ndarray, shape (replicates,)
        Over equal times.
    """
    mean = float(counts.mean())
    if len(counts) < 2 or mean == 0.0:
        return 0.0
    return max(0.0, float(counts.var(ddof=1)) - mean) / mean**2


def _share(figure: OwnFigure, table: Columns) -> tuple[rates.Interval, Chance]:
    """The scenario's share, and the chance of the record's hits under such shares; none where nothing happens."""
    some = table["project_incidents"] > 0
    hits, whole = table[_SHARED[figure.key]][some], table["project_incidents"][some]
    if not some.any():
        return rates.Interval(math.nan, math.nan, math.nan, 0.95, "t"), lambda _: math.nan
    found = rates.mean_rate(hits, whole)
    low, high = np.clip((found.low, found.high), 0.0, 1.0)
    correlation = within(hits, whole)

    def chance(share: float) -> float:
        return share_p(figure.count, int(figure.of), share, correlation)

    return replace(found, low=float(low), high=float(high)), chance


def within(hits: np.ndarray, trials: np.ndarray) -> float:
    """Correlation between two trials of one replicate, by moments: 0 where hits vary no more than binomial ones.

    Parameters
    ----------
    hits, trials : ndarray, shape (replicates,)
        Trials above 0.
    """
    share, pairs = hits.sum() / trials.sum(), float((trials * (trials - 1)).sum())
    binomial = share * (1 - share)
    if binomial == 0.0 or pairs == 0.0:
        return 0.0
    beyond = float(((hits - trials * share) ** 2).sum()) - binomial * trials.sum()
    return min(1 - LEVEL, max(0.0, beyond / (binomial * pairs)))


def _verdict(recorded: float, scenario: rates.Interval, chance: Chance, times: Callable[[float, float], float]) -> str:
    """What the record says of the scenario: nothing, if so few replicates or so few incidents leave it open."""
    ends = (scenario.estimate, scenario.low, scenario.high)
    if any(map(math.isnan, ends)):
        return OPEN
    against = [chance(end) <= LEVEL for end in ends]
    if all(against):
        return MANY if scenario.estimate > recorded else FEW
    fits_others = all(chance(times(scenario.estimate, factor)) > LEVEL for factor in (FACTOR, 1 / FACTOR))
    return OPEN if any(against) or fits_others else AGREES


def _times(rate: float, factor: float) -> float:
    return rate * factor


def _times_odds(share: float, factor: float) -> float:
    return share * factor / (share * factor + 1 - share)


def held_table(held: list[Held]) -> Rows:
    """One line a figure: the record, the scenario, both with their intervals, chance and verdict."""
    return [
        {
            "figure": one.name,
            **_ends("record", one.record.interval),
            **_ends("scenario", one.scenario),
            "chance": one.chance,
            "verdict": one.verdict,
        }
        for one in held
    ]


def _ends(name: str, interval: rates.Interval) -> dict[str, float]:
    return {name: interval.estimate, f"{name}_low": interval.low, f"{name}_high": interval.high}


def reading_table(table: Rows) -> Rows:
    """The same for reading, each interval beside its figure."""
    return [{**line, "chance": _chance(line["chance"])} for line in with_intervals(table)]


def _chance(chance: float) -> str:
    if math.isnan(chance):
        return ""
    return f"{chance:.2f}" if chance >= 0.01 else f"{chance:.1g}" if chance >= 0.001 else "< 0.001"


def held_headline(scenario: Scenario, held: list[Held]) -> str:
    """Both rates, and what the record says of how many figures."""
    first, sites = held[0], scenario.world_file.sites
    own, its, staff = first.record.interval, first.scenario, sum(site.foreign_staff for site in sites)
    period = number_of(round(first.record.of, 2), "year")
    return (
        f"{scenario.name}, with {number_of(len(sites), 'site')} and {staff:,} foreign staff, has {its.estimate:.2g} "
        f"project incidents a year; the record of {period} has {own.estimate:.2g} ({own.low:.2g} to {own.high:.2g}): "
        f"{_SAID[first.verdict]}.{_tally(held)}"
    )


_SAID = {
    AGREES: "they agree",
    FEW: "the scenario has too few",
    MANY: "the scenario has too many",
    OPEN: "the record can't tell",
}
_TALLIED = {AGREES: "agreeing", FEW: "too low in the scenario", MANY: "too high in it", OPEN: "can't be told"}


def _tally(held: list[Held]) -> str:
    """How many figures agree, which ones don't, and how many are open; of one alone all is said."""
    if len(held) == 1:
        return ""
    named = {verdict: [one.name for one in held if one.verdict == verdict] for verdict in _TALLIED}
    parts = [f"{_TALLIED[verdict]} {len(names)} ({listed(names)})" for verdict, names in named.items() if names]
    return f" Of the record's {len(held)} figures: {'; '.join(parts)}."


def held_notes(held: list[Held]) -> list[str]:
    """How the table is to be read."""
    wrong = min(1.0, LEVEL * len(held))
    several = (
        f" Of scenarios that are right a line calls about {100 * LEVEL:g} % wrong or fewer, some line of the table up "
        f"to {100 * wrong:.0f} %."
    )
    return [
        "record: exact 95 % interval, which is what the count leaves open; scenario: mean over replicates with a 95 % "
        "interval, which more replicates narrow.",
        "chance: that the scenario yields a record at least so far out over as many years, two-sided; from a negative "
        "binomial law (shares: beta-binomial) with the replicates' mean and what their own counts vary beyond chance.",
        f"too few, too many: said of the scenario, with a chance of {LEVEL:g} or less. can't tell: half and twice the "
        "scenario's figure (odds, of a share) would fit the record too, or more replicates are needed."
        + several
        * (len(held) > 1),
    ]


def held_closing(record: Own, held: list[Held]) -> str:
    """What such a comparison doesn't know."""
    rate = record.rate
    assumed = " The record's period is assumed, and its rates are biased upward." if record.assumed else ""
    private = record.counts.private if record.counts else 0
    apart = f" Not held against the scenario: {number_of(private, 'incident')} against private nationals."
    return (
        "What this doesn't know: whether the scenario is like the project. Its sites, staff and trips must be the "
        f"project's, or its rates mean something else. The record alone is compatible with {rate.low:.2g} to "
        f"{rate.high:.2g} incidents a year, so that a scenario agrees with it is weak evidence for it, and a policy "
        f"can't be read off it.{assumed}{apart * bool(private)}"
    )


def held_summary(record: Own, scenario: Scenario, held: list[Held]) -> dict[str, Any]:
    """All of it, as plain numbers and words."""
    return {
        "record": record.as_dict(),
        "headline": held_headline(scenario, held),
        "figures": [
            {"key": one.record.key, "count": one.record.count, "of": one.record.of, **line}
            for one, line in zip(held, held_table(held), strict=True)
        ],
        "notes": held_notes(held),
        "closing": held_closing(record, held),
    }
