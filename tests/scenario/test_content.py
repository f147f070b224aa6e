"""What a design point is: the same for the same values, whatever the schema has beside them; never for others."""

import copy
import math

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import create_model

from sim import with_values
from sim.errors import InputError
from sim.scenario import content as where
from sim.scenario.content import LABELS, content, whole_content
from sim.scenario.fields import Section, fixed, part
from sim.scenario.schema import Scenario, fields
from sim.scenario.threat import Threat
from sim.scenario.worldfile import Jurisdiction, Site, WorldFile

LEAVES = [row for row in fields() if row.path not in LABELS and row.path != "run.warmup_policy"]
ENTRIES = {  # of a world: fields with a default, and values that they may have
    ("routes", "count"): (3, 1),
    ("routes", "penalty"): (4, 4.0, 7.5),
    ("sites", 0, "closures"): (False, True),
    ("jurisdictions", 0, "coast"): (False, True),
    ("jurisdictions", 0, "police_strength"): (1, 1.0, 0.9),
    ("jurisdictions", 1, "police_strength"): (1.0, 0.9),
}


def values_of(row):
    """A leaf's values, its default among them more often than by chance."""
    default = st.just(row.default)
    if row.choices:
        return default | st.sampled_from(row.choices)
    if row.type == "switch":
        return default | st.booleans()
    if row.type == "list":
        return default | st.permutations(row.default) | st.just([9] * len(row.default))
    if row.type == "mapping":
        return default | st.dictionaries(st.sampled_from(["coast", "plains"]), st.sampled_from([-1.0, 0.5, 2.0]))
    whole = st.integers(math.ceil(row.low), math.floor(row.high)) if math.ceil(row.low) <= row.high else st.nothing()
    return default | whole | (st.nothing() if row.type == "integer" else st.floats(row.low, row.high))


some_values = st.lists(
    st.sampled_from(LEAVES).flatmap(lambda row: st.tuples(st.just(row.path), values_of(row))), max_size=3
).map(dict)
some_world = st.fixed_dictionaries({}, optional={at: st.sampled_from(values) for at, values in ENTRIES.items()})


def changed(scenario, values):
    """The scenario with other values; where the schema refuses them the example is given up."""
    try:
        return with_values(scenario, values)
    except InputError:
        assume(False)


def in_changed_world(scenario, values):
    """The scenario in a world with other values."""
    tree = scenario.world_file.model_dump()
    for (*at, last), value in values.items():
        below = tree
        for key in at:
            below = below[key]
        below[last] = value
    return scenario.attach(WorldFile.model_validate(tree), scenario.warmup)


def held(scenario):
    """All that a point holds, defaults too; 4 equals 4.0."""
    trees = [some.model_dump(exclude=LABELS) for some in (scenario, scenario.warmup)]
    return [*trees, scenario.world_file.model_dump()]


@settings(deadline=None, max_examples=300)
@given(some_values, some_values)
def test_two_points_have_the_same_content_if_and_only_if_all_their_values_are_equal(baseline, one, other):
    a, b = changed(baseline, one), changed(baseline, other)
    assert (whole_content(a) == whole_content(b)) == (held(a) == held(b))


@settings(deadline=None, max_examples=100)
@given(some_world, some_world)
def test_two_worlds_have_the_same_content_if_and_only_if_all_their_values_are_equal(baseline, one, other):
    a, b = in_changed_world(baseline, one), in_changed_world(baseline, other)
    assert (whole_content(a) == whole_content(b)) == (held(a) == held(b))


@settings(deadline=None, max_examples=50)
@given(some_values)
def test_the_content_is_that_of_the_values_whatever_the_way_they_came(baseline, values):
    once, again = changed(baseline, values), baseline
    for path, value in reversed(values.items()):
        again = changed(again, {path: value})
    assert whole_content(once) == whole_content(again)
    assert content(once) == content(Scenario.model_validate_json(once.model_dump_json()))


def test_a_whole_number_in_place_of_a_number_is_the_same_value(baseline):
    assert content(with_values(baseline, {"run.horizon": 4})) == content(with_values(baseline, {"run.horizon": 4.0}))


def test_the_order_of_named_weights_is_none_of_a_world_s_values(baseline):
    tree = baseline.world_file.model_dump()
    for group in tree["groups"]:
        group["regions"] = dict(reversed(group["regions"].items()))
    world = WorldFile.model_validate(tree)
    assert world.model_dump_json() != baseline.world_file.model_dump_json()
    assert whole_content(baseline.attach(world, baseline.warmup)) == whole_content(baseline)


# Fields that are new.


class Weather(Section):
    rain: float = fixed(0.0, "mm", (0, 1), "a section that no schema had before")


def newer(model, **replaced):
    """The schema as a later version may have it: with a number and a section more, without effect by default."""
    return create_model(
        f"New{model.__name__}", __base__=model, fog=(int, 3), weather=(Weather, part(Weather)), **replaced
    )


def test_a_new_field_or_section_with_its_default_changes_nothing_and_with_another_value_it_does(baseline):
    threat = newer(Threat)
    later, tree = newer(Scenario, threat=(threat, part(threat))), baseline.model_dump()
    assert content(later.model_validate(tree)) == content(baseline)
    for change in ({"fog": 4}, {"weather": {"rain": 0.5}}, {"threat": {**tree["threat"], "fog": 4}}):
        assert content(later.model_validate(tree | change)) != content(baseline)


def test_a_new_field_in_the_entries_of_a_world_s_lists_changes_nothing_by_default(baseline, monkeypatch):
    lists = {"sites": (list[newer(Site)], ...), "jurisdictions": (list[newer(Jurisdiction)], ...)}
    later, tree = newer(WorldFile, **lists), baseline.world_file.model_dump()
    foggy = copy.deepcopy(tree)
    foggy["sites"][0]["fog"] = 4
    before = whole_content(baseline)
    monkeypatch.setattr(where, "WorldFile", later)
    assert whole_content(baseline.attach(later.model_validate(tree), baseline.warmup)) == before
    assert whole_content(baseline.attach(later.model_validate(foggy), baseline.warmup)) != before
