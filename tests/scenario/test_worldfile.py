from pathlib import Path

import pytest

from sim.errors import InputError
from sim.scenario.load import load_scenario, load_world
from sim.scenario.schema import fields
from sim.scenario.worldfile import WorldFile

README = Path(__file__).parents[2] / "scenarios" / "README.md"

# Each case: what to replace in the tiny world, by what, and how the message begins after the file's name.
BAD = [
    ("cell: [1, 4]", "cell: [1, 4, 2]", ":15: sites[works].cell: read [1, 4, 2], allowed a cell [x, y]"),
    ("cell: [1, 4]", "cell: [1]", ":15: sites[works].cell: read [1], allowed a cell [x, y]"),
    ("cell: [1, 4]", "cell: [1.5, 4]", ":15: sites[works].cell: read [1.5, 4], allowed a cell [x, y]"),
    ("cell: [1, 4]", "cell: 3", ":15: sites[works].cell: read 3, allowed a cell [x, y]"),
    ("cell: [1, 4]", "cell: [10, 4]", ":15: sites[works].cell: read [10, 4], allowed [0..9, 0..7]"),
    ("cell: [1, 4]", "cell: [-1, 4]", ":15: sites[works].cell: read [-1, 4], allowed [0..9, 0..7]"),
    ("[9, 4]]}", "[9, 8]]}", ":7: roads[road].points[2]: read [9, 8], allowed [0..9, 0..7]"),
    ("[10, 8]", "[11, 8]", ":4: jurisdictions[east].area[3]: read [11, 8], allowed [0..10, 0..8]"),
    ("[[0, 0], [5, 0], [5, 8], [0, 8]]", "[[0, 0]]", ":5: jurisdictions[west].area: read [[0, 0]], "),
    ("hub: port", "hub: porto", ":15: sites[works].hub: read 'porto', which isn't among hubs, allowed"),
    ("town: upper", "town: up", ":15: sites[works].town: read 'up', which isn't among towns, al"),
    ("jurisdiction: west", "jurisdiction: w", ":17: bases[first].jurisdiction: read 'w', which isn't among"),
    (
        "jurisdiction: west",
        "jurisdiction: east",
        ":5: jurisdictions[west]: read no base for it, allowed one or more",
    ),
    (
        "hideouts: [hill]",
        "hideouts: [hill, dale]",
        ":25: groups[north].hideouts[2]: read 'dale', which isn't among hideouts, allowed hill",
    ),
    (
        "regions: {east: 1, west: 2}",
        "regions:\n      east: 1\n      south: 1",
        ":29: groups[north].regions.south: read 'south', which isn't among jurisdictions, allowed east, west",
    ),
    ("regions: {east: 1, west: 2}", "regions: {east: 0}", ":27: groups[north].regions: read no weight"),
    (
        "regions: {east: 1, west: 2}",
        "regions: {east: -1}",
        ":27: groups[north].regions.east: read -1, allowed 0 to 1000 (weight)",
    ),
    ("private: 1}", "privat: 1}", ":26: groups[north].weights.privat: unknown key; allowed here: convoy"),
    (", private: 1}", "}", ":26: groups[north].weights.private: missing key; needed is a number"),
    ("name: lower", "name: upper", ":13: towns[upper].name: read 'upper' a second time, "),
    ("private_share: 0.4", "private_share: 0.3", ":11: towns: read private_share that sum to 0.9, "),
    (", hub: port", "", ":15: sites[works].hub: missing key; needed is text"),
    ("foreign_staff: 50", "foreign_staff: 50.5", ":15: sites[works].foreign_staff: read 50.5, allowed a"),
    ("foreign_staff: 50", "foreign_staff: 0", ":15: sites[works].foreign_staff: read 0, allowed 1 to 100000"),
    ("count: 1", "count: 6", ":8: routes.count: read 6, allowed 1 to 5 (route)"),
    ("penalty: 4", "penalty: 0.5", ":8: routes.penalty: read 0.5, allowed 1 to 100 (ratio)"),
    ("name: works", "name: ''", ":15: sites[1].name: read '', allowed text that isn't empty"),
    ("- {name: hill, cell: [4, 0]}", "- hill", ":22: hideouts[1]: read 'hill', allowed a section "),
    ("hideouts:\n  - {name: hill, cell: [4, 0]}", "hideouts: []", ":21: hideouts: read [], allowed"),
    (
        "- {name: gate, cell: [5, 4]}",
        "- {name: gate, cell: [5, 4]}\n  - {name: second, cell: [5, 4]}",
        ":21: checkpoints[second].cell: read [5, 4] a second time, allowed one in a cell",
    ),
]


@pytest.mark.parametrize("old, new, message", BAD, ids=[new for _, new, _ in BAD])
def test_a_world_file_s_errors_name_file_line_and_key(folder, old, new, message):
    text = (folder / "tiny.yaml").read_text()
    assert text.count(old) == 1
    (folder / "tiny.yaml").write_text(text.replace(old, new))
    with pytest.raises(InputError) as caught:
        load_world("tiny.yaml")
    assert str(caught.value).startswith(f"tiny.yaml{message}")


def test_the_jurisdictions_are_twelve_at_most(folder):
    text = (folder / "tiny.yaml").read_text()
    more = "".join(f"  - {{name: j{k}, area: [[0, 0], [1, 0], [0, 1]]}}\n" for k in range(11))
    (folder / "tiny.yaml").write_text(text.replace("roads:\n", f"{more}roads:\n"))
    with pytest.raises(InputError, match=r"tiny.yaml:3: jurisdictions: read .*, allowed a list of 1 to 12"):
        load_world("tiny.yaml")


def test_what_a_file_may_leave_out_has_a_default(folder):
    text = (folder / "tiny.yaml").read_text().replace("routes: {count: 1, penalty: 4}\n", "")
    (folder / "tiny.yaml").write_text(text)
    world = load_world("tiny.yaml")
    assert (world.routes.count, world.routes.penalty) == (3, 4)
    assert world.sites[0].closures is False
    assert world.sites[0].cell == (1, 4)


def test_an_error_in_the_world_names_the_world_file_not_the_scenario(write, folder):
    (folder / "tiny.yaml").write_text("name: tiny\ngrid: 3\n")
    with pytest.raises(InputError, match=r"^tiny.yaml:1: jurisdictions: missing key; .* \(and 9 more\)$"):
        load_scenario(write("world: tiny.yaml\n"))


def test_the_shipped_world_is_the_one_of_the_specification():
    world = load_scenario("baseline").world_file
    assert len(world.sites) == 12
    assert sum(site.foreign_staff for site in world.sites) == 3060
    assert len(world.jurisdictions) == 4
    assert len(world.groups) == 2


@pytest.mark.parametrize("leaf", [leaf for leaf in fields(WorldFile) if "." in leaf.path], ids=lambda leaf: leaf.path)
def test_the_readme_has_every_key_of_a_world_with_its_bounds_and_unit(leaf):
    section, _, key = leaf.path.rpartition(".")
    rows = [line for line in README.read_text().splitlines() if line.startswith(f"| `{section}` |")]
    bounds = "" if leaf.low is None else f" ({leaf.low:g} to {leaf.high:g} {leaf.unit})"
    assert len(rows) == 1 and f"`{key}`{bounds}" in rows[0]
