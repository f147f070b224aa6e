"""A choice on a terminal."""

from __future__ import annotations

from sim.decide.choice import Choice, closing, headline, money, table
from sim.view.console import print_paragraph, print_table

SHOWN = 15  # alternatives


def print_choice(choice: Choice) -> None:
    """Print headline, alternatives, the price of safety, and what is not known."""
    print_paragraph(headline(choice))
    print()
    lines = table(choice)
    shown = [
        {
            "alternative": line["alternative"],
            "judged": f"{line['judged']:.2f}",
            "worse by": _between(line),
            "worst draw": _two(line.get("worst")),
            "regret": _two(line.get("regret")),
            "project m USD": f"{line['project_cost'] / 1e6:.2f}",
            "verdict": line["verdict"],
        }
        for line in lines[:SHOWN]
    ]
    decision = choice.study.decision
    title = f"Judged by {decision.judged_by} a year; worse by: than the best, {100 * decision.confidence:g} % sure"
    print_table(shown, title, ("judged", "worse by", "worst draw", "regret", "project m USD", "verdict"), banner=False)
    if len(lines) > SHOWN:
        print_paragraph(f"{len(lines) - SHOWN} more are in the table (--out).")
    steps = [
        {
            "cheapest for its safety": line["alternative"],
            "project m USD": f"{line['project_cost'] / 1e6:.2f}",
            "judged": f"{line['judged']:.2f}",
            "m USD per averted": "" if line["averted"] != line["averted"] else f"{line['usd_per_averted'] / 1e6:.2f}",
        }
        for line in money(choice)
    ]
    print_table(steps, "What safety costs the projects", ("project m USD", "judged", "m USD per averted"))
    print_paragraph(closing(choice))


def _between(line: dict[str, object]) -> str:
    low, high = line.get("worse_low"), line.get("worse_high")
    return "" if not isinstance(low, float) or not isinstance(high, float) else f"{low:.2f} to {high:.2f}"


def _two(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else ""
