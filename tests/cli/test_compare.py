"""`sitesec compare`: paired differences, and what else differs."""

import json
import re

import pytest

from tests.cli.command import QUICK


def test_compare_prints_the_paired_difference_its_interval_and_what_pairing_saved(sitesec):
    found = json.loads(sitesec("compare", "lapsed-protocol", "full-protocol", *QUICK, "--reps", "8", "--json").stdout)
    entry = found["differences"]["incidents_per_year"]["expected"]
    assert {"a", "b", "difference", "low", "high", "correlation", "crn_factor", "replicates_saved"} == set(entry)
    assert entry["b"] - entry["a"] == pytest.approx(entry["difference"])
    assert entry["low"] <= entry["difference"] <= entry["high"]


def test_compare_prints_what_else_differs_and_how_many_columns_do_not(sitesec, tmp_path):
    result = sitesec("compare", "baseline", "triple-budget", *QUICK, "--reps", "8", "--out", tmp_path)
    assert "projects' security budget, USD" in result.stdout
    assert re.search(r"\d+ of \d+ further columns do not differ", result.stdout)
    columns = json.loads((tmp_path / "summary.json").read_text())["columns"]
    assert {line["column"] for line in columns["lines"]} >= {"project_budget", "project_spent"}
    assert columns["alike"] + len(columns["lines"]) == columns["compared"]
    assert (tmp_path / "columns.csv").read_text().startswith("group,column,A a year,B a year,difference,low,high\n")


def test_compare_opens_with_how_many_fewer_in_two_ranges_and_its_json_says_the_same(sitesec):
    result = sitesec("compare", "baseline", "full-protocol", *QUICK, "--reps", "8", "--json")
    found = json.loads(result.stdout)
    line, entry = found["answer"][0], found["differences"]["project_incidents_per_year"]["expected"]
    assert {name: line[name] for name in ("a", "b", "difference", "low", "high")} == {
        name: entry[name] for name in ("a", "b", "difference", "low", "high")
    }
    ends = (-line["high"], -line["low"], -line["assumed_high"], -line["assumed_low"])
    assert found["headline"].startswith(
        f"full-protocol has {-line['difference']:.2f} fewer project incidents a year than baseline "
        "({:.2f} to {:.2f} by simulation; {:.2f} to {:.2f} by assumptions): ".format(*ends)
    )


def test_what_pairing_has_saved_and_every_column_that_differs_are_shown_on_demand(sitesec):
    pair = ["compare", "baseline", "full-protocol", *QUICK, "--reps", "8"]
    few, all_of_them = sitesec(*pair).stdout, sitesec(*pair, "--all").stdout
    assert "correlation" not in few and "replicates saved" in all_of_them
    count = int(re.search(r"\d+ of (\d+), --all has the others", few)[1])
    names = [
        line["name"].removesuffix(" (expected)")
        for line in json.loads(sitesec(*pair, "--json").stdout)["columns"]["lines"]
    ]
    assert len(names) == count and [name for name in names if name not in all_of_them] == []


def test_a_scenario_does_not_differ_from_itself(sitesec):
    result = sitesec("compare", "baseline", "baseline", *QUICK)
    assert result.returncode == 0, result.stderr
    assert "What else differs" not in result.stdout
    assert result.stdout.startswith("baseline (B) has as many project incidents a year as baseline (A), ")
    assert re.search(r"(\d+) of \1 further columns do not differ", result.stdout)


def test_scenarios_of_one_name_are_told_apart_by_their_files(sitesec, tmp_path):
    for place, share in (("north", 1), ("south", 2)):
        (tmp_path / place).mkdir()
        (tmp_path / place / "plan.yaml").write_text(f"extends: baseline\npolicy: {{budget: {{share: {share}}}}}\n")
    north, south = tmp_path / "north/plan.yaml", tmp_path / "south/plan.yaml"
    found = json.loads(sitesec("compare", north, south, *QUICK, "--json").stdout)
    assert (found["a"], found["b"]) == (f"plan ({north})", f"plan ({south})")
    found = json.loads(sitesec("compare", "baseline", "baseline", *QUICK, "--json").stdout)
    assert (found["a"], found["b"]) == ("baseline (A)", "baseline (B)")
