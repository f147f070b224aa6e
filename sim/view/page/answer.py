"""The answer: what the estimate says, in words, as large figures with a bar each, and as files.

Each figure stands with two ranges: what the simulation leaves open, which more replicates would narrow, and what the
assumptions leave open, which no simulation does.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from sim.about import MODEL_VERSION
from sim.analysis.tables import below_zero
from sim.view.page.estimate import FIGURES, Estimate
from sim.view.page.levers import named
from sim.view.page.setup import Setup

TITLES = dict(
    zip(FIGURES, ("Incidents per year", "Project incidents per year", "Foreign deaths per year"), strict=True)
)
UNITS = dict(zip(FIGURES, ("incidents", "project incidents", "foreign deaths"), strict=True))
SIMULATION, ASSUMPTIONS = "Simulation, 95 %", "Assumptions"
OPEN = "leave far more open"
CLOSING = (
    "More replicates narrow the simulation's range; what nobody knows about attackers, insiders and towns leaves far "
    "more open."
)
Entry = Mapping[str, float]
Range = tuple[float, float]


def assumed(setups: Sequence[Setup], figure: str) -> Range | None:
    """What the assumptions leave open of a policy's figure, or of the second's less the first's; None if unknown."""
    return None


def headline(estimate: Estimate, setups: Sequence[Setup]) -> str:
    """The answer in a sentence, and of whom it is."""
    if estimate.result is None:
        return "" if estimate.error else f"Running {estimate.count} replicates of {_years(estimate)} years …"
    total, project, deaths = (_main(estimate.result)[name] for name in FIGURES)
    if len(setups) == 2:
        whose = f"With B, {named(setups[1])}, in place of A, {named(setups[0])}"
        return (
            f"{whose}: {_signed(total)} incidents per year at all sites, {_signed(project)} of them against projects, "
            f"and {_signed(deaths)} foreign deaths."
        )
    return (
        f"Under {named(setups[0])}: {_plain(total)} incidents per year at all sites, {_plain(project)} of them against "
        f"projects, and {_plain(deaths)} foreign deaths."
    )


def notes(estimate: Estimate) -> list[str]:
    """How the figures were made, and what they don't know."""
    if estimate.result is None:
        return []
    some = "" if estimate.ran == estimate.count else f"the first {estimate.ran} of "
    made = f"Expected counts, {some}{estimate.count} replicates of {_years(estimate)} years from seed {estimate.seed}."
    if "difference" in estimate.result:
        correlation = estimate.result["difference"][FIGURES[0]]["correlation"]
        made += f" Both policies meet the same random numbers: their incidents correlate with {correlation:.2f}."
    why = below_zero(entry["estimate"] for found in estimate.result["policies"] for entry in found.values())
    return [made, CLOSING, *([why] if why else [])]


def figures(estimate: Estimate, setups: Sequence[Setup]) -> str:
    """A card for each figure, as HTML."""
    return "" if estimate.result is None else "".join(_card(estimate.result, setups, name) for name in FIGURES)


def _card(result: Mapping[str, Any], setups: Sequence[Setup], name: str) -> str:
    two = len(setups) == 2
    entry, known = _main(result)[name], assumed(setups, name)
    sign = _signed if two else _plain
    return (
        f'<section class="figure"><h3>{TITLES[name]}{", B less A" if two else ""}</h3>'
        f'<p class="large">{sign(entry)}</p>{_bars([found[name] for found in result["policies"]], setups, name)}'
        f'<dl class="ranges"><dt>{SIMULATION}</dt><dd>{_range((entry["low"], entry["high"]), two)}</dd>'
        f"<dt>{ASSUMPTIONS}</dt><dd>{OPEN if known is None else _range(known, two)}</dd></dl></section>"
    )


def _bars(entries: Sequence[Entry], setups: Sequence[Setup], name: str) -> str:
    """A bar a policy from zero, its two ranges over it, and one axis below."""
    ranges = [assumed([setup], name) for setup in setups]
    top = _round_up(max([entry["high"] for entry in entries] + [known[1] for known in ranges if known]))
    parts = [_bar(k, entry, ranges[k], top, len(entries) == 2) for k, entry in enumerate(entries)]
    ticks = "".join(f'<span style="left:{100 * share:g}%">{top * share:g}</span>' for share in (0, 0.5, 1))
    return f'<div class="bars">{"".join(parts)}<div class="axis" aria-hidden="true">{ticks}</div></div>'


def _bar(k: int, entry: Entry, known: Range | None, top: float, two: bool) -> str:
    spans = [("b" if k else "a", 0.0, entry["estimate"])]
    spans += [("assumed", *known)] if known else []
    spans += [("sampled", entry["low"], entry["high"])]
    drawn = "".join(_span(look, low / top, high / top) for look, low, high in spans)
    name = f"{'AB'[k]}: " if two else ""
    said = f"{name}{entry['estimate']:.2f}; {SIMULATION} {_range((entry['low'], entry['high']))}"
    said += f"; {ASSUMPTIONS} {_range(known)}" if known else ""
    return (
        f"<span>{'AB'[k] if two else ''}</span>"
        f'<div class="bar" role="img" aria-label="{escape(said)}">{drawn}</div>'
        f"<span>{_plain(entry) if two else ''}</span>"
    )


def _span(look: str, low: float, high: float) -> str:
    left, right = (min(1.0, max(0.0, end)) for end in (low, high))
    return f'<i class="{look}" style="left:{100 * left:.2f}%;width:{100 * (right - left):.2f}%"></i>'


def _round_up(most: float) -> float:
    """The end of an axis: a round number that no bar passes."""
    return next((end for end in (0.1, 0.2, 0.5, 1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 40, 60, 100) if end >= most), most)


# As files.


def as_json(estimate: Estimate, setups: Sequence[Setup]) -> str:
    """The estimate with what it is of."""
    policies = [{"policy": named(setup), "scenario": setup.yaml()} for setup in setups]
    made = {"seed": estimate.seed, "replicates": estimate.count, "years": estimate.scenarios[0].run.horizon}
    made |= {"model_version": MODEL_VERSION}
    return json.dumps({**made, "policies": policies, "figures": estimate.result}, indent=1) + "\n"


def as_csv(estimate: Estimate, setups: Sequence[Setup]) -> str:
    """A line per policy and figure, and one per paired difference."""
    result = estimate.result or {"policies": []}
    lines = [
        (named(setup), unit, found[name])
        for setup, found in zip(setups, result["policies"], strict=True)
        for name, unit in UNITS.items()
    ]
    if "difference" in result:
        lines += [("second less first", unit, result["difference"][name]) for name, unit in UNITS.items()]
    table = [
        (policy, f"{unit} per year", entry["estimate"], entry["low"], entry["high"]) for policy, unit, entry in lines
    ]
    return in_lines(("policy", "figure", "estimate", "low", "high"), table)


def log_csv(events: Sequence[Mapping[str, Any]]) -> str:
    """The event log as it stands on the page."""
    columns = ["lane", "when", "time", "stage", "target_class", "target", "deviations", "insider"]
    columns += ["deaths_foreign", "deaths_security", "deaths_residents"]
    return in_lines(columns, [[_cell(event[column]) for column in columns] for event in events])


def _cell(value: Any) -> Any:
    return " ".join(value) if isinstance(value, list | tuple) else value


def in_lines(columns: Sequence[str], table: Iterable[Sequence[Any]]) -> str:
    """A table as CSV."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(table)
    return text.getvalue()


def _main(result: Mapping[str, Any]) -> Mapping[str, Entry]:
    """What is asked for: the difference of two policies, or the figures of one."""
    return result.get("difference") or result["policies"][0]


def _years(estimate: Estimate) -> str:
    return f"{estimate.scenarios[0].run.horizon:g}"


def _plain(entry: Entry) -> str:
    return _minus(f"{entry['estimate']:.2f}")


def _signed(entry: Entry) -> str:
    return _minus(f"{entry['estimate']:+.2f}")


def _range(ends: Range, signed: bool = False) -> str:
    return " to ".join(_minus(f"{end:+.2f}" if signed else f"{end:.2f}") for end in ends)


def _minus(text: str) -> str:
    return text.replace("-", "\N{MINUS SIGN}")
