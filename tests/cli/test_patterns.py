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
