"""The desk of a tab: whatever somebody does there, it says what is wrong and still shows what it showed."""

import itertools
import math
import pickle
import time
from contextlib import contextmanager, nullcontext
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.clock import TICKS_A_DAY
from sim.model import SecurityModel
from sim.scenario.build import value_at
from sim.scenario.load import shipped
from sim.view.page import desk as module
from sim.view.page import estimate
from sim.view.page.course import UNSEEN
from sim.view.page.desk import ESTIMATE_MS, FRAME_MS, MOST_REPLICATES, NO_POLICY, NOBODY, OVER, Desk, Opening
from sim.view.page.map import differing
from sim.view.page.setup import MIND, Setup, rows
from sim.view.page.watch import BEFORE, SPEEDS, Watch
from sim.world.generate import generate
from tests.busy import BUSY_THREAT

SHORT = {"run.horizon": 0.1, "run.warmup": 0.1}
BUSY = BUSY_THREAT | {
    "run.horizon": 40 / 365,
    "run.warmup": 0.1,
}
ONE, OTHER = Setup("baseline", BUSY), Setup("full-protocol", BUSY)
(LEVEL, CREWS, ESCORT) = rows(["policy.adherence.level", "policy.drones.crews", "policy.budget.split.escort"])
(RATIONALITY, LEARNING) = rows(MIND)
# What somebody may type where a number belongs.
WRONG = ["", " ", "-1", "+1", "x", "1e3", "1.5", "1 2", "1_000", "٣", "²", "９", "9" * 400, "NaN", "'", "<b>", "0x10"]  # noqa: RUF001
BROKEN = {
    "empty": "",
    "no mapping": "- 1",
    "no YAML": "policy: [1",
    "a binary file": b"\xff\xfe\x00",
    "an unknown key": "polcy: {}",
    "out of bounds": "policy: {adherence: {level: 7}}",
    "a circle": "extends: mine.yaml",
    "no such world": "world: nowhere.yaml",
    "no such district": "state: {offensive: {districts: [nowhere]}}",
    "another file's kind": "world: mine.yaml",
}


class Stage:
    """In place of the widget that draws: it keeps what it was given last."""

    def __init__(self):
        self.held = 0
        self.moving, self.clock, self.frame, self.playing, self.interval = [], "", 0, False, 0

    @contextmanager
    def hold_sync(self):
        self.held += 1
        yield


@pytest.fixture
def desks():
    """Makes desks, and closes them."""
    made = []

    def make(*setups, seed=5, replicate=2):
        desk = Desk(Opening(setups or (ONE,), seed, replicate))
        made.append(desk)
        return desk

    yield make
    for desk in made:
        desk.close()


@pytest.fixture
def mine(tmp_path):
    """A scenario file of one's own."""
    file = tmp_path / "mine.yaml"
    file.write_text("extends: baseline\nrun: {horizon: 0.1, warmup: 0.1}\n")
    return file


def a_sentence(text):
    """Whether a text is one sentence for a reader: no trace of a program, no second line."""
    words = ("Traceback", "Error", "object at", "<class", "list index")
    return bool(text) and "\n" not in text and text == text.strip() and not any(word in text for word in words)


def still_plays(desk, watch):
    """Check that a desk shows the same run as before, and that it can be played, stepped and gone back in."""
    assert desk.watch is watch and not desk.playing.value
    before = watch.tick
    desk.step("hour")
    assert desk.message.value == "" and watch.tick == min(before + 30, watch.horizon)
    if not watch.over:
        desk.toggle()
        desk.pulse(250.0)
        desk.toggle()
    assert desk.message.value == "" and watch.tick >= before
    assert len(desk.pictures()) == len(desk.marks()) == len(watch.lanes)
    watch.go_to(before)
    assert all(lane.model.time == before for lane in watch.lanes)


# Wrong input.


@pytest.mark.parametrize(
    "box, text", [("seed", text) for text in WRONG] + list(itertools.product(["replicate", "replicates"], WRONG[:5]))
)
def test_what_is_no_number_is_refused_in_a_sentence_and_the_run_goes_on(desks, box, text):
    desk = desks()
    desk.step("day")
    watch = desk.watch
    getattr(desk, box).value = text
    desk.start_estimate() if box == "replicates" else desk.apply()
    assert desk.message.value.startswith(f"{box}: read ") and "allowed a whole number" in desk.message.value
    assert a_sentence(desk.message.value)
    assert desk.estimate.value is None
    still_plays(desk, watch)


@pytest.mark.parametrize("text", [" 7 ", "7", "007"])
@pytest.mark.parametrize("box", ["seed", "replicate"])
def test_a_number_is_applied_with_blanks_or_zeros_before_it_and_then_nothing_is_left_to_apply(desks, box, text):
    desk = desks()
    getattr(desk, box).value = text
    assert desk.pending
    desk.reset()
    assert desk.message.value == "" and getattr(desk.watch, box) == 7 and desk.watch.tick == 0
    assert not desk.pending


@pytest.mark.parametrize("text", ["9" * 18, "9" * 19, str(2**63), str(2**64), "9" * 30])
@pytest.mark.parametrize("box", ["seed", "replicate"])
def test_a_huge_number_runs_or_is_refused_in_a_sentence(desks, box, text):
    desk = desks()
    watch = desk.watch
    getattr(desk, box).value = text
    desk.reset()
    if desk.message.value:
        assert a_sentence(desk.message.value)
        still_plays(desk, watch)
    else:
        assert getattr(desk.watch, box) == int(text)


def test_the_seed_that_a_tab_was_opened_with_can_be_applied_again(desks):
    desk = desks(seed=10**40)
    desk.reset()
    assert desk.message.value == "" and desk.watch.seed == 10**40


@pytest.mark.parametrize("count", ["0", "1", str(MOST_REPLICATES + 1)])
def test_too_few_or_too_many_replicates_are_refused_with_the_bounds(desks, count):
    desk = desks()
    desk.replicates.value = count
    desk.start_estimate()
    assert desk.message.value == f"replicates: read {count!r}, allowed a whole number from 2 to {MOST_REPLICATES}"
    assert desk.estimate.value is None and not desk.estimating


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_a_file_that_is_broken_since_is_told_and_the_run_goes_on(desks, mine, text):
    desk = desks(Setup(str(mine)))
    desk.step("day")
    watch, drafts = desk.watch, desk.drafts.value
    mine.write_bytes(text) if isinstance(text, bytes) else mine.write_text(text)
    desk.reset()
    assert a_sentence(desk.message.value) and "mine" in desk.message.value
    still_plays(desk, watch)
    assert desk.drafts.value == drafts
    mine.write_text("extends: baseline\nrun: {horizon: 0.2, warmup: 0.1}\n")
    desk.reset()
    assert desk.message.value == "" and desk.watch.horizon == 73 * TICKS_A_DAY


def test_a_file_that_has_gone_is_told_where_it_would_be_read_anew_and_the_run_goes_on(desks, mine):
    desk = desks(Setup(str(mine)), Setup(str(mine), {"policy.drones.crews": 2}))
    watch, drafts = desk.watch, desk.drafts.value
    mine.unlink()
    for use in (desk.reset, lambda: desk.pick(0, str(mine)), lambda: desk.pick(1, str(mine))):
        use()
        assert a_sentence(desk.message.value) and "mine.yaml: no such file" in desk.message.value
        assert desk.drafts.value == drafts
        still_plays(desk, watch)
    desk.change(0, LEVEL, 0.9)
    assert desk.message.value == "" and desk.drafts.value != drafts
    desk.watch.go_to(watch.horizon)
    desk.watch.go_to(100)
    assert [lane.model.time for lane in watch.lanes] == [100, 100]


def test_shares_of_a_budget_that_do_not_sum_to_1_are_told_at_reset(desks):
    desk = desks()
    watch = desk.watch
    desk.change(0, ESCORT, 0.5)
    assert desk.message.value == "" and desk.pending and desk.watch is watch
    desk.reset()
    assert a_sentence(desk.message.value) and "sum to 1.15, allowed only a sum of 1" in desk.message.value
    still_plays(desk, watch)
    (site,) = rows(["policy.budget.split.site"])
    desk.change(0, site, 0.05)
    desk.reset()
    assert desk.message.value == "" and not desk.pending
    assert value_at(desk.watch.lanes[0].scenario, ESCORT.path) == 0.5


@pytest.mark.parametrize("row, value", [(LEVEL, 7.0), (LEVEL, math.nan), (LEVEL, "x"), (CREWS, 1.5), (CREWS, None)])
def test_a_value_out_of_bounds_is_told_at_reset(desks, row, value):
    desk = desks()
    watch = desk.watch
    desk.change(0, row, value)
    desk.reset()
    assert a_sentence(desk.message.value) and row.path in desk.message.value
    still_plays(desk, watch)


def test_policies_of_other_lengths_are_told_at_reset(desks):
    desk = desks()
    watch = desk.watch
    desk.pick(1, "full-protocol")
    desk.reset()
    assert a_sentence(desk.message.value) and desk.message.value.startswith("run.horizon: ")
    still_plays(desk, watch)


def test_a_scenario_that_is_none_is_refused_when_it_is_picked(desks):
    desk = desks()
    for side in (0, 1):
        desk.pick(side, "nowhere")
        assert desk.message.value == NO_POLICY and desk.drafts.value == [ONE]


@pytest.mark.parametrize(
    "late",
    [
        lambda desk: desk.jump(10_000),
        lambda desk: desk.change(1, LEVEL, 0.5),
        lambda desk: desk.change(1, RATIONALITY, 0.5),
        lambda desk: desk.pick(1, NOBODY),
    ],
    ids=["an event that is no longer there", "a lever of a policy that was put away", "a mind", "nobody twice"],
)
def test_a_click_that_comes_late_does_no_harm(desks, late):
    desk = desks()
    watch = desk.watch
    late(desk)
    still_plays(desk, watch)


def test_the_log_that_was_clicked_may_have_become_shorter_since(desks):
    desk = desks()
    desk.analyst.value = True
    desk.watch.go_to(desk.watch.horizon)
    last = len(desk.watch.events(True)) - 1
    desk.analyst.value = False
    desk.jump(last)
    still_plays(desk, desk.watch)


# Messages.


def test_a_message_stays_though_a_picture_was_under_way(desks):
    desk = desks()
    desk.toggle()
    desk.pulse(25.0)
    desk.seed.value = "x"
    desk.reset()
    said = desk.message.value
    desk.pulse(25.0)
    assert desk.message.value == said != ""


def test_a_message_stays_while_replicates_are_run(desks, monkeypatch):
    monkeypatch.setattr(Desk, "estimating", True)
    desk = desks()
    desk.seed.value = "x"
    desk.reset()
    said = desk.message.value
    for _ in range(5):
        desk.pulse(float(ESTIMATE_MS))
    assert desk.message.value == said != ""


def test_what_works_takes_the_last_message_away(desks):
    desk = desks()
    desk.seed.value = "x"
    desk.reset()
    assert desk.message.value
    desk.seed.value = "9"
    desk.reset()
    assert desk.message.value == "" and desk.watch.seed == 9


# The end of a run.


def test_at_the_horizon_the_desk_says_so_and_can_be_begun_again(desks):
    desk = desks()
    desk.watch.go_to(desk.watch.horizon - 1)
    desk.toggle()
    desk.speed.value = "1 day per second"
    desk.pulse(250.0)
    assert desk.watch.over and not desk.playing.value and desk.message.value == ""
    desk.toggle()
    assert desk.message.value == OVER and not desk.playing.value and a_sentence(OVER)
    for length in ("tick", "hour", "day"):
        desk.step(length)
        assert desk.watch.tick == desk.watch.horizon
    desk.step_to_event()
    assert a_sentence(desk.message.value) and "No further event" in desk.message.value
    desk.reset()
    assert desk.watch.tick == 0 and desk.message.value == ""
    still_plays(desk, desk.watch)


def test_a_desk_plays_to_the_end_what_nobody_watched(desks):
    desk = desks(ONE, OTHER)
    stage = Stage()
    desk.attach(stage)
    desk.analyst.value = desk.grievance.value = desk.coverage.value = True
    desk.speed.value = "1 day per second"
    desk.toggle()
    frames = 0
    while desk.playing.value:
        desk.pulse(200.0)
        desk.marks()
        frames += 1
    assert desk.watch.over and stage.frame >= frames > 100
    for setup, lane in zip((ONE, OTHER), desk.watch.lanes, strict=True):
        unseen = SecurityModel(setup.scenario(), rng=5, replicate=2)
        unseen.run_days(1e6)
        assert lane.model.world.memory.tobytes() == unseen.world.memory.tobytes()
        assert lane.model.rows.tobytes() == unseen.rows.tobytes()
        assert lane.model.events.equals(unseen.events)


# Whatever somebody does.

BOXES = ("seed", "replicate", "speed", "analyst")
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("toggle")),
        st.tuples(st.just("pulse"), st.floats(0, 400)),
        st.tuples(st.just("step"), st.sampled_from(["tick", "hour", "day", "month"])),
        st.tuples(st.just("seek"), st.floats(-10, 1e6)),
        st.tuples(st.sampled_from(["start_over", "to_end"])),
        st.tuples(st.just("step_to_event")),
        st.tuples(st.just("jump"), st.integers(0, 3)),
        st.tuples(st.just("pick"), st.sampled_from([0, 1]), st.sampled_from(["lapsed-protocol", "nowhere"])),
        st.tuples(st.just("pick"), st.just(1), st.just(NOBODY)),
        st.tuples(st.just("change"), st.just(0), st.sampled_from([LEVEL, ESCORT, RATIONALITY]), st.floats(0, 2)),
        st.tuples(st.just("change"), st.just(0), st.just(LEARNING), st.booleans()),
        st.tuples(st.just("reset")),
        st.tuples(st.just("seed"), st.sampled_from(["1", " 2", "", "x"])),
        st.tuples(st.just("replicate"), st.sampled_from(["0", "3", "-1"])),
        st.tuples(st.just("speed"), st.sampled_from(sorted(SPEEDS))),
        st.tuples(st.just("analyst"), st.booleans()),
    ),
    max_size=20,
)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(acts=ACTS)
def test_no_order_of_clicks_breaks_a_desk(acts):
    desk, stage = Desk(Opening((ONE,), 5, 2)), Stage()
    desk.attach(stage)
    for name, *values in acts:
        if name in BOXES:
            getattr(desk, name).value = values[0]
            desk.refresh()
        elif name != "jump" or values[0] < len(desk.watch.events(desk.analyst.value)):
            getattr(desk, name)(*values)
        assert desk.message.value == "" or a_sentence(desk.message.value)
        assert len(stage.moving) == len(desk.maps) == len(desk.watch.lanes)
        assert stage.clock == desk.watch.clock and stage.playing == desk.playing.value
        assert all(lane.model.time == desk.watch.tick for lane in desk.watch.lanes)
        assert not (desk.playing.value and desk.watch.over)
    seeds, setups = (desk.watch.seed, desk.watch.replicate), desk.watch.setups
    desk.watch.go_to(9 * TICKS_A_DAY)
    for setup, lane in zip(setups, desk.watch.lanes, strict=True):
        unseen = SecurityModel(setup.scenario(), *seeds)
        unseen.run_days(9)
        assert lane.model.world.memory.tobytes() == unseen.world.memory.tobytes()
    desk.close()


# Time.


def test_playing_goes_on_by_pulses_and_pausing_stops_it(desks):
    desk, stage = desks(), Stage()
    desk.attach(stage)
    desk.pulse(250.0)
    assert desk.watch.tick == 0 and stage.interval == 0 and stage.playing is False
    desk.toggle()
    assert stage.interval == FRAME_MS and stage.playing is True
    before = stage.frame
    desk.pulse(250.0)
    assert desk.watch.tick > 0 and stage.frame > before and stage.clock == desk.watch.clock
    desk.toggle()
    stopped = desk.watch.tick
    desk.pulse(250.0)
    assert desk.watch.tick == stopped and stage.interval == 0


@pytest.mark.parametrize("act", [lambda d: d.step("tick"), lambda d: d.step_to_event(), lambda d: d.reset()])
def test_stepping_and_resetting_pause(desks, act):
    desk = desks()
    desk.toggle()
    act(desk)
    assert not desk.playing.value and desk.message.value == ""


def test_the_panels_are_drawn_anew_when_something_happens_though_it_plays(desks):
    desk = desks()
    desk.toggle()
    desk.speed.value = "1 day per second"
    desk.watch.go_to(desk.watch.lanes[0].course.events[4]["time"] - 1)
    desk.refresh()
    looks, events = desk.look.value, len(desk.watch.events(True))
    while len(desk.watch.events(True)) == events:
        desk.pulse(250.0)
    assert desk.look.value > looks


@pytest.mark.parametrize("analyst", [True, False])
def test_a_step_to_the_next_event_goes_there_and_marks_it(desks, analyst):
    desk = desks(ONE, OTHER)
    desk.analyst.value = analyst
    for _ in range(5):
        before = desk.watch.tick
        desk.step_to_event()
        assert desk.watch.tick == desk.chosen["time"] + 1 > before
        assert analyst or desk.chosen["stage"] not in UNSEEN
    assert any("chosen" in marks for marks in desk.marks())


def test_an_event_of_the_log_can_be_gone_to_and_is_chosen(desks):
    desk = desks(ONE, OTHER)
    desk.analyst.value = True
    desk.watch.go_to(desk.watch.horizon)
    events = desk.watch.events(True)
    for number in (len(events) - 1, 0, len(events) // 2):
        desk.jump(number)
        assert desk.chosen == events[number] and desk.watch.tick == events[number]["time"] + 1
        assert desk.watch.events(True) == events  # what was seen stays in the log
        fresh = Watch([ONE, OTHER], 5, 2)
        fresh.go_to(desk.watch.tick)
        for lane, other in zip(desk.watch.lanes, fresh.lanes, strict=True):
            assert lane.model.world.memory.tobytes() == other.model.world.memory.tobytes()


# Marks.


def looks_of(picture):
    return [element.get("class") for element in ElementTree.fromstring(picture).iter() if element.get("class")]


def counted_in(picture):
    """Events that a picture's marks stand for: one each, or as many as stand beside it."""
    looks = looks_of(picture)
    counts = [int(e.text) for e in ElementTree.fromstring(picture).iter() if e.get("class") == "count"]
    return sum(look.startswith("mark ") for look in looks) + sum(counts) - len(counts)


@settings(max_examples=10, deadline=None, derandomize=True)
@given(ticks=st.lists(st.integers(0, 40 * TICKS_A_DAY), min_size=1, max_size=3), analyst=st.booleans())
def test_marks_are_the_events_before_the_present_and_those_that_are_known(ticks, analyst):
    desk = Desk(Opening((ONE, OTHER), 5, 2))
    desk.analyst.value = analyst
    for tick in ticks:
        desk.watch.go_to(tick)
        for number, marks in enumerate(desk.marks()):
            known = [e for e in desk.watch.lanes[number].course.so_far(tick) if analyst or e["stage"] not in UNSEEN]
            assert counted_in(marks) == len(known)
            assert analyst or not any("plot" in look or "gave-up" in look for look in looks_of(marks))


def test_what_only_the_analyst_knows_leaves_the_map_with_the_analyst(desks):
    desk = desks()
    desk.analyst.value = True
    desk.step_to_event()
    while desk.chosen["stage"] not in UNSEEN:
        desk.step_to_event()
    assert "ring chosen" in looks_of(desk.marks()[0])
    desk.analyst.value = False
    desk.refresh()
    assert desk.marks()[0] == desk.maps[0].marks(desk.watch.events(False))


def test_attackers_are_in_the_pictures_of_the_analyst_only(desks):
    desk = desks()
    desk.watch.go_to(5 * TICKS_A_DAY)
    assert "attacker" not in "".join(desk.pictures()).lower()
    desk.analyst.value = True
    assert "attacker" in "".join(desk.pictures()).lower()


def test_cells_that_differ_are_framed_in_both_pictures_and_nothing_is_where_policies_are_alike(desks):
    alike, apart = desks(ONE, Setup("baseline", BUSY | {"name": "the same"})), desks(ONE, OTHER)
    framed = 0
    for tick in range(TICKS_A_DAY, 8 * TICKS_A_DAY, 301):
        alike.watch.go_to(tick)
        apart.watch.go_to(tick)
        assert not any("differs" in looks_of(picture) for picture in alike.pictures())
        assert alike.pictures()[0] == alike.pictures()[1]
        counts = [looks_of(picture).count("differs") for picture in apart.pictures()]
        models = [lane.model for lane in apart.watch.lanes]
        cells = differing(*(drawn.signs(model, False) for drawn, model in zip(apart.maps, models, strict=True)))
        assert counts == [len(cells)] * 2
        framed += len(cells)
    assert framed > 0


@pytest.fixture
def elsewhere(tmp_path):
    """The busy policy in a larger world."""
    (tmp_path / "large.yaml").write_text(yaml.safe_dump(generate(3, sites=12, width=200, height=140)))
    (tmp_path / "there.yaml").write_text("extends: baseline\nworld: large.yaml\n")
    return Setup(str(tmp_path / "there.yaml"), BUSY)


def test_policies_in_other_worlds_are_shown_each_on_its_own_map(desks, elsewhere):
    desk = desks(ONE, elsewhere)
    assert [drawn.width for drawn in desk.maps] == [120, 200]
    desk.watch.go_to(3 * TICKS_A_DAY + 250)
    assert not any("differs" in looks_of(picture) for picture in desk.pictures())
    still_plays(desk, desk.watch)


def test_an_event_that_was_chosen_in_one_world_is_not_ringed_on_the_map_of_another(desks, elsewhere):
    desk = desks(ONE, elsewhere)
    lanes = set()
    for _ in range(20):
        desk.step_to_event()
        lanes.add(desk.chosen["lane"])
        ringed = ["ring chosen" in looks_of(marks) for marks in desk.marks()]
        assert ringed == [desk.chosen["lane"] == lane for lane in (0, 1)]
    assert lanes == {0, 1}


# Controls.


def test_reset_applies_drafts_seed_and_replicate_and_nothing_does_before(desks):
    desk = desks()
    desk.step("day")
    watch = desk.watch
    desk.change(0, LEVEL, 0.9)
    desk.pick(1, "full-protocol")
    desk.pick(1, NOBODY)
    desk.seed.value, desk.replicate.value = "11", "4"
    assert desk.watch is watch and watch.setups == [ONE] and desk.pending
    desk.reset()
    assert (desk.watch.seed, desk.watch.replicate, desk.watch.tick) == (11, 4, 0)
    assert desk.watch.lanes[0].scenario.policy.adherence.level == 0.9
    assert not desk.pending and desk.chosen is None


def test_the_attacker_s_mind_is_changed_for_both_and_stays_when_another_policy_is_picked(desks):
    desk = desks(Setup("baseline"), Setup("full-protocol"))
    desk.change(0, RATIONALITY, 1.0)
    desk.change(1, LEVEL, 0.2)
    assert [draft.values.get(RATIONALITY.path) for draft in desk.drafts.value] == [1.0, 1.0]
    assert [draft.values.get(LEVEL.path) for draft in desk.drafts.value] == [None, 0.2]
    for side, source in ((0, "lapsed-protocol"), (1, "offensive")):
        desk.pick(side, source)
        assert desk.drafts.value[side] == Setup(source, {RATIONALITY.path: 1.0})
    desk.pick(1, NOBODY)
    assert len(desk.drafts.value) == 1


def test_every_shipped_scenario_can_be_picked_and_shown(desks):
    desk, (horizon,) = desks(Setup("baseline", SHORT)), rows(["run.horizon"])
    for name in shipped():
        desk.pick(0, name)
        desk.change(0, horizon, 0.1)
        desk.reset()
        assert desk.message.value == "" and desk.watch.setups == [Setup(name, {"run.horizon": 0.1})]
        desk.step("day")
        assert desk.message.value == "" and len(desk.pictures()) == 1


def test_two_tabs_have_nothing_in_common(desks):
    first, second = desks(), desks()
    first.step("day")
    first.analyst.value = True
    first.change(0, LEVEL, 0.1)
    first.seed.value = "x"
    first.reset()
    assert (second.watch.tick, second.analyst.value, second.message.value) == (0, False, "")
    assert second.drafts.value == [ONE] and second.seed.value == "5" and not second.pending
    still_plays(second, second.watch)


# A new tab.


def test_a_new_tab_shows_what_was_asked_for(monkeypatch):
    monkeypatch.setattr(module, "opening", Opening((ONE, OTHER), 8, 3))
    desk = Desk.opened()
    assert (desk.watch.setups, desk.watch.seed, desk.watch.replicate) == ([ONE, OTHER], 8, 3)
    assert (desk.seed.value, desk.replicate.value, desk.pending) == ("8", "3", False)


@pytest.mark.parametrize("text", [None, BROKEN["no YAML"], BROKEN["a binary file"], BROKEN["no such district"]])
def test_a_new_tab_whose_scenario_has_become_impossible_shows_the_baseline_and_why(monkeypatch, mine, text):
    monkeypatch.setattr(module, "opening", Opening((Setup(str(mine)),)))
    if text is None:
        mine.unlink()
    else:
        mine.write_bytes(text) if isinstance(text, bytes) else mine.write_text(text)
    desk = Desk.opened()
    assert desk.watch.setups == [Setup("baseline")]
    assert a_sentence(desk.message.value) and "mine" in desk.message.value


def test_a_new_tab_begins_shortly_before_the_first_incident_and_at_the_start_where_there_is_none(monkeypatch):
    monkeypatch.setattr(module, "opening", Opening((ONE, OTHER), 5, 2))
    desk = Desk.opened()
    first = min(e["time"] for lane in desk.watch.lanes for e in lane.course.events if e["stage"] == "incident")
    assert desk.watch.tick == desk.watch.seen == max(0, first - BEFORE)
    monkeypatch.setattr(module, "opening", Opening((Setup("baseline", SHORT | {"run.horizon": 2 / 365}),)))
    quiet = Desk.opened()
    assert not any(event["stage"] == "incident" for event in quiet.watch.lanes[0].course.events)
    assert quiet.watch.tick == 0 and quiet.message.value == ""


def test_to_apply_begins_shortly_before_the_first_incident_and_answers(desks):
    desk = desks(Setup("baseline", BUSY))
    desk.seed.value = "6"
    desk.apply()
    incidents = [e["time"] for e in desk.watch.lanes[0].course.events if e["stage"] == "incident"]
    assert desk.watch.seed == 6 and desk.watch.tick == max(0, incidents[0] - BEFORE)
    assert desk.estimating and desk.estimate.value.seed == 6 and desk.asked.setups == tuple(desk.watch.setups)


def test_the_start_forgets_what_was_seen_and_the_end_shows_all(desks):
    desk = desks()
    desk.to_end()
    assert desk.watch.over and len(desk.watch.events(True)) == len(desk.watch.lanes[0].course.events)
    desk.start_over()
    assert desk.watch.tick == desk.watch.seen == 0 and desk.watch.events(True) == [] and desk.chosen is None


@pytest.mark.parametrize(
    "sent",
    [
        ("nowhere", 1.0),
        ("world", "x.yaml"),
        (None, 1),
        (LEVEL.path, "x"),
        (LEVEL.path, [1]),
        (LEVEL.path, math.nan),
        (LEVEL.path, True),
        (LEARNING.path, 1),
    ],
)
def test_a_lever_s_value_that_no_control_has_is_refused_in_a_sentence(desks, sent):
    desk = desks()
    desk.set_lever(0, *sent)
    assert a_sentence(desk.message.value) and "allowed only" in desk.message.value
    assert desk.drafts.value == [ONE]


def test_a_control_s_value_is_taken_in_the_type_of_its_lever(desks):
    desk = desks()
    for row, sent, value in ((CREWS, 2.0, 2), (LEVEL, 1, 1.0), (LEARNING, False, False)):
        desk.set_lever(0, row.path, sent)
        kept = desk.drafts.value[0].values[row.path]
        assert (kept, type(kept), desk.message.value) == (value, type(value), "")


# What can be taken along.


def test_a_screen_is_brought_back_by_its_address(desks, monkeypatch):
    monkeypatch.setattr(module, "opening", Opening((ONE, OTHER), 8, 3))
    desk = Desk.opened()
    desk.change(1, LEVEL, 0.35)
    desk.seed.value = "11"
    desk.apply()
    desk.step("day")
    again = Desk.opened(desk.address)
    assert again.watch.setups == desk.watch.setups and again.message.value == ""
    assert (again.watch.seed, again.watch.replicate, again.watch.tick) == (11, 3, desk.watch.tick)
    desk.close()


def test_an_address_that_can_not_be_shown_gives_what_was_opened_and_why(monkeypatch):
    monkeypatch.setattr(module, "opening", Opening((ONE,), 8, 3))
    for query in (
        "policy=/etc/passwd",
        "policy=baseline&set=world=x",
        "policy=baseline&seed=x",
        "policy=baseline&at=-1",
    ):
        desk = Desk.opened(query)
        desk.answer()  # as the page does when it is opened
        assert desk.watch.setups == [ONE] and a_sentence(desk.message.value) and "allowed" in desk.message.value
        desk.close()


def test_estimate_and_log_are_handed_out_as_files_and_nothing_else_is(desks):
    desk = desks(Setup("baseline", SHORT))
    for name in ("estimate.csv", "/etc/passwd"):
        desk.keep(name)
        assert a_sentence(desk.message.value) and desk.parcel.value is None
    desk.replicates.value = "2"
    desk.start_estimate()
    desk.estimate.value.wait()
    for name in ("estimate.csv", "estimate.json", "log.csv"):
        desk.keep(name)
        assert desk.message.value == "" and desk.parcel.value["name"] == name and desk.parcel.value["text"]


# The estimate.


def test_an_estimate_is_of_what_the_controls_say_applied_to_the_run_or_not(desks):
    desk, stage = desks(Setup("baseline", SHORT)), Stage()
    desk.attach(stage)
    desk.change(0, LEVEL, 0.1)
    desk.seed.value, desk.replicates.value = "77", " 4 "
    desk.start_estimate()
    found = desk.estimate.value
    assert found.scenarios == [desk.drafts.value[0].scenario()] != [desk.watch.lanes[0].scenario]
    assert (found.seed, found.count, desk.asked.setups) == (77, 4, tuple(desk.drafts.value))
    assert not desk.stale
    desk.change(0, LEVEL, 0.2)
    assert desk.stale
    desk.change(0, LEVEL, 0.1)
    found.wait()
    desk.pulse(float(ESTIMATE_MS))
    assert not desk.estimating and stage.interval == 0
    assert found.result is not None and found.error == "" and desk.message.value == ""


def test_while_replicates_run_the_page_asks_again_and_can_be_played(desks, monkeypatch):
    monkeypatch.setattr(Desk, "estimating", True)
    desk, stage = desks(), Stage()
    desk.attach(stage)
    assert stage.interval == ESTIMATE_MS
    looks = desk.look.value
    desk.pulse(float(ESTIMATE_MS))
    assert desk.look.value > looks and desk.watch.tick == 0
    desk.toggle()
    assert stage.interval == FRAME_MS


def apply_another(desk):
    desk.change(0, LEVEL, 0.9)
    desk.apply()


@pytest.mark.parametrize("end", [Desk.stop_estimate, apply_another, Desk.close, Desk.start_estimate])
def test_an_estimate_ends_when_it_is_stopped_replaced_or_the_tab_closed(desks, monkeypatch, end):
    def for_ever(*_, progress, **__):
        while True:  # only to be stopped does it end
            progress(0.001)
            time.sleep(0.001)

    monkeypatch.setattr(estimate, "simulate", for_ever)
    desk = desks(Setup("baseline", SHORT))
    desk.start_estimate()
    first = desk.estimate.value
    assert desk.estimating
    end(desk)
    first.wait()
    assert first.result is None and first.error == ""
    assert desk.estimate.value is not first
    assert desk.estimating == (end in (Desk.start_estimate, apply_another))


def test_to_apply_what_the_estimate_answers_for_already_keeps_it(desks):
    desk = desks(Setup("baseline", SHORT))
    desk.replicates.value = "2"
    desk.change(0, LEVEL, 0.9)
    desk.start_estimate()
    first = desk.estimate.value
    first.wait()
    desk.apply()
    assert desk.estimate.value is first and not desk.pending and not desk.stale


def test_what_can_not_run_is_told_where_an_estimate_is_asked_for_and_the_last_one_stays(desks):
    desk = desks(Setup("baseline", SHORT))
    desk.replicates.value = "2"
    desk.start_estimate()
    first = desk.estimate.value
    desk.change(0, ESCORT, 0.5)
    desk.start_estimate()
    assert "allowed only a sum of 1" in desk.message.value and a_sentence(desk.message.value)
    assert desk.estimate.value is first and desk.stale
    desk.pick(1, "full-protocol")
    desk.pick(0, "baseline")
    desk.start_estimate()
    assert desk.message.value == "" and desk.estimating


def test_a_wrong_count_leaves_the_estimate_that_is_there(desks):
    desk = desks(Setup("baseline", SHORT))
    desk.replicates.value = "2"
    desk.start_estimate()
    first = desk.estimate.value
    first.wait()
    desk.replicates.value = "x"
    desk.start_estimate()
    assert desk.estimate.value is first and first.result is not None


# Memory.


def test_a_desk_does_not_grow_with_playing(desks):
    desk, stage = desks(ONE, OTHER), Stage()
    desk.attach(stage)
    desk.analyst.value = True
    desk.speed.value = "4 hours per second"
    sizes, attributes = [], set()
    for _ in range(30):
        desk.playing.value = True
        for _ in range(10):
            desk.pulse(100.0)
        desk.step("hour")
        sizes.append(sum(len(pickle.dumps(lane.model)) for lane in desk.watch.lanes))
        attributes.add((len(vars(desk)), len(vars(desk.watch)), *(len(vars(drawn)) for drawn in desk.maps)))
    assert desk.watch.tick > 3 * TICKS_A_DAY
    assert max(sizes) - min(sizes) < 128  # numbers that need a byte more as they rise
    assert len(attributes) == 1
    for lane in desk.watch.lanes:
        collector = lane.model.datacollector
        assert not collector.model_vars and not collector.tables and not collector._agent_records
    desk.watch.go_to(0)
    assert not desk.watch.lanes[0].model.datacollector.model_vars


def test_an_estimate_that_ends_while_it_is_drawn_is_asked_for_once_more():
    class Ending:
        running, result, error, share = True, None, "", 0.5

        def stop(self):
            pass

    desk = Desk(Opening())
    stage = SimpleNamespace(hold_sync=nullcontext, interval=None)
    desk.attach(stage)
    desk.estimate.value = Ending()
    drawn = []

    def draw(_):
        drawn.append(desk.estimating)
        desk.estimate.value.running = False

    desk.look.subscribe(draw)
    desk.pulse(300.0)
    assert drawn == [True] and stage.interval > 0
    desk.pulse(300.0)
    assert drawn == [True, False] and stage.interval == 0
