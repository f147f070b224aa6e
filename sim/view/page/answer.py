"""The answer: what the estimate says, in words, and as large figures with a bar each.

Each figure stands with two ranges: what the simulation leaves open, which more replicates would narrow, and what the
assumptions leave open, which no simulation does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from types import MappingProxyType
from typing import Any, NamedTuple

from sim.analysis.tables import below_zero
from sim.history.band import Bands, about_bands, about_difference, band_between, band_of, kept_band
from sim.scenario.schema import Scenario
from sim.view.page.estimate import FIGURES, Estimate
from sim.view.page.levers import named
from sim.view.page.setup import Setup

TITLES = dict(
    zip(FIGURES, ("Incidents per year", "Project incidents per year", "Foreign deaths per year"), strict=True)
)
SIMULATION, ASSUMPTIONS = "Simulation, 95 %", "Assumptions"
OPEN = "leave far more open"
ENDS = (0.1, 0.2, 0.5, 1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 40, 60, 100)  # of an axis
Entry = Mapping[str, float]
Range = tuple[float, float]


class Asked(NamedTuple):
    """Whom an estimate answers for, and what the assumptions leave open of each and of their difference."""

    setups: tuple[Setup, ...] = ()
    bands: tuple[Bands, ...] = ()
    between: Bands = MappingProxyType({})

    @property
    def two(self) -> bool:
        """Whether it is of a difference."""
        return len(self.setups) == 2


def asked(setups: Sequence[Setup], scenarios: Sequence[Scenario]) -> Asked:
    """Look up what the assumptions leave open: in the shipped table, or beside a project of one's own.

    Raises
    ------
    InputError
        If what a calibration has kept can't be read.
    """
    bands = tuple(_band(setup, scenario) for setup, scenario in zip(setups, scenarios, strict=True))
    return Asked(tuple(setups), bands, band_between(*scenarios) if len(scenarios) == 2 else {})


def _band(setup: Setup, scenario: Scenario) -> Bands:
    return band_of(scenario) or ({} if setup.values else kept_band(setup.source))


def headline(estimate: Estimate | None, of: Asked) -> str:
    """The answer in a sentence, and of whom it is."""
    if estimate is None or estimate.error:
        return ""
    if estimate.result is None:
        return f"Running {estimate.count} replicates of {_years(estimate)} years …"
    entries = [main(estimate.result)[name] for name in FIGURES]
    if of.two:
        total, project, deaths = map(_change, entries)
        whose = f"With B ({named(of.setups[1])}) in place of A ({named(of.setups[0])}), per year"
        return f"{whose}: {total} incidents at all sites, {project} against projects, {deaths} foreign deaths."
    total, project, deaths = map(_plain, entries)
    return (
        f"Under {named(of.setups[0])}: {total} incidents per year at all sites, {project} of them against projects, "
        f"and {deaths} foreign deaths."
    )


def notes(estimate: Estimate | None, of: Asked) -> list[str]:
    """How the figures are made, and what they don't know."""
    if estimate is None:
        return []
    some = "" if estimate.ran == estimate.count else f"{estimate.ran or '…'} of "
    made = f"Expected counts, {some}{estimate.count} replicates of {_years(estimate)} years from seed {estimate.seed}."
    if of.two:
        made += f" Both policies meet the same random numbers: their incidents correlate with {_correlation(estimate)}"
        about = about_difference(of.between, *(setup.source for setup in of.setups))
    else:
        about = about_bands(of.bands[0], estimate.scenarios[0].run)
    policies = estimate.result["policies"] if estimate.result else []
    why = below_zero(entry["estimate"] for found in policies for entry in found.values())
    return [about, made, *([why] if why else [])]


def _correlation(estimate: Estimate) -> str:
    return f"{estimate.result['difference'][FIGURES[0]]['correlation']:.2f}." if estimate.result else "…"


def figures(estimate: Estimate | None, of: Asked) -> str:
    """A card for each figure, as HTML: of the same size while it is still empty, so that nothing below moves."""
    result = estimate.result if estimate else None
    if result is None:
        return "".join(_empty_card(name, of) for name in FIGURES)
    return "".join(_full_card(result, of, name) for name in FIGURES)


def _full_card(result: Mapping[str, Any], of: Asked, name: str) -> str:
    entry, large = main(result)[name], _signed if of.two else _plain
    bars = _bars([found[name] for found in result["policies"]], of, name)
    return _card(name, of, large(entry), bars, _range((entry["low"], entry["high"]), of.two))


def _empty_card(name: str, of: Asked) -> str:
    bar = '<span></span><div class="bar"></div><span></span>' * (2 if of.two else 1)
    return _card(name, of, "…", f'<div class="bars">{bar}<div class="axis"></div></div>', "…", "waiting ")


def _card(name: str, of: Asked, large: str, bars: str, sampled: str, look: str = "") -> str:
    known = known_range(of.between if of.two else of.bands[0] if of.bands else {}, name)
    ranges = (("sampled", SIMULATION, sampled), ("assumed", ASSUMPTIONS, _range(known, of.two) if known else OPEN))
    told = "".join(f'<dt><i class="{sign}"></i>{text}</dt><dd>{ends}</dd>' for sign, text, ends in ranges)
    return (
        f'<section class="{look}figure"><h3>{TITLES[name]}{", B less A" if of.two else ""}</h3>'
        f'<p class="large">{large}</p>{bars}<dl class="ranges">{told}</dl></section>'
    )


def known_range(bands: Bands, name: str) -> Range | None:
    """What the assumptions leave open of a figure, where that is known."""
    band = bands.get(name.removesuffix("_per_year"))
    return None if band is None else (band.low, band.high)


def _bars(entries: Sequence[Entry], of: Asked, name: str) -> str:
    """A bar a policy from zero, its two ranges over it, and one axis below."""
    ranges = [known_range(bands, name) for bands in of.bands]
    top = _round_up(max([entry["high"] for entry in entries] + [known[1] for known in ranges if known]))
    parts = [_bar(k, entry, ranges[k], top, of.two) for k, entry in enumerate(entries)]
    ticks = "".join(f'<span style="left:{100 * share:g}%">{top * share:g}</span>' for share in (0, 0.5, 1))
    return f'<div class="bars">{"".join(parts)}<div class="axis" aria-hidden="true">{ticks}</div></div>'


def _bar(k: int, entry: Entry, known: Range | None, top: float, two: bool) -> str:
    spans = [("b" if k else "a", 0.0, entry["estimate"])]
    spans += [("assumed", *known)] if known else []
    spans += [("sampled", entry["low"], entry["high"])]
    drawn = "".join(_span(look, low / top, high / top) for look, low, high in spans)
    said = f"{'AB'[k]}: " if two else ""
    said += f"{_plain(entry)}; {SIMULATION}: {_range((entry['low'], entry['high']))}"
    said += f"; {ASSUMPTIONS}: {_range(known)}" if known else ""
    return (
        f"<span>{'AB'[k] if two else ''}</span>"
        f'<div class="bar" role="img" aria-label="{escape(said)}">{drawn}</div>'
        f"<span>{_plain(entry) if two else ''}</span>"
    )


def _span(look: str, low: float, high: float) -> str:
    left, right = (min(1.0, max(0.0, end)) for end in (low, high))
    return f'<i class="{look}" style="left:{100 * left:.2f}%;width:{100 * (right - left):.2f}%"></i>'


def _round_up(most: float) -> float:
    """The end of an axis: a round number that no bar passes."""
    return next((end for end in ENDS if end >= most), most)


def main(result: Mapping[str, Any]) -> Mapping[str, Entry]:
    """What is asked for: the difference of two policies, or the figures of one."""
    return result.get("difference") or result["policies"][0]


def _years(estimate: Estimate) -> str:
    return f"{estimate.scenarios[0].run.horizon:g}"


def _plain(entry: Entry) -> str:
    return _minus(f"{entry['estimate']:z.2f}")


def _signed(entry: Entry) -> str:
    return _minus(f"{entry['estimate']:+z.2f}")


def _change(entry: Entry) -> str:
    return f"{abs(entry['estimate']):.2f} {'fewer' if entry['estimate'] < 0 else 'more'}"


def _range(ends: Range, signed: bool = False) -> str:
    return " to ".join(_minus(f"{end:+z.2f}" if signed else f"{end:z.2f}") for end in ends)


def _minus(text: str) -> str:
    return text.replace("-", "\N{MINUS SIGN}")
