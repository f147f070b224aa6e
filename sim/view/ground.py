"""A world as a map on paper: jurisdictions, roads, sites, hubs, towns, checkpoints, names, a scale, a legend.

It shows nobody's hideout. Lengths are points (1/72 inch) where they are of paper and cells where they are of the world.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon
from matplotlib.patheffects import withStroke

from sim.describe.world import Described
from sim.view import pictures
from sim.view.colours import COLOURS
from sim.view.labels import Box, Sheet, in_area
from sim.view.stretches import Stretches, joined, points_along
from sim.words import number_of
from sim.world.grid import Grid, jurisdiction_of_cells, polyline_cells

INCH = 72.0
WIDEST, HIGHEST = 11 * INCH, 8 * INCH  # of the map
NARROWEST = 7.5 * INCH  # of the paper without its margins: the legend needs as much
SIDE, ABOVE, BELOW = 0.25 * INCH, 0.75 * INCH, 1.0 * INCH  # margins around it
TINT, TINT_AGAIN = 0.17, 0.3  # of a colour in white; where there are more jurisdictions than colours
SITE, HUB, TOWN, ROAD, INK = "#0072B2", "#D55E00", "#FFFFFF", "#8A8A8A", "#222222"
HUB_INK, AREA_INK = "#9A3F00", "#6F6F6F"
SMALLEST, LARGEST = 28.0, 130.0  # points squared of the sign of a site
CROWD = 60  # sites beyond which signs are smaller
LEAST = 0.45  # times their size
ROOM = 10.0  # points above and below a sign, and three times as many beside it, that its own name may need
LONGEST = 28  # characters of a name
STEP = 2.0  # points from one point along a road to the next
NOTE = (
    "Places are invented; nothing is taken from a real map. The model uses lengths and junctions of roads, no terrain."
)
NOWHERE = "Roads that lead to none of these places are not drawn; km of road are of all."
LEFT_OUT = "Names without room are left out ({count} of {all}); sites.csv has those of all sites."


class Name(NamedTuple):
    """A name to be written beside a place."""

    text: str
    cell: tuple[int, int]
    font: FontProperties
    colour: str
    gap: float


def save_map(described: Described, folder: Path) -> list[Path]:
    """Draw the map of a world into a folder, as `map.png` and `map.svg`; returns the files."""
    figure, note = draw_map(described)
    return pictures.save(figure, folder / "map.png", note, ("png", "svg"))


def draw_map(described: Described) -> tuple[Figure, str]:
    """The map of a world, and what is to be said below it."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        drawing = _Drawing(described)
        return drawing.figure, drawing.draw()


class _Drawing:
    """One map: the paper, how large a cell is on it, and where there is still room."""

    def __init__(self, described: Described) -> None:
        self.described, self.file = described, described.file
        self.grid = Grid(**self.file.grid.model_dump())
        self.cell = min(WIDEST / self.grid.width, HIGHEST / self.grid.height)
        self.width, self.height = self.cell * self.grid.width, self.cell * self.grid.height
        self.scale = max(LEAST, min(1.0, math.sqrt(CROWD / len(self.file.sites))))
        self.roads = joined(self.grid, self._roads_to_places())
        self.figure, self.axes = self._paper()
        self.sheet = Sheet(self.width, self.height, self.cell * points_along(self.roads, STEP / self.cell))

    def _paper(self) -> tuple[Figure, Axes]:
        """A figure around axes in which a cell has its size exactly."""
        width, height = max(self.width, NARROWEST) + 2 * SIDE, self.height + ABOVE + BELOW
        figure = pictures.plt.figure(figsize=(width / INCH, height / INCH))
        axes = figure.add_axes((SIDE / width, BELOW / height, self.width / width, self.height / height))
        axes.set_xlim(0, self.grid.width)
        axes.set_ylim(self.grid.height, 0)
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines[:].set_color("0.6")
        return figure, axes

    def draw(self) -> str:
        """Draw it all, from the ground up; returns the note below."""
        self._areas()
        self._roads()
        self._signs()
        self._area_names()
        names = list(self._names())
        left_out = sum(not self._write(name) for name in names)
        self._title()
        self._legend()
        self._scale_bar()
        return "\n".join(self._notes(left_out, len(names)))

    def _notes(self, left_out: int, names: int) -> Iterator[str]:
        """What is to be said below the map."""
        yield NOTE
        if len(self.roads) < len(self.file.roads):
            yield NOWHERE
        if left_out:
            yield LEFT_OUT.format(count=left_out, all=names)

    # The ground.

    def _roads_to_places(self) -> list[list[tuple[int, int]]]:
        """Roads but for those that end where nothing is shown: a lonely end would tell of a hideout."""
        roads = self.described.roads
        kept = {roads.node(self.grid.cell(*place.cell)) for place in self._places()}
        blind = roads.graph.blind(kept | {roads.node(cell) for cell in self._post_cells().tolist()})
        nodes = (roads.node_of_cell[polyline_cells(self.grid, road.points)].tolist() for road in self.file.roads)
        open_ = [sum(node not in blind for node in along) > 1 for along in nodes]  # one is where it branches off
        return [road.points for road, leads in zip(self.file.roads, open_, strict=True) if leads]

    def _areas(self) -> None:
        """Jurisdictions in tints; the first one in the file that holds a cell has it, so it is drawn last."""
        for k, place in reversed(list(enumerate(self.file.jurisdictions))):
            self.axes.add_patch(Polygon(place.area, facecolor=_tint(k), edgecolor="white", lw=2.2, zorder=1))

    def _roads(self) -> None:
        for colour, width, zorder in (("white", 3.2, 2), (ROAD, 1.5, 2.1)):
            collection = LineCollection(self.roads, colors=colour, linewidths=width * self.scale, zorder=zorder)
            collection.set_capstyle("round")
            self.axes.add_collection(collection)

    def _signs(self) -> None:
        """Checkpoints, hubs, towns and sites, and the paper that they take."""
        stretches = Stretches(self.roads)
        posts = [stretches.nearest(_middle(self.grid.xy(cell))) for cell in self._post_cells()]
        self._mark(posts, "x", INK, 16, zorder=4, linewidths=1.5 * self.scale)
        self._mark(_middles(self.file.hubs), "D", HUB, 95, zorder=4.2)
        self._mark(_middles(self.file.towns), "o", TOWN, 26, zorder=4.4, edge=INK)
        sizes = [self._size(site.foreign_staff) for site in self.file.sites]
        self._mark(_middles(self.file.sites), "s", SITE, sizes, zorder=4.3)

    def _mark(
        self, at: list[np.ndarray], marker: str, colour: str, size: Any, edge: str = "white", **look: Any
    ) -> None:
        """Draw signs of one kind, and keep names off them."""
        if not at:
            return
        sizes = np.broadcast_to(np.asarray(size, float) * self.scale**2, len(at))
        edges: dict[str, Any] = {} if marker == "x" else {"edgecolors": edge, "linewidths": 0.9}
        x, y = np.array(at).T
        self.axes.scatter(x, y, s=sizes, marker=marker, c=colour, clip_on=False, **edges, **look)
        for (right, down), half in zip(np.array(at) * self.cell, np.sqrt(sizes) / 2 + 1, strict=True):
            self.sheet.take(Box(right - half, down - half, right + half, down + half))

    def _size(self, staff: int) -> float:
        """Area of a site's sign: grows with its foreign staff."""
        return SMALLEST + (LARGEST - SMALLEST) * staff / int(self.described.world.sites["foreign_staff"].max())

    # Names.

    def _area_names(self) -> None:
        """Names of jurisdictions, each where it covers least within its area, and leaves room for other names."""
        roads = np.zeros((self.grid.height, self.grid.width), bool)
        roads.flat[self.described.roads.cells] = True
        near = np.zeros_like(roads)
        near.flat[self._post_cells()] = True
        lines = math.ceil(ROOM / self.cell)
        for x, y in (place.cell for place in self._places()):
            near[max(0, y - lines) : y + lines + 1, max(0, x - 3 * lines) : x + 3 * lines + 1] = True
        owner = jurisdiction_of_cells(self.grid, [place.area for place in self.file.jurisdictions])
        font = FontProperties(size=12, weight="bold", style="italic")
        for k, place in enumerate(self.file.jurisdictions):
            text = _short(place.name)
            width, height = (math.ceil(side / self.cell) + 1 for side in self._extent(text, font))
            area = (owner == k).reshape(roads.shape)
            corner = in_area(area, roads, near, width, height) if area.any() else None
            if corner is not None:
                left, top = corner
                near[top : top + height, left : left + width] = True
                box = Box(*(side * self.cell for side in (left, top, left + width, top + height)))
                self.sheet.take(box)
                self._text(text, box, font, AREA_INK, zorder=3)

    def _names(self) -> Iterator[Name]:
        """Names of hubs, sites and towns, those that matter most first."""
        size = 8.0 if self.scale == 1.0 else 7.0
        bold, plain = FontProperties(size=size, weight="bold"), FontProperties(size=size - 0.5, style="italic")
        yield from (Name(_short(hub.name), hub.cell, bold, HUB_INK, 8 * self.scale) for hub in self.file.hubs)
        for site in sorted(self.file.sites, key=lambda site: -site.foreign_staff):
            gap = (math.sqrt(self._size(site.foreign_staff)) / 2 + 2.5) * self.scale
            yield Name(_short(site.name), site.cell, bold, "#00507F", gap)
        yield from (Name(_short(town.name), town.cell, plain, INK, 6 * self.scale) for town in self.file.towns)

    def _write(self, name: Name) -> bool:
        """Write a name beside its place where there is room; whether there was."""
        x, y = (_middle(name.cell) * self.cell).tolist()
        box = self.sheet.beside(x, y, *self._extent(name.text, name.font), name.gap)
        if box is not None:
            self._text(name.text, box, name.font, name.colour, zorder=6)
        return box is not None

    def _text(self, text: str, box: Box, font: FontProperties, colour: str, zorder: float) -> None:
        x, y = (box.left + box.right) / 2 / self.cell, (box.top + box.bottom) / 2 / self.cell
        halo = [withStroke(linewidth=2.2, foreground="white", alpha=0.85)]
        look: dict[str, Any] = {"ha": "center", "va": "center", "color": colour, "zorder": zorder, "path_effects": halo}
        self.axes.text(x, y, text, fontproperties=font, **look)

    def _extent(self, text: str, font: FontProperties) -> tuple[float, float]:
        """Width and height of a text; it is as high as a line, whatever its letters, since so it is centred."""
        renderer = self.figure.canvas.get_renderer()  # type: ignore[attr-defined]
        points = INCH / self.figure.dpi
        (width, height, _), (_, line, _) = (
            renderer.get_text_width_height_descent(some, font, False) for some in (text, "lp")
        )
        return width * points, max(height, line) * points

    # Around the map.

    def _title(self) -> None:
        world, file = self.described.world, self.file
        staff, local = world.sites["foreign_staff"].sum(), world.sites["local_staff"].sum()
        facts = (
            f"{number_of(len(file.sites), 'site')}, {staff:,.0f} foreign and {local:,.0f} local staff, "
            f"{number_of(len(file.jurisdictions), 'jurisdiction')}, {self.described.road_km:,.0f} km of road"
        )
        self._beside(0, -0.42 * INCH, _short(file.name, 60), size=15, weight="bold", color=INK)
        self._beside(0, -0.18 * INCH, facts, size=9, color="0.3")

    def _legend(self) -> None:
        def sign(marker: str, colour: str, size: float, label: str, edge: str = "white") -> Line2D:
            return Line2D([], [], ls="", marker=marker, ms=size, color=colour, mec=edge, label=label)

        signs = [
            sign("s", SITE, 9, "site, larger with foreign staff"),
            sign("D", HUB, 8, "hub"),
            sign("o", TOWN, 5.5, "town", INK),
            sign("x", INK, 5, "checkpoint", INK),
            Line2D([], [], color=ROAD, lw=1.8, label="road"),
        ]
        where: dict[str, Any] = {
            "loc": "upper left",
            "bbox_to_anchor": (0, -0.1 * INCH / self.height),
            "borderaxespad": 0.0,
        }
        self.axes.legend(handles=signs, ncols=5, frameon=False, fontsize=9, columnspacing=1.4, **where)

    def _scale_bar(self) -> None:
        """A bar of a round length, at the right below the map."""
        right, top = max(self.width, NARROWEST) / self.cell, self.grid.height + 0.2 * INCH / self.cell
        km = _round_length(right * self.grid.cell_km / 6)
        left, end = right - km / self.grid.cell_km, top + 5 / self.cell
        for side in (left, right):
            self.axes.plot([side, side], [top, end], color=INK, lw=1.4, clip_on=False)
        self.axes.plot([left, right], [end, end], color=INK, lw=1.4, clip_on=False)
        self._beside((left + right) / 2 * self.cell, self.height + 0.42 * INCH, f"{km:g} km", size=9, ha="center")

    def _beside(self, x: float, y: float, text: str, **look: Any) -> None:
        """Text off the map: x to the right and y downwards from its top left corner."""
        self.axes.text(x / self.cell, y / self.cell, text, **look)

    # Places.

    def _post_cells(self) -> np.ndarray:
        """Cells of the checkpoints that stand."""
        world = self.described.world
        return world.nodes["cell"][world.detectors["node"][self.described.posts]]

    def _places(self) -> Iterable[Any]:
        return (*self.file.sites, *self.file.hubs, *self.file.towns)


def _middle(cell: tuple[int, int]) -> np.ndarray:
    return np.array(cell) + 0.5


def _middles(places: Sequence[Any]) -> list[np.ndarray]:
    return [_middle(place.cell) for place in places]


def _tint(k: int) -> tuple[float, float, float]:
    """A pale colour for each jurisdiction."""
    share = TINT if k < len(COLOURS) else TINT_AGAIN
    red, green, blue = (1.0 - share * (1.0 - part) for part in to_rgb(COLOURS[k % len(COLOURS)]))
    return red, green, blue


def _short(name: str, most: int = LONGEST) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"


def _round_length(km: float) -> float:
    """The largest of 1, 2, 5, 10, ... km, or a tenth of them and so on, that isn't longer."""
    power = 10.0 ** math.floor(math.log10(km))
    return next((power * digit for digit in (5, 2) if power * digit <= km), power)
