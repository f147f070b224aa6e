"""What the notebooks share: sweeps through the store, key numbers with their intervals, figures, and where they go.

Three settings, for checks of the notebooks: SITESEC_SEED and SITESEC_REPLICATES stand in place of the root seed and the
replicates of all sweeps, SITESEC_OUT in place of this folder as the place of figures, results and stores.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from IPython.display import Image, Markdown, display
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import sim
from sim import rates
from sim.files import write_whole
from sim.runs.totals import Columns
from sim.sweep.parts import read_parquet
from sim.sweep.result import SweepResult
from sim.view import pictures
from sim.view.colours import COLOURS

HERE = Path(__file__).parent
SUMMARIES = HERE / "summaries"
KEPT = HERE.parent / "scenarios" / "decisions" / "kept.csv"  # draws of all uncertain numbers, a line each
Levels = Mapping[str, Any]


@dataclass(frozen=True)
class Band:
    """A figure over the non-implausible set: what is left open by not knowing the parameters.

    Attributes
    ----------
    median, low, high : float
        Of the draws' own means; low and high hold 90 % of them.
    below : float
        Share of the draws whose figure is below 1 (a ratio) or below 0 (a difference); nan for a rate.
    draws : int
    """

    median: float
    low: float
    high: float
    below: float
    draws: int

    def __str__(self) -> str:
        return f"{number(self.low)} to {number(self.high)}"


class Runs:
    """The replicates of a sweep, by the levels of its axes."""

    def __init__(self, result: SweepResult) -> None:
        self.result = result
        self.table = sim.replicates(result.rows)

    @cached_property
    def _numbers(self) -> dict[tuple, int]:
        """Number of each policy's point."""
        return {_key(point.levels): number for number, point in enumerate(self.result.points)}

    def of(self, levels: Levels) -> Columns:
        """All columns of one policy's replicates."""
        mine = self.table["point"] == self._numbers[_key(levels)]
        return {name: column[mine] for name, column in self.table.items()}

    def rate(self, column: str, levels: Levels, per: str = "years", scale: float = 1.0) -> rates.Interval:
        """A column's rate, by its expected counts where there are some: a year, or by another column times `scale`."""
        mine = self.of(levels)
        return rates.mean_rate(_expected(mine, column), mine[per] / scale)

    def ratio(self, column: str, a: Levels, b: Levels) -> rates.Interval:
        """Rate under policy b over rate under policy a, on the same random numbers."""
        one, other = self.of(a), self.of(b)
        return rates.rate_ratio(
            _expected(one, column), _expected(other, column), one["years"], exposure_b=other["years"]
        )

    def difference(self, column: str, a: Levels, b: Levels) -> rates.PairedDifference:
        """Rate a year under policy b minus that under policy a, on the same random numbers."""
        one, other = self.of(a), self.of(b)
        return rates.paired_difference(
            _expected(one, column), _expected(other, column), one["years"], exposure_b=other["years"]
        )

    def share(self, part: str, whole: str, levels: Levels) -> rates.Interval:
        """A part of a whole, both summed over replicates; its interval resamples replicates."""
        mine = self.of(levels)
        return rates.bootstrap_rate(mine[part], np.maximum(mine[whole], 1e-9))


class Book:
    """One notebook: its sweeps, key numbers and figures.

    Parameters
    ----------
    number : str
        Its number, two digits; sweep files, figures and results begin with it.
    question : str
        In one sentence, as experiments/README.md gives it.

    Attributes
    ----------
    seed : int
        Root seed of whatever a notebook draws.
    out : Path
        Where figures and results go.
    """

    def __init__(self, number: str, question: str) -> None:
        self.number, self.question, self._keys = number, question, list[dict[str, Any]]()
        self.out = Path(os.environ.get("SITESEC_OUT", HERE))
        self._stores = self.out / "stores" if "SITESEC_OUT" in os.environ else HERE.parent / "results" / "experiments"
        self.seed = int(os.environ.get("SITESEC_SEED", "1"))
        self._replicates = int(os.environ["SITESEC_REPLICATES"]) if "SITESEC_REPLICATES" in os.environ else None
        display(Markdown(f"*{sim.BANNER}*"))

    def sweep(self, name: str = "", where: Path = HERE) -> Runs:
        """Run NN-name.yaml of a folder, or take it from the store; `sitesec sweep` on the file does the same."""
        file = where / f"{self._called(name)}.yaml"
        return Runs(sim.run_sweep(file, self.store(name), replicates=self._replicates, seed=self.seed))

    def store(self, name: str = "") -> Path:
        """The folder of a sweep's runs, or of whatever else a notebook keeps; each root seed has its own."""
        return self._stores / (self._called(name) if self.seed == 1 else f"{self._called(name)}-seed-{self.seed}")

    def size(self, full: int, least: int) -> int:
        """How much of something a notebook does: the least of it where SITESEC_REPLICATES asks for a quick run."""
        return full if self._replicates is None else least

    def _called(self, name: str) -> str:
        return f"{self.number}-{name}" if name else self.number

    def key(self, name: str, figure: rates.Interval, unit: str, band: Band | None = None) -> None:
        """Note a key number with its Monte Carlo interval and, apart from it, its band over the parameters."""
        entry: dict[str, Any] = {"name": name, "unit": unit, **figure.as_dict()}
        if band is not None:
            entry["band"] = {"low": band.low, "median": band.median, "high": band.high, "below": band.below}
            entry["band"]["draws"] = band.draws
        self._keys.append({key: _plain(value) for key, value in entry.items()})

    def keys(self) -> pd.DataFrame:
        """The key numbers so far, for reading."""
        lines = []
        for entry in self._keys:
            band = entry.get("band")
            estimate, low, high = parts(*(_known(entry[end]) for end in ("estimate", "low", "high")))
            lines.append(
                {
                    "figure": entry["name"],
                    "unit": entry["unit"],
                    "estimate": estimate,
                    "95 % interval (Monte Carlo)": f"{low} to {high}",
                    "90 % band (parameters)": f"{number(band['low'])} to {number(band['high'])}" if band else "",
                }
            )
        return table(lines)

    def figure(self, figure: Figure, name: str, note: str = pictures.PAIRED) -> Image:
        """Save a figure with its note and the banner under it, and show it."""
        folder = self.out / "figures"
        folder.mkdir(parents=True, exist_ok=True)
        return Image(pictures.save(figure, folder / f"{self.number}-{name}.png", note)[0])

    def answer(self, text: str, rests_on: str) -> Markdown:
        """End: the answer, and what it rests on; both go to results/NN.json, with the key numbers.

        Parameters
        ----------
        text : str
            One or two sentences that a minister can read, figures by `said` or `rounded`.
        rests_on : str
            What carries it: signs imposed by assumption, identities, numbers that nobody has measured, costs that are
            not priced. It follows "Rests on".
        """
        folder = self.out / "results"
        folder.mkdir(parents=True, exist_ok=True)
        found = {"number": self.number, "question": self.question, "answer": text, "rests_on": rests_on}
        found |= {"model": sim.MODEL_VERSION, "root_seed": self.seed, "banner": sim.BANNER, "numbers": self._keys}
        write_whole(folder / f"{self.number}.json", json.dumps(found, indent=1, ensure_ascii=False) + "\n")
        return Markdown(f"**{text}**\n\nRests on {rests_on}")


def band(
    column: str, policy: str, against: str | None = None, how: str = "ratio", where: pd.Series | None = None
) -> Band:
    """A policy's figure over the non-implausible set (summaries/band.parquet; eight years, all policies on one set).

    Parameters
    ----------
    column : str
        Such as incidents, project_incidents, deaths_foreign: a year, by expected counts.
    policy, against : str
        Levels of experiments/00-band.yaml; without `against` it is the policy's own rate.
    how : str
        "ratio" or "difference", to the policy `against`.
    where : Series of bool, optional
        The draws that count, such as those of `drawn` with one sign; all by default.
    """
    stored = summary("band").pivot(index="draw", columns="policy", values=column)
    if where is not None:
        stored = stored[where]
    values, limit = stored[policy].to_numpy(np.float64), np.nan
    if against is not None:
        other = stored[against].to_numpy(np.float64)
        values, limit = (values / other, 1.0) if how == "ratio" else (values - other, 0.0)
    low, median, high = np.quantile(values, (0.05, 0.5, 0.95))
    below = float(np.mean(values < limit)) if against is not None else np.nan
    return Band(float(median), float(low), float(high), below, len(values))


def drawn(path: str) -> pd.Series:
    """An uncertain number's value in each draw of the bands."""
    return pd.read_csv(KEPT, usecols=[path])[path].loc[summary("band")["draw"].unique()]


def by_sign(axes: Axes, column: str, policy: str, path: str, harmful: int) -> None:
    """Plot a policy's ratio to today's in each draw by a number of either sign; grey is where its sign does harm.

    Parameters
    ----------
    harmful : int
        1 or -1: the sign that does harm.
    """
    stored = summary("band").pivot(index="draw", columns="policy", values=column)
    values, ratio = drawn(path), stored[policy] / stored["baseline"]
    for falls, colour, label in ((True, COLOURS[4], "fewer than today"), (False, COLOURS[3], "more than today")):
        chosen = (ratio < 1) == falls
        axes.scatter(values[chosen], ratio[chosen], s=9, color=colour, alpha=0.6, lw=0, label=label)
    low, high = axes.get_xlim()
    axes.axvspan(*((0, high) if harmful > 0 else (low, 0)), color="0.94", zorder=0)
    axes.set_xlim(low, high)
    axes.axhline(1, color="0.3", lw=0.8)
    axes.axvline(0, color="0.3", lw=0.8, ls=":")


@cache
def summary(name: str) -> pd.DataFrame:
    """A committed summary of a long sweep; summaries/README.md has the command and the time that made it."""
    return read_parquet(SUMMARIES / f"{name}.parquet").to_pandas()


def table(lines: Sequence[Mapping[str, Any]] | pd.DataFrame) -> Any:
    """A table as the notebooks show it: no index, text to the left."""
    frame = lines if isinstance(lines, pd.DataFrame) else pd.DataFrame(lines)
    look = [{"selector": "th, td", "props": "text-align: left; vertical-align: top"}]
    return frame.style.hide(axis="index").set_table_styles(look)


def shown(figure: rates.Interval) -> str:
    """An estimate with its interval, to the digits that its width leaves standing, such as 1.46 (1.44 to 1.48)."""
    estimate, low, high = parts(figure.estimate, figure.low, figure.high)
    return f"{estimate} ({low} to {high})"


def rounded(value: float) -> str:
    """Two digits that count, which is what the assumptions let stand; small changes to a hundredth."""
    if not np.isfinite(value):
        return "unknown" if np.isnan(value) else "unbounded"
    digits = 0 if abs(value) >= 9.95 else 1 if abs(value) >= 0.995 else 2
    return f"{float(f'{value:.2g}'):,.0f}" if digits == 0 else f"{round(value, digits) + 0.0:.{digits}f}"


def said(estimate: float, band: Band) -> str:
    """A figure with its band, as an answer gives it, such as 2.1 (0.93 to 4.0)."""
    return f"{rounded(estimate)} ({rounded(band.low)} to {rounded(band.high)})"


def parts(estimate: float, low: float, high: float) -> list[str]:
    """The three as text: one digit of half the width, or two where the first of them is a 1, 2 or 3."""
    half = (high - low) / 2
    if not (np.isfinite([estimate, low, high]).all() and half > 0):
        return [number(value) for value in (estimate, low, high)]
    first = int(np.ceil(-np.log10(half)))
    digits = max(0, first + (half * 10**first < 3.5))
    return [f"{value:,.{digits}f}" for value in (estimate, low, high)]


def number(value: float) -> str:
    """Three digits that count, thousands apart."""
    if not np.isfinite(value):
        return "unknown" if np.isnan(value) else "unbounded"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _key(levels: Levels) -> tuple:
    return tuple(sorted(levels.items()))


def _expected(table: Columns, column: str) -> np.ndarray:
    """A column's expected counts where the rows have them, else the column."""
    return table.get(f"expected_{column}", table[column])


def _known(value: float | None) -> float:
    return np.nan if value is None else value


def _plain(value: Any) -> Any:
    """JSON has no nan."""
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    return None if isinstance(value, float) and not np.isfinite(value) else value
