"""The name of the code that rows come from."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from sim.kernel import import_closure

SOURCE = Path(__file__).with_name("worker.py")  # what a worker runs, and all that it imports


@cache
def code_hash() -> str:
    """Name of the code that rows come from: all of this package that running them imports."""
    digest = hashlib.sha256()
    for path in import_closure(SOURCE):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]
