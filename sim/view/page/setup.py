"""What is on the page's screen, as plain data: scenario, values that differ from it, seed and replicate.

It can be written as a scenario file and as a command line; both give the same run again.
"""

from __future__ import annotations

import math
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from sim.errors import InputError
from sim.scenario.build import value_at
from sim.scenario.fields import FieldRow
from sim.scenario.load import find_file, load_scenario, shipped, with_values
from sim.scenario.schema import Scenario, fields

# Sliders that stand first; all other levers stand under their headings.
MAIN = (
    "policy.adherence.level",
    "policy.adherence.hold",
    "policy.adherence.audit_interval",
    "policy.budget.share",
    "policy.screening.sensitivity",
    "policy.screening.specificity",
    "policy.checkpoints.staffed_share",
    "policy.closures.per_week",
    "policy.cameras.count",
    "policy.drones.crews",
    "policy.community.development",
)
MIND = ("threat.rationality", "threat.learning")
WARMUP_POLICY = "run.warmup_policy"
LONGEST = 100  # digits of a number that somebody types


# What a control on the page can change, and so an address too: no text, which might name a file.
CONTROLLED = ("number", "integer", "switch", "choice")


@dataclass(frozen=True)
class Setup:
    """A policy as the page runs it.

    Attributes
    ----------
    source : str
        Name of a shipped scenario, or a file.
    values : mapping
        Dotted path -> value, for what differs from it.
    """

    source: str
    values: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, source: str, sets: Mapping[str, object]) -> Setup:
        """What `--set` makes of a scenario: only values that differ from its own are kept.

        Raises
        ------
        InputError
            For whatever is wrong with the file or a value.
        """
        setup, wanted = cls(short(source)), load_scenario(source, sets)
        values = {row.path: value_at(wanted, row.path) for row in fields()}
        kept = {path: value for path, value in values.items() if value != value_at(setup.own, path)}
        if WARMUP_POLICY in kept:
            raise InputError(f"--set: {WARMUP_POLICY}: can stand in a file only")
        return setup._with(kept)

    @cached_property
    def own(self) -> Scenario:
        """The source's own scenario, read once: what is on the screen outlives its file."""
        return load_scenario(self.source)

    def scenario(self) -> Scenario:
        """The scenario that runs.

        Raises
        ------
        InputError
            For whatever is wrong with the file or a value.
        """
        return with_values(self.own, self.values) if self.values else self.own

    def value(self, path: str) -> Any:
        """What runs under a path."""
        return self.values.get(path, value_at(self.own, path))

    def changed(self, row: FieldRow, value: Any) -> Setup:
        """The same with a value; one that the file has anyway is not kept."""
        values = {path: kept for path, kept in self.values.items() if path != row.path}
        if value != value_at(self.own, row.path):
            values[row.path] = value
        return self._with(values)

    def _with(self, values: Mapping[str, Any]) -> Setup:
        setup = Setup(self.source, values)
        setup.__dict__["own"] = self.own
        return setup

    def yaml(self) -> str:
        """It as a scenario file, which may be saved anywhere on this machine."""
        tree: dict[str, Any] = {"extends": self._file}
        if self.values:
            tree |= {"name": f"{Path(self.source).stem}-changed"}
        for path, value in self.values.items():
            *sections, last = path.split(".")
            inner = tree
            for section in sections:
                inner = inner.setdefault(section, {})
            inner[last] = _located(value) if path == "world" else value
        return yaml.safe_dump(tree, sort_keys=False, allow_unicode=True)

    @property
    def _file(self) -> str:
        """The scenario's file; a shipped one by its name, which is found from any folder."""
        ours = self.source in shipped() and not Path(self.source).is_file()
        return f"{self.source}.yaml" if ours else _located(self.source)


@dataclass(frozen=True)
class Opening:
    """What a tab shows first; `tick` is None where it begins shortly before the first incident."""

    setups: tuple[Setup, ...] = (Setup("baseline"),)
    seed: int = 1
    replicate: int = 0
    tick: int | None = None


def _located(file: str) -> str:
    """A file of the user's from wherever it is looked at; a shipped one is found anyway."""
    return str(Path(file).resolve()) if Path(file).is_file() else file


def command(setups: Sequence[Setup], seed: int, replicate: int) -> str:
    """The command line that shows the same run, or the same two runs side by side."""
    words = ["sitesec", "watch", *(setup.source for setup in setups)]
    words += ["--seed", str(seed), "--replicate", str(replicate)]
    first, other = differing(setups)
    return shlex.join([*words, *_options("--set", first), *_options("--set-other", other)])


def differing(setups: Sequence[Setup]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """What `--set` gives both policies, and what `--set-other` gives the second one besides."""
    first = setups[0].values
    if len(setups) == 1:
        return first, {}
    wanted = {path: setups[1].value(path) for path in (*first, *setups[1].values)}
    return first, {path: value for path, value in wanted.items() if path not in first or first[path] != value}


def _options(name: str, values: Mapping[str, Any]) -> list[str]:
    return [word for pair in in_pairs(values) for word in (name, pair)]


def in_pairs(values: Mapping[str, Any]) -> list[str]:
    """Values as PATH=VALUE, which `--set` reads."""
    texts = {row.path for row in fields() if row.type == "text"}  # `--set` takes them as they are
    return [f"{path}={value if path in texts else _as_yaml(value)}" for path, value in values.items()]


def _as_yaml(value: Any) -> str:
    return yaml.safe_dump(value, default_flow_style=True, width=math.inf).removesuffix("\n").removesuffix("\n...")


def rows(paths: Sequence[str]) -> list[FieldRow]:
    """The schema's rows of some paths, in that order."""
    by_path = {row.path: row for row in fields()}
    return [by_path[path] for path in paths]


def others() -> list[FieldRow]:
    """Levers that are none of the main ones: those that a slider, switch or list can show."""
    return [row for row in fields() if row.kind == "lever" and row.type in CONTROLLED and row.path not in MAIN]


def scenarios(sources: Sequence[str]) -> list[str]:
    """What can be picked: whatever was opened, then the shipped scenarios."""
    return list(dict.fromkeys([*sources, *shipped()]))


def short(source: str) -> str:
    """A shipped scenario by its name, though it was given as a file; anything else as it is."""
    file, ours = find_file(source), find_file(Path(source).stem)
    same = file is not None and ours is not None and file.resolve() == ours.resolve()
    return Path(source).stem if same and Path(source).stem in shipped() else source


def whole(name: str, text: str, least: int = 0, most: int | None = None) -> int:
    """A whole number that somebody typed; ValueError says what is allowed."""
    digits = text.strip()
    if len(digits) > LONGEST:
        read = f"read a text of {len(digits)} characters"
        raise ValueError(f"{name}: {read}, allowed a whole number of {LONGEST} digits at most")
    number = int(digits) if digits.isascii() and digits.isdecimal() else least - 1
    if number < least or (most is not None and number > most):
        bounds = f"of {least} or more" if most is None else f"from {least} to {most}"
        raise ValueError(f"{name}: read {text!r}, allowed a whole number {bounds}")
    return number
