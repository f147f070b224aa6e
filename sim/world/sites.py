"""Places that stand still: jurisdictions, sites, towns, and the roads between them as the rules see them."""

import math

from sim.clock import DAYS_A_YEAR
from sim.kernel import kernel
from sim.record import Record

SETTING = Record(
    "setting",
    ("cell_km", "f8", "km", "length of a cell"),
    ("project_cost", "f8", "USD", "capital cost of a project, mean over sites"),
    ("width", "i8", "cell", "cells from west to east"),
    ("foreign_staff", "i8", "person", "foreign nationals on projects"),
    ("state_share", "f8", "share", "of the state's country-wide forces and programmes that is charged to the sites"),
    ("camera_places", "i8", "count", "places among which cameras are spread"),
    ("first_cameras", "i8", "row", "first row of cameras among the detectors; watchtowers follow"),
    ("first_drone", "i8", "row", "first row of drone crews"),
)

NODE = Record(
    "road node",
    ("cell", "i8", "cell", "grid cell"),
    ("jurisdiction", "i8", "row", "jurisdiction"),
    ("checkpoint", "i8", "row", "checkpoint that stands here, a row of the detectors, -1 where none"),
    ("town", "i8", "flag", "a town lies here"),
)

REACH = Record(
    "reach",
    ("distance", "i8", "cell", "road cells from a source (a base or a hideout) to a node, on the way that is taken"),
    ("toward", "i8", "row", "next node from there toward the source"),
    ("post", "i8", "row", "first node with a checkpoint from there toward the source, itself included; -1 where none"),
)

JURISDICTION = Record(
    "jurisdiction",
    ("id", "i8", "", "from its name"),
    ("capital", "i8", "flag", "its special police is the capital's"),
    ("coast", "i8", "flag", "a naval force patrols it"),
    ("police_strength", "f8", "ratio", "effectiveness of its special police"),
    ("towns", "i8", "count", "its towns"),
    ("lines", "i8", "count", "convoy lines that start here"),
    ("rank", "i8", "count", "its turn when whole teams are shared out: more lines first"),
)

SITE = Record(
    "site",
    ("id", "i8", "", "from its name"),
    ("node", "i8", "row", "road node"),
    ("jurisdiction", "i8", "row", "jurisdiction"),
    ("town", "i8", "row", "town of its outings and its local staff"),
    ("foreign_staff", "i8", "person", "foreign nationals"),
    ("local_staff", "f8", "person", "local workers: those whom background checks touch"),
)

TOWN = Record(
    "town",
    ("id", "i8", "", "from its name"),
    ("node", "i8", "row", "road node"),
    ("jurisdiction", "i8", "row", "jurisdiction"),
    ("sites", "i8", "count", "sites whose local staff live here"),
    ("closable", "i8", "count", "of these, sites for which the world file flags closures"),
    ("foreign_staff", "f8", "person", "foreign nationals of these sites, who go out here"),
    ("private_share", "f8", "share", "of all private nationals"),
    ("local_staff", "f8", "person", "local staff of these sites"),
)

ROUTE = Record(
    "route",
    ("first", "i8", "row", "first of its nodes in `path`"),
    ("length", "i8", "cell", "number of nodes"),
    ("first_crossing", "i8", "row", "first of its checkpoints in `crossings`"),
    ("crossings", "i8", "count", "checkpoints on it"),
    ("first_border", "i8", "row", "first of its borders in `crossings`"),
    ("borders", "i8", "count", "borders of jurisdictions that it crosses"),
)

CROSSING = Record(
    "crossing",
    ("place", "i8", "cell", "position on the route"),
    ("checkpoint", "i8", "row", "checkpoint that stands there, a row of the detectors; -1 at a border"),
)

TARGET = Record(
    "target",
    ("id", "i8", "", "from its name: the index of its Gumbel draw"),
    ("target_class", "i8", "code", "convoy, site, outing or private"),
    ("place", "i8", "row", "the line, site or town"),
    ("site", "i8", "row", "site whose insiders can serve a plot, -1 where none"),
    ("node", "i8", "row", "road node where its people are, a line's start"),
    ("jurisdiction", "i8", "row", "jurisdiction of that node"),
)


@kernel
def distance_km(world, node, other):
    """Distance of two road nodes, as the crow flies."""
    width = world.setting[0].width
    a, b = world.nodes[node].cell, world.nodes[other].cell
    return math.hypot(float(a % width - b % width), float(a // width - b // width)) * world.setting[0].cell_km


@kernel
def index_on_route(world, route_row, node):
    """Position of a road node on a route, -1 where the route does not pass it."""
    route = world.routes[route_row]
    for place in range(route.length):
        if world.path[route.first + place] == node:
            return place
    return -1


@kernel
def crossings_before(world, route_row, place):
    """Number of checkpoints on a route before a position, staffed or not."""
    route = world.routes[route_row]
    count = 0
    for k in range(route.crossings):
        crossing = world.crossings[route.first_crossing + k]
        if crossing.place < place:
            count += world.detectors[crossing.checkpoint].placed
    return count


@kernel
def node_toward(world, source, node, steps):
    """The node after `steps` road cells from `node` toward a source: a base, or a hideout on one of its ways."""
    for _ in range(steps):
        node = world.reach[source, node].toward
    return node


@kernel
def next_post(world, source, node):
    """The first node with a checkpoint beyond a node toward a source, -1 where none."""
    return world.reach[source, world.reach[source, node].toward].post if world.reach[source, node].distance > 0 else -1


@kernel(inline=True)
def account(world, params):
    """One day of exposure: people and sites."""
    row = world.outcome[0]
    row.days += 1
    staff = 0.0
    for i in range(len(world.sites)):
        staff += world.sites[i].foreign_staff
    row.project_person_years += staff / DAYS_A_YEAR
    row.foreign_person_years += (staff + params.exposure_private_nationals) / DAYS_A_YEAR
    row.site_years += len(world.sites) / DAYS_A_YEAR


@kernel
def node_of_site(world, params, i, tick):
    """Road node of a site."""
    return world.sites[i].node


@kernel
def node_of_town(world, params, t, tick):
    """Road node of a town."""
    return world.towns[t].node
