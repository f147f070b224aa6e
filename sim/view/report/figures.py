"""The figures of a report, looked up by policy; which policies a picture or a table shows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from sim.analysis.columns import unit_of
from sim.analysis.policies import policy
from sim.analysis.sweep_report import report_tables
from sim.analysis.tables import Rows, below_zero, sweep_table
from sim.decide.money import frontier
from sim.history.band import with_bands
from sim.outcome import COLUMNS
from sim.runs.totals import METRICS
from sim.sweep.result import SweepResult
from sim.view.pictures import Panel

MOST_DOTS = 36  # policies in one picture
MOST_BESIDE = 6  # policies beside each other in a table
SPREAD = 20  # policies in a picture, from the safest to the least safe, where there are more
RATE, EXPECTED = "incidents_per_year", "expected counts"
PROJECT_RATE, PAID = "project_incidents_per_year", unit_of(COLUMNS["project_spent"])
OF = {False: "rate", True: "difference"}
NOTHING = {"estimate": math.nan, "low": math.nan, "high": math.nan}


class Figures:
    """A sweep's tables by policy; where parameters were drawn, of each policy over the draws.

    Parameters
    ----------
    result : SweepResult
    """

    def __init__(self, result: SweepResult) -> None:
        self.result, self.sampled = result, result.file.sample is not None
        self.tables: dict[str, Rows] = report_tables(result)

    @cached_property
    def _lines(self) -> dict[tuple, dict[str, Any]]:
        found = {}
        for name in self.tables:
            if name not in ("points", "draws") and name.endswith("_over_draws") == self.sampled:
                for line in self.tables[name]:
                    way = line.get("by", line.get("deaths_at_least", line["unit"]))
                    found[name.removesuffix("_over_draws"), line["policy"], line["figure"], way] = line
        return found

    @cached_property
    def _splits(self) -> dict[tuple, dict[str, Any]]:
        return {(line["policy"], line["figure"], line["of"]): line for line in self.tables.get("draws", [])}

    def line(self, table: str, name: str, figure: str, way: Any = EXPECTED) -> dict[str, Any]:
        """A policy's line of a table: by way of counting, number of deaths, or else unit."""
        return self._lines.get((table, name, figure, way), NOTHING)

    def split(self, name: str, metric: str, difference: bool) -> dict[str, Any]:
        """A policy's line of the table of draws; empty where there is none."""
        return self._splits.get((name, metric, OF[difference]), {})

    def is_compared(self, name: str) -> bool:
        """Whether a policy has a difference to the reference."""
        return ("differences", name, RATE, EXPECTED) in self._lines

    @cached_property
    def policies(self) -> list[str]:
        """Policies that have runs, in the order of the design."""
        return list(dict.fromkeys(line["policy"] for line in self.tables["funnel"]))

    @cached_property
    def reference(self) -> str | None:
        """The policy that the others are compared with; None where there is no other."""
        numbers = [number for number in self.result.looks.references if number >= 0]
        name = policy(self.result.file, self.result.points[numbers[0]].levels) if numbers else None
        return name if name in self.policies and len(self.policies) > 1 else None

    @cached_property
    def below_zero(self) -> str:
        """Why an expected rate of the report is below 0, of a policy or one of its draws; empty where none is."""
        return below_zero(line["estimate"] for line in self.tables["rates"] if line["by"] == EXPECTED)

    @cached_property
    def by_safety(self) -> list[str]:
        """Policies by expected project incidents a year, the safest first."""
        return sorted(self.policies, key=lambda name: self.line("rates", name, PROJECT_RATE)["estimate"])

    @cached_property
    def chosen(self) -> list[str]:
        """The reference, the safest and the least safe."""
        ends = [self.reference, *self.by_safety[:1], *self.by_safety[-1:]]
        return list(dict.fromkeys(name for name in ends if name is not None))

    @cached_property
    def cheapest(self) -> list[str]:
        """Policies that no other one, and no mix of two, beats in both project money and project incidents."""
        cost = [self.line("costs", name, "project_spent", PAID)["estimate"] for name in self.policies]
        harm = [self.line("rates", name, PROJECT_RATE)["estimate"] for name in self.policies]
        if len(self.policies) < 2 or not np.isfinite([*cost, *harm]).all():
            return []
        return [self.policies[place.option] for place in frontier(cost, harm) if place.verdict == "frontier"]

    @property
    def beside(self) -> list[str]:
        """Policies that stand beside each other in a table."""
        return self.policies if len(self.policies) <= MOST_BESIDE else self.chosen

    @cached_property
    def dots(self) -> list[str]:
        """Policies in one picture of all, the safest first; where there are too many, some of every rank."""
        if len(self.by_safety) <= MOST_DOTS:
            return self.by_safety
        ranks = np.linspace(0, len(self.by_safety) - 1, SPREAD).round().astype(int)
        kept = {*(self.by_safety[rank] for rank in ranks), *self.essential}
        return [name for name in self.by_safety if name in kept]

    @cached_property
    def essential(self) -> set[str]:
        """Policies that a table on paper has where there are many: the reference, the cheapest, and both ends."""
        return {*self.chosen, *self.cheapest}

    def marked(self, name: str) -> str:
        """A policy's name, with a word where it is the reference."""
        return f"{name} (reference)" if name == self.reference else name

    def which(self, names: Sequence[str]) -> str:
        """A sentence that says so where some policies are left out; else nothing."""
        if len(names) >= len(self.policies):
            return ""
        shown = "the reference, the safest and the least safe"
        if len(names) > len(self.chosen):
            shown = f"{len(names)} from the safest to the least safe, the reference and the cheapest among them"
        return f" Shown of {len(self.policies)} policies, by expected project incidents: {shown}."

    def panel(self, names: Sequence[str], table: str, figure: str, label: str, way: Any = EXPECTED) -> Panel:
        """A panel of policies' figures with their intervals; over the draws these hold 5 to 95 % of them."""
        lines = [self.line(table, name, figure, way) for name in names]
        estimate, low, high = ([line[end] for line in lines] for end in NOTHING)
        wide = self._assumed(names, table, figure) if way == EXPECTED else None
        return Panel(label, estimate, low, high, wide, difference=table == "differences")

    @cached_property
    def points(self) -> Rows:
        """The sweep's table with what the assumptions leave open."""
        return with_bands(self.result, sweep_table(self.result))

    def _assumed(self, names: Sequence[str], table: str, metric: str) -> tuple[list[float], list[float]] | None:
        """What the assumptions leave open of a metric, policy by policy; None where that is known of none."""
        key = metric if table == "rates" else f"{metric}_difference"
        points = zip(self.result.points, self.points, strict=True)
        rows = {policy(self.result.file, point.levels): row for point, row in points}
        least, most = ([rows[name].get(f"{key}_{end}", math.nan) for name in names] for end in ("least", "most"))
        return None if metric not in METRICS or np.isnan(least).all() else (least, most)

    def split_panel(self, names: Sequence[str], table: str, metric: str, label: str) -> Panel:
        """A panel of policies' means over the draws: the mean's interval, the draws' range, each draw."""
        difference = table == "differences"
        found = [self.split(name, metric, difference) for name in names]
        keys = ("mean", "mean_low", "mean_high", "range_5", "range_95")
        mean, low, high, least, most = ([line.get(key, math.nan) for line in found] for key in keys)
        return Panel(label, mean, low, high, (least, most), self._cloud(names, table, metric), difference)

    def _cloud(self, names: Sequence[str], table: str, metric: str) -> list[np.ndarray]:
        """Each policy's estimates, one per draw."""
        draws: dict[str, list[float]] = {name: [] for name in names}
        for line in self.tables[table]:
            if line["policy"] in draws and (line["figure"], line["by"]) == (metric, EXPECTED):
                draws[line["policy"]].append(line["estimate"])
        return [np.array(values) for values in draws.values()]
