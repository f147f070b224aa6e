"""What a worker does with a chunk: in a space that was used before, and with its own code only."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor

import pytest

from sim.runs.chunks import plan_chunks
from sim.runs.collect import run_chunks
from sim.runs.worker import OtherCode
from tests.runs.made import REPLICATES, in_order


def test_a_space_that_was_used_before_leaves_no_trace(points, rows):
    chunks = list(plan_chunks(points, range(REPLICATES), 1))
    with ThreadPoolExecutor(1) as executor:
        for _ in range(2):
            assert in_order(run_chunks(chunks, executor)).tobytes() == rows.tobytes()


def test_a_worker_with_other_code_ends_the_work(short, monkeypatch):
    chunks = [dataclasses.replace(chunk, code="other") for chunk in plan_chunks([short], range(2), 1)]
    with ThreadPoolExecutor(1) as executor, pytest.raises(OtherCode, match="install the same"):
        list(run_chunks(chunks, executor))
