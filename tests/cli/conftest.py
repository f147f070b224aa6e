"""What tests of several commands share: commands that run here, and a sweep that was run."""

import json
import re
import signal
import subprocess
import sys

import pytest

from sim.cli import main
from tests.cli.command import ROOT, process

SMALL = """
name: small
set: {run.horizon: 1, run.warmup: 0.2}
replicates: 4
axes: {adherence: {label: adherence, key: policy.adherence.level, values: [0.4, 1.0]}}
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
