"""The public record: what its files hold, and what bad files get."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from sim.errors import InputError
from sim.history import nulls
from sim.history import record as its

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "scenarios" / "record"


@pytest.fixture(scope="module")
def record():
    return its.read_record()


def test_the_null_models_read_the_record(record):
    assert record.yearly() == (1, 3, 1, 0, 5, 2, 1, 4)
    assert nulls.national() == (416, 229, 160, 188, 294, 380, 645, 905)
    assert len(record.years) == nulls.YEARS
    with pytest.raises(AttributeError, match="SERIES"):
        _ = nulls.SERIES


def test_core_incidents_are_17_of_which_8_are_against_projects_3_of_them_by_judgement(record):
    assert (len(record.incidents), len(record.core)) == (20, 17)
    assert len(record.against_projects()) == 8
    assert len(record.against_projects(("judged",))) == 3
    assert not [incident for incident in record.incidents if incident.project == "judged" and not incident.core]
    assert [incident.month for incident in record.core if incident.cause == "dispute"] == ["2024-11"]
    assert not [
        incident for incident in record.core if incident.type == "plot" or incident.outcome.startswith("foiled")
    ]
    assert [incident.month for incident in record.incidents] == sorted(incident.month for incident in record.incidents)


def test_what_is_derived_or_approximate_in_the_national_counts_has_a_note(record):
    for line in record.national:
        assert line.note or {line.picss_how, line.pips_how} <= {"stated"}
        assert (line.pips is None) == (line.pips_how == "")


def test_the_readme_beside_the_files_gives_their_numbers_and_every_source(record):
    text = " ".join((FOLDER / "README.md").read_text().split())
    assert "20 incidents, 17 of them core" in text and "Together 8 of 17; without the judgement 5" in text
    sources = {source for line in (*record.incidents, *record.tallies) for source in line.sources.split("; ")}
    missing = [s for s in sources if s.removesuffix(" (weak)") not in text and not s.startswith("blog")]
    assert missing == []


def test_the_files_have_the_known_columns_only_and_name_no_place_of_any_kind():
    for kind, name in ((its.Incident, "incidents"), (its.Tally, "tallies"), (its.NationalYear, "national")):
        text = (FOLDER / f"{name}.csv").read_text()
        columns = text.splitlines()[0].split(",")
        assert tuple(columns) == kind._fields
        assert not {"place", "city", "province", "district", "lat", "lon", "name", "group"} & set(columns)
        assert not re.search(r"\d\.\d{3}|\b(in|near|at) [A-Z]", text)
    world = yaml.safe_load((ROOT / "scenarios" / "worlds" / "corridor.yaml").read_text())
    names = [entry["name"] for part in ("sites", "towns") for entry in world[part]]
    everything = " ".join(path.read_text() for path in FOLDER.iterdir())
    assert not [name for name in names if name in everything]


@pytest.fixture
def copied(tmp_path):
    """The files, with one text in one of them replaced."""

    def change(name, old, new):
        shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
        text = (tmp_path / f"{name}.csv").read_text()
        assert old in text
        (tmp_path / f"{name}.csv").write_text(text.replace(old, new, 1))
        return tmp_path

    return change


@pytest.mark.parametrize(
    "name, old, new, sentence",
    [
        (
            "incidents",
            "2018-08,",
            "2018-13,",
            "incidents.csv:5: month: read '2018-13', allowed a month such as 2024-03",
        ),
        ("incidents", "2017-05,", "2016-05,", "incidents.csv:2: month: read '2016-05', allowed 2017 to 2024"),
        (
            "incidents",
            "vehicle",
            "boat",
            "incidents.csv:4: type: read 'boat', allowed vehicle or site or plot or other",
        ),
        ("incidents", ",9,", ",-9,", "incidents.csv:12: foreign_deaths: read '-9', allowed a whole number"),
        ("incidents", "yes,judged", "yes,maybe", "project: read 'maybe', allowed yes or judged or no"),
        ("incidents", ",sources\n", "\n", "incidents.csv:1: read the columns month, type"),
        ("incidents", "teachers,", "teachers,x,", "incidents.csv:15: read 10 values, allowed 9"),
        ("incidents", "teachers", '"teachers" x', "not valid CSV"),
        ("tallies", "14,", "many,", "tallies.csv:2: attacks: read 'many', allowed a whole number or nothing"),
        (
            "tallies",
            "2021-01,2024-11",
            "2024-12,2024-11",
            "tallies.csv:2: last: read '2024-11', allowed 2024-12 or later",
        ),
        ("national", "2019,160", "2019,0", "national.csv:4: picss: read '0', allowed a whole number above 0"),
        ("national", "2020,", "2030,", "year: read 2017, 2018, 2019, 2030, 2021"),
        ("national", "derived", "guessed", "picss_how: read 'guessed', allowed stated or derived or approximate"),
    ],
)
def test_bad_content_is_refused_in_one_sentence_with_file_line_and_what_is_allowed(copied, name, old, new, sentence):
    with pytest.raises(InputError) as error:
        its.read_record(copied(name, old, new))
    assert sentence in str(error.value) and "\n" not in str(error.value)


def test_a_missing_file_and_one_that_is_no_text_are_refused_in_one_sentence(copied, tmp_path):
    with pytest.raises(InputError, match=r"incidents\.csv: can't be read: No such file"):
        its.read_record(tmp_path)
    folder = copied("national", "2017", "2017")
    (folder / "national.csv").write_bytes(b"year\n\xff\xfe\n")
    with pytest.raises(InputError, match=r"national\.csv:2: read bytes that aren't text, allowed UTF-8"):
        its.read_record(folder)


def test_a_list_without_core_incidents_or_half_the_counts_is_refused(copied):
    folder = copied("incidents", "yes", "yes")
    lines = (folder / "incidents.csv").read_text().splitlines()
    (folder / "incidents.csv").write_text(f"{lines[0]}\n{lines[2]}\n")
    with pytest.raises(InputError, match="core: read no yes, allowed one or more"):
        its.read_record(folder)
    text = (folder / "national.csv").read_text()
    (folder / "national.csv").write_text(re.sub(r"(?m)^(20(?:18|19|20),\d+,\w+),\d+,\w+", r"\1,,", text))
    its.read_record.cache_clear()
    with pytest.raises(InputError, match="pips: read too few counts"):
        its.read_record(folder)


def test_files_of_that_name_in_the_working_folder_are_not_taken_for_the_record(tmp_path, record):
    (tmp_path / "record").mkdir()
    for name in ("incidents", "tallies", "national"):
        (tmp_path / "record" / f"{name}.csv").write_text("nonsense\n")
    script = "from sim.cli import main; main()"
    result = subprocess.run(
        [sys.executable, "-c", script, "record", "--json"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
    )
    assert result.returncode == 0, result.stderr
    assert len(json.loads(result.stdout)["incidents"]) == len(record.incidents)
