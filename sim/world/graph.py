"""A graph of nodes and edges of length 1: how far all is from a node, and what lies on no way through it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from heapq import heappop, heappush
from typing import NamedTuple

Path = list[int]
Step = tuple[int, int]  # to a node, over an edge
Neighbours = list[list[Step]]


class Leg(NamedTuple):
    """A way without branches: its nodes, both ends among them, and its first and its last edge."""

    nodes: Path
    first: int
    last: int


class Graph:
    """Nodes numbered from 0, and the edges between them.

    Parameters
    ----------
    nodes : int
        How many.
    edges : sequence of (int, int)
        The two nodes of each, in ascending order; no edge twice.

    Attributes
    ----------
    around : list of lists of (int, int)
        For each node its neighbours in ascending order, each with the number of the edge that leads there.
    """

    def __init__(self, nodes: int, edges: Sequence[tuple[int, int]]) -> None:
        self.edges = edges
        self.around: Neighbours = [[] for _ in range(nodes)]
        for number, (a, b) in enumerate(edges):
            self.around[a].append((b, number))
            self.around[b].append((a, number))

    def spread(self, source: int) -> tuple[list[int], list[int]]:
        """Steps from a node to each, and the node before it on a shortest way there; -1 where there is none.

        Of several shortest ways the one whose nodes, from the source on, have the smaller numbers. The source is
        before itself.
        """
        steps, before = [-1] * len(self.around), [-1] * len(self.around)
        steps[source], before[source] = 0, source
        reached = [source]
        for node in reached:
            for other, _ in self.around[node]:
                if steps[other] < 0:
                    steps[other], before[other] = steps[node] + 1, node
                    reached.append(other)
        return steps, before

    def spread_round(self, source: int, dear: Collection[int], detour: float) -> tuple[list[int], list[int]]:
        """The same on the cheapest ways, where a step onto a dear node costs a detour more.

        Of those that cost the same the one with fewer steps, then that whose last node but one has the smaller number.
        """
        steps, before = [-1] * len(self.around), [-1] * len(self.around)
        fringe = [(0.0, 0, source, source)]
        while fringe:
            cost, gone, came, node = heappop(fringe)
            if steps[node] < 0:
                steps[node], before[node] = gone, came
                for other, _ in self.around[node]:
                    if steps[other] < 0:
                        heappush(fringe, (cost + (1.0 + detour if other in dear else 1.0), gone + 1, node, other))
        return steps, before

    def blind(self, kept: Collection[int] = ()) -> dict[int, int]:
        """Nodes of blind alleys, branching ones too, each with the next node on the way out; those behind come first.

        An alley that leads to a node which is kept is no blind one.
        """
        left = [len(neighbours) for neighbours in self.around]
        out: dict[int, int] = {}
        ends = [node for node, count in enumerate(left) if count == 1 and node not in kept]
        for node in ends:
            for other, _ in self.around[node]:
                if other not in out:  # one at most: those behind were taken away before
                    out[node] = other
                    left[other] -= 1
                    if left[other] == 1 and other not in kept:
                        ends.append(other)
        return out


def walk(steps: Neighbours, node: int, step: Step, ends: Collection[int]) -> Leg:
    """From a node by a step and on, to the next junction or to one of some nodes."""
    nodes, last = [node, step[0]], step[1]
    while len(steps[nodes[-1]]) == 2 and nodes[-1] not in ends:
        one, another = steps[nodes[-1]]
        further, last = another if one[1] == last else one
        nodes.append(further)
    return Leg(nodes, step[1], last)
