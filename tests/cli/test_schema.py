"""`sitesec schema`: the JSON Schema of a scenario file."""

import json


def test_the_schema_names_every_section_of_a_scenario(sitesec):
    assert "policy" in json.loads(sitesec("schema").stdout)["properties"]
