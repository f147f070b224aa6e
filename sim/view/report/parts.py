"""What a page is made of: sections with tables, pictures and texts; and how figures are written."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FIGURES = 3  # significant ones, of an interval's larger end
ROUNDING = 1e-9  # ends this close beside the estimate are the same
DASH, MINUS = "\N{EN DASH}", "\N{MINUS SIGN}"


@dataclass(frozen=True)
class Table:
    """A table: what it says, its head and cells as text, its CSV, how many rows only that has, and which print."""

    caption: str
    head: list[str]
    rows: list[list[str]]
    file: str
    left_out: int = 0
    printed: frozenset[int] | None = None  # rows; all by default
    kind = "table"

    @property
    def unprinted(self) -> int:
        """How many rows of the page are left out on paper."""
        return 0 if self.printed is None else len(self.rows) - len(self.printed)

    @property
    def on_paper(self) -> bool:
        """Whether any of it prints."""
        return self.printed is None or bool(self.printed)


@dataclass(frozen=True)
class Picture:
    """A picture, held in the page; its file is there as PNG and SVG."""

    caption: str
    name: str
    uri: str
    on_paper: bool = True
    kind = "picture"


@dataclass(frozen=True)
class Text:
    """A file or a command, as it is."""

    caption: str
    text: str
    kind = "text"


Part = Table | Picture | Text


@dataclass(frozen=True)
class Section:
    """A part of the page: paragraphs, then tables, pictures and texts; what is folded opens on a click, unprinted."""

    anchor: str
    title: str
    paragraphs: list[str]
    parts: list[Part]
    folded: Sequence[Part] = ()


def svg_uri(path: Path) -> str:
    """A picture's content as an address that holds it."""
    return "data:image/svg+xml;base64," + base64.b64encode(path.read_bytes()).decode("ascii")


def number(value: Any, like: float | None = None) -> str:
    """A number to three significant figures, of another one where that is given; a dash where there is none."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return DASH
    if isinstance(value, str) or value == 0:
        return str(value) if isinstance(value, str) else "0"
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    text = f"{value:,.{_decimals(value if like is None else like)}f}"
    return text.replace("-", MINUS) if float(text.replace(",", "")) != 0 else text.removeprefix("-")


def _decimals(value: float) -> int:
    """Places after the point for three significant figures; an integer has none."""
    if value == 0 or (isinstance(value, int) and abs(value) >= 1):
        return 0
    return min(7, max(0, FIGURES - 1 - math.floor(math.log10(abs(value)) + 1e-9)))


def with_ends(line: Mapping[str, Any], scale: float = 1.0) -> str:
    """An estimate with its ends in brackets, all to the same place; alone where it is the same in all replicates."""
    estimate, low, high = (float(line[name]) * scale for name in ("estimate", "low", "high"))
    if math.isnan(estimate):
        return DASH
    like = max(abs(x) for x in (estimate, low, high) if math.isfinite(x))
    if math.isnan(low):
        return f"{number(estimate, like)} [no interval]"
    if high - low <= ROUNDING * abs(estimate):
        return number(estimate)
    return f"{number(estimate, like)} [{number(low, like)}, {number(high, like)}]"


def span(low: float, high: float) -> str:
    """One number, or from the one to the other."""
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"
