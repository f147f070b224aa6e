"""`sitesec diff`."""

from __future__ import annotations

from dataclasses import asdict

import typer

from sim.cli.answers import give
from sim.cli.options import Folder, Json

CLOSING = "What this doesn't know: whether either is right; rows that are the same come from the same rules and seeds."


def diff(a: Folder, b: Folder, as_json: Json = False) -> None:
    """Say whether two sweeps hold the same rows, to the last bit: exit code 0 if so, else 1.

    sitesec diff results/here results/there
    """
    from sim.sweep.diff import diff as compared
    from sim.view.console import print_paragraph

    found = compared(a, b)

    def show() -> None:
        for sentence in found.sentences(a, b):
            print_paragraph(sentence, 2)
        print()
        print_paragraph(CLOSING)

    give({**asdict(found), "same": found.same}, show, as_json)
    raise typer.Exit(0 if found.same else 1)
