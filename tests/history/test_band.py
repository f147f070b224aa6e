"""Bands of the assumptions: the shipped table is the long sweep's, and stands for what was run or for nothing."""

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
