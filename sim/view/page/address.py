"""What the screen shows as the query of the page's address, so that a reload or a link brings it back.

Whoever makes up an address chooses no file by it: policies are those that can be picked, and of values only those are
taken that a control of the page can change. The rest is as `sitesec watch` was started.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlencode

from sim.errors import InputError
from sim.scenario.schema import fields
from sim.view.page.setup import CONTROLLED, LONGEST, Opening, Setup, differing, in_pairs, scenarios, whole

POLICY, COMPARE, SET, OTHER, SEED, REPLICATE, AT = "policy", "compare", "set", "set-other", "seed", "replicate", "at"
MOST_VALUES = 200


def written(setups: Sequence[Setup], seed: str, replicate: str, tick: int) -> str:
    """The query for what a tab shows."""
    pairs = list(zip((POLICY, COMPARE), (setup.source for setup in setups), strict=False))
    for name, values in zip((SET, OTHER), differing(setups), strict=True):
        pairs += [(name, pair) for pair in in_pairs(_controlled(values))]
    return urlencode([*pairs, (SEED, seed), (REPLICATE, replicate), (AT, str(tick))], safe="=:,")


def read(query: str, usual: Opening) -> Opening:
    """What an address asks for.

    Parameters
    ----------
    query : str
        Without its question mark; names that are none of ours are left alone.
    usual : Opening
        What `sitesec watch` was started with; shown where the address names no policy.

    Raises
    ------
    InputError, ValueError
        For a policy that can't be picked, a value that no control can change, or what is no number.
    """
    asked = parse_qs(query, max_num_fields=MOST_VALUES)
    if POLICY not in asked:
        return usual
    first = _values(asked.get(SET, []), SET)
    sources = [asked[POLICY][0], *asked.get(COMPARE, [])[:1]]
    _check(sources, usual)
    values = [first, first | _values(asked.get(OTHER, []), OTHER)]
    setups = [_setup(source, some, usual) for source, some in zip(sources, values, strict=False)]
    seed, replicate = (asked.get(name, [str(number)])[0] for name, number in _numbers(usual))
    tick = whole(AT, asked[AT][0]) if AT in asked else None
    return Opening(tuple(setups), whole(SEED, seed), whole(REPLICATE, replicate), tick)


def _numbers(usual: Opening) -> tuple[tuple[str, int], tuple[str, int]]:
    return (SEED, usual.seed), (REPLICATE, usual.replicate)


def _check(sources: Sequence[str], usual: Opening) -> None:
    """Refuse what can't be picked, before any file is looked at."""
    picks = scenarios([setup.source for setup in usual.setups])
    for source in sources:
        if source not in picks:
            raise InputError(f"address: {POLICY}: read {source[:LONGEST]!r}, allowed a policy of the list")


def _setup(source: str, values: Mapping[str, object], usual: Opening) -> Setup:
    """A policy with values; texts and lists are those of the command line."""
    own: Mapping[str, object] = next((setup.values for setup in usual.setups if setup.source == source), {})
    kept = {path: value for path, value in own.items() if path not in _paths()}
    return Setup.read(source, {**kept, **values})


def _values(pairs: Sequence[str], name: str) -> dict[str, object]:
    allowed = _paths()
    values: dict[str, object] = {}
    for pair in pairs:
        path, _, text = pair.partition("=")
        if path not in allowed or len(text) > LONGEST:
            raise InputError(
                f"address: {name}: read {pair[:LONGEST]!r}, allowed PATH=VALUE of what the page can change"
            )
        values[path] = text
    return values


def _controlled(values: Mapping[str, Any]) -> dict[str, Any]:
    allowed = _paths()
    return {path: value for path, value in values.items() if path in allowed}


def _paths() -> set[str]:
    return {row.path for row in fields() if row.type in CONTROLLED}
