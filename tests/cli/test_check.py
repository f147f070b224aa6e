"""`sitesec check`: what is shipped is sound, and what is not is named."""

import re

from tests.cli.command import ROOT

SHIPPED = sorted(path for path in (ROOT / "scenarios").glob("*.yaml") if path.stem != "priors")
SWEEPS = sorted((ROOT / "scenarios" / "sweeps").glob("*.yaml"))


def test_check_names_every_bad_file_and_passes_the_shipped_ones(sitesec, tmp_path):
    assert sitesec("check", *SHIPPED, *SWEEPS).returncode == 0
    bad = tmp_path / "bad.yaml"
    bad.write_text("extends: baseline\npolicy: {budget: {share: -1}}\n")
    result = sitesec("check", SHIPPED[0], bad)
    assert result.returncode == 2
    assert "bad.yaml:2: policy.budget.share: read -1" in result.stderr


def test_every_shipped_scenario_and_sweep_stands_in_the_readme_beside_it_and_no_other():
    listed = re.findall(r"^\| ([a-z-]+) \|", (ROOT / "scenarios" / "README.md").read_text(), re.MULTILINE)
    assert sorted(set(listed) - {"file", "sweep"}) == sorted(path.stem for path in [*SHIPPED, *SWEEPS])
