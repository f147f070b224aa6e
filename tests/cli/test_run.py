"""`sitesec run`: rates, funnel, deaths, costs, and what is left."""

import json
import re

import numpy as np
import pytest

from sim.analysis.tables import BELOW_ZERO
from sim.cli.batch import Batch
from tests.analysis import made
from tests.cli.command import QUICK


def test_run_prints_rates_funnel_deaths_and_costs_as_json(sitesec):
    result = sitesec("run", "baseline", *QUICK, "--seed", 7, "--json")
    assert result.returncode == 0, result.stderr
    found = json.loads(result.stdout)
    for name in ("incidents_per_year", "project_incidents_per_year"):
        assert set(found["rates"][name]) == {"estimate", "low", "high", "expected", "expected_low", "expected_high"}
    assert {"funnel", "deaths", "costs", "protocol", "people"} <= set(found)
    assert "no forecast" in found["banner"]


def test_run_opens_with_its_rates_two_ranges_each_and_the_channels(sitesec):
    headline = sitesec("run", "baseline", *QUICK, "--reps", "8").stdout.partition("\n\n")[0]
    both = r"\(-?[\d.]+ to [\d.]+ by simulation; [\d.]+ to [\d.]+ by assumptions\)"
    shape = (
        rf"baseline has [\d.]+ incidents a year {both}, [\d.]+ of them project incidents {both}, and [\d.]+ foreign "
        rf"nationals killed a year {both}\. They come from: private nationals .*, convoys .*; an insider served .* %\."
        r"( Of convoy incidents .* \([\d.]+ to [\d.]+\)\.)?"
    )
    assert re.fullmatch(shape, " ".join(headline.split()))


def test_a_scenario_that_is_not_shipped_is_told_how_far_assumptions_may_reach_and_no_band_of_another(sitesec):
    changed = sitesec("run", "baseline", *QUICK, "--set", "policy.adherence.level=0.9")
    assert "by assumptions" not in changed.stdout and "far more open than the simulation" in changed.stdout
    found = json.loads(sitesec("run", "baseline", *QUICK, "--set", "policy.adherence.level=0.9", "--json").stdout)
    assert all(line["assumed_low"] is None for line in found["answer"])


def test_why_another_command_may_have_another_figure_stands_beside_it(sitesec):
    said = " ".join(sitesec("run", "baseline", *QUICK, "--set", "run.start=steady").stdout.split())
    assert "the mean over 1 year after a warm-up of 0.2 years, from a steady stock of insiders" in said
    assert "what was run here is otherwise" in said  # the band is of eight years


def test_a_calibration_beside_a_scenario_takes_the_shipped_band_s_place(sitesec, tmp_path, monkeypatch):
    asked = ["calibrate", "baseline", "--incidents", "2", "--years", "1", "--draws", "24", "--reps", "2"]
    monkeypatch.chdir(tmp_path)
    assert sitesec(*asked).returncode == 0
    found = json.loads(sitesec("run", "baseline", *QUICK, "--json").stdout)
    kept = json.loads((tmp_path / "kept" / "summary.json").read_text())
    line = next(line for line in found["answer"] if line["figure"] == "project incidents")
    assert [line[f"assumed_{end}"] for end in ("low", "middle", "high")] == pytest.approx(
        [kept["rates"][-1][end] for end in ("5 %", "middle", "95 %")]
    )
    assert f"{kept['kept']} draws kept in kept" in found["two_ranges"]


@pytest.mark.parametrize("command, points", [("run", 1), ("compare", 2)])
@pytest.mark.parametrize("shift, explained", [(0.0, False), (100.0, True)])
def test_an_expected_rate_below_zero_is_explained(sitesec, monkeypatch, command, points, shift, explained):
    calm = dict.fromkeys(("cv_site", "cv_outing", "cv_private", "cv_deaths", "cv_deaths_project"), np.zeros_like)
    rows = np.concatenate([made.rows(**calm, cv_convoy=lambda x: x + shift) for _ in range(points)])
    rows["point"] = np.repeat(np.arange(points), len(rows) // points)
    monkeypatch.setattr(Batch, "rows", lambda self, scenarios, first=0: rows)
    shown = " ".join(sitesec(command, *["baseline"] * points, "--quiet").stdout.split())
    assert (BELOW_ZERO in shown) == explained


def test_run_shows_every_column_of_the_outcome_on_demand(sitesec, tmp_path):
    result = sitesec("run", "baseline", *QUICK, "--all", "--out", tmp_path)
    assert result.returncode == 0, result.stderr
    said = result.stdout[result.stdout.index("Every column of the outcome") :]
    columns = json.loads((tmp_path / "summary.json").read_text())["columns"]
    assert {"adherence_days", "foiled_watch", "incidents", "project_spent"} <= {line["figure"] for line in columns}
    assert [line["label"] for line in columns if f"  {line['label']}  " not in said] == []
    assert (tmp_path / "columns.csv").read_text().startswith("group,figure,label,unit,estimate,low,high,interval\n")
    assert json.loads(sitesec("run", "baseline", *QUICK, "--all", "--json").stdout)["columns"] == columns
    assert "columns" not in json.loads(sitesec("run", "baseline", *QUICK, "--json").stdout)


@pytest.mark.parametrize("width", [80, 120])
def test_every_column_fits_into_a_terminal(in_a_terminal, width):
    printed = in_a_terminal(width, "run", "baseline", *QUICK, "--all")
    assert "Every column of the outcome" in printed
    assert max(map(len, printed.splitlines())) <= width
