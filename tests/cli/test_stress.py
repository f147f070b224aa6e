"""`sitesec stress`: every policy under every mind, with both responses; it fits a terminal of 80 columns."""

import json

import pytest

from sim.decide.stress import NAMES
from tests.cli.command import sentence


@pytest.fixture
def here(decided, monkeypatch, sitesec):
    monkeypatch.chdir(decided.parent)
    return decided


def test_each_policy_meets_each_mind(sitesec, here, tmp_path):
    result = sitesec("stress", here, "--json", "--quiet", "--out", tmp_path / "out")
    assert result.returncode == 0, result.stderr
    answer = json.loads(result.stdout)
    assert [*answer["minds"]] == [*NAMES]
    for line in answer["policies"]:
        assert {*NAMES} <= {*line} and line["own_mind"] in NAMES and line["worst_mind"] in NAMES
    assert sum(answer["mix"]["weights"].values()) == pytest.approx(1)
    rows = (tmp_path / "out" / "minds.csv").read_text().splitlines()
    assert len(rows) == 1 + 2 * len(NAMES)


def test_it_fits_80_columns(in_a_terminal, here):
    shown = in_a_terminal(80, "stress", here, "--quiet")
    assert "worst for the defender" in shown.lower() and max(map(len, shown.splitlines())) <= 80
    assert "Minds set on one class only" in shown and "\nalternative:" not in shown


def test_caps_that_leave_too_few_are_told(sitesec, here):
    path = here.parent / "capped.yaml"
    path.write_text(here.read_text() + "caps: {project_cost: 1}\n")
    assert "caps: read 0 of 2 alternatives below all of them" in sentence(sitesec("stress", path, "--quiet"), 2)
