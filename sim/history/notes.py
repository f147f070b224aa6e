"""What must be said beside the figures of the public record, and what they can and can't support."""

from __future__ import annotations

import math
from collections.abc import Mapping

from sim import rates
from sim.history.figures import COMPLETENESS, NATIONALS, figures, intervals
from sim.history.record import INSTITUTES, Record
from sim.history.small_counts import LEVEL, POWER

METHODS = (
    "Intervals at 95 %. Exact: rates by Garwood, shares by Clopper and Pearson, ratio conditional binomial. "
    "Not exact: dispersion by chi-square, deaths by a bootstrap. The JSON names each one's."
)


def notes(record: Record) -> dict[str, str]:
    """A sentence or two for each note that a figure names."""
    found = intervals(record)
    return _notes_on_rates(record, found) | _notes_on_chance(record, found)


def _notes_on_rates(record: Record, found: Mapping[str, rates.Interval]) -> dict[str, str]:
    every, least = found["incidents"], found["if_least_complete"]
    judged, killed = record.against_projects(("judged",)), sorted(line.foreign_deaths for line in record.fatal)
    worst, listed = max(killed, default=0), ", ".join(map(str, killed))
    return {
        "dispute": "Officials say that a guard quarrelled with workers: no militancy.",
        "completeness": (
            f"Assumed: {COMPLETENESS:g} to 1 of the incidents reach a public source. The rate is then "
            f"{every.estimate:.1f} to {least.estimate:.1f} a year, its ends {every.low:.1f} and {least.high:.1f}; "
            "other rates grow alike."
        ),
        "project": (
            f"{len(judged)} of these are our judgement from the target: the sources don't say whom they worked for."
        ),
        "assumed": "A project-year. How many projects were at work is assumed.",
        "people": (
            f"{NATIONALS:,}, an official figure for the country, is taken throughout. Press figures begin at 2,700 "
            "for the corridor's projects alone."
        ),
        "deaths": (
            "Incidents are resampled, not deaths, since these come in clusters; each comes Poisson(1) often. No "
            f"resample holds a worse incident than the worst so far ({worst}; some reports have one more)."
        ),
        "severity": (
            f"They were {listed or 'none'}. One incident holds {worst} of {sum(killed)}: too few, and too uneven, for "
            "an interval that means anything."
        ),
    }


def _notes_on_chance(record: Record, found: Mapping[str, rates.Interval]) -> dict[str, str]:
    spread, years = found["dispersion"].estimate, len(record.years)
    constant, picss, pips = (found[f"log_likelihood_{name}"].estimate for name in ("constant", *INSTITUTES))
    went = [_went(found, name) for name in INSTITUTES]
    return {
        "trend": "The halves of the record. Neither a rise nor its absence is established.",
        "dispersion": (
            f"p is one-sided; the chance is that of the same test at {LEVEL:g}. {years} counts can't tell Poisson from "
            f"negative binomial: a true {spread:.1f} is missed most of the time."
        ),
        "quiet": "At the mean rate and at the ends of its interval: a year without incident is unremarkable.",
        "national": (
            "The totals are taken as exact, but institutes differ up to five-fold in a year and some are derived. "
            f"From the first half to the second the share {went[0]} by PICSS and {went[1]} by PIPS, within chance."
        ),
        "likelihood": (
            f"One free rate each. Constant less proportional: {constant - picss:+.1f} by PICSS, {constant - pips:+.1f} "
            "by PIPS. That is little, and its sign depends on who counts: the record can't say whether it follows "
            "national violence."
        ),
        "power": (
            f"Two periods of equal length, a constant rate in each, test two-sided at {LEVEL:g}, power {POWER:g}, "
            f"summed over all pairs of Poisson counts. Where variance is {spread:.1f} times the mean, about "
            f"{spread:.1f} times as many are needed."
        ),
    }


def _went(found: Mapping[str, rates.Interval], name: str) -> str:
    return "rose" if found[f"of_{name}_late"].estimate > found[f"of_{name}_early"].estimate else "fell"


def letters(record: Record) -> dict[str, str]:
    """A letter for each note, in the order in which the table needs them."""
    used = dict.fromkeys(figure.note for figure in figures(record) if figure.note)
    return {key: chr(ord("a") + n) for n, key in enumerate(used)}


def reading_notes(record: Record) -> list[str]:
    """The notes with their letters."""
    texts = notes(record)
    return [f"{letter}  {texts[key]}" for key, letter in letters(record).items()]


def conclusions(record: Record) -> str:
    """What these counts can and can't support, in plain words."""
    found = intervals(record)
    rate, ratio, road, dead = (found[key] for key in ("incidents", "ratio", "en_route", "fatal"))
    missed, years = 100 * (1 - found["power_for_50"].estimate), len(record.years)
    return (
        f"What these counts support: {rate.low:.1f} to {rate.high:.1f} incidents a year for what is on record, up to "
        f"{1 / COMPLETENESS:.1f} times as many if some go unreported; {100 * road.low:.0f} to {100 * road.high:.0f} % "
        f"of them en route, {100 * dead.low:.0f} to {100 * dead.high:.0f} % fatal to foreign nationals. What they "
        f"don't: a trend (second half over first: {ratio.low:.1f} to {ratio.high:.1f}), a tie to national violence or "
        "its absence, how many plots were foiled, or that any measure works. A policy that halves the rate would need "
        f"{math.ceil(found['years_for_50'].estimate)} years before it and as many after it to show with power "
        f"{POWER:g}; in {years} and {years} years it is missed {missed:.0f} % of the time. So a model can be held "
        "against these counts, not fitted to them, and that it agrees with them is weak evidence for it."
    )
