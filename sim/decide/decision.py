"""The decision file: between which alternatives, by which outcome, under which unknowns, and how sure one wants to be.

Alternatives are named policies (scenarios), or a space: splits of the budget in steps, levers at values, crossed. What
an alternative costs each ledger, and residents, may have a cap; what lies above it is not chosen. The unknowns are
draws of all uncertain numbers that a record did not contradict: of a calibration's folder, or those that are shipped.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field

from sim.decide.plans import Groups, Studies, problems_of
from sim.decide.simplex import count_splits, splits
from sim.errors import InputError
from sim.runs.totals import Columns
from sim.scenario.fields import Problems, Section, fixed
from sim.scenario.load import FOLDERS, find_file, lever_paths, load_scenario, read_model, read_yaml, with_values
from sim.scenario.paths import ByPath
from sim.scenario.policy import Split as BudgetSplit
from sim.scenario.schema import Scenario
from sim.sweep.file import Axis

LINES = tuple(BudgetSplit.model_fields)
MOST_ALTERNATIVES = 2000
MANY = 1000.0  # from here on figures are whole numbers
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
Weight = Annotated[float, Field(gt=0)]
SPLIT = "policy.budget.split"


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
        """Each split: its name, and what it sets."""
        for split in splits(LINES, self.step, self.least, self.most):
            words = " ".join(f"{line} {100 * share:.0f}" for line, share in split.items() if share > 0)
            yield words, {f"{SPLIT}.{line}": share for line, share in split.items()}


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
            if not values or len(set(map(str, values))) < len(values):
                yield ("levers", path), f"read {values}, allowed one value or more, each once"
            if self.split is not None and path.startswith(f"{SPLIT}."):
                yield ("levers", path), "allowed either here or as `split`"

    def count(self) -> int:
        """Number of policies."""
        return (1 if self.split is None else self.split.count()) * math.prod(map(len, self.levers.values()))

    def levels(self) -> dict[str, dict[str, Any]]:
        """Each policy: its name, and what it sets."""
        shares = [("", {})] if self.split is None else list(self.split.levels())
        found, called = {}, _endings(list(self.levers))
        for (words, share), *values in itertools.product(shares, *self.levers.values()):
            said = [f"{name} {value}" for name, value in zip(called, values, strict=True)]
            found[", ".join(filter(None, (words, *said)))] = share | dict(zip(self.levers, values, strict=True))
        return found

    def short(self) -> list[str]:
        """Names for narrow tables: of a split its per cent, in the order of the budget's lines."""
        found = []
        for name, sets in self.levels().items():
            levers = name.split(", ")[0 if self.split is None else 1 :]
            shares = "-".join(f"{100 * sets[f'{SPLIT}.{line}']:.0f}" for line in LINES if self.split is not None)
            found.append(", ".join(filter(None, (shares, *levers))))
        return found


def _endings(paths: Sequence[str]) -> list[str]:
    """What levers are called: the last word of a path, the last two where another one ends so."""
    ends = Counter(path.rsplit(".", 1)[-1] for path in paths)
    return [" ".join(path.split(".")[-1 if ends[path.rsplit(".", 1)[-1]] == 1 else -2 :]) for path in paths]


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
    weights: dict[Outcome, Weight] = Field(default_factory=dict, description="outcome: weight, in place of `judge`")
    caps: dict[Outcome, float] = Field(default_factory=dict, description="outcome: the most that is allowed, a year")
    price: float | None = fixed(None, "USD", (0, 1e12), "what an averted incident is worth, for the break-even")
    draws: str | None = Field(None, description="folder of `sitesec calibrate`, or a table; else the shipped draws")
    size: int = fixed(64, "draw", (2, 100_000), "number of these draws, the first ones")
    delta: float = fixed(0.05, "of the outcome", (1e-9, 1e12), "the smallest difference that matters")
    confidence: float = fixed(0.95, "probability", (0.5, 0.999), "with which all that is said is to hold")
    first: int = fixed(5, "replicate", (2, 100_000), "of each draw, before the first look")
    most: int = fixed(50, "replicate", (2, 1_000_000), "of each draw, at which it ends in any case")
    seed: int = fixed(1, "-", (0, 2**63), "root seed")
    groups: Groups = Field(default_factory=dict, description="name: paths or sections that one might know together")
    studies: Studies = Field(default_factory=dict, description="name: {path: {units, sd}}: what one might study")

    def problems(self) -> Problems:
        """One way to say what is chosen from, and looks in order."""
        if (self.policies is None) == (self.space is None):
            yield (), "allowed either `policies` or `space`"
            return
        if twice := [name for name, times in Counter(self.policies or ()).items() if times > 1]:
            yield ("policies",), f"read {twice[0]!r} twice, allowed once"
            return
        if self.weights and "judge" in self.model_fields_set:
            yield ("weights",), "allowed either `judge` or `weights`"
        if self.most < self.first:
            yield ("most",), f"read {self.most}, allowed only first ({self.first}) or more"
        if self.space is not None and not 2 <= self.space.count() <= MOST_ALTERNATIVES:
            read = (
                f"read {self.space.count():,} alternatives, allowed 2 to {MOST_ALTERNATIVES:,}: larger steps, or limits"
            )
            yield ("space",), read
            return
        for path in self.set.keys() & set(self.held):
            yield ("set", path), "is what `space` chooses; allowed in one place only"
        if self.today is not None and self.today not in self.names:
            yield ("today",), f"read {self.today!r}, allowed an alternative"
        yield from problems_of(self.groups, self.studies)

    @property
    def held(self) -> Collection[str]:
        """Paths that a space sets."""
        if self.space is None:
            return ()
        return {*self.space.levers, *(f"{SPLIT}.{line}" for line in LINES if self.space.split is not None)}

    @property
    def fresh(self) -> int:
        """Replicates of each draw that nothing was chosen by: those above `most`."""
        return 2 * self.first

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
    def short(self) -> list[str]:
        """The same for narrow tables."""
        return self.names if self.space is None else self.space.short()

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

    def figure(self, value: float) -> str:
        """What is judged, in words."""
        shown = f"{value:,.0f}" if abs(value) >= MANY else f"{value:.2f}"
        if self.weights:
            return f"{shown} a year ({self.judged_by})"
        unit = OUTCOMES[self.judge].unit
        return f"{shown} {self.judged_by} a year" if unit == "a year" else f"{shown} {unit} ({self.judged_by})"


def read_decision(path: str | Path) -> Decision:
    """Read a decision file, and look whether there is all that it names.

    Raises
    ------
    InputError
        For whatever is wrong; the message names file, line and key.
    """
    decision = read_model(Decision, path)
    places, beside = read_yaml(path)[1], Path(path).parent

    def place(*key: str | int) -> str:
        return str(next(places[key[:n]] for n in range(len(key), -1, -1) if key[:n] in places))

    base = _named(decision.scenario, beside, f"{place('scenario')}: scenario")
    for n, name in enumerate(decision.policies or ()):
        _named(name, beside, f"{place('policies', n)}: policies[{n}]")
    base = with_values(base, decision.set, place("set"))
    for key, values in ({} if decision.space is None else decision.space.levers).items():
        for value in values:
            with_values(base, {key: value}, place("space", "levers", key))
    return decision


def _named(name: str, beside: Path, place: str) -> Scenario:
    """A scenario that a decision names."""
    try:
        return load_scenario(name, beside=beside)
    except InputError as wrong:
        raise InputError(f"{place}: {wrong}") from None


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
        place = read_yaml(path)[1][("draws",)] if Path(path).is_file() else path
        raise InputError(f"{place}: draws: read {decision.draws!r}, allowed a calibration's folder or a table")
    return found
