"""`sitesec record`."""

from __future__ import annotations

from sim.cli.answers import give
from sim.cli.options import Json, Out
from sim.files import writable_folder


def record(as_json: Json = False, out: Out = None) -> None:
    """Print the public record: its incidents, what their counts support, tallies that conflict, and what follows."""
    from sim.history.record import read_record
    from sim.history.report import report
    from sim.view.record import print_record

    found = read_record()
    folder = None if out is None else writable_folder(out)
    summary = report(found)
    tables = {"table.csv": summary["figures"], "tallies.csv": summary["tallies"]}
    give(summary, lambda: print_record(found), as_json, folder, tables)
