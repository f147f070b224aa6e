"""Questions to a sweep's folder in SQL: through DuckDB, whatever its size."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import duckdb

from sim.errors import InputError
from sim.outcome import COLUMNS
from sim.sweep.parts import part_files
from sim.sweep.store import Store
from sim.sweep.versions import DESIGN, columns

TABLES = "the tables are rows, design, failures, columns, former_rows and former_design"


def connect(folder: str | Path) -> duckdb.DuckDBPyConnection:
    """A connection in memory with a folder's tables `rows`, `design`, `failures`.

    They hold the present design; `former_rows` and `former_design` what was run for others. A table `columns` says what
    the columns of rows are: name, label, unit, group, meaning.

    Raises
    ------
    InputError
        If the folder is none of a sweep's, or of another version's.
    """
    connection, store = in_memory(), Store(Path(folder))
    store.provenance()
    _describe(connection)
    for table in ("design", "failures"):
        view(connection, table, [store.folder / f"{table}.parquet"])
    view(connection, "rows", [part.path for part in store.parts])
    view(connection, "former_parts", part_files(store.former))
    # A command that was killed while it divided a part has left its runs in two places.
    connection.execute(
        "create view former_rows as select * from former_parts where run_id not in (select run_id from rows) "
        "qualify row_number() over (partition by run_id, year) = 1"
    )
    if (former := store.former / DESIGN).is_file():
        view(connection, "former_design", [former])
    else:
        connection.execute("create view former_design as select * from design where false")
    return connection


def in_memory() -> duckdb.DuckDBPyConnection:
    """A connection without any table."""
    connection = duckdb.connect(":memory:")
    for setting in ("autoinstall_known_extensions", "autoload_known_extensions"):  # nothing is fetched
        connection.execute(f"set {setting} = false")
    return connection


def view(connection: duckdb.DuckDBPyConnection, name: str, files: list[Path]) -> None:
    """A table of Parquet files; without any it has the columns of outcome rows and no row."""
    if files:
        names = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
        connection.execute(f"create view {name} as select * from read_parquet([{names}], hive_partitioning = false)")
        return
    none = ", ".join(f"0::bigint as {column}" for column in columns())
    connection.execute(f"create view {name} as select '' as run_id, '' as point_id, {none} where false")


def _describe(connection: duckdb.DuckDBPyConnection) -> None:
    """The table `columns`."""
    connection.execute('create table columns (name text, label text, unit text, "group" text, meaning text)')
    lines = [[c.name, c.label or None, c.unit, c.group, c.meaning] for c in COLUMNS.values() if c.name != "point"]
    connection.executemany("insert into columns values (?, ?, ?, ?, ?)", lines)


def query(folder: str | Path, sql: str) -> list[dict[str, Any]]:
    """The answer to a question in SQL about a sweep's folder, one entry per line.

    Raises
    ------
    InputError
        If the folder is none of a sweep's, or DuckDB can't make sense of the question.
    """
    try:
        connection = connect(folder)
        questions = connection.extract_statements(sql)
        if len(questions) != 1:
            raise InputError(f"query: read {len(questions) or 'no'} questions, allowed one; {TABLES}")
        answer = connection.execute(questions[0])
        names = _apart([column[0] for column in answer.description or []])
        return [dict(zip(names, line, strict=True)) for line in answer.fetchall()]
    except duckdb.Error as error:
        raise InputError(f"query: {str(error).splitlines()[0]}; {TABLES}") from None


def _apart(names: list[str]) -> list[str]:
    """Names of columns; one that was there before gets a number."""
    found: list[str] = []
    for name in names:
        further = (f"{name}_{number}" for number in itertools.count(2))
        found.append(name if name not in found else next(n for n in further if n not in (*found, *names)))
    return found
