"""The levers' controls: all under headings, in natural units, with help, and found by the words that people use."""

import math

import pytest

from sim.scenario.natural import shown
from sim.view.page.levers import MAIN_LEVERS, MINDS, groups, named, read, row_of, stops, values
from sim.view.page.setup import MAIN, MIND, Setup, others, rows

CONTROLS = [lever for group in groups() for lever in group["levers"]]


def test_every_lever_stands_under_one_heading_the_main_ones_first_and_the_mind_last():
    first, *_, last = groups()
    assert (first["title"], [lever["path"] for lever in first["levers"]]) == (MAIN_LEVERS, list(MAIN))
    assert (last["title"], [lever["path"] for lever in last["levers"]]) == (MINDS, list(MIND))
    paths = [lever["path"] for lever in CONTROLS]
    assert sorted(paths) == sorted([*MAIN, *MIND, *(row.path for row in others())])
    titles = [group["title"] for group in groups()]
    assert len(set(titles)) == len(titles) > 8


def test_every_control_has_a_title_and_help_of_its_own():
    assert len({lever["title"] for lever in CONTROLS}) == len(CONTROLS)
    assert all(len(lever["title"]) <= 40 and len(lever["help"]) > 40 for lever in CONTROLS)


@pytest.mark.parametrize(
    "word, title", [("cctv", "Safe-city cameras"), ("insider", "Background checks find"), ("armor", "Armoured")]
)
def test_a_lever_is_found_by_the_words_that_people_use(word, title):
    assert any(lever["title"].startswith(title) for lever in CONTROLS if word in lever["words"])


@pytest.mark.parametrize(
    "row", rows([lever["path"] for lever in CONTROLS if lever["kind"] == "slider"]), ids=lambda r: r.path
)
def test_a_slider_goes_from_bound_to_bound_in_steps_that_can_be_read_and_holds_the_default(row):
    places = stops(row)
    assert places == sorted(set(places)) and (places[0], places[-1]) == (row.low or 0, row.high or 1)
    assert row.default in places and 2 <= len(places) <= 303
    control = next(lever for lever in CONTROLS if lever["path"] == row.path)
    assert control["texts"] == [shown(row, place) for place in places]
    assert all(isinstance(place, int) for place in places) == (row.type == "integer")


def test_values_are_said_in_natural_units_and_what_was_changed_can_be_taken_back():
    (level, interval) = rows(["policy.adherence.level", "policy.adherence.audit_interval"])
    found = values(Setup("baseline").changed(level, 0.75).changed(interval, 0.0))
    assert found[level.path] == {"value": 0.75, "text": "75 %", "changed": True, "own": 0.6, "own_text": "60 %"}
    assert found[interval.path]["text"] == "never"
    assert {path for path, one in found.items() if one["changed"]} == {level.path, interval.path}


def test_a_policy_is_named_with_what_was_changed_the_first_three():
    levers = rows(MAIN[:5])
    setup = Setup("baseline")
    assert named(setup) == "baseline"
    assert named(setup.changed(levers[0], 1.0)) == "baseline with Protocol followed 100 %"
    for row, value in zip(levers, (1.0, True, 90.0, 2.0, 0.9), strict=True):
        setup = setup.changed(row, value)
    assert named(setup).endswith("; and 2 more") and named(setup).count(";") == 3


@pytest.mark.parametrize("path", ["world", "extends", "nowhere", "", None, 1])
def test_no_other_value_is_a_lever(path):
    with pytest.raises(ValueError, match="allowed only"):
        row_of(path)


def test_a_value_comes_in_its_lever_s_type_or_not_at_all():
    level, crews, learning, payer = map(row_of, ("policy.adherence.level", "policy.drones.crews", MIND[1], PAYER))
    assert (read(level, 1), read(crews, 2.0), read(learning, True)) == (1.0, 2, True)
    assert (type(read(level, 1)), type(read(crews, 2.0))) == (float, int)
    assert read(payer, payer.choices[1]) == payer.choices[1]
    for row, value in ((level, "1"), (level, math.inf), (crews, None), (learning, 1), (payer, "x"), (payer, ["state"])):
        with pytest.raises(ValueError, match="allowed only"):
            read(row, value)


PAYER = "policy.adherence.paid_from"
