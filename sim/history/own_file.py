"""A project's own record in files, a line an incident: reading it, and in what years it was observed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Annotated, NamedTuple

from sim.errors import InputError
from sim.history.cells import MONTH, Count, Month, Text, numbered, one_of, value
from sim.history.own import MOST_INCIDENTS, Counts, Own
from sim.outcome import CLASSES
from sim.runs.totals import PROJECT
from sim.scenario.schema import fields

MOST_AT_SITE = 10_000  # foreign nationals at one site
_PRESENT = {"convoy": "passengers_max", "outing": "outing_present", "private": "private_present"}
MONTHS = 12  # of a year


class OwnIncident(NamedTuple):
    """A line of a project's incidents.csv; deaths are those of foreign nationals."""

    month: Month
    class_: Annotated[str, one_of(*CLASSES)]
    target: Text
    deaths: Count

    @property
    def year(self) -> int:
        """Of the month."""
        return int(self.month[:4])


class _File(NamedTuple):
    """A file with its incidents, each under the number of its line."""

    path: Path
    lines: dict[int, OwnIncident]

    @property
    def years(self) -> tuple[int, int]:
        """The first and the last with an incident."""
        found = [incident.year for incident in self.lines.values()]
        return min(found), max(found)


def read_own(paths: Sequence[Path], since: str | None = None, until: str | None = None) -> Own:
    """A project's record from one file or several, each with years of its own.

    Parameters
    ----------
    paths : sequence of Path
        Files with the columns month, class, target, deaths; as spreadsheets save them, too. What bytes that aren't
        UTF-8 mean is of no weight: only names of targets can hold them, and these are counted and no more.
    since, until : str, optional
        First and last month observed, such as 2023-01. Without them the calendar years from the first incident of each
        file to its last are taken, and the record says that they are assumed.

    Raises
    ------
    InputError
        In one sentence: file, line, column, what was read and what is allowed.
    """
    period = _period(since, until)
    files = [_File(path, numbered(path, OwnIncident, spreadsheet=True)) for path in paths]
    for file in files:
        _check_incidents(file, period)
    _check_years(files)
    incidents = [incident for file in files for incident in file.lines.values()]
    if len(incidents) > MOST_INCIDENTS:
        raise InputError(f"{paths[-1]}: read {len(incidents):,} incidents in all, allowed 0 to {MOST_INCIDENTS:,}")
    counts = _counts(incidents)
    years = sum(last - first + 1 for first, last in (file.years for file in files)) if period is None else period.years
    return Own(sum(getattr(counts, name) for name in PROJECT), float(years), counts, assumed=period is None)


class _Period(NamedTuple):
    """Months, both included."""

    since: str
    until: str

    @property
    def years(self) -> float:
        first, last = (MONTHS * int(month[:4]) + int(month[5:]) for month in self)
        return (last - first + 1) / MONTHS


def _period(since: str | None, until: str | None) -> _Period | None:
    if since is None and until is None:
        return None
    if since is None or until is None:
        raise InputError("--since and --until: read one of them, allowed both or neither")
    period = _Period(value("--since", MONTH, since), value("--until", MONTH, until))
    if period.since > period.until:
        raise InputError(f"--until: read {until!r}, allowed {since} or later")
    return period


def _check_incidents(file: _File, period: _Period | None) -> None:
    if period is None and not file.lines:
        raise InputError(f"{file.path}: read no incident, allowed with --since and --until: how long there was none")
    for number, incident in file.lines.items():
        place = f"{file.path}:{number}"
        if period is not None and not period.since <= incident.month <= period.until:
            allowed = f"{period.since} to {period.until}, as --since and --until have it"
            raise InputError(f"{place}: month: read {incident.month!r}, allowed {allowed}")
        most = most_present()[incident.class_]
        if incident.deaths > most:
            allowed = f"0 to {most:,}, the most people present in the class {incident.class_}"
            raise InputError(f"{place}: deaths: read {incident.deaths}, allowed {allowed}")


@cache
def most_present() -> dict[str, int]:
    """How many people can be present in an incident of each class, by the schema's bounds."""
    high = {row.path: row.high for row in fields()}
    return {"site": MOST_AT_SITE} | {name: int(high[f"exposure.{path}"] or 0) for name, path in _PRESENT.items()}


def _check_years(files: Sequence[_File]) -> None:
    """Refuse years that two files have: an incident might stand in both."""
    for one, other in combinations([file for file in files if file.lines], 2):
        (a, b), (first, last) = one.years, other.years
        if first <= b and a <= last:
            read = f"read incidents of {_span(first, last)}, allowed years other than {_span(a, b)}"
            raise InputError(f"{other.path}: month: {read}, which {one.path} has")


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first} to {last}"


def _counts(incidents: Sequence[OwnIncident]) -> Counts:
    own = [incident for incident in incidents if incident.class_ in PROJECT]
    return Counts(
        **{name: sum(incident.class_ == name for incident in incidents) for name in CLASSES},
        fatal=sum(incident.deaths > 0 for incident in own),
        deaths=sum(incident.deaths for incident in own),
        targets=len({incident.target for incident in own} - {""}),
    )
