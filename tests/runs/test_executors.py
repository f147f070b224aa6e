"""Where chunks are run: the same rows in threads, in processes, in none."""

import multiprocessing
import os
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor

import pytest

from sim.runs.chunks import plan_chunks
from sim.runs.collect import run_chunks
from sim.runs.executors import Serial
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
