"""What the counts of the public record support: each figure with an exact interval where there is one.

Intervals are about chance alone, for a rate that doesn't change: not about what was never reported, nor about what
counts as an incident.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from sim import rates
from sim.history import small_counts
from sim.history.record import INSTITUTES, Incident, Record, deaths
from sim.history.small_counts import exact_share

COMPLETENESS = 0.6  # least share of incidents that reach the public record; at most all do. Assumed
NATIONALS = 20_000  # foreign nationals in the country, as the counter-terrorism authority has it (tallies.csv)
PROJECTS = (40, 60)  # at work at one time. Assumed
REDUCTIONS = (30, 50)  # of the rate, per cent


class Figure(NamedTuple):
    """One figure of the record: heading, names for machines and readers, value with its interval, key of its note."""

    group: str
    key: str
    name: str
    interval: rates.Interval
    note: str = ""


Line = tuple[str, str, rates.Interval, str]  # a figure without its heading


@cache
def figures(record: Record) -> tuple[Figure, ...]:
    """Everything that the record's counts support, in the order of the table."""
    groups = {
        "rates": _rates(record),
        "shares": _shares(record),
        "over the years": [*_trend(record), *_dispersion(record), _quiet_year(record)],
        "beside all attacks in the country": [*_of_all_attacks(record), *_log_likelihoods(record)],
        "what it would take to see a policy": _what_it_takes(record),
    }
    return tuple(Figure(group, *line) for group, lines in groups.items() for line in lines)


def intervals(record: Record) -> dict[str, rates.Interval]:
    """The figures' values with their intervals, by key."""
    return {figure.key: figure.interval for figure in figures(record)}


def incident_rate(record: Record) -> rates.Interval:
    """Core incidents a year."""
    return _a_year(record, record.core)


def project_rate(record: Record) -> rates.Interval:
    """Core incidents against projects a year, the judged ones among them."""
    return _a_year(record, record.against_projects())


def en_route_share(record: Record) -> rates.Interval:
    """Share of the core incidents that happened en route."""
    return exact_share(len(record.en_route), len(record.core))


def fatal_share(record: Record) -> rates.Interval:
    """Share of the core incidents in which a foreign national died."""
    return exact_share(len(record.fatal), len(record.core))


def _a_year(record: Record, incidents: Sequence[Incident]) -> rates.Interval:
    return rates.count_rate([len(incidents)], len(record.years))


def _times(interval: rates.Interval, factor: float) -> rates.Interval:
    """The same in another unit."""
    return replace(
        interval, estimate=factor * interval.estimate, low=factor * interval.low, high=factor * interval.high
    )


def _bare(value: float, method: str = "") -> rates.Interval:
    """A figure without an interval."""
    return rates.Interval(value, math.nan, math.nan, 0.95, method)


def _rates(record: Record) -> list[Line]:
    n, years, every, project = len(record.core), len(record.years), incident_rate(record), project_rate(record)
    attacks, stated, exposure = record.without_dispute, record.against_projects(("yes",)), NATIONALS / 10_000 * years
    killed = small_counts.deaths_interval([incident.foreign_deaths for incident in record.core], exposure)
    least, per_head = _times(every, 1 / COMPLETENESS), rates.count_rate([n], exposure)
    return [
        ("incidents", f"core incidents a year ({n} in {years})", every, ""),
        ("without_dispute", f"without the guard dispute ({len(attacks)})", _a_year(record, attacks), "dispute"),
        ("if_least_complete", f"if only {COMPLETENESS:g} are reported", least, "completeness"),
        ("project", f"against projects a year ({len(record.against_projects())})", project, "project"),
        ("project_stated", f"where sources say so ({len(stated)})", _a_year(record, stated), "project"),
        *((f"project_of_{p}", f"for each of {p} projects", _times(project, 1 / p), "assumed") for p in PROJECTS),
        ("per_10000", "core, 10,000 foreign person-years", per_head, "people"),
        ("deaths_per_10000", f"foreign deaths, the same ({deaths(record.core)})", killed, "deaths"),
    ]


def _shares(record: Record) -> list[Line]:
    n, some, road, killed = len(record.core), record.fatal, record.en_route, deaths(record.core)
    mean = _bare(killed / len(some) if some else math.nan)
    share = _bare(deaths(road) / killed if killed else math.nan)
    return [
        ("en_route", f"en route ({len(road)} of {n})", en_route_share(record), ""),
        ("fatal", f"with a foreign death ({len(some)} of {n})", fatal_share(record), ""),
        ("deaths_given_fatal", f"foreign deaths where any (mean of {len(some)})", mean, "severity"),
        ("deaths_en_route", f"foreign deaths en route ({deaths(road)} of {killed})", share, "severity"),
    ]


def _span(years: Sequence[int]) -> str:
    return f"{years[0]}-{years[-1] % 100:02}"


def _trend(record: Record) -> list[Line]:
    early, late = record.halves
    a, b, spans = sum(record.yearly(early)), sum(record.yearly(late)), (len(early), len(late))
    ratio = small_counts.exact_ratio(a, b, *spans)
    equal = _bare(small_counts.equal_rates_p(a, b, *spans), ratio.method)
    return [
        ("ratio", f"{_span(late)} ({b}) over {_span(early)} ({a}), rates", ratio, "trend"),
        ("ratio_p", "p, if the rates were equal", equal, "trend"),
    ]


def _dispersion(record: Record) -> list[Line]:
    index, years = rates.dispersion(record.yearly()), len(record.years)
    poisson = _bare(small_counts.dispersion_p(index.estimate, years), index.method)
    power = _bare(small_counts.power_of_dispersion(index.estimate, years), index.method)
    return [
        ("dispersion", "variance over mean of yearly counts", index, "dispersion"),
        ("dispersion_p", "p, if they were Poisson", poisson, "dispersion"),
        ("dispersion_power", f"chance to see a true {index.estimate:.1f}", power, "dispersion"),
    ]


def _quiet_year(record: Record) -> Line:
    rate = incident_rate(record)
    none, low, high = (math.exp(-mean) for mean in (rate.estimate, rate.high, rate.low))
    quiet = rates.Interval(none, low, high, rate.confidence, "Poisson, Garwood")
    return "quiet_year", "P(a year without incident)", quiet, "quiet"


def _of_all_attacks(record: Record) -> list[Line]:
    lines = []
    for institute in INSTITUTES:
        for when, half in zip(("early", "late"), record.halves, strict=True):
            years = [year for year in half if year in record.counted_years]
            hundreds = sum(record.attacks(institute, years)) / 100
            share = rates.count_rate([sum(record.yearly(years))], hundreds)
            name = f"core incidents in 100, {_span(years)}, {institute.upper()}"
            lines.append((f"of_{institute}_{when}", name, share, "national"))
    return lines


def _log_likelihoods(record: Record) -> list[Line]:
    years = record.counted_years
    models = [("constant", f"log-likelihood {_span(years)}, constant rate", (1,) * len(years))]
    models += [
        (name, f"with a rate proportional to {name.upper()}", record.attacks(name, years)) for name in INSTITUTES
    ]

    def fitted(weights: Sequence[int]) -> rates.Interval:
        return _bare(small_counts.log_likelihood(record.yearly(years), weights), "Poisson")

    return [(f"log_likelihood_{key}", name, fitted(weights), "likelihood") for key, name, weights in models]


def _what_it_takes(record: Record) -> list[Line]:
    years, rate, lines = len(record.years), incident_rate(record).estimate, []
    for percent in REDUCTIONS:
        needed = small_counts.events_needed(percent / 100)
        now = small_counts.power_to_tell(years * rate, percent / 100)
        lines += [
            (f"events_for_{percent}", f"incidents before, to see {percent} % fewer", needed),
            (f"years_for_{percent}", "years before, and as many after", needed / rate),
            (f"power_for_{percent}", f"chance to see it in {years} and {years} years", now),
        ]
    return [(key, name, _bare(value, "conditional binomial"), "power") for key, name, value in lines]
