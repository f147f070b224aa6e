"""The page's server as a process of its own, and a browser's tab that acts as a reader would."""

import os
import re
import shlex
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path
from urllib.parse import urljoin

from playwright.sync_api import expect

from sim.clock import DAYS_A_YEAR, TICKS_A_DAY, TICKS_AN_HOUR

ROOT = Path(__file__).parents[2]
PATIENCE = 180.0  # seconds for whatever must happen: the machine may be slow and busy
SOON = 1000 * PATIENCE  # the same for Playwright
STEPS = {"+1 tick": 1, "+1 hour": TICKS_AN_HOUR, "+1 day": TICKS_A_DAY, "+1 month": 30 * TICKS_A_DAY}
ANSWERED = ".figure:not(.waiting)"
FEW = "4"  # replicates of an estimate that nobody looks at
START = "year 1, day 1, 00:00"
ADDRESS = r"http://127\.0\.0\.1:\d+\S*"  # with the token, where there is one
OWN = "http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:"
# Errors in the console that are known, and why they do no harm: part of the text -> cause. None at present.
KNOWN_ERRORS: dict[str, str] = {}
# In the server, before anything else: whatever it asks of another machine is told in its log.
ELSEWHERE = "asked another machine"
GUARD = f"""
import sys
def guard(event, arguments):
    address = arguments[1] if event == "socket.connect" else arguments[:2] if event == "socket.getaddrinfo" else ""
    if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1", "localhost", None):
        print("{ELSEWHERE}:", event, address, file=sys.stderr, flush=True)
sys.addaudithook(guard)
"""
WATCH = f"{GUARD}from sim.cli import main; main()"
SOLARA = f"{GUARD}from solara.__main__ import main; main()"
# The last word: else it would ask PyPI for Solara's newest version.
RUN = "run", "--production", "--host", "127.0.0.1", "--no-open", "--no-check-version"


def until(ready, what):
    """Wait for a state outside of the browser."""
    end = time.monotonic() + PATIENCE
    while not ready():
        assert time.monotonic() < end, f"waited {PATIENCE:g} s for {what}"
        time.sleep(0.05)


def free_port():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A process that serves a page; to be closed."""

    def __init__(self, script, *words, log):
        self.log = log
        surroundings = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        with log.open("w") as file:
            command = [sys.executable, "-c", script, *map(str, words)]
            self.process = subprocess.Popen(command, cwd=ROOT, env=surroundings, stdout=file, stderr=file)
        self.url = ""

    def answers(self):
        """Wait until it says where its page is, and that it is ready."""
        until(lambda: self.ended() or re.search(ADDRESS, self.said()), "the page's address")
        found = re.search(ADDRESS, self.said())
        assert found, self.said()
        self.url = found[0]
        until(lambda: self.ended() or self._ready(), "the server to be ready")
        assert not self.ended(), self.said()
        return self

    def _ready(self):
        try:
            with urllib.request.urlopen(urljoin(self.url, "/readyz"), timeout=PATIENCE) as answer:
                return answer.status == 200
        except urllib.error.URLError:
            return False

    def ended(self):
        return self.process.poll() is not None

    def said(self):
        return self.log.read_text()

    def check(self):
        """Nothing went wrong in it, and it asked nothing of any other machine."""
        assert "Traceback" not in self.said(), self.said()
        assert ELSEWHERE not in self.said(), self.said()

    def resident(self):
        """Memory that it uses, MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) / 1000

    def close(self):
        self.process.terminate()
        self.process.wait(PATIENCE)


class Tab:
    """A browser's tab with a page; keeps what it asked for and what went wrong."""

    def __init__(self, context, url):
        self.context, self.asked, self.errors = context, [], []
        page = self.page = context.new_page()
        page.set_default_timeout(SOON)
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("websocket", lambda channel: self.asked.append(channel.url))
        page.on("console", lambda line: self.errors.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("crash", lambda _: self.errors.append("the tab crashed"))
        page.goto(url)

    def check(self):
        """No error in the console but those that are known, and no request that leaves the machine."""
        self.page.evaluate("0")  # takes in what has happened up to now
        errors = [text for text in self.errors if not any(known in text for known in KNOWN_ERRORS)]
        assert not errors, errors
        elsewhere = [url for url in self.asked if not url.startswith(OWN)]
        assert not elsewhere, elsewhere
        assert any(url.startswith("ws://127.0.0.1:") for url in self.asked), self.asked

    def close(self):
        self.page.close()


class WatchTab(Tab):
    """A tab with the page of `sitesec watch`."""

    def __init__(self, context, url):
        super().__init__(context, url)
        expect(self.find(".panel canvas")).to_have_count(6)
        self.estimate(FEW)
        self.start()
        self.opened = self._controls()

    def _controls(self):
        """What all boxes, lists, switches and sliders show but the time line."""
        shown = "[...document.querySelectorAll('input, select')].filter(i => !i.closest('.timeline'))"
        values = self.page.evaluate(f"{shown}.map(i => [i.value, i.checked])")
        return values, self.page.evaluate("document.querySelector('.v-application').className")

    def as_opened(self):
        """Whether Reset would bring it back to what it was at first."""
        return not self.page.is_closed() and self._controls() == self.opened

    # What is shown.

    def find(self, selector, **more):
        return self.page.locator(selector, **more)

    @property
    def figures(self):
        """Cards of the answer, once it is there."""
        return self.find(ANSWERED)

    @property
    def clock(self):
        return self.find(".clock")

    @property
    def now(self):
        """Ticks since t = 0."""
        return in_ticks(self.clock.inner_text())

    @property
    def frame(self):
        """Number of the picture."""
        return int(self.find(".stage").get_attribute("data-frame"))

    @property
    def log(self):
        """Rows of the event log."""
        return self.find(".events tbody tr", has=self.find("button"))

    @property
    def maps(self):
        return self.find("svg.ground")

    @property
    def message(self):
        return self.find(".said .message")

    def texts(self):
        """The run as one scenario file or two, and as a command."""
        if not self.find(".files .copy").first.is_visible():
            self.find(".files summary").click()
        self.find(".copy pre").last.wait_for()
        *files, command = self.find(".copy pre").all_text_contents()
        return files, command

    # What a reader does.

    def press(self, name):
        """Press a button."""
        self.page.get_by_role("button", name=name).click()

    def shows(self, what, before):
        """Wait until what a script says of the page is another than before."""
        self.page.wait_for_function(f"before => ({what}) !== before", arg=before, polling=50)

    def moved(self, action, *arguments):
        """Do something that draws the page anew; come back when it has been drawn."""
        expect(self.find(".answer progress")).to_have_count(0)  # it draws the page anew all the time
        before = self.frame
        action(*arguments)
        self.page.wait_for_function(
            "before => Number(document.querySelector('.stage').dataset.frame) > before", arg=before, polling=50
        )

    def step(self, name):
        """By a tick, an hour or a day; come back when the clock says so."""
        after = self.now + STEPS[name]
        self.press(name)
        expect(self.clock).to_have_text(in_words(after))

    def on_to_event(self):
        """To the next event, and wait until the log has it."""
        before = self.clock.inner_text()
        self.press("Next event")
        self.shows("document.querySelector('.clock').textContent", before)
        expect(self.log.first.locator(".when")).to_have_text(in_words(self.now - 1))

    def on_to_incident(self):
        """Go on to the first event that is an incident."""
        self.on_to_event()
        while self.log.first.locator(".event").inner_text() != "incident":
            self.on_to_event()

    def pass_day(self, day):
        """On from event to event until some day is over."""
        while self.now < day * TICKS_A_DAY:
            self.on_to_event()

    def picture(self, path):
        """Save what the tab shows with an answer worth looking at, without the pointer on anything."""
        self.estimate("200")
        expect(self.find(".answer")).to_contain_text("Expected counts, 200 replicates")
        self.page.mouse.move(0, 0)
        self.page.evaluate("document.activeElement.blur(); document.querySelector('.desk').scrollTo(0, 0)")
        self.page.screenshot(path=path, animations="disabled")

    def switch(self, name):
        self.moved(self.page.get_by_role("switch", name=name).locator("..").click)

    def play(self):
        self.find(".play").click()
        expect(self.find(".stage[data-playing=true]")).to_have_count(1)

    def pause(self):
        self.find(".play").click()
        expect(self.find(".stage[data-playing=true]")).to_have_count(0)

    def still(self):
        """Wait until no further picture comes."""
        for _ in range(round(PATIENCE / 0.3)):
            before = self.frame
            self.page.wait_for_timeout(300)
            if self.frame == before:
                return
        raise AssertionError("pictures keep coming")

    def apply(self):
        """Apply the controls; the run begins again shortly before its first incident."""
        self.moved(self.press, "Apply and restart")

    def start(self):
        """To the start, with nothing seen yet."""
        self.press("From start")
        expect(self.clock).to_have_text(START)
        expect(self.log).to_have_count(0)

    def reset(self):
        """Apply the controls, and begin at the start."""
        self.apply()
        self.start()

    def estimate(self, replicates):
        """Have replicates run for what the controls say."""
        box = self.page.get_by_label("Replicates", exact=True)
        box.fill(replicates)
        box.press("Enter")

    def pick(self, label, item):
        """Take an entry of a list."""
        self.page.get_by_role("combobox", name=label, exact=True).select_option(item)

    def write(self, label, text):
        """Write into a box, and leave it."""
        box = self.page.get_by_label(label, exact=True)
        box.fill(text)
        box.press("Tab")

    def lever(self, path):
        """A lever, with its heading opened."""
        lever = self.find(".lever", has=self.find(f"label[title='{path}']"))
        lever.evaluate("lever => { lever.closest('details.group').open = true; }")
        return lever

    def slide(self, path, key):
        """Move a slider by a key."""
        self.lever(path).get_by_role("slider").press(key)


def in_ticks(words):
    """A moment in the page's words as ticks since t = 0."""
    year, day, hour, minute = map(int, re.fullmatch(r"year (\d+), day (\d+), (\d\d):(\d\d)", words).groups())
    days = (year - 1) * DAYS_A_YEAR + day - 1
    return days * TICKS_A_DAY + hour * TICKS_AN_HOUR + minute * TICKS_AN_HOUR // 60


def in_words(ticks):
    """The opposite."""
    day, tick = divmod(ticks, TICKS_A_DAY)
    hour, rest = divmod(tick, TICKS_AN_HOUR)
    return f"year {day // DAYS_A_YEAR + 1}, day {day % DAYS_A_YEAR + 1}, {hour:02}:{rest * 60 // TICKS_AN_HOUR:02}"


def words_of(command):
    """A command line's words after `sitesec`."""
    name, *words = shlex.split(command)
    assert name == "sitesec"
    return words
