"""Files that are written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from sim.scenario.errors import ScenarioError


def write_whole(path: Path, text: str) -> None:
    """Write a text file so that it is there whole or not at all."""
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


def writable_folder(path: Path) -> Path:
    """Make the folder, or say why nothing can be written there.

    Raises
    ------
    ScenarioError
        In one sentence.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = path / ".probe"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise ScenarioError(f"{path}: nothing can be written there ({error.strerror})") from None
    return path
