"""A Dask cluster as an executor: processes of this machine, or hundreds of cores elsewhere."""

from __future__ import annotations

import contextlib
import logging
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Executor
from typing import Any

from sim.errors import InputError
from sim.runs.code import code_hash
from sim.runs.executors import cores
from sim.runs.worker import compile_engine
from sim.scenario.load import load_scenario


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
        Of its scheduler, such as "tcp://127.0.0.1:8786"; "local" starts a worker process per core on this machine.

    Raises
    ------
    InputError
        If Dask isn't installed, or nobody answers at the address.
    """
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise InputError("--cluster: needs Dask: install the extra, `sitesec[cluster]`") from None
    with contextlib.ExitStack() as stack:
        if address == "local":
            processes = cores()
            with _interrupts_ignored():  # by the workers: Ctrl-C reaches the whole group, and the driver ends them
                place: Any = LocalCluster(n_workers=processes, threads_per_worker=1, dashboard_address=None)
            stack.enter_context(place)
        else:
            place = address
        try:
            client = stack.enter_context(Client(place))
        except (OSError, ValueError) as error:
            raise InputError(f"--cluster: {address}: no scheduler answers ({error})") from None
        for name in "distributed", "distributed.client":  # a scheduler or worker that is gone we tell ourselves
            logging.getLogger(name).setLevel(logging.CRITICAL)
        client.run(_load, on_error="ignore")
        with client.get_executor(pure=False) as executor:
            yield executor


def _load() -> None:
    """Compile the engine on a worker, or load it, before anything is timed."""
    code_hash()
    compile_engine(load_scenario("baseline"))
