"""Fictional worlds of any size from a seed: what a world file says, drawn instead of written.

The country is a lattice of blocks. Each block has a junction at a drawn place; roads run along all rows and
along most columns, and all but the sites stand on them. Every draw is addressed by what it is about, so

- a block's junction, a stretch of road and the checkpoint on it are the same in a world of another size;
- site k has the same name, place, staff and cost, and its spur, hub and town, however many sites there are.

It can't be so for what is a share, a ranking or a part of the grid: private shares sum to 1 over all towns,
bases and hideouts are the first few of a region, the capital, the port and the borders lie in the middle, at
the eastern edge and at thirds, and a site's place is drawn on the whole grid. A later site's spur may join an
earlier one's, which can open another route.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from statistics import NormalDist
from typing import Any

import numpy as np

from sim.kernel import Entry
from sim.rng import WORLD, uniform
from sim.world.grid import Grid, polyline_cells

CELL_KM = 2
SPACING = 15
SMALLEST_SPACING = 8
CELLS_A_SITE = 16
TOWN_SHARE, HUB_SHARE, LINK_SHARE, CHECKPOINT_SHARE = 0.3, 0.04, 0.8, 0.35
BASES_A_JURISDICTION, HIDEOUTS_A_GROUP = 2, 3
MEDIAN_STAFF, STAFF_SIGMA, STAFF_RANGE = 140, 1.2, (10, 900)
MEDIAN_COST, COST_POWER, COST_SIGMA, COST_RANGE = 0.65, 0.65, 0.4, (0.1, 3.0)

# What a draw is about: the `time` of its address. The agent is a site, or a block's column and row in one.
JUNCTION, TOWN, HUB, LINK, CHECKPOINT, BASE, HIDEOUT, PLACE, STAFF, COST = range(10)
EAST, SOUTH = 0, 1
ROWS_AT_MOST = 65536

Block = tuple[int, int]
Stretch = tuple[int, int, int]
Entries = list[dict[str, Any]]
Tree = dict[str, Any]


def _uniform(seed, agent, kind, index):
    """A number in (0, 1) at an address."""
    return uniform(seed, WORLD, agent, kind, index)


_UNIFORM = Entry(_uniform)


def generate(seed: int, sites: int = 12, width: int = 120, height: int = 80, spacing: int = SPACING) -> Tree:
    """Draw a world.

    Parameters
    ----------
    seed : int
        Of the draws, 0 or more.
    sites : int
        Number of sites.
    width, height : int
        Size of the grid in cells, at least 3 x 2 blocks.
    spacing : int
        Cells from one junction of roads to the next, on average; the side of a block.

    Returns
    -------
    dict
        The structure of a world file.

    Raises
    ------
    ValueError
        If the grid is too small for the blocks or for the sites.
    """
    _check(sites, width, height, spacing)
    country = Country(seed, Grid(width, height, CELL_KM), spacing)
    towns, hubs = _towns(country), _hubs(country)
    placed = _sites(country, sites, towns, hubs)
    return {
        "name": f"generated-{seed}",
        "description": f"A fictional country drawn from seed {seed}",
        "grid": {"width": width, "height": height, "cell_km": CELL_KM},
        "jurisdictions": _jurisdictions(country),
        "roads": _roads(country) + _spurs(country, placed),
        "routes": {"count": 3, "penalty": 4},
        "hubs": hubs,
        "towns": towns,
        "sites": placed,
        "bases": _bases(country),
        "checkpoints": _checkpoints(country),
        "hideouts": [hideout for half in _hideouts(country) for hideout in half],
        "groups": _groups(country),
    }


def _check(sites: int, width: int, height: int, spacing: int) -> None:
    if spacing < SMALLEST_SPACING:
        raise ValueError(f"spacing is {spacing}, allowed {SMALLEST_SPACING} or more")
    if width < 3 * spacing or height < 2 * spacing:
        least = f"{3 * spacing} x {2 * spacing}"
        raise ValueError(f"the grid is {width} x {height} cells, allowed {least} or more")
    most = width * height // CELLS_A_SITE
    if not 1 <= sites <= most:
        raise ValueError(f"{sites} sites, allowed 1 to {most} on a grid of {width} x {height} cells")


@dataclass(frozen=True)
class Country:
    """The lattice of blocks and the roads along it."""

    seed: int
    grid: Grid
    spacing: int

    @property
    def columns(self) -> int:
        """Blocks from west to east."""
        return self.grid.width // self.spacing

    @property
    def rows(self) -> int:
        """Blocks from north to south."""
        return self.grid.height // self.spacing

    @property
    def capital(self) -> Block:
        """The block in the middle."""
        return self.columns // 2, self.rows // 2

    @property
    def port(self) -> Block:
        """The block halfway down the east coast."""
        return self.columns - 1, self.rows // 2

    @property
    def blocks(self) -> list[Block]:
        """All blocks, row by row."""
        return [(i, j) for j in range(self.rows) for i in range(self.columns)]

    @property
    def borders(self) -> tuple[int, int]:
        """First column of the plains, and of the coast."""
        third = self.columns // 3
        return third, self.columns - third

    def draw(self, kind: int, agent: int, index: int = 0) -> float:
        """A number in (0, 1) for a site or another numbered thing."""
        return _UNIFORM(np.uint64(self.seed), agent, kind, index)

    def draw_block(self, kind: int, block: Block, index: int = 0) -> float:
        """A number in (0, 1) for a block."""
        return self.draw(kind, block[0] * ROWS_AT_MOST + block[1], index)

    def jurisdiction(self, block: Block) -> str:
        """Name of the jurisdiction of a block."""
        plains, coast = self.borders
        if block == self.capital:
            return "capital"
        return "highlands" if block[0] < plains else "plains" if block[0] < coast else "coast"

    def junction(self, block: Block) -> list[int]:
        """The junction of a block: a drawn cell in the middle half of it."""
        margin, middle = self.spacing // 4, self.spacing // 2
        drawn = (int(self.draw_block(JUNCTION, block, axis) * middle) for axis in (0, 1))
        return [at * self.spacing + margin + offset for at, offset in zip(block, drawn, strict=True)]

    @cached_property
    def stretches(self) -> list[Stretch]:
        """Roads from junction to junction: all eastward ones, the first column's, most of the others."""
        east = [(i, j, EAST) for i, j in self.blocks if i + 1 < self.columns]
        south = [(i, j, SOUTH) for i, j in self.blocks if j + 1 < self.rows]
        return east + [s for s in south if s[0] == 0 or self.draw_block(LINK, s[:2]) < LINK_SHARE]

    def ends(self, stretch: Stretch) -> list[list[int]]:
        """The two junctions of a stretch."""
        i, j, way = stretch
        return [self.junction((i, j)), self.junction((i + (way == EAST), j + (way == SOUTH)))]

    def along(self, stretch: Stretch, divisor: int) -> list[int]:
        """The cell at one part in `divisor` of a stretch."""
        cells = polyline_cells(self.grid, self.ends(stretch))
        return list(self.grid.xy(cells[len(cells) // divisor]))

    @cached_property
    def road_cells(self) -> frozenset[int]:
        """Cells of all roads but the spurs."""
        return frozenset(c for s in self.stretches for c in polyline_cells(self.grid, self.ends(s)))

    def nearest_road(self, cell: int) -> int:
        """The nearest road cell, the most northern and western of those equally near."""
        x, y = self.grid.xy(cell)
        for radius in count():
            found = [self.grid.cell(*p) for p in _ring(x, y, radius) if self.grid.contains(*p)]
            on_road = sorted(self.road_cells.intersection(found))
            if on_road:
                return on_road[0]
        raise AssertionError("a country has roads")


def _ring(x: int, y: int, radius: int) -> Iterable[tuple[int, int]]:
    """Cells at `radius` king's moves from (x, y)."""
    span = range(-radius, radius + 1)
    return {(x + a, y + b) for side in (-radius, radius) for t in span for a, b in ((side, t), (t, side))}


def _label(kind: str, place: tuple[int, ...]) -> str:
    """A name from a place in the lattice: "town 3-1", or "post 3-1 east" on a stretch."""
    way = f" {('east', 'south')[place[2]]}" if len(place) > 2 else ""
    return f"{kind} {place[0]}-{place[1]}{way}"


def _jurisdictions(country: Country) -> Entries:
    """The capital's block, and three bands from west to east."""
    s, (i, j) = country.spacing, country.capital
    plains, coast = (column * s for column in country.borders)
    right, bottom = country.grid.width, country.grid.height
    return [
        {"name": "capital", "area": _box(i * s, j * s, i * s + s, j * s + s)},
        {"name": "highlands", "area": _box(0, 0, plains, bottom)},
        {"name": "plains", "area": _box(plains, 0, coast, bottom)},
        {"name": "coast", "area": _box(coast, 0, right, bottom)},
    ]


def _box(left: int, top: int, right: int, bottom: int) -> list[list[int]]:
    return [[left, top], [right, top], [right, bottom], [left, bottom]]


def _roads(country: Country) -> Entries:
    """One road a stretch."""
    return [{"name": _label("road", s), "points": country.ends(s)} for s in country.stretches]


def _spurs(country: Country, sites: Entries) -> Entries:
    """A straight road from each site to the nearest other road."""
    nearest = (country.nearest_road(country.grid.cell(*site["cell"])) for site in sites)
    return [
        {"name": f"spur of {site['name']}", "points": [list(site["cell"]), list(country.grid.xy(end))]}
        for site, end in zip(sites, nearest, strict=True)
    ]


def _towns(country: Country) -> Entries:
    """Towns at about half of the junctions, the capital and the port always among them."""
    always = (country.capital, country.port)
    blocks = [b for b in country.blocks if b in always or country.draw_block(TOWN, b) < TOWN_SHARE]
    people = [(4 if b == country.capital else 1) * (0.2 + country.draw_block(TOWN, b, 1)) for b in blocks]
    return [
        {"name": _label("town", b), "cell": country.junction(b), "private_share": size / sum(people)}
        for b, size in zip(blocks, people, strict=True)
    ]


def _hubs(country: Country) -> Entries:
    """Hubs at few junctions, the capital and the port always among them."""
    always = (country.capital, country.port)
    blocks = [b for b in country.blocks if b in always or country.draw_block(HUB, b) < HUB_SHARE]
    return [{"name": _label("hub", b), "cell": country.junction(b)} for b in blocks]


def _sites(country: Country, number: int, towns: Entries, hubs: Entries) -> Entries:
    """Sites off the roads, one after the other."""
    cells = _site_cells(country, number)
    at = np.array([country.grid.xy(cell) for cell in cells])
    town = _nearest(at, towns, 0)
    hub = _nearest(at, hubs, country.spacing)
    port = _label("town", country.port)
    return [
        {
            "name": f"site {k}",
            "cell": at[k].tolist(),
            **_staff_and_cost(country, k),
            "hub": hubs[hub[k]]["name"],
            "town": towns[town[k]]["name"],
            "closures": towns[town[k]]["name"] == port,
        }
        for k in range(number)
    ]


def _site_cells(country: Country, number: int) -> list[int]:
    """A cell for each site: the first one drawn that has neither a road nor an earlier site on it."""
    cells: dict[int, None] = {}
    for k in range(number):
        drawn = (_site_cell(country, k, attempt) for attempt in count())
        cells[next(cell for cell in drawn if cell not in country.road_cells and cell not in cells)] = None
    return list(cells)


def _site_cell(country: Country, k: int, attempt: int) -> int:
    """Any cell of the grid, each as likely as another."""
    x, y = (country.draw(PLACE, k, 2 * attempt + axis) for axis in (0, 1))
    return country.grid.cell(int(x * country.grid.width), int(y * country.grid.height))


def _nearest(at: np.ndarray, places: Entries, at_least: int) -> np.ndarray:
    """Position of the nearest place to each point as the crow flies, of those at least so far away."""
    ends = np.array([place["cell"] for place in places])
    squares = ((at[:, None, :] - ends[None, :, :]) ** 2).sum(axis=2)
    return np.argmin(np.where(squares >= at_least**2, squares, squares.max() + 1), axis=1)


def _staff_and_cost(country: Country, k: int) -> dict[str, Any]:
    """Lognormal staff, and a cost that grows with it."""
    a, b = (NormalDist().inv_cdf(country.draw(kind, k)) for kind in (STAFF, COST))
    staff = float(np.clip(MEDIAN_STAFF * np.exp(STAFF_SIGMA * a), *STAFF_RANGE))
    cost = MEDIAN_COST * (staff / MEDIAN_STAFF) ** COST_POWER * np.exp(COST_SIGMA * b)
    return {"foreign_staff": round(staff), "cost_bn_usd": round(float(np.clip(cost, *COST_RANGE)), 2)}


def _first(things: Iterable[Any], number: int, rank: Callable[[Any], float]) -> list[Any]:
    """The few with the smallest draws."""
    return sorted(things, key=rank)[:number]


def _bases(country: Country) -> Entries:
    """Two bases a jurisdiction, one in the capital's only block."""
    homes: dict[str, list[Block]] = {}
    for block in country.blocks:
        homes.setdefault(country.jurisdiction(block), []).append(block)
    return [
        {"name": _label("base", block), "cell": country.junction(block), "jurisdiction": name}
        for name in sorted(homes)
        for block in _first(homes[name], BASES_A_JURISDICTION, lambda b: country.draw_block(BASE, b))
    ]


def _checkpoints(country: Country) -> Entries:
    """A checkpoint halfway along nearly every second stretch."""
    chosen = [s for s in country.stretches if country.draw_block(CHECKPOINT, s[:2], s[2]) < CHECKPOINT_SHARE]
    return [{"name": _label("post", s), "cell": country.along(s, 2)} for s in chosen]


def _hideouts(country: Country) -> tuple[Entries, Entries]:
    """Hideouts a third of the way along a few stretches of the west, and of the east."""
    west = [s for s in country.stretches if 2 * s[0] + 1 < country.columns]
    east = [s for s in country.stretches if 2 * s[0] + 1 >= country.columns]
    return _hidden(country, west), _hidden(country, east)


def _hidden(country: Country, stretches: list[Stretch]) -> Entries:
    chosen = _first(stretches, HIDEOUTS_A_GROUP, lambda s: country.draw_block(HIDEOUT, s[:2], s[2]))
    return [{"name": _label("hideout", s), "cell": country.along(s, 3)} for s in chosen]


def _groups(country: Country) -> Entries:
    """Two groups that differ in their targets' weights and regions only."""
    west, east = ([hideout["name"] for hideout in half] for half in _hideouts(country))
    return [
        {
            "name": "group-1",
            "hideouts": west,
            "weights": {"convoy": 1.0, "site": 1.15, "outing": 1.0, "private": 1.0},
            "regions": {"capital": 0.5, "highlands": 1.0, "plains": 0.8, "coast": 0.3},
        },
        {
            "name": "group-2",
            "hideouts": east,
            "weights": {"convoy": 1.15, "site": 1.0, "outing": 1.0, "private": 1.0},
            "regions": {"capital": 0.5, "highlands": 0.3, "plains": 0.8, "coast": 1.0},
        },
    ]
