"""What a sweep's plots say beside what they draw."""

from pathlib import Path

import matplotlib.pyplot as plt
import pytest
from matplotlib.collections import LineCollection

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
    assert drawn.count([0.0, 0.0]) == len(panels) == 4 and any(set(line) == {-0.4} for line in drawn)


def test_the_main_job_s_picture_sets_checks_against_each_other_at_each_adherence_and_budget():
    plot = load_sweep(MAIN_JOB).plots[0]
    assert (plot.metric, plot.of) == ("project_incidents_per_year", "difference")
    assert (plot.lines, plot.x, plot.panels) == ("screening", "budget", "adherence")


@pytest.mark.parametrize("known", [True, False])
def test_a_plot_has_what_the_assumptions_leave_open_where_that_is_known_and_else_says_that_it_is_more(
    known, monkeypatch
):
    found = {}
    monkeypatch.setattr(
        pictures, "save", lambda figure, path, note, *_: found.setdefault(path.stem, (note, figure)) and []
    )
    file = load_sweep(MAIN_JOB)
    levels = [{"adherence": a, "screening": "today", **SPENT[0]} for a in (0.4, 1.0)]
    band = {f"{LESS}_least": -2.0, f"{LESS}_most": 3.0} if known else {}
    rows = [{**dict.fromkeys(file.axes), **each, **FACTS, "incidents_per_year": 2.0} for each in levels]
    pictures.sweep_plots(file, [rows[0] | band, rows[1]], 8.2e6, Path())
    note, figure = found[file.plots[0].name]
    assert (pictures.ASSUMED in note, pictures.SIMULATED in note) == (known, not known)
    bars = [path.vertices[:, 1].tolist() for path in _vertical(figure.axes[0])]
    assert ([-2.0, 3.0] in bars) == known
    assert not known or figure.axes[0].get_ylim()[0] < -2.0 < 3.0 < figure.axes[0].get_ylim()[1]
    plt.close("all")


def _vertical(axes):
    return [path for lines in axes.collections if isinstance(lines, LineCollection) for path in lines.get_paths()]


# A picture for a board, and differences.


@pytest.fixture
def policies():
    cost = pictures.Panel("spending", [1.0, 10.0, 100.0], [1.0, 10.0, 100.0], [1.0, 10.0, 100.0])
    wide = [float("nan"), 0.5, float("nan")], [float("nan"), 4.0, float("nan")]
    return ["a", "b", "c"], cost, pictures.Panel("incidents", [3.0, 2.0, 1.0], [2.9, 1.9, 0.9], [3.1, 2.1, 1.1], wide)


def test_a_board_s_picture_has_today_both_ranges_and_plain_numbers(policies):
    figure = pictures.board(*policies, ["a"], "b", "today")
    (axes,) = figure.axes
    figure.draw_without_rendering()
    assert {"1", "10", "100"} <= {text.get_text() for text in axes.get_xticklabels()}
    assert "today" in [text.get_text() for text in axes.texts]
    bars = [path.vertices[:, 1].tolist() for path in _vertical(axes)]
    assert [0.5, 4.0] in bars and [1.9, 2.1] in bars and axes.get_ylim()[1] > 4.0
    plt.close(figure)


def test_the_reference_is_a_line_at_nothing_that_bears_its_name(policies):
    names = policies[0]
    panel = pictures.Panel("less", [-1.0, 1.0], [-1.1, 0.9], [-0.9, 1.1], difference=True)
    figure = pictures.forest(names[1:], [panel, panel], "my reference")
    for axes in figure.axes:
        assert [text.get_text() for text in axes.texts] == ["reference: my reference"]
        assert axes.texts[0].get_position()[0] == 0.0 and [0, 0] in [[*line.get_xdata()] for line in axes.lines]
    plt.close(figure)


# Whatever a sweep holds.

ODD = r"""
name: "$x_{"
axes:
  plan:
    label: 'plan $\frac{ (share)'
    levels: {'$\frac{': {}, _low: {policy.budget.share: 0}, 漢: {policy.budget.share: 2}}
  budget: {label: budget, key: policy.adherence.level, values: [0.5, 1]}
plots:
  - {name: lines, kind: lines, x: budget, lines: plan, panels: plan}
  - {name: spending, kind: spending, lines: plan}
  - {name: some, kind: lines, x: budget, lines: plan, where: {plan: 漢}}
  - {name: spent, kind: spending, lines: budget, where: {plan: 漢}}
"""


@pytest.fixture
def odd(tmp_path):
    """Draw the plots of a sweep with odd names, for what each of its plans spends; the figures by name."""
    (tmp_path / "odd.yaml").write_text(ODD, encoding="utf-8")
    file = load_sweep(tmp_path / "odd.yaml")
    facts = {"replicates": 1} | {f"incidents_per_year{end}": 0.0 for end in ("", "_low", "_high")}

    def drawn(*spent):
        plans = dict(zip(file.axes["plan"].levels, spent, strict=False))
        rows = [
            {"plan": plan, "budget": budget, "usd_per_site_year": usd, **facts}
            for plan, usd in plans.items()
            for budget in (0.5, 1.0)
        ]
        return pictures.sweep_plots(file, rows, 8.2e6, tmp_path, kinds=("png", "svg"))

    return drawn


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "spent", [(3e5, 4e5, 8e6), (0.0, 3e5, 3e5), (0.0, 0.0, 0.0), (3e5,)], ids=["all", "one nothing", "nothing", "one"]
)
def test_every_name_and_every_figure_can_be_drawn(odd, spent):
    assert len(odd(*spent)) == 8


def test_names_stand_in_the_picture_as_they_are(odd, tmp_path, monkeypatch):
    shown = []
    monkeypatch.setattr(pictures, "save", lambda figure, *_: shown.append(figure) or [])
    odd(3e5, 4e5, 8e6)
    legend = [text.get_text().strip() for text in shown[1].legends[0].get_texts()]
    assert legend == [r"$\frac{", "_low", "漢"]
    plt.close("all")


def test_points_that_spend_nothing_are_left_out_of_a_log_axis_and_it_says_so(odd, monkeypatch):
    notes = []
    monkeypatch.setattr(pictures, "save", lambda figure, path, note, *_: notes.append(note) or plt.close(figure) or [])
    odd(3e5, 4e5, 8e6)
    odd(0.0, 4e5, 8e6)
    said = [pictures.UNSPENT in note for note in notes]
    assert said == [False] * 5 + [True, False, False]
