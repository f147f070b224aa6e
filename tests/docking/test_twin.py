"""Engine and plain-Mesa twin agree in distribution: two programs of one model that share no rule.

The twin (experiments/benchmarks/twin) is compared in worlds where thirty days hold dozens of incidents: the core with
many quick plots, the same full of insiders, and with a lapsed protocol and few escorts; in all of them targets count by
the people exposed there and by the way from the hideout. Seeds are fixed. Each test that compares is a family over all
worlds and figures at 1 % (Bonferroni): a right pair of models would fail it with at most 1 set of seeds in 100.
"""

import ast
import json
import multiprocessing
from collections import Counter
from functools import cache

import mesa
import numpy as np
import pytest
from scipy import stats

from experiments.benchmarks.twin import country, long_run
from experiments.benchmarks.twin.long_run import CASES, FIRST_SEED, FOLDER, STORED, figures, file_of
from experiments.benchmarks.twin.model import FOILED, Twin
from sim import load_scenario, replicates, simulate
from sim.outcome import CLASSES, PLOT
from sim.runs.replicate import Replicate

FAMILY = 0.01 / len(CASES)  # the share of a case
FRESH, ENGINE, LOGGED = 10, 400, 200  # replicates
READ_ONLY = {"sim", "sim.world.grid", "sim.world.roads"}  # data and its reader: no rules

# Figures with 25 and more events in the fresh replicates of the poorest case, so that means are nearly normal.
COMPARED = (
    *("opportunities", "plots", "plots_sited"),
    *("foiled_interdiction", "foiled_checkpoint", "foiled_noticed", "foiled_watch"),
    *("incidents", "incidents_convoy", "incidents_site", "incidents_outing", "incidents_private"),
    *("incidents_with_insider", "breached", "fatal", "convoy_share", "en_route_share"),
    *("trips", "trips_cancelled", "passenger_trips", "escort_coverage", "handovers_failed", "insider_days"),
)


@cache
def engine(case):
    """Figures of the engine."""
    return figures(replicates(simulate(load_scenario(file_of(case)), ENGINE, seed=41)))


@pytest.fixture(scope="module")
def stored():
    """The long run of the twin."""
    return json.loads(STORED.read_text(encoding="utf-8"))


@cache
def plots_of_engine(case):
    """Plots that begin, from a hideout against a target: hideout -> class and name of the target -> plots."""
    scenario = load_scenario(file_of(case))
    hideouts = [None for _ in scenario.world_file.bases] + [hideout.name for hideout in scenario.world_file.hideouts]
    found = {name: Counter() for name in hideouts if name}
    for number in range(LOGGED):
        run = Replicate(scenario, 43, number)
        run.advance(run.horizon)
        log = run.world.events[: run.world.log["logged"][0]]
        for event in log[log["stage"] == PLOT]:
            home = hideouts[run.world.slots["home"][event["slot"]]]
            found[home][CLASSES[event["target_class"]], run.names["targets"][event["target"]]] += 1
    return found


def chances_of_plots(case, **values):
    """By hideout: the chance of the engine's plots under the twin's law of targets; 0 where it can't be."""
    place = country.read(str(file_of(case)), tuple(values.items()))[1]
    homes = {hideout.name: hideout.cell for hideout in place.world.hideouts}
    laws = {name: law_of_twin(place, group, homes[name]) for group in place.world.groups for name in group.hideouts}
    return {name: chance_of_counts(plots_of_engine(case)[name], law) for name, law in laws.items()}


def law_of_twin(place, group, home):
    """Chance of each target, by class and name, that a plot from a hideout is against it."""
    pulls, targets = place.choices(group, home)
    plots = sum(pulls.values()) - pulls["nothing"]
    return {
        (kind, name_of(target)): pulls[kind] / plots * weight / sum(weights)
        for kind, (among, weights) in targets.items()
        for target, weight in zip(among, weights, strict=True)
    }


def name_of(target):
    """What the engine calls a target of the twin."""
    if target.kind != "convoy":
        return target.place.name
    return f"{target.place.site.name}, {'in' if target.place.inbound else 'out'}"


def chance_of_counts(counts, law):
    """Chi-squared test of counts under a law; outcomes that are expected less than 5 times are one."""
    if counts.keys() - law.keys():
        return 0.0
    outcomes = sorted(law)
    expected = counts.total() * np.array([law[name] for name in outcomes])
    seen = np.array([counts[name] for name in outcomes])
    rare = expected < 5
    if rare.any():
        seen, expected = [np.append(x[~rare], x[rare].sum()) for x in (seen, expected)]
    return stats.chisquare(seen, expected).pvalue


def beyond(chances):
    """Figures whose chance under agreement is below their share of the family's error."""
    return {name: float(f"{p:.1g}") for name, p in chances.items() if p < FAMILY / len(chances)}


def chance_of_means(x, twin, name):
    """Welch's chance of two means that lie so far apart, of the engine's replicates and the twin's long run."""
    (first, last), theirs = twin["seeds"], twin["figures"][name]
    ours = x.mean(), x.std(ddof=1), len(x)
    return stats.ttest_ind_from_stats(*ours, theirs["mean"], theirs["sd"], last - first, equal_var=False).pvalue


# The distribution.


@pytest.mark.parametrize("case", CASES)
def test_fresh_runs_of_the_twin_have_the_engine_s_means(case):
    """Two-sample t tests: 23 figures in 3 worlds, 1 % in all."""
    twin = figures(long_run.columns(case, range(FRESH)))
    assert beyond({name: stats.ttest_ind(twin[name], engine(case)[name]).pvalue for name in COMPARED}) == {}


@pytest.mark.parametrize("case", CASES)
def test_the_engine_has_the_means_of_the_twin_s_long_run(case, stored):
    """Welch's t tests: all 42 figures in 3 worlds, 1 % in all."""
    twin = stored["cases"][case]
    assert set(twin["figures"]) == set(engine(case))
    assert beyond({name: chance_of_means(x, twin, name) for name, x in engine(case).items()}) == {}


@pytest.mark.parametrize("case", CASES)
def test_the_engine_s_counts_vary_as_in_the_twin_s_long_run(case, stored):
    """Kolmogorov and Smirnov's test of the whole law, Brown and Forsythe's of the spread: 1 % in all."""
    chances = {}
    for name, sample in stored["cases"][case]["samples"].items():
        twin = [int(count) for count in sample.split()]
        chances[f"law of {name}"] = stats.ks_2samp(twin, engine(case)[name]).pvalue
        chances[f"spread of {name}"] = stats.levene(twin, engine(case)[name], center="median").pvalue
    assert beyond(chances) == {}


@pytest.mark.parametrize("case", CASES)
def test_the_engine_s_plots_are_against_the_targets_that_the_twin_s_law_names(case):
    """Chi-squared tests of all plots from each of the 6 hideouts over 58 targets: 1 % in all."""
    assert beyond(chances_of_plots(case)) == {}


@pytest.mark.parametrize(
    "path, value", [("distance_scale", 80.0), ("distance_scale", 45.0), ("nest", 1.0), ("exposure_counts", False)]
)
def test_the_plots_would_show_another_law(path, value):
    """How sharp that is: other distances, or another weight of exposure, are found at every hideout."""
    chances = chances_of_plots("busy", **{f"threat.{path}": value})
    assert beyond(chances).keys() == chances.keys()


@pytest.mark.parametrize("case", CASES)
def test_hazards_are_those_of_the_engine(case):
    """Too small for statistics, and no chance in them: moods that tips hang on, patrols by jurisdiction."""
    scenario, place = country.read(str(file_of(case)), ())
    engine_s = Replicate(scenario, 1, 0).world.intelligence
    names = [jurisdiction.name for jurisdiction in place.world.jurisdictions]
    assert [place.interdiction[name] for name in names] == pytest.approx(engine_s["interdiction"], rel=1e-12)
    assert [place.noticed[name] for name in names] == pytest.approx(-np.expm1(-engine_s["noticed"]), rel=1e-12)


def test_the_long_run_would_show_windows_half_as_long(stored):
    """How sharp the comparison is: 30 minutes of waiting in place of 60, and it finds that more teams give up."""
    scenario = load_scenario(file_of("busy"), {"threat.wait_window": 30.0})
    x = figures(replicates(simulate(scenario, ENGINE, seed=42)))
    twin = stored["cases"]["busy"]
    assert "gave_up" in beyond({name: chance_of_means(x[name], twin, name) for name in x})


# The long run is of this twin.


@pytest.mark.parametrize("case", CASES)
def test_the_long_run_was_made_with_today_s_worlds(case, stored):
    assert stored["cases"][case]["settings"] == long_run.settings(case), f"run it again: {stored['command']}"


@pytest.mark.parametrize("case", CASES)
def test_the_long_run_was_made_with_today_s_twin(case, stored):
    if stored["versions"] != long_run.versions():
        pytest.skip("other versions draw other random numbers")
    assert stored["cases"][case]["first"] == long_run.replicate(case, FIRST_SEED), f"run it again: {stored['command']}"


# The twin by itself.


def test_the_twin_shares_no_rule_with_the_engine():
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    named = {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    named |= {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    assert {name for name in named if name.split(".")[0] == "sim"} == READ_ONLY


def test_every_plot_of_the_twin_ends_once_or_is_in_progress():
    x = long_run.replicate("lapsed", 1)
    ended = x["incidents"] + x["gave_up"] + sum(x[f"foiled_{layer}"] for layer in FOILED)
    assert x["in_progress_start"] + x["plots"] == x["in_progress_end"] + ended
    assert x["opportunities"] == x["nothing_chosen"] + x["plots"]
    assert x["trips_planned"] - x["trips_cancelled"] - x["trips"] in range(24)  # planned, and not yet on the road


def test_the_twin_runs_in_mesa_s_batch_run(monkeypatch):
    monkeypatch.setattr(multiprocessing, "set_start_method", lambda *_, **__: None)  # it would hold for other tests
    rows = mesa.batch_run(
        Twin,
        {"file": str(file_of("busy")), "horizon_days": 3, "policy.movement.cancel_share": [0.0, 1.0]},
        rng=[5, 6],
        max_steps=10_000,
        display_progress=False,
    )
    assert [(row["policy.movement.cancel_share"], row["rng"]) for row in rows] == [(0, 5), (1, 5), (0, 6), (1, 6)]
    assert all(row["Step"] == 2160 and row["moves"] > 1000 and row["trips"] > 20 for row in rows)
    assert np.ptp([row["incidents"] for row in rows]) > 0


@pytest.mark.parametrize("file, wrong", [("baseline", "adherence.hold"), (file_of("busy"), "policy.cameras")])
def test_the_twin_refuses_what_is_beyond_it(file, wrong):
    with pytest.raises(ValueError, match=wrong):
        Twin(file, **{"policy.cameras.count": 100})
