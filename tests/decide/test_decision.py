"""Decision files: what is refused, with file, line and key; what the alternatives are, and what they are called."""

import math
from pathlib import Path

import pytest

from sim import InputError
from sim.decide.decision import LINES, MOST_ALTERNATIVES, OUTCOMES, SPLIT, Decision, read_decision, table_of
from sim.scenario.fields import leaves

ROOT = Path(__file__).parents[2]
SHIPPED = sorted(path for path in (ROOT / "scenarios" / "decisions").glob("*.yaml") if path.stem != "studies")
README = (ROOT / "scenarios" / "README.md").read_text(encoding="utf-8")
TWO = "name: small\npolicies: [baseline, curfew]\n"
LIMITS = "{least: {escort: 0.3, site: 0.2, screening: 0.1, training: 0.1}, most: {escort: 0.5, armour: 0.2}}"
SPACE = f"name: small\nspace:\n  split: {LIMITS}\n"
LEVERS = "name: small\nspace:\n  levers: {policy.adherence.level: [0.5, 0.9], policy.budget.share: [1, 2]}\n"


@pytest.fixture
def read(tmp_path):
    """Read a decision from text."""

    def written(text):
        (tmp_path / "small.yaml").write_text(text)
        return read_decision(tmp_path / "small.yaml")

    return written


@pytest.mark.parametrize(
    "text, line, said",
    [
        ("name: small\n", 1, "allowed either `policies` or `space`"),
        (TWO + "space: {levers: {policy.budget.share: [1, 2]}}\n", 1, "allowed either `policies` or `space`"),
        ("name: small\npolicies: [baseline]\n", 2, "policies: "),
        ("name: small\npolicies: [curfew, curfew]\n", 2, "policies: read 'curfew' twice, allowed once"),
        ("name: small\npolicies:\n  - baseline\n  - nonsense\n", 4, "policies[1]: nonsense: no such file"),
        (TWO + "scenario: nonsense\n", 3, "scenario: nonsense: no such file"),
        (TWO + "judge: beauty\n", 3, "judge: read 'beauty', allowed project_incidents or "),
        (TWO + "judge: incidents\nweights: {burden: 1}\n", 4, "weights: allowed either `judge` or `weights`"),
        (TWO + "weights: {beauty: 1}\n", 3, "weights.beauty"),
        (TWO + "weights: {burden: 0}\n", 3, "weights.burden: read 0, allowed "),
        (TWO + "caps: {beauty: 1}\n", 3, "caps.beauty"),
        (TWO + "delta: 0\n", 3, "delta: read 0, allowed "),
        (TWO + "confidence: 1\n", 3, "confidence: read 1, allowed "),
        (TWO + "size: 1\n", 3, "size: read 1, allowed "),
        (TWO + "first: 1\n", 3, "first: read 1, allowed "),
        (TWO + "first: 9\nmost: 8\n", 4, "most: read 8, allowed only first (9) or more"),
        (TWO + "today: full-protocol\n", 3, "today: read 'full-protocol', allowed an alternative"),
        (TWO + "set: {policy.budget.share: -1}\n", 3, "policy.budget.share: read -1"),
        (TWO + "nonsense: 1\n", 3, "nonsense: unknown key"),
        (SPACE + "  levers: {policy.budget.share: []}\n", 4, "space.levers.policy.budget.share: read []"),
        (SPACE + "  levers: {policy.budget.share: [1, 1]}\n", 4, "read [1, 1], allowed one value or more, each once"),
        (SPACE + "  levers: {threat.delta0: [1, 2]}\n", 4, "space.levers.threat.delta0: allowed a lever"),
        (SPACE + "  levers: {policy.budget.split.site: [0.1]}\n", 4, "allowed either here or as `split`"),
        (SPACE + "  levers: {policy.budget.share: [1, 99]}\n", 4, "policy.budget.share: read 99, allowed "),
        (SPACE + "set: {policy.budget.split.site: 0.3}\n", 4, "is what `space` chooses; allowed in one place only"),
        ("name: small\nspace: {split: {step: 0.3}}\n", 2, "space.split.step: read 0.3, allowed a step of which 1 is "),
        ("name: small\nspace: {split: {least: {guns: 0.3}}}\n", 2, "space.split.least.guns: read 'guns', allowed "),
        ("name: small\nspace: {split: {least: {site: 1.3}}}\n", 2, "space.split.least.site: read 1.3, allowed "),
        ("name: small\nspace: {split: {least: {site: 0.6, escort: 0.6}}}\n", 2, "leaves no split within "),
        ("name: small\nspace: {split: {step: 0.05}}\n", 2, "space: read 53,130 alternatives, allowed 2 to 2,000"),
        ("name: small\nspace: {levers: {policy.budget.share: [1]}}\n", 2, "space: read 1 alternatives, allowed 2 to "),
        ("name: small\nspace: {}\n", 2, "space: allowed only with `split` or `levers`"),
    ],
)
def test_what_is_wrong_is_refused_with_file_line_and_key(read, text, line, said):
    with pytest.raises(InputError) as refused:
        read(text)
    assert f"small.yaml:{line}: " in str(refused.value) and said in str(refused.value)


def test_draws_that_are_nowhere_are_refused_at_their_line(read, tmp_path):
    with pytest.raises(InputError, match=r"small.yaml:3: draws: read 'nowhere', allowed a calibration's folder"):
        table_of(read(TWO + "draws: nowhere\n"), tmp_path / "small.yaml")


def test_draws_are_a_calibration_s_folder_or_a_table_or_the_shipped_ones(read, tmp_path):
    (tmp_path / "kept").mkdir()
    for name in ("kept/table.csv", "mine.csv"):
        (tmp_path / name).write_text("threat.delta0\n1\n2\n")
    file = tmp_path / "small.yaml"
    assert table_of(read(TWO + "draws: kept\n"), file).samefile(tmp_path / "kept" / "table.csv")
    assert table_of(read(TWO + "draws: mine.csv\n"), file).samefile(tmp_path / "mine.csv")
    assert table_of(read(TWO), file).samefile(ROOT / "scenarios" / "decisions" / "kept.csv")


def test_a_split_sums_to_one_within_its_limits_in_whole_steps(read):
    decision = read(SPACE)
    for sets in decision.space.levels().values():
        shares = {path.removeprefix(f"{SPLIT}."): share for path, share in sets.items()}
        assert tuple(shares) == LINES and math.fsum(shares.values()) == 1
        assert 0.3 <= shares["escort"] <= 0.5 and shares["armour"] <= 0.2 + 1e-12 and shares["site"] >= 0.2
        assert all(abs(share / 0.05 - round(share / 0.05)) < 1e-9 for share in shares.values())


@pytest.mark.parametrize("text", [SPACE, LEVERS, SPACE + "  levers: {policy.adherence.level: [0.5, 0.9]}\n"])
def test_each_alternative_has_a_name_of_its_own_and_a_short_one(read, text):
    decision = read(text)
    assert len({*decision.names}) == len({*decision.short}) == len(decision.names) == decision.space.count()


def test_a_short_name_says_the_shares_in_the_order_of_the_lines(read):
    decision = read(SPACE + "  levers: {policy.adherence.level: [0.9]}\n")
    at = decision.names.index("escort 40 armour 20 site 20 screening 10 training 10, level 0.9")
    assert decision.short[at] == "40-20-0-20-10-10, level 0.9"


def test_levers_that_end_alike_are_told_apart_by_two_words(read):
    levers = "{policy.cameras.start: [0, 9], policy.drones.start: [0, 9]}"
    assert read(f"name: small\nspace: {{levers: {levers}}}\n").names[1] == "cameras start 0, drones start 9"


def test_weights_judge_by_their_sum_and_say_so(read):
    decision = read(TWO + "weights: {foreign_deaths: 2, burden: 0.5}\n")
    assert decision.judged == {"foreign_deaths": 2.0, "burden": 0.5}
    assert decision.figure(1.5) == "1.50 a year (2 x foreign deaths + 0.5 x residents' grievance)"


@pytest.mark.parametrize(
    "judge, said",
    [
        ("incidents", "2,500 incidents a year"),
        ("state_cost", "2,500 USD a year (the state's spending)"),
        ("burden", "2,500 days of full grievance a year (residents' grievance)"),
    ],
)
def test_a_figure_is_said_with_its_unit(read, judge, said):
    assert read(TWO + f"judge: {judge}\n").figure(2500.4) == said


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_shipped_decisions_are_sound_and_have_today_s_among_them(path):
    decision = read_decision(path)
    assert table_of(decision, path).is_file() and len(decision.names) <= MOST_ALTERNATIVES
    assert decision.today or "escort 35 armour 15 checkpoint 10 site 20 screening 10 training 10" in decision.names


def key_line(leaf):
    """A key as the README has it."""
    bounds = "" if leaf.low is None else f", {leaf.low:g} to {leaf.high:g} {leaf.unit.strip('-')}".rstrip()
    plain = leaf.type in ("integer", "number", "choice") and leaf.default is not None
    default = f", {leaf.default} by default" if plain else ""
    return f"| `{leaf.path}` | {leaf.type}{bounds}{default} | {leaf.description} |"


@pytest.mark.parametrize("leaf", [*leaves(Decision)], ids=lambda leaf: leaf.path)
def test_the_readme_has_every_key_of_a_decision_with_its_bounds_and_default(leaf):
    assert key_line(leaf) in README.splitlines()


@pytest.mark.parametrize("name", OUTCOMES)
def test_the_readme_has_every_outcome_with_its_unit(name):
    assert f"`{name}` ({OUTCOMES[name].unit})" in " ".join(README.split())
