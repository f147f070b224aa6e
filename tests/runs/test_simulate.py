"""Runs in memory: the same rows whatever the threads and the company of other design points."""

import math

import numpy as np
import pytest

from sim import with_values
from sim.errors import InputError
from sim.rng import replicate_seed
from sim.runs import chunks, collect
from sim.runs.simulate import simulate
from sim.runs.worker import RunError
from sim.scenario import build
from tests.runs.made import REPLICATES, without_point


@pytest.mark.parametrize("threads", [2, 4])
def test_any_number_of_threads_gives_the_same_bytes(points, rows, threads):
    assert simulate(points, REPLICATES, threads=threads).tobytes() == rows.tobytes()


@pytest.mark.parametrize("cores", [1, 3, 64])
def test_any_number_of_cores_gives_the_same_bytes(points, rows, cores, monkeypatch):
    monkeypatch.setattr(chunks, "cores", lambda: cores)
    assert simulate(points, REPLICATES, threads=1).tobytes() == rows.tobytes()


def test_a_point_gives_the_same_bytes_alone_as_beside_others_after_a_kept_warm_up(points, rows):
    for number, point in enumerate(points):
        alone = simulate(point, REPLICATES, threads=1)
        assert without_point(alone) == without_point(rows[rows["point"] == number])


def test_the_order_of_points_changes_nothing_but_their_numbers(points, rows):
    turned = simulate(points[::-1], REPLICATES, threads=2)
    for number in range(len(points)):
        other = len(points) - 1 - number
        assert without_point(turned[turned["point"] == other]) == without_point(rows[rows["point"] == number])


def test_more_replicates_leave_the_first_ones_as_they_were(short, points, rows):
    mine = rows[rows["point"] == points.index(short)]
    fewer = simulate(short, 3, threads=1)
    assert without_point(fewer) == without_point(mine[mine["replicate"] < 3])


def test_replicates_can_be_run_in_parts(short, points, rows):
    parts = [simulate(short, 5, first=0, threads=1), simulate(short, 3, first=5, threads=1)]
    assert without_point(np.concatenate(parts)) == without_point(rows[rows["point"] == points.index(short)])


def test_all_points_of_a_replicate_have_its_seed(rows):
    for replicate in range(REPLICATES):
        assert set(rows[rows["replicate"] == replicate]["seed"]) == {replicate_seed(1, replicate)}


def test_another_root_seed_gives_other_replicates(short, rows):
    other = simulate(short, REPLICATES, seed=2, threads=1)
    assert not set(other["seed"]) & set(rows["seed"])


def test_the_seed_of_a_row_is_that_of_the_run_it_came_from(short, points, rows, replicate):
    mine = rows[(rows["point"] == points.index(short)) & (rows["replicate"] == 3)]
    by_hand = replicate(short, 3, root=1).finish().rows
    assert without_point(by_hand) == without_point(mine)


def test_there_is_a_row_for_each_point_replicate_and_year_in_order(points, rows):
    wanted = [
        (point, replicate, year)
        for point, scenario in enumerate(points)
        for replicate in range(REPLICATES)
        for year in range(math.ceil(scenario.run.horizon - 1e-9))
    ]
    assert [tuple(row) for row in rows[["point", "replicate", "year"]].tolist()] == wanted


@pytest.mark.parametrize("replicates", [0, -1])
def test_no_replicates_are_refused(short, replicates):
    with pytest.raises(ValueError, match=f"replicates: read {replicates}, allowed a whole number of 1 or more"):
        simulate(short, replicates)


def test_a_negative_seed_is_refused(short):
    with pytest.raises(ValueError, match="seed: read -3, allowed a whole number of 0 or more"):
        simulate(short, 1, seed=-3)


def test_a_full_array_stops_the_run_and_the_message_names_replicate_and_point(short, monkeypatch):
    crowded = with_values(short, {"insider.prevalence": 0.005})
    monkeypatch.setattr(build._Builder, "_insiders_capacity", lambda builder, posts: 2)
    with pytest.raises(RunError, match="an array of the engine was full in replicate 0 of design point 0"):
        simulate(crowded, 1, threads=1)


def test_in_memory_a_failed_run_is_an_error_that_names_it(short, monkeypatch):
    def failing(chunk):
        raise ZeroDivisionError("at once")

    monkeypatch.setattr(collect, "run_chunk", failing)
    with pytest.raises(RunError, match=r"at once in replicate \d of design point 0"):
        simulate(short, 3, threads=2)


@pytest.mark.parametrize("number", [1.5, None, True])
def test_only_whole_numbers_of_replicates_are_run(short, number):
    with pytest.raises(ValueError, match=rf"replicates: read {number}, allowed a whole number of 1 or more"):
        simulate(short, number)


def test_a_scenario_may_be_given_by_name_by_file_or_as_a_tree(short, tmp_path):
    tree = {"extends": "baseline", "name": "baseline", "run": {"horizon": 1.5, "warmup": 0.25}}
    (tmp_path / "own.yaml").write_text("extends: baseline\nrun: {horizon: 1.5, warmup: 0.25}\n")
    wanted = without_point(simulate(short, 2))
    for source in (tree, tmp_path / "own.yaml", str(tmp_path / "own.yaml")):
        assert without_point(simulate(source, 2)) == wanted
        assert without_point(simulate([source], 2)) == wanted
    with pytest.raises(InputError, match=r"^basline: no such file.*did you mean baseline\?$"):
        simulate("basline", 1)
    with pytest.raises(InputError, match=r"^scenario: read 5, allowed a scenario's file, name or tree$"):
        simulate(5, 1)
