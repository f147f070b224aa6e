"""The summary numbers of one canonical run, which the baseline file holds.

`python -m tests.update_baseline` writes them anew; the changelog then says that results change, and MODEL_VERSION
is raised.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim import load_scenario, replicates, simulate, summarise

FILE = Path(__file__).parent / "baseline.json"
SCENARIOS = ("baseline", "full-protocol", "lapsed-protocol", "no-screening", "strict-screening", "triple-budget")
REPLICATES = 24
SEED = 2024
HORIZON = {"run.horizon": 3}


def canonical_run() -> dict[str, Any]:
    """Every summary number of a short run of the shipped scenarios."""
    return {name: summarise(replicates(simulate(load_scenario(name, HORIZON), REPLICATES, SEED))) for name in SCENARIOS}


def flat(tree: dict[str, Any], at: str = "") -> dict[str, float]:
    """Numbers by their dotted path."""
    found: dict[str, float] = {}
    for key, value in tree.items():
        found |= flat(value, f"{at}{key}.") if isinstance(value, dict) else {f"{at}{key}": float(value)}
    return found
