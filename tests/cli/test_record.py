"""`sitesec record`: the public record on a terminal and in files."""

import json
import re

import pytest


def test_the_record_is_printed_with_incidents_figures_tallies_and_what_they_cannot_say(sitesec, tmp_path):
    result = sitesec("record", "--out", tmp_path)
    assert result.returncode == 0, result.stderr
    said = " ".join(result.stdout.split())
    assert re.search(r"2021 294 207 5 9 03 vehicle, .*, 07 vehicle p \(9\), 07 vehicle p\?", said)
    assert "core incidents a year (17 in 8) 2.12 1.24 to 3.40 Garwood" in said
    assert (
        re.search(r"NACTA \(authority\) .* 14 attacks, .* 12 incidents", said) and "at least 19 foreign killed" in said
    )
    assert said.endswith("that it agrees with them is weak evidence for it.")
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert summary == json.loads(sitesec("record", "--json").stdout)
    assert (tmp_path / "table.csv").read_text().startswith("group,key,name,estimate,low,high,method,note\n")
    assert len((tmp_path / "tallies.csv").read_text().splitlines()) == len(summary["tallies"]) + 1


@pytest.mark.parametrize("columns", [80, 100, 120])
def test_the_record_fits_into_a_terminal_with_every_figure_on_a_line_of_its_own(sitesec, in_a_terminal, columns):
    printed = in_a_terminal(columns, "record").splitlines()
    assert max(map(len, printed)) <= columns
    figures = json.loads(sitesec("record", "--json").stdout)["figures"]
    assert [x["name"] for x in figures if not [line for line in printed if line.startswith(f"    {x['name']} ")]] == []
