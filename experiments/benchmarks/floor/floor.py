"""The C floor: floor.c compiled, fed with a scenario's tables, and run."""

from __future__ import annotations

import ctypes
import functools
import math
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from sim import engine
from sim.agents import convoys, detectors, escorts, insiders
from sim.agents.attackers import clocks, field
from sim.agents.expected.worth import NOON
from sim.agents.threat import engagement, meeting, slots, targets
from sim.clock import DAYS_A_YEAR, EPOCH_DAYS, TICKS_A_DAY, TICKS_AN_HOUR
from sim.outcome import CLASSES, NOTHING, OUTCOME
from sim.rng import replicate_seed
from sim.runs.chunks import plan_chunks
from sim.scenario.build import build_world, params_rows
from sim.scenario.schema import Scenario
from sim.state import World, clone

NEVER = 2**31 - 1
SOURCE = Path(__file__).with_name("floor.c")
CORE = Path(__file__).parent.with_name("core.yaml")
# Contraction off: floor.c says why.
FLAGS = ["-std=gnu11", "-O3", "-march=native", "-ffp-contract=off", "-shared", "-fPIC", "-Wall", "-Wextra"]

_TYPES = {
    "int32_t": ctypes.c_int32,
    "int64_t": ctypes.c_int64,
    "uint32_t": ctypes.c_uint32,
    "double": ctypes.c_double,
}
_STRUCT = re.compile(r"typedef struct \{(.*?)\n\} (\w+)_t;", re.DOTALL)
_FIELDS = re.compile(r"^    (?:const )?(\w+) ([^;]+);", re.MULTILINE)
_FIELD = re.compile(r"(\*?)(\w+)(?:\[(\w+)\])?")


def _struct(name: str, **widths: int) -> type[ctypes.Structure]:
    """A struct of floor.c as ctypes has it, so that its fields are written down once; widths are its macros."""
    body = next(body for body, found in _STRUCT.findall(SOURCE.read_text(encoding="utf-8")) if found == name)
    fields = []
    for kind, names in _FIELDS.findall(body):
        for star, field_name, length in _FIELD.findall(names):
            plain = ctypes.c_void_p if star else _TYPES[kind]
            fields.append((field_name, plain * (widths.get(length) or int(length)) if length else plain))
    return type(name, (ctypes.Structure,), {"_fields_": fields})


COUNTS = np.dtype(_struct("counts"))


class NotCore(ValueError):
    """A scenario in which something feeds back, or is due, that the floor leaves out."""


@functools.cache
def compile_floor(legs: int, teams: int) -> ctypes.CDLL:
    """Compile floor.c with `cc`, once a process: -march=native suits no other machine's processor.

    Parameters
    ----------
    legs, teams : int
        The most legs of a route and teams of a jurisdiction.

    Raises
    ------
    FileNotFoundError
        If there is no `cc`.
    subprocess.CalledProcessError
        If it does not compile.
    """
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder, "floor.so")
        widths = [f"-DLEGS={legs}", f"-DTEAMS={teams}"]
        subprocess.run(["cc", *FLAGS, *widths, str(SOURCE), "-o", str(library), "-lm"], check=True)
        return ctypes.CDLL(str(library))


class Floor:
    """The floor with the tables of one scenario.

    Parameters
    ----------
    scenario : Scenario
        With every feedback off, as in core.yaml, and the same policy in its warm-up.

    Raises
    ------
    NotCore
        If the scenario asks for something that the floor leaves out.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.days = max(1, round(scenario.run.horizon * DAYS_A_YEAR))
        self.warmup = round(scenario.run.warmup * DAYS_A_YEAR)
        self._kept: list[np.ndarray] = []
        params = params_rows([scenario])[0]
        _refuse(scenario, params)
        world = _settled_world(scenario)
        if np.ptp(world.intelligence["noticed"]) > 0:
            raise NotCore(f"{scenario.name}: the floor leaves out patrols that differ by jurisdiction")
        self.widths = _widths(world)
        self.library = compile_floor(self.widths["LEGS"], self.widths["TEAMS"])
        self.model = _struct("model")()
        self._lay_out(world, params)

    def run(self, seeds: np.ndarray) -> np.ndarray:
        """Run replicates, one after the other, without the interpreter's lock.

        Parameters
        ----------
        seeds : array_like of uint64
            A replicate's own seed each.

        Returns
        -------
        ndarray of COUNTS, shape (replicates, years)
        """
        seeds = np.ascontiguousarray(seeds, np.uint64)
        years = math.ceil(self.days / DAYS_A_YEAR)
        rows = np.zeros((len(seeds), years), COUNTS)
        seeds_at, rows_at = ctypes.c_void_p(seeds.ctypes.data), ctypes.c_void_p(rows.ctypes.data)
        bad = self.library.floor_run(ctypes.byref(self.model), len(seeds), seeds_at, years, rows_at)
        if bad:
            raise RuntimeError(f"the agenda was full in {bad} replicates")
        return rows

    def _table(self, name: str, rows: list[dict[str, Any]]) -> None:
        """Fill an array of structs and point the model at it."""
        table = np.zeros(max(1, len(rows)), np.dtype(_struct(name, **self.widths)))
        for k, row in enumerate(rows):
            if set(row) != set(table.dtype.names):
                raise KeyError(f"{name}: {set(row) ^ set(table.dtype.names)}")
            for column, value in row.items():
                table[column][k] = value
        self._point(name, table)

    def _numbers(self, name: str, values: Any, kind: str) -> None:
        self._point(name, np.ascontiguousarray(values, kind))

    def _point(self, name: str, array: np.ndarray) -> None:
        self._kept.append(array)
        setattr(self.model, name, array.ctypes.data)

    def _lay_out(self, world: World, params: np.record) -> None:
        self._places(world, params)
        self._lines(world, params)
        self._teams(world, params)
        self._targets(world, params)
        self._attackers(world, params)
        self._insiders(world, params)
        values = _scalars(world, params) | {
            "lines": len(world.lines),
            "jurisdictions": len(world.jurisdictions),
            "sites": len(world.sites),
            "targets": len(world.targets),
            "groups": len(world.groups),
            "slots": len(world.slots),
            "posts": len(world.posts),
            "nodes": len(world.nodes),
            "lanes": len(world.lines) * max(4, *self.widths.values()) + 8 + max(self.widths.values()),
            "ring": _ring(world, params),
            "start_day": EPOCH_DAYS - self.warmup,
            "policy_day": EPOCH_DAYS,
            "end_day": EPOCH_DAYS + self.days,
        }
        pointers = {name for name, kind in self.model._fields_ if kind is ctypes.c_void_p}
        if set(values) | pointers != {name for name, _ in self.model._fields_}:
            raise KeyError(f"model: {(set(values) | pointers) ^ {name for name, _ in self.model._fields_}}")
        for name, value in values.items():
            setattr(self.model, name, tuple(value) if isinstance(value, list) else value)

    def _places(self, world: World, params: np.record) -> None:
        self._table("route", [_route(world, route, self.widths["LEGS"]) for route in world.routes])
        self._table(
            "checkpoint",
            [
                {
                    "id": post.id,
                    "staffed": post.working,
                    "adherence": world.protocol[post.jurisdiction].adherence,
                    "detection": post.detection,
                }
                for post in world.detectors[: world.setting[0].first_cameras]
            ],
        )
        places = zip(world.protocol, world.intelligence, strict=True)
        self._table("jurisdiction", [{"adherence": p.adherence, "noticed": q.noticed} for p, q in places])
        fleets = zip(world.fleets, world.sites, strict=True)
        self._table("site", [{"vehicles": f.vehicles, "foreign_staff": s.foreign_staff} for f, s in fleets])
        self._numbers("path", world.path, "i4")
        self._numbers("node_jurisdiction", world.nodes["jurisdiction"], "i4")
        self._numbers("node_checkpoint", world.nodes["checkpoint"], "i4")
        self._numbers("distance", world.reach["distance"], "i4")
        self._numbers("toward", world.reach["toward"], "i4")

    def _lines(self, world: World, params: np.record) -> None:
        serving = _serving_teams(world)
        rows = []
        for i, line in enumerate(world.lines):
            names = ("id", "site", "inbound", "jurisdiction", "origin", "destination", "first_route", "routes", "phase")
            row = {name: line[name] for name in names}
            per_week = params.closures_per_week if line.closable == 1 else params.closures_elsewhere
            row["chance"] = [*_chances_followed(world, params, int(line.jurisdiction)), 0.0]
            row["closure_share"] = min(1.0, per_week / (2.0 * params.exposure_trips_per_week))
            row["departure"] = convoys.habitual_departure(params, i, world)
            here = [world.teams[t].home for t in serving[line.jurisdiction]]
            near = [int(world.reach[home, line.origin].distance) for home in here]
            row["distance"] = near + [0] * (self.widths["TEAMS"] - len(near))
            row["notice"] = max(line.drive, int(params.movement_escort_notice * TICKS_AN_HOUR))
            rows.append(row)
        self._table("line", rows)

    def _teams(self, world: World, params: np.record) -> None:
        rows, ids = [], []
        for here in _serving_teams(world):
            for t in here:
                team = world.teams[t]
                stop = params.movement_escort_stop * world.forces[team.force].strength
                rows.append({"home": team.home, "stop": stop, "serves": 1})
                ids.append(team.id)
            none = self.widths["TEAMS"] - len(here)
            rows.extend([{"home": 0, "stop": 0.0, "serves": 0}] * none)
            ids.extend([0] * none)
        self._table("team", rows)
        self._numbers("team_id", ids, "u4")

    def _targets(self, world: World, params: np.record) -> None:
        rows = []
        for t, target in enumerate(world.targets):
            row = {name: target[name] for name in ("id", "target_class", "place", "site", "node", "jurisdiction")}
            row["watch"] = [engagement.watch_chance(world, params, t, target.node, helped, NOON) for helped in (0, 1)]
            row["meeting"] = meeting.daily_meeting(world, params, t)
            rows.append(row)
        self._table("target", rows)

    def _attackers(self, world: World, params: np.record) -> None:
        groups = []
        scores = np.full((len(world.groups), len(world.targets)), -math.inf)
        for g in range(len(world.groups)):
            view = world.groups[g].vantage
            targets.weigh(world, params, view)
            pulls = world.pulls["whole"][g, : len(CLASSES)]
            chances = [targets.class_chance(world, g, c) for c in range(len(CLASSES))]
            groups.append({"log_attraction": [math.log(x) if x > 0 else -math.inf for x in pulls], "chance": chances})
            for t, weight in enumerate(world.appeal[view]):
                if weight > 0.0:
                    scores[g, t] = params.threat_rationality * targets.utility(world, params, g, t) + math.log(weight)
        self._table("group", groups)
        self._numbers("score", scores, "f8")
        count = range(len(world.jurisdictions))
        self._numbers("interdiction", [[slots.interdiction(world, params, h, j) for j in count] for h in count], "f8")
        self._table("slot", [{name: s[name] for name in ("id", "group", "home", "jurisdiction")} for s in world.slots])

    def _insiders(self, world: World, params: np.record) -> None:
        accepted = insiders.share_accepted(world, params)
        fastest = insiders.clock_rate(params.insider_grievance_exponent, params.community_Gref)
        rows = []
        for post in world.posts:
            rate = post.headcount * params.insider_turnover * params.insider_prevalence / DAYS_A_YEAR
            rate *= fastest / insiders.LEAST_ACCEPTED
            keen = insiders.keenness(world, params, post.site)
            row = {"id": post.id, "site": post.site, "opens": insiders.OPENS_SITE[post.access], "rate": rate}
            rows.append(row | {"thinning": insiders.LEAST_ACCEPTED / accepted * keen / fastest})
        self._table("post", rows)


def _chances_followed(world: World, params: np.record, j: int) -> list[float]:
    """Chance that a movement from a jurisdiction follows each item; a pledged team needs nobody to ask for it."""
    adherence = world.protocol[j].adherence
    chances = []
    for offset in params["adherence_items"].tolist():
        moved = 0.0 < adherence < 1.0 and offset != 0.0
        chances.append(1.0 / (1.0 + math.exp(-offset) * (1.0 - adherence) / adherence) if moved else adherence)
    chances[0] = 1.0 - (1.0 - chances[0]) * (1.0 - world.presence[j].pledged)
    return chances


def _serving_teams(world: World) -> list[list[int]]:
    """Rows of the teams that serve in each jurisdiction, in the engine's order."""
    here: list[list[int]] = [[] for _ in world.jurisdictions]
    for force in world.forces:
        here[force.jurisdiction].extend(range(force.first_team, force.first_team + force.teams))
    return here


def _widths(world: World) -> dict[str, int]:
    """What the C file takes as constants."""
    if world.reach["distance"].max() >= 1 << 12:
        raise NotCore("a road of more cells than the order of teams has bits for")
    legs = int((world.routes["crossings"] + world.routes["borders"]).max())
    return {"LEGS": 8 * max(1, math.ceil(legs / 8)), "TEAMS": max(1, *map(len, _serving_teams(world)))}


def _route(world: World, route: np.record, width: int) -> dict[str, Any]:
    """A row of the routes' table: checkpoints, then borders, then nothing."""
    passed = world.crossings[route.first_crossing : route.first_crossing + route.crossings]
    borders = world.crossings[route.first_border : route.first_border + route.borders]
    staffed = [world.detectors[x.checkpoint].working for x in passed]
    index = [*range(len(passed)), *(convoys._FIRST_BORDER + k for k in range(len(borders)))]
    legs = len(passed) + len(borders)

    def padded(values: list[int]) -> list[int]:
        return values + [0] * (width - len(values))

    return {
        "first": route.first,
        "length": route.length,
        "checkpoints": len(passed),
        "borders": len(borders),
        "index": padded(index),
        "place": padded([int(x.place) for x in (*passed, *borders)]),
        "staffed": padded(staffed),
        "border": [NEVER] * len(passed) + [int(x.place) for x in borders] + [NEVER] * (width - legs),
    }


def _ring(world: World, params: np.record) -> int:
    """Length of the agenda's ring: a power of 2 beyond the furthest that anything is put off."""
    drive = 2 * int(world.reach["distance"].max()) + escorts.TICKS_AT_ATTACK
    hours = max(params.movement_varied_window, params.movement_habit_sd / 60.0 * 9.0) + params.movement_escort_patience
    way = int(world.routes["length"].max() + 60 * world.routes["crossings"].max() * params.checkpoints_thoroughness)
    furthest = 2 * TICKS_A_DAY + int(hours * TICKS_AN_HOUR) + max(drive, way + int(params.movement_stop_minutes))
    return 1 << max(11, math.ceil(math.log2(furthest)))


def _scalars(world: World, params: np.record) -> dict[str, Any]:
    delivered, checks = world.delivered[0], world.checks[0]
    sensitivity = checks.sensitivity
    recheck = params.screening_recheck_ratio * sensitivity
    recheck += (1.0 - recheck) * params.layers_records_found * params.records_residents * checks.checked
    army = params.checkpoints_staffed_by == detectors.ARMY_STAFF
    most_delay = detectors.MOST_DELAY_TICKS * params.checkpoints_thoroughness
    return {
        "trips_per_week": params.exposure_trips_per_week,
        "varied_window": params.movement_varied_window,
        "habit_sd": params.movement_habit_sd,
        "cancel_share": params.movement_cancel_share,
        "leak_if_not_secret": params.movement_leak_if_not_secret,
        "coordination_gap": params.state_coordination_gap * (1.0 - params.state_coordination_cell),
        "delays": most_delay + 1.0,
        "mean_delay": detectors.mean_delay(params),
        "closures_clear": params.closures_clear,
        "wait_window": params.threat_wait_window,
        "wait_at_ends": params.threat_wait_at_ends,
        "fatigue": params.adherence_fatigue,
        "shift_hours": params.checkpoints_shift_hours,
        "vigilance": params.layers_checkpoint_vigilance,
        "staff": params.layers_checkpoint_army if army else 1.0,
        "opportunity_gap": targets.opportunity_interval(params) / clocks.opportunities_rate(params),
        "recruit_gap": params.threat_recruit_interval / clocks.recruits_rate(params),
        "recruit_interval": params.threat_recruit_interval,
        "opportunity_interval": targets.opportunity_interval(params),
        "watch_mean": params.threat_watch_mean,
        "prepare_mean": params.threat_prepare_mean,
        "lie_low_mean": params.threat_lie_low_mean,
        "removed_if_foiled": params.threat_removed_if_foiled,
        "removed_if_engaged": params.threat_removed_if_engaged,
        "opportunities_rate": clocks.opportunities_rate(params),
        "recruits_rate": clocks.recruits_rate(params),
        "level_sd": params.threat_level_sd,
        "log_nothing": math.log(world.pulls[0, NOTHING].whole),
        "insider_factor": params.layers_insider_factor,
        "activation": params.insider_activation,
        "insider_found": params.insider_found,
        "turnover": params.insider_turnover,
        "sensitivity": sensitivity,
        "recheck_interval": params.screening_recheck_interval,
        "recheck_chance": recheck,
        "history_days": insiders.HISTORY_DAYS,
        "common_cause": params.adherence_common_cause,
        "layer": [engagement.layer_detection(world, params, layer) for layer in range(engagement.SITE_LAYERS)],
        "armour_harm": params.movement_armour_harm,
        "response_effect": params.layers_response_effect,
        "response_time": params.layers_response_time,
        "fatal_convoy": params.harm_convoy_p_fatal,
        "fatal_site": params.harm_site_p_fatal,
        "fatal_outing": params.harm_outing_p_fatal,
        "tail_alpha": params.harm_tail_alpha,
        "security_mean": params.harm_security_mean,
        "resident_mean": params.harm_resident_mean,
        "vehicle_share": params.exposure_private_vehicle_share,
        "passengers_min": params.exposure_passengers_min,
        "passengers_mode": params.exposure_passengers_mode,
        "passengers_max": params.exposure_passengers_max,
        "severity": [int(deaths) for deaths in params["harm_severity"]],
        "outing_present": int(params.exposure_outing_present),
        "private_present": int(params.exposure_private_present),
        "guards": engagement.GUARDS_AT_SITE + int(delivered.extra_guards),
        "residents": engagement.RESIDENTS_NEAR,
        "team_size": escorts.TEAM_SIZE,
        "responders": escorts.RESPONDERS,
        "ticks_at_attack": escorts.TICKS_AT_ATTACK,
        "patience": int(params.movement_escort_patience * TICKS_AN_HOUR),
        "stop_ticks": int(params.movement_stop_minutes * TICKS_AN_HOUR / 60.0),
        "closed_cells": math.ceil(params.closures_length / world.setting[0].cell_km),
        "wait_patience": int(params.threat_wait_patience),
        "end_cells": field.END_CELLS,
        "first_shift_hour": detectors.FIRST_SHIFT_HOUR,
    }


# What the rules compute a day and the floor takes as given.
_GIVEN = {
    "protocol": ("adherence",),
    "intelligence": ("interdiction", "noticed"),
    "presence": ("pledged",),
    "mood": ("grievance",),
    "forces": ("teams", "strength"),
    "fleets": ("vehicles",),
    "detectors": ("working", "detection"),
    "stance": ("perceived",),
    "delivered": ("route_watch", "site_layer", "checkpoint", "extra_guards"),
    "checks": ("sensitivity", "refused", "checked"),
}


def _settled_world(scenario: Scenario) -> World:
    """A World of the engine's at the end of a run, in which what the floor takes as given is as it was at t = 0."""
    blank = build_world(scenario)
    chunk = next(plan_chunks([scenario], [0], 0))
    chunk.jobs["finish"] = 0
    begun, ended = clone(blank), clone(blank)
    for world, until in ((ended, int(chunk.jobs["until"][0])), (begun, EPOCH_DAYS * TICKS_A_DAY)):
        chunk.jobs["until"] = until
        engine.advance(world, clone(blank), blank, chunk.base, chunk.params, chunk.jobs, OUTCOME.rows(chunk.rows))
    for name, columns in _GIVEN.items():
        for column in columns:
            if (getattr(begun, name)[column] != getattr(ended, name)[column]).any():
                raise NotCore(f"{scenario.name}: {name}.{column} changes during a run")
    return ended


def _refuse(scenario: Scenario, params: np.record) -> None:
    """Refuse what feeds back or what core.yaml does not have."""
    warmup = params_rows([scenario.warmup])[0]
    asked = {
        "a warm-up under another policy, or a steady start": warmup != params or scenario.run.start == "steady",
        "adherence that moves": params.adherence_hold == 0,
        "learning": params.threat_learning != 0,
        "grievance that acts": params.community_recruit_exponent != 0 or params.insider_grievance_exponent != 0,
        "harm that moves grievance": params.community_w_harm != 0,
        "protests": params.community_protest_rate != 0,
        "stoppages": params.confidence_stoppage >= 1,
        "cameras, watchtowers or drones": params.cameras_count + params.watchtowers_per_site + params.drones_crews > 0,
        "offensives": params.state_offensive_campaigns > 0,
        "leaking records": params.records_foreigners > 0,
        "insiders as causes": _insiders_cause(params),
        "re-checks more than once a day": 0 < params.screening_recheck_interval < 1,
        "movements that the policy leaves out, or other passengers": params.movement_trips < 1
        or params.movement_people != 1,
        "sites with a timetable of their own": any(
            s.trips_per_week or s.people_a_trip for s in scenario.world_file.sites
        ),
        "targets that count by exposure or distance": params.threat_exposure_counts + params.threat_distance_scale > 0,
        "ways round checkpoints, or others than the world's": params.threat_posts_known + params.checkpoints_placement
        > 0,
        "presence of forces": params.layers_presence_needed + params.threat_deterrence > 0,
        "closures ranked by exposure": params.closures_ranked != 0,
        "escorts that deter": params.movement_sight > 0,
        "outings apart from adherence": params.exposure_outing_tie != 1 or params.movement_curfew > 0,
        "near repeats": params.threat_near_repeat > 0,
    }
    for what, wrong in asked.items():
        if wrong:
            raise NotCore(f"{scenario.name}: the floor leaves out {what}")


def _insiders_cause(params: np.record) -> bool:
    """Whether insiders do more than serve the plots that find them."""
    names = ("turned", "offers", "passes", "draws", "betrayal")
    return params.insider_watch_left != 1 or any(params[f"insider_{name}"] != 0 for name in names)


def run_engine(scenario: Scenario, replicates: int, root: int) -> np.ndarray:
    """The engine's outcome rows, in this thread. Shape (replicates, years)."""
    blank = build_world(scenario)
    world, kept = clone(blank), clone(blank)
    parts = []
    for chunk in plan_chunks([scenario], range(replicates), root):
        rows = OUTCOME.rows(chunk.rows)
        engine.advance(world, kept, blank, chunk.base, chunk.params, chunk.jobs, rows)
        parts.append(rows)
    return np.concatenate(parts).reshape(replicates, -1)


def seeds_of(root: int, replicates: int) -> np.ndarray:
    """Replicates' own seeds, as `sitesec run` derives them from the root seed."""
    return np.array([replicate_seed(root, k) for k in range(replicates)], np.uint64)


def differences(scenario: Scenario, replicates: int, root: int) -> dict[str, int]:
    """Columns that differ between floor and engine -> in how many rows."""
    ours = Floor(scenario).run(seeds_of(root, replicates))
    theirs = run_engine(scenario, replicates, root)
    if theirs["status"].any():
        raise RuntimeError("an array of the engine was full")
    wrong = {name: int((ours[name] != theirs[name]).sum()) for name in COUNTS.names}
    return {name: count for name, count in wrong.items() if count}
