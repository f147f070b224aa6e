"""ODD.md says what the code does: its generated parts are those of today, and its limits are those that tests show."""

import ast
import re
from pathlib import Path

import pytest

from sim import rng
from sim.describe import odd
from sim.describe.levers import lever_entries, sign
from sim.outcome import OUTCOME
from sim.scenario.priors import load_priors
from sim.scenario.schema import fields

TEXT = odd.FILE.read_text(encoding="utf-8")
TESTS = Path(__file__).parents[1]
MARK = "†"
UNCERTAIN = [row.path for row in fields() if row.kind == "uncertain"]
LEVERS = [row.path for row in fields() if row.kind == "lever"]
CONCEPTS = (
    "Basic principles",
    "Emergence",
    "Adaptation",
    "Objectives",
    "Learning",
    "Prediction",
    "Sensing",
    "Interaction",
    "Stochasticity",
    "Collectives",
    "Observation",
)


def part(name):
    """What stands between a marker and its end."""
    return TEXT.split(odd.marker(name))[1].split(odd.END)[0]


def cells(name):
    """First cell -> cells of its row, of a generated part; heads left out."""
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in part(name).splitlines() if "|" in line]
    return {row[0].strip("`"): row for row in rows if row[0].startswith("`")}


def section(number):
    """The text of a section, in one line."""
    found = re.search(rf"^## {number}\. .*?(?=^## )", TEXT, re.MULTILINE | re.DOTALL)
    return " ".join(found[0].split())


def test_the_generated_parts_are_those_that_the_code_gives_today():
    assert odd.regenerated(TEXT) == TEXT, "run `make odd`"


def test_making_them_anew_leaves_the_text_between_them_alone():
    emptied = TEXT
    for name in odd.PARTS:
        emptied = emptied.replace(part(name), "\n\nold\n\n")
    assert odd.regenerated(emptied) == TEXT


@pytest.mark.parametrize("name", odd.PARTS)
def test_each_marker_stands_in_the_file_once(name):
    assert TEXT.count(odd.marker(name)) == 1
    assert TEXT.count(odd.END) == len(odd.PARTS)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace(odd.marker("streams"), ""),
        lambda text: text + f"\n{odd.marker('streams')}\n{odd.END}\n",
        lambda text: text.replace(odd.END, "", 1),
        lambda text: text.replace(odd.marker("streams"), odd.marker("rivers")),
    ],
    ids=["missing", "twice", "without end", "unknown"],
)
def test_a_marker_that_is_not_there_exactly_once_is_refused(spoil):
    with pytest.raises(ValueError, match="markers"):
        odd.regenerated(spoil(TEXT))


def test_every_uncertain_value_has_a_row_with_its_prior_or_says_why_it_has_none():
    rows, priors = cells("parameters"), load_priors()
    for path in UNCERTAIN:
        law = rows[path][5]
        assert law == (priors[path].describe() if path in priors else odd.WITHOUT_PRIOR[path])


def test_what_is_said_to_have_no_prior_has_none():
    assert set(odd.WITHOUT_PRIOR) == set(UNCERTAIN) - set(load_priors())


def test_every_uncertain_value_and_every_lever_has_one_row_and_says_where_it_comes_from():
    rows = cells("parameters")
    assert sorted(rows) == sorted(UNCERTAIN + LEVERS)
    assert part("parameters").count("\n| `") == len(rows)
    assert not [path for path, row in rows.items() if not row[6]]


def test_every_lever_s_row_ends_with_whether_its_sign_on_incidents_is_imposed():
    rows = cells("parameters")
    assert {path: rows[path][-1] for path in LEVERS} == {entry["key"]: sign(entry) for entry in lever_entries()}


def test_every_stream_has_a_row_with_its_number_and_a_file_that_draws_from_it():
    numbers = {name: value for name, value in vars(rng).items() if name.isupper() and isinstance(value, int)}
    numbers = {name: value for name, value in numbers.items() if not name.startswith("_")}
    rows = cells("streams")
    assert {name: int(row[1]) for name, row in rows.items()} == numbers
    assert not [name for name, row in rows.items() if ".py" not in row[5]]


def test_every_column_of_the_outcome_row_has_a_row():
    assert set(OUTCOME.names) <= set(cells("outputs"))


def test_a_bar_in_a_cell_does_not_end_it():
    assert odd.table(["a"], [["x|y"]]).endswith("| x\\|y |")


@pytest.mark.parametrize("concept", CONCEPTS)
def test_each_of_the_eleven_design_concepts_is_treated(concept):
    assert f"*{concept}" in section(4)


def limits_with_a_test():
    """Sentences that mark the tests of tests/test_limits.py."""
    tree = ast.parse((TESTS / "test_limits.py").read_text(encoding="utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
    marks = [mark for function in functions for mark in function.decorator_list if isinstance(mark, ast.Call)]
    return [ast.literal_eval(mark.args[0]) for mark in marks if mark.func.id == "limit"]


def test_every_limit_that_has_a_test_is_marked_in_the_words_of_that_test():
    said = section(8)
    assert not [sentence for sentence in limits_with_a_test() if f"{sentence} {MARK}" not in said]


def test_every_mark_among_the_limits_has_a_test():
    assert section(8).count(f". {MARK}") == len(limits_with_a_test())


@pytest.mark.parametrize("page", ["ODD.md", "TRACE.md"])
def test_every_test_file_that_a_page_names_is_there(page):
    named = set(re.findall(r"tests/[\w/]+\.py", (odd.PACKAGE / page).read_text(encoding="utf-8")))
    assert named
    assert not [name for name in named if not (TESTS.parent / name).exists()]
