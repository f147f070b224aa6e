"""The levers as the page's controls show them: under their headings, the main ones first, in natural units."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

from sim.describe.search import headings
from sim.scenario.build import value_at
from sim.scenario.fields import FieldRow
from sim.scenario.natural import shown
from sim.view.page.setup import CONTROLLED, MAIN, MIND, Setup, rows

MAIN_LEVERS, MINDS = "Main levers", "The attacker's mind, for every policy"
OTHERS = "Other levers"  # those that have no words yet
STOPS = 100  # of a slider, about


@cache
def groups() -> list[dict[str, Any]]:
    """Headings with their levers: the main ones, all others, the attacker's mind; for `controls.vue`."""
    found = [_group(MAIN_LEVERS, rows(MAIN), first=True)]
    for heading, levers in headings():
        others = [row for row in levers if row.type in CONTROLLED and row.path not in MAIN]
        found += [_group(heading or OTHERS, others)] if others else []
    return [*found, _group(MINDS, rows(MIND))]


def _group(title: str, some: list[FieldRow], first: bool = False) -> dict[str, Any]:
    return {"title": title, "first": first, "levers": [_control(row, title) for row in some]}


def _control(row: FieldRow, heading: str) -> dict[str, Any]:
    """A switch, a list of choices or a slider, with what each of its stops is called."""
    places = [] if row.type == "switch" else list(row.choices) if row.type == "choice" else stops(row)
    found = f"{row.title} {row.words.words} {row.words.heading} {heading} {row.path} {row.description}"
    return {
        "path": row.path,
        "title": row.title,
        "help": row.words.help or row.description,
        "words": found.lower(),
        "kind": row.type if row.type in ("switch", "choice") else "slider",
        "stops": places,
        "texts": [shown(row, place) for place in places],
    }


def values(draft: Setup) -> dict[str, dict[str, Any]]:
    """What each control shows: the draft's value, and that of its scenario where it is another."""
    found = {}
    for row in _controlled():
        value, own = draft.value(row.path), value_at(draft.own, row.path)
        found[row.path] = {"value": value, "text": shown(row, value), "changed": value != own}
        found[row.path] |= {"own": own, "own_text": shown(row, own)}
    return found


@cache
def _controlled() -> list[FieldRow]:
    return rows([lever["path"] for group in groups() for lever in group["levers"]])


def row_of(path: object) -> FieldRow:
    """The row of a lever that the page offers; ValueError for any other, the page may send anything."""
    found = next((row for row in _controlled() if row.path == path), None)
    if found is None:
        raise ValueError("Levers: allowed only those that the page shows.")
    return found


def read(row: FieldRow, value: object) -> Any:
    """A value that the page has sent, in the type of its row; ValueError where it can be none."""
    number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    fits = {"switch": isinstance(value, bool), "choice": value in row.choices}.get(row.type, number)
    if not fits:
        raise ValueError(f"{row.title}: allowed only a value that its control has.")
    return round(value) if row.type == "integer" else float(value) if row.type == "number" else value  # type: ignore[call-overload, arg-type]


def named(draft: Setup, most: int = 3) -> str:
    """A policy in words: its scenario, and what was changed."""
    known = {row.path: row for row in _controlled()}
    changes = [f"{known[path].title} {shown(known[path], v)}" for path, v in draft.values.items() if path in known]
    if not changes:
        return draft.source
    more = [f"and {len(changes) - most} more"] if len(changes) > most else []
    return f"{draft.source} with {'; '.join([*changes[:most], *more])}"


def stops(row: FieldRow) -> list[Any]:
    """Where a slider can stand: about a hundred round values between the schema's bounds, and its default."""
    low, high = row.low or 0, row.high or 1
    step = _round_step(low, high, 1 if row.type == "integer" else 0)
    count = math.floor((high - low) / step + 1e-9)
    kind = int if row.type == "integer" else lambda x: float(f"{x:.6g}")
    return sorted({kind(low + k * step) for k in range(count + 1)} | {kind(high), row.default})


def _round_step(low: float, high: float, least: float) -> float:
    """1, 2 or 5 times a power of ten, about a hundredth of the width."""
    rough = max((high - low) / STOPS, least)
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * m for m in (1, 2, 5, 10) if power * m >= rough * 0.999)
