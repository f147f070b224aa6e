"""`sitesec check`: what is shipped is sound, and what is not is named."""

import json
import os
import re
import subprocess
import sys

import pytest

from tests.cli.command import MAIN, ROOT, refused

SHIPPED = sorted(path for path in (ROOT / "scenarios").glob("*.yaml") if path.stem != "priors")
SWEEPS = sorted((ROOT / "scenarios" / "sweeps").glob("*.yaml"))
DECISIONS = sorted((ROOT / "scenarios" / "decisions").glob("*.yaml"))


def test_check_names_every_bad_file_and_passes_the_shipped_ones(sitesec, tmp_path):
    assert sitesec("check", *SHIPPED, *SWEEPS, *DECISIONS).returncode == 0
    bad = tmp_path / "bad.yaml"
    bad.write_text("extends: baseline\npolicy: {budget: {share: -1}}\n")
    result = sitesec("check", SHIPPED[0], bad)
    assert result.returncode == 2
    assert "bad.yaml:2: policy.budget.share: read -1" in result.stderr


def test_check_says_for_which_kind_it_took_each_file(sitesec):
    files = [
        "worlds/corridor.yaml",
        "sweeps/named-policies.yaml",
        "decisions/policies.yaml",
        "priors.yaml",
        "curfew.yaml",
    ]
    result = sitesec("check", *(ROOT / "scenarios" / file for file in files))
    lines, closing, _ = result.stdout.partition("Sound: ")
    kinds = [line.rpartition(": ")[2] for line in lines.split("\n") if line]
    assert closing
    assert kinds == ["sound (world)", "sound (sweep)", "sound (decision)", "sound (priors)", "sound (scenario)"]
    found = json.loads(sitesec("check", *files, "--json").stdout)["files"]
    assert [(one["kind"], one["sound"]) for one in found] == [(kind[7:-1], True) for kind in kinds]


@pytest.mark.parametrize(
    "old, new, message",
    [
        ("foreign_staff: 741", "foreign_staff: -1", r"mine.yaml:\d+: sites\[Greyspire Dam\].foreign_staff: read -1, "),
        ("[2, 30]]}", "[3, 30]]}", "corridor: Greyspire Dam is not on a road"),
        ("[[6, 24], [2, 30]]", "[[5, 29], [2, 30]]", "corridor: no road between .* and Greyspire Dam"),
    ],
)
def test_a_world_of_one_s_own_is_checked_as_a_world_and_built(sitesec, tmp_path, old, new, message):
    text = (ROOT / "scenarios" / "worlds" / "corridor.yaml").read_text()
    assert text.count(old) == 1
    (tmp_path / "mine.yaml").write_text(text.replace(old, new))
    said = refused(sitesec("check", tmp_path / "mine.yaml"))
    assert re.search(message, said) and said.endswith("(taken for a world)")


def test_a_file_that_is_not_there_is_taken_for_nothing(sitesec):
    assert "taken for" not in refused(sitesec("check", "nowhere.yaml"))


@pytest.mark.parametrize("key", ["policies", "space", "judge", "weights", "caps", "draws"])
def test_a_decision_is_told_apart_from_a_sweep_by_any_key_of_its_own(sitesec, tmp_path, key):
    (tmp_path / "some.yaml").write_text(f"name: some\nscenario: baseline\n{key}: 1\n")
    assert refused(sitesec("check", tmp_path / "some.yaml")).endswith("(taken for a decision)")


def test_every_shipped_scenario_sweep_and_decision_stands_in_the_readme_beside_it_and_no_other():
    listed = re.findall(r"^\| ([a-z-]+) \|", (ROOT / "scenarios" / "README.md").read_text(), re.MULTILINE)
    assert sorted(set(listed) - {"file", "sweep", "decision", "key"}) == sorted(
        path.stem for path in [*SHIPPED, *SWEEPS, *DECISIONS]
    )


@pytest.mark.parametrize("home", [None, "/proc/nowhere"])
def test_check_leaves_nothing_behind_where_there_is_no_home_to_write_to(tmp_path, home):
    kept = {name: value for name, value in os.environ.items() if name not in ("HOME", "XDG_CACHE_HOME")}
    settings = kept | {"TMPDIR": str(tmp_path)} | ({"HOME": home} if home else {})
    no_entry = "import os, pwd\ndef none(uid): raise KeyError(uid)\npwd.getpwuid = none\n"
    command = [sys.executable, "-c", no_entry + MAIN, "check", "baseline"]
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=settings)
    assert (result.returncode, result.stdout.splitlines()[0], result.stderr) == (0, "baseline: sound (scenario)", "")
    assert not list(tmp_path.iterdir())


def test_how_many_design_points_a_large_sweep_has_is_said_before_they_are_checked(sitesec, tmp_path):
    axis = "{label: a, key: policy.budget.share, values: [" + ", ".join(f"{k / 1000}" for k in range(1, 1001)) + "]}"
    (tmp_path / "wide.yaml").write_text(f"name: wide\naxes: {{a: {axis}}}\n")
    result = sitesec("check", tmp_path / "wide.yaml")
    assert result.returncode == 0 and "wide.yaml: 1,000 design points" in result.stderr
