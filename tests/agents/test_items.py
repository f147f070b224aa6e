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
    adherence, pledged = run.world.protocol["adherence"], run.world.presence["pledged"]
    assert (pledged > 0).any() == (teams > 0)
    for j, chances in enumerate(run.world.chances):
        for item, offset in enumerate(OFFSETS.values()):
            alone = shifted(adherence[j], offset)
            asked = 1 - (1 - alone) * (1 - pledged[j]) if item == ESCORT else alone
            assert chances[item] == pytest.approx(asked)
