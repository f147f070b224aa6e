"""Preparation with an insider's help: watching is shorter, officials betray what is known. `Z`: 1 seed in 10,000."""

import pytest

from sim.agents.insiders import DRIVER, POLICE, RECORD_KEEPER, WORKER
from sim.agents.threat import slots
from sim.outcome import INTERDICTED
from tests.small import ONE_ROAD, QUICK, UNPAID, Z, only, scenario, table, z_of_share

CROWDED = {**ONE_ROAD, "sites": [{**ONE_ROAD["sites"][0], "foreign_staff": 1_000}]}
# So many insiders that one always serves, and short tenures do not matter before the team sets out.
HELPED = {"insider.prevalence": 0.005, "insider.activation": 0.7, "insider.found": 0.0, "insider.turnover": 0.33}
HELPED |= {"policy.screening.sensitivity": 0.0, "policy.screening.recheck_interval": 0.0}
HELPED |= {"insider.grievance_exponent": 0.0, "policy.adherence.hold": True}
DELTA, WATCH, PREPARE = 0.01, 75.0, 60.0
LONG = {**QUICK, **UNPAID, **only("site"), "threat.watch_mean": WATCH, "threat.prepare_mean": PREPARE}
LONG |= {"threat.delta0": DELTA, "threat.cells_per_group": 100, "run.warmup": 1.0, "run.horizon": 4.0}


@pytest.mark.parametrize("left", [0.0, 0.4, 1.0])
def test_an_insider_shortens_the_watch_and_so_the_time_in_which_a_plot_can_be_stopped(left):
    """P(interdicted) = 1 - 1 / ((1 + delta sigma 75) (1 + delta 60)), as every plot is helped."""
    x = table(scenario({**HELPED, **LONG, "insider.watch_left": left}, CROWDED), 8, seed=131)
    stopped, ended = x["foiled_interdiction"].sum(), x["foiled_interdiction"].sum() + x["incidents"].sum()
    assert x["plots_with_insider"].sum() == x["plots"].sum() > 3_000
    through = 1 / ((1 + DELTA * left * WATCH) * (1 + DELTA * PREPARE))
    assert abs(z_of_share(stopped, ended, 1 - through)) < Z


@pytest.mark.parametrize("betrayal", [0.0, 0.25, 1.0])
def test_police_and_record_keepers_betray_what_is_known_of_the_plot_that_they_serve(replicate, betrayal):
    run = replicate(scenario({**HELPED, **LONG, "insider.betrayal": betrayal, "run.warmup": 0.1}, CROWDED)).to(0)
    world, params = run.world, run.params[0]
    slot = world.slots[0]
    t = int(slot.target)
    alone = slots.interdiction(world, params, slot.jurisdiction, world.targets[t].jurisdiction)
    left = {-1: 1.0, WORKER: 1.0, DRIVER: 1.0, POLICE: 1 - betrayal, RECORD_KEEPER: 1 - betrayal}
    for access, share in left.items():
        assert slots.interdiction_with(world, params, slot, t, access) == pytest.approx(alone * share, rel=1e-12)


@pytest.mark.parametrize("betrayal", [0.0, 1.0])
def test_no_plot_is_interdicted_that_somebody_serves_who_betrays_all_that_is_known(replicate, betrayal):
    values = {**HELPED, **LONG, "insider.betrayal": betrayal, "threat.removed_if_foiled": 0.0, "run.horizon": 2.0}
    run = replicate(scenario(values, CROWDED)).to(0)
    served = {True: 0, False: 0}
    for day in range(run.days):
        before = len(run.events)
        run.to(day + 1)
        for event in run.events[before:]:
            if event.stage == INTERDICTED:
                served[int(run.world.slots[event.slot].access) in (POLICE, RECORD_KEEPER)] += 1
    assert served[False] > 100
    assert (served[True] > 5) == (betrayal < 1)
