"""Pictures a second of the page in a real browser, and what one of them costs the server.

    python experiments/benchmarks/page_frames.py

One policy and two side by side, at two speeds. The browser draws without a graphics card and shares the cores with the
server, so the pictures a second are a lower end. Needs Chromium (`make browser-deps`).
"""

import json
import shutil
import statistics
import subprocess
import sys
import time

from playwright.sync_api import sync_playwright

SECONDS = 20
SERVER = """
import json, sys, time
from sim.view import desk, server
from sim.view.page.setup import Setup

def timed(handler):
    def pulse(*values):
        began = time.perf_counter()
        handler(*values)
        print(json.dumps(1e3 * (time.perf_counter() - began)), flush=True)
    return pulse

desk.Desk.pulse = timed(desk.Desk.pulse)
server.serve(desk.Opening(tuple(Setup(name) for name in sys.argv[1:])), 0)
"""


def measured(browser, names, speed):
    """Pictures a second, and milliseconds of the server's time for each."""
    with subprocess.Popen([sys.executable, "-c", SERVER, *names], stdout=subprocess.PIPE, text=True) as server:
        address = server.stdout.readline().split()[2]
        page = browser.new_page(viewport={"width": 1500, "height": 1000})
        page.goto(address)
        page.wait_for_selector("svg.ground", timeout=120_000)
        page.click(".speed")
        page.click(f".v-menu__content >> text={speed}")
        page.click(".play")
        time.sleep(3)
        frames = [int(page.get_attribute(".stage", "data-frame"))]
        began = time.perf_counter()
        time.sleep(SECONDS)
        frames.append(int(page.get_attribute(".stage", "data-frame")))
        gone = time.perf_counter() - began
        page.close()
        server.terminate()
        times = [json.loads(line) for line in server.stdout if line[0].isdigit()]
    return (frames[1] - frames[0]) / gone, times


with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
    for names in (["baseline"], ["lapsed-protocol", "full-protocol"]):
        for speed in ("1 hour a second", "1 day a second"):
            pace, times = measured(browser, names, speed)
            median, most = statistics.median(times), statistics.quantiles(times, n=20)[-1]
            share = pace * statistics.mean(times) / 1e3
            print(
                f"{' beside '.join(names)}, {speed}: {pace:.1f} pictures a second (goal 20); "
                f"server {median:.1f} ms each, 19 in 20 below {most:.1f} ms (goal 5); {share:.0%} of a core"
            )
