"""A disk that is full: one sentence, nothing half-written, and room made is all that is needed to go on."""

import contextlib
import shutil
import subprocess

import pytest

from tests.faults.drivers import MAIN, parts, rows_in

pytestmark = pytest.mark.slow
NO_ROOM = "No space left on device"
# The disk is full when a file is synced for the 15th time or later: the first parts are there.
FULL = """
import errno, itertools, os, sim.files
count, real = itertools.count(1), os.fsync
def full(number):
    if next(count) >= 15:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    real(number)
sim.files.os.fsync = full
"""


@pytest.fixture
def small_disk(tmp_path):
    """Mount a disk of a size, or give it another one; where that isn't allowed the test is skipped."""
    place, mount = tmp_path / "disk", shutil.which("mount")
    place.mkdir()

    def sized(size):
        options = f"{'remount,' if place.is_mount() else ''}size={size}"
        command = [mount or "mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
        with contextlib.suppress(OSError):
            if subprocess.run(command, capture_output=True).returncode == 0:
                return place
        pytest.skip("mounting is not allowed here; an injected error stands for it, below")

    yield sized
    if place.is_mount():
        subprocess.run(["umount", str(place)], check=True)


def test_a_disk_that_fills_up_ends_the_sweep_in_a_sentence_and_with_more_room_it_goes_on(drivers, equal, small_disk):
    folder = small_disk("240k") / "sweep"
    sentence = drivers.run(folder, "--threads", "1").sentence()
    assert NO_ROOM in sentence and str(folder) in sentence
    assert rows_in(folder) > 0
    there = parts(folder)
    small_disk("50m")
    assert drivers.run(folder).code == 0
    assert there.items() <= parts(folder).items()
    equal(folder)


def test_a_disk_that_is_full_from_the_start_is_told_in_a_sentence_and_with_room_it_starts(drivers, equal, small_disk):
    place = small_disk("1m")
    filler = place / "filler"
    with contextlib.suppress(OSError), open(filler, "wb", buffering=0) as handle:
        while True:
            handle.write(bytes(4096))
    assert str(place) in (sentence := drivers.run(place / "sweep").sentence())
    assert NO_ROOM in sentence
    filler.unlink()
    assert drivers.run(place / "sweep").code == 0
    equal(place / "sweep")


def test_where_no_disk_can_be_mounted_an_injected_error_ends_the_sweep_in_a_sentence_too(drivers, equal, tmp_path):
    folder = tmp_path / "full"
    sentence = drivers.run(folder, "--threads", "1", script=FULL + MAIN).sentence()
    assert NO_ROOM in sentence and str(folder) in sentence
    assert not list(folder.rglob("*.part"))
    there = parts(folder)
    assert there
    assert drivers.run(folder).code == 0
    assert there.items() <= parts(folder).items()
    equal(folder)
