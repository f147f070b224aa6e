"""The entry: every command explains itself, has the banner, and ends with the right exit code and one sentence."""

import json
import re
import subprocess
import sys

import pytest
import yaml

from sim.about import BANNER, MODEL_VERSION, __version__
from sim.cli import COMMANDS
from tests.cli.command import MAIN, QUICK, ROOT, loading, process, sentence

NAMES = [command.__name__.replace("_", "-") for command in COMMANDS]
HEAVY = ("numpy", "numba", "scipy", "pandas", "pydantic", "yaml", "pyarrow", "duckdb", "matplotlib", "mesa", "rich")


def site_names():
    world = yaml.safe_load((ROOT / "scenarios" / "worlds" / "corridor.yaml").read_text())
    return [site["name"] for site in world["sites"]]


@pytest.mark.parametrize("form", [[], ["--json"]])
@pytest.mark.parametrize(
    "command",
    [
        ["run", "baseline", *QUICK],
        ["compare", "baseline", "triple-budget", *QUICK],
        ["levers"],
        ["levers", "--all"],
        ["record"],
    ],
)
def test_every_table_and_json_has_the_banner_and_names_no_site(sitesec, command, form):
    printed = sitesec(*command, *form).stdout
    assert " ".join(printed.split()).count(BANNER) >= 1
    assert not [name for name in site_names() if name in printed]


def test_the_json_schema_and_the_result_of_check_have_the_banner_too(sitesec):
    assert json.loads(sitesec("schema").stdout)["$comment"] == BANNER
    assert json.loads(sitesec("check", "baseline", "--json").stdout)["banner"] == BANNER


@pytest.mark.parametrize("name", NAMES)
def test_every_command_explains_itself(sitesec, name):
    result = sitesec(name, "--help")
    assert result.returncode == 0
    assert f"Usage: sitesec {name}" in result.stdout
    assert f"\n  sitesec {name}" in result.stdout, "an example"


def test_the_version_of_package_and_model_is_printed(sitesec):
    result = sitesec("--version")
    assert (result.returncode, result.stdout) == (0, f"sitesec {__version__}, model version {MODEL_VERSION}\n")


def test_a_shell_completes_names_of_commands(monkeypatch, sitesec):
    for name, value in {"_SITESEC_COMPLETE": "complete_bash", "COMP_WORDS": "sitesec ru", "COMP_CWORD": "1"}.items():
        monkeypatch.setenv(name, value)
    assert sitesec().stdout.split() == ["run"]


def test_help_names_every_command_and_loads_nothing_heavy():
    result = process("--help", script=loading(*HEAVY))
    assert result.stderr == ""
    listed = result.stdout.partition("Commands:\n")[2].partition("\n\n")[0]
    assert re.findall(r"^  ([\w-]+)", listed, re.MULTILINE) == NAMES
    assert "..." not in listed and "Exit codes: 0 done" in result.stdout


@pytest.mark.parametrize("module", ["sim", "sim.cli"])
def test_python_m_is_the_same_command(sitesec, module):
    command = [sys.executable, "-m", module, "--help"]
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert result.returncode == 0, result.stderr
    assert result.stdout == sitesec("--help").stdout


def test_what_is_interrupted_ends_with_one_sentence_and_exit_code_1():
    stopping = f"import signal, sim.runs.simulate as s; s.simulate = lambda *_, **__: signal.raise_signal(15); {MAIN}"
    assert sentence(process("run", "baseline", *QUICK, script=stopping), 1) == "error: interrupted"
