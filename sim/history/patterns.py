"""The thirteen patterns of the public record, and whether the replicates of a scenario show them.

A pattern is met if the ensemble's figure lies in the record's band and single replicates, each as long as the record,
lie in it with P > .1. Where the record gives no figure but only a direction, the band is one-sided (above 0, above 1).
Patterns 5 and 8 need dates, and adherence around them: they come from the traces of the same replicates.

Band of pattern 6: what "no tracking" allows with eight years is what the record's own yearly counts give when their
years are shuffled; the central 95 % of all orders, -.64 to .76 (the record as it is: .30). It is so wide that a process
that does follow the national series often lies in it too: `null_models` says how often.

Band of pattern 7: two official tallies, 8 residents to 20 foreign nationals and 36 to 10. The second counts guards
apart (13; with them 4.9 to one), so the band is the narrower reading of it.

Band of pattern 10: above 1 is on record; that towns without closures protest too, is as well, so a ratio beyond 20
(assumed) would be too much of it. Band of pattern 12: shares of insiders in attacks and thefts elsewhere. Band of
pattern 13: the record's project incidents over its others, with the people of the corridor.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim import rates
from sim.agents.threat.exposure import REFERENCE_PRIVATE, REFERENCE_STAFF
from sim.analysis.tables import Rows
from sim.errors import InputError
from sim.history import nulls, small_counts
from sim.history.figures import COMPLETENESS, en_route_share, fatal_share, incident_rate, project_rate
from sim.history.nulls import YEARS
from sim.history.record import read_record
from sim.history.traces import LATE, SOON, Trace, adherence_changes, short_gaps
from sim.runs.totals import Columns, replicates
from sim.scenario.schema import Scenario, fields

LEAST = 0.1  # a pattern is met if P in one replicate is above this
BURST_DAYS = 21

BANDS = (
    "Bands: exact 95 % intervals of the record's counts (1, 2, 3, 13), its counts with their years shuffled (6), two "
    "tallies of deaths (7); elsewhere the record gives a direction only. The JSON says what each rests on."
)
BUILT_IN = (
    "8, 10 and 11 are written into the rules (a jump, a burden, contagion): met, they say that these are strong "
    "enough, not that they exist. 10 compares towns, not dates; checkpoints weigh on all towns alike and don't show."
)
Events = tuple[np.ndarray, np.ndarray]  # how many, and the exposure to them, of each replicate


@dataclass(frozen=True)
class Band:
    """Where the record puts a figure: between two ends, both included, or beyond one, which is not.

    Attributes
    ----------
    low, high : float
        Infinite where the band has one end only.
    why : str
        What of the record it rests on.
    """

    low: float
    high: float
    why: str

    def holds(self, values: np.ndarray | float) -> np.ndarray:
        """Whether values lie in the band; nan doesn't."""
        if math.isfinite(self.low) and math.isfinite(self.high):
            return (self.low <= np.asarray(values)) & (np.asarray(values) <= self.high)
        return (np.asarray(values) > self.low) if math.isfinite(self.low) else (np.asarray(values) < self.high)

    @property
    def words(self) -> str:
        """The band for a table."""
        if math.isfinite(self.low) and math.isfinite(self.high):
            return f"{round(self.low, 2):g} to {round(self.high, 2):g}"
        return f"above {self.low:g}" if math.isfinite(self.low) else f"below {self.high:g}"


@dataclass(frozen=True)
class Pattern:
    """One pattern in an ensemble.

    Attributes
    ----------
    number, name : str
        As tables give them; a pattern of two halves has an a and a b.
    band : Band
    figure : Interval
        Of the ensemble.
    values : ndarray
        The same figure of each replicate by itself, nan where it has none.
    note : str
        What the figure rests on, where that must be said.
    """

    number: str
    name: str
    band: Band
    figure: rates.Interval
    values: np.ndarray
    note: str = ""

    @property
    def shown(self) -> np.ndarray:
        """Which replicates show it."""
        return self.band.holds(self.values)

    @property
    def probability(self) -> rates.Interval:
        """P that one replicate shows it."""
        return rates.proportion(int(self.shown.sum()), len(self.values))

    @property
    def met(self) -> bool:
        """Figure in the band, and P above the least."""
        return bool(self.band.holds(self.figure.estimate)) and self.probability.estimate > LEAST


def check_horizon(scenario: Scenario) -> None:
    """Refuse a horizon that is not the record's: shares of replicates would mean something else."""
    if scenario.run.horizon != YEARS:
        raise InputError(
            f"run.horizon: read {scenario.run.horizon:g} years, allowed only {YEARS}, the length of the public record"
        )


def patterns_of(scenario: Scenario, rows: np.ndarray, seen: Sequence[Trace]) -> list[Pattern]:
    """All thirteen patterns of one scenario's replicates.

    Parameters
    ----------
    scenario : Scenario
        With a horizon of 8 years.
    rows : ndarray of outcome rows
        Of this scenario alone, as `simulate` gives them.
    seen : sequence of Trace
        Of the same replicates; with none, patterns 5 and 8 have no figure and are not met.

    Returns
    -------
    list of Pattern
        In the order of their numbers.

    Raises
    ------
    InputError
        If the horizon is another.
    """
    check_horizon(scenario)
    table = replicates(rows)
    by_year = np.sort(rows, order=("replicate", "year"))["incidents"].reshape(-1, YEARS)
    return [
        *_counts(table),
        *_shares(table),
        _quiet_years(by_year),
        _bursts(seen),
        _tracking(by_year),
        _local_deaths(table),
        *_adherence(seen),
        _unprotected(scenario, table),
        _protests(scenario, table),
        _stops(table),
        _insiders(table),
        _protected(table),
    ]


def _exact(interval: rates.Interval, why: str, digits: int = 2) -> Band:
    """The exact interval of a count on record, rounded as it is stated."""
    return Band(round(interval.low, digits), round(interval.high, digits), f"{why}, exact 95 %")


def _counts(table: Columns) -> list[Pattern]:
    record = read_record()
    every = _exact(incident_rate(record), f"{len(record.core)} in {YEARS} years", digits=1)
    hits = len(record.against_projects())
    project = _exact(project_rate(record), f"{hits} in {YEARS} years")
    return [
        _share("1a", "incidents a year", every, table["incidents"], table["years"]),
        _share("1b", "incidents a year against projects", project, table["project_incidents"], table["years"]),
    ]


def _shares(table: Columns) -> list[Pattern]:
    record = read_record()
    n, moving, deadly = len(record.core), len(record.en_route), len(record.fatal)
    road = _exact(en_route_share(record), f"{moving} of {n}")
    fatal = _exact(fatal_share(record), f"{deadly} of {n}")
    return [
        _proportion("2", "share of incidents en route", road, table["incidents_en_route"], table["incidents"]),
        _proportion("3", "share of incidents fatal to foreign nationals", fatal, table["fatal"], table["incidents"]),
    ]


def _quiet_years(by_year: np.ndarray) -> Pattern:
    band = Band(0.0, math.inf, "1 year of 8")
    quiet = (by_year == 0).sum(axis=1)
    return _proportion("4", "share of years without incident", band, quiet, np.full(len(quiet), YEARS))


def _bursts(seen: Sequence[Trace]) -> Pattern:
    band = Band(0.0, math.inf, "2 incidents in 2021-07, 2 in 2024-03")
    gaps = np.array([short_gaps(trace, BURST_DAYS) for trace in seen])
    name = f"bursts: incidents within {BURST_DAYS} days of the last, in {YEARS} years"
    return _share("5", name, band, gaps, np.ones(len(gaps)))


def _tracking(by_year: np.ndarray) -> Pattern:
    band = Band(*nulls.untracked_band(), "the record's counts with their years shuffled, 95 %")
    found = nulls.correlation(by_year)
    defined = np.isfinite(found)
    figure = _ratio_of_totals(found[defined], np.ones(int(defined.sum())))
    return Pattern("6", "no tracking: correlation with national attacks, by year", band, figure, found)


def _local_deaths(table: Columns) -> Pattern:
    band = Band(0.4, 3.6, "two tallies: 8 to 20, 36 to 10")
    local = table["deaths_residents"] + table["deaths_security"]
    name = "residents and guards killed for one foreign national"
    return _times("7", name, band, (local, table["years"]), (table["deaths_foreign"], table["years"]))


def _adherence(seen: Sequence[Trace]) -> list[Pattern]:
    """Change of adherence where an incident happened, mean over incidents: the first days, and from then on."""
    changes = [adherence_changes(trace) for trace in seen]
    soon = f"adherence: change in the {SOON} days after an incident"
    late = f"adherence: change from then to {LATE} days after it"
    return [
        _change("8a", soon, Band(0.0, math.inf, "protocols reworked after attacks"), [c[0] for c in changes]),
        _change("8b", late, Band(-math.inf, 0.0, "lapses repeat"), [c[1] for c in changes]),
    ]


def _change(number: str, name: str, band: Band, changes: Sequence[np.ndarray]) -> Pattern:
    sums = np.array([change.sum() for change in changes])
    return _share(number, name, band, sums, np.array([len(change) for change in changes]))


def _unprotected(scenario: Scenario, table: Columns) -> Pattern:
    band = Band(1.0, math.inf, "most attacks hit people outside projects")
    name = "incidents an hour exposed: on outings over in convoys"
    outings = (table["incidents_outing"], table["outing_hours"])
    found = _times("9", name, band, outings, (table["incidents_convoy"], table["convoy_person_hours"]))
    hours = scenario.exposure.outing_hours
    low, high = next((f.low, f.high) for f in fields() if f.path == "exposure.outing_hours")
    note = (
        f"9 rests on {hours:g} h a week outside the protocol where nobody keeps it (exposure.outing_hours, assumed, "
        f"{low:g} to {high:g}): the ratio would be 1 at {hours * found.figure.estimate:.3g} h."
    )
    return replace(found, note=note)


def _protests(scenario: Scenario, table: Columns) -> Pattern:
    band = Band(1.0, 20.0, "mass protests over roads and check posts, some of them elsewhere")
    closed = len({site.town for site in scenario.world_file.sites if site.closures})
    others = len(scenario.world_file.towns) - closed
    there, elsewhere = table["protests_at_closures"], table["protests"] - table["protests_at_closures"]
    name = "protests a town-year: towns with closures over others"
    return _times("10", name, band, (there, table["years"] * closed), (elsewhere, table["years"] * others))


def _stops(table: Columns) -> Pattern:
    band = Band(0.0, math.inf, "three projects paused in 2024-03")
    return _proportion("11", "share of stoppages at several sites", band, table["stops_at_several"], table["stops"])


def _insiders(table: Columns) -> Pattern:
    band = Band(0.1, 0.4, "insider attacks on soldiers, cargo theft, crime online: 1 to 85 %")
    served, hits = table["incidents_inside_project"], table["project_incidents"]
    return _proportion("12", "share of project incidents with an insider", band, served, hits)


def _protected(table: Columns) -> Pattern:
    record = read_record()
    hits, others = len(record.against_projects()), len(record.core) - len(record.against_projects())
    ratio = small_counts.exact_ratio(others, hits, REFERENCE_PRIVATE, REFERENCE_STAFF)
    band = _exact(ratio, f"{hits} against {REFERENCE_STAFF:.0f} people, {others} against {REFERENCE_PRIVATE:.0f}")
    private = table["foreign_person_years"] - table["project_person_years"]
    projects = (table["project_incidents"], table["project_person_years"])
    name = "incidents a person-year: projects' staff over private nationals"
    return _times("13", name, band, projects, (table["incidents_private"], private))


def _share(number: str, name: str, band: Band, part: np.ndarray, whole: np.ndarray) -> Pattern:
    """A pattern whose figure is a total over a total; a replicate without a whole has none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.where(whole > 0, np.divide(part, whole, dtype=np.float64), math.nan)
    some = whole > 0
    return Pattern(number, name, band, _ratio_of_totals(part[some], whole[some]), values)


def _proportion(number: str, name: str, band: Band, part: np.ndarray, whole: np.ndarray) -> Pattern:
    """A share whose figure can't leave 0 to 1: a t interval from few replicates can."""
    found = _share(number, name, band, part, whole)
    low, high = np.clip((found.figure.low, found.figure.high), 0.0, 1.0)
    return replace(found, figure=replace(found.figure, low=float(low), high=float(high)))


def _ratio_of_totals(part: np.ndarray, whole: np.ndarray) -> rates.Interval:
    """With a t interval over replicates, since what a replicate holds hangs together."""
    return rates.mean_rate(part, whole) if len(part) else _unknown("t")


def _times(number: str, name: str, band: Band, top: Events, base: Events) -> Pattern:
    """A pattern whose figure is a rate over another; it has none without exposure to both."""
    (events, time), (base_events, base_time) = top, base
    if not ((time > 0).all() and (base_time > 0).all()):
        return Pattern(number, name, band, _unknown("percentile bootstrap"), np.full(len(events), math.nan))
    figure = rates.rate_ratio(base_events, events, base_time, exposure_b=time)
    with np.errstate(divide="ignore", invalid="ignore"):
        return Pattern(number, name, band, figure, (events / time) / (base_events / base_time))


def _unknown(method: str) -> rates.Interval:
    return rates.Interval(math.nan, math.nan, math.nan, 0.95, method)


def null_models(found: Sequence[Pattern]) -> dict[str, dict[str, float]]:
    """P of patterns 1, 4, 5 and 6 under Poisson processes with the ensemble's own rate.

    Returns
    -------
    dict
        `constant_rate`: the same rate at all times. `tracking`: pattern 6 where the rate follows the national series.
    """
    line = {pattern.number: pattern for pattern in found}
    rate, project = line["1a"].figure.estimate, line["1b"].figure.estimate
    every, projects, untracked = line["1a"].band, line["1b"].band, line["6"].band
    constant = {
        "1a": nulls.rate_between(rate, every.low, every.high),
        "1b": nulls.rate_between(project, projects.low, projects.high),
        "4": nulls.quiet_year(rate),
        "5": nulls.burst(rate, BURST_DAYS),
        "6": nulls.correlation_between(rate, untracked.low, untracked.high, tracking=False),
    }
    tracking = {"6": nulls.correlation_between(rate, untracked.low, untracked.high, tracking=True)}
    return {"constant_rate": constant, "tracking": tracking}


def patterns_met(found: Sequence[Pattern]) -> int:
    """How many of the thirteen are met, one of two halves only with both."""
    return len(_numbers(found) - _numbers([pattern for pattern in found if not pattern.met]))


def _numbers(found: Sequence[Pattern]) -> set[str]:
    return {pattern.number.rstrip("ab") for pattern in found}


def at_once(found: Sequence[Pattern]) -> rates.Interval:
    """P that one replicate shows all patterns; none does where traces are lacking."""
    runs = min(len(pattern.values) for pattern in found)
    together = np.all([pattern.shown[:runs] for pattern in found], axis=0)
    return rates.proportion(int(together.sum()), runs)


def report(found: Sequence[Pattern]) -> dict[str, Any]:
    """Everything that is known of the patterns, as plain numbers and words."""
    models = null_models(found)
    disputed = {f"{n}_incidents": rates.count_rate([n], YEARS) for n in _with_and_without_dispute()}
    return {
        "years": YEARS,
        "least_p": LEAST,
        "patterns": [_entry(pattern, models["constant_rate"].get(pattern.number)) for pattern in found],
        "patterns_met": patterns_met(found),
        "all_at_once": at_once(found).as_dict(),
        "null_models": models,
        "record": {name: interval.as_dict() for name, interval in disputed.items()},
        "record_correlation_with_national_attacks": float(nulls.correlation(np.array(read_record().yearly()))),
        "notes": notes(found),
    }


def _entry(pattern: Pattern, poisson: float | None) -> dict[str, Any]:
    return {
        "number": pattern.number,
        "name": pattern.name,
        "figure": pattern.figure.as_dict(),
        "band": {"low": pattern.band.low, "high": pattern.band.high, "why": pattern.band.why},
        "p": pattern.probability.as_dict(),
        "replicates": len(pattern.values),
        "p_poisson": poisson,
        "met": pattern.met,
    }


def pattern_table(found: Sequence[Pattern]) -> Rows:
    """One line a pattern; `figure_low` and `figure_high` are the ends of its 95 % interval."""
    poisson = null_models(found)["constant_rate"]
    return [
        {
            "no": pattern.number,
            "pattern": pattern.name,
            "figure": pattern.figure.estimate,
            "figure_low": pattern.figure.low,
            "figure_high": pattern.figure.high,
            "band": pattern.band.words,
            "P": f"{pattern.probability.estimate:.2f}",
            "P_Poisson": f"{poisson[pattern.number]:.2f}" if pattern.number in poisson else "",
            "result": "met" if pattern.met else "not met",
        }
        for pattern in found
    ]


def notes(found: Sequence[Pattern]) -> list[str]:
    """What must be said below the table, a sentence or two each."""
    own = [pattern.note for pattern in found if pattern.note]
    return [_rule(found), BANDS, _power(found), _follows(found), BUILT_IN, *own, _dispute(found)]


def _rule(found: Sequence[Pattern]) -> str:
    together = at_once(found)
    return (
        f"P is the share of single replicates of {YEARS} years in the band. Met: the figure lies in the band and "
        f"P > {LEAST:g}. {patterns_met(found)} of {len(_numbers(found))} patterns are met; one replicate shows all "
        f"of them with P {together.estimate:.2f} [{together.low:.2f}, {together.high:.2f}]."
    )


def _power(found: Sequence[Pattern]) -> str:
    constant = null_models(found)["constant_rate"]
    weak = ", ".join(number for number, p in constant.items() if p > LEAST)
    said = f"it shows {weak} too, so these have no power" if weak else "it shows none of 1, 4, 5, 6"
    return f"P Poisson: the same for a process of the ensemble's rate, constant and without any mechanism: {said}."


def _follows(found: Sequence[Pattern]) -> str:
    p = null_models(found)["tracking"]["6"]
    own = float(nulls.correlation(np.array(read_record().yearly())))
    power = "no power" if p > LEAST else "some power"
    return (
        f"A process whose rate follows the national attacks shows 6 with P {p:.2f}: {power} against it over {YEARS} "
        f"years. The record's own correlation is {own:.2f}."
    )


def _dispute(found: Sequence[Pattern]) -> str:
    rate = next(pattern.figure.estimate for pattern in found if pattern.number == "1a")
    bands = [_on_record(n) for n in _with_and_without_dispute()]
    return (
        f"The guard dispute of 2024-11 has no mechanism here: with it {bands[0]}, without it {bands[1]}. "
        f"Reported {COMPLETENESS:g} to 1 complete, {rate:.2f} a year would stand on record as "
        f"{COMPLETENESS * rate:.2f} to {rate:.2f}."
    )


def _with_and_without_dispute() -> tuple[int, int]:
    """Incidents on record; the guard dispute of 2024-11 has no mechanism here."""
    record = read_record()
    return len(record.core), len(record.without_dispute)


def _on_record(incidents: int) -> str:
    interval = rates.count_rate([incidents], YEARS)
    return f"{incidents} incidents, {interval.estimate:.2f} a year [{interval.low:.2f}, {interval.high:.2f}]"
