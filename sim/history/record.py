"""The public record of incidents: what stands in its files, and reading them.

The three files stand in scenarios/record, with their README: core incidents, the tallies of others that conflict with
them, and yearly attacks of all kinds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, NamedTuple

from sim.errors import InputError
from sim.history.cells import Cell, Count, Month, Text, in_a_row, lines_of, one_of
from sim.scenario.load import FOLDERS, find_file

INSTITUTES = ("picss", "pips")  # their columns of national.csv


def _optional(text: str) -> int | None:
    return int(text) if text else None


_Year = Annotated[int, Cell(r"20[0-9]{2}", "a year such as 2024", int)]
_Published = Annotated[str, Cell(r"20[0-9]{2}(-(0[1-9]|1[0-2]))?", "a year or a month such as 2024-03")]
_CountOrNone = Annotated[int | None, Cell(r"[0-9]{0,7}", "a whole number or nothing", _optional)]
_Attacks = Annotated[int, Cell(r"[1-9][0-9]{0,6}", "a whole number above 0", int)]
_AttacksOrNone = Annotated[int | None, Cell(r"([1-9][0-9]{0,6})?", "a whole number above 0 or nothing", _optional)]
_YesNo = Annotated[bool, Cell("yes|no", "yes or no", "yes".__eq__)]
_Words = Annotated[str, Cell(r".*\S.*", "text that isn't empty")]
_HOW = ("stated", "derived", "approximate")
_OUTCOMES = ("completed", "failed", "partly stopped", "repelled", "repelled late", "foiled before execution")


class Incident(NamedTuple):
    """A line of incidents.csv, without a place."""

    month: Month
    type: Annotated[str, one_of("vehicle", "site", "plot", "other")]
    foreign_deaths: Count
    outcome: Annotated[str, one_of(*_OUTCOMES)]
    core: _YesNo
    project: Annotated[str, one_of("yes", "judged", "no")]
    cause: Annotated[str, one_of("attack", "dispute")]
    note: _Words
    sources: _Words


class Tally(NamedTuple):
    """A line of tallies.csv: what somebody else has counted; None where that isn't given."""

    body: _Words
    published: _Published
    first: Month
    last: Month
    least: _YesNo
    attacks: _CountOrNone
    killed: _CountOrNone
    hurt: _CountOrNone
    foreign_killed: _CountOrNone
    foreign_hurt: _CountOrNone
    security_killed: _CountOrNone
    locals_killed: _CountOrNone
    locals_hurt: _CountOrNone
    attackers_killed: _CountOrNone
    counts: _Words
    note: Text
    sources: _Words


class NationalYear(NamedTuple):
    """A line of national.csv: attacks of all kinds by two institutes."""

    year: _Year
    picss: _Attacks
    picss_how: Annotated[str, one_of(*_HOW)]
    pips: _AttacksOrNone
    pips_how: Annotated[str, one_of(*_HOW, "")]
    note: Text


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
    def halves(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The first years and the last ones."""
        middle = len(self.years) // 2
        return self.years[:middle], self.years[middle:]

    @property
    def counted_years(self) -> tuple[int, ...]:
        """Years that both institutes have counted."""
        return tuple(line.year for line in self.national if line.pips is not None)

    @property
    def core(self) -> tuple[Incident, ...]:
        """Foreign nationals or their staffed premises hit or attempted, and carried out."""
        return tuple(incident for incident in self.incidents if incident.core)

    @property
    def en_route(self) -> tuple[Incident, ...]:
        """Core incidents en route."""
        return tuple(incident for incident in self.core if incident.type == "vehicle")

    @property
    def fatal(self) -> tuple[Incident, ...]:
        """Core incidents in which a foreign national died."""
        return tuple(incident for incident in self.core if incident.foreign_deaths)

    @property
    def without_dispute(self) -> tuple[Incident, ...]:
        """Core incidents that were attacks, and no guard's quarrel."""
        return tuple(incident for incident in self.core if incident.cause == "attack")

    def against_projects(self, how: Sequence[str] = ("yes", "judged")) -> tuple[Incident, ...]:
        """Core incidents that hit project staff or sites, by what the sources say or by judgement."""
        return tuple(incident for incident in self.core if incident.project in how)

    def yearly(self, years: Sequence[int] = ()) -> tuple[int, ...]:
        """Core incidents of each year, of all years unless some are named."""
        found = Counter(int(incident.month[:4]) for incident in self.core)
        return tuple(found[year] for year in years or self.years)

    def attacks(self, institute: str, years: Sequence[int]) -> tuple[int, ...]:
        """Attacks of all kinds in these years, by one institute."""
        return tuple(getattr(line, institute) for line in self.national if line.year in years)


def deaths(incidents: Iterable[Incident]) -> int:
    """Foreign nationals killed in these incidents."""
    return sum(incident.foreign_deaths for incident in incidents)


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
    InputError
        In one sentence: file, line, column, what was read and what is allowed.
    """
    incidents, tallies, national = (_path(name, folder) for name in ("incidents", "tallies", "national"))
    record = Record(lines_of(incidents, Incident), lines_of(tallies, Tally), lines_of(national, NationalYear))
    _check_years(record, national)
    _check_incidents(record, incidents)
    _check_tallies(record, tallies)
    return record


def _check_years(record: Record, path: Path) -> None:
    if len(record.years) < 2 or any(b - a != 1 for a, b in pairwise(record.years)):
        raise InputError(f"{path}: year: read {in_a_row(record.years)}, allowed two or more, one after another")
    if not all(set(half) & set(record.counted_years) for half in record.halves):
        raise InputError(f"{path}: pips: read too few counts, allowed one or more in each half of the years")


def _check_incidents(record: Record, path: Path) -> None:
    for line, incident in enumerate(record.incidents, 2):
        if int(incident.month[:4]) not in record.years:
            span = f"{record.years[0]} to {record.years[-1]}, the years of national.csv"
            raise InputError(f"{path}:{line}: month: read {incident.month!r}, allowed {span}")
    if not record.core:
        raise InputError(f"{path}: core: read no yes, allowed one or more")


def _check_tallies(record: Record, path: Path) -> None:
    for line, tally in enumerate(record.tallies, 2):
        if tally.first > tally.last:
            raise InputError(f"{path}:{line}: last: read {tally.last!r}, allowed {tally.first} or later")


def _path(name: str, folder: Path | None) -> Path:
    """A file of the record; one that comes with the package is never taken from the working folder."""
    if folder is not None:
        return folder / f"{name}.csv"
    found = find_file(f"record/{name}.csv", FOLDERS[0])
    if found is None:
        raise InputError(f"scenarios/record/{name}.csv: is missing, allowed only with the package's files whole")
    return found
