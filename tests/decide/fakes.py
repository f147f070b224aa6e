"""Studies whose outcomes are written down, in place of runs."""

from types import SimpleNamespace

import numpy as np

from sim.decide.decision import Decision


class Fake:
    """As `sim.decide.study.Study`, of given outcomes, shape (alternatives, draws, replicates)."""

    def __init__(self, harm, names, values=None, **decided):
        self.decision = Decision(**{"name": "fake", "policies": ["a", "b"]} | decided)
        self.harm, self.names, self.draws = np.asarray(harm), list(names), np.shape(harm)[1]
        self.values = values
        policy = object()
        point = SimpleNamespace(scenario=SimpleNamespace(warmup=SimpleNamespace(policy=policy), policy=policy))
        self.steps = SimpleNamespace(points=[point] + [SimpleNamespace(scenario=SimpleNamespace(policy=None))] * 99)

    def outcomes(self, alternatives, low, high):
        """The same for each outcome."""
        return {name: self.harm[list(alternatives), :, low:high] for name in ("project_incidents", "project_cost")}

    def sample(self, alternatives, low, high):
        """What is judged by."""
        return self.harm[list(alternatives), :, low:high]
