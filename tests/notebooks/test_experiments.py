"""The notebooks as committed: whole, executed, with intervals; and the comparison that `make notebooks` rests on."""

import copy
import json

import nbformat
import pyarrow.parquet as pq
import pytest

import sim
from experiments import reproduce
from sim.sweep.sweep import checked_design

NOTEBOOKS = reproduce.notebooks()
SWEEPS = sorted(reproduce.HERE.glob("[0-9][0-9]*.yaml"))
LONG = {"00", "00-band", "11-morris", "11-sobol"}  # thousands of draws: `make summaries` checks them
QUESTIONS = 15


def numbers(*entries):
    """A result that holds these estimates with these ends, at 95 %."""
    made = [
        {"name": f"number {k}", "estimate": estimate, "low": low, "high": high, "confidence": 0.95}
        for k, (estimate, low, high) in enumerate(entries)
    ]
    return {"numbers": made}


def test_there_is_a_notebook_for_each_question_and_one_for_the_calibration():
    assert [path.stem[:2] for path in NOTEBOOKS] == [f"{number:02}" for number in range(QUESTIONS + 1)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_each_notebook_is_committed_as_run_from_a_clean_kernel_and_without_errors(path):
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell.outputs]
    assert not [output for output in outputs if output.output_type in ("error", "stream")]
    assert any("image/png" in output.get("data", {}) for output in outputs)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_each_notebook_has_key_numbers_with_intervals_and_says_what_would_flip_them(path):
    found = reproduce.result(path.stem[:2])
    assert found["root_seed"] == 1 and found["question"].endswith("?") and found["answer"].endswith(".")
    names = [entry["name"] for entry in found["numbers"]]
    assert len(names) == len(set(names)) >= 5
    for entry in found["numbers"]:
        assert entry["low"] is None or entry["low"] <= entry["estimate"] <= (entry["high"] or float("inf")), entry
    prose = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown")
    assert "what would flip it" in prose


@pytest.mark.parametrize("path", [path for path in SWEEPS if path.stem not in LONG], ids=lambda path: path.stem)
def test_each_sweep_of_a_notebook_is_sound(path):
    _, points = checked_design(path)
    assert points


def test_results_and_summaries_are_of_this_version_of_the_model():
    assert {reproduce.result(path.stem[:2])["model"] for path in NOTEBOOKS} == {sim.MODEL_VERSION}
    summaries = sorted((reproduce.HERE / "summaries").glob("*.parquet"))
    assert [path.stem for path in summaries] == ["band", "calibration", "morris", "sobol"]
    for path in summaries:
        assert pq.read_metadata(path).metadata[b"model_version"] == str(sim.MODEL_VERSION).encode(), path


def test_the_table_of_contents_is_what_the_results_give():
    page = (reproduce.HERE / "README.md").read_text(encoding="utf-8")
    assert reproduce.with_contents(page) == page


def test_the_same_numbers_are_equal_and_another_one_is_named():
    old = numbers((1.0, 0.9, 1.1), (2.0, 1.5, 2.5))
    assert reproduce.moved(old, copy.deepcopy(old)) == []
    assert reproduce.moved(old, numbers((1.0 + 1e-12, 0.9, 1.1), (2.0, 1.5, 2.5))) == []
    (problem,) = reproduce.moved(old, numbers((1.001, 0.9, 1.1), (2.0, 1.5, 2.5)))
    assert "1.001" in problem
    assert reproduce.moved(old, numbers((1.0, 0.9, 1.1)))


def test_a_band_that_moved_is_named_too():
    old, new = numbers((1.0, 0.9, 1.1)), numbers((1.0, 0.9, 1.1))
    old["numbers"][0]["band"], new["numbers"][0]["band"] = {"low": 0.5}, {"low": 0.6}
    assert len(reproduce.moved(old, new)) == 1


def test_a_second_seed_is_held_to_the_joint_interval_of_both_runs():
    """Ends 1 off the estimate each: at 5 % the difference may be the square root of 2."""
    old = numbers((1.0, 0.0, 2.0))
    assert reproduce.outside(old, numbers((1.0 + 1.40, 1.4, 3.4)), 0.05) == []
    assert len(reproduce.outside(old, numbers((1.0 + 1.43, 1.43, 3.43)), 0.05)) == 1
    assert reproduce.outside(old, numbers((1.0 + 1.43, 1.43, 3.43)), 0.01) == []


def test_the_ends_that_face_each_other_decide():
    assert reproduce.outside(numbers((1.0, 0.0, 1.1)), numbers((1.3, 1.2, 9.0)), 0.05)
    assert not reproduce.outside(numbers((1.0, 0.0, 1.4)), numbers((1.3, 1.2, 9.0)), 0.05)


def test_a_number_without_width_has_to_be_the_same():
    assert reproduce.outside(numbers((1.0, 1.0, 1.0)), numbers((1.1, 1.1, 1.1)), 0.01)
    assert not reproduce.outside(numbers((1.0, 1.0, 1.0)), numbers((1.0, 1.0, 1.0)), 0.01)


def test_results_are_plain_json_with_the_banner():
    for path in reproduce.RESULTS.glob("[0-9][0-9].json"):
        assert "Fictional corridor" in json.loads(path.read_text(encoding="utf-8"))["banner"]
