"""Which columns of the outcome are compared beside the three rates: by group, with the names that tables give them.

A new column of `OUTCOME` goes into a group here, or among those that are left out; a test asks for it.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.outcome import CLASSES, NOT_ADDITIVE, OUTCOME

GROUPS: Mapping[str, Mapping[str, str]] = {
    "funnel": {
        "opportunities": "opportunities taken up",
        "nothing_chosen": "nothing chosen",
        "plots": "plots begun",
        "foiled_interdiction": "foiled by interdiction",
        "foiled_checkpoint": "foiled at a checkpoint",
        "foiled_noticed": "foiled, noticed waiting",
        "foiled_watch": "foiled by watch",
        "foiled_closure": "foiled by a closure",
        "foiled_offensive": "foiled by an offensive",
        "gave_up": "plots given up",
        "incidents_convoy": "incidents, convoys (expected)",
        "incidents_site": "incidents, sites (expected)",
        "incidents_outing": "incidents, outings (expected)",
        "incidents_private": "incidents, private nationals (expected)",
        "incidents_en_route": "incidents en route",
        "incidents_with_deviation": "convoy incidents with a deviation",
        "incidents_with_insider": "incidents that an insider served",
        "incidents_past_checkpoint": "incidents of teams that a checkpoint missed",
        "breached": "incidents that no defence stopped",
        "fatal": "fatal incidents",
        "fatal_project": "fatal project incidents",
        "cells_removed": "cells removed by offensives",
        "slot_days": "cells that live (mean)",
    },
    "harm": {
        "deaths_foreign_project": "deaths, foreign, projects (expected)",
        "deaths_security": "deaths, security personnel",
        "deaths_residents": "deaths, residents",
    },
    "movements": {
        "trips_planned": "movements planned",
        "trips": "movements made",
        "trips_cancelled": "movements cancelled",
        "trips_stopped": "movements stopped with the work",
        "trips_escorted": "movements escorted",
        "trips_armoured": "movements armoured",
        "handovers_failed": "escorts lost at a border",
        "escort_wait_hours": "hours waited for an escort",
        "delay_hours": "convoy hours at checkpoints",
        "closure_hours": "hours of closed roads",
        "convoy_person_hours": "person-hours on the road",
    },
    "people": {
        "hires": "local staff hired",
        "honest_refused": "honest applicants refused",
        "insiders_applied": "would-be insiders who applied",
        "insiders_hired": "would-be insiders hired",
        "insiders_found": "insiders found",
        "insider_days": "insiders in post (mean)",
        "vacancy_days": "days that posts stood open",
    },
    "community": {
        "grievance_days": "grievance (mean)",
        "protests": "protests",
        "protests_at_closures": "protests where roads are closed",
        "protest_hours": "convoy hours at protests",
        "resident_hours": "residents' hours at checkpoints",
        "shop_hours": "shops' hours lost to closures",
        "privacy_person_years": "people on record",
        "development_days": "development that works (mean)",
    },
    "confidence": {
        "confidence_days": "investors' confidence (mean)",
        "stops": "incidents that stopped work",
        "stops_at_several": "incidents that stopped several sites",
        "stoppage_days": "site-days of stoppage",
    },
    "protocol": {
        "adherence_days": "adherence, actual (mean)",
        "stated_days": "adherence, stated (mean)",
        "trips_with_deviation": "movements with a deviation",
        "deviations": "deviations",
        "audits": "audits held",
    },
    "costs": {
        "project_budget": "projects' security budget, USD",
        "project_spent": "projects' spending, USD",
        "state_spent": "state's spending, USD",
        "partner_spent": "partner's spending, USD",
        "refusal_cost": "refused hires, USD",
        "shop_cost": "shops' losses, USD",
        "stoppage_cost": "stoppage, USD",
    },
}

# A state summed over days: its mean is reported.
MEANS = (
    "slot_days",
    "insider_days",
    "grievance_days",
    "development_days",
    "confidence_days",
    "adherence_days",
    "stated_days",
)

# Counted with less noise: column -> the replicates' column of its expected count.
EXPECTED_OF: Mapping[str, str] = {
    **{f"incidents_{name}": f"expected_incidents_{name}" for name in CLASSES},
    "deaths_foreign_project": "expected_deaths_foreign_project",
}

# Not compared here: the rates' own table has them, or they say how the run went, or they only serve other figures.
LEFT_OUT = (
    *NOT_ADDITIVE,
    "days",
    "incidents",
    "deaths_foreign",
    "candidates_capped",
    "events_lost",
    "foreign_person_years",
    "project_person_years",
    "site_years",
    *(name for name in OUTCOME.names if name.startswith(("cv_", "at_least_", "mean_deaths_"))),
)
