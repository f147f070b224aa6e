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
    _print_minds(lines, [name for name in NAMES if name.startswith(ONLY)], f"Minds set on one class only, in {unit}")
    title = "Above today's mind: the attackers' own best response, and the worst for the defender (intervals: --out)"
    print_table([_both(line) for line in lines], title, ("alternative", "own best", "worst"))
    for name, meaning in MEANINGS.items():
        print_paragraph(f"{name}: {meaning}.", 2)
    print()
    print_paragraph(closing(found))


def _print_minds(lines: list[dict[str, Any]], minds: list[str], title: str) -> None:
    rows = [
        {"alternative": line["alternative"]} | {mind.removeprefix(ONLY): f"{line[mind]:.2f}" for mind in minds}
        for line in lines
    ]
    print_table(rows, title, tuple(rows[0]), banner=False)


def _both(line: dict[str, Any]) -> dict[str, str]:
    """Both responses to a policy."""
    return {
        "alternative": line["alternative"],
        "own best": f"{line['own_gap']:+z.2f}",
        "worst": f"{line['worst_gap']:+z.2f}",
        "worst mind": line["worst_mind"],
    }
