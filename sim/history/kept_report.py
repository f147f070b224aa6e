"""A calibration in words and tables: what the record says, in how far the answer is prior, what is not known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from sim.history.calibration import INFORMED
from sim.history.own_calibration import BAND, Calibration, alone, most_public, weighted_quantiles

Rows = list[dict[str, Any]]

FEW = 50  # kept draws: the ends of a band of so few are rough
SHOWN = 8  # numbers at most
MOSTLY, HARDLY = 2 / 3, 1 / 3  # of the band that the record takes away


def report(found: Calibration, numbers: pd.DataFrame) -> dict[str, Any]:
    """All of a calibration as plain numbers and words."""
    return {
        "record": {"incidents": found.record.incidents, "years": found.record.years},
        "public": found.public._asdict(),
        "draws": len(found.kept),
        "kept": int(found.kept.sum()),
        "rates": rate_table(found),
        "narrowed": found.narrowed,
        "numbers": len(numbers),
        "informed": informed(numbers),
        "headline": headline(found, numbers),
        "weight": weight(found),
        "closing": closing(found, numbers),
    }


def informed(numbers: pd.DataFrame) -> list[str]:
    """Numbers that the record says something of."""
    return numbers.loc[numbers["record"] == "informed", "parameter"].tolist()


def rate_table(found: Calibration) -> Rows:
    """5, 50 and 95 % of the rate: of all draws, with the public record, by the own record alone, of the kept draws."""
    every, own = found.found.rate, alone(found.record)
    lines = {
        "all draws": weighted_quantiles(every, np.ones_like(every), BAND),
        "and the public record": found.before,
        "your record alone": (own.low, own.estimate, own.high),
        "kept draws: all three": found.after,
    }
    return [{"by": name, **_ends(ends)} for name, ends in lines.items()]


def _ends(ends: tuple[float, ...]) -> dict[str, float]:
    return dict(zip(("5 %", "middle", "95 %"), ends, strict=True))


def number_table(numbers: pd.DataFrame) -> Rows:
    """The numbers that the record informs most, for reading."""
    table = numbers[numbers["record"] == "informed"].head(SHOWN)
    return [
        {
            "number": line["parameter"],
            "prior": f"{_shown(line['prior_5'])} to {_shown(line['prior_95'])}",
            "kept": f"{_shown(line['kept_5'])} to {_shown(line['kept_95'])}",
        }
        for line in table.to_dict("records")
    ]


def _shown(value: float) -> str:
    """Three figures, or all of a large number's."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def headline(found: Calibration, numbers: pd.DataFrame) -> str:
    """What is kept, what the rate is now, and in how far that is prior."""
    record, kept = found.record, int(found.kept.sum())
    low, middle, high = found.after
    years = f"{record.years:g} {'year' if record.years == 1 else 'years'}"
    count = f"{record.incidents:,} {'incident' if record.incidents == 1 else 'incidents'}"
    return (
        f"{count} in {years}: {kept:,} of {len(found.kept):,} draws are kept. Project incidents a year: {low:.2g} to "
        f"{high:.2g} (90 %), middle {middle:.2g}; before, {found.before[0]:.2g} to {found.before[-1]:.2g}. "
        f"{_how_far(found.narrowed)} {_how_many(numbers)}"
    )


def _how_far(narrowed: float) -> str:
    """In how far the answer is prior, and in how far the record."""
    share = f"takes away {100 * narrowed:.0f} % of that band's width (in logarithms)"
    if narrowed < 0.01:
        return "Your record does not narrow that band at all: its place is the record's, its width the prior's."
    if narrowed < HARDLY:
        return f"Your record {share}: the answer is mostly the prior."
    if narrowed < MOSTLY:
        return f"Your record {share}: the answer is prior and record, about alike."
    return f"Your record {share}: the answer is mostly the record."


def _how_many(numbers: pd.DataFrame) -> str:
    count = len(informed(numbers))
    if not count:
        return (
            f"None of the {len(numbers)} uncertain numbers is informed: of each of them you know what you knew before."
        )
    which = f"{count} of {len(numbers)} uncertain numbers {'is' if count == 1 else 'are'} informed"
    return f"{which}, and nothing is learned of the others."


def weight(found: Calibration) -> str:
    """What the public record counts for, in words."""
    public, most = found.public, most_public()
    if public.incidents == 0:
        return "The public record counts for nothing here (--public 0)."
    years = public.incidents / public.rate
    return (
        f"The public record counts for {_number(public.incidents, 'incident')} of its {most}, as if seen in "
        f"{years:.2g} years at the {public.rate:.2g} a year that the scenario has as it stands (--public, 0 to {most})."
    )


def _number(value: float, noun: str) -> str:
    return f"{value:g} {noun}{'' if value == 1 else 's'}"


def closing(found: Calibration, numbers: pd.DataFrame) -> str:
    """What a calibration doesn't know."""
    few = int(found.kept.sum())
    rough = (
        f"Only {few} draws are kept, so the ends of their bands are rough: take more (--draws). " if few < FEW else ""
    )
    return (
        f"{rough}What this doesn't know: whether the model is right, beyond a tenth of its rate; whether the years to "
        "come are like those of the record, in which all incidents are taken as counted; and the uncertain numbers one "
        "by one, since a count fixes the rate and little of what it is made of. A number is called informed if kept "
        f"draws differ from the others beyond chance ({100 * INFORMED:g} % over all {len(numbers)} together)."
    )
