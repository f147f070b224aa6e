"""A progress bar on stderr, on a terminal only."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from sim.sweep.run import Progress as Report


@contextlib.contextmanager
def bar(label: str, total: float, quiet: bool = False) -> Iterator[Report]:
    """Show simulated years done of a total, with rate and time left."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f} of {task.total:,.0f} simulated years"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as shown:
        task = shown.add_task(label, total=total)
        yield lambda years: shown.advance(task, years)
