"""The terminal: names stand as they are, what it can't show is replaced, and nothing breaks where nobody reads."""

import errno
import io
import os
import sys

import pytest

from sim.terminal import WIDTH, console, lenient_streams, put, say

NAME = "50:100:25 [red]x[/red]"


class Failing(io.TextIOBase):
    """An output that takes nothing."""

    def __init__(self, number):
        self.number = number

    def write(self, _):
        raise OSError(self.number, os.strerror(self.number))


@pytest.mark.parametrize("stderr", [False, True])
def test_names_are_neither_markup_nor_emoji(stderr, capsys):
    console(stderr=stderr).print(NAME, end="")
    printed = capsys.readouterr()
    assert (printed.err if stderr else printed.out) == NAME


@pytest.mark.parametrize("columns, width", [("", WIDTH), ("120", 120), ("wide", WIDTH)])
def test_what_goes_elsewhere_than_to_a_terminal_has_a_page_s_width_or_what_columns_says(monkeypatch, columns, width):
    monkeypatch.setenv("COLUMNS", columns)
    assert console().width == width


def test_a_notice_that_can_not_be_written_ends_nothing(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Failing(errno.ENOSPC))
    say("that is")


def test_a_reader_who_has_had_enough_ends_nothing(monkeypatch):
    monkeypatch.setattr(sys, "stdout", Failing(errno.EPIPE))
    put(lambda: print("that is"))


def test_an_answer_that_can_not_be_written_is_an_error(monkeypatch):
    monkeypatch.setattr(sys, "stdout", Failing(errno.ENOSPC))
    with pytest.raises(OSError, match="No space left"):
        put(lambda: print("that is"))


@pytest.mark.parametrize("encoding, shown", [("ascii", b"??-"), ("cp1252", b"\xe9?-"), ("utf-8", "é漢-".encode())])
def test_what_can_not_be_shown_is_replaced(monkeypatch, encoding, shown):
    buffer = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(buffer, encoding=encoding, errors="strict"))
    lenient_streams()
    print("é漢-", end="", flush=True)
    assert buffer.getvalue() == shown


def test_what_is_printed_to_a_closed_stream_goes_nowhere_not_to_the_other_one(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stderr", None)
    lenient_streams()
    say("that is")
    sys.stderr.close()
    assert capsys.readouterr().out == ""


def test_what_would_steer_the_terminal_is_shown_and_not_sent(capsys):
    say("/tmp/\x1b[2J\u202ename: no such file\n")
    assert capsys.readouterr().err == "/tmp/\\x1b[2J\\u202ename: no such file\n\n"
