"""`sitesec record`."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.answers import give
from sim.cli.notices import end
from sim.cli.options import Json, Out
from sim.files import writable_folder

Count = Annotated[int | None, typer.Option("--incidents", help="Your own project's, in place of the public record.")]
Years = Annotated[float | None, typer.Option("--years", help="In how many years.")]


def record(incidents: Count = None, years: Years = None, as_json: Json = False, out: Out = None) -> None:
    """Say what a count of incidents supports: the public record's, or a project's own.

    sitesec record --incidents 2 --years 1
    """
    if (incidents is None) != (years is None):
        end(2, "--incidents and --years: read one of them, allowed both or neither")
    if incidents is not None and years is not None:
        _own(incidents, years, as_json, out)
        return
    from sim.history.record import read_record
    from sim.history.report import report
    from sim.view.record import print_record

    found = read_record()
    folder = None if out is None else writable_folder(out)
    summary = report(found)
    tables = {"table.csv": summary["figures"], "tallies.csv": summary["tallies"]}
    give(summary, lambda: print_record(found), as_json, folder, tables)


def _own(incidents: int, years: float, as_json: bool, out: Out) -> None:
    from sim.history.own import own, own_closing, own_headline, own_table
    from sim.view.record import print_own

    found = own(incidents, years)
    folder = None if out is None else writable_folder(out)
    table = own_table(found)
    summary = {**found._asdict(), "headline": own_headline(found), "figures": table, "closing": own_closing(found)}
    give(summary, lambda: print_own(found), as_json, folder, {"table.csv": table})
