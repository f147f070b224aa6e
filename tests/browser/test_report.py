"""The report of a sweep in a browser: tables that sort and are searched, few pages, nothing asked of anybody."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from sim.sweep.sweep import run_sweep
from sim.view.report.write import write_report

pytestmark = pytest.mark.slow
SWEEP = """
name: checks
scenario: baseline
set: {run.horizon: 1, run.warmup: 0.2, policy.adherence.hold: true}
replicates: 3
axes:
  adherence: {label: adherence, key: policy.adherence.level, values: [0.4, 0.6, 0.8, 1.0]}
  checks: {label: checks, levels: {"off": {policy.screening.sensitivity: 0.0}, today: {}}}
  budget: {label: budget, key: policy.budget.share, values: [0.25, 0.5, 1.0, 2.0]}
reference: {adherence: 0.6, checks: today, budget: 1.0}
plots: [{name: by-budget, kind: lines, x: budget, lines: checks, panels: adherence, of: difference}]
"""
MOST_PAGES = 8


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checks")
    (folder / "sweep.yaml").write_text(SWEEP)
    run_sweep(folder / "sweep.yaml", folder / "out", threads=1)
    return write_report(folder / "out")[0]


@pytest.fixture
def page(context, report):
    """A tab of its own with the report in it."""
    made = context.new_page()
    made.asked = []
    made.on("request", lambda request: made.asked.append(request.url))
    made.wrong = []
    made.on("console", lambda message: made.wrong.append(message.text))
    made.goto(report.as_uri())
    yield made
    made.close()


def cells(table, column):
    return [text.strip() for text in table.locator(f"tbody tr:visible > :nth-child({column})").all_inner_texts()]


def numbers(texts):
    return [float(text.split(" ")[0].replace(",", "").replace("\N{MINUS SIGN}", "-")) for text in texts]


def test_every_table_sorts_by_every_column_and_long_ones_are_searched(page):
    tables = page.locator("figure.table")
    for n in range(tables.count()):
        rows = tables.nth(n).locator("tbody tr").count()
        heads, buttons = tables.nth(n).locator("th[scope=col]").count(), tables.nth(n).locator("th button").count()
        assert buttons == (heads if rows > 1 else 0)
        assert tables.nth(n).locator("input[type=search]").count() == (1 if rows > 8 else 0)
    assert page.locator("input[type=search]").count() > 3


def test_a_table_is_sorted_by_number_from_the_keyboard(page):
    table = page.locator("#differences figure.table")
    button = table.locator("th button").nth(2)
    button.focus()
    for order, key in (("ascending", "Enter"), ("descending", "Space")):
        page.keyboard.press(key)
        assert table.locator("th").nth(2).get_attribute("aria-sort") == order
        found = numbers(cells(table, 3))
        assert found == sorted(found, reverse=order == "descending") and min(found) < 0 < max(found)
    table.locator("th button").nth(0).click()
    assert table.locator("[aria-sort]").count() == 1 and len(cells(table, 1)) == 31


def test_a_search_leaves_the_rows_with_all_its_words_and_says_how_many(page):
    table = page.locator("#rates figure.table")
    table.get_by_label("Search rows").fill("OFF adherence")
    assert len(cells(table, 1)) == 16 and all("off" in name for name in cells(table, 1))
    assert table.get_by_role("status").inner_text().strip() == "16 of 32 rows"
    table.get_by_label("Search rows").fill("")
    assert len(cells(table, 1)) == 32


def test_it_prints_on_few_pages_and_asks_nothing_of_anybody(page, report, screenshots):
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) <= MOST_PAGES
    assert all(url == report.as_uri() or url.startswith("data:") for url in page.asked) and not page.wrong
    page.emulate_media(media="print")
    assert page.locator(".find, details, nav, tr.unprinted").locator("visible=true").count() == 0
    page.screenshot(path=screenshots / "report-print.png", full_page=True)


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_window_and_axe_finds_nothing_serious(page, width, screenshots):
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page).response["violations"]
    assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == []
    page.screenshot(path=screenshots / f"report-{width}.png", full_page=True)


def test_without_a_script_it_is_all_there(browser, report):
    plain = browser.new_context(java_script_enabled=False).new_page()
    plain.goto(report.as_uri())
    assert plain.locator("#rates figure.table tbody tr").count() == 32
    assert plain.locator("button, input").count() == 0
    plain.context.close()
