"""`sitesec query`: questions in SQL to a sweep's folder."""

import json

from sim.about import BANNER
from tests.cli.command import refused


def test_a_question_in_sql_gets_its_answer(sitesec, swept, tmp_path):
    sql = "select adherence, count(*) as n from rows join design using (point_id) group by all order by all"
    result = sitesec("query", swept[1], sql, "--json", "--out", tmp_path)
    assert json.loads(result.stdout)["rows"] == [{"adherence": 0.4, "n": 4}, {"adherence": 1.0, "n": 4}]
    assert (tmp_path / "table.csv").read_text() == "adherence,n\n0.4,4\n1.0,4\n"
    assert "the tables are rows, design, failures and columns" in refused(sitesec("query", swept[1], "selec"))


def test_an_answer_without_rows_is_printed_in_words_and_written(sitesec, swept, tmp_path):
    result = sitesec("query", swept[1], "select * from failures", "--out", tmp_path)
    assert result.stdout == "no rows\n"
    assert json.loads((tmp_path / "summary.json").read_text()) == {"rows": [], "banner": BANNER}
    assert [path.name for path in tmp_path.iterdir()] == ["summary.json"]
