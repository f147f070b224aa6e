"""The decision between two scenarios, for which nobody has written a file."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from sim.decide.decision import Decision
from sim.errors import InputError
from sim.files import write_whole
from sim.history.kept import named_from
from sim.scenario.load import load_scenario

HORIZON = 3  # years, as in the shipped decisions


def write_pair(a: str, b: str, folder: Path) -> Path:
    """Write the decision between two scenarios into a folder, with the first one as base and the shipped draws.

    Raises
    ------
    InputError
        If one of them can't be read, or both are the same.
    """
    if a == b:
        raise InputError(f"{b}: read as A and as B, allowed two different scenarios")
    for name in (a, b):
        load_scenario(name)
    names = [named_from(name, folder) for name in (a, b)]
    tree = {"scenario": names[0], "set": {"run.horizon": HORIZON}, "policies": names}
    labels = Decision.model_validate({"name": "", **tree}).names
    name = re.sub(r"[^\w.+-]", "_", "-or-".join(labels))
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.yaml"
    write_whole(file, f"# Written by `sitesec`.\n{yaml.safe_dump({'name': name, **tree}, allow_unicode=True)}")
    return file
