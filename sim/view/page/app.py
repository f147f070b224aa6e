"""The page: `sitesec watch`, or, answering any page that is open in the browser, `solara run sim/view/page/app.py`.

Each browser tab has a desk, and so a model, of its own.
"""

from __future__ import annotations

from pathlib import Path

import solara
from solara.server import settings

from sim.view.page import components
from sim.view.page.desk import Desk

CSS = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
settings.telemetry.mixpanel_enable = False  # nothing leaves this machine
settings.kernel.cull_timeout = "1h"  # a tab that was closed, or lost its connection, is kept that long
settings.theme.title, settings.theme.show_banner = "sitesec", False
settings.theme.loader = "sitesec"  # sim/view/templates, where Solara looks for it


@solara.component
def Page() -> None:
    """All of it: header, messages, levers, and beside them the answer, the run and its log."""
    query = solara.use_router().search
    desk = solara.use_memo(lambda: Desk.opened(query or ""), [])
    solara.use_effect(lambda: desk.close, [])
    solara.Title("sitesec")
    solara.Style(CSS)
    with solara.Div(classes=["page"]):
        components.Header(desk)
        with solara.Div(classes=["said"]):
            components.Message(desk)
        with solara.v.Html(tag="aside", class_="levers", attributes={"id": "levers", "aria-label": "Levers"}):
            components.Controls(desk)
        with solara.v.Html(tag="main", class_="desk"):
            components.Answer(desk)
            components.Stage(desk)
            components.Difference(desk)
            components.Panels(desk)
            components.Log(desk)
            components.Files(desk)


@solara.component
def Layout(children: list[solara.Element]) -> None:
    """In place of Solara's own bar and drawer, which have no names and don't fit a phone."""
    solara.Div(children=children)
