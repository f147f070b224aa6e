"""A project's own record in files: as spreadsheets save them, over which years, and what bad ones get."""

import codecs

import pytest

from sim.errors import InputError
from sim.history.own import Counts, Own
from sim.history.own_file import most_present, read_own

HEAD = "month,class,target,deaths\n"
BODY = "2023-04,convoy,Zoë,2\n2024-01,site,,0\n2024-11,convoy,Zoë,0\n2025-06,private,,1\n"
COUNTS = Counts(convoy=2, site=1, outing=0, private=1, fatal=1, deaths=2, targets=1)


@pytest.fixture
def file(tmp_path):
    def write(content, name="incidents.csv"):
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path / name

    return write


@pytest.fixture
def refused(file, tmp_path):
    def sentence(content, *period):
        with pytest.raises(InputError) as error:
            read_own([file(content)], *period)
        assert "\n" not in str(error.value)
        return str(error.value).removeprefix(f"{tmp_path}/")

    return sentence


def test_private_nationals_are_counted_apart_and_names_of_targets_are_only_counted(file):
    found = read_own([file(HEAD + BODY)], "2023-01", "2025-12")
    assert found == Own(3, 3.0, COUNTS)
    assert found.counts.en_route == 2
    assert "Zoë" not in str(found.as_dict())


@pytest.mark.parametrize(
    "content",
    [
        codecs.BOM_UTF8 + (HEAD + BODY).encode(),
        (HEAD + BODY).encode("cp1252"),
        (HEAD + BODY).replace(",", ";").encode(),
        (HEAD + BODY).replace(",", ";").replace("\n", "\r\n").encode("cp1252"),
        (HEAD + BODY).replace("\n", "\r\n").encode(),
        (HEAD + BODY).replace("Zoë", '"Zoë, the ""second"""').encode(),
        ("\r\n" + HEAD + "\n" + BODY).encode(),
    ],
)
def test_whatever_a_spreadsheet_makes_of_it_the_counts_are_the_same(file, content):
    assert read_own([file(content)], "2023-01", "2025-12") == Own(3, 3.0, COUNTS)


def test_without_a_period_the_calendar_years_of_each_file_are_assumed(file):
    one = file(f"{HEAD}2021-05,site,,0\n2022-06,site,,0\n", "one.csv")
    other = file(f"{HEAD}2025-12,outing,,0\n", "other.csv")
    assert read_own([one, other])[:2] == (3, 3.0) and read_own([one, other]).assumed
    given = read_own([one, other], "2021-05", "2026-04")
    assert given.years == 5.0 and not given.assumed
    assert read_own([one], "2021-05", "2022-06").years == pytest.approx(14 / 12)


def test_a_file_of_its_header_only_is_a_record_of_none_where_the_period_is_given(file, refused):
    assert read_own([file(HEAD)], "2023-01", "2025-12") == Own(0, 3.0, Counts(0, 0, 0, 0, 0, 0, 0))
    assert refused(HEAD) == (
        "incidents.csv: read no incident, allowed with --since and --until: how long there was none"
    )


@pytest.mark.parametrize(
    "line, sentence",
    [
        ("2023-13,site,,0", "month: read '2023-13', allowed a month such as 2024-03"),
        ("April 2023,site,,0", "month: read 'April 2023', allowed a month such as 2024-03"),
        ("2022-12,site,,0", "month: read '2022-12', allowed 2023-01 to 2025-12, as --since and --until have it"),
        ("2026-01,site,,0", "month: read '2026-01', allowed 2023-01 to 2025-12, as --since and --until have it"),
        (
            "2023-04,convoys,,0",
            "class: read 'convoys', allowed convoy or site or outing or private; did you mean convoy?",
        ),
        ("2023-04,boat,,0", "class: read 'boat', allowed convoy or site or outing or private"),
        ("2023-04,site,,-1", "deaths: read '-1', allowed a whole number"),
        ("2023-04,site,,1.5", "deaths: read '1.5', allowed a whole number"),
        ("2023-04,site,,", "deaths: read '', allowed a whole number"),
        ("2023-04,convoy,,61", "deaths: read 61, allowed 0 to 60, the most people present in the class convoy"),
        ("2023-04,outing,,21", "deaths: read 21, allowed 0 to 20, the most people present in the class outing"),
        ("2023-04,private,,21", "deaths: read 21, allowed 0 to 20, the most people present in the class private"),
        ("2023-04,site,,10001", "deaths: read 10001, allowed 0 to 10,000, the most people present in the class site"),
    ],
)
def test_a_bad_cell_gets_one_sentence_with_line_key_what_was_read_and_what_is_allowed(refused, line, sentence):
    said = refused(f"{HEAD}2023-04,site,,0\n{line}\n", "2023-01", "2025-12")
    assert said == f"incidents.csv:3: {sentence}"


@pytest.mark.parametrize(
    "content, sentence",
    [
        ("", "incidents.csv:1: read the columns nothing, allowed month, class, target, deaths"),
        (
            "month,class,deaths\n",
            "incidents.csv:1: read the columns month, class, deaths, allowed month, class, target,",
        ),
        ("month,class,target,deaths,hurt\n", "incidents.csv:1: read the columns month, class, target, deaths, hurt,"),
        ("month,class,target,month\n", "incidents.csv:1: read 'month' twice, as columns 1 and 4"),
        (f"{HEAD}2023-04,site,0\n", "incidents.csv:2: read 3 values, allowed 4: month, class, target, deaths"),
        (f"{HEAD}2023-04,site,,0,\n", "incidents.csv:2: read 5 values, allowed 4: month, class, target, deaths"),
        (f'{HEAD}2023-04,site,"A" x,0\n', "incidents.csv:2: not valid CSV"),
        ((HEAD + BODY).encode("utf-16"), "incidents.csv:1: read bytes that aren't text, allowed UTF-8"),
        (HEAD.encode() + b"2023-04,site,\x81,0\n", "incidents.csv:2: read bytes that aren't text, allowed UTF-8"),
        (HEAD + "2023-04,site,,0\n" * 10_001, "incidents.csv: read 10,001 incidents in all, allowed 0 to 10,000"),
    ],
)
def test_a_file_of_another_form_gets_one_sentence(refused, content, sentence):
    assert refused(content, "2023-01", "2025-12").startswith(sentence)


@pytest.mark.parametrize(
    "since, until, sentence",
    [
        ("2023-01", None, "--since and --until: read one of them, allowed both or neither"),
        ("2023", "2025-12", "--since: read '2023', allowed a month such as 2024-03"),
        ("2023-01", "2025-00", "--until: read '2025-00', allowed a month such as 2024-03"),
        ("2023-02", "2023-01", "--until: read '2023-01', allowed 2023-02 or later"),
    ],
)
def test_a_period_that_is_none_gets_one_sentence(refused, since, until, sentence):
    assert refused(HEAD, since, until) == sentence


@pytest.mark.parametrize("first, second", [("2023-01", "2023-12"), ("2022-06", "2022-06")])
def test_years_that_two_files_have_are_refused_with_a_period_too(file, tmp_path, first, second):
    one, other = (
        file(f"{HEAD}2022-05,site,,0\n{first},site,,0\n", "one.csv"),
        file(f"{HEAD}{second},site,,0\n", "two.csv"),
    )
    for period in ((), ("2022-01", "2024-12")):
        with pytest.raises(InputError) as error:
            read_own([one, other], *period)
        assert str(error.value).startswith(f"{other}: month: read incidents of {second[:4]}, allowed years other than")
    with pytest.raises(InputError, match=r"which .*one\.csv has"):
        read_own([one, one])


def test_the_most_people_present_are_the_schema_s_bounds():
    assert most_present() == {"convoy": 60, "site": 10_000, "outing": 20, "private": 20}


def test_a_file_that_is_not_there_is_refused_with_the_reason(tmp_path):
    with pytest.raises(InputError, match=r"incidents\.csv: can't be read: No such file"):
        read_own([tmp_path / "incidents.csv"])
