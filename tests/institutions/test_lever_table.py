"""Every lever of the table moves the outcome nearest to it in the direction that the table states.

Pairs of replicates at the ends that the table names, choice frozen and feedbacks off; the one-sided 95 % bound of the
paired difference must have the right sign. Effects are far larger than their errors and seeds are fixed: a right
model would not fail for chance. Rows that are open say so, and are left to the experiments.
"""

import pytest
from scipy import stats

from sim import load_scenario
from sim.scenario.schema import fields
from tests.institutions.test_directions import COMMON, steps
from tests.small import tables

RUNS = 40
ONE_SIDED = stats.t.ppf(0.95, RUNS - 1)
LEVERS = {field.path: field for field in fields() if field.kind == "lever"}
OPEN = sorted(path for path, field in LEVERS.items() if field.direction == "open")

MOVING = {"policy.adherence.hold": False}
SCARCE = {"state.special_police.teams": 0, "policy.budget.share": 0.05}
RICH = {"policy.budget.reading": "construction"}
CAMERAS = {"policy.cameras.count": 1000}
WAITED_FOR = {"layers.waiting.hazard": 0.1, "policy.movement.varied_window": 10.0}
# Without these a lever would have nothing to act on: cameras to watch, teams to be short of.
CONTEXT = {
    "policy.adherence.audit_interval": MOVING,
    "policy.adherence.training_interval": MOVING | RICH,
    "policy.consultation.review_interval": MOVING,
    "policy.consultation.visit_interval": MOVING,
    "policy.screening.recheck_interval": RICH,
    "policy.movement.escort_patience": {"state.special_police.teams": 1, "policy.budget.share": 0.05},
    "policy.cameras.monitored": CAMERAS,
    "policy.cameras.start": CAMERAS,
    "policy.cameras.ledger": CAMERAS,
    "policy.drones.start": {"policy.drones.crews": 8},
    "policy.site.perimeter": RICH | {"insider.prevalence": 0.0},
    "policy.site.extra_guards": RICH,
    "policy.site.exclusion": RICH,
    "policy.watchtowers.per_site": RICH,
    "policy.community.ledger": {"policy.community.development": 1.0},
    "policy.community.civil_society": {"community.development_lag": 180.0, "threat.tip_coef": 0.01},
    "policy.partner.teams": SCARCE,
    "policy.partner.joint_patrols": SCARCE,
    "state.army_division.size": WAITED_FOR,
    "state.naval.teams": WAITED_FOR,
    "state.special_police.patrol_share": {"state.special_police.teams": 4},
    "state.equipment.promised": {"state.equipment.delay": 0.0},
    "state.offensive.first_day": {"state.offensive.campaigns": 1},
    "state.offensive.interval": {"state.offensive.campaigns": 4},
}


def ends(field):
    """The two values between which a lever is tested."""
    if field.type == "switch":
        return False, True
    if field.choices:
        return field.choices[0], field.choices[-1]
    kind = int if field.type == "integer" else float
    return tuple(kind(value) for value in field.tested)


def at(path, value):
    """Values that put a lever at a value; shares of the budget leave the rest to a line that does neither."""
    if not path.startswith("policy.budget.split."):
        return {path: value}
    mine = path.rpartition(".")[2]
    sink = "training" if mine == "armour" else "armour"
    lines = [field.path.rpartition(".")[2] for field in LEVERS.values() if ".split." in field.path]
    shares = dict.fromkeys(lines, 0.0) | {sink: 1.0 - value, mine: value}
    unpaid = {"policy.adherence.audit_interval": 0.0, "policy.movement.escort_notice": 4.0}
    return {f"policy.budget.split.{name}": share for name, share in shares.items()} | unpaid


@pytest.mark.parametrize("path", [path for path in LEVERS if path not in OPEN])
def test_a_lever_moves_its_nearest_outcome_as_the_table_says(path):
    field = LEVERS[path]
    points = [load_scenario("baseline", COMMON | CONTEXT.get(path, {}) | at(path, end)) for end in ends(field)]
    low, high = tables(points, RUNS, seed=45)
    z = steps(low[field.nearest], high[field.nearest])
    assert (z if field.direction == "rises" else -z) > ONE_SIDED, f"{field.nearest} {field.direction}: z {z:.1f}"


def test_there_are_forty_levers_and_more_and_each_says_unit_bounds_and_source():
    assert len(LEVERS) >= 40
    for field in LEVERS.values():
        assert field.unit and field.source and field.description
        assert field.low is not None or field.choices or field.type in ("switch", "list"), field.path


def test_open_rows_are_few_and_known():
    assert OPEN == [
        "policy.adherence.by_jurisdiction",
        "policy.adherence.paid_from",
        "policy.checkpoints.placement",
        "policy.movement.people",
        "state.offensive.districts",
    ]
