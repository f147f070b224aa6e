"""Files that are written whole: into their folder, never through a link out of it."""

import os

import pytest

from sim.errors import InputError
from sim.files import PART, without_links, writable_folder, write_whole


@pytest.fixture
def outside(tmp_path):
    """A file elsewhere, which must stay as it is."""
    (tmp_path / "elsewhere").mkdir()
    file = tmp_path / "elsewhere" / "precious"
    file.write_text("mine")
    return file


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "results").mkdir()
    return tmp_path / "results"


@pytest.mark.parametrize("name", ["summary.csv", f"summary.csv{PART}"])
@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_a_link_in_the_place_of_a_file_or_of_its_part_gives_way_to_the_file(folder, outside, name, link):
    link(outside, folder / name)
    write_whole(folder / "summary.csv", "new")
    assert outside.read_text() == "mine"
    assert [path.name for path in folder.iterdir()] == ["summary.csv"]
    assert (folder / "summary.csv").read_text() == "new" and not (folder / "summary.csv").is_symlink()


def test_a_link_that_leads_nowhere_does_not_make_a_file_there(folder, tmp_path):
    for name in ("summary.csv", f"summary.csv{PART}"):
        (folder / name).symlink_to(tmp_path / "elsewhere")
    write_whole(folder / "summary.csv", "new")
    assert not (tmp_path / "elsewhere").exists() and (folder / "summary.csv").read_text() == "new"


def test_trying_whether_a_folder_can_be_written_to_leaves_nothing_and_follows_no_link(folder, outside):
    for name in (".probe", f".probe-{os.getpid() + 1}"):
        (folder / name).symlink_to(outside)
    before = sorted(folder.iterdir())
    assert writable_folder(folder) == folder
    assert outside.read_text() == "mine" and sorted(folder.iterdir()) == before
    (folder / f".probe-{os.getpid()}").symlink_to(outside)
    with pytest.raises(InputError, match="nothing can be written there"):
        writable_folder(folder)
    assert outside.read_text() == "mine"


@pytest.mark.parametrize("target", ["folder", "file", "nowhere"])
def test_a_results_folder_with_a_link_in_it_is_refused_in_a_sentence(folder, outside, target):
    place = {"folder": outside.parent, "file": outside, "nowhere": outside.with_name("nowhere")}[target]
    (folder / "rows").symlink_to(place)
    with pytest.raises(InputError) as refused:
        without_links(folder)
    assert str(refused.value) == (
        f"{folder / 'rows'}: read a symbolic link, allowed only files and folders that are {folder}'s own"
    )


def test_a_results_folder_may_be_a_link_itself_and_hold_an_editor_s(folder, tmp_path):
    (tmp_path / "link").symlink_to(folder)
    (folder / ".#sweep.yaml").symlink_to("somebody@somewhere.1:2")
    assert without_links(tmp_path / "link") == tmp_path / "link"
