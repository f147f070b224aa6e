"""Chunks: what stands in one, and that no row depends on how the work is cut."""

import numpy as np
import pytest

from sim import engine, with_values
from sim.clock import DAYS_A_YEAR, TICKS_A_DAY
from sim.runs import chunks
from sim.runs.chunks import plan_chunks
from sim.runs.simulate import simulate
from sim.scenario.build import structure
from sim.scenario.content import content
from tests.runs.made import REPLICATES


@pytest.mark.parametrize("years", [0.001, 5.0, 40.0, 1e6])
def test_any_size_of_chunks_gives_the_same_bytes(points, rows, years, monkeypatch):
    monkeypatch.setattr(chunks, "YEARS_A_CHUNK", years)
    assert simulate(points, REPLICATES, threads=2).tobytes() == rows.tobytes()


def test_jobs_of_a_replicate_stay_together_and_warm_up_once(points):
    for chunk in plan_chunks(points, range(REPLICATES), 1):
        jobs = chunk.jobs.reshape(-1, len(chunk.points))
        assert all(len(set(replicate["replicate"])) == 1 for replicate in jobs)
        assert (jobs["begin"][:, 0] == engine.FRESH).all()
        assert (jobs["begin"][:, 1:] == engine.FROM_KEPT).all()
        assert len({content(points[p].warmup) for p in chunk.points}) == 1


def test_points_that_differ_in_policy_only_share_a_warm_up(short):
    policies = [with_values(short, {"policy.adherence.level": level}) for level in (0.2, 0.6, 1.0)]
    jobs = np.concatenate([chunk.jobs for chunk in plan_chunks(policies, range(REPLICATES), 1)])
    assert (jobs["begin"] == engine.FRESH).sum() == REPLICATES


def test_a_chunk_holds_points_of_one_structure(points):
    for chunk in plan_chunks(points, range(REPLICATES), 1):
        assert len({structure(points[p]) for p in chunk.points}) == 1


def test_chunks_count_their_simulated_years(points):
    done = []
    simulate(points, 3, threads=2, progress=done.append)
    days = 0
    for chunk in plan_chunks(points, range(3), 1):
        days += (chunk.jobs["until"] // TICKS_A_DAY - chunk.jobs["policy_day"]).sum()
        days += chunk.jobs["warmup"][chunk.jobs["begin"] == engine.FRESH].sum()
    assert sum(done) == pytest.approx(days / DAYS_A_YEAR)
    assert sum(done) >= 3 * sum(point.run.horizon for point in points)
