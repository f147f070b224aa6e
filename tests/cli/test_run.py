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


def test_run_closes_with_the_floor_that_is_left_and_its_channels(sitesec):
    words = " ".join(sitesec("run", "baseline", *QUICK, "--reps", "8").stdout.split())
    shape = (
        r"What is left: [\d.]+ incidents a year, of these private nationals .*, convoys .*; an insider served .* %\."
        r"( Of convoy incidents .* \([\d.]+ to [\d.]+\)\.)?( An expected rate is below 0 here: .*)?"
    )
    assert re.fullmatch(shape, words[words.index("What is left") :])


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
    table = printed[printed.index("Every column of the outcome") : printed.index("What is left")]
    assert max(map(len, table.splitlines())) <= width
