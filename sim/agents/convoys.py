"""Convoys: foreign nationals on the road between a site and its hub, each movement with its list of protocol items.

A line is one direction of one site's service; its movements are numbered on a timetable that no policy changes.
Before each movement every item is followed (u < a_item) or not. A convoy's drive is a look-up: it leaves at tick
`since` and moves one road cell per tick, held up at checkpoints and where it stops; each delay has its own address.
"""

import math

import numpy as np

from sim import rng
from sim.agenda import CONVOY_ARRIVES, CONVOY_CALLS, CONVOY_GIVES_UP, CONVOY_LEAVES, CONVOY_LOSES_ESCORT, push
from sim.agents import detectors, escorts, insiders, queue
from sim.agents.items import ALL_FOLLOWED, ARMOUR, CLOSURE, ESCORT, ITEMS, NEED_TO_KNOW, NO_STOP, ROUTE, TIME
from sim.clock import TICKS_A_DAY, TICKS_AN_HOUR
from sim.kernel import kernel
from sim.record import Record

RESTING, PLANNED, CALLING, MOVING = 0, 1, 2, 3
STATES = ("resting", "planned", "waiting for its escort", "moving")

WIDELY_KNOWN, PASSED_ON = 1, 2  # how those who wait know of a movement

# Indices of a movement's own draws.
_PASSENGERS, _ROUTE, _SHIFT, _HABIT, _LEAK, _STOP, _PRIORITY, _CANCEL, _RANKED = 0, 1, 2, 3, 4, 5, 6, 7, 8
# What every movement may need is drawn at once, one lane a draw: pairs of items, marks up to _STOP, then delays.
_PAIRS, _MARKS = (len(ITEMS) + 1) // 2, _STOP + 1
_FIRST_DELAY = _PAIRS + _MARKS
_LANES_AT_ONCE = 4  # a processor's vector
_FIRST_BORDER = 1 << 16  # index of the draw of a hand-over; below: delays at checkpoints

LINE = Record(
    "line",
    ("id", "i8", "", "from the names of its site and direction"),
    ("site", "i8", "row", "site that it serves"),
    ("inbound", "i8", "flag", "0 from the site to its hub, 1 back"),
    ("origin", "i8", "row", "road node where it starts"),
    ("destination", "i8", "row", "road node where it ends"),
    ("jurisdiction", "i8", "row", "jurisdiction of its start, whose adherence and teams serve it"),
    ("first_route", "i8", "row", "its habitual route"),
    ("routes", "i8", "count", "its routes"),
    ("phase", "f8", "0..1", "where in the week its timetable begins"),
    ("drive", "i8", "tick", "time that the nearest escort team needs to its start"),
    ("closable", "i8", "flag", "its site lies where roads are closed for movements"),
    ("trips", "f8", "1/week", "round trips as the world file has them, 0 where it leaves them to the scenario"),
    ("people", "f8", "person", "mean passengers as the world file has them, 0 where it leaves them to the scenario"),
)

CONVOY = Record(
    "convoy",
    ("trip", "i8", "count", "timetable number of this movement or, at rest, the next"),
    ("day", "i8", "day", "day of that movement"),
    ("state", "i8", "code", "resting, planned, waiting for its escort, moving"),
    ("followed", "i8", "mask", "protocol items followed, one bit each"),
    ("route", "i8", "row", "route"),
    ("planned", "i8", "tick", "planned departure"),
    ("due", "i8", "tick", "its next entry on the agenda"),
    ("waits_until", "i8", "tick", "end of its patience for an escort"),
    ("since", "i8", "tick", "when it left"),
    ("stop", "i8", "cell", "position of a stop on the way, -1 where none"),
    ("held", "i8", "tick", "time for which a protest holds it up"),
    ("team", "i8", "row", "escort team, -1 where none"),
    ("lost_at", "i8", "tick", "when it loses its escort at a border, -1 where it does not"),
    ("lost_place", "i8", "cell", "position of that border on its route"),
    ("armoured", "i8", "flag", "in an armoured vehicle"),
    ("leaked", "i8", "code", "the movement is known to those who wait for it: 1 widely, 2 an insider passed it on"),
    ("closed", "i8", "flag", "the road near the site is closed for it"),
    ("priority", "f8", "0..1", "its turn among convoys that wait for a team: smaller first"),
)

FLEET = Record(
    "vehicles of a site",
    ("vehicles", "i8", "count", "armoured vehicles"),
    ("vehicles_out", "i8", "count", "of these, on the road"),
)


def lanes(crossings: int) -> np.ndarray:
    """Streams and indices of the draws that are made at once, for routes of so many checkpoints. Shape (2, lanes)."""
    crossings += -(_FIRST_DELAY + crossings) % _LANES_AT_ONCE
    streams = [rng.SOP] * _PAIRS + [rng.TRIP] * _MARKS + [rng.LEG] * crossings
    return np.array([streams, [*range(_PAIRS), *range(_MARKS), *range(crossings)]])


@kernel(inline=True)
def _mark(world, i, mark):
    """A movement's own draw of those made at once."""
    return world.draws[0, i, _PAIRS + mark]


@kernel(inline=True)
def chance_followed(world, line_row, item):
    """Chance that the next movement of a line follows an item."""
    return world.chances[world.lines[line_row].jurisdiction, item]


@kernel(inline=True)
def follows(mask, item):
    """Whether an item's bit is set."""
    return (mask >> item) & 1 == 1


@kernel
def timetable(world, params, i):
    """Movements a week on the timetable of a line."""
    return world.lines[i].trips if world.lines[i].trips > 0.0 else params.exposure_trips_per_week


@kernel
def trips_a_week(world, params, i):
    """Movements a week that the policy makes."""
    return timetable(world, params, i) * params.movement_trips


@kernel
def trip_on_or_after(world, params, i, day):
    """Timetable number of the first movement of a line on a day or later."""
    return int(math.ceil(day * timetable(world, params, i) / 7.0 - world.lines[i].phase))


@kernel
def day_of_trip(world, params, i, trip):
    """Day of a movement."""
    return int(math.floor((trip + world.lines[i].phase) * 7.0 / timetable(world, params, i)))


@kernel
def number_made(params, trip):
    """How many movements of the timetable, before one, the policy makes: left-out ones are spread evenly."""
    return math.floor(trip * params.movement_trips)


@kernel(inline=True)
def habitual_departure(params, line_row, world):
    """Tick of the day at which a line usually leaves."""
    hour = params.exposure_return_departure if world.lines[line_row].inbound == 1 else params.exposure_departure
    return int(hour * TICKS_AN_HOUR)


@kernel
def begin(world, params, day):
    """Put every line at its first movement on a day or later."""
    for i in range(len(world.lines)):
        convoy = world.convoys[i]
        convoy.trip = trip_on_or_after(world, params, i, day)
        convoy.day = day_of_trip(world, params, i, convoy.trip)
        convoy.team = -1
        convoy.stop = -1


@kernel(inline=True)
def plan(world, params, seed, day):
    """Plan the movements of a day: items, route, departure."""
    for i in range(len(world.lines)):
        if world.convoys[i].day != day:
            continue
        world.outcome[0].trips_planned += 1
        if not _made(params, world.convoys[i].trip):
            world.outcome[0].trips_left_out += 1
            _rest(world, params, i)
        elif world.stoppages[world.lines[i].site].stopped_until > day:
            world.outcome[0].trips_stopped += 1
            _rest(world, params, i)
        else:
            _draw_movement(world, params, seed, day, i)


@kernel
def _made(params, trip):
    """Whether the policy makes a movement of the timetable."""
    return number_made(params, trip + 1) > number_made(params, trip)


@kernel(inline=True)
def _draw_movement(world, params, seed, day, i):
    line = world.lines[i]
    convoy = world.convoys[i]
    trip = convoy.trip
    rng.fill(world.draws, i, world.lanes, seed, line.id, trip)
    asked = _closure_asked(world, params, seed, i, trip)
    convoy.followed = _draw_items(world, i, asked)
    rank = 0
    if follows(convoy.followed, ROUTE):
        rank = int(_mark(world, i, _ROUTE) * line.routes)
    convoy.route = line.first_route + rank
    convoy.planned = _departure(world, params, day, i)
    convoy.leaked = _leak(world, params, i)
    convoy.stop = -1
    if not follows(convoy.followed, NO_STOP):
        length = world.routes[convoy.route].length
        convoy.stop = 1 + int(_mark(world, i, _STOP) * (length - 2))
    convoy.closed = int(asked and follows(convoy.followed, CLOSURE))
    convoy.armoured = 0
    convoy.team = -1
    convoy.held = 0
    if world.residents[world.sites[line.site].town].blocked == day:
        convoy.held = int(params.community_protest_delay * TICKS_AN_HOUR)
        world.outcome[0].protest_hours += params.community_protest_delay
    convoy.state = PLANNED
    convoy.due = convoy.planned + convoy.held
    if follows(convoy.followed, ESCORT):
        notice = max(line.drive, int(params.movement_escort_notice * TICKS_AN_HOUR))
        convoy.due = max(day * TICKS_A_DAY, convoy.due - notice)
        push(world, convoy.due, CONVOY_CALLS, i)
    else:
        push(world, convoy.due, CONVOY_LEAVES, i)


@kernel(inline=True)
def _draw_items(world, i, closure_asked):
    """Mask of the items followed; an item that is not asked for counts as followed."""
    line = world.lines[i]
    mask = 0
    for item in range(len(ITEMS)):
        mask |= int(world.draws[item % 2, i, item // 2] < world.chances[line.jurisdiction, item]) << item
    if not closure_asked:
        mask |= 1 << CLOSURE
    return mask


@kernel
def _leak(world, params, i):
    """How a movement becomes known, 0 where it does not; insiders' part is drawn only where a team waits for it."""
    secret = follows(world.convoys[i].followed, NEED_TO_KNOW)
    widely = 0.0 if secret else params.movement_leak_if_not_secret
    if _mark(world, i, _LEAK) < widely:
        return WIDELY_KNOWN
    if world.lookouts[i].teams == 0:
        return 0
    passed_on = insiders.passed_on(world, params, world.lines[i].site, secret)
    return PASSED_ON if _mark(world, i, _LEAK) < chance_known(widely, passed_on) else 0


@kernel
def chance_known(widely, passed_on):
    """Chance that a movement is known: widely, or because an insider passed it on."""
    return widely + (1.0 - widely) * passed_on


@kernel
def _closure_asked(world, params, seed, i, trip):
    """Whether the policy asks for a closed road: spread evenly over the movements made, c of them in all.

    Ranked by exposure, those that are waited for come first: they are covered with 1 - exp(-3 c).
    """
    per_week = params.closures_per_week if world.lines[i].closable == 1 else params.closures_elsewhere
    share = min(1.0, per_week / (2.0 * trips_a_week(world, params, i)))
    if params.closures_ranked != 0 and world.lookouts[i].teams > 0:
        return rng.uniform(seed, rng.TRIP, world.lines[i].id, trip, _RANKED) < 1.0 - math.exp(-3.0 * share)
    made = number_made(params, trip)
    return math.floor((made + 1) * share) > math.floor(made * share)


@kernel
def people_factor(world, params, i):
    """Passengers of a line as a multiple of the scenario's."""
    factor = params.movement_people
    if world.lines[i].people > 0.0:
        factor *= world.lines[i].people * 3.0 / _corners(params)
    return factor


@kernel
def _corners(params):
    """Sum of the triangle's corners: three times its mean."""
    return float(params.exposure_passengers_min + params.exposure_passengers_mode + params.exposure_passengers_max)


@kernel
def mean_passengers(world, params, i):
    """Foreign nationals on a movement of a line, on average, never more than work at its site."""
    staff = float(world.sites[world.lines[i].site].foreign_staff)
    return min(staff, people_factor(world, params, i) * _corners(params) / 3.0)


@kernel
def passengers(world, params, i):
    """Foreign nationals on board: triangular, never more than work at the site."""
    people = int(people_factor(world, params, i) * _triangular(params, _mark(world, i, _PASSENGERS)) + 0.5)
    return max(1, min(people, int(world.sites[world.lines[i].site].foreign_staff)))


@kernel
def _triangular(params, u):
    """Quantile function of the passengers' law."""
    low = params.exposure_passengers_min
    mode = params.exposure_passengers_mode
    high = params.exposure_passengers_max
    width = high - low
    if width <= 0:
        return float(low)
    if u * width < mode - low:
        return low + math.sqrt(u * width * (mode - low))
    return high - math.sqrt((1.0 - u) * width * (high - mode))


@kernel(inline=True)
def _departure(world, params, day, i):
    """Planned departure: uniform over the window where time is varied, else close to habit."""
    if follows(world.convoys[i].followed, TIME):
        shift = (_mark(world, i, _SHIFT) - 0.5) * params.movement_varied_window * TICKS_AN_HOUR
    else:
        z = rng.normal_of(_mark(world, i, _HABIT), world.draws[1, i, _PAIRS + _HABIT])
        shift = z * params.movement_habit_sd * TICKS_AN_HOUR / 60.0
    tick = day * TICKS_A_DAY + habitual_departure(params, i, world) + int(math.floor(shift + 0.5))
    return max(day * TICKS_A_DAY, tick)


@kernel(inline=True)
def call(world, params, seed, tick, i):
    """Ask for an escort; with none free, wait for one."""
    convoy = world.convoys[i]
    line = world.lines[i]
    if convoy.state != PLANNED or convoy.due != tick:
        return
    convoy.state = CALLING
    convoy.waits_until = convoy.planned + convoy.held + int(params.movement_escort_patience * TICKS_AN_HOUR)
    team = escorts.nearest_free(world, seed, line.jurisdiction, line.origin, line.id, convoy.trip)
    if team >= 0:
        _assign(world, tick, i, team)
    else:
        convoy.priority = rng.uniform(seed, rng.TRIP, line.id, convoy.trip, _PRIORITY)
        queue.join(world, line.jurisdiction, i)
        convoy.due = convoy.waits_until
        push(world, convoy.due, CONVOY_GIVES_UP, i)


@kernel(inline=True)
def _assign(world, tick, i, team):
    convoy = world.convoys[i]
    convoy.team = team
    arrival = escorts.send_to_convoy(world, tick, team, i, world.lines[i].origin)
    convoy.due = max(convoy.planned + convoy.held, arrival)
    push(world, convoy.due, CONVOY_LEAVES, i)


@kernel(inline=True)
def serve_next(world, tick, team_row):
    """A team that came home takes the waiting convoy of its jurisdiction whose turn it is."""
    force = world.forces[world.teams[team_row].force]
    if world.queues[force.jurisdiction].length == 0 or team_row - force.first_team >= force.teams:
        return
    i = queue.first(world, force.jurisdiction)
    queue.leave(world, force.jurisdiction, i)
    _assign(world, tick, i, team_row)


@kernel(inline=True)
def give_up_waiting(world, params, seed, tick, i):
    """Patience is out: cancel the movement, or go without an escort, which is a deviation."""
    convoy = world.convoys[i]
    line = world.lines[i]
    if convoy.state != CALLING or convoy.team >= 0 or convoy.due != tick:
        return
    queue.leave(world, line.jurisdiction, i)
    if rng.uniform(seed, rng.TRIP, line.id, convoy.trip, _CANCEL) < params.movement_cancel_share:
        world.outcome[0].trips_cancelled += 1
        _rest(world, params, i)
    else:
        convoy.followed &= ~(1 << ESCORT)
        push(world, tick, CONVOY_LEAVES, i)


@kernel(inline=True)
def leave(world, params, seed, tick, i):
    """Set off; returns whether this entry of the agenda was still good."""
    convoy = world.convoys[i]
    if (convoy.state != PLANNED and convoy.state != CALLING) or convoy.due != tick:
        return False
    convoy.state = MOVING
    convoy.since = tick
    _take_vehicle(world, i)
    convoy.lost_at = -1
    if convoy.team >= 0:
        escorts.join(world, convoy.team)
        _hand_over(world, params, seed, i)
    _count_movement(world, params, tick, i)
    last = world.routes[convoy.route].length - 1
    convoy.due = tick_at(world, params, i, last)
    stood = convoy.due - tick - last - (_stop_ticks(params) if convoy.stop >= 0 else 0)
    world.outcome[0].delay_hours += stood / TICKS_AN_HOUR
    push(world, convoy.due, CONVOY_ARRIVES, i)
    return True


@kernel(inline=True)
def _hand_over(world, params, seed, i):
    """At each border of jurisdictions the escort may be lost; the first that it is lost at is known now."""
    convoy = world.convoys[i]
    line = world.lines[i]
    route = world.routes[convoy.route]
    gap = params.state_coordination_gap * (1.0 - params.state_coordination_cell)
    for k in range(route.borders):
        if rng.uniform(seed, rng.LEG, line.id, convoy.trip, _FIRST_BORDER + k) < gap:
            convoy.lost_place = world.crossings[route.first_border + k].place
            convoy.lost_at = tick_at(world, params, i, convoy.lost_place)
            push(world, convoy.lost_at, CONVOY_LOSES_ESCORT, i)
            break


@kernel(inline=True)
def lose_escort(world, tick, i):
    """The escort stays behind at a border and drives home."""
    convoy = world.convoys[i]
    if convoy.state == MOVING and convoy.team >= 0 and convoy.lost_at == tick:
        world.outcome[0].handovers_failed += 1
        node = world.path[world.routes[convoy.route].first + convoy.lost_place]
        escorts.send_home(world, tick, convoy.team, node)
        convoy.team = -1


@kernel(inline=True)
def _take_vehicle(world, i):
    """Take an armoured vehicle of the site where the item is followed; with none in, that is a deviation."""
    convoy = world.convoys[i]
    if not follows(convoy.followed, ARMOUR):
        return
    fleet = world.fleets[world.lines[i].site]
    if fleet.vehicles_out < fleet.vehicles:
        fleet.vehicles_out += 1
        convoy.armoured = 1
    else:
        convoy.followed &= ~(1 << ARMOUR)


@kernel(inline=True)
def _count_movement(world, params, tick, i):
    convoy = world.convoys[i]
    row = world.outcome[0]
    row.trips += 1
    row.trips_escorted += int(convoy.team >= 0)
    row.trips_armoured += convoy.armoured
    row.escort_wait_hours += (tick - convoy.planned - convoy.held) / TICKS_AN_HOUR
    hours = (world.routes[convoy.route].length - 1) / TICKS_AN_HOUR
    aboard = passengers(world, params, i)
    row.convoy_person_hours += hours * aboard
    row.passenger_trips += aboard
    missed = 0
    left = ALL_FOLLOWED & ~convoy.followed
    while left != 0:
        left &= left - 1
        missed += 1
    row.deviations += missed
    row.trips_with_deviation += int(missed > 0)
    if convoy.closed == 1:
        row.closure_hours += params.closures_duration
        shop_hours = params.closures_length * params.closures_shops_per_km * params.closures_duration
        row.shop_hours += shop_hours
        row.shop_cost += shop_hours * params.cost_shop_hour


@kernel(inline=True)
def tick_at(world, params, i, place):
    """Tick at which a convoy on the road comes to a position of its route: a cell per tick, and its delays."""
    convoy = world.convoys[i]
    route = world.routes[convoy.route]
    tick = convoy.since + place
    for k in range(route.crossings):
        if world.crossings[route.first_crossing + k].place >= place:
            break
        tick += detectors.delay(world, params, route.first_crossing + k, world.draws[0, i, _FIRST_DELAY + k])
    if 0 <= convoy.stop < place:
        tick += _stop_ticks(params)
    return tick


@kernel(inline=True)
def _stop_ticks(params):
    """Length of a stop on the way."""
    return int(params.movement_stop_minutes * TICKS_AN_HOUR / 60.0)


@kernel(inline=True)
def arrive(world, params, seed, tick, i):
    """Reach the destination."""
    convoy = world.convoys[i]
    if convoy.state == MOVING and convoy.due == tick:
        end_movement(world, params, tick, i, world.lines[i].destination)


@kernel(inline=True)
def end_movement(world, params, tick, i, node):
    """The movement ends at a node: its destination, or where it was attacked."""
    convoy = world.convoys[i]
    if convoy.team >= 0:
        escorts.send_home(world, tick, convoy.team, node)
    if convoy.armoured == 1:
        world.fleets[world.lines[i].site].vehicles_out -= 1
    _rest(world, params, i)


@kernel(inline=True)
def _rest(world, params, i):
    """Rest until the next movement; one whose day has already begun is cancelled and keeps its number."""
    convoy = world.convoys[i]
    convoy.state = RESTING
    convoy.team = -1
    convoy.armoured = 0
    convoy.closed = 0
    convoy.trip += 1
    convoy.day = day_of_trip(world, params, i, convoy.trip)
    while convoy.day <= world.clock[0].day:
        made = _made(params, convoy.trip)
        world.outcome[0].trips_planned += 1
        world.outcome[0].trips_cancelled += int(made)
        world.outcome[0].trips_left_out += int(not made)
        convoy.trip += 1
        convoy.day = day_of_trip(world, params, i, convoy.trip)


@kernel
def share_out_vehicles(world, count):
    """Armoured vehicles to the sites in turn; these stand in order of their foreign staff."""
    sites = len(world.fleets)
    for i in range(sites):
        world.fleets[i].vehicles = count // sites + int(i < count % sites)


@kernel
def node_of(world, params, i, tick):
    """Road node of a convoy at a tick; of one that does not move, the start of its line."""
    convoy = world.convoys[i]
    if convoy.state != MOVING:
        return world.lines[i].origin
    route = world.routes[convoy.route]
    place = min(route.length - 1, tick - convoy.since)
    while place > 0 and tick_at(world, params, i, place) > tick:
        place -= 1
    return world.path[route.first + place]


@kernel
def node_of_team(world, params, team_row, tick):
    """Road node of an escort team: on the road with its convoy, or on a drive of its own."""
    team = world.teams[team_row]
    if team.state == escorts.WITH_CONVOY:
        return node_of(world, params, team.convoy, tick)
    return escorts.node_of(world, params, team_row, tick)
