"""Guides are true: their commands run as they stand, in an empty folder, and their tables are what the sweeps say."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests import guides
from tests.guides import GUIDE, ROOT, TABLE

pytestmark = pytest.mark.slow
# What is added so that a command takes seconds; what a page of its own serves is tested in tests/browser.
QUICK = {"calibrate": ["--draws", "64", "--reps", "4"], "run": ["--reps", "20"], "compare": ["--reps", "20"]}
LEFT_OUT = ("watch",)


def commands():
    """Every command of the guide, in order."""
    blocks = re.findall(r"```sh\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line]


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    """A folder in which the guide was followed to its end."""
    here = tmp_path_factory.mktemp("guide")
    (here / "experiments").symlink_to(ROOT / "experiments")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80"}
    for command in commands():
        _, name, *words = shlex.split(command)
        if name in LEFT_OUT:
            continue
        more = [] if "--draws" in words else QUICK.get(name, [])
        run = [sys.executable, "-m", "sim.cli", name, *words, *more]
        done = subprocess.run(run, cwd=here, env=environment, text=True, capture_output=True)
        assert done.returncode == 0, f"{command}: {done.stderr}"
        assert done.stdout.strip() or name == "check", command
    return here


def test_the_guide_s_commands_run_as_they_stand(followed):
    assert (followed / "demo" / "project.yaml").is_file()
    assert (followed / "demo" / "kept" / "table.csv").is_file()


def test_a_policy_of_the_guide_s_own_can_be_compared(followed):
    text = re.search(r"```yaml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)[1]
    (followed / "demo" / "stricter.yaml").write_text(text)
    run = [sys.executable, "-m", "sim.cli", "compare", "demo", "demo/stricter.yaml", "--reps", "5"]
    done = subprocess.run(
        run, cwd=followed, env={**os.environ, "PYTHONPATH": str(ROOT)}, text=True, capture_output=True
    )
    assert done.returncode == 0, done.stderr


def test_the_guide_s_table_is_what_its_sweep_says(followed):
    """To the last digit: the seeds are the sweep file's."""
    assert TABLE.search(GUIDE.read_text(encoding="utf-8"))[2] == guides.written(guides.sizes(followed / "size"))


def test_a_larger_project_is_attacked_more_often_but_less_than_in_proportion(followed):
    """Both hold by ten standard errors and more at theta .5 and 1."""
    rates = {(theta, size): figures[0] for theta, size, figures, _ in guides.sizes(followed / "size")}
    for theta in (0.5, 1.0):
        few, many = rates[theta, "half"], rates[theta, "five"]
        assert 1.3 * few < many < 10 * few


def test_the_guide_s_commands_are_those_that_there_are():
    from sim.cli import COMMANDS

    known = {command.__name__.replace("_", "-") for command in COMMANDS}
    assert {shlex.split(command)[1] for command in commands()} <= known
    assert Path(ROOT / "experiments" / "size.yaml").is_file()
