"""The folder of a sweep: frozen file, design table, versions, outcome rows in Parquet parts, failed runs, a log.

A part is written whole, synced, then renamed; its name holds the hash of its content, so damage shows. What a run is
called is a hash of all that its rows depend on. So the same command again runs only what is missing, nothing that was
there changes, and no run is there twice.

`rows/` and the design table hold the present design, for whatever reads them. Points of former designs, and replicates
beyond those that are asked for now, lie in `former/`; they come back as soon as they are asked for again. Damaged parts
lie in `aside/`.
"""

from __future__ import annotations

import contextlib
import math
import os
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from sim.about import MODEL_VERSION, __version__
from sim.errors import InputError
from sim.files import PART, without_links, writable_folder, write_whole
from sim.outcome import OUTCOME
from sim.runs.code import code_hash
from sim.runs.collect import Done
from sim.sweep.lock import locked, now
from sim.sweep.parts import (
    Part,
    has_our_columns,
    hash_of,
    next_number,
    parquet,
    part_files,
    part_of,
    part_path,
    read_parquet,
    rows_of,
    runs_in,
    runs_of,
    sound,
    table_of,
)
from sim.sweep.versions import DESIGN, FILE, check_ours, original, provenance, provenance_text, run_id, versions
from sim.terminal import say

ROWS_A_PART = 4096  # 4 MB in memory, about 0.6 on disk
SECONDS_A_PART, SHARE_A_PART = 1.0, 0.02  # a crash costs so much work at most: a second, or 2 % of all so far
ROWS_AT_ONCE = 4096  # read together
FAILURE = ("run_id", "point_id", "replicate", "seed", "origin", "type", "message", "time")
UNREADABLE = (OSError, ValueError, KeyError, TypeError, pa.ArrowException)  # what flipped bits in Parquet lead to
FAILURE_TYPES = {"replicate": pa.int64(), "seed": pa.uint64()}


class Store:
    """A sweep's folder, to read from.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ids: list[str] = []

    @property
    def parts_folder(self) -> Path:
        """Where the parts are."""
        return self.folder / "rows"

    @property
    def former(self) -> Path:
        """Where parts and points of former designs are."""
        return self.folder / "former"

    @cached_property
    def parts(self) -> list[Part]:
        """All parts.

        Raises
        ------
        InputError
            If one is damaged.
        """
        return [self._checked(path) for path in part_files(self.parts_folder)]

    def _checked(self, path: Path) -> Part:
        with contextlib.suppress(OSError, pa.ArrowException):
            if sound(path):
                return part_of(path, *runs_of(path))
        raise InputError(f"{path}: damaged; the sweep's own command sets it aside and runs its runs again")

    def count(self, ids: Sequence[str]) -> np.ndarray:
        """Number of runs of each of some points, but for those in damaged parts. Shape (ids,)."""
        found = dict.fromkeys(ids, 0)
        for path in part_files(self.parts_folder):
            with contextlib.suppress(OSError, pa.ArrowException):
                names, times = np.unique(runs_of(path)[0], return_counts=True)
                for name in found.keys() & set(names):
                    found[name] += int(times[names == name][0])
        return np.array([found[name] for name in ids])

    @property
    def failures(self) -> list[dict[str, Any]]:
        """Runs of the design that failed, and have not been run since."""
        known = set(self.ids)
        return [row for row in _failures(self.folder).values() if row["point_id"] in known]

    def provenance(self) -> dict[str, Any]:
        """What made it, where rows of ours may stand beside its own.

        Raises
        ------
        InputError
            If the folder is none of a sweep's, or of another version's.
        """
        found = provenance(self.folder)
        if not found:
            raise InputError(f"{self.folder}: no sweep is stored there, allowed a folder that `sitesec sweep` made")
        check_ours(self.folder)
        return found

    def rows(self, numbers: Collection[int], low: int, high: int) -> np.ndarray:
        """Outcome rows of some of the design's points, replicates from `low` to below `high`, sorted."""
        mine = {self.ids[n]: n for n in reversed(list(numbers))}
        parts = [
            part.path
            for part in self.parts
            if part.low < high and part.high >= low and not part.points.isdisjoint(mine)
        ]
        try:
            found = [rows_of(path, mine, low, high) for path in parts]
        except FileNotFoundError:
            raise InputError(f"{self.folder}: was changed since it was read; read it again") from None
        rows = np.concatenate([OUTCOME.rows(0), *found])
        for number in numbers:  # the same scenario in two draws: one run, rows for both
            first = mine[self.ids[number]]
            if first != number:
                copies = rows[rows["point"] == first]
                copies["point"] = number
                rows = np.concatenate([rows, copies])
        return np.sort(rows, order=("point", "replicate", "year"))

    def blocks(self, groups: Sequence[Sequence[int]], low: int, high: int, years: float) -> Iterator[np.ndarray]:
        """The same in blocks of bounded size, group by group: each holds all points of its group in each replicate."""
        for group in groups:
            step = max(1, int(ROWS_AT_ONCE / max(1.0, years * len(group))))
            for at in range(low, high, step):
                yield self.rows(group, at, min(at + step, high))


class OpenStore(Store):
    """A sweep's folder, to write to; only one process at a time.

    Parameters
    ----------
    folder : Path
        Made if it isn't there.

    Raises
    ------
    InputError
        If nothing can be written there, a link would lead out of it, or it was made by another version.
    Held
        If another process has it open.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(without_links(writable_folder(folder)))
        self._lock = locked(folder / "lock")
        try:
            check_ours(folder)
            self.parts_folder.mkdir(exist_ok=True)
            for left in [*folder.glob(f"*{PART}"), *self.former.glob(f"*{PART}"), *part_files(folder)]:
                left.unlink()
            self._done: dict[str, np.ndarray] = {}
            self.parts = [part for path in part_files(self.parts_folder) if (part := self._taken_in(path))]
            self._failures, self._failed = self._failed_before(), False
            self._next = next_number([self.parts_folder, self.former, self.aside])
        except BaseException:
            self._lock.close()
            raise
        self._waiting: list[np.ndarray] = []
        self._began = self._flushed = time.monotonic()

    def __enter__(self) -> OpenStore:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.flush()
        finally:
            self._lock.close()

    def _failed_before(self) -> dict[str, dict[str, Any]]:
        """Failed runs, but for those that were run after all before somebody could write that down."""
        found = _failures(self.folder)
        return {k: row for k, row in found.items() if not self.done(row["point_id"], row["replicate"] + 1)[-1]}

    def _taken_in(self, path: Path) -> Part | None:
        """A part that is sound; one that is not is set aside, and its runs will be run again."""
        try:
            if not sound(path):
                self._set_aside(path, "damaged")
                return None
            if not has_our_columns(path):
                self._set_aside(path, "rows of other columns")
                return None
            names, replicates = runs_of(path)
        except (OSError, pa.ArrowException) as error:
            self._set_aside(path, f"unreadable ({error})")
            return None
        found = {str(name): replicates[names == name] for name in np.unique(names)}
        if any(self.done(name, int(mine.max()) + 1)[mine].any() for name, mine in found.items()):
            self._set_aside(path, "a repetition of runs in another part")
            return None
        for name, mine in found.items():
            self._note_done(name, mine)
        return part_of(path, names, replicates)

    @property
    def aside(self) -> Path:
        """Where parts are that can't be read."""
        return self.folder / "aside"

    def _set_aside(self, path: Path, why: str) -> None:
        self.aside.mkdir(exist_ok=True)
        os.replace(path, self.aside / path.name)
        self.log(f"{path.name}: {why}; set aside, its runs will be run again", show=True)

    def _note_done(self, name: str, replicates: np.ndarray) -> None:
        """Mark runs of a point as there."""
        most = int(replicates.max()) + 1
        flags = self._done.get(name, np.zeros(0, bool))
        if most > len(flags):
            flags = np.concatenate([flags, np.zeros(max(most - len(flags), len(flags)), bool)])
        flags[replicates] = True
        self._done[name] = flags

    def count(self, ids: Sequence[str]) -> np.ndarray:
        """Number of runs of each of some points. Shape (ids,)."""
        return np.array([np.count_nonzero(self._done.get(name, ())) for name in ids], np.int64)

    def done(self, name: str, high: int, low: int = 0) -> np.ndarray:
        """Whether each replicate of a point, from `low` to below `high`, is there."""
        flags = self._done.get(name, np.zeros(0, bool))[low:high]
        return np.concatenate([flags, np.zeros(high - low - len(flags), bool)])

    def begin(self, source: Path, design: Sequence[dict[str, Any]], command: Mapping[str, Any]) -> None:
        """Write down what is to be run, before it is.

        Parameters
        ----------
        source : Path
            The sweep file; kept as it is.
        design : sequence of dict
            One row per point, `point_id` and `number` among its columns.
        command : mapping
            What reproduces it.
        """
        self.ids = [row["point_id"] for row in design]
        if source.resolve() != (self.folder / "sweep.yaml").resolve():
            write_whole(self.folder / "sweep.yaml", source.read_bytes())
        written = self._write_design(design)
        made = provenance(self.folder).get("made", [])
        entry = {**command, "source": self._source(source), "versions": versions()}
        made = [*(other for other in made if _without_time(other) != entry), {"time": now(), **entry}]
        write_whole(self.folder / FILE, provenance_text(made, design=written))
        known = set(self.ids)
        self._failures = {key: row for key, row in self._failures.items() if row["point_id"] in known}
        if self._failures != _known_failures(self.folder):
            self._write_failures()
        self.log(f"began: {command['command']}; sitesec {__version__}, model {MODEL_VERSION}, code {code_hash()}")

    def _source(self, source: Path) -> str:
        """The sweep file, by its path from the folder: names in it are looked up beside it."""
        return os.path.relpath(original(source).resolve(), self.folder.resolve())

    def _write_design(self, design: Sequence[dict[str, Any]]) -> str:
        """Write the tables of points, where those that are there say something else; returns the present one's hash."""
        path, before = self.folder / DESIGN, self.former / DESIGN
        there, ids = _design_at(path), set(self.ids)
        former = {row["point_id"]: row for row in (*_design_at(before), *there) if row["point_id"] not in ids}
        if former:
            self.former.mkdir(exist_ok=True)
            _write_table(before, list(former.values()))
        else:
            before.unlink(missing_ok=True)
        sound = path.is_file() and hash_of(path.read_bytes()) == provenance(self.folder).get("design")
        _write_table(path, design, anew=not sound)
        return hash_of(path.read_bytes())

    def settle(self, upto: Sequence[int]) -> None:
        """Keep in rows/ what counts, of each point the replicates below a number; the rest goes to former/."""
        counts = self._counts(upto)
        for part in list(self.parts):
            if part.high >= min(counts.get(name, 0) for name in part.points):
                self._divide(part.path, counts, self.parts_folder)

    def recall(self, upto: Sequence[int]) -> None:
        """Take back from former/ what counts, or may, and isn't in rows/."""
        counts = self._counts(upto)
        if any(not self.done(name, high).all() for name, high in counts.items()):
            for path in part_files(self.former):
                if sound(path) and has_our_columns(path):
                    self._divide(path, counts, self.former)

    def _counts(self, upto: Sequence[int]) -> dict[str, int]:
        """The highest number of replicates that is asked for under each name."""
        counts: dict[str, int] = {}
        for name, high in zip(self.ids, upto, strict=True):
            counts[name] = max(int(high), counts.get(name, 0))
        return counts

    def _divide(self, path: Path, counts: Mapping[str, int], home: Path) -> None:
        """Divide a part into what counts and what doesn't; what is where it belongs already stays as it is.

        Whatever interrupts this, no run is lost: the part goes when both of its halves are there.
        """
        table = read_parquet(path)
        names, replicates = table["point_id"].to_pylist(), table["replicate"].to_pylist()
        counting = np.array([number < counts.get(name, 0) for name, number in zip(names, replicates, strict=True)])
        if home == self.former:
            counting &= [not self.done(name, n + 1)[-1] for name, n in zip(names, replicates, strict=True)]
        if (counting if home == self.parts_folder else ~counting).all():
            return
        for folder, mine in ((self.former, ~counting), (self.parts_folder, counting)):
            if mine.any():
                self._put(table.filter(pa.array(mine)), folder)
        path.unlink()
        if home == self.parts_folder:
            self._forget(path, names, replicates, counting)

    def _forget(self, path: Path, names: list[str], replicates: list[int], counting: np.ndarray) -> None:
        """Runs of a part that went to former/ are no longer there."""
        self.parts = [part for part in self.parts if part.path != path]
        for name, number in {(name, n) for name, n, kept in zip(names, replicates, counting, strict=True) if not kept}:
            self._done[name][number] = False

    def _put(self, table: pa.Table, folder: Path) -> None:
        """Write a part into a folder; what isn't whole yet is never in it."""
        data = parquet(table)
        path = part_path(folder, self._next, data)
        folder.mkdir(exist_ok=True)
        write_whole(self.folder / path.name, data)
        os.replace(self.folder / path.name, path)
        self._next += 1
        if folder == self.parts_folder:
            names, replicates = runs_in(table)
            for name in np.unique(names):
                self._note_done(str(name), replicates[names == name])
            self.parts.append(part_of(path, names, replicates))

    def add(self, done: Done) -> None:
        """Take in what came back for a chunk; a part is written when it is full or its time has come."""
        if len(done.rows):
            self._waiting.append(done.rows)
        for failure in done.failures:
            name = self.ids[failure.point]
            facts = failure.replicate, failure.seed, failure.origin, failure.type, failure.message, now()
            self._failures[run_id(name, failure.replicate)] = dict(
                zip(FAILURE, (run_id(name, failure.replicate), name, *facts), strict=True)
            )
            self._failed = True
            self.log(f"failed: replicate {failure.replicate} of point {name}: {failure.type}: {failure.message}")
        seconds = time.monotonic()
        pause = max(SECONDS_A_PART, SHARE_A_PART * (seconds - self._began))
        if sum(map(len, self._waiting)) >= ROWS_A_PART or seconds - self._flushed >= pause:
            self.flush()

    def flush(self) -> None:
        """Write what is waiting as one part, and the failures."""
        self._flushed = time.monotonic()
        if self._waiting:
            self._write_part()
        if self._failed:
            self._write_failures()

    def _write_part(self) -> None:
        taken, self._waiting = self._waiting, []  # whatever interrupts this, no run is written twice
        table, names = table_of(np.concatenate(taken), self.ids)
        count = self._next
        try:
            self._put(table, self.parts_folder)
        except BaseException:
            self._waiting = [] if self._next > count else taken
            raise
        for name in names & self._failures.keys():
            del self._failures[name]
            self._failed = True

    def _write_failures(self) -> None:
        columns = {
            name: pa.array([row[name] for row in self._failures.values()], FAILURE_TYPES.get(name, pa.string()))
            for name in FAILURE
        }
        write_whole(self.folder / "failures.parquet", parquet(pa.table(columns)))
        self._failed = False

    def log(self, text: str, show: bool = False) -> None:
        """A line in the store's log, on stderr too where somebody should see it; a full disk doesn't end anything."""
        if show:
            say(text)
        with contextlib.suppress(OSError), open(self.folder / "log.txt", "a", encoding="utf-8") as handle:
            handle.write(f"{now()} {text}\n")


def parts_in(seconds: float) -> float:
    """About how many parts are written in some time because their time has come."""
    turn = SECONDS_A_PART / SHARE_A_PART
    return seconds / SECONDS_A_PART if seconds < turn else (1.0 + math.log(seconds / turn)) / SHARE_A_PART


def _failures(folder: Path) -> dict[str, dict[str, Any]]:
    """Failed runs by their name; none where the file is damaged, since they will be run again."""
    return _known_failures(folder) or {}


def _known_failures(folder: Path) -> dict[str, dict[str, Any]] | None:
    """The same; None where the file is damaged, or not there."""
    try:
        rows = read_parquet(folder / "failures.parquet").to_pylist()
        return {row["run_id"]: {name: row[name] for name in FAILURE} for row in rows}
    except UNREADABLE:
        return None


def _design_at(path: Path) -> list[dict[str, Any]]:
    """Points of a design table that is there; none if it is damaged: parts and scenarios say the same."""
    try:
        return [{"point_id": row["point_id"], **row} for row in read_parquet(path).to_pylist()]
    except UNREADABLE:
        return []


def _write_table(path: Path, rows: Sequence[Mapping[str, Any]], anew: bool = False) -> None:
    """Write a design table, unless it is there."""
    wanted = _in_columns(rows)
    if anew or wanted != _in_columns(_design_at(path)):
        write_whole(path, parquet(pa.table({name: _array(values) for name, values in wanted.items()})))


def _in_columns(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Rows as columns: of numbers where all entries are numbers, else of text; None where a row lacks it."""
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: _alike([row.get(name) for row in rows]) for name in names}


def _alike(values: list[Any]) -> list[Any]:
    switches = sum(isinstance(value, bool) for value in values)
    numbers = switches == 0 and all(value is None or isinstance(value, Real) for value in values)
    if numbers or switches == len(values):
        return values
    return [None if value is None else str(value) for value in values]


def _array(values: list[Any]) -> pa.Array:
    """A column of a table; texts may be longer in all than 2 GB."""
    return pa.array(values, pa.large_string() if any(isinstance(value, str) for value in values) else None)


def _without_time(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key != "time"}
