"""sitesec: compare security policies for project sites by simulation, on a fictional corridor.

The public API is loaded when it is first used, so that `import sim` costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from sim.about import BANNER, MODEL_VERSION, __version__
from sim.errors import InputError

_WHERE = {
    "Scenario": "sim.scenario.schema",
    "load_scenario": "sim.scenario.load",
    "with_values": "sim.scenario.load",
    "simulate": "sim.runs.simulate",
    "run_sweep": "sim.sweep.sweep",
    "read_sweep": "sim.sweep.result",
    "replicates": "sim.runs.totals",
    "summarise": "sim.analysis.summary",
    "compare": "sim.analysis.compare",
    "choose": "sim.decide.answers",
    "SecurityModel": "sim.model",
}
__all__ = ["BANNER", "MODEL_VERSION", "InputError", "__version__", *sorted(_WHERE)]

if TYPE_CHECKING:
    from sim.analysis.compare import compare as compare
    from sim.analysis.summary import summarise as summarise
    from sim.decide.answers import choose as choose
    from sim.model import SecurityModel as SecurityModel
    from sim.runs.simulate import simulate as simulate
    from sim.runs.totals import replicates as replicates
    from sim.scenario.load import load_scenario as load_scenario
    from sim.scenario.load import with_values as with_values
    from sim.scenario.schema import Scenario as Scenario
    from sim.sweep.result import read_sweep as read_sweep
    from sim.sweep.sweep import run_sweep as run_sweep


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    return getattr(importlib.import_module(_WHERE[name]), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
