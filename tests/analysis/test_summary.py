"""What is reported of one policy."""

import math
import re

import numpy as np
import pytest

from sim.analysis.columns import column_table
from sim.analysis.summary import summarise
from sim.analysis.tables import BELOW_ZERO, below_zero, expected_in, run_table, what_is_left
from sim.outcome import CLASSES, COLUMNS
from sim.runs.totals import replicates
from tests.analysis import made


@pytest.fixture(scope="module")
def table():
    return replicates(made.rows())


@pytest.fixture(scope="module")
def found(table):
    return summarise(table)


def test_the_channels_add_up_to_the_expected_incidents(found):
    parts = [found["channels"][name] for name in CLASSES]
    total = found["rates"]["incidents_per_year"]["expected"]
    assert sum(part["per_year"]["estimate"] for part in parts) == pytest.approx(total)
    assert sum(part["share_of_incidents"] for part in parts) == pytest.approx(1.0)


def test_a_channel_s_interval_is_that_of_its_expected_count(table, found):
    yearly = (table["incidents_site"] - table["cv_site"]) / table["years"]
    half = 2.045 * yearly.std(ddof=1) / np.sqrt(len(yearly))  # t quantile, 29 degrees of freedom
    entry = found["channels"]["site"]["per_year"]
    assert entry["estimate"] == pytest.approx(yearly.mean())
    assert entry["high"] - entry["estimate"] == pytest.approx(half, rel=1e-3)


def test_the_closing_sentence_says_what_the_summary_says(found):
    sentence = what_is_left(found)
    channels = found["channels"]
    shares = [channels[name]["share_of_incidents"] for name in ("private", "outing", "site", "convoy")]
    flags = ("with_insider", "past_checkpoint", "with_deviation")
    shares += [channels[flag]["share_of_incidents"] for flag in flags]
    shares.append(found["funnel"]["shares"]["with_deviation_of_convoy_incidents"]["estimate"])
    shares.append(found["protocol"]["with_deviation_of_trips"])
    assert [int(x) for x in re.findall(r"(\d+) %", sentence)] == [round(100 * share) for share in shares]
    assert f"{found['rates']['incidents_per_year']['expected']:.2f} incidents a year" in sentence


def test_deviations_of_attacked_convoys_are_held_against_those_of_all_movements(table, found):
    hit, missed = table["incidents_with_deviation"].sum(), table["incidents_convoy"].sum()
    usual, kept = table["trips_with_deviation"].sum(), table["trips"].sum()
    missed, kept = missed - hit, kept - usual
    odds = found["funnel"]["odds_ratios"]["with_deviation_of_convoy_incidents_to_trips"]
    assert odds["estimate"] == pytest.approx((hit / missed) / (usual / kept))
    assert f"an odds ratio of {odds['estimate']:.1f} ({odds['low']:.1f} to {odds['high']:.1f})" in what_is_left(found)


def test_without_a_convoy_incident_the_closing_sentence_has_no_odds_ratio():
    none = dict.fromkeys(("incidents_convoy", "incidents_with_deviation"), np.zeros_like)
    assert "odds ratio" not in what_is_left(summarise(replicates(made.rows(**none))))


def test_no_incident_leaves_no_shares():
    insiders = ("with_insider", "begun_with", "inside", "inside_project")
    parts = (*CLASSES, *insiders, "with_deviation", "past_checkpoint", "en_route")
    none = dict.fromkeys(["incidents", "fatal", *(f"incidents_{name}" for name in parts)], np.zeros_like)
    none |= dict.fromkeys((f"cv_{name}" for name in CLASSES), np.zeros_like)
    found = summarise(replicates(made.rows(**none)))
    assert all(np.isnan(found["channels"][name]["share_of_incidents"]) for name in CLASSES)
    assert "no incident" in what_is_left(found)


def test_a_sentence_says_why_an_expected_rate_is_below_zero_and_only_then():
    calm = dict.fromkeys(("cv_deaths", "cv_deaths_project"), np.zeros_like)
    for shift, why in ((0.0, ""), (9.0, BELOW_ZERO)):
        found = summarise(replicates(made.rows(**calm, cv_outing=lambda x, shift=shift: x + shift)))
        assert below_zero(line["estimate"] for line in run_table(found)) == why
    assert below_zero([0.0, math.nan]) == ""


def test_of_further_columns_only_expected_counts_are_rates_that_may_be_below_zero(table):
    lines = column_table(table)
    expected = [name for name, column in COLUMNS.items() if column.how == "expected"]
    assert 0 < len(expected_in(lines)) == len([line for line in lines if line["figure"] in expected]) < len(lines)
    gaps = [{"column": name, "a": -1.0, "b": 2.0} for name in (expected[0], "grievance_days")]
    assert expected_in(gaps) == [-1.0, 2.0]


def test_an_expected_count_below_zero_is_no_share_in_the_sentence():
    nothing = {"incidents_outing": np.zeros_like, "cv_outing": lambda x: np.abs(x) / 100}
    assert "outings 0 %" in what_is_left(summarise(replicates(made.rows(**nothing))))


def test_unprotected_people_are_outings_and_private_nationals(table, found):
    share = (table["incidents_outing"].sum() + table["incidents_private"].sum()) / table["incidents"].sum()
    assert found["funnel"]["shares"]["unprotected_of_incidents"]["estimate"] == pytest.approx(share)


def test_insiders_parts_are_shares_of_incidents_plots_and_opportunities(table, found):
    total = {name: int(column.sum()) for name, column in table.items()}
    shares = {name: entry["estimate"] for name, entry in found["funnel"]["shares"].items()}
    assert shares["inside_of_incidents"] == pytest.approx(total["incidents_inside"] / total["incidents"])
    project = total["incidents_inside_project"] / total["project_incidents"]
    assert shares["inside_of_project_incidents"] == pytest.approx(project)
    met = total["opportunities"] + total["offers"]
    assert shares["declined_of_opportunities"] == pytest.approx(total["nothing_chosen"] / met)


def test_success_with_and_without_an_insider_is_of_plots_that_began_so():
    plots = {"plots_sited": lambda n: 9 * n + 90, "plots_with_insider": lambda n: n + 10}
    table = replicates(made.rows(**plots))
    total = {name: int(column.sum()) for name, column in table.items()}
    shares = {name: entry["estimate"] for name, entry in summarise(table)["funnel"]["shares"].items()}
    helped, sited = total["incidents_begun_with"], total["incidents_convoy"] + total["incidents_site"]
    assert shares["success_with_insider"] == pytest.approx(helped / total["plots_with_insider"])
    others = total["plots_sited"] - total["plots_with_insider"]
    assert shares["success_without_insider"] == pytest.approx((sited - helped) / others)


def test_more_incidents_than_plots_since_the_start_are_no_share_above_one():
    shares = summarise(replicates(made.rows(plots_with_insider=np.zeros_like)))["funnel"]["shares"]
    assert shares["success_with_insider"]["estimate"] == 1


def test_states_are_means_and_ledgers_stand_side_by_side(table, found):
    assert found["community"]["grievance_mean"] == pytest.approx(table["grievance_days"].sum() / table["days"].sum())
    assert found["investor_confidence"]["mean"] == pytest.approx(table["confidence_days"].sum() / table["days"].sum())
    ledgers = [f"{name}_spent_usd_per_year" for name in ("project", "state", "partner")]
    assert set(ledgers) <= set(found["costs"])
    assert not any("total" in name for name in found["costs"])


def test_every_figure_has_a_line_of_its_own(found):
    names = [line["figure"] for line in run_table(found)]
    assert len(names) == len(set(names))
    assert {"channels.private.per_year", "protocol.handovers_failed_per_year", "costs.stoppage_usd_per_year"} <= set(
        names
    )
