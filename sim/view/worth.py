"""What is worth finding out, on a terminal."""

from __future__ import annotations

from typing import Any

from sim.about import BANNER
from sim.decide.worth import WorthKnowing, closing, headline, regret_line, shown, shown_lines, table, unit_of
from sim.view.console import print_paragraph, print_table


def print_worth(found: WorthKnowing) -> None:
    """Print headline, what is worth most, where those numbers are from, and what is not known."""
    print_paragraph(headline(found))
    print()
    lines = list(shown_lines(found))
    if lines:
        _print_lines(lines, f"Worth of knowing, in {unit_of(found.study.decision)}", len(table(found)) - len(lines))
    print_paragraph(regret_line(found))
    print_paragraph(closing(found))
    print_paragraph("" if lines else BANNER)


def _print_lines(lines: list[dict[str, Any]], title: str, rest: int) -> None:
    print_table([_row(line) for line in lines], title, ("worth", "95 % interval", "thousand USD", "regret", "sure"))
    for line in lines:
        if line["kind"] == "number":
            print_paragraph(f"{line['name']}: {line['meaning']}; {line['prior']}, {line['source']}.", 2)
    if rest:
        print_paragraph(f"{rest} more are worth less, or not shown to be worth anything (all of them: --out).")
    print()


def _row(line: dict[str, Any]) -> dict[str, str]:
    """A line of the table for reading."""
    usd = {} if "usd" not in line else {"thousand USD": f"{line['usd'] / 1e3:,.0f}"}
    regret = line["regret_lowered"]
    return {
        "if one knew": "everything" if line["kind"] == "everything" else line["name"],
        "worth": shown(line["worth"]),
        "95 % interval": f"{shown(line['low'])} to {shown(line['high'])}",
        **usd,
        "regret": "" if regret is None else shown(regret),
        "sure": "yes" if line["surely"] else "no",
    }
