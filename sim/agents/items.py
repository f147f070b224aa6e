"""Items of the standard operating procedure, and how likely each is to be followed in a jurisdiction now.

The chance follows from adherence, shifted by the item's offset on the logit scale; it is kept in a table, since every
movement looks it up for every item.
"""

import math

from sim.kernel import kernel
from sim.laws import shifted

# In the order of their bits on a movement.
ESCORT, ARMOUR, ROUTE, TIME, NEED_TO_KNOW, CLOSURE, NO_STOP = 0, 1, 2, 3, 4, 5, 6
ITEMS = ("escort", "armour", "route", "time", "need_to_know", "closure", "no_stop")
ALL_FOLLOWED = (1 << len(ITEMS)) - 1

TODAYS_LEVEL = 0.6  # of adherence: outings that move less with it are as there, supervision above it costs


@kernel
def set_odds(world, params):
    """Factor on the odds of not following each item, once a policy; then the chances."""
    for item in range(len(ITEMS)):
        world.odds[item] = math.exp(-params.adherence_items[item])
    refresh(world)


@kernel
def refresh(world):
    """Chances that follow from adherence as it is now; the partner's teams need nobody to ask them."""
    for j in range(len(world.jurisdictions)):
        for item in range(len(ITEMS)):
            world.chances[j, item] = shifted(world.protocol[j].adherence, world.odds[item])
        world.chances[j, ESCORT] = 1.0 - (1.0 - world.chances[j, ESCORT]) * (1.0 - world.presence[j].pledged)
