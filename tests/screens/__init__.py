"""What commands print, at 80 and at 120 columns, as files that change only on purpose.

`python -m tests.screens` writes them anew; look at what has changed before it is committed. They are made of a few
replicates, so their figures mean nothing.
"""

import contextlib
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from sim.cli import main

FOLDER = Path(__file__).parent
WIDTHS = (80, 120)
FEW = ["--reps", "20", "--set", "run.horizon=1", "--set", "run.warmup=0.2"]
SWEEP = """
name: small
set: {run.horizon: 1, run.warmup: 0.2, run.start: steady, policy.adherence.hold: true}
replicates: 10
axes:
  adherence: {label: protocol adherence (share of items followed), key: policy.adherence.level, values: [0.6, 0.8, 1.0]}
  budget: {label: security budget (%), key: policy.budget.share, values: [0.5, 1.0, 3.0]}
  spending: {label: yearly spending, levels: {4 m USD: {policy.budget.reading: yearly, policy.budget.share: 0.488}}}
grids: [[adherence, budget], [adherence, spending]]
reference: {adherence: 0.6, budget: 1.0}
"""
DRAWN = """
name: drawn
set: {run.horizon: 1, run.warmup: 0.2}
replicates: 4
axes: {policy: {label: policy, scenarios: [baseline, full-protocol]}}
sample: {method: sobol, size: 16, priors: [all]}
reference: {policy: baseline}
"""
DECISION = """
name: choice
scenario: baseline
set: {run.horizon: 1, run.warmup: 0.2}
policies: [baseline, full-protocol, curfew]
draws: draws.csv
judge: project_incidents
delta: 0.2
size: 16
first: 2
most: 4
price: 5000000
"""
DRAWS = "threat.plot_interval\n" + "".join(f"{400 + 50 * k}\n" for k in range(16))
INCIDENTS = "month,class,target,deaths\n2023-04,convoy,Alpha,2\n2024-01,site,,0\n2025-06,private,,1\n"
PROJECT = ["--sites", "3", "--foreign-staff", "400", "--local-staff", "1800", "--trips", "40", "--distance", "60"]
OWN = ["incidents.csv", "--since", "2023-01", "--until", "2025-12"]
FILES = {
    "small.yaml": SWEEP,
    "drawn.yaml": DRAWN,
    "choice.yaml": DECISION,
    "draws.csv": DRAWS,
    "incidents.csv": INCIDENTS,
}
# Screen -> command, in this order: later ones use what earlier ones have written.
COMMANDS: Mapping[str, list[str]] = {
    "help": ["--help"],
    "new": ["new", "demo", *PROJECT, "--cost", "900"],
    "check": ["check", "baseline", "demo", "small.yaml"],
    "run": ["run", "baseline", *FEW],
    "run-own": ["run", "demo", *FEW],
    "run-all": ["run", "baseline", "--all", *FEW],
    "compare": ["compare", "baseline", "full-protocol", *FEW],
    "compare-all": ["compare", "baseline", "curfew", "--all", *FEW],
    "sweep": ["sweep", "small.yaml"],
    "sweep-drawn": ["sweep", "drawn.yaml"],
    "query": ["query", "results/small", "select year, count(*) as runs from rows group by all"],
    "diff": ["diff", "results/small", "results/small"],
    "patterns": ["patterns", "baseline", "--reps", "4", "--set", "run.warmup=0.2"],
    "patterns-own": ["patterns", "baseline", "--record", *OWN, *FEW],
    "record": ["record"],
    "record-own": ["record", *OWN],
    "calibrate": ["calibrate", "baseline", "--incidents", "2", "--years", "1", "--draws", "24", "--reps", "2"],
    "compare-draws": ["compare", "baseline", "full-protocol", "--draws", "kept", "--reps", "2"],
    "world": ["world", "demo"],
    "choose": ["choose", "choice.yaml"],
    "flip": ["flip", "choice.yaml"],
    "worth-knowing": ["worth-knowing", "choice.yaml", "--draws", "16"],
    "stress": ["stress", "choice.yaml"],
    "brief": ["brief", "choice.yaml"],
    "levers": ["levers"],
    "levers-cctv": ["levers", "cctv"],
    "demo": ["demo"],
}


def screens() -> Iterator[tuple[Path, str]]:
    """Every screen's file, and what its command prints now, without blanks at the ends of lines."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for name, text in FILES.items():
            Path(name).write_text(text)
        for width in WIDTHS:
            shutil.rmtree("demo", ignore_errors=True)
            for screen, command in COMMANDS.items():
                yield FOLDER / f"{screen}-{width}.txt", printed(command, width)


def printed(command: list[str], width: int) -> str:
    """What a command prints to stdout."""
    out, before = io.StringIO(), (sys.argv, dict(os.environ))
    sys.argv, os.environ["COLUMNS"] = ["sitesec", *command], str(width)
    try:
        with (
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(io.StringIO()),
            contextlib.suppress(SystemExit),
        ):
            main()
    finally:
        sys.argv = before[0]
        os.environ.clear()
        os.environ.update(before[1])
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())
