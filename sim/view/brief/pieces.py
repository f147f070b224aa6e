"""What the page's words are made of: literal words, figures with their keys, and words of the user's own."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from string import Formatter
from typing import NamedTuple

from sim.decide.evidence import Figure

DIGITS, FINEST = 3, 2  # of a number at most: significant ones, and places after the point
MINUS = "\N{MINUS SIGN}"
NUMBER = re.compile(r"[-\N{MINUS SIGN}]?\d[\d,]*(?:\.\d+)?|\.\d+")


class Piece(NamedTuple):
    """Some words.

    Attributes
    ----------
    text : str
    key : str
        Of the figure that they show.
    own : bool
        Whether they are the user's own, such as names.
    """

    text: str
    key: str = ""
    own: bool = False


Words = list[Piece]


@dataclass(frozen=True)
class Table:
    """A table: its head and its rows, cell by cell; which rows stand out."""

    head: Sequence[Words]
    rows: Sequence[Sequence[Words]]
    strong: tuple[int, ...] = ()


@dataclass(frozen=True)
class Section:
    """A part of the page under a heading."""

    title: str
    sentences: Sequence[Words]
    table: Table | None = None
    after: Sequence[Words] = field(default_factory=tuple)  # below the table
    points: Sequence[Words] = field(default_factory=tuple)


def own(text: str) -> Words:
    """Words of the user's own."""
    return [Piece(text, own=True)]


def words(text: str, **parts: Words) -> Words:
    """A text with parts in place of {names}."""
    found: Words = []
    for literal, name, _, _ in Formatter().parse(text):
        found += [Piece(literal)] if literal else []
        found += parts[name] if name is not None else []
    return found


def joined(parts: Sequence[Words], between: str = ", ", last: str = " and ") -> Words:
    """Parts in a row."""
    found: Words = []
    for n, part in enumerate(parts):
        gap = "" if n == 0 else last if n == len(parts) - 1 else between
        found += [*([Piece(gap)] if gap else []), *part]
    return found


def shown(figure: Figure, places: int | None = None, sign: bool = False) -> Words:
    """A figure, rounded to what it carries; to so many places after the point where that is given."""
    if isinstance(figure.value, str):
        return [Piece(figure.value, figure.key)]
    return [Piece(number(figure.number, places_of(figure) if places is None else places, sign), figure.key)]


def places_of(*figures: Figure) -> int:
    """Places after the point of figures that stand beside each other; below 0 they end in zeros."""
    numbers = [abs(one.number) for one in figures if math.isfinite(one.number) and one.number != 0]
    if not numbers or all(math.isclose(value, round(value)) for value in numbers):
        return 0 if numbers else FINEST
    size = DIGITS - 1 - math.floor(math.log10(max(numbers)))
    noise = [round(-math.log10(one.error)) for one in figures if one.error > 1e-9]
    return min(FINEST, size, *(max(0, places) for places in noise))


def number(value: float, places: int, sign: bool = False) -> str:
    """A number to so many places."""
    rounded = round(value, places)
    text = f"{rounded:{'+' if sign else ''},.{max(0, places)}f}" if rounded != 0 else "0"
    return text.replace("-", MINUS)


def figures_in(text: str, key: str) -> tuple[Words, list[tuple[str, float]]]:
    """A text with each number in it as a figure, and these: key and value."""
    found: Words = []
    values, at = [], 0
    for n, match in enumerate(NUMBER.finditer(text)):
        found += [Piece(text[at : match.start()], own=True), Piece(match[0], f"{key}/{n + 1}")]
        values.append((f"{key}/{n + 1}", float(match[0].replace(",", "").replace(MINUS, "-"))))
        at = match.end()
    return [*found, Piece(text[at:], own=True)], values
