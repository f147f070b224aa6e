"""Figures of a decision, each with its key, how it was computed, and the files that it rests on.

A key says what, of which alternative, and which statistic of it: `project_incidents/full-protocol/mean`. `low` and
`high` are the ends of the 95 % interval that the replicates leave, `from` and `to` hold 5 to 95 % of the draws. Whoever
has the files finds each figure again by its key.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim import rates
from sim.analysis.split import RANGE
from sim.decide.decision import OUTCOMES, outcomes_of
from sim.decide.stored import Stored
from sim.decide.study import DRAWS, Study
from sim.runs.totals import Columns, replicates
from sim.sweep.parts import hash_of

MILLION = 1e-6
FILE, TABLE, ALL = "decision", "draws", "rows of all"  # groups of files
WEIGHTED = "weighted"  # what is judged by, where that is a sum of several outcomes


class Quantity(NamedTuple):
    """Something that rows tell of an alternative: a sum of columns over another column, in a unit."""

    label: str
    unit: str
    columns: tuple[str, ...]
    per: str = "years"
    scale: float = 1.0

    @property
    def how(self) -> str:
        """How it is computed from the totals of a run."""
        scale = "" if self.scale == 1 else f" x {self.scale:g}"
        return f"{' + '.join(self.columns)} / {self.per}{scale}"


def _money(label: str, column: str) -> Quantity:
    return Quantity(label, "m USD a year", (column,), scale=MILLION)


COSTS = {
    "project_cost": _money("projects", "project_spent"),
    "state_cost": _money("state", "state_spent"),
    "partner_cost": _money("partner", "partner_spent"),
}
OUTSIDE = {
    "supervision": _money("supervision of the protocol", "adherence_cost"),
    "refusals_cost": _money("honest applicants refused", "refusal_cost"),
    "shops_cost": _money("shops on closed roads", "shop_cost"),
    "stoppage_cost": _money("sites at a standstill", "stoppage_cost"),
}
COMMUNITY = {
    "burden": Quantity("grievance, days of full grievance", "day a year", ("grievance_days",)),
    "checkpoint_hours": Quantity("residents' hours at checkpoints", "h a year", ("resident_hours",)),
    "shop_hours": Quantity("shops' hours lost to closures", "h a year", ("shop_hours",)),
    "refused": Quantity("honest applicants refused", "person a year", ("honest_refused",)),
    "protests": Quantity("protests that blocked a road", "a year", ("protests",)),
    "evenings": Quantity("staff evenings under a curfew", "person-day a year", ("curfew_days",)),
    "on_record": Quantity("people on record", "person", ("privacy_person_years",)),
    "deaths_residents": Quantity("deaths of residents", "a year", ("deaths_residents",)),
}
CLASSES = {
    "incidents_convoy": Quantity("against convoys", "a year", ("expected_incidents_convoy",)),
    "incidents_site": Quantity("against sites", "a year", ("expected_incidents_site",)),
    "incidents_outing": Quantity("on outings", "a year", ("expected_incidents_outing",)),
}
RESIDUAL = {
    **CLASSES,
    "incidents_private": Quantity("against private nationals", "a year", ("expected_incidents_private",)),
    "inside": Quantity("project incidents with an insider", "a year", ("incidents_inside_project",)),
    "foreign_deaths": Quantity("foreign deaths", "a year", OUTCOMES["foreign_deaths"].columns),
    "deaths_security": Quantity("deaths of security personnel", "a year", ("deaths_security",)),
}
MOVEMENTS = {
    "escorted": Quantity("movements escorted", "%", ("trips_escorted",), "trips", 100.0),
    "deviating": Quantity("movements with a deviation", "%", ("trips_with_deviation",), "trips", 100.0),
}
EXTENT = {
    "sites": Quantity("sites", "site", ("site_years",)),
    "people": Quantity("foreign nationals on projects", "person", ("project_person_years",)),
}
QUANTITIES: Mapping[str, Quantity] = {
    **{name: Quantity(one.label, one.unit, one.columns) for name, one in OUTCOMES.items()},
    **COSTS,
    **OUTSIDE,
    **COMMUNITY,
    **RESIDUAL,
    **MOVEMENTS,
    **EXTENT,
}


class Figure(NamedTuple):
    """A figure that is said.

    Attributes
    ----------
    key : str
    value : float or str
        A text is a version or a hash.
    how : str
        How it was computed.
    rests_on : tuple of str
        Groups of files.
    error : float
        Its standard error over replicates; 0 where it has none.
    """

    key: str
    value: float | str
    how: str
    rests_on: tuple[str, ...]
    error: float = 0.0

    @property
    def number(self) -> float:
        """Its value, of a number."""
        return float(self.value)


class Evidence:
    """Figures of a study that are said, and the files that they rest on.

    Parameters
    ----------
    study : Study
        Of stored runs.
    path : Path
        The decision file.
    folder : Path
        The decision's folder.

    Attributes
    ----------
    figures : dict
        Key -> what was said so far.
    files : dict
        Group -> path -> hash of what these rest on.
    replicates : int
        Of each draw, that figures of alternatives are made of: those of the first look, which all alternatives have.
    """

    def __init__(self, study: Study, path: Path, folder: Path) -> None:
        assert isinstance(study.steps, Stored), "the runs are stored"
        self.study, self.folder, self._runs = study, folder, study.steps
        self.replicates = study.decision.first
        self.figures: dict[str, Figure] = {}
        self.files = {
            FILE: {path.name: hash_of(path.read_bytes())},
            TABLE: {DRAWS: hash_of((folder / DRAWS).read_bytes())},
        }
        self._columns: dict[int, Columns] = {}

    @property
    def unit(self) -> float:
        """What one of the outcome judged is in the unit in which it is said."""
        return 1.0 if self.judged == WEIGHTED else QUANTITIES[self.judged].scale

    @property
    def judged(self) -> str:
        """Name of the quantity that is judged by."""
        return self.study.decision.judge if not self.study.decision.weights else WEIGHTED

    def name(self, a: int) -> str:
        """What tables call an alternative."""
        return self.study.names[a]

    def say(self, key: str, value: float | str, how: str, *groups: str, error: float = 0.0) -> Figure:
        """Say a figure; the same one may be said often."""
        self.figures[key] = Figure(key, value, how, groups, error)
        return self.figures[key]

    def of(self, quantity: str, a: int, statistic: str = "mean") -> Figure:
        """A figure of an alternative."""
        values = self.values(quantity, a)
        return self._statistic(f"{quantity}/{self.name(a)}", values, statistic, self._how(quantity), a)

    def change(self, quantity: str, a: int, b: int, statistic: str = "mean") -> Figure:
        """A figure of an alternative less another one, run by run on the same random numbers."""
        values = self.values(quantity, a) - self.values(quantity, b)
        key = f"{quantity}/{self.name(a)} - {self.name(b)}"
        return self._statistic(key, values, statistic, f"{self._how(quantity)}, run by run the difference", a, b)

    def values(self, quantity: str, a: int) -> np.ndarray:
        """A quantity of an alternative, of each run; shape (draws, replicates)."""
        table = self._table(a)
        if quantity == WEIGHTED:
            outcomes = outcomes_of(table)
            return self._by_draw(sum(weight * outcomes[name] for name, weight in self._weights.items()))
        return self._by_draw(_sum(QUANTITIES[quantity], table))

    def rows_of(self, a: int) -> str:
        """The group of files that hold an alternative's rows."""
        group = f"rows of {self.name(a)}"
        if group not in self.files:
            self.files[group] = self._runs.parts(self._points(a), 0, self.replicates)
        return group

    def rows_of_all(self) -> str:
        """The group of files that hold all rows, of whatever stages of a selection."""
        if ALL not in self.files:
            decision = self.study.decision
            self.files[ALL] = self._runs.parts(range(len(self._runs.points)), 0, decision.most + decision.fresh)
        return ALL

    @property
    def _weights(self) -> Mapping[str, float]:
        return self.study.decision.judged

    def _how(self, quantity: str) -> str:
        if quantity == WEIGHTED:
            outcomes = ((weight, " + ".join(OUTCOMES[name].columns)) for name, weight in self._weights.items())
            return " + ".join(f"{weight:g} x ({columns}) / years" for weight, columns in outcomes)
        return QUANTITIES[quantity].how

    def _points(self, a: int) -> list[int]:
        return [d * len(self.study.names) + a for d in range(self.study.draws)]

    def _table(self, a: int) -> Columns:
        if a not in self._columns:
            self._columns[a] = replicates(self._runs.rows(self._points(a), 0, self.replicates))
        return self._columns[a]

    def _by_draw(self, values: np.ndarray) -> np.ndarray:
        return values.reshape(self.study.draws, self.replicates)

    def _statistic(self, key: str, values: np.ndarray, statistic: str, how: str, *alternatives: int) -> Figure:
        value, words = STATISTICS[statistic](values), HOW[statistic]
        error = float(values.mean(axis=0).std(ddof=1) / math.sqrt(self.replicates))
        groups = [self.rows_of(a) for a in alternatives]
        return self.say(f"{key}/{statistic}", value, f"{how}; {words}", TABLE, *groups, error=error)


def _sum(one: Quantity, table: Columns) -> np.ndarray:
    """A quantity of each run; 0 where there is nothing to hold it against, as where no movement was made."""
    top, bottom = np.sum([table[column] for column in one.columns], axis=0), np.asarray(table[one.per], float)
    return one.scale * np.divide(top, bottom, out=np.zeros(len(bottom)), where=bottom > 0)


def _end(which: str) -> Callable[[np.ndarray], float]:
    return lambda values: rates.mean_rate(values.mean(axis=0), np.ones(values.shape[1])).ends[which]


def _quantile(share: float) -> Callable[[np.ndarray], float]:
    return lambda values: float(np.quantile(values.mean(axis=1), share))


STATISTICS: Mapping[str, Callable[[np.ndarray], float]] = {
    "mean": lambda values: float(values.mean()),
    "low": _end("low"),
    "high": _end("high"),
    "from": _quantile(RANGE[0]),
    "to": _quantile(RANGE[1]),
}
HOW: Mapping[str, str] = {
    "mean": "mean over draws and replicates",
    "low": "lower end of the 95 % t interval over replicates of the mean over draws",
    "high": "upper end of the 95 % t interval over replicates of the mean over draws",
    "from": "5 % quantile over draws of the mean over replicates",
    "to": "95 % quantile over draws of the mean over replicates",
}


def plain(evidence: Evidence) -> dict[str, Any]:
    """All that was said, and what it rests on, as plain data."""
    figures = {
        key: {"value": one.value, "how": one.how, "rests_on": list(one.rests_on)}
        for key, one in evidence.figures.items()
    }
    used = {group for one in evidence.figures.values() for group in one.rests_on}
    return {"figures": figures, "files": {group: files for group, files in evidence.files.items() if group in used}}
