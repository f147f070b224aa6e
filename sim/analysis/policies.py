"""Policies of a sweep in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.sweep.file import SweepFile


def policy(file: SweepFile, levels: Mapping[str, Any]) -> str:
    """A policy in words: its level on each axis of its grid, the axis named unless the file has only names on one."""
    if not levels:
        return "base scenario"
    if len(file.axes) == 1 and isinstance(next(iter(levels.values())), str):
        return str(next(iter(levels.values())))
    return ", ".join(f"{axis} {level_in_words(level)}" for axis, level in levels.items())


def level_in_words(level: Any) -> str:
    """A level of an axis; whole numbers whole."""
    return repr(level).removesuffix(".0") if isinstance(level, float) else str(level)
