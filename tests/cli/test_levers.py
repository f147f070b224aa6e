"""`sitesec levers`: every lever by its title, every key, whatever the width; and those that a word finds."""

import json
import re

import pytest

from sim.scenario.schema import fields
from tests.cli.command import refused

LEVERS = [row for row in fields() if row.kind == "lever"]


def test_levers_are_printed_as_json(sitesec):
    levers = json.loads(sitesec("levers", "--json").stdout)["levers"]
    assert {"policy.adherence.level", "policy.screening.sensitivity", "policy.budget.share"} <= {
        x["key"] for x in levers
    }


@pytest.mark.parametrize("columns", [80, 120, 200])
def test_every_lever_stands_there_by_title_and_whole_key_and_no_line_is_too_wide(in_a_terminal, columns):
    shown = in_a_terminal(columns, "levers")
    lines = shown.splitlines()
    assert max(map(len, lines)) <= columns
    for row in LEVERS:
        assert [line for line in lines if row.title in line], row.title
        assert len(re.findall(rf"(?<!\S){re.escape(row.path)}(?!\S)", shown)) == 1, row.path


@pytest.mark.parametrize("columns", [80, 120])
def test_a_lever_s_value_stands_beside_its_title_in_units_that_people_use(in_a_terminal, columns):
    shown = in_a_terminal(columns, "levers")
    for title, value in {
        "Protocol followed": "60 %",
        "Audits every …": "182 days",
        "Extra guards at each site": "none",
    }.items():
        assert re.search(rf"^ +{title} {{2,}}{value} ", shown, re.MULTILINE), title


def test_the_list_begins_with_how_many_there_are_and_says_how_percent_are_written(in_a_terminal):
    shown = " ".join(in_a_terminal(80, "levers").split())
    assert shown.startswith(f"{len(LEVERS)} levers under 13 headings")
    assert "80 % is 0.8" in shown


@pytest.mark.parametrize("columns", [80, 120])
def test_a_word_finds_levers_in_full(in_a_terminal, columns):
    shown = in_a_terminal(columns, "levers", "cctv")
    assert max(map(len, shown.splitlines())) <= columns
    words = " ".join(shown.split())
    assert words.startswith(
        "5 levers found by 'cctv', the likeliest first. Safe-city cameras (CCTV) policy.cameras.count"
    )
    count = next(row for row in LEVERS if row.path == "policy.cameras.count")
    assert count.words.help in words
    assert "Default: 50 % (0.5 in a file); allowed: 0 to 100 %." in words
    assert "Shows first in: foiled by watch, which rises as this rises. Its sign on incidents is open:" in words


def test_several_words_narrow_it_down_and_json_has_what_they_find(sitesec):
    found = json.loads(sitesec("levers", "armoured", "budget", "--json").stdout)["levers"]
    assert [lever["key"] for lever in found] == ["policy.budget.split.armour"]
    assert found[0]["title"] == "Budget for armoured vehicles"
    assert found[0]["shown"] == {"default": "15 %", "allowed": "0 to 100 %", "factor": 100, "unit": "%"}


@pytest.mark.parametrize(
    "word, told", [("cctvv", "allowed words such as cctv"), ("xyzzy", "`sitesec levers` lists them all")]
)
def test_a_word_that_finds_nothing_is_refused_with_close_ones(sitesec, word, told):
    assert refused(sitesec("levers", word)) == f"error: levers: read '{word}', which finds none: {told}"


def test_with_all_a_word_finds_uncertain_values_too(sitesec):
    assert "threat.rationality" in sitesec("levers", "rationality", "--all").stdout


def test_with_all_every_key_is_whole_in_a_pipe_and_in_a_narrow_terminal(sitesec, in_a_terminal):
    keys = [row.path for row in fields()]
    piped = sitesec("levers", "--all").stdout
    assert [key for key in keys if not re.search(rf"^ *{re.escape(key)} ", piped, re.MULTILINE)] == []
    assert max(map(len, piped.splitlines())) <= 200
    narrow = in_a_terminal(100, "levers", "--all")
    ends = [".".join(key.split(".")[-1:]) for key in keys]
    assert [end for end in ends if not re.search(rf"^ +(\w+\.)*{end} ", narrow, re.MULTILINE)] == []
    assert max(map(len, narrow.splitlines())) <= 100


def test_json_says_by_which_numbers_a_lever_may_work_the_other_way(sitesec):
    levers = {lever["key"]: lever for lever in json.loads(sitesec("levers", "--json").stdout)["levers"]}
    teams, audits = levers["policy.partner.teams"], levers["policy.adherence.audit_interval"]
    assert (audits["sign"], audits["against"], teams["sign"]) == ("imposed", [], "open")
    assert {"community.friction", "community.w_partner"} <= set(teams["against"])


@pytest.mark.parametrize("columns", [80, 160])
def test_with_all_every_lever_shows_its_mark_and_a_sentence_says_what_marks_mean(in_a_terminal, columns):
    shown = in_a_terminal(columns, "levers", "--all")
    assert max(map(len, shown.splitlines())) <= columns
    table, explained = shown.split("\nEffect of a lever")
    assert table.count("imposed") == len([row for row in LEVERS if not row.against])
    assert table.count("open:") == len([row for row in LEVERS if row.against])
    assert "imposed where" in " ".join(explained.split())
