"""Parts that were damaged on the disk: set aside, told, and run again."""

import pytest

from sim.sweep import store
from sim.sweep.sweep import run_sweep
from tests.faults.drivers import REPLICATES, logged, parts

pytestmark = pytest.mark.slow


def flipped(data, at):
    """The bytes with one bit the other way round."""
    return data[:at] + bytes([data[at] ^ 0b100]) + data[at + 1 :]


DAMAGES = {
    "emptied": lambda data: b"",
    "truncated": lambda data: data[: len(data) // 2],
    "last byte lost": lambda data: data[:-1],
    "flipped at the start": lambda data: flipped(data, 0),
    "flipped in a column": lambda data: flipped(data, len(data) // 3),
    "flipped in the middle": lambda data: flipped(data, len(data) // 2),
    "flipped at the end": lambda data: flipped(data, len(data) - 1),
}


def test_damaged_parts_are_set_aside_and_told_and_their_runs_are_run_again(file, drivers, equal, tmp_path, monkeypatch):
    folder = tmp_path / "damaged"
    monkeypatch.setattr(store, "ROWS_A_PART", 6 * REPLICATES // (2 * len(DAMAGES)))
    run_sweep(file, folder)
    sound = parts(folder)
    hurt = dict(zip(sorted(sound)[1:], DAMAGES.values(), strict=False))
    assert len(hurt) == len(DAMAGES)
    for path, damage in hurt.items():
        path.write_bytes(damage(sound[path]))
    result = drivers.run(folder)
    assert result.code == 0, result.errors
    for path in hurt:
        assert f"{path.name}: damaged" in result.errors and f"{path.name}: damaged" in logged(folder)
        assert not path.exists() and (path.parents[1] / "aside" / path.name).exists()
    kept = {path: data for path, data in sound.items() if path not in hurt}
    assert kept.items() <= parts(folder).items()
    equal(folder)
