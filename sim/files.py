"""Files that are written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from sim.errors import InputError

PART = ".part"  # ends the name of what is not whole yet


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file so that it is there whole, on the disk itself, or not at all; a link gives way to it."""
    part = path.with_name(path.name + PART)
    try:
        part.unlink(missing_ok=True)  # a link there would lead the writing elsewhere
        with open(part, "xb") as handle:
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
        probe = path / f".probe-{os.getpid()}"
        open(probe, "xb").close()  # "x": through no link
        probe.unlink()
    except OSError as error:
        raise InputError(f"{path}: nothing can be written there ({error.strerror})") from None
    return path


def without_links(path: Path) -> Path:
    """A results folder, in which no link leads the writing out of it.

    Links whose names begin with a dot are let be: editors keep some, and nothing of ours is called so.

    Raises
    ------
    InputError
        If a symbolic link stands in it.
    """
    links = sorted(inside for inside in path.iterdir() if inside.is_symlink() and not inside.name.startswith("."))
    if links:
        raise InputError(f"{links[0]}: read a symbolic link, allowed only files and folders that are {path}'s own")
    return path
