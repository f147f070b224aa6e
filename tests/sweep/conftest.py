"""What tests of folders share: a small sweep that was run, and copies of its folder."""

import shutil
from pathlib import Path

import pytest

from sim.sweep import store
from sim.sweep.sweep import run_sweep
from tests.sweep.folders import SMALL


@pytest.fixture(scope="session")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("file") / "small.yaml"
    path.write_text(SMALL)
    return path


@pytest.fixture(scope="session")
def made(file, tmp_path_factory):
    """A small sweep in one part; only to be read."""
    folder = tmp_path_factory.mktemp("made") / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "SECONDS_A_PART", 1e9)  # however slow the machine
        run_sweep(file, folder, threads=1)
    return folder


@pytest.fixture
def out(made, tmp_path):
    """A copy of it."""
    return Path(shutil.copytree(made, tmp_path / "out"))
