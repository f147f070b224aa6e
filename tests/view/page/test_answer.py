"""The answer in words, figures and files: what the estimate says, of whom, and both ranges."""

import csv
import io
import json
import re
from types import SimpleNamespace
from xml.etree import ElementTree

from sim.analysis.tables import BELOW_ZERO
from sim.history.band import band_between, band_of
from sim.scenario.load import load_scenario
from sim.view.page.answer import OPEN, Asked, asked, figures, headline, known_range, notes
from sim.view.page.estimate import FIGURES
from sim.view.page.exports import COLUMNS, as_csv, as_json, log_csv
from sim.view.page.setup import Setup, rows

(LEVEL,) = rows(["policy.adherence.level"])
ONE, TWO = (Setup("baseline"),), (Setup("baseline"), Setup("full-protocol"))


def asked_of(setups):
    return asked(setups, [setup.scenario() for setup in setups])


def entry(value, half=0.1):
    return {"estimate": value, "low": value - half, "high": value + half}


def estimate(*rates, ran=200, difference=-0.5):
    """An estimate that has ended: each policy's three figures, and the same difference of all."""
    result = {"policies": [dict(zip(FIGURES, map(entry, some), strict=True)) for some in rates]}
    if len(rates) == 2:
        result["difference"] = {name: entry(difference) | {"correlation": 0.87} for name in FIGURES}
    scenarios = [load_scenario("baseline")] * len(rates)
    return SimpleNamespace(result=result, error="", count=200, ran=ran, seed=1, scenarios=scenarios)


def test_the_headline_has_the_three_figures_and_names_the_policy_that_the_levers_say():
    changed = (Setup("baseline").changed(LEVEL, 1.0),)
    said = headline(estimate((2.25, 1.5, 0.75)), asked_of(changed))
    assert said.startswith("Under baseline with Protocol followed 100 %: 2.25 incidents per year")
    assert "1.50 of them against projects" in said and "0.75 foreign deaths" in said


def test_of_two_policies_the_paired_difference_is_the_headline_and_the_large_figure():
    found, of = estimate((2.0, 1.5, 1.0), (1.5, 1.0, 0.5)), asked_of(TWO)
    assert headline(found, of).startswith(
        "With B (full-protocol) in place of A (baseline), per year: 0.50 fewer incidents"
    )
    assert "0.50 more" in headline(estimate((1, 1, 1), (1.5, 1.5, 1.5), difference=0.5), of)
    large = re.findall(r'class="large">(.*?)<', figures(found, of))
    assert large == ["\N{MINUS SIGN}0.50"] * 3
    assert "correlate with 0.87" in notes(found, of)[1]


def test_each_figure_stands_with_the_range_of_the_simulation_and_that_of_the_assumptions():
    drawn = figures(estimate((2.25, 1.5, 0.75)), asked_of(ONE))
    bands = band_of(load_scenario("baseline"))
    for value, column in zip((2.25, 1.5, 0.75), ("incidents", "project_incidents", "deaths_foreign"), strict=True):
        assert f"<dd>{value - 0.1:.2f} to {value + 0.1:.2f}</dd>" in drawn
        assert f"<dd>{bands[column].low:.2f} to {bands[column].high:.2f}</dd>" in drawn


def test_the_difference_has_the_assumptions_range_of_the_difference():
    band = band_between(*(setup.scenario() for setup in TWO))["project_incidents"]
    assert known_range(asked_of(TWO).between, "project_incidents_per_year") == (band.low, band.high)
    assert band.low < band.high < 0


def test_a_policy_that_was_changed_has_no_band_of_the_shipped_one():
    of = asked_of((Setup("baseline").changed(LEVEL, 0.7),))
    drawn = figures(estimate((2, 1, 1)), of)
    assert drawn.count(OPEN) == 3 and "sitesec calibrate" in notes(estimate((2, 1, 1)), of)[0]


def test_bars_keep_within_their_axis_and_say_in_words_what_they_show():
    drawn = figures(estimate((2.0, 1.5, -0.05), (30.0, 1.0, 0.5)), asked_of(TWO))
    tree = ElementTree.fromstring(f"<div>{drawn}</div>")
    bars = [element for element in tree.iter() if element.get("class") == "bar"]
    assert len(bars) == 6 and all(re.search(r"\d; Simulation, 95 %: ", bar.get("aria-label")) for bar in bars)
    for part in (part for bar in bars for part in bar):
        left, width = map(float, re.match(r"left:(.*)%;width:(.*)%", part.get("style")).groups())
        assert left >= 0 and width >= 0 and left + width <= 100.01


def test_an_answer_from_the_first_replicates_says_so():
    of = asked_of(ONE)
    assert "counts, 40 of 200 replicates" in notes(estimate((2, 1, 1), ran=40), of)[1]
    assert "counts, 200 replicates" in notes(estimate((2, 1, 1)), of)[1]


def test_a_rate_below_zero_is_explained():
    assert notes(estimate((2, 1, -0.01)), asked_of(ONE))[-1] == BELOW_ZERO
    assert BELOW_ZERO not in notes(estimate((2, 1, 0.01)), asked_of(ONE))


def test_no_figure_is_said_before_there_is_a_result():
    waiting = SimpleNamespace(result=None, error="", count=200, ran=0, seed=1, scenarios=[load_scenario("baseline")])
    assert figures(waiting, Asked()).count('<p class="large">…</p>') == 3
    assert not re.search(r"\d\.\d", figures(waiting, Asked())) and notes(None, Asked()) == []
    assert "counts, … of 200 replicates" in notes(waiting, asked_of(ONE))[1]
    assert headline(waiting, Asked()) == "Running 200 replicates of 8 years …"


# As files.


def test_the_estimate_as_csv_and_as_json_has_every_figure_and_both_ranges():
    found, of = estimate((2.0, 1.5, 1.0), (1.5, 1.0, 0.5)), asked_of(TWO)
    lines = list(csv.DictReader(io.StringIO(as_csv(found, of))))
    assert len(lines) == 9 and tuple(lines[0]) == COLUMNS
    assert [line["policy"] for line in lines[::3]] == ["baseline", "full-protocol", "second less first"]
    tree = json.loads(as_json(found, of))
    assert [one["policy"] for one in tree["policies"]] == ["baseline", "full-protocol"]
    assert (tree["seed"], tree["replicates"], tree["years"]) == (1, 200, 8)
    for line, one in zip(lines, tree["figures"], strict=True):
        assert [float(line[name]) for name in COLUMNS[2:]] == [one[name] for name in COLUMNS[2:]]


def test_ends_that_nobody_knows_are_blank():
    of = asked_of((Setup("baseline").changed(LEVEL, 0.7),))
    line = next(csv.DictReader(io.StringIO(as_csv(estimate((2, 1, 1)), of))))
    assert (line["assumed_low"], line["assumed_high"]) == ("", "")


def test_the_log_as_csv_has_a_line_per_event():
    from sim.view.page.watch import Watch

    watch = Watch(TWO, 1, 0)
    watch.go_to(watch.horizon)
    events = watch.events(True)
    lines = list(csv.DictReader(io.StringIO(log_csv(events))))
    assert len(lines) == len(events) > 10
    assert [int(line["time"]) for line in lines] == [event["time"] for event in events]
    assert {line["policy"] for line in lines} == {"A", "B"}
