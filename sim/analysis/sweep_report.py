"""A sweep's report as tables: points, rates, paired differences, funnel, exceedance, costs, all columns, draws apart.

Every line has its design point and policy, its unit, and its interval where it has one.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from sim import rates
from sim.analysis.columns import column_table, counted, figure, in_group, unit_of
from sim.analysis.compare import paired
from sim.analysis.policies import policy
from sim.analysis.split import RANGE, Draws, in_both
from sim.analysis.summary import DENOMINATORS, summarise
from sim.analysis.tables import Rows
from sim.outcome import FN_LEVELS
from sim.runs.totals import METRICS, Columns, of_point, replicates
from sim.sweep.precision import half_widths, widths_wanted
from sim.sweep.result import SweepResult

ROWS_AT_ONCE = 65_536  # read together, 45 MB; more only where a single point has more
DEATHS = (1, 2, 3, 5, 9, 15, 25, 50)  # of a whole replicate
NAMES = ("rates", "differences", "funnel", "funnel_shares", "exceedance", "replicate_deaths", "costs", "columns")
SAME_IN_ALL_DRAWS = (
    "policy",
    "group",
    "figure",
    "label",
    "deaths_at_least",
    "years",
    "ledger",
    "unit",
    "by",
    "against",
)
PAIRING = ("correlation", "crn_factor", "replicates_saved")
PER_SITE_YEAR = "USD per site-year"


def report_tables(result: SweepResult, confidence: float = 0.95) -> dict[str, Rows]:
    """All tables of a sweep's report, by name: points, those of NAMES, and over draws where something was drawn.

    Parameters
    ----------
    result : SweepResult
        As `sim.sweep.result.read_sweep` gives it; its rows are read a few points at a time.
    confidence : float
        Of every interval.
    """
    found: dict[str, Rows] = {name: [] for name in NAMES}
    drawn = Draws()
    for number, mine, reference in runs_by_point(result):
        for name, lines in _of_point(result, number, mine, reference, confidence).items():
            found[name] += [{**_who(result, number), **line} for line in lines]
        if result.file.sample is not None:
            drawn.add(
                policy(result.file, result.points[number].levels),
                mine,
                None if reference is None else in_both(reference, mine),
            )
    found = {name: sorted(lines, key=lambda line: line["point"]) for name, lines in found.items()}
    whole = {"points": _points(result), **found}
    if result.file.sample is None:
        return whole
    apart = [
        {"policy": line["policy"], "unit": METRICS[line["figure"]].label, **line} for line in drawn.table(confidence)
    ]
    over = {f"{name}_over_draws": over_draws(lines) for name, lines in found.items()}
    return whole | {"draws": apart} | over


def over_draws(lines: Rows) -> Rows:
    """One line per policy and figure in place of one per point: mean over draws, their 5 % and 95 % in place of ends.

    What the pairing was worth is given by its median, since a factor may be infinite.
    """
    groups: dict[tuple, Rows] = {}
    for line in lines:
        groups.setdefault(tuple(line.get(name) for name in SAME_IN_ALL_DRAWS), []).append(line)
    return [_over_draws(group) for group in groups.values()]


def _over_draws(group: Rows) -> dict[str, Any]:
    kept = {name: group[0][name] for name in SAME_IN_ALL_DRAWS if name in group[0]}
    values = np.array([line["estimate"] for line in group], float)
    values = values[~np.isnan(values)]
    low, high = np.quantile(values, RANGE) if len(values) else (math.nan, math.nan)
    mean = float(values.mean()) if len(values) else math.nan
    worth = {name: float(np.median([line[name] for line in group])) for name in PAIRING if name in group[0]}
    ends = {"estimate": mean, "low": float(low), "high": float(high)}
    return {**kept, "draws": len(values), "interval": "5 to 95 % of draws", **ends, **worth}


def runs_by_point(result: SweepResult) -> Iterator[tuple[int, Columns, Columns | None]]:
    """Each point that has runs, with those that count and its reference's; None where there is no other to compare."""
    kept: tuple[int, Columns | None] = (-1, None)
    for number, mine in _by_reference(result):
        reference = int(result.looks.references[number])
        if reference == number:
            kept = number, mine
        comparable = kept[0] == reference != number
        yield number, mine, kept[1] if comparable else None


def _by_reference(result: SweepResult) -> Iterator[tuple[int, Columns]]:
    """Points with the same reference follow it: so one reference is held at a time."""
    references, upto = result.looks.references, result.looks.upto
    order = sorted(range(len(references)), key=lambda n: (references[n], references[n] != n, n))
    years = [math.ceil(_horizon(result, n)) for n in order]
    for group in _packed(order, [int(upto[n]) * y for n, y in zip(order, years, strict=True)]):
        rows = result.store.rows(group, 0, int(upto[group].max()))
        rows = rows[rows["replicate"] < upto[rows["point"]]]
        table = replicates(rows) if len(rows) else {"point": np.zeros(0, np.int64)}
        for number in group:
            mine = of_point(table, number)
            if len(mine["point"]):
                yield number, mine


def _packed(numbers: list[int], sizes: list[int]) -> Iterator[list[int]]:
    """Numbers in groups whose sizes add up to what may be read at once, each of at least one."""
    group: list[int] = []
    room = ROWS_AT_ONCE
    for number, size in zip(numbers, sizes, strict=True):
        if group and size > room:
            yield group
            group, room = [], ROWS_AT_ONCE
        group.append(number)
        room -= size
    yield group


def _horizon(result: SweepResult, number: int) -> float:
    return result.points[number].scenario.run.horizon


def _who(result: SweepResult, number: int) -> dict[str, Any]:
    """What every line begins with."""
    point = result.points[number]
    return {
        "point": number,
        **({} if point.draw is None else {"draw": point.draw}),
        "policy": policy(result.file, point.levels),
    }


def _of_point(
    result: SweepResult, number: int, mine: Columns, reference: Columns | None, confidence: float
) -> dict[str, Rows]:
    """All lines of one design point."""
    summary = summarise(mine, confidence)
    found = {
        "rates": _rates(summary),
        "funnel": _funnel(mine, confidence),
        "funnel_shares": _shares(summary),
        "exceedance": _exceedance(summary),
        "replicate_deaths": _replicate_deaths(mine, confidence),
        "costs": _costs(mine, summary, confidence),
        "columns": column_table(mine, confidence),
    }
    if reference is not None:
        against = policy(result.file, result.points[result.looks.references[number]].levels)
        found["differences"] = _differences(reference, mine, against, confidence)
    return found


def _rates(summary: dict[str, Any]) -> Rows:
    """Rates by expected counts and by counts; deaths; what the counts' intervals rest on."""
    lines = []
    for per, what in itertools.product(DENOMINATORS, ("incidents", "project_incidents")):
        name = f"{what}_{per}"
        lines += _both_ways(name, rate_unit(what, per), summary["rates"][name], "Garwood")
    for name, entry in summary["deaths"].items():
        if name.startswith("deaths_"):
            lines += _both_ways(name, "deaths per year", entry, "bootstrap")
    for name in ("incidents_variance_to_mean", "project_incidents_variance_to_mean"):
        lines.append(_line(name, "-", summary["rates"][name], by="counts", interval="chi-square"))
    none = summary["rates"]["share_of_replicates_without_incident"]
    lines.append(_line("share_of_replicates_without_incident", "share", none, by="counts", interval="Wilson"))
    return lines


def rate_unit(what: str, per: str) -> str:
    """A rate of incidents in words: `incidents` or `project_incidents` under one of the denominators."""
    return f"{what.replace('_', ' ')} {DENOMINATORS[per][-1]}"


def _both_ways(name: str, unit: str, entry: dict[str, float], interval: str) -> Rows:
    """A rate by counts, and by expected counts where it has them, which come first: they are the surer ones."""
    lines = [_line(name, unit, entry, by="counts", interval=interval)]
    if "expected" in entry:
        ends = {"estimate": entry["expected"], "low": entry["expected_low"], "high": entry["expected_high"]}
        lines.insert(0, _line(name, unit, ends, by="expected counts", interval="t"))
    return lines


def _line(figure: str, unit: str, entry: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    ends = {name: entry[name] for name in ("estimate", "low", "high")}
    return {"figure": figure, "unit": unit, **more, **ends}


def _differences(reference: Columns, mine: Columns, against: str, confidence: float) -> Rows:
    """Paired differences, policy less reference, from the replicates that both have."""
    a, b = in_both(reference, mine)
    if not len(a["replicate"]):
        return []
    lines = []
    for metric, entry in paired(a, b, confidence).items():
        for by, way in (("expected counts", entry["expected"]), ("counts", entry["counted"])):
            ratio = entry["ratio"] if way is entry["expected"] else dict.fromkeys(("estimate", "low", "high"), math.nan)
            lines.append(
                {"figure": metric, "unit": METRICS[metric].label, "by": by, "against": against}
                | {"pairs": len(a["replicate"]), "reference": way["a"], "policy's": way["b"]}
                | {"estimate": way["difference"], "low": way["low"], "high": way["high"]}
                | {name: way[name] for name in PAIRING}
                | {"ratio": ratio["estimate"], "ratio_low": ratio["low"], "ratio_high": ratio["high"]}
            )
    return lines


def _funnel(mine: Columns, confidence: float) -> Rows:
    """What becomes of opportunities: counts, with intervals that have a width where nothing was counted too."""
    return [
        _line(column.name, unit_of(column), counted(column, mine, confidence).ends, label=column.label)
        for column in in_group("funnel")
    ]


def _shares(summary: dict[str, Any]) -> Rows:
    """Shares of what entered, and how many times the usual odds of something are."""
    ways = (("shares", "share", "Wilson"), ("odds_ratios", "odds ratio", "Woolf"))
    return [
        _line(name, unit, entry, interval=interval)
        for kind, unit, interval in ways
        for name, entry in summary["funnel"][kind].items()
    ]


def _exceedance(summary: dict[str, Any]) -> Rows:
    """How often a year an incident kills so many: the F-N curve."""
    names = {n: f"incidents_with_{n}_or_more_deaths_per_year" for n in FN_LEVELS}
    return [
        _line(name, "incidents per year", summary["deaths"][name], deaths_at_least=n, interval="t")
        for n, name in names.items()
    ]


def _replicate_deaths(mine: Columns, confidence: float) -> Rows:
    """How probable it is that a whole replicate has so many foreign deaths."""
    found = rates.exceedance(mine["deaths_foreign"], DEATHS, confidence)
    years = float(mine["years"][0])
    return [
        _line("replicate_with_so_many", "probability", entry.ends, deaths_at_least=n, years=years, interval="Wilson")
        for n, entry in zip(DEATHS, found, strict=True)
    ]


def _costs(mine: Columns, summary: dict[str, Any], confidence: float) -> Rows:
    lines = [
        _line(column.name, unit_of(column), figure(column, mine, confidence).ends)
        | {"ledger": column.ledger, "label": column.label}
        for column in in_group("costs")
    ]
    share = summary["costs"]["project_budget_usd_per_site_year"]
    ends = {"estimate": share, "low": share, "high": share}  # what is allotted is no matter of chance
    budget = next(line for line in lines if line["figure"] == "project_budget")
    return [*lines, budget | {"unit": PER_SITE_YEAR, **ends}]


def _points(result: SweepResult) -> Rows:
    """What was run: levels, what was drawn, replicates asked for and there, precision, name in the store."""
    own, wanted = result.tally.own, result.file.precision
    failed = [failure["point_id"] for failure in result.failures]
    lines = []
    for number, point in enumerate(result.points):
        name = result.store.ids[number]
        line = _who(result, number) | {f"axis_{axis}": point.levels.get(axis) for axis in result.file.axes}
        line |= {"years": point.scenario.run.horizon, "compared_with_point": int(result.looks.references[number])}
        line |= {"replicates_asked": int(result.looks.upto[number]), "replicates": int(own.count[number])}
        line |= {"failed_runs": failed.count(name)} | ({} if wanted is None else _precision(result, number))
        lines.append({**line, "point_id": name, "scenario": point.scenario.name, **point.drawn})
    return lines


def _precision(result: SweepResult, number: int) -> dict[str, Any]:
    """Half the interval's width, reached and asked for."""
    wanted = result.file.precision
    assert wanted is not None
    return {
        "half_width": float(half_widths(result.tally, wanted)[number]),
        "half_width_asked": float(widths_wanted(result.tally, wanted)[number]),
        "precise": "yes" if result.looks.precise[number] else "no",
    }


def shortcomings(result: SweepResult) -> list[str]:
    """What the reader must know before any figure, a sentence each: what failed, is missing, or is not precise."""
    count, upto = result.tally.own.count, result.looks.upto
    found = []
    if result.failures:
        first = result.failures[0]
        found.append(
            f"{len(result.failures)} runs failed and are left out, the first one with {first['type']}: "
            f"{first['message']}. If runs fail where much happens, what is left is biased; the table of failed runs "
            "has them all."
        )
    short = np.flatnonzero(count < upto)
    if len(short):
        missing = int((upto - count)[short].sum())
        found.append(
            f"{_some(short)} {_have(short)} fewer runs than asked for: {missing} of {int(upto.sum())} are missing, as "
            "failed or not yet run."
        )
    vague = np.flatnonzero(~result.looks.precise)
    if len(vague):
        found.append(f"{_some(vague)} did not reach the precision asked for: the intervals say what was reached.")
    return [*found, *_not_compared(result)]


def _not_compared(result: SweepResult) -> Iterator[str]:
    """Points without a difference, and why."""
    alone = np.flatnonzero(np.array(result.looks.references) < 0)
    if len(alone):
        yield (
            f"{_some(alone)} {_have(alone)} no difference: the design has no reference for it, "
            "or only one of another horizon, whose years can't be paired with its own."
        )


def _have(numbers: Any) -> str:
    return "has" if len(numbers) == 1 else "have"


def _some(numbers: Any) -> str:
    """The points in words, the first few by number."""
    if len(numbers) == 1:
        return f"Point {numbers[0]}"
    names = ", ".join(str(n) for n in numbers[:8])
    return f"{len(numbers)} points ({names}{' ...' if len(numbers) > 8 else ''})"
