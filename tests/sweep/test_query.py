"""Questions to a sweep's folder in SQL, and whether two folders hold the same."""

import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim.errors import InputError
from sim.outcome import OUTCOME
from sim.runs import collect
from sim.sweep import store
from sim.sweep.parts import part_path, read_parquet
from sim.sweep.query import diff, query
from sim.sweep.sweep import run_sweep

SMALL = """
name: small
scenario: baseline
set: {run.horizon: 2, run.warmup: 0.2, policy.adherence.hold: true}
replicates: 3
axes:
  adherence: {label: adherence, key: policy.adherence.level, values: [0.4, 1.0]}
"""
ROWS = 2 * 3 * 2  # points, replicates, years


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("file") / "small.yaml"
    path.write_text(SMALL)
    return path


@pytest.fixture(scope="module")
def made(file, tmp_path_factory):
    """A small sweep in one part; only to be read."""
    folder = tmp_path_factory.mktemp("made") / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "SECONDS_A_PART", 1e9)  # however slow the machine
        run_sweep(file, folder, threads=1)
    return folder


@pytest.fixture
def out(made, tmp_path):
    """A copy of it."""
    return Path(shutil.copytree(made, tmp_path / "out"))


def failing(chunk):
    raise ZeroDivisionError("at once")


def rewritten(folder, change):
    """Write a folder's only part anew with a change to its table."""
    (path,) = (folder / "rows").glob("part-*.parquet")
    table = change(read_parquet(path))
    path.unlink()
    pq.write_table(table, path)
    path.rename(part_path(path.parent, 0, path.read_bytes()))  # as if it had been written so


def with_column(table, name, values):
    return table.set_column(table.column_names.index(name), name, pa.array(values))


# Questions.


def test_rows_design_and_failures_are_tables(made):
    assert query(made, "select count(*) as n, count(distinct run_id) as runs from rows") == [{"n": ROWS, "runs": 6}]
    assert query(made, "select number, adherence from design order by number") == [
        {"number": 0, "adherence": 0.4},
        {"number": 1, "adherence": 1.0},
    ]
    assert query(made, "select * from failures") == []


def test_rows_are_joined_with_their_levels_by_the_point(file, made):
    asked = "select adherence, sum(incidents_convoy) as n from rows join design using (point_id) group by 1 order by 1"
    rows = run_sweep(file, made, threads=1).rows
    wanted = [int(rows["incidents_convoy"][rows["point"] == number].sum()) for number in (0, 1)]
    assert [line["n"] for line in query(made, asked)] == wanted


def test_every_column_of_an_outcome_row_can_be_asked_for(made):
    names = {line["column_name"] for line in query(made, "describe rows")}
    assert names == {"run_id", "point_id", *OUTCOME.names} - {"point"}


def test_failed_runs_can_be_asked_for(file, tmp_path, monkeypatch):
    monkeypatch.setattr(collect, "run_chunk", failing)
    run_sweep(file, tmp_path / "failed", threads=1)
    asked = "select adherence, type, count(*) as n from failures join design using (point_id) group by all order by 1"
    assert query(tmp_path / "failed", asked) == [
        {"adherence": level, "type": "ZeroDivisionError", "n": 3} for level in (0.4, 1.0)
    ]


def test_a_folder_without_rows_has_the_same_tables(file, made, tmp_path, monkeypatch):
    monkeypatch.setattr(collect, "run_chunk", failing)
    folder = tmp_path / "empty"
    run_sweep(file, folder, threads=1)
    assert query(folder, "select * from rows") == []
    assert query(folder, "select count(*) as n from rows join design using (point_id)") == [{"n": 0}]
    names = "select column_name from (describe rows) order by 1"
    assert query(folder, names) == query(made, names)
    assert diff(folder, folder).same


@pytest.mark.parametrize(
    "sql, part",
    [
        ("select nothing from rows", "nothing"),
        ("selct * from rows", "selct"),
        ("select * from row", "row"),
        ("select 1 / 'x' from rows", "x"),
        ("", "query"),
    ],
)
def test_sql_that_makes_no_sense_is_refused_in_one_sentence_with_the_tables(made, sql, part):
    with pytest.raises(InputError) as error:
        query(made, sql)
    sentence = str(error.value)
    assert part in sentence and "the tables are rows, design and failures" in sentence
    assert "\n" not in sentence


def test_nothing_is_fetched(made):
    with pytest.raises(InputError, match=r"httpfs|https"):
        query(made, "select * from 'https://127.0.0.1:9/table.parquet'")


def test_a_question_changes_nothing_in_the_folder(out):
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    query(out, "select * from rows")
    for sql in ("delete from rows", "insert into failures select * from failures", "update design set number = 7"):
        with pytest.raises(InputError):
            query(out, sql)
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


def test_a_folder_that_is_no_sweep_s_is_refused(tmp_path):
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(InputError, match="read no store of a sweep"):
            query(folder, "select 1")
        with pytest.raises(InputError, match="read no store of a sweep"):
            diff(folder, folder)


def test_a_damaged_part_is_told_and_never_read(made, out):
    (path,) = (out / "rows").glob("part-*.parquet")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(data)
    for asked in (lambda: query(out, "select count(*) from rows"), lambda: diff(made, out)):
        with pytest.raises(InputError, match=f"{path.name}: damaged; the sweep's own command"):
            asked()


# Differences.


def test_folders_are_the_same_whatever_the_parts_and_their_order(file, made, tmp_path, monkeypatch):
    monkeypatch.setattr(store, "ROWS_A_PART", 1)
    folder = tmp_path / "other"
    run_sweep(file, folder, replicates=1, threads=1)
    file_of_one = tmp_path / "one.yaml"
    file_of_one.write_text(SMALL.replace("[0.4, 1.0]", "[1.0]"))
    run_sweep(file_of_one, folder, threads=1)
    run_sweep(file, folder, threads=2)
    assert len(list((folder / "rows").glob("part-*.parquet"))) > 2
    found = diff(folder, made)
    assert found.same
    assert (found.rows, found.only, found.failed, found.examples) == ((ROWS, ROWS), (0, 0), (0, 0), [])


@pytest.mark.parametrize("name", ["incidents_convoy", "mean_deaths_foreign", "seed"])
def test_one_changed_value_in_one_row_is_found(made, out, name):
    def changed(table):
        values = table[name].to_numpy().copy()
        values[5] = np.nextafter(values[5], np.inf) if values.dtype == float else values[5] + 1
        return with_column(table, name, values)

    (path,) = (out / "rows").glob("part-*.parquet")
    row = read_parquet(path).slice(5, 1).to_pylist()[0]
    rewritten(out, changed)
    found = diff(out, made)
    assert not found.same
    assert (found.rows, found.only) == ((ROWS, ROWS), (1, 1))
    assert found.examples == [f"point {row['point_id']}, replicate {row['replicate']}, year {row['year']}"]


def test_missing_rows_are_found_on_either_side(made, out):
    rewritten(out, lambda table: table.slice(4))
    assert diff(out, made).only == (0, 4)
    assert diff(made, out).only == (4, 0)
    assert not diff(out, made).same
    assert len(diff(out, made).examples) == 3


def test_a_row_that_is_there_twice_is_a_difference(made, out):
    rewritten(out, lambda table: pa.concat_tables([table, table.slice(3, 1)]))
    found = diff(out, made)
    assert not found.same
    assert (found.rows, found.only) == ((ROWS + 1, ROWS), (1, 0))


def test_what_is_not_a_number_is_the_same_as_itself(made, out, tmp_path):
    def without(table):
        return with_column(table, "mean_deaths_foreign", np.full(ROWS, np.nan))

    rewritten(out, without)
    other = Path(shutil.copytree(out, tmp_path / "other"))
    assert diff(out, other).same
    assert diff(out, made).only == (ROWS, ROWS)


def test_another_seed_is_another_sweep(file, made, tmp_path):
    run_sweep(file, tmp_path / "other", seed=2, threads=1)
    found = diff(tmp_path / "other", made)
    assert found.only == (ROWS, ROWS)
    assert not found.same


def test_failures_of_other_runs_are_a_difference(file, tmp_path, monkeypatch):
    folders, real = [tmp_path / "a", tmp_path / "b"], collect.run_chunk
    for number, folder in enumerate(folders):

        def one_fails(chunk, number=number):
            if any(job.replicate == number for job in chunk.jobs):
                raise ZeroDivisionError("at once")
            return real(chunk)

        with monkeypatch.context() as patch:
            patch.setattr(collect, "run_chunk", one_fails)
            run_sweep(file, folder, threads=1)
    found = diff(*folders)
    assert found.failed == (2, 2)
    assert not found.same
