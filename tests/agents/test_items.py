"""Chances that protocol items are followed: a table that says what adherence and the offsets say."""

import math

import pytest

from sim import load_scenario
from sim.agents.items import ESCORT, ITEMS

OFFSETS = {f"policy.adherence.items.{item}": 0.5 * k - 1.0 for k, item in enumerate(ITEMS)}


def shifted(adherence, offset):
    odds = adherence / (1 - adherence) * math.exp(offset)
    return odds / (1 + odds)


@pytest.mark.parametrize("day", [1, 40, 200])
@pytest.mark.parametrize("teams", [0, 4])
def test_the_table_follows_adherence_at_every_dawn(replicate, day, teams):
    run = replicate(load_scenario("baseline", {**OFFSETS, "policy.partner.teams": teams, "run.warmup": 0.1})).to(day)
    assert any(jurisdiction.pledged > 0 for jurisdiction in run.world.jurisdictions) == (teams > 0)
    for jurisdiction, chances in zip(run.world.jurisdictions, run.world.chances, strict=True):
        for item, offset in enumerate(OFFSETS.values()):
            alone = shifted(jurisdiction.adherence, offset)
            asked = 1 - (1 - alone) * (1 - jurisdiction.pledged) if item == ESCORT else alone
            assert chances[item] == pytest.approx(asked)
