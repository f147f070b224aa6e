import json
import math
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from pydantic import ValidationError

from sim import load_scenario, with_values
from sim.errors import InputError
from sim.scenario import schema
from sim.scenario.kinds import kind_of
from sim.scenario.load import read_yaml
from sim.scenario.schema import Scenario, fields
from sim.scenario.worldfile import WorldFile
from sim.sweep.file import SweepFile
from tests.small import ONE_ROAD

SCENARIOS = Path(__file__).parents[2] / "scenarios"
LEAVES = [*fields(Scenario), *fields(WorldFile)]


@pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.path)
def test_every_leaf_says_what_it_is(leaf):
    assert leaf.unit
    assert leaf.description
    assert leaf.source
    assert leaf.kind in {"lever", "uncertain", "fixed"}
    assert leaf.type in {"number", "integer", "switch", "choice", "text", "list", "mapping"}


@pytest.mark.parametrize("leaf", fields(), ids=lambda leaf: leaf.path)
def test_every_default_lies_within_its_bounds_and_is_of_its_type(leaf):
    many = {"list": lambda: leaf.default, "mapping": lambda: leaf.default.values()}
    values = many.get(leaf.type, lambda: [leaf.default])()
    types = {"number": float, "integer": int, "list": int | str, "switch": bool, "choice": str, "text": str | None}
    types["mapping"] = float
    assert all(isinstance(value, types[leaf.type]) for value in values)
    if leaf.low is not None:
        assert all(leaf.low <= value <= leaf.high for value in values)
        assert leaf.low < leaf.high


@pytest.mark.parametrize("leaf", [leaf for leaf in fields() if leaf.low is not None], ids=lambda leaf: leaf.path)
@pytest.mark.parametrize("bad", [math.nan, math.inf, "high", True, None, "1"])
def test_numbers_are_numbers(leaf, bad):
    with pytest.raises(ValidationError):
        Scenario.model_validate(nested(leaf.path, bad))


@pytest.mark.parametrize("leaf", [x for x in fields() if x.type in {"number", "integer"}], ids=lambda leaf: leaf.path)
def test_bounds_are_part_of_what_is_allowed_and_nothing_beyond(leaf):
    assert errors_at(leaf, leaf.low) <= {"check"}  # what several keys allow together may stand in the way
    assert errors_at(leaf, leaf.high) <= {"check"}
    assert errors_at(leaf, leaf.low - 1) == {"greater_than_equal"}
    assert errors_at(leaf, leaf.high + 1) == {"less_than_equal"}


def test_whole_numbers_do_for_numbers():
    assert Scenario.model_validate(nested("run.warmup", 1)).run.warmup == 1.0


def test_rules_see_a_leaf_by_its_path_without_the_word_policy():
    names = {leaf.path: leaf.param for leaf in fields()}
    assert names["policy.adherence.level"] == "adherence_level"
    assert names["policy.adherence.items.need_to_know"] == "adherence_items_need_to_know"
    assert names["layers.route_watch.d0"] == "layers_route_watch_d0"
    assert len(set(names.values())) == len(names)


def test_only_policy_and_state_hold_levers():
    levers = {leaf.path.split(".")[0] for leaf in fields() if leaf.kind == "lever"}
    assert levers == {"policy", "state"}


def test_severity_is_kept_sorted():
    scenario = Scenario.model_validate(nested("harm.severity", [9, 1, 1, 2, 5, 2, 3]))
    assert scenario.harm.severity == [1, 1, 2, 2, 3, 5, 9]


# Grievance that feeds on itself.


def test_the_loop_gain_of_the_shipped_scenario_is_that_of_the_record_s_incidents(baseline):
    """Exponents x step x incidents x years; a fifth of the incidents moves with insiders too."""
    years = 166 / math.log(2) / 365
    assert baseline.loop_gain == pytest.approx(0.02 * 2.2 * years * (2.5 + 0.2 * 2.0))
    assert baseline.loop_gain == pytest.approx(baseline.gain_at(schema.INCIDENTS_A_YEAR))
    assert baseline.loop_gain < schema.GAIN_TO_WARN


@pytest.mark.parametrize(
    "path, values",
    [
        ("threat.plot_interval", (900.0, 544.0, 200.0, 100.0)),
        ("threat.cells_per_group", (0, 3, 6, 12)),
        ("threat.prepare_mean", (200.0, 60.0, 10.0)),
        ("threat.delta0", (0.02, 0.00385, 0.0005)),
        ("threat.removed_if_engaged", (1.0, 0.35, 0.0)),
        ("threat.lie_low_mean", (400.0, 120.0, 20.0)),
    ],
)
def test_the_loop_gain_rises_with_the_threat(baseline, path, values):
    gains = [with_values(baseline, {path: value}).loop_gain for value in values]
    assert gains == sorted(gains) and len(set(gains)) == len(gains)


def test_cells_that_are_hardly_ever_idle_make_no_more_incidents_than_their_cycle_allows(baseline):
    """Cells / (idle + busy): a seventh of the idle time leaves the busy one."""
    often = with_values(baseline, {"threat.plot_interval": 60.0})
    assert 2 < often.loop_gain / baseline.loop_gain < 544 / 60 / 2
    twice = with_values(baseline, {"threat.cells_per_group": 12})
    assert twice.loop_gain == pytest.approx(2 * baseline.loop_gain)


def test_the_loop_gain_counts_the_cells_of_the_world_s_groups(baseline, in_world):
    assert in_world(baseline, ONE_ROAD).loop_gain == pytest.approx(baseline.loop_gain / 2)  # one group for two


def test_the_loop_gain_rises_with_what_grievance_does_to_insiders(baseline):
    many = with_values(baseline, {"insider.grievance_exponent": 5.0, "insider.prevalence": 0.005})
    assert many.loop_gain > baseline.loop_gain
    none = with_values(baseline, {"insider.prevalence": 0.0})
    assert none.loop_gain == with_values(baseline, {"insider.grievance_exponent": 0.0}).loop_gain < baseline.loop_gain


def test_facts_that_drive_grievance_up_without_end_are_refused_where_they_stand(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text("community:\n  recruit_exponent: 6.0\n  w_harm: 0.1\n")
    assert load_scenario("mine.yaml").loop_gain < 1
    with pytest.raises(InputError) as caught:
        load_scenario("mine.yaml", {"community.half_life": 300.0})
    gain = 0.1 * 2.2 * 300 / math.log(2) / 365 * (6.0 + 0.2 * 2.0)
    assert str(caught.value) == (
        "mine.yaml:3: community.w_harm: read 0.1, with recruit_exponent, half_life and insider.grievance_exponent "
        f"a loop gain of {gain:.2f}, allowed only below 1"
    )


def test_a_scenario_cannot_be_changed_in_place():
    with pytest.raises(ValidationError):
        Scenario().policy.adherence.level = 0.9


def test_a_scenario_that_was_not_read_has_no_world_and_its_own_warm_up():
    scenario = Scenario()
    assert scenario.warmup is scenario
    with pytest.raises(InputError, match="load_scenario"):
        _ = scenario.world_file


def test_what_is_read_beside_a_scenario_makes_another_one_and_leaves_it_as_it_was(world_tree):
    scenario, world = Scenario(), WorldFile.model_validate(world_tree)
    warmup = scenario.attach(world, None)
    made = scenario.attach(world, warmup)
    assert (made.world_file, made.warmup, made.run) == (world, warmup, scenario.run)
    assert scenario.warmup is scenario
    with pytest.raises(InputError):
        _ = scenario.world_file


def test_json_schema_tells_an_editor_units_bounds_and_keys():
    document = schema.json_schema()
    level = document["$defs"]["Adherence"]["properties"]["level"]
    assert (level["minimum"], level["maximum"], level["unit"], level["kind"]) == (
        0,
        1,
        "probability",
        "lever",
    )
    assert document["additionalProperties"] is False
    json.dumps(document)


def test_json_schema_accepts_the_defaults_and_refuses_unknown_keys(world_tree):
    validator = jsonschema.Draft202012Validator(schema.json_schema())
    validator.check_schema(schema.json_schema())
    assert validator.is_valid(Scenario().model_dump(mode="json"))
    assert not validator.is_valid({"polcy": {}})
    assert jsonschema.Draft202012Validator(schema.json_schema(WorldFile)).is_valid(world_tree)


@pytest.mark.parametrize("path", sorted(SCENARIOS.rglob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_file_suits_the_json_schema_of_its_kind(path):
    tree = read_yaml(path)[0]
    model = {"scenario": Scenario, "world": WorldFile, "sweep": SweepFile}.get(kind_of(tree))
    if model is not None:
        assert jsonschema.Draft202012Validator(schema.json_schema(model)).is_valid(tree)


@pytest.mark.parametrize("leaf", fields(SweepFile), ids=lambda leaf: leaf.path)
def test_every_key_of_a_sweep_is_described(leaf):
    assert leaf.description


@pytest.mark.parametrize(
    "at, value, sound",
    [
        ("sites.0.foreign_staff", 0, False),
        ("sites.0.foreign_staff", 5.5, False),
        ("sites.0.trips_per_week", 61, False),
        ("sites.0.trips_per_week", 2.5, True),
        ("sites.0.cell", [1], False),
        ("sites.0.metres", 3, False),
        ("routes.count", 6, False),
        ("routes.count", 5, True),
        ("grid.cell_km", "2", False),
        ("sites", [], False),
        ("groups.0.regions.east", -1, False),
        ("checkpoints", [], True),
    ],
)
def test_the_json_schema_of_a_world_says_what_reading_one_says(world_tree, at, value, sound):
    *path, last = (int(key) if key.isdigit() else key for key in at.split("."))
    inner = world_tree
    for key in path:
        inner = inner[key]
    inner[last] = value
    assert agreed(WorldFile, world_tree) is sound


@pytest.mark.parametrize(
    "key, value, sound",
    [
        ("replicates", 0, False),
        ("replicates", 20, True),
        ("seed", "one", False),
        ("precision", {"relative": "5%"}, True),
        ("precision", {"relative": 0.05, "confidence": "90 %"}, True),
        ("precision", {"relative": 5}, False),
        ("precision", {"relative": "five"}, False),
        ("sample", {"size": 0, "priors": ["all"]}, False),
        ("axes", {"level": {"label": "level", "key": "policy.adherence.level", "values": ["high"]}}, False),
        ("axis", {}, False),
    ],
)
def test_the_json_schema_of_a_sweep_says_what_reading_one_says(key, value, sound):
    assert agreed(SweepFile, {"name": "small", key: value}) is sound


def agreed(model, tree):
    """Whether a tree is sound, which its JSON Schema and what reads it say alike."""
    valid = jsonschema.Draft202012Validator(schema.json_schema(model)).is_valid(tree)
    try:
        model.model_validate(tree)
    except ValidationError:
        assert not valid
        return False
    assert valid
    return True


def test_reading_a_scenario_needs_none_of_the_heavy_libraries():
    code = "import sys, sim.scenario.load; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"numpy", "numba", "pandas", "mesa"} & set(done.stdout.split())


def errors_at(leaf, value):
    try:
        Scenario.model_validate(nested(leaf.path, value))
    except ValidationError as error:
        return {entry["type"] for entry in error.errors()}
    return set()


def nested(path, value):
    for key in reversed(path.split(".")):
        value = {key: value}
    return value
