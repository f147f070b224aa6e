"""Draws of a sweep: points of a low-discrepancy design in the unit cube, turned into values of levers and priors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import InputError
from sim.files import read_csv
from sim.scenario.fields import FieldRow
from sim.scenario.load import find_file
from sim.scenario.priors import Prior, load_priors
from sim.scenario.schema import fields
from sim.sweep.file import Sample
from sim.sweep.versions import original

MOST_REFUSED = 20  # draws looked at for each one wanted: with fewer accepted, priors and schema hardly meet
Quantile = Callable[[float], Any]


class Draw:
    """Values of one draw: `levers` hold from t = 0 on, `facts` in the warm-up too; `place`, its line of a table."""

    def __init__(self, levers: dict[str, Any], facts: dict[str, Any], place: str = "") -> None:
        self.levers, self.facts, self.place = levers, facts, place

    @property
    def values(self) -> dict[str, Any]:
        """All that is drawn, by path."""
        return self.levers | self.facts


def draws(sample: Sample, source: str | Path, seed: int) -> Iterator[Draw]:
    """Draws of a sample, one after the other, without end: the caller takes those that the schema accepts.

    Parameters
    ----------
    sample : Sample
    source : path
        The sweep's own file: its priors are looked up beside it.
    seed : int
        Root seed of the sweep: it scrambles the design.

    Notes
    -----
    Sobol points are the same however many are asked for, so a larger `size` keeps those that were there. A Latin
    hypercube is made for its size; each that follows it (where draws were refused) is a further one of that size.
    A table's rows are taken as they stand.
    """
    if sample.table is not None:
        yield from _rows(sample.table, source)
        return
    levers = _ranges(sample, str(source))
    priors = {path: prior for path, prior in _priors(sample, source).items() if path not in levers}
    for block in _unit_points(sample, len(levers) + len(priors), seed):
        spread = dict(zip([*levers, *priors], block.T, strict=True))
        ranged = {path: (low + spread[path] * (high - low)).tolist() for path, (low, high) in levers.items()}
        facts = {path: prior.quantile(spread[path]).tolist() for path, prior in priors.items()}
        for n in range(len(block)):
            yield Draw({p: values[n] for p, values in ranged.items()}, {p: values[n] for p, values in facts.items()})


def number_of_draws(sample: Sample, source: str | Path) -> int:
    """How many draws a sample has."""
    return sample.size if sample.table is None else len(_lines(sample.table, source)) - 1


def table_columns(table: str, source: str | Path) -> list[str]:
    """Paths that a table of draws has columns of."""
    return _lines(table, source)[0][1]


def _lines(name: str, source: str | Path) -> list[tuple[int, list[str]]]:
    """The lines of a table of draws, a CSV, with their numbers: its columns, then a draw each."""
    table = original(source).parent / name
    if not table.is_file():
        raise InputError(f"{source}: sample.table: read {table}, allowed the path of a CSV")
    lines = list(read_csv(table))
    if len(lines) < 2:
        raise InputError(f"{table}: read no row of values, allowed a line of paths and one or more below it")
    return lines


def _rows(name: str, source: str | Path) -> Iterator[Draw]:
    """Draws that stand in a CSV, a column per path."""
    known = {row.path: row for row in fields() if row.type in ("number", "integer") and row.kind != "fixed"}
    table, ((first, head), *lines) = original(source).parent / name, _lines(name, source)
    columns = [_field(path, known, f"{table}:{first}") for path in head]
    for number, cells in lines:
        place = f"{table}:{number}"
        yield Draw({}, _values(columns, cells, place), place)


def _values(columns: Sequence[FieldRow], cells: Sequence[str], place: str) -> dict[str, int | float]:
    """What stands in a line of a table of draws, by path."""
    if len(cells) != len(columns):
        raise InputError(f"{place}: read {len(cells)} values, allowed {len(columns)}, one for each column")
    return {field.path: _number(cell, field, place) for field, cell in zip(columns, cells, strict=True)}


def _field(path: str, known: Mapping[str, FieldRow], place: str) -> FieldRow:
    """The field that a column of a table of draws is about."""
    if path not in known:
        name = path or "a column without a name"
        raise InputError(f"{place}: {name}: unknown path, allowed that of a number (`sitesec levers --all`)")
    return known[path]


def _number(text: str, field: FieldRow, place: str) -> int | float:
    """A cell of a table of draws as its field wants it."""
    try:
        return int(text) if field.type == "integer" else float(text)
    except ValueError:
        raise InputError(f"{place}: {field.path}: read {text!r}, allowed only {field.type}s") from None


def _unit_points(sample: Sample, dimensions: int, seed: int) -> Iterator[np.ndarray]:
    """Points in the unit cube, in blocks of shape (points, dimensions)."""
    from scipy.stats import qmc  # slow to import, so only where something is sampled

    random = np.random.default_rng(seed)
    if sample.method == "sobol":
        sequence, count = qmc.Sobol(dimensions, rng=random), 1 << (sample.size - 1).bit_length()
        while True:
            yield sequence.random(count)
    while True:
        yield qmc.LatinHypercube(dimensions, rng=random).random(sample.size)


def _ranges(sample: Sample, place: str) -> Mapping[str, tuple[float, float]]:
    """Ends of each lever's range, inside its bounds."""
    known = {row.path: row for row in fields() if row.type == "number" and row.kind != "fixed"}
    found = {}
    for path, (low, high) in sample.levers.items():
        row = known.get(path)
        if row is None:
            raise InputError(f"{place}: sample.levers: read {path!r}, allowed the path of a number (`sitesec levers`)")
        if row.low is not None and row.high is not None and not row.low <= low < high <= row.high:
            read, allowed = f"{low:g} to {high:g}", f"{row.low:g} to {row.high:g}"
            raise InputError(f"{place}: sample.levers.{path}: read {read}, allowed {allowed}")
        found[path] = (low, high)
    return found


def _priors(sample: Sample, source: str | Path) -> dict[str, Prior]:
    """The priors that the sample names: by path, by section, or all."""
    if not sample.priors:
        return {}
    known = load_priors(find_file(sample.file, original(source).parent) or sample.file)
    chosen: dict[str, Prior] = {}
    for name in sample.priors:
        mine = {p: prior for p, prior in known.items() if name == "all" or f"{p}.".startswith(f"{name}.")}
        if not mine:
            raise InputError(
                f"{source}: sample.priors: read {name!r}, allowed `all`, or a path or section with a prior"
            )
        chosen |= mine
    return {path: prior for path, prior in known.items() if path in chosen}
