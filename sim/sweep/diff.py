"""Whether two sweeps' folders hold the same rows, whichever versions made them: through DuckDB, whatever their size.

Names of points differ between versions, so rows are matched by what their point is, as the present schema reads it
from the design table, and compared in the columns that both folders have.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from sim.errors import InputError
from sim.scenario.content import whole_content
from sim.sweep.parts import hash_of, read_parquet
from sim.sweep.query import in_memory, view
from sim.sweep.result import scenario_of
from sim.sweep.store import UNREADABLE, Store
from sim.sweep.versions import DESIGN, named_columns, provenance

KEYS = ("point", "replicate", "year")
NAMES = ("run_id", "point_id")  # other in each version
SHOWN = 3  # differing rows that are named


@dataclass(frozen=True)
class Difference:
    """How two sweeps' rows differ.

    Attributes
    ----------
    rows : tuple of int
        Rows of each.
    only : tuple of int
        Rows that only the one has, or has with other values, in the columns that both have.
    failed : tuple of int
        Failed runs of each.
    examples : list of str
        Runs that differ, by point, replicate and year.
    columns : tuple of list of str
        Columns that only the one has.
    notes : list of str
        Sentences on points that could not be matched by what they are.
    """

    rows: tuple[int, int]
    only: tuple[int, int]
    failed: tuple[int, int]
    examples: list[str]
    columns: tuple[list[str], list[str]]
    notes: list[str]

    @property
    def alike(self) -> bool:
        """Whether every row of the one is a row of the other, to the last bit, in the columns that both have."""
        return self.only == (0, 0) and self.rows[0] == self.rows[1] and self.failed[0] == self.failed[1]

    @property
    def same(self) -> bool:
        """Whether the columns are the same too."""
        return self.alike and self.columns == ([], [])

    def sentences(self, a: str | Path, b: str | Path) -> list[str]:
        """All of it in words, with the folders' names."""
        if self.alike:
            what = "the same" if self.same else "the columns that both have are equal"
            lines = [f"{what}: {self.rows[0]:,} rows, {self.failed[0]:,} failed runs"]
        else:
            lines = [
                f"{folder}: {rows:,} rows, {only:,} of them not so in the other, {failed:,} failed runs"
                for folder, rows, only, failed in zip((a, b), self.rows, self.only, self.failed, strict=True)
            ]
        for folder, names in zip((a, b), self.columns, strict=True):
            lines += [f"{folder}: has {named_columns(names)}, which the other lacks"] if names else []
        return [*lines, *(f"differs: {example}" for example in self.examples), *self.notes]


def diff(a: str | Path, b: str | Path) -> Difference:
    """Compare the rows of two sweeps, whatever the order in which they were written, and whichever versions wrote them.

    Raises
    ------
    InputError
        If one of the folders is none of a sweep's, or damaged.
    """
    try:
        connection = in_memory()
        return _compared(connection, _Side(connection, "a", Path(a)), _Side(connection, "b", Path(b)))
    except duckdb.Error as error:
        raise InputError(f"diff: {str(error).splitlines()[0]}") from None


class _Side:
    """One of the two folders: tables `rows_NAME` and `failures_NAME` of the connection.

    Attributes
    ----------
    points : dict
        What each point is, by its stored name.
    note : str
        A sentence where that is not known of all.
    columns : list of str
        Of its rows.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, name: str, folder: Path) -> None:
        store = _readable(folder)
        self.name = name
        self.points, self.note = _points(folder / DESIGN)
        view(connection, f"rows_{name}", [part.path for part in store.parts])
        view(connection, f"failures_{name}", [folder / "failures.parquet"])
        lines = connection.execute(f"describe rows_{name}").fetchall()
        self.columns = [line[0] for line in lines if line[0] not in NAMES]

    def select(self, columns: list[str]) -> str:
        """A query for its rows: what their point is, by the table `points`, and some columns."""
        what = ["coalesce(point, point_id) as point", *(f'"{column}"' for column in columns)]
        return f"select {', '.join(what)} from rows_{self.name} left join points using (point_id)"


def _readable(folder: Path) -> Store:
    """A folder of any version that can be read at all."""
    found = provenance(folder)
    if not found:
        raise InputError(f"{folder}: no sweep is stored there, allowed a folder that `sitesec sweep` made")
    if found["format"] == 0:  # its parts are named otherwise
        raise InputError(f"{folder}: read store format 0, allowed 1 or later")
    return Store(folder)


def _points(design: Path) -> tuple[dict[str, str], str]:
    """What each point of a design table is, by its stored name, and a sentence where that can't be read of all.

    The root seed is no part of it: each row has the seed of its replicate.
    """
    try:
        table = read_parquet(design, ("point_id", "scenario_json", "warmup_json", "world_json")).to_pylist()
    except UNREADABLE:
        return {}, f"{design}: can't be read, so points are matched by their stored names"
    found, errors = {}, []
    for row in table:
        try:
            found[row["point_id"]] = hash_of(repr(whole_content(scenario_of(row, str(design)))).encode())
        except InputError as error:
            errors.append(str(error))
    unread = f"{len(errors)} of {len(table)} points have scenarios that this version can't read"
    return found, f"{errors[0]}: {unread}, and are matched by their stored names" if errors else ""


def _compared(connection: duckdb.DuckDBPyConnection, a: _Side, b: _Side) -> Difference:
    """The difference between two sides."""
    both, points = [name for name in a.columns if name in b.columns], b.points | a.points
    connection.register("points", pa.table({"point_id": [*points], "point": [*points.values()]}))
    for one, other in ((a, b), (b, a)):
        rows = f"{one.select(both)} except all {other.select(both)}"
        connection.execute(f"create table only_{one.name} as select {', '.join(KEYS)} from ({rows})")
    found = connection.execute(f"from only_a union from only_b order by all limit {SHOWN}").fetchall()
    names = {what: name for name, what in [*b.points.items(), *a.points.items()]}
    return Difference(
        (_count(connection, "rows_a"), _count(connection, "rows_b")),
        (_count(connection, "only_a"), _count(connection, "only_b")),
        (_count(connection, "failures_a"), _count(connection, "failures_b")),
        [f"point {names.get(what, what)}, replicate {replicate}, year {year}" for what, replicate, year in found],
        ([name for name in a.columns if name not in both], [name for name in b.columns if name not in both]),
        [side.note for side in (a, b) if side.note],
    )


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(connection.execute(f"select count(*) from {table}").fetchall()[0][0])
