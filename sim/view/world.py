"""A world on a terminal: headline, its sites, its jurisdictions, and what of it the model uses."""

from __future__ import annotations

from typing import Any

from sim.about import BANNER
from sim.describe.world import CLOSING, Described, headline, jurisdiction_table, site_table
from sim.terminal import console
from sim.view.console import print_paragraph, print_table

MOST = 25  # sites, where not all are asked for
WIDE = 110  # columns of a terminal in which one table of sites has it all
PEOPLE = {
    "site": "site",
    "jurisdiction": "jurisdiction",
    "foreign_staff": "foreign\nstaff",
    "local_staff": "local\nstaff",
    "trips_a_week": "trips\na week",
    "people_a_trip": "people\na trip",
}
ROADS = {
    "km_to_hub": "km to\nhub",
    "checkpoints": "check-\npoints",
    "routes": "routes",
    "km_to_town": "km to\ntown",
}  # columns of the table of sites, as they are headed
WAYS = (
    "Trips are round trips, people are those on one way of it. Km to the hub and checkpoints are those of the habitual "
    "route, one of so many; all km are by road."
)
TEAMS = (
    "Police teams are the special police's at t = 0, for escorts and patrols; what projects pay comes with the money."
)


def print_world(described: Described, everything: bool = False) -> None:
    """Print it all, in lines no wider than the terminal; the largest sites only, unless all are asked for."""
    print_paragraph(headline(described))
    print()
    sites = site_table(described)
    _print_sites(sites if everything else sites[:MOST])
    if len(sites) > MOST and not everything:
        print_paragraph(f"These {MOST} have the most foreign staff; {len(sites) - MOST:,} more sites with --all.")
    print_paragraph(WAYS)
    print()
    print_table(jurisdiction_table(described), "Jurisdictions", banner=False)
    print_paragraph(TEAMS)
    print()
    print_paragraph(CLOSING)
    print_paragraph(BANNER)


def _print_sites(sites: list[dict[str, Any]]) -> None:
    """One table, or where that is too wide one of people and one of roads."""
    site = {"site": PEOPLE["site"]}
    wide = console().width >= WIDE
    parts = {"Sites": PEOPLE | ROADS} if wide else {"Sites": PEOPLE, "Roads of the sites": site | ROADS}
    for title, heads in parts.items():
        print_table([{head: _shown(line[name]) for name, head in heads.items()} for line in sites], title, banner=False)


def _shown(value: Any) -> Any:
    """Thousands are set apart in fractional numbers only."""
    return float(value) if isinstance(value, int) else value
