"""`sitesec watch`."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.notices import end
from sim.cli.options import Seed, Sets, Source, at_least, by_path
from sim.terminal import say


def watch(
    scenario: Source = "baseline",
    other: Annotated[str | None, typer.Argument(help="A second one, to stand beside it.")] = None,
    seed: Seed = 1,
    replicate: Annotated[int, typer.Option("--replicate", help="Number of the replicate, 0 or more.")] = 0,
    sets: Sets = None,
    sets_other: Annotated[
        list[str] | None, typer.Option("--set-other", metavar="KEY=VALUE", help="The same, for OTHER only.")
    ] = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Of this machine; 0: any free one.")] = 8765,
) -> None:
    """Show a run in the browser, or two policies side by side on the same random numbers.

    sitesec watch baseline full-protocol
    """
    at_least(0, seed, "--seed")
    at_least(0, replicate, "--replicate")
    if other is None and sets_other:
        end(2, "--set-other: read without OTHER, allowed only where a second scenario is given")
    values = by_path(sets)
    values_other = values | by_path(sets_other, "--set-other")
    say(f"reading {scenario}" if other is None else f"reading {scenario} and {other}")
    from sim.view.page.setup import Setup

    setups = [Setup.read(scenario, values)]
    if other is not None:
        setups.append(Setup.read(other, values_other))

    say("loading the engine")
    from sim.view.page.watch import Watch

    Watch(setups, seed, replicate)  # what is wrong is said here, and the engine is compiled before a page waits for it
    say("loading the page")
    from sim.view.page.desk import Opening
    from sim.view.page.server import serve

    try:
        serve(Opening(tuple(setups), seed, replicate), port)
    except KeyboardInterrupt:
        return  # that is how one ends it
    except OSError as error:
        end(1, f"--port {port}: {error.strerror or error}; choose another one, 0 takes any that is free")
