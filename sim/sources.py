"""What code depends on: a file and all that it imports from this package, and the name of it all."""

from __future__ import annotations

import ast
import contextlib
import errno
import hashlib
import json
import os
import stat
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

# What was written to less than so long before it was looked at can be written to again and look the same.
SETTLED = 2_000_000_000  # ns


def cache_root(entry: str = "") -> Path:
    """The user's folder for what can be made anew, which need not be there yet; nothing is made by asking for it.

    Where it can't be written, or the user has no home, it is one of the user's own in the temporary place, the same
    each time.

    Parameters
    ----------
    entry : str
        Name of a folder in it that is to be written to.

    Raises
    ------
    OSError
        If that one isn't the user's alone: what is run from it could be somebody else's.
    """
    asked = os.environ.get("XDG_CACHE_HOME", "")
    usual = Path(asked if os.path.isabs(asked) else os.path.expanduser("~/.cache"), "sitesec")
    if usual.is_absolute() and _can_be_written(usual / entry):
        return usual
    private = Path(tempfile.gettempdir(), f"sitesec-{os.getuid()}")
    if os.path.lexists(private) and not _is_ours_alone(private):
        why = "is not this user's alone, so no compiled code is taken from it; XDG_CACHE_HOME can name another folder"
        raise PermissionError(errno.EPERM, why, str(private))
    return private


def made_cache_folder(entry: str) -> Path:
    """A folder in the user's folder for what can be made anew, made if it isn't there."""
    cache_root(entry).mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = cache_root(entry) / entry  # looked at again: somebody may have made it in between
    folder.mkdir(exist_ok=True)
    return folder


def _can_be_written(folder: Path) -> bool:
    """Whether files can be made in a folder, or the folder itself where it isn't there."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    return there.is_dir() and os.access(there, os.W_OK | os.X_OK)


def _is_ours_alone(folder: Path) -> bool:
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077


def import_closure(source: Path) -> list[Path]:
    """The file and every file of this package that it imports, directly or not, sorted."""
    return sorted(_closure(source))


def sources_hash(source: Path) -> str:
    """Hash of a file and of all that it imports from this package.

    To read it all takes a quarter of a second. So the hash is kept in the cache once that is there, and holds until one
    of the files, or a folder with one of them, is written to.
    """
    return _kept_hash(source) or _new_hash(source)


def _kept(source: Path) -> Path:
    return cache_root() / f"{hashlib.sha256(str(source.resolve()).encode()).hexdigest()[:24]}.json"


def _kept_hash(source: Path) -> str | None:
    with contextlib.suppress(OSError, ValueError, LookupError, TypeError):
        found = json.loads(_kept(source).read_text(encoding="utf-8"))
        if _stamps(found["stamps"]) == found["stamps"]:
            return str(found["hash"])
    return None


def _new_hash(source: Path) -> str:
    now, files = time.time_ns(), _closure(source)
    digest = hashlib.sha256()
    for path, text in sorted(files.items()):
        digest.update(path.name.encode() + text)
    with contextlib.suppress(OSError):  # where nothing can be kept it is worked out each time
        stamps = _stamps({str(path) for file in files for path in (file, file.parent)})
        if all(max(stamp) < now - SETTLED for stamp in stamps.values()):
            _write(_kept(source), json.dumps({"hash": digest.hexdigest(), "stamps": stamps}))
    return digest.hexdigest()


def _stamps(paths: Iterable[str]) -> dict[str, list[int]]:
    """Size and times of files and folders: whatever is done to one, its times move on."""
    found = {path: os.stat(path) for path in paths}
    return {path: [its.st_size, its.st_mtime_ns, its.st_ctime_ns] for path, its in found.items()}


def _write(path: Path, text: str) -> None:
    """Whole or not at all, whoever else does so."""
    part = path.with_suffix(f".{os.getpid()}")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


def _closure(source: Path) -> dict[Path, bytes]:
    """Files of the closure, and what they hold."""
    found: dict[Path, bytes] = {}
    waiting = [source.resolve()]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found[path] = path.read_bytes()
            waiting.extend(_imports(found[path]))
    return found


def _imports(text: bytes) -> Iterator[Path]:
    package = Path(__file__).resolve().parent
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == package.name:
            base = package.parent.joinpath(*node.module.split("."))
            candidates = [base, *(base / alias.name for alias in node.names)]
            for candidate in candidates:
                if candidate == package:  # its __init__ holds no rules, and names what is above the engine
                    continue
                yield from (p for p in (candidate.with_suffix(".py"), candidate / "__init__.py") if p.exists())
