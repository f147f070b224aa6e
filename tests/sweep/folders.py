"""Folders of a small sweep: what it is, and how a folder comes to be one that this version did not make."""

import hashlib
import json

import pyarrow as pa
import pyarrow.parquet as pq

from sim.sweep.parts import hash_of, parquet, part_path, read_parquet

SMALL = """
name: small
scenario: baseline
set: {run.horizon: 2, run.warmup: 0.2, policy.adherence.hold: true}
replicates: 3
axes:
  adherence: {label: adherence, key: policy.adherence.level, values: [0.4, 1.0]}
"""
ROWS = 2 * 3 * 2  # points, replicates, years


def contents(folder):
    """What each of its files holds, by its path."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rewritten(folder, change):
    """Write each part anew with a change to its table, as if it had been written so."""
    for number, path in enumerate(sorted((folder / "rows").glob("part-*.parquet"))):
        table = change(read_parquet(path))
        path.unlink()
        pq.write_table(table, path)
        path.rename(part_path(path.parent, number, path.read_bytes()))


def with_column(table, name, values):
    return table.set_column(table.column_names.index(name), name, pa.array(values))


def with_design(folder, **changes):
    """Write the design table anew, each change a function of a column's entries."""
    path = folder / "design.parquet"
    table = read_parquet(path)
    for name, change in changes.items():
        table = with_column(table, name, [change(value) for value in table[name].to_pylist()])
    path.write_bytes(parquet(table))
    with_provenance(folder, design=hash_of(path.read_bytes()))


def with_provenance(folder, **facts):
    """Write versions.json anew with other facts, None for those that are not to be there."""
    path = folder / "versions.json"
    found = json.loads(path.read_text()) | facts
    path.write_text(json.dumps({name: fact for name, fact in found.items() if fact is not None}))


def in_first_format(folder, model=None, lacking=()):
    """Make a folder one of the store's first format: names of points and runs are others, no columns are recorded.

    It is one of another version of the model where that is given, and has not yet got the columns that are `lacking`.
    """

    def renamed(name):
        return hashlib.sha256(f"as it was: {name}".encode()).hexdigest()[:16]

    def change(table):
        for name in ("run_id", "point_id"):
            table = with_column(table, name, [renamed(value) for value in table[name].to_pylist()])
        return table.drop_columns([name for name in lacking if name in table.column_names])

    rewritten(folder, change)
    with_design(folder, point_id=renamed)
    (folder / "failures.parquet").write_bytes(parquet(change(read_parquet(folder / "failures.parquet"))))
    with_provenance(folder, format=1, columns=None, **({} if model is None else {"model": model}))
    return folder
