"""A project's file from totals or from a table of sites: names don't come along, and nothing is left half-written."""

import pytest
import yaml

from sim import load_scenario
from sim.errors import InputError
from sim.scenario.newproject import from_table, from_totals, letters, write_project

TOTALS = {"foreign_staff": 400, "local_staff": 1800, "trips": 40.0, "distance": 60.0, "cost": 900.0, "town": 10.0}
HEADER = "name,jurisdiction,hub,foreign_staff,local_staff,cost_m_usd,hub_km,town_km,trips_per_week\n"
ROWS = "North Dam,Northland,Big Port,100,300,200.5,60,5,4\nSouth Mill,Southland,Big Port,50,30,20,90,5,2\n"


@pytest.fixture
def table(tmp_path):
    def write(text):
        path = tmp_path / "sites.csv"
        path.write_text(text)
        return path

    return write


def test_totals_are_shared_out_to_the_last_person(tmp_path):
    file = write_project(tmp_path / "demo", from_totals(sites=3, **TOTALS), 0.9)
    made = load_scenario(str(tmp_path / "demo"))
    sites = made.world_file.sites
    assert (sum(s.foreign_staff for s in sites), sum(s.local_staff for s in sites)) == (400, 1800)
    assert sum(s.trips_per_week for s in sites) == 40.0 and sum(s.cost_bn_usd for s in sites) == pytest.approx(0.9)
    assert made.policy.budget.share == 0.9
    assert file == tmp_path / "demo" / "project.yaml"


def test_what_is_written_says_no_more_than_the_baseline_where_nothing_was_given(tmp_path):
    write_project(tmp_path / "demo", from_totals(sites=1, **TOTALS), 1.0)
    made, baseline = load_scenario(str(tmp_path / "demo")), load_scenario("baseline")
    assert made.policy == baseline.policy and made.threat == baseline.threat and made.exposure == baseline.exposure


def test_names_of_a_table_are_replaced_unless_they_are_asked_for(table, tmp_path):
    path = table(HEADER + ROWS)
    write_project(tmp_path / "plain", from_table(path, keep_names=False), 1.0)
    text = (tmp_path / "plain" / "project.yaml").read_text()
    assert not [name for name in ("North", "South", "Port") if name in text]
    sites = yaml.safe_load(text)["sites"]
    assert [site["name"] for site in sites] == ["A", "B"]
    assert [site["jurisdiction"] for site in sites] == ["province 1", "province 2"]
    assert [site["hub"] for site in sites] == ["hub 1", "hub 1"]
    write_project(tmp_path / "named", from_table(path, keep_names=True), 1.0)
    assert load_scenario(str(tmp_path / "named")).world_file.sites[0].name == "North Dam"


def test_names_go_on_after_z():
    assert [letters(k) for k in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]


@pytest.mark.parametrize("name", ["yes: no", "1e3", "null", "a, {b}", "#c", "'\"", "ü"])
def test_any_name_that_is_kept_is_read_back_as_it_is(table, tmp_path, name):
    quoted = '"' + name.replace('"', '""') + '"'
    path = table(f"name,foreign_staff,local_staff,cost_m_usd,hub_km,town_km,trips_per_week\n{quoted},9,9,9,60,5,4\n")
    write_project(tmp_path / "demo", from_table(path, keep_names=True), 1.0)
    assert load_scenario(str(tmp_path / "demo")).world_file.sites[0].name == name


@pytest.mark.parametrize(
    "text, sentence",
    [
        ("", "read no site below a header"),
        (HEADER, "read no site below a header"),
        (HEADER.replace("hub_km", "hub_miles") + ROWS, "sites.csv:2: hub_miles: unknown key"),
        (HEADER + ROWS.replace("60", "far"), "sites.csv:2: hub_km: read 'far', allowed a number from 1 to 600 (km)"),
        (HEADER + ROWS.replace(",5,2\n", ",5\n"), "sites.csv:3: read 8 cells, allowed 9, as in the header"),
        (HEADER + ROWS.replace("100,", "3,"), "sites.csv:2: foreign_staff: read 3, allowed 5 to 10000 (person)"),
    ],
)
def test_what_is_wrong_with_a_table_is_said_with_its_line(table, text, sentence):
    with pytest.raises(InputError) as caught:
        from_table(table(text), keep_names=False)
    assert sentence in str(caught.value)


def test_a_share_that_no_site_can_have_is_refused_by_its_option():
    with pytest.raises(InputError, match=r"--trips: read 0\.5 for a site, allowed 1 to 60"):
        from_totals(sites=80, **TOTALS)


def test_nothing_is_left_behind_where_the_file_would_not_be_sound(tmp_path):
    with pytest.raises(InputError, match=r"budget\.share"):
        write_project(tmp_path / "demo", from_totals(sites=1, **TOTALS), 50.0)
    assert not (tmp_path / "demo").exists()


def test_a_folder_that_is_there_is_left_alone(tmp_path):
    with pytest.raises(InputError, match="is there already"):
        write_project(tmp_path, from_totals(sites=1, **TOTALS), 1.0)
