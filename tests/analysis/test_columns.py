"""What a column of the outcome is stands in its line; every table shows it from there."""

import dataclasses
import math
from collections import Counter

import numpy as np
import pytest

from sim import rates
from sim.analysis.columns import column_table, figure, in_group, name_of, shown, under_groups, unit_of
from sim.analysis.compare import compared
from sim.analysis.summary import summarise
from sim.describe import odd
from sim.outcome import COLUMNS, GROUPS, IDENTITY, OUTCOME, UNSHOWN, Column
from sim.runs.totals import METRICS, replicates
from tests.analysis import made


@pytest.fixture(scope="module")
def rows():
    return made.rows()


@pytest.fixture(scope="module")
def table(rows):
    return replicates(rows)


@pytest.fixture(scope="module")
def lines(table):
    return {line["figure"]: line for line in column_table(table)}


def twice(names):
    return [name for name, count in Counter(names).items() if count > 1]


# The lines.


def test_every_column_has_a_label_a_unit_and_a_group_or_is_in_one_that_says_why_it_is_not_shown():
    for column in COLUMNS.values():
        assert column.unit and column.meaning
        assert (column.group in GROUPS) != (column.group in UNSHOWN)
        assert bool(column.label) == (column.group in GROUPS)
    assert all(UNSHOWN.values())


def test_no_label_stands_twice():
    assert twice(column.label for column in shown()) == []


def test_a_group_without_a_column_is_none():
    assert all(in_group(group) for group in (*GROUPS, *UNSHOWN))


def test_the_record_has_the_columns_as_its_fields_each_once():
    assert OUTCOME.names == list(COLUMNS)
    assert [field.meaning for field in OUTCOME.fields] == [column.meaning for column in COLUMNS.values()]


def test_states_summed_over_days_are_means_and_days_that_are_counted_are_not():
    states = {column.name for column in COLUMNS.values() if "summed over days" in column.meaning}
    assert states == {column.name for column in COLUMNS.values() if column.how == "state"}


def test_what_is_shown_of_a_column_is_among_the_columns_of_the_runs(table):
    assert {column.source for column in shown()} <= set(table)
    assert {name for metric in METRICS.values() for name in (metric.column, metric.expected)} <= set(table)


def test_a_cost_stands_in_a_ledger_or_outside_and_nothing_else_does():
    assert in_group("costs") == [column for column in COLUMNS.values() if column.ledger]


def test_the_metrics_are_not_compared_twice():
    assert not {metric.column for metric in METRICS.values()} & {column.name for column in compared()}


# How the years of a run are taken together.


def test_years_add_up_or_the_first_the_last_or_the_most_of_them_counts(rows, table):
    by_run = rows.reshape(-1, made.YEARS)
    for name, wanted in {
        "trips": by_run["trips"].sum(axis=1),
        "adherence_days": by_run["adherence_days"].sum(axis=1),
        "in_progress_start": by_run["in_progress_start"][:, 0],
        "in_progress_end": by_run["in_progress_end"][:, -1],
        "teams_busy_most": by_run["teams_busy_most"].max(axis=1),
    }.items():
        assert np.array_equal(table[name], wanted), name


def test_a_year_s_number_says_nothing_of_a_run(table):
    assert set(IDENTITY) - set(table) == {"status", "year"}


# The figures.


def test_every_shown_column_has_one_line_by_group(lines):
    assert list(lines) == [column.name for column in shown()]
    assert list(dict.fromkeys(line["group"] for line in lines.values())) == list(GROUPS)


def test_figures_are_per_year_or_the_mean_over_days_or_over_runs(lines, table):
    for name, wanted in {
        "audits": table["audits"].sum() / table["years"].sum(),
        "grievance_days": table["grievance_days"].sum() / table["days"].sum(),
        "teams_busy_most": table["teams_busy_most"].mean(),
        "incidents_site": table["expected_incidents_site"].sum() / table["years"].sum(),
        "deaths_security": table["deaths_security"].sum() / table["years"].sum(),
    }.items():
        assert lines[name]["estimate"] == pytest.approx(wanted), name
        assert lines[name]["low"] < wanted < lines[name]["high"], name


def test_a_figure_that_the_summary_has_too_is_the_same_there(lines, table):
    summary = summarise(table)
    expected = summary["rates"]["incidents_per_year"]
    ends = ("estimate", "low", "high")
    assert [lines["incidents"][end] for end in ends] == [expected[f"expected{e}"] for e in ("", "_low", "_high")]
    for name, entry in {
        "at_least_3": summary["deaths"]["incidents_with_3_or_more_deaths_per_year"],
        "deaths_residents": summary["deaths"]["deaths_residents_per_year"],
        "incidents_with_insider": summary["channels"]["with_insider"]["per_year"],
    }.items():
        assert [lines[name][end] for end in ends] == [entry[end] for end in ends], name


def test_a_stage_of_the_funnel_that_was_never_reached_has_an_interval_with_a_width():
    none = replicates(made.rows(foiled_closure=np.zeros_like))
    found = figure(COLUMNS["foiled_closure"], none)
    assert (found.estimate, found.low) == (0.0, 0.0)
    assert found.high == pytest.approx(3.69 / none["years"].sum(), rel=1e-2)


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("kind", ["i8", "f8"])
@pytest.mark.parametrize("how", ["sum", "state", "first", "most"])
def test_a_column_of_any_type_may_stand_in_any_group(group, kind, how, table):
    values = table["trips"] + (0.5 if kind == "f8" else 0)
    found = figure(Column("new", kind, "day", group, "new", how=how), table | {"new": values})
    assert found.low <= found.estimate <= found.high


def test_one_replicate_has_figures_and_no_interval():
    found = {line["figure"]: line for line in column_table(replicates(made.rows(1)))}
    assert math.isnan(found["trips"]["low"]) and found["trips"]["estimate"] > 0


@pytest.mark.parametrize(
    "unit, how, shown_as",
    [
        ("count", "sum", "per year"),
        ("count", "expected", "per year"),
        ("person", "expected", "persons per year"),
        ("USD", "sum", "USD per year"),
        ("h", "sum", "h per year"),
        ("site-day", "sum", "site-days per year"),
        ("day", "state", "-"),
        ("cell-day", "state", "cells"),
        ("team", "most", "teams"),
    ],
)
def test_units_of_figures_follow_from_the_column_s(unit, how, shown_as):
    assert unit_of(Column("x", "f8", unit, "people", "x", how=how)) == shown_as


def test_the_name_says_where_a_figure_is_an_expected_count_or_a_mean():
    assert name_of(COLUMNS["incidents_site"]) == "incidents, sites (expected)"
    assert name_of(COLUMNS["grievance_days"]) == "grievance (mean)"
    assert name_of(COLUMNS["in_progress_end"]) == "plots in progress at the end (mean)"
    assert name_of(COLUMNS["plots"]) == "plots begun"


def test_for_reading_each_group_has_a_heading_above_its_columns(table):
    whole = column_table(table)
    read = under_groups(whole)
    assert [row["column"] for row in read if not row["column"].startswith("  ")] == [group.upper() for group in GROUPS]
    assert [row["column"].strip() for row in read if row["column"].startswith("  ")] == [x["label"] for x in whole]
    assert not [row for row in read if "per year" in row["unit"]]


def test_ends_are_those_of_the_interval():
    found = rates.mean_rate([1.0, 2.0, 4.0], 1.0)
    kept = ("estimate", "low", "high")
    assert found.ends == {name: value for name, value in dataclasses.asdict(found).items() if name in kept}


# A new one.


def test_a_column_s_line_is_all_that_tables_need(table, monkeypatch):
    monkeypatch.setitem(COLUMNS, "whistles", Column("whistles", "f8", "h", "movements", "hours of whistling", "loud"))
    line = {line["figure"]: line for line in column_table(table | {"whistles": table["years"] * 3.0})}["whistles"]
    assert (line["group"], line["label"], line["unit"]) == ("movements", "hours of whistling", "h per year")
    assert line["estimate"] == pytest.approx(3.0)
    assert "| `whistles` | hours of whistling | h | movements | loud | sum |" in odd.outputs()
