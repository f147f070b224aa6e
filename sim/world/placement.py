"""Where checkpoints stand if not where the world file says: anywhere, where most ways meet, where no way leads round.

All is judged by the roads alone, whoever may hide beside them. Posts go to junctions, which hold whoever a post on a
leg of road beside them holds; where none can stand at either end of a leg, they go to its middle.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.world.graph import Graph, Leg, walk
from sim.world.roads import RoadNetwork

MOST_ENDS = 40  # of ways, the first or weightiest of a larger world: they stand for all
LOOKED_AT = 10  # places for each post; with all of them as many ways are held within 1 %, where it was measured
CAUGHT_ALREADY = 2.0**-10  # what a way counts with each post on it: it decides where no way is left without one
LEAST_DETOUR = 1e-3  # of a cell: so that it can be told which ways lead over a post
SAME = 1e-10  # of a cell
UNLIKE = 1e-9  # of a cell: so much ways of the same length differ in, so that one of them is the shortest

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Land:
    """What the rules go by; places and targets are road cells.

    Attributes
    ----------
    name : str
        The world's.
    roads : RoadNetwork
    places : sequence of int
        Hubs, towns and sites, in order of their weight: ends of ways, and no post stands there.
    targets : mapping of int to float
        Sites, the middles of habitual routes and the towns of outings, with the people whom they stand for.
    """

    name: str
    roads: RoadNetwork
    places: Sequence[int]
    targets: Mapping[int, float]


def placed(rule: str, land: Land, count: int, detour: float) -> list[int]:
    """Cells of checkpoints by a rule: `random`, `crossroads` or `no_way_round`.

    Parameters
    ----------
    rule : str
    land : Land
    count : int
        How many; fewer where the roads have no more free cells.
    detour : float
        Cells of longer way that a team takes to get round a post.
    """
    chosen: list[int] = []
    if rule == "crossroads":
        chosen = _crossroads(land, count)
    elif rule == "no_way_round":
        chosen = _no_way_round(land, count, detour)
    return [*chosen, *(cell for cell in _anywhere(land) if cell not in chosen)][:count]


def _anywhere(land: Land) -> list[int]:
    """All free road cells, shuffled by their address."""
    free = set(land.roads.cells.tolist()).difference(land.places)
    return sorted(free, key=lambda cell: (_drawn(f"{land.name}/{cell}"), cell))


def _drawn(address: str) -> bytes:
    """Not `identity`: names that differ in their beginning only have ids in the same order, and ranks are ids."""
    return blake2b(address.encode(), digest_size=8).digest()


def _crossroads(land: Land, count: int) -> list[int]:
    """One after the other, the cell that most ways pass between places; those with a post count no more."""
    ends = _nodes(land, land.places[:MOST_ENDS])
    net = _Net(land.roads.graph, ends, _nodes(land, land.places))
    ways = net.ways(ends, [], 0.0)
    arrive = np.zeros(ways.cost.shape)
    arrive[:, np.searchsorted(net.nodes, ends)] = 1.0
    chosen: list[int] = []
    for _ in range(min(count, len(net.open))):
        passing = ways.below(arrive).sum(axis=0)
        left = [at for at in net.open if at not in chosen]
        best = left[int(np.argmax(passing[left]))]
        if passing[best] <= 0.0:
            break
        chosen.append(best)
        arrive *= CAUGHT_ALREADY ** ways.among([best])
    return _cells(land, net, chosen)


def _no_way_round(land: Land, count: int, detour: float) -> list[int]:
    """One after the other, the place that most ways from anywhere to the targets still lead over with a post there."""
    targets = sorted(land.targets, key=lambda cell: (-land.targets[cell], cell))[:MOST_ENDS]
    ends = _nodes(land, [*targets, *land.places[:MOST_ENDS]])
    net = _Net(land.roads.graph, ends, _nodes(land, land.places))
    hold = _Hold(net, _nodes(land, targets), np.array([land.targets[cell] for cell in targets]), detour)
    chosen: list[int] = []
    while len(chosen) < count and (best := _hardest(hold, [at for at in net.open if at not in chosen])) is not None:
        chosen.append(best)
        hold.post(best)
    return _cells(land, net, chosen)


def _hardest(hold: _Hold, free: list[int]) -> int | None:
    """The best of the places that most ways lead over; no more lead over any with a post on it."""
    at_most = hold.at_most()
    best, most = None, 0.0
    for at in sorted(free, key=lambda at: (-at_most[at], at))[:LOOKED_AT]:
        if at_most[at] > most and (held := hold.of(at)) > most:
            best, most = at, held
    return best


class _Hold:
    """How many ways from anywhere to some targets posts hold, by the people whom the targets stand for."""

    def __init__(self, net: _Net, targets: list[int], weights: Floats, detour: float) -> None:
        self._net, self._targets, self._weights = net, targets, weights
        self._detour = max(detour, LEAST_DETOUR)
        self._posts: list[int] = []
        self._look()

    def _look(self) -> None:
        """The ways as they are with the posts that stand, and what each counts."""
        self._now = self._net.ways(self._targets, self._posts, self._detour)
        self._left = CAUGHT_ALREADY ** self._now.among(self._posts)

    def at_most(self) -> Floats:
        """Ways that lead over each place as long as no post stands there. Shape (nodes,)."""
        return self._weights @ self._now.below(self._now.starts * self._left)

    def of(self, at: int) -> float:
        """Ways that lead over a place with a post there too: those that a way round would make longer by all of it."""
        cost, starts = self._net.costs(self._targets, [*self._posts, at], self._detour)
        over = cost - self._now.cost > self._detour - SAME
        over[:, at] = True
        return float(self._weights @ (starts * over * self._left).sum(axis=1))

    def post(self, at: int) -> None:
        """Put a post there."""
        self._posts.append(at)
        self._look()


def _nodes(land: Land, cells: Sequence[int]) -> list[int]:
    """Nodes of road cells, each once."""
    return list(dict.fromkeys(land.roads.node(cell) for cell in cells))


def _cells(land: Land, net: _Net, chosen: Sequence[int]) -> list[int]:
    return [int(cell) for cell in land.roads.cells[net.nodes[list(chosen)]]]


class _Net:
    """Roads between some ends, drawn together: blind alleys go to their mouths, legs are cut where a post could stand.

    Attributes
    ----------
    nodes : ndarray
        Nodes of the graph that are left, in ascending order; below a node is called by its position here.
    open : list of int
        Those where a post can stand.
    """

    def __init__(self, graph: Graph, ends: Collection[int], closed: Collection[int]) -> None:
        shut, kept = set(closed), set(ends)
        out = graph.blind(kept)
        self._behind = np.ones(len(graph.around))
        for node, mouth in out.items():
            self._behind[mouth] += self._behind[node]
        legs = list(_legs(graph, out, kept))
        cuts = [_middle(leg, shut) if {leg.nodes[0], leg.nodes[-1]} <= shut | kept else 0 for leg in legs]
        joints = {leg.nodes[at] for leg in legs for at in (0, -1)}.union(ends)
        middles = {leg.nodes[cut] for leg, cut in zip(legs, cuts, strict=True) if cut}
        self.nodes: Ints = np.array(sorted(joints | middles), dtype=np.int64)
        self.open = [at for at, node in enumerate(self.nodes.tolist()) if node not in shut and node not in kept]
        pieces = [piece for leg, cut in zip(legs, cuts, strict=True) for piece in _cut(leg.nodes, cut)]
        self._lay(pieces)

    def _lay(self, pieces: list[list[int]]) -> None:
        """Pieces of road as arrays: the ends of each, its length, and how much of it lies before each of its cells."""
        self.a, self.b = (
            np.searchsorted(self.nodes, np.array([piece[at] for piece in pieces], dtype=np.int64)) for at in (0, -1)
        )
        self.length = np.array([len(piece) - 1 for piece in pieces], dtype=np.int64)
        self.first = np.cumsum(self.length) - self.length
        gone = [np.cumsum(np.r_[0.0, self._behind[piece[1:-1]]]) for piece in pieces]
        self.before = np.concatenate(gone) if gone else np.zeros(0)

    @cached_property
    def steps(self) -> tuple[Ints, Ints, Floats]:
        """From, to and length of each step between nodes: the shortest piece, there and back."""
        lengths = self.length + UNLIKE * np.sqrt(np.arange(len(self.length)) + 2.0)
        shortest: dict[tuple[int, int], float] = {}
        for a, b, length in zip(self.a.tolist(), self.b.tolist(), lengths.tolist(), strict=True):
            for step in ((a, b), (b, a)):
                shortest[step] = min(length, shortest.get(step, length))
        ends = np.array(sorted(shortest), dtype=np.int64).reshape(-1, 2)
        return ends[:, 0], ends[:, 1], np.array([shortest[a, b] for a, b in ends.tolist()])

    def costs(self, ends: Sequence[int], posts: Sequence[int], detour: float) -> tuple[Floats, Floats]:
        """What the way from each node to some nodes of the graph costs, and the road cells from which one comes there.

        A post is as long as a detour. Both of shape (ends, nodes).
        """
        from scipy.sparse.csgraph import dijkstra  # slow to import, so only where checkpoints are moved

        graph, longer = self._graph(posts, detour)
        cost = dijkstra(graph, indices=np.searchsorted(self.nodes, ends))
        return cost, self._starts(cost, longer)

    def ways(self, ends: Sequence[int], posts: Sequence[int], detour: float) -> _Ways:
        """The cheapest ways to some nodes of the graph, where a post is as long as a detour."""
        from scipy.sparse.csgraph import dijkstra

        graph, longer = self._graph(posts, detour)
        cost, toward = dijkstra(graph, indices=np.searchsorted(self.nodes, ends), return_predecessors=True)
        return _Ways(cost, np.where(toward < 0, len(self.nodes), toward), self._starts(cost, longer))

    def _graph(self, posts: Sequence[int], detour: float) -> tuple[Any, Floats]:
        """Steps outward from the ends, where who comes by one has passed its start; how much longer each node is."""
        from scipy.sparse import csr_array

        longer = np.zeros(len(self.nodes))
        longer[list(posts)] = detour
        start, end, length = self.steps
        return csr_array((length + longer[start], (start, end)), shape=(len(self.nodes),) * 2), longer

    def _starts(self, cost: Floats, longer: Floats) -> Floats:
        """Road cells from which one comes to each node first, on the cheapest way."""
        to_a, to_b = (cost[:, at] + longer[at] for at in (self.a, self.b))
        nearer = np.clip(np.floor((self.length + to_b - to_a) / 2.0), 0, self.length - 1).astype(np.int64)
        by_a = self.before[self.first + nearer]
        by_b = self.before[self.first + self.length - 1] - by_a
        return self._behind[self.nodes] + _summed(self.a, by_a, cost.shape) + _summed(self.b, by_b, cost.shape)


class _Ways:
    """Cheapest ways from all nodes to some roots: trees, a row each; all arrays have shape (roots, nodes)."""

    def __init__(self, cost: Floats, toward: Ints, starts: Floats) -> None:
        self.cost, self.starts = cost, starts
        beyond = np.full((len(toward), 1), toward.shape[1])
        self._leaps = [np.hstack([toward, beyond])]  # 1, 2, 4, ... nodes on; beyond the root is one node more
        while (self._leaps[-1] != toward.shape[1]).any():
            self._leaps.append(np.take_along_axis(self._leaps[-1], self._leaps[-1], axis=1))

    def among(self, chosen: Sequence[int]) -> Floats:
        """How many of some nodes lie on the way from each node, itself included."""
        count = np.zeros(self._leaps[0].shape)
        count[:, list(chosen)] = 1.0
        for leap in self._leaps:
            count += np.take_along_axis(count, leap, axis=1)
        return count[:, :-1]

    def below(self, amounts: Floats) -> Floats:
        """Sum of what sets out from nodes whose way leads over each node."""
        total = np.hstack([amounts, np.zeros((len(amounts), 1))])
        for leap in self._leaps:
            total += _summed(leap, total, total.shape)
            total[:, -1] = 0.0
        return total[:, :-1]


def _summed(at: Ints, amounts: Floats, shape: tuple[int, ...]) -> Floats:
    """Amounts added up by row and by node."""
    rows, nodes = shape
    places = (at + np.arange(rows)[:, None] * nodes).ravel()
    return np.bincount(places, amounts.ravel(), rows * nodes).reshape(rows, nodes)


def _legs(graph: Graph, out: Collection[int], ends: Collection[int]) -> Iterator[Leg]:
    """Legs between junctions and ends, each in one direction."""
    steps = [[step for step in steps if step[0] not in out] for steps in graph.around]
    for node, around in enumerate(steps):
        if node in out or (len(around) == 2 and node not in ends):
            continue
        for step in around:
            leg = walk(steps, node, step, ends)
            if (leg.first, leg.nodes[0]) < (leg.last, leg.nodes[-1]):
                yield leg


def _middle(leg: Leg, closed: Collection[int]) -> int:
    """Position of the middle one of a leg's free cells, 0 where it has none."""
    free = [at for at, node in enumerate(leg.nodes[:-1]) if at > 0 and node not in closed]
    return free[len(free) // 2] if free else 0


def _cut(nodes: list[int], at: int) -> list[list[int]]:
    return [nodes[: at + 1], nodes[at:]] if at else [nodes]
