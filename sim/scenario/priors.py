"""Priors: a law for each number that nobody knows well, cut off at the schema's bounds."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import ConfigDict, create_model

from sim.errors import InputError
from sim.scenario.fields import Bounds, FieldRow, Problems, Section, fixed
from sim.scenario.load import find_file, read_model, read_yaml
from sim.scenario.schema import fields

LEAST_MASS = 0.5  # of a law inside the bounds: with less, the draws would have little to do with what is written
REAL, POSITIVE = (-1e12, 1e12), (1e-12, 1e12)
COUNT = (0.01, 1e6)  # of a beta: as if so many cases had been seen

LawName = Literal["uniform", "triangular", "normal", "halfnormal", "lognormal", "beta"]


def _number(description: str, bounds: Bounds = REAL) -> Any:
    """A parameter of a law, which the file must give."""
    return fixed(..., "-", bounds, description)


class Law(Section):
    """What all laws have: a name, and where their numbers come from."""

    law: LawName = fixed(..., "-", None, "name of the law")
    source: str = fixed("assumed", "-", None, "where its numbers come from")

    @property
    def exact(self) -> Any:
        """The law of SciPy, not cut off."""
        from scipy import stats  # slow to import, so only once a prior is wanted

        return self._of(stats)

    def _of(self, stats: Any) -> Any:
        raise NotImplementedError

    def __str__(self) -> str:
        numbers = self.model_dump(exclude={"law", "source"}).values()
        return f"{self.law}({', '.join(f'{number:.12g}' for number in numbers)})"


class Uniform(Law):
    """Any value between two alike."""

    law: Literal["uniform"]
    low: float = _number("lowest value")
    high: float = _number("highest value")

    def problems(self) -> Problems:
        """The ends are in order."""
        if not self.low < self.high:
            yield ("high",), f"read {self.high:g}, allowed only above low ({self.low:g})"

    def _of(self, stats: Any) -> Any:
        return stats.uniform(self.low, self.high - self.low)


class Triangular(Law):
    """Between two values, with a peak."""

    law: Literal["triangular"]
    low: float = _number("lowest value")
    mode: float = _number("likeliest value")
    high: float = _number("highest value")

    def problems(self) -> Problems:
        """The corners are in order and not all the same."""
        if not (self.low <= self.mode <= self.high and self.low < self.high):
            read = f"{self.low:g}, {self.mode:g}, {self.high:g}"
            yield (), f"read low, mode and high {read}, allowed only in rising order"

    def _of(self, stats: Any) -> Any:
        width = self.high - self.low
        return stats.triang((self.mode - self.low) / width, self.low, width)


class Normal(Law):
    """Around a value, to both sides."""

    law: Literal["normal"]
    mean: float = _number("mean")
    sd: float = _number("standard deviation", POSITIVE)

    def _of(self, stats: Any) -> Any:
        return stats.norm(self.mean, self.sd)


class HalfNormal(Law):
    """From 0 upwards, 0 being the likeliest."""

    law: Literal["halfnormal"]
    sd: float = _number("standard deviation of the normal law of which it is the upper half", POSITIVE)

    def _of(self, stats: Any) -> Any:
        return stats.halfnorm(scale=self.sd)


class LogNormal(Law):
    """Around a value by factors; scales that are above 0."""

    law: Literal["lognormal"]
    median: float = _number("median", POSITIVE)
    sigma: float = _number("standard deviation of the logarithm", (0.001, 5))

    def _of(self, stats: Any) -> Any:
        return stats.lognorm(self.sigma, scale=self.median)


class Beta(Law):
    """Between 0 and 1, as if a out of a + b cases had been seen."""

    law: Literal["beta"]
    a: float = _number("cases for", COUNT)
    b: float = _number("cases against", COUNT)

    def _of(self, stats: Any) -> Any:
        return stats.beta(self.a, self.b)


class _NoLaw(Law):
    """Checks an entry without a law that we know: the missing or wrong name is the error, not the numbers beside it."""

    model_config = ConfigDict(extra="allow")


LAWS: dict[Any, type[Law]] = {
    "uniform": Uniform,
    "triangular": Triangular,
    "normal": Normal,
    "halfnormal": HalfNormal,
    "lognormal": LogNormal,
    "beta": Beta,
}


@dataclass(frozen=True)
class Prior:
    """What is believed of one number of the scenario."""

    field: FieldRow
    form: Law

    @property
    def path(self) -> str:
        """Where the number stands in a scenario."""
        return self.field.path

    @property
    def law(self) -> str:
        """Name of the law."""
        return self.form.law

    @property
    def source(self) -> str:
        """Where the law's numbers come from."""
        return self.form.source

    def describe(self) -> str:
        """The law with its numbers, such as "lognormal(0.33, 0.5)"."""
        return str(self.form)

    def quantile(self, u: np.ndarray | float) -> np.ndarray:
        """Values below which the law, cut off at the schema's bounds, has given shares of its mass.

        Parameters
        ----------
        u : array of floats or float
            Shares, 0 to 1; a uniform draw gives a draw from the prior.

        Returns
        -------
        array
            Of the shape of `u`; int64 where the schema has a whole number (rounded), else float64.
        """
        shares = np.asarray(u, dtype=np.float64)
        if not np.all((shares >= 0) & (shares <= 1)):
            raise ValueError("shares u must lie between 0 and 1")
        below, upto = self._cut
        # The tails' rounding may lead a hair beyond the bounds.
        values = np.clip(self._exact.ppf(below + shares * (upto - below)), self.field.low, self.field.high)
        whole = self.field.type == "integer"
        return np.asarray(np.rint(values), dtype=np.int64) if whole else np.asarray(values)

    def share(self, values: np.ndarray | float) -> np.ndarray:
        """The inverse of `quantile`: shares of the cut-off law's mass below values.

        Parameters
        ----------
        values : array of floats or float
            Within the schema's bounds.

        Returns
        -------
        array
            Of the shape of `values`, 0 to 1; for a whole number the middle of the shares that are rounded to it.
        """
        below, upto = self._cut
        half = 0.5 if self.field.type == "integer" else 0.0
        ends = np.clip([np.asarray(values) - half, np.asarray(values) + half], self.field.low, self.field.high)
        return np.asarray(np.clip((self._exact.cdf(ends).mean(axis=0) - below) / (upto - below), 0.0, 1.0))

    def refusal(self) -> str:
        """Why the law does not suit the field, in a sentence; empty where it does."""
        low, high, unit = self.field.low, self.field.high, self.field.unit
        bounds = f"{low:g} to {high:g}" + ("" if unit == "-" else f" ({unit})")
        median, mass = self._exact.median(), self._cut[1] - self._cut[0]
        if not low <= median <= high:
            return f"read {self.form}, of median {median:g}, allowed only a median from {bounds}"
        if not mass >= LEAST_MASS:  # nor is it where the numbers are too odd for a mass
            return f"read {self.form}, {mass:.0%} of it from {bounds}, allowed only {LEAST_MASS:.0%} or more"
        return ""

    @cached_property
    def _exact(self) -> Any:
        return self.form.exact

    @cached_property
    def _cut(self) -> tuple[float, float]:
        """Mass below the lower bound, and up to the upper one."""
        return float(self._exact.cdf(self.field.low)), float(self._exact.cdf(self.field.high))


class _File(Section):
    """A file of priors; its keys, the paths, are made for each file."""

    def priors(self) -> dict[str, Prior]:
        """The laws with their fields."""
        rows = _rows()
        return {path: Prior(rows[path], law) for path, law in self}

    def problems(self) -> Problems:
        """Each law suits its field."""
        for path, prior in self.priors().items():
            if text := prior.refusal():
                yield (path,), text


def load_priors(source: str | Path = "priors") -> dict[str, Prior]:
    """Read a file of priors and check it against the schema.

    Parameters
    ----------
    source : str or Path
        A file, or the name of one that comes with the package.

    Returns
    -------
    dict
        Path -> prior, in the order of the file.

    Raises
    ------
    InputError
        With file, line, key, what was read and what is allowed.
    """
    path = find_file(source)
    if path is None:
        raise InputError(f"{source}: no such file, allowed a file of priors or the name of a shipped one (priors)")
    tree, places = read_yaml(path)
    for key in tree:
        if text := _unfit(key):
            raise InputError(f"{places[(key,)]}: {key}: {text}")
    # The same machinery as for scenarios then checks the laws: a section whose keys are the paths of this file.
    keys: dict[str, Any] = {key: (_law_of(entry), ...) for key, entry in tree.items()}
    return read_model(create_model("Priors", __base__=_File, **keys), path).priors()


@cache
def _rows() -> dict[str, FieldRow]:
    return {row.path: row for row in fields()}


def _law_of(entry: Any) -> type[Law]:
    """The section that checks an entry, by the law that it names."""
    name = entry.get("law") if isinstance(entry, dict) else None
    return LAWS.get(name, _NoLaw) if isinstance(name, str) else _NoLaw


def _unfit(path: str) -> str:
    """Why a path can't have a prior, in a sentence; empty where it can."""
    row = _rows().get(path)
    if row is None:
        close = _nearest(path)
        return "unknown path" + (f"; did you mean {close}?" if close else "")
    if row.type not in ("number", "integer"):
        return f"read a prior of a {row.type}, allowed only for numbers"
    if row.kind == "fixed":
        return "read a prior of what is fixed, allowed only for levers and uncertain numbers"
    return ""


def _nearest(path: str) -> str:
    """The path that may be meant: one with the same last word before one that looks alike."""
    known = [row.path for row in _rows().values() if row.type in ("number", "integer") and row.kind != "fixed"]
    same = [other for other in known if other.split(".")[-1] == path.split(".")[-1]]
    return next(iter(difflib.get_close_matches(path, same, 1, 0) + difflib.get_close_matches(path, known, 1)), "")
