"""A first answer without a simulation: shipped policies beside today's, over the draws of what nobody knows."""

from __future__ import annotations

from typing import Any

from sim.history.band import BETWEEN, DRAWS, REFERENCE, YEARS, reference_bands, shipped_differences

FIGURE = "project_incidents"


def table() -> list[dict[str, Any]]:
    """A line per shipped policy, the best first: project incidents a year less today's, over the draws."""
    lines = [
        {"policy": name, "middle": band.estimate, "low": band.low, "high": band.high}
        for name, band in shipped_differences(FIGURE).items()
    ]
    return sorted(lines, key=lambda line: line["middle"])


def headline(lines: list[dict[str, Any]]) -> str:
    """What stands out, in words."""
    today, best, worst = reference_bands()[FIGURE], lines[0], lines[-1]
    sure = [line["policy"] for line in lines if line["high"] < 0]
    rest = [line["policy"] for line in lines if line["low"] < 0 < line["high"]]
    return (
        f"Today's policy leaves {today.low:.2f} to {today.high:.2f} project incidents a year, {today.estimate:.2f} in "
        f"the middle, by what nobody knows. {best['policy']} changes that most: by {best['middle']:.2f} in the middle, "
        f"and by {best['low']:.2f} to {best['high']:.2f} in nine draws of ten. {worst['policy']} is worst: "
        f"{worst['middle']:+.2f}. {len(sure)} of {len(lines)} policies have fewer incidents over all of that range; of "
        f"{len(rest)} the assumptions decide even the sign."
    )


def closing() -> str:
    """Where this is from, and what it doesn't know."""
    return (
        f"These figures were computed before, and shipped: {YEARS} years under {DRAWS} draws of all uncertain numbers "
        "that the public record does not contradict, each policy on the same random numbers as "
        f"{REFERENCE}; a range holds {100 * BETWEEN:.0f} % of the draws. What this doesn't know: your project "
        "(`sitesec new`), what a policy costs (`sitesec choose`), and whether the model is right. `sitesec run "
        "baseline` computes a rate anew, `sitesec watch baseline` shows one run."
    )
