"""Groups and studies: the shipped ones are of numbers that there are, and a decision's own are checked."""

import pytest

from sim.decide.decision import read_decision
from sim.decide.plans import shipped_plans, within
from sim.errors import InputError
from sim.scenario.priors import load_priors

FILE = "name: own\npolicies: [baseline, curfew]\n"


def read(text, tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(FILE + text)
    return read_decision(path)


def test_each_shipped_group_and_study_is_of_numbers_with_priors():
    plans, known = shipped_plans(), load_priors()
    for paths in plans.groups.values():
        assert all(any(within(known_path, path) for known_path in known) for path in paths)
    assert all(path in known for study in plans.studies.values() for path in study)


def test_a_decision_s_own_are_read(tmp_path):
    text = "groups: {vetting: [insider, policy.screening]}\nstudies: {survey: {community.G0: {units: 400, sd: .3}}}\n"
    decision = read(text, tmp_path)
    assert decision.groups == {"vetting": ["insider", "policy.screening"]}
    assert decision.studies["survey"]["community.G0"].units == 400


@pytest.mark.parametrize(
    "text, said",
    [
        ("groups: {vetting: [insiders]}\n", "read 'insiders', allowed the path of a number"),
        ("groups: {threat.eta: [insider]}\n", "allowed any name that is no path"),
        ("groups: {vetting: []}\n", "vetting"),
        ("studies: {survey: {community: {units: 4, sd: 1}}}\n", "allowed the path of a number"),
        ("studies: {count: {threat.plot_interval: {units: 4}}}\n", "needed is `sd`, since the number is no share"),
        ("studies: {count: {threat.declined: {units: 0}}}\n", "units"),
    ],
)
def test_what_is_wrong_with_them_is_said(text, said, tmp_path):
    with pytest.raises(InputError) as wrong:
        read(text, tmp_path)
    assert said in str(wrong.value) and "own.yaml" in str(wrong.value)
