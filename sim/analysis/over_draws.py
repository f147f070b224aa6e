"""Two policies under the same draws of what nobody knows: their paired difference over the draws, metric by metric."""

from __future__ import annotations

from typing import Any

from sim.analysis.policies import policy
from sim.analysis.split import Draws, in_both
from sim.analysis.sweep_report import runs_by_point
from sim.analysis.tables import Rows
from sim.runs.totals import METRICS
from sim.sweep.result import SweepResult

MAIN = "project_incidents_per_year"


def pair_over_draws(result: SweepResult) -> Rows:
    """A sweep of two policies under draws: a line per metric, that of the projects first.

    Parameters
    ----------
    result : SweepResult
        Of one axis with two levels, the reference and another.

    Returns
    -------
    list of dict
        `a` and `b`, means over the draws; `difference` of these, b - a, with `low` and `high`, the 95 % interval of the
        mean, by the number of draws and Monte Carlo noise; `range_5` and `range_95` of the draws; `share_fewer` of the
        draws in which b has fewer, with Wilson's interval, and those in which that is sure; `between` draws and
        `noise` of a draw, standard deviations of the difference.
    """
    drawn, names = Draws(), [policy(result.file, point.levels) for point in result.points[:2]]
    for number, mine, reference in runs_by_point(result):
        pair = None if reference is None else in_both(reference, mine)
        drawn.add(policy(result.file, result.points[number].levels), mine, pair)
    found = {(line["policy"], line["figure"], line["of"]): line for line in drawn.table()}
    a, b = names
    metrics = sorted(METRICS, key=lambda metric: metric != MAIN)
    return [
        _line(metric, found[a, metric, "rate"], found[b, metric, "rate"], found[b, metric, "difference"])
        for metric in metrics
    ]


def _line(metric: str, a: dict[str, Any], b: dict[str, Any], gap: dict[str, Any]) -> dict[str, Any]:
    """One metric, flat."""
    return {
        "metric": metric,
        "label": METRICS[metric].label,
        "draws": gap["draws"],
        "replicates_a_draw": gap["replicates_a_draw"],
        "a": a["mean"],
        "b": b["mean"],
        "difference": gap["mean"],
        "low": gap["mean_low"],
        "high": gap["mean_high"],
        "range_5": gap["range_5"],
        "range_95": gap["range_95"],
        "share_fewer": gap["share_better"],
        "share_fewer_low": gap["share_better_low"],
        "share_fewer_high": gap["share_better_high"],
        "draws_surely_fewer": gap["draws_surely_better"],
        "draws_surely_more": gap["draws_surely_worse"],
        "between": gap["sd_between_draws"],
        "noise": gap["sd_monte_carlo"],
    }


def pair_in_words(table: Rows, a: str, b: str) -> dict[str, str]:
    """Headline and closing of two policies under draws."""
    line = table[0]
    verb = "fewer" if line["difference"] < 0 else "more"
    share, size = f"{100 * line['share_fewer']:.0f} %", f"{abs(line['difference']):.2f}"
    headline = (
        f"{b} has {size} {verb} project incidents a year than {a}, in the mean of {line['draws']} kept draws (the "
        f"difference is {line['low']:.2f} to {line['high']:.2f}, 95 %); over the draws it is anything from "
        f"{line['range_5']:.2f} to {line['range_95']:.2f} (90 %). {b} has fewer in {share} of them, surely so in "
        f"{line['draws_surely_fewer']}, surely more in {line['draws_surely_more']}."
    )
    closing = (
        "What this doesn't know: what neither the priors nor the record hold, such as a model that is wrong. The "
        "interval is about the mean and narrows with draws and replicates; the band is about the draws and doesn't. "
        f"A draw's difference varies by {line['between']:.2g} between draws and by {line['noise']:.2g} by chance "
        "(standard deviations); the latter widens the band, and falls with more --reps."
    )
    return {"headline": headline, "closing": closing}
