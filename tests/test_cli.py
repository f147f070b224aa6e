"""The command line: what it prints, and what wrong input gets."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from sim.about import BANNER
from sim.scenario.schema import fields

ROOT = Path(__file__).parent.parent
SITESEC = [sys.executable, "-c", "from sim.cli import main; main()"]
SHIPPED = sorted(path for path in (ROOT / "scenarios").glob("*.yaml") if path.stem != "priors")
SWEEPS = sorted((ROOT / "scenarios" / "sweeps").glob("*.yaml"))
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
    assert {"a", "b", "difference", "low", "high", "correlation", "crn_factor", "replicates_saved"} == set(entry)
    assert entry["b"] - entry["a"] == pytest.approx(entry["difference"])
    assert entry["low"] <= entry["difference"] <= entry["high"]


def test_compare_prints_what_else_differs_and_how_many_columns_do_not(tmp_path):
    result = sitesec("compare", "baseline", "triple-budget", *QUICK, "--reps", "8", "--out", tmp_path)
    assert "projects' security budget, USD" in result.stdout
    assert re.search(r"\d+ of \d+ further columns do not differ", result.stdout)
    columns = json.loads((tmp_path / "summary.json").read_text())["columns"]
    assert {line["column"] for line in columns["lines"]} >= {"project_budget", "project_spent"}
    assert columns["alike"] + len(columns["lines"]) == columns["compared"]
    assert (tmp_path / "columns.csv").read_text().startswith("group,column,A a year,B a year,difference,low,high\n")


def test_a_scenario_does_not_differ_from_itself():
    result = sitesec("compare", "baseline", "baseline", *QUICK)
    assert result.returncode == 0, result.stderr
    assert "What else differs" not in result.stdout
    assert re.search(r"(\d+) of \1 further columns do not differ", result.stdout)


def test_run_closes_with_the_floor_that_is_left_and_its_channels():
    result = sitesec("run", "baseline", *QUICK, "--reps", "8")
    last = result.stdout.splitlines()[-1]
    shape = (
        r"What is left: [\d.]+ incidents a year, of these private nationals .*, convoys .*; an insider served .* %\."
    )
    assert re.fullmatch(shape, last)


def test_run_shows_every_column_of_the_outcome_on_demand(tmp_path):
    result = sitesec("run", "baseline", *QUICK, "--all", "--out", tmp_path)
    assert result.returncode == 0, result.stderr
    said = result.stdout[result.stdout.index("Every column of the outcome") :]
    columns = json.loads((tmp_path / "summary.json").read_text())["columns"]
    assert {"adherence_days", "foiled_watch", "incidents", "project_spent"} <= {line["figure"] for line in columns}
    assert [line["label"] for line in columns if f"  {line['label']}  " not in said] == []
    assert (tmp_path / "columns.csv").read_text().startswith("group,figure,label,unit,estimate,low,high,interval\n")
    assert json.loads(sitesec("run", "baseline", *QUICK, "--all", "--json").stdout)["columns"] == columns
    assert "columns" not in json.loads(sitesec("run", "baseline", *QUICK, "--json").stdout)


@pytest.mark.parametrize("width", [80, 120])
def test_every_column_fits_into_a_terminal(width):
    printed = in_a_terminal(width, "run", "baseline", *QUICK, "--all")
    table = printed[printed.index("Every column of the outcome") : printed.index("What is left")]
    assert max(map(len, table.splitlines())) <= width


def site_names():
    world = yaml.safe_load((ROOT / "scenarios" / "worlds" / "corridor.yaml").read_text())
    return [site["name"] for site in world["sites"]]


@pytest.mark.parametrize("form", [[], ["--json"]])
@pytest.mark.parametrize(
    "command",
    [
        ["run", "baseline", *QUICK],
        ["compare", "baseline", "triple-budget", *QUICK],
        ["levers"],
        ["levers", "--all"],
        ["record"],
    ],
)
def test_every_table_and_json_has_the_banner_and_names_no_site(command, form):
    printed = sitesec(*command, *form).stdout
    assert " ".join(printed.split()).count(BANNER) >= 1
    assert not [name for name in site_names() if name in printed]


def test_the_json_schema_and_the_result_of_check_have_the_banner_too():
    assert json.loads(sitesec("schema").stdout)["$comment"] == BANNER
    assert json.loads(sitesec("check", "baseline", "--json").stdout)["banner"] == BANNER


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
    assert sitesec("check", *SHIPPED, *SWEEPS).returncode == 0
    bad = tmp_path / "bad.yaml"
    bad.write_text("extends: baseline\npolicy: {budget: {share: -1}}\n")
    result = sitesec("check", SHIPPED[0], bad)
    assert result.returncode == 2
    assert "bad.yaml:2: policy.budget.share: read -1" in result.stderr


def test_every_shipped_scenario_and_sweep_stands_in_the_readme_beside_it_and_no_other():
    listed = re.findall(r"^\| ([a-z-]+) \|", (ROOT / "scenarios" / "README.md").read_text(), re.MULTILINE)
    assert sorted(set(listed) - {"file", "sweep"}) == sorted(path.stem for path in [*SHIPPED, *SWEEPS])


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


def levers_in_a_terminal(columns, *arguments):
    return in_a_terminal(columns, "levers", *arguments)


def in_a_terminal(columns, *arguments):
    """What a command prints on a terminal of this width, without its colours."""
    surroundings = {**os.environ, "FORCE_COLOR": "1", "TERM": "xterm", "COLUMNS": str(columns)}
    command = [*SITESEC, *arguments]
    printed = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=surroundings).stdout
    return re.sub(r"\x1b\[[0-9;]*m", "", printed)


@pytest.mark.parametrize("arguments, kinds", [([], ["lever"]), (["--all"], ["lever", "uncertain", "fixed"])])
def test_every_key_is_whole_in_a_pipe_and_in_a_narrow_terminal(arguments, kinds):
    keys = [row.path for row in fields() if row.kind in kinds]
    piped = sitesec("levers", *arguments).stdout
    assert [key for key in keys if not re.search(rf"^ *{re.escape(key)} ", piped, re.MULTILINE)] == []
    assert max(map(len, piped.splitlines())) <= 200
    narrow = levers_in_a_terminal(100, *arguments)
    ends = [".".join(key.split(".")[-1:]) for key in keys]
    assert [end for end in ends if not re.search(rf"^ +(\w+\.)*{end} ", narrow, re.MULTILINE)] == []
    assert max(map(len, narrow.splitlines())) <= 100


@pytest.mark.parametrize("command", ["run", "compare", "record", "sweep", "report", "query", "diff", "check"])
def test_every_command_explains_itself(command):
    result = sitesec(command, "--help")
    assert result.returncode == 0
    assert "Usage" in result.stdout


def test_the_record_is_printed_with_incidents_figures_tallies_and_what_they_cannot_say(tmp_path):
    result = sitesec("record", "--out", tmp_path)
    assert result.returncode == 0, result.stderr
    said = " ".join(result.stdout.split())
    assert re.search(r"2021 294 207 5 9 03 vehicle, .*, 07 vehicle p \(9\), 07 vehicle p\?", said)
    assert "core incidents a year (17 in 8) 2.12 1.24 to 3.40 Garwood" in said
    assert (
        re.search(r"NACTA \(authority\) .* 14 attacks, .* 12 incidents", said) and "at least 19 foreign killed" in said
    )
    assert said.endswith("that it agrees with them is weak evidence for it.")
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert summary == json.loads(sitesec("record", "--json").stdout)
    assert (tmp_path / "table.csv").read_text().startswith("group,key,name,estimate,low,high,method,note\n")
    assert len((tmp_path / "tallies.csv").read_text().splitlines()) == len(summary["tallies"]) + 1


@pytest.mark.parametrize("columns", [80, 100, 120])
def test_the_record_fits_into_a_terminal_with_every_figure_on_a_line_of_its_own(columns):
    printed = in_a_terminal(columns, "record").splitlines()
    assert max(map(len, printed)) <= columns
    figures = json.loads(sitesec("record", "--json").stdout)["figures"]
    assert [x["name"] for x in figures if not [line for line in printed if line.startswith(f"    {x['name']} ")]] == []


SMALL = """
name: small
set: {run.horizon: 1, run.warmup: 0.2}
replicates: 4
axes: {adherence: {label: adherence, key: policy.adherence.level, values: [0.4, 1.0]}}
"""


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """A sweep file, and the folder into which the command ran it."""
    folder = tmp_path_factory.mktemp("sweep")
    (folder / "small.yaml").write_text(SMALL)
    result = sitesec("sweep", folder / "small.yaml", "--out", folder / "out", "--json")
    assert result.returncode == 0, result.stderr
    assert [point["replicates"] for point in json.loads(result.stdout)["points"]] == [4, 4]
    return folder / "small.yaml", folder / "out"


def test_the_plan_is_all_that_is_printed_and_nothing_is_written(swept, tmp_path):
    result = sitesec("sweep", swept[0], "--plan", "--json", "--out", tmp_path / "out")
    plan = json.loads(result.stdout)["plan"]
    assert {"points", "replicates", "done", "minutes", "megabytes"} <= set(plan)
    assert (plan["points"], plan["replicates"], plan["done"]) == (2, 8, 0)
    assert not (tmp_path / "out").exists()


def test_a_question_in_sql_gets_its_answer(swept, tmp_path):
    sql = "select adherence, count(*) as n from rows join design using (point_id) group by all order by all"
    result = sitesec("query", swept[1], sql, "--json", "--out", tmp_path)
    assert json.loads(result.stdout)["rows"] == [{"adherence": 0.4, "n": 4}, {"adherence": 1.0, "n": 4}]
    assert (tmp_path / "table.csv").read_text() == "adherence,n\n0.4,4\n1.0,4\n"
    assert "the tables are rows, design, failures and columns" in refused(sitesec("query", swept[1], "selec"))


def test_diff_says_by_its_exit_code_whether_two_folders_hold_the_same(swept, tmp_path):
    again = sitesec("sweep", swept[0], "--out", tmp_path / "again", "--threads", "0")
    assert again.returncode == 0
    assert sitesec("diff", swept[1], tmp_path / "again").returncode == 0
    assert sitesec("sweep", swept[0], "--out", tmp_path / "again", "--reps", "5").returncode == 0
    differs = sitesec("diff", swept[1], tmp_path / "again", "--json")
    assert differs.returncode == 1
    assert json.loads(differs.stdout)["only"] == [0, 2]


def test_the_report_of_a_folder_is_written_beside_it(swept):
    result = sitesec("report", swept[1])
    assert result.returncode == 0, result.stderr
    assert (swept[1] / "report" / "report.html").exists()
    assert "read no store of a sweep" in refused(sitesec("report", swept[0].parent))
