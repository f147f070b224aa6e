"""`sitesec new`: from a person's numbers to a file that runs."""

import io

import pytest

from tests.cli.command import refused

NUMBERS = [
    *("--sites", "3", "--foreign-staff", "400", "--local-staff", "1800"),
    *("--trips", "40", "--distance", "60", "--cost", "900", "--budget", "0.9"),
]


@pytest.fixture
def here(sitesec, tmp_path, monkeypatch):
    """Runs a command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return sitesec


def test_a_project_is_written_says_what_to_do_next_and_runs(here, tmp_path):
    result = here("new", "demo", *NUMBERS)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("Wrote demo/project.yaml") and "sitesec run demo" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80
    run = here("run", "demo", "--reps", "2", "--set", "run.horizon=1")
    assert run.returncode == 0, run.stderr
    assert "warning: demo: 0.13 times the foreign staff of the corridor" in run.stderr


def test_without_a_terminal_what_is_missing_is_named(here, tmp_path):
    said = refused(here("new", "demo", "--sites", "3", "--trips", "40"))
    assert "missing --foreign-staff, --local-staff, --distance, --cost; or --from" in said
    assert not (tmp_path / "demo").exists()


class Terminal(io.StringIO):
    """Somebody who types."""

    def isatty(self):
        return True


def test_a_terminal_is_asked_for_what_is_missing(here, monkeypatch, tmp_path):
    monkeypatch.setattr("sys.stdin", Terminal("three\n3\n"))
    result = here("new", "demo", *NUMBERS[2:])
    assert result.returncode == 0, result.stderr
    assert result.stdout.count("How many sites: ") == 2
    assert "name: C" in (tmp_path / "demo" / "project.yaml").read_text()


def test_a_table_and_totals_are_not_mixed(here, tmp_path):
    said = refused(here("new", "demo", "--from", "sites.csv", "--sites", "3"))
    assert said == "error: --from: read --sites too, allowed one or the other: a table has all of them"
