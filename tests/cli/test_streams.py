"""Streams: every command ends as it should where its output is full, closed, cut off, or can't show a name."""

import contextlib
import os
import subprocess
import sys

import pytest

from sim.cli import COMMANDS, watch
from tests.cli.command import ROOT, sentence

SHORT = ["--reps", "1", "--set", "run.horizon=0.2", "--set", "run.warmup=0.1"]
OWN = ["--incidents", "1", "--years", "1", "--draws", "16", "--reps", "2"]
TOTALS = [
    *("--sites", "1", "--foreign-staff", "40", "--local-staff", "200"),
    *("--trips", "4", "--distance", "60", "--cost", "90"),
]
NAME = "é漢 50:100:25 [red]x[/red]"


@pytest.fixture
def named(tmp_path):
    """A scenario whose name few terminals can show."""
    path = tmp_path / "named.yaml"
    path.write_text(f'extends: baseline\nname: "{NAME}"\n', encoding="utf-8")
    return path


@pytest.fixture
def command(named, swept, decided, flippable, briefed, tmp_path, sitesec, monkeypatch):
    """A command with arguments that cost little; what goes into the working folder goes into another one."""
    sweep, folder = swept
    monkeypatch.chdir(tmp_path)
    ways = {
        "run": [named, *SHORT],
        "compare": ["baseline", named, *SHORT],
        "patterns": [named, "--reps", "1", "--set", "run.warmup=0.1"],
        "sweep": [sweep, "--out", folder],
        "report": [folder, "--out", tmp_path],
        "query": [folder, f"select '{NAME}' as name, * from rows"],
        "diff": [folder, folder],
        "check": [named],
        "flip": [flippable],
        "brief": [briefed],
        "calibrate": ["baseline", *OWN, "--out", folder.parent / "kept"],
        "world": [named],
        "new": [tmp_path / "demo", *TOTALS],
        "choose": [decided],
        "worth-knowing": [decided, "--draws", "16"],
        "stress": [decided],
    }

    def words(name):
        for file in {decided, flippable, briefed} & {*ways.get(name, [])}:
            monkeypatch.chdir(file.parent)  # where its results are kept
        return [name, *ways.get(name, [])]

    return words


NAMES = [
    one.__name__.replace("_", "-") for one in COMMANDS if one is not watch.watch
]  # that one serves until somebody ends it
SILENT = ("report",)  # it prints nothing


def into(stream, monkeypatch, sitesec, arguments):
    """Run a command with its output going into a stream."""
    with contextlib.closing(stream), monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", stream)
        return sitesec(*arguments)


@pytest.mark.parametrize("name", NAMES)
def test_a_full_output_ends_with_one_sentence_and_exit_code_1(name, command, sitesec, monkeypatch):
    result = into(open("/dev/full", "w"), monkeypatch, sitesec, command(name))  # noqa: SIM115
    if name in SILENT:
        assert result.returncode == 0
    else:
        assert sentence(result, 1) == "error: writing: No space left on device"


@pytest.mark.parametrize("name", NAMES)
def test_a_reader_who_has_had_enough_changes_nothing(name, command, sitesec, monkeypatch):
    read, write = os.pipe()
    os.close(read)
    result = into(open(write, "w"), monkeypatch, sitesec, command(name))  # noqa: SIM115
    assert result.returncode == 0 and "error" not in result.stderr


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
@pytest.mark.parametrize("name", NAMES)
def test_what_a_terminal_can_not_show_is_replaced(name, encoding, command, sitesec, monkeypatch, tmp_path):
    result = into(open(tmp_path / "printed", "w", encoding=encoding), monkeypatch, sitesec, command(name))  # noqa: SIM115
    assert result.returncode == 0, result.stderr
    shown = (tmp_path / "printed").read_text(encoding=encoding)
    if name in ("run", "compare", "patterns", "query"):
        assert NAME.encode(encoding, "replace").decode(encoding) in shown


def shell(line, *arguments):
    """Run a line of shell in which the command stands for `sitesec`."""
    words = [sys.executable, "-m", "sim", *arguments]
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", line, *words], capture_output=True, text=True, cwd=ROOT, timeout=60
    )


@pytest.mark.parametrize(
    "line, code, said",
    [
        ('"$0" "$@" >/dev/full', 1, "error: writing: No space left on device\n"),
        ('"$0" "$@" >&-', 0, ""),
        ('"$0" "$@" | head -c 9 >/dev/null', 0, ""),
        ('"$0" "$@" >/dev/null 2>/dev/full', 0, ""),
        ('"$0" "$@" >/dev/null 2>&-', 0, ""),
    ],
)
@pytest.mark.parametrize("arguments", [["levers"], ["schema"]], ids=lambda arguments: arguments[0])
def test_so_it_is_at_the_end_of_the_process_too(arguments, line, code, said):
    result = shell(line, *arguments)
    assert (result.returncode, result.stderr) == (code, said)


def test_wrong_input_that_can_not_be_told_of_is_wrong_input_all_the_same():
    for line in ('"$0" "$@" 2>/dev/full', '"$0" "$@" 2>&-'):
        assert shell(line, "nonsense").returncode == 2
        assert shell(line, "check", "nonsense").returncode == 2


def test_notices_never_stand_in_the_answer_where_stderr_is_closed():
    result = shell('"$0" "$@" 2>&-', "run", "baseline", *SHORT, "--json")
    assert result.stdout.startswith("{") and result.stdout.endswith("}\n")
