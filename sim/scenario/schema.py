"""The scenario's schema: every value that a user can set, with its unit, bounds, meaning and source.

Rules see `policy.adherence.level` as `params.adherence_level` and `layers.site.d0` as `params.layers_site_d0`. To add
a lever, add its line in `policy.py` and what it is called in `words.py`; it is then in files, sweeps, `sitesec levers`
and `sitesec schema`.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, PrivateAttr

from sim.errors import InputError
from sim.scenario.fields import FieldRow, Problems, Section, fixed, leaves, part, uncertain
from sim.scenario.layers import Layers
from sim.scenario.policy import Policy, State
from sim.scenario.threat import Harm, Insider, Threat
from sim.scenario.words import WORDS

if TYPE_CHECKING:
    from sim.scenario.worldfile import WorldFile

INCIDENTS_A_YEAR = 2.2  # of the defaults, in the shipped world
INSIDERS_EXPLAIN = 0.2  # of these: would not be without an insider's help, at most; assumed
GROUPS = 2  # of that world
GAIN_TO_WARN = 0.5
BOUNDS = {"ge": "minimum", "le": "maximum"}


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
    outing_tie: float = uncertain(
        0.5, "share", (0, 1), "share of outings that moves with 1 - adherence; the rest are as at adherence 0.6"
    )
    outing_hours: float = uncertain(
        1.0, "hour/week", (0.2, 10), "hours that a worker spends outside the protocol where nobody keeps it"
    )
    residents: float = uncertain(
        20000.0, "person/town", (2000, 200000), "residents of a town: on record, held up at checkpoints"
    )
    resident_delay: float = uncertain(
        2.0, "hour/year", (0.2, 20), "time that a resident loses at today's checkpoints", "assumed"
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


class Community(Section):
    """The residents."""

    G0: float = uncertain(
        0.197, "0..1", (0, 1), "grievance at rest without any burden", "chosen so that the baseline's mean is Gref"
    )
    Gref: float = uncertain(0.3, "0..1", (0, 1), "grievance at which recruitment is as the threat section says")
    half_life: float = uncertain(166.0, "day", (60, 720), "half-life of a change of grievance")
    recruit_exponent: float = uncertain(
        2.5, "log/unit", (0, 6), "recruitment x exp(this x (G - Gref))", "sign only: harm raises recruitment"
    )
    w_closure: float = uncertain(0.05, "dG", (0, 0.3), "shift by 2.5 closures a week at each site of a town")
    w_checkpoint: float = uncertain(
        0.1, "dG", (0, 0.3), "shift by today's checkpoints", "easing checkpoints lowered support for violence"
    )
    w_refusal: float = uncertain(
        0.003, "dG", (0, 0.2), "shift by 2 % of honest applicants refused", "three times a job's, a head; assumed"
    )
    w_exclusion: float = uncertain(0.05, "dG", (0, 0.2), "shift by 2 km of exclusion around sites")
    w_isolation: float = uncertain(
        0.01, "dG", (0, 0.2), "shift by a full perimeter, by 40 extra guards, by 4 towers, each"
    )
    w_surveillance: float = uncertain(
        0.02, "dG", (0, 0.2), "shift by 300 cameras, by 4 drone crews, by full records of residents, each"
    )
    w_partner: float = uncertain(0.03, "dG", (-0.3, 0.3), "shift by 4 teams of the partner, half by joint patrols")
    w_displacement: float = uncertain(0.1, "dG", (0, 0.5), "shift by one campaign's displaced, x campaign.rho")
    w_hiring: float = uncertain(0.05, "dG", (0, 0.2), "shift downwards by twice the local staff")
    w_harm: float = uncertain(0.02, "dG/incident", (0, 0.1), "rise by an incident", "harm raised later attacks")
    w_development: float = uncertain(
        0.15, "dG", (-0.5, 0.5), "shift downwards by the full programme", "sign uncertain in the field"
    )
    development_lag: float = uncertain(730.0, "day", (180, 2500), "lag of development and of dialogue", "press")
    civil_trust: float = uncertain(0.3, "ratio", (0, 1), "tips added by full dialogue with residents")
    friction: float = uncertain(0.1, "ratio", (-1, 1), "tips lost to friction over 4 teams of the partner")
    protest_threshold: float = uncertain(
        0.3, "0..1", (0, 1), "grievance above which a town protests", "tuned: some towns without closures protest too"
    )
    protest_rate: float = uncertain(0.1, "1/day", (0, 1), "protests a day for each unit of grievance above it")
    protest_delay: float = uncertain(3.0, "hour", (0, 12), "time for which a protest holds up convoys of its town")
    trust: float = uncertain(1.0, "0..1", (0, 1), "share of what residents notice that they report")

    @property
    def years(self) -> float:
        """Mean time for which a change of grievance lasts."""
        return self.half_life / math.log(2) / 365


class Campaign(Section):
    """What an offensive does."""

    removal: float = uncertain(0.6, "probability", (0.1, 0.9), "a cell that a campaign reaches is removed")
    rho: float = uncertain(
        0.0, "ratio", (-2, 3), "weight of the displaced in grievance", "both signs in the field: prior around 0"
    )
    displacement_half_life: float = uncertain(624.0, "day", (200, 3000), "half-life of displacement")


class Confidence(Section):
    """Investors' confidence, 1 at best, and the work that stops after a fatal attack on a site or its convoy."""

    drop: float = uncertain(0.3, "share", (0, 1), "confidence lost in such an attack")
    half_life: float = uncertain(180.0, "day", (30, 1000), "half-life of a loss of confidence")
    away: float = uncertain(0.5, "share", (0, 1), "foreign staff who leave a site while its work stands still")
    stoppage: float = uncertain(14.0, "day", (0, 90), "time for which work stops at the site, and where it spreads")
    contagion: float = uncertain(
        0.2, "probability", (0, 1), "another site stops too, x (1 - confidence)", "press: once in two cases several"
    )


class Cost(Section):
    """Unit costs."""

    escort_team_year: float = uncertain(90000.0, "USD", (50000, 180000), "an escort team of ten, a year")
    armoured_vehicle_year: float = uncertain(40000.0, "USD", (20000, 80000), "an armoured vehicle, a year")
    checkpoint_year: float = uncertain(85000.0, "USD", (40000, 160000), "a checkpoint with 12 staff, a year")
    background_check: float = uncertain(
        30.0, "USD", (10, 150), "a background check", "assumed; 30, not 40, so that the 1 % pays for today's checks"
    )
    recheck_share: float = uncertain(0.25, "ratio", (0, 1), "cost of a re-check relative to a check")
    supervision: float = uncertain(
        60000.0, "USD", (0, 500000), "supervision that divides what is not followed at a site by e, a site-year"
    )
    audit: float = uncertain(8000.0, "USD", (3000, 20000), "an audit")
    refused_hire: float = uncertain(400.0, "USD", (100, 1500), "an honest applicant refused: vacancy")
    perimeter_site_year: float = uncertain(60000.0, "USD", (20000, 200000), "a full perimeter, a year of its life")
    guard_year: float = uncertain(5000.0, "USD", (3000, 9000), "a site guard, a year")
    exclusion_km_year: float = uncertain(20000.0, "USD", (5000, 80000), "a km of exclusion around a site, a year")
    watchtower_year: float = uncertain(20000.0, "USD", (8000, 50000), "a watchtower with its watch, a year")
    camera_year: float = uncertain(1500.0, "USD", (800, 4000), "a camera with its share of the centre, a year")
    drone_crew_year: float = uncertain(150000.0, "USD", (60000, 400000), "a drone crew, a year")
    training_course: float = uncertain(12000.0, "USD", (4000, 32000), "a course in one jurisdiction: 40 persons")
    records_year: float = uncertain(300000.0, "USD", (100000, 900000), "each full register, a year")
    intelligence_year: float = uncertain(2e6, "USD", (5e5, 8e6), "intelligence at today's effort, a year")
    coordination_year: float = uncertain(500000.0, "USD", (200000, 1500000), "a full coordination cell, a year")
    naval_team_year: float = uncertain(300000.0, "USD", (100000, 900000), "a naval team with its boat, a year")
    partner_team_year: float = uncertain(300000.0, "USD", (100000, 900000), "a team of the partner, a year")
    equipment_year: float = uncertain(1e6, "USD", (3e5, 3e6), "all that the partner promises, a year of its life")
    offensive: float = uncertain(1e7, "USD", (2e6, 5e7), "a campaign in all jurisdictions")
    development_year: float = uncertain(2e6, "USD", (5e5, 1e7), "the full development programme, a year")
    civil_society_year: float = uncertain(500000.0, "USD", (100000, 2000000), "full dialogue with residents, a year")
    review: float = uncertain(50000.0, "USD", (10000, 200000), "a review or a visit")
    stoppage_site_day: float = uncertain(180000.0, "USD", (50000, 500000), "a site at a standstill, a day")
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
    campaign: Campaign = part(Campaign)
    confidence: Confidence = part(Confidence)
    cost: Cost = part(Cost)

    def problems(self) -> Problems:
        """Grievance and incidents, as many as the record has, do not drive each other up without end."""
        gain = self.gain_at(INCIDENTS_A_YEAR)
        if gain >= 1:
            yield (
                ("community", "w_harm"),
                f"read {self.community.w_harm:g}, with recruit_exponent, half_life and insider.grievance_exponent "
                f"a loop gain of {gain:.2f}, allowed only below 1",
            )

    def gain_at(self, incidents: float) -> float:
        """Gain of the loop of grievance at so many incidents a year.

        Incidents -> grievance -> recruits and insiders -> incidents, at most: all incidents in one jurisdiction, each
        recruit a plot more, each insider's incident due to him.
        """
        usual = Insider.model_fields["prevalence"].default
        helped = min(1.0, INSIDERS_EXPLAIN * self.insider.prevalence / usual)
        exponent = self.community.recruit_exponent + helped * self.insider.grievance_exponent
        return exponent * self.community.w_harm * incidents * self.community.years

    @property
    def loop_gain(self) -> float:
        """Gain of the loop of grievance at the incidents of the scenario's own cells: more of them, more gain."""
        groups = GROUPS if self._world_file is None else len(self._world_file.groups)
        cells = self.threat.cells_per_group * groups
        usual = Threat().cells_per_group * GROUPS * Threat().set_out_a_day
        return self.gain_at(INCIDENTS_A_YEAR * cells * self.threat.set_out_a_day / usual)

    _world_file: WorldFile | None = PrivateAttr(None)
    _warmup: Scenario | None = PrivateAttr(None)

    @property
    def world_file(self) -> WorldFile:
        """The world, as it was read."""
        if self._world_file is None:
            raise InputError("scenario: no world was read; make it with load_scenario")
        return self._world_file

    @property
    def warmup(self) -> Scenario:
        """The scenario of the warm-up: the same facts, the levers of the baseline."""
        return self if self._warmup is None else self._warmup

    def attach(self, world_file: WorldFile, warmup: Scenario | None) -> Scenario:
        """The scenario with what was read beside its own file; None where its warm-up is like itself."""
        made = self.model_copy()
        made._world_file, made._warmup = world_file, warmup
        return made


@cache
def fields(model: type[BaseModel] = Scenario) -> tuple[FieldRow, ...]:
    """All leaves of a schema, in the order of the file."""
    return tuple(leaves(model))


def json_schema(model: type[BaseModel] = Scenario) -> dict[str, Any]:
    """JSON Schema (2020-12) of a kind of file, for editors that complete and check YAML.

    Parameters
    ----------
    model : type
        What checks the file: `Scenario`, `ProjectFile`, `WorldFile`, `SweepFile`.
    """
    document = model.model_json_schema()
    _name(document, document.get("$defs", {}))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_in_its_words(document)}


def _name(section: dict[str, Any], sections: dict[str, Any], at: str = "") -> None:
    """Give the values of a section their titles and help, those of a section within it too."""
    for name, value in section.get("properties", {}).items():
        path = f"{at}{name}"
        if path in WORDS:
            value |= {"title": WORDS[path].title, "help": WORDS[path].help}
        elif "$ref" in value:
            _name(sections[value["$ref"].rpartition("/")[2]], sections, f"{path}.")


def _in_its_words(tree: Any) -> Any:
    """Bounds as JSON Schema calls them: pydantic leaves its own words where text may stand for a number."""
    if isinstance(tree, dict):
        return {BOUNDS.get(key, key): _in_its_words(value) for key, value in tree.items()}
    return [_in_its_words(value) for value in tree] if isinstance(tree, list) else tree
