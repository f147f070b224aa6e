"""A record: one table of (name, type, unit, meaning) that gives the dtype, the documentation and the columns.

Every kind of agent, the outcome row and the event log are such tables. Fields are i8 or f8 (u8 for the seed), so
that compiled and plain runs give the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

TYPES = ("i8", "f8", "u8")


class Field(NamedTuple):
    """One column: its name, type (i8, f8 or u8), unit and meaning."""

    name: str
    type: str
    unit: str
    meaning: str


@dataclass(frozen=True)
class Record:
    """A named table of fields.

    Parameters
    ----------
    name : str
        Singular name of the thing, as it stands in the documentation.
    fields : tuple of Field
        Plain tuples do as well.
    """

    name: str
    fields: tuple[Field, ...]

    def __init__(self, name: str, *fields: tuple[str, str, str, str]) -> None:
        rows = tuple(Field(*f) for f in fields)
        wrong = [f.name for f in rows if f.type not in TYPES]
        if wrong:
            raise TypeError(f"{name}: fields are i8, f8 or u8, not so: {', '.join(wrong)}")
        taken = [f.name for f in rows if hasattr(np.record, f.name)]
        if taken:
            raise TypeError(f"{name}: NumPy's record has these names already: {', '.join(taken)}")
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "fields", rows)

    @property
    def dtype(self) -> np.dtype:
        """The aligned structured type; its rows are `np.record`."""
        plain = np.dtype([(f.name, f.type) for f in self.fields], align=True)
        return np.dtype((np.record, plain))

    def rows(self, count: int) -> np.ndarray:
        """An array of `count` rows, all zero. Shape (count,)."""
        return np.zeros(count, self.dtype)

    @property
    def names(self) -> list[str]:
        """Names of the fields, in order."""
        return [f.name for f in self.fields]
