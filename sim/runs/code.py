"""The name of the code that rows come from."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sim.sources import sources_hash

SOURCE = Path(__file__).with_name("worker.py")  # what a worker runs, and all that it imports


@cache
def code_hash() -> str:
    """Name of the code that rows come from: all of this package that running them imports."""
    return sources_hash(SOURCE)[:16]
