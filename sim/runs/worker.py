"""What a worker does, wherever it is: build the World of a chunk, keep it, and call the engine."""

from __future__ import annotations

import threading

import numpy as np

from sim import engine
from sim.outcome import OUTCOME
from sim.runs.chunks import Chunk
from sim.runs.code import code_hash
from sim.scenario.build import build_world, params_rows
from sim.scenario.schema import Scenario
from sim.state import World, clone


class RunError(RuntimeError):
    """A run could not be finished; the message says which."""


class OtherCode(RuntimeError):
    """A worker has another version of this package."""


def compile_engine(scenario: Scenario) -> None:
    """Compile the engine, or load it, before anything is timed or given to threads."""
    blank = build_world(scenario)
    params = params_rows([scenario])
    engine.advance.prepare(blank, blank, blank, params, params, engine.JOB.rows(0), OUTCOME.rows(0))


_mine = threading.local()


def run_chunk(chunk: Chunk) -> np.ndarray:
    """Do a chunk's jobs, on a worker of any kind; rows with the points' own numbers."""
    if chunk.code != code_hash():
        raise OtherCode(f"a worker has other code ({code_hash()}) than this process ({chunk.code}): install the same")
    world, kept, blank = _space(chunk.scenario)
    rows = OUTCOME.rows(chunk.rows)
    engine.advance.prepare(world, kept, blank, chunk.base, chunk.params, chunk.jobs, rows)
    engine.advance(world, kept, blank, chunk.base, chunk.params, chunk.jobs, rows)
    rows["point"] = chunk.points[rows["point"]]
    return rows


def _space(scenario: Scenario) -> tuple[World, World, World]:
    """The thread's own pair of worlds of a scenario's structure, kept from chunk to chunk, and the blank one."""
    blank = build_world(scenario)
    pair = getattr(_mine, "pair", None)
    if pair is None or pair[0].nodes is not blank.nodes:
        pair = _mine.pair = clone(blank), clone(blank)
    return *pair, blank
