"""A calibration in words: in how far it is prior, what the public record counts for, which numbers are informed."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sim.history import kept_report
from sim.history.own import Own
from sim.history.own_calibration import Ensembles, Public, calibrate

RATES = np.exp(np.random.default_rng(1).normal(0.2, 0.7, 600))


def held(incidents, years, public=1.0):
    """Six hundred draws of a rate, held against a record."""
    ones = np.ones(len(RATES), int)
    found = Ensembles(RATES, 0 * RATES, np.ones((len(RATES), 2), int), 10 * ones, ones, ones)
    return calibrate(found, Own(incidents, years), Public(public, 1.2))


def numbers(informed, others):
    names = [*(f"a{n}" for n in range(informed)), *(f"b{n}" for n in range(others))]
    ends = {f"{of}_{share}": 1.0 for of in ("prior", "kept") for share in (5, 50, 95)}
    said = ["informed"] * informed + ["not informed"] * others
    return pd.DataFrame({"parameter": names, **ends, "record": said})


@pytest.mark.parametrize(
    "incidents, years, words",
    [
        (1, 1.0, "the answer is mostly the prior."),
        (6, 6.0, "the answer is prior and record, about alike."),
        (90, 75.0, "the answer is mostly the record."),
    ],
)
def test_the_headline_says_in_how_far_the_answer_is_prior(incidents, years, words):
    found = held(incidents, years)
    said = kept_report.headline(found, numbers(0, 3))
    assert words in said and f"takes away {100 * found.narrowed:.0f} %" in said
    assert "None of the 3 uncertain numbers is informed" in said


def test_a_record_that_narrows_nothing_is_said_to_narrow_nothing():
    found = held(1, 1.0)
    every = replace(found, kept=np.ones(len(RATES), bool))
    assert every.narrowed < 0
    assert "does not narrow that band at all" in kept_report.headline(every, numbers(1, 2))


def test_the_numbers_that_are_informed_are_counted_and_shown_and_no_others():
    table = numbers(10, 3)
    assert "10 of 13 uncertain numbers are informed" in kept_report.headline(held(2, 1.0), table)
    shown = [line["number"] for line in kept_report.number_table(table)]
    assert shown == [f"a{n}" for n in range(8)]
    assert kept_report.number_table(numbers(0, 3)) == []


def test_the_public_record_s_weight_is_told_in_words():
    assert "counts for 1 incident of its 8, as if seen in 0.83 years at the 1.2" in kept_report.weight(held(2, 1.0))
    assert "counts for 3 incidents of its 8" in kept_report.weight(held(2, 1.0, public=3.0))
    assert "counts for nothing here" in kept_report.weight(held(2, 1.0, public=0.0))


def test_few_kept_draws_are_said_to_be_few():
    some = np.arange(len(RATES)) < 12
    assert kept_report.closing(replace(held(2, 1.0), kept=some), numbers(1, 2)).startswith("Only 12 draws are kept")
    assert kept_report.closing(held(1, 1.0), numbers(1, 2)).startswith("What this doesn't know")


def test_the_four_bands_are_those_of_draws_public_record_own_record_and_kept_draws():
    found = held(2, 1.0)
    table = {line["by"]: line for line in kept_report.rate_table(found)}
    assert table["all draws"]["middle"] == pytest.approx(np.quantile(RATES, 0.5), rel=0.01)
    assert table["your record alone"]["5 %"] == pytest.approx(0.3554, abs=1e-3)
    assert table["your record alone"]["95 %"] == pytest.approx(6.2958, abs=1e-3)
    assert tuple(table["kept draws: all three"].values())[1:] == found.after
