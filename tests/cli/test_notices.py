"""Notices: what is said of the speed, with and without threads."""

import sys
import types

import pytest

from sim import load_scenario
from sim.cli.notices import compiled_here, say_speed
from sim.runs.executors import cores
from sim.scenario.schema import GAIN_TO_WARN
from tests.cli.command import QUICK


def test_run_says_its_speed_in_the_last_line_of_stderr(sitesec):
    assert "a second" in sitesec("run", "baseline", *QUICK).stderr.splitlines()[-1]


@pytest.mark.parametrize(
    "threads, share",
    [(0, "without threads"), (4, "25 a thread on 4"), (None, f"a thread on {cores()}")],
)
def test_speed_is_shared_among_the_threads_that_were_asked_for(threads, share, capsys):
    say_speed(200.0, 2.0, threads)
    said = capsys.readouterr().err
    assert said.startswith("200 simulated years (warm-up included) in 2.0 s: 100 a second, ")
    assert said.endswith(f"{share}\n")


def test_no_pace_is_told_of_a_time_in_which_the_engine_was_compiled(capsys):
    say_speed(200.0, 90.0, 4, compiled=True)
    said = capsys.readouterr().err
    assert said == "200 simulated years (warm-up included) in 90.0 s, the compilation of the model included\n"


def test_an_engine_that_was_loaded_was_not_compiled_here_and_one_without_a_cache_was(monkeypatch):
    engine = types.SimpleNamespace(advance=types.SimpleNamespace(dispatcher=None))
    monkeypatch.setitem(sys.modules, "sim.engine", engine)
    assert not compiled_here()  # without a compiler
    for misses, compiled in (({}, False), ({"signature": 1}, True)):
        engine.advance.dispatcher = types.SimpleNamespace(stats=types.SimpleNamespace(cache_misses=misses))
        assert compiled_here() == compiled


def test_a_warning_says_where_the_own_threat_makes_grievance_feed_on_itself(sitesec):
    often = ["--set", "threat.plot_interval=60", "--set", "threat.cells_per_group=24"]
    warned = sitesec("run", "baseline", *QUICK, *often).stderr
    gain = load_scenario("baseline", {"threat.plot_interval": 60.0, "threat.cells_per_group": 24}).loop_gain
    assert gain > GAIN_TO_WARN
    assert f"warning: baseline: community: loop gain {gain:.2f}, above 0.5" in warned.splitlines()
    assert "loop gain" not in sitesec("run", "baseline", *QUICK).stderr
