"""Outcome rows that no run made: any columns at will, consistent where the summary asks for it."""

import numpy as np

from sim.outcome import CLASSES, OUTCOME

YEARS = 2


def rows(replicates=30, points=1, seed=3, **changes):
    """Rows of (point, replicate, year), the same in all points but for `changes`, which the last point gets.

    A change is a function of the column.
    """
    one = _point(replicates, np.random.default_rng(seed))
    made = [one.copy() for _ in range(points)]
    for number, part in enumerate(made):
        part["point"] = number
    for name, change in changes.items():
        made[-1][name] = change(made[-1][name])
    return np.concatenate(made)


def _point(replicates, draw):
    part = OUTCOME.rows(replicates * YEARS)
    for field in OUTCOME.fields:
        size = len(part)
        part[field.name] = draw.poisson(4.0, size) if field.type == "i8" else draw.uniform(0.1, 0.9, size)
    part["point"], part["status"], part["days"] = 0, 0, 365
    part["replicate"], part["year"] = np.divmod(np.arange(len(part)), YEARS)
    part["seed"] = part["replicate"] + 100
    for name in CLASSES:
        part[f"cv_{name}"] = draw.normal(0.0, 0.5, len(part))
    part["incidents"] = sum(part[f"incidents_{name}"] for name in CLASSES)
    for name in ("with_deviation", "with_insider", "begun_with", "inside", "inside_project", "en_route"):
        part[f"incidents_{name}"] = part["incidents_convoy"] // 2
    part["trips_with_deviation"] = part["trips"] // 2
    part["nothing_chosen"] = part["opportunities"] // 2
    part["fatal"] = part["incidents"] // 2
    part["stops_at_several"] = part["stops"] // 2
    return part
