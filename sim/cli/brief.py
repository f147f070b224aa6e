"""`sitesec brief`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.answers import give
from sim.cli.choose import Decision
from sim.cli.options import Json
from sim.terminal import say


def brief(
    file: Decision,
    as_json: Json = False,
    out: Annotated[Path | None, typer.Option("--out", help="Where to; results/decisions/NAME by default.")] = None,
) -> None:
    """Write one page for a board, from what `sitesec choose` has run: brief.html, its picture, all its figures.

    sitesec brief scenarios/decisions/policies.yaml
    """
    say(f"writing the brief of {file}")
    from sim.view.brief.write import print_brief, write_brief

    written, record = write_brief(file, Path("results") / "decisions" / file.stem, out)
    say(f"wrote {', '.join(map(str, written))}")
    give(record, lambda: print_brief(record), as_json)
