"""A browser, and the page's server; without a browser these tests are skipped."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser.driver import SOON, WATCH, Server

BROWSERS = "chromium", "chromium-browser", "google-chrome"
# Names of other machines lead nowhere: what is asked of them is a failed request, even where there is a network.
ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
SIZE = {"width": 1500, "height": 1000}


def pytest_addoption(parser):
    parser.addoption("--screenshots", metavar="FOLDER", help="keep the pictures that the page's tests make there")


@pytest.fixture
def screenshots(pytestconfig, tmp_path):
    """Folder for pictures of the page."""
    # Where pytest was not started with this folder's path it has not read the option.
    folder = Path(pytestconfig.getoption("screenshots", None) or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="package")
def browser():
    # Not for the whole session: while it is there, nothing else in this process can run a loop of asyncio.
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip(f"no browser, none of {', '.join(BROWSERS)}: `make browser-deps` installs it")
    expect.set_options(timeout=SOON)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", ALONE])
        yield started
        started.close()


@pytest.fixture(scope="package")
def serve(browser, tmp_path_factory):
    """Start servers; each is checked and ended when it has done its part. Without a browser there is none to start."""
    started = []

    def start(script, *words):
        started.append(Server(script, *words, log=tmp_path_factory.mktemp("server") / "log"))
        return started[-1].answers()

    yield start
    for server in started:
        server.close()
    for server in started:
        server.check()


@pytest.fixture(scope="package")
def context(browser):
    """Its tabs share what the browser has loaded, not what they show."""
    made = browser.new_context(viewport=SIZE, permissions=["clipboard-read", "clipboard-write"])
    yield made
    made.close()


@pytest.fixture(scope="package")
def server(serve):
    """`sitesec watch` as it comes."""
    return serve(WATCH, "watch", "--port", 0)
