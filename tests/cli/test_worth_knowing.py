"""`sitesec worth-knowing`: of the decision's draws, and of as many as asked for; what is wrong is one sentence."""

import json

import pytest

from sim.about import BANNER
from tests.cli.command import sentence


@pytest.fixture
def asked(sitesec, decided, monkeypatch):
    monkeypatch.chdir(decided.parent)
    return lambda *more: sitesec("worth-knowing", decided, *more)


def test_it_says_how_many_draws_and_numbers_it_looked_at(asked, tmp_path):
    result = asked("--draws", "16", "--json", "--quiet", "--out", tmp_path / "out")
    assert result.returncode == 0, result.stderr
    answer = json.loads(result.stdout)
    assert answer["draws"] == 16 and answer["replicates"] == 8
    numbers = [line for line in answer["worth"] if line["kind"] == "number"]
    assert f"Of {len(numbers)} uncertain numbers" in answer["headline"]
    assert all(line["usd"] == pytest.approx(1e6 * line["worth"]) for line in answer["worth"])
    rows = (tmp_path / "out" / "table.csv").read_text().splitlines()
    assert len(rows) == 1 + len(answer["worth"])


def test_the_answer_for_reading_has_the_headline_and_what_it_does_not_know(asked):
    result = asked("--draws", "16", "--quiet")
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("Knowing everything before deciding")
    said = " ".join(result.stdout.split())
    assert "What this doesn't know" in said and said.count(BANNER) == 1


def test_too_few_draws_are_refused(asked):
    assert sentence(asked("--draws", "8"), 2) == "error: --draws: read 8, allowed 16 or more"


def test_a_group_of_what_is_not_drawn_is_refused(sitesec, decided, monkeypatch):
    path = decided.parent / "wrong.yaml"
    path.write_text(decided.read_text() + "groups: {far: [layers.nowhere]}\n")
    monkeypatch.chdir(decided.parent)
    said = sentence(sitesec("worth-knowing", path), 2)
    assert "wrong.yaml" in said and "groups.far" in said and "layers.nowhere" in said
    assert not (decided.parent / "results" / "decisions" / "wrong").exists()
