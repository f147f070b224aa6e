"""The legend: every sign of the map as it is drawn there, with what it means."""

from __future__ import annotations

from sim.agents import escorts
from sim.state import RECORDS
from sim.view.page import map as drawn

TEAMS = {
    escorts.SPECIAL_POLICE: "escort team of the special police",
    escorts.PROJECT_TEAMS: "the project's",
    escorts.PARTNER_TEAMS: "the partner's",
    escorts.JOINT_PATROLS: "joint patrol",
}
ALWAYS = (
    ("site", drawn.SITE, "site"),
    ("hub", drawn.HUB, "hub"),
    ("base", drawn.TEAM, "base, with its free teams"),
    ("checkpoint", drawn.CHECKPOINT, "checkpoint"),
    ("checkpoint unstaffed", drawn.CHECKPOINT, "checkpoint, nobody there"),
    ("convoy escorted", drawn.CONVOY, "convoy with an escort"),
    ("convoy alone", drawn.CONVOY, "convoy without one"),
    ("convoy escorted armoured", drawn.CONVOY, "thick rim: armoured"),
    ("convoy waits", drawn.CONVOY, "waits for its escort"),
    *((f"team {drawn.FORCES[kind][0]}", drawn.FORCES[kind][1], name) for kind, name in TEAMS.items()),
    ("team police response", drawn.TEAM, "response to an attack"),
    ("drone", drawn.DRONE, "drone crew"),
    ("mark incident", drawn.INCIDENT, "incident"),
    ("mark foiled", drawn.FOILED, "foiled plot; a figure beside a sign: so many there"),
)
ANALYST = (
    ("attacker watching", drawn.ATTACKER, "attacker (analyst's view)"),
    ("attacker waiting", drawn.ATTACKER, "on its approach or waiting"),
    ("mark plot", drawn.PLOT, "plot begun"),
    ("mark gave-up", drawn.GAVE_UP, "plot given up"),
)
LINES = (("road", "road"), ("closed", "road closed for a convoy"))


def legend(grievance: bool, coverage: bool, analyst: bool, two: bool) -> str:
    """The legend as HTML: what is always there, and what the switches add."""
    further = ((f"further {array}", shape, RECORDS[array].name) for array, shape in drawn.FURTHER.items())
    entries = [_sign(look, shape, text) for look, shape, text in (*ALWAYS, *further, *(ANALYST if analyst else ()))]
    entries += [_line(look, text) for look, text in LINES]
    entries.append(_round("town", 1.0, "town"))
    entries.append(_round("protest", 1.4, "protest blocks the road"))
    if coverage:
        entries += [
            _round("reach", 1.6, "reach of cameras and towers", ' fill-opacity=".4"'),
            _line("stretch", "drone's stretch today"),
        ]
    if grievance:
        entries.append(
            '<span class="entry"><i class="scale"></i> grievance of residents, 0 to 1, spread between towns</span>'
        )
    if two:
        entries.append(_sign("differs", drawn.FRAME, "differs between A and B now"))
        entries.append(_round("ring only", 1.5, "event that only this policy has"))
    return "".join(entries)


def _sign(look: str, shape: str, text: str) -> str:
    return _entry(f'<path class="{look}" d="{shape}"/>', text)


def _line(look: str, text: str) -> str:
    return _entry(f'<polyline class="{look}" points="-1.6,0 1.6,0"/>', text)


def _round(look: str, radius: float, text: str, more: str = "") -> str:
    return _entry(f'<circle class="{look}" r="{radius}"{more}/>', text)


def _entry(sign: str, text: str) -> str:
    return f'<span class="entry"><svg viewBox="-1.8 -1.8 3.6 3.6">{sign}</svg> {text}</span>'
