"""The levers' tables."""

import pytest

from sim.describe.levers import lever_entries, narrow_table, wide_table
from sim.scenario.schema import fields


def test_every_lever_stands_in_both_tables_once():
    entries, paths = lever_entries(), [row.path for row in fields() if row.kind == "lever"]
    assert [entry["key"] for entry in entries] == [row["key"] for row in wide_table(entries)] == paths
    narrow = narrow_table(entries)
    section, keys = "", []
    for row in narrow:
        if row["key"].startswith("  "):
            keys.append(f"{section}.{row['key'].strip()}")
        else:
            section = row["key"]
    assert keys == paths


@pytest.mark.parametrize("everything, kinds", [(False, {"lever"}), (True, {"lever", "uncertain", "fixed"})])
def test_uncertain_and_fixed_values_are_added_on_demand(everything, kinds):
    entries = lever_entries(everything)
    assert {entry["kind"] for entry in entries} == kinds
    assert ("kind" in wide_table(entries)[0]) == everything


def test_a_lever_s_line_says_where_one_sees_it_act_and_which_way():
    row = next(row for row in wide_table(lever_entries()) if row["key"] == "policy.closures.per_week")
    assert (row["nearest outcome"], row["direction"], row["default"], row["allowed"]) == (
        "shop_hours",
        "rises",
        "2.5",
        "0 to 14",
    )


def test_defaults_are_written_as_in_a_file():
    rows = {row["key"]: row for row in wide_table(lever_entries())}
    assert rows["policy.adherence.hold"]["default"] == "false"
    assert rows["state.offensive.districts"]["default"] == "[]"
    assert rows["policy.checkpoints.staffed_by"]["allowed"] == "police | army"
