"""The map as SVG: the ground, which stands still; layers, which change with the days; marks of events; what moves.

All lengths are cells: the view box is the grid. Colours and line widths are in `page.css`, so that the page can be
light or dark. Shapes differ as well as colours: whoever can't tell the colours apart can read the map.
"""

from __future__ import annotations

import base64
import io
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from html import escape
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from sim.agents import convoys, detectors, escorts
from sim.agents.threat import slots
from sim.clock import TICKS_A_DAY, TICKS_AN_HOUR
from sim.model import KINDS, SecurityModel
from sim.scenario.schema import Scenario
from sim.state import LOCATED

# Shapes around (0, 0), about two cells wide.
CONVOY = "M0-1.25L1.1.85H-1.1Z"
TEAM = "M-.75-.75H.75V.75H-.75Z"
ATTACKER = "M0-1.2L1.2 0 0 1.2-1.2 0Z"
DRONE = "M-1.2-.9L0-.2 1.2-.9M-1.2.9L0 .2 1.2.9"
SITE = "M-1.1-1.1H1.1V1.1H-1.1Z"
HUB = "M0-1.4L1.4 0 0 1.4-1.4 0Z"
CHECKPOINT = "M-.9 0H.9M0-.9V.9"
INCIDENT = "M-1.3-1.3L1.3 1.3M-1.3 1.3L1.3-1.3"
FOILED = "M-1.3.1L-.3 1.1 1.4-1.1"
PLOT = "M0-1.1L1.1.8H-1.1Z"
GAVE_UP = "M-.9 0A.9.9 0 1 0 .9 0A.9.9 0 1 0-.9 0ZM-.6.6L.6-.6"
FRAME = "M-1.6-1.6H1.6V1.6H-1.6Z"
USUAL_WIDTH = 120  # cells; signs are as large in relation to the map on any other grid
GRIEVANCE = (204, 121, 167)
MOST_TOLD = 5  # events of a mark in words
MOST_OPAQUE = 0.9
MOST_PIXELS = 200  # from west to east
# Looks and shapes of teams by the kind of their force.
FORCES = {
    escorts.SPECIAL_POLICE: ("police", TEAM),
    escorts.PROJECT_TEAMS: ("project", "M-.85 0A.85.85 0 1 0 .85 0A.85.85 0 1 0-.85 0Z"),
    escorts.PARTNER_TEAMS: ("partner", "M0-1.05L1.05 0 0 1.05-1.05 0Z"),
    escorts.JOINT_PATROLS: ("joint", "M-1-.7H1L0 .95Z"),
    escorts.ARMY: ("army", "M-1-.6H1V.6H-1Z"),
    escorts.NAVAL: ("naval", "M-.6-1H.6V1H-.6Z"),
}
# Shapes of further kinds of agents, by their array in the World: all that are in use are drawn, under their names.
FURTHER: dict[str, str] = {}


class Sign(NamedTuple):
    """Something that moves: where and how it is drawn, and what is said of it."""

    cell: int
    shape: str
    look: str
    title: str
    beside: bool = False  # it leaves the cell to somebody else


Box = tuple[float, float, float, float]  # left, top, right, bottom
Signs = dict[tuple[str, int], Sign]  # (kind, row) -> sign


class Map:
    """Draws one policy's model.

    Parameters
    ----------
    scenario : Scenario
        Its world file is the ground.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.scenario, self.file = scenario, scenario.world_file
        self.width, self.height = self.file.grid.width, self.file.grid.height
        self.scale = self.width / USUAL_WIDTH

    def svg(self, name: str, *parts: str) -> str:
        """A picture of the whole grid, one of those that lie on top of each other."""
        box = f"0 0 {self.width} {self.height}"
        return f'<svg class="{name}" viewBox="{box}" xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>'

    # What stands still.

    @cached_property
    def ground(self) -> str:
        """Jurisdictions, roads, bases, towns, hubs, sites, and their names."""
        parts = [*self._areas(), *self._roads()]
        parts += [self._at(base.cell, TEAM, "base", f"{base.name}: base of escort teams") for base in self.file.bases]
        parts += [self._circle(town.cell, 1.0, "town", f"{town.name}: town") for town in self.file.towns]
        parts += [
            self._at(hub.cell, HUB, "hub", f"{hub.name}: hub, where convoys begin or end") for hub in self.file.hubs
        ]
        for site in self.file.sites:
            facts = f"{site.foreign_staff} foreign staff, {site.cost_bn_usd:g} bn USD"
            parts.append(self._at(site.cell, SITE, "site", f"{site.name}: site, {facts}"))
        return self.svg("ground", *parts, *self._names())

    def _areas(self) -> Iterable[str]:
        # The first area that holds a cell has it: the first one is drawn last.
        for k, place in reversed(list(enumerate(self.file.jurisdictions))):
            points = " ".join(f"{x},{y}" for x, y in place.area)
            yield f'<polygon class="area area-{k}" points="{points}">{_title(f"{place.name}: jurisdiction")}</polygon>'

    def _roads(self) -> Iterable[str]:
        for road in self.file.roads:
            yield _polyline([(x + 0.5, y + 0.5) for x, y in road.points], "road", road.name)

    def _names(self) -> Iterable[str]:
        """Names of jurisdictions, sites and towns; of the latter each where it lies on no sign and on no other name."""
        gap, line = self._n(1.3), self._n(1.0)
        places: list[Any] = [*self.file.sites, *self.file.towns, *self.file.hubs, *self.file.checkpoints]
        taken = [_box(x + 0.5, y + 0.5, gap, gap) for x, y in (place.cell for place in places)]
        for area in self.file.jurisdictions:
            xs, ys = zip(*area.area, strict=True)
            x, y, half = sum(xs) / len(xs), max(min(ys), 0) + self._n(2.0), self._n(1.0) * len(area.name)
            taken.append(_box(x, y, half, self._n(1.2)))
            yield _text(x, y + self._n(0.8), self._n(2.4), "area-name", area.name)
        for kind, some in (("site", self.file.sites), ("town", self.file.towns)):
            for place in some:
                half = self._n(0.6 if kind == "site" else 0.52) * len(place.name)
                centre = self._free(place.cell, half, taken)
                if centre is not None:
                    taken.append(_box(*centre, half, line))
                    yield _text(centre[0], centre[1] + self._n(0.7), self._n(2.1), f"name {kind}-name", place.name)

    def _free(self, cell: Sequence[int], half: float, taken: Sequence[Box]) -> tuple[float, float] | None:
        """Centre of a name of some half width near its place: right, left, below, above, or at a corner."""
        x, y = cell[0] + 0.5, cell[1] + 0.5
        beside, line = half + self._n(1.6), self._n(2.4)
        shifts = [(beside, 0), (-beside, 0), (0, line), (0, -line)]
        shifts += [(side * beside, up * 0.6 * line) for up in (1, -1) for side in (1, -1)]
        shifts += [(side * half * 0.8, up * line) for up in (1, -1) for side in (1, -1)]
        for right, down in shifts:
            box = _box(x + right, y + down, half, self._n(1.0))
            inside = box[0] >= 0 and box[1] >= 0 and box[2] <= self.width and box[3] <= self.height
            if inside and not any(_overlap(box, other) for other in taken):
                return x + right, y + down
        return None

    # What changes with the days.

    def layers(self, model: SecurityModel, grievance: bool, coverage: bool) -> str:
        """Grievance as a colour, reach of cameras and towers, roads that are closed or blocked, checkpoints."""
        parts = []
        if grievance:
            parts.append(self._grievance(model))
        if coverage:
            parts += self._coverage(model)
        return self.svg("layers", *parts, *self._protests(model), *self._checkpoints(model), *self._free_teams(model))

    def _grievance(self, model: SecurityModel) -> str:
        """The towns' grievance spread over the cells, as the opacity of one colour."""
        levels = self._nearness @ model.world.residents["grievance"]
        pixels = np.empty((*levels.shape, 4), np.uint8)
        pixels[..., :3] = GRIEVANCE
        pixels[..., 3] = (levels * MOST_OPAQUE * 255).round()
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "PNG")
        data = f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
        return f'<image class="grievance" width="{self.width}" height="{self.height}" href="{data}"/>'

    @cached_property
    def _nearness(self) -> np.ndarray:
        """Weight of each town's grievance in each pixel: by the inverse square of the distance. Shape (y, x, towns)."""
        cells = math.ceil(self.width / MOST_PIXELS)  # of a pixel's side
        y, x = np.mgrid[0 : self.height : cells, 0 : self.width : cells]
        towns = np.array([town.cell for town in self.file.towns])
        distance = (x[..., None] - towns[:, 0]) ** 2 + (y[..., None] - towns[:, 1]) ** 2
        weight = 1.0 / (distance + 4.0 * self.scale**2)
        return weight / weight.sum(axis=-1, keepdims=True)

    def _coverage(self, model: SecurityModel) -> Iterable[str]:
        """Circles where cameras and towers see, the stretches of drone crews; opaque as they are good."""
        world = model.world
        for row in np.flatnonzero(
            (world.detectors["working"] == 1) & (world.detectors["kind"] != detectors.CHECKPOINT)
        ):
            post = world.detectors[row]
            title = f"{model.names['detectors'][row]}: finds a team with {post['detection']:.0%}"
            if post["kind"] == detectors.DRONE:
                first = world.routes["first"][post["route"]] + post["first"]
                yield self._path(world, world.path[first : first + post["cells"]], "stretch", title)
            else:
                radius = post["reach"] / self.file.grid.cell_km / self.scale
                opacity = f' fill-opacity="{0.08 + 0.5 * post["detection"]:.2f}"'
                yield self._circle(self._cell_at(world, post["node"]), radius, "reach", title, opacity)

    def _protests(self, model: SecurityModel) -> Iterable[str]:
        towns = model.world.towns
        for row in np.flatnonzero(model.world.residents["blocked"] == model.world.clock["day"][0]):
            cell = self._cell_at(model.world, towns["node"][row])
            yield self._circle(cell, 2.4, "protest", f"{model.names['towns'][row]}: a protest blocks the road today")

    def _checkpoints(self, model: SecurityModel) -> Iterable[str]:
        posts = model.world.detectors
        for row in np.flatnonzero((posts["kind"] == detectors.CHECKPOINT) & (posts["placed"] == 1)):
            staffed = posts["working"][row] == 1
            look = "checkpoint" if staffed else "checkpoint unstaffed"
            title = f"{model.names['detectors'][row]}: checkpoint, {'staffed' if staffed else 'nobody there'}"
            yield self._at(self._cell_at(model.world, posts["node"][row]), CHECKPOINT, look, title)

    def _free_teams(self, model: SecurityModel) -> Iterable[str]:
        """At each base, how many teams are free."""
        teams = model.world.teams
        free = _serving(model.world) & (teams["state"] == escorts.AT_BASE)
        counts = np.bincount(teams["home"][free], minlength=len(self.file.bases))
        size = self._n(1.6)
        for base, count in zip(self.file.bases, counts.tolist(), strict=False):
            title = f"{base.name}: {count} {'team' if count == 1 else 'teams'} free"
            yield _text(base.cell[0] + 0.5, base.cell[1] + 0.5 + 0.36 * size, size, "free", str(count), title)

    # What happened.

    def marks(self, events: Sequence[dict[str, Any]], chosen: dict[str, Any] | None = None) -> str:
        """Signs of incidents and foiled plots; of plots that nobody knows of where the events hold them.

        What happened in the same cell in the same way is one sign with its count; other ways stand above it.
        """
        parts: list[str] = []
        looks = Counter[tuple[int, ...]]()
        for (place, stage), some in _by_place(events).items():
            above = (place[0], place[1] - self._n(2.8) * looks[place])
            looks[place] += 1
            parts += self._mark(above, stage, some)
        alone = dict.fromkeys(tuple(event["cell"]) for event in events if event["alone"])
        parts += [self._circle(place, 2.0, "ring only", "only this policy has it") for place in alone]
        if chosen is not None:
            parts.append(self._circle(chosen["cell"], 2.6, "ring chosen", "chosen in the event log"))
        return self.svg("marks", *parts)

    def _mark(self, place: Sequence[float], stage: str, events: Sequence[dict[str, Any]]) -> Iterable[str]:
        """The sign of one or more events of a kind, the latest of them in words, and how many there are."""
        shape, look = _mark(stage)
        told = [described(event) for event in events[: -1 - MOST_TOLD : -1]]
        title = "\n".join([*told, *([f"and {len(events) - MOST_TOLD} before"] if len(events) > MOST_TOLD else [])])
        yield self._at(place, shape, f"mark {look}", title)
        if len(events) > 1:
            x, y, size = place[0] + 0.5 + self._n(1.2), place[1] + 0.5 - self._n(0.7), self._n(1.8)
            yield _text(x, y, size, "count", str(len(events)))

    # What moves.

    def signs(self, model: SecurityModel, analyst: bool) -> Signs:
        """Everybody on the road or at an attack, by kind and row; attackers on the analyst's view only."""
        world = model.world
        sizes = [len(getattr(world, array)) for array in LOCATED]
        cells = dict(zip(LOCATED, np.split(model.cells, np.cumsum(sizes)[:-1]), strict=True))
        found: Signs = {("team", row): sign for row, sign in self._teams(model, cells["teams"])}
        found |= {("convoy", row): sign for row, sign in self._convoys(model, cells["convoys"])}
        found |= {("drone", row): sign for row, sign in self._drones(model, cells["detectors"])}
        if analyst:
            found |= {("attacker", row): sign for row, sign in self._attackers(model, cells["slots"])}
        for array in FURTHER:
            found |= {(array, row): sign for row, sign in self._further(model, array, cells[array])}
        return found

    def _further(self, model: SecurityModel, array: str, cells: np.ndarray) -> Iterable[tuple[int, Sign]]:
        kind = next(kind for kind in KINDS if array in kind.arrays)
        for view in model.agents_by_type[kind]:
            yield view.row, Sign(int(cells[view.row]), FURTHER[array], f"further {array}", view.name)

    def moving(self, model: SecurityModel, signs: Signs, differing: Iterable[int] = ()) -> str:
        """The picture of the signs, closed roads below, cells that differ from another policy's in a frame."""
        parts = [*self._closures(model), *(self._sign(sign) for sign in signs.values())]
        parts += [self._at(self._cell(cell), FRAME, "differs", "differs between A and B now") for cell in differing]
        return self.svg("moving", *parts)

    def _convoys(self, model: SecurityModel, cells: np.ndarray) -> Iterable[tuple[int, Sign]]:
        rows = model.world.convoys
        for row in np.flatnonzero(rows["state"] >= convoys.CALLING).tolist():
            convoy = rows[row]
            waits = convoy["state"] == convoys.CALLING
            escorted, armoured = convoy["team"] >= 0 and not waits, convoy["armoured"] == 1
            missed = [name for bit, name in enumerate(convoys.ITEMS) if not convoy["followed"] >> bit & 1]
            looks = [
                "convoy",
                "waits" if waits else "escorted" if escorted else "alone",
                "armoured" if armoured else "",
            ]
            says = [
                convoys.STATES[convoy["state"]] if waits else "with an escort" if escorted else "without an escort",
                *([] if waits else ["armoured" if armoured else "not armoured"]),
                f"not followed: {_listed(missed)}" if missed else "all protocol items followed",
            ]
            title = f"convoy {model.names['convoys'][row]}: {', '.join(says)}"
            yield row, Sign(int(cells[row]), CONVOY, " ".join(filter(None, looks)), title)

    def _teams(self, model: SecurityModel, cells: np.ndarray) -> Iterable[tuple[int, Sign]]:
        teams = model.world.teams
        kinds = model.world.forces["kind"][teams["force"]]
        for row in np.flatnonzero(teams["state"] != escorts.AT_BASE).tolist():
            state = int(teams["state"][row])
            look, shape = FORCES[kinds[row]]
            looks = f"team {look} response" if state == escorts.TO_ATTACK else f"team {look}"
            title = f"{model.names['teams'][row]}: {escorts.STATES[state]}"
            yield row, Sign(int(cells[row]), shape, looks, title, beside=state == escorts.WITH_CONVOY)

    def _attackers(self, model: SecurityModel, cells: np.ndarray) -> Iterable[tuple[int, Sign]]:
        rows = model.world.slots
        for row in np.flatnonzero(rows["state"] >= slots.WATCHING).tolist():
            state = slots.STATES[rows["state"][row]]
            title = f"{model.names['slots'][row]}: {state}"
            if slots.in_plot(rows["state"][row]):
                title += f", against {model.names['targets'][rows['target'][row]]}"
            yield row, Sign(int(cells[row]), ATTACKER, f"attacker {state.replace(' ', '-')}", title)

    def _drones(self, model: SecurityModel, cells: np.ndarray) -> Iterable[tuple[int, Sign]]:
        posts = model.world.detectors
        flying = (posts["kind"] == detectors.DRONE) & (posts["working"] == 1) & (posts["cells"] > 0)
        for row in np.flatnonzero(flying).tolist():
            yield row, Sign(int(cells[row]), DRONE, "drone", f"{model.names['detectors'][row]}: on patrol")

    def _closures(self, model: SecurityModel) -> Iterable[str]:
        """Roads closed for a movement, at the site's end of its route, from a closure's length ahead of it on."""
        world, closures = model.world, self.scenario.policy.closures
        cells = math.ceil(closures.length / self.file.grid.cell_km)
        now = int(world.clock["policy_day"][0]) * TICKS_A_DAY + int(model.time)
        for row in np.flatnonzero(world.convoys["closed"] == 1).tolist():
            convoy = world.convoys[row]
            opens = convoy["planned"] + convoy["held"] - closures.duration * TICKS_AN_HOUR
            if convoy["state"] == convoys.RESTING or now < opens:
                continue
            route = world.routes[convoy["route"]]
            nodes = world.path[route["first"] : route["first"] + route["length"]]
            near = nodes[-cells - 1 :] if world.lines["inbound"][row] == 1 else nodes[: cells + 1]
            yield self._path(world, near, "closed", f"road closed for the convoy {model.names['convoys'][row]}")

    # Signs and lines.

    def _cell(self, cell: int) -> tuple[int, int]:
        """(x, y) of a cell's number."""
        y, x = divmod(int(cell), self.width)
        return x, y

    def _cell_at(self, world: Any, node: int) -> tuple[int, int]:
        return self._cell(world.nodes["cell"][node])

    def _sign(self, sign: Sign) -> str:
        x, y = self._cell(sign.cell)
        shift = self._n(1.2) if sign.beside else 0.0
        return self._at((x + shift, y + 0.9 * shift), sign.shape, sign.look, sign.title)

    def _at(self, cell: Sequence[float], shape: str, look: str, title: str) -> str:
        move = f"translate({cell[0] + 0.5:g} {cell[1] + 0.5:g})"
        if self.scale != 1.0:
            move += f"scale({self.scale:g})"
        return f'<path class="{look}" d="{shape}" transform="{move}">{_title(title)}</path>'

    def _circle(self, cell: Sequence[int], radius: float, look: str, title: str, more: str = "") -> str:
        place = f'cx="{cell[0] + 0.5}" cy="{cell[1] + 0.5}" r="{self._n(radius):g}"{more}'
        return f'<circle class="{look}" {place}>{_title(title)}</circle>'

    def _path(self, world: Any, nodes: np.ndarray, look: str, title: str) -> str:
        cells = [self._cell(cell) for cell in world.nodes["cell"][nodes]]
        return _polyline([(x + 0.5, y + 0.5) for x, y in cells], look, title)

    def _n(self, length: float) -> float:
        """A length of the usual map on this one."""
        return length * self.scale


def _polyline(points: Iterable[tuple[float, float]], look: str, title: str) -> str:
    joined = " ".join(f"{x:g},{y:g}" for x, y in points)
    return f'<polyline class="{look}" points="{joined}">{_title(title)}</polyline>'


def _text(x: float, y: float, size: float, look: str, text: str, title: str = "") -> str:
    inner = escape(text) + (_title(title) if title else "")
    return f'<text class="{look}" x="{x:g}" y="{y:g}" font-size="{size:g}">{inner}</text>'


def _box(x: float, y: float, half_width: float, half_height: float) -> Box:
    return x - half_width, y - half_height, x + half_width, y + half_height


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _by_place(events: Sequence[dict[str, Any]]) -> dict[tuple[tuple[int, ...], str], list[dict[str, Any]]]:
    """Events that share a cell and a look."""
    found: dict[tuple[tuple[int, ...], str], list[dict[str, Any]]] = {}
    for event in events:
        stage = "foiled" if event["stage"].startswith("foiled") else event["stage"]
        found.setdefault((tuple(event["cell"]), stage), []).append(event)
    return found


def _mark(stage: str) -> tuple[str, str]:
    """Shape and look of what happened."""
    if stage.startswith("foiled"):
        return FOILED, "foiled"
    shape = {"plot": PLOT, "gave up": GAVE_UP}.get(stage, INCIDENT)
    return shape, stage.replace(" ", "-")


def differing(first: Signs, second: Signs) -> set[int]:
    """Cells where two policies' pictures are not the same."""
    keys = {key for key in {*first, *second} if first.get(key) != second.get(key)}
    return {signs[key].cell for key in keys for signs in (first, second) if key in signs}


def described(event: dict[str, Any]) -> str:
    """An event in a sentence: when, what, against what, and what had not been followed."""
    parts = [event["stage"], f"{event['target_class']} {event['target']}"]
    if event["deviations"]:
        parts.append(f"not followed: {_listed(event['deviations'])}")
    if event["insider"]:
        parts.append("an insider served the plot")
    for ledger, who in (("foreign", "foreign nationals"), ("security", "guards"), ("residents", "residents")):
        if event[f"deaths_{ledger}"]:
            parts.append(f"{who} killed: {event[f'deaths_{ledger}']}")
    return f"{event['when']}: {', '.join(parts)}"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in names)


def _serving(world: Any) -> np.ndarray:
    """Which teams serve now."""
    force = world.forces[world.teams["force"]]
    return np.arange(len(world.teams)) < force["first_team"] + force["teams"]


def _title(text: str) -> str:
    return f"<title>{escape(text)}</title>"
