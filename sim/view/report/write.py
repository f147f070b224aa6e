"""The report of a sweep: its tables as CSV, its pictures as PNG and SVG, and one page that needs nothing else."""

from __future__ import annotations

import base64
import hashlib
import math
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from sim.about import BANNER, __version__
from sim.analysis.columns import in_group, name_of, short, unit_of
from sim.analysis.summary import DENOMINATORS
from sim.analysis.sweep_report import DEATHS, PER_SITE_YEAR, rate_unit, shortcomings
from sim.analysis.sweep_words import reference_of, sweep_words
from sim.files import read_text, without_links, writable_folder, write_whole
from sim.history.band import REFERENCE, about_sweep, nearly_shipped
from sim.outcome import COLUMNS, FN_LEVELS, GROUPS, OUTSIDE, Column
from sim.rng import replicate_seed
from sim.runs.totals import ALL_SITES, METRICS
from sim.scenario.build import build_world
from sim.scenario.schema import fields
from sim.sweep.result import SweepResult, read_sweep
from sim.view import pictures
from sim.view.markup import filled
from sim.view.pictures import Curve, Panel
from sim.view.report.figures import MOST_DOTS, OF, PAID, PROJECT_RATE, RATE, Figures
from sim.view.report.levers import Move, moves
from sim.view.report.parts import Part, Picture, Section, Table, Text, number, span, svg_uri, with_ends
from sim.view.report.words import (
    AGAIN_TEXT,
    COLUMNS_TEXT,
    COSTS_TEXT,
    DRAWS_TEXT,
    EXCEEDANCE_TEXT,
    FUNNEL_TEXT,
    LEVERS_TEXT,
    ODDS,
    PAIRED_TEXT,
    PAIRING,
    RATES_TEXT,
    SEEDS_TEXT,
    SHARES,
    SPLIT_HEAD,
    SPLIT_NOTE,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_ROWS = 2000  # of a table on the page; all are in its CSV
MOST_PRINTED = 24  # rows of a table on paper
MOST_SAID = 12  # sentences of a headline
MOST_PANELS = 6  # of the outcomes nearest to levers
MILLION = 1e-6
RATES = {name: metric.label for name, metric in METRICS.items()}
PROJECT_RATES = {
    f"project_incidents_{per}": rate_unit("project_incidents", per) for per in DENOMINATORS if per != "per_year"
}
SPENT = ("project_spent", "state_spent", "partner_spent")
ENDS = ("estimate", "low", "high")


def write_report(folder: Path, out: Path | None = None) -> list[Path]:
    """Write the report of a sweep's folder; returns the files, the page first.

    Parameters
    ----------
    folder : Path
        Of a sweep, as `sitesec sweep` made it, finished or not.
    out : Path, optional
        Where to; the folder `report` in it by default.

    Raises
    ------
    InputError
        If the folder is none of a sweep's, or nothing can be written, or only through a link out of the folder.
    """
    result = read_sweep(folder)
    report = _Report(result, writable_folder(out or without_links(Path(folder)) / "report"))
    content = report.page()
    page = report.out / "report.html"
    write_whole(page, content)
    return [page, *report.written]


class _Report:
    """The report in the making: what was written, and the parts of the page."""

    def __init__(self, result: SweepResult, out: Path) -> None:
        self.result, self.out, self.figures = result, out, Figures(result)
        self.written: list[Path] = []
        for name, lines in {**self.figures.tables, "failures": result.failures}.items():
            if lines:
                self.written.append(out / f"{name}.csv")
                write_whole(self.written[-1], pd.DataFrame(lines).to_csv(index=False, lineterminator="\n"))

    def page(self) -> str:
        """The page, as HTML."""
        sections = [self._run()]
        if self.figures.policies:
            parts = (
                self._answer,
                self._asked_for,
                self._differences,
                self._rates,
                self._draws,
                self._funnel,
                self._exceedance,
                self._costs,
                self._levers,
                self._columns,
            )
            sections = [*(section for part in parts if (section := part())), *sections]
        script = Path(__file__).with_name("tables.js").read_text(encoding="utf-8")
        return filled(
            Path(__file__).with_name("report.html"),
            banner=BANNER,
            file=self.result.file,
            headline=self._headline(),
            ran=self._ran(),
            shortcomings=shortcomings(self.result),
            sections=sections,
            script=Markup(script),
            script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii"),
            files=[path.name for path in self.written],
            version=__version__,
        )

    # what tables and pictures are made of

    @property
    def _ends(self) -> str:
        sampled = "Each figure is the mean over the draws, in brackets 5 to 95 % of the draws."
        return sampled if self.figures.sampled else "In brackets 95 % intervals."

    def _csv(self, name: str) -> str:
        return f"{name}_over_draws.csv" if self.figures.sampled else f"{name}.csv"

    def _cell(self, table: str, figure: str, way: Any = "expected counts", scale: float = 1.0) -> Callable[[str], str]:
        """What a table says of a policy: a figure with its ends."""
        return lambda name: with_ends(self.figures.line(table, name, figure, way), scale)

    def _by_policy(
        self, caption: str, columns: Mapping[str, Callable[[str], str]], name: str, policies: Sequence[str]
    ) -> Table:
        """One row per policy, the safest first; what is the same under all of them stands in the caption."""
        figures, shown = self.figures, [p for p in self.figures.by_safety if p in policies][:MOST_ROWS]
        cells = {words: [cell(p) for p in shown] for words, cell in columns.items()}
        same = [words for words, column in cells.items() if len(shown) > 1 and len({*column}) == 1]
        told = "; ".join(f"{words} {cells.pop(words)[0]}" for words in same)
        if told:
            caption = f"{caption} The same under all of them: {told}."
        rows = [[figures.marked(p), *row] for p, *row in zip(shown, *cells.values(), strict=True)]
        printed = frozenset(n for n, p in enumerate(shown) if len(shown) <= MOST_PRINTED or p in figures.essential)
        head, left = ["policy", *cells], len(policies) - len(rows)
        return Table(f"{caption} {self._ends}", head, rows, self._csv(name), left, printed)

    def _across(self, caption: str, stub: str, lines: Mapping[str, Callable[[str], str]], name: str) -> Table:
        """One row per figure, one column per policy."""
        beside = self.figures.beside
        rows = [[words, *(cell(policy) for policy in beside)] for words, cell in lines.items()]
        head = [stub, *map(self.figures.marked, beside)]
        return Table(f"{caption} {self._ends}{self.figures.which(beside)}", head, rows, self._csv(name))

    def _picture(self, figure: Figure, name: str, caption: str, note: str, shown: Sequence[str]) -> Picture:
        """A picture, written; it says itself where it shows only some policies."""
        which = self.figures.which(shown)
        files = pictures.save(figure, self.out / f"{name}.png", f"{note}{which}", pictures.KINDS)
        self.written += files
        return Picture(f"{caption}{which}", name, svg_uri(files[-1]))

    @property
    def _note(self) -> str:
        sampled = "Marks are means over the draws of uncertain parameters, bars hold 5 to 95 % of the draws."
        return sampled if self.figures.sampled else "Bars are 95 % intervals."

    # the sections

    @cached_property
    def _said(self) -> dict[str, Any]:
        """The sweep in words."""
        return sweep_words(self.result, self.figures.points, about_sweep(self.result))

    def _headline(self) -> list[str]:
        """What came of it; of a sweep with draws and many policies only the main ones."""
        if not self.figures.policies:
            return ["No run is there yet, so there is no figure."]
        lines = self._said["headline"]
        main = tuple(f"{name}: " for name in self.figures.chosen)
        return lines if len(lines) <= MOST_SAID else [line for line in lines if line.startswith(main)]

    def _ran(self) -> str:
        """What was run."""
        figures, file = self.figures, self.result.file
        count = self.result.tally.own.count
        replicates = "1 replicate" if count.max() == 1 else f"{span(int(count.min()), int(count.max()))} replicates"
        number = len({point.draw for point in self.result.points})
        draws = f", each under {number} draws of uncertain parameters" if file.sample else ""
        policies = "1 policy" if len(figures.policies) == 1 else f"{len(figures.policies)} policies"
        design = f"{policies}{draws}; {replicates} of {self._years} for each design point; root seed {file.seed}."
        return f"{design} {self._said['run']}" if figures.policies else design

    def _failures(self) -> Table | None:
        lines = self.result.failures
        head = ["point_id", "replicate", "seed", "origin", "type", "message"]
        rows = [[str(line[name]) for name in head] for line in lines[:MOST_ROWS]]
        return Table("Runs that failed.", head, rows, "failures.csv", len(lines) - len(rows)) if lines else None

    def _forest(self, table: str, caption: str) -> list[Picture]:
        """Every metric in a panel."""
        figures, less = self.figures, "difference to the reference,\n" if table == "differences" else ""
        names = [name for name in figures.dots if not less or figures.is_compared(name)]
        make = figures.split_panel if figures.sampled else figures.panel
        panels = [make(names, table, metric, less + words) for metric, words in RATES.items()]
        note = self._two_ranges(panels)
        note = f"{note}\n{figures.below_zero}".strip() if table == "rates" else note
        return self._dots(names, panels, table, caption, note)

    def _two_ranges(self, panels: Sequence[Panel]) -> str:
        """What the bars of a picture are."""
        if self.figures.sampled:
            return SPLIT_NOTE
        if all(panel.wide is None for panel in panels):
            return f"{self._note} {pictures.SIMULATED}\nOrange: the reference."
        return f"Thick bars: what the simulation leaves open, 95 %. Orange: the reference.\n{pictures.ASSUMED}"

    def _dots(self, names: Sequence[str], panels: Sequence[Panel], name: str, caption: str, note: str) -> list[Picture]:
        """A dot per policy in each panel that says something; no picture where none does."""
        telling = [panel for panel in panels if not panel.is_constant]
        if not telling:
            return []
        figure = pictures.forest(names, telling, self.figures.reference)
        return [self._picture(figure, name, caption, note, self.figures.dots)]

    def _answer(self) -> Section:
        """The picture for a board, under the headline that the page begins with."""
        figures, names = self.figures, self.figures.policies
        cost = figures.panel(names, "costs", "project_spent", "projects' spending, million USD a year", PAID)
        make = figures.split_panel if figures.sampled else figures.panel
        harm = make(names, "rates", PROJECT_RATE, "project incidents a year")
        called = self._called
        marked = names[0] if len(names) == 1 else figures.reference
        figure = pictures.board(names, cost.scaled(MILLION), harm, figures.cheapest, marked, called)
        caption = "Each dot is a policy: what it costs the projects, and the project incidents that it leaves."
        if figures.cheapest:
            caption += " Blue and joined: no other policy, and no mix of two, is both cheaper and safer."
        if figures.reference:
            caption += f" Orange: {'the' if called == 'reference' else 'today, the'} reference, {figures.reference}."
        picture = self._picture(figure, "board", caption, self._two_ranges([harm]), names)
        texts = [self._said["two_ranges"], self._said["closing"]]
        return Section("answer", "The answer", [text for text in texts if text], [picture])

    @property
    def _called(self) -> str:
        """The reference, in a word."""
        number = reference_of(self.result)
        is_today = number is not None and nearly_shipped(self.result.points[number].scenario) == REFERENCE
        return "today" if is_today else "reference"

    def _asked_for(self) -> Section | None:
        """The plots that the sweep file asks for."""
        file = self.result.file
        if not file.plots:
            return None
        cost = float(build_world(self.result.points[0].scenario).setting[0].project_cost)
        table = [row for row in self.figures.points if row["replicates"]]
        files = pictures.sweep_plots(file, table, cost / 100.0, self.out, pictures.KINDS)
        self.written += files
        drawn = {path.stem: svg_uri(path) for path in files if path.suffix == ".svg"}
        shown: list[Part] = [Picture(pictures.seen(file, plot), plot.name, drawn[plot.name]) for plot in file.plots]
        return Section("asked", "What each level does", [], shown)

    def _rates(self) -> Section:
        figures = self.figures
        columns = {f"{words} (expected counts)": self._cell("rates", name) for name, words in RATES.items()}
        columns |= {f"{words} (counted)": self._cell("rates", name, "counts") for name, words in RATES.items()}
        columns |= {f"{words} (expected counts)": self._cell("rates", name) for name, words in PROJECT_RATES.items()}
        columns["variance over mean of counted incidents (Poisson: 1)"] = self._cell(
            "rates", "incidents_variance_to_mean", "counts"
        )
        caption = "Expected incidents and foreign deaths per year, the safest policy at the top."
        parts: list[Part] = [
            *(replace(drawn, on_paper=False) for drawn in self._forest("rates", caption)),
            self._by_policy("Rates.", columns, "rates", figures.policies),
        ]
        return Section("rates", "Rates", [RATES_TEXT, *filter(None, [figures.below_zero])], parts)

    def _differences(self) -> Section | None:
        figures = self.figures
        compared = [name for name in figures.policies if figures.is_compared(name)]
        if not compared:
            return None
        columns = {f"{words} (expected counts)": self._cell("differences", name) for name, words in RATES.items()}
        if not figures.sampled:
            columns["incidents, ratio to the reference's"] = self._ratio
        columns |= {words: self._worth(key) for key, words in PAIRING.items()}
        caption = f"Differences to the reference, {figures.reference}."
        drawn = self._forest("differences", f"{caption} It is the dashed line; what lies to its left is safer.")
        table = self._by_policy(caption, columns, "differences", compared)
        return Section("differences", "Differences to the reference", [PAIRED_TEXT], [*drawn, table])

    def _ratio(self, name: str) -> str:
        line = self.figures.line("differences", name, RATE)
        ends = {"estimate": "ratio", "low": "ratio_low", "high": "ratio_high"}
        return with_ends({end: line.get(key, math.nan) for end, key in ends.items()})

    def _worth(self, key: str) -> Callable[[str], str]:
        return lambda name: number(self.figures.line("differences", name, RATE).get(key, math.nan))

    def _draws(self) -> Section | None:
        if not self.figures.sampled:
            return None
        tables = [self._split_table(metric, words) for metric, words in RATES.items()]
        paragraphs = [DRAWS_TEXT, *filter(None, [self.figures.below_zero])]
        return Section("draws", "What is not known about parameters", paragraphs, [*tables, self._drawn()])

    def _split_table(self, metric: str, words: str) -> Table:
        """Rates and differences of one metric, split."""
        lines = [self.figures.split(name, metric, gap) for name in self.figures.policies for gap in OF]
        rows = [[self.figures.marked(line["policy"]), line["of"], *_split_cells(line)] for line in lines if line]
        kept = rows[:MOST_ROWS]
        return Table(
            f"Over the draws: {words}, by expected counts.", list(SPLIT_HEAD), kept, "draws.csv", len(rows) - len(kept)
        )

    def _drawn(self) -> Table:
        """The parameters that were drawn, and over which values they went."""
        values: dict[str, list[Any]] = {}
        for point in {point.draw: point for point in self.result.points}.values():
            for path, value in point.drawn.items():
                values.setdefault(path, []).append(value)
        units = {row.path: row.unit for row in fields()}
        called = {row.path: f"{row.words.title} ({row.path})" for row in fields() if row.words.title}
        ends = (np.min, np.median, np.max)
        rows = [
            [called.get(path, path), units.get(path, "-"), *(number(float(end(mine))) for end in ends)]
            for path, mine in values.items()
        ]
        head = ["parameter", "unit", "least drawn", "median", "most"]
        caption = "What was drawn; the CSV has each draw's values."
        return Table(caption, head, rows, "points.csv", printed=frozenset())

    def _funnel(self) -> Section:
        figures, chosen, stages = self.figures, self.figures.chosen, in_group("funnel")
        values = {
            figures.marked(name): [self._three("funnel", stage.name, name, unit_of(stage)) for stage in stages]
            for name in chosen
        }
        figure = pictures.stages([stage.label for stage in stages], values, f"{ALL_SITES} (counted)")
        caption = "From opportunity to fatal incident: what happens how often a year."
        lines = {stage.label: self._cell("funnel", stage.name, unit_of(stage)) for stage in stages}
        shares = {words: self._cell("funnel_shares", name, "share", 100.0) for name, words in SHARES.items()}
        odds = {words: self._cell("funnel_shares", name, "odds ratio") for name, words in ODDS.items()}
        table = self._across("Stages of the funnel, counts per year at all sites.", "stage", lines, "funnel")
        parts: list[Part] = [
            self._picture(figure, "funnel", caption, self._note, chosen),
            replace(table, printed=frozenset()),  # on paper the picture says it
            self._across("Shares, in per cent.", "share, %", shares, "funnel_shares"),
            self._across("Odds ratios.", "odds ratio", odds, "funnel_shares"),
        ]
        return Section("funnel", "Attack funnel", [FUNNEL_TEXT], parts)

    def _exceedance(self) -> Section:
        often = {n: ("exceedance", f"incidents_with_{n}_or_more_deaths_per_year") for n in FN_LEVELS}
        likely = {n: ("replicate_deaths", "replicate_with_so_many") for n in DEATHS}
        one, all_ = "foreign deaths in one incident", f"foreign deaths in a replicate of {self._years}"
        panels = [
            Curve(f"N, {one} (log scale)", "incidents per year with N or more (log scale)", self._curves(often), True),
            Curve(f"N, {all_} (log scale)", "probability of N or more", self._curves(likely), False),
        ]
        shown = [
            "F-N curve: how often a year N or more die in one incident",
            f"how probable N or more {all_} are",
        ]
        telling = {
            words: panel
            for words, panel in zip(shown, panels, strict=True)
            if any(row[1] > 0 for rows in panel.policies.values() for row in rows)
        }
        at_once = {f"{n} or more": self._cell(*at, n) for n, at in often.items()}
        in_all = {f"{n} or more": self._cell(*at, n, 100.0) for n, at in likely.items()}
        parts: list[Part] = [
            *self._curved(telling),
            self._across(f"Incidents per year with N or more {one}.", "N, deaths", at_once, "exceedance"),
            self._across(f"Probability in per cent of N or more {all_}.", "N, deaths", in_all, "replicate_deaths"),
        ]
        return Section("exceedance", "Exceedance: how many die at once", [EXCEEDANCE_TEXT], parts)

    def _curved(self, panels: Mapping[str, Curve]) -> list[Picture]:
        """Curves by their captions; none where nobody died."""
        if not panels:
            return []
        figure, words = pictures.curves([*panels.values()]), "; right: ".join(panels)
        caption = f"{words[:1].upper()}{words[1:]}."
        return [self._picture(figure, "exceedance", caption, self._note, self.figures.chosen)]

    @property
    def _years(self) -> str:
        """Horizon of the design points, in words."""
        years = [point.scenario.run.horizon for point in self.result.points]
        return "1 year" if {*years} == {1} else f"{span(min(years), max(years))} years"

    def _curves(self, at: Mapping[int, tuple[str, str]]) -> dict[str, list[tuple[float, ...]]]:
        """Each chosen policy's rows of a curve."""
        return {
            self.figures.marked(name): [(n, *self._three(*key, name, n)) for n, key in at.items()]
            for name in self.figures.chosen
        }

    def _three(self, table: str, figure: str, name: str, way: Any) -> tuple[float, ...]:
        """A policy's estimate, low and high."""
        line = self.figures.line(table, name, figure, way)
        return tuple(line[end] for end in ENDS)

    def _costs(self) -> Section:
        figures, names = self.figures, self.figures.dots
        panels = [
            figures.panel(names, "costs", c.name, f"{c.label},\nmillion {unit_of(c)}", unit_of(c)).scaled(MILLION)
            for c in (COLUMNS[name] for name in SPENT)
        ]
        columns = {_paid(c): self._cell("costs", c.name, unit_of(c), MILLION) for c in in_group("costs")}
        budget = f"{COLUMNS['project_budget'].label}, million {PER_SITE_YEAR}"
        columns[budget] = self._cell("costs", "project_budget", PER_SITE_YEAR, MILLION)
        caption = (
            "What each policy costs those who pay, side by side and never added up; the safest policy at the top. A "
            "ledger that is the same under all of them isn't drawn."
        )
        parts: list[Part] = [
            *self._dots(names, panels, "costs", caption, f"{self._note} Orange: the reference."),
            self._by_policy("Costs by ledger.", columns, "costs", figures.policies),
        ]
        return Section("costs", "Costs", [COSTS_TEXT], parts)

    def _levers(self) -> Section | None:
        """Of each lever that departs from the reference by itself the outcome nearest to it."""
        figures = self.figures
        moved = [move for move in moves(self.result) if move.policy in figures.policies]
        if figures.reference is None or not moved:
            return None
        ours = [figures.reference]
        rows = []
        for (name, apart, column), group in groupby(moved, lambda move: (move.policy, move.apart, move.nearest)):
            cell = self._cell("columns", column.name, unit_of(column))
            rows.append([apart, "; ".join(move.words for move in group), _in_words(column), *map(cell, [*ours, name])])
        head = ["policy", "levers, from and to", "nearest outcome, per year", "under the reference", "under the policy"]
        caption = f"What each lever moves first, where the policy departs from the reference by itself. {self._ends}"
        printed = frozenset(range(min(len(rows), MOST_PRINTED)))
        table = Table(caption, head, rows[:MOST_ROWS], self._csv("columns"), max(0, len(rows) - MOST_ROWS), printed)
        return Section("levers", "What each lever moves first", [LEVERS_TEXT], [*self._first(moved), table])

    def _first(self, moved: Sequence[Move]) -> list[Picture]:
        """The outcomes nearest to most levers, each under the reference and the policies that move it."""
        assert self.figures.reference
        panels = []
        for column in dict.fromkeys(move.nearest for move in moved):
            apart = {move.policy: move.apart for move in moved if move.nearest == column}
            names = [self.figures.reference, *apart][:MOST_DOTS]
            panel = self.figures.panel(names, "columns", column.name, _in_words(column), unit_of(column))
            if not panel.is_constant:
                panels.append((["reference", *apart.values()][:MOST_DOTS], panel))
        kept = sorted(panels, key=lambda panel: -len(panel[0]))[:MOST_PANELS]
        if not kept:
            return []
        caption = (
            "The outcome nearest to each lever, under the reference (orange) and the policies that move that lever."
        )
        names = self.figures.policies
        return [self._picture(pictures.small(kept), "levers", caption, f"Per year. {self._note}", names)]

    def _columns(self) -> Section:
        """Everything that an outcome row counts, a table a group."""
        tables = [self._columns_of(group) for group in GROUPS]
        return Section("columns", "Every outcome", [COLUMNS_TEXT], [], tables)

    def _columns_of(self, group: str) -> Table:
        lines = {_in_words(c): self._cell("columns", c.name, unit_of(c)) for c in in_group(group)}
        return self._across(f"{group.capitalize()}.", "outcome", lines, "columns")

    def _run(self) -> Section:
        """What was run, with which versions and seeds, and how to run it again."""
        file, made, folder = self.result.file, self.result.store.provenance()["made"], self.result.folder
        seeds = ", ".join(str(replicate_seed(file.root_seed(0), n)) for n in range(3))
        paragraphs = [f"Root seed {file.root_seed(0)}. {SEEDS_TEXT} {seeds}.", _asked(self.result), AGAIN_TEXT]
        again = "The command that reproduces it, given where the sweep file is found under this name:"
        parts: list[Part] = [
            Text(again, made[-1]["command"]),
            Text("The command that writes this report:", f"sitesec report {shlex.quote(str(folder))}"),
            _commands(made),
        ]
        ran = Text("The sweep file as it was run, sweep.yaml in the folder:", read_text(folder / "sweep.yaml"))
        failures = self._failures()
        folded: list[Part] = [*([failures] if failures else []), self._points(), ran]
        return Section("run", "What was run, and how to run it again", paragraphs, parts, folded)

    def _points(self) -> Table:
        """The design, without what was drawn."""
        lines = self.figures.tables["points"]
        drawn = {path for point in self.result.points for path in point.drawn}
        head = [name for name in lines[0] if name not in drawn]
        rows = [[number(line[name]) for name in head] for line in lines[:MOST_ROWS]]
        words = [name.replace("_", " ") for name in head]
        return Table("Design points.", words, rows, "points.csv", len(lines) - len(rows))


def _in_words(column: Column) -> str:
    """A column's name and unit, under a text that says "per year"."""
    unit = short(unit_of(column))
    return name_of(column) if unit in ("", "-") else f"{name_of(column)}, {unit}"


def _paid(column: Column) -> str:
    """A cost in words, with a note where it stands in no ledger."""
    words = f"{column.label}, million {unit_of(column)}"
    return f"{OUTSIDE}: {words}" if column.ledger == OUTSIDE else words


def _split_cells(line: Mapping[str, Any]) -> list[str]:
    like = max(abs(line["mean"]), line["range_95"])
    mean = with_ends({"estimate": line["mean"], "low": line["mean_low"], "high": line["mean_high"]})
    spread = [number(line[name]) for name in ("sd_between_draws", "sd_monte_carlo")]
    cells = [str(line["draws"]), mean, *spread, f"{number(line['range_5'], like)} to {number(line['range_95'], like)}"]
    if "draws_better" not in line:
        return [*cells, "", ""]
    share = {end: line[f"share_better{rest}"] for end, rest in zip(ENDS, ("", "_low", "_high"), strict=True)}
    return [*cells, with_ends(share, 100.0), f"{line['draws_surely_better']} / {line['draws_surely_worse']}"]


def _asked(result: SweepResult) -> str:
    """Replicates or precision, as the file or the command asked for them."""
    wanted = result.file.precision
    if wanted is None:
        return f"Asked for: {result.file.replicates} replicates of each design point."
    width = f"{wanted.absolute:g} per year" if wanted.relative is None else f"{100 * wanted.relative:g} %"
    what = "rate" if wanted.of == "rate" else "difference to its reference"
    of = " of the reference's rate" if wanted.of == "difference" and wanted.relative is not None else ""
    return (
        f"Asked for: replicates until half the {100 * wanted.confidence:g} % interval of each point's {what} "
        f"({wanted.metric.replace('_', ' ')}, by expected counts) is at most {width}{of}; "
        f"from {wanted.minimum} to {wanted.maximum} replicates."
    )


def _commands(made: list[dict[str, Any]]) -> Table:
    """Every command that added to the folder, with the versions that it ran under."""
    versions = list(dict.fromkeys(name for entry in made for name in entry["versions"]))
    rows = [
        [entry["time"], entry["command"], *(str(entry["versions"].get(name, "-")) for name in versions)]
        for entry in made
    ]
    return Table("Commands that made the folder, and their versions.", ["time", "command", *versions], rows, "")
