"""Cells of a CSV file: what a record's columns may hold, and which word may be meant."""

from typing import Annotated, NamedTuple

import pytest

from sim.errors import InputError
from sim.history.cells import Count, Month, lines_of, numbered, one_of


class Line(NamedTuple):
    month: Month
    class_: Annotated[str, one_of("convoy", "site", "")]
    deaths: Count


@pytest.fixture
def file(tmp_path):
    def write(text):
        (tmp_path / "file.csv").write_bytes(text)
        return tmp_path / "file.csv"

    return write


def test_each_line_is_read_under_its_own_number_and_an_underscore_is_no_part_of_a_column(file):
    path = file(b"month,class,deaths\n\n2023-04,convoy,2\n\n2023-05,,0\n")
    assert numbered(path, Line) == {3: Line("2023-04", "convoy", 2), 5: Line("2023-05", "", 0)}
    assert lines_of(path, Line) == (Line("2023-04", "convoy", 2), Line("2023-05", "", 0))


def test_semicolons_and_other_encodings_are_read_only_where_spreadsheets_may_have_written_it(file):
    path = file(b"month;class;deaths\n2023-04;site;1\n")
    assert numbered(path, Line, spreadsheet=True) == {2: Line("2023-04", "site", 1)}
    with pytest.raises(InputError, match="read the columns month;class;deaths, allowed month, class, deaths"):
        numbered(path, Line)


@pytest.mark.parametrize("word, meant", [("convoys", "convoy"), ("SITE", "site"), ("Convoy", "convoy"), ("boat", "")])
def test_a_word_that_comes_near_one_of_the_allowed_is_answered_with_it(file, word, meant):
    with pytest.raises(InputError) as error:
        numbered(file(f"month,class,deaths\n2023-04,{word},2\n".encode()), Line)
    assert f"file.csv:2: class: read '{word}', allowed convoy or site" in str(error.value)
    assert str(error.value).endswith(f"; did you mean {meant}?" if meant else "convoy or site")
