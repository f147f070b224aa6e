"""The first answer on a terminal."""

from __future__ import annotations

from typing import Any

from sim.history.demo import closing, headline
from sim.view.console import print_paragraph, print_table

WIDE, MOST = 21, 1.25  # characters of a bar, and the change at its ends


def print_demo(lines: list[dict[str, Any]]) -> None:
    """Print headline, policies with a bar each, and where it is from."""
    print_paragraph(headline(lines))
    print()
    shown = [
        {
            "policy": line["policy"],
            "middle": f"{line['middle']:+z.2f}",
            "nine draws of ten": f"{line['low']:+z.2f} to {line['high']:+z.2f}",
            "fewer   0   more": _bar(line),
        }
        for line in lines
    ]
    title = "Project incidents a year, less today's"
    print_table(shown, title, ("policy", "middle", "nine draws of ten", "fewer   0   more"))
    print_paragraph(closing())


def _bar(line: dict[str, Any]) -> str:
    """The range as dashes, its middle as an o, 0 as a bar where neither is."""
    at = [_place(line[key]) for key in ("low", "middle", "high")]
    cells = ["-" if at[0] <= k <= at[2] else "|" if k == _place(0.0) else " " for k in range(WIDE)]
    cells[at[1]] = "o"
    return "".join(cells)


def _place(value: float) -> int:
    share = (value + MOST) / (2 * MOST)
    return round(min(1.0, max(0.0, share)) * (WIDE - 1))
