"""Values in the units that people use, and back."""

import pytest

from sim.scenario.load import load_scenario
from sim.scenario.natural import UNITS, allowed, natural, shown
from sim.scenario.schema import fields
from sim.scenario.words import WORDS

ROWS = {row.path: row for row in fields()}
TIMES = "policy.checkpoints.thoroughness"


@pytest.mark.parametrize(
    "path, value, said",
    [
        ("policy.adherence.level", 0.6, "60 %"),
        ("policy.adherence.level", 0.07, "7 %"),
        ("policy.adherence.level", 0.125, "12.5 %"),
        ("policy.adherence.hold", True, "yes"),
        ("policy.adherence.hold", False, "no"),
        ("policy.adherence.audit_interval", 182.0, "182 days"),
        ("policy.adherence.audit_interval", 1.0, "1 day"),
        ("policy.adherence.audit_interval", 0.0, "never"),
        ("policy.adherence.by_jurisdiction", {}, "alike everywhere"),
        ("policy.adherence.by_jurisdiction", {"a": 1.0, "b": -0.5}, "a +1 (more often), b -0.5 (less often)"),
        ("policy.adherence.items.armour", 0.0, "as the rest"),
        ("policy.adherence.items.armour", 2.0, "+2 (more often)"),
        ("policy.adherence.paid_from", "nobody", "nobody: a what-if"),
        ("policy.budget.share", 1.0, "1 % of project cost"),
        ("policy.closures.per_week", 2.5, "2.5 per week"),
        (TIMES, 1.0, "as today"),
        (TIMES, 0.25, "0.25 times today"),
        ("policy.cameras.count", 1, "1 camera"),
        ("policy.cameras.count", 3000, "3,000 cameras"),
        ("policy.cameras.start", 0, "the start"),
        ("policy.cameras.start", 400, "day 400"),
        ("policy.cameras.start", -3650, "3,650 days before the start"),
        ("policy.cameras.ledger", "project", "the projects"),
        ("state.offensive.districts", [], "all jurisdictions"),
        ("state.offensive.districts", ["a", "b"], "a, b"),
        ("run.warmup_policy", None, ""),
        ("name", "as it is", "as it is"),
        ("cost.guard_year", 5000.0, "5,000 USD"),
    ],
)
def test_a_value_is_said_as_people_say_it(path, value, said):
    assert shown(ROWS[path], value) == said


@pytest.mark.parametrize(
    "path, said",
    [
        ("policy.screening.sensitivity", "0 to 95 %"),
        ("policy.adherence.hold", "yes or no"),
        ("policy.budget.reading", "life, construction or yearly"),
        ("policy.cameras.start", "day -3,650 to 10,950"),
        ("policy.adherence.items.armour", "-6 to +6"),
        ("state.offensive.districts", ""),
    ],
)
def test_bounds_are_said_in_the_same_unit(path, said):
    assert allowed(ROWS[path]) == said


def test_every_value_of_every_lever_of_a_scenario_is_said_and_those_of_the_baseline_are_never_empty():
    scenario = load_scenario("baseline")
    for path, row in ROWS.items():
        value = scenario
        for name in path.split("."):
            value = getattr(value, name)
        if row.kind == "lever":
            assert shown(row, value).strip(), path


def test_no_lever_s_unit_is_left_in_the_words_of_the_schema():
    units = {row.words.unit or row.unit for row in ROWS.values() if row.kind == "lever"}
    assert units - set(UNITS) == {"% of project cost", "km"}
    assert {words.unit for words in WORDS.values()} <= {"", "on a scale from 0 to 60", *UNITS}


def test_a_percentage_divided_by_its_factor_is_the_number_that_a_file_would_have():
    """So that a slider in whole per cent hands back no other scenario than the file does."""
    factor, unit = natural(ROWS["policy.adherence.level"])
    assert (factor, unit) == (100, "%")
    assert [percent / factor for percent in range(101)] == [
        float(f"{percent // 100}.{percent % 100:02}") for percent in range(101)
    ]
