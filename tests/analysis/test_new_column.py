"""A column that is added in one line is shown everywhere, with its label and unit: tried on a copy of the package."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINE = '    Column("whistles", "f8", "h", "movements", "hours of whistling", "by guards"),\n'
BEFORE = "    # people\n"
SWEEP = """
name: small
scenario: baseline
set: {run.horizon: 0.003, run.warmup: 0}
replicates: 1
axes: {adherence: {label: adherence, key: policy.adherence.level, values: [0.4, 1.0]}}
"""
SCRIPT = """
import contextlib, io, json, sys
from pathlib import Path
import matplotlib.pyplot as plt
from sim.describe import odd
from sim.sweep.query import query
from sim.sweep.sweep import run_sweep
from sim.view import pictures
from sim.view.report.write import write_report

def empty(figure, path, *_):  # pictures take most of a report's time
    plt.close(figure)
    path.with_suffix(".svg").write_text("<svg/>")
    return [path.with_suffix(".svg")]

pictures.save = empty
folder = run_sweep("sweep.yaml", "out", threads=0, quiet=True).folder
page = write_report(folder)[0]
sys.argv = "sitesec run baseline --reps 1 --set run.horizon=0.003 --set run.warmup=0 --all --json --quiet".split()
from sim.cli import main
with contextlib.redirect_stdout(io.StringIO()) as printed:
    try:
        main()
    except SystemExit:
        pass
print(json.dumps({
    "run": json.loads(printed.getvalue())["columns"],
    "page": page.read_text(),
    "file": (page.parent / "columns.csv").read_text(),
    "odd": odd.outputs(),
    "query": query(folder, "select * from columns"),
}))
"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """What a copy of the package shows that has one line more, run as plain Python."""
    copy = tmp_path_factory.mktemp("copy")
    for name in ("sim", "scenarios"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    file = copy / "sim" / "outcome.py"
    text = file.read_text(encoding="utf-8")
    assert text.count(BEFORE) == 1
    file.write_text(text.replace(BEFORE, LINE + BEFORE), encoding="utf-8")
    (copy / "sweep.yaml").write_text(SWEEP)
    surroundings = {**os.environ, "PYTHONPATH": str(copy), "SITESEC_JIT": "0"}
    command = [sys.executable, "-c", SCRIPT]
    result = subprocess.run(command, capture_output=True, text=True, cwd=copy, env=surroundings)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout.splitlines()[-1])


@pytest.mark.slow
def test_run_shows_it(seen):
    line = next(line for line in seen["run"] if line["figure"] == "whistles")
    assert (line["group"], line["label"], line["unit"]) == ("movements", "hours of whistling", "h per year")
    assert line["estimate"] == 0.0


@pytest.mark.slow
def test_the_report_shows_it_on_its_page_and_in_its_table(seen):
    assert ">hours of whistling, h</th>" in seen["page"]
    assert "movements,whistles,hours of whistling,h per year,0.0" in seen["file"]


@pytest.mark.slow
def test_the_description_of_the_model_shows_it(seen):
    assert "| `whistles` | hours of whistling | h | movements | by guards | sum |" in seen["odd"]


@pytest.mark.slow
def test_a_question_in_sql_finds_it(seen):
    assert {
        "name": "whistles",
        "label": "hours of whistling",
        "unit": "h",
        "group": "movements",
        "meaning": "by guards",
    } in seen["query"]
