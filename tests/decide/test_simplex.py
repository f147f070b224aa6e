"""Splits of a budget: as many as the binomial coefficient says, each a whole budget."""

import math
from itertools import product

import pytest

from sim.decide.simplex import count_splits, splits
from sim.scenario.policy import Split

LINES = ("escort", "armour", "checkpoint", "site", "screening", "training")


@pytest.mark.parametrize("lines, steps", [(1, 7), (2, 10), (3, 20), (4, 10), (6, 5), (6, 10)])
def test_there_are_as_many_splits_as_the_binomial_coefficient_says_and_no_two_alike(lines, steps):
    found = list(splits(LINES[:lines], 1 / steps))
    assert len(found) == count_splits(LINES[:lines], 1 / steps) == math.comb(steps + lines - 1, lines - 1)
    assert len({tuple(each.values()) for each in found}) == len(found)


def test_what_is_too_much_to_list_is_counted():
    assert count_splits(LINES, 0.001) == math.comb(1005, 5)
    assert count_splits([f"line {n}" for n in range(40)], 0.01) == math.comb(139, 39)


@pytest.mark.parametrize("lines, step", [(6, 0.1), (3, 0.01), (4, 0.025), (3, 1 / 3), (3, 1 / 49)])
def test_shares_are_multiples_of_the_step_and_add_up_to_1_exactly(lines, step):
    for split in splits(LINES[:lines], step):
        assert math.fsum(split.values()) == 1.0
        assert all(share / step == pytest.approx(round(share / step), abs=1e-9) for share in split.values())


def test_a_split_in_steps_of_five_percent_reads_as_a_user_writes_it():
    wanted = dict(zip(LINES, (0.35, 0.15, 0.1, 0.2, 0.1, 0.1), strict=True))
    assert any(split == wanted for split in splits(LINES, 0.05, floors=dict.fromkeys(LINES, 0.1)))


def test_the_schema_takes_every_split():
    for split in splits(LINES, 0.2):
        assert list(Split.model_validate(split).problems()) == []


@pytest.mark.parametrize(
    "floors, caps",
    [
        ({"escort": 0.3}, {}),
        ({}, {"escort": 0.2, "armour": 0.5}),
        ({"armour": 0.1, "site": 0.2}, {"escort": 0.4}),
        ({"escort": 0.25}, {"site": 0.15}),
        ({"escort": 0.6}, {"escort": 0.5}),
        ({"escort": 0.6, "site": 0.5}, {}),
        ({}, dict.fromkeys(("escort", "armour", "site"), 0.3)),
    ],
)
def test_floors_and_caps_leave_the_splits_that_keep_them(floors, caps):
    lines, steps = ("escort", "armour", "site"), 10
    kept = {
        units
        for units in product(range(steps + 1), repeat=3)
        if sum(units) == steps
        and all(floors.get(n, 0) <= u / steps <= caps.get(n, 1) for n, u in zip(lines, units, strict=True))
    }
    found = [tuple(round(share * steps) for share in split.values()) for split in splits(lines, 0.1, floors, caps)]
    assert set(found) == kept and len(found) == len(kept) == count_splits(lines, 0.1, floors, caps)


@pytest.mark.parametrize("step", [0, -0.1, 0.3, 1.5, math.nan])
def test_a_step_that_does_not_fill_the_budget_is_refused(step):
    with pytest.raises(ValueError, match="step must be 1 or a whole part of it"):
        splits(LINES, step)


@pytest.mark.parametrize("lines", [(), ("escort", "escort")])
def test_no_lines_and_one_name_twice_are_refused(lines):
    with pytest.raises(ValueError, match="each once"):
        count_splits(lines, 0.1)


@pytest.mark.parametrize("floors", [{"drones": 0.1}, {"escort": 1.2}, {"escort": -0.1}, {"escort": math.nan}])
def test_floors_of_unknown_lines_and_outside_0_to_1_are_refused(floors):
    with pytest.raises(ValueError, match="floors and caps"):
        splits(LINES, 0.1, floors=floors)
