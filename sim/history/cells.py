"""Cells of a CSV file: what each column may hold, as a pattern and in words, and lines that are held to it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple, get_type_hints

from sim.errors import InputError
from sim.files import read_csv


class Cell(NamedTuple):
    """What a cell may hold, as a pattern and in words, how it is read, and the words that it is one of."""

    pattern: str
    allowed: str
    read: Callable[[str], Any] = str
    words: Sequence[str] = ()

    def hint(self, text: str) -> str:
        """The word that may be meant."""
        close = difflib.get_close_matches(text.casefold(), list(filter(None, self.words)), 1)
        return f"; did you mean {close[0]}?" if close else ""


def one_of(*words: str) -> Cell:
    """One of these words; an empty one may stand among them."""
    return Cell("|".join(map(re.escape, words)), " or ".join(filter(None, words)), words=words)


MONTH = Cell(r"20[0-9]{2}-(0[1-9]|1[0-2])", "a month such as 2024-03")
Month = Annotated[str, MONTH]
Count = Annotated[int, Cell(r"[0-9]{1,7}", "a whole number", int)]
Text = Annotated[str, Cell(r".*", "text")]


def lines_of[Line: tuple](path: Path, kind: type[Line]) -> tuple[Line, ...]:
    """All lines of a file of ours, checked; raises as `numbered` does."""
    return tuple(numbered(path, kind).values())


def numbered[Line: tuple](path: Path, kind: type[Line], *, spreadsheet: bool = False) -> dict[int, Line]:
    """All lines of a file below its header, checked, each under its number.

    Parameters
    ----------
    path : Path
    kind : type
        A NamedTuple whose fields are the columns, in their order, each annotated with its `Cell`. A column that is
        called as a word of Python has an underscore at its field's end.
    spreadsheet : bool
        As in `read_csv`.

    Raises
    ------
    InputError
        In one sentence: file, line, column, what was read and what is allowed.
    """
    hints, rows = get_type_hints(kind, include_extras=True), read_csv(path, spreadsheet=spreadsheet)
    columns: dict[str, Cell] = {name.rstrip("_"): hint.__metadata__[0] for name, hint in hints.items()}
    where, header = next(rows, (1, []))
    if header != list(columns):
        raise InputError(f"{path}:{where}: read the columns {in_a_row(header)}, allowed {in_a_row(columns)}")
    return {line: kind(*_values(f"{path}:{line}", columns, cells)) for line, cells in rows}


def _values(place: str, columns: Mapping[str, Cell], cells: Sequence[str]) -> Iterator[Any]:
    if len(cells) != len(columns):
        raise InputError(f"{place}: read {len(cells)} values, allowed {len(columns)}: {in_a_row(columns)}")
    return (
        value(f"{place}: {name}", column, cell) for (name, column), cell in zip(columns.items(), cells, strict=True)
    )


def value(place: str, column: Cell, text: str) -> Any:
    """What a cell holds, or the sentence that refuses it."""
    if not re.fullmatch(column.pattern, text):
        shown = repr(text) if len(text) <= 60 else f"{text[:57]!r}..."
        raise InputError(f"{place}: read {shown}, allowed {column.allowed}{column.hint(text)}")
    return column.read(text)


def in_a_row(names: Iterable[Any]) -> str:
    """Names for a sentence."""
    return ", ".join(map(str, names)) or "nothing"
