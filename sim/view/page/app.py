"""The page: `sitesec watch`, or, answering any page that is open in the browser, `solara run sim/view/page/app.py`.

Each browser tab has a desk, and so a model, of its own.
"""

from __future__ import annotations

from pathlib import Path

import solara
import solara.lab
from solara.server import settings

from sim.about import BANNER
from sim.view.page import components
from sim.view.page.desk import Desk

CSS = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
settings.telemetry.mixpanel_enable = False  # nothing leaves this machine
settings.kernel.cull_timeout = "1h"  # a tab that was closed, or lost its connection, is kept that long
settings.theme.title, settings.theme.show_banner = "sitesec", False


@solara.component
def Page() -> None:
    """All of it."""
    desk = solara.use_memo(Desk.opened, [])
    solara.use_effect(lambda: desk.close, [])
    solara.Title("sitesec")
    solara.Style(CSS)
    with solara.AppBar():
        solara.lab.ThemeToggle()
    with solara.Sidebar():
        components.Controls(desk)
    with solara.Column(gap="10px", classes=["desk"]):
        solara.HTML(tag="p", classes=["banner"], unsafe_innerHTML=BANNER)
        Message(desk)
        components.TimeControls(desk)
        components.Layers(desk)
        components.Difference(desk)
        components.Stage(desk)
        components.Legend(desk)
        components.EstimateCard(desk)
        components.Panels(desk)
        components.Log(desk)


@solara.component
def Message(desk: Desk) -> None:
    """What went wrong last; the page stays as it was."""
    if desk.message.value:
        solara.Error(desk.message.value, classes=["message"])
