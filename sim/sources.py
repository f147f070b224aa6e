"""What code depends on: a file and all that it imports from this package, and the name of it all."""

from __future__ import annotations

import ast
import contextlib
import hashlib
import json
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

# What was written to less than so long before it was looked at can be written to again and look the same.
SETTLED = 2_000_000_000  # ns


def cache_root() -> Path:
    """The user's folder for what can be made anew."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sitesec"


def import_closure(source: Path) -> list[Path]:
    """The file and every file of this package that it imports, directly or not, sorted."""
    return sorted(_closure(source))


def sources_hash(source: Path) -> str:
    """Hash of a file and of all that it imports from this package.

    To read it all takes a quarter of a second. So the hash is kept in the cache, and holds until one of the files, or a
    folder with one of them, is written to.
    """
    kept = cache_root() / f"{hashlib.sha256(str(source.resolve()).encode()).hexdigest()[:24]}.json"
    return _kept_hash(kept) or _new_hash(source, kept)


def _kept_hash(kept: Path) -> str | None:
    with contextlib.suppress(OSError, ValueError, LookupError, TypeError):
        found = json.loads(kept.read_text(encoding="utf-8"))
        if _stamps(found["stamps"]) == found["stamps"]:
            return str(found["hash"])
    return None


def _new_hash(source: Path, kept: Path) -> str:
    now, files = time.time_ns(), _closure(source)
    digest = hashlib.sha256()
    for path, text in sorted(files.items()):
        digest.update(path.name.encode() + text)
    with contextlib.suppress(OSError):  # where nothing can be kept it is worked out each time
        stamps = _stamps({str(path) for file in files for path in (file, file.parent)})
        if all(max(stamp) < now - SETTLED for stamp in stamps.values()):
            _write(kept, json.dumps({"hash": digest.hexdigest(), "stamps": stamps}))
    return digest.hexdigest()


def _stamps(paths: Iterable[str]) -> dict[str, list[int]]:
    """Size and times of files and folders: whatever is done to one, its times move on."""
    found = {path: os.stat(path) for path in paths}
    return {path: [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns] for path, stat in found.items()}


def _write(path: Path, text: str) -> None:
    """Whole or not at all, whoever else does so."""
    path.parent.mkdir(parents=True, exist_ok=True)
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
