"""The folder of a calibration: its sweep files, the kept draws as a sweep takes them, the scenario at their centre."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import yaml

from sim.errors import InputError
from sim.history import kept
from sim.history.own import Own
from sim.history.own_calibration import Calibration, Ensembles, Public
from sim.scenario.build import value_at
from sim.scenario.load import lever_paths, load_scenario
from sim.sweep.design import checked_design
from sim.sweep.file import load_sweep
from sim.sweep.parts import read_parquet
from sim.sweep.versions import point_id
from sim.view.console import csv_text

DRAWS = 24


@pytest.fixture(scope="module")
def points(tmp_path_factory):
    """Draws of today's policy."""
    file = kept.write_draws(tmp_path_factory.mktemp("draws"), "baseline", 3, 1, DRAWS, 2)
    return checked_design(file)[1]


@pytest.fixture(scope="module")
def values(points):
    return kept.values_of(SimpleNamespace(points=points))


def test_the_kept_draws_give_a_sweep_the_scenarios_that_they_were(points, values, tmp_path):
    chosen = np.arange(DRAWS) % 3 == 0
    (tmp_path / kept.TABLE).write_text(csv_text(kept.lines(values[chosen])))
    again = {"name": "again", "scenario": "baseline", "set": {"run.horizon": 3}, "sample": {"table": kept.TABLE}}
    (tmp_path / "again.yaml").write_text(yaml.safe_dump(again))
    ids = [point_id(point.scenario, 1) for point in checked_design(tmp_path / "again.yaml")[1]]
    assert ids == [point_id(point.scenario, 1) for point, mine in zip(points, chosen, strict=True) if mine]


@pytest.mark.parametrize("name", ["baseline", "full-protocol", "offensive"])
def test_the_centre_loads_with_every_number_at_its_median_and_all_else_as_it_was_before_and_after_day_0(
    name, values, tmp_path
):
    scenario, middle = load_scenario(name), kept.centre(values)
    kept.write_centre(tmp_path, name, scenario, middle)
    found = load_scenario(str(tmp_path / kept.CENTRE))
    for mine, other in ((found, scenario), (found.warmup, scenario.warmup)):
        assert {path: value_at(mine, path) for path in middle} == middle
        rest = [path for path in lever_paths() if path not in middle]
        assert [value_at(mine, path) for path in rest] == [value_at(other, path) for path in rest]
    assert found.run.horizon == scenario.run.horizon


def test_what_is_always_in_order_is_in_order_at_the_centre(values):
    middle = kept.centre(values)
    corners = [middle[f"exposure.passengers_{corner}"] for corner in ("min", "mode", "max")]
    assert corners == sorted(corners) and all(isinstance(corner, int) for corner in corners)


def test_every_number_has_its_prior_beside_what_is_kept_and_says_where_they_coincide():
    random = np.random.default_rng(4)
    values = pd.DataFrame({"a": random.uniform(size=400), "b": random.uniform(size=400)})
    table = kept.numbers(values, values["b"].to_numpy() < 0.5).set_index("parameter")
    assert table.loc["b", "record"] == "informed" and table.loc["a", "record"] == "not informed"
    assert table.loc["b", "kept_95"] < 0.5 < table.loc["b", "prior_95"]
    assert table.loc["b", "centre"] == pytest.approx(0.25, abs=0.05)
    assert table.index[0] == "b"


def test_the_parquet_file_has_the_kept_draws_with_their_figures_and_values(values, tmp_path):
    ones = np.ones(DRAWS)
    found = Ensembles(2 * ones, 0.1 * ones, np.ones((DRAWS, 2), int), 4 * ones, ones, 0 * ones)
    calibration = Calibration(Own(2, 1.0), Public(1.0, 1.0), found, -ones, np.arange(DRAWS) < 5)
    kept.write_kept(tmp_path, calibration, values)
    table = read_parquet(tmp_path / "kept.parquet").to_pandas()
    assert table["draw"].tolist() == [0, 1, 2, 3, 4]
    assert set(table["share_en_route"]) == {0.25} and set(table["rate"]) == {2.0}
    assert table[list(values)].equals(values[:5])


def test_a_pair_is_a_sweep_over_the_kept_draws_whose_base_is_what_was_calibrated(tmp_path):
    kept.write_draws(tmp_path, "baseline", 3, 1, 4, 2)
    with pytest.raises(InputError, match=f"^{tmp_path}: no calibration is there, allowed a folder that"):
        kept.write_pair(tmp_path, "baseline", "curfew", 1, 2)
    (tmp_path / kept.TABLE).write_text("threat.eta\n0.2\n0.3\n")
    file = kept.write_pair(tmp_path, "full-protocol", "a b/curfew.yaml", 7, 2)
    assert file.name == "compare-full-protocol-curfew.yaml"
    sweep = load_sweep(file)
    assert (sweep.scenario, sweep.seed, sweep.replicates) == ("baseline", 7, 2)
    assert sweep.reference == {"policy": "full-protocol"}


def test_a_draw_leaves_alone_what_either_policy_has_otherwise_than_the_calibrated_scenario(tmp_path):
    kept.write_draws(tmp_path, "baseline", 3, 1, 4, 2)
    (tmp_path / kept.TABLE).write_text("policy.adherence.level\n0.7\n")
    points = checked_design(kept.write_pair(tmp_path, "full-protocol", "baseline", 1, 2))[1]
    assert [point.scenario.policy.adherence.level for point in points] == [1.0, 0.7]
    assert [point.scenario.warmup.policy.adherence.level for point in points] == [0.7, 0.7]


def test_a_scenario_in_a_folder_of_its_own_has_its_calibration_beside_it_and_any_other_in_the_working_folder(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    for path in ("here.yaml", "mine/own.yaml"):
        (tmp_path / path).write_text("extends: baseline\n")
    folders = [str(kept.default_folder(source)) for source in ("baseline", "here.yaml", "mine/own.yaml")]
    assert folders == ["kept", "kept", "mine/kept"]
    assert kept.named_from("mine/own.yaml", tmp_path / "mine" / "kept") == "../own.yaml"


def test_pairs_of_a_project_with_other_policies_have_files_and_labels_of_their_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "demo" / "kept"
    folder.mkdir(parents=True)
    kept.write_draws(folder, "demo", 3, 1, 4, 2)
    (folder / kept.TABLE).write_text("threat.eta\n0.2\n")
    files = [kept.write_pair(folder, "demo", f"demo+{policy}", 1, 2) for policy in ("curfew", "offensive")]
    assert [file.name for file in files] == [f"compare-demo-demo+{policy}.yaml" for policy in ("curfew", "offensive")]
    assert list(load_sweep(files[0]).axes["policy"].files()) == ["demo", "demo+curfew"]
    assert (folder / kept.named_from("demo", folder)).resolve() == tmp_path / "demo"


def test_the_calibration_of_another_scenario_is_not_written_over(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kept").mkdir()
    kept.write_draws(tmp_path / "kept", "baseline", 3, 1, 4, 2)
    assert kept.default_folder("baseline").name == "kept"
    with pytest.raises(
        InputError, match=r"^kept: holds the calibration of baseline; allowed for curfew is another folder \(--out\)$"
    ):
        kept.default_folder("curfew")
