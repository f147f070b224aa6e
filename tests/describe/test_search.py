"""Levers under headings, and found by the words that people try."""

import pytest

from sim.describe.search import close, headings, levers, search
from sim.scenario.schema import fields
from sim.scenario.words import HEADINGS


def found(*words):
    return [row.path for row in search(words)]


def test_every_lever_stands_under_one_heading_in_the_order_of_the_words():
    listed = headings()
    assert [heading for heading, _ in listed] == list(HEADINGS)
    assert [row.path for _, rows in listed for row in rows] == [path for its in HEADINGS.values() for path in its]
    assert sorted(row.path for row in levers()) == sorted(row.path for row in fields() if row.kind == "lever")


def test_the_main_levers_come_first():
    assert [heading for heading, _ in headings()][:3] == ["Protocol", "Budget", "Background checks"]
    assert levers()[0].path == "policy.adherence.level"


@pytest.mark.parametrize(
    "word, path",
    [
        ("insider", "policy.screening.sensitivity"),
        ("money", "policy.budget.share"),
        ("cctv", "policy.cameras.count"),
        ("armor", "policy.adherence.items.armour"),
        ("armour", "policy.budget.split.armour"),
        ("curfew", "policy.movement.curfew"),
        ("vetting", "policy.screening.sensitivity"),
        ("fence", "policy.site.perimeter"),
        ("drones", "policy.drones.crews"),
        ("guards", "policy.site.extra_guards"),
        ("roadblocks", "policy.checkpoints.staffed_share"),
        ("CCTV", "policy.cameras.count"),
        ("policy.cameras", "policy.cameras.count"),
        ("compliance", "policy.adherence.level"),
        ("tips", "policy.community.civil_society"),
        ("troops", "state.army_division.size"),
    ],
)
def test_a_word_that_people_try_finds_the_lever_that_they_mean(word, path):
    assert path in found(word)


@pytest.mark.parametrize(
    "word, path", [("money", "policy.budget.share"), ("cctv", "policy.cameras.count"), ("drone", "policy.drones.crews")]
)
def test_the_likeliest_comes_first(word, path):
    assert found(word)[0] == path


def test_all_words_must_be_found():
    assert found("armoured", "budget") == ["policy.budget.split.armour"]
    assert found("cctv", "curfew") == []


def test_help_counts_only_where_no_lever_is_named_so():
    assert found("goodwill") == ["policy.screening.sensitivity", "policy.screening.specificity"]
    assert "policy.checkpoints.thoroughness" not in found("money")  # which its help has


def test_no_word_finds_nothing():
    assert found() == found("") == found("?!") == []


def test_among_other_rows_it_looks_there():
    rows = [row for row in fields() if row.kind == "uncertain"]
    assert [row.path for row in search(["rationality"], rows)] == ["threat.rationality"]


def test_what_finds_nothing_is_told_words_that_do():
    assert close(["cctvv"]) == ["cctv"]
    assert close(["xyzzy"]) == []
    for word in close(["fense"]):
        assert found(word)
