"""The world file: where roads, sites, towns, checkpoints, bases and hideouts of a fictional region lie.

Cells are [x, y], counted from 0 at the top left. A file is checked as a whole: names are unique within their
kind, every name that is referred to exists, and every cell lies on the grid.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Annotated, Any

from pydantic import Field, Strict

from sim.errors import listed
from sim.scenario.fields import Bounds, Problems, Section, fixed, part

SHARE_TOLERANCE = 1e-6
MOST_JURISDICTIONS = 12
PLACES = ("hubs", "towns", "sites", "bases", "checkpoints", "hideouts")
Cell = Annotated[tuple[int, int], Strict(False)]
Name = Annotated[str, Field(min_length=1)]


def needed(unit: str, description: str, bounds: Bounds = None, *, entries: bool = False) -> Any:
    """A field that the file must give."""
    return fixed(..., unit, bounds, description, "fictional", entries=entries)


class GridSize(Section):
    """The grid of cells."""

    width: int = needed("cell", "cells from west to east", (2, 2000))
    height: int = needed("cell", "cells from north to south", (2, 2000))
    cell_km: float = needed("km", "side of a cell; a convoy moves one in a tick of 2 minutes", (0.1, 10))


class Jurisdiction(Section):
    """An area with its own police; the first one in the file that holds a cell has it."""

    name: Name = needed("-", "its name")
    capital: bool = fixed(
        False, "-", None, "whether its special police is the capital's, founded on a date", "fictional"
    )
    coast: bool = fixed(False, "-", None, "whether a naval force patrols it", "fictional")
    police_strength: float = fixed(1.0, "ratio", (0.3, 1.5), "effectiveness of its special police", "fictional")
    area: Annotated[list[Cell], Field(min_length=3)] = needed("cell", "corners of a polygon")


class Road(Section):
    """Straight stretches of road from point to point; roads join where they share a cell."""

    name: Name = needed("-", "its name")
    points: Annotated[list[Cell], Field(min_length=2)] = needed("cell", "where it starts, bends and ends")


class Routes(Section):
    """The ways between a site and its hub: shortest paths, each found with the used edges made dearer."""

    count: int = fixed(3, "route", (1, 5), "routes that a convoy can choose from")
    penalty: float = fixed(4.0, "ratio", (1, 100), "cost of an edge that an earlier route has used")


class Hub(Section):
    """An airport, port or station where convoys begin or end."""

    name: Name = needed("-", "its name")
    cell: Cell = needed("cell", "where it is")


class Town(Section):
    """A place where outings go and private nationals live."""

    name: Name = needed("-", "its name")
    cell: Cell = needed("cell", "where it is")
    private_share: float = needed("share", "share of all private nationals; the shares sum to 1", (0, 1))


class Site(Section):
    """A project site."""

    name: Name = needed("-", "its name")
    cell: Cell = needed("cell", "where it is")
    foreign_staff: int = needed("person", "foreign nationals who work there", (1, 100_000))
    local_staff: int | None = fixed(
        None, "person", (0, 1_000_000), "local people who work there; none: as the scenario says", "fictional"
    )
    cost_bn_usd: float = needed("bn USD", "capital cost; the security budget is a share", (0.001, 100))
    hub: Name = needed("-", "the hub of its convoys")
    town: Name = needed("-", "the town of its outings")
    closures: bool = fixed(False, "-", None, "whether roads are closed for its convoys", "fictional")
    trips_per_week: float | None = fixed(
        None, "1/week", (1, 60), "round trips; none: as the scenario says", "fictional"
    )
    people_a_trip: float | None = fixed(
        None, "person", (1, 60), "foreign nationals on a movement, on average; none: as the scenario says", "fictional"
    )

    def locals(self, per_foreign: float) -> float:
        """Local staff: its own count, or so many for each foreign national."""
        return self.foreign_staff * per_foreign if self.local_staff is None else float(self.local_staff)


class Base(Section):
    """Where escort teams wait."""

    name: Name = needed("-", "its name")
    cell: Cell = needed("cell", "where it is")
    jurisdiction: Name = needed("-", "whose teams it holds")


class Place(Section):
    """A checkpoint or a hideout."""

    name: Name = needed("-", "its name")
    cell: Cell = needed("cell", "where it is")


class ClassWeights(Section):
    """How a group values the classes of targets; a factor on the threat's values."""

    convoy: float = needed("ratio", "convoys", (0, 10))
    site: float = needed("ratio", "sites", (0, 10))
    outing: float = needed("ratio", "unprotected outings", (0, 10))
    private: float = needed("ratio", "private nationals", (0, 10))


class Group(Section):
    """An adversary group; groups differ in weights and regions only."""

    name: Name = needed("-", "its name")
    hideouts: Annotated[list[Name], Field(min_length=1)] = needed("-", "names of its hideouts")
    weights: ClassWeights = needed("ratio", "weight of each class of target")
    regions: dict[str, Annotated[float, Field(ge=0, le=1000)]] = needed(
        "weight", "weight of each jurisdiction, 0 where it isn't named", (0, 1000), entries=True
    )


class WorldFile(Section):
    """A fictional region."""

    name: Name = needed("-", "short name, for tables")
    description: str = fixed("", "-", None, "what it stands for, in a sentence", "fictional")
    grid: GridSize = needed("-", "size of the grid")
    jurisdictions: Annotated[list[Jurisdiction], Field(min_length=1, max_length=MOST_JURISDICTIONS)] = needed(
        "-", "areas"
    )
    roads: Annotated[list[Road], Field(min_length=1)] = needed("-", "roads")
    routes: Routes = part(Routes)
    hubs: Annotated[list[Hub], Field(min_length=1)] = needed("-", "hubs")
    towns: Annotated[list[Town], Field(min_length=1)] = needed("-", "towns")
    sites: Annotated[list[Site], Field(min_length=1, max_length=2000)] = needed("-", "sites")
    bases: Annotated[list[Base], Field(min_length=1)] = needed("-", "bases; each jurisdiction needs one")
    checkpoints: list[Place] = needed("-", "checkpoints; the list may be empty")
    hideouts: Annotated[list[Place], Field(min_length=1)] = needed("-", "hideouts")
    groups: Annotated[list[Group], Field(min_length=1)] = needed("-", "groups")
    state_share: float = fixed(
        1.0, "share", (0, 1), "of the state's country-wide forces and programmes: charged to these sites", "fictional"
    )

    @cached_property
    def text(self) -> str:
        """All of it as JSON: most design points of a sweep share one world."""
        return self.model_dump_json()

    def problems(self) -> Problems:
        """Whatever needs more than one entry to be seen."""
        yield from self._duplicates()
        dangling = list(self._dangling())
        yield from dangling or (*self._without_base(), *self._at_its_hub())
        yield from self._outside()
        yield from self._shares()

    def _duplicates(self) -> Problems:
        for kind in ("jurisdictions", "roads", *PLACES, "groups"):
            for i, name in _repeated(entry.name for entry in getattr(self, kind)):
                yield (kind, i, "name"), f"read {name!r} a second time, allowed only once among {kind}"
        for i, cell in _repeated(checkpoint.cell for checkpoint in self.checkpoints):
            yield ("checkpoints", i, "cell"), f"read {list(cell)} a second time, allowed one in a cell"

    def _at_its_hub(self) -> Problems:
        cells = {hub.name: hub.cell for hub in self.hubs}
        for i, site in enumerate(self.sites):
            if site.cell == cells[site.hub]:
                yield ("sites", i, "cell"), f"read {list(site.cell)}, the cell of its hub, allowed any other"

    def _dangling(self) -> Problems:
        for at, name, kind in self._references():
            known = [entry.name for entry in getattr(self, kind)]
            if name not in known:
                yield at, f"read {name!r}, which isn't among {kind}, allowed {listed(known)}"

    def _references(self) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
        for i, site in enumerate(self.sites):
            yield ("sites", i, "hub"), site.hub, "hubs"
            yield ("sites", i, "town"), site.town, "towns"
        for i, base in enumerate(self.bases):
            yield ("bases", i, "jurisdiction"), base.jurisdiction, "jurisdictions"
        for i, group in enumerate(self.groups):
            for k, hideout in enumerate(group.hideouts):
                yield ("groups", i, "hideouts", k), hideout, "hideouts"
            for region in group.regions:
                yield ("groups", i, "regions", region), region, "jurisdictions"

    def _without_base(self) -> Problems:
        served = {base.jurisdiction for base in self.bases}
        for j, jurisdiction in enumerate(self.jurisdictions):
            if jurisdiction.name not in served:
                yield ("jurisdictions", j), "read no base for it, allowed one or more"

    def _outside(self) -> Problems:
        width, height = self.grid.width, self.grid.height
        for kind in PLACES:
            for i, place in enumerate(getattr(self, kind)):
                yield from _off_grid((kind, i, "cell"), place.cell, width - 1, height - 1)
        for i, road in enumerate(self.roads):
            for k, point in enumerate(road.points):
                yield from _off_grid(("roads", i, "points", k), point, width - 1, height - 1)
        for i, jurisdiction in enumerate(self.jurisdictions):
            for k, corner in enumerate(jurisdiction.area):
                yield from _off_grid(("jurisdictions", i, "area", k), corner, width, height)

    def _shares(self) -> Problems:
        total = sum(town.private_share for town in self.towns)
        if abs(total - 1) > SHARE_TOLERANCE:
            yield ("towns",), f"read private_share that sum to {total:.6g}, allowed only a sum of 1"
        for i, group in enumerate(self.groups):
            if sum(group.regions.values()) <= 0:
                yield ("groups", i, "regions"), "read no weight above 0, allowed only with one or more"


def _repeated(values: Iterable[Any]) -> Iterator[tuple[int, Any]]:
    """Position and value of each entry that has stood there before."""
    seen = set()
    for i, value in enumerate(values):
        if value in seen:
            yield i, value
        seen.add(value)


def _off_grid(at: tuple[str | int, ...], cell: tuple[int, int], right: int, bottom: int) -> Problems:
    x, y = cell
    if not (0 <= x <= right and 0 <= y <= bottom):
        yield at, f"read [{x}, {y}], allowed [0..{right}, 0..{bottom}] (on the grid)"
