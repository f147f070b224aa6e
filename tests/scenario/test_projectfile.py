"""An own project: its file is checked like any other, and everything that a scenario can do works on it."""

import pytest
import yaml

from sim import load_scenario, replicates, simulate
from sim.errors import InputError
from sim.history.exposed import exposed, far_off
from sim.scenario.build import build_world
from sim.scenario.projectfile import MOST_SITES

SITE = {"foreign_staff": 130, "local_staff": 600, "cost_m_usd": 300.0, "hub_km": 60.0, "town_km": 10.0}


def project(*sites, **more):
    entries = [{"name": "ABCDEF"[k], **SITE, "trips_per_week": 13.0, **site} for k, site in enumerate(sites)]
    return {"name": "demo", "sites": entries, **more}


@pytest.fixture
def written(tmp_path):
    """Writes a project into a folder of its own, and says where."""

    def write(tree):
        folder = tmp_path / "demo"
        folder.mkdir(exist_ok=True)
        (folder / "project.yaml").write_text(yaml.safe_dump(tree, sort_keys=False))
        return folder

    return write


def loaded(written, *sites, **more):
    return load_scenario(str(written(project(*sites, **more))))


def test_counts_are_as_given(written):
    sites = ({"local_staff": 0}, {"foreign_staff": 5, "trips_per_week": 60.0, "people_a_trip": 2.0})
    world = build_world(loaded(written, *sites, today={"run": {"horizon": 1}}))
    assert world.sites["foreign_staff"].tolist() == [130, 5]
    assert world.sites["local_staff"].tolist() == [0.0, 600.0]
    assert world.lines["trips"].tolist() == [13.0, 13.0, 60.0, 60.0]
    assert world.lines["people"].tolist() == [0.0, 0.0, 2.0, 2.0]
    assert world.setting[0].project_cost == 3e8


def test_a_project_lies_under_its_own_policy_in_the_warm_up(written):
    made = loaded(written, {}, today={"policy": {"budget": {"share": 0.9}, "adherence": {"level": 0.4}}})
    assert (made.policy.budget.share, made.warmup.policy.budget.share) == (0.9, 0.9)
    assert made.warmup.policy.adherence.level == 0.4
    assert made.threat == load_scenario("baseline").threat


def test_a_policy_is_laid_over_a_project_and_leaves_its_warm_up_alone(written):
    folder = written(project({}, today={"policy": {"budget": {"share": 0.9}}}))
    changed, full = load_scenario(f"{folder}+full-protocol"), load_scenario("full-protocol")
    assert changed.policy.adherence == full.policy.adherence
    assert changed.policy.budget.share == changed.warmup.policy.budget.share == 0.9
    assert changed.warmup.policy.adherence == load_scenario(str(folder)).policy.adherence
    assert changed.world_file == load_scenario(str(folder)).world_file
    assert changed.name == "demo+full-protocol"


def test_a_scenario_that_changes_nothing_cannot_be_laid_over_another(written):
    with pytest.raises(InputError, match="baseline extends no other scenario"):
        load_scenario(f"{written(project({}))}+baseline")


def test_a_file_beside_a_project_extends_it(written):
    folder = written(project({}))
    (folder / "more.yaml").write_text("extends: project.yaml\npolicy: {adherence: {level: 0.9}}\n")
    made = load_scenario(folder / "more.yaml")
    assert made.policy.adherence.level == 0.9 and made.world_file.name == "demo"


@pytest.mark.parametrize(
    "change, sentence",
    [
        (
            {"sites": [{"name": "A", **SITE, "trips_per_week": 0.5}]},
            "sites[A].trips_per_week: read 0.5, allowed 1 to 60",
        ),
        ({"sites": [{"name": "A", **SITE}]}, "sites[A].trips_per_week: missing key"),
        ({"sites": []}, "sites: read [], allowed a list of 1 to 200"),
        ({"today": {"world": "worlds/corridor.yaml"}}, "today.world: allowed a key of a scenario beside these"),
        ({"today": {"policy": {"adherance": {}}}}, "policy.adherance: unknown key"),
        ({"jurisdictions": {"nowhere": {}}}, "jurisdictions.nowhere: read 'nowhere', allowed a jurisdiction of a site"),
        ({"map": "here.png"}, "map: unknown key"),
    ],
)
def test_what_is_wrong_with_a_project_is_said_with_its_line(written, change, sentence):
    with pytest.raises(InputError) as caught:
        load_scenario(str(written(project({}) | change)))
    assert sentence in str(caught.value) and "project.yaml:" in str(caught.value)


def test_more_people_on_board_than_work_there_are_refused(written):
    with pytest.raises(InputError, match="people_a_trip: read 40, allowed 30 at most: so many work there"):
        loaded(written, {"foreign_staff": 30, "people_a_trip": 40.0})


def test_two_sites_of_one_name_are_refused(written):
    with pytest.raises(InputError, match="read 'A' a second time"):
        loaded(written, {"name": "A"}, {"name": "A"})


def test_too_near_a_hub_elsewhere_is_refused_with_what_is_allowed(written):
    far = [{"jurisdiction": f"area {k}", "hub_km": 4.0} for k in range(6)]
    with pytest.raises(InputError, match="whose hub lies in another jurisdiction, allowed"):
        loaded(written, *far)


def test_the_state_s_country_wide_spending_is_charged_by_staff(written):
    small, all_of_it = loaded(written, {}), loaded(written, {}, country={"foreign_staff": 130})
    assert small.world_file.state_share == pytest.approx(130 / 3060)
    assert all_of_it.world_file.state_share == 1.0
    spent = [simulate([made], 1, 1)["state_spent"].sum() for made in (small, all_of_it)]
    assert spent[0] < 0.1 * spent[1]


def test_projects_of_any_size_that_the_file_allows_run(written):
    sizes = [
        [
            {
                "foreign_staff": 5,
                "local_staff": 0,
                "cost_m_usd": 1.0,
                "hub_km": 1.0,
                "town_km": 0.0,
                "trips_per_week": 1.0,
            }
        ],
        [{"foreign_staff": 10_000, "local_staff": 100_000, "hub_km": 600.0, "town_km": 300.0, "trips_per_week": 60.0}],
        [{"name": f"site {k}", "jurisdiction": f"area {k % 12}", "hub": f"hub {k % 12}"} for k in range(MOST_SITES)],
    ]
    for sites in sizes:
        entries = [{"name": f"{k}", **SITE, "trips_per_week": 13.0, **site} for k, site in enumerate(sites)]
        short = {"run": {"horizon": 0.1, "warmup": 0.1}}
        rows = simulate([load_scenario(str(written({"name": "demo", "sites": entries, "today": short})))], 1, 1)
        assert (rows["status"] == 0).all() and rows["trips"].sum() > 0


def test_a_project_of_sixty_people_has_fewer_than_six_tenths_of_an_incident_a_year(written):
    """Expected counts of 200 replicates of 3 years: their standard error is below .02."""
    made = loaded(
        written, *[{"foreign_staff": 30, "local_staff": 100, "trips_per_week": 2.0}] * 2, today={"run": {"horizon": 3}}
    )
    x = replicates(simulate([made], 200, 1))
    assert 0.2 < x["expected_project_incidents"].mean() / 3 < 0.55


def test_exposure_is_a_multiple_of_the_corridor_s(written):
    assert exposed(load_scenario("baseline")) == pytest.approx({"foreign staff": 1.0, "passenger-trips": 1.0}, abs=0.01)
    assert far_off(load_scenario("baseline")) == {}
    assert set(far_off(loaded(written, {}))) == {"foreign staff"}
