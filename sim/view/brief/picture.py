"""The picture of a decision: what options cost the projects, and what they are judged by, with both kinds of doubt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.decide.brief import Brief
from sim.view.pictures import BLUE, ORANGE

SIZE = (5.3, 3.15)  # inches; printed at nine tenths
SHORT = 3  # characters of a label that stands above its bar; longer ones run along it
ROOM = 1.0  # dots that stand beside each other: the width of all is this many times theirs
NOTE = (
    "Thin bars: 5 to 95 % of the draws, what the assumptions leave open. Thick bars: 95 % interval of the simulation,\n"
    "hidden by the dot where it is narrow; options share random numbers, so differences between them are surer.\n"
    "Options that cost the same stand side by side in a grey band."
)
SIGNS = {
    "chosen": ("#000000", "D"),
    "today's": (ORANGE, "s"),
    "cheapest for their safety": (BLUE, "o"),
    "other": ("0.35", "o"),
}


def picture(brief: Brief, options: Sequence[int], labels: Sequence[str]) -> Figure:
    """Draw options as dots: project spending across, what is judged by up; the cheapest for their safety joined."""
    figure, axes = plt.subplots(figsize=SIZE, layout="constrained")
    evidence = brief.evidence
    cost = np.array([evidence.of("project_cost", a).number for a in options])
    judged = np.array([evidence.of(evidence.judged, a).number for a in options])
    at = spread(cost, judged)
    _bands(axes, cost, at)
    least = [n for n, a in enumerate(options) if cheapest(brief, a)]
    steps = sorted(least, key=lambda n: cost[n])
    axes.plot(at[steps], judged[steps], color=BLUE, lw=1.2, zorder=2)
    for n, a in enumerate(options):
        _option(axes, brief, a, at[n], labels[n])
    axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]) if judged.min() < 0 else 0.0)
    axes.set_xlabel("projects' spending, million USD a year", fontsize=8)
    axes.set_ylabel(f"{evidence.study.decision.judged_by} a year", fontsize=8)
    axes.tick_params(labelsize=8)
    axes.grid(axis="y", alpha=0.25)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    _legend(figure, {_sign(brief, a) for a in options}, len(least) > 1)
    return figure


def cheapest(brief: Brief, a: int) -> bool:
    """Whether an option is on the frontier of cost and safety."""
    return a in brief.choice.places and brief.choice.places[a].verdict == "frontier"


def spread(cost: np.ndarray, judged: np.ndarray) -> np.ndarray:
    """Where options stand across: at their cost, or as near to it as a gap between them allows.

    Notes
    -----
    Least squares under a least gap: isotonic regression of the costs less the gaps (pool adjacent violators).
    """
    width = float(np.ptp(cost)) or max(float(cost.max()), 1.0)
    order = np.lexsort((judged, np.round(cost, 2)))
    gaps = width / (ROOM * len(cost)) * np.arange(len(cost))
    blocks: list[list[float]] = []  # sum and count
    for value in cost[order] - gaps:
        blocks.append([float(value), 1])
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] >= blocks[-1][0] / blocks[-1][1]:
            total, count = blocks.pop()
            blocks[-1] = [blocks[-1][0] + total, blocks[-1][1] + count]
    level = np.concatenate([np.full(int(count), total / count) for total, count in blocks])
    at = np.empty(len(cost))
    at[order] = level + gaps
    return at


def _bands(axes: Axes, cost: np.ndarray, at: np.ndarray) -> None:
    """Marks at what options cost, and grey behind those that cost the same."""
    names = [f"{value:.2f}" for value in cost]
    half = 0.45 * float(np.diff(np.sort(at)).min(initial=1.0))
    ticks = []
    for name in (one_of_each := list(dict.fromkeys(names))):
        mine = at[[n for n, other in enumerate(names) if other == name]]
        ticks.append((mine.min() + mine.max()) / 2)
        if len(mine) > 1:
            axes.axvspan(mine.min() - half, mine.max() + half, color="0.93", lw=0, zorder=0)
    axes.set_xticks(ticks, one_of_each, rotation=90 if np.diff(np.sort(ticks)).min(initial=1e9) < 4 * half else 0)


def _option(axes: Axes, brief: Brief, a: int, x: float, label: str) -> None:
    """A dot with both bars and the name above."""
    evidence = brief.evidence
    ends = {end: evidence.of(evidence.judged, a, end).number for end in ("mean", "low", "high", "from", "to")}
    colour, marker = SIGNS[_sign(brief, a)]
    axes.vlines(x, ends["from"], ends["to"], color=colour, lw=0.9, zorder=1)
    axes.vlines(x, ends["low"], ends["high"], color=colour, lw=5, alpha=0.5, zorder=1)
    axes.plot(x, ends["mean"], marker=marker, ms=5, color=colour, mec="white", mew=0.5, zorder=3)
    strong: dict[str, Any] = {"color": colour, "weight": "bold" if a in (brief.chosen, brief.today) else "normal"}
    if len(label) > SHORT:
        at, beside = (x, 0), axes.get_xaxis_transform()
        axes.annotate(label, at, (3.5, 3), beside, "offset points", rotation=90, va="bottom", fontsize=7, **strong)
    else:
        axes.annotate(label, (x, ends["to"]), (0, 2), "data", "offset points", ha="center", fontsize=7, **strong)


def _sign(brief: Brief, a: int) -> str:
    """What an option is; its colour and its shape each say it alone."""
    if a in (brief.chosen, brief.today):
        return "chosen" if a == brief.chosen else "today's"
    return "cheapest for their safety" if cheapest(brief, a) else "other"


def _legend(figure: Figure, there: set[str], joined: bool) -> None:
    """What the signs and the line mean."""
    handles = []
    for name, (colour, marker) in SIGNS.items():
        line = joined and colour == BLUE
        if name in there or line:
            said = f"{name}, joined" if line else name
            handles.append(plt.Line2D([], [], color=colour, marker=marker, ms=5, lw=1.2 if line else 0, label=said))
    figure.legend(handles=handles, loc="outside upper center", ncols=4, frameon=False, fontsize=7.5)
