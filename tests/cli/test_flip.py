"""`sitesec flip`: its answer at 80 columns, as JSON and in files; what is wrong ends with one sentence."""

import json

import pytest

from sim.sweep.parts import hash_of
from tests.cli.command import refused

NUMBER = "cost.civil_society_year"


@pytest.fixture
def here(flippable, sitesec, monkeypatch):
    """The working folder is the decision's."""
    monkeypatch.chdir(flippable.parent)
    return flippable


def test_the_answer_fits_80_columns_and_says_where_was_looked(here, in_a_terminal):
    shown = in_a_terminal(80, "flip", here)
    assert max(map(len, shown.splitlines())) <= 80
    said = " ".join(shown.split())
    assert "by 500,000 USD a year of the state's spending" in said and "None found: civil_society 0.0 wins" in said
    assert NUMBER in said and "What this doesn't know" in said


def test_files_and_json_have_all_of_it(here, sitesec, tmp_path):
    result = sitesec("flip", here, "--json", "--out", tmp_path)
    found = json.loads(result.stdout)
    assert found == json.loads((tmp_path / "summary.json").read_text())
    assert (found["a"], found["b"], found["flip"]) == ("civil_society 0.0", "civil_society 1.0", None)
    assert found["difference"]["estimate"] == pytest.approx(500_000, rel=0.01)
    assert (tmp_path / "table.csv").read_text().splitlines()[1].startswith(NUMBER)


def test_the_forecast_is_said_first_and_quiet_says_nothing(here, sitesec):
    assert "simulated years; then" in sitesec("flip", here).stderr
    assert sitesec("flip", here, "--quiet").stderr == ""


def test_names_set_the_pair_and_unknown_ones_are_refused(here, sitesec):
    result = sitesec("flip", here, "--a", "civil_society 1.0", "--b", "civil_society 0.0", "--json")
    assert json.loads(result.stdout)["difference"]["estimate"] == pytest.approx(-500_000, rel=0.01)
    assert refused(sitesec("flip", here, "--a", "nobody")).startswith("error: a: read 'nobody', allowed one of")


@pytest.mark.parametrize(
    "words, said",
    [
        (["no-such.yaml"], "no-such.yaml"),
        (["baseline", "full-protocol", "--a", "baseline"], "--a and --b: read beside two scenarios"),
        (["baseline", "baseline"], "allowed two different scenarios"),
        (["baseline", "no-such"], "no-such"),
    ],
)
def test_wrong_input_is_refused_and_nothing_is_written(words, said, sitesec, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert said in refused(sitesec("flip", *words))
    assert not list(tmp_path.iterdir())


def test_the_answer_is_kept_for_the_brief(here, sitesec):
    assert sitesec("flip", here, "--quiet").returncode == 0
    kept = json.loads((here.parent / "results" / "decisions" / here.stem / "flip.json").read_text())
    assert kept["headline"] and kept["file"] == hash_of(here.read_bytes())
