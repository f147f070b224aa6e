"""Where chunks are run: the same rows in threads, in processes, in none."""

import multiprocessing
import os
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor, ThreadPoolExecutor

import pytest

from sim.runs.chunks import plan_chunks
from sim.runs.collect import run_chunks
from sim.runs.executors import Serial, cores, local_executor, width
from tests.runs.made import REPLICATES, in_order


def test_any_executor_gives_the_same_bytes(points, rows):
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as processes:
        for executor in (Serial(), processes):
            back = run_chunks(plan_chunks(points, range(REPLICATES), 1), executor)
            assert in_order(back).tobytes() == rows.tobytes()


def test_a_pool_whose_worker_died_ends_the_work_and_says_so(short):
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as processes:
        processes.submit(os._exit, 1)
        with pytest.raises(BrokenExecutor):
            list(run_chunks(plan_chunks([short], range(2), 1), processes))


def test_no_threads_are_a_serial_executor_and_any_other_number_so_many():
    assert isinstance(local_executor(0), Serial) and width(local_executor(0)) == 1
    with local_executor(3) as three:
        assert isinstance(three, ThreadPoolExecutor) and width(three) == 3


def test_without_threads_each_answer_is_worked_out_when_it_is_taken():
    done = []
    answers = local_executor(0).map(lambda number: done.append(number) or -number, range(3))
    assert next(answers) == 0 and done == [0]
    assert list(answers) == [-1, -2] and done == [0, 1, 2]


def test_without_threads_what_a_function_raises_stands_in_its_future():
    assert isinstance(local_executor(0).submit(lambda: 1 / 0).exception(), ZeroDivisionError)


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="the system keeps no process to some of its cores")
def test_cores_are_those_that_the_process_is_kept_to(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0})
    assert cores() == 1
    with local_executor(None) as alone:
        assert width(alone) == 1
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert cores() == 1
