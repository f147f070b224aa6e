"""Policies against minds of the attackers, on a terminal."""

from __future__ import annotations

from typing import Any

from sim.decide.stress import MEANINGS, NAMES, ONLY, Stress, closing, headline, table
from sim.decide.worth import unit_of
from sim.view.console import print_paragraph, print_table


def print_stress(found: Stress) -> None:
    """Print headline, what each mind does to each policy, both responses, and what is not known."""
    print_paragraph(headline(found))
    print()
    lines, unit = table(found), unit_of(found.study.decision)
    free = [name for name in NAMES if not name.startswith(ONLY)]
    _print_minds(lines, free, f"Minds that choose, in {unit}")
    _print_minds(lines, [name for name in NAMES if name.startswith(ONLY)], f"Minds set on one class, in {unit}")
    rows = [{"alternative": line["alternative"]} | _both(line) for line in lines]
    print_table(rows, f"Responses, and by how much they are above today's mind, in {unit}", ("own", "gap", "worst"))
    for name, meaning in MEANINGS.items():
        print_paragraph(f"{name}: {meaning}.", 2)
    print()
    print_paragraph(closing(found))


def _print_minds(lines: list[dict[str, Any]], minds: list[str], title: str) -> None:
    rows = [{"alternative": line["alternative"]} | {mind: f"{line[mind]:.2f}" for mind in minds} for line in lines]
    print_table(rows, title, tuple(minds), banner=False)


def _both(line: dict[str, Any]) -> dict[str, str]:
    """Both responses to a policy."""
    own, worst = ("own best response", "own"), ("worst for the defender", "worst")
    found = {}
    for title, kind in (own, worst):
        found[title] = line[f"{kind}_mind"]
        found[f"{kind} gap"] = f"{line[f'{kind}_gap']:+.2f}"
    return found
