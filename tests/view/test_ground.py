"""The map on paper: names that have room can be read, no attacker's place is on it, the same world is the same."""

import matplotlib.pyplot as plt
import pytest

from sim.describe.world import Described
from sim.view import ground
from sim.world.generate import generate
from tests.small import CROSSING, ONE_ROAD, THREE_ROADS, scenario

TALL = {
    **ONE_ROAD,
    "grid": {"width": 10, "height": 90, "cell_km": 0.5},
    "jurisdictions": [{"name": "all", "area": [[0, 0], [10, 0], [10, 90], [0, 90]]}],
    "roads": [{"name": "road", "points": [[5, 5], [5, 85]]}],
    "hubs": [{"name": "port", "cell": [5, 85]}],
    "hideouts": [{"name": "hills", "cell": [5, 45]}],
}
ODD = {**ONE_ROAD, "name": "$x_{", "towns": [{**ONE_ROAD["towns"][0], "name": "漢 $\\frac{"}]}
ODD["sites"] = [{**ONE_ROAD["sites"][0], "name": "x" * 80, "town": "漢 $\\frac{"}]
WORLDS = {"one road": ONE_ROAD, "three roads": THREE_ROADS, "crossing": CROSSING, "tall": TALL, "odd": ODD}


@pytest.fixture
def drawn():
    """Draw a world; the map's texts by what they say, with their boxes in pixels."""

    def draw(described):
        figure, note = ground.draw_map(described)
        axes = figure.axes[0]
        figure.canvas.draw()
        frame = axes.get_window_extent()
        boxes = [(text.get_text(), text.get_window_extent()) for text in axes.texts]
        return [(text, box) for text, box in boxes if frame.y0 < (box.y0 + box.y1) / 2 < frame.y1], frame, note

    yield draw
    plt.close("all")


def crowded(texts, frame):
    """Texts of a map that lie beyond its frame, and pairs that lie on each other, by more than a pixel."""
    beyond = [text for text, box in texts if box.x0 < frame.x0 - 1 or box.x1 > frame.x1 + 1 or box.y1 > frame.y1 + 1]
    on = [(a, b) for k, (a, one) in enumerate(texts) for b, two in texts[:k] if one.padded(-1).overlaps(two.padded(-1))]
    return beyond, on


def test_every_name_of_the_corridor_stands_on_its_map_and_none_of_a_hideout(baseline, drawn):
    texts, frame, note = drawn(Described(baseline))
    file = baseline.world_file
    said = {text for text, _ in texts}
    assert {place.name for place in (*file.sites, *file.hubs, *file.towns, *file.jurisdictions)} == said
    assert "left out" not in note
    assert crowded(texts, frame) == ([], [])


@pytest.mark.parametrize("sites, grid", [(3, (120, 80)), (60, (120, 80)), (250, (120, 80)), (60, (200, 60))])
def test_generated_worlds_have_names_that_can_be_read_and_say_how_many_are_left_out(
    in_world, baseline, drawn, sites, grid
):
    described = Described(in_world(baseline, generate(11, sites, *grid)))
    texts, frame, note = drawn(described)
    file = described.file
    names = len(file.sites) + len(file.hubs) + len(file.towns)
    left_out = names + len(file.jurisdictions) - len(texts)
    assert (f"({left_out} of {names})" in note) if left_out else ("left out" not in note)
    if sites <= 60:
        assert {place.name for place in (*file.sites, *file.hubs)} <= {text for text, _ in texts}
    assert crowded(texts, frame) == ([], [])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS)
def test_every_world_can_be_drawn_whatever_its_shape_and_names(world, tmp_path):
    files = ground.save_map(Described(scenario({}, world)), tmp_path)
    assert [file.name for file in files] == ["map.png", "map.svg"]
    assert files[0].read_bytes().startswith(b"\x89PNG") and b"</svg>" in files[1].read_bytes()


def test_a_road_that_ends_at_a_hideout_is_not_drawn_and_it_says_so(baseline):
    away = {"name": "away", "points": [[45, 5], [45, 9]]}
    hidden = {**ONE_ROAD, "roads": [*ONE_ROAD["roads"], away], "hideouts": [{"name": "hills", "cell": [45, 9]}]}
    drawing = ground._Drawing(Described(scenario({}, hidden)))
    assert len(drawing.roads) == 1 and ground.NOWHERE in drawing.draw()
    seen = {**hidden, "towns": [*ONE_ROAD["towns"], {"name": "hill town", "cell": [45, 9], "private_share": 0.0}]}
    drawing = ground._Drawing(Described(scenario({}, seen)))
    assert len(drawing.roads) == 2 and ground.NOWHERE not in drawing.draw()
    assert ground.NOWHERE not in ground._Drawing(Described(baseline)).draw()
    plt.close("all")


def test_the_same_world_gives_the_same_bytes(tmp_path):
    described = Described(scenario({}, CROSSING))
    first = [path.read_bytes() for path in ground.save_map(described, tmp_path)]
    assert [path.read_bytes() for path in ground.save_map(described, tmp_path)] == first


@pytest.mark.parametrize("km, bar", [(40.0, 20), (0.75, 0.5), (3333.3, 2000), (10.0, 10), (9.99, 5)])
def test_the_bar_has_the_longest_round_length_that_fits(km, bar):
    assert ground._round_length(km) == pytest.approx(bar)


def test_signs_grow_with_staff_and_shrink_where_there_are_many(in_world, baseline):
    few = ground._Drawing(Described(scenario({}, CROSSING)))
    assert few._size(400) == ground.LARGEST > few._size(60) > ground.SMALLEST
    many = ground._Drawing(Described(in_world(baseline, generate(11, sites=250))))
    assert few.scale == 1.0 > many.scale >= ground.LEAST
    plt.close("all")
