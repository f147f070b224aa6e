"""What the record's counts support: the figures as they are stated elsewhere, and against closed forms and draws."""

import math

import numpy as np
import pytest
from scipy import stats

from sim import rates
from sim.history import figures as its
from sim.history import patterns
from sim.history.record import read_record

# What the table of the domain's background gives, rounded as it is there.
STATED = {
    "incidents": (2.1, 1.2, 3.4),
    "project": (1.0, 0.43, 1.97),
    "project_of_40": (0.025, 0.011, 0.049),
    "project_of_60": (0.017, 0.007, 0.033),
    "per_10000": (1.06, 0.62, 1.70),
    "deaths_per_10000": (1.4,),
    "fatal": (0.41, 0.18, 0.67),
    "deaths_given_fatal": (3.3,),
    "en_route": (0.59, 0.33, 0.82),
    "ratio": (2.4, 0.79, 8.7),
    "ratio_p": (0.14,),
    "dispersion": (1.4,),
    "dispersion_p": (0.20,),
    "quiet_year": (0.12,),
    "of_picss_early": (0.69, 0.19, 1.8),
    "of_picss_late": (0.54, 0.28, 0.94),
    "log_likelihood_constant": (-13.2,),
    "log_likelihood_picss": (-13.7,),
    "without_dispute": (2.0, 1.1, 3.2),
}


def last_digit(number):
    return 10.0 ** -len(str(number).partition(".")[2])


@pytest.mark.parametrize("key", STATED)
def test_each_figure_rounds_to_what_is_stated_of_the_record(recorded, key):
    interval = recorded[key]
    for value, stated in zip((interval.estimate, interval.low, interval.high), STATED[key], strict=False):
        assert value == pytest.approx(stated, abs=0.501 * last_digit(stated))


def test_needed_events_and_years_are_about_those_stated(recorded):
    assert recorded["events_for_30"].estimate == pytest.approx(155, abs=1)
    assert recorded["years_for_30"].estimate == pytest.approx(73, abs=1)
    assert recorded["events_for_50"].estimate == 50
    assert recorded["years_for_50"].estimate == pytest.approx(24, abs=0.5)


def test_bands_of_the_patterns_are_the_records_intervals_as_they_are_stated(record):
    every, project = its.incident_rate(record), its.project_rate(record)
    assert (round(every.low, 1), round(every.high, 1)) == (1.2, 3.4)
    assert (round(project.low, 2), round(project.high, 2)) == (0.43, 1.97)
    road, deadly = its.en_route_share(record), its.fatal_share(record)
    assert [round(end, 2) for end in (road.low, road.high, deadly.low, deadly.high)] == [0.33, 0.82, 0.18, 0.67]
    assert patterns._exact(every, "17 in 8 years", digits=1) == patterns.Band(1.2, 3.4, "17 in 8 years, exact 95 %")
    assert patterns._with_and_without_dispute() == (17, 16)


def test_the_halves_are_compared_by_the_conditional_binomial_test(recorded):
    test = stats.binomtest(12, 17)
    low, high = test.proportion_ci(method="exact")
    assert (recorded["ratio"].low, recorded["ratio"].high) == pytest.approx((low / (1 - low), high / (1 - high)))
    assert recorded["ratio_p"].estimate == pytest.approx(test.pvalue)


def test_rates_and_dispersion_agree_with_their_chi_square_forms(recorded):
    assert recorded["incidents"].low == pytest.approx(stats.chi2.ppf(0.025, 34) / 16)
    assert recorded["incidents"].high == pytest.approx(stats.chi2.ppf(0.975, 36) / 16)
    index = np.var(read_record().yearly(), ddof=1) / np.mean(read_record().yearly())
    assert recorded["dispersion_p"].estimate == pytest.approx(stats.chi2.sf(7 * index, 7))
    assert recorded["dispersion_power"].estimate == pytest.approx(stats.chi2.sf(stats.chi2.isf(0.05, 7) / index, 7))
    assert recorded["quiet_year"].high == pytest.approx(math.exp(-recorded["incidents"].low))


def test_eight_counts_seldom_tell_negative_binomial_from_poisson(recorded):
    """20,000 draws of dispersion 1.4, mean 2.1: standard error .003; the closed form takes the index as chi-square."""
    dispersion, mean = recorded["dispersion"].estimate, 17 / 8
    size = mean / (dispersion - 1)
    drawn = np.random.default_rng(3).negative_binomial(size, size / (size + mean), (20_000, 8))
    some = drawn[drawn.sum(axis=1) > 0]
    index = 7 * some.var(axis=1, ddof=1) / some.mean(axis=1)
    seen = np.mean(index > stats.chi2.isf(0.05, 7))
    assert seen == pytest.approx(recorded["dispersion_power"].estimate, abs=0.03)
    assert seen < 0.25


def test_deaths_are_bootstrapped_by_incident_with_their_number_free(record, recorded):
    """20,000 draws; the ends are percentiles of a lattice of 1/16, and have to lie within a step."""
    deaths = [incident.foreign_deaths for incident in record.core]
    weights = np.random.default_rng(4).poisson(1.0, (20_000, len(deaths)))
    ends = np.quantile(weights @ deaths / 16, (0.025, 0.975))
    assert (recorded["deaths_per_10000"].low, recorded["deaths_per_10000"].high) == pytest.approx(ends, abs=1 / 16)
    by_incident = rates.bootstrap_rate(deaths, 16 / 17)
    assert recorded["deaths_per_10000"].estimate == pytest.approx(by_incident.estimate)
    assert recorded["deaths_per_10000"].low <= by_incident.low and recorded["deaths_per_10000"].high >= by_incident.high


def test_log_likelihoods_are_those_of_poisson_counts(record, recorded):
    years = record.counted_years
    counts = record.yearly(years)
    assert years == tuple(range(2018, 2025)) and sum(counts) == 16
    national = np.array([line.picss for line in record.national][1:])
    for key, means in (("constant", np.full(7, 16 / 7)), ("picss", 16 * national / national.sum())):
        assert recorded[f"log_likelihood_{key}"].estimate == pytest.approx(stats.poisson.logpmf(counts, means).sum())


def test_completeness_below_1_raises_the_rate_and_widens_it_upwards(recorded):
    every, least = recorded["incidents"], recorded["if_least_complete"]
    assert (least.estimate, least.high) == pytest.approx((every.estimate / 0.6, every.high / 0.6))
    assert patterns.COMPLETENESS == its.COMPLETENESS == 0.6
