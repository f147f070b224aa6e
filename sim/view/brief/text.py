"""What all sections of the brief share: which options are shown, and figures in words."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from sim.decide.brief import Brief
from sim.decide.evidence import COSTS, FILE, OUTSIDE, QUANTITIES, Figure
from sim.view.brief.pieces import Piece, Words, joined, own, places_of, shown, words

MOST_LINES, LETTERS = 13, 40  # of the table of options, and of a name in a line of it
MOST_LABEL = 26  # letters of a name in the picture; if one has more they are numbered
MOST_NAMES = 3
NO_LEDGER = "(no ledger)"
SMALL = 0.005  # m USD a year: less is not said


class Text:
    """The words of a brief.

    Parameters
    ----------
    brief : Brief

    Attributes
    ----------
    chosen : int
    today, other : int or None
        Today's alternative; the same, where another one is chosen.
    """

    def __init__(self, brief: Brief) -> None:
        self.brief, self.evidence, self.choice = brief, brief.evidence, brief.choice
        self.study, self.decision = brief.evidence.study, brief.evidence.study.decision
        self.chosen, self.today = brief.chosen, brief.today
        self.other = None if brief.today == brief.chosen else brief.today

    def options(self) -> list[int]:
        """Alternatives that the page shows, the best first: chosen, today's, alike, cheapest, then by the outcome."""
        alike = set(self.choice.alike("mean"))
        least = [a for a, place in self.choice.places.items() if place.verdict == "frontier"]
        first = [self.chosen, *([] if self.today is None else [self.today]), *least, *sorted(alike)]
        rest = sorted(self.choice.feasible, key=self.choice.judged)
        over = [a for a in range(len(self.study.names)) if a not in self.choice.feasible]
        wanted = list(dict.fromkeys([*first, *rest, *over]))
        lines = itertools.accumulate(math.ceil(len(self.evidence.name(a)) / LETTERS) for a in wanted)
        kept = [a for a, line in zip(wanted, lines, strict=True) if line <= MOST_LINES]
        return sorted(kept, key=lambda a: (a != self.chosen, self.choice.judged(a)))

    def called(self, a: int) -> Words:
        """An alternative as sentences call it: by its name, or its number in the table where names are long."""
        options, name = self.options(), self.evidence.name(a)
        if a in options:
            label = self.labels()[options.index(a)]
            return own(name if label == name else f"option {label}")
        return own(name if len(name) <= MOST_LABEL else f"{name[:MOST_LABEL]}…")

    def labels(self) -> list[str]:
        """What the picture calls them: their names, or their numbers in the table where names are long."""
        names = [self.evidence.name(a) for a in self.options()]
        long = any(len(name) > MOST_LABEL for name in names)
        return [str(n) for n in range(1, len(names) + 1)] if long else names

    @property
    def years(self) -> Words:
        """Length of a run."""
        years = float(self.study.steps.points[0].scenario.run.horizon)
        said = self.number("decision/years", years, "run.horizon of the scenarios", FILE)
        return [*said, Piece(" year" if years == 1 else " years")]

    @property
    def outcome(self) -> Words:
        """What is judged by, with its unit where it is one of money."""
        return own(self.decision.judged_by + (", m USD" if self.evidence.unit != 1 else ""))

    @property
    def all_rows(self) -> str:
        """The group of files that a selection rests on."""
        return self.evidence.rows_of_all()

    def number(self, key: str, value: float, how: str, *groups: str) -> Words:
        """A number that is no statistic of an alternative, as a figure."""
        return shown(self.evidence.say(key, value, how, *groups))

    def of(self, quantity: str, a: int, statistic: str = "mean") -> Words:
        """A statistic of an alternative."""
        return shown(self.evidence.of(quantity, a, statistic), self.decimals(quantity, a))

    def decimals(self, quantity: str, *alternatives: int) -> int:
        """Places after the point that a quantity carries, of the chosen option and today's, or of others."""
        of = alternatives or tuple(a for a in (self.chosen, self.other) if a is not None)
        return places_of(*(self.evidence.of(quantity, a) for a in of))

    def policy(self, a: int) -> Words:
        """An alternative by name, and whether it is today's."""
        name = self.called(a)
        return words("today's policy, {name},", name=name) if a == self.today else name

    def names(self, numbers: Sequence[int], criterion: str) -> Words:
        """Alternatives by name, the first few of many."""
        first = [self.called(a) for a in numbers[:MOST_NAMES]]
        more = len(numbers) - MOST_NAMES
        if more > 0:
            first.append(
                words("{n} more", n=self.number(f"choice/{criterion}/further alike", more, "counted", self.all_rows))
            )
        return joined(first)

    def label(self, name: str) -> str:
        """A cost, and whether it stands in no ledger."""
        return f"{QUANTITIES[name].label} {NO_LEDGER}" if name in OUTSIDE else QUANTITIES[name].label

    def rises(self) -> list[tuple[str, Figure]]:
        """Costs that are higher than today's, the highest first."""
        assert self.other is not None
        found = [(name, self.evidence.change(name, self.chosen, self.other)) for name in (*COSTS, *OUTSIDE)]
        return sorted((one for one in found if one[1].number >= SMALL), key=lambda one: -one[1].number)

    def above(self, quantity: str) -> bool:
        """Whether today's is above what is expected of the chosen option."""
        assert self.other is not None
        return self.evidence.of(quantity, self.other).number > self.evidence.of(quantity, self.chosen).number
