"""Files: text from outside is read in one way; what is written stands whole in its folder, not beyond a link."""

import os

import pytest

from sim.errors import InputError
from sim.files import PART, read_csv, read_text, without_links, writable_folder, write_whole

NO_TEXT = "read bytes that aren't text, allowed UTF-8"


@pytest.fixture
def refused(tmp_path):
    """What a file with these bytes is refused with, without its folder."""

    def sentence(data, read=read_text):
        path = tmp_path / "file"
        path.write_bytes(data)
        with pytest.raises(InputError) as error:
            list(read(path))
        return str(error.value).removeprefix(f"{tmp_path}/")

    return sentence


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path, encoding):
    (tmp_path / "file").write_text("ä: 1\n", encoding=encoding)
    assert read_text(tmp_path / "file") == "ä: 1\n"


@pytest.mark.parametrize(
    "data, line",
    [
        ("a: 1\nb: é\n".encode("latin-1"), 2),
        ("a: 1\n".encode("utf-16"), 1),
        ("a: 1\n".encode("utf-16-le"), 1),
        (b"a: 1\n\n\x00", 3),
        (bytes(range(256)), 2),
    ],
)
def test_other_bytes_are_refused_with_their_line(refused, data, line):
    assert refused(data) == f"file:{line}: {NO_TEXT}"


def test_what_can_not_be_read_is_refused_with_the_reason(tmp_path):
    with pytest.raises(InputError, match=r"nowhere: can't be read: No such file or directory$"):
        read_text(tmp_path / "nowhere")
    with pytest.raises(InputError, match=r": can't be read: Is a directory$"):
        read_text(tmp_path)


def test_cells_come_with_the_number_of_their_line_and_without_blanks_around_them(tmp_path):
    (tmp_path / "file").write_bytes(b'\r\n a , b\r\n\r\n1,"2\r\n3"\r\n')
    assert list(read_csv(tmp_path / "file")) == [(2, ["a", "b"]), (5, ["1", "2\r\n3"])]


@pytest.mark.parametrize(
    "data, sentence",
    [
        ("é".encode("latin-1"), f"file:1: {NO_TEXT}"),
        (b'a\n"b', "file:2: not valid CSV: unexpected end of data"),
        (b"a,b, a\n1,2,3\n", "file:1: read 'a' twice, as columns 1 and 3, allowed only one column of a name"),
    ],
)
def test_a_table_that_can_not_be_read_one_way_only_is_refused(refused, data, sentence):
    assert refused(data, read_csv) == sentence


def test_a_character_that_no_text_can_hold_is_replaced_in_what_is_written(tmp_path):
    write_whole(tmp_path / "file", "a\udcff")
    assert (tmp_path / "file").read_text() == "a?"


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


@pytest.mark.parametrize("text, cells", [("a;b\n1;2,5\n", ["1", "2,5"]), ("a,b\n1;2,5\n", ["1;2", "5"])])
def test_a_spreadsheet_s_first_line_says_what_stands_between_its_cells(tmp_path, text, cells):
    (tmp_path / "file").write_text(text)
    assert list(read_csv(tmp_path / "file", spreadsheet=True)) == [(1, ["a", "b"]), (2, cells)]


def test_a_spreadsheet_may_be_in_windows_1252_and_nothing_else_may(tmp_path, refused):
    data = "a,b\n€,é\n".encode("cp1252")
    (tmp_path / "sheet").write_bytes(data)
    assert list(read_csv(tmp_path / "sheet", spreadsheet=True))[1] == (2, ["€", "é"])
    assert refused(data, read_csv) == f"file:2: {NO_TEXT}"
