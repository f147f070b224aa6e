"""The page of `sitesec watch` in a real browser."""

import re

import pytest
import yaml
from PIL import Image
from playwright.sync_api import expect

from sim.about import BANNER
from sim.clock import TICKS_A_DAY, TICKS_AN_HOUR
from tests.browser.driver import ANSWERED, FEW, START, WATCH, Tab, WatchTab, in_ticks, in_words, words_of

pytestmark = pytest.mark.slow  # a browser is not everywhere, and takes its time
SPEED = "1 day per second"
PLAIN = "sitesec watch baseline --seed 1 --replicate 0"
LOOK = """[
    document.querySelector(".v-application").matches(".theme--dark"),
    getComputedStyle(document.querySelector(".site")).fill,
]"""


@pytest.fixture(scope="package")
def kept(context):
    """The tab that tests hand on, as long as each leaves the controls as it found them; it goes with the browser."""
    return []


@pytest.fixture
def tab(kept, context, server):
    """The page as it opens."""
    if kept and not kept[0].as_opened():
        kept.pop().close()
    if kept:
        kept[0].reset()
    else:
        kept.append(WatchTab(context, server.url))
    yield kept[0]
    kept[0].check()
    server.check()


@pytest.fixture
def another(context, server):
    """A second tab."""
    opened = WatchTab(context, server.url)
    yield opened
    opened.check()
    opened.close()


@pytest.fixture
def pair(tab):
    """Two policies side by side."""
    tab.pick("Policy", "lapsed-protocol")
    tab.pick("Compare with", "full-protocol")
    tab.reset()
    expect(tab.maps).to_have_count(2)
    yield tab
    tab.pick("Policy", "baseline")
    tab.pick("Compare with", "(none)")


# What is drawn.


def test_the_page_draws_its_map_panels_and_banner_and_asks_nothing_of_another_machine(tab, server):
    expect(tab.find(".banner")).to_have_text(BANNER)
    ground = tab.find("svg.ground")
    for sign, count in (("road", 3), ("site", 12), ("town", 5), ("area", 4), ("hub", 1), ("base", 1)):
        assert ground.locator(f".{sign}").count() >= count
    box = ground.bounding_box()
    assert box["width"] > 500 and box["height"] > 200
    assert tab.find("svg.layers .checkpoint").count() > 0
    assert tab.find(".legend .entry").count() > 15
    drawn = tab.page.evaluate(
        "[...document.querySelectorAll('.panel canvas')].map(canvas => new Set(new Uint32Array("
        "canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size)"
    )
    assert len(drawn) == 6 and min(drawn) > 10  # colours
    tab.check()
    server.check()


def test_the_light_and_the_dark_theme_have_their_own_colours(tab):
    button, colours = tab.find("header .theme"), {}
    for _ in range(3):  # as the system has it, dark, light
        shown = button.inner_text()
        button.click()
        expect(button).not_to_have_text(shown)
        dark, fill = tab.page.evaluate(LOOK)
        colours.setdefault(dark, set()).add(fill)
    assert colours.keys() == {False, True} and not colours[False] & colours[True]


# Time.


def test_steps_advance_the_clock_by_exactly_a_tick_an_hour_a_day_and_a_month(tab):
    for name, words in (
        ("+1 tick", "year 1, day 1, 00:02"),
        ("+1 hour", "year 1, day 1, 01:02"),
        ("+1 day", "year 1, day 2, 01:02"),
        ("+1 tick", "year 1, day 2, 01:04"),
        ("+1 month", "year 1, day 32, 01:04"),
    ):
        tab.press(name)
        expect(tab.clock).to_have_text(words)


def test_play_advances_clock_and_pictures_and_pause_stops_both(tab):
    tab.play()
    tab.page.wait_for_function("Number(document.querySelector('.stage').dataset.frame) > 30")
    tab.shows("document.querySelector('.clock').textContent", START)
    assert tab.find("svg.moving path").count() > 0
    tab.pause()
    stopped = tab.now
    tab.still()
    assert tab.now == stopped > 0


def test_a_faster_speed_can_be_chosen_while_it_plays(tab):
    tab.play()
    tab.pick("Speed", SPEED)
    tab.page.wait_for_function("!document.querySelector('.clock').textContent.startsWith('year 1, day 1,')")
    tab.page.wait_for_function("/day [3-9]|day \\d\\d/.test(document.querySelector('.clock').textContent)")
    tab.pause()
    tab.pick("Speed", "1 hour per second")


def test_next_event_goes_there_marks_it_and_adds_it_to_the_log(tab):
    for count in (1, 2):
        tab.press("Next event")
        expect(tab.log).to_have_count(count)
        when, event, against = (tab.log.first.locator(f".{of}").inner_text() for of in ("when", "event", "against"))
        expect(tab.clock).to_have_text(in_words(in_ticks(when) + 1))
        expect(tab.find("svg.marks .mark")).to_have_count(count)
        mark = tab.find("svg.marks .mark title").last.text_content()
        assert mark.startswith(f"{when}: {event}, {against.replace(':', '')}")
        expect(tab.find("svg.marks .chosen")).to_have_count(1)


def test_a_click_or_enter_on_an_event_sets_the_clock_to_its_time(tab):
    for _ in range(4):
        tab.on_to_event()
    tab.step("+1 day")
    for row, act in ((3, "click"), (1, "press"), (2, "click")):
        when = tab.log.nth(row).locator(".when").inner_text()
        there = tab.log.nth(row) if act == "click" else tab.log.nth(row).get_by_role("button")
        tab.moved(getattr(there, act), *(["Enter"] if act == "press" else []))
        expect(tab.clock).to_have_text(in_words(in_ticks(when) + 1))
        expect(tab.find("svg.marks .chosen")).to_have_count(1)
        expect(tab.find(".events tr.later")).to_have_count(row)
        expect(tab.find("svg.marks .mark")).to_have_count(4 - row)


# Layers.


def test_attackers_are_shown_on_the_analysts_view_only(tab):
    tab.on_to_incident()
    hidden = tab.find("svg.moving .attacker"), tab.find("svg.marks .plot"), tab.find(".legend .attacker")
    for on in (False, True, False):
        for signs in hidden:
            if on:
                expect(signs).not_to_have_count(0)
            else:
                expect(signs).to_have_count(0)
        tab.switch("Analyst's view")
    tab.switch("Analyst's view")


def test_the_grievance_switch_lays_a_picture_over_the_map(tab):
    picture = tab.find("svg.layers image.grievance")
    assert picture.count() == 0
    tab.switch("Grievance")
    href = picture.get_attribute("href")
    size = "href => new Promise(done => { const i = new Image(); i.onload = () => done(i.width); i.src = href; })"
    assert tab.page.evaluate(size, href) > 50
    expect(tab.find(".legend")).to_contain_text("grievance")
    tab.switch("Grievance")
    expect(picture).to_have_count(0)


def test_another_scenario_is_taken_through_the_list_and_its_cameras_have_their_reach_on_the_map(tab):
    tab.pick("Policy", "safe-city")
    assert tab.texts()[1] == PLAIN
    tab.reset()
    expect(tab.find(".copy pre").last).to_have_text(PLAIN.replace("baseline", "safe-city"))
    tab.pass_day(365)  # the cameras come in the first year
    reach = tab.find("svg.layers circle.reach")
    expect(reach).to_have_count(0)
    tab.switch("Camera coverage")
    expect(reach.nth(10)).to_be_attached()
    expect(tab.find(".legend")).to_contain_text("reach of cameras")
    tab.switch("Camera coverage")
    expect(reach).to_have_count(0)


def test_the_names_can_be_hidden(tab):
    names = tab.find("svg.ground .site-name")
    expect(names.first).to_be_visible()
    tab.switch("Names")
    expect(names.first).to_be_hidden()
    tab.switch("Names")
    expect(names.first).to_be_visible()


# Controls.


def events_of(tab, count):
    """The first events' rows, the latest one first."""
    for _ in range(count):
        tab.on_to_event()
    return tab.log.all_inner_texts()


def test_another_seed_gives_another_run_and_the_same_one_the_same_event_log(tab):
    first = events_of(tab, 4)
    tab.write("Seed", "2")
    tab.reset()
    expect(tab.log).to_have_count(0)
    second = events_of(tab, 4)
    assert second != first
    tab.write("Seed", "1")
    tab.reset()
    assert events_of(tab, 4) == first


def test_a_lever_is_pending_until_reset_applies_it(tab):
    level = "policy.adherence.level"
    files, command = tab.texts()
    assert yaml.safe_load(files[0]) == {"extends": "baseline.yaml"} and command == PLAIN
    pending = tab.find(".controls .pending")
    expect(pending).to_have_count(0)
    tab.slide(level, "ArrowRight")
    expect(tab.lever(level)).to_contain_text("61 %")
    expect(pending).to_have_count(1)
    assert tab.texts() == (files, command)
    tab.reset()
    expect(tab.find(".copy pre").last).to_have_text(f"{PLAIN} --set {level}=0.61")
    expect(pending).to_have_count(0)
    assert yaml.safe_load(tab.texts()[0][0])["policy"] == {"adherence": {"level": 0.61}}
    tab.slide(level, "ArrowLeft")
    tab.reset()
    expect(tab.find(".copy pre").last).to_have_text(PLAIN)


def test_two_policies_stand_side_by_side_on_one_clock_and_what_differs_is_marked(pair):
    expect(pair.find(".lane h3")).to_have_text(["A: lapsed-protocol", "B: full-protocol"])
    expect(pair.find(".difference")).to_contain_text("no event differs yet")
    assert pair.find("svg.moving .differs").count() == 0
    for _ in range(12):
        pair.step("+1 hour")
        if pair.find("svg.moving .differs").count():
            break
    expect(pair.find("svg.moving .differs")).not_to_have_count(0)
    expect(pair.clock).to_have_count(1)
    pair.pass_day(400)
    expect(pair.find(".difference")).to_contain_text("first event that only one of them has: year")
    expect(pair.find(".difference")).to_contain_text(re.compile(r"[+-]\d+ movements"))
    alone = pair.find(".events tr.alone")
    expect(alone).not_to_have_count(0)
    assert all("only" in text for text in alone.locator(".policy").all_inner_texts())
    expect(pair.find("svg.marks .only")).not_to_have_count(0)


def test_to_compare_with_none_takes_the_second_policy_away(pair):
    pair.pick("Policy", "baseline")
    pair.pick("Compare with", "(none)")
    expect(pair.maps).to_have_count(2)
    pair.reset()
    expect(pair.maps).to_have_count(1)
    expect(pair.find(".difference")).to_have_text("This run so far: 0 incidents in 0.00 years.")
    assert pair.texts() == (["extends: baseline.yaml\n"], PLAIN)


@pytest.mark.parametrize("analyst", [False, True])
def test_the_event_since_which_two_policies_differ_stands_in_the_log(pair, analyst):
    if analyst:
        pair.switch("Analyst's view")
    line = pair.find(".difference")
    while "no event differs yet" in line.inner_text():
        pair.on_to_event()
    since = re.search(r"only one of them has: (year.*)\.", line.inner_text())[1]
    found = pair.find(".events tr.alone").last.locator(".when")
    told = found.inner_text() if found.count() else "nothing"
    if analyst:
        pair.switch("Analyst's view")
    assert told == since


def meant(tab):
    """What the scenario files and the command on a page say, in whatever order."""
    files, command = tab.texts()
    return [yaml.safe_load(text) for text in files], sorted(words_of(command))


def test_the_command_on_the_page_starts_the_page_it_stands_on(tab, context, serve):
    tab.pick("Policy", "lapsed-protocol")
    tab.pick("Compare with", "full-protocol")
    expect(tab.find(".lever").first).to_be_visible()
    tab.press("Levers of B")
    tab.slide("policy.budget.share", "ArrowRight")
    expect(tab.lever("policy.budget.share")).to_contain_text("1.05 % of")
    tab.slide("threat.rationality", "ArrowRight")
    expect(tab.lever("threat.rationality")).to_contain_text("5 on a scale")
    tab.press("Levers of A")
    expect(tab.lever("policy.budget.share")).not_to_contain_text("1.05")
    tab.slide("policy.closures.per_week", "ArrowLeft")
    expect(tab.lever("policy.closures.per_week")).to_contain_text("2.4 per week")
    tab.write("Seed", "3")
    tab.write("Replicate", "2")
    tab.reset()
    expect(tab.maps).to_have_count(2)
    files, command = tab.texts()
    assert len(files) == 2 and "--seed 3 --replicate 2 " in command
    assert "--set " in command and "--set-other policy.budget.share=" in command
    tab.press("copy command")
    expect(tab.page.get_by_role("button", name="copied")).to_have_count(1)
    assert tab.page.evaluate("navigator.clipboard.readText()") == command
    started = WatchTab(context, serve(WATCH, *words_of(command), "--port", 0).url)
    assert meant(started) == meant(tab)
    assert events_of(started, 4) == events_of(tab, 4)
    assert started.find(".difference").inner_text() == tab.find(".difference").inner_text()
    started.check()
    started.close()


@pytest.mark.parametrize("label, text", [("Seed", "-1"), ("Seed", "seven"), ("Seed", ""), ("Replicate", "1.5")])
def test_a_wrong_number_gets_a_message_and_the_page_plays_on(tab, label, text):
    before = tab.page.get_by_label(label, exact=True).input_value()
    tab.step("+1 day")
    tab.write(label, text)
    tab.press("Apply and restart")
    expect(tab.message).to_contain_text(f"{label.lower()}: read '{text}', allowed a whole number ")
    assert tab.now == TICKS_A_DAY
    tab.play()
    expect(tab.message).to_have_count(0)
    tab.shows("document.querySelector('.clock').textContent", "year 1, day 2, 00:00")
    tab.pause()
    tab.write(label, before)


@pytest.mark.parametrize("text", ["0", "1", "many", "1000000"])
def test_a_wrong_number_of_replicates_gets_a_message_and_the_page_steps_on(tab, text):
    tab.estimate(text)
    expect(tab.message).to_contain_text(f"replicates: read '{text}', allowed a whole number from 2 to ")
    tab.step("+1 day")
    expect(tab.message).to_have_count(0)
    assert tab.now == TICKS_A_DAY
    tab.write("Replicates", FEW)


# The estimate.


def test_the_page_opens_on_an_answer_and_shortly_before_the_first_incident(context, server):
    opened = Tab(context, server.url)
    expect(opened.page.locator(".gist")).to_contain_text(re.compile(r"Under baseline: \d\.\d\d incidents per year"))
    figures = opened.page.locator(ANSWERED)
    expect(figures.locator("h3")).to_have_text(
        ["Incidents per year", "Project incidents per year", "Foreign deaths per year"]
    )
    for text in figures.all_inner_texts():
        ends = re.findall(r"([\d.]+) to ([\d.]+)", text)
        (low, high), (least, most) = ([float(end) for end in pair] for pair in ends)
        assert least < low < high < most  # the assumptions leave more open than the simulation
    now = in_ticks(opened.page.locator(".clock").inner_text())
    opened.page.get_by_role("button", name="Next event").click()
    expect(opened.page.locator(".events tbody .event").first).to_have_text("incident")
    assert 0 < in_ticks(opened.page.locator(".events tbody .when").first.inner_text()) - now <= 3 * TICKS_AN_HOUR
    opened.check()
    opened.close()


def test_an_estimate_answers_for_what_the_levers_say_and_names_it(tab):
    shown = tab.find(".gist")
    expect(shown).to_contain_text("Under baseline:")
    tab.slide("policy.adherence.level", "End")
    expect(tab.find(".stale")).to_have_count(1)
    tab.press("Estimate")
    expect(shown).to_contain_text("Under baseline with Protocol followed 100 %:")
    expect(tab.find(".stale")).to_have_count(0)
    assert tab.texts()[1] == PLAIN  # what runs is as it was
    tab.press("Protocol followed: back to 60 %")
    tab.apply()
    expect(shown).to_contain_text("Under baseline:")


def test_of_two_policies_the_paired_difference_is_the_answer(pair):
    expect(pair.find(".gist")).to_contain_text("With B (full-protocol) in place of A (lapsed-protocol), per year")
    expect(pair.find(".figure .large").nth(1)).to_have_text(re.compile("^\N{MINUS SIGN}[0-9][.][0-9]{2}$"))
    expect(pair.find(".figure").first.get_by_role("img")).to_have_count(2)


def test_the_page_goes_on_while_an_estimate_runs_and_the_estimate_can_be_stopped(tab):
    tab.estimate("20000")
    expect(tab.find(".answer progress")).to_have_count(1)
    tab.press("+1 day")
    expect(tab.clock).to_have_text("year 1, day 2, 00:00")
    tab.press("Stop")
    expect(tab.page.get_by_role("button", name="Estimate", exact=True)).to_have_count(1)
    expect(tab.find(".answer progress")).to_have_count(0)
    tab.write("Replicates", FEW)


# The time line.


def test_the_time_line_goes_anywhere_by_keys_and_a_click_near_a_mark_goes_to_its_event(tab):
    line = tab.page.get_by_role("slider", name="Moment of the run")
    tab.moved(line.press, "ArrowRight")
    expect(tab.clock).to_have_text("year 1, day 2, 00:00")
    expect(line).to_have_attribute("aria-valuetext", "year 1, day 2, 00:00")
    marks = tab.find(".timeline line.incident")
    box = marks.nth(1).bounding_box()
    at = box["x"] + box["width"] / 2
    tab.moved(tab.page.mouse.click, at, line.bounding_box()["y"] + 12)
    expect(tab.log.first.locator(".event")).to_have_text("incident")
    expect(tab.clock).to_have_text(in_words(in_ticks(tab.log.first.locator(".when").inner_text()) + 1))


def test_the_end_is_one_press_away_and_the_whole_log_is_there(tab):
    tab.press("To end")
    expect(tab.clock).to_have_text("year 9, day 1, 00:00")
    expect(tab.find(".events tbody tr", has_text="incident")).not_to_have_count(0)
    marks = tab.find(".timeline line").count()
    show = tab.page.get_by_role("button", name=re.compile("^Show all"))
    if show.count():
        show.click()
    expect(tab.log).to_have_count(marks)


# Addresses and files.


def test_a_reload_brings_the_screen_back(context, server):
    tab = WatchTab(context, server.url)
    tab.slide("policy.budget.share", "ArrowRight")
    tab.pick("Compare with", "full-protocol")
    tab.write("Seed", "3")
    tab.apply()
    tab.step("+1 day")
    tab.page.wait_for_function("clock => new URLSearchParams(location.search).get('at') === clock", arg=str(tab.now))
    before = meant(tab), tab.clock.inner_text()
    tab.page.reload()
    expect(tab.clock).to_have_text(before[1])
    assert meant(tab) == before[0]
    expect(tab.lever("policy.budget.share")).to_contain_text("1.05 %")
    tab.check()
    tab.close()


@pytest.mark.parametrize(
    "name, file, begins",
    [
        ("Download as CSV", "estimate.csv", "policy,figure,estimate,low,high"),
        ("as JSON", "estimate.json", '{\n "model_version"'),
        ("Download the log as CSV", "log.csv", "time,when,policy"),
        ("Picture as SVG", "map.svg", "<svg "),
        ("as PNG", "map.png", None),
    ],
)
def test_estimate_log_and_picture_can_be_taken_along(tab, tmp_path, name, file, begins):
    tab.on_to_event()
    expect(tab.figures).to_have_count(3)
    with tab.page.expect_download() as download:
        tab.page.get_by_role("button", name=name, exact=True).click()
    assert download.value.suggested_filename == file
    download.value.save_as(tmp_path / file)
    if begins is None:
        with Image.open(tmp_path / file) as picture:
            assert picture.width > 1500 and len(picture.convert("RGB").getcolors(2**24)) > 500
    else:
        assert (tmp_path / file).read_text().startswith(begins)


# Tabs.


def test_two_tabs_are_independent(tab, another):
    tab.page.bring_to_front()
    tab.write("Seed", "5")
    tab.reset()
    tab.step("+1 day")
    tab.switch("Analyst's view")
    tab.play()
    another.page.bring_to_front()
    assert another.now == 0 and another.texts()[1] == PLAIN
    another.step("+1 hour")
    assert another.now == TICKS_AN_HOUR
    assert another.find("svg.moving .attacker").count() == 0
    assert another.find(".stage[data-playing=true]").count() == 0
    another.reset()
    tab.page.bring_to_front()
    tab.shows("document.querySelector('.clock').textContent", "year 1, day 2, 00:00")
    expect(tab.find(".stage[data-playing=true]")).to_have_count(1)
    tab.pause()
    assert tab.now > TICKS_A_DAY and tab.texts()[1] == PLAIN.replace("--seed 1", "--seed 5")


# Pictures of it.


def many_colours(path):
    """Whether a file is a picture of the tab's size on which something is drawn."""
    with Image.open(path) as picture:
        return picture.size == (1500, 1000) and len(picture.convert("RGB").getcolors(2**24)) > 500


def test_a_picture_of_an_incident_on_the_analysts_view(tab, screenshots):
    tab.on_to_incident()
    tab.switch("Analyst's view")
    expect(tab.find("svg.moving .attacker")).not_to_have_count(0)
    tab.picture(screenshots / "page.png")
    tab.switch("Analyst's view")
    tab.write("Replicates", FEW)
    assert many_colours(screenshots / "page.png")


def test_a_picture_of_two_policies_side_by_side(pair, screenshots):
    pair.pass_day(365)
    while not pair.find(".events tr.alone").count():
        pair.on_to_event()
    pair.picture(screenshots / "page-compare.png")
    pair.write("Replicates", FEW)
    assert many_colours(screenshots / "page-compare.png")
