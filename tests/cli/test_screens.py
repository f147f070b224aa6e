"""Screens: what commands print changes only on purpose, fits its terminal, and says what it doesn't know."""

import signal

import pytest

from tests.screens import FOLDER, screens

ANSWERS = ("run", "compare", "sweep", "patterns", "query", "diff", "check", "record", "calibrate")  # closing paragraphs


@pytest.fixture(scope="module")
def now():
    """Every screen as it is now."""
    before = signal.getsignal(signal.SIGTERM)
    yield {path.name: text for path, text in screens()}
    signal.signal(signal.SIGTERM, before)


def test_screens_are_those_that_were_looked_at(now):
    """`python -m tests.screens` writes them anew, once the change is meant."""
    kept = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.txt")}
    assert sorted(now) == sorted(kept)
    assert {name: text for name, text in now.items() if text != kept[name]} == {}


def test_no_screen_is_wider_than_its_terminal(now):
    wide = {
        name: line
        for name, text in now.items()
        for line in text.splitlines()
        if len(line) > int(name.removesuffix(".txt").rpartition("-")[2])
    }
    assert wide == {}


def test_every_answer_says_what_it_doesn_t_know(now):
    silent = [
        name
        for name, text in now.items()
        if name.startswith(ANSWERS)
        and name.rpartition("-")[0] != "record"  # it says that of each figure
        and "doesn't know" not in text.replace("\n", " ")
    ]
    assert silent == []
