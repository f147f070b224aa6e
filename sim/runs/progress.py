"""A progress bar on stderr, on a terminal only."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from sim.terminal import console


class Bar:
    """Simulated years done of a total, with rate, time left and a note; this one, for where nobody looks, is blank."""

    visible = False

    def __call__(self, years: float) -> None:
        """So many more years are done."""

    def expect(self, years: float) -> None:
        """So many years are still to come."""

    def note(self, text: str) -> None:
        """What stands at the bar's end."""


class _Drawn(Bar):
    """The bar on a terminal."""

    visible = True

    def __init__(self, label: str, total: float) -> None:
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.completed:,.0f} of {task.total:,.0f} simulated years", markup=False),
            TextColumn("{task.fields[pace]}", markup=False),
            TimeRemainingColumn(),
            TextColumn("{task.fields[note]}", markup=False),
        )
        self.shown = Progress(*columns, console=console(stderr=True), transient=True)
        self.task = self.shown.add_task(label, total=total, pace="", note="")

    def __call__(self, years: float) -> None:
        self.shown.advance(self.task, years)
        speed = self.shown.tasks[0].speed
        self.shown.update(self.task, pace=f"{speed:,.0f} a second" if speed else "")

    def expect(self, years: float) -> None:
        self.shown.update(self.task, total=self.shown.tasks[0].completed + years)

    def note(self, text: str) -> None:
        self.shown.update(self.task, note=text)


@contextlib.contextmanager
def bar(label: str, total: float, quiet: bool = False) -> Iterator[Bar]:
    """Show simulated years done of a total."""
    if quiet or not console(stderr=True).is_terminal:
        yield Bar()
        return
    drawn = _Drawn(label, total)
    with drawn.shown:
        yield drawn
