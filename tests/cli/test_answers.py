"""Answers: files are written whole, and before anything is printed."""

import errno
import io
import json

import pytest

from tests.cli.command import MAIN, QUICK, process, sentence


class Full(io.TextIOBase):
    """An output that takes nothing."""

    def write(self, _):
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def unheard(sitesec, monkeypatch):
    """Run a command whose output can't be printed: it ends with one sentence."""

    def run(*arguments):
        with monkeypatch.context() as patch:
            patch.setattr("sys.stdout", Full())
            assert sentence(sitesec(*arguments), 1) == "error: writing: No space left on device"

    return run


@pytest.mark.parametrize("form", [[], ["--json"]])
@pytest.mark.parametrize(
    "command",
    [
        ["run", "baseline", *QUICK],
        ["compare", "baseline", "triple-budget", *QUICK],
        ["patterns", "baseline", "--reps", "2", "--set", "run.warmup=0.2"],
        ["record"],
    ],
    ids=lambda command: command[0],
)
def test_files_are_there_though_nothing_could_be_printed(unheard, command, form, tmp_path):
    unheard(*command, *form, "--out", tmp_path)
    assert "no forecast" in json.loads((tmp_path / "summary.json").read_text())["banner"]
    assert len((tmp_path / "table.csv").read_text().splitlines()) > 5


def test_the_answer_to_a_query_is_written_though_nothing_could_be_printed(unheard, swept, tmp_path):
    unheard("query", swept[1], "select distinct point_id from rows", "--out", tmp_path)
    assert len((tmp_path / "table.csv").read_text().splitlines()) == 3


def test_the_table_of_a_sweep_is_written_though_nothing_could_be_printed(unheard, swept, tmp_path):
    unheard("sweep", swept[0], "--out", tmp_path, "--reps", "1")
    assert len((tmp_path / "summary.csv").read_text().splitlines()) == 3


def test_out_writes_the_summary_and_the_table(sitesec, tmp_path):
    result = sitesec("run", "baseline", *QUICK, "--out", tmp_path / "x")
    assert result.returncode == 0
    assert json.loads((tmp_path / "x" / "summary.json").read_text())["replicates"] == 2
    assert (tmp_path / "x" / "table.csv").read_text().startswith("figure,estimate,low,high\n")
    assert f"wrote {tmp_path / 'x' / 'summary.json'} and {tmp_path / 'x' / 'table.csv'}" in result.stderr


def test_what_is_written_is_what_json_prints(sitesec, tmp_path):
    result = sitesec("run", "baseline", *QUICK, "--json", "--out", tmp_path)
    assert (tmp_path / "summary.json").read_text() == result.stdout


def test_a_full_disk_ends_with_one_sentence_and_exit_code_1(tmp_path):
    script = (
        "import sim.files as s, errno\n"
        "def full(path, text): raise OSError(errno.ENOSPC, 'No space left on device', str(path))\n"
        f"s.write_whole = full\n{MAIN}"
    )
    result = process("run", "baseline", *QUICK, "--out", tmp_path / "full", script=script)
    assert "No space left on device" in sentence(result, 1)
    assert result.stdout == ""
