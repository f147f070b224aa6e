"""Mesa's own page with the model: what a Mesa user has written in a quarter of an hour."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.driver import RUN, SOLARA, Tab, free_port

APP = """
import solara
from mesa.visualization import SolaraViz, SpaceRenderer
from mesa.visualization.components import AgentPortrayalStyle
from sim import SecurityModel
from solara.server import settings

settings.telemetry.mixpanel_enable = False

@solara.component
def Page():
    model = solara.use_memo(SecurityModel, [])
    renderer = solara.use_memo(lambda: drawn(model), [])
    seed = {"type": "InputText", "value": "1", "label": "Seed"}
    SolaraViz(model, renderer, components=[(facts, 0)], model_params={"rng": seed}, name="corridor")

def drawn(model):
    renderer = SpaceRenderer(model, backend="matplotlib")
    renderer.setup_agents(lambda agent: AgentPortrayalStyle(size=9, marker="s" if agent.name else "o"))
    renderer.render()
    return renderer

def facts(model):
    return solara.Text(f"replicate's seed {model.replicate.seed}, {len(model.agents)} agents", classes=["facts"])
"""
COLOURS = """async picture => {
    const canvas = new OffscreenCanvas(picture.naturalWidth, picture.naturalHeight);
    const drawing = canvas.getContext("2d");
    drawing.drawImage(picture, 0, 0);
    const seen = drawing.getImageData(0, 0, canvas.width, canvas.height).data;
    return [canvas.width, new Set(new Uint32Array(seen.buffer)).size];
}"""


@pytest.mark.slow
def test_mesas_own_page_draws_the_model_steps_it_and_resets_it_to_another_seed(context, serve, tmp_path):
    app = tmp_path / "app.py"
    app.write_text(APP)
    server = serve(SOLARA, *RUN, "--port", free_port(), app)
    tab = Tab(context, server.url)
    time, facts, map_ = tab.page.get_by_text(re.compile("^Time: ")), tab.page.locator(".facts"), tab.page.locator("img")
    expect(map_.first).to_be_visible()
    width, colours = map_.first.evaluate(COLOURS)
    assert width > 300 and colours > 20
    expect(facts).to_have_text(re.compile(r"seed \d+, \d\d+ agents"))
    first = facts.inner_text()
    expect(time).to_have_text("Time: 0.0")
    for step in (1, 2):
        tab.page.get_by_role("button", name="Step").click()
        expect(time).to_have_text(f"Time: {step}.0")
    box = tab.page.get_by_label("Seed")
    box.fill("5")
    box.press("Tab")
    tab.page.get_by_role("button", name="Reset").click()
    expect(facts).not_to_have_text(first)
    expect(time).to_have_text("Time: 0.0")
    tab.page.get_by_role("button", name="Step").click()
    expect(time).to_have_text("Time: 1.0")
    expect(map_.first).to_be_visible()
    tab.check()
    tab.close()
