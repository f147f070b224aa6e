"""The patterns of the public record in words: how many a scenario shows, and what that doesn't say."""

from __future__ import annotations

from collections.abc import Sequence

from sim.history.patterns import YEARS, Pattern, at_once, null_models, patterns_met

CLOSING = (
    "What this doesn't know: whether the model is right. Its threat was tuned to the record's rate, the record is one "
    "history of a few incidents, and most bands are wide: that a scenario meets them is weak evidence for it, and none "
    "for what a policy would change."
)


def pattern_headline(name: str, found: Sequence[Pattern], least: float) -> str:
    """How many patterns are met, which are not, how likely one history shows all, and which say little.

    Parameters
    ----------
    name : str
        Of the scenario.
    found : sequence of Pattern
    least : float
        Probability above which a process without mechanism shows a pattern, so that it says little.
    """
    together, missed = at_once(found), [pattern.number for pattern in found if not pattern.met]
    numbers = {pattern.number.rstrip("ab") for pattern in found}
    weak = [number for number, p in null_models(found)["constant_rate"].items() if p > least]
    first = (
        f"{name} meets {patterns_met(found)} of the public record's {len(numbers)} patterns over {YEARS} years"
        f"{f'; not {_listed(missed)}' if missed else ''}. A single history of it shows all of them with probability "
        f"{together.estimate:.2f} ({together.low:.2f} to {together.high:.2f})."
    )
    return f"{first} A constant rate without any mechanism shows {_listed(weak)} as well." if weak else first


def _listed(numbers: Sequence[str]) -> str:
    return ", ".join(numbers)
