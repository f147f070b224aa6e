"""Where chunks are run: here, on threads, on whatever executor one brings, or on a Dask cluster."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any

from sim.scenario.errors import ScenarioError


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


def local_executor(threads: int | None) -> Executor:
    """So many threads, all cores by default, none at all for 0."""
    return Serial() if threads == 0 else ThreadPoolExecutor(threads or os.cpu_count() or 1)


def width(executor: Executor) -> int:
    """How many chunks an executor works on at once, as far as it says; workers of a cluster come and go."""
    if isinstance(executor, Serial):
        return 1
    client = getattr(executor, "_client", None)  # of Dask's executor
    if client is not None:
        return max(1, sum(client.nthreads().values()))
    return getattr(executor, "_max_workers", None) or os.cpu_count() or 1


@contextlib.contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """Processes begun meanwhile ignore Ctrl-C."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """An executor on a Dask cluster.

    Parameters
    ----------
    address : str
        Of its scheduler, such as "tcp://127.0.0.1:8786"; "local" starts a worker process a core on this machine.

    Raises
    ------
    ScenarioError
        If Dask isn't installed, or nobody answers at the address.
    """
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise ScenarioError("--cluster: needs Dask: install the extra, `sitesec[cluster]`") from None
    with contextlib.ExitStack() as stack:
        if address == "local":
            processes = os.cpu_count() or 1
            with _interrupts_ignored():  # by the workers: Ctrl-C reaches the whole group, and the driver ends them
                place: Any = LocalCluster(n_workers=processes, threads_per_worker=1, dashboard_address=None)
            stack.enter_context(place)
        else:
            place = address
        try:
            client = stack.enter_context(Client(place))
        except (OSError, ValueError) as error:
            raise ScenarioError(f"--cluster: {address}: no scheduler answers ({error})") from None
        logging.getLogger("distributed.client").setLevel(logging.CRITICAL)  # a scheduler that is gone we tell ourselves
        client.run(_load, on_error="ignore")
        with client.get_executor(pure=False) as executor:
            yield executor


def _load() -> None:
    """Compile the engine on a worker, or load it, before anything is timed."""
    from sim.scenario.load import load_scenario
    from sim.sweep.run import code_hash, compile_engine

    code_hash()
    compile_engine(load_scenario("baseline"))
