"""Kinds of files: each shipped file is known for what it is, and no kind's keys are another's."""

from pathlib import Path

import pytest

from sim.scenario.kinds import SWEEP_KEYS, WORLD_KEYS, kind_of
from sim.scenario.load import read_yaml
from sim.scenario.schema import Scenario
from sim.scenario.worldfile import WorldFile
from sim.sweep.file import SweepFile

SCENARIOS = Path(__file__).parents[2] / "scenarios"
FOLDERS = {"worlds": "world", "sweeps": "sweep", "scenarios": "scenario", "decisions": "decision"}
FILES = sorted(SCENARIOS.rglob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_shipped_file_is_known_by_its_keys(path):
    kind = path.stem if path.stem in ("priors", "studies") else FOLDERS[path.parent.name]
    assert kind_of(read_yaml(path)[0]) == kind


def test_keys_that_tell_a_kind_are_its_own_and_no_other_kind_s():
    scenario, world, sweep = (set(model.model_fields) for model in (Scenario, WorldFile, SweepFile))
    assert sweep - scenario == SWEEP_KEYS and not SWEEP_KEYS & world
    assert world - scenario >= WORLD_KEYS and not WORLD_KEYS & sweep


@pytest.mark.parametrize(
    "tree, kind",
    [
        ({"name": "mine"}, "scenario"),
        ({"polcy": {}, "extends": "baseline"}, "scenario"),
        ({"name": "mine", "grid": 3}, "world"),
        ({"roads": [], "sites": []}, "world"),
        ({"name": "mine", "sites": []}, "project"),
        ({"axes": {}, "grid": [["a"]]}, "sweep"),  # a sweep's `grids`, misspelt
        ({"threat.eta": {"law": "normal"}, "threat.x": 3}, "priors"),
    ],
    ids=str,
)
def test_a_file_with_mistakes_is_taken_for_what_its_keys_speak_for(tree, kind):
    assert kind_of(tree) == kind
