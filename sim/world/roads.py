"""The roads: a graph of road cells, the routes between two places, and how far everything is from a place."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from sim.world.grid import Grid, Point, polyline_cells

Cells = NDArray[np.int64]


class RoadNetwork:
    """Road cells joined along polylines; polylines join where they share a cell, and every edge has length 1.

    Parameters
    ----------
    grid : Grid
    lines : sequence of polylines
        Each a sequence of (x, y) points.
    names : mapping of cell to name, optional
        What messages call the places; other cells go by their coordinates.

    Attributes
    ----------
    cells : ndarray of int64
        Road cells in ascending order; a cell's position here is its node.
    node_of_cell : ndarray of int64, shape (cells of the grid,)
        Node of each cell, -1 off the road.
    graph : networkx.Graph
        Nodes and edges in ascending order, so that nothing depends on the order in which roads are written.
    """

    def __init__(self, grid: Grid, lines: Sequence[Sequence[Point]], names: Mapping[int, str] | None = None):
        paths = [polyline_cells(grid, points) for points in lines]
        self.grid = grid
        self.names = dict(names or {})
        self.cells: Cells = np.unique(np.array([cell for path in paths for cell in path], dtype=np.int64))
        self.node_of_cell: Cells = np.full(grid.size, -1, dtype=np.int64)
        self.node_of_cell[self.cells] = np.arange(len(self.cells))
        self.graph = self._joined(paths)
        self._found: dict[tuple, list[Cells]] = {}
        self._reached: dict[tuple[int, ...], tuple[Cells, Cells]] = {}

    def _joined(self, paths: Sequence[Sequence[int]]) -> nx.Graph:
        """The graph of all road nodes, with an edge for each step along a path."""
        graph = nx.Graph()
        graph.add_nodes_from(range(len(self.cells)))
        nodes = (self.node_of_cell[path].tolist() for path in paths)
        graph.add_edges_from(sorted({edge for path in nodes for edge in _edges(path)}))
        return graph

    def node(self, cell: int) -> int:
        """Node of a road cell.

        Raises
        ------
        ValueError
            If there is no road on the cell.
        """
        node = int(self.node_of_cell[cell])
        if node < 0:
            raise ValueError(f"{self._name(cell)} is not on a road")
        return node

    def routes(self, a: int, b: int, count: int, penalty: float) -> list[Cells]:
        """Penalised shortest paths between two road cells.

        Parameters
        ----------
        a, b : int
            Cells of the two ends.
        count : int
            Number of paths wanted.
        penalty : float
            Each path that uses an edge makes it this many times as long for the paths after it.

        Returns
        -------
        list of ndarray of int64
            Cells from a to b, the shortest path first. A path found again is left out, so there may be fewer
            than `count`.

        Raises
        ------
        ValueError
            If no road joins the two.
        """
        key = a, b, count, penalty
        if key not in self._found:
            self._found[key] = self._search(*key)
        return self._found[key]

    def _search(self, a: int, b: int, count: int, penalty: float) -> list[Cells]:
        start, end = self.node(a), self.node(b)
        uses: Counter[tuple[int, int]] = Counter()
        found: dict[tuple[int, ...], None] = {}
        for _ in range(count):
            path = self._cheapest(start, end, uses, penalty)
            uses.update(_edges(path))
            found[tuple(path)] = None
        return [self.cells[list(path)] for path in found]

    def _cheapest(self, start: int, end: int, uses: Counter[tuple[int, int]], penalty: float) -> list[int]:
        """Shortest path when an edge used n times before is penalty ** n long."""

        def length(u: int, v: int, _: dict) -> float:
            return penalty ** uses[(u, v) if u < v else (v, u)]

        try:
            return nx.bidirectional_dijkstra(self.graph, start, end, weight=length)[1]
        except nx.NetworkXNoPath:
            raise self._no_road(start, end) from None

    def reach(self, sources: Sequence[int]) -> tuple[Cells, Cells]:
        """How far every node is from some road cells, and the way there.

        Parameters
        ----------
        sources : sequence of int
            Cells.

        Returns
        -------
        dist : ndarray of int64, shape (sources, nodes)
            Steps from the source, 0 at the source.
        parent : ndarray of int64, shape (sources, nodes)
            The next node on a shortest way to the source; the source's is itself.

        Raises
        ------
        ValueError
            If no road joins a source and some node.
        """
        key = tuple(sources)
        if key not in self._reached:
            dist = np.full((len(sources), len(self.cells)), -1, dtype=np.int64)
            parent = dist.copy()
            for row, cell in enumerate(sources):
                self._spread(self.node(cell), dist[row], parent[row])
            self._reached[key] = dist, parent
        return self._reached[key]

    def _spread(self, source: int, dist: Cells, parent: Cells) -> None:
        """Fill one row of `reach`, nearest nodes first."""
        dist[source], parent[source] = 0, source
        for previous, node in nx.bfs_edges(self.graph, source):
            dist[node], parent[node] = dist[previous] + 1, previous
        if (dist < 0).any():
            raise self._no_road(source, self._lost(dist))

    def _lost(self, dist: Cells) -> int:
        """The first node out of reach, one with a name if there is any."""
        lost = np.flatnonzero(dist < 0)
        return int(next((node for node in lost if int(self.cells[node]) in self.names), lost[0]))

    def _no_road(self, a: int, b: int) -> ValueError:
        return ValueError(f"no road between {self._name(self.cells[a])} and {self._name(self.cells[b])}")

    def _name(self, cell: int) -> str:
        return self.names.get(int(cell)) or f"cell {self.grid.xy(cell)}"


def _edges(path: Sequence[int]) -> list[tuple[int, int]]:
    """Edges of a path, each with its smaller node first."""
    return [(min(step), max(step)) for step in pairwise(path)]
