"""Symbolic links in a results folder: neither sweep nor report writes anything outside of it."""

import os
import shutil

import pytest
import yaml

from sim.errors import InputError
from sim.sweep.parts import part_files
from sim.sweep.sweep import run_sweep
from sim.view.report.write import write_report
from tests.sweep.folders import contents

FOLDERS = ("rows", "report")
FILES = ("lock", "log.txt", "design.parquet", "versions.json", "failures.parquet", "sweep.yaml", "summary.csv", "x.png")


@pytest.fixture
def elsewhere(tmp_path):
    """A folder outside, with files that have the names of ours."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    for name in (*FILES, "rates.csv", "rates.csv.part", "x.part", "report.html"):
        (folder / name).write_text("mine")
    return folder


def led_out(path, target):
    """A link in the place of a file or folder, which moves there, beside what is there."""
    if path.is_dir():
        shutil.copytree(path, target, dirs_exist_ok=True)
        shutil.rmtree(path)
    elif path.exists():
        shutil.move(path, target)
    path.symlink_to(target)


@pytest.mark.parametrize("name", [*FOLDERS, *FILES, "x"])
@pytest.mark.parametrize("there", [True, False])
def test_a_link_in_the_folder_is_refused_and_nothing_is_written_anywhere(file, out, elsewhere, name, there):
    target = elsewhere if name in FOLDERS else elsewhere / name
    if there:
        led_out(out / name, target)
    else:
        shutil.rmtree(out / name) if (out / name).is_dir() else (out / name).unlink(missing_ok=True)
        (out / name).symlink_to(elsewhere / "nowhere")
    before, inside = contents(elsewhere), contents(out)
    with pytest.raises(InputError, match=f"{name}: read a symbolic link, allowed only files") as refused:
        run_sweep(file, out, replicates=4, threads=1)
    assert "\n" not in str(refused.value)
    if name == "report":
        with pytest.raises(InputError, match="report: read a symbolic link"):
            write_report(out)
    assert contents(elsewhere) == before and contents(out) == inside


def test_a_link_in_the_place_of_a_part_is_read_and_never_written_through(file, out, elsewhere):
    (part,) = part_files(out / "rows")
    led_out(part, elsewhere / part.name)
    (out / "rows" / "x.part").symlink_to(elsewhere / "x.part")
    before = contents(elsewhere)
    assert run_sweep(file, out, threads=1).years_run == 0
    assert run_sweep(file, out, replicates=4, threads=1).years_run > 0
    assert contents(elsewhere) == before


def test_a_damaged_part_behind_a_link_is_set_aside_here_and_stays_as_it_is_there(file, out, elsewhere):
    (part,) = part_files(out / "rows")
    led_out(part, elsewhere / part.name)
    (elsewhere / part.name).write_bytes(b"damaged")
    before = contents(elsewhere)
    assert run_sweep(file, out, threads=1).years_run > 0
    assert contents(elsewhere) == before
    assert not any(path.is_symlink() for path in part_files(out / "rows"))


def test_links_in_the_report_s_folder_give_way_to_its_files(out, elsewhere, tmp_path):
    report = out / "report"
    report.mkdir()
    names = ("report.html", "rates.csv", "rates.csv.part", "rates.svg", "rates.svg.part")
    for name in names:
        (report / name).symlink_to(elsewhere / name)
    (report / "costs.csv").symlink_to(elsewhere)
    before = contents(elsewhere)
    written = write_report(out)
    assert contents(elsewhere) == before
    assert not any(path.is_symlink() for path in (*written, *report.iterdir()))
    shutil.rmtree(report)


def test_a_folder_that_is_a_link_itself_is_the_user_s_own_choice(file, out, tmp_path):
    os.rename(out, tmp_path / "disk")
    out.symlink_to(tmp_path / "disk")
    assert run_sweep(file, out, threads=1).years_run == 0


@pytest.mark.parametrize(
    "name",
    ["../x", "/x", "..\\x", "a/b", "a\0b", "x\n", "\N{RIGHT-TO-LEFT OVERRIDE}gnp", "", 201 * "x", 100 * "é" + "x"],
)
def test_a_plot_whose_name_is_no_file_s_in_the_folder_is_refused(file, tmp_path, name):
    tree = yaml.safe_load(file.read_text())
    tree["plots"] = [{"name": name, "kind": "spending", "lines": "adherence"}]
    (tmp_path / "x.yaml").write_text(yaml.safe_dump(tree))
    with pytest.raises(InputError, match=r"\]\.name: read .*, allowed (a file name of 1 to 200 bytes|printable text)"):
        run_sweep(tmp_path / "x.yaml", tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.yaml"]
