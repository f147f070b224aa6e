"""A decision's runs: every alternative under every draw, once; exactly those of `simulate`."""

import math
import re

import numpy as np
import pytest

from sim import InputError, read_sweep, replicates, simulate
from sim.decide.choice import choose, summary
from sim.decide.decision import outcomes_of
from sim.decide.study import DRAWS, RUNS, open_study
from sim.sweep.store import OpenStore
from sim.sweep.sweep import Stepwise
from tests.decide.conftest import TEXT

EVERYONE = (0, 1, 2)
YEARS = 1.0 + 0.2 / 3  # of a run: its horizon, and its share of the warm-up of three alternatives


@pytest.fixture
def study(tiny, tmp_path):
    """Open a small decision, in the same folder each time."""
    return lambda **sizes: open_study(tiny(**sizes), tmp_path / "folder", threads=1)


def same(one, other):
    return all(np.array_equal(one[name], other[name]) for name in one)


def test_a_second_call_runs_nothing_and_says_the_same(study):
    with study() as first:
        found = summary(choose(first))
    with study() as again:
        assert summary(choose(again)) == found
        assert again.steps.years_run == 0


def test_more_draws_and_more_replicates_run_only_what_is_new(study):
    with study() as small:
        before = small.outcomes(EVERYONE, 0, 2)
        assert small.steps.years_run == pytest.approx(3 * 2 * 2 * YEARS, rel=0.01)
    with study(size=3) as wider:
        after = wider.outcomes(EVERYONE, 0, 2)
        assert wider.steps.years_run == pytest.approx(3 * 1 * 2 * YEARS, rel=0.01)
        assert same(before, {name: values[:, :2] for name, values in after.items()})
    with study(size=3, most=6) as longer:
        assert same(after, longer.outcomes(EVERYONE, 0, 2))
        longer.outcomes(EVERYONE, 2, 6)
        assert longer.steps.years_run == pytest.approx(3 * 3 * 4 * YEARS, rel=0.01)


def test_figures_are_those_of_a_plain_run_of_the_same_scenario_seed_and_replicate_to_the_bit(study, tmp_path):
    with study() as tiny:
        found = tiny.outcomes(EVERYONE, 1, 3)
        points = tiny.steps.points
    file = read_sweep(tmp_path / "folder" / RUNS).file
    for n, point in enumerate(points):
        d, a = divmod(n, len(EVERYONE))
        rows = simulate(point.scenario, 2, file.root_seed(point.draw), first=1, threads=1)
        plain = outcomes_of(replicates(rows))
        assert all(np.array_equal(found[name][a, d], plain[name]) for name in found)


def test_alternatives_share_a_draw_s_random_numbers_and_draws_share_none(study):
    with study() as tiny:
        tiny.outcomes(EVERYONE, 0, 2)
        seeds = {n: set(tiny.steps.rows([n], 0, 2)["seed"].tolist()) for n in range(6)}
    assert seeds[0] == seeds[1] == seeds[2] and seeds[3] == seeds[4] == seeds[5]
    assert len(seeds[0]) == 2 and seeds[0].isdisjoint(seeds[3])


def test_interrupted_in_a_chunk_or_between_two_looks_it_goes_on_to_the_same(tiny, tmp_path, monkeypatch):
    with open_study(tiny(), tmp_path / "whole", threads=1) as whole:
        expected = summary(choose(whole))
    added, add = [], OpenStore.add

    def interrupted(store, done):
        if len(added) == 3:
            raise KeyboardInterrupt
        added.append(done)
        add(store, done)

    def attempt(decide):
        with open_study(tiny(), tmp_path / "parts", threads=1) as parts:
            return decide(parts), parts.steps.years_run

    with monkeypatch.context() as patch:
        patch.setattr(OpenStore, "add", interrupted)
        with pytest.raises(KeyboardInterrupt):
            attempt(choose)
    assert attempt(lambda parts: parts.outcomes(EVERYONE, 0, 2))[1] > 0
    found, years = attempt(lambda parts: summary(choose(parts)))
    assert found == expected and years > 0


def test_what_the_decision_chooses_is_not_drawn(study, tmp_path):
    with study() as tiny:
        assert list(tiny.values) == ["threat.plot_interval"]
        assert tiny.values["threat.plot_interval"].tolist() == [60, 75]
        levels = [point.scenario.policy.adherence.level for point in tiny.steps.points]
    assert levels == [0.2, 0.6, 1.0] * 2
    assert (tmp_path / "folder" / DRAWS).read_text() == "threat.plot_interval\n60\n75\n"


def test_scenarios_are_found_beside_the_decision(tiny, tmp_path):
    (tmp_path / "mine.yaml").write_text("extends: baseline\nname: mine\npolicy: {budget: {share: 2}}\n")
    text = "name: tiny\nset: {run.horizon: 1, run.warmup: 0.2}\npolicies: [baseline, mine.yaml]\ndraws: draws.csv\n"
    with open_study(tiny(text), tmp_path / "far" / "folder", threads=1) as study:
        assert study.names == ["baseline", "mine"]
        assert [point.scenario.policy.budget.share for point in study.steps.points[:2]] == [1, 2]


def test_what_is_wrong_is_refused_before_anything_is_written(tiny, tmp_path):
    path = tiny(TEXT + "policies: [baseline, curfew]\n")
    with pytest.raises(InputError, match="allowed either"), open_study(path, tmp_path / "folder"):
        pass
    assert not (tmp_path / "folder").exists()


def test_the_forecast_says_the_first_look_and_the_most_that_can_come(study):
    with study() as tiny:
        said = tiny.expect()
        assert said.startswith("first look, 2 replicates of each draw: 6 design points, 12 replicates in all")
        assert re.search(r"; if no look let go of any alternative, about [\d.,]+ (s|min|h) in all$", said)
        tiny.outcomes(EVERYONE, 0, 8)
    with study() as again:
        assert again.expect().endswith("12 of them there; to run: nothing")


def test_it_expects_the_years_that_it_runs(study, monkeypatch):
    """The bar's end is where the work ends, whatever is there already."""
    with study() as tiny:
        tiny.outcomes((0, 1), 4, 6)
        for low, high in ((0, 2), (2, 8)):
            before, expected = tiny.steps.years_run, Stepwise.years_lacking(tiny.steps, range(6), low, high)
            tiny.outcomes(EVERYONE, low, high)
            assert math.isclose(tiny.steps.years_run - before, expected, rel_tol=0.1)
