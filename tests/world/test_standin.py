"""Stand-in worlds: distances and counts as given, whatever the project; the same for the same file."""

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from sim import load_scenario
from sim.outcome import CONVOY, OUTING, SITE
from sim.scenario.build import build_world
from sim.world import standin
from sim.world.grid import Grid, jurisdiction_of_cells
from sim.world.roads import RoadNetwork
from sim.world.standin import CELL_KM, Site, TooNear, stand_in

a_few = settings(
    max_examples=6, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate]
)  # big: no shrinking
ROOM_KM = 20.0  # of a way that has room for four checkpoints, whatever other ways share of it


@st.composite
def projects(draw):
    """One to 24 sites, of one to five jurisdictions and up to three hubs, with room between these."""
    count = draw(st.integers(1, 24))
    areas, hubs = draw(st.integers(1, 5)), draw(st.integers(1, 3))
    least = 2.0 if areas == 1 else 40.0 * hubs
    return [
        Site(
            f"site {k}",
            f"area {draw(st.integers(0, areas - 1))}",
            f"hub {draw(st.integers(0, hubs - 1))}",
            draw(st.floats(least, 400.0)),
            draw(st.floats(0.0, 120.0)),
        )
        for k in range(count)
    ]


class Laid:
    """A layout with its road network."""

    def __init__(self, sites, checkpoints=2):
        self.tree = stand_in(sites, checkpoints)
        self.grid = Grid(**self.tree["grid"])
        self.net = RoadNetwork(self.grid, [road["points"] for road in self.tree["roads"]])
        self.areas = jurisdiction_of_cells(self.grid, [area["area"] for area in self.tree["jurisdictions"]])

    def cell(self, kind, name):
        place = next(place for place in self.tree[kind] if place["name"] == name)
        return self.grid.cell(*place["cell"])

    def site(self, name):
        return self.grid.cell(*self.tree["sites"][name]["cell"])

    def km(self, a, b):
        return CELL_KM * int(self.net.reach([a])[0][0][self.net.node(b)])

    def route(self, site):
        return self.net.routes(self.site(site.name), self.cell("hubs", site.hub), 3, 4.0)[0].tolist()


@a_few
@given(projects())
def test_distances_to_hubs_and_towns_are_as_given_within_a_cell(sites):
    laid = Laid(sites)
    for site in sites:
        town = laid.tree["sites"][site.name]["town"]
        assert abs(laid.km(laid.site(site.name), laid.cell("hubs", site.hub)) - site.hub_km) <= CELL_KM
        assert abs(laid.km(laid.site(site.name), laid.cell("towns", town)) - site.town_km) <= CELL_KM


@a_few
@given(projects())
def test_each_site_lies_in_its_jurisdiction(sites):
    laid = Laid(sites)
    names = [area["name"] for area in laid.tree["jurisdictions"]]
    for site in sites:
        assert names[laid.areas[laid.site(site.name)]] == site.jurisdiction
    assert {base["jurisdiction"] for base in laid.tree["bases"]} == {site.jurisdiction for site in sites}
    for base in laid.tree["bases"]:
        assert names[laid.areas[laid.grid.cell(*base["cell"])]] == base["jurisdiction"]


@a_few
@given(projects(), st.integers(0, 4))
def test_the_habitual_way_passes_so_many_checkpoints_out_and_back_where_it_has_room_for_them(sites, wanted):
    laid = Laid(sites, wanted)
    posts = {laid.grid.cell(*post["cell"]) for post in laid.tree["checkpoints"]}
    for site in sites:
        way = laid.route(site)
        back = laid.net.routes(way[-1], way[0], 3, 4.0)[0].tolist()
        for passed in (len(posts.intersection(way)), len(posts.intersection(back))):
            assert passed == wanted or (passed < wanted and site.hub_km < ROOM_KM)


def test_a_project_of_far_sites_passes_exactly_so_many():
    sites = [Site(f"site {k}", "area", "hub", 40.0 + 3.0 * k, 12.0) for k in range(12)]
    laid = Laid(sites, 3)
    posts = {laid.grid.cell(*post["cell"]) for post in laid.tree["checkpoints"]}
    assert [len(posts.intersection(laid.route(site))) for site in sites] == [3] * 12


def test_a_convoy_has_other_ways_that_are_longer():
    sites = [Site(f"site {k}", "area", "hub", 60.0, 10.0) for k in range(3)]
    laid = Laid(sites)
    for site in sites:
        habitual, *others = laid.net.routes(laid.site(site.name), laid.cell("hubs", "hub"), 3, 4.0)
        assert len(others) == 2
        assert all(1.1 < len(other) / len(habitual) < 1.8 for other in others)


@a_few
@given(projects())
def test_the_same_project_is_laid_out_the_same_way(sites):
    assert stand_in(sites, 2) == stand_in(list(sites), 2)


def test_sites_have_cells_of_their_own_while_there_are_any():
    sites = [Site(f"site {k}", "area", "hub", 60.0, 10.0) for k in range(40)]
    assert len({tuple(place["cell"]) for place in stand_in(sites, 0)["sites"].values()}) == 40


def test_a_hub_nearer_than_the_areas_between_are_wide_is_refused_in_a_sentence():
    sites = [Site("near", "area 0", "hub", 10.0, 2.0), *(Site(f"s{k}", f"area {k}", "hub", 6.0, 2.0) for k in range(9))]
    with pytest.raises(TooNear, match="whose hub lies in another jurisdiction, allowed"):
        stand_in(sites, 2)


def appeal(world, wanted):
    """Mean over vantages and some of the targets of what distance leaves, at the defaults."""
    left = np.exp((standin.REFERENCE_KM - world.road_km) / standin.SCALE_KM)
    return float(left[:, wanted].mean())


def test_what_distance_leaves_on_the_corridor_is_what_hideouts_are_placed_by():
    scenario = load_scenario("baseline")
    assert scenario.threat.distance_ref == standin.REFERENCE_KM and scenario.threat.distance_scale == standin.SCALE_KM
    world = build_world(scenario)
    kind, place = world.targets["target_class"], world.targets["place"]
    lines, sites = appeal(world, kind == CONVOY), appeal(world, kind == SITE)
    outings = np.mean([appeal(world, (kind == OUTING) & (place == town)) for town in world.sites["town"]])
    assert (lines + sites + outings) / 3.0 == pytest.approx(standin.APPEAL_LEFT, abs=0.005)


def test_hideouts_leave_a_compact_project_as_much_appeal_as_the_corridor():
    laid = Laid([Site(f"site {k}", "area", "hub", 60.0, 10.0) for k in range(3)])
    for hideout in laid.tree["hideouts"]:
        steps = laid.net.reach([laid.grid.cell(*hideout["cell"])])[0][0]
        sites = [Site(f"site {k}", "area", "hub", 60.0, 10.0) for k in range(3)]
        ways = [steps[laid.net.node_of_cell[laid.route(site)]].min() for site in sites]
        towns = [laid.cell("towns", place["town"]) for place in laid.tree["sites"].values()]
        stands = [steps[laid.net.node(cell)] for cell in (*(laid.site(site.name) for site in sites), *towns)]
        left = np.exp((standin.REFERENCE_KM - CELL_KM * np.array([*ways, *stands])) / standin.SCALE_KM).mean()
        assert left == pytest.approx(standin.APPEAL_LEFT, rel=0.03)
