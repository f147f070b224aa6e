"""The page's address: it brings a screen back, and chooses no file."""

import os

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import InputError
from sim.scenario.load import shipped
from sim.view.page import address
from sim.view.page.levers import groups
from sim.view.page.setup import MIND, Opening, Setup, rows

USUAL = Opening((Setup("baseline"),), 4, 2)
CONTROLS = rows([lever["path"] for group in groups() for lever in group["levers"]])
NAMES = st.sampled_from(shipped())


def values_of(row):
    if row.type == "switch":
        return st.booleans()
    if row.type == "choice":
        return st.sampled_from(row.choices)
    low, high = row.low or 0, row.high or 1
    return st.integers(int(low), int(high)) if row.type == "integer" else st.floats(low, high)


CHANGES = st.sampled_from(CONTROLS).flatmap(lambda row: st.tuples(st.just(row), values_of(row)))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    names=st.lists(NAMES, min_size=1, max_size=2),
    changes=st.lists(st.tuples(st.integers(0, 1), CHANGES), max_size=4),
    numbers=st.tuples(*[st.integers(0, 10**12)] * 3),
)
def test_a_screen_comes_back_from_its_address(names, changes, numbers):
    setups = [Setup(name) for name in names]
    for side, (row, value) in changes:
        both = row.path in MIND
        setups = [s.changed(row, value) if both or k == min(side, len(setups) - 1) else s for k, s in enumerate(setups)]
    seed, replicate, tick = numbers
    try:
        for setup in setups:
            setup.scenario()
    except InputError:
        return  # shares that don't sum to 1: it couldn't be on a screen
    query = address.written(setups, str(seed), str(replicate), tick)
    assert address.read(query, USUAL) == Opening(tuple(setups), seed, replicate, tick)


def test_without_a_policy_it_is_what_the_command_line_says_and_other_names_are_left_alone():
    assert address.read("", USUAL) == address.read("token=abc&seed=9", USUAL) == USUAL
    assert address.read("token=abc&policy=full-protocol", USUAL) == Opening((Setup("full-protocol"),), 4, 2)


def test_a_project_with_a_shipped_policy_on_it_comes_back(tmp_path):
    folder = tmp_path / "demo & more"
    folder.mkdir()
    site = {"name": "A", "foreign_staff": 130, "local_staff": 600, "cost_m_usd": 300.0, "hub_km": 60.0, "town_km": 10.0}
    tree = {"name": "demo", "sites": [site | {"trips_per_week": 13.0}]}
    (folder / "project.yaml").write_text(yaml.safe_dump(tree))
    joined = Setup(f"{folder}+full-protocol")
    usual = Opening((Setup(str(folder)), joined), 1, 0)
    assert address.read(address.written(usual.setups, "1", "0", 7), usual) == Opening(usual.setups, 1, 0, 7)


def test_a_file_of_the_command_line_comes_back_with_what_no_control_can_change(tmp_path):
    (tmp_path / "mine.yaml").write_text("extends: baseline\n")
    mine = Setup.read(str(tmp_path / "mine.yaml"), {"name": "ours", "policy.adherence.level": 0.3})
    usual = Opening((mine,), 1, 0)
    (level,) = rows(["policy.adherence.level"])
    changed = mine.changed(level, 0.9)
    assert address.read(address.written([mine], "1", "0", 0), usual) == Opening((mine,), 1, 0, 0)
    assert address.read(address.written([changed], "1", "0", 0), usual) == Opening((changed,), 1, 0, 0)


@pytest.mark.parametrize(
    "query",
    [
        *(f"policy={name}" for name in ("/etc/passwd", "nowhere", "../baseline", "baseline.yaml", "%00")),
        "policy=baseline&compare=/etc/passwd",
        *(
            f"policy=baseline&set={pair}"
            for pair in ("world=/etc/passwd", "run.warmup_policy=/etc/passwd", "extends=x")
        ),
        *(f"policy=baseline&set={pair}" for pair in ("nowhere=1", "=", "policy=x", "state.offensive.districts=[x]")),
        f"policy=baseline&set=policy.adherence.level={'9' * 200}",
    ],
)
def test_no_address_chooses_a_file_and_none_is_looked_at(query, monkeypatch):
    for name in ("isfile", "realpath"):
        monkeypatch.setattr(os.path, name, lambda *_: pytest.fail("a file was looked at"))
    with pytest.raises(InputError, match=r"^address: (policy|set): read .*, allowed "):
        address.read(query, USUAL)


@pytest.mark.parametrize("query", ["seed=x", "seed=-1", "replicate=1.5", "at=soon", "set=policy.adherence.level=7"])
def test_what_is_wrong_in_an_address_is_told_in_a_sentence(query):
    with pytest.raises((InputError, ValueError), match="allowed"):
        address.read(f"policy=baseline&{query}", USUAL)
