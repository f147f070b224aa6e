"""What comes back for chunks: sound rows, failures, and no more work under way than keeps the workers busy."""

import time
from concurrent.futures import ThreadPoolExecutor

from sim import with_values
from sim.outcome import OUTCOME
from sim.rng import replicate_seed
from sim.runs import collect
from sim.runs.chunks import plan_chunks
from sim.runs.collect import run_chunks
from sim.runs.simulate import simulate
from tests.runs.made import in_order


def test_a_run_whose_array_was_full_is_a_failure_and_the_others_keep_their_rows(short):
    chunk = next(plan_chunks([short], range(2), 1))
    rows = OUTCOME.rows(4)
    rows["replicate"], rows["year"], rows["seed"] = [4, 4, 5, 5], [0, 1, 0, 1], [40, 40, 50, 50]
    assert collect._sound(chunk, rows).rows is rows
    rows["status"][1] = 3
    done = collect._sound(chunk, rows)
    assert set(done.rows["replicate"]) == {5}
    assert [(f.point, f.replicate, f.seed, f.origin) for f in done.failures] == [(0, 4, 40, "engine")]


def test_a_chunk_that_raises_is_tried_run_by_run_so_that_only_the_runs_that_raise_are_failures(short, monkeypatch):
    pair = [short, with_values(short, {"policy.adherence.level": 0.9})]
    sound = simulate(pair, 4, threads=1)
    real = collect.run_chunk

    def failing(chunk):
        for job in chunk.jobs:
            if (chunk.points[job.point], job.replicate) == (1, 2):
                raise ZeroDivisionError("at once")
        return real(chunk)

    monkeypatch.setattr(collect, "run_chunk", failing)
    with ThreadPoolExecutor(2) as executor:
        back = list(run_chunks(plan_chunks(pair, range(4), 1), executor))
    failures = [failure for done in back for failure in done.failures]
    assert [(f.point, f.replicate, f.type, f.message) for f in failures] == [(1, 2, "ZeroDivisionError", "at once")]
    assert failures[0].seed == replicate_seed(1, 2)
    rows = in_order(back)
    assert rows.tobytes() == sound[(sound["point"] != 1) | (sound["replicate"] != 2)].tobytes()


def test_an_interrupt_leaves_the_rest_undone(short, monkeypatch):
    begun = []

    def slow(chunk):
        begun.append(chunk)
        time.sleep(0.02)
        return OUTCOME.rows(1)

    monkeypatch.setattr(collect, "run_chunk", slow)
    chunks = list(plan_chunks([short], [0], 1)) * 50
    with ThreadPoolExecutor(1) as executor:
        back = run_chunks(chunks, executor)
        next(back)
        back.close()
    assert len(begun) < 5


def test_no_more_chunks_wait_than_keep_the_workers_busy(short, monkeypatch):
    taken = []

    def counted():
        for chunk in list(plan_chunks([short], [0], 1)) * 100:
            taken.append(chunk)
            yield chunk

    monkeypatch.setattr(collect, "run_chunk", lambda chunk: OUTCOME.rows(1))
    with ThreadPoolExecutor(2) as executor:
        back = run_chunks(counted(), executor)
        next(back)
        assert len(taken) <= 2 * collect.WAITING
        back.close()
