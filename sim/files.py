"""Files: text from outside is read in one way, and what is written is there whole or not at all."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from pathlib import Path

from sim.errors import InputError

PART = ".part"  # ends the name of what is not whole yet
SPREADSHEET = "cp1252"  # what spreadsheets write where it isn't UTF-8; a superset of what is read of latin-1
NO_TEXT = "read bytes that aren't text, allowed UTF-8"


def read_text(path: Path, otherwise: str | None = None) -> str:
    """Text of a file that somebody has written: in UTF-8, with or without a byte order mark.

    Parameters
    ----------
    path : Path
    otherwise : str, optional
        The encoding of bytes that aren't UTF-8; they are refused by default.

    Raises
    ------
    InputError
        With the line where it is something else, or why it can't be read.
    """
    try:
        data = path.read_bytes()
        text = _decoded(data, otherwise)
    except UnicodeDecodeError as error:
        raise InputError(f"{_line_of(path, error.object, error.start)}: {NO_TEXT}") from None
    except (OSError, ValueError) as error:  # a name that can't be one is a ValueError
        raise InputError(f"{path}: can't be read: {getattr(error, 'strerror', None) or error}") from None
    if "\0" in text:  # UTF-16 looks so, and it would be UTF-8
        raise InputError(f"{_line_of(path, data, data.index(0))}: {NO_TEXT}")
    return text


def _decoded(data: bytes, otherwise: str | None) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        if otherwise is None:
            raise
        return data.decode(otherwise)


def _line_of(path: Path, data: bytes, at: int) -> str:
    line = data.count(b"\n", 0, at) + 1
    return f"{path}:{line}"


def read_csv(path: Path, *, spreadsheet: bool = False) -> Iterator[tuple[int, list[str]]]:
    """Cells of each line of a CSV file that isn't empty, without the blanks around them, and the line's number.

    Parameters
    ----------
    path : Path
    spreadsheet : bool
        Whether it may be as spreadsheets save it: with semicolons between cells, in Windows-1252.

    Raises
    ------
    InputError
        If it can't be read, isn't text in UTF-8 or isn't CSV, or its first line has a name twice.
    """
    text = read_text(path, SPREADSHEET if spreadsheet else None)
    between = _between(text) if spreadsheet else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True)
    head: list[str] = []
    try:
        for row in filter(None, reader):
            cells = [cell.strip() for cell in row]
            if not head:
                head = cells
                _check_names(head, f"{path}:{reader.line_num}")
            yield reader.line_num, cells
    except csv.Error as error:
        raise InputError(f"{path}:{reader.line_num}: not valid CSV: {error}") from None


def _between(text: str) -> str:
    """What stands between cells: semicolons where the first line has more of them than commas."""
    head = next(filter(str.strip, text.splitlines()), "")
    return ";" if head.count(";") > head.count(",") else ","


def _check_names(head: list[str], place: str) -> None:
    for at, name in enumerate(head):
        first = head.index(name)
        if first < at:
            where = f"as columns {first + 1} and {at + 1}"
            raise InputError(f"{place}: read {name!r} twice, {where}, allowed only one column of a name")


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file so that it is there whole, on the disk itself, or not at all; a link gives way to it."""
    part = path.with_name(path.name + PART)
    try:
        part.unlink(missing_ok=True)  # a link there would lead the writing elsewhere
        with open(part, "xb") as handle:
            handle.write(content.encode(errors="replace") if isinstance(content, str) else content)
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


def write_changed(path: Path, text: str) -> Path:
    """Write a text whole; a file that says the same is let be, with its time."""
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        write_whole(path, text)
    return path
