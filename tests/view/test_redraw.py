"""Plots of a sweep: drawn anew where they would show something else, and only there."""

import shutil
from pathlib import Path

import pytest

from sim.sweep.file import load_sweep
from sim.view import redraw

MAIN_JOB = Path(__file__).parents[2] / "scenarios" / "sweeps" / "adherence-vetting-budget.yaml"
USD = 8.2e6


@pytest.fixture(scope="module")
def file():
    return load_sweep(MAIN_JOB)


@pytest.fixture(scope="module")
def table(file):
    """A row a policy, as if it had been run."""
    rates = {"incidents_per_year": 2.0, "incidents_per_year_low": 1.5, "incidents_per_year_high": 2.5}
    less = {f"project_incidents_per_year_difference{end}": -0.5 for end in ("", "_low", "_high")}
    facts = {"replicates": 100, "usd_per_site_year": 4e6, **rates, **less}
    names = dict.fromkeys(file.axes)
    levels = [
        {"adherence": adherence, "screening": "today", **other}
        for adherence in (0.4, 1.0)
        for other in ({"budget": 1.0}, {"budget": 2.0}, {"spending": "8.2 m USD a site-year"})
    ]
    return [{**names, **each, **facts} for each in levels]


@pytest.fixture(scope="module")
def drawn(file, table, tmp_path_factory):
    folder = tmp_path_factory.mktemp("drawn")
    assert len(redraw.sweep_plots(file, table, USD, folder)) == len(file.plots) == 2
    return folder


@pytest.fixture
def folder(drawn, tmp_path):
    """A folder with the plots in it."""
    return shutil.copytree(drawn, tmp_path / "sweep")


@pytest.fixture
def pictures(monkeypatch):
    """The arguments with which pictures are drawn, without drawing them."""
    from sim.view import pictures

    asked = []
    monkeypatch.setattr(pictures, "sweep_plots", lambda *given, **named: asked.append((given, named)) or [])
    return asked


def test_what_is_there_and_shows_the_same_is_left_alone(file, table, folder, pictures):
    assert redraw.sweep_plots(file, table, USD, folder) == []
    assert not pictures


def test_a_figure_that_moved_in_its_last_place_is_drawn(file, table, folder, pictures):
    moved = [*table[:-1], {**table[-1], "incidents_per_year": 2.0 + 2**-51}]
    redraw.sweep_plots(file, moved, USD, folder)
    assert len(pictures) == 1


@pytest.mark.parametrize("change", [{"name": "other"}, {"seed": 2}, {"replicates": 7}])
def test_what_a_file_says_otherwise_is_drawn(file, table, folder, pictures, change):
    redraw.sweep_plots(file.model_copy(update=change), table, USD, folder)
    assert len(pictures) == 1


def test_another_cost_of_the_projects_is_drawn(file, table, folder, pictures):
    redraw.sweep_plots(file, table, 2 * USD, folder)
    assert len(pictures) == 1


def test_code_that_draws_otherwise_draws_anew(file, table, folder, pictures, monkeypatch):
    monkeypatch.setattr(redraw, "sources_hash", lambda path: "other code")
    redraw.sweep_plots(file, table, USD, folder)
    assert len(pictures) == 1


@pytest.mark.parametrize("content", [None, b"", b"not a picture"])
def test_a_picture_that_is_gone_or_another_is_drawn_again(file, table, folder, content):
    picture = folder / f"{file.plots[1].name}.png"
    before = picture.read_bytes()
    picture.unlink()
    if content is not None:
        picture.write_bytes(content)
    assert picture in redraw.sweep_plots(file, table, USD, folder)
    assert picture.read_bytes() == before
