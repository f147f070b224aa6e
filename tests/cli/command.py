"""`sitesec` as a process of its own, and what a command's end says."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAIN = "from sim.cli import main; main()"
QUICK = ["--reps", "2", "--set", "run.horizon=1", "--set", "run.warmup=0.2"]


def process(*arguments, script=MAIN, cwd=ROOT):
    """Run a command in a process of its own; `script` is what Python runs there."""
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=os.environ | {"PYTHONPATH": str(ROOT)})


def refused(result):
    """The one sentence on stderr of a command that ended with exit code 2."""
    return sentence(result, 2)


def sentence(result, code):
    """The one sentence on stderr of a command that ended with this exit code."""
    assert result.returncode == code, result.stderr
    assert "Traceback" not in result.stderr
    lines = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    assert len(lines) == 1, result.stderr
    return lines[0]


def loading(*heavy):
    """A script that says on stderr when one of these packages is about to be loaded, and runs the command."""
    return f"""
import sys
def tell(event, facts):
    if event == "import" and facts[0] in {heavy!r}:
        print("loads", facts[0], file=sys.stderr, flush=True)
sys.addaudithook(tell)
{MAIN}
"""
