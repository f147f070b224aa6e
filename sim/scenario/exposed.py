"""What a scenario exposes beside the world to which the threat was tuned."""

from __future__ import annotations

from sim.agents.threat.exposure import REFERENCE_STAFF, REFERENCE_TRIPS
from sim.scenario.schema import Scenario

FAR = 4.0  # times as much, or as little, from which on the tuning says little; assumed


def exposed(scenario: Scenario) -> dict[str, float]:
    """Foreign staff and passenger-trips a week, each as a multiple of the corridor's."""
    sites, exposure = scenario.world_file.sites, scenario.exposure
    usual = (exposure.passengers_min + exposure.passengers_mode + exposure.passengers_max) / 3.0
    moves = (
        2.0
        * (site.trips_per_week or exposure.trips_per_week)
        * min(site.foreign_staff, (site.people_a_trip or usual) * scenario.policy.movement.people)
        for site in sites
    )
    staff = sum(site.foreign_staff for site in sites)
    return {
        "foreign staff": staff / REFERENCE_STAFF,
        "passenger-trips": scenario.policy.movement.trips * sum(moves) / REFERENCE_TRIPS,
    }


def far_off(scenario: Scenario) -> dict[str, float]:
    """Those of them that are far off."""
    return {what: ratio for what, ratio in exposed(scenario).items() if not 1.0 / FAR <= ratio <= FAR}
