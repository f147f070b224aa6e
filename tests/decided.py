"""A small decision that was run, and its figures computed anew from the Parquet files, by other means than ours."""

import re
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import yaml

from sim.decide.choice import choose
from sim.decide.monitoring import Watch, sequential, signal
from sim.decide.selection import Rule, select
from sim.decide.study import open_study

EVIL = "<b>&'\"R"  # a scenario's name
FILE = """
name: "<script>alert(1)</script>"
description: "<img src=x onerror=alert(2)>"
scenario: baseline
set: {run.horizon: 1, run.warmup: 0.2}
policies: [baseline, full-protocol, priced-protocol, safe-city, "<b>&'\\"R.yaml"]
today: baseline
delta: 0.2
size: 5
first: 4
most: 8
price: 2000000
"""
CLASSES = ("convoy", "site", "outing")
DAYS_A_YEAR = 365

# What a row's columns make, in the unit of the page.
MADE = {
    "project_incidents": lambda r: sum(r[f"incidents_{c}"] - r[f"cv_{c}"] for c in CLASSES),
    **{
        f"incidents_{c}": lambda r, c=c: r[f"incidents_{c}"] - r[f"cv_{c}"]
        for c in ("convoy", "site", "outing", "private")
    },
    "foreign_deaths": lambda r: r.mean_deaths_foreign - r.cv_deaths,
    "inside": lambda r: r.incidents_inside_project,
    "burden": lambda r: r.grievance_days,
    "checkpoint_hours": lambda r: r.resident_hours,
    "refused": lambda r: r.honest_refused,
    "evenings": lambda r: r.curfew_days,
    "on_record": lambda r: r.privacy_person_years,
    "sites": lambda r: r.site_years,
    "people": lambda r: r.project_person_years,
    "project_cost": lambda r: r.project_spent / 1e6,
    "state_cost": lambda r: r.state_spent / 1e6,
    "partner_cost": lambda r: r.partner_spent / 1e6,
    "supervision": lambda r: r.adherence_cost / 1e6,
    "refusals_cost": lambda r: r.refusal_cost / 1e6,
    "shops_cost": lambda r: r.shop_cost / 1e6,
    "stoppage_cost": lambda r: r.stoppage_cost / 1e6,
    **{
        name: lambda r, name=name: r[name] for name in ("shop_hours", "protests", "deaths_residents", "deaths_security")
    },
}
SHARES = {"escorted": "trips_escorted", "deviating": "trips_with_deviation"}


def decided(folder):
    """Write a decision file and run what its choice needs; returns the file, and the decision's folder."""
    (folder / f"{EVIL}.yaml").write_text("extends: baseline\npolicy: {closures: {per_week: 2}}\n")
    file, out = folder / "small.yaml", folder / "results" / "decisions" / "small"
    file.write_text(FILE)
    with open_study(file, out, threads=1) as study:
        choose(study)
    return file, out


class Rows:
    """What the Parquet files of a decision say, and every figure of its brief by its key."""

    def __init__(self, file, folder):
        self.decision = yaml.safe_load(Path(file).read_text())
        self.file, self.folder = Path(file), Path(folder)
        self.names = [name.removesuffix(".yaml") for name in self.decision["policies"]]

    @cached_property
    def runs(self):
        """A line a run: the sums of its years, its draw and its policy."""
        parts = [pq.read_table(path).to_pandas() for path in sorted((self.folder / "runs" / "rows").glob("*.parquet"))]
        rows = pd.concat(parts)
        runs = rows.groupby(["point_id", "replicate"], observed=True).sum(numeric_only=True).reset_index()
        design = pq.read_table(
            self.folder / "runs" / "design.parquet", columns=["point_id", "number", "draw"]
        ).to_pandas()
        design["policy"] = [self.names[number % len(self.names)] for number in design.number]  # draw by draw
        return design.merge(runs, on="point_id")

    def values(self, quantity, name, high=None):
        """Of each run; shape (draws, replicates)."""
        high = self.decision["first"] if high is None else high
        runs = self.runs[(self.runs.policy == name) & (self.runs.replicate < high)]
        if quantity in SHARES:
            found = 100 * runs[SHARES[quantity]] / runs.trips
        else:
            found = MADE[quantity](runs) / (runs.days / DAYS_A_YEAR)
        return runs.assign(found=found).pivot(index="draw", columns="replicate", values="found").to_numpy()

    def figure(self, key):
        """A figure by its key."""
        kind, *rest = key.split("/")
        if kind in ("decision", "choice", "monitoring", "money"):
            return getattr(self, f"_{kind}")(*rest)
        name, statistic = "/".join(rest[:-1]), rest[-1]
        pair = next(((a, b) for a in self.names for b in self.names if name == f"{a} - {b}"), None)
        values = self.values(kind, name) if pair is None else self.values(kind, pair[0]) - self.values(kind, pair[1])
        return self._statistic(values, statistic)

    @staticmethod
    def _statistic(values, statistic):
        over_draws, over_replicates = values.mean(axis=1), values.mean(axis=0)
        half = over_replicates.std(ddof=1) / np.sqrt(len(over_replicates)) * 3.182446305  # t, 3 degrees of freedom
        return {
            "mean": values.mean(),
            "low": values.mean() - half,
            "high": values.mean() + half,
            "from": np.quantile(over_draws, 0.05),
            "to": np.quantile(over_draws, 0.95),
        }[statistic]

    def _decision(self, what):
        known = {
            "options": len(self.names),
            "draws": self.decision["size"],
            "years": self.decision["set"]["run.horizon"],
            "price": self.decision["price"] / 1e6,
            "confidence": 0.95,
        }
        return known[what] if what in known else self.decision[what]

    @cached_property
    def selections(self):
        """Of each criterion."""

        def sample(asked, low, high):
            return np.stack([self.values("project_incidents", self.names[a], high)[:, low:] for a in asked])

        rule = Rule(self.decision["delta"], 0.95, self.decision["first"], self.decision["most"], shared_noise=False)
        return {name: select(sample, len(self.names), rule, name) for name in ("mean", "worst", "regret")}

    @property
    def chosen(self):
        """By the mean."""
        return self.names[self.selections["mean"].chosen]

    def _choice(self, criterion, *rest):
        if criterion == "draws ahead":
            levels = np.stack([self.values("project_incidents", name).mean(axis=1) for name in self.names])
            return int((levels.argmin(axis=0) != self.names.index(self.chosen)).sum())
        selection = self.selections[criterion]
        if len(rest) == 2:
            return getattr(selection.standings[self.names.index(rest[0])], rest[1])
        return {
            "margin": selection.margin,
            "shortfall": max(0.0, -selection.margin),
            "further alike": len(selection.alike) - 3,
        }[rest[0]]

    def _monitoring(self, what, name=None):
        if name is None:
            return int(what.removeprefix("month "))
        watch = Watch(24, 20) if what == "audits" else Watch(360)
        quantity, scale = ("deviating", 100) if what == "audits" else ("project_incidents", 12)
        rate, feared = (self.values(quantity, policy).mean() / scale for policy in (self.chosen, "baseline"))
        feared = feared if feared > rate else 2 * rate
        rule = sequential(watch, rate, 0.05)
        found = signal(watch, rule.boundary, feared)
        if name.startswith("by month"):
            return rule.boundary[int(name.split()[-1]) - 1]
        median = found.median if found.median is None or found.median <= 24 else np.ceil(found.median / 12)
        return {
            "feared": feared * scale,
            "months": watch.months,
            "a month": watch.audits,
            "false alarms": 100 * rule.false_alarms,
            "spoken": 100 * found.by_month[-1],
            "median": median,
        }[name]

    def _money(self, *rest):
        if rest[0] == "break-even":
            change = self.values(rest[1], self.chosen) - self.values(rest[1], "baseline")
            return change.mean() / (self.decision["price"] / 1e6)
        levels = {
            n: (self.values("project_cost", n).mean(), self.values("project_incidents", n).mean()) for n in self.names
        }
        cheaper = [n for n in self.names if levels[n][0] < levels[rest[0]][0] and levels[n][1] > levels[rest[0]][1]]
        (cost, harm), steps = levels[rest[0]], [levels[n] for n in cheaper]
        return min((cost - c) / (h - harm) for c, h in steps)


class Page(HTMLParser):
    """A brief's figures by key with the texts that show them, the words outside any, and the tags."""

    def __init__(self, text):
        super().__init__()
        self.figures, self.words, self.tags, self._open = {}, [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        """Open an element."""
        self.tags.append((tag, dict(attributes)))
        if tag not in ("meta", "img"):
            self._open.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        """Close an element."""
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        """Text of the innermost element."""
        inner = self._open[-1][1] if self._open else {}
        if "data-figure" in inner:
            self.figures.setdefault(inner["data-figure"], []).append(data)
        elif "data-own" not in inner and not any(tag in ("style", "title") for tag, _ in self._open):
            self.words.append(data)


def shows(text, value):
    """Whether a text is a value, rounded."""
    said = text.replace(",", "").replace("\N{MINUS SIGN}", "-").lstrip("+")
    number = float(said)
    after = len(said.partition(".")[2])
    zeros = 0 if after or number == 0 else len(re.search(r"0*$", said)[0])
    return abs(number - value) <= 0.5 * 10.0 ** (zeros - after) + 1e-9 * abs(value)
