"""Files that are written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from sim.errors import InputError

PART = ".part"  # ends the name of what is not whole yet


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file so that it is there whole, on the disk itself, or not at all."""
    part = path.with_name(path.name + PART)
    try:
        with open(part, "wb") as handle:
            handle.write(content.encode() if isinstance(content, str) else content)
            handle.flush()
            os.fsync(handle.fileno())
        os.replace(part, path)
    except BaseException as error:
        part.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename is None:  # a full disk doesn't say where
            raise OSError(error.errno, error.strerror, str(path)) from None
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the new name too
    finally:
        os.close(folder)


def writable_folder(path: Path) -> Path:
    """Make the folder, or say why nothing can be written there.

    Raises
    ------
    InputError
        In one sentence.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = path / ".probe"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise InputError(f"{path}: nothing can be written there ({error.strerror})") from None
    return path
