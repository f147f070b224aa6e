"""What several tests need: scenarios, a replicate driven by hand, and rules compiled for a test."""

import math

import numba
import numpy as np
import pytest

from sim import engine, load_scenario, with_values
from sim.clock import DAYS_A_YEAR, EPOCH_DAYS, TICKS_A_DAY
from sim.kernel import COMPILED
from sim.outcome import OUTCOME
from sim.rng import replicate_seed
from sim.scenario.build import build_world, params_rows, structure
from sim.scenario.worldfile import WorldFile
from sim.state import clone
from tests.busy import BUSY_THREAT

# Incidents of all classes within a few days.
BUSY = {
    **BUSY_THREAT,
    "threat.recruit_interval": 60.0,
    "policy.adherence.level": 0.3,
    "insider.prevalence": 0.005,
}
_blanks = {}


def blank_world(scenario):
    """A World of this structure; what moves in it is never touched, so scenarios of one structure share it."""
    key = structure(scenario)
    if key not in _blanks:
        _blanks[key] = build_world(scenario)
    return _blanks[key]


class DrivenRun:
    """One replicate of a scenario, driven by hand: to a moment, and on from there.

    Days and ticks count from t = 0.
    """

    def __init__(self, scenario, number=0, root=7, points=None):
        self.days = max(1, round(scenario.run.horizon * DAYS_A_YEAR))
        self.blank = blank_world(scenario)
        self.world, self.kept = clone(self.blank), clone(self.blank)
        self.base, self.params = params_rows([scenario.warmup]), params_rows([scenario])
        self.rows = OUTCOME.rows(math.ceil(self.days / DAYS_A_YEAR))
        self.jobs = engine.JOB.rows(1)
        self.job = self.jobs[0]
        self.job.seed = np.uint64(replicate_seed(root, number))
        self.job.replicate = number
        self.job.begin = engine.FRESH
        self.job.warmup = round(scenario.run.warmup * DAYS_A_YEAR)
        self.job.policy_day = EPOCH_DAYS
        self.job.horizon_day = EPOCH_DAYS + self.days
        self.job.steady = int(scenario.run.start == "steady")

    def to(self, day, tick=0):
        """Go on to a tick of a day; what is due at that tick itself is still to come."""
        self.job.until = (EPOCH_DAYS + day) * TICKS_A_DAY + tick
        engine.advance(self.world, self.kept, self.blank, self.base, self.params, self.jobs, self.rows)
        self.job.begin = engine.CONTINUE
        return self

    def finish(self):
        """Go on to the end and close the last year's row."""
        self.job.finish = 1
        return self.to(self.days)

    @property
    def events(self):
        """The log so far."""
        return self.world.events[: self.world.log[0].logged]


@pytest.fixture(scope="session")
def baseline():
    return load_scenario("baseline")


@pytest.fixture(scope="session")
def busy(baseline):
    """A scenario with much going on: 60 days of it hold dozens of incidents."""
    return with_values(baseline, {**BUSY, "run.horizon": 60 / DAYS_A_YEAR, "run.warmup": 0.1})


@pytest.fixture(scope="session")
def replicate():
    return DrivenRun


@pytest.fixture(scope="session")
def in_world():
    """The scenario in another world, given as a tree; its warm-up there too."""

    def moved(scenario, tree):
        file = WorldFile.model_validate(tree)
        return scenario.attach(file, scenario.warmup.attach(file, None))

    return moved


@pytest.fixture(scope="session")
def compiled():
    """Compile a function that calls rules; plain where all runs as plain Python."""
    return numba.njit(error_model="numpy") if COMPILED else lambda function: function
