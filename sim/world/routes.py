"""Routes over a graph: shortest ways between two nodes, one after the other, where edges used before are longer.

Of ways of the same length that one counts which two searches, one from each end, find first. That search looks at
every node on its way; since nearly always there is only one shortest way, a quicker one is tried before it, which goes
from junction to junction and says whether there is another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from heapq import heappop, heappush
from itertools import pairwise
from math import inf, isclose
from typing import NamedTuple

from sim.world.graph import Graph

Path = list[int]
Step = tuple[int, int]  # to a node, over an edge
NEARLY = 1e-9  # relative: lengths that differ by less may be the same, added up in another order


class NoWay(Exception):
    """Nothing joins two nodes."""


class Leg(NamedTuple):
    """A way without branches: its nodes, both ends among them, and its first and its last edge."""

    nodes: Path
    first: int
    last: int


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
            paths, sure = self._search(*key)
            self._found[key] = paths
            if sure:  # the only shortest way there is the only one back
                self._found[end, start, count, penalty] = [path[::-1] for path in paths]
        return self._found[key]

    def _search(self, start: int, end: int, count: int, penalty: float) -> tuple[list[Path], bool]:
        """The paths, and whether each was the only shortest one."""
        lengths, uses, sure = [1.0] * len(self.graph.edges), Counter[int](), True
        there, back = self._way_out(start), self._way_out(end)
        cut = self._cut(there[-1], back[-1])
        found: dict[tuple[int, ...], None] = {}
        for _ in range(count):
            path = self._only(there, back, cut, lengths)
            if path is None:
                path, sure = first_met(self.graph, start, end, lengths), False
            used = [self._number[step] for step in pairwise(path)]
            uses.update(used)
            for edge in used:
                lengths[edge] = penalty ** uses[edge]
            found[tuple(path)] = None
        return [list(path) for path in found], sure

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
                leg = found[node, step[1]] = self._walk(node, step, (start, end))
                found[leg.nodes[-1], leg.last] = Leg(leg.nodes[::-1], leg.last, leg.first)
        return found

    def _leg(self, junction: int, step: Step) -> Leg:
        """The leg from a junction that begins with a step."""
        key = junction, step[1]
        if key not in self._legs:
            self._legs[key] = self._walk(junction, step, ())
        return self._legs[key]

    def _walk(self, node: int, step: Step, ends: Sequence[int]) -> Leg:
        """From a node by a step and on, to the next junction or to one of some nodes."""
        nodes, last = [node, step[0]], step[1]
        while len(self._steps[nodes[-1]]) == 2 and nodes[-1] not in ends:
            one, another = self._steps[nodes[-1]]
            further, last = another if one[1] == last else one
            nodes.append(further)
        return Leg(nodes, step[1], last)


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


def first_met(graph: Graph, start: int, end: int, lengths: Sequence[float]) -> Path:
    """The shortest path that two searches find first: Dijkstra's from both ends, in turns, a node each.

    Equally near nodes are taken in the order in which they were reached, a node's neighbours in ascending order.
    """
    nodes = len(graph.around)
    near, came = ([inf] * nodes, [inf] * nodes), ([-1] * nodes, [-1] * nodes)
    done = bytearray(nodes), bytearray(nodes)
    near[0][start] = near[1][end] = 0.0
    fringe = [(0.0, 0, start)], [(0.0, 0, end)]
    shortest, middle, reached, side = inf, start, 0, 1
    while True:
        side = 1 - side
        so_far, _, node = heappop(fringe[side])
        if done[1 - side][node]:
            return _back(came[0], middle)[::-1] + _back(came[1], middle)[1:]
        if done[side][node]:
            continue
        done[side][node] = True
        mine, theirs = near[side], near[1 - side]
        for other, edge in graph.around[node]:
            length = so_far + lengths[edge]
            if length < mine[other]:
                mine[other], came[side][other] = length, node
                reached += 1
                heappush(fringe[side], (length, reached, other))
                if length + theirs[other] < shortest:
                    shortest, middle = length + theirs[other], other


def _back(came: Sequence[int], node: int) -> Path:
    """A node, the one before it, and so on, to where a search began."""
    path = [node]
    while came[path[-1]] >= 0:
        path.append(came[path[-1]])
    return path
