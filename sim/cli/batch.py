"""A batch: what is asked of every command that runs replicates of scenarios and answers from their rows."""

from __future__ import annotations

import functools
import inspect
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_type_hints

from sim.cli.notices import say_speed
from sim.cli.options import Json, Out, Quiet, Reps, Seed, Sets, Threads, at_least, by_path
from sim.files import writable_folder
from sim.terminal import say

if TYPE_CHECKING:
    import numpy as np

    from sim.scenario.schema import Scenario

MANY_SITES = 50  # building a world of so many takes about half a second
Command = Callable[..., None]


@dataclass(frozen=True)
class Batch:
    """Replicates of scenarios on the same random numbers, and where the answer goes; an option per field."""

    reps: Reps
    seed: Seed = 1
    sets: Sets = None
    as_json: Json = False
    out: Out = None
    threads: Threads = None
    quiet: Quiet = False

    def __post_init__(self) -> None:
        at_least(1, self.reps, "--reps")
        at_least(0, self.seed, "--seed")
        at_least(0, self.threads, "--threads")

    def scenario(self, source: str) -> Scenario:
        """Read a scenario with the --set options laid over it; say what its answer should be read with."""
        from sim.scenario.load import load_scenario
        from sim.scenario.schema import GAIN_TO_WARN

        checked = load_scenario(source, by_path(self.sets))
        gain = checked.loop_gain
        if gain > GAIN_TO_WARN:
            say(f"warning: {checked.name}: community: loop gain {gain:.2f}, above {GAIN_TO_WARN:g}")
        _say_exposure(checked)
        return checked

    def folder(self) -> Path | None:
        """The folder that was asked for, made before anything is run."""
        return None if self.out is None else writable_folder(self.out)

    def say(self, text: str) -> None:
        """Say what is being done."""
        say(text, self.quiet)

    def rows(self, scenarios: Sequence[Scenario], first: int = 0) -> np.ndarray:
        """Outcome rows from a first replicate on, run with a progress bar; then a line says how fast it was."""
        from sim.runs.progress import bar
        from sim.runs.simulate import simulate
        from sim.runs.worker import compile_engine

        sites = max(len(scenario.world_file.sites) for scenario in scenarios)
        if sites >= MANY_SITES:
            self.say(f"building a world of {sites:,} sites")
        compile_engine(scenarios[0])
        years = self.reps * (sum(s.run.horizon for s in scenarios) + scenarios[0].run.warmup)
        began = time.perf_counter()
        with bar(" and ".join(s.name for s in scenarios), years, self.quiet) as progress:
            rows = simulate(scenarios, self.reps, self.seed, first=first, threads=self.threads, progress=progress)
        say_speed(years, time.perf_counter() - began, self.threads)
        return rows


def with_batch(reps: int) -> Callable[[Command], Command]:
    """Give a command an option for each field of a `Batch`, in place of its parameter `batch`.

    Parameters
    ----------
    reps : int
        Replicates where none are asked for.
    """
    types = get_type_hints(Batch, include_extras=True)
    options = [
        inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=reps if field.name == "reps" else field.default,
            annotation=types[field.name],
        )
        for field in fields(Batch)
    ]

    def unfold(command: Command) -> Command:
        @functools.wraps(command)
        def unfolded(**values: Any) -> None:
            batch = Batch(**{option.name: values.pop(option.name) for option in options})
            command(**values, batch=batch)

        given = inspect.signature(command, eval_str=True)
        own = [parameter for name, parameter in given.parameters.items() if name != "batch"]
        unfolded.__signature__ = given.replace(parameters=[*own, *options])  # type: ignore[attr-defined]
        return unfolded

    return unfold


def _say_exposure(scenario: Scenario) -> None:
    """Warn where a scenario exposes much less or more than the world to which the threat was tuned."""
    from sim.history.exposed import far_off

    if ratios := far_off(scenario):
        found = " and ".join(f"{ratio:,.{2 if ratio < 1 else 0}f} times the {what}" for what, ratio in ratios.items())
        say(
            f"warning: {scenario.name}: {found} of the corridor, to which the threat was tuned. Rates grow with "
            f"exposure to the power threat.nest ({scenario.threat.nest:g}), which no record tells: vary it from 0.1 to "
            "1, or calibrate on your own record."
        )
