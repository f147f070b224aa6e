"""Dotted paths: the one spelling, inside, of what a mapping sets, however its keys are nested."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Any

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from sim.scenario.schema import fields


def by_path(tree: Mapping[str, Any]) -> dict[str, Any]:
    """What a mapping sets: path -> value; its sections may be nested, dotted, or both.

    Raises
    ------
    ValueError
        If it sets a path twice, which names that path.
    """
    found: dict[str, Any] = {}
    above: set[str] = set()
    for path, value in _pairs(tree, ""):
        parts = path.split(".")
        sections = [".".join(parts[:n]) for n in range(1, len(parts))]
        if path in found or path in above or not found.keys().isdisjoint(sections):
            raise ValueError(path)
        found[path] = value
        above.update(sections)
    return found


def _pairs(tree: Mapping[str, Any], at: str) -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        path = f"{at}{key}"
        if isinstance(value, Mapping) and path in _sections():
            yield from _pairs(value, f"{path}.")
        else:
            yield path, value


@cache
def _sections() -> frozenset[str]:
    """Paths of the scenario's sections."""
    names = (row.path.split(".") for row in fields())
    return frozenset(".".join(parts[:n]) for parts in names for n in range(1, len(parts)))


def _checked(tree: dict[str, Any]) -> dict[str, Any]:
    try:
        return by_path(tree)
    except ValueError as twice:
        text = f"gives {twice} twice, allowed once"
        raise PydanticCustomError("check", "{text}", {"text": text, "problems": [((), text)]}) from None


ByPath = Annotated[dict[str, Any], AfterValidator(_checked)]
