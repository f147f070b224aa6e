"""`sitesec brief`: written from stored rows alone, and refused where these are not what they were."""

import json
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim.decide.choice import choose
from sim.decide.study import open_study
from sim.sweep.parts import hash_of
from tests.cli.command import refused

WRITTEN = ("brief.html", "brief.json", "brief.png")


@pytest.fixture
def own(briefed, sitesec, tmp_path, monkeypatch):
    """A copy of a decision whose choice was run, as the working folder; its brief written."""
    shutil.copytree(briefed.parent, tmp_path / "own", ignore=shutil.ignore_patterns("brief.*"))
    monkeypatch.chdir(tmp_path / "own")
    assert sitesec("brief", "small.yaml").returncode == 0
    return tmp_path / "own" / "results" / "decisions" / "small"


def parts(folder):
    return sorted((folder / "runs" / "rows").glob("part-*.parquet"))


def contents(folder):
    return {name: (folder / name).read_bytes() for name in WRITTEN}


def changed(path):
    """Write a part with other rows, under the name that belongs to them."""
    table = pq.read_table(path)
    at = table.column_names.index("project_spent")
    table = table.set_column(at, "project_spent", pa.array([1.01 * usd for usd in table["project_spent"].to_pylist()]))
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    data = sink.getvalue().to_pybytes()
    path.unlink()
    path.with_name(f"{path.name[:11]}-{hash_of(data)}.parquet").write_bytes(data)


def test_it_says_the_choice_and_what_it_wrote(own, sitesec):
    result = sitesec("brief", "small.yaml")
    assert all(str(own / name).endswith(name) and (own / name).is_file() for name in WRITTEN)
    assert result.stdout.startswith("Choose ") and "brief.html" in result.stderr
    record = json.loads(sitesec("brief", "small.yaml", "--json").stdout)
    assert record == json.loads((own / "brief.json").read_text())
    assert f"{len(record['figures'])} figures" in result.stdout


def test_without_runs_it_is_refused_and_nothing_is_written(own, sitesec, tmp_path, monkeypatch):
    shutil.copytree(own.parents[2], tmp_path / "bare", ignore=shutil.ignore_patterns("results"))
    monkeypatch.chdir(tmp_path / "bare")
    said = refused(sitesec("brief", "small.yaml"))
    assert said.endswith("no runs of this decision in results/decisions/small; `sitesec choose small.yaml` runs them")
    assert not (tmp_path / "bare" / "results").exists()


def test_rows_that_were_edited_are_refused(own, sitesec):
    before, path = contents(own), parts(own)[0]
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    said = refused(sitesec("brief", "small.yaml"))
    assert said.endswith(f"{path.name}: damaged; `sitesec choose small.yaml` sets it aside and runs its runs again")
    assert contents(own) == before


def test_rows_that_were_edited_and_named_anew_are_refused(own, sitesec):
    before = contents(own)
    changed(parts(own)[0])
    said = refused(sitesec("brief", "small.yaml"))
    assert "project_cost/" in said and "they are not those that it was made of" in said
    assert contents(own) == before


def test_rows_that_were_deleted_are_refused_until_they_are_run_again(own, sitesec):
    before = contents(own)
    for path in parts(own)[1:]:
        path.unlink()
    said = refused(sitesec("brief", "small.yaml"))
    assert "runs that this decision asks for; `sitesec choose small.yaml` runs what is missing" in said
    assert contents(own) == before
    with open_study("small.yaml", own, threads=1) as study:
        choose(study)
    assert sitesec("brief", "small.yaml").returncode == 0
    assert (own / "brief.png").read_bytes() == before["brief.png"]
    figures = [json.loads(text)["figures"] for text in (before["brief.json"], (own / "brief.json").read_bytes())]
    assert {key: one["value"] for key, one in figures[0].items()} == pytest.approx(
        {key: one["value"] for key, one in figures[1].items()}
    )


def test_another_decision_file_makes_another_page(own, sitesec):
    file = own.parents[2] / "small.yaml"
    file.write_text(file.read_text().replace("price: 2000000", "price: 3000000"))
    assert sitesec("brief", "small.yaml").returncode == 0
    assert json.loads((own / "brief.json").read_text())["figures"]["decision/price"]["value"] == 3.0


@pytest.mark.parametrize(
    "name, text, said",
    [
        ("brief.json", "{", "can't be read"),
        ("brief.json", "[]", "can't be read"),
        ("brief.json", '{"files": {}}', "can't be read"),
        ("flip.json", "{}", "read no headline"),
        ("worth-knowing.json", '"x"', "can't be read"),
    ],
)
def test_what_others_wrote_there_is_refused_in_a_sentence(name, text, said, own, sitesec):
    before = contents(own)
    (own / name).write_text(text)
    assert said in refused(sitesec("brief", "small.yaml"))
    assert contents(own) == before | ({name: text.encode()} if name in WRITTEN else {})


def test_an_answer_to_another_decision_file_counts_as_not_asked(own, sitesec):
    digits = hash_of((own.parents[2] / "small.yaml").read_bytes())
    for file, asked in ((digits, False), ("0" * 16, True)):
        (own / "flip.json").write_text(json.dumps({"headline": "None found.", "file": file}))
        assert sitesec("brief", "small.yaml").returncode == 0
        assert ("not asked yet (sitesec flip" in (own / "brief.html").read_text()) == asked


def test_caps_that_leave_nothing_are_refused(own, sitesec):
    file = own.parents[2] / "small.yaml"
    file.write_text(file.read_text() + "caps: {project_cost: 1}\n")
    assert "caps: read 0 of 5 alternatives below all of them" in refused(sitesec("brief", "small.yaml"))
