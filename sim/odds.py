"""Odds: a probability shifted on the logit scale."""

import math

from sim.kernel import kernel


@kernel(inline=True)
def shifted(chance, offset):
    """The probability whose log odds are those of `chance` plus an offset."""
    if offset == 0.0 or chance <= 0.0 or chance >= 1.0:
        return chance
    return 1.0 / (1.0 + math.exp(-offset) * (1.0 - chance) / chance)
