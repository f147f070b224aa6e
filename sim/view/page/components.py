"""The page's parts as Solara components. Each reads only what it shows, so a frame draws little anew."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from html import escape
from typing import Any

import solara

from sim.analysis.tables import below_zero
from sim.scenario.fields import FieldRow
from sim.view.page.charts import YEAR, charts
from sim.view.page.desk import NOBODY, Desk
from sim.view.page.setup import MAIN, MIND, command, others, rows, scenarios
from sim.view.page.signs import legend
from sim.view.page.watch import SPEEDS, STEPS, in_words

CHART = {"style": "height: 250px"}


@solara.component_vue("stage.vue")
def _StageView(
    grounds: list[str],
    ratios: list[float],
    titles: list[str],
    names: bool,
    layers: list[str],
    marks: list[str],
    event_pulse: Callable[[float], bool],
    moving: list[str] = [],  # noqa: B006  this one and those below are the desk's to set
    clock: str = "",
    frame: int = 0,
    playing: bool = False,
    interval: int = 0,
) -> None:
    """The maps and the heartbeat; see the file."""


@solara.component_vue("events.vue")
def EventTable(headers: list, entries: list, event_jump: Callable[[int], None]) -> None:
    """The event log."""


@solara.component_vue("copy.vue")
def CopyText(label: str, text: str) -> None:
    """A text, and a button that copies it."""


# Time.


@solara.component
def TimeControls(desk: Desk) -> None:
    """Play, pause, steps, speed."""
    playing = desk.playing.value
    icon, label = ("mdi-pause", "Pause") if playing else ("mdi-play", "Play")
    with solara.Row(gap="6px", classes=["time"]):
        solara.Button(label, icon_name=icon, on_click=desk.toggle, color="primary", classes=["play"])
        for length in STEPS:
            solara.Button(f"+1 {length}", on_click=partial(desk.step, length), outlined=True)
        solara.Button("Next event", icon_name="mdi-skip-next", on_click=desk.step_to_event, outlined=True)
        solara.Select("Speed", list(SPEEDS), value=desk.speed, classes=["speed"], dense=True)


@solara.component
def Layers(desk: Desk) -> None:
    """What the maps show."""
    with solara.Row(gap="18px", classes=["switches"]):
        for label, switch in (
            ("Grievance", desk.grievance),
            ("Camera coverage", desk.coverage),
            ("Analyst's view", desk.analyst),
            ("Names", desk.names),
        ):
            _switch(label, switch, desk.refresh)


def _switch(label: str, switch: solara.Reactive[bool], then: Callable[[], None]) -> None:
    def change(value: bool) -> None:
        switch.set(value)
        then()

    solara.Switch(label=label, value=switch.value, on_value=change)


# The maps.


@solara.component
def Stage(desk: Desk) -> None:
    """The clock and one map, or two side by side.

    What moves goes from the desk straight to the browser: a frame that went through Solara's tree of components would
    take ten times as long.
    """
    desk.look.value  # noqa: B018
    lanes, maps = desk.watch.lanes, desk.maps
    two = len(lanes) == 2
    stage = _StageView(
        grounds=[drawn.ground for drawn in maps],
        ratios=[drawn.width / drawn.height for drawn in maps],
        titles=[f"{'AB'[k]}: {lane.scenario.name}" for k, lane in enumerate(lanes)] if two else [],
        names=desk.names.value,
        layers=[
            drawn.layers(lane.model, desk.grievance.value, desk.coverage.value)
            for drawn, lane in zip(maps, lanes, strict=True)
        ],
        marks=desk.marks(),
        event_pulse=desk.pulse,
    )
    solara.use_effect(lambda: desk.attach(solara.get_widget(stage)), [])


@solara.component
def Legend(desk: Desk) -> None:
    """What the signs mean."""
    desk.look.value  # noqa: B018
    analyst, two = desk.analyst.value, len(desk.maps) == 2
    solara.HTML(classes=["legend"], unsafe_innerHTML=legend(desk.grievance.value, desk.coverage.value, analyst, two))


@solara.component
def Difference(desk: Desk) -> None:
    """In one line what the second policy has more or less of so far."""
    desk.look.value  # noqa: B018
    if len(desk.watch.lanes) == 2:
        solara.HTML(tag="p", classes=["difference"], unsafe_innerHTML=difference_in_words(desk))


def difference_in_words(desk: Desk) -> str:
    """B less A at the present, and since when they differ."""
    found, parting = desk.watch.difference(), desk.watch.parting(desk.analyst.value)
    counts = [
        f"{found['incidents']:+d} incidents",
        f"{found['foiled']:+d} foiled plots",
        f"{found['deaths_foreign']:+d} foreign deaths",
        f"{found['trips']:+d} movements",
        f"{found['project_spent'] / 1e6:+.2f} million USD on the projects' ledger",
        f"{found['state_spent'] / 1e6:+.2f} on the state's",
    ]
    since = "no event differs yet" if parting is None else f"first event that only one of them has: {in_words(parting)}"
    return f"B less A so far, on the same random numbers: {', '.join(counts)}; {since}."


# The panels.


@solara.component
def Panels(desk: Desk) -> None:
    """Curves, funnel and event log."""
    desk.look.value  # noqa: B018
    with solara.Div(classes=["panels"]):
        for title, option in charts(desk.watch).items():
            with solara.Div(classes=["panel"]):
                solara.HTML(tag="h4", unsafe_innerHTML=title)
                solara.FigureEcharts(option=option, attributes=CHART, responsive=True)


@solara.component
def Log(desk: Desk) -> None:
    """The event log; a click replays to that moment."""
    desk.look.value  # noqa: B018
    two = len(desk.watch.lanes) == 2
    columns = {"when": "when", "event": "event", "against": "against", "not_followed": "not followed"}
    columns |= {"served": "insider", "killed": "killed: foreign / guards / residents"}
    if two:
        columns = {"policy": "policy"} | columns
    headers = [{"text": text, "value": value, "sortable": False} for value, text in columns.items()]
    events = [_line(desk, number, event) for number, event in enumerate(desk.watch.events(desk.analyst.value))]
    solara.HTML(tag="h4", unsafe_innerHTML="Event log: a click goes to that moment, replayed from the seed")
    if any(lane.model.total("events_lost") > 0 for lane in desk.watch.lanes):
        solara.Warning("The log is full: what happened later is counted in the panels, and has no line and no mark.")
    EventTable(headers=headers, entries=events[::-1], event_jump=desk.jump)


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


# The estimate.


@solara.component
def EstimateCard(desk: Desk) -> None:
    """Replicates in the background, beside the single run."""
    desk.look.value  # noqa: B018
    found = desk.estimate.value
    with solara.Div(classes=["estimate"]):
        solara.HTML(tag="h4", unsafe_innerHTML="One run is no answer")
        solara.HTML(tag="p", unsafe_innerHTML="<br>".join(this_run(desk)))
        with solara.Row(gap="12px", style={"align-items": "center"}):
            solara.InputText("Replicates", value=desk.replicates)
            if desk.estimating:
                solara.Button("Stop", on_click=desk.stop_estimate, outlined=True)
            else:
                solara.Button("Estimate", on_click=desk.start_estimate, color="primary")
        if found is not None and found.running:
            solara.ProgressLinear(100 * found.share)
        if found is not None and found.error:
            solara.Error(found.error)
        if found is not None and found.result:
            solara.HTML(tag="p", classes=["result"], unsafe_innerHTML="<br>".join(estimated(desk)))


def this_run(desk: Desk) -> list[str]:
    """The single run's count so far, a line per policy."""
    years = desk.watch.tick / YEAR
    counts = [lane.so_far("incidents") for lane in desk.watch.lanes]
    return [
        f"{_policy(desk, k)}this run: {count} {'incident' if count == 1 else 'incidents'} in {years:.2f} years"
        for k, count in enumerate(counts)
    ]


def estimated(desk: Desk) -> list[str]:
    """Rates with their intervals, a line per policy, and the paired difference."""
    found = desk.estimate.value
    if found is None or found.result is None:
        return []
    lines = [f"{_policy(desk, k)}{_rate(rate)} incidents a year" for k, rate in enumerate(found.result["rates"])]
    if "difference" in found.result:
        pair = found.result["difference"]
        lines.append(f"B less A: {_rate(pair, '+')} a year, paired; correlation {pair['correlation']:.2f}")
    years = found.scenarios[0].run.horizon
    lines.append(f"expected counts, {found.count} replicates of {years:g} years, 95 % t intervals")
    why = below_zero(rate["estimate"] for rate in found.result["rates"])
    return [*lines, why] if why else lines


def _policy(desk: Desk, number: int) -> str:
    return f"{'AB'[number]}, {escape(desk.watch.lanes[number].scenario.name)}: " if len(desk.watch.lanes) == 2 else ""


def _rate(entry: dict[str, float], sign: str = "") -> str:
    return f"{entry['estimate']:{sign}.2f} [{entry['low']:{sign}.2f}, {entry['high']:{sign}.2f}]"


# Controls.


@solara.component
def Controls(desk: Desk) -> None:
    """Scenarios, seed, levers, the attacker's mind; Reset applies them."""
    drafts = desk.drafts.value
    side, set_side = solara.use_state(0)
    side = min(side, len(drafts) - 1)
    picks = scenarios(desk.sources)
    solara.Select("Policy", picks, value=drafts[0].source, on_value=partial(desk.pick, 0))
    beside = drafts[1].source if len(drafts) == 2 else NOBODY
    solara.Select("Compare with", [NOBODY, *picks], value=beside, on_value=partial(desk.pick, 1))
    with solara.Row(gap="12px"):
        solara.InputText("Seed", value=desk.seed)
        solara.InputText("Replicate", value=desk.replicate)
    ResetButton(desk)
    if len(drafts) == 2:
        with solara.ToggleButtonsSingle(value=side, on_value=set_side, dense=True):
            solara.Button("Levers of A", value=0)
            solara.Button("Levers of B", value=1)
    Levers(desk, side, tuple(rows([*MAIN, *desk.added.value])))
    _add_lever(desk)
    solara.HTML(
        tag="h4", unsafe_innerHTML="The attacker's mind, for both" if len(drafts) == 2 else "The attacker's mind"
    )
    Levers(desk, 0, tuple(rows(MIND)))
    Files(desk)


@solara.component
def ResetButton(desk: Desk) -> None:
    """Applies the controls; says whether there is anything to apply."""
    desk.look.value  # noqa: B018
    pending = desk.pending
    label = "Reset: apply the changes" if pending else "Reset"
    solara.Button(label, icon_name="mdi-restart", on_click=desk.reset, color="warning" if pending else None, block=True)


def _add_lever(desk: Desk) -> None:
    """A box in which any other lever can be found by its words."""

    def add(path: str | None) -> None:
        if path in [item["value"] for item in left]:  # the page may send anything
            desk.added.value = [*desk.added.value, path]

    added = desk.added.value
    left = [{"value": row.path, "text": f"{row.path}: {row.description}"} for row in others() if row.path not in added]
    box = solara.v.Autocomplete(label="Add a lever", items=left, v_model=None, on_v_model=add, dense=True)
    box.key(f"add-{len(added)}")  # a new one, empty again, after each choice


@solara.component
def Levers(desk: Desk, side: int, shown: tuple[FieldRow, ...]) -> None:
    """A control for each row of the schema, at the value that the draft has."""
    draft = desk.drafts.value[side]
    for row in shown:
        _lever(row, draft.value(row.path), partial(desk.change, side, row))


def _lever(row: FieldRow, value: Any, change: Callable[[Any], None]) -> None:
    """A switch, a list of choices, or a slider between the schema's bounds."""
    with solara.Div(classes=["lever"]):
        solara.HTML(tag="label", unsafe_innerHTML=escape(_called(row)), attributes={"title": row.path})
        if row.type == "switch":
            solara.Switch(label="yes" if value else "no", value=value, on_value=change)
        elif row.type == "choice":
            solara.Select("", list(row.choices), value=value, on_value=change)
        else:
            places = stops(row, value)
            at = places.index(value)
            solara.SliderInt(
                f"{value:g}", at, max=len(places) - 1, thumb_label=False, on_value=lambda k: change(places[k])
            )


def _called(row: FieldRow) -> str:
    """What a lever is, with its unit and bounds."""
    bounds = "" if row.low is None else f"{row.low:g} to {row.high:g}"
    facts = ", ".join(text for text in ("" if row.unit == "-" else row.unit, bounds) if text)
    return f"{row.description} ({facts})" if facts else row.description


def stops(row: FieldRow, value: float) -> list[Any]:
    """Where a slider can stand: about a hundred round values between the schema's bounds, its default, the value."""
    low, high = row.low or 0, row.high or 1
    step = _round_step(low, high, 1 if row.type == "integer" else 0)
    count = math.floor((high - low) / step + 1e-9)
    kind = int if row.type == "integer" else lambda x: float(f"{x:.6g}")
    return sorted({kind(low + k * step) for k in range(count + 1)} | {kind(high), row.default, value})


def _round_step(low: float, high: float, least: float) -> float:
    """1, 2 or 5 times a power of ten, about a hundredth of the width."""
    rough = max((high - low) / 100, least)
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * m for m in (1, 2, 5, 10) if power * m >= rough * 0.999)


@solara.component
def Files(desk: Desk) -> None:
    """The run on the screen as a scenario file and as a command."""
    desk.look.value  # noqa: B018
    watch = desk.watch
    with solara.Details("This run as a file, and as a command"):
        for number, setup in enumerate(watch.setups):
            CopyText(
                label=f"copy {'AB'[number]} as YAML" if len(watch.setups) == 2 else "copy as YAML", text=setup.yaml()
            )
        CopyText(label="copy command", text=command(watch.setups, watch.seed, watch.replicate))
