"""Look-ups along the ways from bases and hideouts."""

from sim import load_scenario
from sim.scenario.build import build_world
from sim.world.sites import next_post


def test_the_checkpoints_of_every_way_are_those_one_meets_by_walking_it():
    world = build_world(load_scenario("baseline"))
    met = 0
    for source in range(len(world.reach)):
        for node in range(0, len(world.nodes), 3):
            here, walked = node, []
            for _ in range(world.reach[source, node].distance):
                walked += [here] if world.nodes[here].checkpoint >= 0 else []
                here = world.reach[source, here].toward
            post, found = int(world.reach[source, node].post), []
            while post >= 0 and world.reach[source, post].distance > 0:
                found.append(post)
                post = int(next_post(world, source, post))
            assert found == walked
            met += len(found)
    assert met > 1000
