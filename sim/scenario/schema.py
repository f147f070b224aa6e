"""The scenario's schema: every value that a user can set, with its unit, bounds, meaning and source.

A field is one of three kinds. A `lever` belongs to the policy and may switch at t = 0; an `uncertain` one is
a fact that nobody knows well; a `fixed` one says how the run is made. Rules see `policy.adherence.level` as
`params.adherence_level` and `layers.site.d0` as `params.layers_site_d0`. To add a lever, add its line here.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from functools import cache, partial
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, field_validator, model_validator
from pydantic_core import PydanticCustomError

from sim.scenario.errors import ScenarioError

if TYPE_CHECKING:
    from sim.scenario.worldfile import WorldFile

TYPES = {float: "number", int: "integer", bool: "switch", str: "text"}
SPLIT_TOLERANCE = 1e-6
Bounds = tuple[float, float] | None
Problems = Iterator[tuple[tuple[str | int, ...], str]]
Severity = Annotated[list[Annotated[int, Field(ge=1, le=60)]], Field(min_length=7, max_length=7)]


class Section(BaseModel):
    """A mapping of the file: unknown keys, text in place of numbers, NaN and infinity are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)

    def problems(self) -> Problems:
        """What is wrong between several keys: pairs of a path below this section and a sentence."""
        yield from ()

    @model_validator(mode="after")
    def _no_problems(self) -> Section:
        found = list(self.problems())
        if found:
            raise PydanticCustomError("check", "{text}", {"text": found[0][1], "problems": found})
        return self


def leaf(
    kind: str,
    default: Any,
    unit: str,
    bounds: Bounds,
    description: str,
    source: str = "assumed",
    *,
    entries: bool = False,
) -> Any:
    """One field: default, unit, bounds (None where it isn't a number; of its entries), meaning and source."""
    low, high = bounds if bounds and not entries else (None, None)
    extra: dict[str, Any] = {"kind": kind, "unit": unit, "bounds": bounds and list(bounds), "source": source}
    return Field(default, ge=low, le=high, description=description, json_schema_extra=extra)


def part(section: type[Section]) -> Any:
    """A section within a section; a file need not write it."""
    return Field(default_factory=section)


lever, uncertain, fixed = partial(leaf, "lever"), partial(leaf, "uncertain"), partial(leaf, "fixed")


class Run(Section):
    """How long a replicate is and how it starts."""

    horizon: float = fixed(8.0, "year", (0.00274, 30), "length of a replicate from t = 0", "public record")
    warmup: float = fixed(2.0, "year", (0, 10), "years simulated under the warm-up policy and discarded")
    start: Literal["today", "steady"] = fixed(
        "today", "-", None, "insiders at t = 0: those of the warm-up, or of the new screening's steady state"
    )
    warmup_policy: str | None = fixed(
        None, "-", None, "file whose levers hold during the warm-up; else those of the root of `extends`"
    )


class Exposure(Section):
    """Who is exposed, where and how often."""

    local_per_foreign: float = uncertain(
        8.0, "ratio", (3.75, 18), "local staff, who are checked on hiring, for each foreign one", "press"
    )
    private_nationals: float = uncertain(
        6000.0, "person", (0, 17000), "foreign nationals outside projects and protocols", "press; assumed"
    )
    trips_per_week: float = uncertain(4.0, "1/week/site", (2, 6), "round trips of a site")
    departure: float = fixed(8.0, "hour", (0, 16), "habitual time of day of the outward trip")
    return_departure: float = fixed(15.0, "hour", (0, 23), "habitual time of day of the return")
    passengers_min: int = uncertain(3, "person", (1, 20), "fewest foreign nationals in a convoy")
    passengers_mode: int = uncertain(8, "person", (1, 40), "most frequent number in a convoy")
    passengers_max: int = uncertain(20, "person", (2, 60), "most foreign nationals in a convoy")
    outing_present: int = uncertain(4, "person", (1, 20), "foreign nationals on an unprotected outing")
    private_present: int = uncertain(4, "person", (1, 20), "private nationals together when they are met")
    private_vehicle_share: float = uncertain(0.8, "probability", (0, 1), "private nationals met in a vehicle")
    outing_meeting: float = uncertain(
        1.0, "1/day", (0, 1), "chance that a waiting team meets an outing, for each unit of 1 - adherence"
    )
    private_meeting: float = uncertain(0.5, "1/day", (0, 1), "chance that a waiting team meets a private national")

    def problems(self) -> Problems:
        """The triangle's corners are in order, and convoys leave before they return."""
        if not self.passengers_min <= self.passengers_mode <= self.passengers_max:
            read = f"{self.passengers_min}, {self.passengers_mode}, {self.passengers_max}"
            yield (), f"read passengers_min, _mode and _max {read}, allowed only in rising order"
        if self.return_departure <= self.departure:
            late, early = self.return_departure, self.departure
            yield (), f"read return_departure {late:g}, allowed only later than departure ({early:g})"


class Items(Section):
    """How much better or worse than the rest each item of the protocol is followed, in log odds."""

    escort: float = lever(0.0, "logit", (-6, 6), "escort present")
    armour: float = lever(0.0, "logit", (-6, 6), "armoured vehicle used")
    route: float = lever(0.0, "logit", (-6, 6), "route varied")
    time: float = lever(0.0, "logit", (-6, 6), "departure varied")
    need_to_know: float = lever(0.0, "logit", (-6, 6), "movement known only to those who need it")
    closure: float = lever(0.0, "logit", (-6, 6), "road closed ahead where the policy asks for it")
    no_stop: float = lever(0.0, "logit", (-6, 6), "no stop on the way")


class Adherence(Section):
    """Whether the protocol (SOP) is followed, and how that moves with audits and incidents."""

    level: float = lever(
        0.6,
        "probability",
        (0, 1),
        "share of the items followed, at rest",
        "assumed; hand-hygiene audits find 40 to 95 %",
    )
    hold: bool = lever(False, "-", None, "keep adherence at its level: no decay, no jumps")
    items: Items = part(Items)
    half_life: float = uncertain(
        105.0, "day", (45, 365), "half-life of a jump of adherence", "new rules in hospitals fade in 6 to 12 months"
    )
    audit_interval: float = lever(182.0, "day", (0, 730), "time between audits; 0 = never")
    audit_jump: float = uncertain(0.25, "fraction of gap", (0, 0.8), "share of 1 - a that an audit closes")
    event_jump: float = uncertain(
        0.35, "fraction of gap", (0, 0.8), "share of 1 - a that an incident closes in its jurisdiction"
    )
    event_spill: float = uncertain(0.4, "ratio", (0, 1), "share of an incident's jump that others feel")
    reporting_bias: float = uncertain(
        0.15, "probability", (0, 0.5), "what is reported is a + bias (1 - a); an output only"
    )
    fatigue: float = uncertain(
        0.0087, "1/hour", (0, 0.03), "diligence lost for each hour on shift", "nursing: -8.7 points in 12 hours"
    )
    common_cause: float = uncertain(
        0.3, "probability", (0, 1), "chance that the layers of one engagement share one adherence draw"
    )

    def problems(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Audits are held never, or not more often than daily."""
        yield from _interval("audit_interval", self.audit_interval)


class Movement(Section):
    """How convoys move."""

    varied_window: float = lever(4.0, "hour", (0, 10), "width of the window of varied departures")
    escort_notice: float = lever(1.0, "hour", (0, 4), "how long before departure an escort is asked for")
    escort_patience: float = lever(2.0, "hour", (0, 12), "how long a convoy waits for an escort")
    cancel_share: float = uncertain(0.5, "probability", (0, 1), "convoys without an escort that don't go")
    escort_stop: float = uncertain(
        0.5, "probability", (0.1, 0.8), "a full escort stops a convoy's attackers", "assumed; one case in the press"
    )
    armour_harm: float = uncertain(
        0.45, "ratio", (0.1, 0.9), "share of harm left in an armoured vehicle", "assumed; few cases in the press"
    )
    leak_if_not_secret: float = uncertain(
        0.9, "probability", (0.3, 1), "a movement widely known reaches the team that waits for it"
    )
    habit_sd: float = uncertain(20.0, "minute", (5, 60), "spread of a departure that is not varied")
    stop_minutes: float = uncertain(20.0, "minute", (0, 120), "length of a stop on the way")


class Closures(Section):
    """Roads closed ahead of a convoy, at the sites that the world file flags."""

    per_week: float = lever(2.5, "1/week", (0, 14), "closures at each flagged site", "press: 2 to 3")
    length: float = uncertain(5.5, "km", (2, 10), "length of road closed", "press: 5 to 6 km")
    duration: float = uncertain(1.5, "hour", (0.5, 6), "time for which the road is closed")
    clear: float = uncertain(0.8, "probability", (0.3, 0.95), "a team waiting on the closed road is displaced or found")
    shops_per_km: float = uncertain(40.0, "1/km", (5, 120), "shops along the closed road")


def _interval(name: str, days: float) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """An interval between events is none at all or at least a day."""
    if 0 < days < 1:
        yield (name,), f"read {days:g}, allowed 0 (never) or 1 and more (day)"


class Screening(Section):
    """Background checks of local hires."""

    sensitivity: float = lever(0.6, "probability", (0, 0.95), "would-be facilitators that a check finds")
    specificity: float = lever(
        0.98,
        "probability",
        (0.85, 1),
        "honest applicants whom a check passes",
        "worked example of the base-rate problem",
    )
    delay: float = lever(21.0, "day", (0, 120), "time that a background check takes")
    recheck_interval: float = lever(730.0, "day", (0, 1825), "time between re-checks of staff; 0 = never")
    recheck_ratio: float = uncertain(0.5, "ratio", (0, 1), "sensitivity of a re-check as a share of the first check's")

    def problems(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Re-checks are held never, or not more often than daily."""
        yield from _interval("recheck_interval", self.recheck_interval)


class Split(Section):
    """Shares of the security budget; they sum to 1."""

    escort: float = lever(0.35, "share", (0, 1), "for escort teams and watch on the routes")
    armour: float = lever(0.15, "share", (0, 1), "for armoured vehicles")
    checkpoint: float = lever(0.10, "share", (0, 1), "for equipment and training of checkpoints")
    site: float = lever(0.20, "share", (0, 1), "for perimeter, gate and guards of sites")
    screening: float = lever(0.10, "share", (0, 1), "for background checks and re-checks")
    training: float = lever(0.10, "share", (0, 1), "for audits and the readiness of teams")

    def problems(self) -> Problems:
        """The shares sum to 1."""
        total = sum(self.model_dump().values())
        if abs(total - 1) > SPLIT_TOLERANCE:
            yield (), f"read shares that sum to {total:.6g}, allowed only a sum of 1"


class Budget(Section):
    """The project's own security budget."""

    share: float = lever(
        1.0,
        "% of project cost",
        (0, 5),
        "share of a project's cost spent on security",
        "published rule of 1 % of capital cost",
    )
    reading: Literal["life", "construction", "yearly"] = lever(
        "life", "-", None, "years over which the share is spent: 25, 5 or 1", "the rule can be read so"
    )
    split: Split = part(Split)
    team_share: float = uncertain(
        0.3, "share", (0, 1), "part of the escort line that hires whole teams; the rest pays for route watch"
    )
    s0: float = uncertain(
        0.33,
        "m USD/site-year",
        (0.1, 2),
        "spending that buys 63 % of what a line can do",
        "assumed; unit costs add up to it",
    )
    execution_rate: float = uncertain(0.85, "ratio", (0.3, 1), "budgeted money that is spent", "press")
    lead_time: float = uncertain(180.0, "day", (0, 900), "time until new spending works", "press; assumed")


class Policy(Section):
    """What an owner or a ministry decides."""

    adherence: Adherence = part(Adherence)
    movement: Movement = part(Movement)
    closures: Closures = part(Closures)
    screening: Screening = part(Screening)
    budget: Budget = part(Budget)


class _Detection(Section):
    d0: float
    dmax: float

    def problems(self) -> Problems:
        """More money never detects less."""
        if self.dmax < self.d0:
            yield (), f"read dmax {self.dmax:g}, allowed only d0 ({self.d0:g}) or more"


class RouteWatch(_Detection):
    """Watch on the routes, before an attack."""

    d0: float = uncertain(0.05, "probability", (0, 0.3), "team seen with nothing spent", "covert tests")
    dmax: float = uncertain(0.48, "probability", (0.2, 0.7), "team seen with unlimited spending")


class CheckpointLayer(_Detection):
    """Checkpoints that a team passes on its approach, before an attack."""

    d0: float = uncertain(0.03, "probability", (0, 0.2), "team found with nothing spent", "covert tests")
    dmax: float = uncertain(
        0.38, "probability", (0.1, 0.6), "team found with unlimited spending", "covert tests: 70 to 95 % missed"
    )
    vigilance: float = uncertain(
        0.7, "ratio", (0.3, 1), "diligence left when targets are rare", "visual search: misses rise from 7 to 30 %"
    )


class SiteLayer(_Detection):
    """Perimeter, gate and guards, each, once a site is attacked."""

    d0: float = uncertain(
        0.12, "probability", (0, 0.4), "each of perimeter, gate, guards stops an attack, nothing spent"
    )
    dmax: float = uncertain(
        0.65, "probability", (0.3, 0.8), "each of perimeter, gate, guards stops one, unlimited spending"
    )


class Waiting(Section):
    """A team that waits in the field."""

    hazard: float = uncertain(0.03, "1/day", (0, 0.2), "rate at which a waiting team is noticed")


class Response(Section):
    """Escort teams that drive to an attack."""

    effect: float = uncertain(
        0.2, "ratio", (0, 1), "harm that a response at once would prevent", "tuned to 7 fatal of 17 incidents"
    )
    time: float = uncertain(30.0, "minute", (5, 240), "travel that leaves 1/e of a response's effect")


class Layers(Section):
    """What stops an attack, with nothing spent and at best."""

    route_watch: RouteWatch = part(RouteWatch)
    checkpoint: CheckpointLayer = part(CheckpointLayer)
    site: SiteLayer = part(SiteLayer)
    waiting: Waiting = part(Waiting)
    insider_factor: float = uncertain(0.35, "ratio", (0, 1), "detection left when an insider helps")
    readiness0: float = uncertain(0.5, "ratio", (0, 1), "readiness of teams with nothing spent on training")
    response: Response = part(Response)


class ConvoyHarm(Section):
    """Harm to a convoy."""

    p_fatal: float = uncertain(
        0.74,
        "probability",
        (0.4, 0.95),
        "an attack on an unarmoured convoy kills",
        "tuned to the record's share of fatal incidents",
    )


class SiteHarm(Section):
    """Harm at a site."""

    p_fatal: float = uncertain(
        0.35, "probability", (0.05, 0.7), "an attack that breaches a site kills", "public record: 1 of 5"
    )


class OutingHarm(Section):
    """Harm to outings and private nationals."""

    p_fatal: float = uncertain(
        0.58, "probability", (0.3, 0.9), "an attack on an outing or private nationals kills", "public record"
    )


class Harm(Section):
    """Deaths of an incident, in three ledgers."""

    convoy: ConvoyHarm = part(ConvoyHarm)
    site: SiteHarm = part(SiteHarm)
    outing: OutingHarm = part(OutingHarm)
    severity: Severity = uncertain(
        [1, 1, 2, 2, 3, 5, 9],
        "death",
        (1, 60),
        "foreign deaths of a fatal incident, equally likely; sorted",
        "the record's seven fatal incidents",
        entries=True,
    )
    tail_alpha: float = uncertain(
        0.0,
        "exponent",
        (0, 2.5),
        "power-law tail of severity, above 1; 0 = none",
        "global record of severities, about 2",
    )
    security_mean: float = uncertain(1.5, "death", (0.2, 5), "guards killed in an incident", "press")
    resident_mean: float = uncertain(1.2, "death", (0.1, 5), "residents killed in an incident", "press")

    @field_validator("severity")
    @classmethod
    def _sorted(cls, severity: list[int]) -> list[int]:
        return sorted(severity)

    def problems(self) -> Problems:
        """A tail has a mean only when its exponent is above 1."""
        if 0 < self.tail_alpha <= 1:
            yield ("tail_alpha",), f"read {self.tail_alpha:g}, allowed 0 or above 1 to 2.5 (exponent)"


class InitialSuccess(Section):
    """Success that groups expect at the start, by class of target."""

    convoy: float = uncertain(0.45, "probability", (0.1, 0.9), "success expected at first against a convoy")
    site: float = uncertain(0.3, "probability", (0.1, 0.9), "success expected at first against a site")
    outing: float = uncertain(0.55, "probability", (0.1, 0.9), "success expected at first against an outing")
    private: float = uncertain(0.55, "probability", (0.1, 0.9), "success expected at first against a private national")


class Value(Section):
    """What success is worth to a group, by class of target; a group's own weights multiply it."""

    convoy: float = uncertain(
        1.25, "utility", (0, 3), "worth of a success against a convoy", "tuned to the share of incidents en route"
    )
    site: float = uncertain(1.5, "utility", (0, 3), "worth of a success against a site", "tuned to 5 of 17 incidents")
    outing: float = uncertain(
        0.42, "utility", (0, 3), "worth of a success against an outing", "tuned to the share of incidents en route"
    )
    private: float = uncertain(
        0.48, "utility", (0, 3), "worth of a success against a private national", "tuned to a quarter of incidents"
    )


class TargetCost(Section):
    """What an attempt costs a group, by class of target."""

    convoy: float = uncertain(0.12, "utility", (0, 1), "cost of an attempt at a convoy")
    site: float = uncertain(0.22, "utility", (0, 1), "cost of an attempt at a site")
    outing: float = uncertain(0.10, "utility", (0, 1), "cost of an attempt at an outing")
    private: float = uncertain(0.12, "utility", (0, 1), "cost of an attempt at a private national")


class Threat(Section):
    """The adversary: how many, how often, how it chooses and learns."""

    cells_per_group: int = fixed(6, "cell", (0, 2000), "cells that a group can have at once")
    opportunity_interval: float = uncertain(
        400.0,
        "day",
        (60, 1500),
        "mean time until an idle cell meets an opportunity",
        "tuned to 17 incidents in 8 years",
    )
    watch_mean: float = uncertain(75.0, "day", (15, 200), "mean time of watching", "plots: 1 to 9 months")
    prepare_mean: float = uncertain(60.0, "day", (10, 200), "mean time of preparing", "plots: 1 to 9 months")
    lie_low_mean: float = uncertain(120.0, "day", (20, 400), "mean time of lying low afterwards")
    wait_patience: int = uncertain(4, "trip", (1, 20), "planned trips for which a team waits in all")
    wait_window: float = uncertain(60.0, "minute", (20, 180), "time that a team waits on its cell in a day")
    delta0: float = uncertain(
        0.00385,
        "1/day",
        (0.0005, 0.02),
        "rate of interdiction without tips",
        "assumed; the share foiled is not identified",
    )
    tip_coef: float = uncertain(
        0.00143,
        "1/day",
        (0, 0.01),
        "rate added by tips, x (1 - grievance) x trust",
        "most foiled plots were noticed by somebody; size assumed",
    )
    removed_if_foiled: float = uncertain(0.5, "probability", (0, 1), "a foiled cell is lost; else lies low")
    removed_if_engaged: float = uncertain(0.35, "probability", (0, 1), "a cell is lost by its attack")
    recruit_interval: float = uncertain(240.0, "day", (60, 1500), "mean time until a lost cell is replaced")
    rationality: float = uncertain(
        4.0, "1/utility", (0, 60), "quantal response: 0 random, 60 nearly best", "shape from laboratory games"
    )
    learning: bool = uncertain(True, "-", None, "expected success is updated by outcomes")
    eta: float = uncertain(0.12, "1/outcome", (0, 0.5), "learning rate of expected success", "repeated security games")
    x0: InitialSuccess = part(InitialSuccess)
    value: Value = part(Value)
    cost: TargetCost = part(TargetCost)
    outside_option: float = uncertain(0.2, "utility", (-1, 1), "utility of doing nothing")
    visible_protection: float = uncertain(0.4, "ratio", (0, 1), "weight of seen protection in the choice")
    level_sd: float = uncertain(
        0.4,
        "log",
        (0, 0.9),
        "spread of the threat level, the same for all policies",
        "variance to mean of yearly counts, 1.4",
    )


class Insider(Section):
    """Would-be facilitators in post."""

    prevalence: float = uncertain(
        0.001,
        "probability",
        (0, 0.005),
        "would-be facilitators among applicants",
        "worked example of the base-rate problem",
    )
    turnover: float = uncertain(0.33, "1/year", (0.1, 1), "share of posts that fall vacant")
    activation: float = uncertain(0.3, "probability", (0.05, 0.7), "an insider at a target serves a plot")
    found: float = uncertain(0.5, "probability", (0, 1), "an insider who served a plot is found out")


class State(Section):
    """What the state provides, on its own ledger."""

    special_police_teams: int = lever(2, "team/jurisdiction", (0, 12), "escort teams of the special police")


class Community(Section):
    """The residents."""

    G0: float = uncertain(0.3, "0..1", (0, 1), "grievance at rest")
    trust: float = uncertain(1.0, "0..1", (0, 1), "share of what residents notice that they report")


class Cost(Section):
    """Unit costs."""

    escort_team_year: float = uncertain(90000.0, "USD", (50000, 180000), "an escort team of ten, a year")
    armoured_vehicle_year: float = uncertain(40000.0, "USD", (20000, 80000), "an armoured vehicle, a year")
    checkpoint_year: float = uncertain(85000.0, "USD", (40000, 160000), "a checkpoint with 12 staff, a year")
    background_check: float = uncertain(
        30.0, "USD", (10, 150), "a background check", "assumed; 30, not 40, so that the 1 % pays for today's checks"
    )
    recheck_share: float = uncertain(0.25, "ratio", (0, 1), "cost of a re-check relative to a check")
    audit: float = uncertain(8000.0, "USD", (3000, 20000), "an audit")
    refused_hire: float = uncertain(400.0, "USD", (100, 1500), "an honest applicant refused: vacancy")
    shop_hour: float = uncertain(3.0, "USD", (1, 10), "an hour for which a shop is cut off")


class Scenario(Section):
    """One policy, threat and world."""

    name: str = fixed("scenario", "-", None, "short name, for tables")
    description: str = fixed("", "-", None, "what it stands for, in a sentence")
    extends: str | None = fixed(None, "-", None, "file from which this one differs; None once it is read")
    world: str = fixed("worlds/corridor.yaml", "-", None, "world file, beside the naming file or shipped")
    run: Run = part(Run)
    exposure: Exposure = part(Exposure)
    policy: Policy = part(Policy)
    layers: Layers = part(Layers)
    harm: Harm = part(Harm)
    threat: Threat = part(Threat)
    insider: Insider = part(Insider)
    state: State = part(State)
    community: Community = part(Community)
    cost: Cost = part(Cost)

    _world_file: WorldFile | None = PrivateAttr(None)
    _warmup: Scenario | None = PrivateAttr(None)

    @property
    def world_file(self) -> WorldFile:
        """The world, as it was read."""
        if self._world_file is None:
            raise ScenarioError("scenario: no world was read; make it with load_scenario")
        return self._world_file

    @property
    def warmup(self) -> Scenario:
        """The scenario of the warm-up: the same facts, the levers of the baseline."""
        return self if self._warmup is None else self._warmup

    def attach(self, world_file: WorldFile, warmup: Scenario | None) -> Scenario:
        """Keep what was read beside the scenario's own file."""
        self._world_file, self._warmup = world_file, warmup
        return self


class FieldRow(NamedTuple):
    """One leaf of a schema, as tables and parameter records need it."""

    path: str
    type: str
    unit: str
    low: float | None
    high: float | None
    default: Any
    kind: str
    source: str
    description: str
    choices: tuple[str, ...] = ()

    @property
    def param(self) -> str:
        """Its name among the rules' parameters."""
        return self.path.replace(".", "_").removeprefix("policy_")


@cache
def fields(model: type[BaseModel] = Scenario) -> tuple[FieldRow, ...]:
    """All leaves of a schema, in the order of the file; items of a list of sections stand under `name[]`."""
    return tuple(_rows(model, ""))


def json_schema(model: type[BaseModel] = Scenario) -> dict[str, Any]:
    """JSON Schema (2020-12), for editors that complete and check YAML."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema()}


def bare(hint: Any) -> Any:
    """A type without its annotations and without `| None`."""
    while get_origin(hint) in (Annotated, Union, types.UnionType):
        hint = get_args(hint)[0]
    return hint


def is_section(hint: Any) -> bool:
    """Whether a type is a mapping of named fields."""
    return isinstance(hint, type) and issubclass(hint, BaseModel)


def _rows(model: type[BaseModel], at: str) -> Iterator[FieldRow]:
    for name, info in model.model_fields.items():
        hint, path = bare(info.annotation), f"{at}{name}"
        item: Any = bare(get_args(hint)[0]) if get_origin(hint) is list else None
        if is_section(hint):
            yield from _rows(hint, f"{path}.")
        elif is_section(item):
            yield from _rows(item, f"{path}[].")
        else:
            yield _row(path, hint, info)


def _row(path: str, hint: Any, info: Any) -> FieldRow:
    extra = {"bounds": None, "unit": "-", "kind": "fixed", "source": ""} | (info.json_schema_extra or {})
    low, high = extra["bounds"] or (None, None)
    choices = get_args(hint) if get_origin(hint) is Literal else ()
    kind = "choice" if choices else TYPES.get(hint, "list")
    default = None if info.is_required() else info.default
    facts = extra["kind"], extra["source"], info.description
    return FieldRow(path, kind, extra["unit"], low, high, default, *facts, choices)
