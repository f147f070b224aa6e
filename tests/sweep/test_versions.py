"""Which folders are refused: those of another model, format or set of columns; and where a fork goes instead."""

import signal
import sys
from pathlib import Path

import pytest

from sim.cli import main
from sim.errors import InputError
from sim.outcome import OUTCOME
from sim.record import Record
from sim.sweep import versions
from sim.sweep.diff import diff
from sim.sweep.query import query
from sim.sweep.result import read_sweep
from sim.sweep.sweep import plan_sweep, run_sweep
from sim.sweep.versions import check_ours, columns, forked
from tests.sweep.folders import ROWS, contents, in_first_format, rewritten, with_provenance

READS = {
    "sweep": lambda file, folder: run_sweep(file, folder, threads=1),
    "plan": lambda file, folder: plan_sweep(file, folder, threads=1),
    "read": lambda _, folder: read_sweep(folder),
    "query": lambda _, folder: query(folder, "select 1"),
}
COMMANDS = {
    "sweep": lambda file, folder: ("sweep", file, "--out", folder),
    "plan": lambda file, folder: ("sweep", file, "--out", folder, "--plan"),
    "report": lambda _, folder: ("report", folder),
    "query": lambda _, folder: ("query", folder, "select 1"),
}


def other_columns(folder):
    """Make a folder one of before there was a column that we have, and after there was one that we haven't."""
    kept = {name: type_ for name, type_ in columns().items() if name != "audits"}
    with_provenance(folder, columns=kept | {"x": "i8"})


OTHERS = {
    "model": (lambda folder: with_provenance(folder, model=2), "made by model version 2, store format 2; this is "),
    "format": (in_first_format, r"made by model version \d+, store format 1; this is \d+, format 2"),
    "columns": (other_columns, r"its rows lack the column audits \(i8\) and have the column x \(i8\) besides"),
}


@pytest.mark.parametrize("what", OTHERS)
@pytest.mark.parametrize("reads", READS)
def test_a_folder_of_another_version_is_refused_with_what_is_other_and_what_to_do(file, out, what, reads):
    change, words = OTHERS[what]
    change(out)
    before = contents(out)
    beside = f"; `sweep --fork` starts {out}-fork-1 beside it$"
    with pytest.raises(InputError, match=f"^{out}: {words}.*, and rows of two versions are never mixed{beside}"):
        READS[reads](file, out)
    assert contents(out) == before


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_end_with_that_sentence_and_exit_code_2(file, out, command, monkeypatch, capsys):
    other_columns(out)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(sys, "argv", ["sitesec", *map(str, COMMANDS[command](file, out))])
    with pytest.raises(SystemExit) as ended:
        main()
    lines = capsys.readouterr().err.splitlines()
    assert ended.value.code == 2
    assert lines[-1].startswith(f"error: {out}: its rows lack the column audits") and "--fork" in lines[-1]


def test_a_folder_of_before_an_outcome_column_was_new_is_refused_and_with_it_the_other_way_round(out, monkeypatch):
    more = Record("outcome", *OUTCOME.fields, ("novel", "f8", "", "new"), ("other", "i8", "", "new"))
    with monkeypatch.context() as patch:
        patch.setattr(versions, "OUTCOME", more)
        with pytest.raises(InputError, match=r"its rows lack the columns novel \(f8\), other \(i8\), and rows"):
            read_sweep(out)
        with_provenance(out, columns=columns())
        check_ours(out)
    with pytest.raises(InputError, match=r"its rows have the columns novel \(f8\), other \(i8\) besides, and rows"):
        read_sweep(out)


def test_of_many_other_columns_the_first_are_named(out):
    with_provenance(out, columns={"run": "i8"})
    first = ", ".join(f"{name} ({columns()[name]})" for name in list(columns())[:3])
    with pytest.raises(InputError) as error:
        read_sweep(out)
    assert f"lack the columns {first} and {len(columns()) - 3} more and have the column run (i8)" in str(error.value)


def test_a_column_of_another_type_is_another_column(out):
    with_provenance(out, columns=columns() | {"days": "f8"})
    with pytest.raises(InputError, match=r"lack the column days \(i8\) and have the column days \(f8\) besides"):
        read_sweep(out)


def test_the_order_of_columns_is_none_of_a_folder_s_business(out, made):
    with_provenance(out, columns=dict(reversed(columns().items())))
    assert read_sweep(out).rows.tobytes() == read_sweep(made).rows.tobytes()


def test_rows_of_other_columns_don_t_mix_where_the_provenance_is_lost(file, out, made, capsys):
    rewritten(out, lambda table: table.drop_columns(["audits"]))
    (out / "versions.json").unlink()
    assert run_sweep(file, out, threads=1).years_run > 0
    assert "rows of other columns; set aside" in capsys.readouterr().err
    assert diff(out, made).same


# Forks.


@pytest.mark.parametrize("what", OTHERS)
def test_a_fork_starts_a_folder_beside_the_refused_one_and_goes_on_with_it(file, out, what):
    OTHERS[what][0](out)
    before = contents(out)
    result = run_sweep(file, out, fork=True, threads=1)
    assert (result.folder, len(result.rows)) == (out.with_name("out-fork-1"), ROWS)
    assert plan_sweep(file, out, fork=True, threads=1).done == 6
    assert run_sweep(file, out, fork=True, threads=1).years_run == 0
    assert contents(out) == before


def test_a_fork_goes_past_those_that_are_refused_themselves(file, out):
    other_columns(out)
    spoilt = [other_columns, in_first_format, lambda folder: (folder / "versions.json").write_text("{")]
    for number, spoil in enumerate(spoilt, start=1):
        folder = run_sweep(file, out, fork=True, threads=1).folder
        assert folder == out.with_name(f"out-fork-{number}")
        spoil(folder)
    assert forked(out) == out.with_name("out-fork-4")


def test_a_fork_of_a_folder_of_this_version_goes_on_with_it(file, out):
    result = run_sweep(file, out, fork=True, threads=1)
    assert (result.folder, result.years_run) == (out, 0)


@pytest.mark.parametrize("place", [".", "..", "below/.."])
def test_a_fork_of_a_folder_without_a_name_lies_beside_it_too(place, tmp_path, monkeypatch):
    here = tmp_path / "a" / "b"
    (here / "below").mkdir(parents=True)
    monkeypatch.chdir(here)
    assert forked(Path(place)).parent == Path(place).resolve().parent
