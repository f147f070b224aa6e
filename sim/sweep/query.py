"""Questions to a sweep's folder in SQL, and whether two folders hold the same: through DuckDB, whatever their size."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from sim.errors import InputError
from sim.outcome import COLUMNS, OUTCOME
from sim.sweep.store import Store

TABLES = "the tables are rows, design, failures and columns"
KEYS = ("point_id", "replicate", "year")
SHOWN = 3  # differing rows that are named


def connect(*folders: str | Path) -> duckdb.DuckDBPyConnection:
    """A connection in memory with a folder's tables `rows`, `design`, `failures`; of further ones `rows_2` and so on.

    A table `columns` says what the columns of `rows` are: name, label, unit, group, meaning.

    Raises
    ------
    InputError
        If a folder is none of a sweep's.
    """
    connection = duckdb.connect(":memory:")
    for setting in ("autoinstall_known_extensions", "autoload_known_extensions"):  # nothing is fetched
        connection.execute(f"set {setting} = false")
    _describe(connection)
    for k, folder in enumerate(folders, start=1):
        store = Store(Path(folder))
        store.record()
        end = "" if k == 1 else f"_{k}"
        for table in ("design", "failures"):
            _view(connection, table + end, [store.folder / f"{table}.parquet"])
        _view(connection, f"rows{end}", [part.path for part in store.parts])
    return connection


def _view(connection: duckdb.DuckDBPyConnection, name: str, files: list[Path]) -> None:
    """A table of Parquet files; without any it has the columns of outcome rows and no row."""
    if files:
        names = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
        connection.execute(f"create view {name} as select * from read_parquet([{names}], hive_partitioning = false)")
        return
    columns = ", ".join(f"0::bigint as {column}" for column in OUTCOME.names if column != "point")
    connection.execute(f"create view {name} as select '' as run_id, '' as point_id, {columns} where false")


def _describe(connection: duckdb.DuckDBPyConnection) -> None:
    """The table `columns`."""
    connection.execute('create table columns (name text, label text, unit text, "group" text, meaning text)')
    lines = [[c.name, c.label or None, c.unit, c.group, c.meaning] for c in COLUMNS.values() if c.name != "point"]
    connection.executemany("insert into columns values (?, ?, ?, ?, ?)", lines)


def query(folder: str | Path, sql: str) -> list[dict[str, Any]]:
    """The answer to a question in SQL about a sweep's folder, one entry a line.

    Raises
    ------
    InputError
        If the folder is none of a sweep's, or DuckDB can't make sense of the question.
    """
    try:
        answer = connect(folder).execute(sql or ";")
        if answer is None:
            raise InputError(f"query: read no question; {TABLES}")
        names = [column[0] for column in answer.description or []]
        return [dict(zip(names, line, strict=True)) for line in answer.fetchall()]
    except duckdb.Error as error:
        raise InputError(f"query: {str(error).splitlines()[0]}; {TABLES}") from None


@dataclass(frozen=True)
class Difference:
    """How two sweeps' rows differ.

    Attributes
    ----------
    rows : tuple of int
        Rows of each.
    only : tuple of int
        Rows that only the one has, or has with other values.
    failed : tuple of int
        Failed runs of each.
    examples : list of str
        Runs that differ, by point, replicate and year.
    """

    rows: tuple[int, int]
    only: tuple[int, int]
    failed: tuple[int, int]
    examples: list[str]

    @property
    def same(self) -> bool:
        """Whether every row of the one is a row of the other, to the last bit."""
        return self.only == (0, 0) and self.rows[0] == self.rows[1] and self.failed[0] == self.failed[1]


def diff(a: str | Path, b: str | Path) -> Difference:
    """Compare the rows of two sweeps, whatever the order in which they were written.

    Raises
    ------
    InputError
        If one of the folders is none of a sweep's.
    """
    try:
        connection = connect(a, b)
        columns = ", ".join(line[0] for line in connection.execute("describe rows").fetchall())
        sides = [f"select {columns} from {name}" for name in ("rows", "rows_2")]
        only = [f"({one} except all {other})" for one, other in (sides, sides[::-1])]
        examples = connection.execute(
            f"select distinct {', '.join(KEYS)} from ({only[0]} union all {only[1]}) order by all limit {SHOWN}"
        ).fetchall()
        return Difference(
            (_count(connection, "rows"), _count(connection, "rows_2")),
            (_count(connection, only[0]), _count(connection, only[1])),
            (_count(connection, "failures"), _count(connection, "failures_2")),
            [f"point {point}, replicate {replicate}, year {year}" for point, replicate, year in examples],
        )
    except duckdb.Error as error:
        raise InputError(f"diff: {str(error).splitlines()[0]}") from None


def _count(connection: duckdb.DuckDBPyConnection, source: str) -> int:
    return int(connection.execute(f"select count(*) from {source}").fetchall()[0][0])
