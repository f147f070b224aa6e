"""Guides are true: their commands run as they stand, in an empty folder, and their tables are what the sweeps say."""

import os
import re
import shlex
import subprocess
import sys

import pytest

from tests import guides
from tests.guides import GUIDE, ROOT, TABLE

COMMANDS = {
    path: re.findall(
        r"^sitesec .*", "\n".join(re.findall(r"```sh\n(.*?)```", path.read_text("utf-8"), re.DOTALL)), re.M
    )
    for path in (GUIDE, ROOT / "scenarios/SWEEPS.md", ROOT / "sim/PAGE.md", ROOT / "experiments/READING.md")
}
# What is added so that a command takes seconds; what serves a page is tested in tests/browser.
QUICK = {
    "calibrate": ["--draws", "64", "--reps", "4"],
    "run": ["--reps", "20"],
    "compare": ["--reps", "20"],
    "sweep": ["--reps", "3"],
}
GIVEN = {"--reps", "--draws", "--replicate", "--plan", "experiments/size.yaml"}  # with these it is run as it stands
SERVES = "watch"


def sitesec(words, here):
    """Run a command in a folder, as a reader would."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80"}
    run = [sys.executable, "-m", "sim.cli", *words]
    done = subprocess.run(run, cwd=here, env=environment, text=True, capture_output=True)
    assert done.returncode == 0, f"{shlex.join(words)}: {done.stderr}"
    return done


@pytest.fixture(scope="module")
def follow(tmp_path_factory):
    """Follow a guide to its end in a folder, which is then shown."""
    followed = {}

    def to_its_end(path):
        if path not in followed:
            here = followed[path] = tmp_path_factory.mktemp("guide")
            (here / "experiments").symlink_to(ROOT / "experiments")
            for name, text in re.findall(
                r"Save this one as `(.*?)`:\n\n```yaml\n(.*?)```", path.read_text("utf-8"), re.DOTALL
            ):
                (here / name).write_text(text)
            for command in COMMANDS[path]:
                _, name, *words = shlex.split(command, comments=True)
                if name != SERVES:
                    sitesec([name, *words, *([] if GIVEN & {*words} else QUICK.get(name, []))], here)
        return followed[path]

    return to_its_end


@pytest.mark.slow
@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: path.name)
def test_a_guide_s_commands_run_as_they_stand(follow, path):
    assert follow(path).is_dir()


@pytest.mark.slow
def test_a_policy_of_the_reader_s_own_can_be_compared(follow):
    text = re.search(r"```yaml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)[1]
    (follow(GUIDE) / "demo" / "stricter.yaml").write_text(text)
    sitesec(["compare", "demo", "demo/stricter.yaml", "--reps", "5"], follow(GUIDE))


@pytest.mark.slow
def test_the_table_of_sizes_is_what_its_sweep_says(follow):
    """To the last digit: the seeds are the sweep file's."""
    assert TABLE.search(GUIDE.read_text(encoding="utf-8"))[2] == guides.written(guides.sizes(follow(GUIDE) / "size"))


@pytest.mark.slow
def test_a_larger_project_is_attacked_more_often_but_less_than_in_proportion(follow):
    """Both hold by ten standard errors and more at theta .5 and 1."""
    rates = {(theta, size): figures[0] for theta, size, figures, _ in guides.sizes(follow(GUIDE) / "size")}
    for theta in (0.5, 1.0):
        few, many = rates[theta, "half"], rates[theta, "five"]
        assert 1.3 * few < many < 10 * few


@pytest.mark.slow
def test_the_guide_s_python_runs_as_it_stands(tmp_path):
    text = (ROOT / "sim" / "PYTHON.md").read_text(encoding="utf-8")
    source = "\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL))
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "MPLBACKEND": "agg"}
    run = subprocess.run([sys.executable, "-c", source], cwd=tmp_path, env=environment, text=True, capture_output=True)
    assert run.returncode == 0, run.stderr


def test_every_guide_has_commands_and_every_command_is_one():
    from sim.cli import COMMANDS as known

    names = {command.__name__.replace("_", "-") for command in known}
    for path, commands in COMMANDS.items():
        assert commands, path
        assert {shlex.split(command)[1] for command in commands} <= names


@pytest.mark.parametrize("path", ["README.md", *(str(path.relative_to(ROOT)) for path in COMMANDS), "sim/PYTHON.md"])
def test_links_between_pages_lead_somewhere(path):
    text = (ROOT / path).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert links
    assert [link for link in links if not ((ROOT / path).parent / link).exists()] == []


def test_the_first_page_is_short():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 120
