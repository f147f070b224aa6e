"""Addressed random numbers: every draw is a pure function of (seed, stream, agent, time, index).

Philox4x32-10 (Salmon, Moraes, Dror and Shaw, 2011). The key is the replicate's 64-bit seed, the counter is the
address. No state is kept anywhere, so two policies meet the same world and differ only where the policy acts.

An address names the thing that the world owns, never the tick at which a policy lets it happen:

stream          agent               time                          index
OPPORTUNITY     slot                n-th on the slot's own clock  0 gap, 1 accept
PLOT            slot                n                             marks of the plot, drawn whether used or not
CHOICE          slot                n                             class; 16 + stable target id
INTERDICTION    slot                n                             phase; 2 noticed in the field
SCREENING       slot                n                             checkpoint id
GATE            slot                n                             layer; common-cause coin; shared draw
HARM            slot                n                             fatal, severity, guards, residents
MEETING         slot                n                             day in the field (towns: no grid convoy there)
RECRUITMENT     slot                n-th on the slot's own clock  0 gap, 1 accept
INITIAL         slot                0                             0 state, 1 class of the age
TRIP            line                timetable number              departure, passengers, route, shift, priority ...
SOP             line                timetable number              item // 2: two items share an address's pair
LEG             line                timetable number              checkpoint number on the route; 2^16 + border
DISPATCH        line or slot        timetable number or n         team id: breaks ties
POST            post                application number            0 gap, 1 thinning
CANDIDATE       post                application number            tenure, screen, turns; 16 + k-th re-check
AUDIT           jurisdiction        number of the audit           0
LEVEL           0                   month                         0
PROTEST         town                day                           0
STOPPAGE        slot                n                             site id: whether it stops too
OFFENSIVE       slot                number of the campaign        0
FLIGHT          drone crew          day                           0 line, 1 place on its route
WORLD           generated thing     kind                          for generated worlds only
"""

from __future__ import annotations

import math
import zlib

import numpy as np

from sim.kernel import kernel

OPPORTUNITY = 1
PLOT = 2
CHOICE = 3
INTERDICTION = 4
SCREENING = 5
GATE = 6
HARM = 7
MEETING = 8
RECRUITMENT = 9
INITIAL = 10
TRIP = 11
SOP = 12
LEG = 13
DISPATCH = 14
POST = 15
CANDIDATE = 16
AUDIT = 17
LEVEL = 18
WORLD = 19
PROTEST = 20
STOPPAGE = 21
OFFENSIVE = 22
FLIGHT = 23

_LOW32 = np.uint64(0xFFFFFFFF)
_SHIFT32 = np.uint64(32)
_MULTIPLIER_0 = np.uint64(0xD2511F53)
_MULTIPLIER_1 = np.uint64(0xCD9E8D57)
_WEYL_0 = np.uint64(0x9E3779B9)
_WEYL_1 = np.uint64(0xBB67AE85)
_SHIFT6 = np.uint64(6)
_SHIFT26 = np.uint64(26)
_TWO52 = 4503599627370496.0


@kernel(inline=True)
def _round(c0, c1, c2, c3, k0, k1):
    product_0 = _MULTIPLIER_0 * c0
    product_1 = _MULTIPLIER_1 * c2
    c0 = (product_1 >> _SHIFT32) ^ c1 ^ k0
    c2 = (product_0 >> _SHIFT32) ^ c3 ^ k1
    return c0, product_1 & _LOW32, c2, product_0 & _LOW32, (k0 + _WEYL_0) & _LOW32, (k1 + _WEYL_1) & _LOW32


@kernel(inline=True)
def philox(c0, c1, c2, c3, k0, k1):
    """Ten rounds of Philox4x32 on a 128-bit counter and a 64-bit key, each word a u8 below 2**32.

    Written out: with a loop in it, a loop over draws is not made a vector.
    """
    c0, c1, c2, c3, k0, k1 = _round(c0, c1, c2, c3, k0, k1)
    c0, c1, c2, c3, k0, k1 = _round(c0, c1, c2, c3, k0, k1)
    c0, c1, c2, c3, k0, k1 = _round(c0, c1, c2, c3, k0, k1)
    c0, c1, c2, c3, k0, k1 = _round(c0, c1, c2, c3, k0, k1)
    c0, c1, c2, c3, k0, k1 = _round(c0, c1, c2, c3, k0, k1)
    c0, c1, c2, c3, k0, k1 = _round(c0, c1, c2, c3, k0, k1)
    c0, c1, c2, c3, k0, k1 = _round(c0, c1, c2, c3, k0, k1)
    c0, c1, c2, c3, k0, k1 = _round(c0, c1, c2, c3, k0, k1)
    c0, c1, c2, c3, k0, k1 = _round(c0, c1, c2, c3, k0, k1)
    c0, c1, c2, c3, k0, k1 = _round(c0, c1, c2, c3, k0, k1)
    return c0, c1, c2, c3


@kernel(inline=True)
def _pair(seed, stream, agent, time, index):
    key = np.uint64(seed)
    a, b, c, d = philox(
        np.uint64(stream),
        np.uint64(agent),
        np.uint64(time),
        np.uint64(index),
        key & _LOW32,
        key >> _SHIFT32,
    )
    first = np.int64(((a >> _SHIFT6) << _SHIFT26) + (b >> _SHIFT6))
    second = np.int64(((c >> _SHIFT6) << _SHIFT26) + (d >> _SHIFT6))
    return (float(first) + 0.5) / _TWO52, (float(second) + 0.5) / _TWO52


@kernel
def uniform_pair(seed, stream, agent, time, index):
    """Two numbers in the open interval (0, 1), 52 bits each, at one address; each part of it below 2**32.

    With 52 bits the half that keeps them off 0 and 1 is exact.
    """
    return _pair(seed, stream, agent, time, index)


@kernel(inline=True)
def fill(draws, row, lanes, seed, agent, time):
    """Make several draws of one agent and time at once: a processor's vector does four in the time of one.

    Fills `draws[:, row]`, shape (2, rows, lanes), with the pair at each of the addresses that `lanes`, shape
    (2, lanes), names by stream and index.
    """
    for k in range(lanes.shape[1]):
        draws[0, row, k], draws[1, row, k] = _pair(seed, lanes[0, k], agent, time, lanes[1, k])


@kernel
def uniform(seed, stream, agent, time, index):
    """A number in the open interval (0, 1) at an address: the first of its pair."""
    return uniform_pair(seed, stream, agent, time, index)[0]


@kernel
def exponential(seed, stream, agent, time, index):
    """An Exp(1) threshold at an address."""
    return -math.log(uniform(seed, stream, agent, time, index))


@kernel
def gumbel(seed, stream, agent, time, index):
    """A standard Gumbel number at an address: argmax(lambda U + g) is a quantal choice."""
    return -math.log(-math.log(uniform(seed, stream, agent, time, index)))


@kernel
def normal(seed, stream, agent, time, index):
    """A standard normal number at an address."""
    u, v = uniform_pair(seed, stream, agent, time, index)
    return normal_of(u, v)


@kernel
def normal_of(u, v):
    """The standard normal number of a pair (Box and Muller)."""
    return math.sqrt(-2.0 * math.log(u)) * math.cos(2.0 * math.pi * v)


def identity(name: str) -> int:
    """The 32-bit id of a named thing: from its name, never from its position."""
    return zlib.crc32(name.encode("utf-8"))


def replicate_seed(root: int, replicate: int) -> int:
    """The 64-bit seed of a replicate: hashed from the root seed and the replicate's number.

    Parameters
    ----------
    root : int
        What the user gave as `--seed`, 0 or more.
    replicate : int
        Number of the replicate, from 0.
    """
    return int(np.random.SeedSequence([root, replicate]).generate_state(1, np.uint64)[0])
