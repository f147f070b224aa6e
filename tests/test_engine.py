"""The engine: one compiled entry, the same bytes however it is run, and edges of the scenario space."""

import hashlib
import json
import math
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from sim import engine, load_scenario, outcome, simulate, with_values
from sim.agents import convoys
from sim.agents.threat import slots
from sim.agents.threat.engagement import draw_severity
from sim.clock import DAYS_A_YEAR, TICKS_A_DAY
from sim.errors import InputError
from sim.kernel import COMPILED
from sim.outcome import IDENTITY, OUTCOME
from sim.scenario.schema import fields
from sim.scenario.worldfile import WorldFile
from sim.world.generate import generate
from tests.conftest import BUSY, DrivenRun
from tests.small import FROZEN

ROOT = Path(__file__).resolve().parents[1]
SHORTEST = 0.00274  # years: a day
DAYS = 60

needs_numba = pytest.mark.skipif(not COMPILED, reason="SITESEC_JIT=0: nothing is compiled")


# The same bytes.


def digest_of_a_busy_run(days, replicates):
    """What a few busy days leave: incidents, and a hash of rows, log and World. Subprocesses call it too."""
    scenario = with_values(load_scenario("baseline"), {**BUSY, "run.horizon": days / DAYS_A_YEAR, "run.warmup": 0.0})
    digest, incidents = hashlib.sha256(), np.zeros(4, dtype=int)
    for number in range(replicates):
        run = DrivenRun(scenario, number).finish()
        digest.update(run.rows.tobytes() + run.events.tobytes() + run.world.memory.tobytes())
        incidents += [int(run.rows[f"incidents_{name}"].sum()) for name in outcome.CLASSES]
    return {"incidents": incidents.tolist(), "digest": digest.hexdigest()}


def elsewhere(days, replicates, **environment):
    """The same in a process of its own; warnings are errors there."""
    source = (
        "import json; from tests.test_engine import digest_of_a_busy_run as run; "
        f"print(json.dumps(run({days}, {replicates})))"
    )
    command = [sys.executable, "-W", "error", "-c", source]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@needs_numba
def test_plain_python_gives_the_same_bytes_as_compiled_code():
    compiled = digest_of_a_busy_run(25, 1)
    assert sum(compiled["incidents"]) >= 4 and sum(count > 0 for count in compiled["incidents"]) >= 2
    assert elsewhere(25, 1, SITESEC_JIT="0") == compiled


@needs_numba
@pytest.mark.slow  # compiles the engine anew
def test_every_index_stays_within_its_array(tmp_path):
    checked = elsewhere(365, 6, NUMBA_BOUNDSCHECK="1", XDG_CACHE_HOME=str(tmp_path))
    assert min(checked["incidents"]) >= 10
    assert checked == digest_of_a_busy_run(365, 6)


def test_the_same_seed_gives_the_same_run_and_another_seed_another(busy, replicate):
    runs = [replicate(busy, number).finish() for number in (0, 0, 1)]
    first, again, other = (run.rows.tobytes() + run.world.memory.tobytes() for run in runs)
    assert first == again != other


@pytest.mark.parametrize("moments", [[(1, 0)], [(0, 1), (0, 250), (3, 719), (17, 333), (17, 334), (59, 0)]])
def test_a_run_that_is_stopped_and_goes_on_gives_the_same_bytes(busy, replicate, moments):
    whole, parted = replicate(busy), replicate(busy)
    for day, tick in moments:
        parted.to(day, tick)
        assert parted.world.clock[0].tick == parted.job.until
    assert parted.finish().rows.tobytes() == whole.finish().rows.tobytes()
    assert parted.world.memory.tobytes() == whole.world.memory.tobytes()


def test_a_run_that_is_stopped_at_every_hour_gives_the_same_bytes(busy, replicate):
    whole, parted = replicate(busy), replicate(busy)
    for hour in range(10 * 24):
        parted.to(0, hour * 30)
    assert parted.finish().rows.tobytes() == whole.finish().rows.tobytes()


def test_in_plain_python_too_the_heaviest_tail_kills_no_more_than_are_present():
    assert draw_severity(SimpleNamespace(harm_tail_alpha=1.001), 0.999, 5) == 5


# The entry.


@needs_numba
def test_the_entry_is_compiled_once_for_worlds_and_policies_of_all_shapes(baseline, busy, replicate, in_world):
    short = {"run.horizon": SHORTEST, "run.warmup": 0.0}
    worlds = [generate(1), generate(2, sites=3), one_site(baseline)]
    scenarios = [busy, with_values(baseline, {**short, "threat.cells_per_group": 0})]
    scenarios += [with_values(in_world(baseline, tree), short) for tree in worlds]
    for scenario in scenarios:
        replicate(scenario).to(1)
    simulate([with_values(baseline, {**short, "policy.adherence.hold": True}), scenarios[1]], 2, threads=2)
    assert len(engine.advance.dispatcher.signatures) == 1


@needs_numba
def test_the_entry_counts_no_references(busy, replicate):
    """Its LLVM is there only where it was just compiled (tests/test_kernel.py); calls stand in the machine code too."""
    replicate(busy).to(1)
    compiled = list(engine.advance.folder.rglob("*.nbc"))
    assert compiled and not any(b"NRT_incref" in file.read_bytes() for file in compiled)


# The calendar.


def test_another_horizon_changes_none_of_the_years_before(baseline, replicate):
    """What happens, that is: control variates weigh what will still strike before the horizon."""
    happens = [name for name in outcome.OUTCOME.names if not name.startswith("cv_")]
    long = replicate(with_values(baseline, {"run.horizon": 8.0})).finish().rows
    short = replicate(with_values(baseline, {"run.horizon": 3.0})).finish().rows
    assert len(long) == 8 and long["incidents"].sum() > 0
    assert short[happens].tolist() == long[:3][happens].tolist()


def clocks(world):
    """What is drawn on clocks of its own, by id: opportunities, recruitments, applicants, audits, the threat level."""
    found = {("slot", s.id): (s.number, s.when, s.recruit_number, s.recruit_when) for s in world.slots}
    found |= {("post", p.id): (p.number, p.when) for p in world.posts}
    audits = zip(world.jurisdictions["id"].tolist(), world.protocol, strict=True)
    found |= {("jurisdiction", number): (kept.audit, kept.audit_day) for number, kept in audits}
    found |= {("level", 0): (world.threat[0].month, world.threat[0].level)}
    return found


@pytest.mark.parametrize("warmup", [0.0, 0.5, 10.0])
def test_another_warm_up_moves_no_clock(baseline, replicate, warmup):
    usual = replicate(with_values(baseline, {"run.horizon": 1.0})).to(200, 5)
    other = replicate(with_values(baseline, {"run.horizon": 1.0, "run.warmup": warmup})).to(200, 5)
    assert clocks(other.world) == clocks(usual.world)
    rest = [run.world.convoys["state"] == convoys.RESTING for run in (usual, other)]
    both = rest[0] & rest[1]
    assert both.sum() > 10
    assert (usual.world.convoys["trip"] == other.world.convoys["trip"])[both].all()


def stock(world):
    """Insiders in post, by the post's id and number."""
    active = [insider for insider in world.insiders if insider.active == 1]
    return {(world.posts[i.post].id, i.number): (i.hired, i.leaves, i.rechecks) for i in active}


def test_the_insiders_after_any_warm_up_are_those_that_their_clocks_leave(baseline, replicate):
    quiet = {"threat.cells_per_group": 0, "run.horizon": 1.0, "insider.prevalence": 0.005}
    stocks = [stock(replicate(with_values(baseline, {**quiet, "run.warmup": w})).to(9).world) for w in (0.0, 1.0, 10.0)]
    assert len(stocks[0]) > 10
    assert stocks[0] == stocks[1] == stocks[2]


def test_the_policy_of_a_scenario_holds_from_t_0_on(baseline, replicate):
    values = {"policy.adherence.level": 1.0, "policy.adherence.hold": True, "run.horizon": 1.0}
    run = replicate(with_values(baseline, values)).to(0)
    assert (run.kept.protocol["adherence"] < 1).all()
    assert (run.world.protocol["adherence"] == 1).all()


def test_what_a_policy_pays_for_comes_after_the_lead_time(baseline, replicate):
    values = {"policy.budget.share": 4.0, "policy.budget.lead_time": 90.0, "run.horizon": 1.0}
    run = replicate(with_values(baseline, values)).to(0)
    usual = run.world.delivered[0].copy()
    assert run.to(90).world.delivered[0].route_watch == usual.route_watch
    assert run.to(90, 1).world.delivered[0].route_watch > usual.route_watch


# Common random numbers: one more agent changes no draw of another.


def movements(world):
    """Draws of each movement planned for today, by the line's id and its number: never its row."""
    found = {}
    for i in np.flatnonzero(world.convoys["state"] == convoys.PLANNED):
        convoy, line = world.convoys[i], world.lines[i]
        draws = (convoy.followed, convoy.route - line.first_route, convoy.planned, convoy.leaked, convoy.stop)
        found[int(line.id), int(convoy.trip)] = (int(convoy.day), *map(int, draws))
    return found


def marks(world):
    """Draws of plots that are watched: end of the phase, length of the next, threshold of interdiction."""
    watching = world.slots[world.slots["state"] == slots.WATCHING]
    return {(s.id, s.plot): (s.due, s.prepare_days, s.threshold) for s in watching}


def all_draws(scenario, replicate):
    """What the agents of a run draw over some days, each by its own id."""
    run = replicate(scenario)
    found = {"movements": {}, "plots": {}}
    for day in range(DAYS):
        world = run.to(day, 1).world
        found["movements"] |= movements(world)
        found["plots"] |= marks(world)
    return {**found, "clocks": clocks(run.world), "insiders": stock(run.world)}


def agree(usual, other, kind, least):
    """What both have is the same, and enough of it; returns what the other lacks."""
    common = usual[kind].keys() & other[kind].keys()
    assert len(common) >= least
    assert {key: usual[kind][key] for key in common} == {key: other[kind][key] for key in common}
    return usual[kind].keys() - common


@pytest.fixture(scope="module")
def still(baseline):
    """Adherence is held, screening is paid for, nothing feeds back: what happens are draws and nothing else."""
    values = {
        **FROZEN,
        **BUSY,
        "threat.rationality": 0.5,
        "policy.adherence.hold": True,
        "policy.adherence.level": 0.6,
        "run.warmup": 0.0,
    }
    return with_values(baseline, {**values, "run.horizon": 1.0, "policy.budget.share": 3.0})


def one_more_site(scenario):
    """The world with one more site on a road, in the middle of the others by size, of mean cost."""
    tree = scenario.world_file.model_dump()
    mean = float(np.mean([site["cost_bn_usd"] for site in tree["sites"]]))
    town, hub = tree["towns"][4], tree["hubs"][0]
    site = {"name": "One More", "cell": town["cell"], "foreign_staff": 222, "cost_bn_usd": mean}
    tree["sites"].insert(0, {**site, "hub": hub["name"], "town": town["name"], "closures": False})
    return tree


def test_one_more_site_changes_no_draw_of_any_other_agent(still, replicate, in_world):
    usual = all_draws(still, replicate)
    other = all_draws(in_world(still, one_more_site(still)), replicate)
    assert len(other["clocks"]) == len(usual["clocks"]) + 4  # its posts
    assert not agree(usual, other, "clocks", 100)
    assert not agree(usual, other, "movements", 700)
    assert len({line for line, _ in other["movements"]}) == len({line for line, _ in usual["movements"]}) + 2
    agree(usual, other, "plots", 50)
    agree(usual, other, "insiders", 20)


def test_one_more_attacker_changes_no_draw_of_any_other_agent(still, replicate):
    usual = all_draws(still, replicate)
    more = {"threat.cells_per_group": BUSY["threat.cells_per_group"] + 1}
    other = all_draws(with_values(still, more), replicate)
    assert len(other["clocks"]) == len(usual["clocks"]) + 2  # one a group
    assert not agree(usual, other, "clocks", 100)
    assert not agree(usual, other, "movements", 700)
    agree(usual, other, "plots", 50)
    agree(usual, other, "insiders", 20)


def test_another_policy_changes_no_clock_and_no_timetable(still, replicate):
    usual = all_draws(still, replicate)
    levers = {"policy.screening.sensitivity": 0.1, "policy.movement.escort_patience": 0.0, "policy.budget.share": 1.5}
    other = all_draws(with_values(still, levers), replicate)
    assert not agree(usual, other, "clocks", 100)
    assert not agree(usual, other, "movements", 700)


# Edges.


def one_site(scenario):
    """The world with its largest site alone."""
    tree = scenario.world_file.model_dump()
    return tree | {"sites": tree["sites"][:1]}


def finished(run):
    rows = run.finish().rows
    assert (rows["status"] == 0).all()
    assert all(np.isfinite(rows[name]).all() for name in OUTCOME.names)
    return rows


@pytest.mark.parametrize("warmup", [0.0, 10.0])
def test_a_run_of_one_day_has_one_row_of_one_day(baseline, replicate, warmup):
    rows = finished(replicate(with_values(baseline, {"run.horizon": SHORTEST, "run.warmup": warmup})))
    assert rows["days"].tolist() == [1] and rows["trips_planned"][0] <= 24


@pytest.mark.parametrize("days, years", [(1, 1), (364, 1), (365, 1), (366, 2), (730, 2), (731, 3)])
def test_the_last_year_is_as_long_as_is_left_of_the_horizon(baseline, replicate, days, years):
    rows = finished(replicate(with_values(baseline, {"run.horizon": max(SHORTEST, days / 365), "run.warmup": 0.0})))
    assert len(rows) == years
    assert rows["days"][-1] == days - 365 * (years - 1)


def test_without_attackers_nothing_happens_but_movements(baseline, replicate):
    rows = finished(replicate(with_values(baseline, {"threat.cells_per_group": 0, "run.horizon": 1.0})))
    hostile = [n for n in OUTCOME.names if n.startswith(("incidents", "foiled", "deaths", "mean_", "at_least", "cv_"))]
    assert all(rows[name].sum() == 0 for name in (*hostile, "opportunities", "plots", "gave_up", "fatal"))
    assert rows["trips"].sum() > 1000


def test_one_site_has_two_lines_that_are_attacked(baseline, replicate, in_world):
    scenario = in_world(with_values(baseline, {**BUSY, "run.horizon": 1.0}), one_site(baseline))
    run = replicate(scenario)
    rows = finished(run)
    assert len(run.world.lines) == 2 and rows["site_years"].sum() == pytest.approx(1)
    assert rows["incidents_convoy"].sum() > 0 and rows["incidents_site"].sum() > 0


def smallest_world(site):
    """A strip of road with one of everything; the site at a cell of it."""
    place = {"name": "a", "cell": (2, 0)}
    weights = {"convoy": 1.0, "site": 1.0, "outing": 1.0, "private": 1.0}
    return {
        "name": "strip",
        "grid": {"width": 6, "height": 2, "cell_km": 2.0},
        "jurisdictions": [{"name": "a", "area": [(0, 0), (6, 0), (6, 2), (0, 2)]}],
        "roads": [{"name": "a", "points": [(0, 0), (5, 0)]}],
        "hubs": [{"name": "a", "cell": (5, 0)}],
        "towns": [place | {"private_share": 1.0}],
        "sites": [{"name": "a", "cell": site, "foreign_staff": 9, "cost_bn_usd": 0.5, "hub": "a", "town": "a"}],
        "bases": [place | {"jurisdiction": "a"}],
        "checkpoints": [place],
        "hideouts": [{"name": "a", "cell": (0, 0)}],
        "groups": [{"name": "a", "hideouts": ["a"], "weights": weights, "regions": {"a": 1.0}}],
    }


@pytest.mark.parametrize("site", [(0, 0), (3, 0), (4, 0)], ids=["at the hideout", "2 cells", "next to its hub"])
def test_the_smallest_world_runs(baseline, replicate, in_world, site):
    values = {**BUSY, "run.horizon": 1.0, "run.warmup": 0.1}
    run = replicate(with_values(in_world(baseline, smallest_world(site)), values))
    rows = finished(run)
    assert rows["trips"].sum() > 0 and rows["incidents_site"].sum() > 0 and rows["incidents_convoy"].sum() > 0


def run_with_its_site_at_its_hub():
    """Refused, or sound: an incident against a convoy that does not move has no place. In a process of its own."""
    scenario = with_values(load_scenario("baseline"), {**BUSY, "run.horizon": 0.5, "policy.adherence.level": 0.0})
    try:
        file = WorldFile.model_validate(smallest_world((5, 0)))
        rows = DrivenRun(scenario.attach(file, scenario.warmup.attach(file, None))).finish().rows
    except (ValueError, InputError):
        return "refused"
    return "sound" if (rows["status"] == 0).all() else "full"


def test_a_site_at_its_hub_is_refused_or_runs():
    source = "from tests.test_engine import run_with_its_site_at_its_hub as run; print(run())"
    done = subprocess.run([sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert (done.returncode, done.stdout) in {(0, "refused\n"), (0, "sound\n")}


def test_the_strongest_preferences_that_a_world_may_hold_give_finite_numbers(baseline, replicate, in_world):
    tree = baseline.world_file.model_dump()
    most = next(row.high for row in fields(WorldFile) if row.path == "groups[].weights.convoy")
    for group in tree["groups"]:
        group["weights"] = dict.fromkeys(outcome.CLASSES, float(most))
    values = {**BUSY, "threat.value.convoy": 3.0, "threat.rationality": 60.0, "run.horizon": 0.5}
    finished(replicate(with_values(in_world(baseline, tree), values)))


def test_at_adherence_1_the_only_deviations_are_missing_escorts_and_vehicles(baseline, replicate):
    values = {**BUSY, "policy.adherence.level": 1.0, "policy.adherence.hold": True, "run.horizon": 1.0}
    run = replicate(with_values(baseline, {**values, "exposure.outing_tie": 1.0}))
    rows = finished(run)
    missing = 2 * rows["trips"] - rows["trips_escorted"] - rows["trips_armoured"]
    assert rows["trips"].sum() > 0 and (rows["deviations"] <= missing).all()
    attacked = run.events[(run.events["stage"] == outcome.INCIDENT) & (run.events["target_class"] == outcome.CONVOY)]
    allowed = 1 << convoys.ESCORT | 1 << convoys.ARMOUR
    assert len(attacked) > 0 and (attacked["deviations"] & ~allowed == 0).all()
    assert rows["incidents_outing"].sum() == 0


def test_at_adherence_0_nothing_is_followed_that_is_asked_for(baseline, replicate):
    values = {"policy.adherence.level": 0.0, "policy.adherence.hold": True, "policy.closures.per_week": 0.0}
    run = replicate(with_values(baseline, {**values, "run.horizon": 1.0})).to(3)  # movements of the warm-up have left
    before = run.world.outcome[0].copy()
    rows = finished(run)
    trips = rows["trips"][0] - before.trips
    assert rows["deviations"][0] - before.deviations == (len(convoys.ITEMS) - 1) * trips > 0
    assert rows["trips_escorted"][0] == before.trips_escorted and rows["trips_armoured"][0] == before.trips_armoured


@pytest.mark.parametrize("adherence", [0.0, 1.0])
@pytest.mark.parametrize("rationality", [0.0, 60.0])
def test_minds_and_protocols_at_their_bounds_run(baseline, replicate, adherence, rationality):
    values = {"policy.adherence.level": adherence, "threat.rationality": rationality, "run.horizon": 1.0}
    rows = finished(replicate(with_values(baseline, {**BUSY, **values})))
    assert rows["incidents"].sum() > 0


def test_without_teams_vehicles_and_checkpoints_convoys_go_unescorted(baseline, replicate, in_world):
    tree = baseline.world_file.model_dump() | {"checkpoints": []}
    values = {"state.special_police.teams": 0, "policy.budget.share": 0.01, "policy.budget.lead_time": 0.0}
    scenario = with_values(in_world(baseline, tree), {**BUSY, **values, "run.horizon": 0.5, "run.warmup": 0.0})
    run = replicate(scenario).to(2)
    before = run.world.outcome[0].copy()
    rows = finished(run)
    assert rows["trips_escorted"][0] == before.trips_escorted and rows["trips_armoured"][0] == before.trips_armoured
    assert rows["foiled_checkpoint"][0] == 0 and rows["trips"][0] > 100


def test_an_event_log_that_is_full_keeps_its_rows_and_counts_the_rest(baseline, replicate):
    scenario = with_values(baseline, {**BUSY, "threat.cells_per_group": 400, "run.horizon": 1.0})
    run = replicate(scenario)
    early = run.to(20).events.copy()
    assert 0 < len(early) < len(run.world.events) - 1
    rows = finished(run)
    assert run.events[: len(early)].tobytes() == early.tobytes()
    assert len(run.events) == len(run.world.events) - 1
    ended = sum(rows[name].sum() for name in ("plots", "incidents", "gave_up"))
    ended += sum(rows[f"foiled_{name}"].sum() for name in outcome.FOILED)
    assert rows["events_lost"].sum() == ended - len(run.events)


# Money, re-checks, delays and beginnings.


def run_in_time(values, seconds=60):
    """Run two replicates in a process that can be stopped: a compiled loop can't. Years' audits."""
    source = (
        "import json; from sim import load_scenario, simulate, with_values; "
        f"rows = simulate(with_values(load_scenario('baseline'), {values!r}), 2, threads=1); "
        "print(json.dumps(rows['audits'].tolist()))"
    )
    command = [sys.executable, "-c", source]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=seconds, check=True)
    return json.loads(done.stdout)


@needs_numba
@pytest.mark.parametrize(
    "values",
    [
        {"policy.budget.share": 0.0},
        {"policy.budget.split.training": 0.0, "policy.budget.split.site": 0.3},
    ],
    ids=["no budget", "nothing for training"],
)
def test_a_run_without_money_for_audits_ends(busy, replicate, values):
    replicate(busy).to(1)  # compiled by now
    audits = run_in_time({**values, "run.horizon": 2.0, "run.warmup": 0.0})
    assert sum(audits[1::2]) == 0  # none in the second years


def test_audits_that_are_partly_paid_for_are_held_as_often_as_is_paid(baseline, replicate):
    values = {"policy.budget.share": 0.1, "run.warmup": 0.0, "run.horizon": 8.0}
    run = replicate(with_values(baseline, values))
    rows = finished(run)
    asked = 7 * len(run.world.jurisdictions) * DAYS_A_YEAR / 182
    paid = asked * run.world.delivered[0].audits_funded
    assert rows["audits"][1:].sum() == pytest.approx(paid, abs=2 * len(run.world.jurisdictions))


def test_a_longer_interval_of_re_checks_still_holds_them(replicate):
    tree = {
        "policy": {"screening": {"recheck_interval": 180.0, "recheck_ratio": 0.2}},
        "insider": {"prevalence": 0.005},
    }
    often = load_scenario({**tree, "threat": {"cells_per_group": 0}})
    run = replicate(with_values(often, {"policy.screening.recheck_interval": 360.0, "run.horizon": 3.0})).to(0)
    before = stock(run.world)
    after = stock(run.to(2 * 360 + 1).world)
    held = [after[who][2] - before[who][2] for who in before.keys() & after.keys()]
    assert len(held) >= 10 and min(held) >= 1


def test_where_there_is_no_checkpoint_none_delays_a_convoy(baseline, replicate, in_world):
    tree = baseline.world_file.model_dump() | {"checkpoints": []}
    values = {"policy.adherence.level": 0.0, "policy.adherence.hold": True, "run.horizon": 0.1, "run.warmup": 0.0}
    rows = finished(replicate(with_values(in_world(baseline, tree), values)))
    assert rows["trips"].sum() > 0 and rows["delay_hours"].sum() == 0


@pytest.mark.slow
def test_without_a_warm_up_as_many_plots_are_in_progress_as_after_one(baseline):
    day = {"run.horizon": SHORTEST}
    first, later = (
        simulate(with_values(baseline, {**day, "run.warmup": years}), 500)["in_progress_start"] for years in (0.0, 2.0)
    )
    error = math.sqrt((first.var() + later.var()) / 500)
    assert abs(first.mean() - later.mean()) < 4 * error + 0.05 * later.mean()  # the field is left out: 5 %


# Expected counts.

CLASSES = [f"cv_{name}" for name in outcome.CLASSES]
# Each a normal number of 4 classes: |z| > 4 by chance once in 4,000 choices of the seed.
MOST = 4.0


def scores(values, replicates=800):
    """Means of the control variates over replicates, in standard errors."""
    scenario = with_values(load_scenario("baseline"), {"run.horizon": 2.0, "run.warmup": 0.5, **values})
    rows = simulate(scenario, replicates, seed=5)
    sums = {name: rows[name].reshape(replicates, -1).sum(axis=1) for name in CLASSES}
    return {name: float(x.mean() / (x.std(ddof=1) / math.sqrt(replicates))) for name, x in sums.items()}


@pytest.mark.slow
@pytest.mark.parametrize(
    "values",
    [
        {},
        {"threat.rationality": 0.0, "policy.adherence.level": 0.3, "threat.plot_interval": 60.0},
        {"insider.prevalence": 0.005, "insider.activation": 0.7, "threat.level_sd": 0.9},
    ],
    ids=["baseline", "busy", "insiders"],
)
def test_control_variates_have_mean_zero(values):
    assert all(abs(z) < MOST for z in scores(values).values())


@pytest.mark.slow
def test_control_variates_have_mean_zero_where_convoys_leave_at_midnight():
    values = {"exposure.departure": 0.0, "threat.value.convoy": 3.0, "threat.rationality": 2.0}
    more = {"policy.adherence.level": 0.9, "threat.plot_interval": 60.0}
    assert all(abs(z) < MOST for z in scores(values | more).values())


def test_rows_name_their_replicate_and_year(busy, replicate):
    run = replicate(busy, 3)
    rows = run.finish().rows
    assert [rows[0][name] for name in IDENTITY] == [0, 3, run.job.seed, 0, 0]
    assert run.world.clock[0].tick % TICKS_A_DAY == 0
