"""What wrong input raises, whatever kind of input it is: a file, an option, a folder, a question."""

from __future__ import annotations

from collections.abc import Sequence


class InputError(Exception):
    """The input is wrong; the message is one sentence that names the place, the key, what was read and allowed."""


def listed(names: Sequence[str], most: int = 12) -> str:
    """Names in a row for a message, the first few of many."""
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + rest
