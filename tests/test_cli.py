"""The command line: what it prints, and what wrong input gets."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SITESEC = [sys.executable, "-c", "from sim.cli import main; main()"]
QUICK = ["--reps", "2", "--set", "run.horizon=1", "--set", "run.warmup=0.2"]


def sitesec(*arguments: object, cwd: Path = ROOT) -> subprocess.CompletedProcess:
    return subprocess.run([*SITESEC, *map(str, arguments)], capture_output=True, text=True, cwd=cwd)


def refused(result: subprocess.CompletedProcess) -> str:
    """The one sentence on stderr of a command that ended with exit code 2."""
    assert result.returncode == 2, result.stderr
    assert "Traceback" not in result.stderr
    lines = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    assert len(lines) == 1
    return lines[0]


def test_run_prints_rates_funnel_deaths_and_costs_as_json():
    result = sitesec("run", "baseline", *QUICK, "--seed", 7, "--json")
    assert result.returncode == 0, result.stderr
    found = json.loads(result.stdout)
    for name in ("incidents_per_year", "project_incidents_per_year"):
        assert set(found["rates"][name]) == {"estimate", "low", "high", "expected", "expected_low", "expected_high"}
    assert {"funnel", "deaths", "costs", "protocol", "people"} <= set(found)
    assert "no forecast" in found["banner"]


def test_run_says_its_speed_in_the_last_line_of_stderr():
    assert "a second" in sitesec("run", "baseline", *QUICK).stderr.splitlines()[-1]


def test_compare_prints_the_paired_difference_its_interval_and_what_pairing_saved():
    found = json.loads(sitesec("compare", "lapsed-protocol", "full-protocol", *QUICK, "--reps", "8", "--json").stdout)
    entry = found["differences"]["incidents_per_year"]["expected"]
    assert {"difference", "low", "high", "correlation", "crn_factor", "replicates_saved"} == set(entry)
    assert entry["low"] <= entry["difference"] <= entry["high"]


def test_out_of_bounds_values_are_refused_with_key_value_and_bounds():
    sentence = refused(sitesec("run", "scenarios/baseline.yaml", "--set", "policy.adherence.level=1.7"))
    assert all(part in sentence for part in ("policy.adherence.level", "1.7", "0 to 1"))


@pytest.mark.parametrize(
    "arguments, parts",
    [
        (["--reps", "0"], ["--reps", "0", "1 or more"]),
        (["--seed", "-3"], ["--seed", "-3", "0 or more"]),
        (["--threads", "0"], ["--threads", "0"]),
        (["--set", "policy.adherence"], ["--set", "KEY=VALUE"]),
        (["--set", "policy.adherance.level=1"], ["adherance"]),
    ],
)
def test_wrong_options_are_refused_in_one_sentence(arguments, parts):
    sentence = refused(sitesec("run", "baseline", *arguments))
    assert all(part in sentence for part in parts)


def test_an_unknown_scenario_is_refused_and_the_shipped_ones_are_named():
    assert "baseline" in refused(sitesec("run", "basline"))


def test_an_unwritable_folder_is_refused_before_anything_is_run(tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    assert str(file) in refused(sitesec("run", "baseline", *QUICK, "--out", file / "results"))


def test_out_writes_the_summary_and_the_table(tmp_path):
    assert sitesec("run", "baseline", *QUICK, "--out", tmp_path / "x").returncode == 0
    assert json.loads((tmp_path / "x" / "summary.json").read_text())["replicates"] == 2
    assert (tmp_path / "x" / "table.csv").read_text().startswith("figure,estimate,low,high\n")


def test_a_full_disk_ends_with_one_sentence_and_exit_code_1(tmp_path):
    script = (
        "import sim.files as s, errno\n"
        "def full(path, text): raise OSError(errno.ENOSPC, 'No space left on device', str(path))\n"
        "s.write_whole = full\n"
        "from sim.cli import main; main()"
    )
    command = [sys.executable, "-c", script, "run", "baseline", *QUICK, "--out", str(tmp_path / "full")]
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert result.returncode == 1
    assert "No space left on device" in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.stderr


def test_check_names_every_bad_file_and_passes_the_shipped_ones(tmp_path):
    shipped = sorted(str(p) for p in (ROOT / "scenarios").glob("*.yaml"))
    assert sitesec("check", *shipped).returncode == 0
    bad = tmp_path / "bad.yaml"
    bad.write_text("extends: baseline\npolicy: {budget: {share: -1}}\n")
    result = sitesec("check", shipped[0], bad)
    assert result.returncode == 2
    assert "bad.yaml:2: policy.budget.share: read -1" in result.stderr


def test_a_world_without_a_road_between_two_places_is_refused(tmp_path):
    world = (ROOT / "scenarios" / "worlds" / "corridor.yaml").read_text()
    island = world.replace("roads:\n", "roads:\n  - {name: island road, points: [[100, 2], [104, 2]]}\n", 1)
    assert island != world
    (tmp_path / "island.yaml").write_text(island)
    assert "no road between" in refused(sitesec("run", "baseline", "--set", f"world={tmp_path / 'island.yaml'}"))


def test_schema_levers_and_schedule_are_printed():
    schema = json.loads(sitesec("schema").stdout)
    assert "policy" in schema["properties"]
    levers = json.loads(sitesec("levers", "--json").stdout)["levers"]
    assert {"policy.adherence.level", "policy.screening.sensitivity", "policy.budget.share"} <= {
        x["key"] for x in levers
    }
    schedule = sitesec("schedule").stdout
    assert schedule.index("convoys.plan") < schedule.index("field.stand")


@pytest.mark.parametrize("command", ["run", "compare", "sweep", "check", "schema", "levers", "schedule"])
def test_every_command_explains_itself(command):
    result = sitesec(command, "--help")
    assert result.returncode == 0
    assert "Usage" in result.stdout
