"""The folder of a sweep: frozen file, design table, versions, outcome rows in Parquet parts, failed runs, a log.

A part is written whole, synced, then renamed; its name holds the hash of its content, so damage shows. What a run is
called is a hash of all that its rows depend on. So the same command again runs only what is missing, nothing that was
there changes, and no run is there twice.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import io
import json
import math
import os
import platform
import socket
import sys
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import llvmlite
import numba
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import scipy

from sim import MODEL_VERSION, __version__
from sim.files import PART, writable_folder, write_whole
from sim.outcome import OUTCOME
from sim.scenario.build import content
from sim.scenario.errors import ScenarioError
from sim.scenario.schema import Scenario
from sim.sweep.run import Done, code_hash

FORMAT = 1
ROWS_A_PART = 4096  # 4 MB in memory, about 0.6 on disk
SECONDS_A_PART, SHARE_A_PART = 1.0, 0.02  # a crash costs so much work at most: a second, or 2 % of all so far
ROWS_AT_ONCE = 4096  # read together
FAILURE = ("run_id", "point_id", "replicate", "seed", "origin", "type", "message", "time")
FAILURE_TYPES = {"replicate": pa.int64(), "seed": pa.uint64()}


class Held(RuntimeError):
    """Another process writes to the folder."""


class Part(NamedTuple):
    """A file of rows: its replicates, from `low` to `high`, and the points that have rows in it."""

    path: Path
    low: int
    high: int
    points: frozenset[str]


def point_id(scenario: Scenario, seed: int) -> str:
    """What the rows of a design point depend on, as 16 hexadecimal digits; name and description don't matter.

    The horizon does: years of a longer one would be the same, but its last year is not a partial one.
    """
    world = scenario.world_file.model_dump_json()
    parts = (content(scenario), content(scenario.warmup), world, seed, MODEL_VERSION)
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
        "numpy": np.__version__,
        "numba": numba.__version__,
        "llvmlite": llvmlite.__version__,
        "scipy": scipy.__version__,
        "platform": platform.platform(),
    }


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

    @cached_property
    def parts(self) -> list[Part]:
        """All parts."""
        return [part_of(path) for path in sorted(self.parts_folder.glob("part-*.parquet"))]

    def count(self, ids: Sequence[str]) -> np.ndarray:
        """Number of runs of each of some points. Shape (ids,)."""
        place = {name: k for k, name in enumerate(ids)}
        found = np.zeros(len(ids), np.int64)
        for part in self.parts:
            names, times = np.unique(_runs_of(part.path)[0], return_counts=True)
            for name, count in zip(names, times, strict=True):
                if name in place:
                    found[place[name]] += count
        return found

    @property
    def failures(self) -> list[dict[str, Any]]:
        """Runs of the design that failed, and have not been run since."""
        known = set(self.ids)
        return [row for row in _failures(self.folder).values() if row["point_id"] in known]

    def record(self) -> dict[str, Any]:
        """The versions and commands that made it.

        Raises
        ------
        ScenarioError
            If the folder is none of a sweep's, or of another version's.
        """
        found = _record(self.folder)
        if not found:
            raise ScenarioError(f"{self.folder}: read no store of a sweep, allowed a folder that `sitesec sweep` made")
        check_model(self.folder)
        return found

    def rows(self, numbers: Collection[int], low: int, high: int) -> np.ndarray:
        """Outcome rows of some of the design's points, replicates from `low` to below `high`, sorted."""
        mine = {self.ids[n]: n for n in numbers}
        found = [
            _rows_of_part(part.path, mine, low, high)
            for part in self.parts
            if part.low < high and part.high >= low and not part.points.isdisjoint(mine)
        ]
        rows = np.concatenate([OUTCOME.rows(0), *found])
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
    ScenarioError
        If nothing can be written there, or it was made by another version of the model.
    Held
        If another process has it open.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(writable_folder(folder))
        self._lock = _locked(folder / "lock")
        try:
            check_model(folder)
            self.parts_folder.mkdir(exist_ok=True)
            for left in [*folder.glob(f"*{PART}"), *self.parts_folder.glob(f"*{PART}")]:
                left.unlink()
            self._done: dict[str, np.ndarray] = {}
            self.parts = [part for path in self._part_files() if (part := self._taken_in(path))]
            self._failures, self._failed = _failures(folder), False
        except BaseException:
            self._lock.close()
            raise
        self._next = 1 + max((_number(p) for p in self.parts_folder.iterdir()), default=-1)
        self._waiting: list[np.ndarray] = []
        self._began = self._flushed = time.monotonic()

    def __enter__(self) -> OpenStore:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.flush()
        finally:
            self._lock.close()

    def _part_files(self) -> list[Path]:
        return sorted(self.parts_folder.glob("part-*.parquet"))

    def _taken_in(self, path: Path) -> Part | None:
        """A part that is sound; one that is not is set aside, and its runs will be run again."""
        try:
            if _hash_in(path) != _hash_of(path.read_bytes()):
                self._set_aside(path, "damaged")
                return None
            names, replicates = _runs_of(path)
        except (OSError, pa.ArrowException) as error:
            self._set_aside(path, f"unreadable ({error})")
            return None
        found = {str(name): replicates[names == name] for name in np.unique(names)}
        if any(self.done(name, int(mine.max()) + 1)[mine].any() for name, mine in found.items()):
            self._set_aside(path, "a repetition of runs in another part")
            return None
        for name, mine in found.items():
            self._note_done(name, mine)
        return part_of(path)

    def _set_aside(self, path: Path, why: str) -> None:
        os.replace(path, path.with_suffix(".aside"))
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

    def begin(self, source: Path, design: pd.DataFrame, command: Mapping[str, Any]) -> None:
        """Write down what is to be run, before it is.

        Parameters
        ----------
        source : Path
            The sweep file; kept as it is.
        design : DataFrame
            One row a point, `point_id` among the columns; points of former designs stay in the table, without number.
        command : mapping
            What reproduces it.
        """
        self.ids = design["point_id"].tolist()
        if source.resolve() != (self.folder / "sweep.yaml").resolve():
            write_whole(self.folder / "sweep.yaml", source.read_bytes())
        table = self.folder / "design.parquet"
        former = _former_design(table)
        if former is not None:
            former = former[~former["point_id"].isin(self.ids)].assign(number=-1)
            design = pd.concat([design, _as_text_where_they_differ(former, design)]) if len(former) else design
        write_whole(table, _parquet(pa.Table.from_pandas(design, preserve_index=False)))
        made = _record(self.folder).get("made", [])
        entry = {**command, "versions": versions()}
        made = [*(other for other in made if _without_time(other) != entry), {"time": _now(), **entry}]
        record = {"format": FORMAT, "model": MODEL_VERSION, "made": made}
        write_whole(self.folder / "versions.json", json.dumps(record, indent=2) + "\n")
        self._write_failures()
        self.log(f"began: {command['command']}; sitesec {__version__}, model {MODEL_VERSION}, code {code_hash()}")

    def add(self, done: Done) -> None:
        """Take in what came back for a chunk; a part is written when it is full or its time has come."""
        if len(done.rows):
            self._waiting.append(done.rows)
        for failure in done.failures:
            name = self.ids[failure.point]
            facts = failure.replicate, failure.seed, failure.origin, failure.type, failure.message, _now()
            self._failures[run_id(name, failure.replicate)] = dict(
                zip(FAILURE, (run_id(name, failure.replicate), name, *facts), strict=True)
            )
            self._failed = True
            self.log(f"failed: replicate {failure.replicate} of point {name}: {failure.type}: {failure.message}")
        now = time.monotonic()
        pause = max(SECONDS_A_PART, SHARE_A_PART * (now - self._began))
        if sum(map(len, self._waiting)) >= ROWS_A_PART or now - self._flushed >= pause:
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
        rows = np.concatenate(taken)
        table, names = _table(rows, self.ids)
        data = _parquet(table)
        path = self.parts_folder / f"part-{self._next:06d}-{_hash_of(data)}.parquet"
        try:
            write_whole(path, data)
        except BaseException:
            self._waiting = [] if path.exists() else taken
            raise
        self._next += 1
        for number in np.unique(rows["point"]):
            self._note_done(self.ids[number], rows["replicate"][rows["point"] == number])
        low, high = int(rows["replicate"].min()), int(rows["replicate"].max())
        self.parts.append(Part(path, low, high, frozenset(self.ids[n] for n in np.unique(rows["point"]))))
        for name in names & self._failures.keys():
            del self._failures[name]
            self._failed = True

    def _write_failures(self) -> None:
        columns = {
            name: pa.array([row[name] for row in self._failures.values()], FAILURE_TYPES.get(name, pa.string()))
            for name in FAILURE
        }
        write_whole(self.folder / "failures.parquet", _parquet(pa.table(columns)))
        self._failed = False

    def log(self, text: str, show: bool = False) -> None:
        """A line in the store's log, on stderr too where somebody should see it; a full disk doesn't end anything."""
        if show:
            print(text, file=sys.stderr)
        with contextlib.suppress(OSError), open(self.folder / "log.txt", "a", encoding="utf-8") as handle:
            handle.write(f"{_now()} {text}\n")


def check_model(folder: Path) -> None:
    """Refuse a folder that another version of the model made: its rows and ours are never mixed."""
    record = _record(folder)
    model, form = record.get("model", MODEL_VERSION), record.get("format", 0)
    if record and (model, form) != (MODEL_VERSION, FORMAT):
        raise ScenarioError(
            f"{folder}: made by model version {model}, store format {form}; this is {MODEL_VERSION}, format {FORMAT}, "
            f"and rows of the two are never mixed; `sweep --fork` starts {forked(folder)} beside it"
        )


def _record(folder: Path) -> dict[str, Any]:
    """The store's versions.json; empty where there is none."""
    path = folder / "versions.json"
    if not path.exists():
        return {}
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise ScenarioError(f"{path}: can't be read, allowed what `sitesec sweep` writes") from None


def forked(folder: Path) -> Path:
    """The folder beside a store of another version, for this one."""
    return folder.with_name(f"{folder.name}-model-{MODEL_VERSION}")


def part_of(path: Path) -> Part:
    """What a part holds."""
    names, replicates = _runs_of(path)
    return Part(path, int(replicates.min()), int(replicates.max()), frozenset(np.unique(names).tolist()))


def _runs_of(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Point and replicate of each run in a part."""
    table = read_parquet(path, ["point_id", "replicate", "year"])
    first = table["year"].to_numpy() == 0
    return table["point_id"].to_numpy()[first].astype(str), table["replicate"].to_numpy()[first]


@lru_cache(maxsize=1)
def _part_table(path: Path) -> pa.Table:
    """A part's rows; the last one is kept, since blocks of replicates end within parts."""
    return read_parquet(path)


def _rows_of_part(path: Path, mine: Mapping[str, int], low: int, high: int) -> np.ndarray:
    table = _part_table(path)
    points = table["point_id"].combine_chunks()
    codes = np.array([mine.get(name, -1) for name in points.dictionary.to_pylist()], np.int64)
    numbers, replicates = codes[points.indices.to_numpy()], table["replicate"].to_numpy()
    keep = (numbers >= 0) & (replicates >= low) & (replicates < high)
    rows = OUTCOME.rows(int(keep.sum()))
    for name in OUTCOME.names:
        rows[name] = numbers[keep] if name == "point" else table[name].to_numpy()[keep]
    return rows


def parts_in(seconds: float) -> float:
    """About how many parts are written in some time because their time has come."""
    turn = SECONDS_A_PART / SHARE_A_PART
    return seconds / SECONDS_A_PART if seconds < turn else (1.0 + math.log(seconds / turn)) / SHARE_A_PART


def bytes_of(rows: np.ndarray) -> int:
    """Size of a part with these rows, by trial."""
    ids = [f"{number:016x}" for number in range(int(rows["point"].max()) + 1)]
    return len(_parquet(_table(rows, ids)[0]))


def _table(rows: np.ndarray, ids: Sequence[str]) -> tuple[pa.Table, set[str]]:
    """Rows as they are stored, and the names of their runs."""
    runs, inverse = np.unique(rows[["point", "replicate"]], return_inverse=True)
    names = [run_id(ids[point], int(replicate)) for point, replicate in runs]
    points = pa.DictionaryArray.from_arrays(pa.array(rows["point"].astype(np.int32)), pa.array(ids))
    columns = {name: rows[name] for name in OUTCOME.names if name != "point"}
    table = pa.table({"run_id": pa.array(names).take(pa.array(inverse)), "point_id": points, **columns})
    return table.replace_schema_metadata({"sitesec": json.dumps(versions())}), set(names)


def _parquet(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    names = [name for name in ("run_id", "point_id") if name in table.column_names]
    pq.write_table(table, sink, compression="zstd", use_dictionary=names)  # elsewhere dictionaries only take space
    return sink.getvalue().to_pybytes()


def read_parquet(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """A Parquet file, read without Arrow's own threads: some outlive the interpreter, and abort it at its end."""
    columns = None if columns is None else list(columns)
    return pq.read_table(path, columns=columns, use_threads=False, pre_buffer=False, partitioning=None)


def _failures(folder: Path) -> dict[str, dict[str, Any]]:
    """Failed runs by their name; none where the file is damaged, since they will be run again."""
    try:
        rows = read_parquet(folder / "failures.parquet").to_pylist()
    except (OSError, pa.ArrowException):
        return {}
    return {row["run_id"]: row for row in rows}


def _former_design(path: Path) -> pd.DataFrame | None:
    """The design table that is there; None where it is damaged: it says nothing that parts and scenarios don't."""
    try:
        return read_parquet(path).to_pandas()
    except (OSError, pa.ArrowException):
        return None


def _locked(path: Path) -> io.TextIOWrapper:
    """The folder's lock, taken; the system lets go of it when this process ends, however it ends."""
    handle = open(path, "a+", encoding="utf-8")  # noqa: SIM115 (it stays open as long as the lock is held)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.seek(0)
        holder = handle.read().strip() or "another process"
        handle.close()
        raise Held(f"{path.parent}: held by {holder}; wait for it, or choose another --out") from None
    handle.truncate(0)
    handle.write(f"process {os.getpid()} on {socket.gethostname()} since {_now()}\n")
    handle.flush()
    return handle


def _as_text_where_they_differ(former: pd.DataFrame, design: pd.DataFrame) -> pd.DataFrame:
    """Levels of former designs, in the types of the present one as far as that goes: numbers may have been names."""
    for name in set(former) & set(design):
        if former[name].dtype != design[name].dtype:
            former[name], design[name] = former[name].astype(str), design[name].astype(str)
    return former


def _without_time(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key != "time"}


def _hash_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def _hash_in(path: Path) -> str:
    return path.stem.rsplit("-", 1)[-1]


def _number(path: Path) -> int:
    return int(path.name.split("-")[1])


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")
