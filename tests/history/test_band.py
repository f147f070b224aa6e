"""Bands of the assumptions: the shipped table is the long sweep's, and stands for what was run or for nothing."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from experiments.summaries import SUMMARIES, band_text
from sim import load_scenario
from sim.history.band import (
    DRAWS,
    FILE,
    about_bands,
    about_difference,
    band_between,
    band_of,
    is_shipped,
    kept_band,
    nearly_shipped,
    with_bands,
)
from sim.scenario.load import shipped
from sim.sweep.file import load_sweep

SWEPT = load_sweep(SUMMARIES.parent / "00-band.yaml").axes["policy"].scenarios


@pytest.fixture(scope="module")
def stored():
    """The long sweep's table."""
    return pd.read_parquet(SUMMARIES / "band.parquet")


def test_the_shipped_table_is_what_the_long_sweep_says(stored):
    assert FILE.read_text(encoding="utf-8") == band_text(stored)
    assert stored["draw"].nunique() == DRAWS


def test_a_band_holds_nine_tenths_of_the_draws(stored):
    band = band_of(load_scenario("baseline"))["project_incidents"]
    rates = stored.loc[stored["policy"] == "baseline", "project_incidents"]
    assert np.mean((rates >= band.low) & (rates <= band.high)) == pytest.approx(0.9, abs=2 / DRAWS)


def test_every_shipped_scenario_has_a_band_of_the_long_sweep():
    assert sorted(SWEPT) == shipped()
    assert all(is_shipped(load_scenario(name)) and band_of(load_scenario(name)) for name in SWEPT)


@pytest.mark.parametrize("change", [{"policy.adherence.level": 0.9}, {"threat.nest": 0.7}, {"name": "other"}])
def test_a_scenario_that_is_changed_has_no_band(change):
    assert band_of(load_scenario("baseline", change)) == {}


def test_a_band_says_that_it_is_of_other_years_than_what_was_run():
    short = load_scenario("baseline", {"run.horizon": 3})
    bands = band_of(short)
    assert bands and "what was run here is otherwise" in about_bands(bands, short.run)
    assert "otherwise" not in about_bands(bands, load_scenario("baseline").run)


def test_the_difference_of_a_pair_turned_round_is_turned_round():
    pair = load_scenario("baseline"), load_scenario("full-protocol")
    there, back = band_between(*pair)["incidents"], band_between(*reversed(pair))["incidents"]
    assert (back.low, back.estimate, back.high) == (-there.high, -there.estimate, -there.low)
    assert there.low < there.estimate < there.high < 0


def test_two_policies_of_which_none_is_today_s_have_no_band_but_an_example():
    pair = load_scenario("half-budget"), load_scenario("full-protocol")
    assert band_between(*pair) == {}
    assert "`sitesec compare half-budget full-protocol --draws kept`" in about_difference(
        {}, "half-budget", "full-protocol"
    )


def test_without_a_calibration_beside_it_a_scenario_has_no_kept_band(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert kept_band("baseline") == {}


HELD = {"policy.adherence.hold": True}


@pytest.mark.parametrize(
    "change, name",
    [
        ({}, "baseline"),
        ({"run.horizon": 3, "run.start": "steady"} | HELD, "baseline"),
        ({"policy.screening.sensitivity": 0.0, "policy.screening.specificity": 1.0} | HELD, None),  # still re-checked
        (
            {f"policy.screening.{k}": v for k, v in (("sensitivity", 0), ("specificity", 1), ("recheck_interval", 0))},
            "no-screening",  # however long hiring takes
        ),
        ({"policy.screening.delay": 3}, None),
        ({"policy.adherence.level": 0.61}, None),
        ({"threat.nest": 0.7}, None),
    ],
)
def test_a_sweep_s_point_is_nearly_a_shipped_scenario_or_none(change, name):
    assert nearly_shipped(load_scenario("baseline", change)) == name


def test_a_sweep_s_table_has_the_band_of_rates_and_of_differences_to_today_and_no_other():
    points = [
        SimpleNamespace(draw=None, scenario=load_scenario("baseline", {"policy.adherence.level": level} | HELD))
        for level in (0.6, 1.0, 0.7)
    ]
    result = SimpleNamespace(points=points, tally=SimpleNamespace(references=[0, 0, 0]))
    today, full, other = with_bands(result, [{"point": n} for n in range(3)])
    band = band_of(load_scenario("baseline"))["project_incidents"]
    assert (today["project_incidents_per_year_least"], today["project_incidents_per_year_most"]) == (
        band.low,
        band.high,
    )
    gap = band_between(load_scenario("baseline"), load_scenario("full-protocol"))["project_incidents"]
    assert full["project_incidents_per_year_difference_most"] == gap.high
    assert other == {"point": 2} and "project_incidents_per_year_difference_most" not in today
    result.tally.references = [1, 1, 1]
    assert not any("difference" in key for row in with_bands(result, [{}] * 3) for key in row)
