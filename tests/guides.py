"""Tables of the guides, computed from the sweeps that they name; `python -m tests.guides` writes them anew."""

import re
import sys
import tempfile
from pathlib import Path

import numpy as np

from sim.runs.totals import of_point, replicates
from sim.sweep.result import read_sweep
from sim.sweep.sweep import run_sweep

ROOT = Path(__file__).parents[1]
GUIDE = ROOT / "scenarios" / "YOUR-PROJECT.md"
TABLE = re.compile(r"(<!-- size: .*? -->\n\n\|.*\n\|.*\n)((?:\|.*\n)*)(\n<!-- end -->)")


def sizes(folder):
    """A line per theta and size: project incidents a year, per 10,000 staff-years and trips, % declined; error."""
    result = read_sweep(folder)
    table, lines = replicates(result.rows), []
    for number, point in enumerate(result.points):
        mine = of_point(table, number)
        incidents, years = mine["expected_project_incidents"], point.scenario.run.horizon
        error = float(incidents.std(ddof=1) / np.sqrt(len(incidents)) / incidents.mean())
        declined = 100.0 * mine["nothing_chosen"].sum() / mine["opportunities"].sum()
        figures = (
            float(incidents.mean() / years),
            float(1e4 * incidents.sum() / mine["project_person_years"].sum()),
            float(1e4 * incidents.sum() / mine["trips"].sum()),
            float(declined),
        )
        lines.append((point.levels["theta"], point.levels["project"], figures, error))
    return lines


def written(lines):
    """The lines as the guide has them."""
    shown = (
        f"| {theta:g} | {size} | {a:.2f} | {b:.1f} | {c:.2f} | {d:.0f} % |\n" for theta, size, (a, b, c, d), _ in lines
    )
    return "".join(shown)


def main():
    with tempfile.TemporaryDirectory() as folder:
        run_sweep(ROOT / "experiments" / "size.yaml", folder, quiet=True)
        table = written(sizes(folder))
    text = GUIDE.read_text(encoding="utf-8")
    GUIDE.write_text(TABLE.sub(lambda found: found[1] + table + found[3], text), encoding="utf-8")
    sys.stdout.write(table)


if __name__ == "__main__":
    main()
