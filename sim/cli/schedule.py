"""`sitesec schedule`."""

from __future__ import annotations

from sim.terminal import put


def schedule() -> None:
    """Print what happens in a day and in a tick, in order.

    sitesec schedule
    """
    from sim.describe.schedule import schedule_lines

    put(lambda: print("\n".join(schedule_lines())))
