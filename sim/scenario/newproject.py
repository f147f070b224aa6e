"""Writing a project's file: from a few totals, or from a table with a row a site."""

from __future__ import annotations

import json
import string
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sim.errors import InputError
from sim.files import read_csv, write_whole
from sim.scenario.fields import leaves
from sim.scenario.load import as_read, checked, load_scenario
from sim.scenario.projectfile import MOST_SITES, PROJECT_FILE, ProjectSite

Entries = list[dict[str, Any]]
STANDS = {"name": "", "jurisdiction": "province", "hub": "hub"}  # the word before the number that stands for a name
TOTALS = {
    "foreign_staff": "--foreign-staff",
    "local_staff": "--local-staff",
    "cost_m_usd": "--cost",
    "hub_km": "--distance",
    "town_km": "--town",
    "trips_per_week": "--trips",
}  # the option of which each site has its share

HEAD = """# {name}: an own project, in counts and distances. Places are invented from them: no map, name or coordinate
# belongs here, and nothing in this file should tell a reader where the project is. `sitesec check {name}` checks it.
#
# What is yours is here. What is the country's is not: how many cells of attackers there are, how often they meet
# opportunities, how many private nationals live there. These are the shipped baseline's, tuned to a public record;
# your exposure only decides how much of that falls on you. `sitesec calibrate` weighs them by your own record.
name: {quoted}

# A line per site: foreign and local staff, capital cost (million USD), km by road to its hub (airport, port, station)
# and to the town of its people, round trips a week. Optional: people_a_trip (on average), kind (a word), jurisdiction
# and hub (names; sites that share them share police, or an airport), closures: true (roads are closed for convoys).
sites:
"""
TAIL = """
checkpoints_a_route: 2   # on the way between a site and its hub

jurisdictions: {{}}        # what sets one apart, by name: {{police_strength: 0.9, coast: true}}

country:
  foreign_staff: 3060    # on all projects of the country: yours bears its share of what the state's forces cost

# How things are with you today. Any key of a scenario may stand here (`sitesec levers --all` lists them); what doesn't
# is as in the shipped baseline.
today:
  policy:
    budget: {{share: {budget}}}     # % of capital cost; the project pays
    adherence:
      level: 0.6             # share of the protocol's items that are followed
      by_jurisdiction: {{}}    # by name: log odds by which it is kept better there, or worse (below 0)
  state:                     # the state pays
    special_police: {{teams: 2}}  # escort teams in each jurisdiction
    army_division: {{size: 15000}}
  exposure:
    private_nationals: 6000  # foreign nationals outside projects, in all of the country
"""


def from_totals(
    sites: int, foreign_staff: int, local_staff: int, trips: float, distance: float, cost: float, town: float
) -> Entries:
    """Sites alike, as far as whole people allow.

    Parameters
    ----------
    sites : int
    foreign_staff, local_staff : int
        Of all sites.
    trips : float
        Round trips a week, of all sites.
    distance, town : float
        Km from a site to its hub and to its town.
    cost : float
        Million USD, of all sites.
    """
    if not 1 <= sites <= MOST_SITES:
        raise InputError(f"--sites: read {sites}, allowed 1 to {MOST_SITES}")
    foreign, local = _shared(foreign_staff, sites), _shared(local_staff, sites)
    movements = _shared(int(trips), sites) if float(trips).is_integer() and trips >= sites else [trips / sites] * sites
    entries = [
        {
            "name": letters(k),
            "foreign_staff": foreign[k],
            "local_staff": local[k],
            "cost_m_usd": round(cost / sites, 3),
            "hub_km": distance,
            "town_km": town,
            "trips_per_week": movements[k],
        }
        for k in range(sites)
    ]
    _check(entries[-1])  # no other one's share is less
    _check(entries[0])
    return entries


def _check(entry: Mapping[str, Any]) -> None:
    """Refuse totals that no site can have its share of."""
    bounds = {row.path: (row.low, row.high, row.unit) for row in leaves(ProjectSite)}
    for key, option in TOTALS.items():
        low, high, unit = bounds[key]
        if low is not None and high is not None and not low <= entry[key] <= high:
            raise InputError(f"{option}: read {entry[key]:g} for a site, allowed {low:g} to {high:g} ({unit})")


def _shared(total: int, parts: int) -> list[int]:
    """Whole numbers that differ by one at most."""
    return [total // parts + (k < total % parts) for k in range(parts)]


def letters(number: int) -> str:
    """A to Z, then AA, AB ...: what stands for a name."""
    word = ""
    while number >= 0:
        word = string.ascii_uppercase[number % 26] + word
        number = number // 26 - 1
    return word


def from_table(path: Path, keep_names: bool) -> Entries:
    """Sites from a CSV with a row each; its columns are the keys of a site, in any order.

    Raises
    ------
    InputError
        If a column isn't one of a site's, is missing, or a cell isn't what it should be.
    """
    lines = read_csv(path)
    _, header = next(lines, (1, []))
    entries = [_entry(path, number, header, line) for number, line in lines]
    if not entries:
        raise InputError(f"{path}: read no site below a header, allowed 1 to {MOST_SITES}")
    return entries if keep_names else renamed(entries)


def _entry(path: Path, number: int, header: list[str], line: list[str]) -> dict[str, Any]:
    """A site's row, checked; an empty cell is as good as none."""
    if len(line) != len(header):
        raise InputError(f"{path}:{number}: read {len(line)} cells, allowed {len(header)}, as in the header")
    texts = {row.path for row in leaves(ProjectSite) if row.type == "text"}
    cells = {name: cell for name, cell in zip(header, line, strict=True) if cell}
    entry = {name: cell if name in texts else as_read(cell) for name, cell in cells.items()}
    return checked(ProjectSite, entry, str(path), number).model_dump(exclude_unset=True)


def renamed(entries: Entries) -> Entries:
    """Names replaced, in the order in which they come: sites by letters, jurisdictions and hubs by numbers."""
    seen: dict[str, dict[str, str]] = {key: {} for key in STANDS}
    for entry in entries:
        for key in STANDS.keys() & entry.keys():
            number = len(seen[key])
            seen[key].setdefault(entry[key], f"{STANDS[key]} {number + 1}" if STANDS[key] else letters(number))
    return [entry | {key: seen[key][entry[key]] for key in STANDS if key in entry} for entry in entries]


def write_project(folder: Path, entries: Iterable[Mapping[str, Any]], budget: float) -> Path:
    """Write a folder with a project's file, once all of it is known to be sound.

    Raises
    ------
    InputError
        If the folder is there, or the file would not be sound.
    """
    if folder.exists():
        raise InputError(f"{folder}: is there already, allowed a folder that isn't")
    lines = (f"  - {_flow(entry)}\n" for entry in entries)
    head = HEAD.format(name=folder.name, quoted=_scalar(folder.name))
    text = head + "".join(lines) + TAIL.format(budget=_scalar(budget))
    file = folder / PROJECT_FILE
    folder.mkdir(parents=True)
    try:
        write_whole(file, text)
        load_scenario(str(file))
    except BaseException:
        file.unlink(missing_ok=True)
        folder.rmdir()
        raise
    return file


def _flow(entry: Mapping[str, Any]) -> str:
    """An entry of a list on one line; text in quotes where it might read as something else."""
    return "{" + ", ".join(f"{key}: {_scalar(value)}" for key, value in entry.items()) + "}"


def _scalar(value: Any) -> str:
    if isinstance(value, str) and value.isalpha() and as_read(value) == value:
        return value
    whole = isinstance(value, float) and value.is_integer()
    return json.dumps(int(value) if whole else value)
