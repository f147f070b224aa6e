"""Tables and lines of the public record: for reading, and with all their digits for files."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import groupby
from typing import Any

from sim.history.figures import Figure, figures
from sim.history.notes import conclusions, letters, notes
from sim.history.record import Incident, NationalYear, Record, Tally, deaths

Rows = list[dict[str, Any]]

WHICH = 28  # column in which the incidents of a year begin
TALLIED = {
    "attacks": "attacks",
    "killed": "killed in all",
    "hurt": "hurt in all",
    "foreign_killed": "foreign killed",
    "foreign_hurt": "foreign hurt",
    "security_killed": "security killed",
    "locals_killed": "locals killed",
    "locals_hurt": "locals hurt",
    "attackers_killed": "attackers killed",
}  # columns of tallies.csv that hold counts, in words


def report(record: Record) -> dict[str, Any]:
    """The whole record and its figures, as plain numbers and words."""
    return {
        "years": list(record.years),
        "incidents": [incident._asdict() for incident in record.incidents],
        "core_by_year": dict(zip(record.years, record.yearly(), strict=True)),
        "figures": figure_table(record),
        "notes": notes(record),
        "tallies": tally_table(record),
        "national": [line._asdict() for line in record.national],
        "conclusions": conclusions(record),
    }


def figure_table(record: Record) -> Rows:
    """One line per figure."""
    return [
        {"group": figure.group, "key": figure.key, "name": figure.name}
        | {key: value for key, value in figure.interval.as_dict().items() if key != "confidence"}
        | {"note": figure.note}
        for figure in figures(record)
    ]


def tally_table(record: Record) -> Rows:
    """The tallies, with this list's own counts in the same months where it covers them."""
    return [tally._asdict() | _own_counts(record, tally) for tally in record.tallies]


def _own_counts(record: Record, tally: Tally) -> dict[str, int | None]:
    covered = all(int(month[:4]) in record.years for month in (tally.first, tally.last))
    own = [incident for incident in record.core if tally.first <= incident.month <= tally.last]
    counts = {"this_list_incidents": len(own), "this_list_foreign_killed": deaths(own)}
    return {key: count if covered else None for key, count in counts.items()}


def incident_lines(record: Record) -> list[str]:
    """A line a year: attacks of all kinds, core incidents, foreign nationals killed, each one's month and type."""
    title = (
        f"Incidents on record, {record.years[0]} to {record.years[-1]}: month and type; in brackets foreign nationals "
        "killed; p: against a project, p?: judged so by us; PICSS, PIPS: all attacks in the country"
    )
    return [title, "year PICSS PIPS core killed which", *(_year_line(record, line) for line in record.national)]


def _year_line(record: Record, line: NationalYear) -> str:
    every = [incident for incident in record.incidents if incident.month.startswith(str(line.year))]
    core = [incident for incident in every if incident.core]
    others = ", ".join(_brief(incident) for incident in every if not incident.core)
    parts = [", ".join(map(_brief, core)), f"not core: {others}" if others else ""]
    pips = "" if line.pips is None else line.pips
    return f"{line.year} {line.picss:>5} {pips:>4} {len(core):>4} {deaths(core):>6} {'; '.join(filter(None, parts))}"


def _brief(incident: Incident) -> str:
    killed = f" ({incident.foreign_deaths})" if incident.foreign_deaths else ""
    what = "dispute" if incident.cause == "dispute" else incident.type
    return f"{incident.month[5:]} {what}{ {'yes': ' p', 'judged': ' p?', 'no': ''}[incident.project] }{killed}"


def reading_table(record: Record, *, methods: bool) -> Rows:
    """The figures under their headings, with letters for their notes; a column for methods where there is room."""
    table: Rows = []
    for group, members in groupby(figures(record), key=lambda figure: figure.group):
        lines = [_reading_line(figure, letters(record)) for figure in members]
        table += [dict.fromkeys(lines[0], "") | {"quantity": group}, *lines]
    return table if methods else [{key: row[key] for key in row if key != "method"} for row in table]


def _reading_line(figure: Figure, lettered: Mapping[str, str]) -> dict[str, str]:
    interval = figure.interval
    return {
        "quantity": f"  {figure.name}",
        "value": _digits(interval.estimate),
        "95 % interval": "" if math.isnan(interval.low) else f"{_digits(interval.low)} to {_digits(interval.high)}",
        "method": interval.method,
        "note": lettered.get(figure.note, ""),
    }


def _digits(value: float) -> str:
    """Three digits that count; whole numbers whole."""
    return f"{value:.0f}" if isinstance(value, int) else "" if math.isnan(value) else f"{value:#.3g}".rstrip(".")


def reading_tallies(record: Record) -> Rows:
    """The tallies in three columns."""
    return [
        {
            "who counts": f"{line['body']}\n{line['first']} to {line['last']}\npublished {line['published']}",
            "what": f"{line['counts']}: {_given(line)}" + f" ({line['note']})" * bool(line["note"]),
            "this list": _own_words(line),
        }
        for line in tally_table(record)
    ]


def _given(line: Mapping[str, Any]) -> str:
    """The numbers that a tally gives."""
    given = ", ".join(f"{line[key]} {words}" for key, words in TALLIED.items() if line[key] is not None)
    return f"at least {given}" if line["least"] else given


def _own_words(line: Mapping[str, Any]) -> str:
    if line["this_list_incidents"] is None:
        return "not covered"
    return f"{line['this_list_incidents']} incidents\n{line['this_list_foreign_killed']} killed"
