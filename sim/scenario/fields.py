"""What a schema's field is: default, unit, bounds, meaning, source, and for a lever where its effect shows.

A field is one of three kinds. A `lever` belongs to the policy and may switch at t = 0; an `uncertain` one is
a fact that nobody knows well; a `fixed` one says how the run is made. What a lever is called, and what is said of it to
people who aren't modellers, stands in `words.py` under its path.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from functools import partial
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from sim.scenario.words import WORDS, Words

TYPES = {float: "number", int: "integer", bool: "switch", str: "text", dict: "mapping"}
Bounds = tuple[float, float] | None
Problems = Iterator[tuple[tuple[str | int, ...], str]]


class Section(BaseModel):
    """A mapping of the file: unknown keys, text in place of numbers, NaN and infinity are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)

    def problems(self) -> Problems:
        """What is wrong between several keys: pairs of a path below this section and a sentence."""
        yield from ()

    @model_validator(mode="after")
    def _no_problems(self) -> Section:
        found = list(self.problems())
        if found:
            raise PydanticCustomError("check", "{text}", {"text": found[0][1], "problems": found})
        return self


def leaf(
    kind: str,
    default: Any,
    unit: str,
    bounds: Bounds,
    description: str,
    source: str = "assumed",
    *,
    entries: bool = False,
) -> Any:
    """One field: default, unit, bounds (None where it isn't a number; of its entries), meaning and source."""
    low, high = bounds if bounds and not entries else (None, None)
    extra: dict[str, Any] = {"kind": kind, "unit": unit, "bounds": bounds and list(bounds), "source": source}
    return Field(default, ge=low, le=high, description=description, json_schema_extra=extra)


def lever(
    default: Any,
    unit: str,
    bounds: Bounds,
    description: str,
    moves: str,
    source: str = "assumed",
    *,
    against: str | tuple[str, ...] = (),
    tested: Bounds = None,
    entries: bool = False,
) -> Any:
    """A field that a policy decides.

    Parameters
    ----------
    moves : str
        The outcome column nearest to it and what that does as the lever rises: "incidents falls", "... rises" or
        "... open" where theory leaves the sign open.
    against : path or paths
        The uncertain numbers through which the rules let it work the other way on incidents. Without any, its sign
        there is imposed: a bound allows no other.
    tested : pair of numbers
        Between which values the direction is tested, where it is not between the bounds: 0 means "never" for intervals.
    """
    made = leaf("lever", default, unit, bounds, description, source, entries=entries)
    nearest, direction = moves.split()
    numbers = (against,) if isinstance(against, str) else against
    made.json_schema_extra |= {"nearest": nearest, "direction": direction, "against": list(numbers)}
    made.json_schema_extra |= {"tested": tested or bounds}
    return made


def part(section: type[Section]) -> Any:
    """A section within a section; a file need not write it."""
    return Field(default_factory=section)


uncertain, fixed = partial(leaf, "uncertain"), partial(leaf, "fixed")


class FieldRow(NamedTuple):
    """One leaf of a schema, as tables and parameter records need it."""

    path: str
    type: str
    unit: str
    low: float | None
    high: float | None
    default: Any
    kind: str
    source: str
    description: str
    choices: tuple[str, ...] = ()
    nearest: str = ""
    direction: str = ""
    tested: Bounds = None
    against: tuple[str, ...] = ()
    words: Words = Words()

    @property
    def title(self) -> str:
        """What a user calls it: its short title, or what it is where it has none."""
        return self.words.title or self.description

    @property
    def param(self) -> str:
        """Its name among the rules' parameters."""
        return self.path.replace(".", "_").removeprefix("policy_")


def bare(hint: Any) -> Any:
    """A type without its annotations and without `| None`."""
    while get_origin(hint) in (Annotated, Union, types.UnionType):
        hint = get_args(hint)[0]
    return hint


def is_section(hint: Any) -> bool:
    """Whether a type is a mapping of named fields."""
    return isinstance(hint, type) and issubclass(hint, BaseModel)


def leaves(model: type[BaseModel], at: str = "") -> Iterator[FieldRow]:
    """All leaves of a section, in the order of the file; items of a list of sections stand under `name[]`."""
    for name, info in model.model_fields.items():
        hint, path = bare(info.annotation), f"{at}{name}"
        item: Any = bare(get_args(hint)[0]) if get_origin(hint) is list else None
        if is_section(hint):
            yield from leaves(hint, f"{path}.")
        elif is_section(item):
            yield from leaves(item, f"{path}[].")
        else:
            yield _row(path, hint, info)


def _row(path: str, hint: Any, info: Any) -> FieldRow:
    extra = {"bounds": None, "unit": "-", "kind": "fixed", "source": ""} | (info.json_schema_extra or {})
    low, high = extra["bounds"] or (None, None)
    choices = get_args(hint) if get_origin(hint) is Literal else ()
    kind = "choice" if choices else TYPES.get(get_origin(hint) or hint, "list")
    default = None if info.is_required() else info.default
    facts = extra["kind"], extra["source"], info.description
    moves = {key: extra[key] for key in ("nearest", "direction", "tested") if key in extra}
    numbers = tuple(extra.get("against", ()))
    said = WORDS.get(path, Words())
    return FieldRow(
        path, kind, extra["unit"], low, high, default, *facts, choices, **moves, against=numbers, words=said
    )
