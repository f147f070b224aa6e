"""The brief in a browser: one page of A4 when it is printed, nothing asked of anybody, nothing cut off."""

import json
import re
import shutil

import pytest

from sim.view.brief.write import write_brief
from tests.decided import decided

pytestmark = pytest.mark.slow
ANSWER = "The other option wins where escorts stop fewer than 0.3 of attacks and police strength is above 1.2. " * 4


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A decision whose choice was run."""
    return decided(tmp_path_factory.mktemp("decided"))


@pytest.fixture
def page(context):
    """A tab of its own."""
    made = context.new_page()
    yield made
    made.close()


@pytest.mark.parametrize("answered", [False, True])
def test_it_prints_on_one_page(answered, small, page, tmp_path, screenshots):
    file, folder = small
    shutil.copytree(folder, tmp_path / "small")
    if answered:
        for name in ("flip.json", "worth-knowing.json"):
            (tmp_path / "small" / name).write_text(json.dumps({"headline": ANSWER}))
    (brief, *_), _ = write_brief(file, tmp_path / "small")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(brief.as_uri())
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    assert all(url == brief.as_uri() or url.startswith("data:") for url in asked)
    page.emulate_media(media="print")
    page.screenshot(path=screenshots / f"brief-{answered}.png", full_page=True)
    wide = "[...document.querySelectorAll('td, th, p, li, h1')].filter(e => e.scrollWidth > e.clientWidth + 1).length"
    assert page.evaluate(wide) == 0
