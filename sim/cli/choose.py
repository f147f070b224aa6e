"""`sitesec choose`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypedDict, Unpack

import typer

from sim.cli.answers import give
from sim.cli.notices import compiled_here, end, say_speed
from sim.cli.options import Json, Out, Quiet, Threads, at_least
from sim.files import writable_folder
from sim.terminal import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    import sim.decide.decision as its
    from sim.decide.study import Levels, Study

Decision = Annotated[Path, typer.Argument(help="A decision's file.")]


class Narrowed(TypedDict, total=False):
    """What of a decision is run, as `sim.decide.study.open_study` takes it."""

    decision: its.Decision
    names: Sequence[str]
    minds: Levels


def choose(
    file: Decision, as_json: Json = False, out: Out = None, threads: Threads = None, quiet: Quiet = False
) -> None:
    """Choose between policies: which, how sure, what can't be told apart from it, and what safety costs.

    sitesec choose scenarios/decisions/policies.yaml
    """
    at_least(0, threads, "--threads")
    say("loading the engine", quiet)
    from sim.decide.choice import choose as chosen
    from sim.decide.choice import summary
    from sim.view.choice import print_choice

    folder = None if out is None else writable_folder(out)
    with studied(file, threads, quiet) as study:
        found = chosen(study)
        said = summary(found)
        tables = {"table.csv": said["alternatives"], "fresh.csv": said["fresh"], "money.csv": said["money"]}
        give(said, lambda: print_choice(found), as_json, folder, tables)


@contextmanager
def studied(
    file: Path, threads: int | None, quiet: bool, part: str = "", **narrowed: Unpack[Narrowed]
) -> Iterator[Study]:
    """A decision's study in its folder, results/decisions/NAME, or a part of that; interrupted, it says how to go on.

    What narrows it is that of `sim.decide.study.open_study`.
    """
    import time

    from sim.decide.study import open_study

    folder = Path("results") / "decisions" / file.stem / part
    began, before = time.perf_counter(), compiled_here()
    try:
        with open_study(file, folder, threads=threads, quiet=quiet, **narrowed) as study:
            if not quiet:
                say(study.expect())
            yield study
            if study.steps.years_run:
                compiled = compiled_here() and not before
                say_speed(study.steps.years_run, time.perf_counter() - began, threads, compiled=compiled)
    except KeyboardInterrupt:
        end(1, f"interrupted; what was finished is kept in {folder}, and the same command goes on")


def keep_answer(file: Path, folder: Path, question: str, summary: Mapping[str, Any]) -> None:
    """Keep an answer in the decision's folder, for the brief, with the hash of the decision's file as it was asked."""
    from sim.decide.brief import QUESTIONS
    from sim.files import write_whole
    from sim.sweep.parts import hash_of
    from sim.view.console import json_text

    write_whole(folder / QUESTIONS[question], json_text({**summary, "file": hash_of(file.read_bytes())}) + "\n")
