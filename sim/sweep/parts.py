"""Parquet parts of outcome rows: how rows are laid out in them, how they are named, and how they are read again."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sim.outcome import OUTCOME
from sim.sweep.versions import columns, run_id, versions

NAME = re.compile(r"part-(\d{6,})-([0-9a-f]{16})\.parquet")


class Part(NamedTuple):
    """A file of rows: its replicates, from `low` to `high`, and the points that have rows in it."""

    path: Path
    low: int
    high: int
    points: frozenset[str]


def part_files(folder: Path) -> list[Path]:
    """The parts in a folder, whether sound or not, in order; whatever else lies there is none of ours."""
    found = [path for path in folder.glob("part-*.parquet") if NAME.fullmatch(path.name)]
    return sorted(found, key=lambda path: int(path.name.split("-")[1]))


def next_number(folders: Sequence[Path]) -> int:
    """One more than the highest number of any part that is or was in some folders."""
    paths = (path for folder in folders if folder.is_dir() for path in folder.iterdir())
    names = (NAME.fullmatch(path.name) for path in paths)
    return 1 + max((int(name[1]) for name in names if name), default=-1)


def part_path(folder: Path, number: int, data: bytes) -> Path:
    """Where a part belongs: its name holds the hash of its content."""
    return folder / f"part-{number:06d}-{hash_of(data)}.parquet"


def sound(path: Path) -> bool:
    """Whether a part's content is what its name says."""
    return path.stem.endswith(hash_of(path.read_bytes()))


def hash_of(data: bytes) -> str:
    """Name of some content, as 16 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()[:16]


def has_our_columns(path: Path) -> bool:
    """Whether a part's rows have all the columns of ours, and no others."""
    return set(pq.read_schema(path).names) == {"run_id", "point_id", *columns()}


def part_of(path: Path, names: np.ndarray, replicates: np.ndarray) -> Part:
    """What a part holds, by its runs."""
    return Part(path, int(replicates.min()), int(replicates.max()), frozenset(np.unique(names).tolist()))


def runs_of(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Point and replicate of each run in a part."""
    return runs_in(read_parquet(path, ["point_id", "replicate", "year"]))


def runs_in(table: pa.Table) -> tuple[np.ndarray, np.ndarray]:
    """The same of a table of rows."""
    first, names = _numbers(table, "year") == 0, np.array(table["point_id"].to_pylist(), str)
    return names[first], _numbers(table, "replicate")[first]


def rows_of(path: Path, mine: Mapping[str, int], low: int, high: int) -> np.ndarray:
    """A part's rows of some points, by name, with their numbers; replicates from `low` to below `high`."""
    table = _table_of(path)
    points = table["point_id"].combine_chunks()
    codes = np.array([mine.get(name, -1) for name in points.dictionary.to_pylist()], np.int64)
    numbers, replicates = codes[np.from_dlpack(points.indices)], _numbers(table, "replicate")
    keep = (numbers >= 0) & (replicates >= low) & (replicates < high)
    rows = OUTCOME.rows(int(keep.sum()))
    for name in OUTCOME.names:
        rows[name] = numbers[keep] if name == "point" else _numbers(table, name)[keep]
    return rows


def _numbers(table: pa.Table, name: str) -> np.ndarray:
    """A column of numbers; Arrow's own `to_numpy` imports pandas, which takes longer than reading all parts."""
    return np.from_dlpack(table[name].combine_chunks())


@lru_cache(maxsize=1)
def _table_of(path: Path) -> pa.Table:
    """A part's rows; the last one is kept, since blocks of replicates end within parts."""
    return read_parquet(path)


def table_of(rows: np.ndarray, ids: Sequence[str]) -> tuple[pa.Table, set[str]]:
    """Rows as they are stored, and the names of their runs.

    Parameters
    ----------
    rows : ndarray of outcome rows
    ids : sequence of str
        Names of the points by their number.
    """
    runs, inverse = np.unique(rows[["point", "replicate"]], return_inverse=True)
    names = [run_id(ids[point], int(replicate)) for point, replicate in runs]
    numbers, codes = np.unique(rows["point"], return_inverse=True)
    points = pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array([ids[n] for n in numbers]))
    values = {name: rows[name] for name in columns()}
    table = pa.table({"run_id": pa.array(names).take(pa.array(inverse)), "point_id": points, **values})
    return table.replace_schema_metadata({"sitesec": json.dumps(versions())}), set(names)


def parquet(table: pa.Table) -> bytes:
    """A table as a Parquet file."""
    sink = pa.BufferOutputStream()
    names = [name for name in ("run_id", "point_id") if name in table.column_names]
    pq.write_table(table, sink, compression="zstd", use_dictionary=names)  # elsewhere dictionaries only take space
    return sink.getvalue().to_pybytes()


def read_parquet(path: Path, names: Sequence[str] | None = None) -> pa.Table:
    """A Parquet file, read without Arrow's own threads: some outlive the interpreter, and abort it at its end."""
    with pq.ParquetFile(path, pre_buffer=False) as file:
        return file.read(None if names is None else list(names), use_threads=False)


def bytes_of(rows: np.ndarray) -> int:
    """Size of a part with these rows, by trial."""
    ids = [f"{number:016x}" for number in range(int(rows["point"].max()) + 1)]
    return len(parquet(table_of(rows, ids)[0]))
