"""The table of patterns: each line by made-up rows that show it and rows that don't, the null models.

Statistical tests have fixed seeds and state their error.
"""

import math

import numpy as np
import pytest

from sim import load_scenario, rates, simulate, with_values
from sim.clock import DAYS_A_YEAR, TICKS_A_DAY
from sim.errors import InputError
from sim.history import nulls, patterns
from sim.history.nulls import YEARS
from sim.history.record import read_record
from sim.history.traces import Trace, adherence_changes, short_gaps, traces
from sim.outcome import OUTCOME
from sim.runs.replicate import Replicate

RECORD, NATIONAL = read_record().yearly(), nulls.national()

RUNS = 50
NUMBERS = ["1a", "1b", "2", "3", "4", "5", "6", "7", "8a", "8b", "9", "10", "11", "12", "13"]
# Totals of a year, the same in each but for the incidents, that show every pattern.
TYPICAL = {
    "days": DAYS_A_YEAR,
    "incidents_outing": [1, 1, 1, 0, 1, 1, 1, 1],
    "incidents_convoy": [1, 1, 1, 0, 1, 1, 1, 1],
    "incidents_private": [1, 1, 1, 0, 1, 1, 1, 1],
    "incidents_inside_project": [1, 0, 0, 0, 1, 0, 1, 0],
    "incidents_en_route": 1,
    "fatal": 1,
    "deaths_foreign": 2,
    "deaths_security": 1,
    "deaths_residents": 1,
    "project_person_years": 3060,
    "foreign_person_years": 9060,
    "convoy_person_hours": 1e5,
    "outing_hours": 6e4,
    "adherence_days": 0.6 * DAYS_A_YEAR,
    "protests": 12,
    "protests_at_closures": 6,
    "stops": 2,
    "stops_at_several": 1,
}


def made_up(**columns):
    """Rows of 50 replicates; a column is one number, or one a year."""
    rows = OUTCOME.rows(RUNS * YEARS)
    rows["replicate"] = np.repeat(np.arange(RUNS), YEARS)
    rows["year"] = np.tile(np.arange(YEARS), RUNS)
    for name, values in (TYPICAL | {"incidents": RECORD} | columns).items():
        rows[name] = np.tile(np.broadcast_to(values, YEARS), RUNS)
    return rows


def bump(days=(500.2, 510.7), before=0.6, soon=0.7, late=0.62):
    """A trace whose incidents all see the same adherence before and after."""
    return Trace(np.array(days), np.tile([before, soon, late], (len(days), 1)))


@pytest.fixture(scope="module")
def scenario():
    return load_scenario("baseline")


@pytest.fixture(scope="module")
def eventful(scenario):
    """Two years with several incidents each."""
    return with_values(scenario, {"run.horizon": 2, "run.warmup": 0.5, "threat.plot_interval": 60.0})


def lines(scenario, rows, seen=None):
    found = patterns.patterns_of(scenario, rows, [bump()] * RUNS if seen is None else seen)
    return {pattern.number: pattern for pattern in found}


def test_thirteen_patterns_are_given_in_order_and_a_record_that_shows_them_meets_them(scenario):
    found = lines(scenario, made_up())
    assert list(found) == NUMBERS
    assert [number for number in NUMBERS if not found[number].met] == []
    assert patterns.patterns_met(list(found.values())) == 13


@pytest.mark.parametrize(
    "number, columns",
    [
        ("1a", {"incidents": [0, 4, 4, 4, 4, 4, 4, 4]}),
        ("1a", {"incidents": [0, 1, 1, 1, 1, 1, 1, 1]}),
        ("1b", {"incidents_outing": 2}),
        ("1b", {"incidents_outing": 0, "incidents_convoy": [1, 1, 1, 0, 0, 0, 0, 0]}),
        ("2", {"incidents_en_route": RECORD}),
        ("2", {"incidents_en_route": 0}),
        ("3", {"fatal": 2}),
        ("3", {"fatal": 0}),
        ("4", {"incidents": [1, 3, 1, 1, 4, 2, 1, 4]}),
        ("6", {"incidents": [2, 1, 0, 0, 1, 2, 4, 6]}),
        ("7", {"deaths_residents": 0, "deaths_security": 0}),
        ("7", {"deaths_residents": 9}),
        ("7", {"deaths_foreign": 0}),
        ("9", {"convoy_person_hours": 1e3}),
        ("9", {"incidents_outing": 0}),
        ("9", {"convoy_person_hours": 0}),
        ("10", {"protests": 0, "protests_at_closures": 0}),
        ("10", {"protests_at_closures": 0}),
        ("10", {"protests_at_closures": 12, "protests": 12}),
        ("11", {"stops_at_several": 0}),
        ("11", {"stops": 0, "stops_at_several": 0}),
        ("12", {"incidents_inside_project": 0}),
        ("12", {"incidents_inside_project": 1}),
        ("13", {"incidents_private": 0}),
        ("13", {"incidents_private": 9}),
    ],
)
def test_each_pattern_is_not_met_by_rows_without_it(scenario, number, columns):
    assert not lines(scenario, made_up(**columns))[number].met


def test_a_replicate_without_a_single_incident_shows_neither_shares_nor_a_missing_trend(scenario):
    found = lines(scenario, made_up(**{name: 0 for name in TYPICAL if name != "days"}, incidents=0), seen=[])
    assert [number for number in NUMBERS if found[number].met] == ["4"]
    assert not found["6"].shown.any() and math.isnan(found["2"].figure.estimate)


def test_a_pattern_that_too_few_replicates_show_is_not_met_though_its_mean_is_in_the_band(scenario):
    rows = made_up()
    most = rows["replicate"] >= RUNS // 10
    rows["stops_at_several"][most] = 0
    found = lines(scenario, rows)["11"]
    assert found.figure.estimate > 0 and found.probability.estimate == patterns.LEAST
    assert not found.met


def test_the_interval_of_a_share_stays_between_0_and_1(scenario):
    rows = made_up(stops_at_several=0)
    rows["stops_at_several"][:YEARS] = 2
    figure = lines(scenario, rows[: 2 * YEARS])["11"].figure
    assert (figure.low, figure.estimate, figure.high) == (0, 0.5, 1)


def test_bursts_need_incidents_within_three_weeks(scenario):
    assert lines(scenario, made_up(), [bump((100.0, 121.0, 142.5))] * RUNS)["5"].figure.estimate == 1
    assert not lines(scenario, made_up(), [bump((100.0, 121.1, 142.3))] * RUNS)["5"].met
    assert short_gaps(bump((5.0,)), 21) == 0


def test_changes_of_adherence_are_means_over_incidents_and_end_at_the_horizon(scenario):
    trace = Trace(
        np.array([5.0, 2800.0, 2918.0]), np.array([[0.6, 0.7, 0.62], [0.5, 0.7, np.nan], [0.5, np.nan, np.nan]])
    )
    rise, fall = adherence_changes(trace)
    assert rise == pytest.approx([0.1, 0.2]) and fall == pytest.approx([-0.08])
    found = lines(scenario, made_up(), [trace] * RUNS)
    assert (found["8a"].figure.estimate, found["8b"].figure.estimate) == pytest.approx((0.15, -0.08))


@pytest.mark.parametrize(
    "levels, unmet",
    [
        ({"soon": 0.6, "late": 0.55}, ["8a"]),
        ({"soon": 0.6, "late": 0.6}, ["8a", "8b"]),
        ({"late": 0.7}, ["8b"]),
        ({"soon": 0.5, "late": 0.6}, ["8a", "8b"]),
    ],
)
def test_adherence_must_both_rise_after_an_incident_and_decay(scenario, levels, unmet):
    found = lines(scenario, made_up(), [bump(**levels)] * RUNS)
    assert [number for number in ("8a", "8b") if not found[number].met] == unmet
    assert patterns.patterns_met(list(found.values())) == 12


def test_hours_outside_the_protocol_are_those_that_the_model_counts(scenario):
    expected = (1 / 6e4) / (1 / 1e5)
    found = lines(scenario, made_up())["9"]
    assert found.figure.estimate == pytest.approx(expected) and found.values == pytest.approx(expected)
    assert f"{scenario.exposure.outing_hours * expected:.3g} h" in found.note


def test_protests_are_counted_a_town_of_the_world_file(scenario):
    closed = {site.town for site in scenario.world_file.sites if site.closures}
    others = len(scenario.world_file.towns) - len(closed)
    assert 0 < len(closed) < others
    found = lines(scenario, made_up())["10"]
    assert found.figure.estimate == pytest.approx((6 / len(closed)) / (6 / others))


def test_another_horizon_is_refused(scenario):
    other = with_values(scenario, {"run.horizon": 3})
    with pytest.raises(InputError, match=r"run\.horizon: read 3 years, allowed only 8"):
        patterns.patterns_of(other, made_up(), [])


def test_bands_of_the_rates_and_shares_are_the_exact_intervals_of_the_record(scenario):
    found = lines(scenario, made_up())
    for number, interval in (("1a", rates.count_rate([17], 8)), ("1b", rates.count_rate([8], 8))):
        assert (found[number].band.low, found[number].band.high) == pytest.approx(
            (interval.low, interval.high), abs=0.04
        )
    from scipy.stats import binomtest

    for number, hits in (("2", 10), ("3", 7)):
        exact = binomtest(hits, 17).proportion_ci(method="exact")
        assert (found[number].band.low, found[number].band.high) == pytest.approx(exact, abs=0.006)
    assert sum(RECORD) == 17


def test_without_tracking_the_record_lies_in_its_band_and_a_copy_of_the_series_does_not():
    low, high = nulls.untracked_band()
    assert low < nulls.correlation(np.array(RECORD)) < high
    assert nulls.correlation(np.array(NATIONAL)) == pytest.approx(1)
    assert high < 0.8
    assert np.corrcoef(RECORD, NATIONAL)[0, 1] == pytest.approx(float(nulls.correlation(np.array(RECORD))))


@pytest.mark.parametrize("rate, days", [(2.2, 21), (0.5, 60), (6.0, 3)])
def test_closed_forms_of_a_poisson_process_agree_with_drawing_it(rate, days):
    """20,000 draws: standard error below .0036, bound at 4 of them."""
    generator = np.random.default_rng(5)
    span = YEARS * DAYS_A_YEAR
    counts = generator.poisson(rate * YEARS, 20_000)
    moments = [np.sort(generator.uniform(0, span, n)) for n in counts]
    bursts = np.mean([(np.diff(m) <= days).any() for m in moments])
    quiet = np.mean([len(set((m // DAYS_A_YEAR).tolist())) < YEARS for m in moments])
    between = np.mean((counts / YEARS >= 1.2) & (counts / YEARS <= 3.4))
    assert nulls.burst(rate, days) == pytest.approx(bursts, abs=0.0145)
    assert nulls.quiet_year(rate) == pytest.approx(quiet, abs=0.0145)
    assert nulls.rate_between(rate, 1.2, 3.4) == pytest.approx(between, abs=0.0145)


def test_counts_on_the_edge_of_a_band_are_in_it():
    """8 x .5 and 8 x .625 are whole: 4 and 5 incidents."""
    mean = 0.5 * YEARS
    expected = math.exp(-mean) * (mean**4 / 24 + mean**5 / 120)
    assert nulls.rate_between(0.5, 0.5, 0.625) == pytest.approx(expected)


def test_a_process_that_follows_the_national_series_is_told_apart_less_often_than_it_should():
    """P of a constant rate is .95 by construction of the band, within .01 for Poisson counts (error .0016)."""
    low, high = nulls.untracked_band()
    constant = nulls.correlation_between(2.1, low, high, tracking=False)
    tracking = nulls.correlation_between(2.1, low, high, tracking=True)
    assert constant == pytest.approx(0.95, abs=0.016)
    assert patterns.LEAST < tracking < 0.7


def test_patterns_that_a_constant_rate_shows_are_said_to_have_no_power(scenario):
    found = list(lines(scenario, made_up()).values())
    said = " ".join(patterns.notes(found))
    assert "1a, 1b, 4, 5, 6 too, so these have no power" in said
    assert "17 incidents, 2.12 a year [1.24, 3.40]" in said
    assert "16 incidents, 2.00 a year [1.14, 3.25]" in said


def test_a_null_model_that_misses_the_band_keeps_its_pattern_telling(scenario):
    found = list(lines(scenario, made_up(incidents=[0, 6, 6, 6, 6, 6, 6, 6])).values())
    assert patterns.null_models(found)["constant_rate"]["4"] < patterns.LEAST
    assert "shows 1b, 5, 6 too" in " ".join(patterns.notes(found))


def test_the_report_is_the_table_in_numbers(scenario):
    found = list(lines(scenario, made_up()).values())
    entries, table = patterns.report(found)["patterns"], patterns.pattern_table(found)
    assert [entry["number"] for entry in entries] == [row["no"] for row in table] == NUMBERS
    assert [f"{entry['p']['estimate']:.2f}" for entry in entries] == [row["P"] for row in table]
    poisson = [entry["p_poisson"] for entry in entries]
    assert ["" if p is None else f"{p:.2f}" for p in poisson] == [row["P_Poisson"] for row in table]
    assert patterns.report(found)["all_at_once"]["estimate"] == 1


def test_traces_are_the_replicates_of_the_run_with_the_same_seed(eventful):
    rows = simulate(eventful, 3, seed=5, threads=1)
    seen = traces(eventful, 5, 3, threads=2)
    counts = rows["incidents"].reshape(3, 2).sum(axis=1)
    assert [len(trace.days) for trace in seen] == counts.tolist() and counts.sum() > 5
    assert all((np.diff(trace.days) >= 0).all() for trace in seen)


def test_adherence_is_read_in_the_incidents_own_jurisdiction_when_its_day_begins(eventful):
    trace = traces(eventful, 5, 1)[0]
    run = Replicate(eventful, 5, 0)
    run.advance(run.horizon)
    first = run.events.query("stage == 'incident'").iloc[0]
    cell = first["cell"][0] + first["cell"][1] * run.width
    j = run.world.nodes["jurisdiction"][run.world.nodes["cell"] == cell][0]
    for stop, read in zip((0, 7, 180), trace.adherence[0], strict=True):
        run = Replicate(eventful, 5, 0)
        run.advance((int(first["day"]) + stop) * TICKS_A_DAY)
        assert run.world.protocol["adherence"][j] == read
    assert trace.adherence[0, 1] > trace.adherence[0, 0]


def test_adherence_that_is_held_neither_rises_nor_falls(eventful):
    for trace in traces(with_values(eventful, {"policy.adherence.hold": True}), 5, 2):
        rise, fall = adherence_changes(trace)
        assert len(rise) and not rise.any() and not fall.any()
