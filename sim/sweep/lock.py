"""One process at a time writes to a folder."""

from __future__ import annotations

import fcntl
import os
import socket
import weakref
from datetime import datetime
from pathlib import Path
from typing import IO


class Held(RuntimeError):
    """Another process writes to the folder."""


_open: weakref.WeakSet[IO[str]] = weakref.WeakSet()


def _let_go() -> None:
    """A forked child has its parent's locks too, and would keep them when the parent is gone."""
    for handle in list(_open):
        handle.close()


os.register_at_fork(after_in_child=_let_go)


def locked(path: Path) -> IO[str]:
    """A file's lock, taken; the system lets go of it when this process ends, however it ends.

    Raises
    ------
    Held
        With who holds it.
    """
    handle = open(path, "a+", encoding="utf-8", errors="replace")  # noqa: SIM115 (it stays open while the lock is held)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.seek(0)
        holder = " ".join(handle.read().split()) or "another process"
        handle.close()
        raise Held(f"{path.parent}: held by {holder}; wait for it, or choose another --out") from None
    _open.add(handle)
    handle.truncate(0)
    handle.write(f"process {os.getpid()} on {socket.gethostname()} since {now()}\n")
    handle.flush()
    return handle


def now() -> str:
    """The time, to the second, with its zone."""
    return datetime.now().astimezone().isoformat(timespec="seconds")
