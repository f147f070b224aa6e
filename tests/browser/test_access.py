"""The page for everybody: names and values for a screen reader, keys alone, a phone's width, both themes."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.driver import ANSWERED, Tab

pytestmark = pytest.mark.slow
GRAVE = ("serious", "critical")
COMPARED = "&policy=baseline&compare=full-protocol&set=policy.adherence.level=0.7"
SIZES = {"screen": (1600, 1000), "laptop": (1280, 800), "phone": (390, 844)}


@pytest.fixture
def opened(browser, server):
    """Open the page in a window of a size and a theme; it is closed with its window."""
    windows = []

    def open_(size, theme="light", query=""):
        width, height = SIZES[size]
        windows.append(browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme))
        tab = Tab(windows[-1], server.url + query)
        tab.page.locator(ANSWERED).last.wait_for()
        return tab

    yield open_
    for window in windows:
        window.close()


@pytest.mark.parametrize("query", ["", COMPARED])
@pytest.mark.parametrize("size", SIZES)
def test_nothing_below_moves_while_an_answer_comes_in_so_that_no_click_is_lost(opened, size, query):
    tab = opened(size, query=query)
    places = "['.again', '.play', '.log'].map(one => document.querySelector(one).getBoundingClientRect().y)"
    box = tab.page.get_by_label("Replicates", exact=True)
    box.fill("2000")
    at_rest = tab.page.evaluate(places)
    box.press("Enter")
    for shown in (".waiting.figure", ANSWERED):
        expect(tab.page.locator(shown)).to_have_count(3)
        assert tab.page.evaluate(places) == at_rest
    tab.page.get_by_role("button", name="Stop", exact=True).click()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_a_picture_of_the_answer_on_which_axe_finds_nothing_serious(opened, size, theme, screenshots):
    tab = opened(size, theme, COMPARED if size == "laptop" else "")
    tab.page.screenshot(path=screenshots / f"answer-{size}-{theme}.png", animations="disabled")
    dark = tab.page.evaluate("document.querySelector('.v-application').matches('.theme--dark')")
    assert dark == (theme == "dark")
    tab.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    found = Axe().run(tab.page).response["violations"]
    if size == "phone":
        tab.page.get_by_role("button", name="Levers").click()
        found += Axe().run(tab.page).response["violations"]
    grave = [(one["id"], [node["html"] for node in one["nodes"]]) for one in found if one["impact"] in GRAVE]
    assert not grave, grave
    tab.check()


def test_sliders_and_switches_say_their_names_and_values(opened):
    page = opened("laptop").page
    assert page.evaluate("document.documentElement.lang") == "en"
    level = page.get_by_role("slider", name="Protocol followed", exact=True)
    expect(level).to_have_attribute("aria-valuetext", "60 %")
    level.press("ArrowLeft")
    expect(level).to_have_attribute("aria-valuetext", "59 %")
    expect(page.get_by_role("switch", name="Protocol held at its level")).not_to_be_checked()
    expect(page.get_by_role("switch", name="Names")).to_be_checked()
    expect(page.get_by_role("status").filter(has_text="Under baseline")).to_have_count(1)


def test_enter_in_a_box_does_what_its_button_does(opened):
    page = opened("laptop").page
    seed = page.get_by_label("Seed", exact=True)
    seed.fill("x")
    seed.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("seed: read 'x'")
    seed.fill("2")
    seed.press("Enter")
    expect(page.get_by_role("alert")).to_have_count(0)
    replicates = page.get_by_label("Replicates", exact=True)
    replicates.fill("4")
    replicates.press("Enter")
    expect(page.locator(".answer")).to_contain_text("4 replicates of 8 years from seed 2")


def test_whatever_has_the_focus_shows_it(opened):
    page = opened("laptop").page
    for _ in range(12):
        page.keyboard.press("Tab")
        style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert style == "solid", page.evaluate("document.activeElement.outerHTML")


def test_on_a_phone_the_levers_open_over_the_page_and_close_again_and_nothing_is_wider_than_the_screen(opened):
    page = opened("phone").page
    button, levers = page.locator(".menu"), page.locator("#levers")
    for _ in range(2):
        expect(levers).to_be_hidden()
        expect(button).to_have_attribute("aria-expanded", "false")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert page.evaluate("document.querySelector('.desk').scrollWidth") <= 390
        button.click()
        expect(levers).to_be_visible()
        assert page.evaluate("document.querySelector('#levers').scrollWidth") <= 390
        button.click()
    button.click()
    page.keyboard.press("Escape")
    expect(levers).to_be_hidden()


@pytest.mark.parametrize("size", ["screen", "laptop"])
def test_the_time_line_and_the_map_fit_into_the_window_together(opened, size):
    page = opened(size).page
    page.locator(".stage").evaluate("stage => stage.scrollIntoView()")
    bottom = page.locator(".map").evaluate("map => map.getBoundingClientRect().bottom")
    top = page.locator(".timeline").evaluate("line => line.getBoundingClientRect().top")
    assert 0 <= top < bottom <= SIZES[size][1]
