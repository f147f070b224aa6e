"""A batch: the options of every command that runs replicates, and what its threads don't change."""

import inspect
import json
from dataclasses import fields

import pytest

from sim.cli.batch import Batch, with_batch
from sim.cli.options import Source
from tests.cli.command import QUICK, ROOT, loading, process, refused

EIGHT_YEARS = ["--reps", "3", "--set", "run.warmup=0.2"]


@pytest.mark.parametrize(
    "command",
    [
        ["run", "baseline", *QUICK],
        ["compare", "baseline", "triple-budget", *QUICK],
        ["patterns", "baseline", *EIGHT_YEARS],
    ],
    ids=lambda command: command[0],
)
def test_no_threads_give_the_same_answer_as_two(sitesec, command):
    none, two = (sitesec(*command, "--json", "--threads", threads) for threads in (0, 2))
    assert json.loads(none.stdout) == json.loads(two.stdout)
    assert "without threads" in none.stderr and "a thread on 2" in two.stderr


def test_a_command_has_an_option_for_each_field_of_a_batch_and_its_own_number_of_replicates():
    asked = []

    @with_batch(reps=7)
    def command(scenario: Source, batch: Batch, everything: bool = False) -> None:
        asked.append((scenario, everything, batch))

    options = [field.name for field in fields(Batch)]
    assert list(inspect.signature(command).parameters) == ["scenario", "everything", *options]
    command(**{name: parameter.default for name, parameter in _defaults(command).items()}, scenario="x")
    assert asked == [("x", False, Batch(reps=7))]


def _defaults(command):
    return {k: p for k, p in inspect.signature(command).parameters.items() if p.default is not p.empty}


def test_what_is_being_loaded_is_said_before_it_is():
    said = process("run", "baseline", *QUICK, script=loading("numba", "llvmlite")).stderr.splitlines()
    assert said.index("loading the engine") < said.index("loads numba")


def test_quiet_says_nothing_of_what_is_being_done(sitesec):
    result = sitesec("run", "baseline", *QUICK, "--quiet")
    said = [line for line in result.stderr.splitlines() if not line.startswith("compiling")]  # that takes a minute
    assert len(said) == 1 and "a second" in said[0]


def test_a_world_of_many_sites_is_told_of(sitesec, monkeypatch):
    monkeypatch.setattr("sim.cli.batch.MANY_SITES", 12)
    assert "building a world of 12 sites\n" in sitesec("run", "baseline", *QUICK).stderr


def test_a_world_without_a_road_between_two_places_is_refused(sitesec, tmp_path):
    world = (ROOT / "scenarios" / "worlds" / "corridor.yaml").read_text()
    island = world.replace("roads:\n", "roads:\n  - {name: island road, points: [[100, 2], [104, 2]]}\n", 1)
    assert island != world
    (tmp_path / "island.yaml").write_text(island)
    assert "no road between" in refused(sitesec("run", "baseline", "--set", f"world={tmp_path / 'island.yaml'}"))


def test_a_closing_sentence_is_folded_at_words_where_a_terminal_is_narrow(in_a_terminal):
    lines = in_a_terminal(80, "run", "baseline", *QUICK).splitlines()
    left = lines[[line.startswith("What this doesn't know") for line in lines].index(True) :]
    assert len(left) > 1 and max(map(len, left)) <= 80
