"""Plots of a sweep, drawn anew only where those in its folder show something else: drawing takes a second or two."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sim.sources import sources_hash
from sim.sweep.file import SweepFile

PICTURES = Path(__file__).with_name("pictures.py")


def sweep_plots(file: SweepFile, table: list[dict[str, Any]], usd_of_one_percent: float, folder: Path) -> list[Path]:
    """Draw the plots that a sweep file asks for; returns the files that were written, none if all were up to date.

    Parameters
    ----------
    table, usd_of_one_percent
        As for `sim.view.pictures.sweep_plots`.

    Notes
    -----
    A picture says itself what it was made of: a hash of the file, the table, and the code that draws.
    """
    code = sources_hash(PICTURES), version("matplotlib")
    made_of = hashlib.sha256(repr((file.model_dump_json(), table, usd_of_one_percent, code)).encode()).hexdigest()
    if all(_is_made_of(made_of, folder / f"{plot.name}.png") for plot in file.plots):
        return []
    from sim.view import pictures

    return pictures.sweep_plots(file, table, usd_of_one_percent, folder, source=made_of)


def _is_made_of(made_of: str, picture: Path) -> bool:
    return picture.is_file() and made_of.encode() in picture.read_bytes()
