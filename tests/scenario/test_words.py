"""What is said of the levers is complete, short, and about levers that are there."""

import re
from collections import Counter

import pytest

from sim.scenario.schema import fields, json_schema
from sim.scenario.words import HEADINGS, MIND, WORDS

ROWS = {row.path: row for row in fields()}
LEVERS = [path for path, row in ROWS.items() if row.kind == "lever"]
LONGEST = 40  # characters of a title
LEAST = 3  # words by which one would look for a lever


def sentences(text):
    return [part for part in re.split(r"(?<=[.?!])\s+", text) if part]


def test_every_lever_has_words_and_nothing_else_has_but_the_attacker_s_mind():
    assert sorted(WORDS) == sorted([*LEVERS, *MIND])
    assert {ROWS[path].kind for path in MIND} == {"uncertain"}
    assert sum(map(len, HEADINGS.values())) == len(LEVERS)


def test_the_words_of_a_lever_are_in_its_row():
    for path, words in WORDS.items():
        row = ROWS[path]
        assert (row.words, row.title) == (words, words.title)


def test_what_has_no_title_is_called_by_what_it_is():
    assert ROWS["cost.guard_year"].title == ROWS["cost.guard_year"].description


@pytest.mark.parametrize("path", WORDS)
def test_a_lever_has_a_short_title_two_sentences_of_help_and_words_to_find_it_by(path):
    words = WORDS[path]
    assert 0 < len(words.title) <= LONGEST
    assert words.title[0].isupper() and not words.title.endswith(".")
    assert len(sentences(words.help)) == 2 and words.help.endswith(".")
    assert len(set(words.words.split())) == len(words.words.split()) >= LEAST
    assert words.heading


def test_no_two_levers_have_one_title():
    assert [title for title, count in Counter(words.title for words in WORDS.values()).items() if count > 1] == []


def test_every_choice_is_said_in_words_and_nothing_is_said_of_a_value_that_cannot_be():
    for path, words in WORDS.items():
        row = ROWS[path]
        if row.choices:
            assert set(words.called) == set(row.choices), path
        elif row.low is not None:
            assert all(value == () or row.low <= value <= row.high for value in words.called), path


def test_titles_and_help_stand_in_the_json_schema():
    sections = json_schema()["$defs"]
    level, cell = sections["Adherence"]["properties"]["level"], sections["Coordination"]["properties"]["cell"]
    assert (level["title"], level["help"]) == ("Protocol followed", WORDS["policy.adherence.level"].help)
    assert level["description"] == ROWS["policy.adherence.level"].description
    assert cell["title"] == WORDS["state.coordination.cell"].title
    named = [value for its in sections.values() for value in its.get("properties", {}).values() if "help" in value]
    assert len(named) == len(WORDS)
