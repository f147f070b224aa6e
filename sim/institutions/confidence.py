"""Investors' confidence: a fatal attack on a site or its convoy lowers it and stops work, also elsewhere."""

from sim import rng
from sim.kernel import kernel
from sim.laws import kept_by_half_life, relax
from sim.record import Record

CONFIDENCE = Record(
    "investors' confidence",
    ("level", "f8", "0..1", "1 at best"),
)

STOPPAGE = Record(
    "standstill of a site",
    ("stopped_until", "i8", "day", "when work goes on"),
)


@kernel
def begin(world):
    """Nothing has happened yet."""
    world.confidence[0].level = 1.0


@kernel(inline=True)
def turn(world, params):
    """One day of recovery."""
    confidence = world.confidence[0]
    if confidence.level < 1.0:
        confidence.level = relax(confidence.level, 1.0, kept_by_half_life(params.confidence_half_life))


@kernel
def react(world, params, seed, event_row, day):
    """A fatal attack on a site or its convoy stops work there, and elsewhere: the lower confidence, the further."""
    event = world.events[event_row]
    struck = world.targets[event.target].site
    if event.deaths_foreign == 0 or struck < 0:
        return
    confidence = world.confidence[0]
    confidence.level *= 1.0 - params.confidence_drop
    spread = params.confidence_contagion * (1.0 - confidence.level)
    slot = world.slots[event.slot]
    others = 0
    for i in range(len(world.sites)):
        if i == struck or rng.uniform(seed, rng.STOPPAGE, slot.id, event.plot, world.sites[i].id) < spread:
            until = day + 1 + int(params.confidence_stoppage)
            world.stoppages[i].stopped_until = max(world.stoppages[i].stopped_until, until)
            others += int(i != struck)
    if params.confidence_stoppage >= 1.0:
        world.outcome[0].stops += 1
        world.outcome[0].stops_at_several += int(others > 0)


@kernel(inline=True)
def account(world, params, day):
    """One day of confidence and of sites at a standstill."""
    row = world.outcome[0]
    row.confidence_days += world.confidence[0].level
    for i in range(len(world.stoppages)):
        if world.stoppages[i].stopped_until > day:
            row.stoppage_days += 1.0
            row.stoppage_cost += params.cost_stoppage_site_day
