"""`sitesec world`: a scenario's world or a world file, on a terminal, in files and on a map."""

import json

import pytest
import yaml

from tests.cli.command import ROOT, refused
from tests.small import MANY_SITES

CORRIDOR = ROOT / "scenarios" / "worlds" / "corridor.yaml"


@pytest.fixture
def many(tmp_path):
    """A world file of 120 sites."""
    (tmp_path / "many.yaml").write_text(yaml.safe_dump(MANY_SITES))
    return tmp_path / "many.yaml"


def test_out_has_the_tables_the_summary_and_the_map(sitesec, tmp_path):
    result = sitesec("world", "baseline", "--out", tmp_path)
    assert result.returncode == 0, result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "jurisdictions.csv",
        "map.png",
        "map.svg",
        "sites.csv",
        "summary.json",
    ]
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert summary == json.loads(sitesec("world", "baseline", "--json").stdout)
    lines = (tmp_path / "sites.csv").read_text().splitlines()
    assert lines[0].startswith("site,jurisdiction,foreign_staff,local_staff,trips_a_week,people_a_trip,hub,km_to_hub,")
    assert len(lines) == 13
    assert "map.png" in result.stderr


def test_a_world_file_is_described_as_the_scenario_that_has_it_is(sitesec):
    by_file, by_name = (json.loads(sitesec("world", source, "--json").stdout) for source in (CORRIDOR, "baseline"))
    assert by_file == by_name


def test_a_project_is_described_by_the_stand_in_that_is_laid_out_for_it(sitesec, tmp_path):
    numbers = {"sites": 3, "foreign-staff": 400, "local-staff": 1800, "trips": 40, "distance": 60, "cost": 900}
    words = [word for name, number in numbers.items() for word in (f"--{name}", number)]
    assert sitesec("new", tmp_path / "demo", *words, "--budget", "0.9").returncode == 0
    assert sitesec("check", tmp_path / "demo").stdout.startswith(f"{tmp_path / 'demo'}: sound (project)\n")
    sites = json.loads(sitesec("world", tmp_path / "demo", "--json").stdout)["sites"]
    sums = [sum(site[key] for site in sites) for key in ("foreign_staff", "local_staff", "trips_a_week")]
    assert (sums, [site["km_to_hub"] for site in sites]) == ([400, 1800, 40], [60, 60, 60])


@pytest.mark.parametrize("columns", [80, 100, 120])
def test_it_fits_into_a_terminal_with_every_site_on_a_line_of_its_own(sitesec, in_a_terminal, columns):
    printed = in_a_terminal(columns, "world", "baseline").splitlines()
    assert max(map(len, printed)) <= columns
    summary = json.loads(sitesec("world", "baseline", "--json").stdout)
    for site in summary["sites"]:
        cells = " ".join(cell for line in printed if line.startswith(f"  {site['site']} ") for cell in line.split())
        facts = [
            f"{site['foreign_staff']:,}",
            f"{site['local_staff']:,}",
            f"{site['km_to_hub']:g}",
            f"{site['routes']}",
        ]
        assert all(fact in cells.split() for fact in facts)
    said = " ".join(" ".join(printed).split())
    assert said.startswith(summary["headline"]) and summary["closing"] in said


def test_of_many_sites_the_largest_are_shown_and_the_others_on_demand(sitesec, many):
    few, all_of_them = sitesec("world", many).stdout, sitesec("world", many, "--all").stdout
    counts = [text.count("\n  works ") for text in (few, all_of_them)]
    assert counts == [25, 120]
    assert "95 more sites with --all" in few and "--all" not in all_of_them


@pytest.mark.parametrize("source, kind", [("priors", "priors"), ("sweeps/named-policies.yaml", "sweep")])
def test_what_has_no_world_is_refused(sitesec, source, kind):
    assert refused(sitesec("world", source)) == (
        f"error: {source}: read a file of kind {kind}, allowed a scenario, a project or a world"
    )


def test_a_world_that_cannot_be_built_is_refused_and_nothing_is_written(sitesec, tmp_path):
    text = CORRIDOR.read_text().replace("[[101, 69], [102, 74]]", "[[101, 70], [102, 74]]")
    (tmp_path / "mine.yaml").write_text(text)
    assert "Saltmere Yards" in refused(sitesec("world", tmp_path / "mine.yaml", "--out", tmp_path / "out"))
    assert not (tmp_path / "out").exists()
