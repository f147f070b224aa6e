"""`sitesec worth-knowing`."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.answers import give
from sim.cli.choose import Decision, keep_answer, studied
from sim.cli.options import Json, Out, Quiet, Threads, at_least
from sim.files import writable_folder
from sim.terminal import say

LEAST_DRAWS = 16

Draws = Annotated[int, typer.Option("--draws", help="Draws of the decision's table, the first ones; more need time.")]


def worth_knowing(
    file: Decision,
    draws: Draws = 256,
    as_json: Json = False,
    out: Out = None,
    threads: Threads = None,
    quiet: Quiet = False,
) -> None:
    """Say what is worth finding out before a decision: each uncertain number, groups of them, studies.

    sitesec worth-knowing scenarios/decisions/policies.yaml
    """
    at_least(LEAST_DRAWS, draws, "--draws")
    at_least(0, threads, "--threads")
    say("loading the engine", quiet)
    from sim.decide.contenders import ever_best
    from sim.decide.worth import MOST, REPLICATES, summary, table
    from sim.decide.worth import worth_knowing as worth
    from sim.view.worth import print_worth

    folder = None if out is None else writable_folder(out)
    with studied(file, threads, quiet) as study:
        names, decision = ever_best(study, MOST), study.decision
    wider = decision.model_copy(update={"size": draws, "first": REPLICATES, "most": REPLICATES})
    with studied(file, threads, quiet, "worth", decision=wider, names=names) as study:
        found = worth(study)
        keep_answer(file, study.folder.parent, "worth-knowing", summary(found))
        give(summary(found), lambda: print_worth(found), as_json, folder, {"table.csv": table(found)})
