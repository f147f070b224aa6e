"""Figures in words: rounded to what they carry, and found in texts of others."""

import pytest

from sim.decide.evidence import Figure
from sim.view.brief.pieces import Piece, figures_in, joined, number, own, places_of, shown, words


def figure(value, error=0.0):
    return Figure("a/b/mean", value, "so", ("rows",), error)


@pytest.mark.parametrize(
    "value, error, text",
    [
        (0.8069, 0.006, "0.81"),
        (0.8069, 0.14, "0.8"),
        (0.8069, 1.3, "1"),
        (2.317, 0.02, "2.32"),
        (3.2069, 0.0, "3.21"),
        (100.18, 0.0, "100"),
        (570541.3, 1e-12, "571,000"),
        (12.000000001, 0.0, "12"),
        (0.0, 0.0, "0"),
        (-0.4562, 0.006, "\N{MINUS SIGN}0.46"),
        (0.0004, 0.0, "0"),
        (3060.0, 0.0, "3,060"),
    ],
)
def test_a_figure_is_rounded_to_what_it_carries(value, error, text):
    assert shown(figure(value, error)) == [Piece(text, "a/b/mean")]


def test_figures_beside_each_other_have_the_places_of_the_largest():
    assert places_of(figure(0.1501), figure(3.258)) == 2
    assert places_of(figure(61.25, 1.0), figure(0.5, 0.01)) == 0
    assert number(0.31, 1, sign=True) == "+0.3" and number(-0.04, 1, sign=True) == "0"


def test_words_take_parts_in():
    assert words("{a} and {b}.", a=own("x"), b=[Piece("1", "k")]) == [
        Piece("x", own=True),
        Piece(" and "),
        Piece("1", "k"),
        Piece("."),
    ]
    assert "".join(piece.text for piece in joined([own("x"), own("y"), own("z")])) == "x, y and z"


def test_each_number_of_a_text_is_a_figure():
    found, values = figures_in("At -0.05 [-0.1 to 1,200] of 5 %.", "flip")
    assert values == [("flip/1", -0.05), ("flip/2", -0.1), ("flip/3", 1200.0), ("flip/4", 5.0)]
    assert "".join(piece.text for piece in found) == "At -0.05 [-0.1 to 1,200] of 5 %."
    assert not any(any(c.isdigit() for c in piece.text) for piece in found if not piece.key)
