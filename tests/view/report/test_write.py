"""The report of a sweep's folder: files, and a page that needs nothing else."""

import base64
import csv
import dataclasses
import html
import math
import re
import shutil

import matplotlib.pyplot as plt
import pytest

from sim.about import BANNER
from sim.analysis.columns import short, shown
from sim.analysis.sweep_words import sweep_words
from sim.analysis.tables import sweep_table
from sim.errors import InputError
from sim.outcome import GROUPS
from sim.rng import replicate_seed
from sim.sweep.result import read_sweep
from sim.sweep.store import versions
from sim.sweep.sweep import run_sweep
from sim.view import pictures
from sim.view.report import figures, write
from sim.view.report.parts import number, with_ends
from sim.view.report.words import ODDS
from sim.view.report.write import write_report

SWEEP = """
name: "<b>R&D</b>"
description: "<script>alert(1)</script>"
scenario: baseline
set: {run.horizon: 1, run.warmup: 0.2}
replicates: 6
axes:
  checks:
    label: checks
    levels: {"<i>none</i>": {policy.screening.sensitivity: 0.0}, today: {}, strict: {policy.screening.sensitivity: 0.9}}
  adherence: {label: adherence, key: policy.adherence.level, values: [0.4, 1.0]}
plots: [{name: by-checks, kind: lines, x: checks, lines: adherence}]
"""
DRAWN = """
name: drawn
scenario: baseline
set: {run.horizon: 1, run.warmup: 0.2}
replicates: 4
sample: {method: sobol, size: 4, priors: [insider]}
axes:
  policy: {label: policy, scenarios: [baseline, full-protocol]}
  budget: {label: budget, key: policy.budget.share, values: [1.0, 2.0]}
reference: {policy: baseline, budget: 1.0}
plots: [{name: by-budget, kind: lines, x: budget, lines: policy}]
"""


def swept(text, folder):
    (folder / "sweep.yaml").write_text(text)
    return run_sweep(folder / "sweep.yaml", folder / "out", threads=1).folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return swept(SWEEP, tmp_path_factory.mktemp("grid"))


@pytest.fixture(scope="module")
def written(folder):
    return write_report(folder)


@pytest.fixture(scope="module")
def page(written):
    return written[0].read_text()


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    return swept(DRAWN, tmp_path_factory.mktemp("drawn"))


@pytest.fixture(scope="module")
def drawn_page(drawn):
    return write_report(drawn)[0].read_text()


@pytest.fixture
def quick(monkeypatch):
    """Pictures take most of a report's time."""

    def empty(figure, path, *_):
        plt.close(figure)
        path.with_suffix(".svg").write_text("<svg/>")
        return [path.with_suffix(".svg")]

    monkeypatch.setattr(pictures, "save", empty)


NOBODY = """
name: nobody
set: {run.horizon: 0.01, run.warmup: 0}
replicates: 2
"""
ONE_LEVEL = "axes: {budget: {label: budget, key: policy.budget.share, values: [0]}}\n"
PLOTS = """plots:
  - {name: asked, kind: lines, x: budget, lines: budget}
  - {name: spent, kind: spending, lines: budget, of: difference, metric: deaths_foreign_per_year}
"""
LEAST = {
    "no axis": NOBODY,
    "one replicate": NOBODY.replace("replicates: 2", "replicates: 1"),
    "one level, no budget": NOBODY + ONE_LEVEL + PLOTS,
    "one draw": NOBODY + "sample: {size: 1, priors: [insider]}\n",
    "two policies that are the same": NOBODY + ONE_LEVEL.replace("[0]", "[1, 1.0000001]") + PLOTS,
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("text", LEAST.values(), ids=LEAST)
def test_there_is_a_report_of_however_little_where_nothing_happened_and_nobody_died(text, tmp_path):
    page, *files = write_report(swept(text, tmp_path))
    assert BANNER in page.read_text() and all(path.stat().st_size > 0 for path in files)
    counted = [line for line in rows(tmp_path / "out" / "report" / "rates.csv") if line["by"] == "counts"]
    assert {float(line["estimate"]) for line in counted if line["figure"] == "incidents_per_year"} == {0.0}


def rows(path):
    with open(path, newline="") as handle:
        return list(csv.DictReader(handle))


# The page.


def test_the_page_makes_no_outside_request(page, drawn_page):
    for text in (page, drawn_page):
        for word in ("<link", "<iframe", "@import", "url(", "http:", "https:", "fetch(", "XMLHttp"):
            assert word not in text
        assert re.findall("<script[^>]*>", text) == ["<script>"]
        assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-" in text
        assert re.findall(r'src="(?!data:image/svg\+xml;base64,)', text) == []
        assert all(target.startswith("#") for target in re.findall(r'href="([^"]*)"', text))


def test_the_pictures_in_the_page_make_none_either(page):
    pictures = re.findall(r'src="data:image/svg\+xml;base64,([^"]*)"', page)
    assert len(pictures) == 8
    for picture in pictures:
        svg = base64.b64decode(picture).decode()
        assert re.findall(r'href="(?!#|data:)', svg) == []
        assert "<script" not in svg


def test_text_of_the_sweep_file_is_escaped(page):
    assert "<b>R" not in page
    assert "alert(1)&lt;/script&gt;" in page
    assert "&lt;i&gt;none&lt;/i&gt;" in page
    assert "<i>" not in page


def test_the_banner_is_the_first_thing_on_the_page_and_under_each_picture(page, tmp_path):
    assert page.split("<body>")[1].index(BANNER) < page.split("<body>")[1].index("<h1>")
    figure, _ = plt.subplots()
    pictures.save(figure, tmp_path / "x.png", "a note")
    assert figure.get_supxlabel() == f"a note\n{BANNER}"


def test_every_entry_of_the_contents_is_there(page, drawn_page):
    for text in (page, drawn_page):
        targets = re.findall(r'href="#([^"]*)"', text)
        assert targets
        assert all(f'id="{target}"' in text for target in targets)
    assert 'href="#draws"' in drawn_page
    assert 'href="#draws"' not in page


def test_the_page_says_command_seed_versions_and_precision_of_what_was_run(page, folder):
    made = read_sweep(folder).store.provenance()["made"][-1]
    for text in (made["command"], f"sitesec report {folder}", str(replicate_seed(1, 0)), "Root seed 1."):
        assert text in page
    assert all(str(version) in page for version in versions().values())
    assert "Asked for: 6 replicates of each design point." in page


def test_the_rates_on_the_page_are_those_of_the_sweep_s_table(page, folder):
    for row in sweep_table(read_sweep(folder)):
        ends = {"estimate": row["incidents_per_year"], "low": row["incidents_per_year_low"]}
        assert with_ends(ends | {"high": row["incidents_per_year_high"]}) in page


def test_every_column_of_the_outcome_is_on_the_page_by_group_with_each_policy_s_figure(page, folder):
    section = html.unescape(page.split('<section id="columns"')[1].split("</section>")[0])
    assert [f"<figcaption>{group.capitalize()}." in section for group in GROUPS] == [True] * len(GROUPS)
    lines = rows(folder / "report" / "columns.csv")
    assert len(lines) == len({line["policy"] for line in lines}) * len(shown())
    for line in lines:
        unit = short(line["unit"])
        words = line["label"] if unit in ("", "-") else f"{line['label']}, {unit}"
        assert f">{words}</th>" in section
        assert f">{with_ends({end: float(line[end]) for end in ('estimate', 'low', 'high')})}</td>" in section


def test_the_odds_ratio_of_deviations_is_on_the_page_and_in_the_file_once_a_policy(page, written):
    (path,) = [path for path in written if path.name == "funnel_shares.csv"]
    lines = list(csv.DictReader(path.read_text().splitlines()))
    assert [line["point"] for line in lines if line["unit"] == "odds ratio"] == sorted(
        {line["point"] for line in lines}
    )
    assert page.count(ODDS["with_deviation_of_convoy_incidents_to_trips"]) == 1


def test_a_sound_sweep_says_so(page):
    assert "No run failed or is missing" in page


def test_failed_runs_are_on_the_page_and_in_a_file(folder, tmp_path, monkeypatch, quick):
    whole = read_sweep(folder)
    names = ("run_id", "point_id", "replicate", "seed", "origin", "type", "message", "time")
    failure = dict.fromkeys(names, "-") | {"type": "RunError", "message": "an array was <full>"}
    monkeypatch.setattr(write, "read_sweep", lambda _: dataclasses.replace(whole, failures=[failure]))
    text = write_report(folder, tmp_path)[0].read_text()
    assert "an array was &lt;full&gt;" in text
    assert "No run failed" not in text
    assert rows(tmp_path / "failures.csv")[0]["message"] == "an array was <full>"


def test_a_sweep_without_any_run_gets_a_page_that_says_so(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "empty")
    shutil.rmtree(tmp_path / "empty" / "rows")
    text = write_report(tmp_path / "empty")[0].read_text()
    assert "No run is there yet" in text
    assert "36 of 36 are missing" in text


def test_many_policies_are_cut_in_pictures_and_long_tables_on_the_page_but_not_in_files(
    folder, tmp_path, monkeypatch, quick
):
    monkeypatch.setattr(figures, "MOST_DOTS", 3)
    monkeypatch.setattr(figures, "SPREAD", 2)
    monkeypatch.setattr(figures, "MOST_BESIDE", 2)
    monkeypatch.setattr(write, "MOST_ROWS", 2)
    text = write_report(folder, tmp_path)[0].read_text()
    assert "Shown of 6 policies" in text
    assert "4 more rows are in the file" in text
    assert len({row["policy"] for row in rows(tmp_path / "rates.csv")}) == 6


# What stands where.


def section(page, anchor):
    return html.unescape(page.split(f'<section id="{anchor}"')[1].split("</section>")[0])


def test_the_answer_comes_first_in_words_then_the_picture_then_what_was_run(page, folder):
    assert re.findall(r"<h2>(.*?)</h2>", page)[0] == "The answer" and "In short" not in page
    answer = section(page, "answer")
    said = sweep_words(result := read_sweep(folder), sweep_table(result), "")
    headline = [answer.index(f"<li>{line}</li>") for line in said["headline"]]
    assert headline and headline == sorted(headline)
    assert headline[-1] < answer.index("<img") < answer.index("What was run") < answer.index(said["run"])


def test_what_failed_or_is_missing_stands_before_any_figure(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "some")
    next((tmp_path / "some" / "rows").glob("*.parquet")).unlink()
    text = write_report(tmp_path / "some")[0].read_text()
    assert text.index("fewer runs than asked for") < text.index('<ul class="headline">')


def test_every_table_by_policy_has_every_policy_the_safest_first(page, folder):
    lines = [row for row in rows(folder / "report" / "rates.csv") if row["by"] == "expected counts"]
    safest = sorted(
        (row for row in lines if row["figure"] == "project_incidents_per_year"), key=lambda row: float(row["estimate"])
    )
    names = [row["policy"] for row in safest]
    for anchor in ("rates", "costs"):
        stubs = re.findall('<th scope="row">(.*?)</th>', section(page, anchor))
        assert [stub.removesuffix(" (reference)") for stub in stubs] == names


def test_a_caption_says_what_a_plot_of_the_sweep_file_shows(page):
    assert "asked for by the sweep file" not in page
    assert "Incidents per year, all sites. Across: checks; a line for each level of adherence." in page


@pytest.fixture(scope="module")
def drawn_panels(folder, tmp_path_factory):
    """What the pictures of a report are made of: name -> panels."""
    found = {}
    with pytest.MonkeyPatch.context() as patch:

        def forest(names, panels, marked=None):
            found["forests"] = [*found.get("forests", []), (names, panels, marked)]
            return plt.figure()

        patch.setattr(pictures, "forest", forest)
        patch.setattr(pictures, "small", lambda panels: found.setdefault("small", panels) and plt.figure())
        write_report(folder, tmp_path_factory.mktemp("panels"))
    return found


def test_no_panel_says_the_same_of_all_and_the_caption_has_what_is_not_drawn(drawn_panels, page):
    panels = [panel for _, panels, _ in drawn_panels["forests"] for panel in panels]
    panels += [panel for _, panel in drawn_panels["small"]]
    assert panels
    for panel in panels:
        assert len({round(value, 9) for value in panel.estimate}) > 1 or panel.difference
    assert "partner's spending" not in " ".join(panel.label for panel in panels)
    assert re.search(
        r"The same under all of them:.* partner's spending, million USD per year 0", section(page, "costs")
    )


@pytest.mark.parametrize(
    "values, difference, said",
    [([1.0, 2.0], False, True), ([1.0, 1.0], False, False), ([3.0], False, False), ([3.0], True, True)],
)
def test_a_panel_says_something_where_not_all_are_the_same(values, difference, said):
    assert pictures.Panel("x", values, values, values, difference=difference).is_constant != said


def test_each_lever_that_departs_by_itself_is_listed_with_its_nearest_outcome(page, folder):
    table = section(page, "levers")
    assert "Background checks find: 0 % → 90 %" in table and "insiders in post (mean), persons" in table
    columns = {(row["policy"], row["figure"]): row for row in rows(folder / "report" / "columns.csv")}
    mine = columns["checks strict, adherence 0.4", "insider_days"]
    assert f">{with_ends({end: float(mine[end]) for end in ('estimate', 'low', 'high')})}</td>" in table
    assert {*re.findall('scope="row">(.*?)<', table)} == {"checks today", "checks strict", "adherence 1"}


def test_on_paper_a_long_table_has_its_main_rows_and_says_so(folder, tmp_path, monkeypatch, quick):
    monkeypatch.setattr(write, "MOST_PRINTED", 2)
    text = section(write_report(folder, tmp_path)[0].read_text(), "rates")
    left_out = text.count('<tr class="unprinted">')
    assert 0 < left_out < 6 and f"On paper {6 - left_out} of 6 rows; the page has them all." in text


# The files.


def test_every_picture_is_there_as_png_and_svg_and_every_table_as_csv(folder, written):
    names = {path.name for path in written}
    for picture in ("rates", "by-checks", "differences", "funnel", "exceedance", "costs"):
        assert {f"{picture}.png", f"{picture}.svg"} <= names
    for table in (
        "points",
        "rates",
        "differences",
        "funnel",
        "funnel_shares",
        "exceedance",
        "replicate_deaths",
        "costs",
        "columns",
    ):
        assert f"{table}.csv" in names
    assert all(path.parent == folder / "report" and path.stat().st_size > 0 for path in written)
    assert written[0].name == "report.html"


def test_the_same_folder_gives_the_same_report_to_the_last_byte(folder, written, tmp_path):
    again = write_report(folder, tmp_path)
    assert [path.name for path in again] == [path.name for path in written]
    assert all(one.read_bytes() == other.read_bytes() for one, other in zip(written, again, strict=True))


def test_the_split_over_draws_is_on_the_page_as_in_its_file(drawn, drawn_page):
    lines = rows(drawn / "report" / "draws.csv")
    assert {line["of"] for line in lines} == {"rate", "difference"}
    for line in lines:
        assert number(float(line["sd_between_draws"])) in drawn_page
        assert number(float(line["sd_monte_carlo"])) in drawn_page
    assert "insider.prevalence" in drawn_page


@pytest.mark.parametrize("made", ["nothing", "folder", "file"])
def test_a_folder_that_is_no_store_is_refused_in_one_sentence_and_nothing_is_written(tmp_path, made):
    place = tmp_path / "x"
    if made == "folder":
        place.mkdir()
    elif made == "file":
        place.write_text("x")
    with pytest.raises(InputError, match="no sweep is stored there") as error:
        write_report(place)
    assert "\n" not in str(error.value)
    assert not (place / "report").exists()


def test_nothing_is_written_where_nothing_can_be(folder, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="nothing can be written there"):
        write_report(folder, tmp_path / "file")


# How figures are written and drawn.


@pytest.mark.parametrize(
    "value, text",
    [
        (2.8129, "2.81"),
        (0.0, "0"),
        (-0.5012, "\N{MINUS SIGN}0.501"),
        (5668.4, "5,668"),
        (0.0345, "0.0345"),
        (math.nan, "\N{EN DASH}"),
        (None, "\N{EN DASH}"),
        (math.inf, "\N{INFINITY}"),
        (12, "12"),
        ("x", "x"),
    ],
)
def test_numbers_have_three_figures(value, text):
    assert number(value) == text


def test_an_estimate_and_its_ends_have_the_same_places():
    assert with_ends({"estimate": 0.02, "low": 0.0, "high": 12.3456}) == "0.0 [0, 12.3]"
    assert with_ends({"estimate": 1.0, "low": math.nan, "high": math.nan}) == "1.00 [no interval]"


def test_where_nothing_happened_the_curves_have_an_axis_all_the_same(tmp_path):
    figure = pictures.curves(
        [pictures.Curve("deaths", "a year", {"a": [(1, 0.0, 0.0, 0.0), (2, 0.0, 0.0, 0.0)]}, True)]
    )
    assert pictures.save(figure, tmp_path / "x.png")


def test_a_sampled_sweep_s_lines_go_through_the_means_over_draws(drawn, tmp_path, monkeypatch):
    result, drawn_lines = read_sweep(drawn), []
    monkeypatch.setattr(pictures, "_draw_family", lambda axes, table, *_: drawn_lines.append(table))
    monkeypatch.setattr(pictures, "save", lambda figure, *_: plt.close(figure) or [])
    table = sweep_table(result)
    pictures.sweep_plots(result.file, table, 1e6, tmp_path)
    mine = [row["incidents_per_year"] for row in table if (row["policy"], row["budget"]) == ("baseline", 2.0)]
    shown = drawn_lines[0]
    at = shown[(shown["policy"] == "baseline") & (shown["budget"] == 2.0)]
    assert at["incidents_per_year"].tolist() == [pytest.approx(sum(mine) / len(mine))]
    assert min(mine) <= at["value_low"].item() < at["value_high"].item() <= max(mine)
