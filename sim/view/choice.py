"""A choice on a terminal."""

from __future__ import annotations

from typing import Any

from sim.decide.choice import Choice, closing, headline, money, table
from sim.decide.decision import LINES, MANY
from sim.view.console import print_paragraph, print_table

SHOWN = 15  # alternatives, and today's


def print_choice(choice: Choice) -> None:
    """Print headline, alternatives, the price of safety, and what is not known."""
    decision, short = choice.study.decision, dict(zip(choice.study.names, choice.study.decision.short, strict=True))
    print_paragraph(headline(choice))
    print()
    lines = table(choice)
    today = None if choice.today is None else choice.study.names[choice.today]
    seen = lines[:SHOWN] + [line for line in lines[SHOWN:] if line["alternative"] == today]
    shown = [_line(line, short) for line in seen]
    order = "" if decision.space is None or decision.space.split is None else f" (per cent for {', '.join(LINES)})"
    title = (
        f"Alternatives{order} by {decision.judged_by}, {decision.first} replicates of each draw. Worse: by how much "
        f"than the best, {100 * decision.confidence:g} % sure."
    )
    print_table(shown, title, tuple(shown[0]), banner=False)
    if len(lines) > len(seen):
        print_paragraph(f"{len(lines) - len(seen)} more are in the table (--out).")
        print()
    print_table([_step(line, short) for line in money(choice)], *MONEY)
    print_paragraph(closing(choice))


MONEY = "What safety costs the projects, million USD a year", ("alternative", "spent", "judged", "per averted")


def _line(line: dict[str, Any], short: dict[str, str]) -> dict[str, str]:
    return {
        "alternative": short[line["alternative"]],
        "judged": _figure(line["judged"]),
        "worse": f"{_figure(line['worse_low'])} to {_figure(line['worse_high'])}" if "worse_low" in line else "",
        "worst draw": _figure(line.get("worst")),
        "regret": _figure(None if "regret" not in line else max(0.0, line["regret"])),  # below 0 by noise alone
        "verdict": line["verdict"],
    }


def _step(line: dict[str, Any], short: dict[str, str]) -> dict[str, str]:
    return {
        "alternative": short[line["alternative"]],
        "spent": f"{line['project_cost'] / 1e6:.2f}",
        "judged": _figure(line["judged"]),
        "per averted": "" if line["averted"] != line["averted"] else f"{line['usd_per_averted'] / 1e6:.2f}",
    }


def _figure(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= MANY else f"{value:.2f}"
