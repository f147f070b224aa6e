"""`sitesec schema`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sim.about import BANNER
from sim.errors import InputError
from sim.terminal import put

if TYPE_CHECKING:
    from pydantic import BaseModel

KINDS = ("scenario", "project", "world", "sweep", "decision")


def schema(kind: Annotated[str, typer.Argument(help=f"Of files: {', '.join(KINDS)}.")] = "scenario") -> None:
    """Print the JSON Schema of a kind of file, for editors.

    sitesec schema world > world.schema.json
    """
    from sim.scenario.schema import json_schema
    from sim.view.console import json_text

    document = json_schema(_model(kind))
    put(lambda: print(json_text({**document, "$comment": BANNER})))


def _model(kind: str) -> type[BaseModel]:
    """What checks files of a kind."""
    if kind == "scenario":
        from sim.scenario.schema import Scenario

        return Scenario
    if kind == "project":
        from sim.scenario.projectfile import ProjectFile

        return ProjectFile
    if kind == "world":
        from sim.scenario.worldfile import WorldFile

        return WorldFile
    if kind == "sweep":
        from sim.sweep.file import SweepFile

        return SweepFile
    if kind == "decision":
        from sim.decide.decision import Decision

        return Decision
    raise InputError(f"schema: read {kind!r}, allowed {', '.join(KINDS)}")
