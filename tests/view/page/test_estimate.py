"""The estimate beside a single run: the same rates as elsewhere, on a thread that can be stopped and never breaks."""

import itertools
import threading

import pytest

from sim.analysis.compare import compare
from sim.analysis.summary import summarise
from sim.errors import InputError
from sim.runs.simulate import simulate
from sim.runs.totals import of_point, replicates
from sim.runs.worker import RunError
from sim.scenario.load import load_scenario, with_values
from sim.view.page import estimate as module
from sim.view.page.estimate import FIGURES, FIRST_LOOK, Estimate
from sim.view.page.setup import Setup
from sim.view.page.watch import Watch

SHORT = {"run.horizon": 1.0, "run.warmup": 0.2}
COUNT, SEED = 12, 4


@pytest.fixture(scope="module")
def policies():
    return [load_scenario(name, SHORT) for name in ("lapsed-protocol", "full-protocol")]


@pytest.fixture(scope="module")
def pair(policies):
    """An estimate of two policies that has ended."""
    return ended(Estimate(policies, COUNT, SEED))


def ended(estimate):
    estimate.start().wait()
    assert not estimate.running
    return estimate


def interval(entry, prefix=""):
    return {"low": entry[f"{prefix}low"], "high": entry[f"{prefix}high"]}


# The same figures.


def figures_of(table):
    """Each figure as `sitesec run` has it."""
    summary = summarise(table)
    entries = {name: (summary["rates"] | summary["deaths"])[name] for name in FIGURES}
    return {name: interval(entry, "expected_") | {"estimate": entry["expected"]} for name, entry in entries.items()}


def test_the_figures_of_one_policy_are_those_of_its_replicates(policies):
    found = ended(Estimate(policies[:1], COUNT, SEED))
    assert found.error == "" and found.ran == COUNT
    assert found.result == {"policies": [figures_of(replicates(simulate(policies[0], COUNT, SEED, threads=1)))]}
    assert all(entry["low"] < entry["estimate"] < entry["high"] for entry in found.result["policies"][0].values())


def test_the_figures_of_two_are_those_of_each_and_their_difference_is_the_paired_one(policies, pair):
    table = replicates(simulate(policies, COUNT, SEED, threads=1))
    assert pair.result["policies"] == [figures_of(of_point(table, k)) for k in range(2)]
    compared = compare(*policies, COUNT, SEED, threads=1)
    for name in FIGURES:
        entry = compared[name]["expected"]
        known = interval(entry) | {"estimate": entry["difference"], "correlation": entry["correlation"]}
        assert pair.result["difference"][name] == known
        a, b = (found[name]["estimate"] for found in pair.result["policies"])
        assert known["estimate"] == pytest.approx(b - a)


def test_the_first_answer_of_many_replicates_is_that_of_the_first_ones_and_the_last_one_that_of_all(policies):
    shown = []

    class Kept(Estimate):
        def _give(self, rows, ran):
            super()._give(rows, ran)
            shown.append((self.ran, self.result))

    ended(Kept(policies[:1], 2 * FIRST_LOOK, SEED))
    for ran, result in shown:
        assert result["policies"] == [figures_of(replicates(simulate(policies[0], ran, SEED, threads=1)))]
    assert [ran for ran, _ in shown] == [FIRST_LOOK, 2 * FIRST_LOOK]


def test_identical_policies_have_no_difference(policies):
    found = ended(Estimate([policies[0], with_values(policies[0], {"name": "the same"})], COUNT, SEED)).result
    assert found["policies"][0] == found["policies"][1]
    for entry in found["difference"].values():
        assert [entry[end] for end in ("low", "estimate", "high")] == [0, 0, 0]


def test_the_run_on_the_page_is_one_of_the_replicates(policies):
    watch = Watch([Setup("lapsed-protocol", SHORT)], SEED, 3)
    watch.go_to(watch.horizon)
    rows = simulate(policies[0], COUNT, SEED, threads=1)
    assert watch.lanes[0].model.rows["incidents"].tolist() == rows["incidents"][rows["replicate"] == 3].tolist()
    assert watch.lanes[0].model.seed == rows["seed"][rows["replicate"] == 3][0]


def test_another_seed_gives_another_estimate_and_the_same_one_the_same(policies, pair):
    assert ended(Estimate(policies, COUNT, SEED)).result == pair.result
    assert ended(Estimate(policies, COUNT, SEED + 1)).result != pair.result


# Progress.


class Heard:
    """The module's `simulate`, with somebody who notes the share that is done after each report."""

    def __init__(self, patch):
        self.shares, self.estimate = [], None
        patch.setattr(module, "simulate", self.simulate)

    def simulate(self, *values, progress, **keywords):
        def report(years):
            progress(years)
            self.shares.append(self.estimate.share)

        return simulate(*values, progress=report, **keywords)


@pytest.mark.parametrize("names", [["baseline"], ["lapsed-protocol", "full-protocol"]])
@pytest.mark.parametrize("years", [1.0, 0.1])
def test_progress_goes_from_0_to_1_and_never_back(monkeypatch, names, years):
    heard = Heard(monkeypatch)
    heard.estimate = Estimate([load_scenario(name, {**SHORT, "run.horizon": years}) for name in names], COUNT, SEED)
    assert heard.estimate.share == 0
    ended(heard.estimate)
    assert all(0 < a <= b <= 1 for a, b in itertools.pairwise(heard.shares))
    assert heard.estimate.share == pytest.approx(1, abs=1e-6)


# Its end.


def test_it_runs_on_a_thread_of_its_own_until_it_has_ended(policies):
    estimate = Estimate(policies[:1], COUNT, SEED)
    assert not estimate.running and estimate.result is None
    assert estimate.start() is estimate
    estimate.wait()
    assert not estimate.running and estimate.result is not None and estimate.error == ""


def test_stopped_it_ends_without_a_result_and_without_an_error(monkeypatch, policies):
    begun, shares = threading.Event(), []

    def slowly(*_, progress, **__):
        begun.set()
        while True:  # only to be stopped does it end
            progress(0.01)
            shares.append(1)

    monkeypatch.setattr(module, "simulate", slowly)
    estimate = Estimate(policies[:1], 1000, SEED).start()
    begun.wait()
    assert estimate.running
    estimate.stop()
    estimate.wait()
    assert (estimate.running, estimate.result, estimate.error) == (False, None, "")


def test_stopped_while_the_engine_runs_it_does_not_go_on_to_the_end(policies):
    estimate = Estimate(policies, 4000, SEED).start()
    estimate.stop()
    estimate.wait()
    assert estimate.result is None and estimate.error == "" and estimate.share < 1


def test_stopping_what_has_ended_takes_nothing_away(policies):
    estimate = ended(Estimate(policies[:1], 2, SEED))
    result = estimate.result
    estimate.stop()
    assert estimate.result == result


@pytest.mark.parametrize(
    "error, text",
    [
        (RunError("an array of the engine was full in replicate 3"), "an array of the engine was full in replicate 3"),
        (InputError("no road"), "no road"),
        (MemoryError(), "MemoryError"),
        (KeyError("x"), "'x'"),
        (ZeroDivisionError("division by zero"), "division by zero"),
    ],
)
def test_an_error_becomes_text_and_leaves_the_page_alone(monkeypatch, policies, error, text):
    def failing(*_, **__):
        raise error

    monkeypatch.setattr(module, "simulate", failing)
    estimate = ended(Estimate(policies[:1], COUNT, SEED))
    assert (estimate.error, estimate.result) == (text, None)


def test_a_scenario_that_can_not_run_is_an_error_in_words():
    nowhere = load_scenario("baseline", {**SHORT, "state.offensive.districts": ["nowhere"]})
    estimate = ended(Estimate([nowhere], COUNT, SEED))
    assert "read 'nowhere'" in estimate.error and estimate.result is None


def test_several_can_run_at_once_and_each_has_its_own_figures(policies, pair):
    several = [Estimate(policies, COUNT, SEED), Estimate(policies[:1], COUNT, SEED), Estimate(policies, COUNT, SEED)]
    for estimate in several:
        estimate.start()
    for estimate in several:
        estimate.wait()
    assert several[0].result == several[2].result == pair.result
    assert several[1].result["policies"] == pair.result["policies"][:1]
