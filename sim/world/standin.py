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
from collections.abc import Iterable, Mapping, Sequence
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
APPEAL_LEFT, REFERENCE_KM, SCALE_KM = 0.89, 75.0, 60.0

Tree = dict[str, Any]
Cell = tuple[int, int]
Band = tuple[str, str]  # a jurisdiction, and a hub of its sites


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
            f"read {site.hub_km:g} km for {site.name}, whose hub lies in another jurisdiction, allowed "
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
    """Places in cells seen from the main road and the first band's trunk; `tree` moves them onto a grid."""

    def __init__(self, sites: Sequence[Site], checkpoints: int) -> None:
        self.sites, self.posts_wanted = sites, checkpoints
        self.home = {site.hub: site.jurisdiction for site in reversed(sites)}
        self.stripes = self._ordered()
        self.bands = self._in_bands()
        self.usual = int(np.median([site.way for site in sites]))
        self.pitch = self._pitch()
        self.up, self.down = (max(1, round(share * self.pitch)) for share in (UP, DOWN))
        self.rung = max(LEAST_RUNG, round(RUNG_SHARE * self.usual))
        self.row = {band: k * self.pitch for k, band in enumerate(self.bands)}
        self.placed = {band: self._arms(band) for band in self.bands}
        self.hubs = {hub: (self._column(hub), self.row[stripe, hub]) for hub, stripe in self.home.items()}
        self.west, self.east = self._reach(-1), self._reach(1)
        self.towns = {cell: f"town at {hub}" for hub, cell in self.hubs.items()}
        self.town_of = {p.site.name: self._town(p) for p in self.every()}
        self.roads: list[tuple[str, list[Cell]]] = []

    # Where things lie.

    def _ordered(self) -> list[str]:
        """Jurisdictions from north to south: those of hubs in the middle, the others outward in turn."""
        hubs = list(dict.fromkeys(self.home[site.hub] for site in self.sites))
        others = [name for name in dict.fromkeys(site.jurisdiction for site in self.sites) if name not in hubs]
        others.sort(key=lambda name: min(site.way for site in self.sites if site.jurisdiction == name))
        return [*others[1::2][::-1], *hubs, *others[::2]]

    def _in_bands(self) -> list[Band]:
        """A band per hub of a stripe's sites; those of hubs in other stripes lie on that side."""
        found: list[Band] = []
        for at, stripe in enumerate(self.stripes):
            hubs = list(dict.fromkeys(site.hub for site in self.sites if site.jurisdiction == stripe))
            above = [hub for hub in hubs if self.stripes.index(self.home[hub]) < at]
            own = [hub for hub in hubs if self.home[hub] == stripe]
            below = [hub for hub in hubs if self.stripes.index(self.home[hub]) > at]
            found += [(stripe, hub) for hub in (*above, *own, *below)]
        return found

    def _pitch(self) -> int:
        """Rows of a band: side roads make a way a third longer, where hubs in other bands leave so much room."""
        pitch = int(min(MOST_PITCH, max(4, round(PITCH_SHARE * self.usual))))
        at = {band: k for k, band in enumerate(self.bands)}
        for site in self.sites:
            apart = abs(at[site.jurisdiction, site.hub] - at[self.home[site.hub], site.hub])
            if apart and (site.way - 1) // apart < LEAST_PITCH:
                raise TooNear(site, LEAST_PITCH * apart + 1)
            pitch = min(pitch, (site.way - 1) // apart) if apart else pitch
        return pitch

    def _arms(self, band: Band) -> list[Placed]:
        """A band's sites: near ones to the west, far ones to the east, each on a cell of its own if there is one."""
        here = [site for site in self.sites if (site.jurisdiction, site.hub) == band]
        here.sort(key=lambda site: (site.way, self.sites.index(site)))
        apart = self.row[band] - self.row[self.home[band[1]], band[1]]
        taken: set[tuple[bool, int, int]] = set()
        found = []
        for number, site in enumerate(here):
            east, left = number >= len(here) // 2, site.way - abs(apart)
            spur = next((s for s in self._spurs(left, apart) if (east, left - abs(s), s) not in taken), 0)
            taken.add((east, left - abs(spur), spur))
            found.append(Placed(site, east, left - abs(spur), spur))
        return found

    def _spurs(self, left: int, apart: int) -> Iterable[int]:
        """Lengths of a spur, upward below 0, the best first: a column is left of the way at least.

        Away from a hub in another band, or a side road that it crosses would make the way there shorter.
        """
        best = max(1, min(min(self.up, self.down) - 1, round(SPUR_SHARE * left)))
        lengths = sorted(range(1, left), key=lambda s: (abs(s - best), s))
        yield from (s for length in lengths for s in (-length, length) if self._inside(s) and s * apart >= 0)
        yield 0

    def _inside(self, spur: int) -> bool:
        """Whether the end of a spur lies in its band."""
        north = self.pitch // 2
        return len(self.bands) == 1 or -north <= spur < self.pitch - north

    def every(self) -> Iterable[Placed]:
        """All sites, band by band."""
        return (placed for band in self.bands for placed in self.placed[band])

    def _column(self, hub: str) -> int:
        """Column of a hub: the middle of its arms is column 0, so that the country is no wider than need be."""
        ends = [0, *(p.sign * p.foot for p in self.every() if p.site.hub == hub)]
        return -(min(ends) + max(ends)) // 2

    def _reach(self, sign: int) -> int:
        """The last column to one side: beyond sites, their towns and hubs by a rung."""
        towns = (self._foot(p)[0] + p.sign * max(0, p.site.town_way - abs(p.spur)) for p in self.every())
        columns = [*(column for column, _ in self.hubs.values()), *(self._foot(p)[0] for p in self.every()), *towns]
        return (max if sign > 0 else min)(columns) + sign * self.rung

    def _foot(self, placed: Placed) -> Cell:
        """Where a site's spur leaves the trunk."""
        column = self.hubs[placed.site.hub][0] + placed.sign * placed.foot
        return column, self.row[placed.site.jurisdiction, placed.site.hub]

    def cell(self, placed: Placed) -> Cell:
        """Where a site stands."""
        column, row = self._foot(placed)
        return column, row + placed.spur

    def _town(self, placed: Placed) -> Cell:
        """A site's town: its hub's where that is as far, on its spur, or farther out along the trunk."""
        (column, row), left = self._foot(placed), placed.site.town_way - abs(placed.spur)
        cell = column + placed.sign * left, row
        if placed.site.town_way == placed.site.way:
            cell = self.hubs[placed.site.hub]
        elif left < 0:
            cell = column, row + (-left if placed.spur > 0 else left)
        self.towns.setdefault(cell, f"town of {placed.site.name}")
        return cell

    # What is built there.

    def tree(self) -> Tree:
        """All of it as a world file has it."""
        self._lay_roads()
        survey = _Survey(self)
        posts, hideouts = self._posts(survey), self._hideouts(survey)
        left, top, width, height = self.frame(MARGIN)

        def moved(cell: Cell) -> list[int]:
            return [cell[0] + left, cell[1] + top]

        def named(names: Mapping[str, Cell]) -> list[Tree]:
            return [{"name": name, "cell": moved(cell)} for name, cell in names.items()]

        weights = {cell: HUB_PEOPLE if cell in self.hubs.values() else 1.0 for cell in self.towns}
        shares = [{"private_share": weight / sum(weights.values())} for weight in weights.values()]
        towns = named({name: cell for cell, name in self.towns.items()})
        return {
            "grid": {"width": width, "height": height, "cell_km": CELL_KM},
            "jurisdictions": self._areas(width, height, top),
            "roads": [{"name": name, "points": [moved(cell) for cell in points]} for name, points in self.roads],
            "hubs": named(self.hubs),
            "towns": [town | share for town, share in zip(towns, shares, strict=True)],
            "sites": {
                p.site.name: {"cell": moved(self.cell(p)), "town": self.towns[self.town_of[p.site.name]]}
                for p in self.every()
            },
            "bases": [base | {"cell": moved(base["cell"])} for base in self._bases()],
            "checkpoints": named({f"post {k + 1}": cell for k, cell in enumerate(posts)}),
            "hideouts": named(hideouts),
            "groups": _groups(list(hideouts), self.stripes),
        }

    def frame(self, margin: int) -> tuple[int, int, int, int]:
        """Columns and rows by which all moves onto a grid, and the grid's width and height."""
        places = [cell for _, points in self.roads for cell in points]
        (left, right), (top, bottom) = ((min(axis), max(axis)) for axis in zip(*places, strict=True))
        return margin - left, margin - top, right - left + 2 * margin + 1, bottom - top + 2 * margin + 1

    def _lay_roads(self) -> None:
        """Trunks with side roads and rungs, a main road past each hub, spurs."""
        for k, ((_, hub), row) in enumerate(self.row.items()):
            name = f"band {k + 1}"
            for side, at in (("trunk", row), ("north side", row - self.up), ("south side", row + self.down)):
                self.roads.append((f"{side} road of {name}", [(self.west, at), (self.east, at)]))
            for number, column in enumerate(self._rungs(hub)):
                ends = [(column, row - self.up), (column, row + self.down)]
                self.roads.append((f"rung {number + 1} of {name}", ends))
        for hub, (column, home) in self.hubs.items():
            rows = [home, *(row for band, row in self.row.items() if band[1] == hub)]
            if len(rows) > 2:
                self.roads.append((f"main road of {hub}", [(column, min(rows)), (column, max(rows))]))
        if len(self.row) > 1:  # beyond all else, so that it shortens no way
            ends = [(self.west, min(self.row.values())), (self.west, max(self.row.values()))]
            self.roads.append(("west road", ends))
        spurs = ((p.site.name, [self._foot(p), self.cell(p)]) for p in self.every() if p.spur)
        self.roads.extend((f"spur of {name}", points) for name, points in spurs)

    def _rungs(self, hub: str) -> list[int]:
        """Columns of rungs: beside a hub's main road, from there at even distances outward, and at both ends."""
        column = self.hubs[hub][0]
        west, east = range(column - 1, self.west, -self.rung), range(column + 1, self.east, self.rung)
        return sorted({self.west, self.east, *west, *east})

    def _posts(self, survey: _Survey) -> list[Cell]:
        """Checkpoints on habitual ways, and half as many on each side road beside them, so that no way is without."""
        posts = survey.posts(self.posts_wanted)
        for band in self.bands:
            for east in (False, True):
                arm = [p for p in self.placed[band] if p.east == east]
                posts += [cell for cell in self._on_side_roads(arm) if survey.off_ways(cell)]
        return list(dict.fromkeys(posts))

    def _on_side_roads(self, arm: Sequence[Placed]) -> list[Cell]:
        if not arm:
            return []
        (foot, row), back = self._foot(arm[-1]), -arm[-1].sign
        columns = [foot + back * steps for steps in range(arm[-1].foot)]
        sides = ([(column, side) for column in columns] for side in (row - self.up, row + self.down))
        return [cell for side in sides for cell in _evenly(side, (self.posts_wanted + 1) // 2)]

    def _bases(self) -> Iterable[Tree]:
        """Two barracks in each jurisdiction: on the main road, and halfway out on its longest arm."""
        for stripe in self.stripes:
            bands = [band for band in self.bands if band[0] == stripe]
            far = max((p for band in bands for p in self.placed[band]), key=lambda p: p.foot)
            (column, row), hub = self._foot(far), self.hubs[bands[0][1]][0]
            cells = (hub, self.row[bands[0]]), (column - far.sign * (far.foot // 2), row)
            for number, cell in enumerate(cells):
                yield {"name": f"barracks {number + 1} of {stripe}", "cell": cell, "jurisdiction": stripe}

    def _areas(self, width: int, height: int, top: int) -> list[Tree]:
        """Stripes of one band or more, the outer ones to the edge of the grid."""
        first = [next(row for (name, _), row in self.row.items() if name == stripe) for stripe in self.stripes]
        edges = [0, *(row + top - self.pitch // 2 for row in first[1:]), height]
        return [
            {"name": name, "area": [[0, a], [width, a], [width, b], [0, b]]}
            for name, a, b in zip(self.stripes, edges[:-1], edges[1:], strict=True)
        ]

    # Where attackers hide.

    def _hideouts(self, survey: _Survey) -> dict[str, Cell]:
        """Hideouts at the ends of tracks to the north, then to the south; on a rung where the roads are far enough."""
        feet = [self._beside((2 * k + 1) / (2 * TRACKS)) for k in range(TRACKS)]
        north, south = min(self.row.values()) - self.up, max(self.row.values()) + self.down
        found: dict[str, Cell] = {}
        for edge, outward in ((north, -1), (south, 1)):
            for foot in feet:
                name = f"hideout {len(found) + 1}"
                length = _track(survey.left((foot, edge)))
                found[name] = self._nearer(survey, foot, outward) if length < 1 else (foot, edge + outward * length)
                if length >= 1:
                    self.roads.append((f"track {len(found)}", [(foot, edge), found[name]]))
        return found

    def _beside(self, share: float) -> int:
        """Column to whose west such a share lies of where people are exposed: sites, and halfway to their hubs."""
        sites = [(self._foot(p)[0], p.sign * p.foot) for p in self.every()]
        columns = sorted(column - part for column, way in sites for part in (0, round(way / 2)))
        return columns[int(share * len(columns))]

    def _nearer(self, survey: _Survey, foot: int, outward: int) -> Cell:
        """On a rung near a foot that lies too far off, in that half of the bands: where most of the appeal is left."""
        rows = [(hub, row) for (_, hub), row in self.row.items()]
        bands = rows[: (len(rows) + 1) // 2] if outward < 0 else rows[len(rows) // 2 :]
        near = {(hub, row): min(self._rungs(hub), key=lambda rung: (abs(rung - foot), rung)) for hub, row in bands}
        cells = [(column, row + side) for (_, row), column in near.items() for side in (-self.up, self.down)]
        return max(cells, key=lambda cell: (survey.left(cell), cell))


class _Survey:
    """The roads as they are laid: habitual ways, and how far what a project exposes lies from places."""

    def __init__(self, layout: _Layout) -> None:
        self._left, self._top, width, height = layout.frame(0)
        self._grid = Grid(width, height, CELL_KM)
        lines = [[(x + self._left, y + self._top) for x, y in points] for _, points in layout.roads]
        self._net = RoadNetwork(self._grid, lines)
        placed = list(layout.every())
        ends = [(self._at(layout.cell(p)), self._at(layout.hubs[p.site.hub])) for p in placed]
        both = (end for pair in ends for end in (pair, pair[::-1]))
        self._ways = [self._net.routes(a, b, 1, 1.0)[0] for a, b in both]  # out and back: of equal ways either may be
        towns = [self._at(layout.town_of[p.site.name]) for p in placed]
        self._places = {*(end for pair in ends for end in pair), *towns, *map(self._at, layout.towns)}
        self._stands = [self._net.node(cell) for cell in (*(start for start, _ in ends), *towns)]

    def _at(self, cell: Cell) -> int:
        return self._grid.cell(cell[0] + self._left, cell[1] + self._top)

    def off_ways(self, cell: Cell) -> bool:
        """Whether no habitual way passes a cell."""
        return not any(self._at(cell) in way for way in self._ways)

    def posts(self, wanted: int) -> list[Cell]:
        """So many on each way and never more, evenly on what they share: the shortest ways first."""
        passed = [0] * len(self._ways)
        through: dict[int, list[int]] = {}
        for number, way in enumerate(self._ways):
            for cell in way.tolist():
                through.setdefault(cell, []).append(number)
        found: list[int] = []
        for number in sorted(range(len(self._ways)), key=lambda n: len(self._ways[n])):
            for left in range(wanted - passed[number], 0, -1):
                free = [
                    cell
                    for cell in self._ways[number].tolist()
                    if cell not in self._places and cell not in found and all(passed[n] < wanted for n in through[cell])
                ]
                if free:
                    found.append(free[len(free) // (left + 1)])
                    for n in through[found[-1]]:
                        passed[n] += 1
        return [(x - self._left, y - self._top) for x, y in map(self._grid.xy, found)]

    def left(self, cell: Cell) -> float:
        """Mean of exp((d0 - d) / D) from a road cell: over habitual ways, sites and their towns."""
        steps = self._net.reach([self._at(cell)])[0][0]
        ways = (steps[self._net.node_of_cell[way]].min() for way in self._ways[::2])
        cells = np.array([*ways, *steps[self._stands]])
        return float(np.exp((REFERENCE_KM - cells * CELL_KM) / SCALE_KM).mean())


def _evenly(free: Sequence[Cell], count: int) -> list[Cell]:
    """So many of some cells, or all, evenly spread."""
    count = min(count, len(free))
    return [free[(2 * k + 1) * len(free) // (2 * count)] for k in range(count)]


def _track(left: float) -> int:
    """Cells of a track at whose end as much is left as on the corridor; below 1 where its foot has less already."""
    return min(LONGEST_TRACK, round(SCALE_KM * math.log(left / APPEAL_LEFT) / CELL_KM))


def _groups(hideouts: list[str], stripes: Sequence[str]) -> list[Tree]:
    """The corridor's two groups, at home in the north and in the south, everywhere alike."""
    weights = {"convoy": 1.0, "site": 1.0, "outing": 1.0, "private": 1.0}
    half = len(hideouts) // 2
    return [
        {"name": name, "hideouts": own, "weights": weights | {more: 1.15}, "regions": dict.fromkeys(stripes, 1.0)}
        for name, own, more in (("group-1", hideouts[:half], "site"), ("group-2", hideouts[half:], "convoy"))
    ]
