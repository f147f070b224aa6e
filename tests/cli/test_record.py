"""`sitesec record`: the public record on a terminal and in files."""

import json
import re

import pytest

from tests.cli.command import refused


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


def test_a_project_s_own_count_is_answered_in_a_headline_a_table_and_what_it_doesn_t_know(sitesec, tmp_path):
    result = sitesec("record", "--incidents", "2", "--years", "1", "--out", tmp_path)
    assert result.stdout.startswith("2 incidents in 1 year: 2 a year, and anything from 0.24 to 7.2 a year")
    assert "What this doesn't know" in result.stdout
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert (summary["incidents"], summary["years"]) == (2, 1.0)
    assert (tmp_path / "table.csv").read_text().startswith("figure,estimate,low,high,method\n")


def test_a_count_without_its_years_is_refused(sitesec):
    assert "--incidents and --years" in refused(sitesec("record", "--incidents", "2"))


def test_an_own_count_fits_into_eighty_columns_with_its_figures_on_lines(in_a_terminal):
    printed = in_a_terminal(80, "record", "--incidents", "0", "--years", "3").splitlines()
    assert max(map(len, printed)) <= 80
    assert [line for line in printed if "to see 50 % fewer" in line and "never" in line]


INCIDENTS = "month,class,target,deaths\n2023-04,convoy,Alpha,2\n2024-01,site,,0\n2025-06,private,,1\n"


@pytest.fixture
def incidents(tmp_path):
    (tmp_path / "incidents.csv").write_text(INCIDENTS)
    return tmp_path / "incidents.csv"


def test_a_file_of_incidents_is_answered_with_classes_and_shares_and_no_name(sitesec, incidents, tmp_path):
    result = sitesec("record", incidents, "--since", "2023-01", "--until", "2025-12", "--out", tmp_path / "out")
    assert result.stdout.startswith("2 incidents in 3 years: 0.67 a year")
    said = " ".join(result.stdout.split())
    assert "share en route (1 of 2) 0.5 0.013 to 0.99" in said and "against sites a year (1)" in said
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert (summary["incidents"], summary["years"], summary["private"], summary["assumed"]) == (2, 3.0, 1, False)
    assert summary["figures"][-5]["figure"] == "chance of a year without any"
    assert not [path for path in (tmp_path / "out").iterdir() if "Alpha" in path.read_text()]


def test_without_a_period_the_answer_says_that_it_is_assumed(sitesec, incidents, tmp_path):
    (tmp_path / "later.csv").write_text("month,class,target,deaths\n2026-01,site,,0\n")
    said = " ".join(sitesec("record", incidents, tmp_path / "later.csv").stdout.split())
    assert said.startswith("3 incidents in 4 years") and "biased upward" in said


def test_a_file_and_a_count_don_t_go_together_and_a_period_needs_a_file(sitesec, incidents):
    assert "read beside" in refused(sitesec("record", incidents, "--incidents", "2", "--years", "1"))
    assert "without a file" in refused(sitesec("record", "--since", "2023-01", "--until", "2025-12"))
    assert "without a file" in refused(sitesec("record", "--incidents", 2, "--years", 1, "--since", "2023-01"))


def test_a_bad_file_is_refused_in_one_sentence_and_nothing_is_written(sitesec, incidents, tmp_path):
    incidents.write_text(INCIDENTS.replace("convoy", "convoys"))
    sentence = refused(sitesec("record", incidents, "--out", tmp_path / "out"))
    assert sentence.startswith(f"error: {incidents}:2: class: read 'convoys', allowed convoy")
    assert not (tmp_path / "out").exists()


def test_a_file_s_answer_fits_into_eighty_columns_with_its_figures_on_lines(in_a_terminal, incidents):
    printed = in_a_terminal(80, "record", incidents).splitlines()
    assert max(map(len, printed)) <= 80
    assert [line for line in printed if "share fatal (1 of 2)" in line and "0.013 to 0.99" in line]
