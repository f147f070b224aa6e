"""The tables of a sweep's report say what the summaries and the paired differences of its points say."""

import dataclasses
import math

import numpy as np
import pytest

from sim import rates
from sim.analysis import sweep_report
from sim.analysis.columns import column_table, in_group
from sim.analysis.compare import paired
from sim.analysis.policies import policy
from sim.analysis.summary import summarise
from sim.analysis.sweep_report import DEATHS, over_draws, report_tables, shortcomings
from sim.errors import InputError
from sim.runs.totals import METRICS, of_point, replicates
from sim.scenario.schema import fields
from sim.sweep.result import read_sweep
from sim.sweep.sweep import run_sweep

GRID = """
name: small
scenario: baseline
set: {run.horizon: 1, run.warmup: 0.2, policy.adherence.hold: true}
replicates: 6
axes:
  adherence: {label: adherence, key: policy.adherence.level, values: [0.4, 1.0]}
  policy: {label: policy, scenarios: [half-budget, full-protocol]}
grids: [[adherence], [policy]]
"""
DRAWN = """
name: drawn
scenario: baseline
set: {run.horizon: 1, run.warmup: 0.2}
replicates: 5
sample: {method: sobol, size: 4, priors: [insider]}
axes: {policy: {label: policy, scenarios: [baseline, full-protocol]}}
reference: {policy: baseline}
"""
VAGUE = """
name: vague
scenario: baseline
set: {run.horizon: 1, run.warmup: 0.2}
precision: {relative: 1%, minimum: 20, maximum: 20}
axes: {budget: {label: budget, key: policy.budget.share, values: [1.0, 2.0]}}
"""


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """A sweep, run and read back from its folder."""

    def run(text):
        folder = tmp_path_factory.mktemp("sweep")
        (folder / "sweep.yaml").write_text(text)
        run_sweep(folder / "sweep.yaml", folder / "out", threads=1)
        return read_sweep(folder / "out")

    return run


@pytest.fixture(scope="module")
def grid(swept):
    return swept(GRID)


@pytest.fixture(scope="module")
def drawn(swept):
    return swept(DRAWN)


@pytest.fixture(scope="module")
def tables(grid):
    return report_tables(grid)


@pytest.fixture(scope="module")
def drawn_tables(drawn):
    return report_tables(drawn)


@pytest.fixture(scope="module")
def runs(grid):
    """Each point's runs."""
    table = replicates(grid.rows)
    return [of_point(table, number) for number in range(len(grid.points))]


class Lacking:
    """A store in which one run of one point failed."""

    def __init__(self, store, point, replicate):
        self.store, self.point, self.replicate, self.ids = store, point, replicate, store.ids

    def rows(self, *arguments):
        rows = self.store.rows(*arguments)
        return rows[(rows["point"] != self.point) | (rows["replicate"] != self.replicate)]


def of(lines, point, **where):
    """The one line of a point with these values."""
    found = [line for line in lines if line["point"] == point and where.items() <= line.items()]
    assert len(found) == 1
    return found[0]


def same(line, entry, names=("estimate", "low", "high")):
    return [line[end] for end in ("estimate", "low", "high")] == pytest.approx([entry[name] for name in names])


# The numbers are those of the summaries.


def test_rates_and_deaths_are_those_of_each_point_s_summary(tables, runs):
    for number, mine in enumerate(runs):
        summary = summarise(mine)
        for figure in ("incidents_per_year", "project_incidents_per_10000_trips", "incidents_per_site_year"):
            entry = summary["rates"][figure]
            assert same(of(tables["rates"], number, figure=figure, by="counts"), entry)
            ends = ("expected", "expected_low", "expected_high")
            assert same(of(tables["rates"], number, figure=figure, by="expected counts"), entry, ends)
        deaths = of(tables["rates"], number, figure="deaths_residents_per_year", by="counts")
        assert same(deaths, summary["deaths"]["deaths_residents_per_year"])


def test_differences_are_the_paired_ones_with_what_pairing_saved(tables, runs):
    for number in range(1, len(runs)):
        entry = paired(runs[0], runs[number])
        for metric in METRICS:
            line = of(tables["differences"], number, figure=metric, by="expected counts")
            assert same(line, entry[metric]["expected"], ("difference", "low", "high"))
            for name in ("correlation", "crn_factor", "replicates_saved"):
                assert line[name] == entry[metric]["expected"][name]
            assert line["ratio"] == entry[metric]["ratio"]["estimate"]
            counted = of(tables["differences"], number, figure=metric, by="counts")
            assert same(counted, entry[metric]["counted"], ("difference", "low", "high"))


def test_the_reference_has_no_difference_to_itself(tables):
    assert {line["point"] for line in tables["differences"]} == {1, 2, 3}
    assert {line["against"] for line in tables["differences"]} == {"adherence 0.4"}


def test_the_funnel_is_the_summary_s_with_intervals_that_have_a_width(tables, runs):
    for number, mine in enumerate(runs):
        summary = summarise(mine)["funnel"]
        for stage in in_group("funnel"):
            line = of(tables["funnel"], number, figure=stage.name, label=stage.label)
            assert line["estimate"] == pytest.approx(summary["per_year"][stage.name])
            assert line["low"] <= line["estimate"] < line["high"]
        for name, entry in summary["shares"].items():
            line = of(tables["funnel_shares"], number, figure=name)
            assert math.isnan(entry["estimate"]) or same(line, entry)


def test_exceedance_is_the_summary_s_and_that_of_whole_replicates(tables, runs):
    for number, mine in enumerate(runs):
        entry = summarise(mine)["deaths"]["incidents_with_5_or_more_deaths_per_year"]
        assert same(of(tables["exceedance"], number, deaths_at_least=5), entry)
        for n, found in zip(DEATHS, rates.exceedance(mine["deaths_foreign"], DEATHS), strict=True):
            assert same(of(tables["replicate_deaths"], number, deaths_at_least=n), found.as_dict())


def test_costs_stand_in_their_ledgers_and_are_never_added_up(tables, runs):
    for number, mine in enumerate(runs):
        costs = summarise(mine)["costs"]
        for ledger in ("project", "state", "partner"):
            line = of(tables["costs"], number, figure=f"{ledger}_spent", unit="USD per year")
            assert line["estimate"] == pytest.approx(costs[f"{ledger}_spent_usd_per_year"])
            assert line["ledger"].startswith(ledger)
    assert {line["figure"] for line in tables["costs"]} == {column.name for column in in_group("costs")}


def test_every_column_of_the_outcome_stands_there_as_for_a_single_run(tables, runs):
    for number, mine in enumerate(runs):
        shown = [line for line in tables["columns"] if line["point"] == number]
        for line, wanted in zip(shown, column_table(mine), strict=True):
            assert wanted.items() <= line.items()


def test_every_lever_s_nearest_outcome_is_shown_over_draws_too(tables, drawn_tables):
    nearest = {field.nearest for field in fields() if field.kind == "lever"}
    assert nearest
    for lines in (tables["columns"], drawn_tables["columns_over_draws"]):
        for policy_ in {line["policy"] for line in lines}:
            assert nearest <= {line["figure"] for line in lines if line["policy"] == policy_}


def test_every_line_has_its_policy_and_its_unit(tables):
    for name, lines in tables.items():
        assert lines
        assert all(line["policy"] for line in lines)
        assert name == "points" or all(line["unit"] for line in lines)


def test_points_read_one_at_a_time_give_the_same_tables(grid, tables, monkeypatch):
    monkeypatch.setattr(sweep_report, "ROWS_AT_ONCE", 1)
    again = report_tables(grid)
    assert all(repr(again[name]) == repr(tables[name]) for name in tables)


def test_a_failed_run_leaves_its_pair_out_and_no_other(grid, runs):
    lacking = dataclasses.replace(grid, store=Lacking(grid.store, 1, 3))
    found = report_tables(lacking)["differences"]
    line = of(found, 1, figure="incidents_per_year", by="counts")
    keep = runs[0]["replicate"] != 3
    kept = [{name: column[keep] for name, column in runs[number].items()} for number in (0, 1)]
    assert line["pairs"] == grid.file.replicates - 1
    assert same(line, paired(*kept)["incidents_per_year"]["counted"], ("difference", "low", "high"))
    assert of(found, 2, figure="incidents_per_year", by="counts")["pairs"] == grid.file.replicates


# Over draws.


def test_each_policy_is_split_by_its_draws_rate_and_difference(drawn, drawn_tables):
    lines = drawn_tables["draws"]
    assert [(line["policy"], line["of"]) for line in lines if line["figure"] == "incidents_per_year"] == [
        ("baseline", "rate"),
        ("full-protocol", "rate"),
        ("full-protocol", "difference"),
    ]
    for line in lines:
        name = "rates" if line["of"] == "rate" else "differences"
        mine = [
            other["estimate"]
            for other in drawn_tables[name]
            if (other["policy"], other["figure"], other["by"]) == (line["policy"], line["figure"], "expected counts")
        ]
        assert line["draws"] == drawn.file.sample.size == len(mine)
        assert line["mean"] == pytest.approx(np.mean(mine))
        assert [line["range_5"], line["range_95"]] == pytest.approx(np.quantile(mine, [0.05, 0.95]))
        if name == "differences":
            assert line["draws_better"] == sum(x < 0 for x in mine)


def test_a_draw_s_policy_is_compared_with_the_reference_under_the_same_draw(drawn, drawn_tables):
    table = replicates(drawn.rows)
    for draw in range(drawn.file.sample.size):
        a, b = (n for n, point in enumerate(drawn.points) if point.draw == draw)
        line = of(drawn_tables["differences"], b, figure="incidents_per_year", by="counts")
        entry = paired(of_point(table, a), of_point(table, b))["incidents_per_year"]["counted"]
        assert same(line, entry, ("difference", "low", "high"))


def test_over_the_draws_stand_their_mean_and_range(drawn_tables):
    for name in ("rates", "funnel", "costs", "exceedance", "replicate_deaths", "columns"):
        line = drawn_tables[f"{name}_over_draws"][0]
        keys = {key: line[key] for key in sweep_report.SAME_IN_ALL_DRAWS if key in line}
        mine = [other["estimate"] for other in drawn_tables[name] if keys.items() <= other.items()]
        assert line["draws"] == len(mine) == 4
        assert line["estimate"] == pytest.approx(np.mean(mine))
        assert [line["low"], line["high"]] == pytest.approx(np.quantile(mine, [0.05, 0.95]))


def test_pairing_that_leaves_no_noise_in_a_draw_does_not_spoil_the_median():
    line = {"policy": "a", "figure": "x", "unit": "-", "estimate": 1.0, "low": 1.0, "high": 1.0}
    found = over_draws([line | {"crn_factor": factor} for factor in (2.0, 3.0, math.inf)])
    assert found[0]["crn_factor"] == 3.0


# What the reader must know first.


def test_a_sound_sweep_has_nothing_to_tell(drawn):
    assert shortcomings(drawn) == []


def test_failed_runs_are_told_with_the_first_message(grid):
    failure = {"point_id": grid.store.ids[1], "replicate": 3, "type": "RunError", "message": "an array was full"}
    found = dataclasses.replace(grid, failures=[failure])
    assert any("1 runs failed" in text and "an array was full" in text for text in shortcomings(found))
    assert [line["failed_runs"] for line in report_tables(found)["points"]] == [0, 1, 0, 1]


def test_points_without_the_precision_asked_for_are_told(swept):
    vague = swept(VAGUE)
    assert any("2 points (0, 1) did not reach the precision" in text for text in shortcomings(vague))
    lines = report_tables(vague)["points"]
    assert [line["precise"] for line in lines] == ["no", "no"]
    assert all(line["half_width"] > line["half_width_asked"] > 0 for line in lines)


def test_runs_that_are_missing_are_told(swept):
    result = swept(GRID.replace("replicates: 6", "replicates: 40"))
    sorted(result.store.parts_folder.iterdir())[-1].unlink()
    half = read_sweep(result.folder)
    missing = int((half.looks.upto - half.tally.own.count).sum())
    assert 0 < missing < 160
    assert any(f"{missing} of 160 are missing" in text for text in shortcomings(half))
    assert [line["replicates"] for line in report_tables(half)["points"]] == half.tally.own.count.tolist()


def test_a_policy_that_is_the_same_scenario_as_another_has_lines_of_its_own(grid, tables):
    assert grid.store.ids[1] == grid.store.ids[3]  # adherence 1, full-protocol
    for name in ("rates", "columns"):
        one, other = ([line for line in tables[name] if line["point"] == point] for point in (1, 3))
        assert {line["policy"] for line in (*one, *other)} == {"adherence 1", "policy full-protocol"}
        assert [line["estimate"] for line in one] == pytest.approx([line["estimate"] for line in other], nan_ok=True)


def test_another_horizon_is_not_compared_and_told(swept):
    axis = "axes: {horizon: {label: horizon, key: run.horizon, values: [1, 2]}}"
    result = swept(
        VAGUE.replace("precision: {relative: 1%, minimum: 20, maximum: 20}", "replicates: 2")
        .replace("run.horizon: 1, ", "")
        .split("axes")[0]
        + axis
    )
    assert report_tables(result)["differences"] == []
    assert any("another horizon" in text for text in shortcomings(result))


def test_policies_on_two_axes_with_the_same_level_have_different_names(grid):
    names = [policy(grid.file, {"adherence": "low"}), policy(grid.file, {"policy": "low"})]
    assert len(set(names)) == 2


def test_a_reference_that_is_the_last_point_is_the_one_compared_with(swept):
    result = swept(GRID + "reference: {policy: half-budget}\n")
    assert result.looks.references == [2, 2, 2, 2]
    lines = report_tables(result)["differences"]
    assert {(line["point"], line["against"]) for line in lines} == {(n, "policy half-budget") for n in (0, 1, 3)}


def test_runs_beyond_those_asked_for_last_are_left_out(swept):
    result = swept(GRID)
    table = replicates(result.rows[result.rows["replicate"] < 3])
    run_sweep(result.folder / "sweep.yaml", result.folder, replicates=3, threads=1)
    with pytest.raises(InputError, match="was changed since it was read"):
        result.store.rows([0], 0, 6)
    found = report_tables(read_sweep(result.folder))
    entry = summarise(of_point(table, 1))["rates"]["incidents_per_year"]
    assert same(of(found["rates"], 1, figure="incidents_per_year", by="counts"), entry)
    assert {line["pairs"] for line in found["differences"]} == {3}
