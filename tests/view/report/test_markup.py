"""Names are text: whatever stands in those of a sweep, page and pictures have no markup but their own."""

import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import matplotlib.pyplot as plt
import pytest
import yaml

from sim.sweep.sweep import run_sweep
from sim.view import pictures
from sim.view.report import write
from sim.view.report.write import write_report

SCRIPT, IMAGE = "<script>alert(1)</script>", "\"'><img src=x onerror=alert(2)>"
TURN = "\N{RIGHT-TO-LEFT OVERRIDE}"
LONG = "<b>" + 297 * "n"
LEVELS = [f"{SCRIPT} ]]> -->", IMAGE, "&lt;i&gt; & &#60;u&#62;", "$\\frac$ [bold]x[/] {{ 7 * 7 }}", f"{LONG}"]
NAMES = [*LEVELS, f"{TURN}desrever\N{RIGHT-TO-LEFT MARK}", "[/] :100: $x_{$", "</title></pre></td>"]
FILE = "'><svg onload=alert(3)>&"
# All that matplotlib draws with.
SHAPES = ["svg", "metadata", "RDF", "Work", "type", "format", "defs", "style", "g", "path", "use", "clipPath", "rect"]


class Shape(HTMLParser):
    """A page as a browser takes it: its tags, their attributes, its text."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.texts, self.odd = [], set(), [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes |= {(tag, name) for name, _ in attributes}
        self.texts += [value for name, value in attributes if name in ("aria-label", "alt") and value]

    def handle_data(self, data):
        self.texts.append(data)

    def handle_comment(self, data):
        self.odd.append(data)

    unknown_decl = handle_pi = handle_comment


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The report of a sweep whose every name is an attack."""
    folder = tmp_path_factory.mktemp("hostile")
    scenario = {"extends": "baseline", "name": NAMES[6], "description": IMAGE}
    (folder / f"{FILE}.yaml").write_text(yaml.safe_dump(scenario))
    levels = {name: {"policy.screening.sensitivity": 0.1 * k} for k, name in enumerate(LEVELS)}
    sweep = {
        "name": f"{SCRIPT}{IMAGE}{''.join(NAMES[5:])}".ljust(300, "n"),
        "description": f"{LONG}{IMAGE}{SCRIPT}<!-- ]]>",
        "set": {"run.horizon": 1, "run.warmup": 0.1},
        "replicates": 2,
        "axes": {
            f"<i>{SCRIPT}": {"label": f"{IMAGE} $x_{{ ({NAMES[5]})", "levels": levels},
            '"onclick="': {"label": SCRIPT, "scenarios": ["baseline", f"{FILE}.yaml"]},
        },
        "plots": [{"name": "\"><img onerror='1'>&", "kind": "lines", "x": f"<i>{SCRIPT}", "lines": '"onclick="'}],
    }
    (folder / "sweep.yaml").write_text(yaml.safe_dump(sweep, allow_unicode=True))
    run_sweep(folder / "sweep.yaml", folder / "out", threads=1)
    return sweep, write_report(folder / "out")


def test_the_page_has_no_tag_and_no_attribute_that_its_template_lacks(written):
    page = Shape(written[1][0].read_text())
    template = Shape(re.sub("{%.*?%}", "", Path(write.__file__).with_name("report.html").read_text()))
    assert set(page.tags) <= set(template.tags) and page.attributes <= template.attributes and page.odd == []
    once = ("html", "head", "title", "style", "body", "header", "h1", "nav", "main", "footer", "script")
    assert [page.tags.count(tag) for tag in once] == [1] * len(once)
    assert page.tags.count("img") == len([path for path in written[1] if path.suffix == ".svg"])


def test_every_name_is_on_the_page_to_the_last_character(written):
    sweep, (page, *_) = written
    texts = Shape(page.read_text()).texts
    text, called = "".join(texts), sweep["name"].replace(TURN, "\\u202e")
    assert texts.count(called) == 1 and f"{called}: report" in texts
    assert sweep["description"] in texts
    for name in (*sweep["axes"], *LEVELS, FILE, sweep["plots"][0]["name"]):
        assert name in text


def test_the_pictures_have_no_markup_but_their_own(written):
    drawn = [path for path in written[1] if path.suffix == ".svg"]
    assert len(drawn) == 8
    for path in drawn:
        svg = path.read_text()
        for element in ElementTree.fromstring(svg).iter():
            assert element.tag.split("}")[1] in SHAPES
            assert not [name for name in element.attrib if name.startswith("on")]
            links = [value for name, value in element.attrib.items() if name.endswith("href")]
            assert all(value.startswith("#") for value in links)
        tags = {tag.split(":")[-1] for tag in Shape(svg).tags}  # where somebody puts it into a page of his own
        assert tags <= {name.lower() for name in SHAPES}


def test_all_files_stand_in_the_report_s_folder(written):
    page, *others = written[1]
    assert {path.resolve().parent for path in others} == {page.parent}
    assert {path.parent for path in page.parent.rglob("*")} == {page.parent}


def test_no_name_turns_the_direction_of_the_figures_that_follow_it(written):
    page = written[1][0].read_text()
    assert TURN in written[0]["name"] and TURN not in page and "\\u202edesrever\N{RIGHT-TO-LEFT MARK}" in page


@pytest.mark.parametrize("name", ["was $5m, is $7m", "$\\frac$", "$x_{$", "$a$", "\\$1", "_x"])
def test_a_dollar_sign_makes_no_formula_of_a_name(tmp_path, name):
    panel = pictures.Panel("incidents", [1.0, 2.0], [0.5, 1.5], [1.5, 2.5])
    figure = pictures.forest([name, "other"], [panel], "other")
    (path,) = pictures.save(figure, tmp_path / "x.png", f"against {name}", ("svg",))
    assert len(re.findall(f"<!-- (against )?{re.escape(name)} -->", path.read_text())) == 2
    plt.close(figure)
