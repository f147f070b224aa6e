"""Small worlds and quick scenarios for the statistical tests: one thing at a time, and much of it.

A scenario made here has the same policy in its warm-up, so nothing waits for a delivery, and the rules that model
version 4 added are off unless a test switches them on. Statistical tests have fixed
seeds: they pass or fail for good. `Z` and its siblings say how many seeds in how many a right model would fail.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim import load_scenario, replicates, simulate
from sim.runs.totals import of_point
from sim.scenario.schema import fields
from sim.scenario.worldfile import MOST_JURISDICTIONS, WorldFile

CLASSES = ("convoy", "site", "outing", "private")
Z = 3.9  # two-sided: 1 seed in 10,000

# What model version 4 added, switched off: the rules of version 3.
NEUTRAL = {
    "threat.exposure_counts": False,
    "threat.nest": 1.0,
    "threat.distance_scale": 0.0,
    "threat.posts_known": 0.0,
    "threat.deterrence": 0.0,
    "threat.near_repeat": 0.0,
    "layers.presence.needed": 0.0,
    "layers.drone.revisit": 0.0,
    "layers.drone.flying": 24.0,
    "insider.prevalence": 0.001,
    "insider.turned": 0.0,
    "insider.offers": 0.0,
    "insider.passes": 0.0,
    "insider.draws": 0.0,
    "insider.watch_left": 1.0,
    "insider.betrayal": 0.0,
    "policy.movement.leak_if_not_secret": 0.9,
    "policy.movement.sight": 0.0,
    "policy.closures.ranked": False,
    "policy.adherence.audit_jump": 0.25,
    "policy.adherence.audit_memory": 0.0,
    "policy.adherence.audit_show": 0.0,
    "exposure.outing_tie": 1.0,
    "confidence.away": 0.0,
    "community.G0": 0.15,
    "community.w_refusal": 0.05,
    "community.w_partner": 0.05,
    "community.friction": 0.2,
}

# The same rules as they are shipped.
SHIPPED = {row.path: row.default for row in fields() if row.path in NEUTRAL}

# Choice is frozen and nothing feeds back: what levers do by themselves.
FROZEN = {
    **NEUTRAL,
    "policy.adherence.hold": True,
    "threat.learning": False,
    "threat.rationality": 0.0,
    "community.recruit_exponent": 0.0,
    "community.w_harm": 0.0,
    "community.protest_rate": 0.0,
    "insider.grievance_exponent": 0.0,
    "confidence.stoppage": 0.0,
}

# Short plots, many of them, that neither interdiction nor loss of cells thins out.
QUICK = {
    "threat.plot_interval": 60.0,
    "threat.declined": 0.0,
    "threat.watch_mean": 15.0,
    "threat.prepare_mean": 10.0,
    "threat.lie_low_mean": 20.0,
    "threat.delta0": 0.0005,
    "threat.tip_coef": 0.0,
    "threat.removed_if_foiled": 0.0,
    "threat.removed_if_engaged": 0.0,
    "threat.level_sd": 0.0,
}

# No money: every d is its d0. No audits, since nothing pays for them.
UNPAID = {
    "policy.budget.share": 0.0,
    "policy.adherence.audit_interval": 0.0,
    "layers.route_watch.d0": 0.0,
    "layers.checkpoint.d0": 0.0,
    "layers.site.d0": 0.0,
}

# More money than any line can use: every d is its dmax.
RICH = {"policy.budget.share": 5.0, "policy.budget.reading": "yearly"}

# Grievance stays at `community.G0`.
BURDENS = ("closure", "checkpoint", "refusal", "exclusion", "isolation", "surveillance", "partner", "harm")
UNBURDENED = {f"community.w_{burden}": 0.0 for burden in BURDENS}


def only(target_class: str) -> dict[str, Any]:
    """Attackers who want one class of target and nothing else."""
    values: dict[str, Any] = {f"threat.value.{c}": 3.0 if c == target_class else 0.0 for c in CLASSES}
    values |= {f"threat.x0.{c}": 0.9 for c in CLASSES} | {f"threat.cost.{c}": 0.0 for c in CLASSES}
    return values | {"threat.rationality": 60.0, "threat.declined": 0.0, "threat.learning": False}


def scenario(values: Mapping[str, Any], world: Mapping[str, Any] | None = None) -> Any:
    """A scenario of dotted values, in the corridor or in another world; the warm-up has its policy too."""
    tree: dict[str, Any] = {}
    for path, value in {**NEUTRAL, **values}.items():
        *sections, last = path.split(".")
        below = tree
        for section in sections:
            below = below.setdefault(section, {})
        below[last] = value
    made = load_scenario(tree)
    if world is not None:
        file = WorldFile.model_validate(world)
        made = made.attach(file, made.warmup.attach(file, None))
    return made


def table(scenarios: Any, runs: int, seed: int) -> dict[str, np.ndarray]:
    """Run replicates, and their columns."""
    return replicates(simulate(scenarios, runs, seed))


def tables(scenarios: list[Any], runs: int, seed: int) -> list[dict[str, np.ndarray]]:
    """Run replicates with common random numbers, and the columns of each point."""
    whole = table(scenarios, runs, seed)
    return [of_point(whole, k) for k in range(len(scenarios))]


def z_of_mean(sample: np.ndarray, mean: float = 0.0) -> float:
    """Standard errors from a sample's mean to what it should be; 0 where nothing varies and all is right."""
    error = np.std(sample, ddof=1) / np.sqrt(len(sample))
    gap = np.mean(sample) - mean
    return float(gap / error) if error > 0 else float(np.sign(gap) * np.inf) if gap else 0.0


def z_of_share(successes: float, trials: float, chance: float) -> float:
    """Standard errors from a share of independent trials to their chance."""
    return float((successes - trials * chance) / np.sqrt(trials * chance * (1 - chance)))


def z_of_ratio(tops: np.ndarray, bottoms: np.ndarray, ratio: float) -> float:
    """Standard errors from a ratio of sums over replicates to what it should be."""
    return z_of_mean(tops - ratio * bottoms)


# Worlds. Cells are [x, y].


def _world(**parts: Any) -> dict[str, Any]:
    width, height = parts.pop("size")
    corners = [[0, 0], [width, 0], [width, height], [0, height]]
    return {
        "name": "small",
        "grid": {"width": width, "height": height, "cell_km": 2},
        "jurisdictions": [{"name": "all", "area": corners}],
        "routes": {"count": 3, "penalty": 4},
        "towns": [{"name": "town", "cell": [5, 5], "private_share": 1.0}],
        "bases": [{"name": "barracks", "cell": [5, 5], "jurisdiction": "all"}],
        "checkpoints": [],
        "hideouts": [{"name": "hills", "cell": [45, 5]}],
        "groups": [
            {
                "name": "group",
                "hideouts": ["hills"],
                "weights": dict.fromkeys(CLASSES, 1.0),
                "regions": {"all": 1.0},
            }
        ],
        **parts,
    }


def site(name: str, cell: list[int], **values: Any) -> dict[str, Any]:
    """A site of a small world."""
    facts = {"foreign_staff": 100, "cost_bn_usd": 0.82, "hub": "port", "town": "town", "closures": False}
    return {"name": name, "cell": cell, **facts, **values}


# One site, one road of 80 cells to its hub, nothing on it.
ONE_ROAD = _world(
    size=(90, 10),
    roads=[{"name": "road", "points": [[5, 5], [85, 5]]}],
    hubs=[{"name": "port", "cell": [85, 5]}],
    sites=[site("works", [5, 5])],
)

# The same with three roads that share nothing but their ends; the habitual route is the straight one.
THREE_ROADS = _world(
    size=(90, 10),
    roads=[
        {"name": "straight", "points": [[5, 5], [85, 5]]},
        {"name": "north", "points": [[5, 5], [5, 1], [85, 1], [85, 5]]},
        {"name": "south", "points": [[5, 5], [5, 9], [85, 9], [85, 5]]},
    ],
    hubs=[{"name": "port", "cell": [85, 5]}],
    sites=[site("works", [5, 5])],
)


def divided(*borders: int) -> dict[str, Any]:
    """The one road through jurisdictions that begin at these cells, each with barracks, a town and a hideout on it.

    Site and staff are in the first, the hub is in the last; nobody lives in the towns of the others.
    """
    ordinals = ("first", "second", "third", "fourth", *(f"area {k}" for k in range(5, MOST_JURISDICTIONS + 1)))
    names = ordinals[: len(borders) + 1]
    starts, ends = (0, *borders), (*borders, 90)
    on_road = [[max(5, x), 5] for x in starts]
    areas = [[[a, 0], [b, 0], [b, 10], [a, 10]] for a, b in zip(starts, ends, strict=True)]
    towns = ["town", *names[1:]]
    hills = [f"hills of {name}" for name in names]
    places = list(zip(names, hills, towns, on_road, strict=True))
    return {
        **ONE_ROAD,
        "jurisdictions": [{"name": name, "area": area} for name, area in zip(names, areas, strict=True)],
        "towns": [{"name": t, "cell": cell, "private_share": float(t == "town")} for _, _, t, cell in places],
        "bases": [{"name": name, "cell": cell, "jurisdiction": name} for name, _, _, cell in places],
        "hideouts": [{"name": hill, "cell": cell} for _, hill, _, cell in places],
        "groups": [{**ONE_ROAD["groups"][0], "hideouts": hills, "regions": dict.fromkeys(names, 1.0)}],
    }


# 120 sites near their hub and its barracks: many short drives for few teams.
MANY_SITES = _world(
    size=(30, 10),
    roads=[{"name": "road", "points": [[5, 5], [25, 5]]}],
    hubs=[{"name": "port", "cell": [5, 5]}],
    hideouts=[{"name": "hills", "cell": [20, 5]}],
    sites=[site(f"works {k}", [8 + k % 5, 5]) for k in range(120)],
)

# Everything that the corridor has, in little: two jurisdictions, sites near their hubs on roads that are closed,
# three routes that part and meet, checkpoints on approaches and routes, two groups.
CROSSING = _world(
    size=(48, 20),
    roads=[
        {"name": "straight", "points": [[3, 10], [44, 10]]},
        {"name": "north", "points": [[6, 10], [10, 4], [34, 4], [40, 10]]},
        {"name": "south", "points": [[8, 10], [12, 16], [32, 16], [38, 10]]},
        {"name": "link", "points": [[22, 4], [22, 16]]},
    ],
    jurisdictions=[
        {"name": "west", "area": [[0, 0], [22, 0], [22, 20], [0, 20]]},
        {"name": "east", "area": [[22, 0], [48, 0], [48, 20], [22, 20]]},
    ],
    hubs=[{"name": "port", "cell": [44, 10]}, {"name": "strip", "cell": [22, 10]}],
    towns=[
        {"name": "upper", "cell": [10, 10], "private_share": 0.4},
        {"name": "lower", "cell": [36, 10], "private_share": 0.6},
    ],
    sites=[
        site("works", [3, 10], town="upper", closures=True, foreign_staff=400),
        site("mill", [34, 4], town="lower", hub="strip", closures=True, foreign_staff=60),
    ],
    bases=[
        {"name": "first", "cell": [10, 10], "jurisdiction": "west"},
        {"name": "second", "cell": [36, 10], "jurisdiction": "east"},
    ],
    checkpoints=[
        {"name": "bridge", "cell": [18, 10]},
        {"name": "gap", "cell": [28, 10]},
        {"name": "ford", "cell": [28, 16]},
        {"name": "pass", "cell": [16, 4]},
    ],
    hideouts=[{"name": "hills", "cell": [22, 16]}, {"name": "woods", "cell": [12, 16]}],
    groups=[
        {
            "name": "one",
            "hideouts": ["hills"],
            "weights": {"convoy": 1.0, "site": 1.2, "outing": 1.0, "private": 1.0},
            "regions": {"west": 1.0, "east": 0.6},
        },
        {
            "name": "two",
            "hideouts": ["woods", "hills"],
            "weights": {"convoy": 1.2, "site": 1.0, "outing": 1.0, "private": 1.0},
            "regions": {"west": 0.5, "east": 1.0},
        },
    ],
)
