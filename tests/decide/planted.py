"""A study without simulations: alternatives of which everything is known."""

from types import SimpleNamespace

import numpy as np

from sim.decide.decision import OUTCOMES, Decision


class Planted:
    """What `choose` asks of a study.

    Parameters
    ----------
    rates : array_like, shape (alternatives, draws)
        True project incidents a year.
    further : outcome -> array_like, shape (alternatives,)
        True values of others, which have no noise.
    """

    def __init__(self, rates, number=0, noise=0.5, further=None, **keys):
        self.truth = np.asarray(rates, dtype=float)
        self.names = [f"policy {a}" for a in range(len(self.truth))]
        keys = {"delta": 0.1, "first": 4, "most": 32, "today": self.names[0]} | keys
        self.decision = Decision(name="planted", policies=self.names, **keys)
        self.draws, self.runs, self.noise, self.number = self.truth.shape[1], 0, noise, number
        self.further = {name: np.zeros(len(self.truth)) for name in OUTCOMES} | (further or {})
        self.steps = SimpleNamespace(points=[])

    def outcomes(self, alternatives, low, high):
        """As a study has them: the noise of a draw's replicate is half shared by the alternatives."""
        rows, shape = list(alternatives), (len(alternatives), self.draws, high - low)
        self.runs += int(np.prod(shape))
        found = {
            name: np.broadcast_to(np.asarray(value)[rows, None, None], shape) for name, value in self.further.items()
        }
        return found | {"project_incidents": self.truth[rows][:, :, None] + self.noise * self._noise(rows, low, high)}

    def sample(self, alternatives, low, high):
        found = self.outcomes(alternatives, low, high)
        return sum(weight * found[name] for name, weight in self.decision.judged.items())

    def _noise(self, rows, low, high):
        draws = [np.random.default_rng([18, self.number, k]) for k in range(low, high)]
        drawn = np.stack([rng.standard_normal((len(self.names) + 1, self.draws)) for rng in draws], axis=2)
        return np.sqrt(0.5) * (drawn[[row + 1 for row in rows]] + drawn[:1])
