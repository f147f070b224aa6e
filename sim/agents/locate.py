"""Where everybody is: the grid cell of every row of every kind at a tick, for views and maps. It only looks."""

from sim.agents import convoys, detectors, escorts
from sim.agents.plots import APPROACHING, WAITING
from sim.kernel import Entry, kernel
from sim.world.sites import node_toward

# Arrays of the World whose rows have a place, in the order in which `locate` writes them.
LOCATED = ("convoys", "teams", "slots", "insiders", "detectors", "sites", "towns")


@kernel
def team_node(world, params, team_row, tick):
    """Road node of an escort team: on the road with its convoy, or on a drive of its own."""
    team = world.teams[team_row]
    if team.state == escorts.WITH_CONVOY:
        return convoys.node_of_convoy(world, params, team.convoy, tick)
    return escorts.node_of_team(world, team_row, tick)


@kernel
def attacker_node(world, slot_row, tick):
    """Road node of an attacker team: where it waits, on its approach, else its hideout."""
    slot = world.slots[slot_row]
    if slot.state == WAITING:
        return slot.node
    distance = world.reach[slot.home, slot.node].distance
    if slot.state == APPROACHING:
        return node_toward(world, slot.home, slot.node, distance - min(distance, max(0, tick - slot.since)))
    return node_toward(world, slot.home, slot.node, distance)


@kernel
def _moving(world, params, tick, cells):
    """Cells of convoys, teams and attackers; returns how many."""
    at = 0
    for i in range(len(world.convoys)):
        cells[at] = world.nodes[convoys.node_of_convoy(world, params, i, tick)].cell
        at += 1
    for t in range(len(world.teams)):
        cells[at] = world.nodes[team_node(world, params, t, tick)].cell
        at += 1
    for s in range(len(world.slots)):
        cells[at] = world.nodes[attacker_node(world, s, tick)].cell
        at += 1
    return at


@kernel
def _standing(world, tick, cells, at):
    """Cells of insiders (their site's), detectors, sites and towns, from a position on."""
    for k in range(len(world.insiders)):
        cells[at] = world.nodes[world.sites[world.insiders[k].site].node].cell
        at += 1
    for k in range(len(world.detectors)):
        cells[at] = world.nodes[detectors.node_of(world, k, tick)].cell
        at += 1
    for i in range(len(world.sites)):
        cells[at] = world.nodes[world.sites[i].node].cell
        at += 1
    for i in range(len(world.towns)):
        cells[at] = world.nodes[world.towns[i].node].cell
        at += 1


def _locate(world, params, tick, cells):
    """Fill `cells`, one number a row of each array in LOCATED, kind after kind."""
    _standing(world, tick, cells, _moving(world, params[0], tick, cells))


locate = Entry(_locate)
