"""Detectors: what sees a team before it acts. Checkpoints on road cells, cameras, watchtowers, drone crews.

All are rows of one record. A checkpoint screens the teams that pass it and delays everybody; cameras and watchtowers
see a team that stands within their reach; a drone crew sees what is on the stretch of road that it patrols that day.
"""

import math

from sim import rng
from sim.clock import TICKS_A_DAY, TICKS_AN_HOUR
from sim.kernel import kernel
from sim.record import Record
from sim.world.sites import distance_km, index_on_route

CHECKPOINT, CAMERAS, WATCHTOWERS, DRONE = 0, 1, 2, 3
KINDS = ("checkpoint", "cameras", "watchtowers", "drone crew")

FIRST_SHIFT_HOUR = 6
MOST_DELAY_TICKS = 2
ARMY_STAFF = 1  # code of `policy.checkpoints.staffed_by`

DETECTOR = Record(
    "detector",
    ("id", "i8", "", "from its name"),
    ("kind", "i8", "code", "checkpoint, cameras, watchtowers, drone crew"),
    ("node", "i8", "row", "road node; a drone crew's: where its stretch of today begins"),
    ("jurisdiction", "i8", "row", "jurisdiction"),
    ("rank", "f8", "0..1", "its turn when only a share of its kind works"),
    ("placements", "i8", "bits", "placements of checkpoints that have it, a bit at the code of each"),
    ("placed", "i8", "flag", "a checkpoint that the policy's placement has"),
    ("working", "i8", "flag", "somebody stands there, watches or flies"),
    ("detection", "f8", "probability", "d: chance that it finds a team if people are diligent"),
    ("reach", "f8", "km", "distance at which it sees; none for a checkpoint"),
    ("route", "i8", "row", "route that a drone crew patrols today"),
    ("first", "i8", "cell", "where its stretch begins on that route"),
    ("cells", "i8", "cell", "length of the stretch"),
)


@kernel
def hours_on_shift(params, tick):
    """Hours since the last change of shift; a shift begins at 6 o'clock (assumed)."""
    hour = (tick % TICKS_A_DAY) / TICKS_AN_HOUR
    return (hour - FIRST_SHIFT_HOUR) % params.checkpoints_shift_hours


@kernel
def rested(params, tick):
    """Diligence that is left after so many hours on shift."""
    return max(0.0, 1.0 - params.adherence_fatigue * hours_on_shift(params, tick))


@kernel
def chance_of_finding(world, params, row, tick):
    """a d: diligence (adherence, fatigue, rare targets) times detection, for one team that passes a checkpoint."""
    post = world.detectors[row]
    if post.working == 0:
        return 0.0
    adherence = world.protocol[post.jurisdiction].adherence
    staff = params.layers_checkpoint_army if params.checkpoints_staffed_by == ARMY_STAFF else 1.0
    return min(1.0, adherence * rested(params, tick) * params.layers_checkpoint_vigilance * staff) * post.detection


@kernel(inline=True)
def delay(world, params, crossing_row, u):
    """Ticks that a convoy stands at a checkpoint: 0, 1 or 2 (assumed), longer where looks are thorough."""
    if world.detectors[world.crossings[crossing_row].checkpoint].working == 0:
        return 0
    most = MOST_DELAY_TICKS * params.checkpoints_thoroughness
    return int(u * (most + 1.0))


@kernel
def mean_delay(params):
    """Ticks that a convoy is expected to stand at a checkpoint."""
    most = MOST_DELAY_TICKS * params.checkpoints_thoroughness
    whole = math.floor(most)
    return whole - 0.5 * whole * (whole + 1.0) / (most + 1.0)


@kernel
def miss_at(world, params, node, tick):
    """P(no camera and no watchtower sees a team that stands at a node): who watches tires as at a checkpoint."""
    missed = 1.0
    if params.cameras_count == 0 and world.delivered[0].towers == 0.0:
        return missed
    setting = world.setting[0]
    for k in range(setting.first_cameras, setting.first_drone):
        post = world.detectors[k]
        if post.working == 1 and distance_km(world, node, post.node) <= post.reach:
            missed *= 1.0 - post.detection * rested(params, tick)
    return missed


@kernel(inline=True)
def fly(world, params, seed, day):
    """Every drone crew takes up a stretch of road of its jurisdiction for the day."""
    for k in range(world.setting[0].first_drone, len(world.detectors)):
        crew = world.detectors[k]
        if crew.working == 1:
            _take_stretch(world, params, seed, day, crew)


@kernel
def _take_stretch(world, params, seed, day, crew):
    """A line of its jurisdiction by chance, the habitual route, a stretch from anywhere on it."""
    count = world.jurisdictions[crew.jurisdiction].lines
    crew.cells = 0
    wanted = int(rng.uniform(seed, rng.FLIGHT, crew.id, day, 0) * count)
    for i in range(len(world.lines)):
        if world.lines[i].jurisdiction != crew.jurisdiction:
            continue
        if wanted == 0:
            crew.route = world.lines[i].first_route
            length = world.routes[crew.route].length
            crew.cells = int(min(float(length), math.ceil(crew.reach / world.setting[0].cell_km)))
            room = length - crew.cells + 1
            crew.first = int(rng.uniform(seed, rng.FLIGHT, crew.id, day, 1) * room)
            crew.node = world.path[world.routes[crew.route].first + crew.first]
        wanted -= 1


@kernel
def miss_from_above(world, params, node):
    """P(no drone crew sees a team that stands at a node today)."""
    missed = 1.0
    for k in range(world.setting[0].first_drone, len(world.detectors)):
        crew = world.detectors[k]
        if crew.working == 0 or crew.cells == 0:
            continue
        place = index_on_route(world, crew.route, node)
        if crew.first <= place < crew.first + crew.cells:
            missed *= 1.0 - crew.detection * share_in_view(params, params.threat_wait_window / 60.0)
    return missed


@kernel
def miss_on_the_way(world, params, source, node):
    """P(no drone crew sees a team that drives from a source to a node today): the longer on a stretch, the likelier."""
    missed = 1.0
    for k in range(world.setting[0].first_drone, len(world.detectors)):
        crew = world.detectors[k]
        if crew.working == 0 or crew.cells == 0:
            continue
        here, below = node, 0
        for _ in range(world.reach[source, node].distance + 1):
            place = index_on_route(world, crew.route, here)
            below += int(crew.first <= place < crew.first + crew.cells)
            here = world.reach[source, here].toward
        if below > 0:
            missed *= 1.0 - crew.detection * share_in_view(params, below / TICKS_AN_HOUR)
    return missed


@kernel
def share_in_view(params, hours):
    """P(a crew passes while a team is on its stretch for so long): hours over those between passes, while it flies."""
    passes = min(1.0, hours / params.layers_drone_revisit) if params.layers_drone_revisit > 0.0 else 1.0
    return passes * (params.layers_drone_flying / 24.0)


@kernel
def node_of(world, params, row, tick):
    """Road node of a detector at a tick: a drone crew takes the day to go along its stretch (assumed)."""
    post = world.detectors[row]
    if post.kind != DRONE or post.cells == 0:
        return post.node
    gone = (tick % TICKS_A_DAY) / TICKS_A_DAY * post.cells
    return world.path[world.routes[post.route].first + post.first + int(gone)]
