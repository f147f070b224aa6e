import contextlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.errors import InputError
from sim.scenario import load
from sim.scenario.build import value_at
from sim.scenario.load import LONGEST_CHAIN, find_file, load_scenario, read_json, read_yaml, shipped, with_values
from sim.scenario.schema import Scenario, fields

SCENARIOS = Path(load.__file__).parents[2] / "scenarios"
TOP = ", ".join(Scenario.model_fields)


def error_of(source, sets=None):
    with pytest.raises(InputError) as caught:
        load_scenario(source, sets)
    return str(caught.value)


# Errors: one sentence with file, line, key, what was read and what is allowed.

LEVEL = "policy:\n  adherence:\n    level: "
PROBABILITY = "0 to 1 (probability)"


@pytest.mark.parametrize("number", ["1.7", "-1", ".nan", "-.inf", "1e999"])
def test_a_number_out_of_bounds_is_refused(write, number):
    read = {"1e999": "inf"}.get(number, number.replace(".nan", "nan").replace("-.inf", "-inf"))
    message = error_of(write(LEVEL + number))
    assert message == f"mine.yaml:3: policy.adherence.level: read {read}, allowed {PROBABILITY}"


@pytest.mark.parametrize(
    "text, read",
    [
        ("high", "'high'"),
        ("'0.5'", "'0.5'"),
        ("true", "true"),
        ("", "nothing"),
        ("[0.5]", "[0.5]"),
        ("{a: 1}", "a mapping"),
        ("2024-01-01", "'2024-01-01'"),
        ("x" * 80, "'" + "x" * 56 + "..."),
    ],
)
def test_what_is_not_a_number_is_refused(write, text, read):
    message = error_of(write(LEVEL + text))
    assert message == f"mine.yaml:3: policy.adherence.level: read {read}, allowed a number from {PROBABILITY}"


BAD = [
    ("policy: {adherence: {hold: 1}}", ":1: policy.adherence.hold: read 1, allowed true or false"),
    ("run: {start: now}", ":1: run.start: read 'now', allowed today or steady"),
    (
        "threat: {wait_patience: 3.5}",
        ":1: threat.wait_patience: read 3.5, allowed a whole number from 1 to 20 (trip)",
    ),
    ("threat: {wait_patience: 21}", ":1: threat.wait_patience: read 21, allowed 1 to 20 (trip)"),
    ("harm: {severity: [1, 2]}", ":1: harm.severity: read [1, 2], allowed a list of 7 (death)"),
    (
        "harm:\n  severity: [1, 1, 2,\n    2, 0, 5, 9]",
        ":3: harm.severity[5]: read 0, allowed 1 to 60 (death)",
    ),
    ("harm: {tail_alpha: 0.5}", ":1: harm.tail_alpha: read 0.5, allowed 0 or above 1 to 2.5 (exponent)"),
    ("name: 5", ":1: name: read 5, allowed text"),
    (
        "layers:\n",
        ":1: layers: read nothing, allowed a section with the keys route_watch, checkpoint, site, ",
    ),
    ("layers: 3", ":1: layers: read 3, allowed a section with the keys route_watch, checkpoint, site, "),
    (
        "layers:\n  site: {d0: 0.4, dmax: 0.3}",
        ":2: layers.site: read dmax 0.3, allowed only d0 (0.4) or more",
    ),
    (
        "policy:\n  budget:\n    split:\n      escort: 0.5",
        ":3: policy.budget.split: read shares that sum to 1.15, allowed only a sum of 1",
    ),
    (
        "exposure: {passengers_min: 9}",
        ":1: exposure: read passengers_min, _mode and _max 9, 8, 20, allowed only in rising order",
    ),
    (
        "exposure: {departure: 16}",
        ":1: exposure: read return_departure 15, allowed only later than departure (16)",
    ),
    (
        "\nlayers: {waiting: {hazzard: 1}}",
        ":2: layers.waiting.hazzard: unknown key; allowed here: hazard; did you mean hazard?",
    ),
    (
        "adherence: {level: 1}",
        f":1: adherence: unknown key; allowed here: {TOP}; did you mean policy.adherence?",
    ),
    ("qqq: 1", f":1: qqq: unknown key; allowed here: {TOP}"),
    ("1: 2", f":1: 1: unknown key; allowed here: {TOP}"),
    (
        "run:\n  horizon: 1\n  horizon: 2\n",
        ":3: run.horizon: read the key twice (first in mine.yaml:2), allowed once",
    ),
    ("", ": read an empty file, allowed a mapping of keys to values"),
    ("# only a comment\n", ": read an empty file, allowed a mapping of keys to values"),
    ("- a\n- b\n", ":1: read ['a', 'b'], allowed a mapping of keys to values"),
    ("just words", ":1: read 'just words', allowed a mapping of keys to values"),
    ("name: x\nrun: [\n", ":3: not valid YAML: "),
    ("name: a: b", ":1: not valid YAML: "),
    ("name: x\n\ty: 1", ":2: not valid YAML: "),
    ("name: \x07", ":1: not valid YAML: "),
    ("name: x\n---\nname: y", ":2: read a second document, allowed one in a file"),
    ('name: "\\e[2J"', r":1: name: read the control character '\x1b', allowed printable text"),
    ('"na\\x9bme": x', r":1: read the control character '\x9b', allowed printable text"),
    ("name: &a x\nworld: *a", ":2: world: read the alias *a, allowed only values written out"),
    ("run: &a {horizon: *a}", ":1: run.horizon: read the alias *a, allowed only values written out"),
    ("name: !thing x", ":1: name: read the tag !thing, allowed only plain values"),
    ("? [a, b]\n: 1", ":1: read a key that isn't a word, allowed words only"),
    ("name: " + "[" * 40 + "]" * 40, ":1: name: read more than 12 levels of nesting, allowed fewer"),
    ("extends: nowhere.yaml", ":1: extends: read 'nowhere.yaml', allowed a file that exists"),
    ("extends: 5", ":1: extends: read 5, allowed a file's name"),
    ("extends: [mine.yaml]", ":1: extends: read ['mine.yaml'], allowed a file's name"),
    ("extends: mine.yaml", ":1: extends: goes in a circle: mine.yaml -> mine.yaml"),
    ("world: nowhere.yaml", ":1: world: read 'nowhere.yaml', allowed a file that exists"),
    (
        "run:\n  warmup_policy: nowhere.yaml",
        ":2: run.warmup_policy: read 'nowhere.yaml', allowed a file that exists",
    ),
]


@pytest.mark.parametrize("text, message", BAD, ids=[repr(text[:40]) for text, _ in BAD])
def test_an_error_names_file_line_key_what_was_read_and_what_is_allowed(write, text, message):
    found = error_of(write(text))
    assert found.startswith(f"mine.yaml{message}")
    assert "\n" not in found


def test_of_several_errors_the_first_line_is_reported_and_the_others_counted(write):
    text = "run: {horizon: 4}\npolicy:\n  adherence: {level: 0.5, half_life: 1}\nthreat: {eta: x}\nqqq: 1\n"
    message = error_of(write(text))
    assert message == "mine.yaml:3: policy.adherence.half_life: read 1, allowed 45 to 365 (day) (and 2 more)"


def test_an_error_names_the_file_where_the_bad_value_stands(write):
    write("world: tiny.yaml\nthreat:\n  eta: 7\n", "root.yaml")
    child = write("extends: root.yaml\nrun: {horizon: 1}\n")
    assert error_of(child).startswith("root.yaml:3: threat.eta: read 7, allowed 0 to 0.5")


def test_an_error_between_keys_names_the_file_that_wrote_one_of_them_last(write):
    write("world: tiny.yaml\npolicy: {budget: {split: {escort: 0.35}}}\n", "root.yaml")
    child = write("extends: root.yaml\npolicy:\n  budget:\n    split: {escort: 0.1}\n")
    assert error_of(child).startswith("mine.yaml:4: policy.budget.split: read shares that sum to 0.75")
    assert error_of("root.yaml", {"policy.budget.split.site": "0.3"}).startswith("--set: policy.budget.split: ")


def test_a_file_that_is_not_there_is_named_with_those_that_are():
    message = error_of("basline")
    assert message.startswith("basline: no such file, allowed a scenario's file or one of ")
    assert ", baseline, " in message
    assert message.endswith("did you mean baseline?")


def test_a_folder_is_not_a_file(folder):
    assert error_of(str(folder)).startswith(f"{folder}: a folder, allowed a scenario's file")


def test_bytes_that_are_not_text_are_refused_with_their_line(folder):
    (folder / "mine.yaml").write_bytes(b"name: x\nrun: \xff\n")
    assert error_of("mine.yaml") == "mine.yaml:2: read bytes that aren't text, allowed UTF-8"


def test_a_file_that_cannot_be_opened_is_refused(folder):
    with pytest.raises(InputError, match=r"^gone.yaml: can't be read: No such file"):
        read_yaml("gone.yaml")


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_deep_nesting_crashes_nothing(write, opening):
    assert error_of(write(opening * 50_000)).startswith("mine.yaml:1: ")


# Reading.


def test_places_are_the_lines_of_the_values(write):
    tree, places = read_yaml(write("a: 1\nb:\n  c: x\n  d:\n    - 5\n    - 6\n"))
    assert tree == {"a": 1, "b": {"c": "x", "d": [5, 6]}}
    assert {key: place.line for key, place in places.items()} == {
        (): 1,
        ("a",): 1,
        ("b",): 2,
        ("b", "c"): 3,
        ("b", "d"): 4,
        ("b", "d", 0): 5,
        ("b", "d", 1): 6,
    }
    assert str(places["b", "c"]) == "mine.yaml:3"


@pytest.mark.parametrize(
    "text, value",
    [
        ("1e-3", 0.001),
        ("2.5E+2", 250.0),
        (".5", 0.5),
        ("-3", -3),
        ("007", 7),
        ("1_000", "1_000"),
        ("8:30", "8:30"),
        ("yes", "yes"),
        ("off", "off"),
        ("True", True),
        ("null", None),
        ("~", None),
        ("", None),
        ("'1'", "1"),
        ('""', ""),
        ("0x1F", "0x1F"),
        ("2024-05-06", "2024-05-06"),
        ("1.2.3", "1.2.3"),
        ("12345678901234567890", 1.2345678901234567e19),
    ],
)
def test_plain_words_mean_what_yaml_1_2_says(write, text, value):
    read = read_yaml(write(f"a: {text}\n"))[0]["a"]
    assert read == value
    assert type(read) is type(value)


def test_a_byte_order_mark_does_no_harm(folder):
    (folder / "mine.yaml").write_text("name: x\n", encoding="utf-8-sig")
    assert read_yaml("mine.yaml")[0] == {"name": "x"}


# Extends.


def test_extends_merges_mappings_and_replaces_everything_else(write):
    harm = "harm: {severity: [1, 1, 1, 1, 1, 1, 1]}\n"
    write(f"world: tiny.yaml\npolicy: {{adherence: {{level: 0.3, hold: true}}}}\n{harm}", "root.yaml")
    write("extends: root.yaml\npolicy: {adherence: {level: 0.4}}\n", "middle.yaml")
    scenario = load_scenario(write("extends: middle.yaml\nharm: {severity: [2, 2, 2, 2, 2, 2, 2]}\n"))
    assert (scenario.policy.adherence.level, scenario.policy.adherence.hold) == (0.4, True)
    assert scenario.harm.severity == [2] * 7
    assert scenario.world_file.name == "tiny"
    assert scenario.extends is None


def test_extends_and_world_are_looked_for_beside_the_file_that_names_them(write, folder):
    (folder / "sub").mkdir()
    write("world: ../tiny.yaml\n", "sub/root.yaml")
    write("extends: sub/root.yaml\n")
    assert load_scenario(folder / "mine.yaml").world_file.name == "tiny"


def test_a_circle_of_files_is_refused(write):
    write("extends: b.yaml\n", "a.yaml")
    write("extends: a.yaml\n", "b.yaml")
    assert error_of("a.yaml") == "b.yaml:1: extends: goes in a circle: a.yaml -> b.yaml -> a.yaml"


@pytest.mark.parametrize("length", [LONGEST_CHAIN - 1, LONGEST_CHAIN, 10 * LONGEST_CHAIN])
def test_a_chain_of_files_may_be_long_but_not_without_end(write, length):
    for k in range(length - 1):
        write(f"extends: {k + 1}.yaml\n", f"{k}.yaml")
    write("world: tiny.yaml\n", f"{length - 1}.yaml")
    if length <= LONGEST_CHAIN:
        assert load_scenario("0.yaml").name == "0"
    else:
        last = LONGEST_CHAIN - 1
        sentence = f"{last}.yaml:1: extends: read more than {LONGEST_CHAIN} files in a chain, allowed fewer"
        assert error_of("0.yaml") == sentence


def test_a_chain_of_policies_for_warm_ups_is_read_as_far_as_it_matters(write):
    for k in range(500):
        write(f"world: tiny.yaml\nrun: {{warmup_policy: {k + 1}.yaml}}\n", f"{k}.yaml")
    write("world: tiny.yaml\n", "500.yaml")
    assert load_scenario("0.yaml").name == "0"


STAIRS = "\n" + "".join(" " * k + "a:\n" for k in range(1, 999))


@pytest.mark.parametrize("bad", ["[" * 100_000, "{a: " * 100_000, STAIRS], ids=["lists", "mappings", "stairs"])
def test_however_deep_a_file_goes_it_is_refused_in_one_sentence(write, bad):
    assert "read more than 12 levels of nesting, allowed fewer" in error_of(write(f"name: {bad}"))


def test_a_name_is_not_inherited(write):
    write("name: root\ndescription: the root\nworld: tiny.yaml\n", "root.yaml")
    scenario = load_scenario(write("extends: root.yaml\n"))
    assert (scenario.name, scenario.description) == ("mine", "")


# Setting values.


@pytest.mark.parametrize(
    "path, text, value",
    [
        ("policy.adherence.level", "0.9", 0.9),
        ("policy.adherence.level", "1", 1.0),
        ("policy.adherence.hold", "true", True),
        ("threat.delta0", "1e-3", 0.001),
        ("threat.wait_patience", "7", 7),
        ("policy.budget.reading", "yearly", "yearly"),
        ("harm.severity", "[1, 1, 1, 1, 1, 1, 2]", [1, 1, 1, 1, 1, 1, 2]),
        ("name", "2024", "2024"),
        ("description", "a: b [c", "a: b [c"),
        ("policy.adherence.level", 0.9, 0.9),
        ("policy.adherence.level", np.float64(0.9), 0.9),
        ("threat.wait_patience", np.int64(7), 7),
        ("harm.severity", (1,) * 7, [1] * 7),
    ],
)
def test_set_reads_its_value_as_yaml(write, path, text, value):
    scenario = load_scenario(write("world: tiny.yaml\n"), {path: text})
    for key in path.split("."):
        scenario = getattr(scenario, key)
    assert scenario == value
    assert type(scenario) is type(value)


@pytest.mark.parametrize(
    "path, text, message",
    [
        ("policy.adherence.level", "1.7", "policy.adherence.level: read 1.7, allowed 0 to 1 (probability)"),
        (
            "policy.adherence.level",
            "high",
            "policy.adherence.level: read 'high', allowed a number from 0 to 1",
        ),
        ("policy.adherence.level", "", "policy.adherence.level: read nothing, allowed a number from 0 to 1"),
        ("policy.adherence.level", "[1,", "policy.adherence.level: not valid YAML: "),
        ("policy.adherence.level", "*x", "policy.adherence.level: read the alias *x, allowed only"),
        ("policy.adherence.level", "\ud800", "policy.adherence.level: not valid YAML"),
        ("policy.adherence", "3", "policy.adherence: read 3, allowed a section with the keys level, "),
        ("policy.adherense.level", "1", "policy.adherense: unknown key; allowed here: adherence, "),
        (
            "policy.adherence.level.x",
            "1",
            "policy.adherence.level: read a mapping, allowed a number from 0 to 1",
        ),
        ("", "3", "unknown key; allowed here: name, "),
        ("extends", "baseline.yaml", "extends: can stand in a file only"),
        ("world", "nowhere.yaml", "world: read 'nowhere.yaml', allowed a file that exists"),
    ],
)
def test_a_bad_set_is_named_so(write, path, text, message):
    assert error_of(write("world: tiny.yaml\n"), {path: text}).startswith(f"--set: {message}")


def test_a_tree_does_for_a_file(folder):
    scenario = load_scenario({"world": "tiny.yaml", "policy": {"adherence": {"level": np.float64(0.5)}}})
    assert scenario.policy.adherence.level == 0.5
    assert error_of({"run": {"horizon": 99}}).startswith("scenario: run.horizon: read 99, allowed 0.00274 to 30 (year)")


# The warm-up.


@pytest.fixture
def family(write):
    write("world: tiny.yaml\npolicy: {adherence: {level: 0.3}}\nthreat: {eta: 0.2}\n", "root.yaml")
    write("world: tiny.yaml\npolicy: {adherence: {level: 0.8}}\nthreat: {eta: 0.4}\n", "other.yaml")
    return write("extends: root.yaml\npolicy: {adherence: {level: 0.9}}\nthreat: {eta: 0.3}\n")


def test_the_warm_up_has_the_levers_of_the_root_and_everything_else_of_the_scenario(family):
    scenario = load_scenario(family, {"policy.closures.per_week": 5, "insider.prevalence": 0.002})
    warmup = scenario.warmup
    assert (scenario.policy.adherence.level, warmup.policy.adherence.level) == (0.9, 0.3)
    assert (scenario.policy.closures.per_week, warmup.policy.closures.per_week) == (5, 2.5)
    assert warmup.threat.eta == scenario.threat.eta == 0.3
    assert warmup.insider.prevalence == scenario.insider.prevalence == 0.002
    assert warmup.world_file is scenario.world_file
    assert warmup.warmup is warmup


def test_a_root_warms_up_under_its_own_levers_as_the_file_has_them(family):
    scenario = load_scenario("root.yaml", {"policy.adherence.level": "0.7"})
    assert (scenario.policy.adherence.level, scenario.warmup.policy.adherence.level) == (0.7, 0.3)


@pytest.mark.parametrize("sets", [None, {"run.warmup_policy": "other.yaml"}])
def test_a_warm_up_policy_replaces_the_root_s_levers_only(family, write, sets):
    line = "" if sets else "run: {warmup_policy: other.yaml}\n"
    scenario = load_scenario(write(f"extends: {family}\n{line}", "again.yaml"), sets)
    assert (scenario.policy.adherence.level, scenario.warmup.policy.adherence.level) == (0.9, 0.8)
    assert scenario.warmup.threat.eta == 0.3


def test_what_all_files_share_is_the_same_in_the_warm_up(family):
    scenario = load_scenario(family)
    for leaf in fields():
        if leaf.kind != "lever" and leaf.path != "name":
            assert value(scenario.warmup, leaf.path) == value(scenario, leaf.path)


@pytest.mark.parametrize("text", ["", "{", None])
def test_what_is_no_json_is_told_with_its_place(text):
    with pytest.raises(InputError, match=r"^out/design\.parquet: read no JSON, allowed a Scenario as JSON$"):
        read_json(Scenario, text, "out/design.parquet")


def test_a_scenario_in_json_is_checked_and_messages_name_the_place(family):
    scenario = load_scenario(family)
    text = scenario.model_dump_json()
    assert read_json(Scenario, text, "out/design.parquet") == scenario.model_validate_json(text)
    with pytest.raises(InputError, match=r"^out/design\.parquet: threat\.eto: unknown key.*did you mean eta"):
        read_json(Scenario, text.replace('"eta"', '"eto"'), "out/design.parquet")


def test_with_values_changes_levers_after_and_facts_before_t_0_too(family):
    scenario = load_scenario(family)
    changed = with_values(scenario, {"policy.adherence.level": 0.1, "threat.eta": 0.5})
    assert (changed.policy.adherence.level, changed.warmup.policy.adherence.level) == (0.1, 0.3)
    assert changed.threat.eta == changed.warmup.threat.eta == 0.5
    assert (scenario.policy.adherence.level, scenario.threat.eta) == (0.9, 0.3)
    assert changed.world_file is scenario.world_file


def test_with_values_changes_levers_of_today_in_the_warm_up_only_and_leaves_facts_alone(family):
    scenario = load_scenario(family)
    changed = with_values(scenario, {}, today={"policy.adherence.level": 0.1, "threat.eta": 0.5})
    assert changed.policy == scenario.policy
    assert changed.warmup.policy.adherence.level == 0.1
    assert changed.warmup.threat == changed.threat == scenario.threat
    with pytest.raises(InputError, match=r"policy.adherence.level: read 7"):
        with_values(scenario, {}, today={"policy.adherence.level": 7})


def test_with_values_checks_again_and_parses_nothing(family):
    scenario = load_scenario(family)
    with pytest.raises(InputError, match=r"^grid.yaml:4: threat.eta: read '0.2', allowed a number from 0 to 0.5"):
        with_values(scenario, {"threat.eta": "0.2"}, place="grid.yaml:4")
    for path in ("extends", "run.warmup_policy"):
        with pytest.raises(InputError, match=f"^--set: {path}: can stand in a file only"):
            with_values(scenario, {path: "other.yaml"})


def test_with_values_reads_another_world(family, write, folder):
    write((folder / "tiny.yaml").read_text().replace("name: tiny", "name: second"), "second.yaml")
    changed = with_values(load_scenario(family), {"world": "second.yaml"})
    assert changed.world_file.name == changed.warmup.world_file.name == "second"


# What comes with the package.


def test_shipped_scenarios_are_found_from_anywhere(folder):
    assert "baseline" in shipped()
    assert find_file("baseline") == SCENARIOS / "baseline.yaml"
    assert find_file("triple-budget.yaml") == SCENARIOS / "triple-budget.yaml"
    assert find_file("nothing-of-that-name") is None


def test_a_file_of_the_user_s_goes_before_a_shipped_one(write):
    write("world: tiny.yaml\nname: mine\n", "baseline")
    assert load_scenario("baseline").name == "mine"


def test_a_user_s_file_can_extend_a_shipped_one(write):
    scenario = load_scenario(write("extends: baseline\nworld: tiny.yaml\npolicy: {adherence: {level: 0.9}}\n"))
    assert (scenario.policy.adherence.level, scenario.warmup.policy.adherence.level) == (0.9, 0.6)


@pytest.mark.parametrize("name", shipped())
def test_shipped_scenarios_are_valid_and_warm_up_as_the_baseline(name):
    scenario = load_scenario(name)
    assert scenario.name == name
    assert scenario.description
    today = load_scenario("baseline")
    levers = [row.path for row in fields() if row.kind == "lever"]
    assert [path for path in levers if value_at(scenario.warmup, path) != value_at(today, path)] == []


def test_the_baseline_writes_the_schema_s_defaults():
    assert load_scenario("baseline").model_dump(exclude={"name", "description"}) == Scenario().model_dump(
        exclude={"name", "description"}
    )


@pytest.mark.parametrize(
    "name, path, expected",
    [
        ("full-protocol", "policy.adherence.level", 1.0),
        ("full-protocol", "policy.adherence.hold", True),
        ("full-protocol", "policy.adherence.paid_from", "nobody"),
        ("claim-sops-suffice", "policy.adherence.paid_from", "nobody"),
        ("priced-protocol", "policy.adherence.level", 1.0),
        ("priced-protocol", "policy.adherence.hold", True),
        ("priced-protocol", "policy.adherence.paid_from", "budget"),
        ("curfew", "policy.movement.curfew", 1.0),
        ("fewer-trips", "policy.movement.trips", 0.5),
        ("fewer-trips", "policy.movement.people", 1.0),
        ("posts-where-no-way-round", "policy.checkpoints.placement", "no_way_round"),
        ("strict-screening-early", "run.start", "steady"),
        ("lapsed-protocol", "policy.adherence.level", 0.4),
        ("lapsed-protocol", "policy.adherence.hold", True),
        ("no-screening", "policy.screening.sensitivity", 0.0),
        ("no-screening", "policy.screening.specificity", 1.0),
        ("strict-screening", "policy.screening.sensitivity", 0.9),
        ("strict-screening", "policy.screening.delay", 45.0),
        ("half-budget", "policy.budget.share", 0.5),
        ("triple-budget", "policy.budget.share", 3.0),
    ],
)
def test_shipped_scenarios_do_what_their_names_say(name, path, expected):
    assert value(load_scenario(name), path) == expected


@pytest.mark.parametrize(
    "name, like, differ",
    [
        ("strict-screening-early", "strict-screening", {"run"}),
        ("claim-sops-suffice", "full-protocol", set()),
        ("priced-protocol", "full-protocol", {"policy"}),
    ],
)
def test_shipped_scenarios_that_repeat_another_one_differ_from_it_where_they_say(name, like, differ):
    mine, other = (load_scenario(each).model_dump(exclude={"name", "description"}) for each in (name, like))
    assert {key for key in mine if mine[key] != other[key]} == differ


@pytest.mark.parametrize("name", ["full-protocol", "claim-sops-suffice"])
def test_a_protocol_that_nobody_pays_for_says_so(name):
    assert "nobody pays" in load_scenario(name).description


def test_every_shipped_scenario_has_a_row_in_their_list():
    rows = (SCENARIOS / "README.md").read_text().splitlines()
    assert [name for name in shipped() if not any(row.startswith(f"| {name} |") for row in rows)] == []


# Garbage.

KEYS = st.sampled_from([*{key for leaf in fields() for key in leaf.path.split(".")}, "", "0", "zz"]) | st.text(
    max_size=3
)
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.dates() | st.binary(max_size=3)
)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=8) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
QUIET = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@QUIET
@given(tree=st.dictionaries(KEYS, TREES, max_size=5))
def test_no_tree_raises_anything_but_a_scenario_error(folder, tree):
    only_scenario_error({"world": "tiny.yaml", **tree})


@QUIET
@given(leaf=st.sampled_from(fields()), garbage=TREES)
def test_no_value_raises_anything_but_a_scenario_error(folder, leaf, garbage):
    only_scenario_error({"world": "tiny.yaml"}, {leaf.path: garbage})


@QUIET
@given(text=st.text(alphabet=st.sampled_from("ab:-[]{},'\"#&*!|>%@`?~ \n\t1.e"), max_size=40) | st.text(max_size=20))
def test_no_text_raises_anything_but_a_scenario_error(folder, text):
    (folder / "mine.yaml").write_bytes(text.encode("utf-8", "surrogatepass"))
    only_scenario_error("mine.yaml")


def only_scenario_error(source, sets=None):
    with contextlib.suppress(InputError):
        assert isinstance(load_scenario(source, sets), Scenario)


def value(scenario, path):
    for key in path.split("."):
        scenario = getattr(scenario, key)
    return scenario
