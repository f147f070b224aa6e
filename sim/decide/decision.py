"""The decision file: between which alternatives, by which outcome, under which unknowns, and how sure one wants to be.

Alternatives are named policies (scenarios), or a space: splits of the budget in steps, levers at values, crossed. What
an alternative costs each ledger, and residents, may have a cap; what lies above it is not chosen. The unknowns are
draws of all uncertain numbers that a record did not contradict: of a calibration's folder, or those that are shipped.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field

from sim.decide.plans import Groups, Studies, problems_of
from sim.decide.simplex import count_splits, splits
from sim.errors import InputError
from sim.runs.totals import Columns
from sim.scenario.fields import Problems, Section, fixed
from sim.scenario.load import FOLDERS, find_file, lever_paths, read_model
from sim.scenario.paths import ByPath
from sim.scenario.policy import Split as BudgetSplit
from sim.sweep.file import Axis

LINES = tuple(BudgetSplit.model_fields)
MOST_ALTERNATIVES = 2000
KEPT = "decisions/kept.csv"  # shipped: draws that the public record does not contradict
TABLE = "table.csv"  # of a calibration's folder


class Judged(NamedTuple):
    """An outcome by which a decision can be judged."""

    label: str
    unit: str
    columns: tuple[str, ...]  # of the runs' table; their sum a year


OUTCOMES: Mapping[str, Judged] = {
    "project_incidents": Judged("project incidents", "a year", ("expected_project_incidents",)),
    "incidents": Judged("incidents", "a year", ("expected_incidents",)),
    "foreign_deaths": Judged("foreign deaths", "a year", ("expected_deaths_foreign",)),
    "all_deaths": Judged(
        "deaths on all sides", "a year", ("expected_deaths_foreign", "deaths_security", "deaths_residents")
    ),
    "burden": Judged("residents' grievance", "days of full grievance a year", ("grievance_days",)),
    "project_cost": Judged("projects' spending", "USD a year", ("project_spent",)),
    "state_cost": Judged("the state's spending", "USD a year", ("state_spent",)),
    "partner_cost": Judged("the partner's spending", "USD a year", ("partner_spent",)),
}
Outcome = Literal[
    "project_incidents",
    "incidents",
    "foreign_deaths",
    "all_deaths",
    "burden",
    "project_cost",
    "state_cost",
    "partner_cost",
]
Share = Annotated[float, Field(ge=0, le=1)]


def outcomes_of(table: Columns) -> dict[str, Any]:
    """Each outcome a year, of each replicate of a runs' table."""
    return {name: sum(table[column] for column in one.columns) / table["years"] for name, one in OUTCOMES.items()}


class Split(Section):
    """Splits of the security budget over its lines, in steps."""

    step: float = fixed(0.05, "share", (0.01, 0.5), "from one split to the next; 1 is a whole number of it")
    least: dict[str, Share] = Field(default_factory=dict, description="line: its least share")
    most: dict[str, Share] = Field(default_factory=dict, description="line: its largest share")

    def problems(self) -> Problems:
        """Lines are those of the budget, and there is a split."""
        for key in ("least", "most"):
            for line in getattr(self, key):
                if line not in LINES:
                    yield (key, line), f"read {line!r}, allowed {', '.join(LINES)}"
        if abs(1 / self.step - round(1 / self.step)) > 1e-9:
            yield ("step",), f"read {self.step:g}, allowed a step of which 1 is a whole number"
        elif not any(True for _ in self.problems_of_lines()) and self.count() == 0:
            yield ("least",), "leaves no split within `least` and `most`"

    def problems_of_lines(self) -> Iterator[str]:
        """Lines that the budget doesn't have."""
        yield from (line for line in (*self.least, *self.most) if line not in LINES)

    def count(self) -> int:
        """Number of splits."""
        return count_splits(LINES, self.step, self.least, self.most)

    def levels(self) -> Iterator[tuple[str, dict[str, float]]]:
        """Each split: what tables call it, and what it sets."""
        for split in splits(LINES, self.step, self.least, self.most):
            words = " ".join(f"{line} {100 * share:.0f}" for line, share in split.items() if share > 0)
            yield words, {f"policy.budget.split.{line}": share for line, share in split.items()}


class Space(Section):
    """Policies that differ in a few levers: all splits crossed with all values."""

    split: Split | None = Field(None, description="of the budget")
    levers: dict[str, list[Any]] = Field(default_factory=dict, description="path: values")

    def problems(self) -> Problems:
        """There is something to choose, and it is a policy's to decide."""
        if self.split is None and not self.levers:
            yield (), "allowed only with `split` or `levers`: what is chosen"
        for path, values in self.levers.items():
            if path not in lever_paths():
                yield ("levers", path), "allowed a lever (`sitesec levers` lists them)"
            if len(values) < 1:
                yield ("levers", path), "read no value, allowed one or more"

    def count(self) -> int:
        """Number of policies."""
        return (1 if self.split is None else self.split.count()) * math.prod(map(len, self.levers.values()))

    def levels(self) -> dict[str, dict[str, Any]]:
        """Each policy: what tables call it, and what it sets."""
        shares = [("", {})] if self.split is None else list(self.split.levels())
        found = {}
        for (words, share), *values in itertools.product(shares, *self.levers.values()):
            said = [f"{path.rsplit('.', 1)[-1]} {value}" for path, value in zip(self.levers, values, strict=True)]
            found[", ".join(filter(None, (words, *said)))] = share | dict(zip(self.levers, values, strict=True))
        return found


class Decision(Section):
    """A decision, checked as a whole."""

    name: str = Field(description="short name, for tables and folders")
    description: str = Field("", description="what is to be decided, in a sentence")
    scenario: str = Field("baseline", description="base scenario or own project, a file beside this one or shipped")
    set: ByPath = Field(default_factory=dict, description="path: value, for all alternatives")
    policies: list[str] | None = Field(None, min_length=2, description="alternatives: scenarios")
    space: Space | None = Field(None, description="alternatives in place of `policies`: levers to choose")
    today: str | None = Field(None, description="the alternative that is today's; the base scenario's own by default")
    judge: Outcome = Field("project_incidents", description="the outcome to judge by, less is better")
    weights: dict[Outcome, float] = Field(default_factory=dict, description="outcome: weight, in place of `judge`")
    caps: dict[Outcome, float] = Field(default_factory=dict, description="outcome: the most that is allowed, a year")
    price: float | None = fixed(None, "USD", (0, 1e12), "what an averted incident is worth, for the break-even")
    draws: str | None = Field(None, description="folder of `sitesec calibrate`, or a table; else the shipped draws")
    size: int = fixed(64, "draw", (2, 100_000), "number of these draws, the first ones")
    delta: float = fixed(0.05, "of the outcome", (1e-9, 1e12), "the smallest difference that matters")
    confidence: float = fixed(0.95, "probability", (0.5, 0.999), "with which all that is said is to hold")
    first: int = fixed(10, "replicate", (2, 100_000), "of each draw, before the first look")
    most: int = fixed(200, "replicate", (2, 1_000_000), "of each draw, at which it ends in any case")
    seed: int = fixed(1, "-", (0, 2**63), "root seed")
    groups: Groups = Field(default_factory=dict, description="name: paths or sections that one might know together")
    studies: Studies = Field(default_factory=dict, description="name: {path: {units, sd}}: what one might study")

    def problems(self) -> Problems:
        """One way to say what is chosen from, and looks in order."""
        if (self.policies is None) == (self.space is None):
            yield (), "allowed either `policies` or `space`"
        if self.weights and "judge" in self.model_fields_set:
            yield ("weights",), "allowed either `judge` or `weights`"
        if self.most < self.first:
            yield ("most",), f"read {self.most}, allowed only first ({self.first}) or more"
        if self.space is not None and not 2 <= self.space.count() <= MOST_ALTERNATIVES:
            read = (
                f"read {self.space.count():,} alternatives, allowed 2 to {MOST_ALTERNATIVES:,}: larger steps, or limits"
            )
            yield ("space",), read
        if self.today is not None and self.today not in self.names:
            yield ("today",), f"read {self.today!r}, allowed an alternative"
        yield from problems_of(self.groups, self.studies)

    @property
    def axis(self) -> dict[str, Any]:
        """The alternatives as an axis of a sweep."""
        if self.policies is not None:
            return {"label": "policy", "scenarios": self.policies}
        assert self.space is not None
        return {"label": "policy", "levels": self.space.levels()}

    @property
    def names(self) -> list[str]:
        """What tables call the alternatives, in their order."""
        return [str(name) for name in Axis.model_validate(self.axis).settings()]

    @property
    def judged(self) -> Mapping[str, float]:
        """Weights of the outcomes by which is judged."""
        return {str(name): weight for name, weight in self.weights.items()} or {self.judge: 1.0}

    @property
    def judged_by(self) -> str:
        """The same in words."""
        if not self.weights:
            return OUTCOMES[self.judge].label
        return " + ".join(f"{weight:g} x {OUTCOMES[name].label}" for name, weight in self.weights.items())


def read_decision(path: str | Path) -> Decision:
    """Read a decision file."""
    return read_model(Decision, path)


def table_of(decision: Decision, path: str | Path) -> Path:
    """The table of a decision's draws.

    Raises
    ------
    InputError
        If there is none.
    """
    beside = Path(path).parent
    if decision.draws is None:
        shipped = (folder / KEPT for folder in FOLDERS)
        return next(table for table in shipped if table.is_file())
    folder = beside / decision.draws / TABLE
    found = folder if folder.is_file() else find_file(decision.draws, beside)
    if found is None:
        raise InputError(f"{path}: draws: read {decision.draws!r}, allowed a calibration's folder or a table")
    return found
