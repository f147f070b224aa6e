"""The folder of a sweep: its frozen file, versions, and rows in Parquet parts that are written whole, then renamed.

What a run is called is a hash of all that its rows depend on: scenario, warm-up, world, root seed and model version.
So the same command again runs only what is missing, and nothing that was there changes.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
from collections.abc import Sequence
from pathlib import Path

import numba
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim import MODEL_VERSION, __version__
from sim.files import writable_folder, write_whole
from sim.outcome import OUTCOME
from sim.scenario.schema import Scenario

ROWS_A_PART = 200_000


def point_id(scenario: Scenario, seed: int) -> str:
    """What the rows of a design point depend on, as 16 hexadecimal digits; name and description don't matter.

    The horizon does: years of a longer one would be the same, but its last year is not a partial one.
    """
    label = {"name", "description", "extends", "world"}
    parts = (
        scenario.model_dump_json(exclude=label),
        scenario.warmup.model_dump_json(exclude=label),
        scenario.world_file.model_dump_json(),
        seed,
        MODEL_VERSION,
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


class Store:
    """Rows of a sweep on disk.

    Parameters
    ----------
    folder : Path
        Made if it isn't there.
    points : sequence of Scenario
        The design points.
    seed : int
        The root seed.
    """

    def __init__(self, folder: Path, points: Sequence[Scenario], seed: int) -> None:
        self.folder = writable_folder(folder)
        self.parts = folder / "rows"
        self.parts.mkdir(exist_ok=True)
        self.ids = [point_id(point, seed) for point in points]
        self.waiting: list[pa.Table] = []

    def freeze(self, source: Path) -> None:
        """Keep the sweep file as it was run, and the versions."""
        target = self.folder / "sweep.yaml"
        if source.resolve() != target.resolve():
            shutil.copyfile(source, target)
        versions = {
            "sitesec": __version__,
            "model": MODEL_VERSION,
            "python": platform.python_version(),
            "numpy": np.__version__,
            "numba": numba.__version__,
            "platform": platform.platform(),
        }
        write_whole(self.folder / "versions.json", json.dumps(versions, indent=2) + "\n")

    def done(self) -> set[tuple[str, int]]:
        """The (point id, replicate) pairs that are there."""
        if not any(self.parts.glob("*.parquet")):
            return set()
        table = pq.read_table(self.parts, columns=["point_id", "replicate"])
        return set(zip(table["point_id"].to_pylist(), table["replicate"].to_pylist(), strict=True))

    def add(self, rows: np.ndarray) -> None:
        """Take rows in; a part is written when there are enough of them."""
        columns = {name: rows[name] for name in OUTCOME.names if name != "point"}
        ids = pa.array([self.ids[p] for p in rows["point"]])
        self.waiting.append(pa.table({"point_id": ids, **columns}))
        if sum(table.num_rows for table in self.waiting) >= ROWS_A_PART:
            self.flush()

    def flush(self) -> None:
        """Write what is waiting as one part: whole, synced, then renamed."""
        if not self.waiting:
            return
        target = self.parts / f"part-{self._next_number():05d}.parquet"
        part = target.with_suffix(".part")
        with open(part, "wb") as handle:
            pq.write_table(pa.concat_tables(self.waiting), handle)
            handle.flush()
            os.fsync(handle.fileno())
        os.replace(part, target)
        self.waiting.clear()

    def _next_number(self) -> int:
        """One more than the highest, so that no part is ever written over."""
        return max((int(part.stem.split("-")[1]) + 1 for part in self.parts.glob("part-*.parquet")), default=0)

    def read(self, replicates: int) -> np.ndarray:
        """All rows of the design's points up to a number of replicates, as `simulate` gives them."""
        frame = pq.read_table(self.parts).to_pandas()
        frame = frame[frame["point_id"].isin(self.ids) & (frame["replicate"] < replicates)]
        numbers = pd.Series(range(len(self.ids)), index=self.ids)
        rows = OUTCOME.rows(len(frame))
        rows["point"] = numbers.loc[frame["point_id"]].to_numpy()
        for name in OUTCOME.names:
            if name != "point":
                rows[name] = frame[name].to_numpy()
        return np.sort(rows, order=("point", "replicate", "year"))
