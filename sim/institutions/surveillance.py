"""Surveillance: which detectors work, and how well: checkpoints, cameras with their centre, watchtowers, drones."""

import math

from sim.agents.detectors import CAMERAS, CHECKPOINT, WATCHTOWERS
from sim.institutions.ledgers import PROJECT, STATE
from sim.kernel import kernel

FULL_SHIFT = 12.0  # hours, at which the cost of a checkpoint is stated; half of it goes with its people
CAMERAS_OF_DOSE, CREWS_OF_DOSE = 300.0, 4.0  # what residents bear at the reference dose


@kernel
def deliver(world, params):
    """Every detector works as the policy has it, on this date."""
    for k in range(len(world.detectors)):
        post = world.detectors[k]
        if post.kind == CHECKPOINT:
            post.placed = (post.placements >> params.checkpoints_placement) & 1
            post.working = int(post.rank < params.checkpoints_staffed_share) * post.placed
            post.detection = 1.0 - math.pow(1.0 - world.delivered[0].checkpoint, params.checkpoints_thoroughness)
        elif post.kind == CAMERAS:
            _set_cameras(world, params, post)
        elif post.kind == WATCHTOWERS:
            post.working = int(world.delivered[0].towers > 0.0)
            post.detection = 1.0 - math.pow(1.0 - params.layers_watchtower_d, world.delivered[0].towers)
            post.reach = params.layers_watchtower_reach
        else:
            post.working = int(post.rank < params.drones_crews and drones_fly(world, params))
            post.detection = params.layers_drone_d
            post.reach = params.layers_drone_stretch


@kernel
def dose(world, params):
    """What residents bear of cameras that are watched and of drones, in reference doses."""
    watched = cameras(world, params) * params.cameras_monitored / CAMERAS_OF_DOSE
    return watched + (params.drones_crews / CREWS_OF_DOSE if drones_fly(world, params) else 0.0)


@kernel
def _set_cameras(world, params, post):
    """Cameras of one place: only as good as they are watched."""
    here = cameras(world, params) / world.setting[0].camera_places
    seen = params.layers_camera_dmax * (1.0 - math.exp(-here / params.layers_camera_scale))
    post.working = int(here > 0.0)
    post.detection = seen * params.cameras_monitored
    post.reach = params.layers_camera_reach


@kernel
def cameras(world, params):
    """Cameras that stand on this date; the project's once its money has worked, as far as it goes."""
    if not cameras_due(world, params):
        return 0.0
    return world.delivered[0].project_cameras if params.cameras_ledger == PROJECT else float(params.cameras_count)


@kernel
def cameras_due(world, params):
    """Whether the day of their delivery has come."""
    return world.clock[0].day >= world.clock[0].policy_day + params.cameras_start


@kernel
def drones_fly(world, params):
    """Whether the drones have been delivered."""
    return world.clock[0].day >= world.clock[0].policy_day + params.drones_start


@kernel
def camera_cost(world, params):
    """USD a year of the policy's cameras from that day on; half of it goes with the people who watch."""
    if not cameras_due(world, params):
        return 0.0
    return params.cameras_count * params.cost_camera_year * (0.5 + 0.5 * params.cameras_monitored)


@kernel
def spending(world, params):
    """USD a year of the state: checkpoints, cameras where it pays for them, drones."""
    spent = 0.0
    for k in range(world.setting[0].first_cameras):
        spent += world.detectors[k].working * params.cost_checkpoint_year
    spent *= 0.5 + 0.5 * params.checkpoints_thoroughness * FULL_SHIFT / params.checkpoints_shift_hours
    if params.cameras_ledger == STATE:
        spent += camera_cost(world, params)
    if drones_fly(world, params):
        spent += params.drones_crews * params.cost_drone_crew_year
    return spent
