"""`sitesec world`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.answers import give
from sim.cli.options import Json, Out
from sim.errors import InputError
from sim.files import writable_folder
from sim.terminal import say

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

Place = Annotated[str, typer.Argument(help="A scenario's file or name, a project's folder, or a world file.")]
All = Annotated[bool, typer.Option("--all", help="Every site, however many there are.")]
KINDS = ("scenario", "project", "world")


def world(source: Place, everything: All = False, as_json: Json = False, out: Out = None) -> None:
    """Describe a world: its sites with staff, trips and roads, its jurisdictions; with --out a map of it too.

    sitesec world baseline --out corridor
    """
    say(f"reading {source}")
    from sim.describe.world import Described, world_summary
    from sim.view.world import print_world

    described = Described(_scenario(source))
    summary = world_summary(described)
    folder = None if out is None else writable_folder(out)
    if folder is not None:
        say("drawing the map")
        from sim.view.ground import save_map

        say(f"wrote {' and '.join(map(str, save_map(described, folder)))}")
    tables = {"sites.csv": summary["sites"], "jurisdictions.csv": summary["jurisdictions"]}
    give(summary, lambda: print_world(described, everything), as_json, folder, tables)


def _scenario(source: str) -> Scenario:
    """The scenario of a source; today's policy in the world of a world file."""
    from sim.scenario.kinds import kind_of
    from sim.scenario.load import find_file, load_in, load_scenario, read_yaml

    path = find_file(source)
    kind = None if path is None else kind_of(read_yaml(path)[0])
    if kind is not None and kind not in KINDS:
        raise InputError(f"{source}: read a file of kind {kind}, allowed a scenario, a project or a world")
    return load_in(path) if path is not None and kind == "world" else load_scenario(source)
