"""What tests of several commands share: commands that run here, and a sweep that was run."""

import json
import re
import signal
import subprocess
import sys

import pytest

from sim.cli import main
from tests.cli.command import ROOT, process
from tests.decided import decided as run_decision

SMALL = """
name: small
set: {run.horizon: 1, run.warmup: 0.2}
replicates: 4
axes: {adherence: {label: adherence, key: policy.adherence.level, values: [0.4, 1.0]}}
"""
DECISION = """
name: tiny
set: {run.horizon: 0.25, run.warmup: 0.1}
policies: [baseline, full-protocol]
size: 2
first: 2
most: 4
price: 1000000
"""


FLIPPABLE = """
name: small
set: {run.horizon: 0.25, run.warmup: 0.1}
space: {levers: {policy.community.civil_society: [0.0, 1.0]}}
draws: draws.csv
judge: state_cost
delta: 20000
first: 2
most: 4
"""


@pytest.fixture
def sitesec(capsys, monkeypatch):
    """Run a command in this process, which has loaded everything once."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "200")  # wide, so that a sentence is one line; tests/screens has what users see
    before = signal.getsignal(signal.SIGTERM)

    def run(*arguments):
        words = ["sitesec", *map(str, arguments)]
        monkeypatch.setattr(sys, "argv", words)
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        return subprocess.CompletedProcess(words, ended.value.code or 0, *capsys.readouterr())

    yield run
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def in_a_terminal(sitesec, monkeypatch):
    """What a command prints on a terminal of this width, without its colours."""

    def run(columns, *arguments):
        for name, value in {"FORCE_COLOR": "1", "TERM": "xterm", "COLUMNS": str(columns)}.items():
            monkeypatch.setenv(name, value)
        return re.sub(r"\x1b\[[0-9;]*m", "", sitesec(*arguments).stdout)

    return run


@pytest.fixture(scope="session")
def swept(tmp_path_factory):
    """A sweep file, and the folder into which the command ran it."""
    folder = tmp_path_factory.mktemp("sweep")
    (folder / "small.yaml").write_text(SMALL)
    result = process("sweep", folder / "small.yaml", "--out", folder / "out", "--json")
    assert result.returncode == 0, result.stderr
    assert [point["replicates"] for point in json.loads(result.stdout)["points"]] == [4, 4]
    return folder / "small.yaml", folder / "out"


@pytest.fixture(scope="session")
def flippable(tmp_path_factory):
    """A decision's file; commands that take it write beside it, where that is the working folder."""
    folder = tmp_path_factory.mktemp("decision")
    (folder / "small.yaml").write_text(FLIPPABLE)
    (folder / "draws.csv").write_text("cost.civil_society_year\n400000\n600000\n")
    return folder / "small.yaml"


@pytest.fixture(scope="session")
def decided(tmp_path_factory):
    """A decision that costs little; its results are kept where a command on it is run."""
    path = tmp_path_factory.mktemp("decision") / "tiny.yaml"
    path.write_text(DECISION)
    return path


@pytest.fixture(scope="session")
def briefed(tmp_path_factory):
    """A decision file in a folder in which its choice was run."""
    return run_decision(tmp_path_factory.mktemp("briefed"))[0]
