"""Tables: for reading at any width, in CSV and in JSON, whatever stands in them."""

import datetime
import json
import math
import re
import uuid
from decimal import Decimal

import numpy as np
import pytest

from sim.view.console import csv_text, json_text, plain, print_table

ID = uuid.UUID(int=7)
VALUES = [
    (Decimal("4.5"), 4.5),
    (Decimal("12345678901234567890123"), 12345678901234567890123),
    (Decimal("NaN"), None),
    (math.nan, None),
    (-math.inf, None),
    (np.float64("nan"), None),
    (np.int64(3), 3),
    (np.bool_(True), True),
    (np.array([1.0, np.inf]), [1.0, None]),
    (datetime.date(2020, 1, 2), "2020-01-02"),
    (datetime.datetime(2020, 1, 2, 3, 4), "2020-01-02T03:04:00"),
    (datetime.time(3, 4), "03:04:00"),
    (datetime.timedelta(days=3), "3 days, 0:00:00"),
    (b"\xaa\x01", "aa01"),
    (ID, str(ID)),
    ({"a": Decimal(1), 2: (ID,)}, {"a": 1, "2": [str(ID)]}),
    ({ID}, [str(ID)]),
    (None, None),
]


@pytest.mark.parametrize("value, held", VALUES, ids=lambda value: type(value).__name__)
def test_json_can_hold_whatever_an_answer_holds(value, held):
    assert plain(value) == held and type(plain(value)) is type(held)
    assert json.loads(json_text({"value": value})) == {"value": held}


@pytest.mark.parametrize(
    "value, cell",
    [
        (Decimal("4.5"), "4.5"),
        (b"\xaa", "aa"),
        (None, ""),
        (math.nan, "nan"),
        (np.float32("nan"), ""),
        ([1, ID], f'"[1, ""{ID}""]"'),
        (True, "True"),
        ("a,b", '"a,b"'),
    ],
)
def test_a_cell_of_csv_is_a_number_or_text_that_can_be_read_again(value, cell):
    assert csv_text([{"name": value, "one": 1}]) == f"name,one\n{cell},1\n"


@pytest.fixture
def shown(capsys, monkeypatch):
    """What is printed of a table on a terminal of this width, its lines without blanks at their ends."""

    def lines(table, columns, *whole):
        monkeypatch.setenv("FORCE_COLOR", "1")
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setenv("COLUMNS", str(columns))
        print_table(table, "title", whole, banner=False)
        printed = [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out).splitlines()]
        assert max(map(len, printed)) <= columns
        return printed

    return lines


def test_a_table_with_more_columns_than_fit_is_shown_row_by_row(shown):
    table = [{f"column_{k}": 1000 * k + row for k in range(40)} for row in range(2)]
    printed = shown(table, 80)
    assert printed[:3] == ["title", "", "column 0: 0"]
    assert printed.count("") == 3 and "column 39: 39001" in printed


def test_numbers_are_never_folded(shown):
    table = [{"number": 12345678901234567890, "text": "many words " * 9, "other": 98765432109876543210}]
    for columns in (200, 80, 60, 30):
        printed = " ".join(shown(table, columns))
        assert "12345678901234567890" in printed and "98765432109876543210" in printed


def test_words_are_folded_between_them_where_a_table_is_too_wide(shown):
    printed = shown([{"rate": "2.42 [2.03, 2.81]", "name_of_it": "one two three", "n": 4}], 32)
    assert [line.split() for line in printed[4:-1]] == [["2.42", "[2.03,", "one", "two", "4"], ["2.81]", "three"]]


def test_cells_that_are_to_be_whole_are(shown):
    key = "policy.adherence.level and more"
    assert any(key in line for line in shown([{"key": key, "text": "many words " * 9}], 60, "key"))


def test_a_title_is_as_wide_as_the_terminal_however_narrow_its_table(shown, capsys):
    print_table([{"a": 1}], "a title that is longer")
    assert capsys.readouterr().out.startswith("a title that is longer\n")


def test_infinity_is_shown_and_what_is_no_number_is_blank(shown):
    assert [line.split() for line in shown([{"a": math.inf, "b": math.nan, "c": Decimal("1.5")}], 80)[4:-1]] == [
        ["inf", "1.5"]
    ]
