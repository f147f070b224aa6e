"""The desk of one browser tab: what it watches, what its switches say, what was changed and not yet applied.

Handlers that the page calls never raise: whatever goes wrong becomes `message`, and what was on the screen stays.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import solara

from sim.analysis.compare import check_pair
from sim.errors import InputError
from sim.runs.worker import RunError
from sim.scenario.fields import FieldRow
from sim.view.page import address, answer, exports, levers
from sim.view.page.course import UNSEEN
from sim.view.page.estimate import Estimate
from sim.view.page.map import Map, Signs, differing
from sim.view.page.setup import MIND, Opening, Setup, scenarios, whole
from sim.view.page.watch import MOST_REPLICATE, SPEEDS, Watch

FRAME_MS, ESTIMATE_MS = 25, 300  # between two pictures while playing; while replicates run
PANELS_EVERY = 1.0  # seconds between two looks at the panels while playing
OVER = "The run has come to its end; From start shows it again, another seed or replicate another one."
NOBODY = "(none)"
NO_POLICY = (
    "Policy: allowed a name of the list: of a shipped scenario, or a file that `sitesec watch` was started with."
)
MOST_REPLICATES = 20_000
LAYERS = ("Grievance", "Camera coverage", "Analyst's view", "Names")  # what the maps can show
FAILURES = (InputError, RunError, ValueError, OSError)


opening = Opening()  # `sitesec watch` puts its own here


def guarded(handler: Callable[..., Any]) -> Callable[..., bool]:
    """A handler whose failure is said in the page; says whether it went well."""

    @wraps(handler)
    def safe(desk: Desk, *values: Any) -> bool:
        try:
            handler(desk, *values)
        except FAILURES as error:
            desk.playing.value = False
            desk.message.value = str(error)
            desk.refresh()
            return False
        return True

    return safe


def action(handler: Callable[..., Any]) -> Callable[..., None]:
    """A guarded handler of something that somebody did: if it goes well the last message is out of date."""
    guard = guarded(handler)

    @wraps(handler)
    def safe(desk: Desk, *values: Any) -> None:
        if guard(desk, *values):
            desk.message.value = ""

    return safe


class Desk:
    """State of one tab.

    What moves is pushed to the page's stage at each frame; `look` counts the pictures of everything else, which changes
    more slowly, and whatever reads it is drawn anew.
    """

    def __init__(self, shown: Opening) -> None:
        self.sources = [setup.source for setup in shown.setups]
        self.look = solara.reactive(0)
        self.playing, self.speed = solara.reactive(False), solara.reactive("1 hour per second")
        self.message = solara.reactive("")
        self.grievance, self.coverage = solara.reactive(False), solara.reactive(False)
        self.analyst, self.names = solara.reactive(False), solara.reactive(True)
        self.drafts = solara.reactive(list(shown.setups))
        self.seed, self.replicate = solara.reactive(str(shown.seed)), solara.reactive(str(shown.replicate))
        self.replicates = solara.reactive("200")
        self.parcel: solara.Reactive[dict[str, str] | None] = solara.reactive(None)
        self.asked = answer.Asked()  # whom the estimate answers for
        self.estimate: solara.Reactive[Estimate | None] = solara.reactive(None)
        self.chosen: dict[str, Any] | None = None
        self._looked, self._events, self._frame = 0.0, 0, 0
        self._stage: Any = None
        self._show(Watch(shown.setups, shown.seed, shown.replicate))

    @classmethod
    def opened(cls, query: str = "") -> Desk:
        """What a new tab shows: what its address asks for, else the command line, else the baseline; and why."""
        reason = ""
        for shown in (lambda: address.read(query, opening), lambda: opening, Opening):
            try:
                wanted = shown()
                desk = cls(wanted)
            except FAILURES as error:
                reason = reason or str(error)
                continue
            desk.watch.begin() if wanted.tick is None else desk.watch.go_to(wanted.tick)
            desk.sources = [setup.source for setup in opening.setups]
            desk.refresh()
            desk.message.value = reason
            return desk
        raise RuntimeError(reason)  # the shipped baseline can't be read

    def _show(self, watch: Watch) -> None:
        self.watch = watch
        self.maps = [Map(lane.scenario) for lane in watch.lanes]
        self.chosen = None
        self.refresh()

    def refresh(self) -> None:
        """Draw everything anew."""
        self._looked, self._events = time.monotonic(), self._count()
        busy = self.estimating  # read before it is drawn: should it end meanwhile, the page asks once more
        self.look.value += 1
        self._push(busy)

    def attach(self, stage: Any) -> None:
        """Take the widget that shows what moves."""
        self._stage = stage
        self._push(self.estimating)

    def _push(self, busy: bool) -> None:
        """Show the present: pictures of what moves, clock, and how soon the page shall ask again."""
        if self._stage is None:
            return
        self._frame += 1
        with self._stage.hold_sync():
            self._stage.moving, self._stage.clock, self._stage.frame = self.pictures(), self.watch.clock, self._frame
            self._stage.tick = self.watch.tick
            self._stage.playing = self.playing.value
            self._stage.interval = FRAME_MS if self.playing.value else ESTIMATE_MS if busy else 0

    def _count(self) -> int:
        return sum(len(lane.course.so_far(self.watch.seen)) for lane in self.watch.lanes)

    # Time.

    @guarded
    def pulse(self, milliseconds: float) -> None:
        """A picture has been drawn, so much time after the one before: go on, if the page plays."""
        if self.playing.value:
            self.watch.play(milliseconds / 1000, SPEEDS[self.speed.value])
            if self.watch.over:
                self.playing.value = False
        due = time.monotonic() - self._looked > PANELS_EVERY
        if due or self._count() != self._events or not self.playing.value:
            self.refresh()
        else:
            self._push(self.estimating)

    @action
    def toggle(self) -> None:
        """Play or pause."""
        if self.watch.over:
            raise ValueError(OVER)
        self.playing.value = not self.playing.value
        self.refresh()

    @action
    def step(self, length: str) -> None:
        """A tick, an hour, a day or a month."""
        self._pause()
        self.watch.step(length)
        self.refresh()

    @action
    def seek(self, tick: float) -> None:
        """To a moment of the time line; it plays on from there, if it plays."""
        self.watch.go_to(round(tick))
        self.playing.value = self.playing.value and not self.watch.over
        self.refresh()

    @action
    def start_over(self) -> None:
        """To the start, with nothing seen yet."""
        self._pause()
        self.chosen = None
        self.watch.start_over()
        self.refresh()

    @action
    def to_end(self) -> None:
        """To the horizon."""
        self._pause()
        self.watch.go_to(self.watch.horizon)
        self.refresh()

    @action
    def set_speed(self, name: str) -> None:
        """Take another speed of the list."""
        if name not in SPEEDS:
            raise ValueError(f"Speed: allowed one of {', '.join(SPEEDS)}.")
        self.speed.value = name

    @action
    def turn(self, name: str, on: bool) -> None:
        """Switch what the maps show on or off."""
        self.layers[name].value = bool(on)
        self.refresh()

    @property
    def layers(self) -> dict[str, solara.Reactive[bool]]:
        """The maps' switches by their names."""
        return dict(zip(LAYERS, (self.grievance, self.coverage, self.analyst, self.names), strict=True))

    @action
    def step_to_event(self) -> None:
        """To the next event, and mark it."""
        self._pause()
        before = self.watch.tick
        found = self.watch.step_to_event(self.analyst.value)
        later = [event for event in self.watch.events(self.analyst.value) if event["time"] >= before]
        self.chosen = later[0] if found else self.chosen
        self.refresh()
        if not found:
            raise ValueError("No further event in this run; another seed or replicate has others.")

    @action
    def jump(self, number: int) -> None:
        """To an event of the log, by its place in it."""
        self._pause()
        events = self.watch.events(self.analyst.value)
        if number >= len(events):
            raise ValueError("That event is no longer in the log.")
        self.chosen = events[number]
        self.watch.go_to(self.chosen["time"] + 1)
        self.refresh()

    def _pause(self) -> None:
        self.playing.value = False

    # Controls.

    @action
    def pick(self, side: int, source: str) -> None:
        """Take another scenario for a policy, or none for the second one; the attacker's mind stays.

        The page may send any text; files that nobody named on the command line are not looked at.
        """
        drafts = list(self.drafts.value)
        if source == NOBODY:
            drafts = drafts[:side]
        elif source not in scenarios(self.sources):
            raise ValueError(NO_POLICY)
        else:
            mind = {path: value for path, value in drafts[0].values.items() if path in MIND}
            picked = Setup(source, mind)
            picked.scenario()
            drafts[side : side + 1] = [picked]
        self.drafts.value = drafts

    @action
    def change(self, side: int, row: FieldRow, value: Any) -> None:
        """Change a value of a policy; one of the attacker's mind changes for both."""
        both = row.path in MIND
        drafts = enumerate(self.drafts.value)
        self.drafts.value = [draft.changed(row, value) if both or k == side else draft for k, draft in drafts]

    @action
    def set_lever(self, side: int, path: str, value: object) -> None:
        """Take a value from the page's controls."""
        row = levers.row_of(path)
        self.change(side, row, levers.read(row, value))

    @action
    def write(self, box: str, text: str) -> None:
        """Keep what somebody typed into a box."""
        {"seed": self.seed, "replicate": self.replicate, "replicates": self.replicates}[box].value = str(text)

    @property
    def pending(self) -> bool:
        """Whether the controls say something else than what runs."""
        said = self.seed.value, self.replicate.value
        return self.drafts.value != self.watch.setups or said != (str(self.watch.seed), str(self.watch.replicate))

    @action
    def reset(self) -> None:
        """Begin again at t = 0 with what the controls say."""
        self._restart(self._watch_of_controls())

    def apply(self) -> None:
        """Begin again with what the controls say, shortly before the first incident, and answer for it."""
        self._restart_early()
        if not self.message.value:
            self.answer()

    @action
    def _restart_early(self) -> None:
        watch = self._watch_of_controls()
        watch.begin()
        self._restart(watch)

    def _watch_of_controls(self) -> Watch:
        self._pause()
        seed, number = whole("seed", self.seed.value), whole("replicate", self.replicate.value, 0, MOST_REPLICATE)
        drafts = [Setup(draft.source, draft.values) for draft in self.drafts.value]  # their files are read anew
        return Watch(drafts, seed, number)

    def _restart(self, watch: Watch) -> None:
        self._show(watch)
        self.drafts.value, self.seed.value, self.replicate.value = watch.setups, str(watch.seed), str(watch.replicate)
        if self.stale:
            self._drop_estimate()

    # The estimate.

    @action
    def start_estimate(self) -> None:
        """Run replicates of what the controls say, applied to the run or not."""
        self._estimate()

    @guarded
    def answer(self) -> None:
        """Start an estimate where there is none; a message stays, nobody has done anything about it."""
        if self.estimate.value is None:
            self._estimate()

    def _estimate(self) -> None:
        count = whole("replicates", self.replicates.value, 2, MOST_REPLICATES)
        seed = whole("seed", self.seed.value)
        drafts = tuple(self.drafts.value)
        scenarios = [draft.scenario() for draft in drafts]
        if len(scenarios) == 2:
            check_pair(*scenarios)
        asked = answer.asked(drafts, scenarios)
        self._stop_estimate()
        self.asked = asked
        self.estimate.value = Estimate(scenarios, count, seed).start()
        self.refresh()

    @property
    def stale(self) -> bool:
        """Whether the estimate answers for something else than the controls say."""
        found = self.estimate.value
        said = tuple(self.drafts.value), self.seed.value.strip()
        return found is not None and said != (self.asked.setups, str(found.seed))

    def stop_estimate(self) -> None:
        """Enough of it."""
        self._drop_estimate()
        self.refresh()

    def _stop_estimate(self) -> None:
        if self.estimate.value is not None:
            self.estimate.value.stop()

    def _drop_estimate(self) -> None:
        self._stop_estimate()
        self.estimate.value = None
        self.asked = answer.Asked()

    @property
    def estimating(self) -> bool:
        """Whether replicates are being run."""
        return self.estimate.value is not None and self.estimate.value.running

    # What can be taken along.

    @property
    def address(self) -> str:
        """What brings this screen back, as the query of an address."""
        return address.written(self.drafts.value, self.seed.value, self.replicate.value, self.watch.tick)

    @action
    def keep(self, name: str) -> None:
        """Hand the browser a file: the estimate or the event log."""
        found, asked = self.estimate.value, self.asked
        if name == "log.csv":
            text = exports.log_csv(self.watch.events(self.analyst.value))
        elif found is None or found.result is None or name not in ("estimate.csv", "estimate.json"):
            raise ValueError("There is no estimate to keep yet.")
        else:
            text = exports.as_csv(found, asked) if name.endswith("csv") else exports.as_json(found, asked)
        self.parcel.value = {"name": name, "type": "text/plain", "text": text}

    def close(self) -> None:
        """The tab is gone."""
        self._pause()
        self._drop_estimate()

    # Pictures.

    def pictures(self) -> list[str]:
        """What moves on each map."""
        models = [lane.model for lane in self.watch.lanes]
        signs = [m.signs(model, self.analyst.value) for m, model in zip(self.maps, models, strict=True)]
        cells = self._differing(signs)
        return [m.moving(model, s, cells) for m, model, s in zip(self.maps, models, signs, strict=True)]

    def marks(self) -> list[str]:
        """What has happened so far, on each map."""
        events = [e for e in self.watch.events(self.analyst.value) if e["time"] < self.watch.tick]
        own = [[event for event in events if event["lane"] == k] for k in range(len(self.maps))]
        return [
            drawn.marks(some, self._chosen_on(k)) for k, (drawn, some) in enumerate(zip(self.maps, own, strict=True))
        ]

    def _chosen_on(self, k: int) -> dict[str, Any] | None:
        """The chosen event where it can be seen: with the same ground on both maps, where the analyst's view is on."""
        chosen = self.chosen
        if chosen is None or (chosen["stage"] in UNSEEN and not self.analyst.value):
            return None
        return chosen if self.maps[k].file == self.maps[chosen["lane"]].file else None

    def _differing(self, signs: Sequence[Signs]) -> set[int]:
        alike = len(signs) == 2 and self.maps[0].file == self.maps[1].file
        return differing(*signs) if alike else set()
