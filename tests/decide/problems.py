"""Selection problems with a known answer: outcomes addressed by problem and replicate, as the simulator's are."""

import numpy as np


class Problem:
    """True means, and a sampler: the noise of a block of replicates is the same whoever is asked for."""

    def __init__(self, means, noise, number):
        self.means, self._noise, self._number = np.asarray(means, float), noise, number

    def __call__(self, alternatives, low, high):
        random = np.random.default_rng([0xDEC1DE, self._number, low])
        return (self.means[:, :, None] + self._noise(random, (*self.means.shape, high - low)))[list(alternatives)]


def correlated(correlation):
    """Normal noise of variance 1 with the same correlation between any two alternatives."""

    def noise(random, shape):
        shared, own = random.normal(size=(1, *shape[1:])), random.normal(size=shape)
        return np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * own

    return noise


def of_two_kinds(correlation):
    """Every second alternative has normal noise of its own, of variance 4; that of the others is all but shared."""

    def noise(random, shape):
        shared, own = random.normal(size=(1, *shape[1:])), random.normal(size=shape)
        like = np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * own
        return np.where((np.arange(shape[0]) % 2 == 1)[:, None, None], 2.0 * own, like)

    return noise


def skewed_counts(common, own):
    """Poisson counts less their mean: events that all alternatives meet, and those that each meets by itself."""

    def noise(random, shape):
        return random.poisson(common, (1, *shape[1:])) - common + random.poisson(own, shape) - own

    return noise


def skewed_harm(correlation):
    """Exponential harm less its mean, in part shared: skewness 2, as deaths are."""

    def noise(random, shape):
        shared, own = random.exponential(size=(1, *shape[1:])), random.exponential(size=shape)
        return np.sqrt(correlation) * (shared - 1) + np.sqrt(1 - correlation) * (own - 1)

    return noise


def slippage(alternatives, draws, delta, best, number):
    """Means whose average over draws is delta lower for the best alternative and the same for all others."""
    random = np.random.default_rng([0x511B, number])
    means = 3.0 + random.normal(0.0, 1.0, (1, draws)) + random.normal(0.0, 0.5, (alternatives, draws))
    means -= means.mean(axis=1, keepdims=True)
    means[best] -= delta
    return means


def worst_slippage(alternatives, draws, delta, best, number):
    """Worst cases of 3, each in a draw of its own, and delta lower for the best alternative."""
    random = np.random.default_rng([0x5112, number])
    means, worst = 3.0 - random.exponential(1.0, (alternatives, draws)), random.integers(0, draws, alternatives)
    means[best] -= delta
    means[np.arange(alternatives), worst] = np.where(np.arange(alternatives) == best, 3.0 - delta, 3.0)
    return means


def regret_slippage(alternatives, draws, delta, best, number):
    """Largest regrets of 1, each in a draw of its own, and delta lower for the best alternative; draws of any level."""
    random = np.random.default_rng([0x5113, number])
    regrets, everyone = random.uniform(0.0, 1.0 - delta, (alternatives, draws)), np.arange(alternatives)
    regrets[np.arange(draws) % alternatives, np.arange(draws)] = 0.0
    regrets[everyone, (everyone + 1) % alternatives] = np.where(everyone == best, 1.0 - delta, 1.0)
    return regrets + random.normal(3.0, 1.0, (1, draws))


def truths(means, criterion):
    """The criterion of each alternative, from the true means."""
    if criterion == "mean":
        return means.mean(axis=1)
    return (means if criterion == "worst" else means - means.min(axis=0)).max(axis=1)
