"""Checkpoints: posts on road cells that screen the teams that pass, and delay everybody."""

from sim import rng
from sim.agenda import TICKS_A_DAY, TICKS_AN_HOUR
from sim.kernel import kernel
from sim.record import Record

SHIFT_HOURS = 12
FIRST_SHIFT_HOUR = 6
MOST_DELAY_TICKS = 2

CHECKPOINT = Record(
    "checkpoint",
    ("id", "i8", "", "from its name"),
    ("node", "i8", "row", "road node"),
    ("jurisdiction", "i8", "row", "jurisdiction"),
    ("staffed", "i8", "flag", "somebody stands there"),
    ("detection", "f8", "probability", "d: chance that a diligent post finds a team that passes"),
)


@kernel
def hours_on_shift(tick):
    """Hours since the last change of shift; shifts of 12 h begin at 6 and 18 o'clock (assumed)."""
    hour = (tick % TICKS_A_DAY) / TICKS_AN_HOUR
    return (hour - FIRST_SHIFT_HOUR) % SHIFT_HOURS


@kernel
def chance_of_finding(world, params, checkpoint_row, tick):
    """a d: diligence (adherence, fatigue, rare targets) times detection, for one team that passes."""
    checkpoint = world.checkpoints[checkpoint_row]
    if checkpoint.staffed == 0:
        return 0.0
    adherence = world.jurisdictions[checkpoint.jurisdiction].adherence
    rested = max(0.0, 1.0 - params.adherence_fatigue * hours_on_shift(tick))
    return adherence * rested * params.layers_checkpoint_vigilance * checkpoint.detection


@kernel(inline=True)
def delay(world, seed, line_id, trip, crossing_row, number):
    """Ticks that a convoy stands at a checkpoint: 0, 1 or 2 (assumed); none where nobody stands."""
    checkpoint = world.checkpoints[world.crossings[crossing_row].checkpoint]
    if checkpoint.staffed == 0:
        return 0
    return int(rng.uniform(seed, rng.LEG, line_id, trip, number) * (MOST_DELAY_TICKS + 1))
