"""The brief's page: every number on it is found again in the rows, nothing of a file becomes markup."""

import base64
import json
import re

import pytest

from sim.about import __version__
from sim.sweep.parts import hash_of
from sim.view.brief.write import write_brief
from tests.decided import EVIL, Page, Rows, decided, shows

# Numbers in words of ours: names of a format and a standard, and shares that say what a figure is.
STATIC = ("IFC PS4", "95 % intervals", "5\xa0to\xa095\xa0%\xa0of\xa0draws", "5 to 95 % of draws")


@pytest.fixture(scope="module")
def brief(tmp_path_factory):
    """A page, its record, and the rows of its decision."""
    file, folder = decided(tmp_path_factory.mktemp("decided"))
    (folder / "flip.json").write_text(json.dumps({"headline": "The other wins in 4 % of 256 draws. None is near."}))
    (page, _, record), _ = write_brief(file, folder)
    return page, json.loads(record.read_text()), Rows(file, folder)


def test_every_number_is_found_again_in_the_rows(brief):
    page, record, rows = brief
    shown = Page(page.read_text()).figures
    assert len(shown) > 150
    for key, texts in shown.items():
        value = record["figures"][key]["value"]
        if key.startswith("made/"):
            assert texts == [value]
            continue
        if not key.startswith("flip/"):
            assert rows.figure(key) == pytest.approx(value, rel=1e-9, abs=1e-9), key
        assert all(shows(text, value) for text in texts), (key, texts, value)


def test_a_figure_that_is_no_other_alternatives_is_told_from_it(brief):
    """The test above would see a figure under a wrong key."""
    _, record, rows = brief
    a, b = (rows.figure(f"project_incidents/{name}/mean") for name in ("baseline", "full-protocol"))
    assert a != pytest.approx(b, rel=0.01)
    assert record["figures"]["project_incidents/baseline/mean"]["value"] == pytest.approx(a)
    assert shows("1.2", 1.24) and shows("1,200", 1249) and not shows("1.2", 1.26) and not shows("0.81", 0.8)


def test_no_number_stands_outside_a_figure(brief):
    page, _, _ = brief
    words = " ".join(Page(page.read_text()).words)
    for static in STATIC:
        words = words.replace(static, "")
    assert not re.findall(r"\S*\d\S*", words)


def test_the_record_has_every_figure_with_what_it_rests_on(brief):
    page, record, rows = brief
    assert set(Page(page.read_text()).figures) <= set(record["figures"])
    assert record["made"]["sitesec"] == __version__
    for key, figure in record["figures"].items():
        assert figure["how"] and all(group in record["files"] for group in figure["rests_on"])
        assert figure["rests_on"] or figure["how"].startswith("assumed"), key
    for group in record["files"].values():
        for name, digits in group.items():
            path = rows.file if name == rows.file.name else rows.folder / name
            assert hash_of(path.read_bytes()) == digits


def test_the_rows_of_an_alternative_lie_in_the_parts_that_are_named(brief):
    _, record, rows = brief
    import pyarrow.parquet as pq

    mine = set(rows.runs[rows.runs.policy == "full-protocol"].point_id)
    named = {name for name in record["files"]["rows of full-protocol"]}
    for path in (rows.folder / "runs" / "rows").glob("*.parquet"):
        table = pq.read_table(path, columns=["point_id", "replicate"]).to_pandas()
        holds = (table.point_id.isin(mine) & (table.replicate < rows.decision["first"])).any()
        assert not holds or f"runs/rows/{path.name}" in named


def test_names_never_become_markup(brief):
    page, _, _ = brief
    text = page.read_text()
    tags = Page(text).tags
    assert "script" not in {tag for tag, _ in tags} and "b" not in {tag for tag, _ in tags}
    assert [attributes["src"][:22] for tag, attributes in tags if tag == "img"] == ["data:image/png;base64,"]
    assert f"project_incidents/{EVIL}/mean" in Page(text).figures


def test_the_page_needs_nothing_else(brief):
    page, _, _ = brief
    text = page.read_text()
    assert "http" not in text and "url(" not in text and "@import" not in text
    picture = re.search(r"base64,([^\"]+)", text)[1]
    assert base64.b64decode(picture) == (page.parent / "brief.png").read_bytes()


def test_what_was_not_asked_is_said(brief):
    page, _, _ = brief
    said = re.sub(r"<[^>]+>", "", page.read_text())
    assert "What is worth finding out: not asked yet (sitesec worth-knowing small.yaml)" in said
    assert "What would flip it: The other wins in 4 % of 256 draws. None is near." in said


def test_the_same_rows_give_the_same_page(brief, tmp_path):
    page, _, rows = brief
    (again, *_), _ = write_brief(rows.file, rows.folder, tmp_path / "again")
    assert again.read_bytes() == page.read_bytes()
