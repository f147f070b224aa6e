"""Give chunks to an executor and take back what they are worth: rows of sound runs, and the runs that failed."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from dataclasses import dataclass

import numpy as np

from sim.outcome import OUTCOME
from sim.runs.chunks import Chunk
from sim.runs.executors import width
from sim.runs.worker import OtherCode, run_chunk

WAITING = 4  # chunks that wait or run for each worker: enough to keep it busy, few enough to keep memory flat


@dataclass(frozen=True)
class Failure:
    """A run that could not be finished."""

    point: int
    replicate: int
    seed: int
    origin: str
    type: str
    message: str


@dataclass(frozen=True)
class Done:
    """What came back for a chunk: rows of the runs that are sound, and the runs that are not."""

    rows: np.ndarray
    failures: list[Failure]
    years: float


def run_chunks(chunks: Iterable[Chunk], executor: Executor) -> Generator[Done]:
    """What comes back for each chunk, as it is finished; closed or interrupted, it leaves the rest undone.

    A chunk that raises is tried again run by run, so that only the runs that do raise are failures.

    Raises
    ------
    OtherCode
        If a worker has another version of this package.
    BrokenExecutor
        If the executor itself has come to its end.
    """
    source, again = iter(chunks), deque[Chunk]()
    waiting: dict[Future, Chunk] = {}

    def pull() -> Chunk | None:
        return again.popleft() if again else next(source, None)

    try:
        while True:
            for chunk in itertools.islice(iter(pull, None), max(0, WAITING * width(executor) - len(waiting))):
                waiting[executor.submit(run_chunk, chunk)] = chunk
            if not waiting:
                return
            done, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                chunk = waiting.pop(future)
                error = _error_of(future)
                if error is None:
                    yield _sound(chunk, future.result())
                elif isinstance(error, BrokenExecutor | OtherCode) or not isinstance(error, Exception):
                    raise error
                elif len(chunk.jobs) > 1:
                    again.extend(chunk.singles())
                else:
                    yield Done(OUTCOME.rows(0), [_failure(chunk, chunk.jobs[0], error)], chunk.years)
    finally:
        for future in waiting:
            future.cancel()


def _error_of(future: Future) -> BaseException | None:
    """What a chunk raised; a cluster that is lost cancels what it was given."""
    try:
        return future.exception()
    except CancelledError:
        return BrokenExecutor("the executor gave the work up: its workers or its scheduler are gone")


def _failure(chunk: Chunk, job: np.record, error: Exception) -> Failure:
    """The failure of a job by what it raised."""
    facts = int(chunk.points[job.point]), int(job.replicate), int(job.seed)
    return Failure(*facts, "running", type(error).__name__, str(error) or repr(error))


def _sound(chunk: Chunk, rows: np.ndarray) -> Done:
    """Rows of the runs that are sound, and for the others what the engine said."""
    full = {(int(row.point), int(row.replicate)): int(row.seed) for row in rows[rows["status"] != 0]}
    if not full:
        return Done(rows, [], chunk.years)
    keep = np.array([(int(row.point), int(row.replicate)) not in full for row in rows])
    message = "an array of the engine was full"
    failures = [Failure(*run, seed, "engine", "RunError", message) for run, seed in full.items()]
    return Done(rows[keep], failures, chunk.years)
