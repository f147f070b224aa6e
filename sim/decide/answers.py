"""The decision commands as functions: a decision in, plain tables out."""

from __future__ import annotations

from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from sim.decide import choice
from sim.decide.decision import Decision
from sim.decide.study import open_study


def choose(
    decision: str | Path | Decision,
    folder: str | Path,
    *,
    threads: int | None = None,
    executor: Executor | None = None,
    quiet: bool = True,
) -> dict[str, Any]:
    """Choose between policies; what the folder holds is not run again.

    Parameters
    ----------
    decision : path or Decision
        A decision's file, or what stands in one; names in the latter are looked up in the working folder.
    folder : path
        Where its runs are kept.
    threads : int, optional
        Threads; all cores by default, 0 for none (a debugger).
    executor : concurrent.futures.Executor, optional
        In place of threads: of processes, of a cluster.
    quiet : bool
        Whether to leave out progress bars.

    Returns
    -------
    dict
        `headline` and `closing` in words; `criteria`; and as tables, lists of one dict a line, `alternatives` (the
        best first), `fresh` (today's and what was chosen, on fresh seeds) and `money` (the frontier). Rates are a year.

    Raises
    ------
    InputError
        If anything in the decision is wrong, or its caps leave fewer than two alternatives.
    """
    with open_study(decision, Path(folder), threads=threads, executor=executor, quiet=quiet) as study:
        return choice.summary(choice.choose(study))
