"""A sweep's folder: parts by content, names of runs, what is set aside, and that no moment is a bad one to stop."""

import contextlib
import errno
import fcntl
import gc
import hashlib
import json
import os
import shutil
import sys
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

import sim.files
from sim import simulate, with_values
from sim.errors import InputError
from sim.outcome import OUTCOME
from sim.runs import collect
from sim.runs.collect import Done, Failure
from sim.scenario.content import content
from sim.scenario.schema import fields
from sim.scenario.worldfile import WorldFile
from sim.sweep import store, versions
from sim.sweep.diff import diff
from sim.sweep.lock import Held
from sim.sweep.parts import read_parquet
from sim.sweep.query import query
from sim.sweep.result import read_sweep
from sim.sweep.store import OpenStore
from sim.sweep.sweep import plan_sweep, run_sweep
from sim.sweep.versions import columns, point_id, run_id

REPLICATES = 3
SMALL = """
name: small
scenario: baseline
set: {run.horizon: 2, run.warmup: 0.2, policy.adherence.hold: true}
replicates: 3
axes:
  adherence: {label: adherence, key: policy.adherence.level, values: [0.4, 1.0]}
  screening:
    label: checks
    levels: {none: {policy.screening.sensitivity: 0.0}, today: {}}
"""
WIDER = SMALL.replace("[0.4, 1.0]", "[0.4, 0.7, 1.0]")


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A small sweep that was run into several parts; only to be read."""
    place = tmp_path_factory.mktemp("made")
    (place / "small.yaml").write_text(SMALL)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "ROWS_A_PART", 1)
        run_sweep(place / "small.yaml", place / "out", threads=1)
    return place / "out"


@pytest.fixture
def out(made, tmp_path):
    """A copy of it."""
    return Path(shutil.copytree(made, tmp_path / "out"))


def parts(folder):
    """What each part holds, by its path."""
    return {path: path.read_bytes() for path in sorted((folder / "rows").glob("part-*.parquet"))}


def again(small, folder):
    """Run it, or go on with it."""
    return run_sweep(small, folder, threads=1)


def repeated(folder):
    """Rows that are there more than once."""
    return query(folder, "select run_id, year from rows group by all having count(*) > 1")


def raising(wrong):
    """A `run_chunk` that raises where a run of the chunk is wrong."""
    real = collect.run_chunk

    def failing(chunk):
        if any(wrong(chunk.points[job.point], job.replicate) for job in chunk.jobs):
            raise ZeroDivisionError("at once")
        return real(chunk)

    return failing


def raise_it(error):
    raise error


# Rows.


def test_rows_come_back_sorted_and_as_simulate_gives_them(small, out):
    result = again(small, out)
    scenarios = [point.scenario for point in result.points]
    assert result.years_run == 0
    assert result.rows.tobytes() == simulate(scenarios, REPLICATES, threads=1).tobytes()
    assert read_sweep(out).rows.tobytes() == result.rows.tobytes()


def test_rows_are_read_without_this_package(out):
    paths = [str(path) for path in parts(out)]
    rows = duckdb.read_parquet(paths).aggregate("count(*), count(distinct run_id), sum(days)").fetchall()
    frame = pd.concat([pd.read_parquet(path, use_threads=False) for path in paths])
    assert rows == [(len(frame), frame["run_id"].nunique(), frame["days"].sum())] == [(24, 12, frame["days"].sum())]
    assert set(frame) == {"run_id", "point_id", *columns()} == {"run_id", "point_id", *OUTCOME.names} - {"point"}
    design = pd.read_parquet(out / "design.parquet", use_threads=False)
    assert set(frame["point_id"]) == set(design["point_id"])


def test_rows_are_read_with_polars(out):
    polars = pytest.importorskip("polars")
    assert len(polars.read_parquet(list(parts(out)))) == 24


def test_a_part_is_named_after_its_content(out):
    assert len(parts(out)) > 1
    for path, data in parts(out).items():
        assert path.stem.split("-")[2] == hashlib.sha256(data).hexdigest()[:16]


@pytest.mark.parametrize("more", [SMALL.replace("replicates: 3", "replicates: 5"), WIDER])
def test_more_replicates_or_points_leave_every_part_as_it_was(small, out, tmp_path, more):
    there = parts(out)
    small.write_text(more)
    result = again(small, out)
    assert there.items() < parts(out).items()
    assert result.rows.tobytes() == again(small, tmp_path / "fresh").rows.tobytes()
    assert not repeated(out)
    whole = again(small, tmp_path / "fresh").store.count(result.store.ids).sum()
    assert result.years_run == pytest.approx((whole - 12) * 2.0, rel=0.11)  # and the warm-ups


def test_a_folder_goes_on_from_its_own_copy_of_the_sweep_file(small, out):
    there = {path: path.read_bytes() for path in [*parts(out), out / "sweep.yaml", out / "design.parquet"]}
    result = run_sweep(out / "sweep.yaml", out, threads=1)
    assert result.years_run == 0
    assert all(path.read_bytes() == content for path, content in there.items())


def points_in(out, table):
    """Names of the points in a table."""
    return {row["point_id"] for row in query(out, f"select distinct point_id from {table}")}


def test_points_of_former_designs_stand_in_tables_of_their_own_and_come_back(small, out):
    there = diff_rows(out)
    small.write_text(SMALL.replace("[0.4, 1.0]", "[1.0, 0.7]"))
    run_sweep(small, out, threads=1)
    present, former = (read_parquet(folder / "design.parquet").to_pandas() for folder in (out, out / "former"))
    assert present["number"].tolist() == [0, 1, 2, 3] and set(former["adherence"]) == {0.4}
    assert points_in(out, "rows") == points_in(out, "design") == set(present["point_id"])
    assert points_in(out, "former_rows") == points_in(out, "former_design") == set(former["point_id"])
    small.write_text(SMALL)
    assert again(small, out).years_run == 0
    assert diff_rows(out) == there
    assert read_parquet(out / "design.parquet").to_pandas()["adherence"].tolist() == [0.4, 0.4, 1.0, 1.0]
    assert len(points_in(out, "former_rows")) == 2


def diff_rows(out):
    """The stored rows, in an order of their own."""
    table = pd.read_parquet(out / "rows")
    return table.sort_values(["point_id", "replicate", "year"]).reset_index(drop=True).to_csv()


@pytest.mark.parametrize(
    "change",
    [
        {"set: {": "set: {policy.budget.share: 2, "},
        {"replicates: 3": "replicates: 2"},
        {"[0.4, 1.0]": "[1.0]"},
        {"name: small": "name: small\nseed: 5"},
    ],
)
def test_rows_hold_the_present_design_in_plain_pandas_and_duckdb_too(small, out, change):
    for old, new in change.items():
        assert old in small.read_text()
        small.write_text(small.read_text().replace(old, new))
    result = run_sweep(small, out, threads=1)
    count = len(result.rows)
    assert len(pd.read_parquet(out / "rows")) == count == len(read_sweep(out).rows)
    assert duckdb.sql(f"select count(*) from '{out}/rows/*.parquet'").fetchall() == [(count,)]
    joined = query(out, "select count(*) as n, sum(incidents) as i from rows join design using (point_id)")
    assert joined == [{"n": count, "i": int(result.rows["incidents"].sum())}]


def test_runs_that_a_kill_has_left_in_two_places_count_once(small, out):
    whole = parts(out)
    run_sweep(small, out, replicates=1, threads=1)
    former = query(out, "select count(*) as n from former_rows")
    for path, data in whole.items():  # as it is before the part goes whose halves are both there
        path.write_bytes(data)
    for path in (out / "former").glob("part-*"):
        copied = path.with_name(path.name.replace("part-0", "part-9"))
        copied.write_bytes(path.read_bytes())
    assert len(run_sweep(small, out, replicates=1, threads=1).rows) == 8
    assert query(out, "select count(*) as n from rows") == [{"n": 8}]
    assert query(out, "select count(*) as n from former_rows") == former
    assert again(small, out).years_run == 0 and not repeated(out)


def test_fewer_replicates_go_to_former_rows_and_more_come_back_without_a_run(small, out):
    run_sweep(small, out, replicates=1, threads=1)
    assert query(out, "select max(replicate) as r from rows") == [{"r": 0}]
    assert query(out, "select min(replicate) as r from former_rows") == [{"r": 1}]
    assert again(small, out).years_run == 0
    assert query(out, "select count(*) as n from former_rows") == [{"n": 0}]


def test_a_design_of_other_axes_keeps_the_former_points_too(small, out):
    small.write_text(SMALL.replace("values: [0.4, 1.0]", "values: [1.0]").replace("screening:", "vetting:"))
    run_sweep(small, out, threads=1)
    assert read_parquet(out / "design.parquet").to_pandas()["number"].tolist() == [0, 1]
    assert set(read_parquet(out / "former/design.parquet").to_pandas()["adherence"]) == {0.4}
    assert len(read_sweep(out).rows) == 12


def test_each_run_is_there_once_where_two_draws_meet_the_same_scenario(small, tmp_path):
    levels = "{label: a, levels: {drawn: {}, full: {policy.adherence.level: 1.0}}}"
    sample = "sample: {size: 2, levers: {policy.adherence.level: [0.2, 0.8]}}"
    small.write_text(
        f"name: x\nscenario: baseline\nset: {{run.horizon: 1}}\nreplicates: 2\naxes: {{a: {levels}}}\n{sample}"
    )
    result = again(small, tmp_path / "sampled")
    assert not repeated(tmp_path / "sampled")
    assert np.bincount(result.rows["point"], minlength=len(result.points)).tolist() == [2] * len(result.points)


# Names.


@pytest.fixture(scope="module")
def scenario(baseline):
    return with_values(baseline, {"run.horizon": 1.0, "run.warmup": 0.2})


def with_world(scenario, world):
    return scenario.attach(world, scenario.warmup.attach(world, None))


def test_names_don_t_depend_on_what_a_scenario_is_called(scenario):
    called = scenario.model_copy(update={"name": "other", "description": "other"})
    assert point_id(called, 1) == point_id(scenario, 1)


SPLIT = "policy.budget.split."
LISTS = {"harm.severity": [1, 1, 2, 2, 3, 5, 8], "state.offensive.districts": ["coast"]}
LISTS["policy.adherence.by_jurisdiction"] = {"coast": 1.0}


def other_value(scenario, row):
    """The scenario with another value at a path; shares of the budget change two at a time, since they sum to 1."""
    if row.path.startswith(SPLIT):
        shares = scenario.policy.budget.split.model_dump()
        name, (first, second, *_) = row.path.removeprefix(SPLIT), shares
        other, part = (second, 0.02) if name == first else (first, 0.01)
        return with_values(scenario, {SPLIT + name: shares[name] - part, SPLIT + other: shares[other] + part})
    for value in (row.low, row.high, 0.123, 1, 3, True, False, *row.choices, LISTS.get(row.path)):
        with contextlib.suppress(InputError):
            other = with_values(scenario, {row.path: value})
            if content(other) != content(scenario):
                return other
    raise AssertionError(f"{row.path}: no other value is allowed")


def test_any_value_of_a_scenario_makes_another_name(scenario):
    rows = [row for row in fields() if row.type != "text"]
    assert {row.type for row in rows} == {"number", "integer", "switch", "choice", "list", "mapping"}
    names = {point_id(other_value(scenario, row), 1) for row in rows}
    assert len(names | {point_id(scenario, 1)}) == len(rows) + 1


def test_seed_warm_up_world_and_model_make_other_names(scenario, monkeypatch):
    world = scenario.world_file
    tree = world.model_dump(mode="json")
    tree["sites"][0]["name"] += "x"
    warmed = scenario.attach(world, with_values(scenario.warmup, {"policy.adherence.level": 0.9}))
    others = [warmed, with_world(scenario, WorldFile.model_validate(tree))]
    names = [point_id(scenario, 1), point_id(scenario, 2), *(point_id(other, 1) for other in others)]
    monkeypatch.setattr(versions, "MODEL_VERSION", versions.MODEL_VERSION + 1)
    names.append(point_id(scenario, 1))
    assert len(set(names)) == 5


def test_a_run_is_named_after_its_point_and_its_replicate():
    assert len({run_id(point, replicate) for point in ("a" * 16, "b" * 16) for replicate in range(1000)}) == 2000


def test_rows_of_another_seed_stand_beside_without_mixing(small, out, tmp_path):
    other = run_sweep(small, out, seed=9, threads=1)
    assert other.rows.tobytes() == run_sweep(small, tmp_path / "nine", seed=9, threads=1).rows.tobytes()
    assert len(pd.read_parquet(out / "rows")) == len(other.rows)
    assert again(small, out).years_run == 0


# What is damaged, repeated or strange.


def test_remains_of_an_interrupted_write_are_removed_and_count_for_nothing(small, out):
    part = next(iter(parts(out)))
    remains = [out / "design.parquet.part", out / f"{part.name}.part", out / part.name]
    for path in remains:
        path.write_bytes(part.read_bytes())
    assert len(read_sweep(out).rows) == 24
    assert again(small, out).years_run == 0
    assert not any(path.exists() for path in remains)


def test_a_part_that_is_there_twice_is_set_aside_once(small, out, made, capsys):
    first = next(iter(parts(out)))
    copied = first.with_name(first.name.replace("000000", "000777"))
    shutil.copy(first, copied)
    assert again(small, out).years_run == 0
    assert f"{copied.name}: a repetition" in capsys.readouterr().err
    assert (out / "aside" / copied.name).exists() and first.exists()
    assert diff(out, made).same
    small.write_text(WIDER)
    assert len(again(small, out).rows) == 36
    assert not repeated(out)


@pytest.mark.parametrize("name", [".DS_Store", "notes.txt", "part-x.parquet", "part-000000.parquet", ".nfs0001"])
def test_foreign_files_among_the_parts_don_t_stop_a_sweep(small, out, made, name):
    (out / "rows" / name).write_bytes(b"not ours")
    small.write_text(WIDER)
    assert len(again(small, out).rows) == 36
    small.write_text(SMALL)
    assert again(small, out).years_run == 0


@pytest.mark.parametrize("name", ["design.parquet", "failures.parquet", "sweep.yaml", "log.txt", "lock", "rows"])
def test_whatever_file_is_lost_the_same_command_mends_it(small, out, made, name):
    shutil.rmtree(out / name) if (out / name).is_dir() else (out / name).unlink()
    result = again(small, out)
    assert (result.years_run > 0) == (name == "rows")
    assert diff(out, made).same
    assert read_sweep(out).rows.tobytes() == result.rows.tobytes()


@pytest.mark.parametrize("name", ["design.parquet", "failures.parquet"])
def test_one_flipped_bit_beside_the_parts_changes_no_row(small, out, name, monkeypatch):
    with OpenStore(out) as opened:  # failures of a former design
        opened.ids = ["0" * 16]
        opened.add(Done(OUTCOME.rows(0), [Failure(0, k, k, "running", "Error", "message") for k in range(3)], 0.0))
    sound = (out / name).read_bytes()
    read = {"design.parquet": store._design_at, "failures.parquet": lambda path: store._failures(path.parent)}
    for at in range(0, len(sound), 7):
        (out / name).write_bytes(sound[:at] + bytes([sound[at] ^ 1 << at % 8]) + sound[at + 1 :])
        read[name](out / name)
    result = again(small, out)
    assert (result.years_run, result.failures) == (0, [])


PIECE = '{"format": 2, "model": MODEL, "design": "x", "made": [{"command": "x", "replicates": 1, "seed": 1}]'


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '"x"', "{}", '{"format": 2, "model": MODEL}', PIECE + "}", "\ufffd" * 9]
    + [f'{PIECE}, "columns": {read}}}' for read in ("[]", "7", "{}", "null")]
    + ['{"format": 2, "model": MODEL, "design": "x", "columns": COLUMNS, "made": [{"command": "x"}]}'],
)
def test_damaged_provenance_is_mended_or_told_in_a_sentence(small, out, made, text):
    text = text.replace("MODEL", str(versions.MODEL_VERSION)).replace("COLUMNS", json.dumps(columns()))
    (out / "versions.json").write_text(text)
    with contextlib.suppress(InputError):
        read_sweep(out)
    with contextlib.suppress(InputError):
        again(small, out)
        assert diff(out, made).same


def test_rows_of_another_model_don_t_mix_where_the_provenance_is_lost(small, out, tmp_path, monkeypatch):
    (out / "versions.json").unlink()
    monkeypatch.setattr(versions, "MODEL_VERSION", 99)
    with contextlib.suppress(InputError):
        assert again(small, out).years_run > 20


def damaged(folder):
    """Cut a part short."""
    path = next(iter(parts(folder)))
    path.write_bytes(path.read_bytes()[:1000])
    return path


def test_a_damaged_part_is_told_in_a_sentence_by_what_only_reads(small, out):
    damaged(out)
    for reads in (read_sweep, lambda folder: query(folder, "select sum(days) from rows"), lambda x: diff(x, x)):
        with pytest.raises(InputError):
            reads(out)


def test_a_plan_of_a_folder_with_a_damaged_part_doesn_t_count_its_runs(small, out):
    damaged(out)
    before = parts(out)
    assert plan_sweep(small, out, threads=1).done < 12
    assert parts(out) == before


@pytest.mark.parametrize("place", ["a 'quoted' one", 'two "quotes"', "br[a]ck*et?s", "{x}; --", "ünïcödé 漢", "a%20b"])
def test_any_name_of_a_folder_will_do(small, tmp_path, made, place):
    folder = tmp_path / place / "out"
    again(small, folder)
    assert again(small, folder).years_run == 0
    assert diff(folder, made).same


@pytest.mark.parametrize("place", ["year=5", "seed=3", "point_id=7"])
def test_a_folder_s_name_is_never_taken_for_a_column(small, tmp_path, made, place):
    folder = tmp_path / place
    assert again(small, folder).rows.tobytes() == read_sweep(folder).rows.tobytes()
    assert query(folder, "select min(year) as y, count(distinct seed) as n from rows") == [{"y": 0, "n": 3}]
    assert diff(folder, made).same


def test_a_file_in_place_of_the_folder_is_refused_in_a_sentence(small, tmp_path):
    for place in (small, small / "below"):
        with pytest.raises(InputError, match="nothing can be written there"):
            again(small, place)
    assert small.read_text() == SMALL


# Stopping at any moment.


def moments(small, folder, place, monkeypatch):
    """Run a sweep, a part a chunk; copies of its folder just before each file gets its name: what a kill leaves."""
    real, copies = os.replace, []

    def replace(old, new):
        copies.append(Path(shutil.copytree(folder, place / str(len(copies)))))
        real(old, new)

    with monkeypatch.context() as patch:
        patch.setattr(store, "ROWS_A_PART", 1)
        patch.setattr(sim.files.os, "replace", replace)
        again(small, folder)
    assert len(copies) > 3  # the sweep's file, what made the folder, parts, failures
    return copies


def test_a_kill_between_any_two_steps_of_writing_loses_and_repeats_nothing(small, made, tmp_path, monkeypatch):
    for moment in moments(small, tmp_path / "out", tmp_path / "moments", monkeypatch):
        there = parts(moment)
        assert again(small, moment).failures == []
        assert there.items() <= parts(moment).items()
        assert diff(moment, made).same


def test_a_kill_at_any_step_while_failed_runs_are_run_again_leaves_no_failure_behind(
    small, made, tmp_path, monkeypatch
):
    with monkeypatch.context() as patch:
        patch.setattr(collect, "run_chunk", raising(lambda point, replicate: point == 2 and replicate == 1))
        assert len(again(small, tmp_path / "out").failures) == 1
    for moment in moments(small, tmp_path / "out", tmp_path / "moments", monkeypatch):
        assert again(small, moment).failures == []
        assert diff(moment, made).same


def test_a_disk_that_is_full_at_any_step_of_writing_leaves_a_sound_folder(small, made, tmp_path, monkeypatch):
    real, synced, at = os.fsync, 0, 1

    def fsync(number):
        nonlocal synced
        synced += 1
        if synced >= at:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(number)

    for at in range(1, 14, 2):
        folder, synced = tmp_path / str(at), 0
        with monkeypatch.context() as patch:
            patch.setattr(store, "ROWS_A_PART", 1)
            patch.setattr(sim.files.os, "fsync", fsync)
            with pytest.raises(OSError, match="No space left"):
                again(small, folder)
        assert not list(folder.rglob("*.part"))
        there = parts(folder)
        again(small, folder)
        assert there.items() <= parts(folder).items()
        assert diff(folder, made).same


def interrupting(at):
    """A tracer that raises KeyboardInterrupt at the `at`-th line of taking rows in and writing them."""
    passed, names = 0, {"add", "flush", "_write_part", "_write_failures", "write_whole", "_note_done", "__exit__"}

    def line(frame, event, argument):
        nonlocal passed
        passed += event == "line"
        if passed == at and event == "line":
            raise KeyboardInterrupt
        return line

    def tracer(frame, event, argument):
        code = frame.f_code
        return line if code.co_name in names and code.co_filename in (store.__file__, sim.files.__file__) else None

    return tracer


def take_in(folder, ids, done, tracer=None):
    """Open a folder, and take in what came back for a chunk where it isn't there yet; whether it was interrupted."""
    before = sys.gettrace()
    try:
        with OpenStore(folder) as opened:
            opened.ids = ids
            sys.settrace(tracer)
            if not opened.count(ids).any():
                opened.add(done)
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # the line may be the one that closes a file
def test_an_interrupt_at_any_line_of_writing_loses_and_repeats_nothing(made, tmp_path):
    ids = sorted(read_sweep(made).store.ids)
    failures = [Failure(0, 7, 7, "running", "Error", "message")]
    done, at = Done(read_sweep(made).rows, failures, 0.0), 1
    while take_in(folder := tmp_path / str(at), ids, done, interrupting(at)):
        there = parts(folder)
        assert len(there) <= 1, f"at line {at}"
        assert not take_in(folder, ids, done)
        assert there.items() <= parts(folder).items()
        assert sum(len(read_parquet(path)) for path in parts(folder)) == 24, f"at line {at}"
        at += 1
    assert at > 30
    gc.collect()


# The lock, the flags, the failures, the log.


def test_a_folder_is_held_by_one_and_free_again_after_an_exception(small, out, monkeypatch):
    with OpenStore(out), pytest.raises(Held, match=rf"{out}: held by process {os.getpid()} on "):
        again(small, out)
    (out / "versions.json").write_text("{")
    with pytest.raises(InputError):
        OpenStore(out)
    (out / "versions.json").unlink()
    for error in (KeyboardInterrupt, MemoryError, OSError):
        with monkeypatch.context() as patch:
            patch.setattr(store, "versions", lambda error=error: raise_it(error))
            with pytest.raises(error):
                again(small, out)
    assert again(small, out).years_run == 0


def test_who_holds_a_folder_is_told_whatever_stands_in_the_lock(small, out):
    (out / "lock").write_bytes(b"\xff\xfe")
    with open(out / "lock", "a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with pytest.raises(Held):
            again(small, out)


def test_flags_of_finished_runs_grow_with_them_and_no_further(out):
    with OpenStore(out) as opened:
        flags = opened._note_done
        for replicate in (0, 5, 999, 1000, 4000):
            flags("point", np.array([replicate]))
        assert np.flatnonzero(opened.done("point", 10_000)).tolist() == [0, 5, 999, 1000, 4000]
        assert np.flatnonzero(opened.done("point", 1000, 5)).tolist() == [0, 994]
        assert opened.done("point", 9000, 8990).tolist() == [False] * 10
        assert opened.done("other", 3).tolist() == [False] * 3
        assert opened.count(["point", "other"]).tolist() == [5, 0]
        assert opened._done["point"].nbytes <= 2 * 4001


def test_a_failed_run_is_a_row_and_is_gone_when_it_was_run(small, out, tmp_path, made, monkeypatch):
    folder = tmp_path / "failing"
    with monkeypatch.context() as patch:
        patch.setattr(collect, "run_chunk", raising(lambda point, replicate: (point, replicate) == (3, 2)))
        result = again(small, folder)
    ids = result.store.ids
    wanted = {"run_id": run_id(ids[3], 2), "point_id": ids[3], "replicate": 2, "type": "ZeroDivisionError"}
    failures = query(folder, "select * from failures")
    assert [{name: row[name] for name in wanted} for row in failures] == [wanted]
    assert result.failures[0].items() >= wanted.items()
    assert len(read_sweep(folder).rows) == 22
    assert not diff(folder, made).same
    assert again(small, folder).failures == []
    assert query(folder, "select * from failures") == []
    assert diff(folder, made).same


def test_failures_of_a_former_design_are_forgotten_and_tried_again_with_it(small, tmp_path, monkeypatch):
    folder = tmp_path / "failing"
    with monkeypatch.context() as patch:
        patch.setattr(collect, "run_chunk", raising(lambda point, replicate: point == 0))
        assert len(again(small, folder).failures) == REPLICATES
    small.write_text(SMALL.replace("[0.4, 1.0]", "[1.0]"))
    assert again(small, folder).failures == []
    assert query(folder, "select * from failures") == []
    small.write_text(SMALL)
    assert len(again(small, folder).rows) == 24


def test_the_log_names_what_happened(small, tmp_path, monkeypatch):
    folder = tmp_path / "told"
    with monkeypatch.context() as patch:
        patch.setattr(collect, "run_chunk", raising(lambda point, replicate: (point, replicate) == (3, 2)))
        again(small, folder)
    part = damaged(folder)
    again(small, folder)
    lines = (folder / "log.txt").read_text().splitlines()
    happened = [line.split(" ", 1)[1] for line in lines]
    for start, times in [("began: sitesec sweep", 2), ("forecast: 4 design points", 2), ("ended: ", 2)]:
        assert sum(line.startswith(start) for line in happened) == times
    assert any(line.startswith("failed: replicate 2 of point") and "at once" in line for line in happened)
    assert any(line.startswith(f"{part.name}: damaged") for line in happened)


def test_the_provenance_holds_each_command_once_with_its_versions(small, out):
    again(small, out)
    run_sweep(small, out, replicates=4, sets={"policy.budget.share": "3"}, threads=1)
    made = json.loads((out / "versions.json").read_text())["made"]
    assert [entry["replicates"] for entry in made] == [None, None, 4]  # the fixture's file lies elsewhere
    assert made[-1]["command"].endswith("small.yaml --reps 4 --set policy.budget.share=3")
    assert {"sitesec", "model", "code", "numpy", "numba"} <= set(made[-1]["versions"])


# The design table.


def design_columns(out):
    return read_parquet(out / "design.parquet").to_pydict()


def test_a_design_table_that_says_the_same_is_not_written_again(small, out, monkeypatch):
    monkeypatch.setattr(store, "write_whole", lambda path, *_: pytest.fail(f"{path} written"))
    with OpenStore(out) as opened:
        opened.ids = design_columns(out)["point_id"]
        rows = read_parquet(out / "design.parquet").to_pylist()
        assert opened._write_design(rows) == store.hash_of((out / "design.parquet").read_bytes())


@pytest.mark.parametrize(
    "values, kept",
    [
        ([1, 2.5, None], [1.0, 2.5, None]),
        ([True, False], [True, False]),
        ([True, None], ["True", None]),
        ([0.4, "today"], ["0.4", "today"]),
        (["a", None], ["a", None]),
    ],
)
def test_a_column_of_levels_is_of_numbers_where_all_are_and_else_of_text(values, kept, tmp_path):
    rows = [{"point_id": str(k), "number": k} | ({} if v is None else {"level": v}) for k, v in enumerate(values)]
    with OpenStore(tmp_path / "out") as opened:
        opened.ids = [row["point_id"] for row in rows]
        opened._write_design(rows)
    assert design_columns(tmp_path / "out")["level"] == kept


def test_a_folder_s_copy_of_the_file_takes_scenarios_that_stand_beside_the_original(tmp_path):
    for place, share in (("here", 0.5), ("out", 3.0)):
        (tmp_path / place).mkdir()
        (tmp_path / place / "plan.yaml").write_text(f"extends: baseline\npolicy: {{budget: {{share: {share}}}}}\n")
    text = "name: x\nset: {run.horizon: 0.1, run.warmup: 0.1}\nreplicates: 1\n"
    text += "axes: {a: {label: a, scenarios: [plan.yaml]}}\n"
    (tmp_path / "here/sweep.yaml").write_text(text)
    run_sweep(tmp_path / "here/sweep.yaml", tmp_path / "out", threads=1)
    for _ in range(2):
        again = run_sweep(tmp_path / "out/sweep.yaml", tmp_path / "out", threads=1)
        assert again.points[0].scenario.policy.budget.share == 0.5 and again.years_run == 0
