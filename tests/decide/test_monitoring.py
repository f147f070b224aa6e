"""When to decide again: false alarms at most alpha, exact figures against simulation and against what is published."""

import math

import numpy as np
import pytest
from scipy.stats import binom, poisson

from sim.decide.monitoring import NEVER, Watch, one_count, sequential, signal

HISTORIES = 10_000
CASES = [(Watch(36, 20), 0.05), (Watch(96), 0.15), (Watch(24, 3), 0.3), (Watch(12), 4.0)]


def simulated(watch, boundary, rate):
    """Month in which each of 10,000 histories reaches the boundary; 0 if never."""
    random = np.random.default_rng([4, watch.months])
    size = (HISTORIES, watch.months)
    counts = random.poisson(rate, size) if watch.audits is None else random.binomial(watch.audits, rate, size)
    reached = counts.cumsum(axis=1) >= boundary
    return np.where(reached.any(axis=1), reached.argmax(axis=1) + 1, 0)


@pytest.mark.parametrize("make", [sequential, one_count])
@pytest.mark.parametrize("watch, rate", CASES)
def test_false_alarms_are_at_most_alpha_over_10_000_histories(make, watch, rate):
    """The exact rate is at most .05; simulation departs from it by 4 standard errors once in 16,000."""
    rule = make(watch, rate, 0.05)
    share = (simulated(watch, rule.boundary, rate) > 0).mean()
    assert 0 < rule.false_alarms <= 0.05
    assert abs(share - rule.false_alarms) <= 4 * math.sqrt(rule.false_alarms / HISTORIES)


@pytest.mark.parametrize("watch, rate", CASES)
def test_months_to_signal_are_those_of_simulated_histories(watch, rate):
    """Each of four figures errs beyond 4 standard errors once in 16,000."""
    boundary = sequential(watch, rate).boundary
    found, months = signal(watch, boundary, 1.7 * rate), simulated(watch, boundary, 1.7 * rate)
    shares = np.array([(months > 0) & (months <= t) for t in range(1, watch.months + 1)]).mean(axis=1)
    assert np.abs(shares - found.by_month).max() <= 4 * 0.5 / math.sqrt(HISTORIES)
    spoken = months[months > 0]
    assert spoken.mean() == pytest.approx(found.mean, abs=4 * spoken.std() / math.sqrt(len(spoken)))


def test_with_many_looks_the_critical_value_is_the_published_one():
    """Kulldorff et al. (2011), table 1: 2.853937 for continuous looks, 1 expected event and alpha .05."""
    watch, rate = Watch(4000), 1 / 4000
    boundary = sequential(watch, rate, 0.05).boundary
    critical = min(float(watch.excess(rate, np.array([k]), t)[0]) for t, k in enumerate(boundary, 1))
    assert critical == pytest.approx(2.853937, abs=0.005)


@pytest.mark.parametrize("watch, rate", CASES)
def test_no_lower_critical_value_keeps_to_alpha(watch, rate):
    """One count fewer in the month in which that lowers the critical value least gives too many false alarms."""
    rule = sequential(watch, rate, 0.05)
    below = [float(watch.excess(rate, np.array([k - 1]), t)[0]) for t, k in enumerate(rule.boundary, 1) if k < NEVER]
    month = int(np.flatnonzero(rule.boundary < NEVER)[np.argmax(below)])
    lower = rule.boundary.copy()
    lower[month] -= 1
    assert signal(watch, lower, rate).by_month[-1] > 0.05


def test_the_rule_in_words_is_the_boundary():
    rule = sequential(Watch(24, 2), 0.3)
    assert rule.boundary[0] == NEVER  # two breaches of two audits are not enough
    words = rule.by_month()
    for month, k in enumerate(rule.boundary, 1):
        enough = [count for count, last in words if month <= last]
        assert k == NEVER or min(enough) == k
    assert [k for k, _ in words] == sorted(k for k, _ in words)
    assert [t for _, t in words] == sorted(t for _, t in words) and words[-1][1] == 24


@pytest.mark.parametrize("watch, rate", CASES)
def test_one_count_is_the_least_that_keeps_to_alpha(watch, rate):
    rule = one_count(watch, rate, 0.05)
    (k, month), trials = rule.by_month()[0], (watch.audits or 0) * watch.months
    law = poisson(rate * watch.months) if watch.audits is None else binom(trials, rate)
    assert month == watch.months and len(set(rule.boundary)) == 1
    assert rule.false_alarms == pytest.approx(law.sf(k - 1), abs=1e-9) and law.sf(k - 2) > 0.05


def test_a_worse_rate_is_seen_sooner_and_a_rule_that_cannot_speak_says_so():
    watch = Watch(36, 20)
    boundary = sequential(watch, 0.05).boundary
    medians = [signal(watch, boundary, rate).median for rate in (0.06, 0.1, 0.15, 0.3)]
    assert medians[0] is None and medians[1] > medians[2] > medians[3] >= 1
    mute = one_count(Watch(1, 2), 0.5, 0.05)
    never = signal(mute.watch, mute.boundary, 0.9)
    assert mute.by_month() == [] and mute.false_alarms == 0 and never.median is None and math.isnan(never.mean)


@pytest.mark.parametrize("rate, alpha", [(0.0, 0.05), (1.0, 0.05), (0.1, 0.0), (0.1, 1.0), (-1.0, 0.05)])
def test_what_is_out_of_range_is_refused(rate, alpha):
    for make in (sequential, one_count):
        with pytest.raises(ValueError, match="out of range"):
            make(Watch(12, 5), rate, alpha)


@pytest.mark.parametrize("watch", [Watch(0), Watch(0, 5), Watch(12, 0)])
def test_a_watch_over_nothing_is_refused(watch):
    for make in (sequential, one_count):
        with pytest.raises(ValueError, match="Nothing is watched"):
            make(watch, 0.1)
