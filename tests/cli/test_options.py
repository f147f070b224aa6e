"""Options: what is wrong with one is said in one sentence, before anything is run."""

import pytest

from sim.cli.options import by_path
from sim.errors import InputError
from tests.cli.command import QUICK, refused


@pytest.mark.parametrize(
    "arguments, parts",
    [
        (["--reps", "0"], ["--reps", "0", "1 or more"]),
        (["--seed", "-3"], ["--seed", "-3", "0 or more"]),
        (["--threads", "-1"], ["--threads", "-1", "0 or more"]),
        (["--set", "policy.adherence"], ["--set", "KEY=VALUE"]),
        (["--set", "policy.adherance.level=1"], ["adherance"]),
    ],
)
def test_wrong_options_are_refused_in_one_sentence(sitesec, arguments, parts):
    sentence = refused(sitesec("run", "baseline", *arguments))
    assert all(part in sentence for part in parts)


@pytest.mark.parametrize("option", ["--reps", "--seed", "--threads"])
def test_a_sweep_refuses_a_negative_number_as_a_run_does(sitesec, option):
    wrong = sitesec("sweep", "nosuch.yaml", option, "-1"), sitesec("run", "nosuch", option, "-1")
    assert refused(wrong[0]) == refused(wrong[1])


def test_out_of_bounds_values_are_refused_with_key_value_and_bounds(sitesec):
    sentence = refused(sitesec("run", "scenarios/baseline.yaml", "--set", "policy.adherence.level=1.7"))
    assert all(part in sentence for part in ("policy.adherence.level", "1.7", "0 to 1"))


def test_an_unknown_scenario_is_refused_and_the_shipped_ones_are_named(sitesec):
    assert "baseline" in refused(sitesec("run", "basline"))


def test_an_unwritable_folder_is_refused_before_anything_is_run(sitesec, tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    assert str(file) in refused(sitesec("run", "baseline", *QUICK, "--out", file / "results"))


def test_values_are_split_at_the_first_equals_sign():
    assert by_path(["a.b=1", "world=x=y", "c="]) == {"a.b": "1", "world": "x=y", "c": ""}
    with pytest.raises(InputError, match="--set-other: read '=1', allowed KEY=VALUE"):
        by_path(["=1"], "--set-other")
