"""`sitesec choose`: what it says, writes, refuses, and how it goes on."""

import csv
import json
import re

import pytest

from sim.sweep.store import OpenStore
from tests.cli.command import ROOT, refused, sentence
from tests.decide.conftest import DRAWS, TEXT

DECISIONS = sorted((ROOT / "scenarios" / "decisions").glob("[!s]*.yaml"))  # without studies.yaml, which is none
TOTALS = [
    *("--sites", "1", "--foreign-staff", "40", "--local-staff", "200"),
    *("--trips", "4", "--distance", "60", "--cost", "90"),
]
SPLITS = """
name: splits
set: {run.horizon: 1, run.warmup: 0.2}
space: {split: {least: {escort: 0.35, site: 0.2, screening: 0.1, training: 0.1}, most: {training: 0.1}}}
draws: draws.csv
size: 2
first: 2
most: 4
"""


@pytest.fixture
def decision(sitesec, tmp_path, monkeypatch):
    """A small decision in an empty working folder."""
    monkeypatch.chdir(tmp_path)

    def written(text=f"{TEXT}size: 2\nfirst: 2\nmost: 4\n"):
        (tmp_path / "draws.csv").write_text(DRAWS)
        (tmp_path / "tiny.yaml").write_text(text)
        return tmp_path / "tiny.yaml"

    return written


def test_it_forecasts_runs_answers_and_keeps_its_runs(sitesec, decision, tmp_path):
    first = sitesec("choose", decision())
    assert first.returncode == 0 and first.stdout.startswith("Choose level 1.0: ")
    assert "first look, 2 replicates of each draw: 6 design points" in first.stderr
    assert (tmp_path / "results" / "decisions" / "tiny" / "runs" / "versions.json").is_file()
    again = sitesec("choose", decision())
    assert again.stdout == first.stdout and "to run: nothing" in again.stderr and "a second" not in again.stderr


def test_the_answer_is_written_and_printed_as_json_with_the_same_figures(sitesec, decision, tmp_path):
    result = sitesec("choose", decision(), "--json", "--out", tmp_path / "out", "--quiet")
    found = json.loads(result.stdout)
    assert found == json.loads((tmp_path / "out" / "summary.json").read_text())
    assert {*found["criteria"]} == {"mean", "worst", "regret"} and "no forecast" in found["banner"]
    with open(tmp_path / "out" / "table.csv", encoding="utf-8") as table:
        lines = list(csv.DictReader(table))
    assert [line["alternative"] for line in lines] == [line["alternative"] for line in found["alternatives"]]
    assert {"summary.json", "table.csv", "fresh.csv", "money.csv"} == {
        path.name for path in (tmp_path / "out").iterdir()
    }
    assert float(lines[0]["judged"]) == found["alternatives"][0]["judged"]


@pytest.mark.parametrize("text", [None, SPLITS])
def test_on_a_narrow_terminal_no_line_is_too_long_and_no_number_is_folded(in_a_terminal, decision, text):
    path = decision() if text is None else decision(text)
    printed = in_a_terminal(80, "choose", path, "--quiet")
    lines = printed.splitlines()
    assert max(map(len, lines)) <= 80
    found = [line for line in lines if line.rstrip().endswith(("chosen", "alike", "worse"))]
    assert len(found) == 3 if text is None else len(found) >= 15
    assert all(len(line.split(" to ")) == 2 for line in found)
    if text is not None:
        assert "per cent for escort, armour, checkpoint, site, screening," in printed
        assert any(line.split()[0] == "35-15-10-20-10-10" for line in found)


def test_interrupted_it_says_where_to_go_on_and_does(sitesec, decision, monkeypatch):
    path, added, add = decision(), [], OpenStore.add

    def interrupted(store, done):
        if len(added) == 3:
            raise KeyboardInterrupt
        added.append(done)
        add(store, done)

    with monkeypatch.context() as patch:
        patch.setattr(OpenStore, "add", interrupted)
        said = sentence(sitesec("choose", path, "--threads", "1"), 1)
    assert "what was finished is kept in results/decisions/tiny, and the same command goes on" in said
    assert sitesec("choose", path).stdout.startswith("Choose level 1.0: ")


@pytest.mark.parametrize(
    "text, said",
    [
        ("name: tiny\n", "tiny.yaml:1: allowed either `policies` or `space`"),
        (TEXT + "nonsense: 1\n", "tiny.yaml:7: nonsense: unknown key"),
        (TEXT.replace("[0.2, 0.6, 1.0]", "[0.2, 7]"), "tiny.yaml:4: policy.adherence.level: read 7, allowed "),
    ],
)
def test_what_is_wrong_is_one_sentence_and_nothing_is_written(sitesec, decision, tmp_path, text, said):
    assert said in refused(sitesec("choose", decision(text)))
    assert not (tmp_path / "results").exists()


def test_caps_that_leave_no_choice_are_wrong_input(sitesec, decision):
    text = f"{TEXT}size: 2\nfirst: 2\nmost: 4\ncaps: {{project_cost: 1}}\n"
    assert "tiny: caps: read 0 of 3 alternatives below all of them" in refused(sitesec("choose", decision(text)))


@pytest.mark.slow
@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_the_shipped_decisions_run_with_fewer_draws(sitesec, decision, tmp_path, path):
    text = re.sub(r"^(size|first|most): .*$", r"\1: 2", path.read_text(), flags=re.M).replace("../baseline", "baseline")
    assert sitesec("choose", decision(text)).stdout.startswith("Choose ")


def test_an_own_project_s_policies_can_be_chosen_between(sitesec, decision):
    assert sitesec("new", "demo", *TOTALS).returncode == 0
    text = "name: own\nscenario: demo\npolicies: [demo, demo+full-protocol]\nset: {run.horizon: 1, run.warmup: 0.2}\n"
    result = sitesec("choose", decision(f"{text}draws: draws.csv\nsize: 2\nfirst: 2\nmost: 2\n"), "--json")
    found = json.loads(result.stdout)
    assert found["today"] == "demo"
    assert {line["alternative"] for line in found["alternatives"]} == {"demo", "demo+full-protocol"}
