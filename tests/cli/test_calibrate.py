"""`sitesec calibrate`, and `sitesec compare --draws`: a folder that resumes, what it says, and what is refused."""

import json

import pytest

from sim.scenario.load import load_scenario
from tests.cli.command import process, refused

ASKED = ["calibrate", "baseline", "--incidents", "2", "--years", "1", "--draws", "24", "--reps", "2"]
PAIR = ["--reps", "2", "--set", "run.horizon=1"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A small calibration."""
    out = tmp_path_factory.mktemp("calibration") / "kept"
    result = process(*ASKED, "--out", out)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("2 incidents in 1 year: ")
    return out


def test_the_folder_has_the_kept_draws_the_numbers_and_a_scenario_at_their_centre(folder):
    summary = json.loads((folder / "summary.json").read_text())
    lines = (folder / "table.csv").read_text().splitlines()
    assert summary["draws"] == 24 and len(lines) == summary["kept"] + 1 > 1
    assert len((folder / "numbers.csv").read_text().splitlines()) == summary["numbers"] + 1
    assert len(lines[0].split(",")) == summary["numbers"]
    assert load_scenario(str(folder / "centre.yaml")).name == "baseline-centre"
    assert {"kept.parquet", "draws.yaml", "draws"} <= {path.name for path in folder.iterdir()}


def test_the_same_command_again_runs_nothing_and_says_the_same(folder, sitesec):
    before = json.loads((folder / "summary.json").read_text())
    again = sitesec(*ASKED, "--out", folder, "--json")
    assert json.loads(again.stdout) == before
    assert "nothing to run: all 48 replicates of 24 points are there" in again.stderr
    assert "simulated years (warm-up included)" not in again.stderr


def test_another_record_of_as_many_years_runs_nothing_either(folder, sitesec):
    rates = {}
    for incidents in (0, 6, 2):
        result = sitesec(*ASKED, "--incidents", incidents, "--out", folder, "--json")
        assert "nothing to run" in result.stderr
        rates[incidents] = json.loads(result.stdout)["rates"][-1]["middle"]
    assert rates[0] < rates[2] < rates[6]


def test_the_answer_says_in_how_far_it_is_prior_what_the_public_record_counts_for_and_what_it_doesn_t_know(
    folder, in_a_terminal
):
    printed = in_a_terminal(80, *ASKED, "--out", folder)
    assert max(map(len, printed.splitlines())) <= 80
    said = " ".join(printed.split())
    assert "% of that band's width (in logarithms)" in said and "uncertain numbers is informed" in said
    assert "The public record counts for 1 incident of its 8" in said
    assert "Only " in said and "What this doesn't know" in said
    assert [line for line in printed.splitlines() if line.startswith("  your record alone ") and "6.30" in line]


def test_two_policies_under_the_kept_draws_are_answered_with_a_mean_and_a_band_and_run_once(
    folder, sitesec, in_a_terminal, tmp_path
):
    asked = ["compare", "baseline", "full-protocol", "--draws", folder, *PAIR]
    printed = in_a_terminal(80, *asked)
    assert max(map(len, printed.splitlines())) <= 80
    assert " ".join(printed.split()).startswith("full-protocol has 0.")
    again = sitesec(*asked, "--json", "--out", tmp_path)
    assert "nothing to run" in again.stderr
    summary = json.loads(again.stdout)
    assert summary["replicates"] == 2 and (tmp_path / "table.csv").is_file()
    line = summary["differences"][0]
    assert line["draws"] == json.loads((folder / "summary.json").read_text())["kept"]
    assert line["range_5"] <= line["difference"] <= line["range_95"]
    assert (folder / "compare-baseline-full-protocol" / "rows").is_dir()


def test_eight_replicates_of_each_draw_are_run_where_none_are_asked_for(folder, sitesec):
    summary = json.loads(
        sitesec("compare", "baseline", "curfew", "--draws", folder, "--set", "run.horizon=1", "--json").stdout
    )
    assert summary["replicates"] == 8 and summary["differences"][0]["replicates_a_draw"] == 8


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["--incidents", "-1"], "--incidents: read -1, allowed 0 to 10,000"),
        (["--years", "0"], "--years: read 0, allowed 0.083"),
        (["--draws", "15"], "--draws: read 15, allowed 16 to 100,000"),
        (["--reps", "1"], "--reps: read 1, allowed 2 to 1,000"),
        (["--public", "9"], "--public: read 9, allowed 0 to 8"),
    ],
)
def test_a_number_that_cannot_be_is_refused_before_anything_is_written(sitesec, tmp_path, arguments, words):
    out = tmp_path / "kept"
    assert words in refused(sitesec(*ASKED, *arguments, "--out", out))
    assert not out.exists()


def test_a_record_that_contradicts_the_scenario_is_refused(folder, sitesec):
    said = refused(sitesec(*ASKED, "--incidents", "900", "--out", folder))
    assert "900 incidents, 900 a year, which contradict every draw" in said


@pytest.mark.parametrize(
    "b, draws, words",
    [("curfew", "tests", "no calibration is there"), ("baseline", "kept", "allowed with --draws two different")],
)
def test_what_can_not_be_compared_under_draws_is_refused(sitesec, b, draws, words):
    assert words in refused(sitesec("compare", "baseline", b, "--draws", draws))
