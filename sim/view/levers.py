"""Levers on a terminal: the list under headings, and those that a word finds in full."""

from __future__ import annotations

from collections.abc import Sequence

from sim.about import BANNER
from sim.describe.levers import SIGNS, card, listing, narrow_table, wide_table
from sim.describe.search import headings
from sim.scenario.fields import FieldRow
from sim.terminal import console
from sim.view.console import Rows, print_paragraph, print_table

LEAST_WIDE = 160  # columns of a terminal in which the table of everything has a column for everything
WIDE = 120  # columns in which a lever of the list takes one line
FIND = "`sitesec levers WORD` explains those about a subject, as in `sitesec levers cctv`"
WRITTEN = "Where this shows percent, files and --set take shares: 80 % is 0.8, as in --set policy.adherence.level=0.8."
CLOSING = (
    "What may be set is no advice, and this list doesn't say whether a lever averts anything: `sitesec compare` does, "
    "with what isn't known about it. Defaults are today's practice in the shipped baseline; a project file has its own."
)


def print_levers() -> None:
    """Print every lever under its heading: title, default and bounds as one says them, key."""
    groups = headings()
    count = sum(len(rows) for _, rows in groups)
    print_paragraph(
        f"{count} levers under {len(groups)} headings, the main ones first. {FIND}; `--all` has every value."
    )
    print()
    wide = console().width >= WIDE
    print_table(listing(wide), "what a policy can vary", ("lever", "key") if wide else ("lever",))
    print()
    print_paragraph(f"{WRITTEN} {CLOSING}")


def print_found(rows: Sequence[FieldRow], words: Sequence[str]) -> None:
    """Print levers in full, the likeliest first."""
    count = f"{len(rows)} lever{'s' if len(rows) > 1 else ''}"
    print_paragraph(f"{count} found by {' '.join(words)!r}, the likeliest first.")
    for row in rows:
        print()
        title, *lines = card(row)
        print_paragraph(title)
        for line in lines:
            print_paragraph(f"  {line}", 2)
    print()
    print_paragraph(f"{WRITTEN} {SIGNS}")
    print_paragraph(BANNER)


def print_everything(entries: Rows) -> None:
    """Print values of a scenario with all that the schema says of each."""
    table = narrow_table(entries) if console().width < LEAST_WIDE else wide_table(entries)
    print_table(table, "values of a scenario", whole=("key", "unit", "default", "nearest outcome", "direction"))
    print_paragraph(SIGNS)
