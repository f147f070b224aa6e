"""What a sweep's plots say beside what they draw."""

from pathlib import Path

import matplotlib.pyplot as plt
import pytest

from sim.analysis.tables import BELOW_ZERO
from sim.scenario.policy import BEND
from sim.sweep.file import load_sweep
from sim.view import pictures

MAIN_JOB = Path(__file__).parents[2] / "scenarios" / "sweeps" / "adherence-vetting-budget.yaml"
FACTS = {"replicates": 8, "incidents_per_year_low": -0.5, "incidents_per_year_high": 2.5}
LESS = "project_incidents_per_year_difference"
FACTS |= {LESS: -0.4, f"{LESS}_low": -0.6, f"{LESS}_high": -0.2}
SPENT = ({"budget": 1.0, "usd_per_site_year": 3e5}, {"spending": "8.2 m USD a site-year", "usd_per_site_year": 8e6})


@pytest.fixture
def saved(monkeypatch):
    """Notes and axes of the pictures of the main job, by whether they show the spending, for one rate of all points."""

    def drawn(rate):
        found = {}

        def save(figure, path, note, *_):
            found[path.stem] = note, figure.axes
            plt.close(figure)
            return []

        monkeypatch.setattr(pictures, "save", save)
        file = load_sweep(MAIN_JOB)
        levels = [{"adherence": a, "screening": "today", **other} for a in (0.4, 1.0) for other in SPENT]
        table = [{**dict.fromkeys(file.axes), **each, **FACTS, "incidents_per_year": rate} for each in levels]
        pictures.sweep_plots(file, table, 8.2e6, Path())
        return {plot.kind: found[plot.name] for plot in file.plots}

    return drawn


def test_the_plot_of_spending_says_that_its_bend_is_assumed_and_no_other_does(saved):
    found = saved(2.0)
    assert BEND in found["spending"][0]
    assert BEND not in found["lines"][0]


def test_a_rate_below_zero_is_in_the_picture_and_explained_there(saved):
    note, (axes,) = saved(2.0)["spending"]
    assert (BELOW_ZERO in note, axes.get_ylim()[0]) == (False, 0.0)
    note, (axes,) = saved(-0.1)["spending"]
    assert BELOW_ZERO in note
    assert axes.get_ylim()[0] < -0.1


def test_a_plot_of_differences_shows_them_and_their_zero_and_says_against_what(saved):
    note, panels = saved(2.0)["lines"]
    assert "less adherence 0.6, screening today, budget 1, replicate by replicate" in note and BELOW_ZERO not in note
    assert "change in project incidents" in panels[0].get_ylabel()
    drawn = [[float(y) for y in line.get_ydata()] for axes in panels for line in axes.lines]
    assert drawn.count([0.0, 0.0]) == 3 and any(set(line) == {-0.4} for line in drawn)
