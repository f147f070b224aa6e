"""A project's own count: exact intervals, what it would take to see a change, and counts that no project has."""

import math

import pytest
from scipy import stats

from sim.errors import InputError
from sim.history.own import Counts, Own, own, own_closing, own_figures, own_headline, own_table
from sim.history.small_counts import POWER, power_to_tell


def figures(incidents, years):
    return {line["figure"]: (line["estimate"], line["low"], line["high"]) for line in own_table(own(incidents, years))}


@pytest.mark.parametrize("incidents, years", [(2, 1.0), (0, 3.0), (40, 5.0), (1, 0.5)])
def test_the_rate_has_garwood_s_interval_and_quiet_years_follow_from_it(incidents, years):
    found = figures(incidents, years)
    low = stats.chi2.ppf(0.025, 2 * incidents) / 2 / years if incidents else 0.0
    high = stats.chi2.ppf(0.975, 2 * incidents + 2) / 2 / years
    assert found["incidents a year"] == pytest.approx((incidents / years, low, high))
    quiet = found["chance of a year without any"]
    assert quiet == pytest.approx((math.exp(-incidents / years), math.exp(-high), math.exp(-low)))


def test_with_the_years_that_are_named_a_change_is_seen_with_the_power_that_is_named():
    for fall in (0.3, 0.5):
        years = figures(2, 1.0)[f"years before, and as many after, to see {100 * fall:.0f} % fewer"]
        assert power_to_tell(2.0 * years[0], fall) >= POWER > power_to_tell(2.0 * years[0] - 1, fall)
        assert years[1] < years[0] < years[2]


def test_two_in_one_year_mean_a_quarter_to_seven_a_year():
    assert "0.24 to 7.2 a year" in own_headline(own(2, 1.0))
    assert "range of 30 to 1" in own_headline(own(2, 1.0))
    assert "up to 1.2 a year" in own_headline(own(0, 3.0))
    assert "at least 41 years" in own_closing(own(0, 3.0)) and "need 25 years" in own_closing(own(2, 1.0))


@pytest.mark.parametrize(
    "incidents, years, part",
    [
        (-1, 1.0, "--incidents: read -1"),
        (10_001, 1.0, "10,000"),
        (1, 0.0, "--years: read 0"),
        (1, math.nan, "read nan"),
    ],
)
def test_a_count_that_no_project_has_is_refused(incidents, years, part):
    with pytest.raises(InputError, match=part):
        own(incidents, years)


COUNTS = Counts(convoy=2, site=1, outing=0, private=4, fatal=1, deaths=7, targets=2)


def test_shares_have_the_interval_of_clopper_and_pearson_and_classes_garwood_s():
    found = {figure.key: figure for figure in own_figures(Own(3, 2.0, COUNTS))}
    assert list(found) == ["project", "convoy", "site", "outing", "private", "en_route", "fatal"]
    for key, hits in (("en_route", 2), ("fatal", 1)):
        low, high = stats.binomtest(hits, 3).proportion_ci(0.95, "exact")
        interval = found[key].interval
        assert (interval.estimate, interval.low, interval.high) == pytest.approx((hits / 3, low, high))
        assert found[key].is_share and interval.method == "Clopper-Pearson"
    for key, count in (("convoy", 2), ("site", 1), ("outing", 0), ("private", 4)):
        assert found[key].interval.estimate == count / 2 and not found[key].is_share
        assert found[key].interval.high == pytest.approx(stats.chi2.ppf(0.975, 2 * count + 2) / 2 / 2)


def test_no_incident_has_no_share_and_a_bare_count_no_classes():
    assert [figure.key for figure in own_figures(own(2, 1.0))] == ["project"]
    quiet = Own(0, 2.0, Counts(0, 0, 0, 1, 0, 0, 0))
    assert [figure.key for figure in own_figures(quiet)] == ["project", "convoy", "site", "outing", "private"]
    assert "0.5" in str(own_table(quiet)[4]) and own_table(quiet)[0]["figure"] == "incidents a year (0)"


def test_the_headline_says_what_they_were_what_is_apart_and_what_is_assumed():
    said = own_headline(Own(3, 2.0, COUNTS, assumed=True))
    assert "against convoys 2, against sites 1, on outings 0; 2 targets named; 1 fatal, with 7 deaths" in said
    assert "Not counted among these: 4 incidents against private nationals" in said
    assert "assumed" in said and "biased upward" in said and "--since and --until" in said
    assert "assumed" not in own_headline(Own(3, 2.0, COUNTS))
