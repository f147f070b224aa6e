"""`sitesec stress`."""

from __future__ import annotations

from sim.cli.answers import give
from sim.cli.choose import Decision, studied
from sim.cli.options import Json, Out, Quiet, Threads, at_least
from sim.files import writable_folder
from sim.terminal import say


def stress(
    file: Decision, as_json: Json = False, out: Out = None, threads: Threads = None, quiet: Quiet = False
) -> None:
    """Say what attackers of other minds do to each policy of a decision, and what is the worst.

    sitesec stress scenarios/decisions/policies.yaml
    """
    at_least(0, threads, "--threads")
    say("loading the engine", quiet)
    from sim.decide.contenders import contenders, today_of
    from sim.decide.stress import DRAWS, MINDS, MOST, REPLICATES, minds_table, summary, table
    from sim.decide.stress import stress as stressed
    from sim.view.stress import print_stress

    folder = None if out is None else writable_folder(out)
    with studied(file, threads, quiet) as study:
        decision, a = study.decision, today_of(study)
        today = None if a is None else study.names[a]
        names = contenders(study, MOST)
    size = min(DRAWS, decision.size)
    fewer = decision.model_copy(update={"size": size, "first": REPLICATES, "most": REPLICATES})
    with studied(file, threads, quiet, "stress", decision=fewer, names=names, minds=MINDS) as study:
        found = stressed(study, names, None if today is None else names.index(today))
        tables = {"table.csv": table(found), "minds.csv": minds_table(found)}
        give(summary(found), lambda: print_stress(found), as_json, folder, tables)
