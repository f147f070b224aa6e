"""Forces: how many teams of each serve, how strong they are, and how much they patrol.

One record for all: special police, teams that the project pays, the partner's, joint patrols, the army's division, a
naval force on the coast. Escort teams drive with convoys and to attacks; who patrols makes it likelier that a team
that waits is noticed.
"""

import math

from sim.agents.convoys import trips_a_week
from sim.agents.escorts import ARMY, JOINT_PATROLS, NAVAL, PARTNER_TEAMS, PROJECT_TEAMS, SPECIAL_POLICE
from sim.kernel import kernel
from sim.record import Record

SOLDIERS = 15000.0  # today's, at which `layers.patrols.army` is stated
POLICE_TEAMS = 2.0  # today's in a jurisdiction, at which `layers.presence.police` is stated
TEAMS_OF_DOSE = 4.0  # of the partner's, what residents bear at the reference dose
NAVAL_TEAMS = 2.0  # today's in a coastal jurisdiction
TRIPS_A_DAY = 1.5  # movements that a team can escort in a day; assumed
PARTNER_STRENGTH, JOINT_STRENGTH = 0.95, 0.8  # well-equipped teams whatever the project's training; assumed

PRESENCE = Record(
    "presence of forces in a jurisdiction",
    ("pledged", "f8", "share", "movements that a team of the partner's goes with in any case"),
    ("patrols", "f8", "ratio", "how much its forces patrol, today's = 1"),
    ("state", "f8", "ratio", "how present the state's forces are, today's = 1"),
)


@kernel
def muster(world, params):
    """Let every force serve as the policy has it, on this date; the project's as they have been delivered."""
    for f in range(len(world.forces)):
        force = world.forces[f]
        force.patrols = 0.0
        teams = _teams(world, params, force)
        if force.kind == SPECIAL_POLICE:
            force.patrols = float(int(teams * params.state_special_police_patrol_share))
            teams -= int(force.patrols)
        elif force.kind == ARMY:
            force.patrols = params.state_army_division_size / len(world.jurisdictions)
        elif force.kind == NAVAL:
            force.patrols = float(params.state_naval_teams * world.jurisdictions[force.jurisdiction].coast)
        force.teams = int(min(teams, force.capacity))
    for j in range(len(world.jurisdictions)):
        world.presence[j].patrols = _patrols(world, params, j)
        world.presence[j].state = _of_the_state(world, params, j)
        world.presence[j].pledged = _pledged(world, params, j)
    equip(world, params)


@kernel
def foreign_dose(params):
    """What residents bear of the partner's teams, in reference doses: joint patrols count half; at most 2."""
    return min(2.0, (params.partner_teams + 0.5 * params.partner_joint_patrols) / TEAMS_OF_DOSE)


@kernel
def equip(world, params):
    """Train and equip every force as the money for it allows."""
    for f in range(len(world.forces)):
        world.forces[f].strength = _strength(world, params, world.forces[f])


@kernel
def _teams(world, params, force):
    """Teams of a force in its jurisdiction."""
    if force.kind == SPECIAL_POLICE:
        return special_police(world, params, force.jurisdiction)
    if force.kind == PROJECT_TEAMS:
        return share_out(world, world.delivered[0].project_teams, force.jurisdiction)
    if force.kind == PARTNER_TEAMS:
        return share_out(world, params.partner_teams, force.jurisdiction)
    if force.kind == JOINT_PATROLS:
        return share_out(world, params.partner_joint_patrols, force.jurisdiction)
    return 0


@kernel
def share_out(world, teams, j):
    """Whole teams in turn, to the jurisdiction with the most lines first."""
    count = len(world.jurisdictions)
    return teams // count + int(world.jurisdictions[j].rank < teams % count)


@kernel
def special_police(world, params, j):
    """Teams of the special police that stand in a jurisdiction; the capital's are founded on a date."""
    clock = world.clock[0]
    if world.jurisdictions[j].capital == 1:
        founded = clock.policy_day + params.state_special_police_capital_founded
        return params.state_special_police_teams if clock.day >= founded else 0
    return params.state_special_police_teams


@kernel
def equipped(world, params):
    """Share of full readiness that the partner's equipment adds to the police: what has come by now."""
    clock = world.clock[0]
    if clock.day < clock.policy_day + params.state_equipment_delay:
        return 0.0
    return params.state_equipment_promised * params.state_equipment_delivered


@kernel
def _strength(world, params, force):
    """Training x equipment of a force's teams."""
    readiness = world.delivered[0].readiness
    if force.kind == PARTNER_TEAMS:
        return PARTNER_STRENGTH
    if force.kind == JOINT_PATROLS:
        return JOINT_STRENGTH
    if force.kind == SPECIAL_POLICE:
        readiness = 1.0 - (1.0 - readiness) * (1.0 - equipped(world, params))
        readiness *= world.jurisdictions[force.jurisdiction].police_strength
    return min(1.0, readiness)


@kernel
def _saturating(size, today):
    """What a force of a size does: the more it is the less one more adds; today's = 1."""
    return (1.0 - math.exp(-size / today)) / (1.0 - math.exp(-1.0))


@kernel
def _patrols(world, params, j):
    """How much is patrolled in a jurisdiction, today's forces = 1."""
    army = _saturating(params.state_army_division_size, SOLDIERS)
    patrols = 1.0 - params.layers_patrols_army * (1.0 - army)
    if world.jurisdictions[j].coast == 1:
        patrols *= 1.0 - params.layers_patrols_naval * (1.0 - params.state_naval_teams / NAVAL_TEAMS)
    police = int(special_police(world, params, j) * params.state_special_police_patrol_share)
    return patrols * (1.0 + params.layers_patrols_team * police)


@kernel
def _of_the_state(world, params, j):
    """Presence of the state in a jurisdiction: shares of it are due to the army and to the special police."""
    army = _saturating(params.state_army_division_size, SOLDIERS)
    police = _saturating(special_police(world, params, j), POLICE_TEAMS)
    present = 1.0 + params.layers_presence_army * (army - 1.0) + params.layers_presence_police * (police - 1.0)
    return max(0.0, present)


@kernel
def _pledged(world, params, j):
    """Share of a jurisdiction's movements that a team of the partner's goes with whatever the protocol's keepers do."""
    movements = 0.0
    for i in range(len(world.lines)):
        if world.lines[i].jurisdiction == j:
            movements += trips_a_week(world, params, i) / 7.0
    able = TRIPS_A_DAY * share_out(world, params.partner_teams, j)
    return min(1.0, able / movements) if movements > 0.0 else 0.0


@kernel
def spending(world, params):
    """USD a year of the state for its forces."""
    spent = world.setting[0].state_share * params.state_army_division_size * params.state_army_division_cost
    for j in range(len(world.jurisdictions)):
        spent += special_police(world, params, j) * params.cost_escort_team_year
        spent += params.state_naval_teams * world.jurisdictions[j].coast * params.cost_naval_team_year
    return spent + params.partner_joint_patrols * params.cost_escort_team_year
