"""Stopping when precise enough: which looks there are, and that intervals at the stop cover what they state."""

import itertools
from types import SimpleNamespace

import numpy as np
import pytest

from sim.clock import DAYS_A_YEAR
from sim.outcome import OUTCOME
from sim.sweep.design import Point
from sim.sweep.file import SweepFile
from sim.sweep.precision import looks, replicates_needed, shown_width, worst
from sim.sweep.result import Looks

SWEEPS = 2000


class PoissonStore:
    """A store whose runs are years of Poisson counts: each point is a sweep by itself, of known rate.

    Runs of a draw share `common` of their counts, so that paired differences are known too.
    """

    def __init__(self, means, seed, common=0.0):
        self.means, self.common = np.asarray(means, float), common
        self.random = np.random.default_rng(seed)

    def blocks(self, groups, low, high, years):
        numbers = np.concatenate(groups)
        step = max(1, 20_000 // len(numbers))
        for at in range(low, high, step):
            yield self.rows(numbers, range(at, min(at + step, high)))

    def rows(self, numbers, replicates):
        rows = OUTCOME.rows(len(numbers) * len(replicates))
        rows["point"], rows["replicate"] = np.repeat(numbers, len(replicates)), np.tile(replicates, len(numbers))
        rows["days"], rows["site_years"] = DAYS_A_YEAR, 12.0
        shared = self.random.poisson(self.common, (len(numbers) // 2, len(replicates))) if self.common else 0
        own = self.random.poisson(self.means[numbers] - self.common, (len(replicates), len(numbers))).T
        rows["incidents"] = (own + (np.repeat(shared, 2, axis=0) if self.common else 0)).ravel()
        return rows


def points(number, draws=None):
    scenario = SimpleNamespace(run=SimpleNamespace(horizon=1.0))
    return [Point({"a": k % 2}, scenario, draw=k // 2 if draws else k) for k in range(number)]


def sweep(**precision):
    file = {"name": "poisson", "precision": {"maximum": 20_000, **precision}}
    axes = {"a": {"label": "a", "levels": {"0": {}, "1": {}}}}
    return SweepFile.model_validate(file | ({"axes": axes} if precision.get("of") == "difference" else {}))


def finished(file, some, store):
    found = Looks(file, some, store)
    for _ in found:
        pass
    return found


def covered(moments, truth, confidence=0.95):
    intervals = [moments.interval(k, "incidents_per_year", confidence) for k in range(len(truth))]
    return np.mean([i.low <= t <= i.high for i, t in zip(intervals, truth, strict=True)])


# The bound is 1.5 points below what is stated. A rule of exactly nominal coverage falls below it by chance once in
# 900 seeds (2,000 sweeps, standard error .49 points); the seeds are fixed.
@pytest.mark.parametrize("mean, relative", [(0.3, 0.2), (1.0, 0.1), (2.2, 0.1), (17.0, 0.05), (1.0, 0.4)])
def test_intervals_at_the_stop_cover_a_known_rate(mean, relative):
    found = finished(sweep(relative=relative), points(SWEEPS), PoissonStore([mean] * SWEEPS, seed=5))
    assert found.precise.all()
    assert covered(found.tally.own, [mean] * SWEEPS) >= 0.95 - 0.015


@pytest.mark.slow
@pytest.mark.parametrize("mean, relative", [(0.3, 0.05), (2.2, 0.03)])
def test_intervals_at_the_stop_cover_a_known_rate_after_many_looks(mean, relative):
    found = finished(sweep(relative=relative), points(SWEEPS), PoissonStore([mean] * SWEEPS, seed=7))
    assert len(set(found.upto)) > 1
    assert covered(found.tally.own, [mean] * SWEEPS) >= 0.95 - 0.015


def test_intervals_at_the_stop_cover_a_known_paired_difference():
    means = np.tile([2.2, 1.5], SWEEPS)
    file = sweep(relative=0.1, of="difference")
    found = finished(file, points(2 * SWEEPS, draws=True), PoissonStore(means, seed=9, common=1.0))
    assert found.precise.all()
    gaps = [found.tally.gap.interval(k, "incidents_per_year") for k in range(1, 2 * SWEEPS, 2)]
    assert np.mean([i.low <= -0.7 <= i.high for i in gaps]) >= 0.95 - 0.015
    assert all(i.high - i.low <= 2 * 0.1 * found.tally.own.mean[2 * k, 0] for k, i in enumerate(gaps))


def test_other_confidence_is_kept_too():
    many = 4 * SWEEPS  # of 2,000 sweeps the standard error would be .9 points
    found = finished(sweep(relative=0.1, confidence=0.8), points(many), PoissonStore([1.0] * many, seed=11))
    assert 0.8 - 0.015 <= covered(found.tally.own, [1.0] * many, 0.8) <= 0.8 + 0.015


def test_every_point_that_stops_is_as_precise_as_was_asked_for():
    found = finished(sweep(absolute=0.2), points(200), PoissonStore(np.linspace(0.5, 9.0, 200), seed=3))
    intervals = [found.tally.own.interval(k, "incidents_per_year") for k in range(200)]
    assert found.precise.all()
    assert all((i.high - i.low) / 2 <= 0.2 for i in intervals)
    assert np.corrcoef(found.upto, np.arange(200))[0, 1] > 0.9  # the more there is to count, the more replicates


def test_a_point_that_cannot_be_known_so_well_ends_at_the_maximum_and_says_so():
    found = finished(sweep(relative=0.05, maximum=300), points(3), PoissonStore([0.0, 0.2, 1000.0], seed=1))
    assert found.upto.tolist() == [300, 300, 50]
    assert found.precise.tolist() == [False, False, True]


def test_the_reference_goes_on_as_long_as_a_point_that_is_compared_with_it():
    means = [2.0, 2.0, 2.0, 9.0]
    found = finished(sweep(relative=0.1, of="difference"), points(4, draws=True), PoissonStore(means, seed=2))
    assert found.upto[0] == found.upto[1]
    assert found.upto[2] == found.upto[3] > found.upto[0]
    assert found.tally.gap.count.tolist() == found.upto.tolist()


def test_a_point_that_has_stopped_stays_so_though_its_reference_goes_on_and_moves():
    """Else it would begin again some looks later, without the replicates between."""
    one = points(1)[0].scenario
    draws = [Point({"a": k % 3}, one, draw=k // 3) for k in range(900)]
    found = finished(sweep(relative=0.1, of="difference"), draws, PoissonStore([2.0, 2.0, 9.0] * 300, seed=8))
    assert len(set(found.upto)) > 3
    assert found.tally.own.count.tolist() == found.upto.tolist()
    assert found.precise.all()


def test_looks_begin_at_the_minimum_lie_a_quarter_apart_and_end_at_the_maximum():
    steps = list(looks(50, 1000))
    assert steps[0] == 50
    assert steps[-1] == 1000
    assert all(1.0 < b / a <= 1.26 for a, b in itertools.pairwise(steps))
    assert list(looks(100, 100)) == [100]


def test_the_forecast_of_replicates_is_near_what_it_takes():
    store, file = PoissonStore([1.0] * 50, seed=4), sweep(relative=0.05)
    found = finished(file, points(50), store)
    pilot = Looks(file, points(50), store)
    pilot.tally.add(store.rows(np.arange(50), range(64)))
    assert np.mean(replicates_needed(pilot.tally, file.precision)) == pytest.approx(found.upto.mean(), rel=0.2)


def test_the_worst_point_is_the_one_that_is_told():
    found = finished(sweep(relative=0.1, maximum=60), points(2), PoissonStore([1.0, 50.0], seed=6))
    interval = found.tally.own.interval(0, "incidents_per_year")
    width = worst(found.tally, found.file.precision)
    assert width == pytest.approx((interval.high - interval.low) / 2 / interval.estimate)
    assert shown_width(width, found.file.precision) == f"+-{width:.1%}"
