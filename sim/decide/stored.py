"""A decision's runs as they are stored: read and never changed, and refused where any is missing or damaged."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sim.decide.decision import read_decision
from sim.decide.study import RUNS, Study, write_sweep
from sim.errors import InputError
from sim.sweep.design import checked_design
from sim.sweep.parts import NAME, part_files, sound
from sim.sweep.store import Store
from sim.sweep.sweep import Stepwise
from sim.sweep.versions import point_id


class Stored(Stepwise):
    """A sweep's steps that have been run; none is run here.

    Parameters
    ----------
    sweep : Path
        The sweep file.
    folder : Path
        Its results.
    again : str
        The command that runs what is missing.

    Raises
    ------
    InputError
        If the folder is none of a sweep's, or of another version's, or one of its parts is damaged.
    """

    def __init__(self, sweep: Path, folder: Path, again: str) -> None:
        self._store, self._again = Store(folder), again
        self._store.provenance()
        file, self.points = checked_design(sweep)
        self._store.ids = [point_id(point.scenario, file.root_seed(point.draw)) for point in self.points]
        for path in part_files(self._store.parts_folder):
            if not sound(path):
                raise InputError(f"{path}: damaged; `{again}` sets it aside and runs its runs again")
        self._sound = self._store.parts

    def run(self, numbers: Sequence[int], low: int, high: int, name: str) -> None:
        """Nothing: `rows` refuses what is missing."""

    def rows(self, numbers: Sequence[int], low: int, high: int) -> np.ndarray:
        """Outcome rows of some points.

        Raises
        ------
        InputError
            If not all of these runs are there, each once.
        """
        rows = self._store.rows(numbers, low, high)
        there, asked = int((rows["year"] == 0).sum()), len(numbers) * (high - low)
        if there != asked:
            raise InputError(
                f"{self._store.folder}: read {there:,} of {asked:,} runs that this decision asks for; "
                f"`{self._again}` runs what is missing"
            )
        return rows

    def parts(self, numbers: Sequence[int], low: int, high: int) -> dict[str, str]:
        """Parts that hold rows of some points, by their path in the decision's folder, and their hashes."""
        mine = {self._store.ids[n] for n in numbers}
        holding = [
            part.path.name
            for part in self._sound
            if part.low < high and part.high >= low and not part.points.isdisjoint(mine)
        ]
        rows = f"{RUNS}/{self._store.parts_folder.name}"
        return {f"{rows}/{name}": hash_in(name) for name in holding}


def hash_in(name: str) -> str:
    """The hash that a part's name holds."""
    found = NAME.fullmatch(name)
    assert found is not None, name
    return found[2]


def read_study(path: str | Path, folder: Path) -> Study:
    """A decision's study of what its folder holds.

    Raises
    ------
    InputError
        If anything in the file is wrong, nothing has been run, or what was is damaged.
    """
    decision, again = read_decision(path), f"sitesec choose {path}"
    if not (folder / RUNS).is_dir():
        raise InputError(f"{path}: no runs of this decision in {folder}; `{again}` runs them")
    sweep = write_sweep(decision, path, folder, decision.names)
    return Study(decision, Stored(sweep, folder / RUNS, again), folder, decision.names)
