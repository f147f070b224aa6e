"""The terminal: names stand as they are, what it can't show is replaced, and nothing breaks where nobody reads."""

from __future__ import annotations

import contextlib
import functools
import io
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

WIDTH = 80  # columns, where the output goes elsewhere than to a terminal and COLUMNS says nothing


def console(*, stderr: bool = False) -> Console:
    """The terminal, elsewhere as many columns as a page has; square brackets and colons in names mean nothing."""
    make = functools.partial(_console_class(), stderr=stderr, markup=False, emoji=False)
    shown = make()
    return shown if shown.is_terminal or os.environ.get("COLUMNS", "").isdigit() else make(width=WIDTH)


@functools.cache
def _console_class() -> type[Console]:
    """Rich's console, which would end the process where nobody reads."""
    from rich.console import Console

    class Shown(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    return Shown


def lenient_streams() -> None:
    """Replace what can't be shown on stdout, as Python does on stderr; what is printed to a closed one goes nowhere."""
    for name in ("stdin", "stdout", "stderr"):  # in the order of their numbers: a file takes the first that is free
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w"))  # noqa: SIM115 (open to the end)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def say(text: str, quiet: bool = False) -> None:
    """Say on stderr, at once, what is being done: where that can't be written, the work goes on.

    What would steer the terminal, as a file's name may, is shown and not sent.
    """
    if not quiet:
        shown = "".join(c if c.isprintable() or c in "\n\t" else ascii(c)[1:-1] for c in text)
        with contextlib.suppress(OSError):
            print(shown, file=sys.stderr, flush=True)


def put(show: Callable[[], None]) -> None:
    """Print an answer to its end, so that a full disk is found here; where the reader has had enough, print no more."""
    try:
        show()
        print(end="", flush=True)
    except BrokenPipeError:
        hush()


def hush() -> None:
    """Let all that is printed from now on go nowhere, and what is still in the buffer: Python would fail at its end."""
    with contextlib.suppress(OSError, ValueError, AttributeError), open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
