"""Expected counts: their mean is the count's, whatever the policy, and they vary less.

Each gate adds h[drawn] - sum pi h to its class's control variate, so every `cv_*` has mean zero; a gate whose
probabilities are not those of its draw shows as a mean that is not. Seeds are fixed. With `FAMILY` = 4.3 standard
errors and some 100 figures in all, a right model would fail 1 family of seeds in 500.
"""

import numpy as np
import pytest

from sim import load_scenario
from sim.analysis.summary import DEATHS_AN_INCIDENT
from sim.outcome import CLASSES, FOILED
from tests.small import CROSSING, FROZEN, scenario, table, z_of_mean

FAMILY = 4.3
PAIRS = {
    "incidents": "expected_incidents",
    "project_incidents": "expected_project_incidents",
    "deaths_foreign": "expected_deaths_foreign",
    "deaths_foreign_project": "expected_deaths_foreign_project",
}
'''


'''
