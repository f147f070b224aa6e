"""What the chosen option costs, what residents bear, and what is left of the risk."""

from __future__ import annotations

import math
from collections.abc import Mapping

from sim.decide.choice import money
from sim.decide.evidence import CLASSES, COMMUNITY, COSTS, MOVEMENTS, OUTSIDE, QUANTITIES, RESIDUAL, TABLE
from sim.view.brief.pieces import Piece, Section, Table, Words, joined, places_of, shown, words
from sim.view.brief.text import MOST_NAMES, Text


def proportionality(text: Text) -> Section:
    """What it costs, ledger by ledger."""
    rows = [_beside(text, one.label, name, text.decimals(name)) for name, one in COSTS.items()]
    rows += [_beside(text, text.label(name), name, text.decimals(name)) for name in OUTSIDE]
    table = Table(_head(text, "million USD a year"), [row for row in rows if row])
    return Section("Proportionality: cost by ledger", [], table, [_frontier(text)])


def communities(text: Text) -> Section:
    """What residents bear."""
    rows = [_beside(text, one.label, name) for name, one in COMMUNITY.items()]
    table = Table(_head(text, "a year"), [row for row in rows if row])
    return Section("Effects on communities", [], table)


def residual(text: Text) -> Section:
    """What is left of the risk, and the way by which it comes."""
    rows = [_left(text, name) for name in (*RESIDUAL, *MOVEMENTS)]
    table = Table([*_head(text, "a year")[:2], [Piece("5 to 95 % of draws")], *_head(text, "")[2:3]], rows)
    worst = max(CLASSES, key=lambda name: text.evidence.of(name, text.chosen).number)
    said = words(
        "Most of what is left: attacks " + CLASSES[worst].label + ", {most} of {all} project incidents a year.",
        most=text.of(worst, text.chosen),
        all=text.of("project_incidents", text.chosen),
    )
    return Section("Use of forces and residual risk", [said], table)


def _head(text: Text, unit: str) -> list[Words]:
    names = [words("chosen")] if text.other is None else [words("chosen"), words("today's"), words("change")]
    return [[Piece(unit)], *names]


def _beside(text: Text, label: str, name: str, places: int | None = None) -> list[Words]:
    """A quantity of the chosen option and of today's, and the change; nothing where there is none of it."""
    figures = [text.evidence.of(name, a) for a in (text.chosen, text.other) if a is not None]
    if not any(one.number for one in figures):
        return []
    decimals = places_of(*figures) if places is None else places
    cells = [[Piece(label)], *(shown(one, decimals) for one in figures)]
    if text.other is not None:
        cells.append(shown(text.evidence.change(name, text.chosen, text.other), decimals, sign=True))
    return cells


def _left(text: Text, name: str) -> list[Words]:
    """What is left of a risk: the chosen option's, its range over the draws, today's."""
    unit = ", %" if QUANTITIES[name].unit == "%" else ""
    places = text.decimals(name)
    ends = {end: shown(text.evidence.of(name, text.chosen, end), places) for end in ("from", "to")}
    cells = [[Piece(QUANTITIES[name].label + unit)], shown(text.evidence.of(name, text.chosen), places)]
    cells.append(words("{low} to {high}", low=ends["from"], high=ends["to"]))
    return cells if text.other is None else [*cells, shown(text.evidence.of(name, text.other), places)]


def _frontier(text: Text) -> Words:
    """Options that are cheapest for their safety, and what each step costs the projects."""
    lines = money(text.choice)
    numbers = [text.study.names.index(str(line["alternative"])) for line in lines[: MOST_NAMES + 1]]
    names = [text.called(a) for a in numbers]
    said = words("Cheapest for their safety, of the projects' money: {names}. ", names=joined(names))
    steps = [line for line in lines if math.isfinite(line["usd_per_averted"])][:MOST_NAMES]
    if steps:
        said += words("Each one averted costs there {steps}. ", steps=joined([_step(text, line) for line in steps]))
    return [*said, *words("Ledgers are never added up.")]


def _step(text: Text, line: Mapping[str, object]) -> Words:
    key, how = f"money/{line['alternative']}", "m USD of the projects per unit averted, beside the next cheaper"
    ratio = float(str(line["usd_per_averted"])) / 1e6
    name = text.called(text.study.names.index(str(line["alternative"])))
    return words("{ratio} m USD ({name})", ratio=text.number(key, ratio, how, TABLE, text.all_rows), name=name)
