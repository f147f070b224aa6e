"""What rows come from: names of points and runs, versions of all that computes, and which folders may be mixed."""

from __future__ import annotations

import hashlib
import itertools
import json
import platform
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sim.about import MODEL_VERSION, __version__
from sim.errors import InputError, listed
from sim.outcome import OUTCOME
from sim.runs.code import code_hash
from sim.scenario.content import whole_content
from sim.scenario.schema import Scenario

FORMAT = 2  # of the folder: since 2 it says which columns its rows have
FILE, DESIGN = "versions.json", "design.parquet"
SHOWN = 3  # columns that are named


def point_id(scenario: Scenario, seed: int) -> str:
    """What the rows of a design point depend on, as 16 hexadecimal digits; name and description don't matter.

    The horizon does: years of a longer one would be the same, but its last year is not a partial one.
    """
    parts = (*whole_content(scenario), seed, MODEL_VERSION)
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


def columns() -> dict[str, str]:
    """Type of each column of an outcome row, as a folder has them: the point's number is none, it has a name."""
    return {field.name: field.type for field in OUTCOME.fields if field.name != "point"}


def provenance(folder: Path) -> dict[str, Any]:
    """What made a folder: format, model, columns, and each command with its versions; empty where nothing says so.

    Raises
    ------
    InputError
        If it can't be read.
    """
    path = folder / FILE
    if not path.exists():
        return {}
    try:
        found = {"format": 0, "model": 0, **json.loads(path.read_text(encoding="utf-8"))}  # 0: before it was kept
        if found["format"] == FORMAT:
            last = found["made"][-1]
            found["design"], found["columns"].items(), last["command"], last["replicates"], last["seed"]
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise InputError(f"{path}: can't be read, allowed what `sitesec sweep` writes") from None
    return found


def original(path: str | Path) -> Path:
    """A sweep file, or of a folder's copy of one the file that it was copied from: names are looked up beside it."""
    path = Path(path)
    made = provenance(path.parent).get("made") if path.name == "sweep.yaml" else None
    source = made[-1].get("source") if made else None
    return path if source is None else path.parent / source


def provenance_text(made: list[dict[str, Any]], **facts: Any) -> str:
    """What `provenance` reads: what was run, each command and its versions once, and facts about the folder."""
    found = {"format": FORMAT, "model": MODEL_VERSION, "columns": columns(), **facts, "made": made}
    return json.dumps(found, indent=2) + "\n"


def check_ours(folder: Path) -> None:
    """Refuse a folder of another model, format or set of columns: its rows and ours are never mixed."""
    if why := _foreign(provenance(folder)):
        instead = f"`sweep --fork` starts {forked(folder)} beside it"
        raise InputError(f"{folder}: {why}, and rows of two versions are never mixed; {instead}")


def forked(folder: Path) -> Path:
    """Where rows of ours go in place of a folder that is refused: the first one beside it that is not refused too."""
    base = folder if folder.name.strip(".") else folder.resolve()
    beside = (base.with_name(f"{base.name}-fork-{number}") for number in itertools.count(1))
    return next(path for path in beside if _is_ours(path))


def _is_ours(folder: Path) -> bool:
    """Whether rows of ours may go to a folder, which need not be there."""
    try:
        return not _foreign(provenance(folder))
    except InputError:
        return False


def _foreign(found: dict[str, Any]) -> str:
    """What is other in a folder's provenance than in ours; empty where nothing is, or nothing says so."""
    theirs = found.get("model"), found.get("format")
    if not found:
        return ""
    if theirs != (MODEL_VERSION, FORMAT):
        return f"made by model version {theirs[0]}, store format {theirs[1]}; this is {MODEL_VERSION}, format {FORMAT}"
    lacking, further = _besides(columns(), found["columns"]), _besides(found["columns"], columns())
    parts = [f"lack {named_columns(lacking)}"] if lacking else []
    parts += [f"have {named_columns(further)} besides"] if further else []
    return f"its rows {' and '.join(parts)}" if parts else ""


def named_columns(names: Sequence[str]) -> str:
    """Columns in a sentence, the first few of many."""
    return f"the column{'s' if len(names) > 1 else ''} {listed(names, SHOWN)}"


def _besides(some: dict[str, str], others: dict[str, str]) -> list[str]:
    """Columns that others lack or have of another type."""
    return [f"{name} ({type_})" for name, type_ in some.items() if others.get(name) != type_]
