"""A stand-in world for an own project: its distances and counts as given, every place invented.

Each jurisdiction is a stripe from west to east with a trunk road along it and a side road on either hand; rungs join
the three. A hub lies on a trunk, a main road leads from it through all stripes, and sites stand off the trunks on
spurs, the near ones to the west, the far ones to the east. All roads run along rows and columns, so that no road
between two places is shorter than their columns and rows apart, and each site has a way to its hub and to its town that
is as short. So lengths are right whatever else is laid, within the rounding to whole cells.

Attackers hide on tracks that lead away from the outer roads, as far along them that distance leaves as much of the
appeal of what the project exposes as it does on the corridor, on average: where they really are nobody knows, and the
place that is invented for them should not make a project safer or less safe than another.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.world.grid import Grid
from sim.world.roads import RoadNetwork

CELL_KM = 2.0
PITCH_SHARE, LEAST_PITCH, MOST_PITCH = 0.55, 2, 40  # of a stripe, to the median way to the hub: cells
UP, DOWN = 0.3, 0.4  # of the pitch: how far the side roads lie from the trunk
SPUR_SHARE, RUNG_SHARE, LEAST_RUNG = 0.15, 0.3, 3  # of the way to the hub
MARGIN = 2
TRACKS, LONGEST_TRACK = 3, 60  # to each hand; cells
HUB_PEOPLE = 4.0  # private nationals of a hub's town, of another town 1; assumed
# Of what a project exposes, on the corridor: mean of exp((d0 - d) / D) over its lines, sites and outings, at the
# defaults (tests/world/test_standin.py measures it).
APPEAL_LEFT, REFERENCE_KM, SCALE_KM = 0.91, 75.0, 60.0

Tree = dict[str, Any]
Cell = tuple[int, int]


@dataclass(frozen=True)
class Site:
    """What a layout needs to know of a site.

    Attributes
    ----------
    name, jurisdiction, hub : str
    hub_km, town_km : float
        By road.
    """

    name: str
    jurisdiction: str
    hub: str
    hub_km: float
    town_km: float

    @property
    def way(self) -> int:
        """Cells to its hub."""
        return max(1, round(self.hub_km / CELL_KM))

    @property
    def town_way(self) -> int:
        """Cells to its town."""
        return round(self.town_km / CELL_KM)


@dataclass
class Placed:
    """A site on its arm, seen from its hub: columns outward (to the east where `east`), rows down from its trunk."""

    site: Site
    east: bool
    foot: int
    spur: int

    @property
    def sign(self) -> int:
        """Of columns outward."""
        return 1 if self.east else -1


class TooNear(ValueError):
    """A site is nearer to its hub than the stripes between them are wide."""

    def __init__(self, site: Site, least: int) -> None:
        km = least * CELL_KM
        super().__init__(
            f"read {site.hub_km:g} km for {site.name}, whose hub lies {site.hub!r} in another jurisdiction, allowed "
            f"{km:g} and more there; or give it a hub of its own"
        )


def stand_in(sites: Sequence[Site], checkpoints: int) -> Tree:
    """Lay a project out.

    Parameters
    ----------
    sites : sequence of Site
        One or more, with names of their own.
    checkpoints : int
        On the habitual way from each site to its hub; fewer where that has fewer cells.

    Returns
    -------
    dict
        Of a world file: grid, jurisdictions' areas, roads, routes, hubs, towns, bases, checkpoints, hideouts, groups;
        and under `sites` name -> cell and town.

    Raises
    ------
    TooNear
        If a site is too near to a hub in another jurisdiction.
    """
    return _Layout(sites, checkpoints).tree()


class _Layout:
    """Places in cells whose origin is the first hub's trunk; `tree` moves them onto a grid."""

    def __init__(self, sites: Sequence[Site], checkpoints: int) -> None:
        self.sites, self.posts_wanted = sites, checkpoints
        self.hubs = list(dict.fromkeys(site.hub for site in sites))
        self.home = {hub: next(site.jurisdiction for site in sites if site.hub == hub) for hub in self.hubs}
        self.stripes = self._ordered()
        self.usual = int(np.median([site.way for site in sites]))
        self.pitch = self._pitch()
        self.up, self.down = (max(1, round(share * self.pitch)) for share in (UP, DOWN))
        self.row = {name: k * self.pitch for k, name in enumerate(self.stripes)}
        self.placed = {hub: self._arms(hub) for hub in self.hubs}
        self.column = self._columns()
        self.towns: dict[Cell, str] = {}
        self.roads: list[tuple[str, list[Cell]]] = []

    # Where things lie.

    def _ordered(self) -> list[str]:
        """Jurisdictions from north to south: those of hubs in the middle, the others outward in turn."""
        hubs = list(dict.fromkeys(self.home.values()))
        others = [name for name in dict.fromkeys(site.jurisdiction for site in self.sites) if name not in hubs]
        others.sort(key=lambda name: min(site.way for site in self.sites if site.jurisdiction == name))
        return [*others[1::2][::-1], *hubs, *others[::2]]

    def _pitch(self) -> int:
        """Rows of a stripe: wide enough for side roads that make a way a third longer, where hubs leave so much room."""
        pitch = int(min(MOST_PITCH, max(4, round(PITCH_SHARE * self.usual))))
        at = {name: k for k, name in enumerate(self.stripes)}
        for site in self.sites:
            apart = abs(at[site.jurisdiction] - at[self.home[site.hub]])
            if apart and (site.way - 1) // apart < LEAST_PITCH:
                raise TooNear(site, LEAST_PITCH * apart + 1)
            pitch = min(pitch, (site.way - 1) // apart) if apart else pitch
        return pitch

    def _arms(self, hub: str) -> list[Placed]:
        """Sites of a hub on its arms, two in each stripe."""
        found = []
        for stripe in self.stripes:
            here = [site for site in self.sites if site.hub == hub and site.jurisdiction == stripe]
            here.sort(key=lambda site: (site.way, self.sites.index(site)))
            found += self._spread(here, abs(self.row[stripe] - self.row[self.home[hub]]))
        return found

    def _spread(self, here: Sequence[Site], apart: int) -> list[Placed]:
        """Near sites to the west, far ones to the east; each off the trunk on a spur, on a cell of its own if it can."""
        taken: set[tuple[bool, int, int]] = set()
        found = []
        for number, site in enumerate(here):
            east, left = number >= len(here) // 2, site.way - apart
            spur = next((s for s in self._spurs(left) if (east, left - abs(s), s) not in taken), 0)
            taken.add((east, left - abs(spur), spur))
            found.append(Placed(site, east, left - abs(spur), spur))
        return found

    def _spurs(self, left: int) -> Iterable[int]:
        """Lengths of a spur, upward below 0, the best first: a column is left of the way at least."""
        best = max(1, min(min(self.up, self.down) - 1, round(SPUR_SHARE * left)))
        lengths = sorted(range(1, left), key=lambda s: (abs(s - best), s))
        yield from (s for length in lengths for s in (-length, length) if self._inside(s))
        yield 0

    def _inside(self, spur: int) -> bool:
        """Whether the end of a spur lies in its stripe."""
        north = self.pitch // 2
        return len(self.stripes) == 1 or -north <= spur < self.pitch - north

    def _columns(self) -> dict[str, int]:
        """Hubs from west to east, so far apart that their arms don't meet."""
        column, at, east = {}, 0, 0
        for hub in self.hubs:
            reach = {side: self._reach(hub, side) for side in (False, True)}
            at += east + reach[False] + MARGIN if column else 0
            column[hub], east = at, reach[True]
        return column

    def _reach(self, hub: str, east: bool) -> int:
        """Columns that a hub's arms take to one side: sites, their towns, and a rung beyond."""
        ends = [p.foot + max(0, p.site.town_way - abs(p.spur)) for p in self.placed[hub] if p.east == east]
        return max(ends, default=0) + self._rung()

    def _rung(self) -> int:
        return max(LEAST_RUNG, round(RUNG_SHARE * self.usual))

    # What is built there.

    def tree(self) -> Tree:
        """All of it as a world file has it."""
        hubs = {hub: (self.column[hub], self.row[self.home[hub]]) for hub in self.hubs}
        cells = {p.site.name: self._cell(p) for hub in self.hubs for p in self.placed[hub]}
        town_of = self._towns(hubs)
        self._lay_roads()
        posts = self._posts()
        tracks = self._tracks(hubs, cells, town_of)
        bases = list(self._bases())
        places = [cell for _, points in self.roads for cell in points]
        left, top = (MARGIN - min(cell[axis] for cell in places) for axis in (0, 1))
        width, height = (
            max(cell[axis] for cell in places) + shift + MARGIN + 1 for axis, shift in ((0, left), (1, top))
        )

        def moved(cell: Cell) -> list[int]:
            return [cell[0] + left, cell[1] + top]

        def named(names: dict[str, Cell]) -> list[Tree]:
            return [{"name": name, "cell": moved(cell)} for name, cell in names.items()]

        return {
            "grid": {"width": width, "height": height, "cell_km": CELL_KM},
            "jurisdictions": self._areas(width, height, top),
            "roads": [{"name": name, "points": [moved(cell) for cell in points]} for name, points in self.roads],
            "hubs": named(hubs),
            "towns": self._people(moved, set(hubs.values())),
            "sites": {
                name: {"cell": moved(cell), "town": self.towns[town_of[name]]} for name, cell in cells.items()
            },
            "bases": [{"name": name, "cell": moved(cell), "jurisdiction": stripe} for name, cell, stripe in bases],
            "checkpoints": named({f"post {k + 1}": cell for k, cell in enumerate(posts)}),
            "hideouts": named(tracks),
            "groups": _groups(list(tracks), self.stripes),
        }

    def _cell(self, placed: Placed) -> Cell:
        column, row = self._foot(placed)
        return column, row + placed.spur

    def _foot(self, placed: Placed) -> Cell:
        """Where a site's spur leaves the trunk."""
        return self.column[placed.site.hub] + placed.sign * placed.foot, self.row[placed.site.jurisdiction]

    def _towns(self, hubs: dict[str, Cell]) -> dict[str, Cell]:
        """Each site's town: its hub's where that is as far, on its spur, or farther out along the trunk; names in turn."""
        self.towns = {cell: f"town at {hub}" for hub, cell in hubs.items()}
        found = {}
        for hub in self.hubs:
            for placed in self.placed[hub]:
                cell = self._town(placed, hubs[hub])
                self.towns.setdefault(cell, f"town of {placed.site.name}")
                found[placed.site.name] = cell
        return found

    def _town(self, placed: Placed, hub: Cell) -> Cell:
        (column, row), left = self._foot(placed), placed.site.town_way - abs(placed.spur)
        if placed.site.town_way == placed.site.way:
            return hub
        if left >= 0:
            return column + placed.sign * left, row
        return column, row - int(math.copysign(left, placed.spur))

    def _lay_roads(self) -> None:
        """Trunks with side roads and rungs, a main road through each hub, spurs."""
        west = min(self.column[hub] - self._reach(hub, False) for hub in self.hubs)
        east = max(self.column[hub] + self._reach(hub, True) for hub in self.hubs)
        for name, row in self.row.items():
            for side, at in (("trunk", row), ("north side", row - self.up), ("south side", row + self.down)):
                self.roads.append((f"{side} road of {name}", [(west, at), (east, at)]))
            for column in self._rungs(west, east):
                ends = [(column, row - self.up), (column, row + self.down)]
                self.roads.append((f"rung {column - west + 1} of {name}", ends))
        for hub in self.hubs:
            ends = [(self.column[hub], min(self.row.values())), (self.column[hub], max(self.row.values()))]
            if len(self.row) > 1:
                self.roads.append((f"main road of {hub}", ends))
            for placed in self.placed[hub]:
                if placed.spur:
                    self.roads.append((f"spur of {placed.site.name}", [self._foot(placed), self._cell(placed)]))

    def _rungs(self, west: int, east: int) -> list[int]:
        """Columns of rungs: beside each hub, from there at even distances outward, and at both ends."""
        found = {west, east}
        for hub in self.hubs:
            for sign in (-1, 1):
                reach = self._reach(hub, sign > 0)
                found |= {self.column[hub] + sign * (1 + step) for step in range(0, reach, self._rung())}
        return sorted(column for column in found if west <= column <= east)

    def _posts(self) -> list[Cell]:
        """Checkpoints on each arm: evenly before its first site; where that is too near, the rest behind it."""
        found: dict[Cell, None] = {}
        for hub in self.hubs:
            for stripe in self.stripes:
                for east in (False, True):
                    arm = [p for p in self.placed[hub] if p.east == east and p.site.jurisdiction == stripe]
                    found |= dict.fromkeys(self._posts_of(arm))
        return list(found)

    def _posts_of(self, arm: Sequence[Placed]) -> list[Cell]:
        posts: list[Cell] = []
        before = 0
        for placed in sorted(arm, key=lambda p: p.foot):
            (foot, row), sign = self._foot(placed), placed.sign
            between = ((foot - sign * (placed.foot - column), row) for column in range(before + 1, placed.foot))
            posts += _evenly([cell for cell in between if cell not in self.towns], self.posts_wanted - len(posts))
            before = placed.foot
        return posts

    def _bases(self) -> Iterable[tuple[str, Cell, str]]:
        """Two barracks in each jurisdiction: beside its first hub, and halfway out on its longer arm."""
        for stripe, row in self.row.items():
            here = [p for hub in self.hubs for p in self.placed[hub] if p.site.jurisdiction == stripe]
            far = max(here, key=lambda p: p.foot)
            start = self.column[here[0].site.hub]
            yield f"barracks 1 of {stripe}", (start, row), stripe
            halfway = self.column[far.site.hub] + far.sign * max(1, far.foot // 2)
            yield f"barracks 2 of {stripe}", (halfway, row), stripe

    def _people(self, moved: Any, hubs: set[Cell]) -> list[Tree]:
        """Towns with their shares of the private nationals."""
        weights = {cell: HUB_PEOPLE if cell in hubs else 1.0 for cell in self.towns}
        total = sum(weights.values())
        return [
            {"name": name, "cell": moved(cell), "private_share": weights[cell] / total}
            for cell, name in self.towns.items()
        ]

    def _areas(self, width: int, height: int, top: int) -> list[Tree]:
        """Stripes, the outer ones to the edge of the grid."""
        edges = [0, *(self.row[name] + top - self.pitch // 2 for name in self.stripes[1:]), height]
        return [
            {"name": name, "area": [[0, a], [width, a], [width, b], [0, b]]}
            for name, a, b in zip(self.stripes, edges[:-1], edges[1:], strict=True)
        ]

    # Where attackers hide.

    def _tracks(self, hubs: dict[str, Cell], cells: dict[str, Cell], town_of: dict[str, Cell]) -> dict[str, Cell]:
        """Hideouts at the ends of tracks to the north and to the south, each with the track that leads there."""
        north, south = min(self.row.values()) - self.up, max(self.row.values()) + self.down
        columns = [cell[0] for _, points in self.roads for cell in points]
        west, width = min(columns), max(columns) - min(columns)
        feet = [west + round(width * (2 * k + 1) / (2 * TRACKS)) for k in range(TRACKS)]
        found = {}
        distances = self._distances([(foot, row) for row in (north, south) for foot in feet], hubs, cells, town_of)
        for number, (foot, row, steps) in enumerate(
            (foot, row, next(distances)) for row in (north, south) for foot in feet
        ):
            length = _track(steps)
            end = (foot, row - length if row == north else row + length)
            self.roads.append((f"track {number + 1}", [(foot, row), end]))
            found[f"hideout {number + 1}"] = end
        return found

    def _distances(
        self, feet: Sequence[Cell], hubs: dict[str, Cell], cells: dict[str, Cell], town_of: dict[str, Cell]
    ) -> Iterable[np.ndarray]:
        """Cells by road from the foot of each track to what the project exposes: ways to hubs, sites, towns, in turn."""
        places = [cell for _, points in self.roads for cell in points]
        left, top = (-min(cell[axis] for cell in places) for axis in (0, 1))
        width, height = (max(cell[axis] for cell in places) + shift + 1 for axis, shift in ((0, left), (1, top)))
        grid = Grid(width, height, CELL_KM)
        net = RoadNetwork(grid, [[(x + left, y + top) for x, y in points] for _, points in self.roads])

        def node(cell: Cell) -> int:
            return net.node(grid.cell(cell[0] + left, cell[1] + top))

        ways = [[node(cell) for cell in self._way(p, hubs[hub])] for hub in self.hubs for p in self.placed[hub]]
        stands = [node(cell) for cell in (*cells.values(), *(town_of[name] for name in cells))]
        for steps in net.reach([grid.cell(x + left, y + top) for x, y in feet])[0]:
            yield np.array([*(steps[way].min() for way in ways), *steps[stands]], dtype=np.float64)

    def _way(self, placed: Placed, hub: Cell) -> list[Cell]:
        """Cells of a site's habitual way: main road, trunk, spur."""
        (column, row), sign = self._foot(placed), placed.sign
        down, up = (1 if row > hub[1] else -1), (1 if placed.spur > 0 else -1)
        main = [(hub[0], y) for y in range(hub[1], row, down)]
        trunk = [(x, row) for x in range(hub[0], column, sign)]
        return [*main, *trunk, *((column, y) for y in range(row, row + placed.spur + up, up))]


def _evenly(free: Sequence[Cell], count: int) -> list[Cell]:
    """So many of some cells, or all, evenly spread."""
    count = min(count, len(free))
    return [free[(2 * k + 1) * len(free) // (2 * count)] for k in range(count)]


def _track(steps: np.ndarray) -> int:
    """Length of a track, a cell or more, at which distance leaves as much as on the corridor: mean exp((d0 - d) / D)."""
    left = float(np.exp((REFERENCE_KM - steps * CELL_KM) / SCALE_KM).mean())
    return int(min(LONGEST_TRACK, max(1, round(SCALE_KM * math.log(left / APPEAL_LEFT) / CELL_KM))))


def _groups(hideouts: list[str], stripes: Sequence[str]) -> list[Tree]:
    """The corridor's two groups, at home in the north and in the south, everywhere alike."""
    weights = {"convoy": 1.0, "site": 1.0, "outing": 1.0, "private": 1.0}
    half = len(hideouts) // 2
    return [
        {"name": name, "hideouts": own, "weights": weights | {more: 1.15}, "regions": dict.fromkeys(stripes, 1.0)}
        for name, own, more in (("group-1", hideouts[:half], "site"), ("group-2", hideouts[half:], "convoy"))
    ]
