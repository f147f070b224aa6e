"""Starts: a command loads what it uses and nothing else, so that it answers at once."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HEAVY = {"numba", "llvmlite", "pandas", "pyarrow", "scipy", "networkx", "mesa", "matplotlib", "duckdb", "solara"}
RUN = """
import sys
from sim.cli import main
try:
    main()
finally:
    print(*sys.modules, file=sys.stderr)
"""


def loaded(*words):
    """Heavy libraries that a command loads."""
    done = subprocess.run([sys.executable, "-c", RUN, *words], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return HEAVY & set(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize(
    "words, used",
    [
        (["--help"], set()),
        (["check", "baseline"], set()),
        (["check", "scenarios/priors.yaml"], {"scipy"}),
        (["check", "scenarios/sweeps/adherence-vetting-budget.yaml"], set()),
        (["schema"], set()),
        (["schema", "world"], set()),
        (["check", "scenarios/worlds/corridor.yaml"], set()),
        (["world", "baseline"], set()),
        (["levers"], set()),
        (["schedule"], set()),
        (["record"], {"scipy"}),
    ],
    ids=" ".join,
)
def test_a_command_loads_no_heavy_library_that_it_does_not_use(words, used):
    assert loaded(*words) == used


SWEEP = """
name: small
scenario: baseline
set: {run.horizon: 1, run.warmup: 0.2}
replicates: 2
axes: {adherence: {label: adherence, key: policy.adherence.level, values: [0.4, 1.0]}}
plots: [{name: rates, kind: lines, x: adherence, lines: adherence}]
"""


def test_a_sweep_with_nothing_to_do_loads_neither_the_engine_nor_what_draws(tmp_path):
    (tmp_path / "small.yaml").write_text(SWEEP)
    words = ["sweep", str(tmp_path / "small.yaml"), "--out", str(tmp_path / "out")]
    assert {"numba", "matplotlib"} <= loaded(*words)
    assert loaded(*words) == {"pyarrow", "scipy"}
