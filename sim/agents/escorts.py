"""Escorts: teams of finite forces that drive to a convoy's start, along with it and home, and to an attack.

A team's drive is a look-up: it left at tick `since`, its route is the shortest road between its base and `node`,
and it moves one road cell per tick.
"""

from sim import rng
from sim.agenda import TEAM_HOME, push
from sim.clock import NEVER, TICKS_AN_HOUR
from sim.kernel import kernel
from sim.record import Record
from sim.world.sites import node_toward

AT_BASE, TO_CONVOY, WITH_CONVOY, TO_ATTACK, TO_BASE = 0, 1, 2, 3, 4
STATES = ("at base", "to its convoy", "with its convoy", "at or to an attack", "to base")
TEAM_SIZE = 10  # persons, assumed
TICKS_AT_ATTACK = TICKS_AN_HOUR
RESPONDERS = 2  # the nearest free teams that drive to an attack, assumed

STATE_LEDGER, PROJECT_LEDGER, PARTNER_LEDGER = 0, 1, 2
# Kinds of forces; each jurisdiction has one row of every kind, in this order.
SPECIAL_POLICE, PROJECT_TEAMS, PARTNER_TEAMS, JOINT_PATROLS, ARMY, NAVAL = 0, 1, 2, 3, 4, 5
FORCES = (
    "special police",
    "teams that the project pays",
    "partner's teams",
    "joint patrols",
    "army division",
    "naval force",
)
KINDS = len(FORCES)

FORCE = Record(
    "force",
    ("kind", "i8", "code", "special police, project's, partner's, joint, army, naval"),
    ("jurisdiction", "i8", "row", "where it serves"),
    ("ledger", "i8", "code", "0 state, 1 project, 2 partner"),
    ("first_team", "i8", "row", "its first row in `teams`"),
    ("capacity", "i8", "team", "rows kept for it"),
    ("teams", "i8", "team", "escort teams that serve now"),
    ("patrols", "f8", "team", "teams that patrol now and do not escort; of the army: soldiers"),
    ("strength", "f8", "0..1", "training x equipment readiness"),
)

TEAM = Record(
    "team",
    ("id", "i8", "", "from its name"),
    ("force", "i8", "row", "its force"),
    ("home", "i8", "row", "its base, a row of the road distances"),
    ("state", "i8", "code", "where in its work it is"),
    ("node", "i8", "row", "road node at the far end of its drive"),
    ("since", "i8", "tick", "when the drive began"),
    ("convoy", "i8", "row", "convoy that it serves, -1 where none"),
)

DUTY = Record(
    "duty",
    ("busy_teams", "i8", "team", "escort teams in use"),
)


@kernel(inline=True)
def nearest_free(world, seed, jurisdiction, node, agent, number):
    """The free team of a jurisdiction that is nearest to a node, -1 where none is; ties by an addressed draw."""
    best = -1
    best_distance = NEVER
    best_tie = -1.0  # drawn when it is needed
    for f in range(jurisdiction * KINDS, (jurisdiction + 1) * KINDS):
        force = world.forces[f]
        for t in range(force.first_team, force.first_team + force.teams):
            team = world.teams[t]
            distance = world.reach[team.home, node].distance
            if team.state != AT_BASE or distance > best_distance:
                continue
            tie = -1.0
            if distance == best_distance:
                if best_tie < 0.0:
                    best_tie = rng.uniform(seed, rng.DISPATCH, agent, number, world.teams[best].id)
                tie = rng.uniform(seed, rng.DISPATCH, agent, number, team.id)
                if tie >= best_tie:
                    continue
            best, best_distance, best_tie = t, distance, tie
    return best


@kernel
def nearest_base(world, node):
    """Ticks from the nearest base of a team that serves in a node's jurisdiction; NEVER where none does."""
    jurisdiction = world.nodes[node].jurisdiction
    nearest = NEVER
    for f in range(jurisdiction * KINDS, (jurisdiction + 1) * KINDS):
        force = world.forces[f]
        for t in range(force.first_team, force.first_team + force.teams):
            nearest = min(nearest, world.reach[world.teams[t].home, node].distance)
    return nearest


@kernel(inline=True)
def send_to_convoy(world, tick, team_row, convoy_row, node):
    """Send a team to a convoy's start; returns the tick of its arrival."""
    team = world.teams[team_row]
    team.state = TO_CONVOY
    team.node = node
    team.since = tick
    team.convoy = convoy_row
    _set_off(world)
    return tick + world.reach[team.home, node].distance


@kernel(inline=True)
def join(world, team_row):
    """The team leaves together with its convoy."""
    world.teams[team_row].state = WITH_CONVOY


@kernel(inline=True)
def send_home(world, tick, team_row, node):
    """Send a team home from a node."""
    team = world.teams[team_row]
    team.state = TO_BASE
    team.node = node
    team.since = tick
    team.convoy = -1
    push(world, tick + world.reach[team.home, node].distance, TEAM_HOME, team_row)


@kernel(inline=True)
def come_home(world, team_row):
    """The team is back at its base, free again."""
    world.teams[team_row].state = AT_BASE
    world.duty[0].busy_teams -= 1


@kernel
def respond(world, seed, tick, node, slot_id, plot):
    """Send the nearest free teams of the node's jurisdiction to an attack; ticks until the first arrives, or NEVER."""
    first = NEVER
    jurisdiction = world.nodes[node].jurisdiction
    for _ in range(RESPONDERS):
        team_row = nearest_free(world, seed, jurisdiction, node, slot_id, plot)
        if team_row < 0:
            break
        team = world.teams[team_row]
        drive = world.reach[team.home, node].distance
        first = min(first, drive)
        team.state = TO_ATTACK
        team.node = node
        team.since = tick
        team.convoy = -1
        push(world, tick + 2 * drive + TICKS_AT_ATTACK, TEAM_HOME, team_row)
        _set_off(world)
    return first


@kernel
def node_of(world, params, team_row, tick):
    """Road node of a team that drives or stands, at a tick; of one with its convoy, that convoy's start."""
    team = world.teams[team_row]
    drive = world.reach[team.home, team.node].distance
    gone = tick - team.since
    if team.state == AT_BASE:
        return node_toward(world, team.home, team.node, drive)
    if team.state == TO_CONVOY:
        return node_toward(world, team.home, team.node, max(0, drive - gone))
    if team.state == TO_ATTACK and gone <= drive + TICKS_AT_ATTACK:
        return node_toward(world, team.home, team.node, max(0, drive - gone))
    if team.state == TO_ATTACK:
        return node_toward(world, team.home, team.node, min(drive, gone - drive - TICKS_AT_ATTACK))
    if team.state == TO_BASE:
        return node_toward(world, team.home, team.node, min(drive, gone))
    return team.node


@kernel(inline=True)
def _set_off(world):
    """Count one more team in use."""
    duty = world.duty[0]
    duty.busy_teams += 1
    row = world.outcome[0]
    row.teams_busy_most = max(row.teams_busy_most, duty.busy_teams)
