"""Two policies on the same random numbers, on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.analysis.tables import Rows
from sim.view.console import print_paragraph, print_table
from sim.view.ranges import between, figure

SHOWN, OF_A_GROUP = 12, 2  # further columns that differ: at most so many, and of one group
NUMBERS = ("A", "B", "B less A", "simulation", "assumptions")


def print_pair(table: Rows, said: Mapping[str, str], title: str) -> None:
    """Print headline and main differences."""
    print_paragraph(said["headline"])
    print()
    lines = [_line(line, "figure") for line in table]
    if not any(line["assumptions"] for line in lines):
        lines = [{name: cell for name, cell in line.items() if name != "assumptions"} for line in lines]
    print_table(lines, title, NUMBERS)
    print()
    print_paragraph(said["two_ranges"], 2)
    print()


def print_differing(differing: Mapping[str, Any], names: Mapping[str, str], everything: bool) -> None:
    """Print the further columns in which two policies differ, the surest of each group unless all are asked for."""
    lines = differing["lines"]
    if not lines:
        return
    chosen = lines if everything else _surest(lines)
    rest = f"; {len(chosen)} of {len(lines)}, --all has the others" if len(chosen) < len(lines) else ""
    title = f"What else differs, a year (A is {names['a']}, B {names['b']}{rest})"
    keys = ("column", "A", "B", "B less A", "simulation")
    table = [{"column": _label(line)} | _line(line, "name") for line in chosen]
    print_table([{key: line[key] for key in keys} for line in table], title, keys[1:], banner=False)


def _surest(lines: Rows) -> Rows:
    """Of each group the lines whose difference is most times its own range, in the order in which they were."""
    found: Rows = []
    for line in sorted(lines, key=_sureness, reverse=True):
        if sum(other["group"] == line["group"] for other in found) < OF_A_GROUP:
            found.append(line)
    return [line for line in lines if line in found[:SHOWN]]


def print_pairing(differences: Rows) -> None:
    """Print both ways of counting, and what the same random numbers were worth."""
    table = [
        {
            "a year": line["metric"].replace("_per_year", "").replace("_", " "),
            "by": line["by"],
            "difference": f"{figure(line['difference'])} ({between(line['low'], line['high'])})",
            "correlation": figure(line["correlation"]),
            "times less variance": figure(line["crn_factor"]),
            "replicates saved": figure(line["replicates_saved"]),
        }
        for line in differences
    ]
    print_table(table, "What the same random numbers were worth", ("difference",), banner=False)


def _line(line: Mapping[str, Any], label: str) -> dict[str, str]:
    return {
        "a year": line[label],
        "A": figure(line["a"]),
        "B": figure(line["b"]),
        "B less A": figure(line["difference"]),
        "simulation": between(line["low"], line["high"]),
        "assumptions": between(line["assumed_low"], line["assumed_high"]) if "assumed_low" in line else "",
    }


def _label(line: Mapping[str, Any]) -> str:
    """Name, with its unit where that is money; expected counts are not told apart."""
    name = line["name"].removesuffix(" (expected)")
    return f"{name}, USD" if line["unit"] == "USD" and not name.endswith("USD") else name


def _sureness(line: Mapping[str, Any]) -> float:
    """How many times its own range a difference is."""
    width = line["high"] - line["low"]
    return abs(line["difference"]) / width if width > 0 else float("inf")
