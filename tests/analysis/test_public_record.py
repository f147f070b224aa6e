"""The public record: its files, what its counts support against closed forms and scipy.stats, what bad files get."""

import json
import math
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml
from scipy import stats

from sim import rates
from sim.analysis import nulls, patterns
from sim.analysis import public_record as its
from sim.scenario.errors import ScenarioError

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "scenarios" / "record"


@pytest.fixture(scope="module")
def record():
    return its.read_record()


@pytest.fixture(scope="module")
def found(record):
    return {figure.key: figure.interval for figure in its.figures(record)}


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
def test_each_figure_rounds_to_what_is_stated_of_the_record(found, key):
    interval = found[key]
    for value, stated in zip((interval.estimate, interval.low, interval.high), STATED[key], strict=False):
        assert value == pytest.approx(stated, abs=0.501 * last_digit(stated))


def test_needed_events_and_years_are_about_those_stated(found):
    assert found["events_for_30"].estimate == pytest.approx(155, abs=1)
    assert found["years_for_30"].estimate == pytest.approx(73, abs=1)
    assert found["events_for_50"].estimate == 50
    assert found["years_for_50"].estimate == pytest.approx(24, abs=0.5)


def test_bands_of_the_patterns_are_the_records_intervals_as_they_are_stated(record):
    every, project = its.incident_rate(record), its.project_rate(record)
    assert (round(every.low, 1), round(every.high, 1)) == (1.2, 3.4)
    assert (round(project.low, 2), round(project.high, 2)) == (0.43, 1.97)
    road, deadly = its.en_route_share(record), its.fatal_share(record)
    assert [round(end, 2) for end in (road.low, road.high, deadly.low, deadly.high)] == [0.33, 0.82, 0.18, 0.67]
    assert patterns._exact(every, "17 in 8 years", digits=1) == patterns.Band(1.2, 3.4, "17 in 8 years, exact 95 %")
    assert patterns._with_and_without_dispute() == (17, 16)


# Exact statistics.


@pytest.mark.parametrize("hits, trials", [(0, 5), (5, 5), (7, 17), (10, 17), (1, 400)])
@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_the_interval_of_a_share_is_that_of_clopper_and_pearson(hits, trials, confidence):
    exact = stats.binomtest(hits, trials).proportion_ci(confidence, method="exact")
    own = its.exact_share(hits, trials, confidence)
    assert (own.low, own.high) == pytest.approx((exact.low, exact.high))


def test_the_ratio_of_two_rates_is_the_conditional_binomial_one(found):
    test = stats.binomtest(12, 17)
    low, high = test.proportion_ci(method="exact")
    assert (found["ratio"].low, found["ratio"].high) == pytest.approx((low / (1 - low), high / (1 - high)))
    assert found["ratio_p"].estimate == pytest.approx(test.pvalue)
    assert its.exact_ratio(4, 8, 2.0, 1.0).estimate == pytest.approx(4)
    assert its.exact_ratio(0, 3, 1.0, 1.0).high == math.inf and its.exact_ratio(3, 0, 1.0, 1.0).low == 0
    assert its.equal_rates_p(3, 3) == 1 and its.equal_rates_p(3, 0) == pytest.approx(0.25)
    assert its.equal_rates_p(2, 5, 1.0, 3.0) == 1


@pytest.mark.parametrize("a, b, before, after", [(4, 12, 3.0, 4.0), (2, 20, 1.0, 2.0), (9, 1, 1.0, 1.0)])
def test_p_is_below_its_level_where_the_interval_leaves_out_1(a, b, before, after):
    p = its.equal_rates_p(a, b, before, after)
    for confidence in (0.5, 0.9, 0.95, 0.99):
        interval = its.exact_ratio(a, b, before, after, confidence)
        assert (p < 1 - confidence) == (not interval.low <= 1 <= interval.high)


def test_rates_and_dispersion_agree_with_their_chi_square_forms(found):
    assert found["incidents"].low == pytest.approx(stats.chi2.ppf(0.025, 34) / 16)
    assert found["incidents"].high == pytest.approx(stats.chi2.ppf(0.975, 36) / 16)
    index = np.var(nulls.RECORD, ddof=1) / np.mean(nulls.RECORD)
    assert found["dispersion_p"].estimate == pytest.approx(stats.chi2.sf(7 * index, 7))
    assert found["dispersion_power"].estimate == pytest.approx(stats.chi2.sf(stats.chi2.isf(0.05, 7) / index, 7))
    assert found["quiet_year"].high == pytest.approx(math.exp(-found["incidents"].low))


def test_eight_counts_seldom_tell_negative_binomial_from_poisson(found):
    """20,000 draws of dispersion 1.4, mean 2.1: standard error .003; the closed form takes the index as chi-square."""
    dispersion, mean = found["dispersion"].estimate, 17 / 8
    size = mean / (dispersion - 1)
    drawn = np.random.default_rng(3).negative_binomial(size, size / (size + mean), (20_000, 8))
    some = drawn[drawn.sum(axis=1) > 0]
    index = 7 * some.var(axis=1, ddof=1) / some.mean(axis=1)
    seen = np.mean(index > stats.chi2.isf(0.05, 7))
    assert seen == pytest.approx(found["dispersion_power"].estimate, abs=0.03)
    assert seen < 0.25


def test_deaths_are_bootstrapped_by_incident_with_their_number_free(record, found):
    """20,000 draws; the ends are percentiles of a lattice of 1/16, and have to lie within a step."""
    deaths = [incident.foreign_deaths for incident in record.core]
    weights = np.random.default_rng(4).poisson(1.0, (20_000, len(deaths)))
    ends = np.quantile(weights @ deaths / 16, (0.025, 0.975))
    assert (found["deaths_per_10000"].low, found["deaths_per_10000"].high) == pytest.approx(ends, abs=1 / 16)
    by_incident = rates.bootstrap_rate(deaths, 16 / 17)
    assert found["deaths_per_10000"].estimate == pytest.approx(by_incident.estimate)
    assert found["deaths_per_10000"].low <= by_incident.low and found["deaths_per_10000"].high >= by_incident.high
    assert its.deaths_interval([0, 0], 1.0).high == 0


def test_deaths_of_one_size_are_poisson_and_the_law_sums_to_1():
    law = its._compound_poisson({2: 3, 0: 5})
    assert law[::2] == pytest.approx(stats.poisson.pmf(np.arange(len(law[::2])), 3)) and not law[1::2].any()
    assert its._compound_poisson({1: 2, 9: 1, 4: 2}).sum() == pytest.approx(1)


@pytest.mark.parametrize("events, reduction", [(4, 0.5), (17, 0.3), (17, 0.5), (50, 0.5)])
def test_power_is_the_sum_over_all_pairs_of_poisson_counts(events, reduction):
    counts = np.arange(150)
    before, after = stats.poisson.pmf(counts, events), stats.poisson.pmf(counts, events * (1 - reduction))
    pairs = {(x, y) for x in range(120) for y in range(x + 1) if before[x] * after[y] + before[y] * after[x] > 1e-12}
    sure = [(x, y) for x, y in pairs if x + y and 2 * stats.binom.cdf(y, x + y, 0.5) <= 0.05]
    expected = sum(before[x] * after[y] + before[y] * after[x] for x, y in sure)
    assert its.power_to_tell(events, reduction) == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize("reduction", [0.3, 0.5, 0.8])
def test_needed_events_are_the_fewest_with_the_power(reduction):
    needed = its.events_needed(reduction)
    assert its.power_to_tell(needed - 1, reduction) < 0.8 <= its.power_to_tell(needed, reduction)


def test_without_a_change_the_test_errs_no_more_often_than_stated():
    assert 0 < its.power_to_tell(17, 0.0) <= 0.05


def test_log_likelihoods_are_those_of_poisson_counts(record, found):
    years = its.counted_years(record)
    counts = record.yearly(years)
    assert years == list(range(2018, 2025)) and sum(counts) == 16
    national = np.array([line.picss for line in record.national][1:])
    for key, means in (("constant", np.full(7, 16 / 7)), ("picss", 16 * national / national.sum())):
        assert found[f"log_likelihood_{key}"].estimate == pytest.approx(stats.poisson.logpmf(counts, means).sum())


# What is said beside the figures holds.


def test_what_the_notes_say_of_the_figures_is_so(record, found):
    said = its.notes(record)
    assert {figure.note for figure in its.figures(record)} - {""} == set(said)
    assert "fell by PICSS and rose by PIPS" in said["national"]
    for name in its.INSTITUTES:
        early, late = (sum(its._attacks(record, name, range(*span))) for span in ((2018, 2021), (2021, 2025)))
        ratio = its.exact_ratio(4, 12, early, late)
        assert ratio.low < 1 < ratio.high
    constant, *others = (found[f"log_likelihood_{name}"].estimate for name in ("constant", *its.INSTITUTES))
    assert sorted(np.sign([constant - other for other in others])) == [-1, 1]
    assert max(abs(constant - other) for other in others) < 1
    assert found["dispersion"].low < 1 < found["dispersion"].high and found["dispersion_power"].estimate < 0.5
    assert found["ratio"].low < 1 < found["ratio"].high
    assert found["quiet_year"].estimate > 0.1


def test_completeness_below_1_raises_the_rate_and_widens_it_upwards(found):
    every, least = found["incidents"], found["if_least_complete"]
    assert (least.estimate, least.high) == pytest.approx((every.estimate / 0.6, every.high / 0.6))
    assert patterns.COMPLETENESS == its.COMPLETENESS == 0.6


def test_the_null_models_read_the_record(record):
    assert nulls.RECORD == (1, 3, 1, 0, 5, 2, 1, 4) == record.yearly()
    assert nulls.NATIONAL == (416, 229, 160, 188, 294, 380, 645, 905)
    assert len(record.years) == nulls.YEARS
    with pytest.raises(AttributeError, match="SERIES"):
        _ = nulls.SERIES


# The files.


def test_core_incidents_are_17_of_which_8_are_against_projects_3_of_them_by_judgement(record):
    assert (len(record.incidents), len(record.core)) == (20, 17)
    assert len(its.against_projects(record)) == 8
    assert len(its.against_projects(record, ("judged",))) == 3
    assert not [incident for incident in record.incidents if incident.project == "judged" and not incident.core]
    assert [incident.month for incident in record.core if incident.cause == "dispute"] == ["2024-11"]
    assert not [
        incident for incident in record.core if incident.type == "plot" or incident.outcome.startswith("foiled")
    ]
    assert [incident.month for incident in record.incidents] == sorted(incident.month for incident in record.incidents)


def tally(record, name):
    return next(line for line in its.tally_table(record) if line["body"].startswith(name))


def test_the_tallies_agree_with_the_list_where_they_are_said_to(record):
    assert (tally(record, "NACTA")["attacks"], tally(record, "NACTA")["this_list_incidents"]) == (14, 12)
    assert tally(record, "NACTA")["foreign_killed"] == tally(record, "NACTA")["this_list_foreign_killed"] == 20
    assert str(its.NATIONALS) in tally(record, "NACTA")["note"]
    assert (tally(record, "interior")["attacks"], tally(record, "interior")["this_list_incidents"]) == (8, 10)
    several = [i.foreign_deaths for i in record.core if i.month <= "2024-06" and i.foreign_deaths > 1]
    assert several == [2, 9, 3, 5] and tally(record, "VOA")["foreign_killed"] == sum(several) == 19
    research = tally(record, "SATP")
    parts = ("foreign_killed", "security_killed", "locals_killed", "attackers_killed")
    assert sum(research[part] for part in parts) == research["killed"] == 67
    assert research["this_list_incidents"] is None


def test_the_band_of_local_deaths_is_the_tallies_own(record):
    low, high = (tally(record, name) for name in ("NACTA", "SATP"))
    assert low["locals_killed"] / low["foreign_killed"] == 0.4
    assert high["locals_killed"] / high["foreign_killed"] == 3.6


def test_what_is_derived_or_approximate_in_the_national_counts_has_a_note(record):
    for line in record.national:
        assert line.note or {line.picss_how, line.pips_how} <= {"stated"}
        assert (line.pips is None) == (line.pips_how == "")


def test_the_readme_beside_the_files_gives_their_numbers_and_every_source(record):
    text = " ".join((FOLDER / "README.md").read_text().split())
    assert "20 incidents, 17 of them core" in text and "Together 8 of 17; without the judgement 5" in text
    sources = {source for line in (*record.incidents, *record.tallies) for source in line.sources.split("; ")}
    missing = [s for s in sources if s.removesuffix(" (weak)") not in text and not s.startswith("blog")]
    assert missing == []


def test_the_files_have_the_known_columns_only_and_name_no_place_of_any_kind():
    for kind, name in ((its.Incident, "incidents"), (its.Tally, "tallies"), (its.NationalYear, "national")):
        text = (FOLDER / f"{name}.csv").read_text()
        columns = text.splitlines()[0].split(",")
        assert tuple(columns) == kind._fields
        assert not {"place", "city", "province", "district", "lat", "lon", "name", "group"} & set(columns)
        assert not re.search(r"\d\.\d{3}|\b(in|near|at) [A-Z]", text)
    world = yaml.safe_load((ROOT / "scenarios" / "worlds" / "corridor.yaml").read_text())
    names = [entry["name"] for part in ("sites", "towns") for entry in world[part]]
    everything = " ".join(path.read_text() for path in FOLDER.iterdir())
    assert not [name for name in names if name in everything]


@pytest.fixture
def copied(tmp_path):
    """The files, with one text in one of them replaced."""

    def change(name, old, new):
        shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
        text = (tmp_path / f"{name}.csv").read_text()
        assert old in text
        (tmp_path / f"{name}.csv").write_text(text.replace(old, new, 1))
        return tmp_path

    return change


@pytest.mark.parametrize(
    "name, old, new, sentence",
    [
        (
            "incidents",
            "2018-08,",
            "2018-13,",
            "incidents.csv:5: month: read '2018-13', allowed a month such as 2024-03",
        ),
        ("incidents", "2017-05,", "2016-05,", "incidents.csv:2: month: read '2016-05', allowed 2017 to 2024"),
        (
            "incidents",
            "vehicle",
            "boat",
            "incidents.csv:4: type: read 'boat', allowed vehicle or site or plot or other",
        ),
        ("incidents", ",9,", ",-9,", "incidents.csv:12: foreign_deaths: read '-9', allowed a whole number"),
        ("incidents", "yes,judged", "yes,maybe", "project: read 'maybe', allowed yes or judged or no"),
        ("incidents", ",sources\n", "\n", "incidents.csv:1: read the columns month, type"),
        ("incidents", "teachers,", "teachers,x,", "incidents.csv:15: read 10 values, allowed 9"),
        ("incidents", "teachers", '"teachers" x', "not valid CSV"),
        ("tallies", "14,", "many,", "tallies.csv:2: attacks: read 'many', allowed a whole number or nothing"),
        (
            "tallies",
            "2021-01,2024-11",
            "2024-12,2024-11",
            "tallies.csv:2: last: read '2024-11', allowed 2024-12 or later",
        ),
        ("national", "2019,160", "2019,0", "national.csv:4: picss: read '0', allowed a whole number above 0"),
        ("national", "2020,", "2030,", "year: read 2017, 2018, 2019, 2030, 2021"),
        ("national", "derived", "guessed", "picss_how: read 'guessed', allowed stated or derived or approximate"),
    ],
)
def test_bad_content_is_refused_in_one_sentence_with_file_line_and_what_is_allowed(copied, name, old, new, sentence):
    with pytest.raises(ScenarioError) as error:
        its.read_record(copied(name, old, new))
    assert sentence in str(error.value) and "\n" not in str(error.value)


def test_a_missing_file_and_one_that_is_no_text_are_refused_in_one_sentence(copied, tmp_path):
    with pytest.raises(ScenarioError, match=r"incidents\.csv: can't be read: No such file"):
        its.read_record(tmp_path)
    folder = copied("national", "2017", "2017")
    (folder / "national.csv").write_bytes(b"year\n\xff\xfe\n")
    with pytest.raises(ScenarioError, match=r"national\.csv:2: read bytes that aren't text, allowed UTF-8"):
        its.read_record(folder)


def test_a_list_without_core_incidents_or_half_the_counts_is_refused(copied):
    folder = copied("incidents", "yes", "yes")
    lines = (folder / "incidents.csv").read_text().splitlines()
    (folder / "incidents.csv").write_text(f"{lines[0]}\n{lines[2]}\n")
    with pytest.raises(ScenarioError, match="core: read no yes, allowed one or more"):
        its.read_record(folder)
    text = (folder / "national.csv").read_text()
    (folder / "national.csv").write_text(re.sub(r"(?m)^(20(?:18|19|20),\d+,\w+),\d+,\w+", r"\1,,", text))
    its.read_record.cache_clear()
    with pytest.raises(ScenarioError, match="pips: read too few counts"):
        its.read_record(folder)


def test_files_of_that_name_in_the_working_folder_are_not_taken_for_the_record(tmp_path, record):
    (tmp_path / "record").mkdir()
    for name in ("incidents", "tallies", "national"):
        (tmp_path / "record" / f"{name}.csv").write_text("nonsense\n")
    script = "from sim.cli import main; main()"
    result = subprocess.run(
        [sys.executable, "-c", script, "record", "--json"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
    )
    assert result.returncode == 0, result.stderr
    assert len(json.loads(result.stdout)["incidents"]) == len(record.incidents)
