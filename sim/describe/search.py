"""Levers under their headings, and those that somebody means by a word."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from sim.scenario.fields import FieldRow
from sim.scenario.schema import fields
from sim.scenario.words import WORDS

TITLE, WORD, KEY, HELP = 8, 4, 2, 1  # what a word counts where it is found


def levers() -> list[FieldRow]:
    """Every lever, in the order in which they are listed: the main ones first; what has no words yet comes last."""
    order = {path: place for place, path in enumerate(WORDS)}
    found = [row for row in fields() if row.kind == "lever"]
    return sorted(found, key=lambda row: order.get(row.path, len(order)))


def headings() -> list[tuple[str, list[FieldRow]]]:
    """Headings and the levers under each, in the order in which they are listed."""
    return [(heading, list(rows)) for heading, rows in groupby(levers(), key=lambda row: row.words.heading)]


def search(words: Iterable[str], rows: Sequence[FieldRow] | None = None) -> list[FieldRow]:
    """Levers that somebody means, the likeliest first; none where no word of theirs begins so.

    All words must be found in a lever's title, heading, words or key; its help counts where no lever has them there.

    Parameters
    ----------
    words : iterable of str
        As typed: "cctv", "insider", "armor".
    rows : sequence of FieldRow, optional
        Among what to look; all levers by default.
    """
    asked = _tokens(" ".join(words))
    among = levers() if rows is None else rows
    scores = {row.path: _score(row, asked) for row in among}
    least = KEY if any(score >= KEY for score in scores.values()) else HELP
    found = [row for row in among if scores[row.path] >= least]
    return sorted(found, key=lambda row: -scores[row.path])


def close(words: Iterable[str]) -> list[str]:
    """Words by which levers are found that look like some that find none."""
    known = sorted({token for row in levers() for text, _ in _places(row) for token in _tokens(text)})
    found = [like for word in _tokens(" ".join(words)) for like in difflib.get_close_matches(word, known, 3, 0.7)]
    return list(dict.fromkeys(found))


def _score(row: FieldRow, asked: Iterable[str]) -> int:
    """What the weakest of the words counts, 0 where one isn't found; one that isn't asked for finds nothing."""
    return min((max(_weights(row, word), default=0) for word in asked), default=0)


def _weights(row: FieldRow, word: str) -> Iterator[int]:
    """What a word counts in each place where it stands, in the singular or the plural."""
    for text, weight in _places(row):
        if any(token.startswith((word, word.removesuffix("s") or word)) for token in _tokens(text)):
            yield weight


def _places(row: FieldRow) -> tuple[tuple[str, int], ...]:
    words = row.words
    names = f"{words.words} {words.heading}"
    return (words.title, TITLE), (names, WORD), (row.path, KEY), (f"{words.help} {row.description}", HELP)


def _tokens(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())
