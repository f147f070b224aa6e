"""Routes over a graph: shortest ways between two nodes, one after the other, where edges used before are longer.

Of ways of the same length that one counts which two searches, one from each end, find first. That search looks at
every node on its way; since nearly always there is only one shortest way, a quicker one is tried before it, which goes
from junction to junction and says whether there is another.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from itertools import pairwise
from math import inf, isclose

from sim.world.graph import Graph, Leg, Path, Step, walk

NEARLY = 1e-9  # relative: lengths that differ by less may be the same, added up in another order


class NoWay(Exception):
    """Nothing joins two nodes."""


Legs = dict[tuple[int, int], Leg]  # by the node from which they lead, and their first edge


class Routes:
    """Routes over a graph; they are remembered.

    Parameters
    ----------
    graph : Graph
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._number = {step: k for k, (a, b) in enumerate(graph.edges) for step in ((a, b), (b, a))}
        self._out = graph.blind()
        self._steps = [[step for step in steps if step[0] not in self._out] for steps in graph.around]
        self._left: dict[int, list[int]] = {}
        self._legs: Legs = {}
        self._found: dict[tuple[int, int, int, float], list[Path]] = {}

    def between(self, start: int, end: int, count: int, penalty: float) -> list[Path]:
        """Shortest paths in the order in which they are found; one that is found again is left out.

        Parameters
        ----------
        start, end : int
            Nodes.
        count : int
            Number of searches.
        penalty : float
            1 or more; an edge that n of the paths before use is penalty ** n long.

        Raises
        ------
        NoWay
            If nothing joins the two.
        """
        key = start, end, count, penalty
        if key not in self._found:
            paths, same_back = self._search(*key)
            self._found[key] = paths
            if same_back:
                self._found[end, start, count, penalty] = [path[::-1] for path in paths]
        return self._found[key]

    def _search(self, start: int, end: int, count: int, penalty: float) -> tuple[list[Path], bool]:
        """The paths, and whether those back are known to be the same."""
        lengths, uses, same_back = [1.0] * len(self.graph.edges), Counter[int](), True
        there, back = self._way_out(start), self._way_out(end)
        cut = self._cut(there[-1], back[-1])
        found: dict[tuple[int, ...], None] = {}
        for _ in range(count):
            path = self._only(there, back, cut, lengths)
            if path is None:
                path, same = first_met(self.graph, start, end, lengths)
                same_back = same_back and same
            used = [self._number[step] for step in pairwise(path)]
            uses.update(used)
            for edge in used:
                lengths[edge] = penalty ** uses[edge]
            found[tuple(path)] = None
        return [list(path) for path in found], same_back

    def _only(self, there: Path, back: Path, cut: Legs, lengths: Sequence[float]) -> Path | None:
        """The shortest path, None if there are several: out of blind alleys, then from mouth to mouth."""
        if there[-1] == back[-1]:
            joint = next(node for node in there if node in back)
            return there[: there.index(joint)] + back[back.index(joint) :: -1]
        through = self._through(there[-1], back[-1], cut, lengths)
        return through and there[:-1] + through + back[-2::-1]

    def _way_out(self, node: int) -> Path:
        """From a node out of its blind alley."""
        path = [node]
        while path[-1] in self._out:
            path.append(self._out[path[-1]])
        return path

    def _through(self, start: int, end: int, cut: Legs, lengths: Sequence[float]) -> Path | None:
        """The shortest path between two nodes outside of blind alleys, None if there are several.

        All edges of a leg have the same length, since routes use whole legs. Nodes that may lie on the shortest path
        come first (A*): there are no fewer steps left from them than if no edge had been used.
        """
        if start in self._left and end not in self._left:
            back = self._through(end, start, cut, lengths)
            return back and back[::-1]
        left = self._steps_left(end)
        best, came, again = {start: 0.0}, dict[int, Leg](), set[int]()
        fringe = [(float(left[start]), 0.0, start)]
        while fringe and fringe[0][0] <= best.get(end, inf) * (1.0 + NEARLY):
            _, so_far, node = heappop(fringe)
            if so_far > best[node]:
                continue
            for step in self._steps[node]:
                leg = cut.get((node, step[1])) or self._leg(node, step)
                to, length = leg.nodes[-1], so_far + lengths[leg.first] * (len(leg.nodes) - 1)
                known = best.get(to, inf)
                if isclose(length, known, rel_tol=NEARLY):
                    again.add(to)
                elif length < known:
                    best[to], came[to] = length, leg
                    again.discard(to)
                    heappush(fringe, (length + left[to], length, to))
        return _along(came, start, end, again)

    def _steps_left(self, end: int) -> list[int]:
        """Steps from each node to one; hubs are the ends of many routes, so they are worth remembering."""
        if end not in self._left:
            self._left[end] = self.graph.spread(end)[0]
        return self._left[end]

    def _cut(self, start: int, end: int) -> Legs:
        """Legs from and to two nodes, which need be no junctions."""
        found: Legs = {}
        for node in (start, end):
            for step in self._steps[node]:
                leg = found[node, step[1]] = walk(self._steps, node, step, (start, end))
                found[leg.nodes[-1], leg.last] = Leg(leg.nodes[::-1], leg.last, leg.first)
        return found

    def _leg(self, junction: int, step: Step) -> Leg:
        """The leg from a junction that begins with a step."""
        key = junction, step[1]
        if key not in self._legs:
            self._legs[key] = walk(self._steps, junction, step, ())
        return self._legs[key]


def _along(came: dict[int, Leg], start: int, end: int, again: set[int]) -> Path | None:
    """The path of the legs by which its nodes were reached; None if one of these was reached so in two ways."""
    path = [end]
    while path[-1] != start:
        if path[-1] not in came:
            raise NoWay
        if path[-1] in again:
            return None
        path += came[path[-1]].nodes[-2::-1]
    return path[::-1]


class _Side:
    """What a search from one end knows: how near each node is, the one before it, and which it has done with."""

    def __init__(self, nodes: int, source: int) -> None:
        self.source = source
        self.near, self.came, self.done = [inf] * nodes, [-1] * nodes, bytearray(nodes)
        self.near[source] = 0.0


class _Meeting:
    """The shortest path found so far: its length, a node on it where the searches met, and the turn in which.

    Searches take turns in the other order on the way back, which is the same way unless they could have met elsewhere
    in that very turn.
    """

    def __init__(self) -> None:
        self.length, self.node = sys.float_info.max, -1
        self.turn, self.met_at, self.alone = 0, -1, False

    def at(self, node: int, length: float) -> None:
        """The searches meet at a node, on a path no longer than any before."""
        if length < self.length:
            self.length, self.node, self.met_at, self.alone = length, node, self.turn, True
        elif self.met_at == self.turn:
            self.alone = False


def first_met(graph: Graph, start: int, end: int, lengths: Sequence[float]) -> tuple[Path, bool]:
    """The shortest path that two searches find first, and whether they are known to find the same on the way back.

    They are Dijkstra's, from both ends, in turns, a node each. Equally near nodes are taken in the order in which they
    were reached, a node's neighbours in ascending order.
    """
    there, back = (_Side(len(graph.around), node) for node in (start, end))
    met = _Meeting()
    for _ in zip(_visits(graph, lengths, there, back, met), _visits(graph, lengths, back, there, met), strict=False):
        met.turn += 1
    path = _to_source(there, met.node)[::-1] + _to_source(back, met.node)[1:]
    return path, met.alone and met.met_at < met.turn


def _visits(graph: Graph, lengths: Sequence[float], mine: _Side, other: _Side, met: _Meeting) -> Iterator[None]:
    """One of the two searches, a node at a time; it ends at a node that the other one has done with."""
    near, theirs, reached = mine.near, other.near, {0.0: [mine.source]}
    fringe = [0.0]
    while fringe:
        so_far = heappop(fringe)
        for node in reached.pop(so_far):
            if other.done[node]:
                return
            if not mine.done[node]:
                mine.done[node] = True
                for further, edge in graph.around[node]:
                    length = so_far + lengths[edge]
                    if length < near[further]:
                        near[further], mine.came[further] = length, node
                        if length not in reached:
                            reached[length] = []
                            heappush(fringe, length)
                        reached[length].append(further)
                        if length + theirs[further] <= met.length:
                            met.at(further, length + theirs[further])
            yield


def _to_source(side: _Side, node: int) -> Path:
    """A node, the one before it, and so on, to where the search began."""
    path = [node]
    while side.came[path[-1]] >= 0:
        path.append(side.came[path[-1]])
    return path
