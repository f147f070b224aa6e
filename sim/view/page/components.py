"""The page's parts as Solara components, each before its own Vue file. Each reads only what it shows."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import numpy as np
import solara

from sim.about import BANNER
from sim.agents import detectors
from sim.clock import DAYS_A_YEAR, TICKS_A_DAY
from sim.view.page import answer, levers
from sim.view.page.charts import charts
from sim.view.page.course import UNSEEN
from sim.view.page.desk import NOBODY, Desk
from sim.view.page.setup import command, scenarios
from sim.view.page.signs import legend
from sim.view.page.watch import SPEEDS, STEPS, in_words

CHART = {"style": "height: 250px"}
ALERT = {"role": "alert"}
Event = Callable[[Any], object]


@solara.component_vue("header.vue")
def _HeaderView(banner: str, address: str) -> None:
    """Name, banner, and what belongs to the window; see the file."""


@solara.component_vue("controls.vue")
def _ControlsView(
    picks: list[str],
    nobody: str,
    chosen: list[str],
    boxes: dict[str, str],
    pending: bool,
    groups: list[dict[str, Any]],
    values: list[dict[str, Any]],
    event_pick: Event,
    event_write: Event,
    event_lever: Event,
    event_apply: Event,
) -> None:
    """Policies, seed, levers; see the file."""


@solara.component_vue("answer.vue")
def _AnswerView(
    title: str,
    two: bool,
    headline: str,
    figures: str,
    notes: list[str],
    answered: bool,
    stale: bool,
    replicates: str,
    running: bool,
    share: float,
    error: str,
    event_write: Event,
    event_start: Event,
    event_stop: Event,
    event_keep: Event,
) -> None:
    """The estimate; see the file."""


@solara.component_vue("stage.vue")
def _StageView(
    title: str,
    grounds: list[str],
    ratios: list[float],
    titles: list[str],
    layers: list[str],
    marks: list[str],
    legend: str,
    remarks: list[str],
    switches: dict[str, bool],
    happened: list[list[Any]],
    two: bool,
    horizon: int,
    year: int,
    day: int,
    steps: list[str],
    speeds: list[str],
    speed: str,
    event_pulse: Event,
    event_toggle: Event,
    event_step: Event,
    event_on_to_event: Event,
    event_start_over: Event,
    event_to_end: Event,
    event_seek: Event,
    event_set_speed: Event,
    event_turn: Event,
    moving: list[str] = [],  # noqa: B006  this one and those below are the desk's to set
    clock: str = "",
    tick: int = 0,
    frame: int = 0,
    playing: bool = False,
    interval: int = 0,
) -> None:
    """The maps, the time line and the heartbeat; see the file."""


@solara.component_vue("events.vue")
def _EventsView(
    headers: list[dict[str, str]], entries: list[dict[str, Any]], notes: list[str], event_jump: Event, event_keep: Event
) -> None:
    """The event log; see the file."""


@solara.component_vue("files.vue")
def _FilesView(texts: list[dict[str, str]], parcel: dict[str, str] | None) -> None:
    """Texts to be copied, and what was asked for as a file; see the file."""


@solara.component
def Header(desk: Desk) -> None:
    """The page's name, and its address kept up to date."""
    desk.look.value  # noqa: B018
    _HeaderView(banner=BANNER, address=desk.address)


@solara.component
def Message(desk: Desk) -> None:
    """What went wrong last; the page stays as it was."""
    if desk.message.value:
        solara.HTML(tag="p", classes=["message"], unsafe_innerHTML=escape(desk.message.value), attributes=ALERT)


# Controls.


@solara.component
def Controls(desk: Desk) -> None:
    """Scenarios, seed, levers, the attacker's mind; they are applied together."""
    desk.look.value  # noqa: B018
    drafts = desk.drafts.value
    _ControlsView(
        picks=scenarios(desk.sources),
        nobody=NOBODY,
        chosen=[drafts[0].source, drafts[1].source if len(drafts) == 2 else NOBODY],
        boxes={"seed": desk.seed.value, "replicate": desk.replicate.value},
        pending=desk.pending,
        groups=levers.groups(),
        values=[levers.values(draft) for draft in drafts],
        event_pick=lambda sent: desk.pick(*sent),
        event_write=lambda sent: desk.write(*sent),
        event_lever=lambda sent: desk.set_lever(*sent),
        event_apply=lambda _: desk.apply(),
    )


# The answer.


@solara.component
def Answer(desk: Desk) -> None:
    """The estimate of what the controls say; the first one runs as the page opens."""

    def answer_at_once() -> None:
        desk.answer()

    desk.look.value  # noqa: B018
    solara.use_effect(answer_at_once, [])
    found, asked = desk.estimate.value, desk.asked
    _AnswerView(
        title="What B changes" if asked.two else "What to expect",
        two=asked.two,
        headline=answer.headline(found, asked),
        figures=answer.figures(found, asked),
        notes=answer.notes(found, asked),
        answered=bool(found and found.result),
        stale=desk.stale,
        replicates=desk.replicates.value,
        running=desk.estimating,
        share=round(found.share, 3) if found else 0.0,
        error=found.error if found else "",
        event_write=lambda sent: desk.write(*sent),
        event_start=lambda _: desk.start_estimate(),
        event_stop=lambda _: desk.stop_estimate(),
        event_keep=desk.keep,
    )


# The run.


@solara.component
def Stage(desk: Desk) -> None:
    """The clock, the time line, and one map or two side by side.

    What moves goes from the desk straight to the browser: a frame that went through Solara's tree of components would
    take ten times as long.
    """
    desk.look.value  # noqa: B018
    lanes, maps, shown = desk.watch.lanes, desk.maps, {name: on.value for name, on in desk.layers.items()}
    two = len(lanes) == 2
    grievance, coverage, analyst, _ = shown.values()
    stage = _StageView(
        title="One run of each, as an example" if two else "One run, as an example",
        grounds=[drawn.ground for drawn in maps],
        ratios=[drawn.width / drawn.height for drawn in maps],
        titles=[f"{'AB'[k]}: {lane.scenario.name}" for k, lane in enumerate(lanes)] if two else [],
        layers=[drawn.layers(lane.model, grievance, coverage) for drawn, lane in zip(maps, lanes, strict=True)],
        marks=desk.marks(),
        legend=legend(grievance, coverage, analyst, two),
        remarks=remarks(desk),
        switches=shown,
        happened=happened(desk),
        two=two,
        horizon=desk.watch.horizon,
        year=DAYS_A_YEAR * TICKS_A_DAY,
        day=TICKS_A_DAY,
        steps=list(STEPS),
        speeds=list(SPEEDS),
        speed=desk.speed.value,
        event_pulse=desk.pulse,
        event_toggle=lambda _: desk.toggle(),
        event_step=desk.step,
        event_on_to_event=lambda _: desk.step_to_event(),
        event_start_over=lambda _: desk.start_over(),
        event_to_end=lambda _: desk.to_end(),
        event_seek=desk.seek,
        event_set_speed=desk.set_speed,
        event_turn=lambda sent: desk.turn(*sent),
    )
    solara.use_effect(lambda: desk.attach(solara.get_widget(stage)), [])


def remarks(desk: Desk) -> list[str]:
    """What the layers that are switched on would not show by themselves."""
    worlds = [lane.model.world for lane in desk.watch.lanes]
    found = []
    if desk.grievance.value:
        levels = np.concatenate([world.residents["grievance"] for world in worlds])
        found.append(
            f"Grievance of the towns now: from {levels.min():.2f} to {levels.max():.2f}, on a scale from 0 to 1."
        )
    posts = [world.detectors[world.detectors["kind"] != detectors.CHECKPOINT] for world in worlds]
    if desk.coverage.value and not any(np.any(some["working"] == 1) for some in posts):
        found.append("No camera, tower or drone works at present.")
    return found


def happened(desk: Desk) -> list[list[Any]]:
    """Marks of the time line, over the whole run: tick, look, and whose it is; plots on the analyst's view only."""
    return [
        [event["time"], event["stage"].split(":")[0].replace(" ", "-"), number]
        for number, lane in enumerate(desk.watch.lanes)
        for event in lane.course.events
        if desk.analyst.value or event["stage"] not in UNSEEN
    ]


@solara.component
def Difference(desk: Desk) -> None:
    """What this run has counted so far, or what the second policy's has more or less of."""
    desk.look.value  # noqa: B018
    text = difference_in_words(desk) if len(desk.watch.lanes) == 2 else this_run(desk)
    solara.HTML(tag="p", classes=["difference"], unsafe_innerHTML=text)


def this_run(desk: Desk) -> str:
    """What the single run shows so far."""
    count, years = desk.watch.lanes[0].so_far("incidents"), desk.watch.tick / (DAYS_A_YEAR * TICKS_A_DAY)
    return f"This run so far: {count} {'incident' if count == 1 else 'incidents'} in {years:.2f} years."


def difference_in_words(desk: Desk) -> str:
    """B less A at the present, and since when they differ."""
    found, parting = desk.watch.difference(), desk.watch.parting(desk.analyst.value)
    counts = [
        f"{found['incidents']:+d} incidents",
        f"{found['foiled']:+d} foiled plots",
        f"{found['deaths_foreign']:+d} foreign deaths",
        f"{found['trips']:+d} movements",
        f"{found['project_spent'] / 1e6:+z.2f} million USD on the projects' ledger",
        f"{found['state_spent'] / 1e6:+z.2f} on the state's",
    ]
    since = "no event differs yet" if parting is None else f"first event that only one of them has: {in_words(parting)}"
    return f"These two runs so far, B less A, on the same random numbers: {', '.join(counts)}; {since}."


@solara.component
def Panels(desk: Desk) -> None:
    """Curves and funnel."""
    desk.look.value  # noqa: B018
    with solara.Div(classes=["panels"]):
        for title, option in charts(desk.watch).items():
            with solara.Div(classes=["panel"]):
                solara.HTML(tag="h3", unsafe_innerHTML=title)
                label = {"role": "img", "aria-label": title}
                solara.FigureEcharts(option=option, attributes=CHART | label, responsive=True)


@solara.component
def Log(desk: Desk) -> None:
    """The event log; a click replays to that moment."""
    desk.look.value  # noqa: B018
    columns = {"when": "when", "event": "event", "against": "against", "not_followed": "not followed"}
    columns |= {"served": "insider", "killed": "killed: foreign / guards / residents"}
    if len(desk.watch.lanes) == 2:
        columns = {"when": "when", "policy": "policy"} | columns
    events = [_line(desk, number, event) for number, event in enumerate(desk.watch.events(desk.analyst.value))]
    full = any(lane.model.total("events_lost") > 0 for lane in desk.watch.lanes)
    _EventsView(
        headers=[{"text": text, "value": value} for value, text in columns.items()],
        entries=events[::-1],
        notes=["The log is full: what happened later is counted in the panels, and has no line and no mark."]
        if full
        else [],
        event_jump=desk.jump,
        event_keep=desk.keep,
    )


def _line(desk: Desk, number: int, event: dict[str, Any]) -> dict[str, Any]:
    deaths = [event[f"deaths_{ledger}"] for ledger in ("foreign", "security", "residents")]
    return {
        "number": number,
        "policy": "AB"[event["lane"]] + (" only" if event["alone"] else ""),
        "when": event["when"],
        "event": event["stage"],
        "against": f"{event['target_class']}: {event['target']}",
        "not_followed": ", ".join(event["deviations"]).replace("_", " "),
        "served": "yes" if event["insider"] else "",
        "killed": " / ".join(map(str, deaths)) if event["stage"] == "incident" else "",
        "alone": event["alone"],
        "later": event["time"] >= desk.watch.tick,
    }


# To take along.


@solara.component
def Files(desk: Desk) -> None:
    """The run on the screen as a scenario file and as a command; files that somebody asked for."""
    desk.look.value  # noqa: B018
    watch = desk.watch
    labels = ["copy A as YAML", "copy B as YAML"] if len(watch.setups) == 2 else ["copy as YAML"]
    texts = [{"label": label, "text": setup.yaml()} for label, setup in zip(labels, watch.setups, strict=True)]
    texts.append({"label": "copy command", "text": command(watch.setups, watch.seed, watch.replicate)})
    _FilesView(texts=texts, parcel=desk.parcel.value)
