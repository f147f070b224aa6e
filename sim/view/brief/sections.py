"""The brief in words, section by section, under the headings of a lender's risk assessment (IFC PS4)."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence

from sim.decide.brief import LONG_SHOWN, SHOWN, Alarm, Answer, Brief
from sim.decide.choice import CRITERIA, money
from sim.decide.evidence import (
    CLASSES,
    COMMUNITY,
    COSTS,
    FILE,
    MOVEMENTS,
    OUTSIDE,
    QUANTITIES,
    RESIDUAL,
    TABLE,
    Figure,
)
from sim.decide.selection import Selection
from sim.view.brief.pieces import Piece, Section, Table, Words, figures_in, joined, own, places_of, shown, words

MOST_LINES, LETTERS = 13, 40  # of the table of options, and of a name in a line of it
MOST_LABEL = 26  # letters of a name in the picture; if one has more they are numbered
MOST_NAMES = 3
MOST_LETTERS = 290  # of another command's answer
RANGE_HEAD = "[5 to 95 % of draws]".replace(" ", "\N{NO-BREAK SPACE}")
NO_LEDGER = "(no ledger)"
SMALL = 0.005  # m USD a year: less is not said
LIMITS = (
    "The corridor is fictional; the page compares options and forecasts nothing.",
    "The draws are what priors and a public record leave open; they are no probability that the truth is among them.",
    "How attackers choose and learn, and what forces prevent, is assumed. Attacks elsewhere or by other means, wars, "
    "sieges and changes of regime are left out.",
    "Grievance is one number; protest leads to no attack; one incident makes no other likelier.",
    "No method of this kind was ever validated against later events, nor was this one.",
)


class Text:
    """The words of a brief.

    Parameters
    ----------
    brief : Brief
    """

    def __init__(self, brief: Brief) -> None:
        self.brief, self.evidence, self.choice = brief, brief.evidence, brief.choice
        self.study, self.decision = brief.evidence.study, brief.evidence.study.decision
        self.chosen, self.today = brief.chosen, brief.today
        self.other = None if brief.today == brief.chosen else brief.today

    # the parts

    def options(self) -> list[int]:
        """Alternatives that the page shows, the best first: chosen, today's, alike, cheapest, then by the outcome."""
        alike = set(self.choice.alike("mean"))
        least = [a for a, place in self.choice.places.items() if place.verdict == "frontier"]
        first = [self.chosen, *([] if self.today is None else [self.today]), *sorted(alike), *least]
        rest = sorted(self.choice.feasible, key=self.choice.judged)
        over = [a for a in range(len(self.study.names)) if a not in self.choice.feasible]
        wanted = list(dict.fromkeys([*first, *rest, *over]))
        lines = itertools.accumulate(math.ceil(len(self.evidence.name(a)) / LETTERS) for a in wanted)
        kept = [a for a, line in zip(wanted, lines, strict=True) if line <= MOST_LINES]
        return sorted(kept, key=lambda a: (a != self.chosen, self.choice.judged(a)))

    def labels(self) -> list[str]:
        """What the picture calls them: their names, or their numbers in the table where names are long."""
        names = [self.evidence.name(a) for a in self.options()]
        long = any(len(name) > MOST_LABEL for name in names)
        return [str(n) for n in range(1, len(names) + 1)] if long else names

    def decision_section(self) -> Section:
        """What to choose, how sure that is, and what it costs."""
        return Section("Decision", [self._better(), self._sure(), self._others(), self._dearer(), *self._break_even()])

    def context(self) -> Section:
        """Today's risk, and what is known of it."""
        a = self.chosen if self.today is None else self.today
        said = words(
            "{sites} sites with {people} foreign nationals. Under {name} the model expects {incidents} project "
            "incidents a year ({low} to {high} over the draws) and {deaths} deaths of foreign nationals.",
            sites=self._of("sites", a),
            people=self._of("people", a),
            name=self._policy(a),
            incidents=self._of("project_incidents", a),
            low=self._of("project_incidents", a, "from"),
            high=self._of("project_incidents", a, "to"),
            deaths=self._of("foreign_deaths", a),
        )
        basis = words(
            "Basis: {draws} draws of all uncertain numbers, each simulated {replicates} times or more over {years} "
            "years, all options on the same random numbers.",
            draws=self._said("decision/draws", self.study.draws, "draws of the table", TABLE),
            replicates=self._said("decision/first", self.decision.first, "first of the decision file", FILE),
            years=self._said("decision/years", self._years, "run.horizon of the scenarios", FILE),
        )
        return Section("Risk and context", [said, basis])

    def considered(self) -> Section:
        """All options in a table."""
        options = self.options()
        head = [
            "option",
            f"{self.decision.judged_by} a year {RANGE_HEAD}",
            "worse than the best by",
            "worst draw",
            "regret",
            *(f"{one.label}, m\N{NO-BREAK SPACE}USD" for one in COSTS.values()),
            "grievance, days",
            "verdict",
        ]
        rows = [self._option(a, label) for a, label in zip(options, self.labels(), strict=True)]
        more = len(self.study.names) - len(options)
        after = [] if more == 0 else [self._more(more)]
        strong = tuple(n for n, a in enumerate(options) if a == self.chosen)
        table = Table([[Piece(name)] for name in head], rows, strong)
        return Section("Options considered", [], table, after)

    def proportionality(self) -> Section:
        """What it costs, ledger by ledger."""
        rows = [self._beside(one.label, name, self._decimals(name)) for name, one in COSTS.items()]
        rows += [self._beside(self._label(name), name, self._decimals(name)) for name in OUTSIDE]
        table = Table(self._head("million USD a year"), [row for row in rows if row])
        return Section("Proportionality: cost by ledger", [], table, [self._frontier()])

    def communities(self) -> Section:
        """What residents bear."""
        rows = [self._beside(one.label, name) for name, one in COMMUNITY.items()]
        table = Table(self._head("a year"), [row for row in rows if row])
        return Section("Effects on communities", [], table)

    def residual(self) -> Section:
        """What is left of the risk, and the way by which it comes."""
        rows = [self._left(name) for name in (*RESIDUAL, *MOVEMENTS)]
        table = Table([*self._head("a year")[:2], [Piece("5 to 95 % of draws")], *self._head("")[2:3]], rows)
        worst = max(CLASSES, key=lambda name: self.evidence.of(name, self.chosen).number)
        said = words(
            "Most of what is left: attacks " + CLASSES[worst].label + ", {most} of {all} project incidents a year.",
            most=self._of(worst, self.chosen),
            all=self._of("project_incidents", self.chosen),
        )
        return Section("Use of forces and residual risk", [said], table)

    def changes(self) -> Section:
        """What would change the decision, and what is worth finding out first."""
        ahead, how = (
            self.study.draws - self._draws_best(),
            "draws in which the mean of another feasible option is lower",
        )
        share = words(
            "In {ahead} of {draws} draws another option comes out lower (from {replicates} replicates of each).",
            ahead=self._said("choice/draws ahead", ahead, how, TABLE, self._all),
            draws=self._said("decision/draws", self.study.draws, "draws of the table", TABLE),
            replicates=self._said("decision/first", self.decision.first, "first of the decision file", FILE),
        )
        questions = {"flip": "What would flip it", "worth-knowing": "What is worth finding out"}
        answers = [self._answer(command, title, self.brief.answers[command]) for command, title in questions.items()]
        return Section("What would change the decision", [share, *answers])

    def monitoring(self) -> Section:
        """What to watch, and when to decide again."""
        said = [
            *self._audits(),
            *self._incidents(),
            words(
                "In any case decide again before {years} years are over: the runs go no further.",
                years=self._said("decision/years", self._years, "run.horizon of the scenarios", FILE),
            ),
        ]
        alarm = self.brief.audits
        if alarm is None:
            return Section("Monitoring and review", said)
        head = [[Piece("by the end of month")], *(self._month(m) for m in SHOWN)]
        row = [[Piece("breaches that are enough")], *(shown(alarm.said[f"by month {m}"], 0) for m in SHOWN)]
        return Section("Monitoring and review", said[:1], Table(head, [row]), said[1:])

    def limits(self) -> Section:
        """What is not modelled."""
        return Section("Limits: what is not modelled", [], points=[words(text) for text in LIMITS])

    # figures

    @property
    def _years(self) -> float:
        return float(self.study.steps.points[0].scenario.run.horizon)

    @property
    def _all(self) -> str:
        return self.evidence.rows_of_all()

    def _said(self, key: str, value: float, how: str, *groups: str) -> Words:
        return shown(self.evidence.say(key, value, how, *groups))

    def _of(self, quantity: str, a: int, statistic: str = "mean") -> Words:
        return shown(self.evidence.of(quantity, a, statistic), self._decimals(quantity, a))

    def _decimals(self, quantity: str, *alternatives: int) -> int:
        """Places after the point that a quantity carries, of the chosen option and today's, or of others."""
        of = alternatives or tuple(a for a in (self.chosen, self.other) if a is not None)
        return places_of(*(self.evidence.of(quantity, a) for a in of))

    def _policy(self, a: int) -> Words:
        name = own(self.evidence.name(a))
        return words("today's policy, {name},", name=name) if a == self.today else name

    def _names(self, numbers: Sequence[int], criterion: str) -> Words:
        """Alternatives by name, the first few of many."""
        first = [own(self.evidence.name(a)) for a in numbers[:MOST_NAMES]]
        more = len(numbers) - MOST_NAMES
        if more > 0:
            first.append(
                words("{n} more", n=self._said(f"choice/{criterion}/further alike", more, "counted", self._all))
            )
        return joined(first)

    # the decision

    def _better(self) -> Words:
        """What it is judged by, beside today's."""
        quantity, a, b = self.evidence.judged, self.chosen, self.other
        said = {"name": own(self.evidence.name(a)), "own": self._of(quantity, a)}
        said |= {end: self._of(quantity, a, end) for end in ("low", "high")}
        outcome = self.decision.judged_by
        if b is None:
            return words("{name} has {own} " + outcome + " a year [{low} to {high}].", **said)
        places = self._decimals(quantity)
        change = {end: self.evidence.change(quantity, b, a, end) for end in ("mean", "low", "high")}
        return words(
            "{name} has {own} " + outcome + " a year [{low} to {high}]; today's policy, {other}, has {before}. "
            "That is {less} less [{least} to {most}].",
            **said,
            other=own(self.evidence.name(b)),
            before=self._of(quantity, b),
            less=shown(change["mean"], places),
            least=shown(change["low"], places),
            most=shown(change["high"], places),
        )

    def _selected(self, name: str, value: float, criterion: str = "mean") -> Words:
        how = f"{name} of the selection by the {CRITERIA[criterion]} (sitesec choose)"
        return self._said(f"choice/{criterion}/{name}", value * self.evidence.unit, how, FILE, TABLE, self._all)

    def _sure(self) -> Words:
        """How sure it is that this is the best."""
        selection, alike = self.choice.selections["mean"], self.choice.alike("mean")
        odds = self._said("decision/confidence", self.decision.confidence, "confidence of the decision file", FILE)
        said = {"odds": odds, "options": self._said("decision/options", len(self.study.names), "counted", FILE)}
        if not selection.settled:
            return words(
                "The runs allowed do not settle it: with probability {odds} or more none of {options} options is "
                "better by more than {worst}.",
                worst=self._selected("shortfall", max(0.0, -selection.margin)),
                **said,
            )
        if not alike:
            margin = self._selected("margin", selection.margin)
            return words(
                "With probability {odds} or more it is the best of {options} options, by {margin} or more.",
                margin=margin,
                **said,
            )
        delta = self._said(
            "decision/delta", self.decision.delta * self.evidence.unit, "delta of the decision file", FILE
        )
        return words(
            "With probability {odds} or more it is within {delta} of the best of {options} options. Not told apart "
            "from it: {names}.",
            delta=delta,
            names=self._names(alike, "mean"),
            **said,
        )

    def _others(self) -> Words:
        """What other criteria name, and what they cannot tell apart from it."""
        parts: Words = []
        for criterion in ("worst", "regret"):
            a, alike = self.choice.chosen(criterion), self.choice.alike(criterion)
            beside = words(", not told apart from {names}", names=self._names(alike, criterion)) if alike else []
            named = words("the same") if a == self.chosen else own(self.evidence.name(a))
            parts += words("By the " + CRITERIA[criterion] + ": {named}{beside}. ", named=named, beside=beside)
        return parts

    def _dearer(self) -> Words:
        """What it costs more than today."""
        if self.other is None:
            return words("It is today's policy: nothing is to be changed.")
        parts = [
            words(f"{self._label(name)} {{more}}", more=shown(figure, self._decimals(name), sign=True))
            for name, figure in self._rises()
        ]
        if not parts:
            return words("It costs no ledger, and nobody outside them, more than today's policy.")
        return words("It costs more than today's policy, in million USD a year: {parts}.", parts=joined(parts))

    def _label(self, name: str) -> str:
        """A cost, and whether it stands in no ledger."""
        return f"{QUANTITIES[name].label} {NO_LEDGER}" if name in OUTSIDE else QUANTITIES[name].label

    def _rises(self) -> list[tuple[str, Figure]]:
        """Costs that are higher than today's, the highest first."""
        assert self.other is not None
        found = [(name, self.evidence.change(name, self.chosen, self.other)) for name in (*COSTS, *OUTSIDE)]
        return sorted((one for one in found if one[1].number >= SMALL), key=lambda one: -one[1].number)

    # the options

    def _option(self, a: int, label: str) -> list[Words]:
        """A line of the table of options."""
        quantity = self.evidence.judged
        places = self._decimals(quantity, a)
        range_ = [shown(self.evidence.of(quantity, a, end), places) for end in ("from", "to")]
        level = words("{mean} [{low} to {high}]", mean=self._of(quantity, a), low=range_[0], high=range_[1])
        costs = [self._of(name, a) for name in COSTS]
        name = self.evidence.name(a)
        said = own(name if label == name else f"{label}. {name}")
        return [said, level, *self._standing(a), *costs, self._of("burden", a), self._verdict(a)]

    def _standing(self, a: int) -> Iterator[Words]:
        """How it came out by each criterion."""
        if a not in self.choice.feasible:
            yield from ([], [], [])
            return
        place = self.choice.feasible.index(a)
        standing = self.choice.selections["mean"].standings[place]
        if a == self.chosen:
            yield words("-")
        else:
            ends = [self._place("mean", a, end, getattr(standing, end)) for end in ("low", "high")]
            yield words("{low} to {high}", low=ends[0], high=ends[1])
        for criterion in ("worst", "regret"):
            selection: Selection = self.choice.selections[criterion]
            yield self._place(criterion, a, "estimate", selection.standings[place].estimate)

    def _place(self, criterion: str, a: int, name: str, value: float) -> Words:
        how = f"{name} of the option's standing by the {CRITERIA[criterion]} (sitesec choose)"
        key = f"choice/{criterion}/{self.evidence.name(a)}/{name}"
        return self._said(key, value * self.evidence.unit, how, FILE, TABLE, self._all)

    def _verdict(self, a: int) -> Words:
        if a not in self.choice.feasible:
            return words("above a cap")
        verdict = "chosen" if a == self.chosen else "not told apart" if a in self.choice.alike("mean") else "worse"
        return words(f"{verdict}, today's" if a == self.today else verdict)

    def _more(self, more: int) -> Words:
        n = self._said("choice/options not shown", more, "counted", FILE)
        return words("{n} more options stand in the table of sitesec choose (--out).", n=n)

    # chosen beside today

    def _head(self, unit: str) -> list[Words]:
        names = [words("chosen")] if self.other is None else [words("chosen"), words("today's"), words("change")]
        return [[Piece(unit)], *names]

    def _beside(self, label: str, name: str, places: int | None = None) -> list[Words]:
        """A quantity of the chosen option and of today's, and the change; nothing where there is none of it."""
        figures = [self.evidence.of(name, a) for a in (self.chosen, self.other) if a is not None]
        if not any(one.number for one in figures):
            return []
        decimals = places_of(*figures) if places is None else places
        cells = [[Piece(label)], *(shown(one, decimals) for one in figures)]
        if self.other is not None:
            cells.append(shown(self.evidence.change(name, self.chosen, self.other), decimals, sign=True))
        return cells

    def _left(self, name: str) -> list[Words]:
        """What is left of a risk: the chosen option's, its range over the draws, today's."""
        unit = ", %" if QUANTITIES[name].unit == "%" else ""
        places = self._decimals(name)
        ends = {end: shown(self.evidence.of(name, self.chosen, end), places) for end in ("from", "to")}
        cells = [[Piece(QUANTITIES[name].label + unit)], shown(self.evidence.of(name, self.chosen), places)]
        cells.append(words("{low} to {high}", low=ends["from"], high=ends["to"]))
        return cells if self.other is None else [*cells, shown(self.evidence.of(name, self.other), places)]

    # what safety costs

    def _frontier(self) -> Words:
        """Options that are cheapest for their safety, and what each step costs the projects."""
        lines = money(self.choice)
        names = [own(str(line["alternative"])) for line in lines[: MOST_NAMES + 1]]
        said = words("Cheapest for their safety, of the projects' money: {names}. ", names=joined(names))
        steps = [line for line in lines if math.isfinite(line["usd_per_averted"])][:MOST_NAMES]
        if steps:
            said += words("Each averted costs there {steps}. ", steps=joined([self._step(line) for line in steps]))
        return [*said, *words("Ledgers are never added up.")]

    def _step(self, line: Mapping[str, object]) -> Words:
        key, how = f"money/{line['alternative']}", "m USD of the projects per unit averted, beside the next cheaper"
        ratio = float(str(line["usd_per_averted"])) / 1e6
        name = own(str(line["alternative"]))
        return words("{ratio} m USD ({name})", ratio=self._said(key, ratio, how, TABLE, self._all), name=name)

    def _break_even(self) -> Iterator[Words]:
        """How many incidents the dearest rise must avert to be worth it, at the price that the file gives."""
        if self.decision.price is None or self.other is None or not (rises := self._rises()):
            return
        name, rise = rises[0]
        groups = (FILE, TABLE, self.evidence.rows_of(self.chosen), self.evidence.rows_of(self.other))
        price = self.decision.price / 1e6
        even = rise.number / price
        averted = self.evidence.change("project_incidents", self.other, self.chosen)
        yield words(
            f"At {{price}} m USD an averted incident, {QUANTITIES[name].label} pays from {{even}} averted a year; "
            "{averted} are expected: by this alone it " + ("pays." if averted.number >= even else "does not pay."),
            price=self._said("decision/price", price, "price of the decision file, m USD", FILE),
            even=self._said(f"money/break-even/{name}", even, f"change in {name} / price", *groups),
            averted=shown(averted, places_of(averted)),
        )

    # what would change it

    def _draws_best(self) -> int:
        """Draws in which the chosen option is the lowest."""
        levels = self.study.sample(self.choice.feasible, 0, self.decision.first).mean(axis=2)
        return int((levels.argmin(axis=0) == self.choice.feasible.index(self.chosen)).sum())

    def _answer(self, command: str, title: str, answer: Answer | None) -> Words:
        if answer is None:
            file = own(next(iter(self.evidence.files[FILE])))
            return words(title + ": not asked yet (sitesec " + command + " {file}).", file=file)
        found, values = figures_in(_first_sentences(answer.headline), command)
        for key, value in values:
            self.evidence.say(key, value, f"number in the headline of {answer.group}", answer.group)
        return words(title + ": {found}", found=found)

    # when to decide again

    def _audits(self) -> Iterator[Words]:
        alarm = self.brief.audits
        if alarm is None:
            yield words("Audits of movements tell nothing here: the policy lets none deviate, or all.")
            return
        yield words(
            "Audit {n} movements a month, drawn at random. The policy is expected to show a deviation in {share} % of "
            "them ({low} to {high} over the draws). Decide again as soon as the count since the decision reaches:",
            n=shown(alarm.said["a month"]),
            share=self._of("deviating", self.chosen),
            low=shown(self.evidence.of("deviating", self.chosen, "from"), 0),
            high=shown(self.evidence.of("deviating", self.chosen, "to"), 0),
        )
        yield words(
            "Looked at each month, the rule gives a false alarm with chance {false} % in {months} months. {soon}",
            false=shown(alarm.said["false alarms"], 1),
            months=shown(alarm.said["months"]),
            soon=self._soon(alarm, "deviating", "If {level} % deviate, "),
        )

    def _incidents(self) -> Iterator[Words]:
        alarm = self.brief.incidents
        if alarm is None:
            return
        counts = [
            words("{k} within {m} months", k=shown(alarm.said[f"by month {m}"], 0), m=self._month(m))
            for m in LONG_SHOWN
        ]
        yield words(
            "Incidents are too few to wait for: {counts} would be enough. {soon}",
            counts=joined(counts, last=", or "),
            soon=self._soon(alarm, "project_incidents", "If {level} a year come, "),
        )

    def _month(self, month: int) -> Words:
        return self._said(f"monitoring/month {month}", month, "assumed: a month that is shown")

    def _soon(self, alarm: Alarm, quantity: str, level: str) -> Words:
        """How soon the rule speaks where things are as they are feared to be: as today, or twice what is expected."""
        if self.other is not None and self._above(quantity):
            said = words(level + "as today, ", level=self._of(quantity, self.other))
        else:
            said = words("If it is twice what is expected, ")
        if "median" in alarm.said:
            by = words(f"{alarm.unit} {{median}}", median=shown(alarm.said["median"], 0))
            return [*said, *words("it speaks by {by} in half of all cases.", by=by)]
        spoken, months = shown(alarm.said["spoken"], 0), shown(alarm.said["months"], 0)
        return [*said, *words("it has spoken in {s} % of all cases after {m} months.", s=spoken, m=months)]

    def _above(self, quantity: str) -> bool:
        """Whether today's is above what is expected of the chosen option."""
        assert self.other is not None
        return self.evidence.of(quantity, self.other).number > self.evidence.of(quantity, self.chosen).number


def _first_sentences(text: str) -> str:
    """The first sentences of an answer, as many as there is room for."""
    said = ""
    for sentence in text.replace("\n", " ").split(". "):
        longer = f"{said}. {sentence}" if said else sentence
        if said and len(longer) > MOST_LETTERS:
            return f"{said}."
        said = longer
    return said
