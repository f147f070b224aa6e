"""The roads: a graph of road cells, the routes between two places, and how far everything is from a place."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sim.world.graph import Graph
from sim.world.grid import Grid, Point, polyline_cells
from sim.world.routes import NoWay, Routes

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
    graph : Graph
        Nodes and edges in ascending order, so that nothing depends on the order in which roads are written.
    """

    def __init__(self, grid: Grid, lines: Sequence[Sequence[Point]], names: Mapping[int, str] | None = None):
        paths = [polyline_cells(grid, points) for points in lines]
        self.grid = grid
        self.names = dict(names or {})
        self.cells: Cells = np.array(sorted({cell for path in paths for cell in path}), dtype=np.int64)
        self.node_of_cell: Cells = np.full(grid.size, -1, dtype=np.int64)
        self.node_of_cell[self.cells] = np.arange(len(self.cells))
        self.graph = self._joined(paths)
        self._routes = Routes(self.graph)

    def _joined(self, paths: Sequence[Sequence[int]]) -> Graph:
        """The graph of all road nodes, with an edge for each step along a path."""
        nodes = (self.node_of_cell[path].tolist() for path in paths)
        steps = {(min(step), max(step)) for path in nodes for step in pairwise(path)}
        return Graph(len(self.cells), sorted(steps))

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
        start, end = self.node(a), self.node(b)
        try:
            return [self.cells[path] for path in self._routes.between(start, end, count, penalty)]
        except NoWay:
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
        dist, parent = map(np.array, zip(*(self.graph.spread(self.node(cell)) for cell in sources), strict=True))
        for row, cell in zip(dist, sources, strict=True):
            if (row < 0).any():
                raise self._no_road(self.node(cell), self._lost(row))
        return dist, parent

    def round_posts(self, sources: Sequence[int], posts: Sequence[int], detour: float) -> tuple[Cells, Cells]:
        """How far every node is from some road cells, and the way there, where a post is as long as a detour.

        Parameters
        ----------
        sources, posts : sequence of int
            Cells.
        detour : float
            How many steps more one makes to get round a post.

        Returns
        -------
        dist, parent : ndarray of int64, shape (sources, nodes)
            As `reach` gives them: steps on the way, not what they cost.
        """
        dear = {self.node(cell) for cell in posts}
        ways = (self.graph.spread_round(self.node(cell), dear, detour) for cell in sources)
        dist, parent = map(np.array, zip(*ways, strict=True))
        return dist, parent

    def _lost(self, dist: Cells) -> int:
        """The first node out of reach, one with a name if there is any."""
        lost = np.flatnonzero(dist < 0)
        return int(next((node for node in lost if int(self.cells[node]) in self.names), lost[0]))

    def _no_road(self, a: int, b: int) -> ValueError:
        return ValueError(f"no road between {self._name(self.cells[a])} and {self._name(self.cells[b])}")

    def _name(self, cell: int) -> str:
        return self.names.get(int(cell)) or f"cell {self.grid.xy(cell)}"
