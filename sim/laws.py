"""What several rooms share: the first-order stock, a probability shifted on the logit scale, how fast clocks run."""

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


@kernel
def candidates(least, needed):
    """So many times its base rate a clock runs, to be thinned: the first power of 2 times `least` that is enough.

    A value that changes a little seldom changes the clock, and so leaves its candidates as they were.
    """
    count = least
    while count < needed:
        count *= 2.0
    return count
