"""The map's pictures: sound SVG of any world, everybody on the road once, attackers for the analyst only."""

import base64
import io
import itertools
import re
from collections import Counter
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from sim.agents import convoys, escorts
from sim.agents.threat import slots
from sim.model import Attacker, Checkpoint, Convoy, Detector, EscortTeam, SecurityModel, Town
from sim.scenario.load import load_scenario, shipped, with_values
from sim.view.page.map import MOST_OPAQUE, Map, Sign, described, differing
from sim.view.page.signs import legend
from sim.view.page.watch import in_words
from sim.world.generate import generate
from tests.busy import BUSY_THREAT

SVG = "{http://www.w3.org/2000/svg}"
NUMBER = r"[-+]?[0-9.]+(?:e[-+]?[0-9]+)?"
SHORT = {"run.horizon": 0.3, "run.warmup": 0.1}
BUSY = (
    SHORT
    | BUSY_THREAT
    | {
        "policy.adherence.level": 0.3,
        "policy.partner.teams": 4,
        "policy.partner.joint_patrols": 4,
        "policy.drones.crews": 4,
        "policy.cameras.count": 300,
        "policy.watchtowers.per_site": 1,
        "policy.checkpoints.staffed_share": 0.5,
        "policy.budget.lead_time": 0.0,
    }
)
# Letters of a map are about so wide, as a share of their height: bold, plain, and capitals with space between them.
WIDTHS = {"site-name": 0.55, "town-name": 0.48, "area-name": 0.7}
NASTY = ["A & B", "<b>bold</b>", 'the "old" one', "it's", "]]>", "&amp;", "O’Brien–Süd 東", "--", "</svg>", "<!--"]  # noqa: RUF001


def parsed(text):
    """A picture, which must be well-formed XML, all in view, with finite numbers only."""
    tree = ElementTree.fromstring(text)
    assert tree.tag == f"{SVG}svg"
    assert "nan" not in re.sub(r'href="data:[^"]*"|<title>.*?</title>|<text.*?</text>', "", text).lower()
    return tree


def titles(tree):
    return [title.text for title in tree.iter(f"{SVG}title")]


def of_class(tree, name):
    """Elements that have a class."""
    return [element for element in tree.iter() if name in element.get("class", "").split()]


def place(element):
    """Where a sign stands."""
    x, y = re.match(rf"translate\(({NUMBER}) ({NUMBER})\)", element.get("transform")).groups()
    return float(x), float(y)


def renamed(tree, names):
    """A world's tree with other names of its places."""
    if isinstance(tree, dict):
        return {names.get(key, key): renamed(value, names) for key, value in tree.items()}
    if isinstance(tree, list):
        return [renamed(value, names) for value in tree]
    return names.get(tree, tree) if isinstance(tree, str) else tree


def nasty(tree):
    """A world whose names would break a page that does not escape them."""
    kinds = ("jurisdictions", "roads", "hubs", "towns", "sites", "bases", "checkpoints", "hideouts", "groups")
    found = dict.fromkeys(entry["name"] for kind in kinds for entry in tree[kind])
    return renamed(tree, {name: f"{NASTY[k % len(NASTY)]} {k}" for k, name in enumerate(found)})


@pytest.fixture(scope="module")
def drawn():
    """The map of a scenario with much going on."""
    return Map(load_scenario("baseline", BUSY))


@pytest.fixture
def moments(drawn):
    """The model of it, further on each time, at some hour of the day."""
    model = SecurityModel(drawn.scenario, rng=4)
    model.run_days(1.2)

    def later(days=0.15):
        model.run_days(days)
        return model

    return later


def events_of(model):
    """The log as the page hands it on."""
    found = [{str(key): value for key, value in event.items()} for event in model.events.to_dict("records")]
    return [event | {"when": in_words(event["time"]), "alone": k % 2 == 1} for k, event in enumerate(found)]


def pictures(a_map, model):
    """All pictures of a moment, switched on as far as can be."""
    signs = a_map.signs(model, True)
    events = events_of(model)
    cells = [sign.cell for sign in signs.values()]
    yield a_map.ground
    yield a_map.layers(model, True, True)
    yield a_map.layers(model, False, False)
    yield a_map.marks(events, events[-1] if events else None)
    yield a_map.moving(model, signs, cells)
    yield a_map.moving(model, a_map.signs(model, False))


# Sound pictures.


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_scenario_is_drawn_as_sound_svg(name):
    model = SecurityModel(name, rng=2, sets=SHORT)
    a_map = Map(model.spec)
    for day in (0.0, 30.4, 50.7):
        if day:
            model.run_days(day - model.day)
        for picture in pictures(a_map, model):
            tree = parsed(picture)
            assert tree.get("viewBox") == f"0 0 {a_map.width} {a_map.height}"
            for element in tree.iter(f"{SVG}path"):
                x, y = place(element)
                assert 0 <= x <= a_map.width + 2 and 0 <= y <= a_map.height + 2


def test_a_scenario_s_pictures_are_never_empty():
    model = SecurityModel("baseline", rng=2, sets=SHORT)
    model.run_days(1 + 9 / 24)
    a_map = Map(model.spec)
    assert len(list(parsed(a_map.ground))) > 50
    assert len(list(parsed(a_map.layers(model, True, False)))) > 5
    assert len(list(parsed(a_map.moving(model, a_map.signs(model, False))))) > 5


@settings(max_examples=8, deadline=None, derandomize=True)
@given(
    seed=st.integers(0, 2**63),
    sites=st.integers(1, 30),
    width=st.sampled_from([45, 60, 119, 120, 121, 201, 333]),
    height=st.sampled_from([30, 80, 211]),
)
def test_worlds_of_any_size_with_names_of_any_kind_are_drawn_as_sound_svg(
    baseline, in_world, seed, sites, width, height
):
    tree = nasty(generate(seed, sites, width, height))
    model = SecurityModel(in_world(with_values(baseline, BUSY), tree), rng=seed % 1000)
    a_map = Map(model.spec)
    model.run_days(9.4)
    found = [parsed(picture) for picture in pictures(a_map, model)]
    said = "\n".join(titles(found[0]))
    for kind in ("jurisdictions", "roads", "hubs", "towns", "sites", "bases"):
        assert all(entry["name"] in said for entry in tree[kind])
    assert all(entry["name"] in "\n".join(titles(found[1])) for entry in tree["checkpoints"])
    for element in itertools.chain.from_iterable(tree.iter(f"{SVG}path") for tree in found):
        x, y = place(element)
        assert 0 <= x <= width + 2 and 0 <= y <= height + 2


def test_what_stands_still_is_drawn_once_each(drawn):
    tree, file = parsed(drawn.ground), drawn.file
    for look, places in (("site", file.sites), ("hub", file.hubs), ("town", file.towns), ("base", file.bases)):
        assert [title.split(":")[0] for e in of_class(tree, look) for title in titles(e)] == [p.name for p in places]
    assert len(of_class(tree, "road")) == len(file.roads)
    assert len(of_class(tree, "area")) == len(of_class(tree, "area-name")) == len(file.jurisdictions)


# Names.


def boxes(a_map):
    """Each name on the ground, with its box: left, top, right, bottom."""
    found = []
    for text in parsed(a_map.ground).iter(f"{SVG}text"):
        kind = next(kind for kind in WIDTHS if kind in text.get("class").split())
        x, y, size = (float(text.get(key)) for key in ("x", "y", "font-size"))
        half = WIDTHS[kind] * size * len(text.text) / 2
        found.append((text.text, kind, (x - half, y - 0.7 * size, x + half, y + 0.05 * size)))
    return found


def over_each_other(names):
    """Pairs of names whose boxes overlap."""
    return [
        (a, b)
        for (a, _, one), (b, _, other) in itertools.combinations(names, 2)
        if one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
    ]


ANY_WORLD = st.builds(generate, st.integers(0, 2**63), st.integers(1, 40), st.integers(45, 250), st.integers(30, 150))


def worlds(test):
    return settings(max_examples=15, deadline=None, derandomize=True)(given(world=ANY_WORLD)(test))


def test_the_corridor_s_sites_and_towns_have_names_that_do_not_overlap(drawn):
    names = boxes(drawn)
    assert over_each_other(names) == []
    assert {site.name for site in drawn.file.sites} <= {text for text, _, _ in names}


@worlds
def test_names_of_sites_and_towns_never_overlap_each_other_nor_leave_the_map(baseline, in_world, world):
    a_map = Map(in_world(baseline, world))
    names = [name for name in boxes(a_map) if name[1] != "area-name"]
    assert over_each_other(names) == []
    for _, _, (left, top, right, bottom) in names:
        assert left >= -0.01 and top >= -0.01 and right <= a_map.width + 0.01 and bottom <= a_map.height + 0.01
    assert len(names) == len({text for text, _, _ in names}) > 0


@worlds
def test_names_of_jurisdictions_overlap_no_other_name(baseline, in_world, world):
    assert over_each_other(boxes(Map(in_world(baseline, world)))) == []


# Who is on the road.


def test_each_convoy_on_the_road_is_drawn_once_where_it_is(drawn, moments):
    numbers = set()
    for _ in range(25):
        model = moments()
        tree = parsed(drawn.moving(model, drawn.signs(model, False)))
        out = {a.row: a for a in model.agents_by_type[Convoy] if a.state in (convoys.CALLING, convoys.MOVING)}
        signs = of_class(tree, "convoy")
        said = Counter(titles(sign)[0].removeprefix("convoy ").split(":")[0] for sign in signs)
        assert said == Counter(model.names["convoys"][row] for row in out)
        at = {titles(sign)[0].removeprefix("convoy ").split(":")[0]: place(sign) for sign in signs}
        for row, agent in out.items():
            assert at[model.names["convoys"][row]] == (agent.pos[0] + 0.5, agent.pos[1] + 0.5)
        numbers.add(len(out))
    assert len(numbers) > 3 and max(numbers) > 5


def test_a_convoy_s_look_and_words_say_what_it_is(drawn, moments):
    seen = Counter()
    for _ in range(25):
        model = moments()
        for (kind, row), sign in drawn.signs(model, False).items():
            if kind != "convoy":
                continue
            convoy = model.world.convoys[row]
            waits = convoy["state"] == convoys.CALLING
            escorted = not waits and convoy["team"] >= 0
            looks = set(sign.look.split())
            assert ("waits" in looks, "escorted" in looks) == (waits, escorted)
            assert ("alone" in looks) == (not waits and not escorted)
            assert ("armoured" in looks) == (convoy["armoured"] == 1)
            missed = [x.replace("_", " ") for k, x in enumerate(convoys.ITEMS) if not convoy["followed"] >> k & 1]
            assert (", ".join(missed) if missed else "all protocol items followed") in sign.title
            seen.update(looks)
    assert all(seen[look] > 3 for look in ("escorted", "alone", "armoured"))


def test_each_team_under_way_is_drawn_once_with_its_force(drawn, moments):
    looks = Counter()
    for _ in range(25):
        model = moments()
        signs = {row: sign for (kind, row), sign in drawn.signs(model, False).items() if kind == "team"}
        out = {a.row: a for a in model.agents_by_type[EscortTeam] if a.state != escorts.AT_BASE}
        assert set(signs) == set(out)
        for row, agent in out.items():
            assert divmod(signs[row].cell, drawn.width)[::-1] == agent.pos
            assert agent.name in signs[row].title and agent.state_name in signs[row].title
            assert ("response" in signs[row].look.split()) == (agent.state == escorts.TO_ATTACK)
            looks[signs[row].look.split()[1]] += 1
    assert {"police", "project", "partner", "joint"} == set(looks)


def test_free_teams_are_counted_at_their_bases(drawn, moments):
    for _ in range(5):
        model = moments()
        counts = [int(text.text) for text in of_class(parsed(drawn.layers(model, False, False)), "free")]
        agents = model.agents_by_type[EscortTeam]
        assert len(counts) == len(drawn.file.bases)
        assert sum(counts) == sum(agent.state == escorts.AT_BASE for agent in agents) > 0


def test_a_closed_road_is_drawn_from_the_site_s_gate_for_a_convoy_that_asked_for_it(drawn, moments):
    gates, closed = {site.name: site.cell for site in drawn.file.sites}, 0
    for _ in range(60):
        model = moments(0.05)
        asked = {a.name: a for a in model.agents_by_type[Convoy] if a.closed and a.state != convoys.RESTING}
        for line in of_class(parsed(drawn.moving(model, {})), "closed"):
            name = titles(line)[0].removeprefix("road closed for the convoy ")
            points = [tuple(float(x) - 0.5 for x in point.split(",")) for point in line.get("points").split()]
            gate = gates[model.names["sites"][asked[name].site]]
            assert gate in (points[0], points[-1])
            assert len(points) == np.ceil(drawn.scenario.policy.closures.length / drawn.file.grid.cell_km) + 1
            closed += 1
    assert closed > 3


def test_drones_are_drawn_one_a_crew(drawn, moments):
    model = moments()
    crews = [agent for agent in model.agents_by_type[Detector] if agent.kind_name == "drone crew"]
    signs = [sign for (kind, _), sign in drawn.signs(model, False).items() if kind == "drone"]
    assert len(crews) == len(signs) == 4
    assert sorted(divmod(sign.cell, drawn.width)[::-1] for sign in signs) == sorted(crew.pos for crew in crews)


def test_attackers_are_drawn_for_the_analyst_only_and_all_others_for_everybody(drawn, moments):
    states = Counter()
    for _ in range(25):
        model = moments()
        known, everything = drawn.signs(model, False), drawn.signs(model, True)
        hidden = {key: sign for key, sign in everything.items() if key not in known}
        assert {key: everything[key] for key in known} == known
        assert {kind for kind, _ in hidden} <= {"attacker"} and not any(kind == "attacker" for kind, _ in known)
        plotting = {a.row: a for a in model.agents_by_type[Attacker] if a.state >= slots.WATCHING}
        assert {row for _, row in hidden} == set(plotting)
        for (_, row), sign in hidden.items():
            agent = plotting[row]
            assert divmod(sign.cell, drawn.width)[::-1] == agent.pos
            assert agent.state_name in sign.title
            assert agent.target_name == "none" or agent.target_name.split(": ")[1] in sign.title
            states[agent.state_name] += 1
        assert "attacker" not in drawn.moving(model, known).lower()
    assert set(states) == set(slots.STATES[slots.WATCHING :])


def test_no_hideout_and_no_group_stands_on_the_map_of_the_defenders(drawn, moments):
    model = moments()
    text = drawn.ground + drawn.layers(model, True, True) + drawn.moving(model, drawn.signs(model, False))
    for entry in (*drawn.file.hideouts, *drawn.file.groups):
        assert entry.name not in text


# Layers.


def test_a_layer_that_is_switched_off_is_not_drawn(drawn, moments):
    model = moments()
    off, on = (parsed(drawn.layers(model, switch, switch)) for switch in (False, True))
    for look in ("grievance", "reach", "stretch"):
        assert not of_class(off, look) and of_class(on, look)
    rest = {"checkpoint", "free", "protest"}
    assert [e.attrib for e in off if set(e.get("class").split()) & rest] == [
        e.attrib for e in on if set(e.get("class").split()) & rest
    ]


def test_coverage_is_a_circle_for_each_post_that_works_and_a_line_for_each_drone(drawn, moments):
    model = moments()
    tree = parsed(drawn.layers(model, False, True))
    kinds = Counter(agent.kind_name for agent in model.agents_by_type[Detector])
    assert len(of_class(tree, "reach")) == kinds["cameras"] + kinds["watchtowers"] > 0
    assert len(of_class(tree, "stretch")) == kinds["drone crew"] == 4
    for post, circle in zip(
        [agent for agent in model.agents_by_type[Detector] if agent.kind_name != "drone crew"],
        of_class(tree, "reach"),
        strict=True,
    ):
        assert float(circle.get("r")) == pytest.approx(post.reach / drawn.file.grid.cell_km)
        assert (float(circle.get("cx")), float(circle.get("cy"))) == (post.pos[0] + 0.5, post.pos[1] + 0.5)


def test_checkpoints_are_drawn_staffed_or_not(drawn, moments):
    model = moments()
    signs = of_class(parsed(drawn.layers(model, False, False)), "checkpoint")
    posts = list(model.agents_by_type[Checkpoint])
    assert len(signs) == len(posts)
    empty = [sign for sign in signs if "unstaffed" in sign.get("class").split()]
    assert len(empty) == sum(post.working == 0 for post in posts)
    assert 0 < len(empty) < len(posts)


def test_checkpoints_that_the_policy_s_placement_has_not_are_not_drawn(drawn):
    moved = Map(with_values(drawn.scenario, {"policy.checkpoints.placement": "crossroads"}))
    model = SecurityModel(moved.scenario, rng=4)
    signs = of_class(parsed(moved.layers(model, False, False)), "checkpoint")
    assert len(signs) == len(model.agents_by_type[Checkpoint]) == len(drawn.file.checkpoints)
    assert len(signs) < model.world.setting[0].first_cameras
    assert all(titles(sign)[0].startswith("post ") for sign in signs)


def opacity(a_map, model):
    """The colour layer's opacity, pixel by pixel."""
    (image,) = of_class(parsed(a_map.layers(model, True, False)), "grievance")
    assert (float(image.get("width")), float(image.get("height"))) == (a_map.width, a_map.height)
    data = image.get("href").removeprefix("data:image/png;base64,")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))[..., 3] / 255


def test_grievance_is_opaque_where_it_is_and_lies_between_the_towns_levels():
    model = SecurityModel("baseline", sets=SHORT)
    a_map, towns = Map(model.spec), model.agents_by_type[Town]
    for level in (0.0, 0.5, 1.0):
        towns.set("grievance", level)
        assert opacity(a_map, model) == pytest.approx(level * MOST_OPAQUE, abs=0.01)
    towns.set("grievance", 0.0)
    angry = next(iter(towns))
    angry.grievance = 1.0
    layer = opacity(a_map, model)
    top = np.unravel_index(layer.argmax(), layer.shape)
    step = a_map.width / layer.shape[1]
    assert abs(top[1] * step - angry.pos[0]) <= step and abs(top[0] * step - angry.pos[1]) <= step
    assert 0 <= layer.min() < 0.1 and layer.max() > 0.8 * MOST_OPAQUE


def test_a_protest_blocks_the_road_on_its_day_only():
    model = SecurityModel("baseline", sets=SHORT)
    model.run_days(2.5)
    a_map, town = Map(model.spec), model.world.residents[0]
    for shift, shown in ((0, 1), (-1, 0)):
        town["blocked"] = model.world.clock["day"][0] + shift
        assert len(of_class(parsed(a_map.layers(model, False, False)), "protest")) == shown


# Marks.


def look_of(event):
    return "foiled" if event["stage"].startswith("foiled") else event["stage"].replace(" ", "-")


def test_an_event_s_mark_stands_where_it_happened_with_what_is_known_of_it(drawn, moments):
    for event in events_of(moments(40))[:20]:
        tree = parsed(drawn.marks([event]))
        (mark,) = of_class(tree, "mark")
        assert place(mark) == (event["cell"][0] + 0.5, event["cell"][1] + 0.5)
        assert titles(mark) == [described(event)] and mark.get("class") == f"mark {look_of(event)}"
        assert len(of_class(tree, "only")) == event["alone"] and not of_class(tree, "count")


def test_marks_that_would_pile_up_are_one_with_their_count_and_no_mark_hides_another(drawn, moments):
    events = events_of(moments(40))
    tree = parsed(drawn.marks(events))
    marks, counts = of_class(tree, "mark"), [int(count.text) for count in of_class(tree, "count")]
    together = Counter((tuple(event["cell"]), look_of(event)) for event in events)
    assert len(marks) == len(together) < len(events) and max(together.values()) > 2
    assert sorted(counts) == sorted(count for count in together.values() if count > 1)
    assert Counter(mark.get("class").split()[1] for mark in marks) == Counter(look for _, look in together)
    assert len({place(mark) for mark in marks}) == len(marks)
    assert len(of_class(tree, "only")) == len({tuple(event["cell"]) for event in events if event["alone"]})
    assert not of_class(tree, "chosen")
    assert len(of_class(parsed(drawn.marks(events, events[3])), "chosen")) == 1
    assert list(parsed(drawn.marks([]))) == []


def test_an_event_in_words_says_when_what_against_whom_and_what_was_not_followed():
    event = {
        "stage": "incident",
        "target_class": "convoy",
        "target": "line/Dam/out",
        "deviations": ("escort", "need_to_know"),
        "insider": True,
        "deaths_foreign": 3,
        "deaths_security": 0,
        "deaths_residents": 1,
        "when": "year 1, day 2, 08:00",
    }
    text = described(event)
    parts = ("year 1, day 2, 08:00: incident", "convoy line/Dam/out", "not followed: escort, need to know", "insider")
    assert all(part in text for part in (*parts, "foreign nationals killed: 3", "residents killed: 1"))
    assert "guards" not in text
    none = {"deviations": (), "insider": False, "deaths_foreign": 0, "deaths_residents": 0}
    assert described(event | none) == "year 1, day 2, 08:00: incident, convoy line/Dam/out"


# Two policies.

SIGNS = st.dictionaries(
    st.tuples(st.sampled_from(["team", "convoy"]), st.integers(0, 4)),
    st.builds(Sign, st.integers(0, 5), st.just("M0 0"), st.sampled_from(["a", "b"]), st.just("title")),
)


@settings(deadline=None, derandomize=True)
@given(first=SIGNS, second=SIGNS)
def test_cells_differ_where_somebody_is_in_one_picture_and_not_alike_in_the_other(first, second):
    found = differing(first, second)
    assert found == differing(second, first)
    assert differing(first, first) == set()
    assert (found == set()) == (first == second)
    for cell in found:
        assert {k: s for k, s in first.items() if s.cell == cell} != {k: s for k, s in second.items() if s.cell == cell}
    both = {*first.items()} ^ {*second.items()}
    assert {sign.cell for _, sign in both} == found


def test_each_cell_that_differs_has_a_frame(drawn, moments):
    model = moments()
    cells = {3, drawn.width, 17 * drawn.width + 40}
    frames = of_class(parsed(drawn.moving(model, {}, cells)), "differs")
    assert sorted(map(place, frames)) == sorted(((c % drawn.width) + 0.5, (c // drawn.width) + 0.5) for c in cells)


# The legend.


def shapes(tree):
    return {element.get("d") for element in tree.iter() if element.get("d")}


def entries(grievance, coverage, analyst, two):
    return ElementTree.fromstring(f"<div>{legend(grievance, coverage, analyst, two)}</div>")


@pytest.mark.parametrize("analyst", [True, False])
def test_every_shape_on_the_map_stands_in_the_legend(drawn, moments, analyst):
    known = shapes(entries(True, True, analyst, True))
    for _ in range(10):
        model = moments(2.15)
        events = [e for e in events_of(model) if analyst or e["stage"] not in ("plot", "gave up")]
        signs = drawn.signs(model, analyst)
        for picture in (
            drawn.ground,
            drawn.layers(model, True, True),
            drawn.marks(events),
            drawn.moving(model, signs, [5]),
        ):
            assert shapes(parsed(picture)) <= known


def test_the_legend_says_only_what_the_switches_show():
    least = "".join(entries(False, False, False, False).itertext())
    words = {"grievance": "grievance of residents", "coverage": "cameras", "analyst": "attacker", "two": "A and B"}
    for k, word in enumerate(words.values()):
        switches = [k == place for place in range(4)]
        assert word not in least
        assert word in "".join(entries(*switches).itertext())
    for switches in itertools.product([False, True], repeat=4):
        texts = ["".join(entry.itertext()).strip() for entry in entries(*switches)]
        assert all(texts) and len(set(texts)) == len(texts)
