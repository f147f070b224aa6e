"""`sitesec report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import Folder
from sim.terminal import say


def report(
    folder: Folder, out: Annotated[Path | None, typer.Option("--out", help="DIR/report by default.")] = None
) -> None:
    """Write a sweep's tables (CSV), plots (PNG, SVG) and one self-contained page (HTML).

    sitesec report results/named-policies
    """
    say(f"writing the report of {folder}")
    from sim.view.report.write import write_report

    for path in write_report(folder, out):
        say(f"wrote {path}")
