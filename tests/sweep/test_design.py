"""Designs: grids, named scenarios, draws; which values a draw may touch, and what wrong files are told."""

import itertools

import numpy as np
import pytest

from sim import load_scenario
from sim.errors import InputError
from sim.scenario.build import value_at
from sim.scenario.priors import load_priors
from sim.sweep.design import design_points, references
from sim.sweep.file import load_sweep
from sim.sweep.versions import point_id

POLICIES = """
axes:
  policy: {label: policy, scenarios: [baseline, full-protocol]}
  budget: {label: budget, key: policy.budget.share, values: [0.5, 1.0]}
"""
PATHS = {"a": "threat.rationality", "b": "policy.adherence.audit_interval", "c": "threat.watch_mean"}
# Two axes; the second one is to be filled in.
BUDGET = """axes:
  a: {{label: a, key: policy.budget.share, values: [1, 2]}}

  {0}: {{label: b, {1}}}
"""


@pytest.fixture
def designed(tmp_path):
    """The points of a sweep file that is given as text."""

    def made(text, sets=None):
        path = tmp_path / "sweep.yaml"
        path.write_text(f"name: test\n{text}")
        return design_points(load_sweep(path), path, sets)

    return made


@pytest.fixture
def refused(tmp_path):
    """The one sentence that a sweep file, given as text, is refused with."""

    def sentence(text):
        path = tmp_path / "sweep.yaml"
        path.write_text(f"name: test\n{text}")
        with pytest.raises(InputError) as error:
            design_points(load_sweep(path), path)
        return str(error.value)

    return sentence


# Grids and named scenarios.


def test_without_axes_the_base_is_the_one_point(designed):
    (point,) = designed("")
    assert point.levels == {}
    assert point.scenario == load_scenario("baseline")


def test_whole_numbers_along_an_axis_suit_whole_and_other_numbers(designed):
    teams = designed("axes: {teams: {label: teams, key: policy.partner.teams, values: [0, 2]}}")
    assert [point.scenario.policy.partner.teams for point in teams] == [0, 2]
    shares = designed("axes: {budget: {label: budget, key: policy.budget.share, values: [1, 2]}}")
    assert [point.scenario.policy.budget.share for point in shares] == [1.0, 2.0]


def test_without_grids_all_axes_are_crossed(designed):
    levels = [tuple(point.levels.values()) for point in designed(POLICIES)]
    assert levels == list(itertools.product(["baseline", "full-protocol"], [0.5, 1.0]))


def test_a_named_scenario_is_the_base_of_its_points(designed):
    points = designed(POLICIES)
    full = load_scenario("full-protocol", {"policy.budget.share": 0.5})
    assert points[2].scenario.model_dump(exclude={"extends"}) == full.model_dump(exclude={"extends"})
    assert points[2].scenario.warmup.policy == load_scenario("baseline").policy


def test_what_the_command_sets_stands_over_what_the_file_sets_in_every_point(designed):
    points = designed("set: {run.horizon: 2, run.warmup: 1}" + POLICIES, {"run.horizon": "3"})
    assert {(p.scenario.run.horizon, p.scenario.run.warmup) for p in points} == {(3.0, 1.0)}


# Draws.


def sample(method="sobol", size=8, rest="priors: [threat, insider]"):
    return f"{POLICIES}\nsample: {{method: {method}, size: {size}, {rest}}}\n"


@pytest.mark.parametrize("method", ["sobol", "latin hypercube"])
def test_every_policy_meets_the_same_draws(designed, method):
    points = designed(sample(method))
    assert len(points) == 8 * 4
    for draw in range(8):
        mine = [point for point in points if point.draw == draw]
        assert len({value_at(p.scenario, "threat.cells_per_group") for p in mine}) == 1
        assert len({value_at(p.scenario, "insider.prevalence") for p in mine}) == 1
        assert [tuple(p.levels.values()) for p in mine] == [tuple(p.levels.values()) for p in points[:4]]
    assert len({value_at(p.scenario, "insider.prevalence") for p in points}) == 8


def test_a_drawn_fact_holds_in_the_warm_up_too(designed):
    for point in designed(sample(rest="priors: [insider.prevalence]")):
        assert point.scenario.warmup.insider.prevalence == point.scenario.insider.prevalence
        assert point.drawn["insider.prevalence"] == point.scenario.insider.prevalence


def test_a_drawn_lever_holds_from_the_policys_start_only_and_its_prior_is_about_today(designed):
    today = load_scenario("baseline").policy.adherence.level
    for point in designed("sample: {size: 4, levers: {policy.adherence.level: [0.5, 0.9]}}"):
        assert point.scenario.policy.adherence.level == point.drawn["policy.adherence.level"] != today
        assert point.scenario.warmup.policy.adherence.level == today
    for point in designed("sample: {size: 4, priors: [policy.adherence.level]}"):
        assert point.scenario.policy.adherence.level == point.scenario.warmup.policy.adherence.level != today


def test_what_a_policy_sets_itself_is_not_drawn_but_today_is(designed):
    text = """
axes:
  adherence: {label: adherence, key: policy.adherence.level, values: [0.3, 1.0]}
sample: {size: 4, priors: [policy.adherence.level]}
"""
    for point in designed(text):
        assert point.scenario.policy.adherence.level == point.levels["adherence"]
        assert point.scenario.warmup.policy.adherence.level == point.drawn["policy.adherence.level"]


def test_where_a_named_scenario_differs_from_the_base_nothing_is_drawn(designed):
    full = load_scenario("full-protocol")
    for point in designed(POLICIES + "sample: {size: 4, priors: [policy.adherence]}"):
        if point.levels["policy"] == "full-protocol":
            assert point.scenario.policy.adherence.level == full.policy.adherence.level
        else:
            assert point.scenario.policy.adherence.level == point.drawn["policy.adherence.level"]


def test_more_sobol_draws_keep_those_that_were_there(designed):
    few, many = designed(sample(size=8)), designed(sample(size=16))
    assert [p.scenario for p in few] == [p.scenario for p in many[: len(few)]]


def test_another_root_seed_draws_other_values(designed):
    one, other = designed(sample()), designed("seed: 2\n" + sample())
    assert not {p.scenario.insider.prevalence for p in one} & {p.scenario.insider.prevalence for p in other}


@pytest.mark.parametrize("method", ["sobol", "latin hypercube"])
def test_each_eighth_of_a_range_has_one_draw_in_eight(designed, method):
    text = f"sample: {{method: {method}, size: 8, levers: {{policy.adherence.level: [0.2, 1.0], "
    points = designed(text + "policy.budget.share: [0.5, 2.5]}}")
    for path, low, high in (("policy.adherence.level", 0.2, 1.0), ("policy.budget.share", 0.5, 2.5)):
        shares = (np.array([p.drawn[path] for p in points]) - low) / (high - low)
        assert sorted(np.floor(8 * shares)) == list(range(8))


def test_draws_that_the_schema_refuses_are_drawn_again(designed):
    """A watch with d0 above dmax are refused, with these ranges half of all draws."""
    points = designed(
        "sample: {size: 16, levers: {layers.route_watch.d0: [0.2, 0.3], layers.route_watch.dmax: [0.2, 0.3]}}"
    )
    assert len(points) == 16
    assert {p.draw for p in points} == set(range(16))
    assert all(p.scenario.layers.route_watch.d0 <= p.scenario.layers.route_watch.dmax for p in points)


def test_a_draw_is_refused_only_for_what_a_point_itself_is(designed, tmp_path):
    """The base's watch has a dmax below every d0 that is drawn, the policy's own is above."""
    (tmp_path / "draws.csv").write_text("layers.route_watch.d0\n0.25\n0.3\n")
    (tmp_path / "worse.yaml").write_text("extends: baseline\nlayers: {route_watch: {dmax: 0.2}}\n")
    points = designed("""
axes: {watch: {label: watch, levels: {better: {layers.route_watch.dmax: 0.6}}}}
sample: {table: draws.csv}
scenario: worse.yaml
""")
    assert [p.scenario.warmup.layers.route_watch.d0 for p in points] == [0.25, 0.3]
    assert {p.scenario.layers.route_watch.dmax for p in points} == {0.6}


def test_all_priors_can_be_drawn_at_once(designed):
    points = designed("sample: {size: 4, priors: [all]}")
    assert len(points) == 4
    assert set(points[0].drawn) == set(load_priors())


def test_the_rows_of_a_table_are_the_draws_and_each_policy_meets_them(designed, tmp_path):
    (tmp_path / "draws.csv").write_text("state.naval.teams,insider.prevalence\n5,0.002\n7,0.0005\n")
    points = designed(POLICIES + "sample: {table: draws.csv}")
    assert len(points) == 2 * 4
    for point in points:
        values = (5, 0.002) if point.draw == 0 else (7, 0.0005)
        for scenario in (point.scenario, point.scenario.warmup):
            assert (scenario.state.naval.teams, scenario.insider.prevalence) == values
    assert points[0].drawn == {"state.naval.teams": 5, "insider.prevalence": 0.002}


@pytest.mark.parametrize(
    "table, parts",
    [
        (None, ["sweep.yaml: sample.table", "draws.csv", "a CSV"]),
        ("insider.colour\n1\n", ["draws.csv:1: insider.colour", "unknown path"]),
        ("insider.prevalence\n0.001\nmany\n", ["draws.csv:3: insider.prevalence", "'many'", "numbers"]),
        ("insider.prevalence\n", ["draws.csv: read no row of values"]),
        ("", ["draws.csv: read no row of values"]),
        ("insider.prevalence,\n0.001,\n", ["draws.csv:1: a column without a name: unknown path"]),
        (
            "insider.prevalence,state.naval.teams,insider.prevalence\n0.001,3,0.002\n",
            ["draws.csv:1: read 'insider.prevalence' twice, as columns 1 and 3"],
        ),
        ("insider.prevalence\n0.001,3\n", ["draws.csv:2: read 2 values, allowed 1, one for each column"]),
        ("state.naval.teams\n1.5\n", ["draws.csv:2: state.naval.teams", "'1.5'", "integers"]),
        ("insider.prevalence\n0.001\n7\n", ["draws.csv:3: insider.prevalence", "7", "0 to 0.005"]),
    ],
)
def test_a_wrong_table_of_draws_is_refused_in_one_sentence(refused, tmp_path, table, parts):
    if table is not None:
        (tmp_path / "draws.csv").write_text(table)
    sentence = refused("sample: {table: draws.csv}")
    assert "\n" not in sentence
    assert all(part in sentence for part in parts), sentence


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_a_table_of_draws_in_other_letters_is_refused_in_one_sentence(refused, tmp_path, encoding):
    (tmp_path / "draws.csv").write_text("insider.prevalence\n0.001é\n", encoding=encoding)
    assert refused("sample: {table: draws.csv}").endswith(": read bytes that aren't text, allowed UTF-8")


def test_a_table_of_draws_may_begin_with_a_byte_order_mark(designed, tmp_path):
    (tmp_path / "draws.csv").write_text("insider.prevalence\n0.001\n", encoding="utf-8-sig")
    (point,) = designed("sample: {table: draws.csv}")
    assert point.drawn == {"insider.prevalence": 0.001}


# References.


def test_the_reference_is_the_point_with_its_levels_in_the_same_draw(designed, tmp_path):
    points = designed(sample(size=2) + "reference: {policy: full-protocol, budget: 1.0}\n")
    assert references(points, load_sweep(tmp_path / "sweep.yaml")) == [3, 3, 3, 3, 7, 7, 7, 7]


def test_without_a_reference_it_is_the_first_point_of_each_draw(designed, tmp_path):
    points = designed(sample(size=2))
    assert references(points, load_sweep(tmp_path / "sweep.yaml")) == [0, 0, 0, 0, 4, 4, 4, 4]


# What is wrong is said in one sentence.


@pytest.mark.parametrize(
    "text, parts",
    [
        ("axes: {a: {label: a}}", [":2: axes.a", "one of", "scenarios"]),
        ("axes: {a: {label: a, scenarios: [nowhere]}}", ["nowhere", "no such file"]),
        ("axes: {a: {label: a, key: threat.learning, values: [true]}}", [":2: axes.a.values", "read true", "a number"]),
        (POLICIES + "reference: {colour: red}", ["reference.colour", "policy, budget"]),
        (POLICIES + "reference: {budget: 0.7}", ["reference.budget", "0.7", "0.5, 1.0"]),
        ("replicates: 10\nprecision: {relative: 5%}", ["precision", "either"]),
        ("precision: {}", ["precision", "relative", "absolute"]),
        ("precision: {relative: 5%, absolute: 0.1}", ["either"]),
        ("precision: {relative: five}", ["precision.relative", "'five'", "0.001 to 1"]),
        ("precision: {relative: 500%}", ["precision.relative", "500%", "0.001 to 1"]),
        ("precision: {relative: 5%, metric: deaths}", ["precision.metric", "incidents_per_year"]),
        ("precision: {relative: 5%, minimum: 100, maximum: 50}", ["precision.maximum", "50", "100"]),
        ("precision: {relative: 5%, of: difference}", ["precision.of", "axes"]),
        ("sample: {size: 4}", ["sample", "levers", "priors"]),
        ("sample: {table: draws.csv, size: 4}", ["sample.table", "by itself"]),
        ("sample: {priors: [weather]}", ["sample.priors", "weather"]),
        ("sample: {levers: {policy.colour: [0, 1]}}", ["sample.levers", "policy.colour"]),
        ("sample: {levers: {policy.adherence.level: [0.2, 1.7]}}", ["policy.adherence.level", "0.2 to 1.7", "0 to 1"]),
        ("sample: {levers: {policy.adherence.level: [0.9, 0.2]}}", ["policy.adherence.level", "rising"]),
        ("sample: {method: monte carlo, priors: [all]}", ["sample.method", "sobol or latin hypercube"]),
        ("axes: {draw: {label: d, key: policy.budget.share, values: [1]}}", ["axes.draw", "any other name"]),
        (
            "sample: {size: 4, levers: {layers.route_watch.d0: [0.28, 0.3], layers.route_watch.dmax: [0.2, 0.25]}}",
            ["draws were refused"],
        ),
        (
            "axes: {a: {label: a, scenarios: [baseline]}, b: {label: b, scenarios: [full-protocol]}}",
            ["axes", "second axis of scenarios"],
        ),
        # One thing has one name, and one name one thing.
        (BUDGET.format("b", "levels: {low: {policy: {budget: {share: 0.2}}}}"), [":5: axes.b", "axis a", "one place"]),
        ("axes: {incidents_per_year: {label: a, key: policy.budget.share, values: [1]}}", ["any other name"]),
        ("axes: {replicates: {label: a, key: policy.budget.share, values: [1]}}", ["any other name"]),
        ("axes: {Incidents: {label: a, key: policy.budget.share, values: [1]}}", ["any other name"]),
        (BUDGET.format("A", "levels: {low: {threat.rationality: 2}}"), [":5: axes.A", "any other name"]),
        ("axes: {a.b: {label: a, key: policy.budget.share, values: [1]}}", ["axes.a.b", "without dots"]),
        ("axes: {a: {label: a, key: policy.budget.share, values: [1, 1.0]}}", ["axes.a.values", "twice"]),
        ("axes: {a: {label: a, scenarios: [baseline, baseline.yaml]}}", ["axes.a.scenarios", "twice"]),
        (
            "axes: {a: {label: a, key: policy.budget.share, values: [1]}}\n"
            "plots: [{name: p, kind: spending, lines: a}, {name: P, kind: spending, lines: a}]",
            [":3: plots[P].name", "names a file"],
        ),
        ("axes: {a: {label: a, key: policy.budget.share, values: [1]}}\ngrids: [[a, a]]", [":3: grids[1]", "twice"]),
        # No value is hidden by another.
        ("set: {policy: {budget: {share: 1}}, policy.budget.share: 2}", [":2: set", "policy.budget.share twice"]),
        ("axes: {a: {label: a, levels: {x: {policy.budget: {share: 1}, policy.budget.share: 2}}}}", ["share twice"]),
        (BUDGET.format("c", "levels: {x: {}}") + "set: {policy: {budget: {share: 1}}}", [":6: set", "axis a"]),
        ("set: {insider.prevalence: 0.001}\nsample: {priors: [insider.prevalence]}", [":3: sample.priors[1]", "`set`"]),
        (
            "set: {policy.budget.share: 1}\nsample: {levers: {policy.budget.share: [1, 2]}}",
            [":3: sample.levers.policy.budget.share", "`set`"],
        ),
        (
            BUDGET.format("c", "levels: {x: {}}") + "sample: {levers: {policy.budget.share: [1, 2]}}",
            [":6: sample.levers.policy.budget.share", "axis a"],
        ),
    ],
)
def test_a_wrong_design_is_refused_in_one_sentence(refused, text, parts):
    sentence = refused(text)
    assert "\n" not in sentence
    assert all(part in sentence for part in parts), sentence


def test_policies_that_come_to_the_same_scenario_are_points_of_their_own(designed, tmp_path):
    text = """
axes:
  budget: {label: budget, key: policy.budget.share, values: [0.5, 1.0]}
  policy: {label: policy, scenarios: [baseline, full-protocol]}
grids: [[budget], [policy]]
reference: {policy: baseline}
"""
    points = designed(text)
    assert [p.levels for p in points] == [
        {"budget": 0.5},
        {"budget": 1},
        {"policy": "baseline"},
        {"policy": "full-protocol"},
    ]
    assert point_id(points[1].scenario, 1) == point_id(points[2].scenario, 1)  # run once
    assert references(points, load_sweep(tmp_path / "sweep.yaml")) == [2, 2, 2, 2]


def test_points_of_another_horizon_are_compared_with_nothing(designed, tmp_path):
    points = designed("axes: {years: {label: years, key: run.horizon, values: [1, 2]}}")
    assert references(points, load_sweep(tmp_path / "sweep.yaml")) == [0, -1]


def test_a_million_points_are_refused_at_once_with_their_number(refused):
    axis = f"{{label: a, key: KEY, values: {list(range(1, 101))}}}"
    axes = "".join(f"  {name}: {axis.replace('KEY', key)}\n" for name, key in PATHS.items())
    assert "1,000,000 design points" in refused(f"axes:\n{axes}")


def test_files_of_one_stem_are_two_policies(designed, tmp_path):
    for name, share in (("north", 0.5), ("south", 2.0)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "plan.yaml").write_text(f"extends: baseline\npolicy: {{budget: {{share: {share}}}}}\n")
    points = designed("axes: {plan: {label: p, scenarios: [north/plan.yaml, baseline, south/plan.yaml]}}")
    shares = {point.levels["plan"]: point.scenario.policy.budget.share for point in points}
    assert shares == {"north/plan": 0.5, "baseline": 1.0, "south/plan": 2.0}


@pytest.mark.parametrize("spelt", ["{policy: {budget: {share: 0.7}}}", "{policy.budget: {share: 0.7}}"])
def test_the_command_wins_over_the_file_however_either_is_spelt(designed, spelt):
    for sets in ({"policy.budget.share": "3"}, {"policy": "{budget: {share: 3}}"}):
        (point,) = designed(f"set: {spelt}", sets)
        assert point.scenario.policy.budget.share == 3.0


def test_the_command_can_not_set_what_an_axis_varies(designed):
    with pytest.raises(InputError, match=r"--set: policy\.budget\.share: the axis budget of .*sweep\.yaml sets it"):
        designed(POLICIES, {"policy.budget.share": "3"})


def test_the_command_can_not_set_what_the_sample_draws_by_name(designed, tmp_path):
    (tmp_path / "draws.csv").write_text("insider.prevalence\n0.001\n")
    for sample_ in ("{table: draws.csv}", "{size: 2, priors: [insider.prevalence]}"):
        with pytest.raises(InputError, match=r"--set: insider\.prevalence: the sample of .*sweep\.yaml draws it"):
            designed(f"sample: {sample_}", {"insider.prevalence": "0.002"})


def test_a_number_that_is_held_is_not_drawn_with_its_section_and_the_point_says_so(designed):
    for point in designed("set: {insider.prevalence: 0.002}\nsample: {size: 4, priors: [insider]}"):
        assert point.drawn["insider.prevalence"] == point.scenario.insider.prevalence == 0.002


def test_a_column_of_a_table_that_an_axis_sets_in_every_point_is_refused(refused, tmp_path):
    (tmp_path / "draws.csv").write_text("threat.rationality\n3\n")
    axes = "axes: {mind: {label: m, levels: {a: {threat.rationality: 0}, b: {threat.rationality: 9}}}}\n"
    assert "sample.table: its column threat.rationality is held by the axis mind" in refused(
        axes + "sample: {table: draws.csv}"
    )


# Levels and plots that a file names.

LEVELS = "axes: {a: {label: a, levels: {0.5: {}, 1: {policy.budget.share: 0.5}, true: {policy.budget.share: 2}}}}\n"
TWO = "axes: {a: {label: a, levels: {x: {}}}, b: {label: b, levels: {x: {}}}}\n"


@pytest.mark.parametrize("read, level", [("1", "1"), ("1.0", "1"), ("'1'", "1"), (".50", "0.5"), ("true", "true")])
def test_a_level_may_be_named_by_the_value_that_its_name_reads_as(tmp_path, read, level):
    path = tmp_path / "sweep.yaml"
    plot = f"plots: [{{name: p, kind: spending, lines: a, where: {{a: {read}}}}}]\n"
    path.write_text(f"name: test\n{LEVELS}reference: {{a: {read}}}\n{plot}")
    file = load_sweep(path)
    assert file.reference == file.plots[0].where == {"a": level}
    points = design_points(file, path)
    assert points[references(points, file)[0]].levels == {"a": level}


def test_a_value_of_an_axis_may_be_named_in_quotation_marks(tmp_path):
    path = tmp_path / "sweep.yaml"
    path.write_text(f"name: test\n{POLICIES}reference: {{budget: '1'}}\n")
    assert load_sweep(path).reference == {"budget": 1.0}


@pytest.mark.parametrize(
    "text, sentence",
    [
        (f"{LEVELS}reference: {{a: 2}}", "reference.a: read 2, allowed one of 0.5, 1, true"),
        (f"{LEVELS}reference: {{a: false}}", "reference.a: read False, allowed one of 0.5, 1, true"),
        (
            f"{LEVELS}plots: [{{name: p, kind: spending, lines: a, where: {{a: low}}}}]",
            "plots[p].where.a: read 'low', allowed one of 0.5, 1, true",
        ),
        (
            f"{LEVELS}plots: [{{name: p, kind: lines, lines: a}}]",
            "plots[p].x: missing key; needed is an axis for `lines`",
        ),
        (
            f"{LEVELS}plots: [{{name: ../p, kind: spending, lines: a}}]",
            "plots[../p].name: read '../p', allowed a file name of 1 to 200 bytes, printable, without / and \\",
        ),
        (
            f"{TWO}grids: [[a]]\nplots: [{{name: p, kind: spending, lines: b}}]",
            "plots[p]: read 'b', allowed an axis of a grid: a",
        ),
        (
            f"{TWO}grids: [[a], [b]]\nplots: [{{name: p, kind: lines, x: a, lines: b}}]",
            "plots[p]: read the axes a, b, allowed only axes that one grid crosses",
        ),
        (f"{TWO}grids: [[a]]\nreference: {{b: x}}", "reference.b: allowed an axis of a grid: a"),
    ],
)
def test_what_could_not_be_drawn_or_compared_is_refused_before_anything_is_run(refused, text, sentence):
    assert refused(text).endswith(f": {sentence}")
