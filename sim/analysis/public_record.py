"""The public record of incidents: reading it, and what its counts support, each figure with an exact interval.

The three files stand in scenarios/record, with their README: core incidents, the tallies of others that conflict with
them, and yearly attacks of all kinds. Intervals are about chance alone, for a rate that doesn't change: not about what
was never reported, nor about what counts as an incident.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.special import bdtr, betaincinv, chdtrc, chdtri, gammaln

from sim import rates
from sim.scenario.errors import ScenarioError
from sim.scenario.load import FOLDERS, find_file

Rows = list[dict[str, Any]]

COMPLETENESS = 0.6  # least share of incidents that reach the public record; at most all do. Assumed
NATIONALS = 20_000  # foreign nationals in the country, as the counter-terrorism authority has it (tallies.csv)
PROJECTS = (40, 60)  # at work at one time. Assumed
LEVEL, POWER = 0.05, 0.8  # of the tests: two-sided level, and the chance to see what is there
REDUCTIONS = (30, 50)  # of the rate, per cent
INSTITUTES = ("picss", "pips")  # their columns of national.csv
TALLIED = {
    "attacks": "attacks",
    "killed": "killed in all",
    "hurt": "hurt in all",
    "foreign_killed": "foreign killed",
    "foreign_hurt": "foreign hurt",
    "security_killed": "security killed",
    "locals_killed": "locals killed",
    "locals_hurt": "locals hurt",
    "attackers_killed": "attackers killed",
}  # columns of tallies.csv that hold counts, in words


class Incident(NamedTuple):
    """A line of incidents.csv, without a place."""

    month: str
    type: str
    foreign_deaths: int
    outcome: str
    core: bool
    project: str
    cause: str
    note: str
    sources: str


class Tally(NamedTuple):
    """A line of tallies.csv: what somebody else has counted; None where that isn't given."""

    body: str
    published: str
    first: str
    last: str
    least: bool
    attacks: int | None
    killed: int | None
    hurt: int | None
    foreign_killed: int | None
    foreign_hurt: int | None
    security_killed: int | None
    locals_killed: int | None
    locals_hurt: int | None
    attackers_killed: int | None
    counts: str
    note: str
    sources: str


class NationalYear(NamedTuple):
    """A line of national.csv: attacks of all kinds by two institutes."""

    year: int
    picss: int
    picss_how: str
    pips: int | None
    pips_how: str
    note: str


class Record(NamedTuple):
    """The public record."""

    incidents: tuple[Incident, ...]
    tallies: tuple[Tally, ...]
    national: tuple[NationalYear, ...]

    @property
    def years(self) -> tuple[int, ...]:
        """Years that it covers."""
        return tuple(line.year for line in self.national)

    @property
    def core(self) -> tuple[Incident, ...]:
        """Foreign nationals or their staffed premises hit or attempted, and carried out."""
        return tuple(incident for incident in self.incidents if incident.core)

    def yearly(self, years: Sequence[int] = ()) -> tuple[int, ...]:
        """Core incidents of each year, of all years unless some are named."""
        found = Counter(int(incident.month[:4]) for incident in self.core)
        return tuple(found[year] for year in years or self.years)


# Reading.


class _Column(NamedTuple):
    """How a cell is read, and what it may hold."""

    read: Callable[[str], Any]
    allowed: str


def _matching(pattern: str, allowed: str, convert: Callable[[str], Any] = str) -> _Column:
    def read(text: str) -> Any:
        if not re.fullmatch(pattern, text):
            raise ValueError
        return convert(text)

    return _Column(read, allowed)


def _one_of(*words: str) -> _Column:
    return _matching("|".join(map(re.escape, words)), " or ".join(filter(None, words)))


def _optional(text: str) -> int | None:
    return int(text) if text else None


_MONTH = _matching(r"20\d\d-(0[1-9]|1[0-2])", "a month such as 2024-03")
_COUNT = _matching(r"[0-9]{1,7}", "a whole number", int)
_ATTACKS = _matching(r"[1-9][0-9]{0,6}", "a whole number above 0", int)
_COUNT_OR_NONE = _matching(r"[0-9]{0,7}", "a whole number or nothing", _optional)
_ATTACKS_OR_NONE = _matching(r"([1-9][0-9]{0,6})?", "a whole number above 0 or nothing", _optional)
_YES_NO = _matching("yes|no", "yes or no", "yes".__eq__)
_TEXT = _matching(r".*", "text")
_WORDS = _matching(r".*\S.*", "text that isn't empty")
_OUTCOME = _one_of("completed", "failed", "partly stopped", "repelled", "repelled late", "foiled before execution")

_COLUMNS: dict[type, dict[str, _Column]] = {
    Incident: {
        "month": _MONTH,
        "type": _one_of("vehicle", "site", "plot", "other"),
        "foreign_deaths": _COUNT,
        "outcome": _OUTCOME,
        "core": _YES_NO,
        "project": _one_of("yes", "judged", "no"),
        "cause": _one_of("attack", "dispute"),
        "note": _WORDS,
        "sources": _WORDS,
    },
    Tally: {
        "body": _WORDS,
        "published": _matching(r"20\d\d(-(0[1-9]|1[0-2]))?", "a year or a month such as 2024-03"),
        "first": _MONTH,
        "last": _MONTH,
        "least": _YES_NO,
        **dict.fromkeys(TALLIED, _COUNT_OR_NONE),
        "counts": _WORDS,
        "note": _TEXT,
        "sources": _WORDS,
    },
    NationalYear: {
        "year": _matching(r"20\d\d", "a year such as 2024", int),
        "picss": _ATTACKS,
        "picss_how": _one_of("stated", "derived", "approximate"),
        "pips": _ATTACKS_OR_NONE,
        "pips_how": _one_of("stated", "derived", "approximate", ""),
        "note": _TEXT,
    },
}


@cache
def read_record(folder: Path | None = None) -> Record:
    """Read the record, once.

    Parameters
    ----------
    folder : Path, optional
        With incidents.csv, tallies.csv and national.csv; by default those that come with the package.

    Returns
    -------
    Record

    Raises
    ------
    ScenarioError
        In one sentence: file, line, column, what was read and what is allowed.
    """
    incidents, tallies, national = (_path(name, folder) for name in ("incidents", "tallies", "national"))
    record = Record(_lines(incidents, Incident), _lines(tallies, Tally), _lines(national, NationalYear))
    if len(record.years) < 2 or any(b - a != 1 for a, b in pairwise(record.years)):
        raise ScenarioError(f"{national}: year: read {_listed(record.years)}, allowed two or more, one after another")
    for line, incident in enumerate(record.incidents, 2):
        if int(incident.month[:4]) not in record.years:
            span = f"{record.years[0]} to {record.years[-1]}, the years of {national.name}"
            raise ScenarioError(f"{incidents}:{line}: month: read {incident.month!r}, allowed {span}")
    for line, tally in enumerate(record.tallies, 2):
        if tally.first > tally.last:
            raise ScenarioError(f"{tallies}:{line}: last: read {tally.last!r}, allowed {tally.first} or later")
    if not all(set(half) & set(counted_years(record)) for half in halves(record)):
        raise ScenarioError(f"{national}: pips: read too few counts, allowed one or more in each half of the years")
    if not record.core:
        raise ScenarioError(f"{incidents}: core: read no yes, allowed one or more")
    return record


def _path(name: str, folder: Path | None) -> Path:
    """A file of the record; one that comes with the package is never taken from the working folder."""
    if folder is not None:
        return Path(folder) / f"{name}.csv"
    found = find_file(f"record/{name}.csv", FOLDERS[0])
    if found is None:
        raise ScenarioError(f"scenarios/record/{name}.csv: is missing, allowed only with the package's files whole")
    return found


def _lines[Line: tuple](path: Path, kind: type[Line]) -> tuple[Line, ...]:
    """All lines of a file, checked."""
    columns, rows = _COLUMNS[kind], _cells(path)
    where, header = next(rows, (1, []))
    if header != list(columns):
        raise ScenarioError(f"{path}:{where}: read the columns {_listed(header)}, allowed {_listed(columns)}")
    return tuple(kind(*_values(f"{path}:{line}", columns, cells)) for line, cells in rows)


def _cells(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The cells of each line, with its number."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ScenarioError(f"{path}:{line}: read bytes that aren't text, allowed UTF-8") from None
    except OSError as error:
        raise ScenarioError(f"{path}: can't be read: {error.strerror}") from None
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        for cells in reader:
            yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise ScenarioError(f"{path}:{reader.line_num}: not valid CSV: {error}") from None


def _values(place: str, columns: Mapping[str, _Column], cells: Sequence[str]) -> Iterator[Any]:
    if len(cells) != len(columns):
        raise ScenarioError(f"{place}: read {len(cells)} values, allowed {len(columns)}: {_listed(columns)}")
    for (name, column), cell in zip(columns.items(), cells, strict=True):
        try:
            yield column.read(cell)
        except ValueError:
            shown = repr(cell) if len(cell) <= 60 else f"{cell[:57]!r}..."
            raise ScenarioError(f"{place}: {name}: read {shown}, allowed {column.allowed}") from None


def _listed(names: Sequence[Any] | Mapping[str, Any]) -> str:
    return ", ".join(map(str, names)) or "nothing"


# Exact statistics of small counts.


def exact_share(hits: int, trials: int, confidence: float = 0.95) -> rates.Interval:
    """A share with the interval of Clopper and Pearson (1934), which never covers less than stated.

    Parameters
    ----------
    hits, trials : int
        0 <= hits <= trials, and a trial at least.
    confidence : float
        In (0, 1).
    """
    tail, misses = (1 - confidence) / 2, trials - hits
    low = float(betaincinv(hits, misses + 1, tail)) if hits else 0.0
    high = float(betaincinv(hits + 1, misses, 1 - tail)) if misses else 1.0
    return rates.Interval(hits / trials, low, high, confidence, "Clopper-Pearson")


def exact_ratio(a: int, b: int, exposure_a: float, exposure_b: float, confidence: float = 0.95) -> rates.Interval:
    """The rate of b over that of a, two Poisson counts, given their sum: which is binomial.

    Parameters
    ----------
    a, b : int
        Counts, not both 0.
    exposure_a, exposure_b : float
        Above 0.
    confidence : float
        In (0, 1).
    """
    share = exact_share(b, a + b, confidence)
    times = exposure_a / exposure_b
    ends = [times * p / (1 - p) if p < 1 else math.inf for p in (share.estimate, share.low, share.high)]
    return rates.Interval(ends[0], ends[1], ends[2], confidence, "conditional binomial")


def equal_rates_p(a: int, b: int, exposure_a: float = 1.0, exposure_b: float = 1.0) -> float:
    """Two-sided p of the same test: twice the smaller tail, so that it agrees with the interval."""
    share = exposure_b / (exposure_a + exposure_b)
    below = float(bdtr(b, a + b, share))
    above = 1 - float(bdtr(b - 1, a + b, share)) if b else 1.0
    return min(1.0, 2 * min(below, above))


def deaths_interval(deaths: Sequence[int], exposure: float, confidence: float = 0.95) -> rates.Interval:
    """Deaths per exposure, with the percentiles of a bootstrap by incident.

    Parameters
    ----------
    deaths : sequence of int
        Of each incident.
    exposure : float
        Of all incidents together.
    confidence : float
        In (0, 1).

    Notes
    -----
    How often each incident occurs in a resample is Poisson with mean 1, so that the number of incidents varies too, as
    that of independent ones does. The total is then compound Poisson; its law is computed (Panjer 1981), not drawn.
    """
    law, tail = np.cumsum(_compound_poisson(Counter(deaths))), (1 - confidence) / 2
    low, high = (int(np.searchsorted(law, p)) for p in (tail, 1 - tail))
    estimate = sum(deaths) / exposure
    return rates.Interval(estimate, low / exposure, high / exposure, confidence, "bootstrap by incident")


def _compound_poisson(sizes: Mapping[int, int]) -> np.ndarray:
    """P(total) of 0, 1, 2 ..., where each size comes Poisson often, with its count as the mean."""
    some = {size: mean for size, mean in sizes.items() if size > 0}
    mean, variance = (sum(size**power * n for size, n in some.items()) for power in (1, 2))
    law = np.zeros(int(mean + 12 * math.sqrt(variance) + 12))
    law[0] = math.exp(-sum(some.values()))
    for total in range(1, len(law)):
        law[total] = sum(size * n * law[total - size] for size, n in some.items() if size <= total) / total
    return law


def power_to_tell(events: float, reduction: float) -> float:
    """P that the exact conditional test sees that the rate fell, or rose, between two periods of equal length.

    Parameters
    ----------
    events : float
        Expected in the period before.
    reduction : float
        True share by which the rate fell, in [0, 1).

    Notes
    -----
    Summed over all pairs of Poisson counts. The test is two-sided at 5 %: given n events in all, those of the period
    after are binomial (n, 1/2) where nothing changed.
    """
    left = 1 - reduction
    mean = events * (1 + left)
    most = int(mean + 10 * math.sqrt(mean + 1) + 10)
    totals, few = np.arange(most), _few(most)
    seen = few >= 0
    n, edge, share = totals[seen], few[seen], left / (1 + left)
    tails = bdtr(edge, n, share) + 1 - bdtr(n - edge - 1, n, share)
    return float(np.exp(n * math.log(mean) - mean - gammaln(n + 1)) @ tails)


@cache
def _few(most: int) -> np.ndarray:
    """For each total below `most`, the largest count that is significantly less than half; -1 where none is."""
    totals, counts = np.arange(most)[:, None], np.arange(most // 2 + 1)[None, :]
    inside = counts <= totals
    tail = np.where(inside, bdtr(np.minimum(counts, totals), totals, 0.5), 1.0)
    return (tail <= LEVEL / 2).sum(axis=1) - 1


def events_needed(reduction: float, power: float = POWER) -> int:
    """Fewest expected events of the period before with which the test sees a reduction with this power."""
    low, high = 1, 2
    while power_to_tell(high, reduction) < power:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power_to_tell(middle, reduction) >= power else (middle, high)
    return high


def log_likelihood(counts: Sequence[int], weights: Sequence[float]) -> float:
    """Of Poisson counts whose rates are in the proportion of the weights, at the best total rate."""
    k, share = np.array(counts, dtype=np.float64), np.array(weights, dtype=np.float64)
    means = k.sum() * share / share.sum()
    return float((k * np.log(means) - means - gammaln(k + 1)).sum())


# What the counts support.


class Figure(NamedTuple):
    """One figure of the record: heading, names for machines and readers, value with its interval, key of its note."""

    group: str
    key: str
    name: str
    interval: rates.Interval
    note: str = ""


Line = tuple[str, str, rates.Interval, str]  # a figure without its heading


def figures(record: Record) -> list[Figure]:
    """Everything that the record's counts support, in the order of the table."""
    groups = {
        "rates": _rates(record),
        "shares": _shares(record),
        "over the years": _over_time(record),
        "beside all attacks in the country": _beside_all_attacks(record),
        "what it would take to see a policy": _what_it_takes(record),
    }
    return [Figure(group, *line) for group, lines in groups.items() for line in lines]


def incident_rate(record: Record) -> rates.Interval:
    """Core incidents a year."""
    return _a_year(record, record.core)


def project_rate(record: Record) -> rates.Interval:
    """Core incidents against projects a year, the judged ones among them."""
    return _a_year(record, against_projects(record))


def en_route_share(record: Record) -> rates.Interval:
    """Share of the core incidents that happened en route."""
    return exact_share(len(en_route(record)), len(record.core))


def fatal_share(record: Record) -> rates.Interval:
    """Share of the core incidents in which a foreign national died."""
    return exact_share(len(fatal(record)), len(record.core))


def against_projects(record: Record, how: Sequence[str] = ("yes", "judged")) -> list[Incident]:
    """Core incidents that hit project staff or sites, by what the sources say or by judgement."""
    return [incident for incident in record.core if incident.project in how]


def en_route(record: Record) -> list[Incident]:
    """Core incidents en route."""
    return [incident for incident in record.core if incident.type == "vehicle"]


def fatal(record: Record) -> list[Incident]:
    """Core incidents in which a foreign national died."""
    return [incident for incident in record.core if incident.foreign_deaths]


def without_dispute(record: Record) -> list[Incident]:
    """Core incidents that were attacks, and no guard's quarrel."""
    return [incident for incident in record.core if incident.cause == "attack"]


def _deaths(incidents: Sequence[Incident]) -> int:
    return sum(incident.foreign_deaths for incident in incidents)


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
    every, project, exposure = incident_rate(record), project_rate(record), NATIONALS / 10_000 * len(record.years)
    attacks, stated = without_dispute(record), against_projects(record, ("yes",))
    per_head, least = rates.count_rate([len(record.core)], exposure), _times(every, 1 / COMPLETENESS)
    killed = deaths_interval([incident.foreign_deaths for incident in record.core], exposure)
    names = {
        "every": f"core incidents a year ({len(record.core)} in {len(record.years)})",
        "project": f"against projects a year ({len(against_projects(record))})",
        "killed": f"foreign deaths, the same ({_deaths(record.core)})",
    }
    return [
        ("incidents", names["every"], every, ""),
        ("without_dispute", f"without the guard dispute ({len(attacks)})", _a_year(record, attacks), "dispute"),
        ("if_least_complete", f"if only {COMPLETENESS:g} are reported", least, "completeness"),
        ("project", names["project"], project, "project"),
        ("project_stated", f"where sources say so ({len(stated)})", _a_year(record, stated), "project"),
        *((f"project_of_{n}", f"for each of {n} projects", _times(project, 1 / n), "assumed") for n in PROJECTS),
        ("per_10000", "core, 10,000 foreign person-years", per_head, "people"),
        ("deaths_per_10000", names["killed"], killed, "deaths"),
    ]


def _shares(record: Record) -> list[Line]:
    n, some, road, killed = len(record.core), fatal(record), en_route(record), _deaths(record.core)
    mean, share = (
        _bare(_deaths(part) / whole if whole else math.nan) for part, whole in ((some, len(some)), (road, killed))
    )
    return [
        ("en_route", f"en route ({len(road)} of {n})", en_route_share(record), ""),
        ("fatal", f"with a foreign death ({len(some)} of {n})", fatal_share(record), ""),
        ("deaths_given_fatal", f"foreign deaths where any (mean of {len(some)})", mean, "severity"),
        ("deaths_en_route", f"foreign deaths en route ({_deaths(road)} of {killed})", share, "severity"),
    ]


def halves(record: Record) -> tuple[Sequence[int], Sequence[int]]:
    """The first years of the record and the last ones."""
    middle = len(record.years) // 2
    return record.years[:middle], record.years[middle:]


def _span(years: Sequence[int]) -> str:
    return f"{years[0]}-{years[-1] % 100:02}"


def _over_time(record: Record) -> list[Line]:
    (early, late), counts, rate = halves(record), record.yearly(), incident_rate(record)
    a, b = sum(record.yearly(early)), sum(record.yearly(late))
    spans = len(early), len(late)
    index, freedom = rates.dispersion(counts), len(counts) - 1
    equal = _bare(equal_rates_p(a, b, *spans), "conditional binomial")
    poisson = _bare(float(chdtrc(freedom, freedom * index.estimate)), "chi-square")
    power = _bare(power_of_dispersion(index.estimate, len(counts)), "chi-square")
    none = math.exp(-rate.estimate), math.exp(-rate.high), math.exp(-rate.low)
    quiet = rates.Interval(none[0], none[1], none[2], rate.confidence, "Poisson, Garwood")
    return [
        ("ratio", f"{_span(late)} ({b}) over {_span(early)} ({a}), rates", exact_ratio(a, b, *spans), "trend"),
        ("ratio_p", "p, if the rates were equal", equal, "trend"),
        ("dispersion", "variance over mean of yearly counts", index, "dispersion"),
        ("dispersion_p", "p, if they were Poisson", poisson, "dispersion"),
        ("dispersion_power", f"chance to see a true {index.estimate:.1f}", power, "dispersion"),
        ("quiet_year", "P(a year without incident)", quiet, "quiet"),
    ]


def power_of_dispersion(dispersion: float, counts: int) -> float:
    """P that the one-sided index test sees that counts are dispersed so much, as negative binomial ones are."""
    return float(chdtrc(counts - 1, chdtri(counts - 1, LEVEL) / dispersion))


def _attacks(record: Record, name: str, years: Sequence[int]) -> list[int]:
    """Attacks of all kinds in these years, by one institute."""
    return [getattr(line, name) for line in record.national if line.year in years]


def counted_years(record: Record) -> list[int]:
    """Years that both institutes have counted."""
    return [line.year for line in record.national if line.pips is not None]


def _beside_all_attacks(record: Record) -> list[Line]:
    years, lines = counted_years(record), []
    for name in INSTITUTES:
        for when, half in zip(("early", "late"), halves(record), strict=True):
            span = [year for year in half if year in years]
            share = rates.count_rate([sum(record.yearly(span))], sum(_attacks(record, name, span)) / 100)
            name_of = f"core incidents in 100, {_span(span)}, {name.upper()}"
            lines.append((f"of_{name}_{when}", name_of, share, "national"))
    return lines + _log_likelihoods(record, years)


def _log_likelihoods(record: Record, years: Sequence[int]) -> list[Line]:
    weights = {name: _attacks(record, name, years) for name in INSTITUTES}
    words = {name: f"with a rate proportional to {name.upper()}" for name in INSTITUTES}
    words["constant"] = f"log-likelihood {_span(years)}, constant rate"
    found = {
        name: _bare(log_likelihood(record.yearly(years), weight), "Poisson")
        for name, weight in ({"constant": [1] * len(years)} | weights).items()
    }
    return [(f"log_likelihood_{name}", words[name], figure, "likelihood") for name, figure in found.items()]


def _what_it_takes(record: Record) -> list[Line]:
    years, rate, lines = len(record.years), incident_rate(record).estimate, []
    for percent in REDUCTIONS:
        needed = events_needed(percent / 100)
        now = power_to_tell(years * rate, percent / 100)
        lines += [
            (f"events_for_{percent}", f"incidents before, to see {percent} % fewer", needed, "power"),
            (f"years_for_{percent}", "years before, and as many after", needed / rate, "power"),
            (f"power_for_{percent}", f"chance to see it in {years} and {years} years", now, "power"),
        ]
    return [(key, name, _bare(value, "conditional binomial"), note) for key, name, value, note in lines]


# What must be said beside the figures.


def notes(record: Record) -> dict[str, str]:
    """A sentence or two for each note that a figure names."""
    found = {figure.key: figure.interval for figure in figures(record)}
    return _notes_on_rates(record, found) | _notes_on_chance(record, found)


def _notes_on_rates(record: Record, found: Mapping[str, rates.Interval]) -> dict[str, str]:
    every, least = found["incidents"], found["if_least_complete"]
    judged, deaths = len(against_projects(record, ("judged",))), [incident.foreign_deaths for incident in fatal(record)]
    worst = max(deaths, default=0)
    return {
        "dispute": "Officials say that a guard quarrelled with workers: no militancy.",
        "completeness": (
            f"Assumed: {COMPLETENESS:g} to 1 of the incidents reach a public source. The rate is then "
            f"{every.estimate:.1f} to {least.estimate:.1f} a year, its ends {every.low:.1f} and {least.high:.1f}; "
            "other rates grow alike."
        ),
        "project": f"{judged} of these are our judgement from the target: the sources don't say whom they worked for.",
        "assumed": "A project-year. How many projects were at work is assumed.",
        "people": (
            f"{NATIONALS:,}, an official figure for the country, is taken throughout. Press figures begin at 2,700 "
            "for the corridor's projects alone."
        ),
        "deaths": (
            "Incidents are resampled, not deaths, since these come in clusters; each comes Poisson(1) often. No "
            f"resample holds a worse incident than the worst so far ({worst}; some reports have one more)."
        ),
        "severity": (
            f"They were {_listed(sorted(deaths))}. One incident holds {worst} of {sum(deaths)}: too few, and too "
            "uneven, for an interval that means anything."
        ),
    }


def _notes_on_chance(record: Record, found: Mapping[str, rates.Interval]) -> dict[str, str]:
    spread, years = found["dispersion"].estimate, len(record.years)
    constant, picss, pips = (found[f"log_likelihood_{name}"].estimate for name in ("constant", *INSTITUTES))
    went = [_went(found, name) for name in INSTITUTES]
    return {
        "trend": "The halves of the record. Neither a rise nor its absence is established.",
        "dispersion": (
            f"p is one-sided; the chance is that of the same test at {LEVEL:g}. {years} counts can't tell Poisson from "
            f"negative binomial: a true {spread:.1f} is missed most of the time."
        ),
        "quiet": "At the mean rate and at the ends of its interval: a year without incident is unremarkable.",
        "national": (
            "The totals are taken as exact, but institutes differ up to five-fold in a year and some are derived. "
            f"From the first half to the second the share {went[0]} by PICSS and {went[1]} by PIPS, within chance."
        ),
        "likelihood": (
            f"One free rate each. Constant less proportional: {constant - picss:+.1f} by PICSS, {constant - pips:+.1f} "
            "by PIPS. That is little, and its sign depends on who counts: the record can't say whether it follows "
            "national violence."
        ),
        "power": (
            f"Two periods of equal length, a constant rate in each, test two-sided at {LEVEL:g}, power {POWER:g}, "
            f"summed over all pairs of Poisson counts. Where variance is {spread:.1f} times the mean, about "
            f"{spread:.1f} times as many are needed."
        ),
    }


def _went(found: Mapping[str, rates.Interval], name: str) -> str:
    return "rose" if found[f"of_{name}_late"].estimate > found[f"of_{name}_early"].estimate else "fell"


def methods() -> str:
    """What the intervals and p values rest on, in a sentence or two."""
    return (
        "Intervals at 95 %. Exact: rates by Garwood, shares by Clopper and Pearson, ratio conditional binomial. "
        "Not exact: dispersion by chi-square, deaths by a bootstrap. The JSON names each one's."
    )


def conclusions(record: Record) -> str:
    """What these counts can and can't support, in plain words."""
    found = {figure.key: figure.interval for figure in figures(record)}
    rate, ratio, road, dead = (found[key] for key in ("incidents", "ratio", "en_route", "fatal"))
    missed, years = 100 * (1 - found["power_for_50"].estimate), len(record.years)
    return (
        f"What these counts support: {rate.low:.1f} to {rate.high:.1f} incidents a year for what is on record, up to "
        f"{1 / COMPLETENESS:.1f} times as many if some go unreported; {100 * road.low:.0f} to {100 * road.high:.0f} % "
        f"of them en route, {100 * dead.low:.0f} to {100 * dead.high:.0f} % fatal to foreign nationals. What they "
        f"don't: a trend (second half over first: {ratio.low:.1f} to {ratio.high:.1f}), a tie to national violence or "
        "its absence, how many plots were foiled, or that any measure works. A policy that halves the rate would need "
        f"{math.ceil(found['years_for_50'].estimate)} years before it and as many after it to show with power "
        f"{POWER:g}; in {years} and {years} years it is missed {missed:.0f} % of the time. So a model can be held "
        "against these counts, not fitted to them, and that it agrees with them is weak evidence for it."
    )


# For printing.


def report(record: Record) -> dict[str, Any]:
    """The whole record and its figures, as plain numbers and words."""
    return {
        "years": list(record.years),
        "incidents": [incident._asdict() for incident in record.incidents],
        "core_by_year": dict(zip(record.years, record.yearly(), strict=True)),
        "figures": figure_table(record),
        "notes": notes(record),
        "tallies": tally_table(record),
        "national": [line._asdict() for line in record.national],
        "conclusions": conclusions(record),
    }


def figure_table(record: Record) -> Rows:
    """One line a figure."""
    return [
        {"group": figure.group, "key": figure.key, "name": figure.name}
        | {key: value for key, value in figure.interval.as_dict().items() if key != "confidence"}
        | {"note": figure.note}
        for figure in figures(record)
    ]


def tally_table(record: Record) -> Rows:
    """The tallies, with this list's own counts in the same months where it covers them."""
    return [tally._asdict() | _own_counts(record, tally) for tally in record.tallies]


def _own_counts(record: Record, tally: Tally) -> dict[str, int | None]:
    covered = all(int(month[:4]) in record.years for month in (tally.first, tally.last))
    own = [incident for incident in record.core if tally.first <= incident.month <= tally.last]
    counts = {"this_list_incidents": len(own), "this_list_foreign_killed": _deaths(own)}
    return {key: count if covered else None for key, count in counts.items()}


def incident_lines(record: Record) -> list[str]:
    """A line a year: attacks of all kinds, core incidents, foreign nationals killed, each one's month and type."""
    title = (
        f"Incidents on record, {record.years[0]} to {record.years[-1]}: month and type; in brackets foreign nationals "
        "killed; p: against a project, p?: judged so by us; PICSS, PIPS: all attacks in the country"
    )
    return [title, "year PICSS PIPS core killed which", *(_year_line(record, line) for line in record.national)]


WHICH = 28  # column in which the incidents of a year begin


def _year_line(record: Record, line: NationalYear) -> str:
    every = [incident for incident in record.incidents if incident.month.startswith(str(line.year))]
    core = [incident for incident in every if incident.core]
    others = ", ".join(_brief(incident) for incident in every if not incident.core)
    parts = [", ".join(map(_brief, core)), f"not core: {others}" if others else ""]
    pips = "" if line.pips is None else line.pips
    return f"{line.year} {line.picss:>5} {pips:>4} {len(core):>4} {_deaths(core):>6} {'; '.join(filter(None, parts))}"


def _brief(incident: Incident) -> str:
    killed = f" ({incident.foreign_deaths})" if incident.foreign_deaths else ""
    what = "dispute" if incident.cause == "dispute" else incident.type
    return f"{incident.month[5:]} {what}{ {'yes': ' p', 'judged': ' p?', 'no': ''}[incident.project] }{killed}"


def reading_table(record: Record, *, methods: bool) -> Rows:
    """The figures under their headings, with letters for their notes; a column for methods where there is room."""
    letters, table = _letters(record), []
    for group, members in groupby(figures(record), key=lambda figure: figure.group):
        lines = [_reading_line(figure, letters) for figure in members]
        table += [dict.fromkeys(lines[0], "") | {"quantity": group}, *lines]
    return table if methods else [{key: row[key] for key in row if key != "method"} for row in table]


def _reading_line(figure: Figure, letters: Mapping[str, str]) -> dict[str, str]:
    interval = figure.interval
    return {
        "quantity": f"  {figure.name}",
        "value": _digits(interval.estimate),
        "95 % interval": "" if math.isnan(interval.low) else f"{_digits(interval.low)} to {_digits(interval.high)}",
        "method": interval.method,
        "note": letters.get(figure.note, ""),
    }


def _letters(record: Record) -> dict[str, str]:
    """A letter for each note, in the order in which the table needs them."""
    used = dict.fromkeys(figure.note for figure in figures(record) if figure.note)
    return {key: chr(ord("a") + n) for n, key in enumerate(used)}


def reading_notes(record: Record) -> list[str]:
    """The notes with their letters."""
    texts = notes(record)
    return [f"{letter}  {texts[key]}" for key, letter in _letters(record).items()]


def _digits(value: float) -> str:
    """Three digits that count; whole numbers whole."""
    return f"{value:.0f}" if isinstance(value, int) else "" if math.isnan(value) else f"{value:#.3g}".rstrip(".")


def reading_tallies(record: Record) -> Rows:
    """The tallies in three columns."""
    return [
        {
            "who counts": f"{line['body']}\n{line['first']} to {line['last']}\npublished {line['published']}",
            "what": f"{line['counts']}: {_given(line)}" + f" ({line['note']})" * bool(line["note"]),
            "this list": _own_words(line),
        }
        for line in tally_table(record)
    ]


def _given(line: Mapping[str, Any]) -> str:
    """The numbers that a tally gives."""
    given = ", ".join(f"{line[key]} {words}" for key, words in TALLIED.items() if line[key] is not None)
    return f"at least {given}" if line["least"] else given


def _own_words(line: Mapping[str, Any]) -> str:
    if line["this_list_incidents"] is None:
        return "not covered"
    return f"{line['this_list_incidents']} incidents\n{line['this_list_foreign_killed']} killed"
