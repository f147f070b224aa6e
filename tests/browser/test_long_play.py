"""The page left to itself: minutes of play, tabs that come and go."""

import time
from typing import NamedTuple

import pytest
from playwright.sync_api import expect

from tests.browser.driver import ROOT, RUN, SOLARA, WATCH, WatchTab, free_port, until

pytestmark = pytest.mark.slow
MINUTE = 60.0
# What may be added between the first minute and the fourth. Some 4,500 pictures lie between them, of several kB and
# some 40 nodes each: a server or a browser that keeps one in five shows. What is added rightly, points of curves and
# rows of the log, was 2 MB of scripts' memory when this was written, and next to nothing in the server.
MORE_SERVER, MORE_SCRIPTS, MORE_NODES = 4.0, 4.0, 1_500  # MB, MB, nodes of the document
A_TAB = 0.3  # MB that a tab which was opened and closed may leave in the server; the desk alone would be 0.8 MB
TABS = 18  # so many that a step of the allocator by some MB is no leak of theirs


class Used(NamedTuple):
    """Memory of the server and of the tab's scripts, MB; nodes of its document."""

    server: float
    scripts: float
    nodes: int


class Memory:
    """What a tab and its server use, once the browser has thrown away what it can."""

    def __init__(self, tab, server):
        self.server = server
        self.channel = tab.context.new_cdp_session(tab.page)
        self.channel.send("Performance.enable")

    def now(self):
        for _ in range(2):  # what the first one frees lets go of more
            self.channel.send("HeapProfiler.collectGarbage")
        found = {entry["name"]: entry["value"] for entry in self.channel.send("Performance.getMetrics")["metrics"]}
        return Used(self.server.resident(), found["JSHeapUsedSize"] / 1e6, found["Nodes"])


@pytest.fixture
def own_server(serve):
    """A server that no other test has used."""
    return serve(WATCH, "watch", "--port", 0)


def play_for(tab, seconds):
    """Let it play; the clock must have advanced in each ten seconds of it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        before = tab.now, tab.frame
        tab.page.wait_for_timeout(10_000)
        assert tab.now > before[0] and tab.frame > before[1]


def test_four_minutes_of_play_at_a_day_per_second_leave_the_page_alive_and_memory_as_it_was(context, own_server):
    tab = WatchTab(context, own_server.url)
    memory = Memory(tab, own_server)
    tab.pick("Speed", "1 day per second")
    tab.play()
    play_for(tab, MINUTE)
    frames, before = tab.frame, memory.now()
    play_for(tab, 3 * MINUTE)
    after = memory.now()
    assert tab.frame > frames + 180
    assert after.server < before.server + MORE_SERVER
    assert after.scripts < before.scripts + MORE_SCRIPTS
    assert after.nodes < before.nodes + MORE_NODES
    expect(tab.message).to_have_count(0)
    tab.pause()
    before = tab.now
    tab.step("+1 hour")
    assert tab.now == before + 30
    tab.check()
    tab.close()


def settled(server):
    """A server's memory once what closed tabs had begun has ended."""
    seen = [server.resident()]

    def still():
        time.sleep(3.0)
        seen.append(server.resident())
        return abs(seen[-1] - seen[-2]) < 0.05

    until(still, "memory to be still")
    return seen[-1]


def test_tabs_that_are_closed_leave_nothing_in_the_server(context, own_server):
    def come_and_go():
        tab = WatchTab(context, own_server.url)
        expect(tab.figures).to_have_count(3)  # what the first answer loads is there once and for all
        tab.play()
        tab.check()
        tab.close()

    for _ in range(TABS // 2):  # until allocators have what so many threads at once need
        come_and_go()
    before = settled(own_server)
    for _ in range(TABS):
        come_and_go()
    assert settled(own_server) - before < A_TAB * TABS


def test_the_page_can_be_run_by_solara_too(context, serve):
    tab = WatchTab(context, serve(SOLARA, *RUN, "--port", free_port(), ROOT / "sim" / "view" / "page" / "app.py").url)
    tab.step("+1 hour")
    assert tab.now == 30
    tab.check()
    tab.close()
