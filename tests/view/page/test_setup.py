"""What is on the screen, as a scenario file and as a command line: both give the same run again."""

import os
import shlex
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from sim.cli import app
from sim.errors import InputError
from sim.scenario.build import params_rows, value_at
from sim.scenario.load import load_scenario, shipped
from sim.scenario.schema import fields
from sim.view.page import desk
from sim.view.page.setup import LONGEST, MAIN, MIND, Setup, command, others, rows, scenarios, short, whole
from sim.world.generate import generate

ROOT = Path(__file__).parents[3]
LINES = ("escort", "armour", "checkpoint", "site", "screening", "training")
SPLIT = [f"policy.budget.split.{line}" for line in LINES]
SHOWN = [row for row in fields() if row.kind == "lever" and row.type not in ("list", "mapping")]
LEVERS = {row.path: row for row in SHOWN if row.path not in SPLIT}
FACTS = {row.path: row for row in rows([*MIND, "run.horizon", "run.warmup", "run.start", "threat.cells_per_group"])}


def value_of(row):
    """Any value of a lever, its default among them; an interval is none, or a day and more."""
    if row.type == "switch":
        return st.booleans()
    if row.type == "choice":
        return st.sampled_from(row.choices)
    if row.type == "integer":
        return st.just(row.default) | st.integers(int(row.low), int(row.high))
    low = 1.0 if row.path.endswith("interval") else row.low
    return st.just(row.default) | st.sampled_from([float(row.low), float(row.high)]) | st.floats(low, row.high)


def some(table):
    """A few rows of a table, each with a value."""
    pick = st.lists(st.sampled_from(sorted(table)), max_size=5, unique=True)
    return pick.flatmap(lambda paths: st.fixed_dictionaries({path: value_of(table[path]) for path in paths}))


SHARES = st.lists(st.just(0.0) | st.floats(0.01, 1), min_size=6, max_size=6).filter(any)
SPLITS = st.just({}) | SHARES.map(lambda parts: dict(zip(SPLIT, [part / sum(parts) for part in parts], strict=True)))
VALUES = st.builds(lambda levers, facts, split: levers | facts | split, some(LEVERS), some(FACTS), SPLITS)
SOURCES = st.sampled_from(["baseline", "full-protocol", "all-measures", "revamped-protocols"])
SETUPS = st.builds(Setup.read, SOURCES, VALUES)
SEEDS = st.integers(0, 10**12)


def a_few(**strategies):
    """Run a test on some examples, the same ones each time."""
    return lambda test: settings(max_examples=12, deadline=None, derandomize=True)(given(**strategies)(test))


def parameters(scenario):
    """What a run depends on, but for the world: the policy's parameters, the warm-up's, and the length."""
    return (
        params_rows([scenario]).tobytes(),
        params_rows([scenario.warmup]).tobytes(),
        scenario.run,
        scenario.world_file,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("saved")


@pytest.fixture(scope="module")
def typed():
    """What `sitesec watch` shows for a command line: its setups, seed and replicate. Nothing runs or is served."""
    shown = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.view.page.watch.Watch", lambda *_: None)
        patch.setattr("sim.view.page.server.serve", lambda opening, port: shown.append(opening))

        def read(line):
            words = shlex.split(line)
            assert words[0] == "sitesec"
            result = CliRunner().invoke(app, words[1:], catch_exceptions=False)
            assert result.exit_code == 0, result.output
            opening = shown.pop()
            assert isinstance(opening, desk.Opening)
            return list(opening.setups), opening.seed, opening.replicate

        yield read


# As a file.


@a_few(setup=SETUPS)
def test_its_file_gives_the_same_parameters_of_policy_and_warm_up(folder, setup):
    file = folder / "copied.yaml"
    file.write_text(setup.yaml(), encoding="utf-8")
    assert parameters(load_scenario(file)) == parameters(setup.scenario())


@pytest.mark.parametrize("name", shipped())
def test_the_file_of_a_shipped_scenario_is_that_scenario(tmp_path, name):
    file = tmp_path / "copied.yaml"
    file.write_text(Setup(name).yaml())
    assert parameters(load_scenario(file)) == parameters(load_scenario(name))
    assert yaml.safe_load(Setup(name).yaml()) == {"extends": f"{name}.yaml"}


@pytest.mark.parametrize("place", ["", "policies", "elsewhere"])
@pytest.mark.parametrize("absolute", [True, False])
def test_the_file_of_a_scenario_of_one_s_own_is_sound_wherever_it_is_saved(tmp_path, monkeypatch, place, absolute):
    monkeypatch.chdir(tmp_path)
    for name in ("policies", "elsewhere"):
        Path(name).mkdir()
    Path("policies/mine.yaml").write_text("extends: baseline\npolicy: {drones: {crews: 3}}\n")
    source = Path("policies/mine.yaml")
    setup = Setup.read(str(source.absolute() if absolute else source), {"policy.cameras.count": 40})
    saved = tmp_path / place / "copied.yaml"
    saved.write_text(setup.yaml())
    assert parameters(load_scenario(saved)) == parameters(setup.scenario())
    assert load_scenario(saved).policy.drones.crews == 3


@pytest.mark.parametrize("place", ["", "policies"])
def test_a_world_of_one_s_own_is_found_from_wherever_the_file_is_saved(tmp_path, monkeypatch, place):
    monkeypatch.chdir(tmp_path)
    Path("policies").mkdir()
    Path("policies/world.yaml").write_text(yaml.safe_dump(generate(1)))
    setup = Setup.read("baseline", {"world": "policies/world.yaml"})
    assert setup.scenario().world_file.name == "generated-1"
    saved = tmp_path / place / "copied.yaml"
    saved.write_text(setup.yaml())
    assert parameters(load_scenario(saved)) == parameters(setup.scenario())


def test_a_warm_up_of_another_policy_stays_that_of_the_file(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("extends: baseline\nrun: {warmup_policy: lapsed-protocol}\n")
    values = {"policy.adherence.level": 0.9, "threat.cells_per_group": 9}
    setup = Setup.read(str(file), values)
    (tmp_path / "copied.yaml").write_text(setup.yaml())
    for again in (load_scenario(tmp_path / "copied.yaml"), load_scenario(file, values)):
        assert parameters(again) == parameters(setup.scenario())
    assert parameters(setup.scenario()) != parameters(load_scenario("baseline", values))


def test_its_file_has_a_name_of_its_own_once_something_is_changed(tmp_path):
    setup = Setup.read("baseline", {"policy.drones.crews": 1})
    (tmp_path / "x.yaml").write_text(setup.yaml())
    assert load_scenario(tmp_path / "x.yaml").name == "baseline-changed"


# As a command.


@a_few(setup=SETUPS, seed=SEEDS, replicate=SEEDS)
def test_its_command_shows_the_same_again(typed, setup, seed, replicate):
    assert typed(command([setup], seed, replicate)) == ([setup], seed, replicate)


@a_few(first=SETUPS, other=SETUPS)
def test_the_command_of_two_shows_both_again(typed, first, other):
    assert typed(command([first, other], 1, 0)) == ([first, other], 1, 0)


@a_few(source=SOURCES, other=SOURCES, ours=VALUES, theirs=VALUES)
def test_the_command_of_two_with_one_value_or_another_of_the_same_levers_shows_both_again(
    typed, source, other, ours, theirs
):
    common = dict.fromkeys([*ours, *theirs])
    own = load_scenario(other)
    beside = Setup.read(other, {path: value_at(own, path) for path in common} | theirs)
    setups = [Setup.read(source, ours), beside]
    assert typed(command(setups, 1, 0))[0] == setups


def test_a_value_of_a_that_b_has_not_is_set_back_to_b_s_own_file(typed):
    first, other = Setup.read("baseline", {"policy.drones.crews": 5}), Setup("all-measures")
    assert value_at(other.scenario(), "policy.drones.crews") not in (0, 5)
    line = command([first, other], 1, 0)
    assert "--set-other" in line
    assert typed(line)[0] == [first, other]


TEXTS = ["mine", "a: b", "7", "no", "it's 'so' & <b>", "a\nb", "word " * 40, '"quoted"']


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_comes_through_a_command_as_it_is(typed, text):
    setup = Setup.read("baseline", {"name": text, "description": text})
    assert setup.values == {"name": text, "description": text}
    assert typed(command([setup], 1, 0))[0] == [setup]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_comes_through_a_file_as_it_is(tmp_path, text):
    setup = Setup.read("baseline", {"name": text, "description": text})
    (tmp_path / "copied.yaml").write_text(setup.yaml(), encoding="utf-8")
    found = load_scenario(tmp_path / "copied.yaml")
    assert (found.name, found.description) == (text, text)


def test_lists_come_through_file_and_command(typed, tmp_path):
    values = {"state.offensive.districts": ["coast", "plains"], "state.offensive.campaigns": 1}
    setup = Setup.read("baseline", values)
    assert typed(command([setup], 1, 0))[0] == [setup]
    (tmp_path / "copied.yaml").write_text(setup.yaml())
    assert parameters(load_scenario(tmp_path / "copied.yaml")) == parameters(setup.scenario())


def test_a_warm_up_policy_can_stand_in_a_file_only():
    with pytest.raises(InputError, match=r"run\.warmup_policy: can stand in a file only"):
        Setup.read("baseline", {"run.warmup_policy": "lapsed-protocol"})


def test_the_command_of_what_runs_needs_no_file_any_more(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("extends: baseline\n")
    setups = [Setup.read(str(file), {"policy.drones.crews": 2}), Setup.read(str(file), {})]
    before = command(setups, 1, 0)
    file.unlink()
    assert command(setups, 1, 0) == before


def test_a_file_with_blanks_and_quotes_in_its_name_comes_through_a_command(typed, tmp_path):
    file = tmp_path / "it's my; $HOME policy.yaml"
    file.write_text("extends: baseline\n")
    setup = Setup.read(str(file), {"policy.drones.crews": 2})
    assert typed(command([setup], 1, 0))[0] == [setup]


# What is kept.


@a_few(source=SOURCES, values=VALUES)
def test_only_values_that_differ_from_the_file_s_own_are_kept(source, values):
    own, setup = load_scenario(source), Setup.read(source, values)
    assert all(value != value_at(own, path) for path, value in setup.values.items())
    given = {path for path, value in values.items() if value != value_at(own, path)}
    assert set(setup.values) == given
    assert parameters(setup.scenario()) == parameters(load_scenario(source, values))


def test_values_in_words_are_read_as_those_of_a_file():
    setup = Setup.read("baseline", {"policy.adherence.hold": "true", "policy.cameras.count": "30"})
    assert setup.values == {"policy.adherence.hold": True, "policy.cameras.count": 30}
    assert Setup.read("baseline", {"policy.adherence.hold": "false"}) == Setup("baseline")


@a_few(setup=SETUPS, path=st.sampled_from(sorted(LEVERS)), data=st.data())
def test_a_value_that_is_changed_and_changed_back_leaves_nothing_behind(setup, path, data):
    row = LEVERS[path]
    value, own = data.draw(value_of(row)), value_at(load_scenario(setup.source), path)
    changed = setup.changed(row, value)
    assert value_at(changed.scenario(), path) == value
    assert (path in changed.values) == (value != own)
    assert {p: v for p, v in changed.values.items() if p != path} == {
        p: v for p, v in setup.values.items() if p != path
    }
    assert changed.changed(row, own).values == {p: v for p, v in setup.values.items() if p != path}


def test_changing_leaves_the_setup_itself_as_it_was():
    setup = Setup.read("baseline", {"policy.drones.crews": 2})
    setup.changed(LEVERS["policy.drones.crews"], 5)
    assert setup == Setup("baseline", {"policy.drones.crews": 2})


@pytest.mark.parametrize("values", [{"policy.drones.crews": 99}, {"policy.dronse": 1}, {SPLIT[0]: 0.9}])
def test_wrong_values_are_refused_by_reading_and_by_running(values):
    for wrong in (lambda: Setup.read("baseline", values), Setup("baseline", values).scenario):
        with pytest.raises(InputError, match="--set: "):
            wrong()


# Names and lists.


def test_a_shipped_scenario_is_called_by_its_name_and_a_namesake_by_its_file(tmp_path):
    path = os.path.relpath(ROOT / "scenarios" / "full-protocol.yaml")
    assert short(path) == short(str(ROOT / "scenarios" / "full-protocol.yaml")) == short("full-protocol")
    assert short("full-protocol") == "full-protocol"
    namesake = tmp_path / "full-protocol.yaml"
    namesake.write_text("extends: baseline\n")
    assert short(str(namesake)) == str(namesake)
    assert short(str(tmp_path / "none.yaml")) == str(tmp_path / "none.yaml")


def test_what_was_opened_can_be_picked_first_and_nothing_twice():
    assert scenarios(["x.yaml", "baseline", "x.yaml"]) == [
        "x.yaml",
        "baseline",
        *(s for s in shipped() if s != "baseline"),
    ]


def test_every_lever_but_lists_is_a_main_one_or_another_one():
    paths = [*MAIN, *(row.path for row in others())]
    assert len(set(paths)) == len(paths)
    assert sorted(paths) == sorted([*LEVERS, *SPLIT])
    assert [row.path for row in rows(MIND)] == list(MIND) and not set(MIND) & set(paths)


# Numbers that somebody types.


@pytest.mark.parametrize(
    "text, number", [("0", 0), (" 7 ", 7), ("007", 7), ("\t12\n", 12), ("9" * LONGEST, 10**LONGEST - 1)]
)
def test_a_whole_number_is_read_with_blanks_around_it(text, number):
    assert whole("seed", text) == number


@pytest.mark.parametrize(
    "text",
    ["", " ", "-1", "+1", "x", "1e3", "1.0", "1 2", "1_0", "0x1", "٣", "²", "１", "9" * 400, "NaN", "1;", "\0"],  # noqa: RUF001
)
def test_anything_else_is_refused_in_a_sentence_that_says_what_is_allowed(text):
    with pytest.raises(ValueError, match=r"^seed: read .*, allowed a whole number") as error:
        whole("seed", text)
    assert "\n" not in str(error.value)


def test_a_number_beyond_its_bounds_is_refused_with_them():
    assert (whole("n", "2", 2, 5), whole("n", "5", 2, 5)) == (2, 5)
    for text in ("1", "6"):
        with pytest.raises(ValueError, match=r"^n: read '\d', allowed a whole number from 2 to 5$"):
            whole("n", text, 2, 5)


def test_a_number_that_is_too_long_is_told_how_long_it_may_be():
    with pytest.raises(ValueError, match=str(LONGEST)):
        whole("seed", "9" * (LONGEST + 1))
