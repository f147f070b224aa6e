"""A decision's simulations: every alternative under every draw, as far as whoever decides asks, kept in a folder."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from sim.decide.decision import OUTCOMES, Decision, outcomes_of, read_decision, table_of
from sim.errors import InputError
from sim.files import read_csv, write_changed
from sim.history.kept import named_from
from sim.runs.totals import replicates
from sim.sweep.file import Axis
from sim.sweep.forecast import in_words
from sim.sweep.sweep import Stepwise, open_sweep

SWEEP, DRAWS, RUNS = "sweep.yaml", "draws.csv", "runs"  # in a decision's folder
DRAWS_AT_ONCE = 16  # whose rows are in memory together

Figures = dict[str, np.ndarray]
Levels = Mapping[str, Mapping[str, Any]]


class Study:
    """The alternatives of a decision under its draws.

    Attributes
    ----------
    decision : Decision
    folder : Path
    names : list of str
        Alternatives, each under each mind where there are minds: `NAME, MIND`.
    draws : int
    """

    def __init__(self, decision: Decision, steps: Stepwise, folder: Path, names: list[str]) -> None:
        self.decision, self.steps, self.folder, self.names = decision, steps, folder, names
        self.draws = len(steps.points) // len(self.names)
        self._kept: dict[tuple[int, int, int], Figures] = {}

    @property
    def values(self) -> Mapping[str, np.ndarray]:
        """What was drawn, by path; each of shape (draws,)."""
        drawn = [dict(self.steps.points[d * len(self.names)].drawn) for d in range(self.draws)]
        return {path: np.array([draw[path] for draw in drawn]) for path in drawn[0]}

    @property
    def runs(self) -> int:
        """Replicates of alternatives and draws that were asked for so far."""
        return self.draws * sum(high - low for _, low, high in self._kept)

    def expect(self) -> str:
        """What is to be run: the first look for sure, the whole at most; by a pilot that is kept."""
        decision, steps = self.decision, self.steps
        first = steps.expect(decision.first)
        years = steps.years_lacking(range(len(steps.points)), 0, decision.most + decision.fresh)
        said = f"first look, {decision.first} replicates of each draw: {first}"
        if not years or math.isnan(first.pace):
            return said
        longest = in_words(years / first.pace / 60.0)
        return f"{said}; if no look let go of any alternative, about {longest} in all"

    def outcomes(self, alternatives: Sequence[int], low: int, high: int) -> Figures:
        """Outcomes a year of replicates `low` to below `high`: run where they are missing.

        Each draw has random numbers of its own, which all alternatives share.

        Returns
        -------
        dict of ndarray, shape (alternatives, draws, high - low)
            By name, as `decision.OUTCOMES` has them.
        """
        missing = sorted(a for a in alternatives if (a, low, high) not in self._kept)  # as rows are
        if missing:
            seeds = f"{high} replicates" if low < self.decision.most else "fresh seeds"
            label = f"{self.decision.name}: {len(missing)} alternatives, {seeds}"
            self.steps.run(self._points(missing, range(self.draws)), low, high, label)
            self._keep(missing, low, high)
        parts = [self._kept[a, low, high] for a in alternatives]
        return {name: np.stack([part[name] for part in parts]) for name in OUTCOMES}

    def sample(self, alternatives: Sequence[int], low: int, high: int) -> np.ndarray:
        """What the decision is judged by; as a `selection.Sampler`."""
        found = self.outcomes(alternatives, low, high)
        return np.asarray(sum(weight * found[name] for name, weight in self.decision.judged.items()))

    def _points(self, alternatives: Sequence[int], draws: Sequence[int]) -> list[int]:
        """Numbers of design points, draw by draw."""
        return [d * len(self.names) + a for d in draws for a in alternatives]

    def _keep(self, alternatives: Sequence[int], low: int, high: int) -> None:
        """Take outcomes in, a few draws at a time."""
        parts = []
        for start in range(0, self.draws, DRAWS_AT_ONCE):
            draws = range(start, min(start + DRAWS_AT_ONCE, self.draws))
            table = replicates(self.steps.rows(self._points(alternatives, draws), low, high))
            shape = (len(draws), len(alternatives), high - low)
            if len(table["point"]) != np.prod(shape):
                raise RuntimeError("runs failed; failures.parquet has them, and the same command tries them again")
            parts.append({name: column.reshape(shape) for name, column in outcomes_of(table).items()})
        for k, a in enumerate(alternatives):
            self._kept[a, low, high] = {name: np.concatenate([part[name][:, k] for part in parts]) for name in OUTCOMES}


@contextlib.contextmanager
def open_study(
    source: str | Path | Decision,
    folder: Path,
    *,
    decision: Decision | None = None,
    names: Sequence[str] | None = None,
    minds: Levels | None = None,
    threads: int | None = None,
    executor: Executor | None = None,
    quiet: bool = True,
) -> Iterator[Study]:
    """Open a decision's folder, and run there what is asked for.

    Parameters
    ----------
    decision : Decision, optional
        In place of what the file says.
    names : sequence of str, optional
        Alternatives, where not all of them are wanted.
    minds : mapping, optional
        Name -> what it sets, of minds of the attackers that each alternative meets.

    Raises
    ------
    InputError
        If anything in the file is wrong; nothing is written then.
    """
    if decision is None:
        decision = source if isinstance(source, Decision) else read_decision(source)
    path = decision.name if isinstance(source, Decision) else source
    names = [name for name in decision.names if names is None or name in names]
    sweep = write_sweep(decision, path, folder, names, minds)
    called = names if minds is None else [f"{name}, {mind}" for name in names for mind in minds]
    with open_sweep(sweep, folder / RUNS, threads=threads, executor=executor, quiet=quiet) as steps:
        yield Study(decision, steps, folder, called)


def write_sweep(
    decision: Decision, path: str | Path, folder: Path, names: Sequence[str], minds: Levels | None = None
) -> Path:
    """Write the sweep of alternatives under all draws, and under each mind, into a folder."""
    table = _first(table_of(decision, path), decision.size, {*decision.held, *decision.set})
    folder.mkdir(parents=True, exist_ok=True)
    beside = Path(path).parent
    axes = {"policy": _axis(decision, names, beside, folder)}
    if minds is not None:
        axes["mind"] = {"label": "mind of the attackers", "levels": {name: dict(mind) for name, mind in minds.items()}}
    tree = {
        "name": decision.name,
        "scenario": named_from(decision.scenario, folder, beside),
        "set": dict(decision.set),
        "seed": decision.seed,
        "replicates": decision.most + decision.fresh,
        "axes": axes,
        "sample": {"table": DRAWS, "own_seeds": True},
    }
    write_changed(folder / DRAWS, table)
    text = yaml.safe_dump(tree, sort_keys=False, allow_unicode=True)
    return write_changed(folder / SWEEP, f"# Written by `sitesec`.\n{text}")


def _axis(decision: Decision, names: Sequence[str], beside: Path, folder: Path) -> dict[str, Any]:
    """The axis of some alternatives, as a file in a folder has it."""
    axis = decision.axis
    if "levels" in axis:
        return axis | {"levels": {name: axis["levels"][name] for name in names}}
    files = Axis.model_validate(axis).files()
    return axis | {"scenarios": [named_from(files[name], folder, beside) for name in names]}


def _first(table: Path, size: int, held: Collection[str]) -> str:
    """The header and the first rows of a table, without what the decision sets itself."""
    lines = [cells for _, cells in read_csv(table)]
    if len(lines) < 3:
        raise InputError(f"{table}: read {max(0, len(lines) - 1)} draws, allowed 2 or more")
    kept = [n for n, name in enumerate(lines[0]) if name not in held]
    return "".join(f"{','.join(cells[n] for n in kept)}\n" for cells in lines[: size + 1])
