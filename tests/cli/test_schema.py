"""`sitesec schema`: the JSON Schema of each kind of file."""

import json

import pytest

from tests.cli.command import refused


@pytest.mark.parametrize(
    "words, key",
    [
        ([], "policy"),
        (["scenario"], "policy"),
        (["project"], "today"),
        (["world"], "roads"),
        (["sweep"], "axes"),
        (["decision"], "space"),
    ],
)
def test_the_schema_of_a_kind_names_every_section_of_it(sitesec, words, key):
    document = json.loads(sitesec("schema", *words).stdout)
    assert key in document["properties"]
    assert "no forecast" in document["$comment"]


def test_the_schema_of_a_world_has_units_bounds_and_meanings(sitesec):
    site = json.loads(sitesec("schema", "world").stdout)["$defs"]["Site"]["properties"]["foreign_staff"]
    assert (site["minimum"], site["maximum"], site["unit"]) == (1, 100_000, "person")
    assert site["description"] == "foreign nationals who work there"


def test_another_kind_is_refused_with_those_that_there_are(sitesec):
    said = refused(sitesec("schema", "planet"))
    assert said == "error: schema: read 'planet', allowed scenario, project, world, sweep, decision"
