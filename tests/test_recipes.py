"""The recipes of CONTRIBUTING.md are true: each is followed in a scratch copy, which then does as it says.

The copy runs as plain Python, so that nothing has to be compiled.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SHORT = {"run.horizon": 0.02, "run.warmup": 0.01}  # a week or so


def recipe(title):
    return re.search(rf"^### {title}\n.*?```diff\n(.*?)```", TEXT, re.MULTILINE | re.DOTALL)[1]


@pytest.fixture
def follow(tmp_path):
    """Apply a recipe to a copy, and say what a piece of Python prints there, as JSON."""

    def followed(title, source):
        for part in ("sim", "scenarios"):
            shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
        apply = ["git", "apply", "--unsafe-paths", "-"]
        subprocess.run(apply, cwd=tmp_path, input=recipe(title), text=True, check=True)
        environment = {**os.environ, "SITESEC_JIT": "0", "PYTHONPATH": str(tmp_path)}
        command = [sys.executable, "-c", f"import json, sim\nSHORT = {SHORT}\n{source}"]
        done = subprocess.run(command, cwd=tmp_path, env=environment, text=True, capture_output=True)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return followed


def test_every_recipe_is_tested():
    titles = re.findall(r"^### (.*)$", TEXT, re.MULTILINE)
    followed = re.findall(r'follow\(\s*"(.*?)"', Path(__file__).read_text(encoding="utf-8"))
    assert titles == followed


def test_a_lever_is_a_field_and_a_use(follow):
    hazard, shown, outside = follow(
        "A lever",
        """
from sim.describe.levers import lever_entries
from sim.describe.search import search
from sim.runs.replicate import Replicate
from sim.scenario.schema import json_schema
from sim.view.page.setup import rows
path = "policy.consultation.hotline"
runs = [Replicate(sim.load_scenario("baseline", SHORT | {path: share}), 1, 0) for share in ("0", "1")]
for run in runs:
    run.advance(720)
entry = next(entry for entry in lever_entries() if entry["key"] == path)
shown = [entry["allowed"], entry["shown"]["allowed"], entry["nearest"], rows([path])[0].path]
shown += [search(["tips", "phone"])[0].path == path, "hotline" in json.dumps(json_schema())]
try:
    sim.load_scenario("baseline", {path: "2"})
except sim.InputError as error:
    outside = str(error)
print(json.dumps([[float(run.world.intelligence["interdiction"][0]) for run in runs], shown, outside]))
""",
    )
    assert hazard[1] > hazard[0]
    assert shown == ["0 to 1", "0 to 100 %", "foiled_interdiction", "policy.consultation.hotline", True, True]
    assert "read 2, allowed 0 to 1" in outside


def test_an_outcome_column_is_a_line_and_a_count(follow):
    column, counted, described = follow(
        "An outcome column",
        """
from sim.analysis.columns import name_of, unit_of
from sim.describe import odd
from sim.outcome import COLUMNS
angry = {"community.protest_threshold": 0.0, "community.protest_rate": 1.0, "community.G0": 1.0}
rows = sim.simulate(sim.load_scenario("baseline", SHORT | angry), 1, 1, threads=0)
column = COLUMNS["trips_held"]
print(json.dumps([[name_of(column), unit_of(column)], int(rows["trips_held"].sum()), "`trips_held`" in odd.outputs()]))
""",
    )
    assert column == ["movements held up by a protest", "trips per year"]
    assert counted > 0 and described


def test_a_kind_of_agent_is_a_file_a_line_in_the_world_its_schedule_and_a_sign(follow):
    names, places, signs, legend, described = follow(
        "A kind of agent",
        """
from sim.describe import odd
from sim.view.page.map import Map
from sim.view.page.signs import legend
model = sim.SecurityModel(sim.load_scenario("baseline", SHORT))
kind = next(kind for kind in model.agents_by_type if kind.__name__ == "Mediator")
seen = []
for _ in range(2):
    seen.append([list(view.pos) for view in model.agents_by_type[kind]])
    model.run_days(1)
names = [view.name for view in model.agents_by_type[kind]]
signs = Map(model.spec).signs(model, False)
towns = [list(town.pos) for town in model.agents_by_type[sim.model.Town]]
found = [at in towns for day in seen for at in day], seen[0] != seen[1]
mine = [sign.title for (array, _), sign in signs.items() if array == "mediators"]
told = "mediator" in legend(False, False, False, False), "world.mediators" in odd.states()
print(json.dumps([names, found, mine, *told]))
""",
    )
    assert names == signs == ["mediator 1", "mediator 2"]
    assert places == [[True] * 4, True]
    assert legend and described


def test_a_scenario_is_what_differs_from_another(follow):
    assert follow(
        "A scenario",
        """
from sim.scenario.load import shipped
one, other = sim.load_scenario("no-flights"), sim.load_scenario("all-measures")
print(json.dumps(["no-flights" in shipped(), one.policy.drones.crews, other.policy.drones.crews > 0]))
""",
    ) == [True, 0, True]


SWEEP = """
name: small
scenario: baseline
set: {run.horizon: 0.02, run.warmup: 0.01}
replicates: 2
axes: {adherence: {label: adherence, key: policy.adherence.level, values: [0.4, 1.0]}}
"""


def test_a_plot_in_the_report_is_a_section(follow):
    files, section = follow(
        "A plot in the report",
        f"""
from pathlib import Path
from sim.view.report.write import write_report
Path("small.yaml").write_text({SWEEP!r})
sim.run_sweep("small.yaml", "out", threads=0)
written = write_report(Path("out"))
page = written[0].read_text()
print(json.dumps([[path.name for path in written if path.stem == "escorted"], 'id="escorted"' in page]))
""",
    )
    assert files == ["escorted.png", "escorted.svg"] and section


def test_a_panel_of_the_page_is_a_line_and_its_curves(follow):
    titles, most = follow(
        "A panel of the page",
        """
from sim.view.page.charts import charts
from sim.view.page.setup import Setup
from sim.view.page.watch import Watch
watch = Watch([Setup("baseline", SHORT)])
watch.go_to(watch.horizon)
panels = charts(watch)
mine = panels["Cells that live, of both groups"]
print(json.dumps([list(panels), max(point[1] for point in mine["series"][0]["data"])]))
""",
    )
    assert "Cells that live, of both groups" in titles and 0 < most <= 12
