import copy
import hashlib
import math
import os
import pickle
import subprocess
import sys
from collections import Counter
from operator import attrgetter
from pathlib import Path

import mesa
import numpy as np
import pytest

from sim import engine
from sim.agents import convoys, escorts
from sim.agents.threat import slots
from sim.clock import TICKS_A_DAY
from sim.errors import InputError
from sim.kernel import COMPILED
from sim.model import KINDS, Attacker, Checkpoint, Convoy, Detector, EscortTeam, Insider, SecurityModel, Site, Town
from sim.outcome import INCIDENT, STAGES
from sim.rng import replicate_seed
from sim.runs.simulate import simulate
from sim.scenario.load import load_scenario
from sim.state import LOCATED, RECORDS, locate

SHORT = {"run.horizon": 0.1, "run.warmup": 0.1}  # 36 days
LONG = {"run.horizon": 2.5, "run.warmup": 0.5}


def model(sets=SHORT, **keywords):
    return SecurityModel(sets=sets, **keywords)


def state(a_model):
    """Everything of a run: all that moves, and the rows of the finished years."""
    return a_model.world.memory.tobytes(), a_model.rows.tobytes()


# The run.


@pytest.mark.parametrize("scenario", ["baseline", "full-protocol"])
@pytest.mark.parametrize("replicate", [0, 3])
def test_the_rows_of_a_model_are_those_of_a_sweep(scenario, replicate):
    watched = SecurityModel(scenario, rng=7, replicate=replicate, sets=LONG)
    watched.run_days(10_000)
    rows = simulate(load_scenario(scenario, LONG), 1, seed=7, first=replicate, threads=1)
    assert watched.rows.tobytes() == rows.tobytes()
    assert len(rows) == 3


def test_a_day_of_steps_is_the_same_as_a_jump_of_a_day():
    steps, jump = model(), model()
    for _ in range(TICKS_A_DAY):
        steps.step()
    jump.run_days(1)
    assert state(steps) == state(jump)
    assert (steps.time, steps.steps, steps.day) == (jump.time, jump.steps, jump.day) == (TICKS_A_DAY, TICKS_A_DAY, 1)


def test_all_ways_to_run_on_can_be_mixed():
    mixed, jump = model(LONG), model(LONG)
    mixed.run_days(0.37)
    for _ in range(1_000):
        mixed.step()
    mixed.run_for(500)
    for _ in range(500):
        mixed.run_until_next_event()
    mixed.run_until(mixed.time + 77)
    jump.run_days(mixed.day)
    assert state(mixed) == state(jump)
    assert mixed.steps == mixed.time == jump.time
    mixed.run_days(1e6)
    jump.run_days(1e6)
    assert state(mixed) == state(jump)


def test_a_jump_to_the_next_event_leaves_out_idle_ticks_only():
    jumping = model()
    jumps = 0
    while jumping.day < 2:
        jumping.run_until_next_event()
        jumps += 1
    assert 2 < jumps < TICKS_A_DAY
    stepping = model()
    stepping.run_for(int(jumping.time))
    assert state(stepping) == state(jumping)


def test_time_stops_at_the_horizon_where_the_last_row_is_closed_once():
    ended = model()
    ended.run_for(1e9)
    assert not ended.running
    assert ended.time == ended.horizon == round(0.1 * 365) * TICKS_A_DAY
    before = state(ended)
    ended.step()
    ended.run_for(10)
    ended.run_until(1e9)
    ended.run_days(3)
    ended.run_until_next_event()
    ended.run_model()
    assert state(ended) == before
    assert ended.time == ended.horizon == ended.steps
    assert ended.rows["days"].tolist() == [36]
    assert ended.outcome["days"] == 36


def test_the_last_step_ends_the_run():
    ending = model()
    ending.run_for(ending.horizon - 1)
    assert ending.running and len(ending.rows) == 0
    ending.step()
    assert not ending.running and len(ending.rows) == 1


def test_the_outcome_of_the_year_in_progress_and_the_totals_add_up():
    watched = model(LONG)
    watched.run_days(400)
    assert watched.rows["year"].tolist() == [0]
    assert watched.outcome["year"] == 1
    assert watched.outcome["days"] == 35
    assert watched.total("days") == 400
    for column in ("trips", "incidents", "project_spent"):
        assert watched.total(column) == watched.rows[column].sum() + watched.outcome[column]
    row = watched.outcome
    stopped = sum(row[f"foiled_{how}"] for how in ("interdiction", "checkpoint", "noticed", "watch", "closure"))
    ends = stopped + row["gave_up"] + row["incidents"] + row["in_progress_end"]
    assert row["in_progress_start"] + row["plots"] == ends


def test_only_columns_that_add_up_have_a_total():
    for column in ("seed", "in_progress_end", "no_such_column"):
        with pytest.raises(ValueError, match=column):
            model().total(column)


@pytest.mark.parametrize("days", [0, -1, math.nan])
def test_a_jump_goes_forward(days):
    with pytest.raises(ValueError, match="days"):
        model().run_days(days)


class Diary:
    """Somebody who notes the day's number, as the engine's clock has it, when Mesa calls."""

    def __init__(self, watched):
        self.watched, self.seen = watched, []

    def note(self):
        self.seen.append((self.watched.time, int(self.watched.world.clock["tick"][0]), self.watched.outcome["days"]))


def test_scheduled_events_see_the_arrays_of_their_moment_even_in_a_jump():
    watched = model()
    diary = Diary(watched)
    watched.schedule_event(diary.note, at=2.5 * TICKS_A_DAY)
    watched.schedule_recurring(diary.note, mesa.time.Schedule(interval=2 * TICKS_A_DAY, start=TICKS_A_DAY + 1.0))
    watched.run_days(4)
    start = int(watched.world.clock["tick"][0]) - 4 * TICKS_A_DAY
    times = [TICKS_A_DAY + 1, 2.5 * TICKS_A_DAY, 3 * TICKS_A_DAY + 1]
    assert diary.seen == [(time, start + time, math.ceil(time / TICKS_A_DAY)) for time in times]
    other = model()
    other.run_days(4)
    assert state(watched) == state(other)


@pytest.mark.skipif(not COMPILED, reason="it starts a plain run itself")
def test_plain_python_gives_the_same_run():
    script = (
        "import hashlib; from sim.model import SecurityModel\n"
        "m = SecurityModel(sets={'run.horizon': 0.02, 'run.warmup': 0.01}); m.run_days(1.4); m.step()\n"
        "print(hashlib.sha256(m.cells.tobytes() + m.world.memory.tobytes()).hexdigest(), len(m.agents), len(m.events))"
    )
    folder = Path(__file__).parents[1]
    environment = os.environ | {"SITESEC_JIT": "0", "PYTHONPATH": str(folder)}
    plain = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    compiled = model({"run.horizon": 0.02, "run.warmup": 0.01})
    compiled.run_days(1.4)
    compiled.step()
    digest = hashlib.sha256(compiled.cells.tobytes() + compiled.world.memory.tobytes()).hexdigest()
    assert plain.stdout.split() == [digest, str(len(compiled.agents)), str(len(compiled.events))]


@pytest.mark.skipif(not COMPILED, reason="nothing is compiled")
def test_watching_compiles_nothing_anew():
    watched = pickle.loads(pickle.dumps(model()))
    watched.run_days(1)
    simulate(load_scenario("baseline", SHORT), 1, threads=1)
    assert len(watched.cells) == sum(len(getattr(watched.world, array)) for array in LOCATED)
    assert [len(entry.dispatcher.signatures) for entry in (engine.advance, locate)] == [1, 1]


# What it is made with.


@pytest.mark.parametrize("rng", [43, np.int64(43), np.uint8(43), "43", " 43 "])
def test_a_seed_can_be_any_whole_number_or_its_digits(rng):
    assert model(rng=rng).seed == replicate_seed(43, 0)


@pytest.mark.parametrize("rng", [None, -1, "-1", 1.0, "1.5", "seed", "", True, [1], np.random.default_rng(1)])
def test_any_other_seed_is_refused(rng):
    with pytest.raises(ValueError, match=r"rng: read .* allowed a whole number of 0 or more"):
        model(rng=rng)


def test_the_replicate_number_may_be_digits_and_is_checked():
    assert model(rng=5, replicate="2").seed == replicate_seed(5, 2)
    with pytest.raises(ValueError, match="replicate"):
        model(replicate=-1)
    with pytest.raises(ValueError, match="collect_every"):
        model(collect_every=0)


def test_a_scenario_is_a_name_a_file_or_a_scenario():
    path = Path(__file__).parents[1] / "scenarios" / "baseline.yaml"
    ready = load_scenario("baseline", SHORT)
    made = [model(scenario="baseline"), model(scenario=path), model(scenario=str(path)), model(None, scenario=ready)]
    assert len({state(each) for each in made}) == 1


def test_levers_are_set_by_their_paths():
    held = {"policy.adherence.hold": True, "policy.adherence.level": 0.9}
    assert model(SHORT | held).adherence == pytest.approx(0.9)
    assert model(held, scenario=load_scenario("baseline", SHORT)).adherence == pytest.approx(0.9)
    with pytest.raises(InputError, match=r"policy\.adherence\.level"):
        model({"policy.adherence.level": 2})
    with pytest.raises(InputError, match="no such file"):
        model(scenario="nowhere")


def test_one_scenario_serves_any_number_of_models_at_once():
    ready = load_scenario("baseline", SHORT)
    before = ready.model_dump()
    first, second = model(None, scenario=ready, rng=1), model(None, scenario=ready, rng=2)
    for watched in (first, second, first):
        watched.run_days(2)
    assert ready.model_dump() == before
    alone = model(None, scenario=ready, rng=2)
    alone.run_days(2)
    assert state(second) == state(alone)


@pytest.mark.parametrize("sets", [{"policy.adherence.levle": 0.5}, {"polcy": {}}, {"policy.adherence.level": "high"}])
def test_a_misspelt_lever_or_value_is_refused(sets):
    with pytest.raises(InputError, match=r"--set: "):
        model(SHORT | sets)
    with pytest.raises(TypeError, match="scenrio"):
        SecurityModel(scenrio="baseline")


def test_a_scenario_is_never_mesas_so_that_reset_in_the_browser_keeps_ours():
    assert model(scenario="full-protocol").scenario is None
    assert model(scenario="full-protocol").spec.name == "full-protocol"


# Its agents.


@pytest.fixture(scope="module")
def running():
    """A model in the middle of a busy day; tests leave it as it is."""
    busy = model(LONG, rng=3)
    busy.run_days(200 + 9 / 24)
    return busy


def test_agents_are_all_rows_in_use_by_kind(running):
    by_type = running.agents_by_type
    assert list(by_type) == list(KINDS) == running.agent_types
    world = running.world
    counts = {kind: len(agents) for kind, agents in by_type.items()}
    assert counts[Convoy] == len(world.convoys) and counts[Attacker] == len(world.slots)
    assert counts[Site] == len(world.sites) and counts[Town] == len(world.towns)
    assert counts[Checkpoint] == len(running.spec.world_file.checkpoints)
    assert counts[Detector] == 0  # no cameras, towers and drones in the baseline
    assert counts[Insider] == running.insiders_in_post == world.insiders["active"].sum() > 0
    assert world.forces["teams"].sum() <= counts[EscortTeam] < len(world.teams)
    assert len(running.agents) == sum(counts.values())
    assert Counter(type(agent) for agent in running.agents) == {kind: n for kind, n in counts.items() if n}


def test_teams_that_are_under_way_are_shown_though_their_force_has_shrunk():
    watched = model()
    team = watched.world.teams[-1]
    shown = len(watched.agents_by_type[EscortTeam])
    team.state = escorts.TO_BASE
    assert len(watched.agents_by_type[EscortTeam]) == shown + 1


def test_a_row_has_one_view_with_an_id_that_stays(running):
    first, again = list(running.agents), list(running.agents)
    assert all(a is b for a, b in zip(first, again, strict=True))
    ids = [agent.unique_id for agent in first]
    assert len(set(ids)) == len(ids) and min(ids) >= 1
    twin = model(LONG, rng=3)
    twin.run_days(running.day)
    assert [agent.unique_id for agent in twin.agents] == ids


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_each_field_of_a_record_is_a_live_property_with_its_meaning(running, kind):
    for array in kind.arrays:
        for field in RECORDS[array].fields:
            doc = getattr(kind, field.name).__doc__
            assert field.meaning in doc and field.unit in doc
            for agent in running.agents_by_type[kind]:
                assert getattr(agent, field.name) == getattr(running.world, array)[agent.row][field.name]


def test_views_go_along_with_the_run():
    watched = model()
    convoy = next(iter(watched.agents_by_type[Convoy]))
    seen = set()
    for _ in range(100):
        watched.run_days(0.1)
        seen.add((convoy.state_name, convoy.pos))
        assert convoy.state_name == convoys.STATES[watched.world.convoys["state"][convoy.row]]
    assert len(seen) > 2


def test_mesas_agent_sets_can_be_queried(running):
    agents = running.agents
    assert agents.select(agent_type=Site).agg("foreign_staff", sum) == running.world.sites["foreign_staff"].sum()
    assert agents.select(lambda a: a.pos[0] < 60, at_most=5).get("name")
    assert running.agents_by_type[Town].agg("grievance", [min, max]) == [
        running.world.residents["grievance"].min(),
        running.world.residents["grievance"].max(),
    ]
    groups = running.agents_by_type[Convoy].groupby("state_name").count()
    assert sum(groups.values()) == len(running.world.convoys) and set(groups) <= set(convoys.STATES)
    assert [a.number for a in running.agents_by_type[Attacker].sort("number", ascending=True)] == sorted(
        running.world.slots["number"]
    )


def test_names_come_from_the_world_file(running):
    file = running.spec.world_file
    names = {kind: [agent.name for agent in agents] for kind, agents in running.agents_by_type.items()}
    for kind, places in ((Site, file.sites), (Town, file.towns), (Checkpoint, file.checkpoints)):
        assert sorted(names[kind]) == sorted(place.name for place in places)
    cells = {place.name: tuple(place.cell) for place in (*file.sites, *file.towns, *file.checkpoints)}
    for kind in (Site, Town, Checkpoint):
        assert all(agent.pos == cells[agent.name] for agent in running.agents_by_type[kind])
    site = names[Site][0]
    assert names[Convoy][:2] == [f"{site}, out", f"{site}, in"]
    assert all(len(set(some)) == len(some) for some in names.values())


def test_what_measures_something_can_be_set_and_the_run_goes_on_from_there():
    watched, other = model(), model()
    for each in (watched, other):
        each.run_days(1)  # what is dated t = 0 happens on that day
    watched.agents_by_type[Checkpoint].set("working", 0)
    assert not watched.world.detectors["working"].any()
    watched.run_days(30)
    other.run_days(30)
    assert watched.total("delay_hours") < other.total("delay_hours")


@pytest.mark.parametrize("name", ["state", "due", "route", "id", "since", "followed"])
def test_what_the_engine_steers_by_can_not_be_set(running, name):
    convoy = next(iter(running.agents_by_type[Convoy]))
    with pytest.raises(AttributeError):
        setattr(convoy, name, 1)


def test_a_position_can_not_be_set(running):
    site = next(iter(running.agents_by_type[Site]))
    with pytest.raises(AttributeError, match=r"follows from the run"):
        site.pos = (1, 1)


def test_removing_an_insider_clears_the_row():
    watched = model()
    before = watched.insiders_in_post
    insider = next(iter(watched.agents_by_type[Insider]))
    row = insider.row
    insider.remove()
    assert watched.insiders_in_post == len(watched.agents_by_type[Insider]) == before - 1
    assert row not in [agent.row for agent in watched.agents_by_type[Insider]]
    assert watched.world.staffed["people"].sum() == before - 1
    watched.run_days(30)


def test_only_kinds_with_a_flag_can_be_removed(running):
    for kind in KINDS:
        for agent in [] if kind is Insider else running.agents_by_type[kind]:
            with pytest.raises(ValueError, match="can't be removed"):
                agent.remove()


def test_detectors_that_work_are_agents_with_names_and_places():
    levers = {"policy.cameras.count": 300, "policy.watchtowers.per_site": 1, "policy.drones.crews": 4}
    watched = SecurityModel("baseline", rng=1, sets={**levers, "policy.budget.lead_time": 0.0, "run.warmup": 0.1})
    watched.run_days(2.5)
    kinds = watched.agents_by_type[Detector].groupby("kind_name").count()
    sites, towns, hubs = (len(getattr(watched.spec.world_file, x)) for x in ("sites", "towns", "hubs"))
    assert kinds == {"cameras": sites + towns + hubs, "watchtowers": sites, "drone crew": 4}
    assert len({agent.name for agent in watched.agents_by_type[Detector]}) == sum(kinds.values())
    crews = [agent for agent in watched.agents_by_type[Detector] if agent.kind_name == "drone crew"]
    before = [crew.pos for crew in crews]
    watched.run_days(1)
    assert [crew.pos for crew in crews] != before


def test_agents_of_others_live_beside_the_rows():
    watched = model()
    rows = len(watched.agents)
    ids = {agent.unique_id for agent in watched.agents}
    guest = mesa.Agent(watched)
    assert guest.unique_id not in ids
    assert len(watched.agents) == rows + 1 and list(watched.agents_by_type[mesa.Agent]) == [guest]
    guest.remove()
    assert len(watched.agents) == rows


def test_an_agent_says_who_and_where_it_is(running):
    for agent in running.agents:
        text = repr(agent)
        assert type(agent).__name__ in text and agent.name in text and str(agent.pos) in text
    convoy = next(iter(running.agents_by_type[Convoy]))
    assert convoy.state_name in repr(convoy)


# Where they are.


def samples(watched, jumps, days):
    for _ in range(jumps):
        watched.run_days(days)
        yield watched


def test_everybody_is_on_a_road_cell_of_the_grid():
    watched = model(LONG | {"threat.plot_interval": 60})
    roads = {divmod(cell, watched.grid.width)[::-1] for cell in watched.world.nodes["cell"].tolist()}
    for _ in samples(watched, 300, 1.37):
        assert {agent.pos for agent in watched.agents} <= roads
    assert all(0 <= x < watched.grid.width and 0 <= y < watched.grid.height for x, y in roads)


def test_what_moves_moves_one_cell_a_tick_at_most_while_it_is_on_the_road():
    watched = model()
    watched.run_days(2 + 5 / 24)
    under_way = {Convoy: {"moving"}, EscortTeam: {"to its convoy", "with its convoy", "to base"}}
    before, moved = {}, 0
    for _ in range(TICKS_A_DAY // 2):
        watched.step()
        now = {}
        for kind, states in under_way.items():
            for agent in watched.agents_by_type[kind]:
                if agent.state_name in states:
                    now[agent] = (agent.state, agent.since, agent.pos)
        for agent, (code, since, (x, y)) in now.items():
            if agent in before and before[agent][:2] == (code, since):
                old_x, old_y = before[agent][2]
                assert max(abs(x - old_x), abs(y - old_y)) <= 1
                moved += (x, y) != (old_x, old_y)
        before = now
    assert moved > 100


def test_a_team_with_a_convoy_is_where_the_convoy_is():
    watched = model()
    together = 0
    for _ in samples(watched, 400, 0.05):
        rows = {convoy.row: convoy for convoy in watched.agents_by_type[Convoy]}
        for team in watched.agents_by_type[EscortTeam]:
            if team.state == escorts.WITH_CONVOY:
                assert team.pos == rows[team.convoy].pos
                together += 1
    assert together > 20


def test_attackers_are_at_their_hideouts_on_the_approach_or_where_they_wait():
    watched = model(LONG | {"threat.plot_interval": 60}, rng=2)
    file = watched.spec.world_file
    hideouts = {tuple(place.cell) for place in file.hideouts}
    roads = watched.world.nodes["cell"]
    seen = Counter()
    for _ in samples(watched, 900, 1.003):
        for attacker in watched.agents_by_type[Attacker]:
            seen[attacker.state_name] += 1
            if attacker.state == slots.WAITING:
                assert attacker.pos == watched.replicate.xy(int(roads[attacker.node]))
            elif attacker.state != slots.APPROACHING:
                assert attacker.pos in hideouts
            assert (attacker.target_name == "none") == (not slots.WATCHING <= attacker.state <= slots.WAITING)
    assert {"idle", "watching", "preparing", "waiting", "lying low"} <= set(seen)


# Nothing that looks on changes anything.


def look_at_everything(watched):
    """All that a page or a notebook may ask for."""
    for agent in watched.agents:
        repr(agent)
        for array in agent.arrays:
            for field in RECORDS[array].fields:
                getattr(agent, field.name)
    watched.agents.shuffle_do("step")
    watched.agents.groupby("pos").count()
    watched.datacollector.collect(watched)
    return watched.events, watched.rows, watched.outcome, watched.cells, watched.grid.agents


def test_watching_changes_nothing():
    alone, watched = model(collect_every=10_000), model(collect_every=1)
    kept = mesa.DataCollector(model_reporters={"day": "day"}, agent_reporters={"pos": "pos"})
    for tick in range(3 * TICKS_A_DAY):
        watched.step()
        len(watched.agents_by_type[Convoy])
        if tick % 97 == 0:
            look_at_everything(watched)
            kept.collect(watched)
    alone.run_days(3)
    assert state(watched) == state(alone)
    watched.run_days(1e6)
    alone.run_days(1e6)
    assert state(watched) == state(alone)


def test_rows_and_outcomes_are_copies(running):
    before = state(running)
    running.rows["days"] = 0
    running.outcome["days"] = 0
    events = running.events
    events["day"] = 0
    assert state(running) == before


def test_the_event_log_says_in_words_what_happened():
    watched = model(LONG | {"threat.plot_interval": 60}, rng=4)
    assert list(watched.events.columns[:7]) == ["time", "day", "stage", "plot", "attacker", "target_class", "target"]
    watched.run_days(900)
    events = watched.events
    assert watched.total("events_lost") == 0
    assert events["day"].is_monotonic_increasing and events["day"].between(0, 913).all()
    assert (events["stage"] == STAGES[INCIDENT]).sum() == watched.total("incidents") > 0
    assert events["stage"].str.startswith("foiled").sum() == watched.foiled
    assert set(events["stage"]) <= set(STAGES)
    file = watched.spec.world_file
    places = {place.name for place in (*file.sites, *file.towns)}
    assert {name.split(", ")[0] for name in events["target"]} <= places
    convoy_incidents = events[(events["target_class"] == "convoy") & (events["stage"] == STAGES[INCIDENT])]
    assert (convoy_incidents["trip"] >= 0).all()
    assert all(set(items) <= set(convoys.ITEMS) for items in events["deviations"])
    deviating = sum(1 for items in convoy_incidents["deviations"] if items)
    assert deviating == watched.total("incidents_with_deviation")


# Mesa's own tools.


def test_the_data_collector_has_a_row_a_day():
    watched = model()
    for _ in range(2 * TICKS_A_DAY + 5):
        watched.step()
    table = watched.datacollector.get_model_vars_dataframe()
    assert table["day"].tolist() == [0, 1, 2]
    assert table["trips"].is_monotonic_increasing
    assert table["adherence"].between(0, 1).all()
    watched.run_days(100)
    table = watched.datacollector.get_model_vars_dataframe()
    assert table["day"].tolist() == [0, 1, 2, 36]
    assert table["trips"].iloc[-1] == watched.rows["trips"].sum()


def test_agents_of_a_kind_can_be_collected_and_the_model_still_be_pickled():
    watched = model(collect_every=TICKS_A_DAY // 2)
    watched.datacollector = mesa.DataCollector(
        model_reporters={"incidents": "foiled"},
        agenttype_reporters={Site: {"staff": attrgetter("foreign_staff")}, Convoy: {"state": attrgetter("state_name")}},
    )
    watched.run_for(TICKS_A_DAY)
    table = watched.datacollector.get_agenttype_vars_dataframe(Site)
    assert len(table) == 2 * len(watched.world.sites)
    assert table["staff"].sum() == 2 * watched.world.sites["foreign_staff"].sum()
    again = pickle.loads(pickle.dumps(watched))
    assert again.datacollector.get_agenttype_vars_dataframe(Convoy)["state"].isin(convoys.STATES).all()


def test_batch_run_varies_scenario_seed_and_levers():
    adherence = [SHORT | {"policy.adherence.level": level} for level in (0.2, 0.9)]
    varied = {"scenario": ["baseline", "full-protocol"], "sets": adherence, "replicate": 1}
    results = mesa.batch_run(SecurityModel, varied, rng=[1, "2"], max_steps=TICKS_A_DAY, display_progress=False)
    assert len(results) == 8
    for row in results:
        assert (row["Step"], row["day"]) == (TICKS_A_DAY, 1)
        same = model(row["sets"], scenario=row["scenario"], rng=row["rng"], replicate=1)
        same.run_days(1)
        assert (row["trips"], row["adherence"]) == (same.total("trips"), same.adherence)


@pytest.mark.slow
def test_batch_run_may_use_several_processes():
    varied = {"scenario": ["baseline", "full-protocol"], "sets": [SHORT]}
    keywords = {"rng": [1, 2], "max_steps": TICKS_A_DAY, "display_progress": False}
    alone, shared = (mesa.batch_run(SecurityModel, varied, number_processes=n, **keywords) for n in (1, 2))
    assert sorted(shared, key=lambda row: row["RunId"]) == sorted(alone, key=lambda row: row["RunId"])


def test_batch_run_goes_to_the_horizon_and_stops():
    tiny = {"run.horizon": 0.01, "run.warmup": 0}
    results = mesa.batch_run(SecurityModel, {"sets": [tiny]}, rng=[1], max_steps=10**6, display_progress=False)
    assert [row["day"] for row in results] == [4]


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))], ids=["deepcopy", "pickle"])
def test_a_copy_goes_on_exactly_and_on_its_own(copied):
    first = model()
    first.run_days(5.1)
    agents = list(first.agents)
    second = copied(first)
    assert state(second) == state(first)
    second.run_for(TICKS_A_DAY)
    assert second.time == first.time + TICKS_A_DAY
    assert state(second) != state(first)
    first.run_for(TICKS_A_DAY)
    assert state(second) == state(first)
    assert [agent.unique_id for agent in second.agents] == [agent.unique_id for agent in first.agents]
    assert all(agent.model is second for agent in second.agents) and second.grid.model is second
    assert all(agent.model is first for agent in agents)
    first.run_days(1e6)
    second.run_days(1e6)
    assert state(second) == state(first) and not second.running


def test_an_agent_can_be_pickled_with_its_model(running):
    site = next(iter(running.agents_by_type[Site]))
    again = pickle.loads(pickle.dumps(site))
    assert (again.name, again.pos, again.foreign_staff) == (site.name, site.pos, site.foreign_staff)
    assert again.model is not running


def test_mesas_renderer_draws_the_map(running):
    visualization = pytest.importorskip("mesa.visualization")
    components = pytest.importorskip("mesa.visualization.components")
    before = state(running)
    renderer = visualization.SpaceRenderer(running, backend="matplotlib")
    renderer.setup_agents(lambda agent: components.AgentPortrayalStyle(color="red" if agent.name else "blue", size=5))
    renderer.render()
    drawn = np.concatenate([points.get_offsets() for points in renderer.canvas.collections])
    assert sorted(map(tuple, drawn.astype(int).tolist())) == sorted(agent.pos for agent in running.agents)
    assert renderer.canvas.get_xlim() == (-0.5, running.grid.width - 0.5)
    assert not running.grid.all_cells.cells
    assert state(running) == before
