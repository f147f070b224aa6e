"""The sweep file: base scenario, what varies, what is uncertain, how many replicates or how precise, what is drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePath
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from sim.errors import listed
from sim.outcome import OUTCOME
from sim.rng import replicate_seed
from sim.runs.totals import METRICS
from sim.scenario.fields import Problems, Section, fixed
from sim.scenario.load import as_read, lever_paths, read_model
from sim.scenario.paths import ByPath

Level = Mapping[str, Any]
Metric = Literal["incidents_per_year", "project_incidents_per_year", "deaths_foreign_per_year"]
REPLICATES = 100
ONE = "allowed in one place only"
LONGEST = 200  # bytes of a plot's file name without its ending
# Columns of the design table beside those that are named after axes and drawn paths.
COLUMNS = ("point_id", "number", "name", "draw", "point_json", "scenario_json", "warmup_json", "world_json")
# Those of the summary, whose other columns begin with a metric's name.
BESIDE_METRICS = ("replicates", "usd_per_site_year", "precise")


def _per_cent(value: Any) -> Any:
    """The number that "5%" stands for; anything else as it is."""
    text = value.strip() if isinstance(value, str) else ""
    try:
        return float(text.removesuffix("%")) / 100.0 if text.endswith("%") else value
    except ValueError:
        return value


_Written = float | Annotated[str, Field(pattern=r"^\s*[0-9.]+\s*%\s*$")]  # what editors let pass
Share = Annotated[float, BeforeValidator(_per_cent, json_schema_input_type=_Written)]


def _label(name: str) -> str:
    """A scenario by its path, without its ending."""
    path = PurePath(name)
    return str(path.with_suffix("") if path.suffix in (".yaml", ".yml") else path)


def _repeated(values: Iterable[Any]) -> list[Any]:
    """What stands there more than once."""
    return [value for value, times in Counter(values).items() if times > 1]


class Axis(Section):
    """One thing that varies: values of a key, named levels that set several keys, or whole scenarios."""

    label: str = Field(description="what stands at the axis, with its unit")
    key: str | None = Field(None, description="dotted path of the scenario")
    values: list[float] | None = Field(None, min_length=1, description="values of the key")
    levels: dict[str, ByPath] | None = Field(None, min_length=1, description="name: {path: value}")
    scenarios: list[str] | None = Field(None, min_length=1, description="files beside this one, or shipped names")

    def problems(self) -> Problems:
        """An axis has one way to say what varies."""
        ways = [way for way in (self.values, self.levels, self.scenarios) if way is not None]
        if len(ways) != 1 or (self.key is None) != (self.values is None):
            yield (), "allowed one of `key` and `values`, `levels`, or `scenarios`"
        for name, twice in (("values", self.values or ()), ("scenarios", map(_label, self.scenarios or ()))):
            yield from (((name,), f"read {again!r} twice, allowed once") for again in _repeated(twice))

    def files(self) -> dict[str, str]:
        """Label -> scenario as the file has it: its stem, or the whole path where another has the same stem."""
        names = self.scenarios or []
        stems = Counter(PurePath(name).stem for name in names)
        return {_label(name) if stems[stem := PurePath(name).stem] > 1 else stem: name for name in names}

    def settings(self) -> dict[Any, Level]:
        """Each level's label (a number or a name) and what it sets; a scenario sets nothing beside itself."""
        if self.scenarios is not None:
            return {label: {} for label in self.files()}
        if self.levels is not None:
            return dict(self.levels)
        # A whole number suits fields of either kind, 2.0 only those that needn't be whole.
        values = {value: int(value) if value.is_integer() else value for value in self.values or []}
        return {label: {str(self.key): value} for label, value in values.items()}


class Sample(Section):
    """Draws that each policy of the grids meets: levers over ranges, numbers from their priors, or rows of a table."""

    method: Literal["sobol", "latin hypercube"] = fixed("sobol", "-", None, "how the draws are spread")
    size: int = fixed(64, "draw", (1, 100_000), "number of draws")
    levers: dict[str, list[float]] = Field(default_factory=dict, description="path: [low, high], spread evenly")
    priors: list[str] = Field(default_factory=list, description="paths or sections with priors, or `all`")
    file: str = fixed("priors", "-", None, "file of priors, beside this one or shipped")
    table: str | None = Field(None, description="in place of all this: a CSV beside this file, a column per path")
    own_seeds: bool = fixed(False, "switch", None, "whether each draw has random numbers of its own")

    def problems(self) -> Problems:
        """There is something to draw, and ranges have two ends in order."""
        if self.table is not None and len(self.model_fields_set - {"own_seeds"}) > 1:
            yield ("table",), "allowed only by itself: its rows are the draws"
        if self.table is None and not self.levers and not self.priors:
            yield (), "allowed only with `levers`, `priors` or `table`: what is drawn"
        for path, ends in self.levers.items():
            if len(ends) != 2 or not ends[0] < ends[1]:
                yield ("levers", path), f"read {ends}, allowed two numbers in rising order"


class Precision(Section):
    """Run until the interval is as narrow as asked for: of each point's rate, or of its difference to the reference.

    The relative half-width is a share of the point's rate; for differences, which may be nought, of the reference's.
    """

    metric: Metric = fixed("incidents_per_year", "-", None, "what is to be known so well, by expected counts")
    of: Literal["rate", "difference"] = fixed("rate", "-", None, "of what: a rate, or its paired difference")
    relative: Share | None = fixed(None, "-", (0.001, 1), "half the interval's width, as a share")
    absolute: float | None = fixed(None, "-", (1e-6, 1e6), "half the interval's width, in the metric's unit")
    confidence: Share = fixed(0.95, "-", (0.5, 0.999), "of the interval")
    minimum: int = fixed(50, "replicate", (20, 1_000_000), "replicates before the first look")
    maximum: int = fixed(10_000, "replicate", (20, 10_000_000), "replicates at which a point ends in any case")

    def problems(self) -> Problems:
        """One width, and an order of the replicates."""
        if (self.relative is None) == (self.absolute is None):
            yield (), "allowed either `relative` or `absolute`"
        if self.maximum < self.minimum:
            yield ("maximum",), f"read {self.maximum}, allowed only minimum ({self.minimum}) or more"


class Plot(Section):
    """One picture of the sweep."""

    name: str = Field(description="file name without its ending")
    kind: Literal["lines", "spending"] = Field(description="against an axis, or against USD a site-year")
    metric: Metric = Field("incidents_per_year", description="the figure, by expected counts")
    of: Literal["rate", "difference"] = Field("rate", description="itself, or less the reference's, paired")
    x: str | None = Field(None, description="axis along x, for `lines`")
    lines: str = Field(description="axis with one line per level")
    panels: str | None = Field(None, description="axis with one panel per level, for `lines`")
    where: dict[str, Any] = Field(default_factory=dict, description="axis: level, to draw these points only")

    def problems(self) -> Problems:
        """Lines are drawn against something, and the picture stands in the sweep's folder, and nowhere else."""
        if self.kind == "lines" and self.x is None:
            yield ("x",), "missing key; needed is an axis for `lines`"
        sound = self.name.isprintable() and not {*self.name} & {*"/\\"} and 0 < len(self.name.encode()) <= LONGEST
        if not sound:
            allowed = f"allowed a file name of 1 to {LONGEST} bytes, printable, without / and \\"
            yield ("name",), f"read {self.name[:60]!r}, {allowed}"


class SweepFile(Section):
    """The whole sweep, checked as a whole."""

    name: str = Field(description="short name, for tables and pictures")
    description: str = Field("", description="what it asks, in a sentence")
    scenario: str = Field("baseline", description="base scenario, a file beside this one or a shipped name")
    set: ByPath = Field(default_factory=dict, description="path: value, for all points")
    seed: int = fixed(1, "-", (0, 2**63), "root seed")
    replicates: int = fixed(REPLICATES, "replicate", (1, 10_000_000), "replicates of each design point")
    precision: Precision | None = Field(None, description="in place of `replicates`")
    axes: dict[str, Axis] = Field(default_factory=dict, description="name: what varies along it")
    grids: list[list[str]] = Field(default_factory=list, description="lists of axes to cross; all axes by default")
    sample: Sample | None = Field(None, description="draws, crossed with the grids")
    reference: dict[str, Any] = Field(default_factory=dict, description="axis: level, of the policy to compare with")
    plots: list[Plot] = Field(default_factory=list, description="pictures, drawn once all points have run")

    def problems(self) -> Problems:
        """Names are those of axes and levels that are there, and the pieces fit together."""
        yield from self._unknown_axes()
        yield from self._unknown_levels()
        if self.precision is not None and "replicates" in self.model_fields_set:
            yield ("precision",), "allowed either `replicates` or `precision`"
        if self.precision is not None and self.precision.of == "difference" and not self.axes:
            yield ("precision", "of"), "read 'difference', allowed only with axes: differences are between policies"
        for name, axis in self.axes.items():
            if axis.scenarios is not None and any(name != other and self.axes[other].scenarios for other in self.axes):
                yield ("axes", name), "read a second axis of scenarios, allowed one"
        yield from self._taken_names()
        yield from self._hidden()

    def root_seed(self, draw: int | None) -> int:
        """Root seed of a draw's runs: the file's, or, where each draw has random numbers of its own, hashed from it."""
        if draw is None or self.sample is None or not self.sample.own_seeds:
            return self.seed
        return replicate_seed(self.seed, draw) >> 1  # a root seed has 63 bits

    def _taken_names(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Tables and pictures have one column, and one file, of a name."""
        taken, ours = {*COLUMNS, *OUTCOME.names, *BESIDE_METRICS}, [name.casefold() for name in self.axes]
        for n, name in enumerate(self.axes):
            if ours[n] in taken or ours[n].startswith(tuple(METRICS)) or ours[n] in ours[:n]:
                yield ("axes", name), "allowed any other name: tables have a column of that one"
            if "." in name or not name.strip():
                yield ("axes", name), "allowed a name without dots: columns with dots are drawn paths"
        for i, plot in enumerate(self.plots):
            if plot.name.casefold() in (other.name.casefold() for other in self.plots[:i]):
                yield ("plots", i, "name"), f"read {plot.name!r} again, allowed a name of its own: it names a file"
        for i, grid in enumerate(self.grids):
            yield from ((("grids", i), f"read {axis!r} twice, allowed once") for axis in _repeated(grid))

    def _hidden(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Values that no point, or not each point that is called by them, would have."""
        for grid in self.crossed:
            by = {axis: self._sets(axis) for axis in grid if axis in self.axes}
            for n, axis in enumerate(by):
                for other in [*by][:n]:
                    both = sorted(by[axis] & by[other])
                    yield from ((("axes", axis), f"sets {key}, and so does the axis {other}; {ONE}") for key in both)
        for key in self.set:
            if holder := self.holder(key):
                yield ("set", key), f"is set by the axis {holder} in every point; {ONE}"
        for at, path in self._drawn_by_name():
            if path in self.set:
                yield at, f"draws {path}, which `set` holds; {ONE}"
            if holder := self.holder(path):
                yield at, f"draws {path}, which the axis {holder} sets in every point; {ONE}"

    def _sets(self, axis: str) -> frozenset[str]:
        """Paths that any level of an axis sets."""
        return frozenset(path for level in self.axes[axis].settings().values() for path in level)

    def _drawn_by_name(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Paths that the sample names one by one, with their place in the file; sections give way without a word.

        A prior of a lever is about today, so that the warm-up has it whatever a policy sets.
        """
        if self.sample is not None:
            priors = enumerate(self.sample.priors)
            yield from ((("sample", "levers", path), path) for path in self.sample.levers)
            yield from ((("sample", "priors", n), path) for n, path in priors if path not in lever_paths())

    def holder(self, path: str) -> str | None:
        """The axis that sets a path in every point, where there is one."""
        for axis, entry in self.axes.items():
            everywhere = all(axis in grid for grid in self.crossed)
            if everywhere and all(path in level for level in entry.settings().values()):
                return axis
        return None

    def _unknown_axes(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        known = f"allowed an axis: {', '.join(self.axes)}"
        for i, grid in enumerate(self.grids):
            yield from ((("grids", i), f"read {axis!r}, {known}") for axis in grid if axis not in self.axes)
        crossed = [axis for axis in self.axes if any(axis in grid for grid in self.crossed)]
        known = f"allowed an axis of a grid: {', '.join(crossed)}"
        for i, plot in enumerate(self.plots):
            drawn = [axis for axis in (plot.x, plot.lines, plot.panels) if axis is not None]
            unknown = [axis for axis in (*drawn, *plot.where) if axis not in crossed]
            yield from ((("plots", i), f"read {axis!r}, {known}") for axis in unknown)
            if not unknown and not any({*drawn} <= {*grid} for grid in self.crossed):
                yield ("plots", i), f"read the axes {', '.join(drawn)}, allowed only axes that one grid crosses"
        yield from ((("reference", axis), known) for axis in self.reference if axis not in crossed)

    def _unknown_levels(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        read: dict[tuple[str | int, ...], Level] = {("reference",): self.reference}
        read |= {("plots", i, "where"): plot.where for i, plot in enumerate(self.plots)}
        for at, named in read.items():
            for axis, level in self._levels(named).items():
                levels = list(self.axes[axis].settings()) if axis in self.axes else [level]
                if level not in levels:
                    yield (*at, axis), f"read {level!r}, allowed one of {listed([*map(str, levels)])}"

    def _levels(self, named: Level) -> dict[str, Any]:
        """Axis: level, as the axis has it, whether a file names it by its text or by the value that this reads as."""
        return {axis: _meant(level, self.axes[axis]) if axis in self.axes else level for axis, level in named.items()}

    def with_levels(self) -> SweepFile:
        """The file with each level that it names as the level's axis has it."""
        plots = [plot.model_copy(update={"where": self._levels(plot.where)}) for plot in self.plots]
        return self.model_copy(update={"reference": self._levels(self.reference), "plots": plots})

    @property
    def crossed(self) -> list[list[str]]:
        """The grids: those written, or else one of all axes."""
        return self.grids or [list(self.axes)]


def _meant(read: Any, axis: Axis) -> Any:
    """The level of an axis that somebody means; what was read where there is none."""
    value, levels = as_read(read), list(axis.settings())
    alike = (level for level in levels if str(level) == str(read))
    same = (level for level in levels if (as_read(level), type(as_read(level)) is bool) == (value, type(value) is bool))
    return next(alike, next(same, read))


def load_sweep(path: str | Path) -> SweepFile:
    """Read and check a sweep file.

    Raises
    ------
    InputError
        With file, line, key, what was read and what is allowed.
    """
    return read_model(SweepFile, path).with_levels()


def with_overrides(file: SweepFile, replicates: int | None, seed: int | None) -> SweepFile:
    """The file with what a command says in its place; replicates stand in place of a precision too."""
    instead: dict[str, Any] = {} if seed is None else {"seed": seed}
    if replicates is not None:
        instead |= {"replicates": replicates, "precision": None}
    return file.model_copy(update=instead)
