"""Whether two folders hold the same rows, whatever parts, order and versions they were written in."""

import json
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from sim.errors import InputError
from sim.runs import collect
from sim.sweep import store
from sim.sweep.diff import diff
from sim.sweep.parts import read_parquet
from sim.sweep.sweep import run_sweep
from tests.sweep.folders import ROWS, SMALL, in_first_format, rewritten, with_column, with_design, with_provenance


def test_folders_are_the_same_whatever_the_parts_and_their_order(file, made, tmp_path, monkeypatch):
    monkeypatch.setattr(store, "ROWS_A_PART", 1)
    folder = tmp_path / "other"
    run_sweep(file, folder, replicates=1, threads=1)
    file_of_one = tmp_path / "one.yaml"
    file_of_one.write_text(SMALL.replace("[0.4, 1.0]", "[1.0]"))
    run_sweep(file_of_one, folder, threads=1)
    run_sweep(file, folder, threads=2)
    assert len(list((folder / "rows").glob("part-*.parquet"))) > 2
    found = diff(folder, made)
    assert found.same
    assert (found.rows, found.only, found.failed, found.examples) == ((ROWS, ROWS), (0, 0), (0, 0), [])


@pytest.mark.parametrize("name", ["incidents_convoy", "mean_deaths_foreign", "seed"])
def test_one_changed_value_in_one_row_is_found(made, out, name):
    def changed(table):
        values = table[name].to_numpy().copy()
        values[5] = np.nextafter(values[5], np.inf) if values.dtype == float else values[5] + 1
        return with_column(table, name, values)

    (path,) = (out / "rows").glob("part-*.parquet")
    row = read_parquet(path).slice(5, 1).to_pylist()[0]
    rewritten(out, changed)
    found = diff(out, made)
    assert not found.same
    assert (found.rows, found.only) == ((ROWS, ROWS), (1, 1))
    assert found.examples == [f"point {row['point_id']}, replicate {row['replicate']}, year {row['year']}"]


def test_missing_rows_are_found_on_either_side(made, out):
    rewritten(out, lambda table: table.slice(4))
    assert diff(out, made).only == (0, 4)
    assert diff(made, out).only == (4, 0)
    assert not diff(out, made).same
    assert len(diff(out, made).examples) == 3


def test_a_row_that_is_there_twice_is_a_difference(made, out):
    rewritten(out, lambda table: pa.concat_tables([table, table.slice(3, 1)]))
    found = diff(out, made)
    assert not found.same
    assert (found.rows, found.only) == ((ROWS + 1, ROWS), (1, 0))


def test_what_is_not_a_number_is_the_same_as_itself(made, out, tmp_path):
    def without(table):
        return with_column(table, "mean_deaths_foreign", np.full(ROWS, np.nan))

    rewritten(out, without)
    other = Path(shutil.copytree(out, tmp_path / "other"))
    assert diff(out, other).same
    assert diff(out, made).only == (ROWS, ROWS)


def test_another_seed_is_another_sweep(file, made, tmp_path):
    run_sweep(file, tmp_path / "other", seed=2, threads=1)
    found = diff(tmp_path / "other", made)
    assert found.only == (ROWS, ROWS)
    assert not found.same


def test_failures_of_other_runs_are_a_difference(file, tmp_path, monkeypatch):
    folders, real = [tmp_path / "a", tmp_path / "b"], collect.run_chunk
    for number, folder in enumerate(folders):

        def one_fails(chunk, number=number):
            if any(job.replicate == number for job in chunk.jobs):
                raise ZeroDivisionError("at once")
            return real(chunk)

        with monkeypatch.context() as patch:
            patch.setattr(collect, "run_chunk", one_fails)
            run_sweep(file, folder, threads=1)
    found = diff(*folders)
    assert found.failed == (2, 2)
    assert not found.same


def test_folders_without_any_row_are_the_same(file, tmp_path, monkeypatch):
    def failing(chunk):
        raise ZeroDivisionError("at once")

    monkeypatch.setattr(collect, "run_chunk", failing)
    run_sweep(file, tmp_path / "empty", threads=1)
    assert diff(tmp_path / "empty", tmp_path / "empty").same


def test_a_folder_that_is_no_sweep_s_is_refused(made, tmp_path):
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(InputError, match="no sweep is stored there"):
            diff(made, folder)


def test_a_damaged_part_is_told_and_never_read(made, out):
    (path,) = (out / "rows").glob("part-*.parquet")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(data)
    with pytest.raises(InputError, match=f"{path.name}: damaged; the sweep's own command"):
        diff(made, out)


# Of other versions.


@pytest.mark.parametrize("model", [None, 2])
def test_a_folder_of_another_format_or_model_is_the_same_where_its_rows_are(made, out, model):
    in_first_format(out, model)
    assert not set(ids(out)) & set(ids(made))
    for one, other in ((out, made), (made, out), (out, out)):
        assert diff(one, other).same
        assert diff(one, other).sentences(one, other) == [f"the same: {ROWS} rows, 0 failed runs"]


def ids(folder):
    """Names of its points."""
    return read_parquet(folder / "design.parquet")["point_id"].to_pylist()


def test_a_folder_of_a_later_format_is_read_as_far_as_it_goes(made, out):
    with_provenance(out, format=99, columns={"unheard": "of"}, more=1)
    assert diff(out, made).same


def test_a_value_that_differs_between_versions_is_found_and_its_point_is_named_as_in_the_first_folder(made, out):
    rewritten(out, lambda table: with_column(table, "days", [1, *table["days"].to_pylist()[1:]]))
    first = in_first_format(out)
    row = read_parquet(next((first / "rows").glob("*.parquet"))).to_pylist()[0]
    found = diff(first, made)
    assert found.only == (1, 1)
    assert found.examples == [f"point {row['point_id']}, replicate {row['replicate']}, year {row['year']}"]


def without(*path):
    """A change to a scenario in JSON: a key is not there, as before it was thought of."""

    def change(text):
        tree = json.loads(text)
        below = tree
        for key in path[:-1]:
            below = below[key]
        del below[path[-1]]
        return json.dumps(tree)

    return change


@pytest.mark.parametrize("path", [("cost", "shop_hour"), ("cost",), ("policy", "screening", "delay")])
def test_what_an_old_scenario_lacks_has_its_default(made, out, path):
    in_first_format(out)
    with_design(out, scenario_json=without(*path), warmup_json=without(*path))
    assert diff(out, made).same
    with_design(out, scenario_json=lambda text: text.replace('"horizon": 2.0', '"horizon": 2.5'))
    assert diff(out, made).only == (ROWS, ROWS)


def test_what_an_old_world_lacks_has_its_default(made, out):
    in_first_format(out)
    sites = json.loads(read_parquet(made / "design.parquet")["world_json"][0].as_py())["sites"]
    closing = [site["closures"] for site in sites]
    with_design(out, world_json=without("sites", closing.index(False), "closures"))
    assert diff(out, made).same
    with_design(out, world_json=without("sites", closing.index(True), "closures"))
    assert diff(out, made).only == (ROWS, ROWS)


def test_columns_that_only_one_has_are_named_and_the_others_compared(made, out):
    lacking = ["audits", "protests", "stops", "trips"]
    in_first_format(out, lacking=lacking)
    found = diff(out, made)
    assert (found.alike, found.same, found.only, found.columns[0]) == (True, False, (0, 0), [])
    assert set(found.columns[1]) == set(lacking)
    named = ", ".join(found.columns[1][:3])
    assert found.sentences("a", "b") == [
        f"the columns that both have are equal: {ROWS} rows, 0 failed runs",
        f"b: has the columns {named} and 1 more, which the other lacks",
    ]
    rewritten(out, lambda table: with_column(table, "days", [1, *table["days"].to_pylist()[1:]]))
    assert not diff(made, out).alike
    assert diff(made, out).only == (1, 1)
    assert set(diff(made, out).columns[0]) == set(lacking)


UNREADABLE = {
    "gone": ('"hold"', '"held"', "policy.adherence.held: unknown key"),
    "out of bounds": ('"horizon":2.0', '"horizon":200.0', "run.horizon: read 200.0, allowed 0.00274 to 30"),
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_points_whose_scenario_can_t_be_read_are_matched_by_their_names_and_that_is_said(made, out, tmp_path, what):
    before, after, why = UNREADABLE[what]
    with_design(out, scenario_json=lambda text: text.replace(before, after) if '"level":1.0' in text else text)
    first = in_first_format(Path(shutil.copytree(out, tmp_path / "first")))
    note = "1 of 2 points have scenarios that this version can't read, and are matched by their stored names"
    for one, other, same in ((out, made, True), (first, made, False), (first, first, True)):
        found = diff(one, other)
        assert found.same == same
        assert found.sentences(one, other)[-1] == found.notes[-1]
        assert all(word in found.notes[0] for word in (f"{one / 'design.parquet'}: {why}", note))
    assert diff(first, made).only == (ROWS // 2, ROWS // 2)


def test_without_a_design_table_points_are_matched_by_their_names_and_that_is_said(made, out):
    for spoil in (lambda path: path.write_bytes(path.read_bytes()[:500]), Path.unlink):
        spoil(out / "design.parquet")
        found = diff(out, made)
        assert found.same
        assert found.notes == [f"{out / 'design.parquet'}: can't be read, so points are matched by their stored names"]


def test_rows_of_two_root_seeds_in_one_folder_are_kept_apart(file, made, out):
    run_sweep(file, out, seed=2, threads=1)
    first = in_first_format(Path(shutil.copytree(out, out.parent / "first")))
    assert diff(first, out).same
    assert diff(first, out).rows == (ROWS, ROWS)
    assert diff(first, made).only == (ROWS, ROWS)


def test_a_folder_from_before_the_first_format_is_refused(made, out):
    with_provenance(out, format=None)
    with pytest.raises(InputError, match="read store format 0, allowed 1 or later"):
        diff(made, out)
