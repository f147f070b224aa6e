"""`sitesec sweep`: its plan, and a folder in which all is there."""

import json
import shutil

import pytest

from tests.cli.command import loading, process, refused


def test_the_plan_is_all_that_is_printed_and_nothing_is_written(sitesec, swept, tmp_path):
    result = sitesec("sweep", swept[0], "--plan", "--json", "--out", tmp_path / "out")
    plan = json.loads(result.stdout)["plan"]
    assert {"points", "replicates", "done", "minutes", "megabytes"} <= set(plan)
    assert (plan["points"], plan["replicates"], plan["done"]) == (2, 8, 0)
    assert not (tmp_path / "out").exists()


def test_a_sweep_that_is_whole_says_that_there_is_nothing_to_run_and_no_speed(sitesec, swept):
    said = sitesec("sweep", swept[0], "--out", swept[1]).stderr.splitlines()
    wrote = f"wrote {swept[1] / 'summary.csv'}"
    assert said == [
        f"planning {swept[0]}",
        "2 design points",
        "nothing to run: all 8 replicates of 2 points are there",
        wrote,
    ]


def test_quiet_leaves_only_what_was_written(sitesec, swept):
    assert sitesec("sweep", swept[0], "--out", swept[1], "--quiet").stderr == f"wrote {swept[1] / 'summary.csv'}\n"


def test_the_plan_of_a_sweep_that_is_whole_is_to_run_nothing(sitesec, swept):
    assert "8 of them there; to run: nothing" in sitesec("sweep", swept[0], "--out", swept[1], "--plan").stdout


def test_plots_are_told_of_before_they_are_written(sitesec, swept, tmp_path):
    file = tmp_path / "plotted.yaml"
    plots = "plots: [{name: picture, kind: lines, x: adherence, lines: adherence}]\n"
    file.write_text(swept[0].read_text() + plots)
    said = sitesec("sweep", file, "--out", tmp_path, "--reps", "1").stderr.splitlines()
    wrote = [f"wrote {tmp_path / name}" for name in ("summary.csv", "picture.png")]
    assert said[-3:] == ["writing plots", *wrote]


def test_planning_is_said_before_anything_is_loaded():
    result = process("sweep", "nosuch.yaml", script=loading("numpy", "numba", "pandas"))
    assert "nosuch.yaml" in refused(result)
    assert result.stderr.splitlines()[0] == "planning nosuch.yaml"


def test_names_are_printed_as_they_are(in_a_terminal, swept, tmp_path):
    name = "[/] :100: [bold]x[red]"
    (tmp_path / "odd.yaml").write_text(swept[0].read_text().replace("name: small", f"name: '{name}'"))
    assert f"{name}: 2 design points" in in_a_terminal(100, "sweep", tmp_path / "odd.yaml", "--out", tmp_path / "out")


def test_a_sweep_opens_with_its_reference_its_best_and_each_axis_as_its_table_has_them(sitesec, swept):
    found = json.loads(sitesec("sweep", swept[0], "--out", swept[1], "--json").stdout)
    low, high = found["points"]  # the file names no reference: its first point is
    said = found["headline"]
    assert said.startswith(f"The reference (adherence 0.4) has {low['project_incidents_per_year']:.2f} (")
    assert " The fewest project incidents has adherence 1: " in said
    (effect,) = found["effects"]
    assert (effect["axis"], effect["level"]) == ("adherence", 1.0)
    assert effect["difference"] == high["project_incidents_per_year_difference"]
    assert f" Adherence from 0.4: to 1, {-effect['difference']:.2f} fewer (" in said


@pytest.mark.parametrize("name", ["rows", "summary.csv", "report"])
def test_a_link_out_of_the_folder_is_wrong_input(sitesec, swept, tmp_path, name):
    out = tmp_path / "out"
    shutil.copytree(swept[1], out, ignore=shutil.ignore_patterns(name))
    (out / name).symlink_to(swept[1] / name)
    for words in (("sweep", swept[0], "--out", out), ("report", out)):
        assert f"{out / name}: read a symbolic link" in refused(sitesec(*words))


def test_two_files_of_one_name_do_not_share_the_default_folder(swept, tmp_path):
    for place in ("north", "south"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "sweep.yaml").write_text(swept[0].read_text())
    for _ in range(2):
        assert process("sweep", "north/sweep.yaml", "--reps", "1", cwd=tmp_path).returncode == 0
    sentence = refused(process("sweep", "south/sweep.yaml", "--reps", "1", cwd=tmp_path))
    assert all(part in sentence for part in ("results/sweep", "north/sweep.yaml", "south/sweep.yaml", "--out"))
    assert process("sweep", "results/sweep/sweep.yaml", "--reps", "1", cwd=tmp_path).returncode == 0


def test_many_points_are_run_only_where_somebody_says_so(tmp_path):
    values = [round(0.001 * n, 3) for n in range(100, 180)]
    axes = "".join(
        f"  {name}: {{label: x, key: {key}, values: {values}}}\n"
        for name, key in {"a": "policy.budget.share", "b": "policy.adherence.level"}.items()
    )
    (tmp_path / "many.yaml").write_text(f"name: many\nreplicates: 1\naxes:\n{axes}")
    result = process("sweep", tmp_path / "many.yaml", "--out", tmp_path / "out")
    assert "read 6,400 design points, allowed without --yes 5,000" in refused(result)
    assert "6,400 design points" in result.stderr.splitlines()[1] and not (tmp_path / "out").exists()
