"""What rows come from: names of points and runs, versions of all that computes, and which folders may be mixed."""

from __future__ import annotations

import hashlib
import json
import platform
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sim.about import MODEL_VERSION, __version__
from sim.errors import InputError
from sim.runs.code import code_hash
from sim.scenario.build import content
from sim.scenario.schema import Scenario

FORMAT = 1  # of the folder
FILE = "versions.json"


def point_id(scenario: Scenario, seed: int) -> str:
    """What the rows of a design point depend on, as 16 hexadecimal digits; name and description don't matter.

    The horizon does: years of a longer one would be the same, but its last year is not a partial one.
    """
    world = scenario.world_file.model_dump_json()
    parts = (content(scenario), content(scenario.warmup), world, seed, MODEL_VERSION)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def run_id(point: str, replicate: int) -> str:
    """Name of a run: of its design point, which the root seed is part of, and its replicate."""
    return hashlib.blake2b(f"{point}:{replicate}".encode(), digest_size=8).hexdigest()


def versions() -> dict[str, str | int]:
    """What rows depend on beside their scenario: this package, its code, the libraries that compute, the platform."""
    return {
        "sitesec": __version__,
        "model": MODEL_VERSION,
        "code": code_hash(),
        "python": platform.python_version(),
        **_libraries(),
        "platform": platform.platform(),
    }


@cache
def _libraries() -> dict[str, str]:
    """As they are installed: a sweep that has nothing to run imports not all of them."""
    return {name: version(name) for name in ("numpy", "numba", "llvmlite", "scipy")}


def record_of(folder: Path) -> dict[str, Any]:
    """The versions and commands that made a folder; empty where there are none.

    Raises
    ------
    InputError
        If they can't be read.
    """
    path = folder / FILE
    if not path.exists():
        return {}
    try:
        record = {"format": 0, "model": 0, **json.loads(path.read_text(encoding="utf-8"))}  # 0: of before
        if record["format"] == FORMAT:
            record["design"], record["made"][-1]["command"]
    except (OSError, ValueError, LookupError, TypeError):
        raise InputError(f"{path}: can't be read, allowed what `sitesec sweep` writes") from None
    return record


def check_model(folder: Path) -> None:
    """Refuse a folder that another version of the model made: its rows and ours are never mixed."""
    record = record_of(folder)
    theirs = record.get("model"), record.get("format")
    if record and theirs != (MODEL_VERSION, FORMAT):
        raise InputError(
            f"{folder}: made by model version {theirs[0]}, store format {theirs[1]}; this is {MODEL_VERSION}, format "
            f"{FORMAT}, and rows of the two are never mixed; `sweep --fork` starts {forked(folder)} beside it"
        )


def record_text(made: list[dict[str, Any]], **facts: Any) -> str:
    """What `record_of` reads: what was run, each command and its versions once, and facts about the folder."""
    return json.dumps({"format": FORMAT, "model": MODEL_VERSION, **facts, "made": made}, indent=2) + "\n"


def forked(folder: Path) -> Path:
    """The folder beside a store of another version, for this one."""
    return folder.with_name(f"{folder.name}-model-{MODEL_VERSION}")
