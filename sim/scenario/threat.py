"""The adversary, the insiders and the harm that they do: facts that nobody knows well, none of them a policy's."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from sim.scenario.fields import Problems, Section, fixed, part, uncertain

TIPS = 0.7  # tips that grievance leaves at its reference, where all that is noticed is reported
Severity = Annotated[list[Annotated[int, Field(ge=1, le=60)]], Field(min_length=7, max_length=7)]


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
        1.2, "utility", (0, 3), "worth of a success against a convoy", "tuned to the share of incidents en route"
    )
    site: float = uncertain(1.45, "utility", (0, 3), "worth of a success against a site", "tuned to 5 of 17 incidents")
    outing: float = uncertain(
        0.48, "utility", (0, 3), "worth of a success against an outing", "tuned to the share of incidents en route"
    )
    private: float = uncertain(
        0.78, "utility", (0, 3), "worth of a success against a private national", "tuned to 9 of 17 incidents"
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
    plot_interval: float = uncertain(
        690.0,
        "day",
        (60, 2500),
        "mean time until an idle cell begins a plot, at reference exposure and as it sees things at first",
        "tuned to 17 incidents in 8 years",
    )
    declined: float = uncertain(
        0.63, "share", (0, 0.95), "opportunities that end with nothing there; opportunities come the more often"
    )
    watch_mean: float = uncertain(75.0, "day", (15, 200), "mean time of watching", "plots: 1 to 9 months")
    prepare_mean: float = uncertain(60.0, "day", (10, 200), "mean time of preparing", "plots: 1 to 9 months")
    lie_low_mean: float = uncertain(120.0, "day", (20, 400), "mean time of lying low afterwards")
    wait_patience: int = uncertain(4, "trip", (1, 20), "planned trips for which a team waits in all")
    wait_at_ends: float = uncertain(
        0.35, "probability", (0, 1), "a team waits near the site, where all of a line's routes meet"
    )
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
        4.0,
        "1/utility",
        (0, 60),
        "quantal response: 0 random; 60: they nearly always take what they think best, no worst case for the defender",
        "shape from laboratory games",
    )
    learning: bool = uncertain(True, "-", None, "expected success is updated by outcomes")
    eta: float = uncertain(0.12, "1/outcome", (0, 0.5), "learning rate of expected success", "repeated security games")
    x0: InitialSuccess = part(InitialSuccess)
    value: Value = part(Value)
    cost: TargetCost = part(TargetCost)
    visible_protection: float = uncertain(0.4, "ratio", (0, 1), "weight of seen protection in the choice")
    exposure_counts: bool = uncertain(
        True,
        "-",
        None,
        "a target counts by the people exposed there, a class by all of them; else targets count alike",
    )
    nest: float = uncertain(
        0.5,
        "ratio",
        (0.1, 1),
        "theta: elasticity of a class's pull in what is exposed there; likeness of its targets is 1 - theta",
        "size variables in nested logit; for attackers assumed, the record can't tell",
    )
    distance_scale: float = uncertain(
        60.0,
        "km",
        (0, 1000),
        "road from hideout to target that divides a target's pull by e; 0: none does",
        "journeys to attacks: half within 30 miles",
    )
    distance_ref: float = uncertain(
        75.0,
        "km",
        (0, 1000),
        "road at which a target pulls as its value says",
        "the corridor's mean, so that all pull alike",
    )
    detour: float = uncertain(10.0, "cell", (0, 500), "longer way that a team which knows a checkpoint takes around it")
    posts_known: float = uncertain(0.5, "probability", (0, 1), "a team knows where the checkpoints stand")
    deterrence: float = uncertain(
        0.05,
        "utility",
        (0, 1),
        "utility that today's forces take from a target, against none",
        "sign: attacks rose where forces withdrew; size assumed",
    )
    near_repeat: float = uncertain(
        0.0, "ratio", (0, 0.8), "further incidents of its group that an incident leads to; 0: none"
    )
    near_repeat_time: float = uncertain(30.0, "day", (7, 180), "time in which the group's excitement falls by 63 %")
    level_sd: float = uncertain(
        0.4,
        "log",
        (0, 0.9),
        "spread of the threat level, the same for all policies",
        "variance to mean of yearly counts, 1.4",
    )

    @property
    def set_out_a_day(self) -> float:
        """Plots a day that a cell brings into the field, over its mean cycle, as sim/agents/threat/cycle.py has it."""
        hazard = self.delta0 + self.tip_coef * TIPS
        watched = 1 / (1 + hazard * self.watch_mean)
        prepared = watched / (1 + hazard * self.prepare_mean)
        removed = (1 - prepared) * self.removed_if_foiled + prepared * self.removed_if_engaged
        busy = watched * self.watch_mean + prepared * self.prepare_mean
        busy += (1 - removed) * self.lie_low_mean + removed * self.recruit_interval
        return prepared / (self.plot_interval + busy)


class Insider(Section):
    """Would-be facilitators in post."""

    prevalence: float = uncertain(
        0.0005,
        "probability",
        (0, 0.005),
        "would-be facilitators among applicants, those who turn later among them",
        "tuned: insiders known in .1 to .4 of incidents",
    )
    turnover: float = uncertain(0.33, "1/year", (0.1, 1), "share of posts that fall vacant")
    activation: float = uncertain(0.3, "probability", (0.05, 0.7), "an insider at a target serves a plot")
    found: float = uncertain(0.5, "probability", (0, 1), "an insider who served a plot is found out")
    turned: float = uncertain(
        0.7,
        "share",
        (0, 1),
        "facilitators who turn once they are hired: no first check finds them, re-checks can",
        "a study of insider cases: 76 % began of themselves; insider attacks on soldiers: no infiltrator proven",
    )
    offers: float = uncertain(
        0.05,
        "1/year",
        (0, 3),
        "offers of help that a facilitator in post makes to cells",
        "tuned to the insiders' share",
    )
    passes: float = uncertain(0.05, "probability", (0, 1), "a facilitator passes on a movement that he knows of")
    draws: float = uncertain(
        0.25, "ratio", (0, 1), "share of the failure expected at a target that the chance of help there takes away"
    )
    watch_left: float = uncertain(0.75, "ratio", (0, 1), "time of watching left where an insider serves")
    betrayal: float = uncertain(
        0.25, "ratio", (0, 1), "interdiction that a serving insider of the police or a record keeper takes away"
    )
    grievance_exponent: float = uncertain(
        2.0, "log/unit", (0, 5), "would-be facilitators come x exp(this x (grievance - its reference))"
    )
