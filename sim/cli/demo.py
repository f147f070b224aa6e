"""`sitesec demo`."""

from __future__ import annotations

from sim.cli.answers import give
from sim.cli.options import Json, Out
from sim.files import writable_folder


def demo(as_json: Json = False, out: Out = None) -> None:
    """Answer in seconds, from what is shipped: what each policy changes, and how far the assumptions leave that open.

    sitesec demo
    """
    from sim.history.demo import closing, headline, table
    from sim.view.demo import print_demo

    folder = None if out is None else writable_folder(out)
    lines = table()
    summary = {"headline": headline(lines), "policies": lines, "closing": closing()}
    give(summary, lambda: print_demo(lines), as_json, folder, {"table.csv": lines})
