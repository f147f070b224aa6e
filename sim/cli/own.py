"""A project's own record, as the options of several commands give it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import InputError

if TYPE_CHECKING:
    from sim.history.own import Own


def own_of(
    files: Sequence[Path] | None, incidents: int | None, years: float | None, since: str | None, until: str | None
) -> Own | None:
    """A project's record from files, or from a count and its years; None where no option gives one.

    Raises
    ------
    InputError
        If the options don't go together, or no project has such a record.
    """
    from sim.history.own import own
    from sim.history.own_file import read_own

    if (incidents is None) != (years is None):
        raise InputError("--incidents and --years: read one of them, allowed both or neither")
    if files and incidents is not None:
        raise InputError(f"--incidents and --years: read beside {files[0]}, allowed only without a file")
    if files:
        return read_own(files, since, until)
    if since is not None or until is not None:
        raise InputError("--since and --until: read without a file of incidents, allowed only with one")
    return None if incidents is None or years is None else own(incidents, years)
