"""`sitesec demo`: an answer from what is shipped."""

import json

from sim.history.band import shipped_differences
from tests.cli.command import loading, process


def test_the_demo_loads_no_engine_and_says_what_it_showed():
    result = process("demo", script=loading("sim.engine", "numba", "pandas", "matplotlib"))
    assert result.returncode == 0, result.stderr
    assert "loads" not in result.stderr
    said = " ".join(result.stdout.split())
    assert "These figures were computed before, and shipped" in said and "What this doesn't know" in said


def test_its_figures_are_those_of_the_shipped_table(sitesec, tmp_path):
    found = json.loads(sitesec("demo", "--json", "--out", tmp_path).stdout)["policies"]
    bands = shipped_differences("project_incidents")
    assert {line["policy"]: line["middle"] for line in found} == {name: band.estimate for name, band in bands.items()}
    assert [line["middle"] for line in found] == sorted(line["middle"] for line in found)
    assert len((tmp_path / "table.csv").read_text().splitlines()) == len(found) + 1


def test_the_demo_fits_80_columns(in_a_terminal):
    printed = in_a_terminal(80, "demo").splitlines()
    assert max(map(len, printed)) <= 80
