"""What the assumptions leave open of a rate: its band over draws of what nobody knows.

Of shipped scenarios it stands in scenarios/record/band.csv: 5, 50 and 95 % over 512 draws of all uncertain numbers,
such as the public record does not contradict (experiments/00-band.yaml, eight years). Of a project of one's own it is
that of the draws which `sitesec calibrate` kept beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from sim.errors import InputError
from sim.history.cells import Cell, lines_of, one_of
from sim.rates import Interval
from sim.scenario.load import FOLDERS, load_scenario
from sim.scenario.schema import Run, Scenario

if TYPE_CHECKING:  # what is shipped is read without the engine
    from sim.analysis.tables import Rows
    from sim.sweep.result import SweepResult

FILE = next(path for folder in FOLDERS if (path := folder / "record" / "band.csv").parent.is_dir())
DRAWS, YEARS, BETWEEN = 512, 8, 0.9  # in experiments/00-band.yaml; what a band holds
REFERENCE, TODAY = "baseline", "today's policy"
NOT_THE_POLICY = {"name", "description", "extends", "run"}
Bands = Mapping[str, Interval]  # by column of the outcome, such as project_incidents
# What a sweep's point may have otherwise than a shipped policy and still be given its band.
NEARLY = "alike but for whether adherence is held, and how long hiring takes where nobody is checked"

_Number = Annotated[float, Cell(r"-?[0-9.]+(e-[0-9]+)?", "a number", float)]


class Line(NamedTuple):
    """A line of band.csv: figures a year."""

    scenario: Annotated[str, Cell(r"[a-z-]+", "a scenario's name")]
    figure: Annotated[str, Cell(r"[a-z_]+", "a column of the outcome")]
    of: Annotated[str, one_of("rate", "difference")]
    low: _Number
    middle: _Number
    high: _Number


def band_of(scenario: Scenario) -> Bands:
    """Of each figure of a shipped scenario what the assumptions leave open; nothing where it is changed, or an own one.

    Raises
    ------
    InputError
        If the shipped table can't be read.
    """
    return _bands("rate").get(scenario.name, {}) if is_shipped(scenario) else {}


def band_between(a: Scenario, b: Scenario) -> Bands:
    """The same of the difference b - a, where one of them is today's policy."""
    if not (is_shipped(a) and is_shipped(b)):
        return {}
    found = _bands("difference")
    if a.name == REFERENCE:
        return found.get(b.name, {})
    return {name: _negative(band) for name, band in found.get(a.name, {}).items()} if b.name == REFERENCE else {}


def reference_bands() -> Bands:
    """Of today's policy, as an example where there is none of one's own."""
    return _bands("rate")[REFERENCE]


def shipped_differences(figure: str) -> Bands:
    """A figure's difference to today's policy, of each shipped scenario that has one."""
    return {name: bands[figure] for name, bands in _bands("difference").items() if figure in bands}


def is_shipped(scenario: Scenario) -> bool:
    """Whether it is what the package has under its name, but for how long it is run."""
    if scenario.name not in _bands("rate"):
        return False
    try:
        ours = load_scenario(FILE.parents[1] / f"{scenario.name}.yaml")
    except InputError:
        return False
    return _content(ours) == _content(scenario) and _content(ours.warmup) == _content(scenario.warmup)


def nearly_shipped(scenario: Scenario) -> str | None:
    """Name of the shipped scenario that a sweep's point is, but for its run and NEARLY; None where it is none."""
    ours = _nearly_content(scenario)
    found = [name for name, content in _nearly().items() if content == ours]
    return scenario.name if scenario.name in found else next(iter(found), None)


@cache
def _nearly() -> dict[str, tuple[dict[str, Any], str]]:
    """Shipped scenarios that have bands."""
    return {name: _nearly_content(load_scenario(FILE.parents[1] / f"{name}.yaml")) for name in _bands("rate")}


def _nearly_content(scenario: Scenario) -> tuple[dict[str, Any], str]:
    tree, world = _content(scenario)
    del tree["policy"]["adherence"]["hold"]
    if tree["policy"]["screening"]["sensitivity"] == 0:
        del tree["policy"]["screening"]["delay"]
    return tree, world


def reference_band(result: SweepResult) -> Bands:
    """What the assumptions leave open of the rates of a sweep's reference, where that is nearly a shipped scenario."""
    number = int(result.tally.references[0])
    if number < 0 or result.points[number].draw is not None:
        return {}
    return _bands("rate").get(nearly_shipped(result.points[number].scenario) or "", {})


def with_bands(result: SweepResult, table: Rows) -> Rows:
    """A sweep's table with what the assumptions leave open, where a point is nearly a shipped scenario.

    Parameters
    ----------
    table : list of dict
        As `sim.analysis.tables.sweep_table` gives it.

    Returns
    -------
    list of dict
        With `NAME_least` and `NAME_most` beside each rate, and each difference to a reference that is today's policy.
    """
    names = [None if point.draw is not None else nearly_shipped(point.scenario) for point in result.points]
    against = [names[number] if number >= 0 else None for number in result.tally.references]
    return [row | _least_and_most(*who) for row, *who in zip(table, names, against, strict=True)]


def _least_and_most(name: str | None, against: str | None) -> dict[str, float]:
    from sim.runs.totals import METRICS

    known = {"": _bands("rate").get(name or "", {})}
    known["_difference"] = _bands("difference").get(name or "", {}) if against == REFERENCE else {}
    return {
        f"{metric}{of}_{end}": value
        for of, bands in known.items()
        for metric in METRICS
        if (band := bands.get(METRICS[metric].column))
        for end, value in (("least", band.low), ("most", band.high))
    }


def _content(scenario: Scenario) -> tuple[dict[str, Any], str]:
    return scenario.model_dump(exclude=NOT_THE_POLICY), scenario.world_file.text


@cache
def _bands(of: str) -> Mapping[str, dict[str, Interval]]:
    """Scenario -> figure -> its band."""
    found: dict[str, dict[str, Interval]] = {}
    for line in lines_of(FILE, Line):
        if line.of == of:
            band = Interval(line.middle, line.low, line.high, BETWEEN, "draws")
            found.setdefault(line.scenario, {})[line.figure] = band
    return found


def _negative(band: Interval) -> Interval:
    return Interval(-band.estimate, -band.high, -band.low, band.confidence, band.method)


def kept_band(source: str) -> Bands:
    """What a calibration kept beside a scenario leaves open of its project incidents; nothing where there is none.

    Parameters
    ----------
    source : str
        As `load_scenario` takes it.

    Raises
    ------
    InputError
        If what was calibrated can't be read.
    """
    folder = kept_folder(source)
    if folder is None:
        return {}
    import numpy as np

    from sim.sweep.parts import read_parquet

    rate = read_parquet(folder / "kept.parquet").column("rate").to_numpy()
    low, middle, high = np.quantile(rate, (0.05, 0.5, 0.95)).tolist()
    return {"project_incidents": Interval(middle, low, high, BETWEEN, f"{len(rate)} draws kept in {folder}")}


def kept_folder(source: str) -> Path | None:
    """The folder of a scenario's own calibration, where that has been made."""
    from sim.history.kept import default_folder

    try:
        folder = default_folder(source)
    except InputError:
        return None
    return folder if (folder / "kept.parquet").is_file() else None


def about_bands(bands: Bands, run: Run) -> str:
    """What the assumptions' bands of a rate are; where there are none, how far they may reach and how to get them."""
    main = bands.get("project_incidents")
    if main is None:
        example = reference_bands()["project_incidents"]
        return (
            "What nobody knows leaves far more open than the simulation: of today's policy in the corridor anything "
            f"from {example.low:.2g} to {example.high:.2g} project incidents a year (90 % of draws that the public "
            "record does not contradict). For what was run here nobody has worked it out: `sitesec calibrate` does, "
            "with a record of your own."
        )
    return (
        f"Simulation: 95 %, by how many replicates there are. Assumptions: {100 * main.confidence:.0f} % of "
        f"{_which(main)}, {_middle(main)}{_other_years(main, run)}."
    )


def _which(main: Interval) -> str:
    if main.method == "draws":
        return f"{DRAWS} draws of all uncertain numbers that the public record does not contradict"
    return f"the {main.method}"


def _middle(main: Interval) -> str:
    return f"with {main.estimate:.2g} project incidents a year in their middle; the scenario is one guess among them"


def _other_years(main: Interval, run: Run) -> str:
    if main.method != "draws" or (run.horizon == YEARS and run.start == "today"):
        return ""
    return f"; they have {YEARS} years from the warm-up's insiders, and what was run here is otherwise"


def about_sweep(result: SweepResult) -> str:
    """What the assumptions leave open of a sweep's reference, where that is nearly a shipped scenario."""
    reference = result.points[int(result.tally.references[0])].scenario
    bands = reference_band(result)
    if not bands:
        return about_bands({}, result.points[0].scenario.run)
    main, name = bands["project_incidents"], nearly_shipped(reference)
    alike = "" if is_shipped(reference) else f", of a policy {NEARLY}"
    return (
        f"What nobody knows leaves far more open than the simulation: of {TODAY if name == REFERENCE else name} "
        f"anything from {main.low:.2f} to {main.high:.2f} project incidents a year, {main.estimate:.2f} in the middle "
        f"({100 * main.confidence:.0f} % of {DRAWS} draws of all uncertain numbers that the public record does not "
        f"contradict; over {YEARS} years from the warm-up's insiders{alike})."
    )


def about_difference(bands: Bands, a: str, b: str) -> str:
    """What the assumptions' band of a difference is; where there is none, an example and how to get one.

    Parameters
    ----------
    a, b : str
        The two, as `load_scenario` takes them.
    """
    if bands:
        return (
            f"Simulation: 95 %, by how many replicates there are. Assumptions: 90 % of {DRAWS} draws of all uncertain "
            f"numbers that the public record does not contradict, both policies under each; over {YEARS} years."
        )
    folder = kept_folder(a) or kept_folder(b)
    first = "" if folder else f"`sitesec calibrate {a}` with a record of your own, and then "
    example = _bands("difference")["full-protocol"]["project_incidents"]
    return (
        "What nobody knows leaves far more open than the simulation: of full-protocol less baseline anything from "
        f"{example.low:.2f} to {example.high:.2f} project incidents a year (90 % of draws that the public record does "
        f"not contradict). For this pair nobody has worked it out: {first}`sitesec compare {a} {b} --draws "
        f"{folder or 'kept'}` would."
    )
