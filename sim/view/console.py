"""Tables on a terminal, in CSV and in JSON."""

from __future__ import annotations

import csv
import io
import math
import textwrap
from typing import TYPE_CHECKING, Any, Literal

from sim.about import BANNER

if TYPE_CHECKING:
    from rich.console import Console

Rows = list[dict[str, Any]]
WIDTH = 200  # columns, where the output goes elsewhere than to a terminal
WIDEST = 118  # columns of a paragraph


def csv_text(table: Rows) -> str:
    """A table as CSV."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(table[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)
    return text.getvalue()


def print_table(table: Rows, title: str, whole: tuple[str, ...] = (), *, banner: bool = True) -> None:
    """Print rows under their title with the banner below; cells of the columns in `whole` are never folded."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    below = BANNER if banner else None
    shown = Table(title=title, box=SIMPLE_HEAD, title_justify="left", caption=below, caption_justify="left")
    names = list(table[0])
    for name in names:
        side: Literal["left", "right"] = "left"
        if all(isinstance(row.get(name), int | float | None) for row in table):
            side = "right"
        shown.add_column(name.replace("_", " "), justify=side, overflow="fold", no_wrap=name in whole)
    for row in table:
        shown.add_row(*(_cell(row.get(name)) for name in names))
    console().print(shown)


def console() -> Console:
    """The terminal, or so many columns that no table folds; names are shown as they are."""
    from rich.console import Console

    console = Console(markup=False, emoji=False)
    return console if console.is_terminal else Console(markup=False, emoji=False, width=WIDTH)


def print_paragraph(text: str, indent: int = 0) -> None:
    """Print a paragraph in lines no wider than the terminal, all but the first one indented; none where it is empty."""
    if text:
        print(textwrap.fill(text, min(WIDEST, console().width), subsequent_indent=" " * indent))


def _cell(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return str(value)


def plain(value: Any) -> Any:
    """What JSON can hold: no NaN or infinity, no NumPy numbers."""
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
