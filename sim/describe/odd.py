"""The generated parts of ODD.md: tables that are read from the schema, the record tables and the source.

`make odd` writes them between their markers; a test fails where the file says anything else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path

from sim import rng
from sim.describe.levers import SIGNS, lever_entries, wide_table
from sim.describe.schedule import schedule_lines
from sim.files import write_whole
from sim.outcome import COLUMNS, EVENT, OUTCOME, UNSHOWN
from sim.record import Field, Record
from sim.scenario.priors import Prior, load_priors
from sim.state import MOVES, RECORDS

SIGN = "sign on incidents"
PACKAGE = Path(__file__).parents[1]
FILE = PACKAGE / "ODD.md"
END = "<!-- end -->"

HOW = (
    "Over years: *sum* adds up and is reported per year; *expected* too, by its expected count, which has less noise; "
    "*state* is a sum over days whose mean is reported; *first*, *last* and *most* are taken of the years."
)
# Uncertain values without a law, and why; a draw leaves them at their default.
WITHOUT_PRIOR = {
    "policy.closures.length": "none: published",
    "harm.severity": "none: the seven recorded figures themselves",
    "harm.tail_alpha": "none: off or on, a matter of the scenario",
    "threat.learning": "none: off or on, a matter of the scenario",
    "threat.exposure_counts": "none: off or on, a matter of the scenario",
    "threat.distance_ref": "none: the corridor's mean, at which values are stated",
    "threat.near_repeat": "none: off or on, a matter of the scenario",
    "threat.near_repeat_time": "none: it acts where near repeats are on",
    "policy.closures.ranked": "none: off or on, a matter of the scenario",
}


def regenerated(text: str) -> str:
    """The text with every generated part made anew.

    Parameters
    ----------
    text : str
        All of ODD.md.

    Raises
    ------
    ValueError
        If a marker is missing, comes twice, has no end, or names no part.
    """
    named = re.findall(r"<!-- generated: (.*?) -->", text)
    if sorted(named) != sorted(PARTS) or text.count(END) != len(PARTS):
        raise ValueError(f"read the markers {named} and {text.count(END)} ends, allowed each once: {list(PARTS)}")
    for name, part in PARTS.items():
        begin = marker(name)
        before, rest = text.split(begin)
        text = f"{before}{begin}\n\n{part()}\n\n{END}{rest.split(END, 1)[1]}"
    return text


def marker(name: str) -> str:
    """The line after which a generated part stands."""
    return f"<!-- generated: {name} -->"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table.

    Parameters
    ----------
    head : sequence of str
        Names of the columns.
    rows : iterable of sequences
        Cells, as many a row as there are columns.
    """
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|")


def parameters() -> str:
    """Every uncertain value and every lever, each kind in a table of its own."""
    head = ("path", "what", "unit", "default", "bounds or choices", "prior", "source", "of the prior")
    entries = wide_table(lever_entries(everything=True))
    rows = [_parameter(entry) for entry in entries if entry["kind"] == "uncertain"]
    levers = [(*_parameter(entry), entry[SIGN]) for entry in entries if entry["kind"] == "lever"]
    parts = [f"### Uncertain: {len(rows)}", table(head, rows)]
    return "\n\n".join([*parts, f"### Levers: {len(levers)}", SIGNS, table((*head, SIGN), levers)])


@cache
def _priors() -> dict[str, Prior]:
    return load_priors()


def _parameter(entry: dict[str, str]) -> tuple[str, ...]:
    prior = _priors().get(entry["key"])
    law = prior.describe() if prior else WITHOUT_PRIOR.get(entry["key"], "")
    further = prior.source if prior and prior.source != entry["source"] else ""
    facts = (entry[column] for column in ("what it does", "unit", "default", "allowed"))
    return f"`{entry['key']}`", *facts, law, entry["source"], further


def streams() -> str:
    """Every stream of random numbers: its number, what its address means, and the files that draw from it."""
    lines = (rng.__doc__ or "").splitlines()
    first = next(k for k, line in enumerate(lines) if line.startswith("stream "))
    starts = [lines[first].index(word) for word in ("stream", "agent", "time", "index")]
    rows = []
    for line in lines[first + 1 :]:
        cells = [line[a:b].strip() for a, b in zip(starts, [*starts[1:], None], strict=True)]
        if cells[0]:
            rows.append((f"`{cells[0]}`", getattr(rng, cells[0]), *cells[1:], ", ".join(_drawn_in(cells[0]))))
    return table(("stream", "number", "agent", "time", "index: what for", "drawn in"), rows)


def _drawn_in(stream: str) -> list[str]:
    """Files of the model that name a stream."""
    word = re.compile(rf"\brng\.{stream}\b|from sim\.rng import .*\b{stream}\b")
    files = sorted(PACKAGE.rglob("*.py"))
    return [str(file.relative_to(PACKAGE)) for file in files if word.search(file.read_text(encoding="utf-8"))]


def schedule() -> str:
    """The two lists of the engine, each a table."""
    parts = []
    for block in "\n".join(schedule_lines()).split("\n\n"):
        title, *lines = block.splitlines()
        rows = (line.split(maxsplit=1) for line in lines)
        body = table(("rule", "what it does"), ((f"`{rule}`", words) for rule, words in rows))
        parts.append(f"### {title[0].upper()}{title[1:]}\n\n{body}")
    return "\n\n".join(parts)


def outputs() -> str:
    """Columns of the outcome row and of the event log."""
    head = ("column", "label", "unit", "group", "meaning", "over years")
    rows = [(f"`{c.name}`", c.label or "-", c.unit, c.group, c.meaning, c.how or "-") for c in COLUMNS.values()]
    left_out = " ".join(f"What is in the group *{group}* {why}." for group, why in UNSHOWN.items())
    row = f"{table(head, rows)}\n\n{HOW} {left_out}"
    return f"### Outcome row: a (replicate, year)\n\n{row}\n\n### Event log\n\n{_fields(EVENT)}"


def states() -> str:
    """State variables of every kind of row in the World, but for what is an output."""
    parts = []
    for name, record in RECORDS.items():
        if record not in (OUTCOME, EVENT):
            moves = "moves" if name in MOVES else "stands still"
            title = f"### {record.name[0].upper()}{record.name[1:]}: `world.{name}`, {moves}"
            parts.append(f"{title}\n\n{_fields(record)}")
    return "\n\n".join(parts)


def _fields(record: Record) -> str:
    return table(("name", "type", "unit", "meaning"), map(_field, record.fields))


def _field(field: Field) -> tuple[str, ...]:
    return f"`{field.name}`", field.type, field.unit, field.meaning


PARTS: dict[str, Callable[[], str]] = {
    "parameters": parameters,
    "streams": streams,
    "schedule": schedule,
    "outputs": outputs,
    "state variables": states,
}


def main() -> None:
    """Write ODD.md anew."""
    write_whole(FILE, regenerated(FILE.read_text(encoding="utf-8")))


if __name__ == "__main__":
    main()
