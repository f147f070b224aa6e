"""A world in figures: lengths, counts and exposure, by hand and against the graph of its roads."""

import pytest

from sim import load_scenario
from sim.describe.world import Described, headline, jurisdiction_table, site_table, world_summary
from sim.errors import InputError
from tests.small import CROSSING, ONE_ROAD, scenario, site


@pytest.fixture(scope="module")
def corridor(baseline):
    return Described(baseline)


def test_a_site_s_line_has_its_lengths_counts_and_staff():
    """Works: 41 cells straight on past bridge and gap, 7 to its town; mill: 12 and 6 by the link, 6 and 4 to lower."""
    works, mill = site_table(Described(scenario({}, CROSSING)))
    assert works == {
        "site": "works",
        "jurisdiction": "west",
        "foreign_staff": 400,
        "local_staff": 3200,
        "trips_a_week": 4.0,
        "people_a_trip": 10.3,
        "hub": "port",
        "km_to_hub": 82,
        "checkpoints": 2,
        "routes": 3,
        "town": "upper",
        "km_to_town": 14,
    }
    assert (mill["km_to_hub"], mill["checkpoints"], mill["km_to_town"]) == (36, 0, 20)


def test_a_timetable_of_a_site_s_own_is_described_and_no_more_travel_than_work_there():
    sites = [site("own", [5, 5], trips_per_week=2.5, people_a_trip=6.0), site("few", [15, 5], foreign_staff=2)]
    own, few = site_table(Described(scenario({}, {**ONE_ROAD, "sites": sites})))
    assert (own["trips_a_week"], own["people_a_trip"]) == (2.5, 6.0)
    assert (few["trips_a_week"], few["people_a_trip"]) == (4.0, 2.0)


def test_km_to_the_town_are_those_of_the_shortest_way(corridor):
    towns = {town.name: corridor.roads.node(corridor.roads.grid.cell(*town.cell)) for town in corridor.file.towns}
    for row, line in enumerate(site_table(corridor)):
        steps, _ = corridor.roads.graph.spread(towns[line["town"]])
        assert line["km_to_town"] == steps[corridor.world.sites["node"][row]] * corridor.cell_km


def test_roads_are_as_long_as_their_steps_and_those_that_are_shared_count_once():
    assert Described(scenario({}, ONE_ROAD)).road_km == 160
    twice = {"name": "again", "points": [[5, 5], [45, 5]]}
    assert Described(scenario({}, {**ONE_ROAD, "roads": [*ONE_ROAD["roads"], twice]})).road_km == 160


def test_the_largest_sites_come_first(corridor):
    staff = [line["foreign_staff"] for line in site_table(corridor)]
    assert staff == sorted(staff, reverse=True) and len(staff) == 12


def test_the_jurisdictions_hold_all_sites_towns_bases_and_checkpoints(corridor):
    table = jurisdiction_table(corridor)
    file = corridor.file
    for column, places in (("sites", file.sites), ("towns", file.towns), ("bases", file.bases)):
        assert sum(line[column] for line in table) == len(places)
    assert sum(line["checkpoints"] for line in table) == len(file.checkpoints)
    assert [line["police_teams"] for line in table] == [2, 2, 2, 2]


def test_the_capital_has_no_teams_before_they_are_founded():
    later = Described(load_scenario("baseline", {"state.special_police.capital_founded": 30}))
    assert [line["police_teams"] for line in jurisdiction_table(later)] == [0, 2, 2, 2]


def test_checkpoints_are_those_of_the_policy_and_not_of_the_warm_up(corridor):
    moved = Described(load_scenario("posts-where-no-way-round"))
    assert len(moved.posts) == len(corridor.posts) == len(corridor.file.checkpoints)
    nodes = [set(each.world.detectors["node"][each.posts].tolist()) for each in (corridor, moved)]
    assert nodes[0] != nodes[1]


def test_the_corridor_is_the_threat_s_reference_and_a_policy_moves_it(corridor):
    assert [each.times for each in corridor.exposures] == pytest.approx([1.0, 1.0, 1.0], rel=1e-3)
    fewer = Described(load_scenario("fewer-trips"))
    assert [each.times for each in fewer.exposures] == pytest.approx([0.5, 1.0, 1.0], rel=1e-3)
    assert float(fewer.movements.sum()) == 48


def test_the_headline_says_how_much_there_is_and_how_much_is_exposed(corridor):
    assert headline(corridor) == (
        "corridor: 12 sites with 3,060 foreign and 24,480 local staff in 4 jurisdictions, on 1,898 km of road. "
        "96 movements a week make 992 passenger-trips; 6,000 private nationals live in the towns. Beside the corridor, "
        "for which the threat is stated, that is 1.00 times the passenger-trips (992), 1.00 times the foreign staff "
        "(3,060) and 1.00 times the private nationals (6,000)."
    )
    small = headline(Described(scenario({}, ONE_ROAD)))
    assert small.startswith("small: 1 site with 100 foreign and 800 local staff in 1 jurisdiction, on 160 km of road. ")
    assert "8 movements a week" in small and "0.033 times the foreign staff" in small


def test_no_attacker_s_place_is_in_the_summary(corridor):
    said = str(world_summary(corridor))
    assert not [hideout.name for hideout in corridor.file.hideouts if hideout.name in said]


def test_a_world_that_cannot_be_built_is_refused():
    apart = {**ONE_ROAD, "roads": [{"name": "road", "points": [[5, 5], [60, 5]]}]}
    with pytest.raises(InputError, match=r"^small: port is not on a road$"):
        Described(scenario({}, apart))
