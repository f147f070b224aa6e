"""Random sweeps, run, changed and run again in one folder: table, summary, queries and plain runs say the same."""

import csv
import json

import numpy as np
import pandas as pd
import pytest
import yaml

from sim import load_scenario, replicates, simulate
from sim.analysis.tables import sweep_table
from sim.cli import main
from sim.runs.totals import of_point
from sim.sweep.query import query
from sim.sweep.result import read_sweep
from sim.sweep.sweep import run_sweep

SHORT = {"run.horizon": 0.1, "run.warmup": 0.02}
KEYS = {
    "policy.budget.share": (0.5, 1, 2.0, 3),
    "policy.adherence.level": (0.2, 0.55, 0.9, 1),
    "policy.movement.trips": (0.5, 0.8, 1),
    "threat.rationality": (0, 2.5, 9),
    "insider.prevalence": (0.0, 0.001, 0.005),
    "state.special_police.teams": (0, 2, 6),
}
FACTS = ("threat.rationality", "insider.prevalence")
NAMES = (
    "plan",
    "Größe",
    "a b",
    "it's",
    'say "x"',
    "[red]",
    ":100:",
    "50%",
    "<b>",
    "x;y",
    "1",
    "מדיניות",
    "select",
    "..",
)
SEEDS = np.random.SeedSequence(16).generate_state(100)  # all of 300 passed once; a hundred take two minutes


def sweep_of(random, folder):
    """A random sweep file's tree, and the scenarios that it names."""
    keys = random.permutation(list(KEYS)).tolist()
    names = random.permutation(NAMES).tolist()
    tree = {"name": names.pop(), "seed": int(random.integers(0, 2**40)), "replicates": int(random.integers(1, 4))}
    tree["scenario"] = str(random.choice(["baseline", "full-protocol"]))
    held = {key: some(random, key) for key in keys[:1] if random.random() < 0.5}
    tree["set"] = SHORT | nested(held) if random.random() < 0.5 else SHORT | held
    tree["axes"] = {}
    if random.random() < 0.7:
        tree["axes"]["along"] = {"label": "x", "key": keys[1], "values": list(KEYS[keys[1]])[: random.integers(1, 4)]}
    if random.random() < 0.7:
        levels = {
            names.pop(): {key: some(random, key) for key in keys[2 : 2 + n]} for n in range(random.integers(1, 4))
        }
        levels = {name: nested(level) if random.random() < 0.3 else level for name, level in levels.items()}
        tree["axes"][names.pop().replace(".", "-")] = {"label": "y", "levels": levels}
    if random.random() < 0.5:
        files = [scenario_file(random, folder, place, keys[4]) for place in ("north", "south")[: random.integers(1, 3)]]
        tree["axes"]["policy"] = {"label": "z", "scenarios": [*files, "baseline"]}
    if len(tree["axes"]) > 1 and random.random() < 0.3:
        tree["grids"] = [[name] for name in tree["axes"]]
    if keys[5] in FACTS and random.random() < 0.7:
        drawn = [str(some(random, keys[5])) for _ in range(random.integers(1, 3))]
        (folder / "draws.csv").write_text("\n".join([keys[5], *drawn]) + "\n")
        tree["sample"] = {"table": "draws.csv"}
    return tree


def some(random, key):
    return KEYS[key][random.integers(len(KEYS[key]))]


def nested(values):
    """Dotted paths as sections within sections."""
    tree = {}
    for path, value in values.items():
        *sections, last = path.split(".")
        inner = tree
        for section in sections:
            inner = inner.setdefault(section, {})
        inner[last] = value
    return tree


def flat(tree, at=""):
    """Sections within sections as dotted paths."""
    found = {}
    for key, value in tree.items():
        found |= flat(value, f"{at}{key}.") if isinstance(value, dict) else {f"{at}{key}": value}
    return found


def scenario_file(random, folder, place, key):
    (folder / place).mkdir(exist_ok=True)
    tree = {"extends": "baseline", **nested({key: some(random, key)})}
    (folder / place / "plan.yaml").write_text(yaml.safe_dump(tree))
    return f"{place}/plan.yaml"


def changed(random, tree):
    """The same sweep, renamed, narrowed, widened, reseeded, or with more or fewer replicates."""
    tree = json.loads(json.dumps(tree))
    for axis in tree["axes"].values():
        if "values" in axis and random.random() < 0.5:
            everything = list(KEYS[axis["key"]])
            axis["values"] = [everything[n] for n in sorted({*random.integers(0, len(everything), 2).tolist()})]
        if "levels" in axis and random.random() < 0.3:
            axis["levels"] = {f"{name}, anew": level for name, level in axis["levels"].items()}
    if random.random() < 0.3:
        tree["seed"] += 1
    if random.random() < 0.5:
        tree["replicates"] = int(random.integers(1, 5))
    return tree


def plain_rows(tree, folder, point, draws):
    """A point's rows by a plain run: scenario's file, `set`, the draw, then the axes, each over the one before."""
    source, values = tree["scenario"], {} if point.draw is None else dict(draws[point.draw])
    for axis, level in point.levels.items():
        entry = tree["axes"][axis]
        if "scenarios" in entry:
            source = next(name for name in entry["scenarios"] if level in (name.removesuffix(".yaml"), "plan", name))
            source = next((n for n in entry["scenarios"] if level == n.removesuffix(".yaml")), source)
        elif "levels" in entry:
            values |= flat(entry["levels"][level])
        else:
            values[entry["key"]] = int(level) if float(level).is_integer() else level
    base = load_scenario(tree["scenario"] if "/" not in tree["scenario"] else folder / tree["scenario"])
    mine = load_scenario(folder / source if "/" in source else source)
    held = {
        path for path in values if point.draw is not None and path in draws[point.draw] and differs(mine, base, path)
    }
    axis_values = {path for axis, level in point.levels.items() for path in set_by(tree, axis, level)}
    kept = {path: value for path, value in values.items() if path not in held or path in axis_values}
    scenario = load_scenario(folder / source if "/" in source else source, flat(tree["set"]) | kept)
    return simulate(scenario, tree["replicates"], seed=tree["seed"], threads=1)


def set_by(tree, axis, level):
    entry = tree["axes"][axis]
    if "levels" in entry:
        return set(flat(entry["levels"][level]))
    return set() if "scenarios" in entry else {entry["key"]}


def differs(one, other, path):
    for part in path.split("."):
        one, other = getattr(one, part), getattr(other, part)
    return one != other


def check(tree, folder, out):
    """All that is told of a sweep, against plain runs of its points."""
    result = read_sweep(out)
    draws = pd.read_csv(folder / "draws.csv").to_dict("records") if "sample" in tree else []
    table = sweep_table(result)
    with open(out / "summary.csv", newline="") as handle:
        summary = list(csv.DictReader(handle))
    asked = query(out, "select number, sum(incidents) as i, sum(days) as d, count(*) as n from design join rows "
                       "using (point_id) group by number order by number")  # fmt: skip
    assert len(result.points) == len(table) == len(summary) == len(asked)
    assert len(pd.read_parquet(out / "rows")) == len({p for p in result.store.ids}) * tree["replicates"]
    for number, point in enumerate(result.points):
        mine, rows = result.rows[result.rows["point"] == number], plain_rows(tree, folder, point, draws)
        names = [name for name in rows.dtype.names if name != "point"]
        assert mine[names].tolist() == rows[names].tolist(), point.levels
        totals = of_point(replicates(rows), 0)
        expected = (totals["expected_incidents"] / totals["years"]).mean()
        assert table[number]["incidents_per_year"] == pytest.approx(expected, abs=1e-9)
        assert float(summary[number]["incidents_per_year"]) == pytest.approx(expected, abs=1e-9)
        for axis, level in point.levels.items():
            assert summary[number][axis] == str(level)
        assert asked[number] == {
            "number": number,
            "i": int(rows["incidents"].sum()),
            "d": rows["days"].sum(),
            "n": len(rows),
        }


def command(*words):
    """Run a command in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["sitesec", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            main()
    assert not left.value.code


def run_both(seed, folder):
    """A random sweep, and what it is changed to, in one folder."""
    random = np.random.default_rng(seed)
    tree, out = sweep_of(random, folder), folder / "out"
    for again in (tree, changed(random, tree), tree):
        (folder / "sweep.yaml").write_text(yaml.safe_dump(again, sort_keys=False, allow_unicode=True))
        command("sweep", folder / "sweep.yaml", "--out", out, "--quiet", "--threads", 1)
        check(again, folder, out)


@pytest.mark.parametrize("seed", SEEDS[:8].tolist())
def test_a_random_sweep_that_is_changed_says_what_plain_runs_say(seed, tmp_path):
    run_both(seed, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS[8:].tolist())
def test_a_hundred_random_sweeps_say_what_plain_runs_say(seed, tmp_path):
    run_both(seed, tmp_path)


def test_of_a_lever_in_a_table_the_design_has_what_ran_from_the_start_and_what_ran_before(tmp_path):
    (tmp_path / "t.csv").write_text("policy.budget.share\n0.5\n2\n")
    text = "name: x\nset: {run.horizon: 0.1, run.warmup: 0.1}\nreplicates: 1\nsample: {table: t.csv}\n"
    (tmp_path / "x.yaml").write_text(text)
    for sets, ran in (({}, [0.5, 2.0]), ({"policy.budget.share": 3}, [3.0, 3.0])):
        run_sweep(tmp_path / "x.yaml", tmp_path / "out", threads=1, sets=sets)
        design = pd.read_parquet(tmp_path / "out/design.parquet")
        assert design["policy.budget.share"].tolist() == ran
        assert design["warmup.policy.budget.share"].tolist() == [0.5, 2.0]
        stored = [json.loads(text)["policy"]["budget"]["share"] for text in design["scenario_json"]]
        assert stored == ran


def test_a_point_and_a_replicate_can_be_run_again_from_the_folder_alone(tmp_path):
    text = "name: x\nset: {run.horizon: 0.3, run.warmup: 0.1}\nseed: 9\nreplicates: 3\naxes:\n  a: {label: a, "
    (tmp_path / "x.yaml").write_text(text + "scenarios: [baseline, full-protocol]}\n")
    result = run_sweep(tmp_path / "x.yaml", tmp_path / "out", threads=1)
    stored = pd.read_parquet(tmp_path / "out/design.parquet")["scenario_json"][1]
    assert load_scenario(json.loads(stored)).policy == result.points[1].scenario.policy
    (tmp_path / "x.yaml").unlink()
    command("run", tmp_path / "out", "--point", 1, "--replicate", 2, "--out", tmp_path / "again")
    mine = result.rows[(result.rows["point"] == 1) & (result.rows["replicate"] == 2)]
    with open(tmp_path / "again/rows.csv", newline="") as handle:
        (line,) = csv.DictReader(handle)
    assert {name: type(mine[name][0].item())(value) for name, value in line.items()} == {
        name: mine[name][0].item() for name in line
    }
