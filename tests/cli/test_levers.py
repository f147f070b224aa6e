"""`sitesec levers`: every key, whatever the width."""

import json
import re

import pytest

from sim.scenario.schema import fields


def test_levers_are_printed_as_json(sitesec):
    levers = json.loads(sitesec("levers", "--json").stdout)["levers"]
    assert {"policy.adherence.level", "policy.screening.sensitivity", "policy.budget.share"} <= {
        x["key"] for x in levers
    }


@pytest.mark.parametrize("arguments, kinds", [([], ["lever"]), (["--all"], ["lever", "uncertain", "fixed"])])
def test_every_key_is_whole_in_a_pipe_and_in_a_narrow_terminal(sitesec, in_a_terminal, arguments, kinds):
    keys = [row.path for row in fields() if row.kind in kinds]
    piped = sitesec("levers", *arguments).stdout
    assert [key for key in keys if not re.search(rf"^ *{re.escape(key)} ", piped, re.MULTILINE)] == []
    assert max(map(len, piped.splitlines())) <= 200
    narrow = in_a_terminal(100, "levers", *arguments)
    ends = [".".join(key.split(".")[-1:]) for key in keys]
    assert [end for end in ends if not re.search(rf"^ +(\w+\.)*{end} ", narrow, re.MULTILINE)] == []
    assert max(map(len, narrow.splitlines())) <= 100


def test_json_says_by_which_numbers_a_lever_may_work_the_other_way(sitesec):
    levers = {lever["key"]: lever for lever in json.loads(sitesec("levers", "--json").stdout)["levers"]}
    teams, audits = levers["policy.partner.teams"], levers["policy.adherence.audit_interval"]
    assert (audits["sign"], audits["against"], teams["sign"]) == ("imposed", [], "open")
    assert {"community.friction", "community.w_partner"} <= set(teams["against"])


@pytest.mark.parametrize("columns", [80, 160])
def test_every_lever_shows_its_mark_and_a_sentence_says_what_marks_mean(sitesec, in_a_terminal, columns):
    shown = in_a_terminal(columns, "levers")
    assert max(map(len, shown.splitlines())) <= columns
    table, explained = shown.split("\nEffect of a lever")
    assert table.count("imposed") == len([row for row in fields() if row.kind == "lever" and not row.against])
    assert table.count("open:") == len([row for row in fields() if row.against])
    assert "imposed where" in " ".join(explained.split())
