"""Tables on a terminal, in CSV and in JSON."""

from __future__ import annotations

import csv
import io
import json
import math
import textwrap
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sim.about import BANNER
from sim.terminal import console

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

Rows = list[dict[str, Any]]
Number = int | float | Decimal
WIDEST = 118  # columns of a paragraph
NARROWEST = 12  # columns to which a column of words may be folded
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
    least = [_least(name, lines, name in numbers or name in whole) for name, lines in cells.items()]
    print_paragraph(title)
    if _with_margins(least) > console().width:
        _print_lines(cells, len(table))
    else:
        _print(_laid_out(cells, numbers, numbers.union(whole)))
    print_paragraph(BANNER if banner else "")


def _least(name: str, lines: list[str], whole: bool) -> int:
    """Columns without which a table's column can't be read: of its cells, and of the longest word of its name."""
    from rich.cells import cell_len

    most = max(map(cell_len, (*lines, *name.split("_"))))
    return most if whole else min(most, NARROWEST)


def _with_margins(widths: list[int]) -> int:
    return sum(widths) + BESIDE * len(widths) + 1


def _laid_out(cells: Mapping[str, list[str]], numbers: set[str], whole: set[str]) -> Table:
    """A table, with its words folded where it would be too wide."""
    from rich.box import SIMPLE_HEAD
    from rich.cells import cell_len
    from rich.table import Table

    shown = Table(box=SIMPLE_HEAD)
    folded = _with_margins([max(map(cell_len, (name, *lines))) for name, lines in cells.items()]) > console().width
    for name, lines in cells.items():
        head = _head(name, lines) if folded and name in whole else name.replace("_", " ")
        shown.add_column(
            head, justify="right" if name in numbers else "left", overflow="fold", no_wrap=folded and name in whole
        )
    for row in zip(*cells.values(), strict=True):
        shown.add_row(*row)
    return shown


def _head(name: str, lines: list[str]) -> str:
    """The name of a column that isn't folded itself, folded to the width of its cells as far as its words allow."""
    return textwrap.fill(name.replace("_", " "), max(1, *map(len, lines)), break_long_words=False)


def _print_lines(cells: Mapping[str, list[str]], count: int) -> None:
    """Rows one after the other, a line per column."""
    fill = _filler(4)
    for row in range(count):
        print()
        for name, lines in cells.items():
            print(fill(f"{name.replace('_', ' ')}: {lines[row]}"))
    print()


def _print(what: RenderableType) -> None:
    """Print what Rich lays out by `print`, as all else is: Rich itself ends the process where nobody reads."""
    shown = console()
    with shown.capture() as text:
        shown.print(what)
    print(text.get(), end="")


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
