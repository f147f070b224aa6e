"""Two alternatives at points that no draw has, by the quantiles of their numbers; what came out is kept in a file."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sim.decide.decision import outcomes_of
from sim.decide.study import Study
from sim.decide.unknowns import Unknowns
from sim.errors import InputError
from sim.files import write_whole
from sim.runs.chunks import years_a_run
from sim.runs.progress import Bar
from sim.runs.simulate import simulate
from sim.runs.totals import of_point, replicates
from sim.scenario.schema import Scenario
from sim.sweep.design import redrawn
from sim.sweep.versions import point_id

POINTS = "points.json"  # in a decision's folder
FIRST = 10_000_000  # number of a point's first replicate, beyond any that a study may have
FIRST_SPREAD, SEEN, TOGETHER = (
    5_000_000,
    2,
    16,
)  # of points all over the priors: so many replicates, the same for so many

Figure = tuple[float, float]
Pair = tuple[Scenario, Scenario]


class Points:
    """Differences of two alternatives, the second less the first, at points of quantiles; a `flip.Sampler`.

    Attributes
    ----------
    run : int
        Points that were run, not found in the folder.
    refused : int
        Points whose numbers the schema doesn't allow together.
    """

    def __init__(
        self,
        study: Study,
        pair: Sequence[int],
        found: Unknowns,
        count: int,
        threads: int | None = None,
        shown: Bar | None = None,
    ) -> None:
        self.run = self.refused = 0
        self._decision, self._unknowns, self._count, self._threads = study.decision, found, count, threads
        self._pair = [study.steps.points[n] for n in pair]
        self._shown, self._path = shown or Bar(), study.folder / POINTS
        self._kept = _read(self._path)
        self._centre: Figure | None = None

    def __call__(self, point: np.ndarray, block: int) -> Figure:
        """The mean difference and its standard error, on a block of replicates.

        Where the schema refuses the numbers it is that of the first point, the centre: nothing is to be found there.
        """
        scenarios = self._scenarios(point)
        if scenarios is None and self._centre is not None:
            self.refused += 1
            return self._centre
        if scenarios is None:
            raise InputError(
                f"{self._decision.name}: draws: read numbers whose medians the schema doesn't allow together"
            )
        figure = self._figures([scenarios], FIRST + block * self._count, self._count)[0]
        self._centre = self._centre or figure
        return figure

    def spread(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Those of many points that the schema allows, and the difference at each, by a few replicates."""
        allowed, differences = [], []
        for n, start in enumerate(range(0, len(points), TOGETHER)):
            some = [(point, self._scenarios(point)) for point in points[start : start + TOGETHER]]
            sound = [(point, scenarios) for point, scenarios in some if scenarios is not None]
            figures = self._figures([scenarios for _, scenarios in sound], FIRST_SPREAD + n * SEEN, SEEN)
            allowed += [point for point, _ in sound]
            differences += [mean for mean, _ in figures]
        return np.array(allowed), np.array(differences)

    def _scenarios(self, point: np.ndarray) -> Pair | None:
        values = self._unknowns.values(point)
        try:
            return redrawn(self._pair[0], values), redrawn(self._pair[1], values)
        except InputError:
            return None

    def _figures(self, pairs: Sequence[Pair], first: int, count: int) -> list[Figure]:
        """Of pairs of scenarios, each on the same replicates: run where they aren't kept."""
        keys = [self._key(pair, first, count) for pair in pairs]
        missing = [n for n, key in enumerate(keys) if key not in self._kept]
        if missing:
            figures = self._simulated([pairs[n] for n in missing], first, count)
            self._kept |= dict(zip([keys[n] for n in missing], figures, strict=True))
            self.run += len(missing)
            self._shown.note(f"point {self.run}")
            write_whole(self._path, json.dumps(self._kept))
        return [self._kept[key] for key in keys]

    def _key(self, pair: Pair, first: int, count: int) -> str:
        names = [point_id(scenario, self._decision.seed) for scenario in pair]
        parts = (*names, first, count, sorted(self._decision.judged.items()))
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]

    def _simulated(self, pairs: Sequence[Pair], first: int, count: int) -> list[Figure]:
        scenarios, seed, threads = [one for pair in pairs for one in pair], self._decision.seed, self._threads
        self._shown.expect(count * float(years_a_run(scenarios).sum()))
        table = replicates(simulate(scenarios, count, seed, first=first, threads=threads, progress=self._shown))
        judged = [self._judged(outcomes_of(of_point(table, n))) for n in range(len(scenarios))]
        differences = [b - a for a, b in zip(judged[::2], judged[1::2], strict=True)]
        return [(float(one.mean()), float(one.std(ddof=1)) / math.sqrt(count)) for one in differences]

    def _judged(self, outcomes: dict[str, np.ndarray]) -> np.ndarray:
        return np.asarray(sum(weight * outcomes[name] for name, weight in self._decision.judged.items()))


def _read(path: Path) -> dict[str, Figure]:
    """What was kept; a file that somebody has spoilt is as none."""
    try:
        tree = json.loads(path.read_text(encoding="utf-8"))
        return {str(key): (float(mean), float(error)) for key, (mean, error) in tree.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}
