"""The map as SVG: the ground, which stands still; layers, which change with the days; marks of events; what moves.

All lengths are cells: the view box is the grid. Colours and line widths are in `page.css`, so that the page can be
light or dark. Shapes differ as well as colours: whoever can't tell the colours apart can read the map.
"""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Iterable, Sequence
from functools import cached_property
from html import escape
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from sim.agenda import TICKS_A_DAY, TICKS_AN_HOUR
from sim.agents import convoys, detectors, escorts, plots
from sim.agents.escorts import FORCES
from sim.model import SecurityModel
from sim.scenario.schema import Scenario
from sim.view.course import UNSEEN

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
PLOT = "M0-.9V.9M-.9 0H.9"
USUAL_WIDTH = 120  # cells; signs are as large in relation to the map on any other grid
GRIEVANCE = (204, 121, 167)
MOST_OPAQUE = 0.9
FORCE_CLASSES = ("police", "project", "partner", "joint", "army", "naval")


class Sign(NamedTuple):
    """Something that moves: where and how it is drawn, and what is said of it."""

    cell: int
    shape: str
    look: str
    title: str


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

    def xy(self, cell: int) -> tuple[float, float]:
        """Centre of a cell."""
        y, x = divmod(int(cell), self.width)
        return x + 0.5, y + 0.5

    # What stands still.

    @cached_property
    def ground(self) -> str:
        """Jurisdictions, roads, hubs, towns, sites, bases, and their names."""
        parts = [*self._areas(), *self._roads()]
        parts += [self._at(base.cell, TEAM, "base", f"{base.name}: base of escort teams") for base in self.file.bases]
        for town in self.file.towns:
            x, y = town.cell[0] + 0.5, town.cell[1] + 0.5
            parts.append(
                f'<circle class="town" cx="{x}" cy="{y}" r="{self._n(1.0)}">{_title(f"{town.name}: town")}</circle>'
            )
        parts += [
            self._at(hub.cell, HUB, "hub", f"{hub.name}: hub, where convoys begin or end") for hub in self.file.hubs
        ]
        for site in self.file.sites:
            title = f"{site.name}: site, {site.foreign_staff} foreign staff, {site.cost_bn_usd:g} bn USD"
            parts.append(self._at(site.cell, SITE, "site", title))
        return self.svg("ground", *parts, *self._names())

    def _areas(self) -> Iterable[str]:
        # The first area that holds a cell has it: the first one is drawn last.
        for k, place in reversed(list(enumerate(self.file.jurisdictions))):
            points = " ".join(f"{x},{y}" for x, y in place.area)
            yield f'<polygon class="area area-{k}" points="{points}">{_title(f"{place.name}: jurisdiction")}</polygon>'

    def _roads(self) -> Iterable[str]:
        for road in self.file.roads:
            points = " ".join(f"{x + 0.5},{y + 0.5}" for x, y in road.points)
            yield f'<polyline class="road" points="{points}">{_title(road.name)}</polyline>'

    def _names(self) -> Iterable[str]:
        """Names of sites and towns; beside the sign, on the side where there is room."""
        taken: list[tuple[float, float, float]] = []
        for kind, places in (("site", self.file.sites), ("town", self.file.towns)):
            for place in places:
                x, y = place.cell[0] + 0.5, place.cell[1] + 0.5
                length = self._n(1.12) * len(place.name)
                spot = self._free(x, y, length, taken)
                if spot is not None:
                    left, base = spot
                    taken.append((left, base, length))
                    size = self._n(2.1)
                    yield f'<text class="name {kind}-name" x="{left:g}" y="{base:g}" font-size="{size:g}">{escape(place.name)}</text>'
        for place in self.file.jurisdictions:
            xs, ys = zip(*place.area, strict=True)
            x, y = sum(xs) / len(xs), min(max(min(ys), 0) + self._n(3), self.height)
            yield f'<text class="area-name" x="{x:g}" y="{y:g}" font-size="{self._n(2.4):g}">{escape(place.name)}</text>'

    def _free(
        self, x: float, y: float, length: float, taken: list[tuple[float, float, float]]
    ) -> tuple[float, float] | None:
        """Where a name can stand without lying on another one: right, left, below, above."""
        gap, half, line = self._n(1.8), length / 2, self._n(2.2)
        around = [
            (x + gap, y + 0.7),
            (x - gap - length, y + 0.7),
            (x - half, y + line * 1.5),
            (x - half, y - line * 0.8),
        ]
        for left, base in around:
            inside = left >= 0 and left + length <= self.width and line <= base <= self.height - 0.5
            if inside and not any(
                abs(base - other) < line and left < begin + wide and begin < left + length
                for begin, other, wide in taken
            ):
                return left, base
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
        levels = self._nearness @ model.world.towns["grievance"]
        pixels = np.empty((self.height, self.width, 4), np.uint8)
        pixels[..., :3] = GRIEVANCE
        pixels[..., 3] = (levels.reshape(self.height, self.width) * MOST_OPAQUE * 255).round()
        file = io.BytesIO()
        Image.fromarray(pixels, "RGBA").save(file, "PNG")
        data = base64.b64encode(file.getvalue()).decode()
        return f'<image class="grievance" width="{self.width}" height="{self.height}" href="data:image/png;base64,{data}"/>'

    @cached_property
    def _nearness(self) -> np.ndarray:
        """Weight of each town's grievance in each cell: by the inverse square of the distance."""
        cells_y, cells_x = np.divmod(np.arange(self.width * self.height), self.width)
        towns = np.array([town.cell for town in self.file.towns])
        distance = (cells_x[:, None] - towns[:, 0]) ** 2 + (cells_y[:, None] - towns[:, 1]) ** 2
        weight = 1.0 / (distance + 4.0)
        return weight / weight.sum(axis=1, keepdims=True)

    def _coverage(self, model: SecurityModel) -> Iterable[str]:
        """Circles where cameras and towers see, the stretches of drone crews; opaque as they are good."""
        world = model.world
        for row, post in enumerate(world.detectors):
            if post["working"] == 0 or post["kind"] == detectors.CHECKPOINT:
                continue
            title = _title(f"{model.names['detectors'][row]}: finds a team with {post['detection']:.0%}")
            if post["kind"] == detectors.DRONE:
                yield f'<polyline class="stretch" points="{self._stretch(world, post)}">{title}</polyline>'
                continue
            x, y = self.xy(world.nodes["cell"][post["node"]])
            radius = post["reach"] / self.file.grid.cell_km
            opacity = 0.08 + 0.5 * post["detection"]
            yield f'<circle class="reach" cx="{x}" cy="{y}" r="{radius:g}" fill-opacity="{opacity:.2f}">{title}</circle>'

    def _stretch(self, world: Any, crew: Any) -> str:
        first = world.routes["first"][crew["route"]] + crew["first"]
        return self._points(world, world.path[first : first + crew["cells"]])

    def _points(self, world: Any, nodes: np.ndarray) -> str:
        return " ".join(f"{x},{y}" for x, y in (self.xy(cell) for cell in world.nodes["cell"][nodes]))

    def _protests(self, model: SecurityModel) -> Iterable[str]:
        towns = model.world.towns
        for row in np.flatnonzero(towns["blocked"] == model.world.clock["day"][0]):
            x, y = self.xy(model.world.nodes["cell"][towns["node"][row]])
            title = _title(f"{model.names['towns'][row]}: a protest blocks the road today")
            yield f'<circle class="protest" cx="{x}" cy="{y}" r="{self._n(2.4):g}">{title}</circle>'

    def _checkpoints(self, model: SecurityModel) -> Iterable[str]:
        posts = model.world.detectors
        for row in np.flatnonzero(posts["kind"] == detectors.CHECKPOINT):
            staffed = posts["working"][row] == 1
            look = "checkpoint" if staffed else "checkpoint unstaffed"
            title = f"{model.names['detectors'][row]}: checkpoint, {'staffed' if staffed else 'nobody there'}"
            yield self._sign(Sign(model.world.nodes["cell"][posts["node"][row]], CHECKPOINT, look, title))

    def _free_teams(self, model: SecurityModel) -> Iterable[str]:
        """At each base, how many teams are free."""
        world = model.world
        free = _serving(world) & (world.teams["state"] == escorts.AT_BASE)
        at = np.array([self.file.bases[home].cell for home in world.teams["home"][free]]).reshape(-1, 2)
        for base in self.file.bases:
            count = int(np.sum((at == base.cell).all(axis=1)))
            x, y = base.cell[0] + 0.5, base.cell[1] + 0.5
            title = _title(f"{base.name}: {count} {'team' if count == 1 else 'teams'} free")
            size = self._n(1.6)
            yield f'<text class="free" x="{x}" y="{y + size * 0.36:g}" font-size="{size:g}">{count}{title}</text>'

    # What happened.

    def marks(self, events: Sequence[dict[str, Any]], chosen: dict[str, Any] | None = None) -> str:
        """Signs of incidents and foiled plots; plots that nobody knows of where the events hold them."""
        parts = []
        for event in events:
            stage = event["stage"]
            shape, look = (FOILED, "foiled") if stage.startswith("foiled") else (INCIDENT, stage.replace(" ", "-"))
            if stage in UNSEEN:
                shape = PLOT
            alone = " alone" if event.get("alone") else ""
            parts.append(self._at(event["cell"], shape, f"mark {look}{alone}", described(event)))
            if event.get("alone"):
                parts.append(self._ring(event["cell"], "only"))
        if chosen is not None:
            parts.append(self._ring(chosen["cell"], "chosen"))
        return self.svg("marks", *parts)

    def _ring(self, cell: tuple[int, int], look: str) -> str:
        x, y = cell[0] + 0.5, cell[1] + 0.5
        return f'<circle class="ring {look}" cx="{x}" cy="{y}" r="{self._n(2.3):g}"/>'

    # What moves.

    def signs(self, model: SecurityModel, analyst: bool) -> Signs:
        """Everybody on the road or at an attack, by kind and row; attackers on the analyst's view only."""
        cells, first = model.cells, 0
        found: Signs = {}
        found |= {("convoy", row): sign for row, sign in self._convoys(model, cells[first:])}
        first += len(model.world.convoys)
        found |= {("team", row): sign for row, sign in self._teams(model, cells[first:])}
        first += len(model.world.teams)
        if analyst:
            found |= {("attacker", row): sign for row, sign in self._attackers(model, cells[first:])}
        first += len(model.world.slots) + len(model.world.insiders)
        found |= {("drone", row): sign for row, sign in self._drones(model, cells[first:])}
        return found

    def moving(self, model: SecurityModel, signs: Signs, differing: Iterable[int] = ()) -> str:
        """The picture of the signs, with closed roads below and the cells that differ from another policy's marked."""
        parts = [*self._closures(model), *(self._sign(sign) for sign in signs.values())]
        size = self._n(3.4)
        for cell in differing:
            x, y = self.xy(cell)
            parts.append(
                f'<rect class="differs" x="{x - size / 2:g}" y="{y - size / 2:g}" width="{size:g}" height="{size:g}"/>'
            )
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
            look = f"team {FORCE_CLASSES[kinds[row]]}" + (" response" if state == escorts.TO_ATTACK else "")
            yield row, Sign(int(cells[row]), TEAM, look, f"{model.names['teams'][row]}: {escorts.STATES[state]}")

    def _attackers(self, model: SecurityModel, cells: np.ndarray) -> Iterable[tuple[int, Sign]]:
        slots = model.world.slots
        for row in np.flatnonzero(slots["state"] >= plots.WATCHING).tolist():
            state = plots.STATES[slots["state"][row]]
            title = f"{model.names['slots'][row]}: {state}"
            if plots.WATCHING <= slots["state"][row] <= plots.WAITING:
                title += f", against {model.names['targets'][slots['target'][row]]}"
            yield row, Sign(int(cells[row]), ATTACKER, f"attacker {state.replace(' ', '-')}", title)

    def _drones(self, model: SecurityModel, cells: np.ndarray) -> Iterable[tuple[int, Sign]]:
        posts = model.world.detectors
        flying = (posts["kind"] == detectors.DRONE) & (posts["working"] == 1) & (posts["cells"] > 0)
        for row in np.flatnonzero(flying).tolist():
            yield row, Sign(int(cells[row]), DRONE, "drone", f"{model.names['detectors'][row]}: on patrol")

    def _closures(self, model: SecurityModel) -> Iterable[str]:
        """Roads that are closed for a convoy, at the site's end of its route, as long as a closure lasts."""
        world, policy = model.world, self.scenario.policy
        cells = math.ceil(policy.closures.length / self.file.grid.cell_km)
        early = policy.closures.duration * TICKS_AN_HOUR
        now = int(world.clock["policy_day"][0]) * TICKS_A_DAY + int(model.time)
        for row in np.flatnonzero(world.convoys["closed"] == 1).tolist():
            convoy = world.convoys[row]
            if convoy["state"] == convoys.RESTING or now < convoy["planned"] + convoy["held"] - early:
                continue
            route = world.routes[convoy["route"]]
            nodes = world.path[route["first"] : route["first"] + route["length"]]
            near = nodes[-cells - 1 :] if world.lines["inbound"][row] == 1 else nodes[: cells + 1]
            title = _title(f"road closed for the convoy {model.names['convoys'][row]}")
            yield f'<polyline class="closed" points="{self._points(world, near)}">{title}</polyline>'

    # Signs.

    def _sign(self, sign: Sign) -> str:
        return self._at(divmod(int(sign.cell), self.width)[::-1], sign.shape, sign.look, sign.title)

    def _at(self, cell: Sequence[int], shape: str, look: str, title: str) -> str:
        move = f"translate({cell[0] + 0.5} {cell[1] + 0.5})"
        if self.scale != 1.0:
            move += f"scale({self.scale:g})"
        return f'<path class="{look}" d="{shape}" transform="{move}">{_title(title)}</path>'

    def _n(self, length: float) -> float:
        """A length of the usual map on this one."""
        return length * self.scale


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
