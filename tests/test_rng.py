"""The addressed random numbers."""

import numpy as np
import pytest

from sim import rng

MAX = 0xFFFFFFFF

# Known answers of Random123 for philox4x32-10: counter, key, output.
KNOWN = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((MAX,) * 4, (MAX, MAX), (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize("counter, key, output", KNOWN)
def test_philox_gives_the_known_answers_of_random123(counter, key, output):
    words = [np.uint64(w) for w in (*counter, *key)]
    assert tuple(int(w) for w in rng.philox(*words)) == output
