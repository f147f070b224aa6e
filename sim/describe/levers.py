"""What can be varied: levers under their headings, one in full, and tables with one line a value of the schema."""

from __future__ import annotations

import json
import textwrap
from functools import cache
from itertools import groupby
from typing import Any

from sim.describe.search import headings
from sim.outcome import COLUMNS
from sim.scenario.fields import FieldRow
from sim.scenario.natural import allowed, natural, shown
from sim.scenario.schema import fields

Rows = list[dict[str, Any]]

WIDEST = 19  # columns that the narrow table has for what a lever acts on
SIGNS = (
    "Effect of a lever on incidents: imposed where the rules allow it one sign at most, since a bound says so; open "
    "where the uncertain numbers named let it work the other way too. Not marked: that attackers who see protection, "
    "or learn, may go elsewhere, and what a lever sets off through others."
)


def lever_entries(everything: bool = False) -> Rows:
    """All that the schema says of each lever, and of the uncertain and fixed values too where asked."""
    return [entry_of(row) for row in fields() if everything or row.kind == "lever"]


def entry_of(row: FieldRow) -> dict[str, Any]:
    """All that the schema says of a value: as files have it, and as it is shown to people."""
    factor, unit = natural(row)
    return {
        "key": row.path,
        "title": row.words.title,
        "heading": row.words.heading,
        "help": row.words.help,
        "words": row.words.words.split(),
        "shown": {"default": shown(row, row.default), "allowed": allowed(row), "factor": factor, "unit": unit},
        "type": row.type,
        "unit": row.unit,
        "default": row.default,
        "allowed": _allowed(row),
        "low": row.low,
        "high": row.high,
        "choices": list(row.choices),
        "kind": row.kind,
        "what": row.description,
        "nearest": row.nearest,
        "direction": row.direction,
        "sign": "" if row.kind != "lever" else "open" if row.against else "imposed",
        "against": list(row.against),
        "tested": row.tested,
        "source": row.source,
    }


def _allowed(row: FieldRow) -> str:
    if row.choices:
        return " | ".join(row.choices)
    if row.type == "switch":
        return "true | false"
    return "" if row.low is None else f"{row.low:g} to {row.high:g}"


def listing(wide: bool) -> Rows:
    """Levers under their headings: title, default and bounds as one says them, and key, which is below unless wide."""
    table: Rows = []
    for heading, rows in headings():
        lines = [_listed(row, wide) for row in rows]
        table += [dict.fromkeys(lines[0], "") | {"lever": heading}, *lines]
    return table


def _listed(row: FieldRow, wide: bool) -> dict[str, Any]:
    default, bounds = shown(row, row.default), allowed(row)
    if wide:
        return {"lever": f"  {row.title}", "default": default, "allowed": bounds, "key": row.path}
    return {"lever": f"  {row.title}\n    {row.path}", "default, allowed": f"{default}\n{bounds}".strip()}


def card(row: FieldRow) -> list[str]:
    """One lever in full, a paragraph each: title, key, values, what it is and does, where that shows and whence."""
    written = _written(row.default)
    default = shown(row, row.default)
    note = "" if default.startswith(written) else f" ({written} in a file)"
    bounds = f"; allowed: {allowed(row)}" if allowed(row) else ""
    values = f"Default: {default}{note}{bounds}."
    return [row.title, row.path, values, row.words.help, f"{_effect(row)} Source: {row.source}."]


def _effect(row: FieldRow) -> str:
    """Where a lever shows first, and whether the model leaves its sign on incidents open."""
    rises = "when this is on" if row.type == "switch" else "from the first choice to the last"
    rises = rises if row.type in ("switch", "choice") else "as this rises"
    goes = "may go either way" if row.direction == "open" else f"{row.direction} {rises}"
    numbers = ", ".join(_short(path) for path in row.against)
    sign = f"open: {numbers} may turn it" if numbers else "imposed"
    return f"Shows first in: {COLUMNS[row.nearest].label}, which {goes}. Its sign on incidents is {sign}."


def wide_table(entries: Rows) -> Rows:
    """A column for everything; kinds only where there are several."""
    several = len({entry["kind"] for entry in entries}) > 1
    return [
        {
            "key": entry["key"],
            "unit": _unit(entry),
            "default": _written(entry["default"]),
            "allowed": entry["allowed"],
            **({"kind": entry["kind"]} if several else {}),
            "what it does": _said(entry),
            "nearest outcome": entry["nearest"],
            "direction": entry["direction"],
            "sign on incidents": sign(entry),
            "source": entry["source"],
        }
        for entry in entries
    ]


def _said(entry: dict[str, Any]) -> str:
    """What a value is, after its title where it has one."""
    title = entry["title"].removesuffix(" …")
    return f"{title}: {entry['what']}" if title else str(entry["what"])


def sign(entry: dict[str, Any]) -> str:
    """Whether a lever's sign on incidents is imposed, or which numbers leave it open; empty for what is no lever."""
    names = ", ".join(_short(path) for path in entry["against"])
    return f"open: {names}" if names else entry["sign"]


@cache
def _short(path: str) -> str:
    """As much of the end of a path as no other path has."""
    words = path.split(".")
    for first in reversed(range(len(words))):
        tail = "." + ".".join(words[first:])
        if sum(f".{row.path}".endswith(tail) for row in fields()) == 1:
            break
    return tail[1:]


def narrow_table(entries: Rows) -> Rows:
    """The same in four columns of two lines each: keys under a heading for their section, sources behind meanings."""
    table: Rows = []
    for section, members in groupby(entries, key=_section):
        lines = [_narrow(entry, section) for entry in members]
        table += [dict.fromkeys(lines[0], "") | {"key": section}, *lines]
    return table


def _section(entry: dict[str, Any]) -> str:
    """The part of a key that stands in a heading: two words of a policy's or the state's, one of the others."""
    words = entry["key"].split(".")
    depth = 2 if words[0] in ("policy", "state") else 1
    return ".".join(words[: min(depth, len(words) - 1)])


def _narrow(entry: dict[str, Any], section: str) -> dict[str, Any]:
    default = f"{_written(entry['default'])} {_unit(entry)}".strip()
    return {
        "key": "  " + entry["key"].removeprefix(section).removeprefix("."),
        "default, allowed": f"{default}\n{entry['allowed']}".strip(),
        "nearest outcome": _acts_on(entry) or entry["kind"],
        "what it does (source)": f"{_said(entry)} ({entry['source']})" if entry["source"] else _said(entry),
    }


def _acts_on(entry: dict[str, Any]) -> str:
    """Nearest outcome, direction there, sign on incidents, in lines no longer than the longest column's name."""
    narrow = textwrap.wrap(sign(entry), WIDEST, break_long_words=False)
    return "\n".join(filter(None, (entry["nearest"], entry["direction"], *narrow)))


def _unit(entry: dict[str, Any]) -> str:
    return "" if entry["unit"] == "-" else entry["unit"]


def _written(value: Any) -> str:
    """A default as a scenario file writes it."""
    if isinstance(value, float):
        return f"{value:g}"
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)
