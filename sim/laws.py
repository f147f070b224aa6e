"""Two laws that several rooms share: the first-order stock, and a probability shifted on the logit scale."""

import math

from sim.kernel import kernel


@kernel(inline=True)
def kept_by_half_life(days):
    """Share of a gap that is left after one day."""
    return math.exp(-math.log(2.0) / days)


@kernel(inline=True)
def relax(value, goal, kept):
    """One day of a first-order stock: what is left of its gap to the goal. Every lag of the model is one."""
    return goal + kept * (value - goal)


@kernel(inline=True)
def shifted(chance, odds):
    """The probability whose odds against are those of `chance` times a factor: exp(-offset) on the logit scale."""
    if odds == 1.0 or chance <= 0.0 or chance >= 1.0:
        return chance
    return 1.0 / (1.0 + odds * (1.0 - chance) / chance)
