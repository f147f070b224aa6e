"""What a scenario exposes beside the world to which the threat was tuned."""

from __future__ import annotations

from sim.history.means import REFERENCE_EXPOSURE, exposure
from sim.scenario.schema import Scenario

FAR = 4.0  # times as much, or as little, from which on the tuning says little; assumed


def exposed(scenario: Scenario) -> dict[str, float]:
    """Foreign staff and passenger-trips a week, each as a multiple of the corridor's."""
    trips, staff, *_ = (exposure(scenario) / REFERENCE_EXPOSURE).tolist()
    return {"foreign staff": staff, "passenger-trips": trips}


def far_off(scenario: Scenario) -> dict[str, float]:
    """Those of them that are far off."""
    return {what: ratio for what, ratio in exposed(scenario).items() if not 1.0 / FAR <= ratio <= FAR}
