"""What an owner or a ministry decides: every lever of `policy`, and the facts that only make sense beside it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.scenario.fields import Problems, Section, lever, part, uncertain

SPLIT_TOLERANCE = 1e-6
Ledger = Literal["state", "project"]
BEND = "Where money's effect bends is assumed: policy.budget.s0 is by default what 1 % over life spends."
DATES = (-3650, 10950)  # days, seen from t = 0; the first: before anything that a run can see


def _interval(name: str, days: float) -> Problems:
    """An interval between events is none at all or at least a day."""
    if 0 < days < 1:
        yield (name,), f"read {days:g}, allowed 0 (never) or 1 and more (day)"


class Items(Section):
    """How much better or worse than the rest each item of the protocol is followed, in log odds."""

    escort: float = lever(0.0, "logit", (-6, 6), "escort present", "trips_escorted rises")
    armour: float = lever(
        0.0, "logit", (-6, 6), "armoured vehicle used", "trips_armoured rises", against="threat.visible_protection"
    )
    route: float = lever(0.0, "logit", (-6, 6), "route varied", "incidents_convoy falls")
    time: float = lever(0.0, "logit", (-6, 6), "departure varied", "incidents_convoy falls")
    need_to_know: float = lever(
        0.0, "logit", (-6, 6), "movement known only to those who need it", "incidents_convoy falls"
    )
    closure: float = lever(
        0.0,
        "logit",
        (-6, 6),
        "road closed ahead where the policy asks for it",
        "closure_hours rises",
        against="community.w_closure",
    )
    no_stop: float = lever(0.0, "logit", (-6, 6), "no stop on the way", "deviations falls")


class Adherence(Section):
    """Whether the protocol (SOP) is followed, and how that moves with audits and incidents."""

    level: float = lever(
        0.6,
        "probability",
        (0, 1),
        "share of the items followed, at rest",
        "deviations falls",
        "assumed; hand-hygiene audits find 40 to 95 %",
        against="cost.supervision",
    )
    hold: bool = lever(
        False,
        "-",
        None,
        "keep adherence at its level: no decay, no jumps",
        "adherence_days falls",
        against="policy.adherence.complacency",
    )
    items: Items = part(Items)
    half_life: float = uncertain(
        105.0, "day", (45, 365), "half-life of a jump of adherence", "new rules in hospitals fade in 6 to 12 months"
    )
    audit_interval: float = lever(
        182.0, "day", (0, 730), "time between audits; 0 = never", "adherence_days falls", tested=(60, 730)
    )
    by_jurisdiction: dict[str, Annotated[float, Field(ge=-6, le=6)]] = lever(
        {},
        "logit",
        (-6, 6),
        "how much better or worse it is kept at rest there, in log odds",
        "deviations open",
        against="cost.supervision",
        entries=True,
    )
    paid_from: Literal["nobody", "budget", "state"] = lever(
        "nobody",
        "-",
        None,
        "who pays for supervision above today's level: nobody (a what-if), the project's budget or the state",
        "adherence_cost open",
    )
    audit_jump: float = uncertain(
        0.15,
        "fraction of gap",
        (0, 0.8),
        "share of 1 - a that an audit closes, a long time after the last",
        "reviews of audit and feedback: .85 of lapses are left",
    )
    audit_memory: float = uncertain(
        120.0,
        "day",
        (0, 1500),
        "time after an audit in which the next one's effect comes back to 63 %; 0: each has all of it",
    )
    audit_show: float = uncertain(
        0.3,
        "fraction of gap",
        (0, 0.8),
        "share of what is left to state that an audit adds to statements alone",
        "hand hygiene: 78 % when watched openly, 55 % when not",
    )
    training_interval: float = lever(
        0.0,
        "day",
        (0, 730),
        "time between courses for all who carry the protocol out; 0 = never",
        "adherence_days falls",
        "press: courses announced after incidents",
        tested=(60, 730),
    )
    training_jump: float = uncertain(0.2, "fraction of gap", (0, 0.8), "share of 1 - a that a course closes")
    event_jump: float = uncertain(
        0.35, "fraction of gap", (0, 0.8), "share of 1 - a that an incident closes in its jurisdiction"
    )
    event_spill: float = uncertain(0.4, "ratio", (0, 1), "share of an incident's jump that others feel")
    reporting_bias: float = uncertain(
        0.15, "probability", (0, 0.5), "what is reported is a + bias (1 - a); an output only"
    )
    complacency: float = uncertain(
        0.0, "probability", (0, 0.4), "adherence at rest that a long time without incident wears away"
    )
    complacency_time: float = uncertain(365.0, "day", (60, 1500), "quiet time after which 63 % of it is gone")
    fatigue: float = uncertain(
        0.0087, "1/hour", (0, 0.03), "diligence lost for each hour on shift", "nursing: -8.7 points in 12 hours"
    )
    common_cause: float = uncertain(
        0.3, "probability", (0, 1), "chance that the layers of one engagement share one adherence draw"
    )

    def problems(self) -> Problems:
        """Audits and courses are held never, or not more often than daily."""
        yield from _interval("audit_interval", self.audit_interval)
        yield from _interval("training_interval", self.training_interval)


class Movement(Section):
    """How convoys move."""

    varied_window: float = lever(
        4.0, "hour", (0, 10), "width of the window of varied departures", "incidents_convoy falls"
    )
    escort_notice: float = lever(
        1.0,
        "hour",
        (0, 4),
        "how long before departure an escort is asked for, or as long as its drive takes",
        "escort_wait_hours falls",
        against="policy.movement.cancel_share",
    )
    escort_patience: float = lever(
        2.0,
        "hour",
        (0, 12),
        "how long a convoy waits for an escort",
        "trips_escorted rises",
        against="policy.movement.cancel_share",
    )
    trips: float = lever(1.0, "ratio", (0.05, 1), "share of the timetable's movements that are made", "trips rises")
    people: float = lever(
        1.0, "ratio", (0.25, 4), "foreign nationals on a movement, today = 1; never more than work there", "trips open"
    )
    curfew: float = lever(0.0, "share", (0, 1), "outings that organised transport replaces", "incidents_outing falls")
    cancel_share: float = uncertain(0.5, "probability", (0, 1), "convoys without an escort that don't go")
    escort_stop: float = uncertain(
        0.5, "probability", (0.1, 0.8), "a full escort stops a convoy's attackers", "assumed; one case in the press"
    )
    armour_harm: float = uncertain(
        0.45, "ratio", (0.1, 0.9), "share of harm left in an armoured vehicle", "assumed; few cases in the press"
    )
    leak_if_not_secret: float = uncertain(
        0.3, "probability", (0, 1), "a movement widely known reaches the team that waits for it, without an insider"
    )
    sight: float = uncertain(
        0.3, "probability", (0, 1), "a team that sees a full escort lets the convoy pass", "assumed; a weak analogy"
    )
    habit_sd: float = uncertain(20.0, "minute", (5, 60), "spread of a departure that is not varied")
    stop_minutes: float = uncertain(20.0, "minute", (0, 120), "length of a stop on the way")


class Closures(Section):
    """Roads closed ahead of a convoy."""

    per_week: float = lever(
        2.5,
        "1/week",
        (0, 14),
        "closures at each site that the world file flags",
        "shop_hours rises",
        "press: 2 to 3",
        against="community.w_closure",
    )
    elsewhere: float = lever(
        0.0, "1/week", (0, 14), "closures at each of the other sites", "shop_hours rises", against="community.w_closure"
    )
    length: float = uncertain(5.5, "km", (2, 10), "length of road closed", "press: 5 to 6 km")
    duration: float = uncertain(1.5, "hour", (0.5, 6), "time for which the road is closed")
    ranked: bool = uncertain(
        True,
        "-",
        None,
        "closures go first to the movements that are waited for: an upper bound, police must know them",
    )
    clear: float = uncertain(0.8, "probability", (0.3, 0.95), "a team waiting on the closed road is displaced or found")
    shops_per_km: float = uncertain(40.0, "1/km", (5, 120), "shops along the closed road")


class Screening(Section):
    """Background checks of local hires."""

    sensitivity: float = lever(
        0.6,
        "probability",
        (0, 0.95),
        "would-be facilitators that a check finds",
        "insider_days falls",
        against="community.w_refusal",
    )
    specificity: float = lever(
        0.98,
        "probability",
        (0.85, 1),
        "honest applicants whom a check passes",
        "honest_refused falls",
        "worked example of the base-rate problem",
    )
    delay: float = lever(21.0, "day", (0, 120), "time that a background check takes", "vacancy_days rises")
    recheck_interval: float = lever(
        730.0,
        "day",
        (0, 1825),
        "time between re-checks of staff; 0 = never",
        "insider_days rises",
        against="cost.recheck_share",
        tested=(90, 1825),
    )
    recheck_ratio: float = uncertain(0.5, "ratio", (0, 1), "sensitivity of a re-check as a share of the first check's")

    def problems(self) -> Problems:
        """Re-checks are held never, or not more often than daily."""
        yield from _interval("recheck_interval", self.recheck_interval)


class Split(Section):
    """Shares of the security budget; they sum to 1."""

    escort: float = lever(
        0.35,
        "share",
        (0, 1),
        "for escort teams and watch on the routes",
        "trips_escorted rises",
        against="policy.movement.cancel_share",
    )
    armour: float = lever(0.15, "share", (0, 1), "for armoured vehicles", "trips_armoured rises")
    checkpoint: float = lever(
        0.10, "share", (0, 1), "for equipment and training of checkpoints", "foiled_checkpoint rises"
    )
    site: float = lever(
        0.20,
        "share",
        (0, 1),
        "for perimeter, gate and guards of sites",
        "breached falls",
        against="threat.visible_protection",
    )
    screening: float = lever(
        0.10,
        "share",
        (0, 1),
        "for background checks and re-checks",
        "insider_days falls",
        against="community.w_refusal",
    )
    training: float = lever(0.10, "share", (0, 1), "for audits and the readiness of teams", "breached falls")

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
        "foiled_watch rises",
        "published rule of 1 % of capital cost",
        against=("community.w_refusal", "community.w_isolation", "policy.movement.cancel_share"),
    )
    reading: Literal["life", "construction", "yearly"] = lever(
        "life",
        "-",
        None,
        "years over which the share is spent: 25, 5 or 1",
        "foiled_watch rises",
        "the rule can be read so",
        against=("community.w_refusal", "community.w_isolation", "policy.movement.cancel_share"),
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
        "assumed; unit costs add up to it; 1 % over life spends as much, so that d(s) bends there by construction",
    )
    execution_rate: float = uncertain(0.85, "ratio", (0.3, 1), "budgeted money that is spent", "press")
    lead_time: float = uncertain(180.0, "day", (0, 900), "time until new spending works", "press; assumed")


class Checkpoints(Section):
    """How the checkpoints on the roads are run."""

    staffed_share: float = lever(
        1.0,
        "share",
        (0, 1),
        "checkpoints where somebody stands",
        "foiled_checkpoint rises",
        against="community.w_checkpoint",
    )
    staffed_by: Literal["police", "army"] = lever(
        "police",
        "-",
        None,
        "whose people stand there",
        "foiled_checkpoint rises",
        against=("layers.checkpoint.army", "community.w_checkpoint"),
    )
    placement: Literal["world", "random", "crossroads", "no_way_round"] = lever(
        "world",
        "-",
        None,
        "where they stand: as the world file says, anywhere, where most ways meet, where there is no way round",
        "posts_passed open",
        against="threat.posts_known",
    )
    shift_hours: float = lever(12.0, "hour", (4, 24), "length of a shift", "foiled_checkpoint falls")
    thoroughness: float = lever(
        1.0,
        "ratio",
        (0.25, 3),
        "how often each team is looked over, today's practice = 1; delays grow with it",
        "foiled_checkpoint rises",
        against="community.w_checkpoint",
    )


class Cameras(Section):
    """Safe-city cameras at hubs, towns and sites, with their command centre."""

    count: int = lever(
        0,
        "camera",
        (0, 3000),
        "cameras, spread over all places alike",
        "foiled_watch rises",
        "press",
        against=("community.w_surveillance", "cost.camera_year"),
    )
    monitored: float = lever(
        0.5, "share", (0, 1), "screens that somebody watches", "foiled_watch rises", against="community.w_surveillance"
    )
    start: int = lever(
        0,
        "day",
        DATES,
        "day on which they work, seen from t = 0",
        "foiled_watch falls",
        against="community.w_surveillance",
        tested=(0, 3650),
    )
    ledger: Ledger = lever("state", "-", None, "who pays", "state_spent falls")


class Watchtowers(Section):
    """Watchtowers around the sites."""

    per_site: int = lever(
        0,
        "tower/site",
        (0, 6),
        "towers at each site, on the project's ledger",
        "foiled_watch rises",
        against=("community.w_isolation", "cost.watchtower_year"),
    )


class Drones(Section):
    """Drone crews that each patrol one stretch of road a day."""

    crews: int = lever(
        0,
        "crew",
        (0, 12),
        "crews, shared out over the jurisdictions",
        "foiled_watch rises",
        "press",
        against="community.w_surveillance",
    )
    start: int = lever(
        0,
        "day",
        DATES,
        "day on which they fly, seen from t = 0",
        "foiled_watch falls",
        against="community.w_surveillance",
        tested=(0, 3650),
    )


class SiteDefence(Section):
    """What stands around a site beyond what the site line of the budget buys; on the project's ledger."""

    perimeter: float = lever(
        0.0,
        "share",
        (0, 1),
        "fence and cameras around it, of a full one",
        "breached falls",
        against=("community.w_isolation", "cost.perimeter_site_year"),
    )
    extra_guards: int = lever(
        0,
        "guard/site",
        (0, 60),
        "guards beyond today's 20",
        "breached falls",
        against=("community.w_isolation", "cost.guard_year"),
    )
    exclusion: float = lever(
        0.0,
        "km",
        (0, 4),
        "distance within which nobody may settle or park",
        "breached falls",
        "press: disputed",
        against=("community.w_exclusion", "cost.exclusion_km_year"),
    )


class Records(Section):
    """Registers that the police keep."""

    residents: float = lever(
        0.0,
        "share",
        (0, 1),
        "residents on record",
        "foiled_interdiction rises",
        "press",
        against="community.w_surveillance",
    )
    foreigners: float = lever(
        0.0,
        "share",
        (0, 1),
        "foreign nationals whose address is on record: watched over, and leaked",
        "foiled_watch rises",
        against="layers.records.leak",
    )


class Outreach(Section):
    """What the projects and the state do for the residents; it works with a lag of years."""

    development: float = lever(
        0.0,
        "programme",
        (0, 1),
        "development programme, of a full one",
        "grievance_days falls",
        "press; sign uncertain",
        against=("community.w_development", "cost.development_year"),
    )
    ledger: Ledger = lever("state", "-", None, "who pays for development", "state_spent falls")
    civil_society: float = lever(
        0.0,
        "programme",
        (0, 1),
        "dialogue with residents, of a full one: they report more",
        "foiled_interdiction rises",
    )
    local_hiring: float = lever(
        1.0, "ratio", (0.5, 2), "local staff, today = 1", "grievance_days falls", against="insider.prevalence"
    )


class Partner(Section):
    """Security forces of the partner country; off by default and disputed."""

    teams: int = lever(
        0,
        "team",
        (0, 12),
        "its own escort teams, in all",
        "trips_escorted rises",
        "press: disputed",
        against=("community.friction", "community.w_partner", "policy.movement.cancel_share"),
    )
    joint_patrols: int = lever(
        0,
        "team",
        (0, 12),
        "mixed escort teams under the state's command",
        "trips_escorted rises",
        "press: proposed",
        against=("community.friction", "community.w_partner", "policy.movement.cancel_share"),
    )


class Consultation(Section):
    """The two governments' consultative mechanism."""

    review_interval: float = lever(
        0.0, "day", (0, 730), "time between reviews; 0 = never", "adherence_days falls", "press", tested=(60, 730)
    )
    visit_interval: float = lever(
        0.0,
        "day",
        (0, 1825),
        "time between high-level visits; 0 = never",
        "adherence_days falls",
        "press",
        tested=(60, 730),
    )
    review_jump: float = uncertain(0.15, "fraction of gap", (0, 0.8), "share of 1 - a that a review closes")
    visit_jump: float = uncertain(0.3, "fraction of gap", (0, 0.8), "share of 1 - a that a visit closes")

    def problems(self) -> Problems:
        """Reviews and visits are held never, or not more often than daily."""
        yield from _interval("review_interval", self.review_interval)
        yield from _interval("visit_interval", self.visit_interval)


class Policy(Section):
    """What an owner or a ministry decides."""

    adherence: Adherence = part(Adherence)
    movement: Movement = part(Movement)
    closures: Closures = part(Closures)
    checkpoints: Checkpoints = part(Checkpoints)
    screening: Screening = part(Screening)
    budget: Budget = part(Budget)
    site: SiteDefence = part(SiteDefence)
    cameras: Cameras = part(Cameras)
    watchtowers: Watchtowers = part(Watchtowers)
    drones: Drones = part(Drones)
    records: Records = part(Records)
    community: Outreach = part(Outreach)
    partner: Partner = part(Partner)
    consultation: Consultation = part(Consultation)


class ArmyDivision(Section):
    """The army's division for the projects: patrols, and no escorts."""

    size: int = lever(15000, "person", (0, 30000), "soldiers", "foiled_noticed rises", "press: over 15,000")
    cost: float = uncertain(6000.0, "USD/person-year", (4000, 10000), "a soldier, a year", "a supplement to the budget")


class SpecialPolice(Section):
    """Provincial special police: escorts, or patrols."""

    teams: int = lever(
        2,
        "team/jurisdiction",
        (0, 12),
        "escort teams in each jurisdiction",
        "trips_escorted rises",
        against="policy.movement.cancel_share",
    )
    patrol_share: float = lever(
        0.0,
        "share",
        (0, 1),
        "teams that patrol and do not escort",
        "trips_escorted falls",
        against="policy.movement.sight",
    )
    capital_founded: int = lever(
        -3650,
        "day",
        DATES,
        "day on which the capital's begins, seen from t = 0; before the run by default",
        "trips_escorted falls",
        "press: founded later",
        against="policy.movement.cancel_share",
        tested=(-3650, 3650),
    )


class Naval(Section):
    """A naval force, on the coast only: patrols."""

    teams: int = lever(2, "team", (0, 10), "teams in coastal jurisdictions", "foiled_noticed rises", "press")


class Equipment(Section):
    """Equipment that the partner country promises the police: late, and in part."""

    promised: float = lever(0.0, "share", (0, 1), "of what would make all teams ready", "breached falls", "press")
    delivered: float = uncertain(0.6, "share", (0, 1), "of that, what comes", "press: partly delivered")
    delay: float = uncertain(540.0, "day", (0, 1500), "when it comes, seen from t = 0")


class Coordination(Section):
    """A national cell through which the jurisdictions' police work together."""

    cell: float = lever(
        0.0, "share", (0, 1), "hand-over gaps that it closes", "handovers_failed falls", "press: proposed"
    )


class Intelligence(Section):
    """The state's intelligence work against cells."""

    effort: float = lever(1.0, "ratio", (0, 3), "today = 1", "foiled_interdiction rises")


class Offensive(Section):
    """Campaigns against cells and their hideouts."""

    campaigns: int = lever(0, "campaign", (0, 8), "campaigns", "cells_removed rises", "press", against="campaign.rho")
    first_day: int = lever(
        30,
        "day",
        (0, 10950),
        "day of the first, seen from t = 0",
        "cells_removed falls",
        against="campaign.rho",
        tested=(0, 3650),
    )
    interval: int = lever(
        730, "day", (30, 3650), "days from one to the next", "cells_removed falls", against="campaign.rho"
    )
    districts: list[str] = lever(
        [], "-", None, "jurisdictions that they reach; none named: all", "cells_removed open", against="campaign.rho"
    )


class State(Section):
    """What the state decides and pays, on its own ledger."""

    army_division: ArmyDivision = part(ArmyDivision)
    special_police: SpecialPolice = part(SpecialPolice)
    naval: Naval = part(Naval)
    equipment: Equipment = part(Equipment)
    coordination: Coordination = part(Coordination)
    intelligence: Intelligence = part(Intelligence)
    offensive: Offensive = part(Offensive)
    coordination_gap: float = uncertain(
        0.25, "probability", (0, 0.6), "an escort is lost, or a trail of plotters, at a border without the cell"
    )
