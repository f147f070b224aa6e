"""The addressed random numbers."""

import itertools
import math
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sim import rng

MAX = 0xFFFFFFFF
WORDS = st.integers(0, MAX)
COUNT = 20_000

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

# Prints draws of all kinds at some addresses, as bytes; in plain Python where SITESEC_JIT=0.
PLAIN = """
import sys
import numpy as np
from sim import rng
addresses = [(7, 1, 2, 3, 4), (2**64 - 1, 19, 2**32 - 1, 0, 2**32 - 1), (12345678901234567890, 3, 99, 2**31, 16)]
kinds = (rng.uniform, rng.exponential, rng.gumbel, rng.normal)
sys.stdout.write(np.array([kind(np.uint64(a[0]), *a[1:]) for a in addresses for kind in kinds]).tobytes().hex())
"""
# The largest words: what the last step makes of them.
LARGEST = """
import numpy as np
from sim import rng
rng.philox = lambda *words: (np.uint64(2**32 - 1),) * 4
print(max(rng.uniform_pair(1, 2, 3, 4, 5)))
"""


def plain_python(source):
    environment = os.environ | {"SITESEC_JIT": "0"}
    done = subprocess.run([sys.executable, "-c", source], env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def philox_in_exact_integers(counter, key):
    """The definition of Salmon et al. in whole numbers of any size."""
    a, b, c, d = counter
    k0, k1 = key
    for _ in range(10):
        high0, low0 = divmod(0xD2511F53 * a, 2**32)
        high1, low1 = divmod(0xCD9E8D57 * c, 2**32)
        a, b, c, d = high1 ^ b ^ k0, low1, high0 ^ d ^ k1, low0
        k0, k1 = (k0 + 0x9E3779B9) % 2**32, (k1 + 0xBB67AE85) % 2**32
    return a, b, c, d


@pytest.fixture(scope="module")
def philox(compiled):
    """The rule, called from Python: whole numbers in and out."""
    rule = rng.philox
    call = compiled(lambda c0, c1, c2, c3, k0, k1: rule(c0, c1, c2, c3, k0, k1))
    return lambda counter, key: tuple(int(word) for word in call(*map(np.uint64, (*counter, *key))))


@pytest.fixture(scope="module")
def draws(compiled):
    """Uniform numbers at addresses that differ in one part: 0 seed, 1 stream, 2 agent, 3 time, 4 index."""
    uniform = rng.uniform

    def along(part, numbers):
        for i in range(len(numbers)):
            step = np.array([7, 1, 2, 3, 4])
            step[part] += i
            numbers[i] = uniform(np.uint64(step[0]), step[1], step[2], step[3], step[4])

    fill = compiled(along)

    def drawn(part, count=COUNT):
        numbers = np.zeros(count)
        fill(part, numbers)
        return numbers

    return drawn


def test_draws_made_at_once_are_those_made_one_by_one(compiled):
    fill, pair = rng.fill, rng.uniform_pair
    at_once = compiled(lambda draws, row, lanes, seed, agent, time: fill(draws, row, lanes, seed, agent, time))
    one = compiled(lambda seed, stream, agent, time, index: pair(seed, stream, agent, time, index))
    lanes = np.array([[rng.SOP, rng.TRIP, rng.LEG] * 7, [*range(20), 2**32 - 1]])
    draws = np.zeros((2, 3, lanes.shape[1]))
    for seed, agent, time in ((np.uint64(7), 1, 2), (np.uint64(2**64 - 1), 2**32 - 1, 2**32 - 1)):
        at_once(draws, 1, lanes, seed, agent, time)
        singly = [one(seed, int(stream), agent, time, int(index)) for stream, index in lanes.T]
        assert draws[:, 1].T.tolist() == [list(both) for both in singly]
    assert not draws[:, [0, 2]].any()


@pytest.mark.parametrize("counter, key, output", KNOWN)
def test_philox_gives_the_known_answers_of_random123(philox, counter, key, output):
    assert philox(counter, key) == output


@given(st.tuples(WORDS, WORDS, WORDS, WORDS), st.tuples(WORDS, WORDS))
@settings(max_examples=50, deadline=None, derandomize=True)
def test_philox_is_what_its_authors_define(philox, counter, key):
    assert philox(counter, key) == philox_in_exact_integers(counter, key)


# Kolmogorov and Smirnov at 1e-4 for each of 5 parts: at fixed seeds a sound generator fails once in 2,000 choices.
@pytest.mark.parametrize("part", range(5), ids=["seed", "stream", "agent", "time", "index"])
def test_numbers_are_uniform_whichever_part_of_the_address_moves(draws, part):
    assert stats.kstest(draws(part), "uniform").pvalue > 1e-4


# Lag-1 correlation is normal with sd 1 / sqrt(n); 4 sd: 6e-5 for each of 5 parts.
@pytest.mark.parametrize("part", range(5), ids=["seed", "stream", "agent", "time", "index"])
def test_neighbours_in_an_address_are_uncorrelated(draws, part):
    numbers = draws(part)
    assert abs(np.corrcoef(numbers[:-1], numbers[1:])[0, 1]) < 4 / math.sqrt(len(numbers))


# As above, for each pair of parts: 10 x 6e-5.
def test_rows_along_different_parts_are_uncorrelated(draws):
    rows = [draws(part)[1:] for part in range(5)]
    for a, b in itertools.combinations(rows, 2):
        assert abs(np.corrcoef(a, b)[0, 1]) < 4 / math.sqrt(len(a))


# 60 neighbours in each part: two equal numbers among 300 of 53 bits have a chance of 5e-12.
def test_every_part_of_an_address_changes_the_number(draws):
    rows = [draws(part, 61) for part in range(5)]
    assert len({row[0] for row in rows}) == 1
    assert len({x for row in rows for x in row[1:]}) == 300


def test_both_halves_of_the_seed_count(compiled):
    uniform = rng.uniform
    at = compiled(lambda seed: uniform(seed, 1, 2, 3, 4))
    seeds = [np.uint64(7), np.uint64(7 + 2**32), np.uint64(7 + 2**63)]
    assert len({at(seed) for seed in seeds}) == 3


# Normal, exponential and Gumbel numbers against their laws, each at 1e-4.
@pytest.mark.parametrize("kind, law", [("exponential", "expon"), ("gumbel", "gumbel_r"), ("normal", "norm")])
def test_derived_numbers_have_their_law(compiled, kind, law):
    draw = getattr(rng, kind)

    def fill(numbers):
        for i in range(len(numbers)):
            numbers[i] = draw(np.uint64(7), 1, 2, i, 4)

    numbers = np.zeros(COUNT)
    compiled(fill)(numbers)
    assert stats.kstest(numbers, law).pvalue > 1e-4


def test_the_two_numbers_of_a_pair_are_uncorrelated(compiled):
    pair = rng.uniform_pair

    def fill(first, second):
        for i in range(len(first)):
            first[i], second[i] = pair(np.uint64(7), 1, 2, i, 4)

    first, second = np.zeros(COUNT), np.zeros(COUNT)
    compiled(fill)(first, second)
    assert abs(np.corrcoef(first, second)[0, 1]) < 4 / math.sqrt(COUNT)  # 6e-5


def test_compiled_and_plain_numbers_are_the_same_to_the_last_byte(compiled):
    uniform, exponential, gumbel, normal = rng.uniform, rng.exponential, rng.gumbel, rng.normal

    def draw(out, seed, stream, agent, time, index):
        out[0] = uniform(seed, stream, agent, time, index)
        out[1] = exponential(seed, stream, agent, time, index)
        out[2] = gumbel(seed, stream, agent, time, index)
        out[3] = normal(seed, stream, agent, time, index)

    addresses = [(7, 1, 2, 3, 4), (2**64 - 1, 19, MAX, 0, MAX), (12345678901234567890, 3, 99, 2**31, 16)]
    out = np.zeros((len(addresses), 4))
    for row, (seed, *rest) in zip(out, addresses, strict=True):
        compiled(draw)(row, np.uint64(seed), *rest)
    assert plain_python(PLAIN) == out.tobytes().hex()


def test_numbers_lie_above_0():
    assert float(plain_python(LARGEST.replace("2**32 - 1", "0"))) > 0


def test_numbers_lie_below_1():
    assert float(plain_python(LARGEST)) < 1


@given(st.text(), st.text())
@settings(derandomize=True)
def test_ids_are_32_bits_and_come_from_the_name_alone(name, other):
    assert 0 <= rng.identity(name) <= MAX
    assert rng.identity(name) == rng.identity(name + "")
    assert (rng.identity(name) == rng.identity(other)) == (name == other)


def test_seeds_of_replicates_differ_between_replicates_and_roots():
    seeds = {rng.replicate_seed(root, replicate) for root in range(20) for replicate in range(500)}
    assert len(seeds) == 10_000
    assert all(2**32 < seed < 2**64 for seed in itertools.islice(seeds, 100))


def test_no_two_streams_have_the_same_number():
    streams = [value for name, value in vars(rng).items() if name.isupper() and not name.startswith("_")]
    assert len(streams) == len(set(streams)) >= 19
