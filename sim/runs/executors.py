"""Where chunks are run: here, on threads, or on whatever executor one brings."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any


def cores() -> int:
    """How many cores this process may use, which need not be all of the machine's."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Serial(Executor):
    """Does what it is given at once, in the thread that asks: for a debugger."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future:
        """Call the function; what it raises stands in the future."""
        future: Future = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future

    def map(self, fn: Callable[..., Any], *iterables: Iterable[Any], **_: Any) -> Iterator[Any]:
        """Call the function once for each answer that is taken, so that progress can be shown in between."""
        return map(fn, *iterables)


def local_executor(threads: int | None) -> Executor:
    """So many threads, all cores by default, none at all for 0: one chunk after another, for a debugger."""
    return Serial() if threads == 0 else ThreadPoolExecutor(threads or cores())


def width(executor: Executor) -> int:
    """How many chunks an executor works on at once, as far as it says; workers of a cluster come and go."""
    if isinstance(executor, Serial):
        return 1
    client = getattr(executor, "_client", None)  # of Dask's executor
    if client is not None:
        return max(1, sum(client.nthreads().values()))
    return getattr(executor, "_max_workers", None) or cores()
