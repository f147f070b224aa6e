"""The project file: an own project in counts and distances, without map, name or coordinate; from it a stand-in world.

What is the project's stands in the file: sites, staff, movements, distances, costs, checkpoints, and under `today`
whatever of the shipped baseline is otherwise. What is the country's stays as the baseline has it: the number of cells,
how often they meet opportunities, private nationals; `today` can change that too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from sim.scenario.fields import Problems, Section, fixed
from sim.scenario.kinds import kind_of
from sim.scenario.worldfile import MOST_JURISDICTIONS, Name, WorldFile

PROJECT_FILE = "project.yaml"
MOST_SITES = 200
OWN = ("extends", "world", "name", "description")  # keys of a scenario that a project's file itself decides
MILLION, BILLION = 1e6, 1e9


def given(unit: str, bounds: tuple[float, float] | None, description: str) -> Any:
    """A field that the file must give."""
    return fixed(..., unit, bounds, description, "own")


def assumed(default: Any, unit: str, bounds: tuple[float, float] | None, description: str) -> Any:
    """A field that the file may leave out."""
    return fixed(default, unit, bounds, description)


class ProjectSite(Section):
    """A site of the project."""

    name: Name = given("-", None, "what tables call it: a letter does")
    kind: str = assumed("", "-", None, "what is built or run there, a word for tables; no rule uses it")
    jurisdiction: Name = assumed("province", "-", None, "whose police answer for it")
    foreign_staff: int = given("person", (5, 10_000), "foreign nationals who work there")
    local_staff: int = given("person", (0, 100_000), "local people who work there")
    cost_m_usd: float = given("m USD", (1, 100_000), "its capital cost")
    hub: Name = assumed("hub", "-", None, "the airport, port or station of its convoys: sites of one name share it")
    hub_km: float = given("km", (1, 600), "by road to its hub; a convoy drives 60 km an hour")
    town_km: float = given("km", (0, 300), "by road to the town where its people go and its local staff live")
    trips_per_week: float = given("1/week", (1, 60), "round trips between it and its hub")
    people_a_trip: float | None = assumed(
        None, "person", (1, 60), "foreign nationals on a movement, on average; none: as the scenario says"
    )
    closures: bool = assumed(False, "-", None, "whether roads are closed for its convoys today")


class ProjectJurisdiction(Section):
    """What sets a jurisdiction apart."""

    police_strength: float = assumed(1.0, "ratio", (0.3, 1.5), "effectiveness of its special police")
    coast: bool = assumed(False, "-", None, "whether a naval force patrols it")


class Country(Section):
    """What the project shares with others."""

    foreign_staff: int = assumed(
        3060, "person", (1, 1_000_000), "foreign nationals on all projects: each bears its share of the state's forces"
    )


class ProjectFile(Section):
    """An own project."""

    name: Name = given("-", None, "short name, for tables")
    description: str = assumed("", "-", None, "what it stands for, in a sentence")
    sites: Annotated[list[ProjectSite], Field(min_length=1, max_length=MOST_SITES)] = given("-", None, "its sites")
    checkpoints_a_route: int = assumed(2, "checkpoint", (0, 12), "on the way between a site and its hub")
    jurisdictions: dict[str, ProjectJurisdiction] = assumed({}, "-", None, "name: what sets it apart")
    country: Country = Field(default_factory=Country)
    today: dict[str, Any] = assumed({}, "-", None, "keys of a scenario that are not as in the shipped baseline")

    def problems(self) -> Problems:
        """Names are unique, jurisdictions are those of sites and not too many, and hubs are far enough."""
        for name, times in Counter(site.name for site in self.sites).items():
            if times > 1:
                last = max(i for i, site in enumerate(self.sites) if site.name == name)
                yield ("sites", last, "name"), f"read {name!r} a second time, allowed only once among sites"
        known = list(dict.fromkeys(site.jurisdiction for site in self.sites))
        for name in self.jurisdictions:
            if name not in known:
                yield ("jurisdictions", name), f"read {name!r}, allowed a jurisdiction of a site: {', '.join(known)}"
        if len(known) > MOST_JURISDICTIONS:
            yield ("sites",), f"read {len(known)} jurisdictions, allowed 1 to {MOST_JURISDICTIONS}"
        yield from ((("today", key), "allowed a key of a scenario beside these") for key in self.today if key in OWN)
        yield from self._crowded()

    def _crowded(self) -> Problems:
        """Escort teams and staff that can't be: more on board than work there."""
        for i, site in enumerate(self.sites):
            if site.people_a_trip is not None and site.people_a_trip > site.foreign_staff:
                read = f"read {site.people_a_trip:g}, allowed {site.foreign_staff} at most: so many work there"
                yield ("sites", i, "people_a_trip"), read


def is_project(tree: Mapping[str, Any]) -> bool:
    """Whether a file is a project: it has sites, and no grid that they would stand on."""
    return kind_of(tree) == "project"


def world_of(project: ProjectFile) -> WorldFile:
    """The stand-in world of a project: the same for the same file.

    Raises
    ------
    ValueError
        If a site is too near to a hub in another jurisdiction, or the grid would be too large.
    """
    from sim.world import standin  # it loads NumPy, which a scenario on a world file does without

    sites = [standin.Site(s.name, s.jurisdiction, s.hub, s.hub_km, s.town_km) for s in project.sites]
    laid = standin.stand_in(sites, project.checkpoints_a_route)
    places = laid.pop("sites")
    staff = sum(site.foreign_staff for site in project.sites)
    return WorldFile.model_validate(
        {
            **laid,
            "name": project.name,
            "description": f"A stand-in for {project.name}: its counts and distances, every place invented",
            "jurisdictions": [area | _apart(project, area["name"]) for area in laid["jurisdictions"]],
            "sites": [_site(site, places[site.name]) for site in project.sites],
            "state_share": min(1.0, staff / project.country.foreign_staff),
        }
    )


def _apart(project: ProjectFile, name: str) -> dict[str, Any]:
    return project.jurisdictions.get(name, ProjectJurisdiction()).model_dump()


def _site(site: ProjectSite, place: dict[str, Any]) -> dict[str, Any]:
    """A site as a world file has it."""
    own = site.model_dump(include={"name", "foreign_staff", "local_staff", "hub", "trips_per_week", "people_a_trip"})
    return {**own, **place, "closures": site.closures, "cost_bn_usd": site.cost_m_usd * MILLION / BILLION}
