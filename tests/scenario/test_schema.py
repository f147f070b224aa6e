import json
import math
import subprocess
import sys

import jsonschema
import pytest
from pydantic import ValidationError

from sim.errors import InputError
from sim.scenario import schema
from sim.scenario.schema import Scenario, fields
from sim.scenario.worldfile import WorldFile

LEAVES = [*fields(Scenario), *fields(WorldFile)]


@pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.path)
def test_every_leaf_says_what_it_is(leaf):
    assert leaf.unit
    assert leaf.description
    assert leaf.source
    assert leaf.kind in {"lever", "uncertain", "fixed"}
    assert leaf.type in {"number", "integer", "switch", "choice", "text", "list"}


@pytest.mark.parametrize("leaf", fields(), ids=lambda leaf: leaf.path)
def test_every_default_lies_within_its_bounds_and_is_of_its_type(leaf):
    values = leaf.default if leaf.type == "list" else [leaf.default]
    types = {"number": float, "integer": int, "list": int | str, "switch": bool, "choice": str, "text": str | None}
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
