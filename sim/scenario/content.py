"""What a design point is: all that its rows depend on, as text that two points share only if they are the same.

Only what differs from the schema's defaults is in it, at every depth: a field that is new, or a whole section of them,
changes no point's text as long as it holds its default. So a changed default is a new version of the model.
"""

from __future__ import annotations

import json
from functools import cache, lru_cache
from typing import Any

from pydantic import BaseModel

from sim.scenario.schema import Scenario
from sim.scenario.worldfile import WorldFile

LABELS = {"name", "description", "extends", "world"}  # of a scenario: they say where it is from, no row depends on them


def whole_content(scenario: Scenario) -> tuple[str, str, str]:
    """All of a design point: what the scenario, its warm-up and its world hold."""
    return content(scenario), content(scenario.warmup), _world_content(scenario.world_file.text)


def content(scenario: Scenario) -> str:
    """What a scenario holds, but for its world and its warm-up."""
    return _as_json({name: value for name, value in _differing(scenario).items() if name not in LABELS})


@lru_cache(maxsize=16)
def _world_content(text: str) -> str:
    """What a world in JSON holds; most points of a sweep have the same one."""
    return _as_json(_differing(WorldFile.model_validate_json(text)))


def _as_json(tree: dict[str, Any]) -> str:
    return json.dumps(tree, default=_differing, sort_keys=True)


def _differing(section: BaseModel) -> dict[str, Any]:
    """Fields of a section that are not as the schema has them by default, or must be given in any case."""
    values = ((name, getattr(section, name), default) for name, default in _defaults(type(section)))
    return {name: value for name, value, default in values if value != default}


@cache
def _defaults(model: type[BaseModel]) -> tuple[tuple[str, Any], ...]:
    """Default of each field; what equals nothing where there is none."""
    return tuple((name, info.get_default(call_default_factory=True)) for name, info in model.model_fields.items())
