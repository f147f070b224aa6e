"""Selection problems with a known answer: outcomes addressed by problem and replicate, as the simulator's are."""

import numpy as np


class Problem:
    """True means, and a sampler: the noise of a block of replicates is the same whoever is asked for."""

    def __init__(self, means, noise, number):
        self.means, self._noise, self._number = np.asarray(means, float), noise, number

    def __call__(self, alternatives, low, high):
        random = np.random.default_rng([0xDEC1DE, self._number, low])
        return (self.means[:, :, None] + self._noise(random, (*self.means.shape, high - low)))[list(alternatives)]


def correlated(correlation, spread=1.0, noisier=1.0):
    """Normal noise; what alternatives share has the correlation stated, and the later half of them is noisier."""

    def noise(random, shape):
        scale = spread * np.where(np.arange(shape[0]) < shape[0] / 2, 1.0, noisier)[:, None, None]
        shared, own = random.normal(size=(1, *shape[1:])), random.normal(size=shape)
        return scale * (np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * own)

    return noise


def skewed_counts(common, own):
    """Poisson counts less their mean: events that all alternatives meet, and those that each meets by itself."""

    def noise(random, shape):
        return random.poisson(common, (1, *shape[1:])) - common + random.poisson(own, shape) - own

    return noise


def skewed_harm(correlation, spread=1.0):
    """Exponential harm less its mean, in part shared: skewness 2, as deaths are."""

    def noise(random, shape):
        shared, own = random.exponential(size=(1, *shape[1:])), random.exponential(size=shape)
        return spread * (np.sqrt(correlation) * (shared - 1) + np.sqrt(1 - correlation) * (own - 1))

    return noise


def slippage(alternatives, draws, delta, best, number):
    """Means whose average over draws is delta lower for the best alternative and the same for all others."""
    random = np.random.default_rng([0x511B, number])
    means = 3.0 + random.normal(0.0, 1.0, (1, draws)) + random.normal(0.0, 0.5, (alternatives, draws))
    means -= means.mean(axis=1, keepdims=True)
    means[best] -= delta
    return means
