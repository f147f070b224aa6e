"""`sitesec record`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.answers import give
from sim.cli.options import OWN_COLUMNS, Incidents, Json, Out, Since, Until, Years
from sim.cli.own import own_of
from sim.files import writable_folder

if TYPE_CHECKING:
    from sim.history.own import Own

Files = Annotated[list[Path] | None, typer.Argument(help=f"{OWN_COLUMNS} None: the public record.")]


def record(
    files: Files = None,
    incidents: Incidents = None,
    years: Years = None,
    since: Since = None,
    until: Until = None,
    as_json: Json = False,
    out: Out = None,
) -> None:
    """Say what a record of incidents supports: the public one, or a project's own.

    sitesec record incidents.csv --since 2023-01 --until 2025-12

    sitesec record --incidents 2 --years 1
    """
    own = own_of(files, incidents, years, since, until)
    if own is not None:
        _own(own, as_json, out)
        return
    from sim.history.record import read_record
    from sim.history.report import report
    from sim.view.record import print_record

    found = read_record()
    folder = None if out is None else writable_folder(out)
    summary = report(found)
    tables = {"table.csv": summary["figures"], "tallies.csv": summary["tallies"]}
    give(summary, lambda: print_record(found), as_json, folder, tables)


def _own(found: Own, as_json: bool, out: Out) -> None:
    from sim.history.own import own_closing, own_headline, own_table
    from sim.view.record import print_own

    folder = None if out is None else writable_folder(out)
    table = own_table(found)
    summary = {**found.as_dict(), "headline": own_headline(found), "figures": table, "closing": own_closing(found)}
    give(summary, lambda: print_own(found), as_json, folder, {"table.csv": table})
