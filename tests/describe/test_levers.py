"""The levers' tables."""

import pytest

from sim.describe.levers import lever_entries, narrow_table, wide_table
from sim.scenario.schema import fields

KINDS = {row.path: row.kind for row in fields()}


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


def test_what_lets_a_lever_work_the_other_way_is_an_uncertain_number_of_the_schema():
    named = {path: set(entry["against"]) for entry in lever_entries() for path in [entry["key"]]}
    assert {KINDS.get(number) for numbers in named.values() for number in numbers} == {"uncertain"}
    assert not [path for path, numbers in named.items() if path in numbers]


def test_every_lever_says_whether_its_sign_on_incidents_is_imposed_and_nothing_else_does():
    for entry in lever_entries(everything=True):
        mark = ("open" if entry["against"] else "imposed") if entry["kind"] == "lever" else ""
        assert entry["sign"] == mark, entry["key"]
    marks = {entry["sign"] for entry in lever_entries()}
    assert marks == {"open", "imposed"}


def test_the_mark_names_numbers_as_briefly_as_no_other_path_allows():
    marks = {row["key"]: row["sign on incidents"] for row in wide_table(lever_entries())}
    assert marks["policy.adherence.audit_interval"] == "imposed"
    assert marks["policy.closures.per_week"] == "open: w_closure"
    assert marks["policy.checkpoints.staffed_by"] == "open: checkpoint.army, w_checkpoint"  # three paths end with army


def test_the_narrow_table_has_the_mark_under_the_direction_in_a_column_no_wider_than_outcomes_names():
    entries = {entry["key"]: entry for entry in lever_entries()}
    row = narrow_table([entries["policy.site.perimeter"]])[1]
    assert row["nearest outcome"].split("\n") == ["breached", "falls", "open: w_isolation,", "perimeter_site_year"]
    longest = max(len(entry["nearest"]) for entry in entries.values())
    for row in narrow_table(list(entries.values())):
        assert max(map(len, row["nearest outcome"].split("\n"))) <= longest, row["key"]


def test_defaults_are_written_as_in_a_file():
    rows = {row["key"]: row for row in wide_table(lever_entries())}
    assert rows["policy.adherence.hold"]["default"] == "false"
    assert rows["state.offensive.districts"]["default"] == "[]"
    assert rows["policy.checkpoints.staffed_by"]["allowed"] == "police | army"
