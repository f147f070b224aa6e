"""Tables of the public record: the tallies of others beside the list's own counts, and what is printed."""

from sim.about import BANNER
from sim.history.figures import NATIONALS
from sim.history.report import tally_table
from sim.view.record import print_record


def tally(record, name):
    return next(line for line in tally_table(record) if line["body"].startswith(name))


def test_the_tallies_agree_with_the_list_where_they_are_said_to(record):
    assert (tally(record, "NACTA")["attacks"], tally(record, "NACTA")["this_list_incidents"]) == (14, 12)
    assert tally(record, "NACTA")["foreign_killed"] == tally(record, "NACTA")["this_list_foreign_killed"] == 20
    assert str(NATIONALS) in tally(record, "NACTA")["note"]
    assert (tally(record, "interior")["attacks"], tally(record, "interior")["this_list_incidents"]) == (8, 10)
    several = [i.foreign_deaths for i in record.core if i.month <= "2024-06" and i.foreign_deaths > 1]
    assert several == [2, 9, 3, 5] and tally(record, "VOA")["foreign_killed"] == sum(several) == 19
    research = tally(record, "SATP")
    parts = ("foreign_killed", "security_killed", "locals_killed", "attackers_killed")
    assert sum(research[part] for part in parts) == research["killed"] == 67
    assert research["this_list_incidents"] is None


def test_the_band_of_local_deaths_is_the_tallies_own(record):
    low, high = (tally(record, name) for name in ("NACTA", "SATP"))
    assert low["locals_killed"] / low["foreign_killed"] == 0.4
    assert high["locals_killed"] / high["foreign_killed"] == 3.6


def test_the_banner_is_printed_once(record, capsys):
    print_record(record)
    assert " ".join(capsys.readouterr().out.split()).count(BANNER) == 1
