"""`sitesec patterns`: the table of patterns, its notes, its files."""

import json

from tests.cli.command import refused

NUMBERS = ["1a", "1b", "2", "3", "4", "5", "6", "7", "8a", "8b", "9", "10", "11", "12", "13"]


def test_the_command_refuses_another_horizon_in_one_sentence_before_anything_is_run(sitesec):
    result = sitesec("patterns", "baseline", "--set", "run.horizon=1")
    assert refused(result) == "error: run.horizon: read 1 years, allowed only 8, the length of the public record"
    assert result.stderr.splitlines()[:-1] == ["loading the engine"]


def test_the_command_prints_the_table_and_writes_all_figures(sitesec, tmp_path):
    result = sitesec("patterns", "baseline", "--reps", 2, "--set", "run.warmup=0.2", "--out", tmp_path)
    assert result.returncode == 0, result.stderr
    said = " ".join(result.stdout.split())
    assert "guard dispute of 2024-11 has no mechanism" in said and "so these have no power" in said
    found = json.loads((tmp_path / "summary.json").read_text())
    assert [entry["number"] for entry in found["patterns"]] == NUMBERS
    assert set(found["null_models"]["constant_rate"]) == {"1a", "1b", "4", "5", "6"}
    assert (tmp_path / "table.csv").read_text().startswith("no,pattern,figure,band")


def test_the_mean_field_stands_below_with_what_needs_no_grid(sitesec, tmp_path):
    result = sitesec("patterns", "baseline", "--reps", 2, "--set", "run.warmup=0.2", "--out", tmp_path)
    null = json.loads((tmp_path / "summary.json").read_text())["mean_field"]
    assert [row["incidents_a_year"] for row in null["table"]][-2:] == ["all project incidents", "all incidents"]
    assert " ".join(null["note"].split()) in " ".join(result.stdout.split())
    assert (tmp_path / "mean_field.csv").read_text().startswith("incidents_a_year,simulation,simulation_low")


SHORT = ["--reps", "4", "--set", "run.horizon=1", "--set", "run.warmup=0.2"]
INCIDENTS = "month,class,target,deaths\n2023-04,convoy,Alpha,2\n2024-01,site,,0\n2025-06,private,,1\n"


def test_a_project_s_own_record_takes_the_public_one_s_place_at_any_horizon(sitesec, tmp_path):
    (tmp_path / "incidents.csv").write_text(INCIDENTS)
    own = ["--record", tmp_path / "incidents.csv", "--since", "2023-01", "--until", "2025-12"]
    result = sitesec("patterns", "baseline", *own, *SHORT, "--out", tmp_path / "out")
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("baseline, with 12 sites and 3,060 foreign staff, has ")
    found = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert [line["key"] for line in found["figures"]] == ["project", "convoy", "site", "outing", "en_route", "fatal"]
    assert found["record"]["incidents"] == 2 and found["replicates"] == 4
    assert all(0 <= line["chance"] <= 1 for line in found["figures"][:4])
    assert (tmp_path / "out" / "table.csv").read_text().startswith("figure,record,record_low,record_high,scenario,")
    assert "Alpha" not in result.stdout + (tmp_path / "out" / "summary.json").read_text()


def test_a_count_far_beyond_the_scenario_is_said_to_be(sitesec):
    result = sitesec("patterns", "baseline", "--incidents", 400, "--years", 2, *SHORT, "--json")
    (line,) = json.loads(result.stdout)["figures"]
    assert line["verdict"] == "too few" and line["chance"] < 0.001


def test_an_own_record_that_can_not_be_is_refused_before_anything_is_run(sitesec, tmp_path):
    result = sitesec("patterns", "baseline", "--record", tmp_path / "nowhere.csv", *SHORT)
    assert "nowhere.csv: can't be read" in refused(result) and "loading" not in result.stderr
    assert "--incidents and --years" in refused(sitesec("patterns", "baseline", "--years", 2))


def test_a_held_record_fits_into_eighty_columns_with_no_number_folded(in_a_terminal, tmp_path):
    (tmp_path / "incidents.csv").write_text(INCIDENTS)
    printed = in_a_terminal(80, "patterns", "baseline", "--record", tmp_path / "incidents.csv", *SHORT).splitlines()
    assert max(map(len, printed)) <= 80
    assert [line for line in printed if "0.67 [0.08, 2.41]" in line]
    assert [line for line in printed if "0.50 [0.01, 0.99]" in line]
