"""Plots with matplotlib: axes in words with units, interval bands, the banner under every picture."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim import BANNER
from sim.scenario.build import YEARS_OF_READING
from sim.sweep.file import Plot, SweepFile

RATE = "incidents_per_year"
PAIRED = "Bands are each point's own 95 % interval; points share random numbers, so differences between them are surer."
RATE_LABEL = "incidents a year, all sites"
# Okabe and Ito's colours, in an order that also reads as a scale from light to dark.
COLOURS = ("#E69F00", "#56B4E9", "#009E73", "#D55E00", "#0072B2", "#CC79A7", "#000000")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")


def sweep_plots(file: SweepFile, table: list[dict[str, Any]], usd_of_one_percent: float, folder: Path) -> list[Path]:
    """Draw every plot that the sweep file asks for; returns the files.

    Parameters
    ----------
    table : list of dict
        As `sim.analysis.tables.sweep_table` gives it.
    usd_of_one_percent : float
        1 % of a project's mean cost, USD a site: what the readings spread over years.
    """
    written = []
    for plot in file.plots:
        chosen = pd.DataFrame(table)
        for axis, level in plot.where.items():
            chosen = chosen[(chosen[axis] == level) | chosen[axis].isna()]  # a grid without the axis: the base's
        figure = (
            _lines(file, plot, chosen) if plot.kind == "lines" else _spending(file, plot, chosen, usd_of_one_percent)
        )
        written.append(save(figure, folder / f"{plot.name}.png"))
    return written


def save(figure: Figure, path: Path) -> Path:
    """Write a figure with the banner under it, whole or not at all."""
    figure.supxlabel(f"{PAIRED}\n{BANNER}", fontsize=7, color="0.35")
    part = path.with_name(f".{path.name}")
    figure.savefig(part, dpi=150, bbox_inches="tight", format="png")
    plt.close(figure)
    part.replace(path)
    return path


def _lines(file: SweepFile, plot: Plot, table: pd.DataFrame) -> Figure:
    """Rate against an axis, one line a level of another, one panel a level of a third."""
    assert plot.x
    axes_used = [axis for axis in (plot.x, plot.lines, plot.panels) if axis]
    table = table.dropna(subset=axes_used)
    panels: list[Any] = list(file.axes[plot.panels].settings()) if plot.panels else [None]
    figure, grid = plt.subplots(
        1, len(panels), figsize=(1.2 + 3.6 * len(panels), 4.2), sharey=True, squeeze=False, layout="constrained"
    )
    for panel, axes in zip(panels, grid[0], strict=True):
        part = table if panel is None else table[table[plot.panels] == panel]
        _draw_family(axes, part, plot.x, plot.lines, list(file.axes[plot.lines].settings()))
        axes.set_xlabel(_two_lines(file.axes[plot.x].label))
        if panel is not None:
            axes.set_title(f"{file.axes[str(plot.panels)].label}: {panel}", fontsize=10)
    grid[0][0].set_ylabel(f"{RATE_LABEL}\n(expected count, 95 % interval)")
    grid[0][0].set_ylim(bottom=0)
    _legend(figure, grid[0][0], _two_lines(file.axes[plot.lines].label))
    figure.suptitle(_title(file, table), fontsize=11)
    return figure


def _spending(file: SweepFile, plot: Plot, table: pd.DataFrame, usd: float) -> Figure:
    """Rate against USD a site-year on a log axis, with the three readings of 1 % marked."""
    figure, axes = plt.subplots(figsize=(7.6, 4.8), layout="constrained")
    _draw_family(axes, table, "usd_per_site_year", plot.lines, list(file.axes[plot.lines].settings()), scale=1e-6)
    axes.set_xscale("log")
    axes.set_xlabel("security budget (million USD a site-year, log scale)")
    axes.set_ylabel(f"{RATE_LABEL}\n(expected count, 95 % interval)")
    axes.set_ylim(bottom=0)
    axes.xaxis.set_major_formatter(mpl.ticker.FuncFormatter(lambda x, _: f"{x:g}"))
    for reading, years in YEARS_OF_READING.items():
        million = usd / years * 1e-6
        axes.axvline(million, color="0.5", lw=1, ls=":")
        words = f"1 % {_WORDS[reading]}:\n{million:.2g} m USD"
        axes.text(million, 1.01, words, fontsize=7, ha="center", va="bottom", transform=axes.get_xaxis_transform())
    _legend(figure, axes, _two_lines(file.axes[plot.lines].label))
    axes.set_title(_title(file, table), fontsize=11, pad=28)
    return figure


_WORDS: Mapping[str, str] = {"life": "over life", "construction": "over construction", "yearly": "every year"}


def _draw_family(axes: Axes, table: pd.DataFrame, x: str, family: str, levels: list[Any], scale: float = 1.0) -> None:
    """One line with its band for each level of an axis."""
    for k, level in enumerate(levels):
        part = table[table[family] == level].sort_values(x)
        if part.empty:
            continue
        at = part[x].to_numpy(float) * scale
        colour, marker = COLOURS[k % len(COLOURS)], MARKERS[k % len(MARKERS)]
        axes.plot(at, part[RATE], color=colour, marker=marker, ms=4, lw=1.5, label=_number(level))
        low, high = part[f"{RATE}_low"].to_numpy(float), part[f"{RATE}_high"].to_numpy(float)
        axes.fill_between(at, np.maximum(low, 0.0), high, color=colour, alpha=0.18, lw=0)
    axes.grid(alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)


def _two_lines(label: str) -> str:
    return label.replace(" (", "\n(", 1)


def _number(level: Any) -> str:
    return f"{level:g}" if isinstance(level, float) else str(level)


def _legend(figure: Figure, axes: Axes, title: str) -> None:
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, title=title, loc="outside right center", frameon=False, fontsize=9)


def _title(file: SweepFile, table: pd.DataFrame) -> str:
    count = int(table["replicates"].min())
    years = file.set.get("run.horizon", "")
    horizon = f" of {years} years" if years else ""
    return f"{file.name}: {count} replicates{horizon} a point"
