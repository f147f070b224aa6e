"""What is said on stderr: what is being done, how fast it was, why it ended."""

from __future__ import annotations

import sys
from typing import NoReturn

from sim.runs.executors import cores
from sim.terminal import say


def say_speed(years: float, seconds: float, threads: int | None, *, compiled: bool = False) -> None:
    """Say how fast so many simulated years were.

    Parameters
    ----------
    threads : int, optional
        As it was asked for: all cores where it is None, none where it is 0.
    compiled : bool
        Whether the engine was compiled within that time, of which no pace can be told then.
    """
    used = cores() if threads is None else threads
    pace = years / seconds if seconds > 0 else 0.0
    shown = f"{years:,.0f}" if years >= 10 else f"{years:.2f}"
    share = f"{pace / used:,.0f} a thread on {used}" if used else "without threads"
    pace_shown = ", the compilation of the model included" if compiled else f": {pace:,.0f} a second, {share}"
    say(f"{shown} simulated years (warm-up included) in {seconds:.1f} s{pace_shown}")


def compiled_here() -> bool:
    """Whether this process has compiled the engine, and not loaded it as it was compiled before."""
    engine = sys.modules.get("sim.engine")
    made = {} if engine is None else vars(engine.advance)
    stats = getattr(made.get("dispatcher"), "stats", None)  # it is made when the engine is first called
    return stats is not None and bool(stats.cache_misses)


def end(code: int, sentence: str) -> NoReturn:
    """End with one sentence and an exit code: 1 the work failed, 2 the input was wrong."""
    say(f"error: {sentence}")
    sys.exit(code)
