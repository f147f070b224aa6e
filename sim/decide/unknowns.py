"""What a decision's draws vary, in quantiles of the priors, and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.decide.study import Study
from sim.scenario.priors import Prior, load_priors

Values = dict[str, float | int]


@dataclass(frozen=True)
class Unknowns:
    """Numbers that differ from draw to draw and that no alternative holds.

    Attributes
    ----------
    priors : list of Prior
        One for each number.
    quantiles : ndarray, shape (draws, numbers)
        Where the draws stand in these.
    held : tuple of str
        Paths that are drawn too, but left out, since an alternative sets them.
    lawless : tuple of str
        Paths that are left out since they have no prior.
    rest : dict
        What is left out, at its median.
    """

    priors: list[Prior]
    quantiles: np.ndarray
    held: tuple[str, ...]
    lawless: tuple[str, ...]
    rest: Values

    def values(self, point: np.ndarray) -> Values:
        """All that is drawn, at a point of quantiles; whole numbers are rounded."""
        own = {prior.path: prior.quantile(share).tolist() for prior, share in zip(self.priors, point, strict=True)}
        return self.rest | own


def unknowns(study: Study, alternatives: Sequence[int]) -> Unknowns:
    """The numbers that are drawn, as some of a study's alternatives leave them.

    Notes
    -----
    What one of them holds has no one value: the draw holds for the others, and in the warm-up for all.
    """
    points = study.steps.points
    drawn = [points[d * len(study.names) + alternatives[0]].drawn for d in range(study.draws)]
    held = frozenset().union(*(points[a].held for a in alternatives))
    known = load_priors()
    free = [known[path] for path in drawn[0] if path in known and path not in held]
    columns = [prior.share(np.array([draw[prior.path] for draw in drawn])) for prior in free]
    out = {path: path in known for path in drawn[0] if path in held or path not in known}
    rest = {
        path: known[path].quantile(0.5).tolist() if lawful else _middle([draw[path] for draw in drawn])
        for path, lawful in out.items()
    }
    lawless = tuple(path for path, lawful in out.items() if not lawful and path not in held)
    quantiles = np.stack(columns, axis=1) if columns else np.empty((study.draws, 0))
    return Unknowns(free, quantiles, tuple(path for path in out if path in held), lawless, rest)


def _middle(drawn: Sequence[float | int]) -> float | int:
    """The median; a whole number where the draws are."""
    middle = float(np.median(drawn))
    return round(middle) if isinstance(drawn[0], int) else middle
