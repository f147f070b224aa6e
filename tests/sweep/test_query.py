"""Questions to a sweep's folder in SQL."""

import pytest

from sim.errors import InputError
from sim.outcome import COLUMNS, OUTCOME
from sim.runs import collect
from sim.sweep.query import TABLES, query
from sim.sweep.sweep import run_sweep
from tests.sweep.folders import ROWS


def failing(chunk):
    raise ZeroDivisionError("at once")


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


def test_a_table_says_what_each_column_of_an_outcome_row_is(made):
    found = query(made, "select * from columns")
    names = {line["column_name"] for line in query(made, "describe rows")}
    assert {line["name"] for line in found} == names - {"run_id", "point_id"}
    for line in found:
        column = COLUMNS[line["name"]]
        assert line == {
            "name": column.name,
            "label": column.label or None,
            "unit": column.unit,
            "group": column.group,
            "meaning": column.meaning,
        }


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


@pytest.mark.parametrize(
    "sql, part",
    [
        ("select nothing from rows", "nothing"),
        ("selct * from rows", "selct"),
        ("select * from row", "row"),
        ("select 1 / 'x' from rows", "x"),
        ("", "no questions, allowed one"),
        ("select 1; select 2", "2 questions, allowed one"),
    ],
)
def test_sql_that_makes_no_sense_is_refused_in_one_sentence_with_the_tables(made, sql, part):
    with pytest.raises(InputError) as error:
        query(made, sql)
    sentence = str(error.value)
    assert part in sentence and TABLES in sentence
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
        with pytest.raises(InputError, match="no sweep is stored there"):
            query(folder, "select 1")


def test_a_damaged_part_is_told_and_never_read(out):
    (path,) = (out / "rows").glob("part-*.parquet")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(data)
    with pytest.raises(InputError, match=f"{path.name}: damaged; the sweep's own command"):
        query(out, "select count(*) from rows")


def test_two_columns_of_one_name_are_both_there(made):
    asked = "select a.number, b.number, a.number as number_2 from design a join design b on a.number = b.number limit 1"
    assert query(made, asked) == [{"number": 0, "number_3": 0, "number_2": 0}]
