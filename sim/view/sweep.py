"""A sweep on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.analysis.pair_words import MAIN
from sim.analysis.policies import level_in_words, policy
from sim.analysis.sweep_words import over_draws, reference_of
from sim.analysis.tables import Rows, below_zero
from sim.runs.totals import METRICS
from sim.sweep.result import SweepResult
from sim.terminal import console
from sim.view.console import print_paragraph, print_table
from sim.view.ranges import between, figure

SHOWN = 20  # points
FEW = 3  # points that are cheapest for their safety say little
WIDE = 104  # columns of a terminal in which each axis has a column
NUMBERS = ("all", "project", "90 % of draws", "difference", "95 %", "90 %", "m USD")
COLUMNS = "Project incidents a year and their difference to the reference"


def print_sweep(result: SweepResult, table: Rows, said: Mapping[str, Any], everything: bool) -> None:
    """Print headline, points, and what isn't known."""
    for line in said["headline"]:
        print_paragraph(line, 2)
    print()
    drawn = [] if everything else over_draws(result, table)
    if drawn:
        _print(list(map(_drawn, drawn)), result, _policies(len(drawn), drawn[0]["draws"]))
    else:
        _print_points(result, table, everything)
    print()
    print_paragraph(said["run"], 2)
    print_paragraph(said["two_ranges"], 2)
    print()
    print_paragraph(said["closing"])
    print_paragraph(below_zero(row[metric] for row in table for metric in METRICS))


def _print(lines: Rows, result: SweepResult, what: str) -> None:
    shown = [{name: cell for name, cell in line.items() if any(other[name] for other in lines)} for line in lines]
    print_table(shown, f"{result.file.name}: {what}. {COLUMNS}", NUMBERS)


def _print_points(result: SweepResult, table: Rows, everything: bool) -> None:
    """All points, if they are few or asked for; else those that are cheapest for their safety, or safest."""
    count, which = len(table), ""
    chosen = list(range(count))
    if count > SHOWN and not everything:
        chosen, which = _chosen(result, table)
    title = f"{count} design point{'' if count == 1 else 's'}{which}"
    _print([_line(result, table, number) for number in chosen], result, f"{title}; m USD: budget a site-year")


def _chosen(result: SweepResult, table: Rows) -> tuple[list[int], str]:
    """Points that are shown of many, and which they are."""
    safest = [n for n in sorted(range(len(table)), key=lambda n: table[n][MAIN]) if table[n][MAIN] == table[n][MAIN]]
    cheapest = [n for n in safest if not any(_beats(table[m], table[n]) for m in safest)]
    reference = reference_of(result)
    first = [] if reference is None else [reference]
    rest = "; --all and summary.csv have all"
    if FEW <= len(cheapest) < SHOWN:
        return [*first, *(n for n in cheapest if n != reference)], f", of them those cheapest for their safety{rest}"
    return [*first, *(n for n in safest if n != reference)][:SHOWN], f", of them the {SHOWN} safest{rest}"


def _beats(one: Mapping[str, float], other: Mapping[str, float]) -> bool:
    """Whether a point costs no more and has fewer incidents, or costs less and has as few."""
    mine, its = ((row["usd_per_site_year"], row[MAIN]) for row in (one, other))
    return mine[0] <= its[0] and mine[1] <= its[1] and mine != its


def _line(result: SweepResult, table: Rows, number: int) -> dict[str, str]:
    point, row = result.points[number], table[number]
    who = {} if point.draw is None else {"draw": str(point.draw)}
    if console().width >= WIDE:
        who |= {axis: level_in_words(point.levels.get(axis, "")) for axis in result.file.axes}
    else:
        who["policy"] = policy(result.file, point.levels)
    name, apart = f"{MAIN}_difference", result.tally.references[number] != number
    return who | {
        "all": figure(row["incidents_per_year"]),
        "project": figure(row[MAIN]),
        "difference": figure(row[name]) if apart else "",
        "95 %": between(row[f"{name}_low"], row[f"{name}_high"]) if apart else "",
        "m USD": figure(row["usd_per_site_year"] / 1e6),
    }


def _drawn(line: Mapping[str, Any]) -> dict[str, str]:
    apart = line["difference"] != 0
    return {
        "policy": line["policy"],
        "all": figure(line["all"]) if console().width >= WIDE else "",
        "project": figure(line["project"]),
        "90 % of draws": between(line["low"], line["high"]),
        "difference": figure(line["difference"]) if apart else "",
        "90 %": between(line["fewer_low"], line["fewer_high"]) if apart else "",
    }


def _policies(count: int, draws: int) -> str:
    return f"{count} {'policy' if count == 1 else 'policies'} under {draws} draws"
