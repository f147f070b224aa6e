"""Plots with matplotlib: axes in words with units, interval bands, the banner under every picture."""

from __future__ import annotations

import io
import math
import os
import tempfile
import textwrap
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sim.sources import cache_root, made_cache_folder

if cache_root().parent == Path(tempfile.gettempdir()):  # no home: Matplotlib would say so, and make a folder each time
    os.environ.setdefault("MPLCONFIGDIR", str(made_cache_folder("matplotlib")))
import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure

from sim.about import BANNER
from sim.analysis.split import RANGE
from sim.analysis.tables import below_zero
from sim.files import write_whole
from sim.history.band import DRAWS, NEARLY
from sim.runs.totals import METRICS
from sim.scenario.build import YEARS_OF_READING
from sim.scenario.policy import BEND
from sim.sweep.file import Plot, SweepFile
from sim.view.colours import COLOURS

VALUE = "value"  # column of what a plot draws, with its two ends
PAIRED = "Bands are each point's own 95 % interval; points share random numbers, so differences between them are surer."
DIFFERENCES = "Each point less {against}, replicate by replicate on the same random numbers, with 95 % intervals."
OVER_DRAWS = "Means over the draws of uncertain parameters; bands hold 5 to 95 % of the draws."
ASSUMED = f"Thin bars with ends: what the assumptions leave open, 90 % of {DRAWS} draws, of shipped policies {NEARLY}."
SIMULATED = "All this is what the simulation leaves open; what nobody knows leaves far more."
UNSPENT = "Points that spend nothing have no place on a log axis and are left out."
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "0.55"
KINDS = ("png", "svg")
DOTS = 150  # an inch
ACROSS, FOLD, NARROW, MOST = 90, 46, 34, 24  # characters of a line across a picture, beside it, in it; of a level
ROUNDING = 1e-9  # figures this close beside their size are the same
LINES = 3  # of a name; tables have it whole

mpl.rcParams["text.parse_math"] = False  # a name with dollar signs in it is no formula


def sweep_plots(
    file: SweepFile,
    table: list[dict[str, Any]],
    usd_of_one_percent: float,
    folder: Path,
    kinds: Sequence[str] = ("png",),
    source: str | None = None,
) -> list[Path]:
    """Draw every plot that the sweep file asks for; returns the files.

    Parameters
    ----------
    table : list of dict
        As `sim.analysis.tables.sweep_table` gives it, or `sim.history.band.with_bands`.
    usd_of_one_percent : float
        1 % of a project's mean cost, USD a site: what the readings spread over years.
    kinds : sequence of str
        Endings of the files: png, svg.
    source : str, optional
        What the pictures say that they are made of, among their metadata.
    """
    written = []
    for plot in file.plots:
        chosen = pd.DataFrame(table)
        for axis, level in plot.where.items():
            chosen = chosen[(chosen[axis] == level) | chosen[axis].isna()]  # a grid without the axis: the base's
        asked = plot.metric if plot.of == "rate" else f"{plot.metric}_difference"
        chosen = chosen.assign(**{f"{VALUE}{end}": chosen.get(f"{asked}{end}", np.nan) for end in _ENDS})
        notes = [_note(file, plot)]
        if file.sample is None:
            notes.append(ASSUMED if chosen[f"{VALUE}_least"].notna().any() else SIMULATED)
        if plot.kind == "spending":
            notes += [BEND, UNSPENT if (chosen["usd_per_site_year"] <= 0).any() else ""]
        if file.sample is not None:
            chosen = _over_draws(chosen, list(file.axes))
        if plot.of == "rate":
            notes.append(below_zero(chosen[VALUE]))
        note = "\n".join(text for text in notes if text)
        figure = (
            _lines(file, plot, chosen) if plot.kind == "lines" else _spending(file, plot, chosen, usd_of_one_percent)
        )
        written += save(figure, folder / f"{plot.name}.png", note, kinds, source)
    return written


_ENDS = ("", "_low", "_high", "_least", "_most")  # with the simulation's interval and the assumptions' range


def _note(file: SweepFile, plot: Plot) -> str:
    """What the bands are."""
    if file.sample is not None:
        return OVER_DRAWS
    return PAIRED if plot.of == "rate" else DIFFERENCES.format(against=_against(file))


def _against(file: SweepFile) -> str:
    return ", ".join(f"{axis} {_number(level)}" for axis, level in file.reference.items())


def seen(file: SweepFile, plot: Plot) -> str:
    """What one sees in a plot of a sweep, as a caption."""
    what = METRICS[plot.metric].label
    what = f"{what[:1].upper()}{what[1:]}"
    if plot.of == "difference":
        what = f"{what}, each policy less the reference ({_against(file)}): below the dashed line is safer"
    across = file.axes[plot.x].label if plot.x and plot.kind == "lines" else "the budget in USD a site-year"
    each = [f"a line for each level of {file.axes[plot.lines].label}"]
    each += [f"a panel for each level of {file.axes[plot.panels].label}"] if plot.panels else []
    only = "".join(f", {file.axes[axis].label} {_number(level)}" for axis, level in plot.where.items())
    marks = "; dotted: what 1 % of project cost is under each reading" if plot.kind == "spending" else ""
    return f"{what}. Across: {across}; {', '.join(each)}{marks}{'. Only' + only[1:] if only else ''}."


def save(
    figure: Figure,
    path: Path,
    note: str = PAIRED,
    kinds: Sequence[str] = ("png",),
    source: str | None = None,
    dots: int = DOTS,
) -> list[Path]:
    """Write a figure with a note and the banner under it, whole or not at all.

    Parameters
    ----------
    path : Path
        Its ending is replaced by each of `kinds`.
    source : str, optional
        What the files say that they are made of.
    dots : int
        An inch, of a PNG.
    """
    lines = [line for text in (*note.split("\n"), BANNER) for line in textwrap.wrap(text, _across(figure))]
    figure.supxlabel("\n".join(lines), fontsize=7, color="0.35")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # a name in letters of another script has boxes
        return _written(figure, path, kinds, {} if source is None else {"Source": source}, dots)


def _across(figure: Figure) -> int:
    """Characters of a note that stand across a figure."""
    return max(ACROSS, int(17 * figure.get_figwidth()))


def _written(figure: Figure, path: Path, kinds: Sequence[str], said: dict[str, str | None], dots: int) -> list[Path]:
    figure.draw_without_rendering()
    figure.set_layout_engine("none")  # it is laid out; doing so again for each file takes most of the time
    written = []
    for kind in kinds:
        image = io.BytesIO()
        with mpl.rc_context({"svg.hashsalt": path.stem}):  # the same picture, the same bytes
            figure.savefig(image, dpi=dots, bbox_inches="tight", format=kind, metadata=_METADATA[kind] | said)
        written.append(path.with_suffix(f".{kind}"))
        write_whole(written[-1], image.getvalue())
    plt.close(figure)
    return written


_METADATA: Mapping[str, dict[str, str | None]] = {"png": {"Software": None}, "svg": {"Date": None, "Creator": None}}


def _over_draws(table: pd.DataFrame, axes: list[str]) -> pd.DataFrame:
    """One row per policy: means over the draws, and their 5 % and 95 % in place of the rate's interval."""
    groups = table.groupby(axes, dropna=False, sort=False)
    found = groups.mean(numeric_only=True).reset_index()
    for end, share in zip(("low", "high"), RANGE, strict=True):
        found[f"{VALUE}_{end}"] = groups[VALUE].quantile(share).to_numpy()
    return found


def _lines(file: SweepFile, plot: Plot, table: pd.DataFrame) -> Figure:
    """Rate against an axis, one line per level of another, one panel per level of a third."""
    assert plot.x
    axes_used = [axis for axis in (plot.x, plot.lines, plot.panels) if axis]
    table = table.dropna(subset=axes_used)
    panels: list[Any] = list(file.axes[plot.panels].settings()) if plot.panels else [None]
    figure, grid = plt.subplots(
        1, len(panels), figsize=(1.2 + 3.6 * len(panels), 4.2), sharey=True, squeeze=False, layout="constrained"
    )
    names = list(file.axes[plot.x].settings())
    places = None if file.axes[plot.x].values else {name: k for k, name in enumerate(names)}
    for panel, axes in zip(panels, grid[0], strict=True):
        part = table if panel is None else table[table[plot.panels] == panel]
        part = part.assign(at=part[plot.x].map(places) if places else part[plot.x])
        if places:
            axes.set_xticks(range(len(names)), [_number(name) for name in names], rotation=20, ha="right")
        _draw_family(axes, part, "at", plot.lines, list(file.axes[plot.lines].settings()))
        axes.set_xlabel(_two_lines(file.axes[plot.x].label))
        if panel is not None:
            axes.set_title(_folded(f"{file.axes[str(plot.panels)].label}: {_number(panel)}", NARROW), fontsize=10)
    grid[0][0].set_ylabel(_label(file, plot))
    for axes in grid[0]:
        _show_zero(axes, plot, table)
    _legend(figure, grid[0][0], _two_lines(file.axes[plot.lines].label, FOLD))
    figure.suptitle(_title(file, table), fontsize=11)
    return figure


def _spending(file: SweepFile, plot: Plot, table: pd.DataFrame, usd: float) -> Figure:
    """Rate against USD a site-year on a log axis, with the three readings of 1 % marked."""
    figure, axes = plt.subplots(figsize=(7.6, 4.8), layout="constrained")
    table = table[table["usd_per_site_year"] > 0]
    _draw_family(axes, table, "usd_per_site_year", plot.lines, list(file.axes[plot.lines].settings()), scale=1e-6)
    if not table.empty:
        axes.set_xscale("log")
        _in_numbers(axes.xaxis)
    axes.set_xlabel("security budget (million USD a site-year, log scale)")
    axes.set_ylabel(_label(file, plot))
    _show_zero(axes, plot, table)
    for reading, years in YEARS_OF_READING.items():
        million = usd / years * 1e-6
        axes.axvline(million, color="0.5", lw=1, ls=":")
        words = f"1 % {_WORDS[reading]}:\n{million:.2g} m USD"
        axes.text(million, 1.01, words, fontsize=7, ha="center", va="bottom", transform=axes.get_xaxis_transform())
    _legend(figure, axes, _two_lines(file.axes[plot.lines].label, FOLD))
    axes.set_title(_title(file, table), fontsize=11, pad=28)
    return figure


class _AsTheyAre(mpl.ticker.LogFormatter):
    """Numbers at a log axis as they are, where Matplotlib finds that they aren't too many."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        return f"{x:g}" if super().__call__(x, pos) else ""


def _in_numbers(axis: Axis) -> None:
    """Write numbers at a log axis, in place of powers of ten."""
    axis.set_major_formatter(_AsTheyAre())
    axis.set_minor_formatter(_AsTheyAre(minor_thresholds=(1, 0.4)))


def _show_zero(axes: Axes, plot: Plot, table: pd.DataFrame) -> None:
    """Rates begin at 0, or below it where an expected one does; differences have a line there."""
    if plot.of == "difference":
        axes.axhline(0.0, color="0.3", lw=1, ls="--")
        return
    least = float(table[VALUE].min())
    axes.set_ylim(bottom=1.1 * least if least < 0 else 0)


def _label(file: SweepFile, plot: Plot) -> str:
    band = "95 % interval" if file.sample is None else "5 to 95 % of draws"
    label = METRICS[plot.metric].label
    if plot.of == "difference":
        label = f"change in {label}".replace(", ", ",\n", 1)
    return f"{label}\n(expected count, {band})"


_WORDS: Mapping[str, str] = {"life": "over life", "construction": "over construction", "yearly": "every year"}


def _draw_family(axes: Axes, table: pd.DataFrame, x: str, family: str, levels: list[Any], scale: float = 1.0) -> None:
    """One line with its band for each level of an axis."""
    for k, level in enumerate(levels):
        part = table[table[family] == level].sort_values(x)
        if part.empty:
            continue
        at = part[x].to_numpy(float) * scale
        colour, marker = COLOURS[k % len(COLOURS)], MARKERS[k % len(MARKERS)]
        axes.plot(at, part[VALUE], color=colour, marker=marker, ms=4, lw=1.5, label=_listed(_number(level)))
        low, high = part[f"{VALUE}_low"].to_numpy(float), part[f"{VALUE}_high"].to_numpy(float)
        axes.fill_between(at, low, high, color=colour, alpha=0.18, lw=0)
        if len(part) == 1:  # a band of one point has no width
            axes.vlines(at, low, high, color=colour, lw=1.5)
        beside = 4.0 * (k - (len(levels) - 1) / 2)
        _assumed(axes, at, part[f"{VALUE}_least"], part[f"{VALUE}_most"], colour, beside=beside)
    _plain(axes)


def _assumed(
    axes: Axes, at: Any, least: Any, most: Any, colour: str, upright: bool = True, beside: float = 0.0
) -> None:
    """What the assumptions leave open, as thin bars with ends; nothing where that is not known.

    Parameters
    ----------
    beside : float
        Points by which a bar stands off its place, so that those of one place can be told apart.
    """
    if np.isnan(np.asarray(least, float)).all():
        return
    (lines, mark) = (axes.vlines, "_") if upright else (axes.hlines, "|")
    moved = axes.transData + mpl.transforms.ScaledTranslation(beside / 72, 0, axes.figure.dpi_scale_trans)
    lines(at, least, most, color=colour, lw=0.8, transform=moved)
    for end in (least, most):
        place = np.column_stack(np.broadcast_arrays(*((at, end) if upright else (end, at)))).astype(float)
        axes.plot(*place.T, color=colour, marker=mark, ms=6, lw=0, transform=moved)
        axes.update_datalim(place[~np.isnan(place).any(axis=1)])  # what is moved doesn't count by itself
    axes.autoscale_view()


def _plain(axes: Axes) -> None:
    axes.grid(alpha=0.25)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


@dataclass(frozen=True)
class Panel:
    """One panel of `forest`: what stands along x, and each policy's figure; `cloud` holds each policy's draws."""

    label: str
    estimate: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    wide: tuple[Sequence[float], Sequence[float]] | None = None
    cloud: Sequence[np.ndarray] | None = None
    difference: bool = False

    @property
    def is_constant(self) -> bool:
        """Whether it is the same for all, the reference with them, and so says nothing."""
        values = np.array([*self.estimate, *([0.0] if self.difference else [])], float)
        values = values[~np.isnan(values)]
        return not len(values) or bool(np.ptp(values) <= ROUNDING * np.abs(values).max())

    def scaled(self, factor: float) -> Panel:
        """The same in another unit; for panels without draws."""
        estimate, low, high = (np.array(x, float) * factor for x in (self.estimate, self.low, self.high))
        return replace(self, estimate=estimate.tolist(), low=low.tolist(), high=high.tolist())


def forest(names: Sequence[str], panels: Sequence[Panel], marked: str | None = None) -> Figure:
    """Policies below each other, a dot and its interval in each panel; the marked one (the reference) in orange.

    In a panel of differences it is a line at 0, named.
    """
    wrapped = [_folded(name) for name in names]
    width = 0.075 * max(len(line) for name in wrapped for line in name.split("\n")) + 3.0 * len(panels)
    lines = sum(1 + 0.45 * name.count("\n") for name in wrapped)
    figure, grid = plt.subplots(
        1, len(panels), figsize=(width, 1.5 + 0.27 * lines), sharey=True, squeeze=False, layout="constrained"
    )
    for panel, axes in zip(panels, grid[0], strict=True):
        for row, name in enumerate(names):
            _dot(axes, panel, row, ORANGE if name == marked else BLUE)
        if panel.difference:
            axes.axvline(0.0, color=ORANGE, lw=1, ls="--")
            named = axes.get_xaxis_transform()
            words = _folded(f"reference: {marked or ''}", NARROW)
            axes.text(0.0, 1.01, words, fontsize=7, color=ORANGE, ha="center", va="bottom", transform=named)
        else:
            _from_zero(axes, panel)
        axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(5))
        axes.set_xlabel(panel.label, fontsize=9)
        axes.tick_params(axis="x", labelsize=8)
        _plain(axes)
    first = grid[0][0]
    first.set_yticks(range(len(names)), wrapped, fontsize=8)
    first.set_ylim(len(names) - 0.4, -0.6)
    return figure


def _from_zero(axes: Axes, panel: Panel) -> None:
    """The axis begins at 0, or below it where an interval does; marks at its ends are whole."""
    drawn = np.concatenate([panel.estimate, panel.low, panel.high, *(panel.wide or ()), *(panel.cloud or ()), [0.0]])
    least, most = float(np.nanmin(drawn)), float(np.nanmax(drawn))
    width = (most - least) or 1.0
    axes.set_xlim(least - 0.02 * width, least + 1.05 * width)


def _dot(axes: Axes, panel: Panel, row: int, colour: str) -> None:
    """A figure, its interval, and where there are draws these and their range."""
    if panel.cloud is not None:
        axes.scatter(panel.cloud[row], np.full(len(panel.cloud[row]), row + 0.26), s=6, color=GREY, alpha=0.6, lw=0)
    if panel.wide is not None:
        _assumed(axes, row, panel.wide[0][row], panel.wide[1][row], colour, upright=False)
    axes.hlines(row, panel.low[row], panel.high[row], color=colour, lw=1.5 if panel.wide is None else 4.5, alpha=0.75)
    axes.plot(panel.estimate[row], row, marker="o", ms=4.5, color=colour, mec="white", mew=0.5, zorder=3)


BESIDE = 3  # panels


def small(panels: Sequence[tuple[Sequence[str], Panel]]) -> Figure:
    """A panel for each figure, each with policies of its own, the first of them (the reference) in orange."""
    rows = -(-len(panels) // BESIDE)
    most = max(len(names) for names, _ in panels)
    across = min(BESIDE, len(panels))
    size = (4.1 * across, rows * (0.9 + 0.21 * most))
    figure, grid = plt.subplots(rows, across, figsize=size, squeeze=False, layout="constrained")
    for axes in grid.flat[len(panels) :]:
        axes.set_axis_off()
    for axes, (names, panel) in zip(grid.flat, panels, strict=False):
        for row in range(len(names)):
            _dot(axes, panel, row, BLUE if row else ORANGE)
        _from_zero(axes, panel)
        axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(4))
        axes.set_xlabel(panel.label, fontsize=8)
        axes.tick_params(axis="x", labelsize=7)
        axes.set_yticks(range(len(names)), [_folded(name, NARROW) for name in names], fontsize=7)
        axes.set_ylim(len(names) - 0.4, -0.6)
        _plain(axes)
    return figure


MANY_TIMES = 15.0  # as much spending, from which on it stands in powers


def board(
    names: Sequence[str], cost: Panel, harm: Panel, cheapest: Sequence[str], marked: str | None = None, called: str = ""
) -> Figure:
    """What policies cost across, what they leave up; those cheapest for their safety joined and named.

    Parameters
    ----------
    marked : str, optional
        The policy that stands out, `called` by a word in the picture.
    """
    figure, axes = plt.subplots(figsize=(8.0, 5.0), layout="constrained")
    x, y = np.array(cost.estimate), np.array(harm.estimate)
    colours = [ORANGE if name == marked else BLUE if name in cheapest else GREY for name in names]
    least, most = harm.wide or ([math.nan] * len(x), [math.nan] * len(x))
    for n, name in enumerate(names):
        if name == marked or name in cheapest:  # of all of them nothing could be told apart
            _assumed(axes, x[n], least[n], most[n], colours[n])
    axes.vlines(x, harm.low, harm.high, colors=colours, lw=3, alpha=0.6)
    axes.scatter(x, y, c=colours, s=28, edgecolors="white", linewidths=0.5, zorder=3)
    joined = sorted((n for n, name in enumerate(names) if name in cheapest), key=lambda n: x[n])
    axes.plot(x[joined], y[joined], color=BLUE, lw=1.2)
    for place, n in enumerate(joined, start=1):
        axes.annotate(str(place), (x[n], y[n]), (-11, -9), textcoords="offset points", fontsize=8, color=BLUE)
        axes.plot([], [], color=BLUE, marker="o", lw=0, label=f"{place}: {_folded(names[n], 60)}")
    if marked is not None and marked in names:
        n = names.index(marked)
        axes.annotate(called, (x[n], y[n]), (8, 6), textcoords="offset points", fontsize=9, color=ORANGE, weight="bold")
        axes.plot([], [], color=ORANGE, marker="o", lw=0, label=f"{called}: {_folded(marked, 60)}")
    if x.min() > 0.0 and x.max() > MANY_TIMES * x.min():
        axes.set_xscale("log")
        _in_numbers(axes.xaxis)
    axes.set_ylim(bottom=0.0)
    axes.margins(x=0.06)
    axes.set_xlabel(cost.label)
    axes.set_ylabel(harm.label)
    _plain(axes)
    if joined or marked is not None:
        figure.legend(loc="outside upper center", fontsize=7.5, frameon=False, ncols=1 + (len(joined) > 4))
    return figure


def stages(names: Sequence[str], policies: Mapping[str, Sequence[tuple[float, ...]]], label: str) -> Figure:
    """Stages below each other, each with one marker and interval (estimate, low, high) a policy."""
    figure, axes = plt.subplots(figsize=(8.4, 1.6 + 0.36 * len(names)), layout="constrained")
    shifts = np.linspace(-0.24, 0.24, len(policies)) if len(policies) > 1 else [0.0]
    for k, ((policy, values), shift) in enumerate(zip(policies.items(), shifts, strict=True)):
        estimate, low, high = np.array(values, float).T
        at = np.arange(len(names)) + shift
        colour, marker = _SERIES[k % len(_SERIES)], MARKERS[k % len(MARKERS)]
        axes.hlines(at, low, high, lw=1.5, color=colour)
        axes.plot(estimate, at, marker=marker, ms=5, lw=0, color=colour, label=_listed(_folded(policy)), clip_on=False)
    axes.set_yticks(range(len(names)), names, fontsize=9)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xlim(left=0)
    axes.set_xlabel(label)
    _plain(axes)
    _legend_below(figure, axes)
    return figure


_SERIES = (ORANGE, BLUE, "#000000", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")


@dataclass(frozen=True)
class Curve:
    """One panel of `curves`: what stands along its axes, and for each policy its rows of (x, estimate, low, high)."""

    x: str
    y: str
    policies: Mapping[str, Sequence[tuple[float, ...]]]
    log_y: bool


def curves(panels: Sequence[Curve]) -> Figure:
    """Curves over a number of deaths on a log axis, one per policy, with intervals as bars."""
    figure, grid = plt.subplots(1, len(panels), figsize=(4.6 * len(panels), 4.4), squeeze=False, layout="constrained")
    for panel, axes in zip(panels, grid[0], strict=True):
        for k, (policy, values) in enumerate(panel.policies.items()):
            _curve(axes, k, len(panel.policies), policy, np.array(values, float), panel.log_y)
        ticks = sorted({row[0] for values in panel.policies.values() for row in values})
        axes.set_xscale("log")
        axes.set_xticks(ticks, [f"{x:g}" for x in ticks])
        axes.xaxis.set_minor_locator(mpl.ticker.NullLocator())
        if panel.log_y and any(row[1] > 0 for values in panel.policies.values() for row in values):
            axes.set_yscale("log")
            _in_numbers(axes.yaxis)
        else:
            axes.set_ylim(-0.02, 1.03)
        axes.set_xlabel(panel.x)
        axes.set_ylabel(panel.y)
        _plain(axes)
    _legend_below(figure, grid[0][0])
    return figure


def _curve(axes: Axes, k: int, count: int, policy: str, values: np.ndarray, log_y: bool) -> None:
    """A curve, beside the others by a few per cent, so that their bars can be told apart."""
    if log_y:
        values = values[values[:, 1] > 0]  # a log axis has no 0
    x, estimate, low, high = values.T
    x = x * 1.035 ** (k - (count - 1) / 2)
    low = np.maximum(low, estimate / 30) if log_y else low
    colour, marker = _SERIES[k % len(_SERIES)], MARKERS[k % len(MARKERS)]
    axes.plot(x, estimate, color=colour, marker=marker, ms=4.5, lw=1.2, label=_listed(_folded(policy)))
    axes.vlines(x, low, high, color=colour, lw=1.4)


def _legend_below(figure: Figure, axes: Axes) -> None:
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=min(3, len(labels)), frameon=False, fontsize=9)


def _folded(name: str, width: int = FOLD) -> str:
    """A long name on several lines, or only its beginning."""
    return "\n".join(textwrap.wrap(name, width, max_lines=LINES, placeholder=" …")) or name


def _listed(name: str) -> str:
    """A name as a legend shows it: Matplotlib leaves out those that begin with an underscore."""
    return f" {name}" if name.startswith("_") else name


def _two_lines(label: str, width: int = ACROSS) -> str:
    return "\n".join(_folded(part, width) for part in label.replace(" (", "\n(", 1).split("\n"))


def _number(level: Any) -> str:
    """A level at an axis or a line; only the beginning of a long name."""
    name = f"{level:g}" if isinstance(level, float) else str(level)
    return name if len(name) <= MOST else f"{name[: MOST - 1]}…"


def _legend(figure: Figure, axes: Axes, title: str) -> None:
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, title=title, loc="outside right center", frameon=False, fontsize=9)


def _title(file: SweepFile, table: pd.DataFrame) -> str:
    if table.empty:
        return f"{file.name}: no point to draw"
    count = int(table["replicates"].min())
    years = file.set.get("run.horizon", "")
    horizon = f" of {years} {'year' if years == 1 else 'years'}" if years else ""
    return _folded(f"{file.name}: {count} {'replicate' if count == 1 else 'replicates'}{horizon} a point", ACROSS)
