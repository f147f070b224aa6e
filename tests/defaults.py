"""The schema's defaults, as a file holds them: a design point's name leaves them out, so none may change unnoticed.

A new field with a default is free. A default that changes, or a field that goes, changes what points of the same name
give: then MODEL_VERSION is raised. `python -m tests.update_baseline` writes the file anew, in either case.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sim.about import MODEL_VERSION
from sim.scenario.content import LABELS
from sim.scenario.schema import fields
from sim.scenario.worldfile import WorldFile

FILE = Path(__file__).parent / "defaults.json"
Defaults = dict[str, Any]


def present() -> Defaults:
    """The model's version, and each default by its path; what a world must give has none."""
    found: Defaults = {"MODEL_VERSION": MODEL_VERSION}
    found |= {row.path: row.default for row in fields() if row.path not in LABELS}
    return found | {f"world: {row.path}": row.default for row in fields(WorldFile) if row.default is not None}


def written() -> Defaults:
    """The same as the file has it."""
    return json.loads(FILE.read_text(encoding="utf-8"))


def changed(before: Defaults, now: Defaults) -> list[str]:
    """Paths that are gone or have another default, though the model has the same version."""
    if before["MODEL_VERSION"] != now["MODEL_VERSION"]:
        return []
    return [path for path, default in before.items() if path not in now or now[path] != default]


def renew() -> None:
    """Write the file anew; refused where a default changed and the model's version did not."""
    if paths := changed(written(), present()):
        raise SystemExit(f"the default of {', '.join(paths)} changed: raise MODEL_VERSION first")
    FILE.write_text(json.dumps(present(), indent=1) + "\n", encoding="utf-8")
    print(f"wrote {FILE}")
