"""`sitesec query`: questions in SQL to a sweep's folder."""

import json

import pytest

from sim.about import BANNER
from sim.sweep.query import TABLES
from tests.cli.command import refused


def test_a_question_in_sql_gets_its_answer(sitesec, swept, tmp_path):
    sql = "select adherence, count(*) as n from rows join design using (point_id) group by all order by all"
    result = sitesec("query", swept[1], sql, "--json", "--out", tmp_path)
    assert json.loads(result.stdout)["rows"] == [{"adherence": 0.4, "n": 4}, {"adherence": 1.0, "n": 4}]
    assert (tmp_path / "table.csv").read_text() == "adherence,n\n0.4,4\n1.0,4\n"
    assert TABLES in refused(sitesec("query", swept[1], "selec"))


def test_an_answer_without_rows_is_printed_in_words_and_written(sitesec, swept, tmp_path):
    result = sitesec("query", swept[1], "select * from failures", "--out", tmp_path)
    assert result.stdout == "no rows\n"
    assert json.loads((tmp_path / "summary.json").read_text()) == {"rows": [], "banner": BANNER}
    assert [path.name for path in tmp_path.iterdir()] == ["summary.json"]


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_whatever_type_a_question_leads_to_can_be_printed_and_written(sitesec, swept, tmp_path, form):
    sql = (
        "select incidents * 1.5 as d, date '2020-01-02' as day, interval 3 days as span, '\\xAA'::blob as bytes,"
        " [1, 2] as list, {'a': 1.5} as struct, map {1: 2} as map, 'nan'::double as nothing from rows limit 1"
    )
    result = sitesec("query", swept[1], sql, "--out", tmp_path, *form)
    assert result.returncode == 0, result.stderr
    (row,) = json.loads((tmp_path / "summary.json").read_text())["rows"]
    assert isinstance(row.pop("d"), int | float)
    rest = {"bytes": "aa", "list": [1, 2], "struct": {"a": 1.5}, "map": {"1": 2}, "nothing": None}
    assert row == {"day": "2020-01-02", "span": "3 days, 0:00:00", **rest}


def test_all_columns_of_a_row_can_be_read_in_a_narrow_terminal_and_in_a_pipe(sitesec, in_a_terminal, swept):
    question = ["query", swept[1], "select * from rows limit 2"]
    for printed in (sitesec(*question).stdout, in_a_terminal(80, *question)):
        lines = printed.splitlines()
        assert sum(line.startswith("incidents private: ") for line in lines) == 2 and max(map(len, lines)) <= 200
