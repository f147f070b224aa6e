"""`sitesec run`: rates, funnel, deaths, costs, and what is left."""

import json
import re

from tests.cli.command import QUICK


def test_run_prints_rates_funnel_deaths_and_costs_as_json(sitesec):
    result = sitesec("run", "baseline", *QUICK, "--seed", 7, "--json")
    assert result.returncode == 0, result.stderr
    found = json.loads(result.stdout)
    for name in ("incidents_per_year", "project_incidents_per_year"):
        assert set(found["rates"][name]) == {"estimate", "low", "high", "expected", "expected_low", "expected_high"}
    assert {"funnel", "deaths", "costs", "protocol", "people"} <= set(found)
    assert "no forecast" in found["banner"]


def test_run_closes_with_the_floor_that_is_left_and_its_channels(sitesec):
    words = " ".join(sitesec("run", "baseline", *QUICK, "--reps", "8").stdout.split())
    shape = (
        r"What is left: [\d.]+ incidents a year, of these private nationals .*, convoys .*; an insider served .* %\."
    )
    assert re.fullmatch(shape, words[words.index("What is left") :])
