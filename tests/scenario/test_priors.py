import math
import subprocess
import sys

import numpy as np
import pytest
from pydantic import ValidationError
from scipy import stats

from sim.errors import InputError
from sim.scenario.load import find_file
from sim.scenario.priors import LAWS, load_priors
from sim.scenario.schema import Scenario, fields

ROWS = {row.path: row for row in fields()}
NUMBERS = [row.path for row in fields() if row.type in {"number", "integer"}]
WITHOUT_PRIOR = {
    "harm.tail_alpha": "off or on, a matter of the scenario: between 0 and 1 the tail has no mean",
    "policy.closures.length": "known from the press within a kilometre",
    "threat.distance_ref": "the corridor's mean, at which values are stated",
    "threat.near_repeat": "off or on, a matter of the scenario",
    "threat.near_repeat_time": "acts where near repeats are on",
}
DEFAULT_AT_A_BOUND = {
    "exposure.outing_meeting": "1 is the most that a chance can be",
    "policy.adherence.complacency": "0: off unless somebody believes in it",
    "community.trust": "1 is the most that a share can be",
}
PRIORS = load_priors()
SHARES = np.linspace(0.01, 0.99, 15)


@pytest.fixture(params=PRIORS.values(), ids=PRIORS.keys())
def prior(request):
    return request.param


@pytest.fixture
def one(write):
    """The prior that a file of one line holds."""

    def loaded(line):
        return next(iter(load_priors(write(line)).values()))

    return loaded


# What comes with the package.


def test_every_uncertain_number_of_the_schema_has_a_prior():
    uncertain = {path for path in NUMBERS if ROWS[path].kind == "uncertain"}
    assert uncertain - set(PRIORS) == set(WITHOUT_PRIOR)


def test_there_are_a_hundred_priors_or_more():
    assert len(PRIORS) >= 100


def test_the_shipped_priors_stand_in_the_order_of_the_schema():
    assert list(PRIORS) == [path for path in NUMBERS if path in PRIORS]


def test_every_shipped_prior_says_where_its_numbers_come_from():
    lines = find_file("priors").read_text().splitlines()
    entries = [line for line in lines if line and not line.startswith("#")]
    assert len(entries) == len(PRIORS)
    assert all(" source: " in line for line in entries)


def test_the_default_is_believable_under_its_prior(prior):
    default = prior.field.default
    if prior.path in DEFAULT_AT_A_BOUND:
        assert default in (prior.field.low, prior.field.high)
    else:
        assert prior.quantile(0.05) <= default <= prior.quantile(0.95)


def test_draws_from_all_priors_together_are_nearly_always_a_scenario():
    shares = np.random.default_rng(11).random((400, len(PRIORS)))
    draws = [prior.quantile(column) for prior, column in zip(PRIORS.values(), shares.T, strict=True)]
    refused = sum(not is_scenario([draw[k].item() for draw in draws]) for k in range(len(shares)))
    assert refused <= 0.01 * len(shares)


def is_scenario(values):
    tree = {}
    for path, value in zip(PRIORS, values, strict=True):
        *sections, last = path.split(".")
        inner = tree
        for section in sections:
            inner = inner.setdefault(section, {})
        inner[last] = value
    try:
        Scenario.model_validate(tree)
    except ValidationError:
        return False
    return True


# Quantiles.


def test_quantiles_rise_within_the_bounds_from_end_to_end(prior):
    values = prior.quantile(np.linspace(0, 1, 201))
    assert np.all(np.diff(values) >= 0)
    assert np.all((prior.field.low <= values) & (values <= prior.field.high))
    assert values[0] < values[-1]


def test_shares_lead_back_to_their_quantiles(prior):
    values = prior.quantile(SHARES)
    assert prior.quantile(prior.share(values)) == pytest.approx(values, rel=1e-6)
    if prior.field.type == "number":
        assert prior.share(values) == pytest.approx(SHARES, abs=1e-6)


def test_quantiles_are_of_the_field_s_type_and_of_the_shape_of_the_shares(prior):
    dtype = np.int64 if prior.field.type == "integer" else np.float64
    for shares in (0.5, [0.1, 0.9], np.full((2, 3), 0.5), np.zeros(0)):
        values = prior.quantile(shares)
        assert isinstance(values, np.ndarray)
        assert (values.shape, values.dtype) == (np.shape(shares), dtype)


@pytest.mark.parametrize("path", [path for path in PRIORS if ROWS[path].type == "number"])
def test_quantiles_are_those_of_the_law_given_that_it_lies_within_the_bounds(path):
    prior, shares = PRIORS[path], np.linspace(0.01, 0.99, 99)
    exact, low, high = prior.form.exact, prior.field.low, prior.field.high
    given = (exact.cdf(prior.quantile(shares)) - exact.cdf(low)) / (exact.cdf(high) - exact.cdf(low))
    np.testing.assert_allclose(given, shares, atol=1e-9)


SHARES = np.array([0.0, 0.2, 0.5, 0.9, 1.0])
Z = stats.norm.ppf(SHARES[1:-1])
CLOSED = {
    "threat.cost.site: {law: uniform, low: 0.1, high: 0.3}": 0.1 + 0.2 * SHARES,
    "exposure.trips_per_week: {law: uniform, low: 3, high: 9}": 3 + 3 * SHARES,  # cut off at 6
    "threat.x0.site: {law: triangular, low: 0.2, mode: 0.2, high: 0.6}": 0.6 - 0.4 * np.sqrt(1 - SHARES),
    "campaign.rho: {law: normal, mean: 0, sd: 1.2}": stats.truncnorm(-2 / 1.2, 3 / 1.2, scale=1.2).ppf(SHARES),
    "threat.level_sd: {law: halfnormal, sd: 0.4}": stats.truncnorm(0, 0.9 / 0.4, scale=0.4).ppf(SHARES),
    "threat.rationality: {law: lognormal, median: 4, sigma: 0.01}": [None, *(4 * np.exp(0.01 * Z)), None],
    "layers.waiting.hazard: {law: beta, a: 1, b: 30}": 1 - (1 - SHARES * (1 - 0.8**30)) ** (1 / 30),
}


@pytest.mark.parametrize("line, expected", CLOSED.items(), ids=CLOSED.keys())
def test_each_law_has_the_quantiles_of_its_closed_form(one, line, expected):
    values = one(line).quantile(SHARES)
    known = [k for k, value in enumerate(expected) if value is not None]
    np.testing.assert_allclose(values[known], [expected[k] for k in known], rtol=1e-9, atol=1e-12)


def test_each_law_is_among_those_with_a_closed_form():
    assert {law for law in LAWS if any(f"law: {law}," in line for line in CLOSED)} == set(LAWS)


def test_whole_numbers_are_rounded_not_cut(one):
    prior = one("threat.wait_patience: {law: uniform, low: 3, high: 5}")
    assert prior.quantile([0, 0.24, 0.26, 0.74, 0.76, 1]).tolist() == [3, 3, 4, 4, 5, 5]


@pytest.mark.parametrize("share", [-0.001, 1.001, math.nan, math.inf])
def test_shares_beyond_0_and_1_are_refused(share):
    with pytest.raises(ValueError, match="between 0 and 1"):
        PRIORS["threat.eta"].quantile([0.5, share])


# What a prior says of itself.


def test_a_prior_knows_its_path_its_law_and_its_source(one):
    prior = one("threat.eta: {law: lognormal, median: 0.12, sigma: 0.6, source: games}")
    assert (prior.path, prior.law, prior.source) == ("threat.eta", "lognormal", "games")
    assert one("threat.eta: {law: uniform, low: 0, high: 0.5}").source == "assumed"


@pytest.mark.parametrize(
    "line, text",
    [
        ("policy.budget.s0: {law: lognormal, median: 0.33, sigma: 0.5}", "lognormal(0.33, 0.5)"),
        ("exposure.passengers_mode: {law: triangular, low: 5, mode: 8, high: 12}", "triangular(5, 8, 12)"),
        ("cost.offensive: {law: lognormal, sigma: 0.4, median: 12000000}", "lognormal(12000000, 0.4)"),
        ("threat.level_sd: {law: halfnormal, sd: 0.4, source: x}", "halfnormal(0.4)"),
    ],
)
def test_a_prior_is_described_by_its_law_and_numbers_in_their_order(one, line, text):
    assert one(line).describe() == text


# Files.


def test_a_user_s_file_may_hold_a_few_priors_only(write):
    text = "threat.eta: {law: uniform, low: 0, high: 0.5}\ncampaign.rho: {law: normal, mean: 0, sd: 1}\n"
    assert list(load_priors(write(text))) == ["threat.eta", "campaign.rho"]


def test_priors_are_found_as_scenarios_are(folder, write):
    assert list(load_priors("priors")) == list(load_priors("priors.yaml")) == list(PRIORS)
    name = write("threat.eta: {law: uniform, low: 0, high: 0.5}", "priors.yaml")
    assert len(load_priors(folder / name)) == len(load_priors(name)) == 1


def test_scipy_is_imported_only_for_priors_that_are_wanted():
    code = "import sys, sim.scenario.priors; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


LAW_NAMES = " or ".join(LAWS)
ETA = "threat.eta: "
BAD = [
    ("threat.etaa: {law: normal}", ":1: threat.etaa: unknown path; did you mean threat.eta?"),
    ("world.trips_per_week: 1", ":1: world.trips_per_week: unknown path; did you mean exposure.trips_per_week?"),
    ("\npolicy.adherance.level: 1", ":2: policy.adherance.level: unknown path; did you mean policy.adherence.level?"),
    ("qqq: 1", ":1: qqq: unknown path"),
    ("problems: 1", ":1: problems: unknown path"),
    ("threat: {eta: 1}", ":1: threat: unknown path"),
    ("threat.learning: 1", ":1: threat.learning: read a prior of a switch, allowed only for numbers"),
    ("policy.budget.reading: 1", ":1: policy.budget.reading: read a prior of a choice, allowed only for numbers"),
    ("harm.severity: 1", ":1: harm.severity: read a prior of a list, allowed only for numbers"),
    (
        "run.horizon: {law: uniform, low: 1, high: 8}",
        ":1: run.horizon: read a prior of what is fixed, allowed only for levers and uncertain numbers",
    ),
    (ETA + "0.1", ":1: threat.eta: read 0.1, allowed a section with the keys law, source"),
    (ETA + "{low: 0, high: 1}", f":1: threat.eta.law: missing key; needed is {LAW_NAMES}"),
    (ETA + "{law: gamma, low: 0}", f":1: threat.eta.law: read 'gamma', allowed {LAW_NAMES}"),
    (ETA + "{law: [normal]}", f":1: threat.eta.law: read ['normal'], allowed {LAW_NAMES}"),
    (ETA + "{law: normal, mean: 0.1}", ":1: threat.eta.sd: missing key; needed is a number from 1e-12 to 1e+12"),
    (ETA + "{law: normal, mean: 0.1, sd: 0}", ":1: threat.eta.sd: read 0, allowed 1e-12 to 1e+12"),
    (ETA + "{law: normal, mean: few, sd: 1}", ":1: threat.eta.mean: read 'few', allowed a number from -1e+12 to"),
    (ETA + "{law: halfnormal, sd: -1}", ":1: threat.eta.sd: read -1, allowed 1e-12 to 1e+12"),
    (ETA + "{law: lognormal, median: -1, sigma: 1}", ":1: threat.eta.median: read -1, allowed 1e-12 to 1e+12"),
    (ETA + "{law: lognormal, median: 0.1, sigma: 9}", ":1: threat.eta.sigma: read 9, allowed 0.001 to 5"),
    (ETA + "{law: beta, a: 0, b: 1}", ":1: threat.eta.a: read 0, allowed 0.01 to 1e+06"),
    (ETA + "{law: beta, a: .nan, b: 1}", ":1: threat.eta.a: read nan, allowed 0.01 to 1e+06"),
    (ETA + "{law: beta, a: 2, b: 9, mean: 1}", ":1: threat.eta.mean: unknown key; allowed here: law, source, a, b"),
    (
        ETA + "\n  law: uniform\n  low: 0.2\n  high: 0.2",
        ":4: threat.eta.high: read 0.2, allowed only above low (0.2)",
    ),
    (
        ETA + "{law: triangular, low: 0, mode: 0.6, high: 0.5}",
        ":1: threat.eta: read low, mode and high 0, 0.6, 0.5, allowed only in rising order",
    ),
    (
        "policy.adherence.half_life: {law: lognormal, median: 900, sigma: 0.4}",
        ":1: policy.adherence.half_life: read lognormal(900, 0.4), of median 900, "
        "allowed only a median from 45 to 365 (day)",
    ),
    (
        "threat.declined: {law: normal, mean: 0.2, sd: 3}",
        ":1: threat.declined: read normal(0.2, 3), 13% of it from 0 to 0.95 (share), allowed only 50% or more",
    ),
    (
        "campaign.rho: {law: normal, mean: 0, sd: 0}\nthreat.eta: {law: beta, a: 0, b: 0}",
        ":1: campaign.rho.sd: read 0, allowed 1e-12 to 1e+12 (and 2 more)",
    ),
    (
        "threat.eta: {law: uniform, low: 0, high: 0.5}\nthreat.eta: {law: uniform, low: 0, high: 0.4}",
        ":2: threat.eta: read the key twice (first in mine.yaml:1), allowed once",
    ),
    ("", ": read an empty file, allowed a mapping of keys to values"),
]


@pytest.mark.parametrize("text, message", BAD, ids=[repr(text[:50]) for text, _ in BAD])
def test_an_error_names_file_line_key_what_was_read_and_what_is_allowed(write, text, message):
    with pytest.raises(InputError) as caught:
        load_priors(write(text))
    assert str(caught.value).startswith(f"mine.yaml{message}")
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_named():
    with pytest.raises(InputError, match=r"^nowhere: no such file, allowed a file of priors or .*\(priors\)$"):
        load_priors("nowhere")
