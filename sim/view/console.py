"""Tables on a terminal, in CSV and in JSON."""

from __future__ import annotations

import csv
import io
import json
import math
import textwrap
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from sim.about import BANNER
from sim.terminal import console

if TYPE_CHECKING:
    from rich.table import Table

Rows = list[dict[str, Any]]
Number = int | float | Decimal
WIDEST = 118  # columns of a paragraph
NARROWEST = 16  # columns that a word may be folded to
BESIDE = 3  # columns between two of a table's columns


# For reading.


def print_table(table: Rows, title: str, whole: tuple[str, ...] = (), *, banner: bool = True) -> None:
    """Print rows under their title with the banner below; where they are too wide, each as lines of `name: value`.

    Parameters
    ----------
    whole : names of columns
        Their cells are never folded, as those of numbers never are.
    """
    cells = {name: [_cell(row.get(name)) for row in table] for name in table[0]}
    numbers = {name for name in cells if all(isinstance(row.get(name), Number | None) for row in table)}
    least = {name: _least(name, lines, name in numbers or name in whole) for name, lines in cells.items()}
    room = console().width - BESIDE * len(cells) - 1
    print_paragraph(title)
    if sum(least.values()) > room:
        _print_lines(cells, len(table))
    else:
        most = {name: max(least[name], _widest(name, *lines)) for name, lines in cells.items()}
        console().print(_laid_out(cells, numbers, _widths(least, most, room)))
    print_paragraph(BANNER if banner else "")


def _least(name: str, lines: list[str], whole: bool) -> int:
    """Columns without which a table's column can't be read: of its lines if they are whole, else of its words."""
    words = name.replace("_", " ").split()
    if whole:
        return _widest(*lines, *words)
    return min(NARROWEST, _widest(*words, *(word for line in lines for word in line.split())))


def _widest(*texts: str) -> int:
    """Columns of the longest line."""
    from rich.cells import cell_len

    return max((cell_len(line) for text in texts for line in text.split("\n")), default=0)


def _widths(least: Mapping[str, int], most: Mapping[str, int], room: int) -> dict[str, int]:
    """Columns for each of a table's columns: what it needs at least, and of the rest the narrowest get first."""
    widths = dict(least)
    while sum(widths.values()) < room and (wanting := [name for name in widths if widths[name] < most[name]]):
        widths[min(wanting, key=widths.__getitem__)] += 1
    return widths


def _laid_out(cells: Mapping[str, list[str]], numbers: set[str], widths: Mapping[str, int]) -> Table:
    """A table, with its words folded where it would be too wide."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    shown = Table(box=SIMPLE_HEAD)
    for name in cells:
        side: Literal["left", "right"] = "right" if name in numbers else "left"
        shown.add_column(name.replace("_", " "), justify=side, overflow="fold", width=widths[name])
    for row in zip(*cells.values(), strict=True):
        shown.add_row(*row)
    return shown


def _print_lines(cells: Mapping[str, list[str]], count: int) -> None:
    """Rows one after the other, a line per column."""
    fill = _filler(4)
    for row in range(count):
        print()
        for name, lines in cells.items():
            print(fill(f"{name.replace('_', ' ')}: {lines[row]}"))
    print()


def print_paragraph(text: str, indent: int = 0) -> None:
    """Print a paragraph in lines no wider than the terminal, all but the first one indented; none where it is empty."""
    if text:
        print(_filler(indent)(text))


def _filler(indent: int) -> Callable[[str], str]:
    return textwrap.TextWrapper(min(WIDEST, console().width), subsequent_indent=" " * indent).fill


def _cell(value: Any) -> str:
    value = value if isinstance(value, float) else plain(value)
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return _text(value)


# For other programs.


def csv_text(table: Rows) -> str:
    """A table as CSV."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(table[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _csv_cell(value) for name, value in row.items()} for row in table)
    return text.getvalue()


def _csv_cell(value: Any) -> Any:
    found = value if isinstance(value, float) else plain(value)
    return found if isinstance(found, float | None) else _text(found)


def json_text(tree: Mapping[str, Any]) -> str:
    """An answer as JSON, whatever it holds."""
    return json.dumps(plain(tree), indent=2, allow_nan=False)


def plain(value: Any) -> Any:
    """What JSON can hold: no NaN or infinity, no numbers of NumPy or decimal ones; bytes in hexadecimal digits.

    Dates and times are text in the form of ISO 8601; whatever else there is, is text as Python writes it.
    """
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(v) for v in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, Decimal):
        value = int(value) if value.is_finite() and value == value.to_integral_value() else float(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    return _in_words(value)


def _in_words(value: Any) -> str:
    """What is neither a number nor text nor made of such, as text."""
    if isinstance(value, bytes):
        return value.hex()
    return str(value.isoformat() if hasattr(value, "isoformat") else value)


def _text(value: Any) -> str:
    """What a cell says of what JSON can hold."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
