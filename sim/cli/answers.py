"""A command's answer: written into a folder where one was asked for, then printed, as JSON or for reading."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sim.about import BANNER
from sim.files import write_whole
from sim.terminal import put, say

Rows = list[dict[str, Any]]


def give(
    summary: Mapping[str, Any],
    show: Callable[[], None],
    as_json: bool,
    folder: Path | None = None,
    tables: Mapping[str, Rows] | None = None,
) -> None:
    """Write an answer where there is a folder for it, then print it.

    Parameters
    ----------
    summary : mapping
        All of it, as JSON has it but for the banner.
    show : callable
        Prints it for reading.
    folder : Path, optional
        Where the summary goes as `summary.json`, and the tables.
    tables : mapping, optional
        Name of a CSV file -> its rows; one without rows is left out.
    """
    from sim.view.console import json_text

    text = json_text({**summary, "banner": BANNER})
    if folder is not None:
        _write(folder, text, tables or {})
    put((lambda: print(text)) if as_json else show)


def _write(folder: Path, text: str, tables: Mapping[str, Rows]) -> None:
    from sim.view.console import csv_text

    written = {name: csv_text(table) for name, table in tables.items() if table}
    for name, content in {"summary.json": text + "\n", **written}.items():
        write_whole(folder / name, content)
    say(f"wrote {' and '.join(str(folder / name) for name in ('summary.json', *written))}")
